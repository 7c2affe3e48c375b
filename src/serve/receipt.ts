import { RECEIPT_ROWS, RECEIPT_SIZE, type ReceiptRow } from "../find/receipt-file.ts";
import type { Blob } from "../oci/blob.ts";
import { asDigest, type Digest } from "../oci/digest.ts";
import { asPlatform } from "../oci/platform.ts";
import { type Repository, repositoryName } from "../oci/reference.ts";
import { byFirst, type PartSource, ReceiptEntry, waitingMost } from "./receipt-entry.ts";
import { ReceiptRoom } from "./receipt-room.ts";
import type { Asker } from "./served.ts";

// What a row has beside texts of any length: names of fields, times, and eight numbers.
const ROW_COST = 450;

type Names = ReceiptEntry["names"];

/**
 * What clients of the job's registry got. Every program of the machine can ask it, so the receipt
 * has limits, and counts what is beyond them. It always fits into a file that `readReceipt` accepts.
 */
export class Receipt {
  readonly #now: () => number;
  readonly #room = new ReceiptRoom(RECEIPT_SIZE);
  /** The rows of each image, by its name with the digest. */
  readonly #entries = new Map<string, readonly ReceiptEntry[]>();
  #count = 0;
  #more = 0;
  #changes = 0;

  /** `now` returns milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Grows with everything that is written down. */
  get changes(): number {
    return this.#changes;
  }

  /**
   * A client asked what a tag or a digest is (HEAD), or for its document (GET). `reference` is the
   * tag or the digest as asked, `digest` what it is.
   */
  asked(event: {
    readonly repository: Repository;
    readonly reference: string;
    readonly digest: Digest;
    readonly asker: Asker;
  }): void {
    const { repository, reference, digest, asker } = event;
    const name = repositoryName(repository);
    const pinned = `${name}@${digest}`;
    const isTag = asDigest(reference) === undefined;
    const entry = isTag
      ? this.#entry({ reference: `${name}:${reference}`, digest, pinned })
      : this.#entryOfDigest({ reference: pinned, digest, pinned });
    entry?.ask(asker, this.#now());
    this.#changes++;
  }

  /**
   * A client got the manifest of a platform that images list. `roots` are their top digests. Where
   * no client asked for one of them before, the first one gets a row.
   */
  platform(event: {
    readonly repository: Repository;
    readonly roots: readonly Digest[];
    readonly platform: string;
    readonly asker: Asker;
  }): void {
    const { repository, roots, platform, asker } = event;
    const [first] = roots;
    if (first !== undefined && this.#entriesOf(repository, roots).length === 0) {
      this.asked({ repository, reference: first, digest: first, asker });
    }
    this.#changes++;
    // An index can state anything, and others must be able to read the receipt.
    if (asPlatform(platform) === undefined) return;
    for (const entry of this.#entriesOf(repository, roots)) {
      entry.addPlatform(platform, asker, this.#now());
    }
  }

  /** A client got a blob of images. Each blob counts once an image. */
  blob(event: {
    readonly repository: Repository;
    readonly roots: readonly Digest[];
    readonly blob: Blob;
    readonly from: PartSource;
  }): void {
    const { repository, roots, blob, from } = event;
    this.#changes++;
    for (const entry of this.#entriesOf(repository, roots)) entry.addBlob(blob, from, this.#now());
  }

  /** The rows by the time of their first request. */
  rows(): readonly ReceiptRow[] {
    const entries = [...this.#entries.values()].flat();
    const rows = entries.map((entry) => entry.row()).toSorted(byFirst);
    const last = rows.at(-1);
    if (last === undefined || this.#more === 0) return rows;
    return rows.with(-1, { ...last, more: this.#more });
  }

  #entriesOf(repository: Repository, roots: readonly Digest[]): readonly ReceiptEntry[] {
    const name = repositoryName(repository);
    return roots.flatMap((digest) => this.#entries.get(`${name}@${digest}`) ?? []);
  }

  /** Of the rows with a digest, a tag's comes before the digest's own. */
  #entryOfDigest(names: Names): ReceiptEntry | undefined {
    const alike = this.#entries.get(names.pinned) ?? [];
    const tags = alike.filter((entry) => entry.names.reference !== names.pinned);
    return waitingMost(tags) ?? this.#entry(names);
  }

  /** The row of a reference. Undefined, and counted, where there is no room for another one. */
  #entry(names: Names): ReceiptEntry | undefined {
    const { reference, pinned, digest } = names;
    const alike = this.#entries.get(pinned) ?? [];
    const known = alike.find((entry) => entry.names.reference === reference);
    if (known !== undefined) return known;
    const cost = reference.length + pinned.length + digest.length + ROW_COST;
    const hasRoom = this.#count < RECEIPT_ROWS && this.#room.take(cost);
    if (!hasRoom) {
      this.#more++;
      return undefined;
    }
    const entry = new ReceiptEntry(names, this.#room, this.#now());
    this.#entries.set(pinned, [...alike, entry]);
    this.#count++;
    return entry;
  }
}
