import { asProblem } from "../gate/problem.ts";
import { problemsOf } from "../gate/resolved.ts";
import { distinctBlobs } from "../oci/blob.ts";
import { describeDocument } from "../oci/document.ts";
import { PullError } from "../oci/failure.ts";
import type { ArchivedImage } from "../oci/layout.ts";
import { formatPlatform, type Platform, satisfies } from "../oci/platform.ts";
import { type Repository, repositoryName } from "../oci/reference.ts";
import type { Loadable, LoadablePlatform, Result } from "../pull/outcome.ts";
import {
  type EngineName,
  type EngineStore,
  openEngineStore,
  type RunEngine,
} from "./engine-store.ts";

/** What loading needs, and what it reports to. */
export type LoadOptions = {
  /** The platform of the machine. */
  readonly runner: Platform;
  readonly archive: (image: ArchivedImage) => AsyncIterable<Buffer>;
  readonly run: RunEngine;
  readonly say: (line: string) => void;
  readonly warn: (message: string) => void;
};

/**
 * Loads images that are in the layout, one after the other. Returns all images; an image that the
 * engine refuses has a problem. Fails as `unsupported` when the engine does not answer.
 */
export type Load = (images: readonly Result[]) => Promise<readonly Result[]>;

/** Loads into one engine. It asks the engine about its store at once, while images are pulled. */
export function loader(engine: EngineName, options: LoadOptions): Load {
  const opened = openEngineStore(engine, options.run);
  // Reported by the load; mark as handled until then.
  opened.catch(() => undefined);
  return async (images) => {
    for (const image of images.filter(isUnloadable)) {
      options.say(nothingToLoad(engine, image));
    }
    if (!images.some(loadableOf)) return images;
    return loadAll(images, await opened, options);
  };
}

/** What an engine loads of an image that is in the layout and has no problem. */
function loadableOf(image: Result): Loadable | undefined {
  if (problemsOf(image).length > 0) return undefined;
  return image.pulled?.stored?.loadable;
}

function isUnloadable(image: Result): boolean {
  const stored = image.pulled?.stored;
  if (stored === undefined) return false;
  if (problemsOf(image).length > 0) return false;
  return stored.loadable === undefined;
}

function nothingToLoad(engine: EngineName, { wanted, root }: Result): string {
  const what = root === undefined ? "not an image" : describeDocument(root.document);
  return `${wanted.written} is ${what}: it is in the layout, ${engine} cannot load it`;
}

async function loadAll(
  images: readonly Result[],
  store: EngineStore,
  options: LoadOptions,
): Promise<readonly Result[]> {
  const loaded: Result[] = [];
  for (const image of images) {
    loaded.push(await loadOne(image, store, options));
  }
  if (!store.abilities.digests) {
    const what = "uses the classic image store, which discards digests";
    options.warn(`this ${store.engine} ${what}: refer to loaded images by tag`);
  }
  return loaded;
}

async function loadOne(image: Result, store: EngineStore, options: LoadOptions): Promise<Result> {
  const loadable = loadableOf(image);
  if (loadable === undefined) return image;
  try {
    await load(loadable, image.wanted.reference, store, options);
    return image;
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    const problem = asProblem(error, image.wanted.written);
    return { ...image, problem };
  }
}

/** Loads an image under its name and tag, unless the engine has it. */
async function load(
  image: Loadable,
  repository: Repository,
  store: EngineStore,
  { archive, runner, say, warn }: LoadOptions,
): Promise<void> {
  const { engine, abilities } = store;
  const [first, ...others] = image.platforms;
  if (first === undefined) return;
  const held = abilities.platforms ? image.platforms : [first];
  const isWhole = !abilities.choosesPlatform || satisfies(runner, first.platform);
  const archived = toArchived(image, first, held, isWhole);
  const pinned = `${repositoryName(repository)}@${archived.entry.digest}`;
  const shown = image.tag ?? pinned;
  const platforms = formatPlatforms(held);
  if (await store.has(image, archived, pinned)) {
    say(`${engine} already has ${shown} for ${platforms}`);
  } else {
    await store.load(archive(archived), shown);
    const digest = abilities.digests ? `, which is ${pinned}` : "";
    say(`${engine} loaded ${shown} for ${platforms}${digest}`);
  }
  if (others.length === 0 || abilities.platforms) return;
  const left = formatPlatforms(others);
  warn(`${engine} holds one platform of ${shown}, ${platforms}; only the layout has ${left}`);
}

function formatPlatforms(platforms: readonly LoadablePlatform[]): string {
  return platforms.map(({ platform }) => formatPlatform(platform)).join(", ");
}

/**
 * The archive of the platforms of an image that the store holds. Its entry is that of the image or,
 * when the engine would not find its machine's platform in the index, that of the only manifest.
 */
function toArchived(
  { entry, documents, tag }: Loadable,
  { manifest, config, layers }: LoadablePlatform,
  held: readonly LoadablePlatform[],
  isWhole: boolean,
): ArchivedImage {
  const parts = held.flatMap((platform) => platform.blobs);
  const blobs = isWhole ? [...documents, ...parts] : parts;
  return {
    entry: isWhole ? entry : { ...entry, ...manifest },
    blobs: distinctBlobs(blobs),
    config,
    layers,
    tag,
  };
}
