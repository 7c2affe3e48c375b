import assert from "node:assert/strict";
import {
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { digestOf } from "../../src/oci/digest.ts";
import { Layout } from "../../src/store/layout.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { variedBytes } from "../support/image.ts";

const blobOf = (bytes: Buffer) => ({ digest: digestOf(bytes), size: bytes.length });
const bytes = Buffer.from("some bytes");
const blob = blobOf(bytes);

let directory: string;
let path: string;
before(() => {
  directory = temporaryDirectory("layout-read");
});
beforeEach(() => {
  path = mkdtempSync(join(directory, "test-"));
});
after(() => rmSync(directory, { recursive: true }));

describe("Layout.read", () => {
  const large = variedBytes(3_000_000);
  const blob = blobOf(large);
  const stored = async (): Promise<Layout> => {
    const layout = await Layout.open(path);
    await layout.put(blob.digest, large);
    return layout;
  };
  const collect = async (chunks: AsyncIterable<Buffer>): Promise<Buffer> => {
    const all: Buffer[] = [];
    for await (const chunk of chunks) all.push(Buffer.from(chunk));
    return Buffer.concat(all);
  };
  /** A stream closes its file a moment after it ended. */
  const closed = async (before: number): Promise<void> => {
    const open = (): number => readdirSync("/proc/self/fd").length;
    for (let looks = 0; looks < 1_000 && open() > before; looks++) await sleep(1);
    assert.equal(open(), before);
  };

  it("streams the bytes of a blob, in chunks", async () => {
    const layout = await stored();
    let chunks = 0;
    for await (const chunk of layout.read(blob)) chunks += chunk.length > 0 ? 1 : 0;
    assert.equal(chunks, 12);
    assert.ok((await collect(layout.read(blob))).equals(large));
  });

  it("streams nothing of an empty blob", async () => {
    const layout = await Layout.open(path);
    const empty = Buffer.alloc(0);
    await layout.put(digestOf(empty), empty);
    assert.equal((await collect(layout.read(blobOf(empty)))).length, 0);
  });

  it("fails when another process wrote other bytes of the same size since they were hashed", async () => {
    const layout = await stored();
    const file = layout.blobPath(blob.digest);
    writeFileSync(file, Buffer.alloc(large.length));
    utimesSync(file, 1, 1);
    await assert.rejects(collect(layout.read(blob)), /has changed/);
  });

  it("reads right bytes that another process put in their place", async () => {
    const layout = await stored();
    const file = layout.blobPath(blob.digest);
    rmSync(file);
    writeFileSync(file, large);
    assert.ok((await collect(layout.read(blob))).equals(large));
  });

  for (const [what, size] of [
    ["shorter", 2_000_000],
    ["empty", 0],
    ["longer", 3_000_001],
  ] as const) {
    it(`fails for a blob that is ${what} than stated, before it gives a byte`, async () => {
      await stored();
      // It has hashed nothing.
      const layout = await Layout.open(path);
      truncateSync(layout.blobPath(blob.digest), size);
      let got = 0;
      const reading = async (): Promise<void> => {
        for await (const chunk of layout.read(blob)) got += chunk.length;
      };
      const found = `expected 3000000 bytes, got ${size}`;
      await assert.rejects(reading, {
        reason: "layout-changed",
        found: `blob ${blob.digest} of the layout has changed: ${found}`,
      });
      assert.equal(got, 0);
    });
  }

  it("fails for a blob that another process cuts meanwhile", async () => {
    const layout = await stored();
    const reader = layout.read(blob);
    await reader.next();
    truncateSync(layout.blobPath(blob.digest), 400_000);
    await reader.next();
    await assert.rejects(reader.next(), { reason: "layout-changed" });
  });

  for (const [start, end] of [
    [0, 0],
    [0, 1],
    [1, 700_000],
    [2_999_999, 3_000_000],
    [3_000_000, 3_000_000],
    [500_000, 3_000_000],
  ] as const) {
    it(`gives the bytes from ${start} to before ${end}`, async () => {
      const layout = await stored();
      const got = await collect(layout.read(blob, start, end));
      assert.ok(got.equals(large.subarray(start, end)));
    });
  }

  it("follows no link, and fails for a blob that is gone", async () => {
    await stored();
    const layout = await Layout.open(path);
    rmSync(layout.blobPath(blob.digest));
    await assert.rejects(collect(layout.read(blob)), { code: "ENOENT" });
    writeFileSync(join(directory, "target"), large);
    symlinkSync(join(directory, "target"), layout.blobPath(blob.digest));
    await assert.rejects(collect(layout.read(blob)), { code: "ELOOP" });
  });

  it("closes its file at the end, after a failure, and when the consumer stops early", async () => {
    const layout = await stored();
    const before = readdirSync("/proc/self/fd").length;
    await collect(layout.read(blob));
    await closed(before);
    for await (const chunk of layout.read(blob)) if (chunk.length > 0) break;
    await closed(before);
    truncateSync(layout.blobPath(blob.digest), 3_000_001);
    await assert.rejects(collect(layout.read(blob)));
    await closed(before);
  });
});

describe("Layout.readSmall", () => {
  it("gives the bytes of a blob up to the limit, of either algorithm", async () => {
    const layout = await Layout.open(path);
    const sha512 = digestOf(bytes, "sha512");
    await layout.put(blob.digest, bytes);
    await layout.put(sha512, bytes);
    assert.deepEqual(await layout.readSmall(blob.digest, bytes.length), bytes);
    assert.deepEqual(await layout.readSmall(sha512, bytes.length), bytes);
    assert.equal(await layout.readSmall(blob.digest, bytes.length - 1), undefined);
  });

  for (const [what, damage] of [
    ["that is gone", (at: string) => rmSync(at)],
    ["with other bytes", (at: string) => writeFileSync(at, "other text")],
    [
      "that is a link",
      (at: string) => {
        rmSync(at);
        writeFileSync(join(directory, "target"), bytes);
        symlinkSync(join(directory, "target"), at);
      },
    ],
  ] as const) {
    it(`gives nothing of a blob ${what}`, async () => {
      const layout = await Layout.open(path);
      await layout.put(blob.digest, bytes);
      damage(layout.blobPath(blob.digest));
      assert.equal(await layout.readSmall(blob.digest, 100), undefined);
    });
  }
});
