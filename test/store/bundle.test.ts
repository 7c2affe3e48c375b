import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import {
  BUNDLE_LIMIT,
  fromBundle,
  makeBundle,
  openBundle,
  toBundle,
} from "../../src/store/bundle.ts";
import { Layout } from "../../src/store/layout.ts";
import { tarEnd, tarEntry, tarHeader } from "../../src/store/tarball.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { image, schema1, variedBytes } from "../support/image.ts";

const blobOf = (bytes: Uint8Array, algorithm: "sha256" | "sha512" = "sha256") => ({
  digest: digestOf(bytes, algorithm),
  bytes: Buffer.from(bytes),
});
const [one, two] = [blobOf(Buffer.from("one")), blobOf(Buffer.from("two"), "sha512")];
const BUNDLE = toBundle([one, two]);

const { signal } = new AbortController();
const read = (bundle: Buffer): Promise<ReadonlyMap<Digest, Buffer>> => fromBundle(bundle, signal);
const refused = (bundle: Buffer, found = /./): Promise<void> =>
  assert.rejects(
    read(bundle),
    (error: unknown) => error instanceof PullError && found.test(error.message),
  );

/** An archive of one right blob and then of `members`. */
const archive = (...members: readonly (readonly [name: string, bytes: Uint8Array])[]): Buffer => {
  const right = [one.digest.replace(":", "/"), one.bytes] as const;
  const parts = [right, ...members].flatMap(([name, bytes]) => [
    ...tarEntry(name, Buffer.from(bytes)),
  ]);
  return Buffer.concat([...parts, tarEnd()]);
};

/** An archive of two members whose second header is changed and has the right checksum again. */
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
  it("gives back the blobs it was made of, and the same bytes for the same blobs", async () => {
    const contents = fc.uniqueArray(fc.uint8Array({ maxLength: 2_000 }), {
      selector: (bytes) => digestOf(bytes),
      maxLength: 8,
    });
    const test = async (all: readonly Uint8Array[]): Promise<void> => {
      const blobs = all.map((bytes, at) => blobOf(bytes, at % 2 === 0 ? "sha256" : "sha512"));
      const expected = blobs.map(({ digest, bytes }) => [digest, bytes]);
      assert.deepEqual([...(await read(toBundle(blobs)))], expected);
      assert.ok(toBundle(blobs).equals(toBundle(blobs)));
    };
    await fc.assert(fc.asyncProperty(contents, test));
  });

  it("gives slices of its own memory", async () => {
    const bundle = toBundle(image("linux/amd64").blobs);
    for (const bytes of (await read(bundle)).values()) assert.equal(bytes.buffer, bundle.buffer);
  });

  it("is accepted whole or not at all, and the failure names what is wrong and where", async () => {
    await refused(
      archive([two.digest.replace(":", "/"), Buffer.from("two")]),
      /no header of a bundle at byte 1024/,
    );
    await refused(
      archive([one.digest.replace(":", "/"), one.bytes]),
      /sha256:\w+ a second time at byte 1024/,
    );
    await refused(
      archive([one.digest.replace(/.$/, "0").replace(":", "/"), one.bytes]),
      /bytes for sha256:\w+0 that have sha256:\w+ at byte 1024/,
    );
  });

  for (const [what, bundle] of [
    ["a path that leads out of it", archive(["../../etc/passwd", Buffer.from("x")])],
    ["an absolute path", archive(["/etc/passwd", Buffer.from("x")])],
    ["no bytes at all", Buffer.alloc(0)],
    ["no end", BUNDLE.subarray(0, -1024)],
    ["half an end", BUNDLE.subarray(0, -512)],
    ["bytes after its end", Buffer.concat([BUNDLE, Buffer.alloc(512)])],
    ["bytes before its start", Buffer.concat([Buffer.alloc(512), BUNDLE])],
    ["a link", withHeader((header) => header.write("2", 156))],
    ["the old type of a file", withHeader((header) => header.write("\0", 156))],
    ["an extended header", Buffer.concat([tarHeader(`x/${"y".repeat(200)}`, 0), tarEnd()])],
    ["another format", withHeader((header) => header.write("ustar  \0", 257))],
    ["an owner", withHeader((header) => header.write("root", 265))],
    ["a size beyond its end", withHeader((header) => header.write("00000100000\0", 124))],
    [
      "a size in base 256",
      withHeader((header) => header.write("\x80\0\0\0\0\0\0\0\0\0\0\x01", 124, "latin1")),
    ],
    ["a negative size", withHeader((header) => header.write("-0000000001\0", 124))],
    ["bytes after the end of a name", withHeader((header) => header.write("x", 90))],
  ] as const) {
    it(`with ${what} is refused`, () => refused(bundle));
  }

  it("with a second header that is unchanged is read", async () => {
    assert.equal((await read(withHeader(() => undefined))).size, 2);
  });

  it("with a wrong checksum, or bytes in its padding, is refused", async () => {
    for (const at of [148, 600, 1023]) {
      const bundle = Buffer.from(BUNDLE);
      bundle[at] = (bundle[at] ?? 0) ^ 1;
      await refused(bundle);
    }
  });

  it("is not decompressed, whatever it was compressed with", async () => {
    for (const compress of [gzipSync, zstdCompressSync, brotliCompressSync]) {
      await refused(compress(BUNDLE), /no header of a bundle at byte 0/);
    }
  });

  it("is refused for a signed manifest under the digest of its payload, which is not extracted", async () => {
    const made = schema1(true);
    await refused(toBundle([made]), /bytes for sha256:\w+ that have/);
  });

  it("is refused with any byte changed, cut anywhere, and for any other bytes", async () => {
    const position = fc.nat(BUNDLE.length - 1);
    const flip = async (at: number, change: number): Promise<void> => {
      const changed = Buffer.from(BUNDLE);
      changed[at] = (changed[at] ?? 0) ^ change;
      await refused(changed);
    };
    const cut = (length: number): Promise<void> => refused(BUNDLE.subarray(0, length));
    const other = (bytes: Uint8Array): Promise<void> => refused(Buffer.from(bytes));
    await fc.assert(fc.asyncProperty(position, fc.integer({ min: 1, max: 255 }), flip));
    await fc.assert(fc.asyncProperty(position, cut));
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), other));
  });

  it("lets the event loop run while a large blob is hashed", async () => {
    const bundle = toBundle([blobOf(Buffer.alloc(40 * 1024 * 1024))]);
    let turns = 0;
    let reading = true;
    const count = async (): Promise<void> => {
      for (; reading; turns++) await nextTurn();
    };
    const counted = count();
    await read(bundle);
    reading = false;
    await counted;
    // A turn for every 4 MiB.
    assert.ok(turns >= 10, `${turns} turns`);
  });

  it("is read no further after the step's end", async () => {
    const stop = new AbortController();
    const reading = fromBundle(BUNDLE, stop.signal);
    const reason = new Error("the step's timeout has passed");
    stop.abort(reason);
    await assert.rejects(reading, reason);
  });
});

