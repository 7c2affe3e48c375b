import { PullError } from "../oci/failure.ts";
import type { IngestPart } from "./ingest.ts";

/** Takes an entry's bytes, and proves them. */
export type CacheTarget = {
  /** A way in for the bytes from `start` on. */
  part(start: number): Pick<IngestPart, "received" | "write">;
  restart(): Promise<void>;
  commit(): Promise<void>;
};

/** Bytes to save, once and in order. The iteration fails at its end when their digest is wrong. */
export type Outgoing = { readonly size: number; readonly slices: AsyncIterable<Buffer> };

/** What became of an entry that was to be saved. */
export type Saved = "saved" | "there" | "failed";

/** True when an error says that the bytes are wrong, not that they could not be read. */
export function isWrong(error: unknown): boolean {
  return error instanceof PullError && error.status === "invalid";
}

/** The warning about a wrong entry: which one, what is wrong with it, and what to do. */
export function wrongEntry(key: string, why: string): string {
  const cure = "its blobs come from the registry; delete the entry, so that a right one can be saved";
  return `the cache entry ${key} is wrong and not used: ${why}; ${cure}`;
}
