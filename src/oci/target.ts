/** Receives the bytes of a blob from one position on, in order. */
export interface BlobPart {
  /** Bytes written so far. */
  readonly received: number;
  /** Consumes `chunk` synchronously: the caller reuses its memory as soon as this returns. */
  write(chunk: Buffer): void;
}

/** Receives one blob, in one part or in several at the same time, and verifies it. */
export interface BlobTarget {
  /** Bytes received so far, in all parts. */
  readonly received: number;
  /** A new part for the bytes from `start` on. */
  part(start: number): BlobPart;
  /** Discards all received bytes. Earlier parts write no more. */
  restart(): Promise<void>;
  /** Completes the blob. Fails as `invalid` when the size or the digest differs. */
  commit(): Promise<void>;
}
