import { resolveImage } from "../gate/judge.ts";
import type { Requirement } from "../gate/plan.ts";
import { problemsOf, type Resolved } from "../gate/resolved.ts";
import type { Source } from "../gate/source.ts";
import { asDigest, type Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import type { Provenance } from "../oci/fetched.ts";
import type { Platform } from "../oci/platform.ts";
import { parseReference, type Repository } from "../oci/reference.ts";
import type { Contents } from "./contents.ts";

/** The bytes of a document in the layout, verified; undefined when it does not have them. */
export type InLayout = (digest: Digest) => Promise<Buffer | undefined>;

/** Where blobs came from. */
export type Transfers = ReadonlyMap<Digest, Provenance>;

/**
 * The images that clients pulled, as the gate sees them, for what is saved to the cache: one for each
 * platform, because a later job opens the entry of one platform. Reads only the layout. An image of
 * which that lacks a document or the config is left out, and one of schema 1: it states no sizes.
 */
export async function resolvePulled(
  contents: Contents,
  transfers: Transfers,
  inLayout: InLayout,
  runner: Platform,
): Promise<readonly Resolved[]> {
  const source = new LayoutSource(contents, transfers, inLayout);
  const images: Resolved[] = [];
  for (const { name, digest, platforms } of contents.pulled()) {
    const wanted: readonly Requirement[] =
      platforms.length === 0 ? ["any"] : platforms.map((platform) => [platform]);
    for (const required of wanted) {
      const written = `${name}@${digest}`;
      const reference = parseReference(written);
      const image = { name: written, written, reference, platforms: required, optional: false };
      const depth = { verify: "manifest", pullsFor: runner, checksTags: false } as const;
      images.push(await resolveImage(source, image, depth));
    }
  }
  return images.filter((image) => problemsOf(image).length === 0);
}

/** The documents and configs of the layout, with who may read them at their registries. */
class LayoutSource implements Source {
  readonly #contents: Contents;
  readonly #transfers: Transfers;
  readonly #inLayout: InLayout;

  constructor(contents: Contents, transfers: Transfers, inLayout: InLayout) {
    this.#contents = contents;
    this.#transfers = transfers;
    this.#inLayout = inLayout;
  }

  async manifest(repository: Repository, reference: string): ReturnType<Source["manifest"]> {
    const digest = asDigest(reference) ?? absent(reference);
    const bytes = (await this.#inLayout(digest)) ?? absent(digest);
    const isPrivate = this.#contents.isPrivate(repository, digest);
    const access = { authenticated: isPrivate, private: isPrivate };
    return { bytes, content: bytes, digest, mediaType: "", ...FROM_LAYOUT, ...access };
  }

  async blob(_: Repository, { digest }: { readonly digest: Digest }): ReturnType<Source["blob"]> {
    const bytes = (await this.#inLayout(digest)) ?? absent(digest);
    const isPrivate = this.#transfers.get(digest)?.private ?? true;
    return { bytes, ...FROM_LAYOUT, private: isPrivate };
  }

  async claim(_: Repository, reference: string): Promise<never> {
    return absent(reference);
  }

  /** As a document lists it. Whether the layout has the blob is a question of what is saved. */
  async size(repository: Repository, digest: Digest): Promise<number> {
    return this.#contents.size(repository, digest) ?? absent(digest);
  }

  async measure(_: Repository, digest: Digest): Promise<never> {
    return absent(digest);
  }

  async tags(): Promise<readonly string[]> {
    return [];
  }
}

const FROM_LAYOUT = { origin: "cache", source: "layout" } as const;

function absent(name: string): never {
  throw new PullError("not-found", `${name} is not in the layout`);
}
