import type { Descriptor } from "../oci/descriptor.ts";
import { PullError } from "../oci/failure.ts";
import { formatPlatform, nearest, type Platform, sameMachine, satisfies } from "../oci/platform.ts";
import {
  asProblem,
  type Offer,
  type PlatformImage,
  type PlatformOutcome,
  problem,
  type Requirement,
  type Root,
  type Wanted,
} from "./plan.ts";
import { MANIFEST_LIMIT } from "./resolve.ts";
import { type Inspection, verifyImage, verifyListed } from "./verify.ts";

/** One image under the gate: what is wanted of what it turned out to be, where to look and how deep. */
export type Inquiry = Inspection & {
  readonly wanted: Wanted;
  readonly root: Root;
  /** What is looked for in an index: what is required or, for a pull that requires nothing, what it takes. */
  readonly sought: Requirement;
};

/** What is known of one platform before it is judged. */
type Candidate = { readonly platform: Platform; readonly offer: Offer | undefined; readonly image: PlatformImage | undefined };

/** The platforms of an image: those `chosen` are what the plan, or the pull, asks for. */
export type Selection = {
  readonly candidates: readonly (Candidate & { readonly chosen: boolean })[];
  readonly missing: readonly PlatformOutcome[];
};

/** What an index offers. Fails when a config that has to be looked into cannot be had. */
export async function fromIndex(inquiry: Inquiry): Promise<Selection> {
  const named = await Promise.all(inquiry.root.offers.map((offer) => withBuild(inquiry, offer)));
  const offers = distinct([...named, ...(await namedByConfig(inquiry, named))]);
  return select(
    inquiry,
    offers.map((offer) => ({ platform: offer.platform, offer, image: undefined })),
  );
}

/** A single manifest offers what its config says; it is looked into at once, as nothing else knows its platform. */
export async function fromManifest(inquiry: Inquiry): Promise<Selection> {
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
  const platform = await platformOf(inquiry, offer.descriptor);
  return platform === undefined ? offer : { ...offer, platform: { ...offer.platform, osVersion: platform.osVersion } };
}

/** Entries without a platform are looked into only when what is sought is not among the others. */
async function namedByConfig(inquiry: Inquiry, named: readonly Offer[]): Promise<readonly Offer[]> {
  const { root, sought } = inquiry;
  if (sought === "any" || root.unnamed.length === 0) return [];
  if (sought !== "all" && sought.every((required) => named.some((offer) => satisfies(required, offer.platform)))) return [];
  refuseMany("entries without a platform", root.unnamed.length);
  const looked = root.unnamed.map(async (descriptor): Promise<readonly Offer[]> => {
    const platform = await platformOf(inquiry, descriptor);
    return platform === undefined ? [] : [{ platform, descriptor }];
  });
  return (await Promise.all(looked)).flat();
}

/** What the config of a listed image says; undefined for an artifact, which is no platform and nothing wrong with the index. */
async function platformOf(inquiry: Inquiry, descriptor: Descriptor): Promise<Platform | undefined> {
  try {
    return (await verifyListed({ ...inquiry, depth: "manifest" }, descriptor)).platform;
  } catch (error) {
    if (asProblem(error, inquiry.wanted.written).status === "not-an-image") return undefined;
    throw error;
  }
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
  const near = wanted.platforms !== "any" && required ? nearest(required, offered) : undefined;
  const offers = offered.length === 0 ? "no platform at all" : offered.map(formatPlatform).join(", ");
  const hint = near === undefined ? "" : `; nearest: ${formatPlatform(near)}`;
  const lacking = required === undefined ? "a platform" : platform;
  const found = `it does not offer ${lacking}; it offers ${offers}${hint}`;
  const reason = wanted.platforms === "any" ? "platform-unnamed" : "platform-missing";
  return { platform, required: true, ...problem(reason, wanted.written, found), digest: undefined, image: undefined };
}

/** Four times what is looked into: more are never built, and each is listed in the log, in outputs and in messages. */
export const PLATFORM_LIMIT = 256;

/** An image is built for a dozen platforms; to look into a thousand is what a hostile index wants of us. */
export function refuseMany(what: string, count: number, limit = MANIFEST_LIMIT): void {
  if (count > limit) throw new PullError("too-many", `too many ${what}: expected at most ${limit}, got ${count}`);
}
