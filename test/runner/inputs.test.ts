import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatPlatform, parsePlatform } from "../../src/oci/platform.ts";
import type { Requirement } from "../../src/pull/plan.ts";
import { type Inputs, readInputs } from "../../src/runner/inputs.ts";

const RUNNER = parsePlatform("linux/arm64");
const environment = (inputs: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries({ images: "alpine", ...inputs }).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
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
const show = (platforms: Requirement): string => (typeof platforms === "string" ? platforms : platforms.map(formatPlatform).join(" "));

describe("readInputs", () => {
  it("has the contract's defaults", async () => {
    const { plan, ...rest } = await good({});
    assert.deepEqual(
      { verify: plan.verify, waitTimeout: plan.waitTimeout, waitInterval: plan.waitInterval },
      { verify: "manifest", waitTimeout: 0, waitInterval: 15 },
    );
    assert.deepEqual(rest, {
      pull: "none",
      path: "",
      cache: { mode: "auto", minSize: 2 ** 20, maxSize: 2 * 2 ** 30, savePrivate: false, keyPrefix: "registry-pull-v1", failOnMiss: false },
      runner: RUNNER,
      failOnMissing: true,
      registryAuth: [],
      githubToken: "",
      insecureRegistries: new Set(),
      trustedRealms: new Set(),
      concurrency: 6,
      timeout: 1800,
      jobSummary: "always",
    });
    assert.equal(show(plan.wanted[0]?.platforms ?? []), "linux/arm64");
  });

  it("reads a list of images with their options, comments and blank lines aside", async () => {
    const { plan } = await good({
      images:
        "# all we run\n\npostgres:16,name=db  # the database\n ghcr.io/org/app:1 , name=app, platform=linux/amd64, platform=linux/arm64, optional=true \nalpine,platform=any\n",
      platforms: "linux/amd64",
    });
    assert.deepEqual(
      plan.wanted.map(({ name, written, platforms, optional }) => [name, written, show(platforms), optional]),
      [
        ["db", "postgres:16", "linux/amd64", false],
        ["app", "ghcr.io/org/app:1", "linux/amd64 linux/arm64", true],
        ["alpine", "alpine", "any", false],
      ],
    );
  });

  it("reads images as a JSON array of objects, with all that the list can say", async () => {
    const objects = [
      { reference: "postgres:16", name: "db" },
      { reference: "ghcr.io/org/app:1", platform: ["linux/amd64", "linux/arm64"], optional: true },
      { reference: "alpine", platform: "any", optional: false },
    ];
    for (const images of [JSON.stringify(objects), `\n  ${JSON.stringify(objects, undefined, 2)}\n`]) {
      const { plan } = await good({ images, platforms: "linux/amd64" });
      assert.deepEqual(
        plan.wanted.map(({ name, written, platforms, optional }) => [name, written, show(platforms), optional]),
        [
          ["db", "postgres:16", "linux/amd64", false],
          ["ghcr.io/org/app:1", "ghcr.io/org/app:1", "linux/amd64 linux/arm64", true],
          ["alpine", "alpine", "any", false],
        ],
      );
    }
  });

  it("takes a list that starts with an IPv6 address for a list", async () => {
    const { plan } = await good({ images: "[::1]:5000/org/app:1,name=app\nalpine" });
    assert.deepEqual(
      plan.wanted.map(({ name }) => name),
      ["app", "alpine"],
    );
  });

  for (const [text, found] of [
    ["alpine,optional=true", /^images, entry 2: reference "alpine,optional=true"/],
    ["alpine # x", /^images, entry 2: reference "alpine # x"/],
    ["alpine\nother", /^images, entry 2: reference "alpine\\nother"/],
    [" alpine", /^images, entry 2: reference " alpine"/],
    ['alpine","optional":true,"name":"x', /^images, entry 2: reference "alpine/],
  ] as const) {
    it(`takes ${JSON.stringify(text)} in an object for nothing but a reference`, async () => {
      const told = await problems({ images: JSON.stringify([{ reference: "alpine" }, { reference: text }]) });
      assert.match(told, found);
      assert.equal(told.split("\n").length, 1);
    });
  }

  it("reports every problem of every entry together, and repeats no value of another type", async () => {
    const images: readonly unknown[] = [
      "alpine",
      null,
      { reference: 7, name: ["hunter2"], optional: "hunter2", platform: [1] },
      { name: "x", Optional: true, constructor: 1 },
      { reference: "alpine", name: "a b", platform: "x" },
      { reference: "alpine" },
      { reference: "me:hunter2@ghcr.io/a" },
      { reference: "alpine" },
    ];
    const lines = (await problems({ images: JSON.stringify(images) })).split("\n");
    const form = '; expected [{"reference": "…", "name": "…", "platform": "…" or ["…"], "optional": true}, …]';
    assert.deepEqual(lines, [
      `images, entry 1: expected an object, got a string${form}`,
      `images, entry 2: expected an object, got null${form}`,
      `images, entry 3: reference: expected a string, got a number${form}`,
      `images, entry 3: name: expected a string, got a list${form}`,
      `images, entry 3: platform: expected a string or a list of strings, got a list${form}`,
      `images, entry 3: optional: expected true or false, got a string${form}`,
      `images, entry 4: reference: expected a string, got nothing${form}`,
      `images, entry 4: unknown key "Optional"${form}`,
      `images, entry 4: unknown key "constructor"${form}`,
      'images, entry 5: name: expected letters, digits and _ . : / @ -, got "a b"',
      lines[10],
      lines[11],
      "images, entry 8: duplicate name alpine; give this image another name",
    ]);
    assert.match(lines[10] ?? "", /^images, entry 5: platform "x": expected/);
    assert.match(lines[11] ?? "", /^images, entry 7: .*credentials/);
    assert.ok(!lines.join().includes("hunter2"));
  });

  for (const [name, images, expected] of [
    ["is no JSON", '[{"reference": me:hunter2@ghcr.io}]', /^images: not JSON, though it starts with \[; expected \[\{"reference"/],
    [
      "has a key twice",
      '[{"reference": "a", "reference": "b"}]',
      /^images: the array is refused: duplicate key "?reference"?; expected \[/,
    ],
    ["is empty", "[]", /^images: expected at least one reference, got none/],
  ] as const) {
    it(`refuses an array that ${name}, once`, async () => {
      const found = await problems({ images });
      assert.match(found, expected);
      assert.ok(!found.includes("hunter2") && !found.includes("\n"), found);
    });
  }

  for (const [text, expected] of [
    ["", "linux/arm64"],
    ["linux/amd64,linux/arm64", "linux/amd64 linux/arm64"],
    ["linux/amd64\n\n# and\nlinux/arm/v7 , linux/386\n", "linux/amd64 linux/arm/v7 linux/386"],
    ["all", "all"],
    ["any", "any"],
  ] as const) {
    it(`reads platforms ${JSON.stringify(text)} as ${expected}`, async () =>
      assert.equal(show((await good({ platforms: text })).plan.wanted[0]?.platforms ?? []), expected));
  }

  it("reads registry-auth as docker/login-action does, digits and quotes kept", async () => {
    const { registryAuth } = await good({
      "registry-auth": "- registry: ghcr.io\n  username: me\n  password: 0123\n- username: hub\n  password: 'a: b'\n",
    });
    assert.deepEqual(registryAuth, [
      { registry: "ghcr.io", username: "me", password: "0123" },
      { registry: "docker.io", username: "hub", password: "a: b" },
    ]);
  });

  for (const [text, bytes] of [
    ["0", 0],
    ["500", 500],
    ["500 B", 500],
    ["2kB", 2_000],
    ["1MiB", 2 ** 20],
    ["3 gib", 3 * 2 ** 30],
    ["2G", 2e9],
  ] as const) {
    it(`reads the size ${text} as ${bytes} bytes`, async () => assert.equal((await good({ "cache-max-size": text })).cache.maxSize, bytes));
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
      [false, ["reg.lan:5000", "[::1]:1", "other.lan"], ["auth.example"], 64, 300, "never", "blobs"],
    );
  });

  for (const [name, inputs, expected] of [
    ["a YAML list", { images: "- alpine:3" }, /^images, line 1: "- alpine:3" is no reference; did you mean alpine:3\?/],
    [
      "an option behind a space",
      { images: "alpine optional=true" },
      /^images, line 1: "alpine optional=true" is no reference; did you mean alpine,optional=true\?/,
    ],
    ["a wrong platform, with its line", { platforms: "linux/amd64\n\nx" }, /^platforms, line 3: platform "x"/],
    ["a wrong host, with its line", { "trusted-realms": "a.example,b.example\nhttp://x" }, /^trusted-realms, line 2: expected host/],
    ["no image", { images: "# none\n" }, /^images: expected at least one reference, got none/],
    [
      "a wrong reference, with its line",
      { images: "alpine\n\nDocker/x" },
      /^images, line 3: reference "Docker\/x" has upper case.*did you mean docker\/x/,
    ],
    ["an unknown option", { images: "alpine,tag=3" }, /^images, line 1: "tag=3" is an unknown option; expected reference\[,name=key\]/],
    ["a name taken twice", { images: "alpine\nalpine" }, /^images, line 2: duplicate name alpine; give this image another name/],
    ["a name that is none", { images: "alpine,name=a b" }, /^images, line 1: name: expected letters/],
    ["an optional that is neither", { images: "alpine,optional=maybe" }, /^images, line 1: optional: expected true or false, got "maybe"/],
    [
      "a wrong platform",
      { platforms: "amd64" },
      /^platforms, line 1: platform "amd64": expected os\/arch\[\/variant\]; did you mean linux\/amd64\?/,
    ],
    ["a wrong platform of one image", { images: "alpine,platform=x" }, /^images, line 1: platform "x": expected/],
    ["all among others", { platforms: "all,linux/amd64" }, /^platforms, line 1: all stands alone/],
    ["a wrong depth", { verify: "layers" }, /^verify: expected index, manifest, blobs, got "layers"/],
    ["a wrong boolean", { "fail-on-missing": "yes" }, /^fail-on-missing: expected true or false, got "yes"/],
    ["a wrong number", { concurrency: "0" }, /^concurrency: expected a whole number from 1 to 64, got "0"/],
    ["seconds with a unit", { "wait-timeout": "5m" }, /^wait-timeout: expected a whole number from 0 to 86400, got "5m"/],
    ["a size without a number", { "cache-min-size": "MiB" }, /^cache-min-size: expected a size like 500kB, 1MiB or 2GiB, got "MiB"/],
    ["a key prefix with a comma", { "cache-key-prefix": "a,b" }, /^cache-key-prefix: expected at most 100 letters/],
    [
      "a host that is a URL",
      { "insecure-registries": "http://x" },
      /^insecure-registries, line 1: expected host or host:port, got "http:\/\/x"/,
    ],
    ["registry-auth that is no list", { "registry-auth": "registry: x" }, /^registry-auth: expected a YAML list/],
    ["registry-auth that is no YAML", { "registry-auth": "- {password: secret" }, /^registry-auth: not YAML \(\w+\)/],
    [
      "registry-auth without a password",
      { "registry-auth": "- username: secret" },
      /^registry-auth, entry 1: username or password is missing/,
    ],
    [
      "registry-auth with another key",
      { "registry-auth": "- {username: a, pasword: secret, password: b}" },
      /^registry-auth, entry 1: it has another key/,
    ],
    [
      "an empty secret",
      { "registry-auth": "- username: a\n  password: ''" },
      /^registry-auth, entry 1: username or password is empty; if they come from secrets/,
    ],
  ] as const) {
    it(`refuses ${name}`, async () => {
      const found = await problems(inputs);
      assert.match(found, expected);
      assert.ok(!found.includes('secret"') && !found.includes("secret,"));
    });
  }

  for (const [what, images] of [
    ["a comment", "alpine:3\r\n# comment\r\n\r\nbusybox:1 # comment\r\n"],
    ["an option", "alpine:3,optional=true\r\nbusybox:1,name=busybox:1\r\n"],
  ] as const) {
    it(`takes ${what} on a line that ends with CRLF`, async () => {
      const inputs = await good({ images, platforms: "linux/amd64\r\nlinux/arm64\r\n" });
      assert.deepEqual(
        inputs.plan.wanted.map(({ name }) => name),
        ["alpine:3", "busybox:1"],
      );
    });
  }

  it("takes a platform that is written twice once, in whichever spelling", async () => {
    const { plan } = await good({
      images: "alpine\nbusybox,platform=linux/arm,platform=linux/arm/v7",
      platforms: "linux/amd64,linux/x86_64",
    });
    assert.deepEqual(
      plan.wanted.map(({ platforms }) => typeof platforms !== "string" && platforms.map(formatPlatform)),
      [["linux/amd64"], ["linux/arm/v7"]],
    );
  });

  it("takes a size of any length", async () => {
    const { cache } = await good({ images: "alpine", "cache-max-size": "21474836480", "cache-min-size": "0000000000001kB" });
    assert.deepEqual([cache.maxSize, cache.minSize], [20 * 1024 ** 3, 1_000]);
    assert.equal((await good({ images: "alpine", "cache-max-size": `${"9".repeat(400)}GiB` })).cache.maxSize, Number.MAX_SAFE_INTEGER);
  });

  it("says everything that is wrong at once", async () => {
    const found = await problems({ images: "Docker/x\nalpine:", verify: "x", timeout: "never", platforms: "amd64" });
    assert.equal(found.split("\n").length, 5);
  });
});
