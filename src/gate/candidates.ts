import type { Descriptor } from "../oci/descriptor.ts";
import { PullError } from "../oci/failure.ts";
import {
  distinctPlatforms,
  formatPlatform,
  nearest,
  type Platform,
  sameMachine,
  satisfies,
} from "../oci/platform.ts";
import { namedPlatforms } from "./mentions.ts";
import { mentionsOf, type Requirement, type Wanted } from "./plan.ts";
import { asProblem, problem } from "./problem.ts";
import type { Offer, PlatformImage, PlatformOutcome, Root } from "./resolved.ts";
import { type Inspection, verifyImage, verifyListed } from "./verify.ts";

/** One image under the gate: what is wanted, what was found, where to look and how deep. */
export type Inquiry = Inspection & {
  readonly wanted: Wanted;
  readonly root: Root;
  /** What to look for in an index: the requirement or, without one, the platform to pull. */
  readonly sought: Requirement;
};

/** What is known of one platform before it is judged. */
export type Candidate = {
  readonly platform: Platform;
  readonly offer: Offer | undefined;
  readonly image: PlatformImage | undefined;
};

/** The platforms of an image; `chosen` are those that the plan, or the pull, asks for. */
export type Selection = {
  readonly candidates: readonly (Candidate & { readonly chosen: boolean })[];
  readonly missing: readonly PlatformOutcome[];
};

/** What an index offers. Fails when a config is needed for a platform and cannot be read. */
export async function fromIndex(inquiry: Inquiry): Promise<Selection> {
  const { offers } = inquiry.root;
  const named = await Promise.all(offers.map((offer) => withBuild(inquiry, offer)));
  const unnamed = await namedByConfig(inquiry, named);
  const candidates = firstOfEach([...named, ...unnamed]).map(toCandidate);
  return select(inquiry, candidates);
}

function toCandidate(offer: Offer): Candidate {
  return { platform: offer.platform, offer, image: undefined };
}

/** What a single manifest offers. Its config is read at once: nothing else names its platform. */
export async function fromManifest(inquiry: Inquiry): Promise<Selection> {
  const { root, wanted } = inquiry;
  const image = await verifyImage(inquiry, root.fetched, root.document);
  // The platform that a pull prefers does not count: there is nothing to choose from.
  const asRequired = { ...inquiry, sought: wanted.platforms };
  const { platform } = image;
  return select(asRequired, [{ platform, offer: undefined, image }]);
}

/** Adds the config's build to a Windows entry that names none, when a build is required. */
async function withBuild(inquiry: Inquiry, offer: Offer): Promise<Offer> {
  if (offer.platform.osVersion !== "") return offer;
  const isAsked = (required: Platform): boolean =>
    required.osVersion !== "" && sameMachine(required, offer.platform);
  if (!platformsAsked(inquiry).some(isAsked)) return offer;
  const found = await platformOf(inquiry, offer.descriptor);
  if (found === undefined) return offer;
  const { osVersion } = found;
  return { ...offer, platform: { ...offer.platform, osVersion } };
}

/** The platforms that are asked for by name: beside `all`, those of each place that names some. */
function platformsAsked({ wanted, sought }: Inquiry): readonly Platform[] {
  if (sought !== "all") return namedPlatforms(sought);
  const mentions = mentionsOf(wanted);
  return distinctPlatforms(mentions.flatMap(({ platforms }) => namedPlatforms(platforms)));
}

/** Offers of entries without a platform. Their configs are read only if they may be needed. */
async function namedByConfig(inquiry: Inquiry, named: readonly Offer[]): Promise<readonly Offer[]> {
  const { root, sought } = inquiry;
  if (root.unnamed.length === 0 || isFound(sought, named)) return [];
  expectAtMost(EXAMINED_COUNT, root.unnamed.length, "entries without a platform");
  const read = root.unnamed.map(async (descriptor): Promise<readonly Offer[]> => {
    const platform = await platformOf(inquiry, descriptor);
    return platform === undefined ? [] : [{ platform, descriptor }];
  });
  return (await Promise.all(read)).flat();
}

function isFound(sought: Requirement, offers: readonly Offer[]): boolean {
  if (typeof sought === "string") return sought === "any";
  const isOffered = (required: Platform): boolean =>
    offers.some(({ platform }) => satisfies(required, platform));
  return sought.every(isOffered);
}

/** The platform in the config of a listed image; undefined for an artifact, which has none. */
async function platformOf(inquiry: Inquiry, descriptor: Descriptor): Promise<Platform | undefined> {
  try {
    return (await verifyListed({ ...inquiry, depth: "manifest" }, descriptor)).platform;
  } catch (error) {
    if (asProblem(error, inquiry.wanted.written).status === "not-an-image") return undefined;
    throw error;
  }
}

/**
 * "If multiple manifests match, the first matching entry SHOULD be used":
 * https://github.com/opencontainers/image-spec/blob/main/image-index.md
 */
function firstOfEach(offers: readonly Offer[]): readonly Offer[] {
  const first = new Map<string, Offer>();
  for (const offer of offers) {
    const key = formatPlatform(offer.platform);
    if (!first.has(key)) first.set(key, offer);
  }
  return [...first.values()];
}

function select(inquiry: Inquiry, candidates: readonly Candidate[]): Selection {
  const { wanted, sought } = inquiry;
  const choose = (isChosen: (candidate: Candidate) => boolean): Selection["candidates"] =>
    candidates.map((candidate) => ({ ...candidate, chosen: isChosen(candidate) }));
  if (sought === "any") return { candidates: choose(() => false), missing: [] };
  if (sought === "all" && candidates.length === 0) {
    return { candidates: [], missing: [missingPlatform(wanted, undefined, [])] };
  }
  const asked = platformsAsked(inquiry);
  const found = asked.map((required) =>
    candidates.find(({ platform }) => satisfies(required, platform)),
  );
  const offered = candidates.map(({ platform }) => platform);
  return {
    candidates: choose((candidate) => sought === "all" || found.includes(candidate)),
    missing: asked
      .filter((_, at) => found[at] === undefined)
      .map((required) => missingPlatform(wanted, required, offered)),
  };
}

/** The outcome of a required platform that is not offered; `required` is undefined for `all`. */
function missingPlatform(
  wanted: Wanted,
  required: Platform | undefined,
  offered: readonly Platform[],
): PlatformOutcome {
  const isAny = wanted.platforms === "any";
  const reason = isAny ? "platform-unnamed" : "platform-missing";
  const near = isAny || required === undefined ? undefined : nearest(required, offered);
  const hint =
    near === undefined || offered.length === 1 ? "" : `; nearest: ${formatPlatform(near)}`;
  const offers = offered.map(formatPlatform).join(", ") || "no platform";
  const lack = required === undefined ? "" : `it does not offer ${formatPlatform(required)}; `;
  const found = `${lack}it offers ${offers}${hint}`;
  return {
    platform: required === undefined ? "all" : formatPlatform(required),
    required: true,
    ...problem(reason, wanted.written, found),
    digest: undefined,
    image: undefined,
  };
}

/** The most manifests that are examined for one image: real images have a dozen platforms. */
export const EXAMINED_COUNT = 64;
/** The most platforms that an image may offer: each is listed in log, outputs and messages. */
export const PLATFORM_COUNT = 4 * EXAMINED_COUNT;

/** Fails as `invalid` when there are more than `limit`: a hostile index may list thousands. */
export function expectAtMost(limit: number, count: number, what: string): void {
  if (count <= limit) return;
  throw new PullError("too-many", `too many ${what}: expected at most ${limit}, got ${count}`);
}
