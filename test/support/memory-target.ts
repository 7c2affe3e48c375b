import type { Blob } from "../../src/oci/blob.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import type { BlobPart, BlobTarget } from "../../src/oci/target.ts";

/** A target in memory that proves its blob as the layout does. */
export class MemoryTarget implements BlobTarget {
  bytes: Buffer = Buffer.alloc(0);
  /** Bytes written so far, those of discarded attempts included. */
  written = 0;
  received = 0;
  readonly #blob: Blob;

  constructor(blob: Blob) {
    this.#blob = blob;
  }

  part(start: number): BlobPart {
    let received = 0;
    return {
      get received() {
        return received;
      },
      write: (chunk) => {
        this.#write(start + received, chunk);
        received += chunk.length;
      },
    };
  }

  #write(at: number, chunk: Buffer): void {
    const { size } = this.#blob;
    if (at + chunk.length > size) throw new PullError("too-long", "too long");
    if (this.bytes.length === 0) this.bytes = Buffer.alloc(size);
    chunk.copy(this.bytes, at);
    this.written += chunk.length;
    this.received += chunk.length;
  }

  async restart(): Promise<void> {
    this.bytes = Buffer.alloc(0);
    this.received = 0;
  }

  async commit(): Promise<void> {
    if (digestOf(this.bytes) === this.#blob.digest) return;
    throw new PullError("digest-differs", `digest differs after ${this.bytes.length} bytes`);
  }
}
