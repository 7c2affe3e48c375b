import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { digestOf } from "../../src/oci/digest.ts";
import { type PendingSaves, parsePendingSaves } from "../../src/pull/pending-saves.ts";
import { failure } from "../support/resolving.ts";

const DIGEST = digestOf(Buffer.from("a blob"));
const SAVES: PendingSaves = {
  layout: "/tmp/layout",
  cache: { kind: "service" },
  entries: [
    { key: "prefix-blob", blob: { digest: DIGEST, size: 6 } },
    { key: "prefix-image", bundle: [DIGEST], inline: [{ digest: DIGEST, base64: "YSBibG9i" }] },
  ],
};
const parse = (saves: unknown): PendingSaves =>
  parsePendingSaves(Buffer.from(JSON.stringify(saves)));
const single = (entry: unknown): unknown => ({ ...SAVES, entries: [entry] });
const DIRECTORY = { kind: "directory", path: "/mnt/cache", size: 20 * 2 ** 30 } as const;
const into = (directory: Readonly<Record<string, unknown>>): unknown => ({
  ...SAVES,
  cache: { ...DIRECTORY, ...directory },
});

describe("parsePendingSaves", () => {
  for (const cache of [
    { kind: "service" },
    DIRECTORY,
    { ...DIRECTORY, path: "D:\\cache", size: 0 },
    { ...DIRECTORY, path: "d:/cache" },
    { ...DIRECTORY, path: "\\\\server\\share" },
  ] as const) {
    it(`returns what was written for ${JSON.stringify(cache)}`, () => {
      assert.deepEqual(parse({ ...SAVES, cache }), { ...SAVES, cache });
    });
  }

  it("drops fields that it does not know", () => {
    const cache = { kind: "service", path: "/elsewhere" };
    assert.deepEqual(parse({ ...SAVES, cache, command: "rm" }), SAVES);
  });

  for (const [what, saves, words] of [
    [
      "another kind of cache",
      { ...SAVES, cache: { kind: "elsewhere" } },
      /cache kind: expected service or directory, got "el/,
    ],
    ["no cache", { ...SAVES, cache: undefined }, /cache: expected an object/],
    ["a cache without a kind", { ...SAVES, cache: {} }, /cache kind: expected service or/],
    ["a directory without a path", into({ path: undefined }), /cache path: expected an absolute/],
    ["an empty path", into({ path: "" }), /cache path: expected an absolute path, got ""/],
    ["a relative path", into({ path: "../cache" }), /expected an absolute path, got "\.\.\/cache"/],
    ["a path on a drive that is relative", into({ path: "C:cache" }), /expected an absolute path/],
    ["a path with a NUL", into({ path: "/cache\0" }), /expected an absolute path/],
    ["a directory without a size", into({ size: undefined }), /cache size/],
    ["a directory's size below 0", into({ size: -1 }), /cache size/],
    ["a directory's size that is text", into({ size: "20GiB" }), /cache size/],
    ["a layout that is a number", { ...SAVES, layout: 7 }, /layout: expected a string/],
    ["an empty layout", { ...SAVES, layout: "" }, /layout: expected a path, got none/],
    ["entries that are no list", { ...SAVES, entries: {} }, /entries: expected a list/],
    ["an entry that is no object", single("entry"), /entries\[0\]: expected an object/],
    ["no key", single({ blob: SAVES }), /entries\[0\] key/],
    ["an empty key", single({ key: "", bundle: [], inline: [] }), /key: expected at most 512/],
    ["a key with a comma", single({ key: "a,b", bundle: [], inline: [] }), /key: expected at/],
    ["a key of 513 characters", single({ key: "k".repeat(513), bundle: [] }), /key: expected at/],
    [
      "a blob whose digest is a path",
      single({ key: "k", blob: { digest: "sha256:../../../etc/passwd", size: 1 } }),
      /entries\[0\] blob: digest "sha256:/,
    ],
    ["a negative size", single({ key: "k", blob: { digest: DIGEST, size: -1 } }), /blob size/],
    ["a size that is text", single({ key: "k", blob: { digest: DIGEST, size: "6" } }), /blob size/],
    [
      "a bundle with a digest that is a path",
      single({ key: "k", bundle: ["sha256:../x"], inline: [] }),
      /entries\[0\] bundle: digest/,
    ],
    [
      "an inline document without a digest",
      single({ key: "k", bundle: [], inline: [{ base64: "" }] }),
      /entries\[0\] inline/,
    ],
    [
      "an inline document without bytes",
      single({ key: "k", bundle: [], inline: [{ digest: DIGEST, base64: 7 }] }),
      /inline base64: expected a string/,
    ],
  ] as const) {
    it(`fails as invalid for ${what}, and names the field`, () => {
      assert.throws(
        () => parse(saves),
        (error: unknown) => {
          assert.ok(error instanceof Error && "status" in error);
          assert.deepEqual([error.status, error.message.split(" ")[0]], ["invalid", "pending"]);
          assert.match(error.message, words);
          return true;
        },
      );
    });
  }

  it("fails for text that is not JSON", () => {
    const text = Buffer.from('{"layout":');
    assert.throws(() => parsePendingSaves(text), failure("not-json", /pending saves is not JSON/));
  });
});
