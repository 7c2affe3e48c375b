import { RECEIPT_LIST, type ReceiptRow } from "../find/receipt-file.ts";
import type { Blob } from "../oci/blob.ts";
import type { ReceiptRoom } from "./receipt-room.ts";
import type { Asker } from "./served.ts";

/** Where the bytes of a part came from. */
export type PartSource = {
  readonly origin: "layout" | "cache" | "registry";
  /** The place by name. */
  readonly source: string;
};

// An image for twenty platforms, with 50 layers each.
const BLOB_LIMIT = 1_000;
// Programs name themselves in some ten characters.
const CLIENT_LENGTH = 100;

/** An image on the receipt. What is beyond its limits, or beyond the room for all, is counted. */
export class ReceiptEntry {
  readonly names: Pick<ReceiptRow, "reference" | "digest" | "pinned">;
  readonly #room: ReceiptRoom;
  readonly #platforms = new Set<string>();
  readonly #clients = new Set<string>();
  readonly #blobs = new Set<string>();
  readonly #first: number;
  #last: number;
  #heads = 0;
  #gets = 0;
  #layout = 0;
  #cache = 0;
  readonly #registry = new Map<string, number>();
  #truncated = 0;

  constructor(names: ReceiptEntry["names"], room: ReceiptRoom, now: number) {
    this.names = names;
    this.#room = room;
    this.#first = now;
    this.#last = now;
  }

  /** How many clients were told the digest, and did not ask for the document yet. */
  get waiting(): number {
    return this.#heads - this.#gets;
  }

  /** A client asked for the image, or what it is. */
  ask(asker: Asker, now: number): void {
    if (asker.method === "HEAD") this.#heads++;
    else this.#gets++;
    this.#seen(asker, now);
  }

  /** A client got the manifest of a platform. */
  addPlatform(platform: string, asker: Asker, now: number): void {
    this.#add(this.#platforms, platform, RECEIPT_LIST);
    this.#seen(asker, now);
  }

  /** A client got a blob. */
  addBlob({ digest, size }: Blob, from: PartSource, now: number): void {
    this.#touch(now);
    const isNew = this.#add(this.#blobs, digest, BLOB_LIMIT);
    if (!isNew) return;
    if (from.origin === "layout") this.#layout += size;
    else if (from.origin === "cache") this.#cache += size;
    else this.#addPlace(from.source, size);
  }

  /** What the receipt has on the image. */
  row(): ReceiptRow {
    const truncated = this.#truncated;
    return {
      ...this.names,
      platforms: [...this.#platforms],
      clients: [...this.#clients],
      pulls: Math.max(this.#heads, this.#gets),
      bytes: {
        layout: this.#layout,
        cache: this.#cache,
        registry: Object.fromEntries(this.#registry),
      },
      first: new Date(this.#first).toISOString(),
      last: new Date(this.#last).toISOString(),
      seconds: (this.#last - this.#first) / 1_000,
      ...(truncated === 0 ? {} : { truncated }),
    };
  }

  #seen({ client }: Asker, now: number): void {
    this.#touch(now);
    // A copy: a slice would keep all of a long header in memory.
    const name = Buffer.from(client.slice(0, CLIENT_LENGTH)).toString();
    if (name !== "") this.#add(this.#clients, name, RECEIPT_LIST);
  }

  /** The clock of a machine can be set back. */
  #touch(now: number): void {
    this.#last = Math.max(this.#last, now);
  }

  #addPlace(place: string, size: number): void {
    const places = new Set(this.#registry.keys());
    const isNew = this.#add(places, place, RECEIPT_LIST);
    if (isNew || this.#registry.has(place)) {
      this.#registry.set(place, (this.#registry.get(place) ?? 0) + size);
    }
  }

  /** Adds a text, if it is new and there is room for it. Returns whether it was added. */
  #add(texts: Set<string>, text: string, most: number): boolean {
    if (texts.has(text)) return false;
    const isAdded = texts.size < most && this.#room.take(costOf(text));
    if (isAdded) texts.add(text);
    else this.#truncated++;
    return isAdded;
  }
}

// The digits of a number beside it, or what a set needs for it in memory.
const TEXT_COST = 30;

function costOf(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) + TEXT_COST;
}

/** The order of the first requests. */
export function byFirst(one: ReceiptRow, other: ReceiptRow): number {
  if (one.first === other.first) return 0;
  return one.first < other.first ? -1 : 1;
}

/**
 * The image that a request for a digest belongs to: clients ask what a tag is, and then for its
 * digest. Of several tags with the digest, this is the one that waits most, or the last one.
 */
export function waitingMost(entries: readonly ReceiptEntry[]): ReceiptEntry | undefined {
  return entries.toSorted((one, other) => one.waiting - other.waiting).at(-1);
}
