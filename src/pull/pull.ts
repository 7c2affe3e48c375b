// A pull moves the bytes of images that passed the gate into a layout. It takes each image as a
// `Pullable`, which is complete or refused (pullable); lists the blobs that images need, each once
// (needs); transfers those that the layout does not have (transfer); stores the documents
// (index-entry) and, last, names the images in the index. Blobs come from a `Registry`, which may
// have a cache or a mirror before it; each transfer says where its bytes came from. A failure
// belongs to the images that lack something; blobs that are verified stay for the next run.
import { asProblem } from "../gate/problem.ts";
import { problemsOf, type Resolved } from "../gate/resolved.ts";
import type { Origin } from "../oci/fetched.ts";
import type { IndexEntry } from "../oci/layout.ts";
import type { Platform } from "../oci/platform.ts";
import { foresee, storeDocuments } from "./index-entry.ts";
import { type Need, needsOf } from "./needs.ts";
import type { Foreseen, Outcome, Pulled, Result } from "./outcome.ts";
import { inTurns } from "./pool.ts";
import { type Pullable, toPullable } from "./pullable.ts";
import { rateOf, tallyOf } from "./tally.ts";
import { type TransferOptions, type Transferred, transferAll, type Wires } from "./transfer.ts";

/** What bounds a pull, what it reports to, and the platform of the machine that runs the job. */
export type PullOptions = TransferOptions & { readonly runner: Platform };

/**
 * Pulls every image that has no problem into the layout, and names it in the index when all of it
 * is there. Each blob is transferred once, the largest first. Every image is tried; a failure is a
 * problem of its images.
 */
export async function pull(
  images: readonly Resolved[],
  wires: Wires,
  options: PullOptions,
): Promise<Outcome> {
  const { now, concurrency } = options;
  const started = now();
  const prepared = images.map(prepare);
  const pullables = prepared.flatMap(({ pullable }) => pullable ?? []);
  const needs = needsOf(pullables);
  const transferred = await transferAll(needs, wires, options);
  const kept = await inTurns(prepared, concurrency, (image) =>
    keep(image, transferred, wires, options),
  );
  const entries = kept.flatMap(({ entry }) => entry ?? []);
  const warnings = await wires.store.add(entries);
  const results = kept.map(({ result }) => result);
  const failed = results.some(({ problem }, at) => problem !== images[at]?.problem);
  const totals = totalsOf(needs, transferred, failed);
  const seconds = (now() - started) / 1_000;
  return {
    images: results,
    pulled: { ...totals, layout: wires.store.path, warnings, seconds },
  };
}

/** The images that a pull will try and an engine can load, before any of them is pulled. */
export function foreseeAll(images: readonly Resolved[], runner: Platform): readonly Foreseen[] {
  const pullables = images.map(prepare).flatMap(({ pullable }) => pullable ?? []);
  return pullables.flatMap((pullable) => foresee(pullable, runner) ?? []);
}

type Prepared = { readonly resolved: Resolved; readonly pullable: Pullable | undefined };

function prepare(resolved: Resolved): Prepared {
  if (problemsOf(resolved).length > 0) return { resolved, pullable: undefined };
  try {
    return { resolved, pullable: toPullable(resolved) };
  } catch (error) {
    return { resolved: withFailure(resolved, error), pullable: undefined };
  }
}

/** The image with a failure as its problem; throws a bug. */
function withFailure(resolved: Resolved, error: unknown): Resolved {
  return { ...resolved, problem: asProblem(error, resolved.wanted.written) };
}

type Kept = { readonly result: Result; readonly entry: IndexEntry | undefined };

/** Stores the documents of an image that has all its blobs. */
async function keep(
  { resolved, pullable }: Prepared,
  transferred: Transferred,
  { store }: Wires,
  options: PullOptions,
): Promise<Kept> {
  if (pullable === undefined) {
    return { result: { ...resolved, pulled: undefined }, entry: undefined };
  }
  const pulled = { tally: tallyOf(pullable.blobs, transferred), stored: undefined };
  const problem = transferred.failures.get(resolved);
  if (problem !== undefined) {
    return { result: { ...resolved, problem, pulled }, entry: undefined };
  }
  try {
    const { entry, stored } = await storeDocuments(pullable, store, options);
    return { result: { ...resolved, pulled: { ...pulled, stored } }, entry };
  } catch (error) {
    return { result: { ...withFailure(resolved, error), pulled }, entry: undefined };
  }
}

type Totals = Omit<Pulled, "layout" | "warnings">;

function totalsOf(needs: readonly Need[], transferred: Transferred, failed: boolean): Totals {
  const { transfers, present } = transferred;
  const isFrom = (origin: Origin, { digest }: Need): boolean =>
    transfers.get(digest)?.origin === origin;
  const missed = needs.filter((need) => isFrom("registry", need));
  const isHit = (need: Need): boolean => present.has(need.digest) || isFrom("cache", need);
  return {
    ...tallyOf(needs, transferred),
    missed: missed.map(({ digest, size }) => ({ digest, size })),
    hit: !failed && needs.length > 0 && needs.every(isHit),
    rates: {
      cache: rateOf("cache", needs, transfers),
      registry: rateOf("registry", needs, transfers),
    },
    transfers,
  };
}
