import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { CHUNK_SIZE, FileChunks } from "../../src/store/file-chunks.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { variedBytes } from "../support/image.ts";

describe("FileChunks", () => {
  const bytes = variedBytes(600_000);
  let path: string;
  before(() => {
    path = join(temporaryDirectory("chunks"), "file");
    writeFileSync(path, bytes);
  });
  after(() => rmSync(join(path, ".."), { recursive: true }));
  const chunksOf = async (most: number): Promise<FileChunks> =>
    new FileChunks(await open(path), most);

  it("reads at most a chunk, no byte beyond the range, and none at the end", async () => {
    const chunks = await chunksOf(bytes.length);
    assert.ok(chunks.read(10, 600_000).equals(bytes.subarray(10, 10 + CHUNK_SIZE)));
    assert.ok(chunks.read(20, 30).equals(bytes.subarray(20, 30)));
    assert.ok(chunks.read(599_999, 700_000).equals(bytes.subarray(599_999)));
    assert.equal(chunks.read(600_000, 700_000).length, 0);
    await chunks.close();
  });

  it("reuses its memory, which is no larger than the range", async () => {
    const chunks = await chunksOf(1_000);
    const first = chunks.read(0, 1_000);
    const second = chunks.read(1_000, 2_000);
    assert.equal(first.buffer, second.buffer);
    assert.equal(first.buffer.byteLength, 1_000);
    await chunks.close();
  });

  it("takes less memory for each of many readers, until they are closed", async () => {
    const sizes = async (count: number): Promise<readonly number[]> => {
      const readers = await Promise.all(Array.from({ length: count }, () => chunksOf(600_000)));
      const read = readers.map((chunks) => chunks.read(0, 600_000).length);
      for (const chunks of readers) await chunks.close();
      return read;
    };
    const of200 = await sizes(200);
    assert.deepEqual([of200[0], of200[31]], [CHUNK_SIZE, CHUNK_SIZE]);
    assert.ok(of200.slice(32).every((size) => size === 65_536));
    assert.deepEqual(await sizes(1), [CHUNK_SIZE]);
  });
});
