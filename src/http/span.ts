import type { BlobPart } from "../oci/target.ts";

/** A byte range of a blob on its way: `start` inclusive, `end` exclusive. */
export class Span {
  readonly start: number;
  #end: number;
  #part: BlobPart;

  constructor(start: number, end: number, part: BlobPart) {
    this.start = start;
    this.#end = end;
    this.#part = part;
  }

  get end(): number {
    return this.#end;
  }

  /** Bytes received so far. */
  get received(): number {
    return this.#part.received;
  }

  /** Where in the blob its next byte belongs. */
  get position(): number {
    return this.start + this.received;
  }

  get isComplete(): boolean {
    return this.position >= this.#end;
  }

  /** Leaves the bytes from `end` on to other spans. */
  shortenTo(end: number): void {
    this.#end = end;
  }

  /** Starts again with an empty part. */
  restartWith(part: BlobPart): void {
    this.#part = part;
  }

  /**
   * Writes the bytes of `chunk` that belong to it; false when the chunk has more. All bytes of the
   * blob's last span are written, so that the target can refuse a blob that is too long.
   */
  write(chunk: Buffer, size: number): boolean {
    if (this.#end === size) {
      this.#part.write(chunk);
      return true;
    }
    const room = this.#end - this.position;
    this.#part.write(chunk.subarray(0, room));
    return chunk.length <= room;
  }
}
