// The images that more than one group of rows uses.
import { type Blob, type Pusher, randomBlob } from "./images.ts";

/** Sizes in the rows are decimal, as registries state them. */
export const MB = 1_000_000;

/** The platforms of every image with several. */
export const SIX = [
  "linux/amd64",
  "linux/arm64",
  "linux/arm/v7",
  "linux/386",
  "linux/ppc64le",
  "linux/s390x",
];

/** The layer sizes of deepvariant 0.5.0, an image that is known to be hard to cache. */
export const ELEVEN = [
  43_026_850, 850, 621, 851, 169, 1_302, 173, 3_843, 431_972_422, 29_495_475, 332,
] as const;

/** Pushes an image for one platform. Resolves to its reference. */
export async function pushSingle(
  pusher: Pusher,
  repository: string,
  layers: readonly Blob[],
): Promise<string> {
  await pusher.image(repository, layers, "linux/amd64", "1");
  return `${pusher.host}/${repository}:1`;
}

/** Pushes the image of eleven layers, 505 MB in all. Resolves to its reference. */
export function pushEleven(pusher: Pusher): Promise<string> {
  const layers = ELEVEN.map((size, at) => randomBlob(`eleven ${at}`, size));
  return pushSingle(pusher, "bench/eleven", layers);
}

/** Pushes an index of six platforms with two small layers each. Resolves to its reference. */
export async function pushSixPlatforms(pusher: Pusher, repository: string): Promise<string> {
  const pushes = SIX.map((platform) => {
    const name = `${repository} ${platform}`;
    const layers = [randomBlob(`${name} 1`, 20_000), randomBlob(`${name} 2`, 20_000)];
    return pusher.image(repository, layers, platform);
  });
  const images = await Promise.all(pushes);
  return pusher.index(repository, "1", images);
}

/** Pushes `count` such indexes, each to a repository of its own. */
export function pushFleet(pusher: Pusher, count: number): Promise<readonly string[]> {
  const pushes = times(count, (at) => pushSixPlatforms(pusher, `bench/fleet${at}`));
  return Promise.all(pushes);
}

/** The results of `make` for the numbers from 0 on, `count` of them. */
export function times<T>(count: number, make: (at: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => make(at));
}
