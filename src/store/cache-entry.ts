import { PullError } from "../oci/failure.ts";
import type { IngestPart } from "./ingest.ts";

/** Takes an entry's bytes, and proves them. */
export type CacheTarget = {
  /** A way in for the bytes from `start` on. */
  part(start: number): Pick<IngestPart, "received" | "write">;
  restart(): Promise<void>;
  commit(): Promise<void>;
};

/** Bytes to save, read once and in order. The iteration ends when all of them were right, and fails when they were not. */
export type Outgoing = { readonly size: number; readonly slices: AsyncIterable<Buffer> };

/** What became of an entry that was to be saved. */
export type Saved = "saved" | "there" | "failed";

/** True when an error says that bytes were wrong, and not that they could not be had. */
export function isWrong(error: unknown): boolean {
  return error instanceof PullError && error.status === "invalid";
}

/** The warning about an entry that is there and cannot be used: which one, what is wrong with it, and what to do. */
export function wrongEntry(key: string, why: string): string {
  return `the cache entry ${key} is wrong and not used: ${why}. Its blobs come from the registry instead; delete the entry, so that a right one can be saved`;
}
