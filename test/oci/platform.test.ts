import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { PullError } from "../../src/oci/failure.ts";
import {
  asPlatform,
  formatPlatform,
  nearest,
  parsePlatform,
  readPlatform,
  runnerPlatform,
  sameBuild,
  sameMachine,
  satisfies,
} from "../../src/oci/platform.ts";

describe("parsePlatform", () => {
  for (const [written, normal] of [
    ["linux/amd64", "linux/amd64"],
    ["Linux/AMD64", "linux/amd64"],
    ["linux/x86_64", "linux/amd64"],
    ["linux/x86-64", "linux/amd64"],
    ["linux/amd64/v1", "linux/amd64"],
    ["linux/amd64/v3", "linux/amd64/v3"],
    ["linux/i386", "linux/386"],
    ["linux/aarch64", "linux/arm64"],
    ["linux/arm64/v8", "linux/arm64"],
    ["linux/arm64/8", "linux/arm64"],
    ["linux/arm64/v8.0", "linux/arm64"],
    ["linux/arm64/9.0", "linux/arm64/v9"],
    ["linux/arm64/v8.1", "linux/arm64/v8.1"],
    ["linux/arm", "linux/arm/v7"],
    ["linux/arm/7", "linux/arm/v7"],
    ["linux/armhf", "linux/arm/v7"],
    ["linux/armel", "linux/arm/v6"],
    ["linux/arm/6", "linux/arm/v6"],
    ["macos/arm64", "darwin/arm64"],
    ["windows(10.0.20348.169)/amd64", "windows(10.0.20348.169)/amd64"],
    ["linux/constructor/__proto__", "linux/constructor/__proto__"],
  ] as const) {
    it(`normalises ${written} to ${normal}`, () =>
      assert.equal(formatPlatform(parsePlatform(written)), normal));
  }

  for (const [written, problem] of [
    ["amd64", /expected os\/arch\[\/variant\]; did you mean linux\/amd64\?/],
    ["x86_64", /did you mean linux\/amd64\?/],
    ["armhf", /did you mean linux\/arm\/v7\?/],
    ["linux", /expected os\/arch\[\/variant\]/],
    ["linux/", /expected/],
    ["linux//v7", /expected/],
    ["linux/arm/v7/x", /expected/],
    ["linux/am d64", /expected/],
    ["windows()/amd64", /expected/],
  ] as const) {
    it(`refuses ${written}`, () => assert.throws(() => parsePlatform(written), problem));
  }

  it("reads back every platform that formatPlatform writes", () => {
    const part = fc.constantFrom(
      "linux",
      "windows",
      "amd64",
      "arm64",
      "arm",
      "v7",
      "v8",
      "8",
      "9",
      "x86_64",
      "riscv64",
      "toString",
      "valueOf",
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 2, maxLength: 3 }), (parts) => {
        const platform = parsePlatform(parts.join("/"));
        assert.deepEqual(parsePlatform(formatPlatform(platform)), platform);
      }),
    );
  });

  it("throws only PullErrors", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."linuxam64/()v. ") })),
        (text) => {
          try {
            parsePlatform(text);
          } catch (error) {
            assert.ok(error instanceof PullError);
          }
        },
      ),
    );
  });
});

describe("asPlatform", () => {
  for (const text of ["linux/arm64", "windows(10.0.20348.169)/amd64", "linux/arm/v7"]) {
    it(`is the platform in ${text}`, () => {
      assert.deepEqual(asPlatform(text), parsePlatform(text));
    });
  }

  for (const text of ["", "all", "linux", "linux/a b", "/amd64", "a/b/c/d"]) {
    it(`is undefined for ${JSON.stringify(text)}`, () => {
      assert.equal(asPlatform(text), undefined);
    });
  }
});

describe("satisfies", () => {
  // Strict matching as a truth table: a requirement, platforms that fulfil it, and others.
  for (const [required, yes, no] of [
    [
      "linux/amd64",
      ["linux/amd64", "linux/amd64/v1", "linux/x86_64"],
      ["linux/386", "linux/amd64/v2", "linux/arm64", "windows/amd64"],
    ],
    [
      "linux/arm64",
      ["linux/arm64/v8", "linux/aarch64"],
      ["linux/arm64/v9", "linux/arm/v7", "linux/arm/v8", "linux/arm/v5"],
    ],
    ["linux/arm/v7", ["linux/arm", "linux/armhf"], ["linux/arm/v6", "linux/arm64"]],
    ["linux/arm/v6", ["linux/armel"], ["linux/arm", "linux/arm/v5"]],
    ["windows/amd64", ["windows(10.0.17763.1)/amd64", "windows/amd64"], ["linux/amd64"]],
    [
      "windows(10.0.17763.1)/amd64",
      ["windows(10.0.17763.1)/amd64", "windows(10.0.17763.2)/amd64", "windows(10.0.17763)/amd64"],
      ["windows/amd64", "windows(10.0.20348.1)/amd64"],
    ],
    [
      "windows(10.0.17763)/amd64",
      ["windows(10.0.17763.6532)/amd64", "windows(10.0.17763)/amd64"],
      [
        "windows/amd64",
        "windows(10.0.1776.3)/amd64",
        "windows(10.1.17763)/amd64",
        "windows(10.0.17763.1)/arm64",
      ],
    ],
  ] as const) {
    for (const offered of yes)
      it(`${required} by ${offered}`, () =>
        assert.ok(satisfies(parsePlatform(required), parsePlatform(offered))));
    for (const offered of no)
      it(`${required} not by ${offered}`, () =>
        assert.ok(!satisfies(parsePlatform(required), parsePlatform(offered))));
  }
});

