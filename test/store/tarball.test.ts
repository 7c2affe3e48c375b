import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";
import { digestOf } from "../../src/oci/digest.ts";
import { TAR_BLOCK, tarEnd, tarEntry, tarHeader, tarPadding } from "../../src/store/tarball.ts";

/** The names and sizes that the system's tar finds. */
function listed(tar: Buffer): readonly string[] {
  const lines = execFileSync("tar", ["-tvf", "-"], { input: tar, encoding: "utf8" });
  return lines
    .trim()
    .split("\n")
    .map((line) => line.replace(/^(\S+) +(\S+) +(\d+) .* (\S+)$/, "$1 $2 $3 $4"));
}

describe("a tar", () => {
  const long = `blobs/sha512/${"a".repeat(128)}`;

  it("is read by the system's tar, with names of any length", () => {
    const tar = Buffer.concat([
      ...tarEntry("a", Buffer.alloc(0)),
      ...tarEntry("b", Buffer.alloc(513)),
      ...tarEntry(long, Buffer.alloc(1_024)),
      tarEnd(),
    ]);
    assert.equal(tar.length % TAR_BLOCK, 0);
    const line = (size: number, name: string): string => `-rw-r--r-- 0/0 ${size} ${name}`;
    assert.deepEqual(listed(tar), [line(0, "a"), line(513, "b"), line(1_024, long)]);
  });

  it("has the same header on every machine", () => {
    assert.equal(
      digestOf(tarHeader("index.json", 123)),
      "sha256:c66a7679e7cc33a2e139f56d03afb0628f44fc8a3fc9183ed8965b5c148d9ea4",
    );
  });

  it("has one block of header for a name that fits, and more for one that does not", () => {
    assert.equal(tarHeader("a".repeat(100), 1).length, TAR_BLOCK);
    assert.ok(tarHeader(long, 1).length > TAR_BLOCK);
  });

  for (const [size, padding] of [
    [0, 0],
    [1, 511],
    [511, 1],
    [512, 0],
    [513, 511],
  ] as const) {
    it(`pads a file of ${size} bytes with ${padding} zeros`, () => {
      assert.deepEqual(tarPadding(size), Buffer.alloc(padding));
    });
  }
});
