import assert from "node:assert/strict";
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import fc from "fast-check";
import { SYSTEM_CLOCK } from "../../src/connect.ts";
import { type Credential, helperRunner, Keychain, type KeychainOptions } from "../../src/registry/credentials.ts";
import { type Environment, hostPath, readDockerConfigs } from "../../src/registry/docker-config.ts";
import type { Clock } from "../../src/registry/retry.ts";
import { temporaryDirectory } from "../support/directory.ts";

const basic = (login: string): { auth: string } => ({ auth: Buffer.from(login).toString("base64") });

type Machine = { files?: Readonly<Record<string, unknown>>; environment?: Environment; options?: Partial<KeychainOptions> };

/** The credentials that a machine with these files has for an image, and what was warned of and masked on the way. */
async function find(registry: string, repository: string, { files = {}, environment = {}, options = {} }: Machine) {
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
  const runHelper = async (): ReturnType<KeychainOptions["runHelper"]> => ({ output: "", error: "no helper here" });
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
  credential.kind === "password" ? `${credential.username}:${credential.password}` : `${credential.kind} ${credential.token}`;
const DOCKER = "/home/me/.docker/config.json";

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
    it(`finds Docker Hub's under ${key}`, async () => {
      const { found } = await find("docker.io", "library/alpine", { files: { [DOCKER]: { auths: { [key]: basic("me:pw") } } } });
      assert.deepEqual(found.map(show), ["me:pw"]);
    });
  }

  for (const [name, machine, registry, expected] of [
    ["a password with colons", { files: { [DOCKER]: { auths: { "ghcr.io": basic("me:p:w") } } } }, "ghcr.io", ["me:p:w"]],
    ["trailing NULs", { files: { [DOCKER]: { auths: { "ghcr.io": basic("me:pw\0\0") } } } }, "ghcr.io", ["me:pw"]],
    [
      "username and password in the clear",
      { files: { [DOCKER]: { auths: { "ghcr.io": { username: "me", password: "pw" } } } } },
      "ghcr.io",
      ["me:pw"],
    ],
    [
      "an identity token",
      { files: { [DOCKER]: { auths: { "x.azurecr.io": { ...basic("me:"), identitytoken: "T" } } } } },
      "x.azurecr.io",
      ["identity T"],
    ],
    ["a registry token", { files: { [DOCKER]: { auths: { "x.example": { registrytoken: "R" } } } } }, "x.example", ["registry-token R"]],
    [
      "Azure's user of tokens",
      { files: { [DOCKER]: { auths: { "x.azurecr.io": basic("00000000-0000-0000-0000-000000000000:T") } } } },
      "x.azurecr.io",
      ["identity T"],
    ],
    ["an empty entry: nothing", { files: { [DOCKER]: { auths: { "ghcr.io": {} } } } }, "ghcr.io", []],
    ["a null entry: nothing", { files: { [DOCKER]: { auths: { "ghcr.io": null } } } }, "ghcr.io", []],
    ["auths that are null: nothing", { files: { [DOCKER]: { auths: null } } }, "ghcr.io", []],
    [
      "$DOCKER_CONFIG",
      { environment: { DOCKER_CONFIG: "/d" }, files: { "/d/config.json": { auths: { "ghcr.io": basic("a:b") } } } },
      "ghcr.io",
      ["a:b"],
    ],
    [
      "$DOCKER_AUTH_CONFIG",
      { environment: { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { "ghcr.io": basic("a:b") } }) } },
      "ghcr.io",
      ["a:b"],
    ],
    [
      "$REGISTRY_AUTH_FILE alone of podman's",
      {
        environment: { REGISTRY_AUTH_FILE: "/a.json", XDG_RUNTIME_DIR: "/run" },
        files: { "/a.json": { auths: { "quay.io": basic("a:b") } }, "/run/containers/auth.json": { auths: { "quay.io": basic("c:d") } } },
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
        files: { [DOCKER]: { auths: { "quay.io": basic("a:b") } }, "/a.json": { auths: { "quay.io": basic("a:b") } } },
      },
      "quay.io",
      ["a:b"],
    ],
    ["nothing for a host that only ends the same", { files: { [DOCKER]: { auths: { "ghcr.io": basic("a:b") } } } }, "evil-ghcr.io", []],
    [
      "nothing for a host that only starts the same",
      { files: { [DOCKER]: { auths: { "ghcr.io": basic("a:b") } } } },
      "ghcr.io.evil.example",
      [],
    ],
    ["nothing for another port", { files: { [DOCKER]: { auths: { "ghcr.io": basic("a:b") } } } }, "ghcr.io:8443", []],
  ] as const satisfies readonly (readonly [string, Machine, string, readonly string[]])[]) {
    it(`reads ${name}`, async () => assert.deepEqual((await find(registry, "org/app", machine)).found.map(show), expected));
  }

  it("takes the longest path that matches, by whole components", async () => {
    const auths = { "quay.io": basic("host:1"), "quay.io/org": basic("org:1"), "quay.io/org/app": basic("app:1") };
    const files = { [DOCKER]: { auths } };
    const shown = async (repository: string): Promise<string[]> => (await find("quay.io", repository, { files })).found.map(show);
    assert.deepEqual([await shown("org/app"), await shown("org/app2"), await shown("organisation/x")], [["app:1"], ["org:1"], ["host:1"]]);
  });

  it("asks registry-auth before the configuration", async () => {
    const registryAuth = [{ registry: "https://GHCR.io/", username: "in", password: "put" }];
    const { found, masked } = await find("ghcr.io", "a/b", {
      files: { [DOCKER]: { auths: { "ghcr.io": basic("a:b") } } },
      options: { registryAuth, githubToken: "gh" },
    });
    assert.deepEqual(found.map(show), ["in:put", "a:b"]);
    assert.deepEqual(masked, ["put", Buffer.from("in:put").toString("base64"), "b", Buffer.from("a:b").toString("base64")]);
  });

  for (const [registry, expected] of [
    ["ghcr.io", ["x-access-token:gh"]],
    ["ghcr.io:443", []],
    ["ghrc.io", []],
    ["ghcr.io.evil.example", []],
    ["docker.io", []],
  ] as const) {
    it(`has the GitHub token ${expected.length ? "" : "not "}for ${registry}`, async () => {
      assert.deepEqual((await find(registry, "a/b", { options: { githubToken: "gh" } })).found.map(show), expected);
    });
  }

  describe("helpers", () => {
    const answer = (output: string, error?: string) => {
      const asked: string[] = [];
      const runHelper: KeychainOptions["runHelper"] = async (name, input) => {
        asked.push(`${name} ${input}`);
        return { output, error };
      };
      return { asked, runHelper };
    };
    const login = '{"ServerURL":"x","Username":"u","Secret":"s"}';

    it("are asked by host before the store, and Docker Hub's by its old name", async () => {
      const { asked, runHelper } = answer(login);
      const files = { [DOCKER]: { credHelpers: { "ghcr.io": "one" }, credsStore: "two" } };
      assert.deepEqual((await find("ghcr.io", "a/b", { files, options: { runHelper } })).found.map(show), ["u:s"]);
      await find("docker.io", "a/b", { files, options: { runHelper } });
      assert.deepEqual(asked, ["one ghcr.io", "two https://index.docker.io/v1/"]);
    });

    it("may hold an identity token", async () => {
      const { runHelper } = answer('{"Username":"<token>","Secret":"T"}');
      assert.deepEqual(
        (await find("a.example", "a/b", { files: { [DOCKER]: { credsStore: "x" } }, options: { runHelper } })).found.map(show),
        ["identity T"],
      );
    });

    it("that have nothing are no trouble; others are one warning", async () => {
      const files = { [DOCKER]: { credsStore: "x" } };
      const none = await find("a.example", "a/b", { files, options: answer("credentials not found in native keychain", "exit code 1") });
      assert.deepEqual([none.found, none.warnings], [[], []]);
      const broken = await find("a.example", "a/b", { files, options: answer("", "spawn ENOENT") });
      assert.match(broken.warnings.join(), /docker-credential-x gave no credentials for a.example: spawn ENOENT/);
      const odd = await find("a.example", "a/b", { files, options: answer("not json") });
      assert.match(odd.warnings.join(), /not the JSON it should be/);
    });

    let directory: string;
    beforeEach(() => {
      directory = temporaryDirectory("helpers");
    });
    afterEach(() => rmSync(directory, { recursive: true, force: true }));

    it("get what programs and the clouds' helpers need, and no other variable of the job", async () => {
      writeFileSync(join(directory, "docker-credential-env"), "#!/bin/sh\nenv\n", { mode: 0o755 });
      const needed = [
        ...["HOME", "XDG_CONFIG_HOME", "TMPDIR", "LANG", "LC_CTYPE", "no_proxy", "HTTPS_PROXY", "SSL_CERT_FILE", "DOCKER_CONFIG"],
        ...["USERPROFILE", "SystemRoot", "TEMP", "LOCALAPPDATA", "PATHEXT", "ComSpec"],
        ...["AWS_PROFILE", "AWS_SECRET_ACCESS_KEY", "AWS_ECR_DISABLE_CACHE", "AWS_WEB_IDENTITY_TOKEN_FILE"],
        ...["GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"],
        ...["DBUS_SESSION_BUS_ADDRESS", "PASSWORD_STORE_DIR", "GNUPGHOME", "DOCKER_ghcr_io_USR", "DOCKER_ghcr_io_PSW"],
      ];
      const kept = [
        ...["INPUT_X", "ACTIONS_RUNTIME_TOKEN", "GITHUB_TOKEN", "GH_TOKEN", "GITHUB_PAT", "MY_SECRET", "NPM_AUTH", "DEPLOY_KEY"],
        ...["DOCKER_AUTH_CONFIG", "DOCKER_PASSWORD", "REGISTRY_PASS", "GITHUB_ENV", "NODE_OPTIONS", "LD_PRELOAD"],
      ];
      const environment = Object.fromEntries([...needed, ...kept].map((name) => [name, "x"]));
      const bounds = { after: SYSTEM_CLOCK.after, signal: new AbortController().signal };
      const { output } = await helperRunner({ ...environment, PATH: `${directory}:/usr/bin:/bin` }, bounds)("env", "x");
      const given = output.split("\n").map((line) => line.split("=")[0]);
      assert.deepEqual(
        [...needed, ...kept].filter((name) => given.includes(name)),
        needed,
      );
    });

    it("run for real, without the job's secrets, and with bounded output", async () => {
      const script = (name: string, body: string): void => {
        writeFileSync(join(directory, `docker-credential-${name}`), `#!/bin/sh\n${body}\n`);
        chmodSync(join(directory, `docker-credential-${name}`), 0o755);
      };
      script("env", 'read server; printf \'{"Username":"%s","Secret":"%s"}\' "$server" "$1-$INPUT_X-$ACTIONS_RUNTIME_TOKEN"');
      script("endless", "yes");
      script("fails", "echo oops; exit 3");
      script("hangs", "exec sleep 600");
      script("leaves", `sleep 600 & echo $! > ${directory}/left; echo '{}'`);
      script("tells", 'echo \'{"Username":"me","Secret":"leak"}\'; exit 1');
      // A second is a millisecond.
      const after: Clock["after"] = (ms, run) => SYSTEM_CLOCK.after(ms / 100, run);
      const stop = new AbortController();
      const environment = { PATH: `${directory}:/usr/bin:/bin`, INPUT_X: "leak", ACTIONS_RUNTIME_TOKEN: "leak" };
      const run = helperRunner(environment, { after, signal: stop.signal });
      assert.deepEqual(await run("env", "host.example\n"), {
        output: '{"Username":"host.example","Secret":"get--"}',
        error: undefined,
      });
      assert.match((await run("endless", "x")).error ?? "", /^more than 65536 bytes/);
      assert.match((await run("fails", "x")).error ?? "", /^exit code 3 oops/);
      assert.match((await run("hangs", "x")).error ?? "", /^no answer within 30 s$/);
      assert.deepEqual(await run("leaves", "x"), { output: "{}\n", error: undefined });
      process.kill(Number(readFileSync(join(directory, "left"), "utf8")), "SIGKILL");
      assert.match((await run("tells", "x")).error ?? "", /^exit code 1$/);
      assert.match((await run("absent", "x")).error ?? "", /ENOENT/);
      assert.match((await run("../evil", "x")).error ?? "", /not a helper's name/);
      const cancelled = helperRunner(environment, { after: SYSTEM_CLOCK.after, signal: stop.signal })("hangs", "x");
      stop.abort(new Error("cancelled"));
      assert.match((await cancelled).error ?? "", /^cancelled$/);
    });
  });

  it("warns of a file that cannot be read or understood, without repeating it", async () => {
    const denied = Object.assign(new Error("denied"), { code: "EACCES" });
    assert.match((await find("a.example", "a", { files: { [DOCKER]: denied } })).warnings.join(), /cannot read .*config.json \(EACCES\)/);
    const broken = await find("a.example", "a", { files: { [DOCKER]: '{"auths": "secret' } });
    assert.match(broken.warnings.join(), /is not JSON/);
    assert.ok(!broken.warnings.join().includes("secret"));
  });
});

describe("hostPath", () => {
  it("gives one spelling, which is its own", () => {
    const key = fc.tuple(
      fc.constantFrom("", "https://", "http://"),
      fc.constantFrom("ghcr.io", "Index.docker.io", "docker.io", "localhost:5000"),
      fc.constantFrom("", "/", "/v1/", "/v2", "/org"),
    );
    fc.assert(fc.property(key, (parts) => hostPath(hostPath(parts.join(""))) === hostPath(parts.join(""))));
  });
});
