/** Bytes of a chunk, of which the last one may have fewer: as many as `@actions/cache` sends. */
export const CHUNK_BYTES = 32 * 1024 * 1024;

/** Consecutive bytes in parts, and the position of the first one. */
export type Chunk = {
  readonly start: number;
  readonly size: number;
  readonly parts: readonly Buffer[];
};

/** The bytes of slices of any size as chunks, in order. Fails as the slices do. */
export async function* chunksOf(
  slices: AsyncIterable<Buffer>,
  chunkBytes = CHUNK_BYTES,
): AsyncGenerator<Chunk> {
  let start = 0;
  let size = 0;
  let parts: Buffer[] = [];
  for await (const slice of slices) {
    for (let at = 0; at < slice.length; ) {
      const part = slice.subarray(at, at + chunkBytes - size);
      parts.push(part);
      at += part.length;
      size += part.length;
      if (size < chunkBytes) continue;
      yield { start, size, parts };
      start += size;
      size = 0;
      parts = [];
    }
  }
  if (size > 0) yield { start, size, parts };
}
