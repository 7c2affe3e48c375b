import { createHash } from "node:crypto";
import { PullError } from "./failure.ts";
import { excerpt } from "./json.ts";

declare const checked: unique symbol;

/**
 * `algorithm:encoded`, checked: lower-case hex of the right length. Only the functions of this file
 * create one.
 */
export type Digest = string & { readonly [checked]: "Digest" };

/** The hash functions that digests may use. */
export type Algorithm = "sha256" | "sha512";

// https://github.com/opencontainers/image-spec/blob/main/descriptor.md#registered-algorithms
const HEX_LENGTH: Readonly<Record<Algorithm, number>> = {
  sha256: 256 / 4,
  sha512: 512 / 4,
};

/**
 * The digest in `text`. Fails as `invalid`, naming the wrong part, on anything but
 * `sha256:<64 hex>` or `sha512:<128 hex>` in lower case.
 */
export function parseDigest(text: string): Digest {
  const problem = digestProblem(text);
  if (problem === undefined) return text as Digest;
  const shown = JSON.stringify(excerpt(text));
  throw new PullError("wrong-digest", `digest ${shown}: ${problem}`);
}

/** The digest in `text`; undefined when {@link parseDigest} would refuse it. */
export function asDigest(text: string): Digest | undefined {
  return digestProblem(text) === undefined ? (text as Digest) : undefined;
}

function digestProblem(text: string): string | undefined {
  const colon = text.indexOf(":");
  if (colon < 0) return "expected algorithm:hex, like sha256:…, got no colon";
  const algorithm = text.slice(0, colon);
  const encoded = text.slice(colon + 1);
  if (algorithm !== "sha256" && algorithm !== "sha512") {
    return `expected the algorithm sha256 or sha512, got ${JSON.stringify(excerpt(algorithm))}`;
  }
  if (/^[0-9a-f]*$/.test(encoded)) {
    const expected = HEX_LENGTH[algorithm];
    if (encoded.length === expected) return undefined;
    return `expected ${expected} hex digits, got ${encoded.length}`;
  }
  const isHex = /^[0-9a-fA-F]*$/.test(encoded);
  if (isHex) return "expected lower-case hex digits, got upper case";
  return "expected hex digits only after the colon";
}

/** The algorithm of a digest. */
export function algorithmOf(digest: Digest): Algorithm {
  return digest.startsWith("sha512:") ? "sha512" : "sha256";
}

/** What follows the algorithm of a digest: lower-case hex digits. */
export function encodedOf(digest: Digest): string {
  return digest.slice(digest.indexOf(":") + 1);
}

/** Computes the digest of `bytes`. */
export function digestOf(bytes: Uint8Array, algorithm: Algorithm = "sha256"): Digest {
  const hex = createHash(algorithm).update(bytes).digest("hex");
  return `${algorithm}:${hex}` as Digest;
}

/** Computes the digest of bytes that arrive in several chunks, in order. */
export type Hasher = {
  readonly update: (bytes: Uint8Array) => void;
  readonly digest: () => Digest;
};

/** A new hasher. Its `digest` may be called once. */
export function hasher(algorithm: Algorithm): Hasher {
  const hash = createHash(algorithm);
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => `${algorithm}:${hash.digest("hex")}` as Digest,
  };
}

/** Bytes that have another digest than expected. A second download may succeed. */
export class DigestError extends PullError {}

/**
 * Fails as `invalid`, with a {@link DigestError}, unless `bytes` have the expected digest. `who`
 * says in the message where that digest comes from: `asked for`, `the registry announced`.
 */
export function expectDigest(bytes: Uint8Array, expected: Digest, who: string): void {
  const got = digestOf(bytes, algorithmOf(expected));
  if (got === expected) return;
  const found = `${who} ${expected}, got ${bytes.length} bytes that have ${got}`;
  throw new DigestError("digest-differs", `digest differs: ${found}`);
}
