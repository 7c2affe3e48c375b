import type { FileHandle } from "node:fs/promises";
import type { Blob } from "../oci/blob.ts";
import { PullError } from "../oci/failure.ts";
import { CHUNK_SIZE, FileChunks } from "./file-chunks.ts";
import type { Progress } from "./progress.ts";

/** A range of a blob that is being written to a file. */
export type Arriving = {
  readonly blob: Blob;
  /** Is closed at the end of the reading. */
  readonly file: FileHandle;
  readonly progress: Progress;
  readonly start: number;
  readonly end: number;
};

/**
 * The bytes of the range, as soon as they can be read. A chunk is the reader's until it asks for
 * the next one: its memory is reused. Fails as `unreachable` when bytes that the reader has are
 * discarded, and at an abort; as `dangling` when another process cuts the file.
 */
export async function* readArriving(arriving: Arriving): AsyncGenerator<Buffer> {
  const { blob, file, progress, start, end } = arriving;
  const chunks = new FileChunks(file, end - start);
  let { discards } = progress;
  let at = start;
  try {
    while (at < end || isUnproven(arriving)) {
      // Without a byte given, other bytes are as good.
      if (at === start) discards = progress.discards;
      if (discards !== progress.discards || progress.state === "aborted") throw givenUp(blob);
      await progress.beyond(at, enoughFor(at, end));
      const reached = Math.min(progress.reached, end);
      if (discards !== progress.discards || reached <= at) continue;
      const bytes = chunks.read(at, reached);
      if (bytes.length === 0) throw cut(blob);
      at += bytes.length;
      yield bytes;
    }
  } finally {
    await chunks.close();
  }
}

/** True for a range to the end of a blob that is not committed: it may have every byte. */
function isUnproven({ blob, progress, end }: Arriving): boolean {
  return end === blob.size && progress.state !== "complete";
}

/** The position that is worth waking a reader for; past the end of an empty range, none is. */
function enoughFor(at: number, end: number): number {
  const chunkEnd = Math.min(at + CHUNK_SIZE, end);
  return Math.max(chunkEnd, at + 1);
}

/** The failure of a reader whose bytes were discarded, or will never arrive. */
export function givenUp({ digest }: Blob): PullError {
  return new PullError("answer-cut", `the download of ${digest} was given up`);
}

function cut({ digest }: Blob): PullError {
  return new PullError("layout-changed", `the file of ${digest} was cut by another process`);
}
