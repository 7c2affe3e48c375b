import { blobsOf, type Resolved } from "../gate/resolved.ts";
import type { Digest } from "../oci/digest.ts";
import type { Platform } from "../oci/platform.ts";
import type { Transfer } from "../pull/outcome.ts";
import type { PendingSaves } from "../pull/pending-saves.ts";
import type { BlobStore } from "../pull/ports.ts";
import { planSaves, type SavePolicy } from "../pull/save-plan.ts";
import type { Contents } from "./contents.ts";
import { type InLayout, resolvePulled } from "./pulled-images.ts";

/** What the job's registry served, and has. */
export type Served = {
  readonly contents: Contents;
  readonly inLayout: InLayout;
  readonly store: Pick<BlobStore, "path" | "has">;
  /** What came from entries of the cache. */
  readonly restored: ReadonlySet<Digest>;
  readonly transfers: ReadonlyMap<Digest, Transfer>;
  readonly runner: Platform;
};

/**
 * What the post step saves of a job's registry, by the rules of a pull: an entry for each large blob
 * that came from a registry, and one for each image and platform of which everything small is here.
 * A client may have had some layers of an image before.
 */
export async function planServedSaves(served: Served, policy: SavePolicy): Promise<PendingSaves> {
  const { contents, inLayout, store, restored, transfers, runner } = served;
  const pulled = await resolvePulled(contents, transfers, inLayout, runner);
  const whole: Resolved[] = [];
  for (const image of pulled) {
    if (await isWhole(image, store, policy)) whole.push(image);
  }
  const moved = [...transfers].filter(([, { origin }]) => origin === "registry");
  const missed = moved.map(([digest]) => ({ digest }));
  const holds = (digests: readonly Digest[]): boolean => digests.every((one) => restored.has(one));
  const outcome = { images: whole, pulled: { layout: store.path, transfers, missed } };
  return planSaves(outcome, { holds }, policy);
}

/** True when the layout has the blobs that go into the entry of an image. */
async function isWhole(
  image: Resolved,
  store: Served["store"],
  { keys }: SavePolicy,
): Promise<boolean> {
  for (const { digest, size = 0 } of blobsOf(image)) {
    const blob = { digest, size };
    const isSmall = keys.blob(blob) === undefined;
    if (isSmall && !(await store.has(blob))) return false;
  }
  return true;
}
