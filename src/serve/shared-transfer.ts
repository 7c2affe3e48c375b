import type { Blob } from "../oci/blob.ts";
import { PullError } from "../oci/failure.ts";
import type { Provenance } from "../oci/fetched.ts";
import type { Repository } from "../oci/reference.ts";
import type { Transfer } from "../pull/outcome.ts";
import type { BlobIngest, BlobStore, Registry } from "../pull/ports.ts";
import type { PartSource } from "./receipt-entry.ts";

/** Where blobs come from, and where they go. */
export type TransferWires = {
  readonly registry: Pick<Registry, "download">;
  readonly store: Pick<BlobStore, "has" | "read" | "ingest">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
};

/** The failure of a transfer for which the registry would have to be asked, and no client waits. */
export const UNWANTED = new PullError("cancelled", "no client asked for the blob");

type Read = (start: number, end: number) => AsyncIterable<Buffer>;

/**
 * One transfer of a blob into the layout, for all clients that ask for it meanwhile. It begins at
 * once, and goes on when its clients leave.
 */
export class SharedTransfer {
  readonly repository: Repository;
  /**
   * Where the bytes came from, once all are right and in the layout. Fails as the store and the
   * registry do.
   */
  readonly source: Promise<PartSource>;
  readonly #blob: Blob;
  readonly #wires: TransferWires;
  readonly #moved: (transfer: Transfer) => void;
  /** How to read, as soon as readers may. */
  readonly #read: Promise<Read>;
  #allow = (_: Read): void => undefined;
  #isWanted = false;

  /** `moved` receives the transfer, unless the layout has the blob already. */
  constructor(
    repository: Repository,
    blob: Blob,
    wires: TransferWires,
    moved: (transfer: Transfer) => void,
  ) {
    this.repository = repository;
    this.#blob = blob;
    this.#wires = wires;
    this.#moved = moved;
    const allowed = new Promise<Read>((resolve) => {
      this.#allow = resolve;
    });
    this.source = this.#run();
    this.#read = Promise.race([allowed, this.source.then(() => allowed)]);
    // Reported by each read; mark as handled until then.
    this.#read.catch(() => undefined);
  }

  /**
   * The bytes from `start` to before `end`: those of a registry while they arrive, others once all
   * are proven. Fails as `source` does before there are any, and as {@link BlobIngest.read} and
   * {@link BlobStore.read} do.
   */
  async *read(start: number, end: number): AsyncGenerator<Buffer> {
    const read = await this.#read;
    yield* read(start, end);
  }

  /** A client asks for the blob. Before that it is taken from the cache, and from nowhere else. */
  want(): void {
    this.#isWanted = true;
  }

  async #run(): Promise<PartSource> {
    const { store, now } = this.#wires;
    const blob = this.#blob;
    if (await store.has(blob)) {
      this.#allow((start, end) => store.read(blob, start, end));
      return { origin: "layout", source: "layout" };
    }
    const started = now();
    const provenance = await this.#download(await store.ingest(blob));
    this.#moved({ ...provenance, started, ended: now() });
    const { origin, source } = provenance;
    return { origin, source };
  }

  async #download(ingest: BlobIngest): Promise<Provenance> {
    const read: Read = (start, end) => ingest.read(start, end);
    try {
      const provenance = await this.#wires.registry.download(
        this.repository,
        this.#blob,
        (origin) => {
          const isUpstream = origin === "registry";
          if (isUpstream && !this.#isWanted) throw UNWANTED;
          // What a cache sends may be wrong, and a client that got it would have to give up.
          if (isUpstream) this.#allow(read);
          return ingest;
        },
      );
      this.#allow(read);
      return provenance;
    } finally {
      await ingest.abort();
    }
  }
}
