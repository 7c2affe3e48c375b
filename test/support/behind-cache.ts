import { CachedRegistry, type CachedRegistryOptions } from "../../src/pull/cached-registry.ts";
import type { Registry } from "../../src/pull/ports.ts";
import type { Reliance } from "../../src/pull/reliance.ts";
import { MemoryCache } from "./memory-store.ts";

/** Registries are asked, and what they refuse fails. */
export const STRICT: Reliance = { confirms: true, whenRefused: "fail", mayHavePrivate: true };

/** A registry behind an empty cache and an empty layout, unless `options` say otherwise. */
export function behindCache(
  registry: Registry,
  options: Partial<CachedRegistryOptions> & Pick<CachedRegistryOptions, "keys">,
): CachedRegistry {
  return new CachedRegistry(registry, {
    cache: new MemoryCache(),
    inLayout: async () => undefined,
    reliance: STRICT,
    ...options,
  });
}
