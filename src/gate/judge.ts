// The gate decides whether one image is as required. It reads the top document (resolve), finds the
// platforms that are offered (candidates), verifies those that count (verify), and states the
// verdict as a value. Everything it reads comes from a `Source`, which may be a registry, a cache
// or a mirror: the gate does not know which. Whatever a registry or an image does wrong becomes a
// problem in the result, with a status of the closed list in oci/failure.ts, so that one bad image
// never hides the verdict on another.
import { distinctBlobs } from "../oci/blob.ts";
import { type Artifact, describeDocument, isArtifact } from "../oci/document.ts";
import { PullError } from "../oci/failure.ts";
import { formatPlatform } from "../oci/platform.ts";
import {
  EXAMINED_COUNT,
  expectAtMost,
  fromIndex,
  fromManifest,
  type Inquiry,
  PLATFORM_COUNT,
  type Selection,
} from "./candidates.ts";
import { asLocked, coversAll, expectLocked, judgeLock, lockedDigest, lockVerdict } from "./lock.ts";
import { type Locked, type Plan, soughtPlatforms, type Wanted } from "./plan.ts";
import { asProblem, problem } from "./problem.ts";
import { resolveRoot } from "./resolve.ts";
import type { PlatformOutcome, Resolved, Root } from "./resolved.ts";
import type { Source } from "./source.ts";
import { checkTag, tagHint, UNKNOWN_TAG, withTag } from "./tags.ts";
import { Configs, checkBlobs, verifyOffer } from "./verify.ts";

/** How deep to examine an image and, for a pull, the platform to take if none is required. */
export type Thoroughness = Pick<Plan, "verify" | "pullsFor" | "checksTags">;

/**
 * Everything about one image, as deep as asked: what it is, what it offers, and whether everything
 * required exists. Where it does not exist and has another form, that form counts. What a registry
 * or an image does wrong is a problem in the result; only a bug throws.
 */
export async function resolveImage(
  source: Source,
  wanted: Wanted,
  thoroughness: Thoroughness,
): Promise<Resolved> {
  try {
    return await examine(source, wanted, thoroughness);
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    const { otherwise } = wanted;
    // A locked digest belongs to the first form.
    const isAbsent = error.status === "not-found" && lockedDigest(wanted) === undefined;
    if (otherwise === undefined || !isAbsent) return unresolved(source, wanted, error, "");
    const { written, reference } = otherwise;
    const other = { ...wanted, written, reference };
    return resolveOther(source, other, thoroughness, { wanted, error });
  }
}

/** A form of a reference that does not exist. */
type Absent = { readonly wanted: Wanted; readonly error: PullError };

/** What {@link resolveImage} returns for the other form of a reference that does not exist. */
async function resolveOther(
  source: Source,
  wanted: Wanted,
  thoroughness: Thoroughness,
  first: Absent,
): Promise<Resolved> {
  try {
    return await examine(source, wanted, thoroughness);
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    if (error.status !== "not-found") {
      return unresolved(source, wanted, error, `, and ${first.wanted.written} does not exist`);
    }
    const neither = `, and ${wanted.written} does not exist either`;
    return unresolved(source, first.wanted, first.error, neither);
  }
}

/** An image of which nothing is known but a problem. `more` ends what was found. */
async function unresolved(
  source: Source,
  wanted: Wanted,
  error: PullError,
  more: string,
): Promise<Resolved> {
  const { reason } = error;
  const found = `${error.found}${more}`;
  const next = `${error.next}${await tagHint(source, wanted, error)}`;
  return { ...nothingOf(wanted), problem: problem(reason, wanted.written, found, next) };
}

function nothingOf(wanted: Wanted): Omit<Resolved, "problem"> {
  const lock = lockVerdict(wanted, "");
  return { wanted, root: undefined, platforms: [], blobs: [], warnings: [], lock };
}

/**
 * The verdict on an image. Fails when its top document cannot be read, and as `not-locked` when its
 * lock file does not have it.
 */
async function examine(
  source: Source,
  wanted: Wanted,
  thoroughness: Thoroughness,
): Promise<Resolved> {
  expectLocked(wanted);
  const entry = await unmovedEntry(source, wanted, thoroughness);
  if (entry !== undefined) {
    return { ...asLocked(wanted, entry), lock: lockVerdict(wanted, "same") };
  }
  const [root, tag] = await Promise.all([
    resolveRoot(source, wanted, thoroughness.pullsFor),
    thoroughness.checksTags ? checkTag(source, wanted) : UNKNOWN_TAG,
  ]);
  const failed = (error: unknown): Resolved => {
    return { ...nothingOf(wanted), root, problem: asProblem(error, wanted.written) };
  };
  const inquiry = inquire(source, wanted, thoroughness, root);
  const resolved = judgeLock(await judge(inquiry).catch(failed));
  return withTag(resolved, root.fetched.digest, tag);
}

