import { distinctBlobs } from "../oci/blob.ts";
import type { ArchivedImage } from "../oci/layout.ts";
import { formatPlatform, type Platform, satisfies } from "../oci/platform.ts";
import { type Repository, repositoryName } from "../oci/reference.ts";
import type { Loadable, LoadablePlatform } from "../pull/outcome.ts";

/** What the image store of an engine can do. */
export type Abilities = {
  /** It keeps the digest of an image, in addition to its tag. */
  readonly digests: boolean;
  /** It holds several platforms of one image. */
  readonly platforms: boolean;
  /** From an index it takes only the platform of its machine. */
  readonly choosesPlatform: boolean;
  /** What it pulls from this machine is what an archive would put there. */
  readonly pulls: boolean;
};

/** The part of an image that an engine can hold. */
export type EnginePart = {
  readonly archived: ArchivedImage;
  /** `registry/repository@sha256:…` */
  readonly pinned: string;
  /** The image in messages: by tag if it has one, else pinned. */
  readonly shown: string;
  /** Its platforms as they are written. */
  readonly platforms: readonly string[];
  /** Those that only the layout has. */
  readonly left: readonly string[];
};

/** The part of an image that an engine can hold. */
export function enginePart(
  image: Loadable,
  repository: Repository,
  abilities: Abilities,
  runner: Platform,
): EnginePart {
  const [first, ...others] = image.platforms;
  const held = abilities.platforms ? image.platforms : [first];
  const isWhole = !abilities.choosesPlatform || satisfies(runner, first.platform);
  const archived = toArchived(image, first, held, isWhole);
  const pinned = `${repositoryName(repository)}@${archived.entry.digest}`;
  return {
    archived,
    pinned,
    shown: image.tag ?? pinned,
    platforms: held.map(written),
    left: abilities.platforms ? [] : others.map(written),
  };
}

function written({ platform }: LoadablePlatform): string {
  return formatPlatform(platform);
}

/**
 * The archive of the platforms of an image that the store holds. Its entry is that of the image or,
 * when the engine would not find its machine's platform in the index, that of the only manifest.
 */
function toArchived(
  { entry, documents, tag }: Loadable,
  { manifest, config, layers }: LoadablePlatform,
  held: readonly LoadablePlatform[],
  isWhole: boolean,
): ArchivedImage {
  const parts = held.flatMap((platform) => platform.blobs);
  const blobs = isWhole ? [...documents, ...parts] : parts;
  return {
    entry: isWhole ? entry : { ...entry, ...manifest },
    blobs: distinctBlobs(blobs),
    config,
    layers,
    tag,
  };
}
