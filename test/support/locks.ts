import fc from "fast-check";
import type { Locked } from "../../src/gate/plan.ts";
import { type Digest, parseDigest } from "../../src/oci/digest.ts";
import { formatReference, parseReference } from "../../src/oci/reference.ts";
import type { LockFile } from "../../src/runner/lock-file.ts";

/** A digest of one hex digit, repeated. */
export function digestOfAll(digit: string, algorithm: "sha256" | "sha512" = "sha256"): Digest {
  return parseDigest(`${algorithm}:${digit.repeat(algorithm === "sha256" ? 64 : 128)}`);
}

const digest = fc
  .tuple(fc.constantFrom(..."abcd"), fc.constantFrom("sha256" as const, "sha512" as const))
  .map(([digit, algorithm]) => digestOfAll(digit, algorithm));

/** Platforms in their normal form. */
export const PLATFORMS = [
  "linux/amd64",
  "linux/arm/v7",
  "linux/arm64",
  "windows(10.0.20348.169)/amd64",
];

/** An entry. Few different values, so that two entries often have the same lines. */
export const locked: fc.Arbitrary<Locked> = fc
  .tuple(
    digest,
    fc.constantFrom("2024-02-29", "2026-11-20", "2026-11-21"),
    fc.dictionary(fc.constantFrom(...PLATFORMS), digest),
  )
  .map(([of, day, platforms]) => ({
    digest: of,
    day,
    platforms: new Map(Object.entries(platforms)),
  }));

const registry = fc.constantFrom(
  "docker.io/",
  "ghcr.io/",
  "localhost/",
  "localhost:5000/",
  "[::1]:443/",
);
const component = fc.stringMatching(/^[a-z0-9]{1,6}(?:(?:\.|_|__|-{1,3})[a-z0-9]{1,6})?$/);
const repository = fc.array(component, { minLength: 1, maxLength: 3 });
const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,12}$/);

/** A reference without a digest, in its full form. */
export const fullReference: fc.Arbitrary<string> = fc
  .tuple(registry, repository, tag)
  .map(([host, components, name]) => {
    return formatReference(parseReference(`${host}${components.join("/")}:${name}`));
  });

/** A lock file with some entries. */
export const lockFile: fc.Arbitrary<LockFile> = fc
  .array(fc.tuple(fullReference, locked), { maxLength: 8 })
  .map((entries) => new Map(entries));
