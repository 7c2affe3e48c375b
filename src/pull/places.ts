import { PullError } from "../oci/failure.ts";
import { isInterruption } from "../oci/reason.ts";
import type { Repository } from "../oci/reference.ts";
import type { Registry } from "./ports.ts";
import { SourceFailures, type SourceRefusal, type SourceVoice } from "./source-failures.ts";

/** A place that may have content: a repository at a source, or the original one. */
export type Place = {
  readonly registry: Registry;
  readonly repository: Repository;
  /** Its name in messages and results. */
  readonly source: string;
  readonly isOriginal: boolean;
};

/** The places to ask: sources in their order, and the original after them. */
export type Row = { readonly sources: readonly Place[]; readonly original: Place };

/** How one place is asked. */
export type Ask<T> = (place: Place) => Promise<T>;

/** What ends a row early, and what counts in it. */
export type Course = {
  /** True when no other place can help after a failure. */
  readonly isFinal?: () => boolean;
  /** Failures of brief requests do not count: they are remembered where they are sent. */
  readonly isBrief?: boolean;
};

/** Asks places one after the other, and leaves sources alone that keep failing. */
export class Places {
  readonly #failures: SourceFailures;

  constructor(voice: SourceVoice) {
    this.#failures = new SourceFailures(voice);
  }

  /**
   * What the first place answers that does not fail. When all fail, the original's failure is
   * thrown, with what the sources answered. An interruption ends the row.
   */
  async first<T>(
    { sources, original }: Row,
    ask: Ask<T>,
    { isFinal = () => false, isBrief = false }: Course = {},
  ): Promise<T> {
    const refusals: SourceRefusal[] = [];
    const answered = (place: Place): void => {
      if (!isBrief) this.#failures.answered(place.source, refusals);
    };
    const mayGoOn = (error: unknown): error is PullError => isRefusal(error) && !isFinal();
    for (const place of sources) {
      const result = await this.#askSource(place, ask, mayGoOn);
      if ("answer" in result) {
        answered(place);
        return result.answer;
      }
      refusals.push(result);
      if (result.error !== undefined && !isBrief) {
        this.#failures.refused(result.source, result.error);
      }
    }
    try {
      const answer = await ask(original);
      answered(original);
      return answer;
    } catch (error) {
      throw mayGoOn(error) ? withRefusals(error, refusals) : error;
    }
  }

  /** What a source answers, or its refusal. Throws what no other place can cure. */
  async #askSource<T>(
    place: Place,
    ask: Ask<T>,
    mayGoOn: (error: unknown) => error is PullError,
  ): Promise<{ readonly answer: T } | SourceRefusal> {
    const { source } = place;
    if (this.#failures.isLeftAlone(source)) return { source };
    try {
      return { answer: await ask(place) };
    } catch (error) {
      if (!mayGoOn(error)) throw error;
      return { source, error };
    }
  }
}

function isRefusal(error: unknown): error is PullError {
  return error instanceof PullError && !isInterruption(error.reason);
}

/** The original's failure with what the sources answered: `(sources: mirror.example not-found)`. */
function withRefusals(error: PullError, refusals: readonly SourceRefusal[]): PullError {
  if (refusals.length === 0) return error;
  const words = refusals.map(
    ({ source, error: why }) => `${source} ${why?.reason ?? "left alone"}`,
  );
  const { reason, found, next } = error;
  return new PullError(reason, `${found} (sources: ${words.join(", ")})`, { next, cause: error });
}
