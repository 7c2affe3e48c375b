import { readDigest, readSize } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { asList, asObject, asString, type Json, parseJson } from "../oci/json.ts";
import type { Blob } from "./ports.ts";

/** Documents and small blobs that become one entry. */
export type PendingBundle = {
  readonly key: string;
  /** In the layout. */
  readonly bundle: readonly Digest[];
  /**
   * Documents that no layout holds, in base64: a schema 1 manifest was converted there. Of a signed
   * one only the payload, whose digest it is: what is restored is proven by its digest as it stands.
   */
  readonly inline: readonly { readonly digest: Digest; readonly base64: string }[];
};

/** One entry to save: a single blob of the layout as it is, or several small ones together. */
export type PendingSave = { readonly key: string; readonly blob: Blob } | PendingBundle;

/** What is to be saved after the job: from which layout, and into which cache. */
export type PendingSaves = {
  readonly layout: string;
  readonly kind: "service" | "directory";
  readonly entries: readonly PendingSave[];
};

/**
 * The pending saves in the JSON file that the step wrote. Other processes may have changed it since,
 * so every field is checked, above all the digests that paths are built from. Fails as `invalid`,
 * naming the field.
 */
export function parsePendingSaves(text: Uint8Array): PendingSaves {
  const fields = asObject(parseJson(text, "pending saves"), "pending saves");
  const kind = asString(fields["kind"], "pending saves kind");
  if (kind !== "service" && kind !== "directory") {
    throw new PullError("wrong-state", `pending saves kind: expected service or directory, got ${JSON.stringify(kind)}`);
  }
  const layout = asString(fields["layout"], "pending saves layout");
  if (layout === "") throw new PullError("wrong-state", "pending saves layout: expected a path, got none");
  return {
    layout,
    kind,
    entries: asList(fields["entries"], "pending saves entries").map(readEntry),
  };
}

function readEntry(value: Json, at: number): PendingSave {
  const what = `pending saves entries[${at}]`;
  const fields = asObject(value, what);
  const key = readKey(fields["key"], what);
  if (fields["blob"] !== undefined) return { key, blob: readBlob(fields["blob"], `${what} blob`) };
  const digests = asList(fields["bundle"], `${what} bundle`);
  return {
    key,
    bundle: digests.map((digest) => readDigest(digest, `${what} bundle`)),
    inline: asList(fields["inline"], `${what} inline`).map((document) => readInline(document, `${what} inline`)),
  };
}

/** As the cache's own keys are written. */
function readKey(value: Json | undefined, what: string): string {
  const key = asString(value, `${what} key`);
  if (/^[A-Za-z0-9._+-]{1,512}$/.test(key)) return key;
  throw new PullError("wrong-state", `${what} key: expected at most 512 letters, digits and . _ + -`);
}

function readBlob(value: Json, what: string): Blob {
  const fields = asObject(value, what);
  return { digest: readDigest(fields["digest"], what), size: readSize(fields["size"], what) };
}

function readInline(value: Json, what: string): PendingBundle["inline"][number] {
  const fields = asObject(value, what);
  return { digest: readDigest(fields["digest"], what), base64: asString(fields["base64"], `${what} base64`) };
}
