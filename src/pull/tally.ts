import { type Blob, bytesOf } from "../oci/blob.ts";
import type { Digest } from "../oci/digest.ts";
import type { Origin } from "../oci/fetched.ts";
import type { Tally } from "./outcome.ts";
import type { Transferred } from "./transfer.ts";

// Below a megabyte the round trip dominates, and a rate would say little.
const RATED_SIZE = 1_000_000;

/**
 * The mean rate of a single transfer from `origin`, in bytes a second, over blobs of a megabyte or
 * more; undefined when there was none.
 */
export function rateOf(
  origin: Origin,
  blobs: readonly Blob[],
  transfers: Transferred["transfers"],
): number | undefined {
  const rated = blobs.flatMap(({ digest, size }) => {
    const transfer = transfers.get(digest);
    return transfer?.origin === origin && size >= RATED_SIZE ? [{ ...transfer, size }] : [];
  });
  if (rated.length === 0) return undefined;
  const times = rated.map(({ started, ended }) => ended - started);
  const ms = times.reduce((total, time) => total + time, 0);
  return bytesOf(rated) / Math.max(ms / 1_000, 0.001);
}

/** The compressed bytes that were downloaded, by the place they came from. */
function placesOf(
  blobs: readonly Blob[],
  transfers: Transferred["transfers"],
): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const { digest, size } of blobs) {
    const transfer = transfers.get(digest);
    if (transfer?.origin !== "registry") continue;
    const { source } = transfer;
    places.set(source, (places.get(source) ?? 0) + size);
  }
  return places;
}

/**
 * The compressed bytes of some blobs by where they came from, and the seconds from the start of
 * their first transfer to the end of the last.
 */
export function tallyOf(blobs: readonly Blob[], { present, transfers }: Transferred): Tally {
  const sum = (counts: (digest: Digest) => boolean): number =>
    bytesOf(blobs.filter(({ digest }) => counts(digest)));
  const from = (origin: Origin): number =>
    sum((digest) => transfers.get(digest)?.origin === origin);
  const moved = blobs.flatMap(({ digest }) => transfers.get(digest) ?? []);
  const first = Math.min(...moved.map(({ started }) => started));
  const last = Math.max(...moved.map(({ ended }) => ended));
  return {
    restored: from("cache"),
    downloaded: from("registry"),
    places: placesOf(blobs, transfers),
    alreadyThere: sum((digest) => present.has(digest)),
    seconds: moved.length === 0 ? 0 : (last - first) / 1_000,
  };
}
