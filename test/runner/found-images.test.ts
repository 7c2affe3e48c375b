import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Found } from "../../src/find/findings.ts";
import type { Requirement, Wanted } from "../../src/gate/plan.ts";
import { PullError } from "../../src/oci/failure.ts";
import { formatPlatform } from "../../src/oci/platform.ts";
import { formatReference, type Reference } from "../../src/oci/reference.ts";
import type { FilePattern } from "../../src/runner/file-patterns.ts";
import { type FoundFile, type NamedInFiles, nameImages } from "../../src/runner/found-images.ts";
import type { Treatment } from "../../src/runner/image-groups.ts";
import { failure, required, wantedImage } from "../support/resolving.ts";

const PATTERN: FilePattern = {
  where: "files, line 1",
  pattern: "**",
  as: undefined,
  platforms: undefined,
  optional: false,
};
const DIGEST = `sha256:${"a".repeat(64)}`;

type Named = string | (Partial<Found> & { readonly reference: string });

/** A digest that is written into a reference itself. */
const AT = { start: 0, end: 0, before: "", after: "", form: "digest" as const };

/** A file that names references, one a line. */
function file(name: string, named: readonly Named[], more: Partial<FilePattern> = {}): FoundFile {
  const references = named.map((one, at): Found => {
    const place = { line: at + 1, column: 3, endColumn: 9, start: at, end: at };
    return {
      place,
      pin: { ...AT, start: at, end: at },
      ...(typeof one === "string" ? { reference: one } : one),
    };
  });
  const pattern = { ...PATTERN, ...more };
  return { file: name, kind: "compose", pattern, references, unknown: [] };
}

function nameAll(
  files: readonly FoundFile[],
  images: readonly Wanted[] = [],
  treatment: Partial<Treatment> = {},
): NamedInFiles {
  const platforms = required("linux/amd64");
  return nameImages(images, files, { platforms, pins: "none", renews: () => true, ...treatment });
}

function shownPlatforms(platforms: Requirement): string {
  return typeof platforms === "string" ? platforms : platforms.map(formatPlatform).join("+");
}

/** Each image as `name reference platforms? places`, with a `?` when optional. */
function shown({ wanted }: NamedInFiles): readonly string[] {
  return wanted.map(({ name, reference, platforms, optional, mentions = [] }) => {
    const places = mentions.map(({ location, platforms, optional }) => {
      const place = location === undefined ? "input" : `${location.file}:${location.line}`;
      return `${place}=${shownPlatforms(platforms)}${optional ? "?" : ""}`;
    });
    const needed = `${shownPlatforms(platforms)}${optional ? "?" : ""}`;
    return `${name} ${formatReference(reference)} ${needed} ${places}`;
  });
}

const ALPINE = "docker.io/library/alpine:3.20";

