import assert from "node:assert/strict";
import { readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { digestOf } from "../../src/oci/digest.ts";
import type { Outgoing } from "../../src/store/cache.ts";
import { SLICE_BYTES, withBlob } from "../../src/store/outgoing.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { variedBytes } from "../support/image.ts";

const bytes = variedBytes(2 * SLICE_BYTES + 1);
const blob = { digest: digestOf(bytes), size: bytes.length };
const changed = {
  status: "dangling",
  found: `blob ${blob.digest} of the layout has changed since it was verified`,
};

describe("withBlob", () => {
  let directory: string;
  let path: string;
  before(() => {
    directory = temporaryDirectory("outgoing");
    path = join(directory, "blob");
  });
  after(() => rmSync(directory, { recursive: true }));

  const collect = async ({ slices }: Outgoing): Promise<readonly Buffer[]> => {
    const all: Buffer[] = [];
    for await (const slice of slices) all.push(slice);
    return all;
  };
  const openFiles = (): number => readdirSync("/proc/self/fd").length;

  it("sends all bytes in slices that stay as they are, and returns what send returns", async () => {
    writeFileSync(path, bytes);
    const slices = await withBlob(path, blob, (outgoing) => {
      assert.equal(outgoing.size, bytes.length);
      return collect(outgoing);
    });
    assert.deepEqual(
      slices.map(({ length }) => length),
      [SLICE_BYTES, SLICE_BYTES, 1],
    );
    assert.ok(Buffer.concat(slices).equals(bytes));
  });

  it("reads into the memory of slices that were given back, and into no other slice's", async () => {
    writeFileSync(path, bytes);
    const memories = new Set<ArrayBufferLike>();
    const send = async ({ slices, reuse }: Outgoing): Promise<void> => {
      for await (const slice of slices) {
        memories.add(slice.buffer);
        reuse?.(slice);
      }
    };
    await withBlob(path, blob, send);
    await withBlob(path, blob, send);
    assert.equal(memories.size, 1);
    const kept = await withBlob(path, blob, collect);
    assert.ok(Buffer.concat(kept).equals(bytes));
  });

  it("sends an empty blob", async () => {
    const empty = Buffer.alloc(0);
    writeFileSync(path, empty);
    assert.deepEqual(await withBlob(path, { digest: digestOf(empty), size: 0 }, collect), []);
  });

  it("sends nothing when the file has another size", async () => {
    writeFileSync(path, bytes.subarray(1));
    await assert.rejects(
      withBlob(path, blob, () => assert.fail("not sent")),
      changed,
    );
  });

  it("fails after the last slice when the file has other bytes", async () => {
    writeFileSync(path, Buffer.from(bytes).fill(0, 10, 11));
    let slices = 0;
    const send = async (outgoing: Outgoing): Promise<void> => {
      for await (const slice of outgoing.slices) slices += slice.length > 0 ? 1 : 0;
    };
    await assert.rejects(withBlob(path, blob, send), changed);
    assert.equal(slices, 3);
  });

  it("fails when the file gets shorter while it is sent, and sends no other memory", async () => {
    writeFileSync(path, bytes);
    let slices = 0;
    const send = async (outgoing: Outgoing): Promise<void> => {
      for await (const slice of outgoing.slices) {
        slices++;
        truncateSync(path, slice.length + 1);
      }
    };
    await assert.rejects(withBlob(path, blob, send), changed);
    assert.equal(slices, 1);
  });

  it("follows no link", async () => {
    rmSync(path, { force: true });
    symlinkSync("/etc/hostname", path);
    await assert.rejects(withBlob(path, blob, collect), { code: "ELOOP" });
    rmSync(path);
  });

  it("closes the file, also when sending fails", async () => {
    writeFileSync(path, bytes);
    const before = openFiles();
    await withBlob(path, blob, collect);
    const send = (): Promise<never> => Promise.reject(new Error("refused"));
    await assert.rejects(withBlob(path, blob, send), /refused/);
    assert.equal(openFiles(), before);
  });
});