describe("openBundle", () => {
  it("gives the blobs of a right bundle, without a warning", async () => {
    const blobs = await openBundle("key", BUNDLE, signal, (message) => assert.fail(message));
    assert.deepEqual([...blobs.keys()], [one.digest, two.digest]);
  });

  it("gives none of a wrong bundle, with a warning that names the entry", async () => {
    const warned: string[] = [];
    const warn = (message: string): void => void warned.push(message);
    const blobs = await openBundle("key", BUNDLE.subarray(0, -1), signal, warn);
    assert.deepEqual([blobs.size, warned.length], [0, 1]);
    assert.match(
      warned.join(),
      /^the cache entry key is wrong and not used: expected a bundle .* at byte \d+; .*; delete/,
    );
  });

  it("fails with the signal's reason, without a warning, when that aborts", async () => {
    const reason = new Error("the step's timeout has passed");
    const warn = (message: string): void => assert.fail(message);
    await assert.rejects(openBundle("key", BUNDLE, AbortSignal.abort(reason), warn), reason);
  });
});

describe("makeBundle", () => {
  let layout: Layout;
  const directory = temporaryDirectory("bundle");
  before(async () => {
    layout = await Layout.open(directory);
  });
  after(() => rmSync(directory, { recursive: true }));

  const put = async (bytes: Buffer): Promise<Digest> => {
    const digest = digestOf(bytes);
    await layout.put(digest, bytes);
    return digest;
  };

  it("has the documents first, and then the layout's blobs", async () => {
    const digest = await put(Buffer.from("a blob"));
    const blobs = await read(await makeBundle(layout, [digest], [one, two]));
    assert.deepEqual([...blobs.keys()], [one.digest, two.digest, digest]);
    assert.deepEqual(blobs.get(digest), Buffer.from("a blob"));
  });

  it("fails as invalid when a document has another digest", async () => {
    await assert.rejects(
      makeBundle(layout, [], [{ digest: one.digest, bytes: two.bytes }]),
      /^PullError: the document sha256:\w+ has changed since it was verified; let nothing else write/,
    );
  });

  for (const [what, damage] of [
    ["is gone", (path: string) => rmSync(path)],
    ["has other bytes", (path: string) => writeFileSync(path, "a bloB")],
  ] as const) {
    it(`fails as dangling when a blob of the layout ${what}`, async () => {
      const digest = await put(Buffer.from("a blob"));
      damage(layout.blobPath(digest));
      await assert.rejects(makeBundle(layout, [digest], []), {
        status: "dangling",
        found: `blob ${digest} of the layout has changed since it was verified`,
      });
      rmSync(layout.blobPath(digest), { force: true });
    });
  }

  it("makes a bundle of the limit's size, and none that could not be restored", async () => {
    const half = await put(variedBytes(BUNDLE_LIMIT / 2));
    // The other half, without the blocks of two headers and of the end.
    const fits = await put(variedBytes(BUNDLE_LIMIT / 2 - 4 * 512));
    const exceeds = await put(variedBytes(BUNDLE_LIMIT / 2 - 4 * 512 + 1));
    assert.equal((await makeBundle(layout, [half, fits], [])).length, BUNDLE_LIMIT);
    await assert.rejects(makeBundle(layout, [half, exceeds], []), {
      status: "invalid",
      message: "the bundle has more than 67108864 bytes; lower cache-min-size",
    });
  });

  it("fails for documents that exceed the limit alone", async () => {
    const bytes = Buffer.alloc(BUNDLE_LIMIT);
    await assert.rejects(makeBundle(layout, [], [{ digest: digestOf(bytes), bytes }]), {
      reason: "too-large",
    });
  });

  it("reads no further once the limit is exceeded", async () => {
    let reads = 0;
    const bytes = Buffer.alloc(BUNDLE_LIMIT / 4);
    const readSmall = async (): Promise<Buffer> => {
      reads++;
      return bytes;
    };
    await assert.rejects(makeBundle({ readSmall }, Array(100).fill(one.digest), []), {
      reason: "too-large",
    });
    assert.equal(reads, 4);
  });
});
