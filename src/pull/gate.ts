import { algorithmOf } from "../oci/digest.ts";
import type { Document } from "../oci/document.ts";
import { PullError } from "../oci/failure.ts";
import { formatPlatform, nearest, type Platform, satisfies } from "../oci/platform.ts";
import { nearestTags } from "../oci/reference.ts";
import type { Depth, Offer, PlatformImage, PlatformOutcome, Problem, Resolved, Root, Wanted } from "./plan.ts";
import type { Source } from "./ports.ts";
import { MANIFEST_LIMIT, resolveRoot } from "./resolve.ts";
import { checkBlobs, describeArtifact, distinctBlobs, verifyImage, verifyListed, verifyOffer } from "./verify.ts";

/** What is known of one platform before it is judged. */
type Candidate = { readonly platform: Platform; readonly offer: Offer | undefined; readonly image: PlatformImage | undefined };

/**
 * Everything about one image, as deep as asked: what it is, what it offers, and whether what is required is there.
 * Never fails for what a registry or an image can do: that is a problem in the result.
 */
export async function resolveImage(source: Source, wanted: Wanted, depth: Depth): Promise<Resolved> {
  const nothing = { wanted, root: undefined, platforms: [], blobs: [], warnings: [] };
  try {
    const [root, moved] = await Promise.all([resolveRoot(source, wanted.reference), tagWarnings(source, wanted)]);
    const failed = (error: unknown): Resolved => ({ ...nothing, root, problem: asProblem(error, wanted.written) });
    const resolved = await judge({ source, wanted, depth, root }).catch(failed);
    return { ...resolved, warnings: [...moved, ...resolved.warnings] };
  } catch (error) {
    const problem = asProblem(error, wanted.written);
    return { ...nothing, problem: { ...problem, message: `${problem.message}${await tagHint(source, wanted, problem)}` } };
  }
}

const HINTED_TAGS = 5;

/** The tags there are instead of one that is not: most often it is misspelt, or another one's version. */
async function tagHint(source: Source, { reference }: Wanted, { status }: Problem): Promise<string> {
  const { tag, digest } = reference;
  if (status !== "not-found" || tag === undefined || digest !== undefined) return "";
  const tags = await source.tags(reference).catch((error: unknown) => {
    if (!(error instanceof PullError)) throw error;
    return [];
  });
  if (tags.length === 0) return "";
  return `; nearest of its ${tags.length} tags: ${nearestTags(tag, tags, HINTED_TAGS).join(", ")}`;
}

/** One image under the gate: where to ask, what is wanted, how deep, and what it turned out to be. */
type Inquiry = { readonly source: Source; readonly wanted: Wanted; readonly depth: Depth; readonly root: Root };

/** The problem with `asked`; only what no user can act on goes on as an exception. */
function asProblem(error: unknown, asked: string): Problem {
  if (!(error instanceof PullError)) throw error;
  return { status: error.status, message: `${asked}: ${error.message}` };
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
  if (inquiry.depth !== "index") refuseMany("platforms", candidates.filter(({ required }) => required).length);
  const judged = await Promise.all(candidates.map((candidate) => judgePlatform(inquiry, candidate)));
  const platforms = [...judged.map(({ outcome }) => outcome), ...missing];
  return { wanted, root, platforms, problem: undefined, blobs: [], warnings: judged.flatMap(({ warnings }) => warnings) };
}

/** An image is built for a dozen platforms; to look into a thousand is what a hostile index wants of us. */
function refuseMany(what: string, count: number): void {
  if (count > MANIFEST_LIMIT) throw new PullError("invalid", `too many ${what}: expected at most ${MANIFEST_LIMIT}, got ${count}`);
}

type Selection = {
  readonly candidates: readonly (Candidate & { readonly required: boolean })[];
  readonly missing: readonly PlatformOutcome[];
};

async function fromIndex(inquiry: Inquiry): Promise<Selection> {
  const offers = distinct([...inquiry.root.offers, ...(await namedByConfig(inquiry))]);
  const candidates = offers.map((offer) => ({ platform: offer.platform, offer, image: undefined }));
  return select(inquiry.wanted, candidates);
}

/** A single manifest offers what its config says; it is looked into at once, as nothing else knows its platform. */
async function fromManifest({ source, wanted, depth, root }: Inquiry): Promise<Selection> {
  const image = await verifyImage(source, wanted.reference, root.fetched, root.document, depth);
  return select(wanted, [{ platform: image.config.platform, offer: undefined, image }]);
}

