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

// No position is reached: only the end of the writing wakes a reader that waits for it.
const NEVER = Number.POSITIVE_INFINITY;

/**
 * The bytes of the range, as soon as they can be read, and the last one once all of the blob is
 * proven: no reader gets a complete range of wrong bytes. A chunk is the reader's until it asks for
 * the next one: its memory is reused. Fails as `unreachable` when bytes that the reader has are
 * discarded, and at an abort; as `dangling` when another process cuts the file.
 */
export async function* readArriving(arriving: Arriving): AsyncGenerator<Buffer> {
  const { blob, file, progress, start, end } = arriving;
  const chunks = new FileChunks(file, end - start);
  let { discards } = progress;
  let at = start;
  try {
    while (at < end || progress.state !== "complete") {
      // Without a byte given, other bytes are as good.
      if (at === start) discards = progress.discards;
      if (discards !== progress.discards || progress.state === "aborted") throw givenUp(blob);
      await nextOf(arriving, at);
      const reached = Math.min(progress.reached, givenUpTo(arriving));
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

/** The position up to which bytes may be given. */
function givenUpTo({ progress, end }: Arriving): number {
  return progress.state === "complete" ? end : end - 1;
}

/** Resolves when there is enough to read or, where only the last byte is left, at the end. */
function nextOf(arriving: Arriving, at: number): Promise<void> {
  const { progress, end } = arriving;
  if (at >= givenUpTo(arriving)) return progress.beyond(NEVER, NEVER);
  return progress.beyond(at, Math.min(at + CHUNK_SIZE, end));
}

/** The failure of a reader whose bytes were discarded, or will never arrive. */
export function givenUp({ digest }: Blob): PullError {
  return new PullError("answer-cut", `the download of ${digest} was given up`);
}

function cut({ digest }: Blob): PullError {
  return new PullError("layout-changed", `the file of ${digest} was cut by another process`);
}
