import { algorithmOf } from "../oci/digest.ts";
import type { Document } from "../oci/document.ts";
import { PullError } from "../oci/failure.ts";
import { formatPlatform } from "../oci/platform.ts";
import { nearestTags } from "../oci/reference.ts";
import { fromIndex, fromManifest, type Inquiry, PLATFORM_LIMIT, refuseMany, type Selection } from "./candidates.ts";
import { asProblem, type Plan, type PlatformOutcome, problem, type Resolved, type Root, type Wanted } from "./plan.ts";
import type { Source } from "./ports.ts";
import { resolveRoot } from "./resolve.ts";
import { Budget, checkBlobs, describeArtifact, distinctBlobs, notAnImageReason, verifyOffer } from "./verify.ts";

/** How an image is looked into: how deep and, when it is pulled, for which platform where none is required. */
export type Thoroughness = Pick<Plan, "verify" | "pullsFor">;

/**
 * Everything about one image, as deep as asked: what it is, what it offers, and whether what is required is there.
 * Never fails for what a registry or an image can do: that is a problem in the result.
 */
export async function resolveImage(source: Source, wanted: Wanted, thoroughness: Thoroughness): Promise<Resolved> {
  const nothing = { wanted, root: undefined, platforms: [], blobs: [], warnings: [] };
  try {
    const [root, moved] = await Promise.all([resolveRoot(source, wanted.reference), tagWarnings(source, wanted)]);
    const failed = (error: unknown): Resolved => ({ ...nothing, root, problem: asProblem(error, wanted.written) });
    const resolved = await judge(inquire(source, wanted, thoroughness, root)).catch(failed);
    return { ...resolved, warnings: [...moved, ...resolved.warnings] };
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    const next = `${error.next}${await tagHint(source, wanted, error)}`;
    return { ...nothing, problem: problem(error.reason, wanted.written, error.found, next) };
  }
}

/** A pull needs manifests and configs, however little is to be verified. */
function inquire(source: Source, wanted: Wanted, { verify, pullsFor }: Thoroughness, root: Root): Inquiry {
  const pulled = pullsFor !== undefined;
  const depth = pulled && verify === "index" ? "manifest" : verify;
  const sought = pulled && wanted.platforms === "any" ? [pullsFor] : wanted.platforms;
  return { source, image: wanted.reference, depth, pulled, budget: new Budget(), wanted, root, sought };
}

const HINTED_TAGS = 5;

/** The tags there are instead of one that is not: most often it is misspelt, or another one's version. */
async function tagHint(source: Source, { reference }: Wanted, { status }: PullError): Promise<string> {
  const { tag, digest } = reference;
  if (status !== "not-found" || tag === undefined || digest !== undefined) return "";
  const tags = await source.tags(reference).catch((error: unknown) => {
    if (!(error instanceof PullError)) throw error;
    return [];
  });
  if (tags.length === 0) return "";
  return `; nearest of its ${tags.length} tags: ${nearestTags(tag, tags, HINTED_TAGS).join(", ")}`;
}

/** With tag and digest the digest decides; a tag that has moved on is worth a word. */
async function tagWarnings(source: Source, { reference, written }: Wanted): Promise<readonly string[]> {
  const { tag, digest } = reference;
  if (tag === undefined || digest === undefined) return [];
  try {
    const { digest: now } = await source.claim(reference, tag);
    // A registry names sha256, and of another algorithm's digest nothing can be said.
    if (now === undefined || algorithmOf(now) !== algorithmOf(digest)) return [];
    return now === digest ? [] : [`${written}: the tag ${tag} now points at ${now}; the digest given decides`];
  } catch (error) {
    const { status } = asProblem(error, written);
    return status === "not-found" ? [`${written}: the tag ${tag} does not exist (any more); the digest given decides`] : [];
  }
}

async function judge(inquiry: Inquiry): Promise<Resolved> {
  const { wanted, root } = inquiry;
  if (root.document.kind === "artifact" || root.document.kind === "buildkit-cache") return judgeArtifact(inquiry, root.document);
  const { candidates, missing } = root.document.kind === "index" ? await fromIndex(inquiry) : await fromManifest(inquiry);
  if (inquiry.depth !== "index") refuseMany("platforms", candidates.filter(({ chosen }) => chosen).length);
  refuseMany("platforms", candidates.length, PLATFORM_LIMIT);
  const judged = await Promise.all(candidates.map((candidate) => judgePlatform(inquiry, candidate)));
  const platforms = [...judged.map(({ outcome }) => outcome), ...missing];
  return { wanted, root, platforms, problem: undefined, blobs: [], warnings: judged.flatMap(({ warnings }) => warnings) };
}

type Judged = { readonly outcome: PlatformOutcome; readonly warnings: readonly string[] };

async function judgePlatform(inquiry: Inquiry, candidate: Selection["candidates"][number]): Promise<Judged> {
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
  if (!chosen || offer === undefined || depth === "index") return { outcome, warnings: [] };
  try {
    const verified = await verifyOffer(inquiry, offer);
    return { outcome: { ...outcome, image: verified.image }, warnings: verified.warnings.map((text) => `${wanted.written}: ${text}`) };
  } catch (error) {
    return { outcome: { ...outcome, ...asProblem(error, `${wanted.written} ${outcome.platform}`) }, warnings: [] };
  }
}

type Artifact = Extract<Document, { kind: "artifact" | "buildkit-cache" }>;

async function judgeArtifact(inquiry: Inquiry, document: Artifact): Promise<Resolved> {
  const { wanted, root, depth } = inquiry;
  const config = document.config === undefined ? [] : [document.config];
  const result = { wanted, root, platforms: [], blobs: distinctBlobs([...config, ...document.layers]), warnings: [] };
  if (wanted.platforms !== "any") {
    const found = `it is ${describeArtifact(document)} and has no platform`;
    return { ...result, problem: problem(notAnImageReason(document), wanted.written, found) };
  }
  await Promise.all([
    depth === "index" ? undefined : checkBlobs(inquiry, "config", config),
    depth === "blobs" ? checkBlobs(inquiry, "layer", document.layers) : undefined,
  ]);
  return { ...result, problem: undefined };
}