describe("nameImages", () => {
  it("makes one image of the same reference in several files, with all its places", () => {
    const files = [
      file("a.yml", ["alpine:3.20", "busybox:1"]),
      file("b.yml", ["docker.io/library/alpine:3.20", "docker://alpine:3.20"]),
    ];
    const named = nameAll(files);
    const places = "a.yml:1=linux/amd64,b.yml:1=linux/amd64,b.yml:2=linux/amd64";
    assert.deepEqual(shown(named), [
      `alpine:3.20 ${ALPINE} linux/amd64 ${places}`,
      "busybox:1 docker.io/library/busybox:1 linux/amd64 a.yml:2=linux/amd64",
    ]);
    assert.deepEqual(
      named.references.map(({ file, name }) => `${file} ${name}`),
      ["a.yml alpine:3.20", "a.yml busybox:1", "b.yml alpine:3.20", "b.yml alpine:3.20"],
    );
  });

  // what the line of the input requires, what the file states, what is required at the place
  for (const [input, stated, expected] of [
    [undefined, undefined, "linux/amd64"],
    [undefined, "linux/arm64", "linux/arm64"],
    ["linux/s390x", undefined, "linux/s390x"],
    ["linux/s390x", "linux/arm64", "linux/s390x"],
    ["all", "linux/arm64", "all"],
  ] as const) {
    it(`requires ${expected} where the input has ${input} and the file ${stated}`, () => {
      const platforms = input === undefined ? undefined : required(input);
      const found = { reference: "alpine:3.20", platform: stated };
      const named = nameAll([file("a.yml", [found], { platforms })]);
      assert.deepEqual(shown(named), [`alpine:3.20 ${ALPINE} ${expected} a.yml:1=${expected}`]);
    });
  }

  // what two places require, and what the image as a whole needs
  for (const [one, other, both] of [
    ["linux/amd64", "linux/amd64", "linux/amd64"],
    ["linux/amd64", "linux/arm64", "linux/amd64+linux/arm64"],
    ["linux/amd64", "all", "all"],
    ["any", "linux/arm64", "linux/arm64"],
    ["any", "any", "any"],
    ["any", "all", "all"],
  ] as const) {
    it(`needs ${both} when one place requires ${one} and another ${other}`, () => {
      const [first, second] = [one, other].map((text, at) =>
        file(`${at}.yml`, ["alpine:3.20"], { platforms: required(text) }),
      ) as [FoundFile, FoundFile];
      const [image] = nameAll([first, second]).wanted;
      assert.equal(shownPlatforms(image?.platforms ?? "any"), both);
    });
  }

  it("is optional only when every place is", () => {
    const optional = { optional: true };
    const some = [file("a.yml", ["alpine:3.20"], optional), file("b.yml", ["alpine:3.20"])];
    const all = [file("a.yml", ["alpine:3.20"], optional)];
    assert.equal(nameAll(some).wanted[0]?.optional, false);
    assert.equal(nameAll(all).wanted[0]?.optional, true);
  });

  it("joins a reference of the input with the same one in files, under its name", () => {
    const platforms = required("linux/arm64");
    const image = wantedImage("alpine:3.20", { name: "base", platforms, optional: true });
    const other = wantedImage("alpine:3.20", { name: "again" });
    const named = nameAll([file("a.yml", ["alpine:3.20", "busybox:1"])], [image, other]);
    assert.deepEqual(shown(named).slice(0, 1), [
      `base ${ALPINE} linux/arm64+linux/amd64 input=linux/arm64?,a.yml:1=linux/amd64`,
    ]);
    assert.equal(named.wanted[1], other);
    assert.deepEqual(
      named.references.map(({ name }) => name),
      ["base", "busybox:1"],
    );
  });

  it("gives another name to a reference whose own one is taken", () => {
    const image = wantedImage("busybox:1", { name: "alpine:3.20" });
    const named = nameAll([file("a.yml", ["alpine:3.20"])], [image]);
    assert.equal(named.wanted[1]?.name, ALPINE);
  });

  // pins, what the file names, what is asked for, whether a digest is missing
  for (const [pins, reference, asked, unpinned] of [
    ["none", "alpine:3.20", ALPINE, false],
    ["none", `alpine:3.20@${DIGEST}`, `${ALPINE}@${DIGEST}`, false],
    ["require", "alpine:3.20", ALPINE, true],
    ["require", `alpine:3.20@${DIGEST}`, `${ALPINE}@${DIGEST}`, false],
    ["write", "alpine:3.20", ALPINE, false],
    ["write", `alpine:3.20@${DIGEST}`, ALPINE, false],
    ["write", `alpine@${DIGEST}`, `docker.io/library/alpine@${DIGEST}`, false],
  ] as const) {
    it(`asks for ${asked} when pins is ${pins} and a file has ${reference}`, () => {
      const [image] = nameAll([file("a.yml", [reference])], [], { pins }).wanted;
      assert.ok(image);
      assert.equal(formatReference(image.reference), asked);
      assert.equal(image.mentions?.[0]?.unpinned, unpinned ? "reference" : undefined);
    });
  }

  it("keeps a digest that is not to be renewed, whatever tag is beside it", () => {
    const asked: string[] = [];
    const files = [
      file("a.yml", [`alpine:3.20@${DIGEST}`, `busybox:1@${DIGEST}`, `redis@${DIGEST}`, "b:1"]),
    ];
    const renews = (reference: Reference): boolean => {
      asked.push(formatReference(reference));
      return reference.repository === "library/alpine";
    };
    for (const [pins, expected] of [
      ["write", [ALPINE, `docker.io/library/busybox:1@${DIGEST}`]],
      ["none", [`${ALPINE}@${DIGEST}`, `docker.io/library/busybox:1@${DIGEST}`]],
    ] as const) {
      const { wanted } = nameAll(files, [], { pins, renews });
      const references = wanted.map(({ reference }) => formatReference(reference));
      assert.deepEqual(references.slice(0, 2), expected);
    }
    assert.deepEqual(asked, [ALPINE, "docker.io/library/busybox:1"]);
  });

  // how the digest is written, and how the file keeps it
  for (const [pin, form] of [
    [AT, "reference"],
    [undefined, "by-hand"],
    [{ ...AT, start: 30, end: 30, before: "@" }, "tag"],
    [{ ...AT, start: 30, end: 30, before: "\ndigest: " }, "digest"],
    [{ ...AT, start: 30, end: 30, form: "hex" as const }, "sha"],
  ] as const) {
    it(`asks for a digest as ${form} where one is written like that`, () => {
      const found = { reference: "alpine:3.20", pin };
      const [image] = nameAll([file("a.yml", [found])], [], { pins: "require" }).wanted;
      assert.equal(image?.mentions?.[0]?.unpinned, form);
    });
  }

  it("asks for no digest of a build cache, but for one elsewhere", () => {
    const cache = { reference: "org/cache:1", isCache: true as const };
    const files = [file("a.yml", [cache, cache]), file("b.yml", [cache, "org/cache:1"])];
    const forms = files.map((one) => {
      const [image] = nameAll([one], [], { pins: "require" }).wanted;
      return image?.mentions?.map(({ unpinned }) => unpinned ?? "-").join();
    });
    assert.deepEqual(forms, ["-,-", "-,reference"]);
  });

  it("tries the other form of a guessed tag, and a miss is a warning", () => {
    const found = { reference: "org/app:1.2", otherwise: "org/app:v1.2" };
    const [image] = nameAll([file("values.yaml", [found])]).wanted;
    assert.equal(image?.otherwise?.written, "org/app:v1.2");
    assert.equal(image?.optional, true);
  });

  it("reports what cannot be parsed at its place, and goes on", () => {
    const wrong = [{ reference: "alpine", platform: "x" }, "Alpine", "busybox:1"];
    const { problems, wanted } = nameAll([file("a.yml", wrong, { optional: true })]);
    assert.deepEqual(
      problems.map(({ location, status, optional }) => [location?.line, status, optional]),
      [
        [1, "invalid", true],
        [2, "invalid", true],
      ],
    );
    assert.match(problems[1]?.message ?? "", /^a\.yml:2: .*did you mean alpine\?/);
    assert.equal(wanted.length, 1);
  });

  it("repeats no password that stands where a reference is expected", () => {
    const { problems } = nameAll([file("a.yml", ["postgres://user:hunter2@db.example/x"])]);
    assert.match(problems[0]?.message ?? "", /^a\.yml:1: reference has an @ without a digest/);
    assert.doesNotMatch(JSON.stringify(problems), /hunter2/);
  });

  it("needs no platform for what needs none, whatever the input says of the others", () => {
    const found = { reference: "org/cache:1", needsNoPlatform: true as const };
    const [image] = nameAll([file("a.yml", [found])]).wanted;
    assert.equal(image?.platforms, "any");
  });

  for (const [what, references, message] of [
    ["more than 10,000 places", Array(10_001).fill("alpine:3.20"), /more than 10000 references;/],
    ["more than 1,000 wrong ones", Array(1_001).fill("Alpine"), /1000 references that are wrong/],
  ] as const) {
    it(`refuses ${what}`, () =>
      assert.throws(() => nameAll([file("a.txt", references)]), failure("too-many", message)));
  }

  it("refuses more than 1,000 different references", () => {
    const many = Array.from({ length: 1_000 }, (_, at) => `org/app:${at}`);
    assert.equal(nameAll([file("a.txt", [...many, ...many])]).wanted.length, 1_000);
    assert.throws(
      () => nameAll([file("a.txt", [...many, "org/app:more"])]),
      (error) => error instanceof PullError && /more than 1000 different/.test(error.message),
    );
  });
});
