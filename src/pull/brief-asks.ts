import type { Urgency } from "../gate/source.ts";
import { PullError } from "../oci/failure.ts";
import { isOutage } from "../oci/reason.ts";

/** Calls `run` once, in `ms` milliseconds, unless the returned function is called first. */
export type After = (ms: number, run: () => void) => () => void;

// A request has a deadline of its own. This one also ends what is before it, such as a token service
// that never answers.
const LIMIT_MS = 60_000;
/**
 * Keeps brief requests short. The first one to a host runs alone. When one shows that the host is
 * unavailable, every later one fails at once, until another request shows that the host works.
 */
export class BriefAsks {
  readonly #after: After;
  /** The first brief request to each host. It never fails. */
  readonly #first = new Map<string, Promise<unknown>>();
  /** Hosts that are unavailable. */
  readonly #failures = new Map<string, PullError>();

  constructor(after: After) {
    this.#after = after;
  }

  /**
   * What `run` returns. A brief request also fails as `no-answer` after a minute, and with the
   * failure of an earlier one that showed that the host is unavailable.
   */
  async ask<T>(host: string, { brief = false }: Urgency, run: () => Promise<T>): Promise<T> {
    if (!brief) return run();
    const first = this.#first.get(host);
    if (first !== undefined) {
      await first;
      return this.#run(host, run);
    }
    const result = this.#run(host, run);
    const settled = result.catch(() => undefined);
    this.#first.set(host, settled);
    return result;
  }

  /** Records that a host answered a request. */
  works(host: string): void {
    this.#failures.delete(host);
  }

  async #run<T>(host: string, run: () => Promise<T>): Promise<T> {
    const failure = this.#failures.get(host);
    if (failure !== undefined) throw failure;
    try {
      return await this.#limited(host, run);
    } catch (error) {
      if (isUnavailable(error)) this.#failures.set(host, error);
      throw error;
    }
  }

  /** What `run` returns within the limit. The race also receives a failure after that. */
  async #limited<T>(host: string, run: () => Promise<T>): Promise<T> {
    let cancel = (): void => undefined;
    const late = new Promise<never>((_, reject) => {
      cancel = this.#after(LIMIT_MS, () => reject(noAnswer(host)));
    });
    try {
      return await Promise.race([run(), late]);
    } finally {
      cancel();
    }
  }
}

function noAnswer(host: string): PullError {
  return new PullError("no-answer", `${host} gave no answer within ${LIMIT_MS / 1_000} s`);
}

function isUnavailable(error: unknown): error is PullError {
  return error instanceof PullError && isOutage(error.status);
}
