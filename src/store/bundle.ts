// The format of a bundle, the cache entry of an image: its documents and small blobs as one tar,
// each file named by its digest. A restored bundle is untrusted. It is accepted only if it is, byte
// for byte, what this file writes for blobs with these digests: every field of a header and all
// padding is checked, and nothing is unpacked or parsed before that.
import { algorithmOf, asDigest, type Digest, digestOf } from "../oci/digest.ts";
import { foundBy, PullError } from "../oci/failure.ts";
import { wrongEntry } from "./cache.ts";
import { digestOfBytes } from "./hash.ts";
import type { Layout } from "./layout.ts";
import { TAR_BLOCK, tarEnd, tarEntry, tarHeader, tarPadding } from "./tarball.ts";

/** The largest bundle in bytes. A few hundred documents and small blobs take far less. */
export const BUNDLE_LIMIT = 64 * 1024 * 1024;

/** A blob of a bundle. */
export type Member = { readonly digest: Digest; readonly bytes: Buffer };

/**
 * The bundle of some documents and then of some blobs of a layout, each of them hashed. Fails as
 * `dangling` when the layout no longer has the right bytes of a blob; as `invalid` when a document
 * has another digest, or when the bundle would have more than {@link BUNDLE_LIMIT} bytes.
 */
export async function makeBundle(
  layout: Pick<Layout, "readSmall">,
  digests: readonly Digest[],
  documents: readonly Member[],
): Promise<Buffer> {
  for (const { digest, bytes } of documents) {
    if (digestOf(bytes, algorithmOf(digest)) === digest) continue;
    throw new PullError("wrong-state", `the document ${digest} has changed since it was verified`);
  }
  const members: Member[] = [...documents];
  let size = sizeOfBundle(members);
  expectRestorable(size);
  for (const digest of digests) {
    const member = await readMember(layout, digest);
    members.push(member);
    size += sizeOfMember(member);
    expectRestorable(size);
  }
  return toBundle(members);
}

async function readMember(layout: Pick<Layout, "readSmall">, digest: Digest): Promise<Member> {
  const bytes = await layout.readSmall(digest, BUNDLE_LIMIT);
  if (bytes !== undefined) return { digest, bytes };
  const found = `blob ${digest} of the layout has changed since it was verified`;
  throw new PullError("layout-changed", found);
}

function sizeOfBundle(members: readonly Member[]): number {
  return members.reduce((size, member) => size + sizeOfMember(member), tarEnd().length);
}

function sizeOfMember({ bytes }: Member): number {
  return TAR_BLOCK + bytes.length + tarPadding(bytes.length).length;
}

/** Checked per member, so that no more than the limit is ever in memory. */
function expectRestorable(size: number): void {
  if (size <= BUNDLE_LIMIT) return;
  const found = `the bundle has more than ${BUNDLE_LIMIT} bytes`;
  throw new PullError("too-large", found, { next: "lower cache-min-size" });
}

/** Some blobs as one tar. The same blobs in the same order make the same bytes. */
export function toBundle(members: readonly Member[]): Buffer {
  const parts = members.flatMap(({ digest, bytes }) => [...tarEntry(nameOf(digest), bytes)]);
  return Buffer.concat([...parts, tarEnd()]);
}

/**
 * The blobs of a restored bundle. A wrong bundle is a warning, and has no blobs. Fails only with
 * the signal's reason, when it aborts while the blobs are hashed.
 */
export async function openBundle(
  key: string,
  bundle: Buffer,
  signal: AbortSignal,
  warn: (message: string) => void,
): Promise<ReadonlyMap<Digest, Buffer>> {
  try {
    return await fromBundle(bundle, signal);
  } catch (error) {
    signal.throwIfAborted();
    warn(wrongEntry(key, foundBy(error)));
    return new Map();
  }
}

/**
 * The blobs of a bundle, as slices of its memory. Fails as `invalid`, naming the first difference,
 * on anything but what {@link toBundle} writes: all blobs are accepted, or none. Fails with the
 * signal's reason when it aborts.
 */
export async function fromBundle(
  bundle: Buffer,
  signal: AbortSignal,
): Promise<ReadonlyMap<Digest, Buffer>> {
  const blobs = new Map<Digest, Buffer>();
  const end = tarEnd();
  let at = 0;
  while (!bundle.subarray(at).equals(end)) {
    const { digest, bytes, next } = memberAt(bundle, at);
    if (blobs.has(digest)) throw difference(at, `${digest} a second time`);
    const got = await digestOfBytes(bytes, algorithmOf(digest), signal);
    if (got !== digest) throw difference(at, `bytes for ${digest} that have ${got}`);
    blobs.set(digest, bytes);
    at = next;
  }
  return blobs;
}

/** The member at `at`. Its header is compared with a new one, so that every field is checked. */
function memberAt(bundle: Buffer, at: number): Member & { readonly next: number } {
  const header = bundle.subarray(at, at + TAR_BLOCK);
  const digest = digestIn(header);
  const size = sizeIn(header);
  const start = at + TAR_BLOCK;
  const fits = size >= 0 && size <= bundle.length - start;
  if (digest === undefined || !fits) throw difference(at, "no header of a bundle");
  if (!tarHeader(nameOf(digest), size).equals(header)) throw difference(at, "another header");
  const padding = tarPadding(size);
  const next = start + size + padding.length;
  const isPadded = bundle.subarray(start + size, next).equals(padding);
  if (!isPadded) throw difference(at, "bytes in the padding");
  return { digest, bytes: bundle.subarray(start, start + size), next };
}

/** A header has 100 bytes for the name and 155 for its prefix: a sha512 digest needs both. */
function nameOf(digest: Digest): string {
  return digest.replace(":", "/").replace(/[0-9a-f]{64}(?=.)/, "$&/");
}

// Fields: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
function digestIn(header: Buffer): Digest | undefined {
  const prefix = textIn(header, 345, 155);
  const name = textIn(header, 0, 100);
  return asDigest(`${prefix}${name}`.replace("/", ":"));
}

function sizeIn(header: Buffer): number {
  return Number.parseInt(textIn(header, 124, 12), 8);
}

function textIn(header: Buffer, start: number, length: number): string {
  const [text = ""] = header.toString("latin1", start, start + length).split("\0");
  return text;
}

function difference(at: number, found: string): PullError {
  const expected = "expected a bundle as this action writes it";
  return new PullError("wrong-entry", `${expected}, got ${found} at byte ${at}`);
}
