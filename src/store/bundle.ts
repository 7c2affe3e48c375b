import { Parser } from "tar/parse";
import { algorithmOf, asDigest, type Digest, digestOf } from "../oci/digest.ts";
import { documentContent } from "../oci/schema1.ts";
import { tarEnd, tarEntry } from "./tarball.ts";

// More than an image's documents and small blobs ever are; an entry that says otherwise is no entry of ours.
const ENTRY_LIMIT = 4_096;

/** Some blobs as one tar, named by their digests. The same blobs in the same order give the same bytes. */
export function toBundle(blobs: readonly { readonly digest: Digest; readonly bytes: Buffer }[]): Buffer {
  const parts = blobs.flatMap(({ digest, bytes }) => [...tarEntry(digest.replace(":", "/"), bytes)]);
  return Buffer.concat([...parts, tarEnd()]);
}

/** A blob that was proven, and the part of it that its digest is over: all of it, but for a signed schema 1 manifest. */
export type Proven = { readonly bytes: Buffer; readonly content: Buffer };

/**
 * The blobs of a bundle whose bytes have the digest they are named by; all others are left out, whatever they are.
 * Read in memory and never extracted, so that no name in it is a path.
 */
export async function fromBundle(bundle: Buffer): Promise<ReadonlyMap<Digest, Proven>> {
  const blobs = new Map<Digest, Proven>();
  const parser = new Parser({ strict: false });
  const pending: Promise<void>[] = [];
  parser.on("entry", (entry) => {
    const digest = asDigest(entry.path.replace("/", ":"));
    if (digest === undefined || entry.type !== "File" || pending.length >= ENTRY_LIMIT) return void entry.resume();
    pending.push(
      entry.concat().then((bytes: Buffer) => {
        const proves = (part: Buffer): boolean => digestOf(part, algorithmOf(digest)) === digest;
        if (proves(bytes)) return void blobs.set(digest, { bytes, content: bytes });
        // Only what is not right as it is can be a signed manifest, and only then is it looked for.
        const content = documentContent(bytes);
        if (content !== bytes && proves(content)) blobs.set(digest, { bytes, content });
      }),
    );
  });
  await new Promise<void>((resolve) => {
    parser
      .on("end", resolve)
      .on("error", resolve)
      .on("warn", () => undefined);
    parser.end(bundle);
  });
  await Promise.allSettled(pending);
  return blobs;
}
