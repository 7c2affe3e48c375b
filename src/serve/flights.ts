import type { Blob } from "../oci/blob.ts";
import type { Digest } from "../oci/digest.ts";
import { foundBy, PullError } from "../oci/failure.ts";
import { isInterruption } from "../oci/reason.ts";
import { type Repository, repositoryName } from "../oci/reference.ts";
import type { Transfer } from "../pull/outcome.ts";
import type { PartSource } from "./receipt-entry.ts";
import { SharedTransfer, type TransferWires, UNWANTED } from "./shared-transfer.ts";

/** Where blobs come from, where they go, and where messages go. */
export type FlightWires = TransferWires & { readonly say: (line: string) => void };

// Far more than a job pulls: about 300 bytes each.
const MOST_TRANSFERS = 20_000;

/** The blobs that clients ask for: each is transferred once, for all of them. */
export class Flights {
  readonly #wires: FlightWires;
  readonly #underWay = new Map<string, SharedTransfer>();
  readonly #transfers = new Map<Digest, Transfer>();

  constructor(wires: FlightWires) {
    this.#wires = wires;
  }

  /**
   * What was transferred into the layout, by digest: the last transfer of each blob, and those of
   * the last {@link MOST_TRANSFERS} blobs.
   */
  get transfers(): ReadonlyMap<Digest, Transfer> {
    return this.#transfers;
  }

  /** A blob for one client. If nothing transfers it yet, that begins now. */
  open(repository: Repository, blob: Blob): Flight {
    return new Flight(repository, () => {
      const transfer = this.#join(repository, blob);
      transfer.want();
      return transfer;
    });
  }

  /** Restores a blob that a client may ask for soon, if the cache has it. */
  prepare(repository: Repository, blob: Blob): void {
    this.#join(repository, blob);
  }

  /** Resolves once no transfer is under way, which leaves no temporary file. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) {
      const sources = [...this.#underWay.values()].map(({ source }) => source);
      await Promise.allSettled(sources);
    }
  }

  #join(repository: Repository, blob: Blob): SharedTransfer {
    const { digest, size } = blob;
    // A digest with two sizes is two blobs: one of the sizes is wrong.
    const key = `${digest} ${size}`;
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    const moved = (transfer: Transfer): void => this.#remember(digest, transfer);
    const started = new SharedTransfer(repository, blob, this.#wires, moved);
    this.#underWay.set(key, started);
    // Before any client learns how it ended: the next one starts anew.
    const forget = (): boolean => this.#underWay.delete(key);
    started.source.then(forget, (error: unknown) => {
      forget();
      if (error === UNWANTED) return;
      const what = `${digest} of ${repositoryName(repository)}`;
      this.#wires.say(`${what} could not be transferred: ${foundBy(error)}`);
    });
    return started;
  }

  #remember(digest: Digest, transfer: Transfer): void {
    this.#transfers.delete(digest);
    this.#transfers.set(digest, transfer);
    const [oldest] = this.#transfers.keys();
    const isFull = this.#transfers.size > MOST_TRANSFERS;
    if (isFull && oldest !== undefined) this.#transfers.delete(oldest);
  }
}

/** A blob for one client, by a transfer that it may share with others. */
export class Flight {
  /**
   * Where the bytes came from, once all are right and in the layout. Fails as the last transfer
   * does that the client waited for; it need not be awaited.
   */
  readonly source: Promise<PartSource>;
  readonly #name: string;
  readonly #join: () => SharedTransfer;
  #transfer: SharedTransfer;

  constructor(repository: Repository, join: () => SharedTransfer) {
    this.#name = repositoryName(repository);
    this.#join = join;
    this.#transfer = join();
    this.source = this.#land();
    this.source.catch(() => undefined);
  }

  /**
   * The bytes from `start` to before `end`, as soon as they may be given; the blob's last byte when
   * all are right. A chunk is the reader's until it asks for the next one. Fails with the failure
   * of the transfer when nothing was given before, and as `unreachable` when something was: a
   * reader must not be given the rest of other bytes.
   */
  async *read(start: number, end: number): AsyncGenerator<Buffer> {
    let hasGiven = false;
    for (;;) {
      const transfer = this.#transfer;
      try {
        for await (const bytes of transfer.read(start, end)) {
          hasGiven = true;
          yield bytes;
        }
        return;
      } catch (error) {
        if (hasGiven) throw error;
        // The transfer's own failure says more than that it was given up.
        const failure: unknown = await transfer.source.then(
          () => error,
          (why: unknown) => why,
        );
        if (transfer === this.#transfer) throw failure;
      }
    }
  }

  /**
   * Waits for the transfer. One for another repository that fails proves nothing about this one,
   * which is tried then, once. So is this one after a transfer that ended when it was wanted.
   */
  async #land(): Promise<PartSource> {
    for (;;) {
      const { source, repository } = this.#transfer;
      try {
        return await source;
      } catch (error) {
        const isOwn = repositoryName(repository) === this.#name;
        const isOver = error !== UNWANTED && (isOwn || !isOfPlace(error));
        if (isOver) throw error;
        this.#transfer = this.#join();
      }
    }
  }
}

/** True for a failure that another place may not have: not of the disk, and no interruption. */
function isOfPlace(error: unknown): boolean {
  if (!(error instanceof PullError)) return false;
  return error.status !== "unsupported" && !isInterruption(error.reason);
}
