import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import type { Claim } from "../oci/fetched.ts";
import { isOutage } from "../oci/reason.ts";
import { type Repository, repositoryName } from "../oci/reference.ts";

// A job pulls an image several times within seconds, and no tag that others push needs to be newer.
const KEPT_MS = 60_000;
// More than any job has. Every program of the machine can ask for tags.
const TAG_LIMIT = 10_000;

/** What a registry says that a tag points at. */
export type TagClaim = Claim & { readonly digest: Digest };

/** What a tag was, and when that was asked. */
type Known = { readonly claim: Promise<TagClaim>; readonly asked: number };

/** How tags are asked for. */
export type TagOptions = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** True for a registry whose tags are asked for each time: the job itself may push to it. */
  readonly isOwn: (registry: string) => boolean;
  readonly say: (line: string) => void;
};

/**
 * Remembers for a minute what tags point at. During an outage of the registry, what a tag pointed at
 * earlier in the job is used.
 */
export class Tags {
  readonly #options: TagOptions;
  readonly #known = new Map<string, Known>();
  /** The last answer for each tag. */
  readonly #last = new Map<string, TagClaim>();

  constructor(options: TagOptions) {
    this.#options = options;
  }

  /** What a tag points at: as `ask` answers, or answered within the last minute. Fails as `ask`. */
  async claim(
    repository: Repository,
    tag: string,
    ask: () => Promise<TagClaim>,
  ): Promise<TagClaim> {
    const name = `${repositoryName(repository)}:${tag}`;
    const now = this.#options.now();
    const known = this.#known.get(name);
    const isFresh = known !== undefined && now - known.asked < KEPT_MS;
    if (isFresh && !this.#options.isOwn(repository.registry)) return known.claim;
    const claim = this.#ask(name, ask);
    keep(this.#known, name, { claim, asked: now });
    claim.catch(() => this.#known.delete(name));
    return claim;
  }

  async #ask(name: string, ask: () => Promise<TagClaim>): Promise<TagClaim> {
    try {
      const claim = await ask();
      keep(this.#last, name, claim);
      return claim;
    } catch (error) {
      const last = this.#last.get(name);
      const isFailing = error instanceof PullError && isOutage(error.status);
      if (last === undefined || !isFailing) throw error;
      this.#options.say(`${name}: ${error.found}; using ${last.digest}, what it was before`);
      return last;
    }
  }
}

/** Sets a value as the latest one, and forgets the oldest beyond the limit. */
function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > TAG_LIMIT && oldest !== undefined) map.delete(oldest);
}
