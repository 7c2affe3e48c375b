import type { ManifestHints, Urgency } from "../gate/source.ts";
import type { Blob } from "../oci/blob.ts";
import { asDigest, type Digest } from "../oci/digest.ts";
import type { Claim, Fetched, Page, Provenance, SmallBlob } from "../oci/fetched.ts";
import type { Repository } from "../oci/reference.ts";
import { type After, BriefAsks } from "./brief-asks.ts";
import { type Mirror, type Mirrored, mirrorsOf } from "./mirrors.ts";
import { type Ask, type Course, type Place, Places, type Row } from "./places.ts";
import type { Registry, TargetFrom } from "./ports.ts";
import type { SourceVoice } from "./source-failures.ts";
import { WatchedTarget } from "./watched-target.ts";

/** Where content may be besides its registry, and how the places are asked. */
export type MirroredRegistryOptions = SourceVoice & {
  /** Asks the original registries. */
  readonly registry: Registry;
  /** Asks the sources. It may give up sooner, because another place follows. */
  readonly sources: Registry;
  /** Asks both what only informs. It should try once: a longer wait is worth nothing then. */
  readonly brief: Pick<Registry, "claim" | "size">;
  readonly mirrors: readonly Mirror[];
  readonly after: After;
};

/**
 * Registries with other sources in front of them. What is known by digest comes from the first
 * place that has it: the sources in their order, then the original. What a tag points at is asked
 * of the original, and before it of the sources whose tags are trusted. Every answer names its
 * place. When every place refuses, the original's failure is thrown, with what the sources
 * answered.
 */
export class MirroredRegistry implements Registry {
  readonly #options: MirroredRegistryOptions;
  readonly #places: Places;
  readonly #briefly: BriefAsks;

  constructor(options: MirroredRegistryOptions) {
    this.#options = options;
    this.#places = new Places(options);
    this.#briefly = new BriefAsks(options.after);
  }

  manifest(repository: Repository, reference: string, hints: ManifestHints = {}): Promise<Fetched> {
    const row = this.#row(repository);
    const isDigest = asDigest(reference) !== undefined;
    if (isDigest || row.sources.length === 0) return this.#read(row, reference, hints);
    return this.#tagged(repository, reference, hints);
  }

  /** The manifest of a tag: what it points at from where that is believed, the rest by digest. */
  async #tagged(repository: Repository, tag: string, hints: ManifestHints): Promise<Fetched> {
    const { claimed, ...others } = hints;
    const claim = claimed === undefined ? await this.claim(repository, tag) : undefined;
    const digest = claimed ?? claim?.digest;
    if (digest === undefined) return this.#read(this.#trustedRow(repository), tag, others);
    const fetched = await this.#read(this.#row(repository), digest, others);
    // A tag that needed credentials is private, also when a source shows its image without any.
    const authenticated = claim?.authenticated ?? this.sentCredentials(repository.registry);
    return {
      ...fetched,
      authenticated: fetched.authenticated || authenticated,
      private: fetched.private || (claim?.private ?? authenticated),
    };
  }

  #read(row: Row, reference: string, hints: ManifestHints): Promise<Fetched> {
    return this.#first(row, async ({ registry, repository, source }) => {
      const fetched = await registry.manifest(repository, reference, hints);
      return { ...fetched, source };
    });
  }

  claim(repository: Repository, reference: string, urgency: Urgency = {}): Promise<Claim> {
    const isTag = asDigest(reference) === undefined;
    const row = isTag ? this.#trustedRow(repository) : this.#row(repository);
    const { brief: isBrief = false } = urgency;
    const ask: Ask<Claim> = (place) =>
      this.#ask(place, urgency, (registry) => registry.claim(place.repository, reference, urgency));
    return this.#first(row, ask, { isBrief });
  }

  blob(repository: Repository, blob: Blob): Promise<SmallBlob> {
    return this.#first(this.#row(repository), async (place) => {
      const small = await place.registry.blob(place.repository, blob);
      return { ...small, source: place.source };
    });
  }

  /**
   * The size that the original states. A source only confirms that it has the blob: nothing proves
   * the size that it states, and a wrong one would fail the image.
   */
  size(repository: Repository, digest: Digest, urgency: Urgency = {}): Promise<number | undefined> {
    const { brief: isBrief = false } = urgency;
    const ask: Ask<number | undefined> = async (place) => {
      const stated = await this.#ask(place, urgency, (registry) =>
        registry.size(place.repository, digest, urgency),
      );
      return place.isOriginal ? stated : undefined;
    };
    return this.#first(this.#row(repository), ask, { isBrief });
  }

  /** What the first place answers that does not fail. A place that answers works. */
  #first<T>(row: Row, ask: Ask<T>, course?: Course): Promise<T> {
    const asked: Ask<T> = async (place) => {
      const answer = await ask(place);
      this.#briefly.works(place.repository.registry);
      return answer;
    };
    return this.#places.first(row, asked, course);
  }

  /** What a place answers, by the registry for brief requests if it is one. */
  #ask<T>(
    { registry, repository }: Place,
    urgency: Urgency,
    ask: (registry: Pick<Registry, "claim" | "size">) => Promise<T>,
  ): Promise<T> {
    const { brief } = this.#options;
    const from = urgency.brief === true ? brief : registry;
    return this.#briefly.ask(repository.registry, urgency, () => ask(from));
  }

  /** Asks the original alone: nothing proves what a source states. */
  measure(repository: Repository, digest: Digest): Promise<number> {
    return this.#options.registry.measure(repository, digest);
  }

  tags(repository: Repository): Promise<readonly string[]> {
    return this.#first(this.#trustedRow(repository), (place) =>
      place.registry.tags(place.repository),
    );
  }

  /** Asks the sources whose tags are trusted, and the original: no digest proves a list. */
  page(repository: Repository, path: string, query: string): Promise<Page> {
    return this.#first(this.#trustedRow(repository), (place) =>
      place.registry.page(place.repository, path, query),
    );
  }

  download(repository: Repository, blob: Blob, targetFrom: TargetFrom): Promise<Provenance> {
    const row = this.#row(repository);
    const target = new WatchedTarget(targetFrom("registry"));
    const download: Ask<Provenance> = async (place) => {
      await target.empty();
      const provenance = await place.registry.download(place.repository, blob, () => target);
      return { ...provenance, source: place.source };
    };
    return this.#first(row, download, { isFinal: () => target.isBroken });
  }

  /** True when this run sent credentials to the original registry, not to its sources. */
  sentCredentials(registry: string): boolean {
    return this.#options.registry.sentCredentials(registry);
  }

  /** Every place that may have content by digest. */
  #row(repository: Repository): Row {
    return this.#rowOf(repository, mirrorsOf(repository, this.#options.mirrors));
  }

  /** The places that may say what a tag points at. */
  #trustedRow(repository: Repository): Row {
    const mirrored = mirrorsOf(repository, this.#options.mirrors);
    const trusted = mirrored.filter(({ mirror }) => mirror.trustsTags);
    return this.#rowOf(repository, trusted);
  }

  #rowOf(repository: Repository, mirrored: readonly Mirrored[]): Row {
    const { registry, sources } = this.#options;
    const source = repository.registry;
    return {
      original: { registry, repository, source, isOriginal: true },
      sources: mirrored.map(({ mirror, repository: at }) => placeAt(sources, mirror, at)),
    };
  }
}

function placeAt(registry: Registry, { source }: Mirror, repository: Repository): Place {
  return { registry, repository, source, isOriginal: false };
}
