import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import type { ArchivedImage } from "../oci/layout.ts";
import type { Platform } from "../oci/platform.ts";
import type { Foreseen } from "../pull/outcome.ts";
import { inTurns } from "../pull/pool.ts";
import { type EnginePart, enginePart } from "./engine-part.ts";
import type { EngineStore } from "./engine-store.ts";

/** Images that are being pulled, as an engine gets them meanwhile. */
export type Arriving = {
  readonly images: readonly Foreseen[];
  /** An archive whose blobs follow as they arrive. Fails when the pull ends without one. */
  readonly archive: (image: ArchivedImage) => AsyncIterable<Buffer>;
  /**
   * The reference by which an engine on this machine can pull a digest; undefined when nothing can
   * be served to it.
   */
  readonly referenceTo: (digest: Digest) => Promise<string | undefined>;
};

/** How an engine came to have an image. */
export type EarlyLoad = "had" | "loaded";

/** What engines have of the images that are being pulled, by the image's name in the step. */
export type EarlyLoads = ReadonlyMap<string, EarlyLoad>;

// While one image is unpacked, another one arrives.
const AT_ONCE = 2;

/**
 * Loads images into an engine while they are pulled. An engine that keeps digests pulls them from
 * this process: that takes it less time than an archive, which it gets otherwise. An image that
 * cannot be loaded in this way is left out. Nothing is reported: what is left out is loaded later.
 */
export async function loadEarly(
  arriving: Arriving,
  opened: Promise<EngineStore>,
  runner: Platform,
): Promise<EarlyLoads> {
  const results = await inTurns(arriving.images, AT_ONCE, async (image) => {
    const load = await loadOrNot(image, arriving, opened, runner);
    return load === undefined ? [] : [[image.wanted.name, load] as const];
  });
  return new Map(results.flat());
}

async function loadOrNot(
  image: Foreseen,
  arriving: Arriving,
  opened: Promise<EngineStore>,
  runner: Platform,
): Promise<EarlyLoad | undefined> {
  try {
    const store = await opened;
    const part = enginePart(image.loadable, image.wanted.reference, store.abilities, runner);
    // At the same time: an engine that has the image has pulled it before it has answered.
    const asked = [store.has(part), pullOwn(part, store, arriving)] as const;
    const [isHeld, pulled] = await Promise.all(asked);
    // What it pulled has all blobs, and lacks only the image's own name.
    const archived = pulled === undefined ? part.archived : withoutBlobs(part.archived, image);
    try {
      if (!isHeld) await store.load(arriving.archive(archived), part.shown);
    } finally {
      if (pulled !== undefined) await store.removeName(pulled);
    }
    return isHeld ? "had" : "loaded";
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    return undefined;
  }
}

/** Makes the engine pull an image. The name that it then has; undefined when it pulled nothing. */
async function pullOwn(
  { archived, platforms }: EnginePart,
  store: EngineStore,
  { referenceTo }: Arriving,
): Promise<string | undefined> {
  if (!store.abilities.pulls) return undefined;
  const reference = await referenceTo(archived.entry.digest);
  if (reference === undefined) return undefined;
  return (await store.pull(reference, platforms)) ? reference : undefined;
}

/** The same archive with documents alone. */
function withoutBlobs(archived: ArchivedImage, { documents }: Foreseen): ArchivedImage {
  const kept = new Set(documents.map(({ digest }) => digest));
  return { ...archived, blobs: archived.blobs.filter(({ digest }) => kept.has(digest)) };
}
