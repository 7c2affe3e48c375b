import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Credential } from "../../src/registry/credential.ts";
import { Keychain, type KeychainOptions } from "../../src/registry/credentials.ts";
import { readDockerConfigs } from "../../src/registry/docker-config.ts";

const basic = (login: string): { auth: string } => ({
  auth: Buffer.from(login).toString("base64"),
});

type Machine = {
  files?: Readonly<Record<string, unknown>>;
  environment?: NodeJS.ProcessEnv;
  options?: Partial<KeychainOptions>;
};

/** The credentials that a machine with these files has for a repository. */
async function find(
  registry: string,
  repository: string,
  { files = {}, environment = {}, options = {} }: Machine,
) {
  const warnings: string[] = [];
  const masked: string[] = [];
  const readFile = (path: string): string => {
    const value = files[path];
    if (value === undefined) throw Object.assign(new Error("none"), { code: "ENOENT" });
    if (value instanceof Error) throw value;
    return typeof value === "string" ? value : JSON.stringify(value);
  };
  const warn = (message: string): void => void warnings.push(message);
  const configs = readDockerConfigs({ HOME: "/home/me", ...environment }, readFile, warn);
  const runHelper = async (): ReturnType<KeychainOptions["runHelper"]> => ({
    output: "",
    error: "no helper here",
  });
  const keychain = new Keychain({
    registryAuth: [],
    githubToken: "",
    configs,
    runHelper,
    warn,
    mask: (secret) => void masked.push(secret),
    ...options,
  });
  return { found: await keychain.find({ registry, repository }), warnings, masked };
}

const show = (credential: Credential): string =>
  credential.kind === "password"
    ? `${credential.username}:${credential.password}`
    : `${credential.kind} ${credential.token}`;
const DOCKER = "/home/me/.docker/config.json";

/** A helper with this answer, and the servers that it was asked about. */
function helper(output: string) {
  const asked: string[] = [];
  const runHelper: KeychainOptions["runHelper"] = async (name, input) => {
    asked.push(`${name} ${input}`);
    return { output, error: undefined };
  };
  return { asked, runHelper };
}