/**
 * The lock entry of an image whose tag has not moved and of which nothing has to be read again:
 * documents with a digest never change. Undefined when it has to be read.
 */
async function unmovedEntry(
  source: Source,
  wanted: Wanted,
  { verify, pullsFor }: Thoroughness,
): Promise<Locked | undefined> {
  const { lock, reference, platforms, base, used } = wanted;
  const isRead = verify === "blobs" || pullsFor !== undefined || base !== undefined;
  const { entry } = lock ?? {};
  if (lock?.mode !== "update" || entry === undefined || isRead) return undefined;
  if (!coversAll(platforms, entry)) return undefined;
  if (used !== undefined) {
    const isSame = used === entry.digest && (await checkTag(source, wanted)).state === "same";
    return isSame ? entry : undefined;
  }
  const { digest } = await source.claim(reference, reference.tag ?? "latest");
  return digest === entry.digest ? entry : undefined;
}

/** A pull and a base need manifests and configs, even if less is to be verified. */
function inquire(
  source: Source,
  wanted: Wanted,
  { verify, pullsFor }: Thoroughness,
  root: Root,
): Inquiry {
  const pulled = pullsFor !== undefined;
  const needsConfigs = pulled || wanted.base !== undefined;
  return {
    source,
    repository: wanted.reference,
    depth: needsConfigs && verify === "index" ? "manifest" : verify,
    pulled,
    configs: new Configs(),
    wanted,
    root,
    sought: soughtPlatforms(wanted, pullsFor),
  };
}

async function judge(inquiry: Inquiry): Promise<Resolved> {
  const { wanted, root } = inquiry;
  const { document } = root;
  if (isArtifact(document)) return judgeArtifact(inquiry, document);
  const isIndex = document.kind === "index";
  const { candidates, missing } = await (isIndex ? fromIndex(inquiry) : fromManifest(inquiry));
  const chosen = candidates.filter((candidate) => candidate.chosen);
  if (inquiry.depth !== "index") expectAtMost(EXAMINED_COUNT, chosen.length, "platforms");
  expectAtMost(PLATFORM_COUNT, candidates.length, "platforms");
  const judged = await Promise.all(
    candidates.map((candidate) => judgePlatform(inquiry, candidate)),
  );
  const outcomes = judged.map(({ outcome }) => outcome);
  return {
    wanted,
    root,
    platforms: [...outcomes, ...missing],
    problem: undefined,
    blobs: [],
    warnings: judged.flatMap(({ warnings }) => warnings),
  };
}

type Judged = { readonly outcome: PlatformOutcome; readonly warnings: readonly string[] };

async function judgePlatform(
  inquiry: Inquiry,
  candidate: Selection["candidates"][number],
): Promise<Judged> {
  const { wanted, depth } = inquiry;
  const { offer, image, chosen } = candidate;
  const outcome: PlatformOutcome = {
    platform: formatPlatform(candidate.platform),
    required: chosen && wanted.platforms !== "any",
    status: chosen || image !== undefined ? "ok" : "listed",
    reason: "",
    message: "",
    digest: offer?.descriptor.digest ?? image?.manifest.digest,
    image,
  };
  const isExamined = chosen && depth !== "index";
  if (!isExamined || offer === undefined) return { outcome, warnings: [] };
  try {
    const verified = await verifyOffer(inquiry, offer);
    const warnings = verified.warnings.map((text) => `${wanted.written}: ${text}`);
    return { outcome: { ...outcome, image: verified.image }, warnings };
  } catch (error) {
    const found = asProblem(error, `${wanted.written} ${outcome.platform}`);
    return { outcome: { ...outcome, ...found }, warnings: [] };
  }
}

async function judgeArtifact(inquiry: Inquiry, document: Artifact): Promise<Resolved> {
  const { wanted, root, depth } = inquiry;
  const config = document.config === undefined ? [] : [document.config];
  const blobs = distinctBlobs([...config, ...document.layers]);
  const result = { wanted, root, platforms: [], blobs, warnings: [] };
  if (wanted.platforms !== "any") {
    const found = `it is ${describeDocument(document)} and has no platform`;
    return { ...result, problem: problem(document.kind, wanted.written, found) };
  }
  await Promise.all([
    depth === "index" ? undefined : checkBlobs(inquiry, "config", config),
    depth === "blobs" ? checkBlobs(inquiry, "layer", document.layers) : undefined,
  ]);
  return { ...result, problem: undefined };
}
