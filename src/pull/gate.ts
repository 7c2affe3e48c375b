import { algorithmOf } from "../oci/digest.ts";
import type { Document } from "../oci/document.ts";
import { PullError } from "../oci/failure.ts";
import { formatPlatform, nearest, type Platform, sameMachine, satisfies } from "../oci/platform.ts";
import { nearestTags } from "../oci/reference.ts";
import {
  type Offer,
  type Plan,
  type PlatformImage,
  type PlatformOutcome,
  type Problem,
  problem,
  problemFrom,
  type Requirement,
  type Resolved,
  type Root,
  type Wanted,
} from "./plan.ts";
import type { Source } from "./ports.ts";
import { MANIFEST_LIMIT, resolveRoot } from "./resolve.ts";
import {
  checkBlobs,
  describeArtifact,
  distinctBlobs,
  type Inspection,
  notAnImageReason,
  verifyImage,
  verifyListed,
  verifyOffer,
} from "./verify.ts";

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
    const problem = asProblem(error, wanted.written);
    return { ...nothing, problem: { ...problem, message: `${problem.message}${await tagHint(source, wanted, problem)}` } };
  }
}

/** One image under the gate: what is wanted of what it turned out to be, where to look and how deep. */
type Inquiry = Inspection & {
  readonly wanted: Wanted;
  readonly root: Root;
  /** What is looked for in an index: what is required or, for a pull that requires nothing, what it takes. */
  readonly sought: Requirement;
};

/** A pull needs manifests and configs, however little is to be verified. */
function inquire(source: Source, wanted: Wanted, { verify, pullsFor }: Thoroughness, root: Root): Inquiry {
  const pulled = pullsFor !== undefined;
  const depth = pulled && verify === "index" ? "manifest" : verify;
  const sought = pulled && wanted.platforms === "any" ? [pullsFor] : wanted.platforms;
  return { source, image: wanted.reference, depth, pulled, wanted, root, sought };
}

/** What is known of one platform before it is judged. */
type Candidate = { readonly platform: Platform; readonly offer: Offer | undefined; readonly image: PlatformImage | undefined };

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

/** The problem with `asked`; only what no user can act on goes on as an exception. */
function asProblem(error: unknown, asked: string): Problem {
  if (!(error instanceof PullError)) throw error;
  return problemFrom(error, asked);
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

// Four times what is looked into: more are never built, and each is listed in the log, in outputs and in messages.
const PLATFORM_LIMIT = 256;

/** An image is built for a dozen platforms; to look into a thousand is what a hostile index wants of us. */
function refuseMany(what: string, count: number, limit = MANIFEST_LIMIT): void {
  if (count > limit) throw new PullError("too-many", `too many ${what}: expected at most ${limit}, got ${count}`);
}

/** `chosen` of an image's platforms are those that the plan, or the pull, asks for. */
type Selection = {
  readonly candidates: readonly (Candidate & { readonly chosen: boolean })[];
  readonly missing: readonly PlatformOutcome[];
};

async function fromIndex(inquiry: Inquiry): Promise<Selection> {
  const named = await Promise.all(inquiry.root.offers.map((offer) => withBuild(inquiry, offer)));
  const offers = distinct([...named, ...(await namedByConfig(inquiry, named))]);
  return select(
    inquiry,
    offers.map((offer) => ({ platform: offer.platform, offer, image: undefined })),
  );
}

/** A single manifest offers what its config says; it is looked into at once, as nothing else knows its platform. */
async function fromManifest(inquiry: Inquiry): Promise<Selection> {
  const { root, wanted } = inquiry;
  const image = await verifyImage(inquiry, root.fetched, root.document);
  // Without a requirement it is taken as it is, whatever a pull would choose of an index.
  return select({ ...inquiry, sought: wanted.platforms }, [{ platform: image.platform, offer: undefined, image }]);
}

/** A Windows entry without a build is judged by its config, where a build is asked for. */
async function withBuild(inquiry: Inquiry, offer: Offer): Promise<Offer> {
  const { sought } = inquiry;
  const isAsked = (required: Platform): boolean => required.osVersion !== "" && sameMachine(required, offer.platform);
  if (typeof sought === "string" || offer.platform.osVersion !== "" || !sought.some(isAsked)) return offer;
  const { config } = await verifyListed({ ...inquiry, depth: "manifest" }, offer.descriptor);
  return { ...offer, platform: { ...offer.platform, osVersion: config.platform.osVersion } };
}

/** Entries without a platform are looked into only when what is sought is not among the others. */
async function namedByConfig(inquiry: Inquiry, named: readonly Offer[]): Promise<readonly Offer[]> {
  const { root, sought, wanted } = inquiry;
  if (sought === "any" || root.unnamed.length === 0) return [];
  if (sought !== "all" && sought.every((required) => named.some((offer) => satisfies(required, offer.platform)))) return [];
  refuseMany("entries without a platform", root.unnamed.length);
  const looked = root.unnamed.map(async (descriptor): Promise<readonly Offer[]> => {
    try {
      const { platform } = await verifyListed({ ...inquiry, depth: "manifest" }, descriptor);
      return [{ platform, descriptor }];
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

function select({ wanted, sought }: Inquiry, candidates: readonly Candidate[]): Selection {
  if (sought === "any") return { candidates: candidates.map((candidate) => ({ ...candidate, chosen: false })), missing: [] };
  if (sought === "all") {
    const missing = candidates.length === 0 ? [missingPlatform(wanted, undefined, [])] : [];
    return { candidates: candidates.map((candidate) => ({ ...candidate, chosen: true })), missing };
  }
  const found = sought.map((required) => candidates.find(({ platform }) => satisfies(required, platform)));
  const offered = candidates.map(({ platform }) => platform);
  return {
    candidates: candidates.map((candidate) => ({ ...candidate, chosen: found.includes(candidate) })),
    missing: sought.filter((_, at) => found[at] === undefined).map((required) => missingPlatform(wanted, required, offered)),
  };
}

function missingPlatform(wanted: Wanted, required: Platform | undefined, offered: readonly Platform[]): PlatformOutcome {
  const platform = required === undefined ? "all" : formatPlatform(required);
  const near = required && nearest(required, offered);
  const offers = offered.length === 0 ? "no platform at all" : offered.map(formatPlatform).join(", ");
  const hint = near === undefined ? "" : `; nearest: ${formatPlatform(near)}`;
  const lacking = required === undefined ? "a platform" : platform;
  const found = `it does not offer ${lacking}; it offers ${offers}${hint}`;
  const reason = wanted.platforms === "any" ? "platform-unnamed" : "platform-missing";
  return { platform, required: true, ...problem(reason, wanted.written, found), digest: undefined, image: undefined };
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
