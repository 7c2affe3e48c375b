import type { Blob } from "../../src/oci/blob.ts";
import { algorithmOf, type Digest, digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import type { IndexEntry } from "../../src/oci/layout.ts";
import type { BlobPart, BlobTarget } from "../../src/oci/target.ts";
import type { BlobCache, BlobIngest, BlobStore } from "../../src/pull/ports.ts";

/** A store in memory. */
export class MemoryStore implements BlobStore {
  readonly path = "/memory";
  readonly blobs = new Map<Digest, Buffer>();
  readonly entries: IndexEntry[] = [];
  /** What `add` warns of. */
  warnings: readonly string[] = [];
  /** Called before every operation, as `has sha256:…`, and fails it by throwing. */
  before: (operation: string) => void = () => undefined;
  /** Ingests that were begun, and neither committed nor aborted. */
  readonly open = new Set<BlobIngest>();

  async has({ digest, size }: Blob): Promise<boolean> {
    this.before(`has ${digest}`);
    return this.blobs.get(digest)?.length === size;
  }

  async *read({ digest, size }: Blob, start = 0, end = size): AsyncGenerator<Buffer> {
    const bytes = this.blobs.get(digest) ?? Buffer.alloc(0);
    if (end > start) yield bytes.subarray(start, end);
  }

  async ingest(blob: Blob): Promise<BlobIngest> {
    this.before(`ingest ${blob.digest}`);
    const ingest = new MemoryIngest(blob, this);
    this.open.add(ingest);
    return ingest;
  }

  async put(digest: Digest, bytes: Buffer): Promise<void> {
    this.before(`put ${digest}`);
    this.blobs.set(digest, bytes);
  }

  /** Takes a layer's own digest as its diffID. */
  async diffIds(
    layers: readonly Blob[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<Digest, Digest>> {
    signal.throwIfAborted();
    return new Map(layers.map(({ digest }) => [digest, digest]));
  }

  async add(entries: readonly IndexEntry[]): Promise<readonly string[]> {
    this.before("add");
    this.entries.push(...entries);
    return this.warnings;
  }
}

class MemoryIngest implements BlobIngest {
  readonly #blob: Blob;
  readonly #store: MemoryStore;
  #parts: { readonly start: number; bytes: Buffer }[] = [];
  #end = (): void => undefined;
  readonly #ended = new Promise<void>((resolve) => {
    this.#end = resolve;
  });

  constructor(blob: Blob, store: MemoryStore) {
    this.#blob = blob;
    this.#store = store;
  }

  get received(): number {
    return this.#parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  part(start: number): BlobPart {
    const part = { start, bytes: Buffer.alloc(0) };
    this.#parts.push(part);
    return {
      get received() {
        return part.bytes.length;
      },
      write: (chunk) => {
        part.bytes = Buffer.concat([part.bytes, chunk]);
      },
    };
  }

  async restart(): Promise<void> {
    this.#parts = [];
  }

  async commit(): Promise<void> {
    const { digest, size } = this.#blob;
    const inOrder = this.#parts.toSorted((one, other) => one.start - other.start);
    const bytes = Buffer.concat(inOrder.map((part) => part.bytes));
    if (bytes.length !== size) throw new PullError("too-short", `${digest}: too short`);
    const isRight = digestOf(bytes, algorithmOf(digest)) === digest;
    if (!isRight) throw new PullError("digest-differs", `${digest}: digest differs`);
    this.#store.blobs.set(digest, bytes);
    await this.abort();
  }

  async abort(): Promise<void> {
    this.#store.open.delete(this);
    this.#end();
  }

  /** All bytes at once, after the commit. */
  async *read(start = 0, end = this.#blob.size): AsyncGenerator<Buffer> {
    await this.#ended;
    const bytes = this.#store.blobs.get(this.#blob.digest);
    if (bytes === undefined) throw new PullError("answer-cut", "it was given up");
    if (end > start) yield bytes.subarray(start, end);
  }
}

/** A cache in memory. */
export class MemoryCache implements BlobCache {
  /** Blobs with an entry of their own. */
  readonly blobs = new Map<string, Buffer>();
  /** Entries of images. */
  readonly bundles = new Map<string, ReadonlyMap<Digest, Buffer>>();
  /** The keys that were asked for. */
  readonly asked: string[] = [];

  async restore(key: string, _blob: Blob, target: BlobTarget): Promise<boolean> {
    this.asked.push(key);
    const bytes = this.blobs.get(key);
    if (bytes === undefined) return false;
    try {
      target.part(0).write(bytes);
      await target.commit();
      return true;
    } catch {
      await target.restart();
      return false;
    }
  }

  async bundle(key: string): Promise<ReadonlyMap<Digest, Buffer>> {
    this.asked.push(key);
    return this.bundles.get(key) ?? new Map();
  }
}
