import type { PullError } from "../oci/failure.ts";
import { isOutage } from "../oci/reason.ts";

/** Where warnings and log lines go. */
export type SourceVoice = {
  readonly warn: (message: string) => void;
  readonly say: (line: string) => void;
};

/** What a source answered instead of content; without an error when it was not asked. */
export type SourceRefusal = { readonly source: string; readonly error?: PullError };

// One failure may be chance. Each further one would cost every image a wait.
const FAILURES = 2;

const CHECK = "check that source, or remove it from sources";

/**
 * Counts the failures of sources. An outage counts at once. Wrong content counts when another place
 * has the right one, because an image that is wrong everywhere is not the source's fault. That a
 * source does not have something, or may not show it, is an answer and no failure.
 */
export class SourceFailures {
  readonly #voice: SourceVoice;
  readonly #failures = new Map<string, readonly PullError[]>();
  /** Sources whose wrong content was warned of. */
  readonly #wrong = new Set<string>();

  constructor(voice: SourceVoice) {
    this.#voice = voice;
  }

  /** True when a source failed so often that it is not asked again. */
  isLeftAlone(source: string): boolean {
    return this.#of(source).length >= FAILURES;
  }

  /** Records a refusal when it is given. */
  refused(source: string, error: PullError): void {
    if (isAnswer(error)) return;
    this.#voice.say(`source ${source}: ${error.found}; asking the next place`);
    if (isOutage(error.status)) this.#count(source, error);
  }

  /** Records that `place` has the content that others did not send. */
  answered(place: string, refusals: readonly SourceRefusal[]): void {
    for (const { source, error } of refusals) {
      if (error !== undefined && isWrong(error)) this.#countWrong(source, error, place);
    }
  }

  #countWrong(source: string, error: PullError, place: string): void {
    if (!this.#wrong.has(source)) {
      const found = `source ${source} gave a wrong answer: ${error.found}`;
      this.#voice.warn(`${found}; ${place} was used instead; ${CHECK}`);
    }
    this.#wrong.add(source);
    this.#count(source, error);
  }

  #count(source: string, error: PullError): void {
    const failures = [...this.#of(source), error];
    this.#failures.set(source, failures);
    // Requests that were under way may fail, too, after the last one that counts.
    if (failures.length !== FAILURES) return;
    const found = [...new Set(failures.map((failure) => failure.found))].join("; ");
    const left = `source ${source} failed ${FAILURES} times and is left alone in this run`;
    this.#voice.warn(`${left}: ${found}; ${CHECK}`);
  }

  #of(source: string): readonly PullError[] {
    return this.#failures.get(source) ?? [];
  }
}

function isWrong(error: PullError): boolean {
  return !isAnswer(error) && !isOutage(error.status);
}

function isAnswer({ status }: PullError): boolean {
  return status === "not-found" || status === "dangling" || status === "unauthorized";
}
