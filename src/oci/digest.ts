import { createHash } from "node:crypto";
import { PullError } from "./failure.ts";
import { excerpt } from "./json.ts";

declare const checked: unique symbol;

/** `algorithm:encoded`, checked: lower-case hex of the right length. Only {@link parseDigest} and {@link digestOf} make one. */
export type Digest = string & { readonly [checked]: "Digest" };

/** The hash functions a digest may be made with here. */
export type Algorithm = "sha256" | "sha512";

// https://github.com/opencontainers/image-spec/blob/main/descriptor.md#registered-algorithms
const HEX_LENGTH: Readonly<Record<Algorithm, number>> = { sha256: 256 / 4, sha512: 512 / 4 };

/**
 * The digest written in `text`.
 * Fails as `invalid`, naming the part that is wrong, on anything but `sha256:<64 hex>` or `sha512:<128 hex>` in lower case.
 */
export function parseDigest(text: string): Digest {
  const problem = digestProblem(text);
  if (problem !== undefined) throw new PullError("wrong-digest", `digest ${JSON.stringify(excerpt(text))}: ${problem}`);
  return text as Digest;
}

/** The digest written in `text`, or undefined when there is none. */
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
    return encoded.length === expected ? undefined : `expected ${expected} hex digits, got ${encoded.length}`;
  }
  return /^[0-9a-fA-F]*$/.test(encoded) ? "expected lower-case hex digits, got upper case" : "expected hex digits only after the colon";
}

/** The algorithm a digest was made with. */
export function algorithmOf(digest: Digest): Algorithm {
  return digest.startsWith("sha512:") ? "sha512" : "sha256";
}

/** The digest of `bytes`, computed here and now. */
export function digestOf(bytes: Uint8Array, algorithm: Algorithm = "sha256"): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}` as Digest;
}

/** Computes a digest of bytes that come in parts, in order. */
export type Hasher = { readonly update: (bytes: Uint8Array) => void; readonly digest: () => Digest };

/** A hasher that has seen nothing yet; `digest` may be asked once. */
export function hasher(algorithm: Algorithm): Hasher {
  const hash = createHash(algorithm);
  return { update: (bytes) => void hash.update(bytes), digest: () => `${algorithm}:${hash.digest("hex")}` as Digest };
}
