import type { Blob } from "../oci/blob.ts";
import { readDigest, readSize } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { asList, asObject, asString, type Json, parseJson } from "../oci/json.ts";

/** Documents and small blobs that become one entry. */
export type PendingBundle = {
  readonly key: string;
  /** In the layout. */
  readonly bundle: readonly Digest[];
  /**
   * Documents that no layout holds: a schema 1 manifest was converted. A signed one is saved
   * without its signatures, because an entry is proven by its digest.
   */
  readonly inline: readonly InlineDocument[];
};

/** A document in base64. */
export type InlineDocument = { readonly digest: Digest; readonly base64: string };

/** A large blob that becomes an entry of its own. */
export type PendingBlob = { readonly key: string; readonly blob: Blob };

/** An entry to save after the job. */
export type PendingSave = PendingBlob | PendingBundle;

/** Where entries are kept: in the Actions service, or in a directory of at most `size` bytes. */
export type CachePlace =
  | { readonly kind: "service" }
  | { readonly kind: "directory"; readonly path: string; readonly size: number };

/** The entries to save after the job, with the layout they come from and the cache they go to. */
export type PendingSaves = {
  readonly layout: string;
  readonly cache: CachePlace;
  readonly entries: readonly PendingSave[];
};

/**
 * The pending saves in the JSON file that the step wrote. Other processes may have changed the file
 * since, so every field is checked, above all the digests that become paths. Fails as `invalid`,
 * naming the field.
 */
export function parsePendingSaves(text: Uint8Array): PendingSaves {
  const fields = asObject(parseJson(text, "pending saves"), "pending saves");
  const layout = asString(fields["layout"], "pending saves layout");
  if (layout === "") throw wrongState("pending saves layout: expected a path, got none");
  return {
    layout,
    cache: readPlace(fields["cache"]),
    entries: asList(fields["entries"], "pending saves entries").map(readEntry),
  };
}

function readPlace(value: Json | undefined): CachePlace {
  const what = "pending saves cache";
  const fields = asObject(value, what);
  const kind = asString(fields["kind"], `${what} kind`);
  if (kind === "service") return { kind };
  if (kind === "directory") {
    return { kind, path: readPath(fields["path"], what), size: readSize(fields["size"], what) };
  }
  throw wrongState(`${what} kind: expected service or directory, got ${JSON.stringify(kind)}`);
}

// Absolute on POSIX, and on Windows on a drive or in a share.
const ABSOLUTE = /^(\/|[A-Za-z]:[\\/]|\\\\)/;

/** A relative path would depend on the working directory of the post step. */
function readPath(value: Json | undefined, what: string): string {
  const path = asString(value, `${what} path`);
  if (ABSOLUTE.test(path) && !path.includes("\0")) return path;
  throw wrongState(`${what} path: expected an absolute path, got ${JSON.stringify(path)}`);
}

function readEntry(value: Json, at: number): PendingSave {
  const what = `pending saves entries[${at}]`;
  const fields = asObject(value, what);
  const key = readKey(fields["key"], what);
  if (fields["blob"] !== undefined) {
    return { key, blob: readBlob(fields["blob"], `${what} blob`) };
  }
  const bundle = asList(fields["bundle"], `${what} bundle`);
  const inline = asList(fields["inline"], `${what} inline`);
  return {
    key,
    bundle: bundle.map((digest) => readDigest(digest, `${what} bundle`)),
    inline: inline.map((document) => readInline(document, `${what} inline`)),
  };
}

/** The characters that the cache's own keys consist of. */
function readKey(value: Json | undefined, what: string): string {
  const key = asString(value, `${what} key`);
  if (/^[A-Za-z0-9._+-]{1,512}$/.test(key)) return key;
  throw wrongState(`${what} key: expected at most 512 letters, digits and . _ + -`);
}

function readBlob(value: Json, what: string): Blob {
  const fields = asObject(value, what);
  const digest = readDigest(fields["digest"], what);
  const size = readSize(fields["size"], what);
  return { digest, size };
}

function readInline(value: Json, what: string): InlineDocument {
  const fields = asObject(value, what);
  const base64 = asString(fields["base64"], `${what} base64`);
  return { digest: readDigest(fields["digest"], what), base64 };
}

function wrongState(found: string): PullError {
  return new PullError("wrong-state", found);
}
