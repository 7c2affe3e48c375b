import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Chunk, chunksOf } from "../../src/store/chunks.ts";

async function* slicesOf(slices: readonly Uint8Array[]): AsyncGenerator<Buffer> {
  for (const slice of slices) yield Buffer.from(slice);
}

describe("chunksOf", () => {
  it("has the bytes of the slices in order, in full chunks but for the last one", async () => {
    const someSlices = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 10 });
    const property = fc.asyncProperty(
      someSlices,
      fc.integer({ min: 1, max: 30 }),
      async (slices, most) => {
        const chunks: Chunk[] = [];
        for await (const chunk of chunksOf(slicesOf(slices), most)) chunks.push(chunk);
        const bytes = Buffer.concat(chunks.flatMap(({ parts }) => [...parts]));
        assert.deepEqual(bytes, Buffer.concat(slices));
        for (const [at, { start, size, parts }] of chunks.entries()) {
          assert.equal(start, at * most);
          assert.equal(Buffer.concat([...parts]).length, size);
          assert.ok(size === most || (at === chunks.length - 1 && size > 0));
        }
      },
    );
    await fc.assert(property);
  });

  it("fails as the slices do, and has no chunk of the bytes since the last full one", async () => {
    async function* wrong(): AsyncGenerator<Buffer> {
      yield Buffer.from("abc");
      throw new Error("wrong bytes");
    }
    const starts: number[] = [];
    await assert.rejects(async () => {
      for await (const { start } of chunksOf(wrong(), 2)) starts.push(start);
    }, /^Error: wrong bytes$/);
    assert.deepEqual(starts, [0]);
  });
});
