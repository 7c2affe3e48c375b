import type { Digest } from "../oci/digest.ts";
import { problem } from "./problem.ts";
import { problemsOf, type Resolved } from "./resolved.ts";

/**
 * The same image, with the problem `not-pinned` when files must name it by digest and one does not.
 * An image with another problem keeps that one.
 */
export function judgePin(image: Resolved): Resolved {
  const { wanted, root } = image;
  const isPinned = wanted.unpinned !== true;
  if (isPinned || root === undefined || problemsOf(image).length > 0) return image;
  const { written } = wanted;
  const pinned = withDigest(written, root.fetched.digest);
  const next = `write ${pinned}, or let pins: write do it`;
  return { ...image, problem: problem("not-pinned", written, "it has no digest", next) };
}

/** A reference as it was written, with its tag and a digest. */
function withDigest(written: string, digest: Digest): string {
  const [named = ""] = written.split("@");
  const isTagged = /:[^/]*$/.test(named.replace(/^docker:\/\//, ""));
  return isTagged ? `${named}@${digest}` : `${named}:latest@${digest}`;
}
