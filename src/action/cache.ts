import { readFileSync } from "node:fs";
import { keysUnder } from "../pull/cache-keys.ts";
import { CachedRegistry } from "../pull/cached-registry.ts";
import type { BlobCache } from "../pull/ports.ts";
import type { SavePolicy } from "../pull/save-plan.ts";
import { cachePolicy, isPrivateRepository } from "../runner/cache-policy.ts";
import { type Connected, connectCache } from "./connect.ts";
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

/** Puts the cache that this step may use in front of registries. */
export async function openCache(
  { registry, http }: Pick<Connected, "registry" | "http">,
  step: Step,
): Promise<Cached> {
  const { inputs, machine, workflow, signal } = step;
  const { runner: pullsFor } = inputs;
  const { minSize, maxSize, savePrivate, keyPrefix, mode } = inputs.cache;
  const { environment } = machine;
  const event = readEvent(environment);
  const { kind, restore, save, why } = cachePolicy(mode, environment, event);
  if (why !== "") workflow.say(why);
  const keys = keysUnder(keyPrefix, minSize);
  const voice = warnOnce(workflow);
  const isRestoring = kind !== "none" && restore;
  const cache = isRestoring
    ? await connectCache(kind, http, { machine, voice, signal })
    : EMPTY_CACHE;
  const isShared = kind === "service" && !isPrivateRepository(event);
  const includePrivate = savePrivate || !isShared;
  const isSaving = kind !== "none" && save;
  return {
    registry: new CachedRegistry(registry, { cache, keys, warn: workflow.warn }),
    saves: isSaving ? { kind, keys, pullsFor, most: maxSize, includePrivate } : undefined,
    voice,
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
