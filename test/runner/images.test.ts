import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatPlatform } from "../../src/oci/platform.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { namesImages, readImages } from "../../src/runner/images.ts";
import { required } from "../support/resolving.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

/** Each image as `name written platforms on base`, with a `?` for an optional one; the problems. */
function read(text: string): { readonly images: readonly string[]; readonly problems: string } {
  const problems: string[] = [];
  const wanted = readImages(text, required("linux/amd64"), (problem) => problems.push(problem));
  const images = wanted.map(({ name, written, platforms, optional, base }) => {
    const shown = typeof platforms === "string" ? platforms : platforms.map(formatPlatform);
    const onto = base === undefined ? "" : ` on ${base === "auto" ? base : base.written}`;
    return `${name} ${written} ${shown}${optional ? " ?" : ""}${onto}`;
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
    ["a base", "app,base=alpine:3.20", "app app linux/amd64 on alpine:3.20"],
    ["the base that the image names", "app,base=auto", "app app linux/amd64 on auto"],
    ["the last of two bases", "app,base=a,base=b", "app app linux/amd64 on b"],
    ["a base with a digest", `app,base=a@${DIGEST}`, `app app linux/amd64 on a@${DIGEST}`],
    [
      "a base before other options",
      "app , base=alpine , optional=true",
      "app app linux/amd64 ? on alpine",
    ],
    [
      "a base in JSON",
      `[{"reference": "app", "base": "a:1@${DIGEST}"}, {"reference": "b", "base": "auto"}]`,
      `app app linux/amd64 on a:1@${DIGEST}`,
      "b b linux/amd64 on auto",
    ],
    ["no image in no line", "# none"],
    ["no image in an empty array", " [\n] "],
  ] as const) {
    it(`reads ${what}`, () => assert.deepEqual(read(text), { images: expected, problems: "" }));
  }

  for (const [what, text, problem] of [
    ["a wrong reference", "\nUPPER", /^images, line 2: reference "UPPER" .*did you mean upper/],
    ["an unknown option", "alpine,tag=3", /^images, line 1: unknown option "tag=3"; expected ref/],
    ["an empty option", "alpine,", /^images, line 1: unknown option ""; /],
    ["an option without a value", "alpine,name=", /^images, line 1: unknown option "name="; /],
    ["a name with a space", "alpine,name=a b", /^images, line 1: name: expected .*, got "a b"$/],
    ["a duplicate name", "alpine\nbusybox,name=alpine", /^images, line 2: duplicate name alpine; /],
    ["another optional", "alpine,optional=yes", /: optional: expected true or false, got "yes"$/],
    ["a wrong platform", "alpine,platform=x", /^images, line 1: platform "x": expected/],
    ["a wrong base", "\napp,base=UPPER", /^images, line 2: base: reference "UPPER" has upper case/],
    ["a base without a value", "app,base=", /^images, line 1: unknown option "base="; .*,base=ref/],
    [
      "a wrong base in JSON",
      '[{"reference": "app", "base": "UPPER"}]',
      /^images, entry 1: base: reference "UPPER" has upper case/,
    ],
    [
      "a login for a base",
      "app,base=me:hunter2@ghcr.io/app",
      /^images, line 1: base: reference has an @ without a digest: .*credentials go into/,
    ],
    ["a base after a space", "app base=alpine", /did you mean app,base=alpine\?/],
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
      assert.ok(!/\n|er2/.test(problems), problems);
    });
  }

  it("asks for the reference of the base", () => {
    const [image] = readImages("app,base=docker://alpine:3", "any", assert.fail);
    const base = { written: "docker://alpine:3", reference: parseReference("alpine:3") };
    assert.deepEqual(image?.base, base);
    const [other = {}] = readImages("app", "any", assert.fail);
    assert.ok(!("base" in other));
  });

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

describe("namesImages", () => {
  for (const [text, expected] of [
    ["", false],
    ["# none\n\n", false],
    [" [\n] ", false],
    ["alpine", true],
    ["UPPER", true],
    ["[{}]", true],
    ["[not JSON", true],
    ["[::1]:5000/app", true],
  ] as const) {
    it(`is ${expected} for ${JSON.stringify(text)}`, () => {
      assert.equal(namesImages(text), expected);
    });
  }
});
