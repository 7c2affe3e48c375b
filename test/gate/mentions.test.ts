import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isOptional, mentionsOfProblem, namedPlatforms } from "../../src/gate/mentions.ts";
import { type Mention, mentionsOf, type Wanted } from "../../src/gate/plan.ts";
import type { Status } from "../../src/oci/reason.ts";
import { required, wantedImage } from "../support/resolving.ts";

/** An image that each line of a file names, as `linux/amd64`, or `linux/amd64 optional`. */
function mentioned(...lines: readonly string[]): Wanted {
  const mentions = lines.map((line, at): Mention => {
    const [platforms = "", optional] = line.split(" ");
    const location = { file: "app.yml", line: at + 1, column: 1, endColumn: 2 };
    return { location, platforms: required(platforms), optional: optional !== undefined };
  });
  return wantedImage("org/app:1", { mentions });
}

/** The lines of the mentions that a problem concerns. */
function linesOf(wanted: Wanted, platform: string, status: Status): readonly unknown[] {
  const found = mentionsOfProblem(wanted, { platform, status });
  return found.map(({ location }) => location?.line);
}

describe("mentionsOfProblem", () => {
  for (const [what, lines, platform, status, expected] of [
    ["a lost layer", ["linux/amd64", "linux/arm64"], "linux/arm64", "dangling", [2]],
    ["a missing platform", ["linux/amd64", "linux/arm64"], "linux/arm64", "platform-missing", [2]],
    ["a platform in a list", ["linux/386", "linux/386,linux/arm64"], "linux/arm64", "invalid", [2]],
    ["a platform two places require", ["linux/386", "linux/386"], "linux/386", "invalid", [1, 2]],
    ["the image as a whole", ["linux/amd64", "linux/arm64", "any"], "", "not-found", [1, 2, 3]],
    [
      "a platform in another spelling",
      ["linux/aarch64", "linux/amd64"],
      "linux/arm64",
      "invalid",
      [1],
    ],
    [
      "a lost layer with all and any",
      ["all", "any", "linux/386"],
      "linux/arm64",
      "dangling",
      [1, 2],
    ],
    [
      "a platform that is not offered, with all and any",
      ["all", "any", "linux/386"],
      "linux/386",
      "platform-missing",
      [3],
    ],
    ["an image that offers nothing", ["all", "linux/386"], "all", "platform-missing", [1, 2]],
    ["a text that is no platform", ["linux/amd64", "linux/386"], "a b/c", "invalid", [1, 2]],
    [
      "a platform that no place names",
      ["linux/amd64", "linux/386"],
      "linux/arm",
      "invalid",
      [1, 2],
    ],
    ["an image that is not locked", ["linux/amd64", "any"], "", "not-locked", [1, 2]],
    [
      "a platform that is not locked, for the places that require it",
      ["linux/amd64", "all", "any", "linux/arm64,linux/amd64"],
      "linux/arm64",
      "not-locked",
      [2, 4],
    ],
    [
      "a Windows build that is not locked",
      ["windows/amd64", "windows(10.0.20348)/amd64", "windows(10.0.17763)/amd64"],
      "windows(10.0.20348.169)/amd64",
      "not-locked",
      [1, 2],
    ],
    [
      "a Windows build, for places that require it or none",
      ["windows/amd64", "windows(10.0.20348)/amd64", "windows(10.0.17763)/amd64"],
      "windows(10.0.20348.169)/amd64",
      "dangling",
      [1, 2],
    ],
    [
      "a Windows build that is not offered, for the place that names it",
      ["windows/amd64", "windows(10.0.20348)/amd64"],
      "windows(10.0.20348)/amd64",
      "platform-missing",
      [2],
    ],
  ] as const) {
    it(`are lines ${expected.join(" and ")} for ${what}`, () => {
      assert.deepEqual(linesOf(mentioned(...lines), platform, status), expected);
    });
  }

  it("are those in files for a missing digest: the input may name a tag", () => {
    const { mentions = [] } = mentioned("linux/386");
    const inFile = mentions.map((one) => ({ ...one, unpinned: "reference" as const }));
    const byInput = { platforms: required("linux/amd64"), optional: false };
    const wanted = wantedImage("org/app:1", { mentions: [byInput, ...inFile] });
    assert.deepEqual(mentionsOfProblem(wanted, { platform: "", status: "not-pinned" }), inFile);
  });

  it("are the one of an image that no file names, whatever the platform", () => {
    const wanted = wantedImage("org/app:1", { platforms: required("linux/386"), optional: true });
    const found = mentionsOfProblem(wanted, { platform: "linux/arm64", status: "invalid" });
    assert.deepEqual(found, mentionsOf(wanted));
  });
});

describe("isOptional", () => {
  for (const [lines, platform, expected] of [
    [["linux/amd64 optional", "linux/arm64"], "linux/amd64", true],
    [["linux/amd64 optional", "linux/arm64"], "linux/arm64", false],
    [["linux/amd64 optional", "linux/arm64"], "", false],
    [["linux/amd64 optional", "linux/amd64"], "linux/amd64", false],
    [["linux/amd64 optional", "linux/arm64 optional"], "", true],
  ] as const) {
    const of = platform === "" ? "the whole image" : platform;
    it(`is ${expected} for a problem of ${of} at ${lines.join(", ")}`, () => {
      const wanted = mentioned(...lines);
      assert.equal(isOptional(wanted, { platform, status: "dangling" }), expected);
    });
  }
});

describe("namedPlatforms", () => {
  it("are those of a list, and none for all and any", () => {
    const list = required("linux/amd64,linux/arm64");
    assert.deepEqual(
      [namedPlatforms(list), namedPlatforms("all"), namedPlatforms("any")],
      [list, [], []],
    );
  });
});
