import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  type DockerConfig,
  hostPath,
  longestPrefix,
  readDockerConfigs,
} from "../../src/registry/docker-config.ts";

const DOCKER = "/home/me/.docker/config.json";

/** Reads the configurations of a machine with these files. */
function read(
  files: Readonly<Record<string, string | Error>>,
  environment: NodeJS.ProcessEnv = {},
): { readonly configs: readonly DockerConfig[]; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  const readFile = (path: string): string => {
    const file = files[path] ?? Object.assign(new Error("none"), { code: "ENOENT" });
    if (file instanceof Error) throw file;
    return file;
  };
  const warn = (message: string): void => void warnings.push(message);
  return {
    configs: readDockerConfigs({ HOME: "/home/me", ...environment }, readFile, warn),
    warnings,
  };
}

describe("readDockerConfigs", () => {
  it("reads the variable, docker's file and podman's files in this order", () => {
    const podman = ["/run/containers/auth.json", "/home/me/.config/containers/auth.json"];
    const paths = [DOCKER, ...podman];
    const files = Object.fromEntries(paths.map((path) => [path, "{}"]));
    const environment = { DOCKER_AUTH_CONFIG: "{}", XDG_RUNTIME_DIR: "/run" };
    const { configs } = read(files, environment);
    assert.deepEqual(
      configs.map(({ source }) => source),
      ["DOCKER_AUTH_CONFIG", ...paths],
    );
  });

  for (const [name, environment, path] of [
    ["$DOCKER_CONFIG", { DOCKER_CONFIG: "/d" }, "/d/config.json"],
    ["$REGISTRY_AUTH_FILE", { REGISTRY_AUTH_FILE: "/a.json" }, "/a.json"],
    ["$XDG_CONFIG_HOME", { XDG_CONFIG_HOME: "/x" }, "/x/containers/auth.json"],
    [
      "the home directory of Windows",
      { HOME: undefined, USERPROFILE: "/u" },
      "/u/.docker/config.json",
    ],
  ] as const) {
    it(`finds a file by ${name}`, () => {
      const { configs } = read({ [path]: "{}" }, environment);
      assert.deepEqual(
        configs.map(({ source }) => source),
        [path],
      );
    });
  }

  it("reads helpers and entries under one spelling of their hosts", () => {
    const auth = Buffer.from("me:p:w\0").toString("base64");
    const file = {
      auths: {
        "https://index.docker.io/v1/": { auth },
        "GHCR.io": { username: "u", password: "p", identitytoken: "I", registrytoken: "R" },
        "quay.io": null,
      },
      credHelpers: { "https://Quay.io/": "one", "a.example": 7 },
      credsStore: "two",
    };
    const [config] = read({ [DOCKER]: JSON.stringify(file) }).configs;
    const empty = { username: "", password: "", identityToken: "", registryToken: "" };
    assert.deepEqual(config, {
      source: DOCKER,
      auths: new Map([
        ["docker.io", { ...empty, username: "me", password: "p:w" }],
        ["ghcr.io", { username: "u", password: "p", identityToken: "I", registryToken: "R" }],
        ["quay.io", empty],
      ]),
      credHelpers: new Map([
        ["quay.io", "one"],
        ["a.example", ""],
      ]),
      credsStore: "two",
    });
  });

  for (const [text, isReadable] of [
    ["{}", true],
    ["null", true],
    ["[]", true],
    ['{"auths":null,"credHelpers":7,"credsStore":[]}', true],
    ["", false],
    ['{"auths": "secret', false],
  ] as const) {
    it(`${isReadable ? "reads" : "warns about"} ${JSON.stringify(text)}`, () => {
      const { configs, warnings } = read({ [DOCKER]: text });
      assert.equal(configs.length, isReadable ? 1 : 0);
      const expected = `${DOCKER} is not JSON: its credentials are not used`;
      assert.deepEqual(warnings, isReadable ? [] : [expected]);
    });
  }

  for (const [code, warnings] of [
    ["ENOENT", []],
    ["ENOTDIR", []],
    ["EISDIR", []],
    ["EACCES", [`cannot read ${DOCKER} (EACCES): its credentials are not used`]],
  ] as const) {
    it(`${warnings.length > 0 ? "warns about" : "skips"} a file that fails with ${code}`, () => {
      const error = Object.assign(new Error("failed"), { code });
      assert.deepEqual(read({ [DOCKER]: error }), { configs: [], warnings });
    });
  }
});

describe("hostPath", () => {
  for (const [key, expected] of [
    ["ghcr.io", "ghcr.io"],
    ["https://GHCR.io/", "ghcr.io"],
    ["ghcr.io/org/v2", "ghcr.io/org/v2"],
    ["https://ghcr.io/v2/", "ghcr.io"],
    ["ghcr.io/v2/org", "ghcr.io/v2/org"],
    ["https://index.docker.io/v1/", "docker.io"],
    ["registry-1.docker.io/library", "docker.io/library"],
    ["registry.hub.docker.com", "docker.io"],
    ["index.docker.io.example", "index.docker.io.example"],
    [" localhost:5000 ", "localhost:5000"],
    ["", ""],
  ] as const) {
    it(`of ${JSON.stringify(key)} is ${JSON.stringify(expected)}`, () => {
      assert.equal(hostPath(key), expected);
    });
  }

  it("of its own result is the same", () => {
    const key = fc.tuple(
      fc.constantFrom("", "https://", "http://"),
      fc.constantFrom("ghcr.io", "Index.docker.io", "docker.io", "localhost:5000"),
      fc.constantFrom("", "/", "/v1/", "/v2", "/org"),
    );
    fc.assert(
      fc.property(key, (parts) => hostPath(hostPath(parts.join(""))) === hostPath(parts.join(""))),
    );
  });
});

describe("longestPrefix", () => {
  const entries = new Map([
    ["quay.io", "host"],
    ["quay.io/org", "org"],
    ["quay.io/org/app", "app"],
  ]);
  for (const [name, expected] of [
    ["quay.io/org/app", "app"],
    ["quay.io/org/app/more", "app"],
    ["quay.io/org/app2", "org"],
    ["quay.io/organisation/app", "host"],
    ["quay.io:443/org/app", undefined],
    ["ghcr.io/org/app", undefined],
    ["", undefined],
  ] as const) {
    it(`of ${JSON.stringify(name)} is ${expected}`, () => {
      assert.equal(longestPrefix(entries, name), expected);
    });
  }
});
