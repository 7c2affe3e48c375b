import type { BlobPart } from "../oci/target.ts";

/** One part of an ingest: the bytes from `start` on. */
export class IngestPart implements BlobPart {
  readonly start: number;
  #received = 0;
  readonly #write: (chunk: Buffer, position: number) => void;

  constructor(start: number, write: (chunk: Buffer, position: number) => void) {
    this.start = start;
    this.#write = write;
  }

  get received(): number {
    return this.#received;
  }

  /**
   * Consumes `chunk` synchronously. Fails as `invalid` at the first byte after the blob's end, and
   * as the disk does.
   */
  write(chunk: Buffer): void {
    this.#write(chunk, this.start + this.#received);
    this.#received += chunk.length;
  }
}
