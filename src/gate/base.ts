// Whether an image is built on what its base is now. Layers are compared by diffID: the same layer
// keeps it when it is compressed in another way or pushed to another repository.
import type { ImageConfig } from "../oci/config.ts";
import { PullError } from "../oci/failure.ts";
import { asList, asObject, type Json } from "../oci/json.ts";
import { formatPlatform, type Platform, satisfies } from "../oci/platform.ts";
import { namedBase, unknown } from "./base-name.ts";
import { type Candidate, fromIndex, fromManifest, type Inquiry } from "./candidates.ts";
import type { BaseWanted, Wanted, WrittenReference } from "./plan.ts";
import { resolveRoot } from "./resolve.ts";
import {
  type BaseVerdict,
  countedPlatforms,
  type PlatformImage,
  problemsOf,
  type Resolved,
} from "./resolved.ts";
import type { Source } from "./source.ts";
import { Configs, verifyOffer } from "./verify.ts";

/**
 * The same images, with the verdict on the base of each that names one and has no problem. All are
 * judged at once. A base that cannot be read is no failure: its verdict says so.
 */
export function judgeBases(
  images: readonly Resolved[],
  source: Source,
): Promise<readonly Resolved[]> {
  const judged = images.map(async (image): Promise<Resolved> => {
    const { base } = image.wanted;
    if (base === undefined || problemsOf(image).length > 0) return image;
    return { ...image, base: await judgeBase(source, image, base) };
  });
  return Promise.all(judged);
}

/** The same images, with no verdict on their bases: what a tag points at now is not asked for. */
export function unjudged(images: readonly Resolved[]): readonly Resolved[] {
  return images.map((image) => {
    const { base } = image.wanted;
    if (base === undefined) return image;
    const written = base === "auto" ? "" : base.written;
    return { ...image, base: unknown(written, "lock: frozen asks for no tag, so it is not known") };
  });
}

/**
 * Whether an image is built on what its base is now: on every platform that counts, the base's
 * layers must be the image's first ones. Only a bug throws.
 */
export async function judgeBase(
  source: Source,
  image: Resolved,
  wanted: BaseWanted,
): Promise<BaseVerdict> {
  const platforms = countedPlatforms(image);
  if (platforms.length === 0) {
    const written = wanted === "auto" ? "" : wanted.written;
    return unknown(written, "no platform of the image was examined, so none can be compared");
  }
  const base = wanted === "auto" ? namedBase(image) : wanted;
  if ("stale" in base) return base;
  try {
    return await compareAll(source, platforms, base);
  } catch (error) {
    return unknown(base.written, unreadable(base.written, error));
  }
}

/** One base as it is now. */
type Base = {
  readonly written: string;
  readonly inquiry: Inquiry;
  readonly candidates: readonly Candidate[];
};

/** What the comparison of one platform found. */
type Finding = {
  readonly platform: string;
  readonly stale: boolean | undefined;
  /** Empty when it is built on its base. */
  readonly text: string;
};

async function compareAll(
  source: Source,
  platforms: readonly PlatformImage[],
  reference: WrittenReference,
): Promise<BaseVerdict> {
  const base = await readBase(source, platforms, reference);
  const findings = await Promise.all(platforms.map((platform) => compare(platform, base)));
  const { written, inquiry } = base;
  const { digest } = inquiry.root.fetched;
  return { reference: written, digest, ...conclude(written, findings) };
}

async function readBase(
  source: Source,
  images: readonly PlatformImage[],
  { written, reference }: WrittenReference,
): Promise<Base> {
  const platforms = images.map(({ platform }) => platform);
  const wanted: Wanted = { name: written, written, reference, platforms, optional: true };
  const root = await resolveRoot(source, wanted);
  const inquiry: Inquiry = {
    source,
    repository: reference,
    depth: "manifest",
    pulled: false,
    configs: new Configs(),
    wanted,
    root,
    sought: platforms,
  };
  const isIndex = root.document.kind === "index";
  const { candidates } = await (isIndex ? fromIndex(inquiry) : fromManifest(inquiry));
  return { written, inquiry, candidates };
}

async function compare(image: PlatformImage, base: Base): Promise<Finding> {
  const { written } = base;
  const platform = formatPlatform(image.platform);
  const unclear = (text: string): Finding => ({ platform, stale: undefined, text });
  try {
    const now = await imageFor(image.platform, base);
    if (now === undefined) return unclear(`${written} does not offer ${platform}`);
    const [below, own] = [diffIdsOf(now.config), diffIdsOf(image.config)];
    if (below.length === 0) return unclear(`${written} lists no diffIDs for ${platform}`);
    if (own.length === 0) return unclear(`the image lists no diffIDs for ${platform}`);
    const count = below.filter((diffId, at) => diffId !== own[at]).length;
    const text = `${written} was rebuilt: ${count} of ${below.length} base layers differ`;
    return count > 0 ? { platform, stale: true, text } : { platform, stale: false, text: "" };
  } catch (error) {
    return unclear(unreadable(`${written} ${platform}`, error));
  }
}

/** The base's image for a platform; undefined when it offers none. */
async function imageFor(
  platform: Platform,
  { inquiry, candidates }: Base,
): Promise<PlatformImage | undefined> {
  const found = candidates.find((candidate) => satisfies(platform, candidate.platform));
  if (found?.offer === undefined) return found?.image;
  return (await verifyOffer(inquiry, found.offer)).image;
}

/** The diffIDs in a config; none in that of a schema 1 image. The parser checked their form. */
function diffIdsOf({ json }: ImageConfig): readonly Json[] {
  const rootfs = asObject(json["rootfs"] ?? {}, "image config rootfs");
  return asList(rootfs["diff_ids"], "image config diff_ids");
}

/** What to say of something that could not be read. Rethrows an error that is a bug. */
function unreadable(what: string, error: unknown): string {
  if (!(error instanceof PullError)) throw error;
  return `${what} could not be read: ${error.found}`;
}

/** The verdict on all platforms. One that was rebuilt decides, and then one that is not known. */
function conclude(
  written: string,
  findings: readonly Finding[],
): Pick<BaseVerdict, "stale" | "message"> {
  const rebuilt = findings.filter(({ stale }) => stale === true);
  if (rebuilt.length > 0) return { stale: true, message: describe(rebuilt, findings.length) };
  const unclear = findings.find(({ stale }) => stale === undefined);
  if (unclear !== undefined) return { stale: undefined, message: unclear.text };
  return { stale: false, message: `it is built on what ${written} is now` };
}

/** What was found on some of an image's platforms, which are named unless it holds for all. */
function describe(findings: readonly Finding[], total: number): string {
  const texts = [...new Set(findings.map(({ text }) => text))];
  const parts = texts.map((text) => {
    const alike = findings.filter((finding) => finding.text === text);
    const platforms = alike.map(({ platform }) => platform);
    return alike.length === total ? text : `on ${platforms.join(" and ")} ${text}`;
  });
  return parts.join("; ");
}
