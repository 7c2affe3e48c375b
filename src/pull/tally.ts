import type { Digest } from "../oci/digest.ts";
import type { Tally } from "./plan.ts";
import type { Blob, Origin } from "./ports.ts";
import type { Transfer, Transferred } from "./transfer.ts";

// Below a megabyte it is the round trip that is measured, and not the rate.
const RATED_SIZE = 1_000_000;

/** Bytes a second of a single transfer from `origin`, over all of a megabyte or more; undefined when there was none. */
export function rateOf(origin: Origin, blobs: readonly Blob[], transfers: Transferred["transfers"]): number | undefined {
  const rated = blobs.filter(({ digest, size }) => size >= RATED_SIZE && transfers.get(digest)?.origin === origin);
  const ms = rated.reduce((total, { digest }) => total + durationOf(transfers.get(digest)), 0);
  return rated.length === 0 ? undefined : rated.reduce((total, { size }) => total + size, 0) / Math.max(ms / 1_000, 0.001);
}

function durationOf(transfer: Transfer | undefined): number {
  return transfer === undefined ? 0 : transfer.ended - transfer.started;
}

/** Compressed bytes by where they came from, and the seconds from the first transfer to the end of the last. */
export function tallyOf(blobs: readonly Blob[], { present, transfers }: Transferred): Tally {
  const sum = (counts: (digest: Digest) => boolean): number =>
    blobs.reduce((total, { digest, size }) => total + (counts(digest) ? size : 0), 0);
  const from = (origin: Origin): number => sum((digest) => transfers.get(digest)?.origin === origin);
  const spans = blobs.flatMap(({ digest }) => transfers.get(digest) ?? []);
  const first = Math.min(...spans.map(({ started }) => started));
  const last = Math.max(...spans.map(({ ended }) => ended));
  const seconds = spans.length === 0 ? 0 : (last - first) / 1_000;
  return { restored: from("cache"), downloaded: from("registry"), alreadyThere: sum((digest) => present.has(digest)), seconds };
}
