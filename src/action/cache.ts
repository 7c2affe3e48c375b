import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DOCUMENT_BYTES } from "../oci/document.ts";
import { keysUnder } from "../pull/cache-keys.ts";
import { CachedRegistry, type CachedRegistryOptions } from "../pull/cached-registry.ts";
import type { CachePlace } from "../pull/pending-saves.ts";
import type { BlobCache } from "../pull/ports.ts";
import type { SavePolicy } from "../pull/save-plan.ts";
import { type CachePolicy, cachePolicy, isPrivateScope } from "../runner/cache-policy.ts";
import type { CacheInputs } from "../runner/inputs.ts";
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
};

const EMPTY_CACHE: BlobCache = {
  restore: async () => false,
  bundle: async () => new Map(),
};

/** Puts the cache that this step may use, and the layout, in front of registries. */
export async function openCache(
  { registry, http }: Pick<Connected, "registry" | "http">,
  step: Step,
): Promise<Cached> {
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
    registry: new CachedRegistry(registry, {
      cache,
      keys,
      inLayout: documentsOf(layoutOf(inputs.path, environment)),
      reliance: {
        confirms: inputs.plan.checksTags,
        whenRefused: inputs.cache.whenUnavailable,
        mayHavePrivate: includePrivate,
      },
    }),
    saves: isSaving ? { ...saves, cache: place } : undefined,
    voice,
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

function documentsOf(layout: string): CachedRegistryOptions["inLayout"] {
  return (digest) => readSmallIn(layout, digest, DOCUMENT_BYTES);
}

function readEvent(environment: NodeJS.ProcessEnv): string {
  const path = environment["GITHUB_EVENT_PATH"];
  try {
    return path ? readFileSync(path, "utf8") : "";
  } catch {
    return "";
  }
}