describe("Keychain", () => {
  for (const key of [
    "https://index.docker.io/v1/",
    "https://index.docker.io/v2/",
    "index.docker.io",
    "docker.io",
    "https://docker.io",
    "registry-1.docker.io",
    "https://registry.hub.docker.com",
  ]) {
    it(`finds those of Docker Hub under ${key}`, async () => {
      const { found } = await find("docker.io", "library/alpine", {
        files: { [DOCKER]: { auths: { [key]: basic("me:pw") } } },
      });
      assert.deepEqual(found.map(show), ["me:pw"]);
    });
  }

  for (const [name, machine, registry, expected] of [
    [
      "a password with colons",
      { files: { [DOCKER]: { auths: { "ghcr.io": basic("me:p:w") } } } },
      "ghcr.io",
      ["me:p:w"],
    ],
    [
      "trailing NULs",
      { files: { [DOCKER]: { auths: { "ghcr.io": basic("me:pw\0\0") } } } },
      "ghcr.io",
      ["me:pw"],
    ],
    [
      "username and password in the clear",
      { files: { [DOCKER]: { auths: { "ghcr.io": { username: "me", password: "pw" } } } } },
      "ghcr.io",
      ["me:pw"],
    ],
    [
      "an identity token",
      {
        files: { [DOCKER]: { auths: { "x.azurecr.io": { ...basic("me:"), identitytoken: "T" } } } },
      },
      "x.azurecr.io",
      ["identity T"],
    ],
    [
      "a registry token",
      { files: { [DOCKER]: { auths: { "x.example": { registrytoken: "R" } } } } },
      "x.example",
      ["registry-token R"],
    ],
    [
      "a token under Azure's user name",
      {
        files: {
          [DOCKER]: { auths: { "x.azurecr.io": basic("00000000-0000-0000-0000-000000000000:T") } },
        },
      },
      "x.azurecr.io",
      ["identity T"],
    ],
    [
      "an empty entry: nothing",
      { files: { [DOCKER]: { auths: { "ghcr.io": {} } } } },
      "ghcr.io",
      [],
    ],
    [
      "a null entry: nothing",
      { files: { [DOCKER]: { auths: { "ghcr.io": null } } } },
      "ghcr.io",
      [],
    ],
    ["auths that are null: nothing", { files: { [DOCKER]: { auths: null } } }, "ghcr.io", []],
    [
      "$DOCKER_CONFIG",
      {
        environment: { DOCKER_CONFIG: "/d" },
        files: { "/d/config.json": { auths: { "ghcr.io": basic("a:b") } } },
      },
      "ghcr.io",
      ["a:b"],
    ],
    [
      "$DOCKER_AUTH_CONFIG",
      {
        environment: { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { "ghcr.io": basic("a:b") } }) },
      },
      "ghcr.io",
      ["a:b"],
    ],
    [
      "$REGISTRY_AUTH_FILE and no other file of podman",
      {
        environment: { REGISTRY_AUTH_FILE: "/a.json", XDG_RUNTIME_DIR: "/run" },
        files: {
          "/a.json": { auths: { "quay.io": basic("a:b") } },
          "/run/containers/auth.json": { auths: { "quay.io": basic("c:d") } },
        },
      },
      "quay.io",
      ["a:b"],
    ],
    [
      "$XDG_RUNTIME_DIR, then ~/.config",
      {
        environment: { XDG_RUNTIME_DIR: "/run" },
        files: {
          "/run/containers/auth.json": { auths: { "quay.io": basic("a:b") } },
          "/home/me/.config/containers/auth.json": { auths: { "quay.io": basic("c:d") } },
        },
      },
      "quay.io",
      ["a:b", "c:d"],
    ],
    [
      "each secret once, docker's first",
      {
        environment: { REGISTRY_AUTH_FILE: "/a.json" },
        files: {
          [DOCKER]: { auths: { "quay.io": basic("a:b") } },
          "/a.json": { auths: { "quay.io": basic("a:b") } },
        },
      },
      "quay.io",
      ["a:b"],
    ],
    [
      "nothing for a host with the same end",
      { files: { [DOCKER]: { auths: { "ghcr.io": basic("a:b") } } } },
      "evil-ghcr.io",
      [],
    ],
    [
      "nothing for a host with the same start",
      { files: { [DOCKER]: { auths: { "ghcr.io": basic("a:b") } } } },
      "ghcr.io.evil.example",
      [],
    ],
    [
      "nothing for another port",
      { files: { [DOCKER]: { auths: { "ghcr.io": basic("a:b") } } } },
      "ghcr.io:8443",
      [],
    ],
  ] as const satisfies readonly (readonly [string, Machine, string, readonly string[]])[]) {
    it(`reads ${name}`, async () =>
      assert.deepEqual((await find(registry, "org/app", machine)).found.map(show), expected));
  }

  it("prefers the longest path that matches in complete components", async () => {
    const auths = {
      "quay.io": basic("host:1"),
      "quay.io/org": basic("org:1"),
      "quay.io/org/app": basic("app:1"),
    };
    const files = { [DOCKER]: { auths } };
    const shown = async (repository: string): Promise<string[]> =>
      (await find("quay.io", repository, { files })).found.map(show);
    assert.deepEqual(
      [await shown("org/app"), await shown("org/app2"), await shown("organisation/x")],
      [["app:1"], ["org:1"], ["host:1"]],
    );
  });

  it("prefers registry-auth to the configuration, and masks every secret", async () => {
    const registryAuth = [{ registry: "https://GHCR.io/", username: "in", password: "put" }];
    const { found, masked } = await find("ghcr.io", "a/b", {
      files: { [DOCKER]: { auths: { "ghcr.io": basic("a:b") } } },
      options: { registryAuth, githubToken: "gh" },
    });
    assert.deepEqual(found.map(show), ["in:put", "a:b"]);
    assert.deepEqual(masked, [
      "put",
      Buffer.from("in:put").toString("base64"),
      "b",
      Buffer.from("a:b").toString("base64"),
    ]);
  });

  for (const [registry, expected] of [
    ["ghcr.io", ["x-access-token:gh"]],
    ["ghcr.io:443", []],
    ["ghrc.io", []],
    ["ghcr.io.evil.example", []],
    ["docker.io", []],
  ] as const) {
    const finds = expected.length > 0 ? "uses" : "does not use";
    it(`${finds} the GitHub token for ${registry}`, async () => {
      assert.deepEqual(
        (await find(registry, "a/b", { options: { githubToken: "gh" } })).found.map(show),
        expected,
      );
    });
  }

  it("uses the GitHub token only when there are no other credentials", async () => {
    const files = { [DOCKER]: { auths: { "ghcr.io": basic("a:b") } } };
    const { found, masked } = await find("ghcr.io", "a/b", {
      files,
      options: { githubToken: "gh" },
    });
    assert.deepEqual(found.map(show), ["a:b"]);
    assert.ok(!masked.includes("gh"));
  });

  // Which helper is asked, and which credentials are found for ghcr.io.
  for (const [name, config, asked, expected] of [
    ["the helper of the host", { credHelpers: { "ghcr.io": "one" } }, ["one ghcr.io"], ["u:s"]],
    ["the store", { credsStore: "two" }, ["two ghcr.io"], ["u:s"]],
    [
      "the helper of the host before the store",
      { credHelpers: { "https://ghcr.io": "one" }, credsStore: "two" },
      ["one ghcr.io"],
      ["u:s"],
    ],
    [
      "the store for another host than the helper's",
      { credHelpers: { "quay.io": "one" }, credsStore: "two" },
      ["two ghcr.io"],
      ["u:s"],
    ],
    [
      "no helper when its name is empty",
      { credHelpers: { "ghcr.io": "" }, credsStore: "two", auths: { "ghcr.io": basic("a:b") } },
      [],
      ["a:b"],
    ],
    [
      "the helper before the entry",
      { credsStore: "two", auths: { "ghcr.io": basic("a:b") } },
      ["two ghcr.io"],
      ["u:s", "a:b"],
    ],
  ] as const) {
    it(`asks ${name}`, async () => {
      const { asked: servers, runHelper } = helper('{"Username":"u","Secret":"s"}');
      const files = { [DOCKER]: config };
      const { found, warnings } = await find("ghcr.io", "a/b", { files, options: { runHelper } });
      assert.deepEqual([servers, found.map(show), warnings], [asked, expected, []]);
    });
  }
});
