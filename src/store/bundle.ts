import { algorithmOf, asDigest, type Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { digestOfBytes } from "./hash.ts";
import { TAR_BLOCK, tarEnd, tarEntry, tarHeader, tarPadding } from "./tarball.ts";

/** The most bytes a bundle may have: a few hundred documents and small blobs are far below. */
export const BUNDLE_LIMIT = 64 * 1024 * 1024;

/** Some blobs as one tar, named by their digests. The same blobs in the same order give the same bytes. */
export function toBundle(blobs: readonly { readonly digest: Digest; readonly bytes: Buffer }[]): Buffer {
  const parts = blobs.flatMap(({ digest, bytes }) => [...tarEntry(nameOf(digest), bytes)]);
  return Buffer.concat([...parts, tarEnd()]);
}

/**
 * The blobs of a bundle, as slices of its memory. The bundle is untrusted: it is accepted only when
 * it is, byte for byte, what {@link toBundle} writes for blobs that have their digests. Any misfit
 * refuses the whole bundle. Fails as `invalid`, naming the misfit, and with the signal's reason.
 */
export async function fromBundle(bundle: Buffer, signal: AbortSignal): Promise<ReadonlyMap<Digest, Buffer>> {
  const blobs = new Map<Digest, Buffer>();
  const end = tarEnd();
  let at = 0;
  while (!bundle.subarray(at).equals(end)) {
    const { digest, bytes, next } = memberAt(bundle, at);
    if (blobs.has(digest)) throw misfit(at, `${digest} a second time`);
    const got = await digestOfBytes(bytes, algorithmOf(digest), signal);
    if (got !== digest) throw misfit(at, `bytes of ${digest} that have ${got}`);
    blobs.set(digest, bytes);
    at = next;
  }
  return blobs;
}

type Member = { readonly digest: Digest; readonly bytes: Buffer; readonly next: number };

/** The member at `at`. Its header is written again and compared, so no field is left unchecked. */
function memberAt(bundle: Buffer, at: number): Member {
  const header = bundle.subarray(at, at + TAR_BLOCK);
  const [digest, size] = [digestIn(header), sizeIn(header)];
  const start = at + TAR_BLOCK;
  const fits = size >= 0 && size <= bundle.length - start;
  if (digest === undefined || !fits) throw misfit(at, "no header of ours");
  if (!tarHeader(nameOf(digest), size).equals(header)) throw misfit(at, "a header that differs from ours");
  const padding = tarPadding(size);
  const next = start + size + padding.length;
  if (!bundle.subarray(start + size, next).equals(padding)) throw misfit(at, "bytes in the padding");
  return { digest, bytes: bundle.subarray(start, start + size), next };
}

/** A header has 100 bytes for the name and 155 for a prefix: a sha512 digest is cut to fit both. */
function nameOf(digest: Digest): string {
  return digest.replace(":", "/").replace(/[0-9a-f]{64}(?=.)/, "$&/");
}

// Fields: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
function digestIn(header: Buffer): Digest | undefined {
  const [prefix, name] = [textIn(header, 345, 155), textIn(header, 0, 100)];
  return asDigest(`${prefix}${name}`.replace("/", ":"));
}

function sizeIn(header: Buffer): number {
  return Number.parseInt(textIn(header, 124, 12), 8);
}

function textIn(header: Buffer, start: number, length: number): string {
  const [text = ""] = header.toString("latin1", start, start + length).split("\0");
  return text;
}

function misfit(at: number, found: string): PullError {
  return new PullError("wrong-entry", `expected a bundle as this action writes it, got ${found} at byte ${at}`);
}
