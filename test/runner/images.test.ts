import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatPlatform } from "../../src/oci/platform.ts";
import { readImages } from "../../src/runner/images.ts";
import { required } from "../support/resolving.ts";

/** Each image as `name written platforms`, with a `?` after an optional one; and the problems. */
function read(text: string): { readonly images: readonly string[]; readonly problems: string } {
  const problems: string[] = [];
  const wanted = readImages(text, required("linux/amd64"), (problem) => problems.push(problem));
  const images = wanted.map(({ name, written, platforms, optional }) => {
    const shown = typeof platforms === "string" ? platforms : platforms.map(formatPlatform);
    return `${name} ${written} ${shown}${optional ? " ?" : ""}`;
  });
  return { images, problems: problems.join("\n") };
}

describe("readImages", () => {
  for (const [what, text, ...expected] of [
    ["a reference", "alpine:3", "alpine:3 alpine:3 linux/amd64"],
    ["a name", "alpine:3,name=base", "base alpine:3 linux/amd64"],
    ["the last of two names", "alpine:3,name=a,name=b", "b alpine:3 linux/amd64"],
    ["platforms of its own", "alpine,platform=linux/386", "alpine alpine linux/386"],
    ["any platform", "alpine,platform=any", "alpine alpine any"],
    [
      "several platforms",
      "alpine,platform=linux/386,platform=linux/arm64",
      "alpine alpine linux/386,linux/arm64",
    ],
    ["an optional image", "alpine , optional=true", "alpine alpine linux/amd64 ?"],
    ["optional=false", "alpine,optional=false", "alpine alpine linux/amd64"],
    [
      "several lines, with comments",
      "# base\nalpine # small\n\nbusybox\n",
      "alpine alpine linux/amd64",
      "busybox busybox linux/amd64",
    ],
    ["lines that end with CRLF", "alpine\r\n", "alpine alpine linux/amd64"],
    [
      "an IPv6 address at the start, which is not JSON",
      "[::1]:5000/app,name=app",
      "app [::1]:5000/app linux/amd64",
    ],
    ["JSON", ' [{"reference": "alpine", "name": "a"}]', "a alpine linux/amd64"],
  ] as const) {
    it(`reads ${what}`, () => assert.deepEqual(read(text), { images: expected, problems: "" }));
  }

  for (const [what, text, problem] of [
    ["nothing", "# none", /^images: expected at least one reference, got none; expected reference/],
    ["an empty array", "[]", /^images: expected at least one reference, got none/],
    ["a wrong reference", "\nUPPER", /^images, line 2: reference "UPPER" .*did you mean upper/],
    ["an unknown option", "alpine,tag=3", /^images, line 1: unknown option "tag=3"; expected ref/],
    ["an empty option", "alpine,", /^images, line 1: unknown option ""; /],
    ["an option without a value", "alpine,name=", /^images, line 1: unknown option "name="; /],
    ["a name with a space", "alpine,name=a b", /^images, line 1: name: expected .*, got "a b"$/],
    ["a duplicate name", "alpine\nbusybox,name=alpine", /^images, line 2: duplicate name alpine; /],
    ["another optional", "alpine,optional=yes", /: optional: expected true or false, got "yes"$/],
    ["a wrong platform", "alpine,platform=x", /^images, line 1: platform "x": expected/],
    ["a YAML list", "- alpine", /^images, line 1: "- alpine" is not a .*did you mean alpine\?/],
    [
      "options after a space",
      "- alpine name=a optional=true",
      /did you mean alpine,name=a,optional=true\?/,
    ],
    [
      "a login whose password has a comma",
      "me:hunt,er2@ghcr.io/app",
      /^images, line 1: expected a reference before the first comma; credentials go into registry-auth/,
    ],
  ] as const) {
    it(`refuses ${what}`, () => {
      const { problems } = read(text);
      assert.match(problems, problem);
      assert.ok(!problems.includes("\n") && !problems.includes("er2"), problems);
    });
  }

  it("takes an @ in a name, which is no login", () =>
    assert.deepEqual(read("alpine,name=a@b").images, ["a@b alpine linux/amd64"]));

  it("keeps the good images beside the bad ones", () => {
    const { images, problems } = read("UPPER\nalpine\nbusybox x=1\n");
    assert.deepEqual(images, ["alpine alpine linux/amd64"]);
    assert.equal(problems.split("\n").length, 2);
  });

  it("has names of at most 255 characters", () => {
    assert.equal(read(`alpine,name=${"a".repeat(255)}`).problems, "");
    assert.match(read(`alpine,name=${"a".repeat(256)}`).problems, /name: expected/);
  });

  it("reports every problem of every JSON entry together, and repeats no password", () => {
    const entries = [
      null,
      { reference: 7, name: ["hunter2"], optional: "hunter2" },
      { reference: "alpine", name: "a b", platform: "x" },
      { reference: "alpine" },
      { reference: "me:hunter2@ghcr.io/a" },
      { reference: "alpine" },
    ];
    const { images, problems } = read(JSON.stringify(entries));
    const found = problems.split("\n").map((line) => line.replace(/;.*| ".*/, ""));
    assert.deepEqual(found.toSpliced(6, 1), [
      "images, entry 1: expected an object, got null",
      "images, entry 2: reference: expected a string, got a number",
      "images, entry 2: name: expected a string, got a list",
      "images, entry 2: optional: expected true or false, got a string",
      "images, entry 3: name: expected letters, digits and _ . : / @ -, got",
      "images, entry 3: platform",
      "images, entry 6: duplicate name alpine",
    ]);
    assert.match(problems.split("\n")[6] ?? "", /^images, entry 5: .*credentials/);
    assert.ok(!problems.includes("hunter2"));
    assert.deepEqual(images.slice(1), Array(2).fill("alpine alpine linux/amd64"));
  });
});