/** Entries without a platform are looked into only when what is required is not among the others. */
async function namedByConfig({ source, wanted, root }: Inquiry): Promise<readonly Offer[]> {
  const { platforms, reference } = wanted;
  if (platforms === "any" || root.unnamed.length === 0) return [];
  const missing = platforms === "all" || platforms.some((required) => !root.offers.some((offer) => satisfies(required, offer.platform)));
  if (!missing) return [];
  refuseMany("entries without a platform", root.unnamed.length);
  const looked = root.unnamed.map(async (descriptor): Promise<readonly Offer[]> => {
    try {
      const { config } = await verifyListed(source, reference, descriptor, "manifest");
      return [{ platform: config.platform, descriptor }];
    } catch (error) {
      // An artifact in an index is no platform, and nothing that is wrong with this image.
      if (asProblem(error, wanted.written).status === "not-an-image") return [];
      throw error;
    }
  });
  return (await Promise.all(looked)).flat();
}

/** "If multiple manifests match, the first matching entry SHOULD be used": https://github.com/opencontainers/image-spec/blob/main/image-index.md */
function distinct(offers: readonly Offer[]): readonly Offer[] {
  const first = new Map<string, Offer>();
  for (const offer of offers) {
    const key = formatPlatform(offer.platform);
    if (!first.has(key)) first.set(key, offer);
  }
  return [...first.values()];
}

function select(wanted: Wanted, candidates: readonly Candidate[]): Selection {
  const { platforms } = wanted;
  if (platforms === "any") return { candidates: candidates.map((candidate) => ({ ...candidate, required: false })), missing: [] };
  if (platforms === "all") {
    const missing = candidates.length === 0 ? [missingPlatform(wanted, undefined, [])] : [];
    return { candidates: candidates.map((candidate) => ({ ...candidate, required: true })), missing };
  }
  const chosen = platforms.map((required) => candidates.find(({ platform }) => satisfies(required, platform)));
  const offered = candidates.map(({ platform }) => platform);
  return {
    candidates: candidates.map((candidate) => ({ ...candidate, required: chosen.includes(candidate) })),
    missing: platforms.filter((_, at) => chosen[at] === undefined).map((required) => missingPlatform(wanted, required, offered)),
  };
}

function missingPlatform(wanted: Wanted, required: Platform | undefined, offered: readonly Platform[]): PlatformOutcome {
  const near = required && nearest(required, offered);
  const offers = offered.length === 0 ? "no platform at all" : offered.map(formatPlatform).join(", ");
  const hint = near === undefined ? "" : `; nearest: ${formatPlatform(near)}`;
  const platform = required === undefined ? "all" : formatPlatform(required);
  const message = `${wanted.written} does not offer ${required === undefined ? "a platform" : platform}; it offers ${offers}${hint}`;
  return { platform, required: true, status: "platform-missing", message, digest: undefined, image: undefined };
}

type Judged = { readonly outcome: PlatformOutcome; readonly warnings: readonly string[] };

async function judgePlatform({ source, wanted, depth }: Inquiry, candidate: Selection["candidates"][number]): Promise<Judged> {
  const { offer, image, required } = candidate;
  const platform = formatPlatform(candidate.platform);
  const digest = offer?.descriptor.digest ?? image?.manifest.digest;
  const outcome: PlatformOutcome = { platform, required, status: "ok", message: "", digest, image };
  if (!required || offer === undefined || depth === "index") return { outcome, warnings: [] };
  try {
    const verified = await verifyOffer(source, wanted.reference, offer, depth);
    return { outcome: { ...outcome, image: verified.image }, warnings: verified.warnings.map((text) => `${wanted.written}: ${text}`) };
  } catch (error) {
    return { outcome: { ...outcome, ...asProblem(error, `${wanted.written} ${platform}`) }, warnings: [] };
  }
}

type Artifact = Extract<Document, { kind: "artifact" | "buildkit-cache" }>;

async function judgeArtifact({ source, wanted, depth, root }: Inquiry, document: Artifact): Promise<Resolved> {
  const config = document.config === undefined ? [] : [document.config];
  const result = { wanted, root, platforms: [], blobs: distinctBlobs([...config, ...document.layers]), warnings: [] };
  if (wanted.platforms !== "any") {
    const message = `${wanted.written} is ${describeArtifact(document)} and has no platform; ask for it with platforms: any`;
    return { ...result, problem: { status: "not-an-image", message } };
  }
  await Promise.all([
    depth === "index" ? undefined : checkBlobs(source, wanted.reference, "config", config),
    depth === "blobs" ? checkBlobs(source, wanted.reference, "layer", document.layers) : undefined,
  ]);
  return { ...result, problem: undefined };
}