describe("nearest", () => {
  for (const [required, offered, expected] of [
    ["linux/arm/v6", ["linux/amd64", "linux/arm64", "linux/arm/v7"], "linux/arm/v7"],
    ["linux/arm64", ["linux/amd64", "linux/arm/v7"], "linux/arm/v7"],
    ["linux/amd64", ["linux/s390x", "linux/386"], "linux/386"],
    ["linux/ppc64", ["linux/amd64", "linux/ppc64le"], "linux/ppc64le"],
    ["linux/riscv64", ["windows/amd64", "linux/amd64", "linux/arm64"], "linux/amd64"],
    ["windows/amd64", ["linux/amd64"], undefined],
    [
      "windows(10.0.19041)/amd64",
      [
        "windows(10.0.14393.1)/amd64",
        "windows(10.0.20348.1)/amd64",
        "windows(10.0.17763.1)/amd64",
        "windows(9.0.19041.1)/amd64",
      ],
      "windows(10.0.17763.1)/amd64",
    ],
    ["linux/amd64", [], undefined],
  ] as const) {
    it(`to ${required} among ${offered.join(" ") || "none"} is ${expected}`, () => {
      const found = nearest(parsePlatform(required), offered.map(parsePlatform));
      assert.equal(found && formatPlatform(found), expected);
    });
  }
});

describe("runnerPlatform", () => {
  for (const [os, architecture, expected] of [
    ["linux", "x64", "linux/amd64"],
    ["darwin", "arm64", "linux/arm64"],
    ["win32", "x64", "windows/amd64"],
    ["linux", "arm", "linux/arm/v7"],
    ["linux", "ia32", "linux/386"],
    ["linux", "s390x", "linux/s390x"],
  ] as const) {
    it(`of ${os} ${architecture} is ${expected}`, () =>
      assert.equal(formatPlatform(runnerPlatform(os, architecture)), expected));
  }
});

describe("readPlatform", () => {
  it("reads a document's fields into the normal form", () => {
    const fields = {
      os: "Windows",
      architecture: "x86_64",
      variant: null,
      "os.version": "10.0.20348.169",
      "os.features": ["win32k"],
    };
    const platform = readPlatform(fields, "config");
    assert.equal(formatPlatform(platform), "windows(10.0.20348.169)/amd64");
  });

  for (const [name, fields, problem] of [
    ["a number", { os: 1 }, /^PullError: config os: expected a string, got a number/],
    [
      "65 characters",
      { variant: "v".repeat(65) },
      /^PullError: config variant: expected at most 64 characters, got 65/,
    ],
    ["another case of a field", { OS: "linux" }, /ambiguous: it has "OS" where os is/],
  ] as const) {
    it(`refuses ${name}`, () => assert.throws(() => readPlatform(fields, "config"), problem));
  }
});

describe("two platforms", () => {
  for (const [one, other, isSameMachine, isSameBuild] of [
    ["linux/amd64", "linux/amd64/v3", true, true],
    ["linux/arm/v6", "linux/arm/v7", true, true],
    ["linux/amd64", "linux/arm64", false, true],
    ["linux/amd64", "windows/amd64", false, true],
    ["windows(10.0.17763.1)/amd64", "windows(10.0.17763.2)/amd64", true, true],
    ["windows(10.0.17763.1)/amd64", "windows/amd64", true, true],
    ["windows(10.0.17763.1)/amd64", "windows(10.0.17764.1)/amd64", true, false],
    ["windows(10.0.17763)/amd64", "windows(10.0.1776)/amd64", true, false],
  ] as const) {
    const [machine, build] = [isSameMachine, isSameBuild].map((same) => (same ? "one" : "another"));
    it(`${one} and ${other} have ${machine} machine and ${build} build`, () => {
      const [left, right] = [parsePlatform(one), parsePlatform(other)];
      assert.deepEqual(
        [sameMachine(left, right), sameMachine(right, left)],
        Array(2).fill(isSameMachine),
      );
      assert.deepEqual(
        [sameBuild(left, right), sameBuild(right, left)],
        Array(2).fill(isSameBuild),
      );
    });
  }
});
