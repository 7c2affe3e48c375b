import { isAbsolute } from "node:path";
import { CACHE_MODES, type CacheMode } from "./cache-policy.ts";
import type { Values } from "./input-names.ts";

/** How a step uses the cache. */
export type CacheInputs = {
  readonly mode: CacheMode;
  /** Bytes of the smallest blob that has a cache entry of its own. */
  readonly minSize: number;
  /** Compressed bytes of the largest image that is saved. */
  readonly maxSize: number;
  readonly savePrivate: boolean;
  readonly keyPrefix: string;
  readonly failOnMiss: boolean;
  /** What happens when the registry refuses what is here. */
  readonly whenUnavailable: "fail" | "use-cache";
  /** A directory in place of the cache service; empty for none. */
  readonly directory: string;
  /** Bytes that the directory may have. */
  readonly directorySize: number;
};

/** The inputs about the cache. */
export function readCache(values: Values): CacheInputs {
  return {
    mode: values.choice<CacheMode>("cache-mode", CACHE_MODES),
    minSize: values.size("cache-min-size"),
    maxSize: values.size("cache-max-size"),
    savePrivate: values.boolean("cache-private"),
    keyPrefix: readKeyPrefix(values),
    failOnMiss: values.boolean("fail-on-cache-miss"),
    whenUnavailable: values.choice("when-unavailable", ["fail", "use-cache"]),
    directory: readDirectory(values),
    directorySize: values.size("cache-directory-size"),
  };
}

/** An absolute path: the step and the one after the job may run in different directories. */
function readDirectory(values: Values): string {
  const path = values.matching(
    "cache-directory",
    /^\P{Cc}*$/u,
    "a path without control characters",
  );
  if (path !== "" && !isAbsolute(path)) {
    values.complain(`cache-directory: expected an absolute path, got ${JSON.stringify(path)}`);
  }
  return path;
}

/**
 * Cache keys have at most 512 characters and no comma. What follows the prefix is longest in the
 * entry of an image with a sha512 digest.
 */
function readKeyPrefix(values: Values): string {
  const expected = "at most 100 letters, digits and . _ -";
  return values.matching("cache-key-prefix", /^[A-Za-z0-9._-]{1,100}$/, expected);
}
