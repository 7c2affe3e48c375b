import type { Urgency } from "../gate/source.ts";
import { PullError } from "../oci/failure.ts";
import { isOutage } from "../oci/reason.ts";

/** Calls `run` once, in `ms` milliseconds, unless the returned function is called first. */
export type After = (ms: number, run: () => void) => () => void;

// A registry that works answers a HEAD within a second, with its token service, redirects and one
// retry within a few. Nothing is lost by giving up: what a brief request asks only informs.
const BRIEF_MS = 10_000;

/**
 * Keeps brief requests short. The first one to a host runs alone and has 10 s. When it shows that
 * the host is unavailable, every later one fails at once.
 */
export class BriefAsks {
  readonly #after: After;
  /** What the first request to each host showed: a failure when the host is unavailable. */
  readonly #shown = new Map<string, Promise<PullError | undefined>>();

  constructor(after: After) {
    this.#after = after;
  }

  /**
   * What `run` returns. A brief request also fails as `no-answer` after 10 s, and with the failure
   * of the first one when that showed that the host is unavailable.
   */
  async ask<T>(host: string, { brief = false }: Urgency, run: () => Promise<T>): Promise<T> {
    if (!brief) return run();
    const shown = this.#shown.get(host);
    if (shown === undefined) return this.#first(host, run);
    const failure = await shown;
    if (failure !== undefined) throw failure;
    return run();
  }

  #first<T>(host: string, run: () => Promise<T>): Promise<T> {
    const first = this.#limited(host, run);
    const shown = first.then(
      () => undefined,
      (error: unknown) => (isUnavailable(error) ? error : undefined),
    );
    this.#shown.set(host, shown);
    return first;
  }

  /** What `run` returns within the limit. A failure after that has no effect. */
  #limited<T>(host: string, run: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.#after(BRIEF_MS, () => reject(noAnswer(host)));
      run().then(resolve, reject).finally(cancel);
    });
  }
}

function noAnswer(host: string): PullError {
  return new PullError("no-answer", `${host} gave no answer within ${BRIEF_MS / 1_000} s`);
}

function isUnavailable(error: unknown): error is PullError {
  return error instanceof PullError && isOutage(error.status);
}
