import type { Blob } from "../oci/blob.ts";
import { PullError } from "../oci/failure.ts";
import type { BlobIngest, BlobStore } from "./ports.ts";

type Read = (start: number, end: number) => AsyncIterable<Buffer>;

/**
 * A store that a pull fills, whose blobs can be read meanwhile. A reader waits until the pull gets
 * to its blob, and follows the bytes from then on. It gets the blob's last byte only when all are
 * right: those that arrive, and those that an earlier run left and are being hashed.
 */
export class ArrivingStore implements BlobStore {
  readonly #store: BlobStore;
  readonly #places = new Map<string, Place>();
  #isOver = false;

  constructor(store: BlobStore) {
    this.#store = store;
  }

  get path(): string {
    return this.#store.path;
  }

  async has(blob: Blob): Promise<boolean> {
    const found = this.#store.has(blob);
    this.#place(blob).put((start, end) => this.#readFound(found, blob, start, end));
    return found;
  }

  async ingest(blob: Blob): Promise<BlobIngest> {
    const ingest = await this.#store.ingest(blob);
    this.#place(blob).put((start, end) => ingest.read(start, end));
    return ingest;
  }

  read: BlobStore["read"] = (...args) => this.#store.read(...args);
  put: BlobStore["put"] = (...args) => this.#store.put(...args);
  diffIds: BlobStore["diffIds"] = (...args) => this.#store.diffIds(...args);
  add: BlobStore["add"] = (...args) => this.#store.add(...args);

  /**
   * The bytes of a blob from `start` to before `end`, as they arrive. Fails as `unreachable` when
   * bytes that the reader has are discarded, and when the pull ends without the blob.
   */
  async *readArriving(blob: Blob, start: number, end: number): AsyncGenerator<Buffer> {
    const place = this.#place(blob);
    let hasGiven = false;
    for (let read: Read | undefined; ; ) {
      read = await place.after(read);
      if (read === undefined) throw neverCame(blob);
      try {
        for await (const bytes of read(start, end)) {
          hasGiven = true;
          yield bytes;
        }
        return;
      } catch (error) {
        if (hasGiven) throw error;
      }
    }
  }

  /** The pull is over: what is not here never arrives. */
  end(): void {
    this.#isOver = true;
    for (const place of this.#places.values()) place.end();
  }

  /** Reads what may be the blob while it is hashed. */
  async *#readFound(
    found: Promise<boolean>,
    blob: Blob,
    start: number,
    end: number,
  ): AsyncGenerator<Buffer> {
    const last = Math.max(start, end - 1);
    yield* this.#store.read(blob, start, last);
    if (!(await found)) throw neverCame(blob);
    yield* this.#store.read(blob, last, end);
  }

  #place(blob: Blob): Place {
    // A digest with two sizes is two blobs: one of the sizes is wrong.
    const key = `${blob.digest} ${blob.size}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = new Place();
    this.#places.set(key, place);
    if (this.#isOver) place.end();
    return place;
  }
}

/** Where a blob can be read, which changes while it is pulled. */
class Place {
  #read: Read | undefined;
  #isOver = false;
  #waiting: (() => void)[] = [];

  /** The blob can be read in another way. */
  put(read: Read): void {
    this.#read = read;
    this.#wake();
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** The next way to read after `last`, which did not work; undefined when there will be none. */
  async after(last: Read | undefined): Promise<Read | undefined> {
    while (this.#read === last && !this.#isOver) {
      await new Promise<void>((wake) => this.#waiting.push(wake));
    }
    return this.#read === last ? undefined : this.#read;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

function neverCame({ digest }: Blob): PullError {
  return new PullError("answer-cut", `the pull ended without ${digest}`);
}
