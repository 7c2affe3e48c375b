import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Requirement } from "../../src/gate/plan.ts";
import { formatPlatform, parsePlatform } from "../../src/oci/platform.ts";
import { type Inputs, readInputs } from "../../src/runner/inputs.ts";

const RUNNER = parsePlatform("linux/arm64");
const environment = (inputs: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries({ images: "alpine", ...inputs }).map(([name, value]) => [
      `INPUT_${name.toUpperCase()}`,
      value,
    ]),
  );
const read = (inputs: Readonly<Record<string, string>>) => readInputs(environment(inputs), RUNNER);
const good = async (inputs: Readonly<Record<string, string>>): Promise<Inputs> => {
  const result = await read(inputs);
  assert.ok(!("problems" in result), JSON.stringify(result));
  return result;
};
const problems = async (inputs: Readonly<Record<string, string>>): Promise<string> => {
  const result = await read(inputs);
  return "problems" in result ? result.problems.join("\n") : "";
};
const show = (platforms: Requirement): string =>
  typeof platforms === "string" ? platforms : platforms.map(formatPlatform).join(" ");

describe("readInputs", () => {
  it("has the defaults of action.yml", async () => {
    const { plan, ...rest } = await good({});
    assert.deepEqual(
      { verify: plan.verify, waitTimeout: plan.waitTimeout, waitInterval: plan.waitInterval },
      { verify: "manifest", waitTimeout: 0, waitInterval: 15 },
    );
    assert.deepEqual(rest, {
      files: { included: [], excluded: [] },
      pins: "none",
      platforms: [RUNNER],
      lock: { file: "images.lock.json", isNamed: false, mode: "" },
      mirrors: [],
      pull: "none",
      path: "",
      cache: {
        mode: "auto",
        minSize: 2 ** 20,
        maxSize: 2 * 2 ** 30,
        savePrivate: false,
        keyPrefix: "registry-pull-v1",
        failOnMiss: false,
        whenUnavailable: "fail",
        directory: "",
        directorySize: 20 * 2 ** 30,
      },
      runner: RUNNER,
      failOnMissing: true,
      registryAuth: [],
      githubToken: "",
      insecureRegistries: new Set(),
      trustedRealms: new Set(),
      concurrency: 6,
      timeout: 1800,
      serve: undefined,
      jobSummary: "always",
    });
    assert.equal(show(plan.wanted[0]?.platforms ?? []), "linux/arm64");
  });

  const servers: readonly (readonly [string | undefined, string])[] = [
    [undefined, "token"],
    ["", "token"],
    ["https://github.com", "token"],
    ["https://github.example", ""],
    ["https://org.ghe.com", ""],
    ["https://github.com.example", ""],
  ];
  for (const [server, token] of servers) {
    it(`${token ? "uses" : "does not use"} the token of ${server ?? "no server"}`, async () => {
      const environment = { INPUT_IMAGES: "a", "INPUT_GITHUB-TOKEN": "token" };
      const read = await readInputs({ ...environment, GITHUB_SERVER_URL: server }, RUNNER);
      assert.equal("githubToken" in read && read.githubToken, token);
    });
  }

  it("reads a list of images with options, comments and blank lines", async () => {
    const { plan } = await good({
      images:
        "# all we run\n\npostgres:16,name=db  # the database\n ghcr.io/org/app:1 , name=app, platform=linux/amd64, platform=linux/arm64, optional=true \nalpine,platform=any\n",
      platforms: "linux/amd64",
    });
    assert.deepEqual(
      plan.wanted.map(({ name, written, platforms, optional }) => [
        name,
        written,
        show(platforms),
        optional,
      ]),
      [
        ["db", "postgres:16", "linux/amd64", false],
        ["app", "ghcr.io/org/app:1", "linux/amd64 linux/arm64", true],
        ["alpine", "alpine", "any", false],
      ],
    );
  });

  it("reads the same images as a JSON array of objects", async () => {
    const objects = [
      { reference: "postgres:16", name: "db" },
      { reference: "ghcr.io/org/app:1", platform: ["linux/amd64", "linux/arm64"], optional: true },
      { reference: "alpine", platform: "any", optional: false },
    ];
    for (const images of [
      JSON.stringify(objects),
      `\n  ${JSON.stringify(objects, undefined, 2)}\n`,
    ]) {
      const { plan } = await good({ images, platforms: "linux/amd64" });
      assert.deepEqual(
        plan.wanted.map(({ name, written, platforms, optional }) => [
          name,
          written,
          show(platforms),
          optional,
        ]),
        [
          ["db", "postgres:16", "linux/amd64", false],
          ["ghcr.io/org/app:1", "ghcr.io/org/app:1", "linux/amd64 linux/arm64", true],
          ["alpine", "alpine", "any", false],
        ],
      );
    }
  });

  for (const [text, found] of [
    ["alpine,optional=true", /^images, entry 2: reference "alpine,optional=true"/],
    ["alpine # x", /^images, entry 2: reference "alpine # x"/],
    ["alpine\nother", /^images, entry 2: reference "alpine\\nother"/],
    [" alpine", /^images, entry 2: reference " alpine"/],
    ['alpine","optional":true,"name":"x', /^images, entry 2: reference "alpine/],
  ] as const) {
    it(`takes ${JSON.stringify(text)} in an object for nothing but a reference`, async () => {
      const images = JSON.stringify([{ reference: "alpine" }, { reference: text }]);
      const problem = await problems({ images });
      assert.match(problem, found);
      assert.ok(!problem.includes("\n"), "one problem");
    });
  }

  it("reads booleans, hosts and numbers", async () => {
    const inputs = await good({
      "fail-on-missing": "False",
      "insecure-registries": "reg.lan:5000, [::1]:1\nother.lan",
      "trusted-realms": "Auth.Example",
      concurrency: "64",
      "wait-timeout": "300",
      "job-summary": "never",
      verify: "blobs",
    });
    assert.deepEqual(
      [
        inputs.failOnMissing,
        [...inputs.insecureRegistries],
        [...inputs.trustedRealms],
        inputs.concurrency,
        inputs.plan.waitTimeout,
        inputs.jobSummary,
        inputs.plan.verify,
      ],
      [
        false,
        ["reg.lan:5000", "[::1]:1", "other.lan"],
        ["auth.example"],
        64,
        300,
        "never",
        "blobs",
      ],
    );
  });

  it("reads logins, and the sizes and rules of the cache", async () => {
    const inputs = await good({
      "registry-auth": "- registry: ghcr.io\n  username: me\n  password: 0123\n",
      "cache-mode": "write-only",
      "cache-min-size": "500kB",
      "cache-max-size": "20GiB",
      "cache-private": "TRUE",
      "cache-key-prefix": "my.prefix_1-",
      "fail-on-cache-miss": "true",
      "when-unavailable": "use-cache",
      "cache-directory": " /var/cache/images ",
      "cache-directory-size": "500MB",
    });
    const login = { registry: "ghcr.io", username: "me", password: "0123" };
    assert.deepEqual(inputs.registryAuth, [login]);
    assert.deepEqual(inputs.cache, {
      mode: "write-only",
      minSize: 500_000,
      maxSize: 20 * 2 ** 30,
      savePrivate: true,
      keyPrefix: "my.prefix_1-",
      failOnMiss: true,
      whenUnavailable: "use-cache",
      directory: "/var/cache/images",
      directorySize: 500_000_000,
    });
  });

  for (const [pull, pullsFor] of [
    ["none", undefined],
    ["layout", RUNNER],
    ["docker", RUNNER],
    ["podman", RUNNER],
  ] as const) {
    const what = pullsFor === undefined ? "nothing" : "the runner's platform";
    it(`plans ${what} for pull: ${pull}, when no platform is required`, async () => {
      const inputs = await good({ pull, platforms: "any" });
      assert.deepEqual([inputs.pull, inputs.plan.pullsFor], [pull, pullsFor]);
    });
  }

  const LOCK = { file: "images.lock.json", isNamed: false };
  // lock and lock-file, how the file is used, and whether tags are asked for
  for (const [inputs, lock, checksTags] of [
    [{}, { ...LOCK, mode: "" }, true],
    [{ lock: "" }, { ...LOCK, mode: "" }, true],
    [{ lock: "none" }, { ...LOCK, mode: "none" }, true],
    [{ lock: "check" }, { ...LOCK, mode: "check" }, true],
    [{ lock: "frozen" }, { ...LOCK, mode: "frozen" }, false],
    [{ lock: " update " }, { ...LOCK, mode: "update" }, true],
    [{ "lock-file": "a.json" }, { file: "a.json", isNamed: true, mode: "" }, true],
    [{ "lock-file": "./images.lock.json" }, { ...LOCK, mode: "" }, true],
    [{ "lock-file": "a\\b//c" }, { file: "a/b/c", isNamed: true, mode: "" }, true],
  ] as const) {
    it(`reads ${JSON.stringify(inputs)}`, async () => {
      const read = await good(inputs);
      assert.deepEqual([read.lock, read.plan.checksTags], [lock, checksTags]);
    });
  }

  // In some of them one input has no effect, but none contradicts another.
  for (const inputs of [
    { lock: "none", "lock-file": "other.json" },
    { lock: "frozen", "wait-timeout": "60" },
    { lock: "check", pins: "write", files: "compose.yml" },
    { lock: "update", pins: "write", files: "compose.yml" },
    { lock: "frozen", pins: "require", files: "compose.yml" },
    { lock: "update", pull: "layout" },
    { lock: "update", verify: "index" },
    { "when-unavailable": "use-cache", pull: "none" },
    { "cache-directory": "/cache", pull: "none" },
    { "cache-directory": "/cache", "cache-mode": "none", pull: "layout" },
    { "cache-directory-size": "1GiB" },
  ]) {
    it(`accepts ${JSON.stringify(inputs)}`, async () => assert.equal(await problems(inputs), ""));
  }

  it("reads sources in their order", async () => {
    const sources = "docker.io=mirror.gcr.io\ndocker.io=a.example/hub,trust-tags=true";
    const { mirrors } = await good({ sources });
    assert.deepEqual(mirrors, [
      { original: "docker.io", source: "mirror.gcr.io", trustsTags: false },
      { original: "docker.io", source: "a.example/hub", trustsTags: true },
    ]);
  });

  it("reads lists whose lines end with CRLF", async () => {
    const images = "alpine:3,optional=true\r\n# comment\r\n\r\nbusybox:1 # comment\r\n";
    const { plan } = await good({ images, platforms: "linux/amd64\r\nlinux/arm64\r\n" });
    assert.deepEqual(
      plan.wanted.map(({ name, platforms }) => [name, show(platforms)]),
      [
        ["alpine:3", "linux/amd64 linux/arm64"],
        ["busybox:1", "linux/amd64 linux/arm64"],
      ],
    );
  });

  for (const [name, value, expected] of [
    ["images", "# none\n", "images: expected at least one reference, got none"],
    ["images", "\nUPPER", 'images, line 2: reference "UPPER"'],
    ["images", '[{"name": "a"}]', "images, entry 1: reference: expected a string, got nothing"],
    ["platforms", "linux/amd64\n\nx", 'platforms, line 3: platform "x"'],
    ["verify", "layers", 'verify: expected index, manifest, blobs, got "layers"'],
    ["fail-on-missing", "yes", 'fail-on-missing: expected true or false, got "yes"'],
    ["wait-timeout", "86401", "wait-timeout: expected a whole number from 0 to 86400"],
    ["wait-interval", "0", "wait-interval: expected a whole number from 1 to 3600"],
    ["pull", "all", 'pull: expected none, layout, docker, podman, got "all"'],
    ["path", "a\nb", 'path: expected a path without control characters, got "a\\nb"'],
    ["cache-mode", "always", "cache-mode: expected auto, write, read, write-only, none, got"],
    ["cache-min-size", "MiB", "cache-min-size: expected a size like 500kB, 1MiB or 2GiB"],
    ["cache-max-size", "1TB", "cache-max-size: expected a size like 500kB, 1MiB or 2GiB"],
    ["cache-private", "no", 'cache-private: expected true or false, got "no"'],
    ["cache-key-prefix", "a,b", "cache-key-prefix: expected at most 100 letters, digits and . _ -"],
    ["cache-key-prefix", "a".repeat(101), "cache-key-prefix: expected at most 100 letters"],
    ["fail-on-cache-miss", "no", 'fail-on-cache-miss: expected true or false, got "no"'],
    ["when-unavailable", "ignore", 'when-unavailable: expected fail, use-cache, got "ignore"'],
    ["lock", "write", 'lock: expected none, check, frozen, update, got "write"'],
    ["lock-file", "../a.json", 'lock-file: expected the path of a file below the workspace, got "'],
    ["lock-file", "/etc/a.json", "lock-file: expected the path of a file below the workspace"],
    ["lock-file", "C:\\a.json", "lock-file: expected the path of a file below the workspace"],
    ["lock-file", "~/a.json", "lock-file: expected the path of a file below the workspace"],
    ["lock-file", ".", 'lock-file: expected the path of a file below the workspace, got "."'],
    ["lock-file", "locks/", 'lock-file: expected the path of a file below the workspace, got "lo'],
    ["lock-file", "locks\\", "lock-file: expected the path of a file below the workspace, got"],
    ["lock-file", "a\nb", 'lock-file: expected the path of a file below the workspace, got "a\\nb'],
    ["sources", "\ndocker.io", "sources, line 2: expected two prefixes with = between them; exp"],
    ["cache-directory", "cache", 'cache-directory: expected an absolute path, got "cache"'],
    ["cache-directory", "~/c", 'cache-directory: expected an absolute path, got "~/c"'],
    ["cache-directory", "/a\nb", "cache-directory: expected a path without control characters"],
    ["cache-directory-size", "20TB", "cache-directory-size: expected a size like 500kB, 1MiB or"],
    ["registry-auth", "a: b", "registry-auth: expected a YAML list"],
    ["insecure-registries", "http://x", "insecure-registries, line 1: expected host or host:port"],
    ["trusted-realms", "a\nb/c", "trusted-realms, line 2: expected host or host:port"],
    ["concurrency", "65", "concurrency: expected a whole number from 1 to 64"],
    ["timeout", "0", "timeout: expected a whole number from 1 to 21600"],
    ["job-summary", "no", 'job-summary: expected always, on-failure, never, got "no"'],
  ] as const) {
    it(`refuses ${name}: ${JSON.stringify(value).slice(0, 40)}`, async () => {
      const found = await problems({ [name]: value });
      assert.ok(found.startsWith(expected), found);
      assert.ok(!found.includes("\n"), "one problem");
    });
  }

  it("reports all problems together, and the summary that was asked for", async () => {
    const inputs = {
      images: "UPPER\nalpine:",
      verify: "x",
      timeout: "never",
      platforms: "amd64",
      "job-summary": "on-failure",
    };
    const found = await problems(inputs);
    assert.equal(found.split("\n").length, 5);
    const result = await read(inputs);
    assert.equal(result.jobSummary, "on-failure");
  });

  it("counts the lines of a list from its first line, even if that is blank", async () => {
    assert.match(await problems({ images: "\n\n UPPER\n" }), /^images, line 3: /);
  });
});
