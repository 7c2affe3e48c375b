import assert from "node:assert/strict";
import { resolveImage, type Thoroughness } from "../../src/gate/judge.ts";
import type { Locked, LockWanted, Mention, Requirement, Wanted } from "../../src/gate/plan.ts";
import { problemsOf, type Resolved } from "../../src/gate/resolved.ts";
import type { Source } from "../../src/gate/source.ts";
import type { Blob } from "../../src/oci/blob.ts";
import { PullError } from "../../src/oci/failure.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import type { Reason } from "../../src/oci/reason.ts";
import { parseReference } from "../../src/oci/reference.ts";
import type { PullOptions } from "../../src/pull/pull.ts";
import type { Content, Made } from "./image.ts";

/** Platforms as the input lists them: `all`, `any`, or names with commas between. */
export function required(text: string): Requirement {
  if (text === "all" || text === "any") return text;
  return text.split(",").map(parsePlatform);
}

/** An image that a workflow names, and that requires linux/amd64 unless `more` says otherwise. */
export function wantedImage(written: string, more: Partial<Wanted> = {}): Wanted {
  return {
    name: written,
    written,
    reference: parseReference(written),
    platforms: required("linux/amd64"),
    optional: false,
    ...more,
  };
}

/** What the gate finds out, at depth `manifest` unless `more` says otherwise. */
export function resolved(
  source: Source,
  written: string,
  more: Partial<Wanted & Thoroughness> = {},
): Promise<Resolved> {
  const { verify = "manifest", pullsFor, checksTags = true, ...wanted } = more;
  const thoroughness = { verify, pullsFor, checksTags };
  return resolveImage(source, wantedImage(written, wanted), thoroughness);
}

/** The platforms of an image, one a line: `linux/arm64 listed unrequired`. */
export function statesOf({ platforms }: Resolved): readonly string[] {
  return platforms.map(
    ({ platform, status, required }) => `${platform} ${status}${required ? "" : " unrequired"}`,
  );
}

/** The messages of an image's problems, one a line. */
export function messagesOf(image: Resolved): string {
  return problemsOf(image)
    .map(({ message }) => message)
    .join("\n");
}

export function asBlob({ digest, bytes }: Content): Blob {
  return { digest, size: bytes.length };
}

/** Options of a pull on a clock where a wait takes no time. */
export function pullOptions(more: Partial<PullOptions> = {}): PullOptions {
  let time = 1_000_000;
  return {
    concurrency: 3,
    progress: { planned: () => undefined, moved: () => undefined },
    now: () => time,
    sleep: async (ms) => {
      time += ms;
    },
    signal: new AbortController().signal,
    patience: { until: 0, interval: 0 },
    runner: parsePlatform("linux/amd64"),
    ...more,
  };
}

/** Checks what was thrown: a failure for this reason, with a message that matches. */
export function failure(reason: Reason, message = /./): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof PullError, String(error));
    assert.equal(error.reason, reason, error.message);
    assert.match(error.message, message);
    return true;
  };
}

/** What a lock file has on an image that was locked on 2026-11-01, with these of its platforms. */
export function lockedImage({ digest }: Content, platforms: readonly Made[] = []): Locked {
  const digests = platforms.map((made) => [made.platform ?? "", made.digest] as const);
  return { digest, platforms: new Map(digests), day: "2026-11-01" };
}

/** How a step uses the file `images.lock.json` for an image. */
export function lockOf(mode: LockWanted["mode"], entry: Locked | undefined): LockWanted {
  return { file: "images.lock.json", mode, entry };
}

/** A place in a file that must have a digest, and has none. */
export const UNPINNED: Mention = { platforms: "any", optional: false, unpinned: "reference" };
