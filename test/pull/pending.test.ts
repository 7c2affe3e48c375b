import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { type PendingSaves, parsePendingSaves } from "../../src/pull/pending.ts";

const digest = digestOf(Buffer.from("a blob"));
const SAVES: PendingSaves = {
  layout: "/tmp/layout",
  kind: "service",
  entries: [
    { key: "prefix-blob", blob: { digest, size: 6 } },
    { key: "prefix-image", bundle: [digest], inline: [{ digest, base64: "YSBibG9i" }] },
  ],
};
const parse = (saves: unknown): PendingSaves => parsePendingSaves(Buffer.from(JSON.stringify(saves)));

describe("pending saves", () => {
  it("are read as they were written", () => assert.deepEqual(parse(SAVES), SAVES));

  for (const [what, change] of [
    ["a digest that leads away", { entries: [{ key: "k", blob: { digest: "sha256:../../../etc/passwd", size: 1 } }] }],
    ["a digest in a bundle that leads away", { entries: [{ key: "k", bundle: ["sha256:../x"], inline: [] }] }],
    ["an inline document without a digest", { entries: [{ key: "k", bundle: [], inline: [{ base64: "" }] }] }],
    ["a size below nothing", { entries: [{ key: "k", blob: { digest, size: -1 } }] }],
    ["a size that is text", { entries: [{ key: "k", blob: { digest, size: "6" } }] }],
    ["no key", { entries: [{ blob: { digest, size: 6 } }] }],
    ["a key with a comma", { entries: [{ key: "a,b", blob: { digest, size: 6 } }] }],
    ["a key that is too long", { entries: [{ key: "k".repeat(513), blob: { digest, size: 6 } }] }],
    ["another kind", { kind: "elsewhere" }],
    ["a layout that is no text", { layout: 7 }],
    ["no layout", { layout: "" }],
    ["entries that are no list", { entries: {} }],
  ] as const) {
    it(`with ${what} are refused`, () => {
      assert.throws(
        () => parse({ ...SAVES, ...change }),
        (error: unknown) => error instanceof PullError && error.status === "invalid" && error.message.startsWith("pending saves"),
      );
    });
  }

  it("that are no JSON are refused", () => {
    assert.throws(() => parsePendingSaves(Buffer.from('{"layout":')), /pending saves is not JSON/);
  });
});
