import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Digest } from "../oci/digest.ts";
import { DOCUMENT_BYTES } from "../oci/document.ts";
import { keysUnder } from "../pull/cache-keys.ts";
import { CachedRegistry, type CachedRegistryOptions } from "../pull/cached-registry.ts";
import type { CachePlace } from "../pull/pending-saves.ts";
import type { BlobCache } from "../pull/ports.ts";
import type { SavePolicy } from "../pull/save-plan.ts";
import type { CacheInputs } from "../runner/cache-inputs.ts";
import {
  type CachePolicy,
  type CacheUse,
  cachePolicy,
  isPrivateScope,
} from "../runner/cache-policy.ts";
import { readSmallIn } from "../store/layout.ts";
import { type Connected, connectCache } from "./connect.ts";
import { cachesOf, layoutOf } from "./directories.ts";
import { type Step, type Voice, warnOnce } from "./task.ts";

/** A registry behind the cache, and what may be saved to that. */
export type Cached = {
  readonly registry: CachedRegistry;
  /** Undefined when nothing may be saved. */
  readonly saves: SavePolicy | undefined;
  /** Reports problems of the cache: one warning a step, the rest as log lines. */
  readonly voice: Voice;
  /** What the summary says about the cache. */
  readonly use: CacheUse;
};

const EMPTY_CACHE: BlobCache = {
  restore: async () => false,
  bundle: async () => new Map(),
};

/** The cache that a step may use, and how documents that are here may be used. */
export type UsedCache = Pick<CachedRegistryOptions, "cache" | "keys" | "reliance"> &
  Omit<Cached, "registry">;

/** Puts the cache that this step may use, and the layout, in front of registries. */
export async function openCache(
  { registry, http }: Pick<Connected, "registry" | "http">,
  step: Step,
): Promise<Cached> {
  const { saves, voice, use, ...options } = await usedCache(http, step);
  const inLayout = documentsOf(layoutOf(step.inputs.path, step.machine.environment));
  return { registry: new CachedRegistry(registry, { ...options, inLayout }), saves, voice, use };
}

/** The cache that this step may use. */
export async function usedCache(http: Connected["http"], step: Step): Promise<UsedCache> {
  const { inputs, machine, workflow, signal } = step;
  const { minSize, maxSize, savePrivate, keyPrefix, mode, directory } = inputs.cache;
  const { environment } = machine;
  const event = readEvent(environment);
  const policy = cachePolicy(mode, environment, event, directory);
  if (policy.why !== "") workflow.say(policy.why);
  const keys = keysUnder(keyPrefix, minSize);
  const voice = warnOnce(workflow);
  const place = placeOf(policy.kind, inputs.cache, environment);
  const isRestoring = place !== undefined && policy.restore;
  const task = { machine, voice, signal };
  const cache = isRestoring ? await connectCache(place, http, task) : EMPTY_CACHE;
  const includePrivate = savePrivate || isPrivateScope(environment, event);
  const saves = { keys, pullsFor: inputs.runner, most: maxSize, includePrivate };
  const isSaving = place !== undefined && policy.save;
  return {
    cache,
    keys,
    reliance: {
      confirms: inputs.plan.checksTags,
      whenRefused: inputs.cache.whenUnavailable,
      mayHavePrivate: includePrivate,
    },
    saves: isSaving ? { ...saves, cache: place } : undefined,
    voice,
    use: policy,
  };
}

/** Where the entries of a kind of cache are. */
function placeOf(
  kind: CachePolicy["kind"],
  { directory, directorySize }: CacheInputs,
  environment: NodeJS.ProcessEnv,
): CachePlace | undefined {
  if (kind === "none") return undefined;
  if (kind === "service") return { kind };
  const path = resolve(directory || join(cachesOf(environment), "registry-pull"));
  return { kind, path, size: directorySize };
}

/** Reads documents of a layout, each once. */
export function documentsOf(layout: string): CachedRegistryOptions["inLayout"] {
  const documents = new Map<Digest, Promise<Buffer | undefined>>();
  return (digest) => {
    const read = documents.get(digest) ?? readSmallIn(layout, digest, DOCUMENT_BYTES);
    documents.set(digest, read);
    return read;
  };
}

function readEvent(environment: NodeJS.ProcessEnv): string {
  const path = environment["GITHUB_EVENT_PATH"];
  try {
    return path ? readFileSync(path, "utf8") : "";
  } catch {
    return "";
  }
}
