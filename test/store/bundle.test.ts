import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { digestOf } from "../../src/oci/digest.ts";
import { fromBundle, toBundle } from "../../src/store/bundle.ts";
import { tarEnd, tarEntry } from "../../src/store/tarball.ts";
import { schema1 } from "../support/image.ts";

const blobOf = (bytes: Uint8Array, algorithm: "sha256" | "sha512" = "sha256") => ({
  digest: digestOf(bytes, algorithm),
  bytes: Buffer.from(bytes),
});

describe("a bundle", () => {
  it("gives back what it was made of, and the same bytes for the same blobs", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.uint8Array({ maxLength: 2_000 }), { selector: (bytes) => digestOf(bytes), maxLength: 8 }),
        async (all) => {
          const blobs = all.map((bytes, at) => blobOf(bytes, at % 2 === 0 ? "sha256" : "sha512"));
          const read = [...(await fromBundle(toBundle(blobs)))].map(([digest, { bytes }]) => [digest, bytes] as const);
          assert.deepEqual(read.toSorted(), blobs.map(({ digest, bytes }) => [digest, bytes] as const).toSorted());
          assert.ok(toBundle(blobs).equals(toBundle(blobs)));
        },
      ),
    );
  });

  it("gives nothing that has not the digest it is named by, whatever it is", async () => {
    const right = blobOf(Buffer.from("right"));
    const name = right.digest.replace(":", "/");
    const parts = [
      ...tarEntry(name.replace(/.$/, "0"), Buffer.from("wrong")),
      ...tarEntry("../../etc/passwd", Buffer.from("x")),
      ...tarEntry("/etc/passwd", Buffer.from("x")),
      ...tarEntry(name, right.bytes),
    ];
    assert.deepEqual(
      [...(await fromBundle(Buffer.concat([...parts, tarEnd()])))],
      [[right.digest, { bytes: right.bytes, content: right.bytes }]],
    );
  });

  it("takes a signed schema 1 manifest for what its payload says, and for nothing else", async () => {
    const made = schema1(true);
    const proven = (await fromBundle(toBundle([made]))).get(made.digest);
    assert.deepEqual([proven?.bytes, digestOf(proven?.content ?? Buffer.alloc(0))], [made.bytes, made.digest]);
  });

  it("ends on anything, with what was right", async () => {
    const bundle = toBundle([blobOf(Buffer.from("one")), blobOf(Buffer.from("two"))]);
    await fc.assert(
      fc.asyncProperty(fc.nat(bundle.length - 1), fc.nat(255), fc.nat(bundle.length), async (at, byte, length) => {
        const changed = Buffer.from(bundle.subarray(0, length));
        if (at < length) changed[at] = byte;
        for (const [digest, { bytes }] of await fromBundle(changed)) assert.equal(digestOf(bytes), digest);
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (bytes) => (await fromBundle(Buffer.from(bytes))).size === 0),
    );
  });
});
