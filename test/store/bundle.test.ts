import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { fromBundle, toBundle } from "../../src/store/bundle.ts";
import { tarEnd, tarEntry, tarHeader } from "../../src/store/tarball.ts";
import { image, schema1 } from "../support/image.ts";

const blobOf = (bytes: Uint8Array, algorithm: "sha256" | "sha512" = "sha256") => ({
  digest: digestOf(bytes, algorithm),
  bytes: Buffer.from(bytes),
});
const [one, two] = [blobOf(Buffer.from("one")), blobOf(Buffer.from("two"), "sha512")];
const BUNDLE = toBundle([one, two]);

const { signal } = new AbortController();
const read = (bundle: Buffer): Promise<ReadonlyMap<Digest, Buffer>> => fromBundle(bundle, signal);
const refused = (bundle: Buffer, found = /./): Promise<void> =>
  assert.rejects(read(bundle), (error: unknown) => error instanceof PullError && found.test(error.message));

/**
 * An archive of `members` and, first, one right blob: what is wrong with any of them is wrong with
 * all.
 */
const archive = (...members: readonly (readonly [name: string, bytes: Uint8Array])[]): Buffer => {
  const right = [one.digest.replace(":", "/"), one.bytes] as const;
  const parts = [right, ...members].flatMap(([name, bytes]) => [...tarEntry(name, Buffer.from(bytes))]);
  return Buffer.concat([...parts, tarEnd()]);
};

/** The same archive with other bytes in its second header, whose checksum is made right again. */
const withHeader = (change: (header: Buffer) => void): Buffer => {
  const bundle = archive([blobOf(Buffer.from("x")).digest.replace(":", "/"), Buffer.from("x")]);
  const header = bundle.subarray(1024, 1536);
  change(header);
  header.fill(" ", 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")} \0`, 148);
  return bundle;
};

describe("a bundle", () => {
  it("gives back what it was made of, and the same bytes for the same blobs", async () => {
    const contents = fc.uint8Array({ maxLength: 2_000 });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(contents, { selector: (bytes) => digestOf(bytes), maxLength: 8 }), async (all) => {
        const blobs = all.map((bytes, at) => blobOf(bytes, at % 2 === 0 ? "sha256" : "sha512"));
        assert.deepEqual(
          [...(await read(toBundle(blobs)))],
          blobs.map(({ digest, bytes }) => [digest, bytes]),
        );
        assert.ok(toBundle(blobs).equals(toBundle(blobs)));
      }),
    );
  });

  it("gives slices of its own memory", async () => {
    const bundle = toBundle(image("linux/amd64").blobs);
    for (const bytes of (await read(bundle)).values()) assert.equal(bytes.buffer, bundle.buffer);
  });

  it("takes all of it or nothing, and names what is wrong and where", async () => {
    await refused(archive([two.digest.replace(":", "/"), Buffer.from("two")]), /no header of ours at byte 1024/);
    await refused(archive([one.digest.replace(":", "/"), one.bytes]), /sha256:\w+ a second time at byte 1024/);
    await refused(
      archive([one.digest.replace(/.$/, "0").replace(":", "/"), one.bytes]),
      /bytes of sha256:\w+0 that have sha256:\w+ at byte 1024/,
    );
  });

  for (const [what, bundle] of [
    ["a path that leads away", archive(["../../etc/passwd", Buffer.from("x")])],
    ["an absolute path", archive(["/etc/passwd", Buffer.from("x")])],
    ["no member, and nothing at all", Buffer.alloc(0)],
    ["no end", BUNDLE.subarray(0, -1024)],
    ["half an end", BUNDLE.subarray(0, -512)],
    ["something after its end", Buffer.concat([BUNDLE, Buffer.alloc(512)])],
    ["something before its start", Buffer.concat([Buffer.alloc(512), BUNDLE])],
    ["a link", withHeader((header) => header.write("2", 156))],
    ["an old file's type", withHeader((header) => header.write("\0", 156))],
    ["an extended header", Buffer.concat([tarHeader(`x/${"y".repeat(200)}`, 0), tarEnd()])],
    ["another format", withHeader((header) => header.write("ustar  \0", 257))],
    ["an owner", withHeader((header) => header.write("root", 265))],
    ["a size behind its end", withHeader((header) => header.write("00000100000\0", 124))],
    ["a size in base 256", withHeader((header) => header.write("\x80\0\0\0\0\0\0\0\0\0\0\x01", 124, "latin1"))],
    ["a size below nothing", withHeader((header) => header.write("-0000000001\0", 124))],
    ["a name with more behind it", withHeader((header) => header.write("x", 90))],
  ] as const) {
    it(`with ${what} is refused`, () => refused(bundle));
  }

  it("with a second header as it should be is read", async () => {
    assert.equal((await read(withHeader(() => undefined))).size, 2);
  });

  it("with a wrong checksum, or bytes in its padding, is refused", async () => {
    for (const at of [148, 600, 1023]) {
      const bundle = Buffer.from(BUNDLE);
      bundle[at] = (bundle[at] ?? 0) ^ 1;
      await refused(bundle);
    }
  });

  it("is not unpacked, whatever it is packed with", async () => {
    for (const pack of [gzipSync, zstdCompressSync, brotliCompressSync]) await refused(pack(BUNDLE), /no header of ours at byte 0/);
  });

  it("has no payload looked for in it: a signed manifest that is named by its payload is refused", async () => {
    const made = schema1(true);
    await refused(toBundle([made]), /bytes of sha256:\w+ that have/);
  });

  it("ends on anything, with every change of a byte refused", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(BUNDLE.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = Buffer.from(BUNDLE);
        changed[at] = (changed[at] ?? 0) ^ change;
        await refused(changed);
      }),
    );
    await fc.assert(fc.asyncProperty(fc.nat(BUNDLE.length - 1), async (length) => refused(BUNDLE.subarray(0, length))));
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (bytes) => refused(Buffer.from(bytes))));
  });

  it("leaves turns to others while a large blob is hashed", async () => {
    const bundle = toBundle([blobOf(Buffer.alloc(40 * 1024 * 1024))]);
    let turns = 0;
    let reading = true;
    const others = async (): Promise<void> => {
      for (; reading; turns++) await nextTurn();
    };
    const counted = others();
    await read(bundle);
    reading = false;
    await counted;
    // A turn for every 4 MiB.
    assert.ok(turns >= 10, `${turns} turns`);
  });

  it("is read no further once the step ends", async () => {
    const stop = new AbortController();
    const reading = fromBundle(BUNDLE, stop.signal);
    const reason = new Error("the step's timeout has passed");
    stop.abort(reason);
    await assert.rejects(reading, reason);
  });
});
