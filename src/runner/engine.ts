import { asProblem } from "../gate/problem.ts";
import { problemsOf } from "../gate/resolved.ts";
import { describeDocument } from "../oci/document.ts";
import { PullError } from "../oci/failure.ts";
import type { ArchivedImage } from "../oci/layout.ts";
import type { Platform } from "../oci/platform.ts";
import type { Loadable, Result } from "../pull/outcome.ts";
import type { EarlyLoad, EarlyLoads } from "./early-loads.ts";
import type { EngineName } from "./engine-calls.ts";
import { type EnginePart, enginePart } from "./engine-part.ts";
import type { EngineStore } from "./engine-store.ts";

/** What loading needs, and what it reports to. */
export type LoadOptions = {
  /** The platform of the machine. */
  readonly runner: Platform;
  readonly archive: (image: ArchivedImage) => AsyncIterable<Buffer>;
  readonly say: (line: string) => void;
  readonly warn: (message: string) => void;
};

/**
 * Loads images that are in the layout, one after the other, unless the engine got them before.
 * Returns all images; an image that the engine refuses has a problem. Fails as `unsupported` when
 * the engine does not answer.
 */
export type Load = (images: readonly Result[]) => Promise<readonly Result[]>;

/** An engine, and what it got while images were pulled. */
export type Engine = {
  readonly name: EngineName;
  readonly store: Promise<EngineStore>;
  readonly early: Promise<EarlyLoads>;
};

/** Loads into one engine. */
export function loader(engine: Engine, options: LoadOptions): Load {
  return async (images) => {
    for (const image of images.filter(isUnloadable)) {
      options.say(nothingToLoad(engine.name, image));
    }
    if (!images.some(loadableOf)) return images;
    const store = await engine.store;
    const early = await engine.early;
    const loaded = await loadAll(images, (image, loadable) => {
      const { name, reference } = image.wanted;
      const part = enginePart(loadable, reference, store.abilities, options.runner);
      return load(part, early.get(name), store, options);
    });
    if (!store.abilities.digests) options.warn(withoutDigests(engine.name));
    return loaded;
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

function withoutDigests(engine: EngineName): string {
  const what = "uses the classic image store, which discards digests";
  return `this ${engine} ${what}: refer to loaded images by tag`;
}

type LoadOne = (image: Result, loadable: Loadable) => Promise<void>;

async function loadAll(images: readonly Result[], loadOne: LoadOne): Promise<readonly Result[]> {
  const loaded: Result[] = [];
  for (const image of images) loaded.push(await tried(image, loadOne));
  return loaded;
}

/** The image, with a problem if the engine refuses it. */
async function tried(image: Result, loadOne: LoadOne): Promise<Result> {
  const loadable = loadableOf(image);
  if (loadable === undefined) return image;
  try {
    await loadOne(image, loadable);
    return image;
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    const problem = asProblem(error, image.wanted.written);
    return { ...image, problem };
  }
}

/** Loads an image under its name and tag, unless the engine has it. */
async function load(
  part: EnginePart,
  early: EarlyLoad | undefined,
  store: EngineStore,
  { archive, say, warn }: LoadOptions,
): Promise<void> {
  const { engine, abilities } = store;
  const { archived, pinned, shown, left } = part;
  const platforms = part.platforms.join(", ");
  const isHeld = early === undefined ? await store.has(part) : early === "had";
  if (isHeld) {
    say(`${engine} already has ${shown} for ${platforms}`);
  } else {
    if (early === undefined) await store.load(archive(archived), shown);
    const digest = abilities.digests ? `, which is ${pinned}` : "";
    say(`${engine} loaded ${shown} for ${platforms}${digest}`);
  }
  if (left.length === 0) return;
  const only = `only the layout has ${left.join(", ")}`;
  warn(`${engine} holds one platform of ${shown}, ${platforms}; ${only}`);
}
