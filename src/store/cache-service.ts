import { aborted } from "../http/aborted.ts";
import type { Clock } from "../http/clock.ts";
import { messageOf, PullError } from "../oci/failure.ts";
import type { Outgoing } from "./cache.ts";

/** The calls of one version of the service. They fail with the errors of its client. */
export interface CacheCalls {
  /** How long one call may take. */
  readonly deadlineMs: number;
  /** The signed URL of the entry with this key, as the service states it; undefined without one. */
  find(key: string): Promise<string | undefined>;
  /**
   * Reserves an entry of `size` bytes; undefined when another job was first. Fails as `invalid`
   * when the service refuses that size.
   */
  reserve(key: string, size: number): Promise<Reservation | undefined>;
}

/** An entry that only this job can write. Nothing can restore it before it is complete. */
export interface Reservation {
  /** Sends the bytes. Fails as the slices do, and when the signal aborts. */
  send(bytes: Outgoing, signal: AbortSignal): Promise<void>;
  /** Completes the entry, whose `size` bytes were sent; false when the service refuses it. */
  complete(size: number, signal: AbortSignal): Promise<boolean>;
}

/** Which service, what ends calls to it, and where messages go. */
export type CacheServiceOptions = {
  readonly calls: CacheCalls;
  readonly after: Clock["after"];
  /** Ends every call. */
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
  readonly say: (line: string) => void;
};

const FAILURES_ALLOWED = 2;
// Every later call would meet the same limit or denial.
const FINAL = /rate.?limit|denied|(\(|responded with )(40[13]|429)\b/i;

/**
 * Calls the Actions cache service. After two failures, or after one that every later call would
 * meet, it is disabled for the rest of the run, with one warning.
 */
export class CacheService {
  readonly #options: CacheServiceOptions;
  #failures = 0;
  #isDisabled = false;

  constructor(options: CacheServiceOptions) {
    this.#options = options;
  }

  /**
   * The signed URL of the entry with exactly this key; undefined when there is none, when the call
   * fails, and when the service is disabled. It never fails.
   */
  async lookUp(key: string): Promise<URL | undefined> {
    const url = await this.attempt(() => this.call((calls) => calls.find(key)));
    return url !== undefined && URL.canParse(url) ? new URL(url) : undefined;
  }

  /**
   * What `work` returns; undefined when the service is disabled, and when `work` fails. Every error
   * but a {@link PullError} counts as a failure of the service.
   */
  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#isDisabled) return undefined;
    try {
      return await work();
    } catch (error) {
      // No fault of the service: the step has ended, or these bytes cannot be saved.
      if (error instanceof PullError) this.#options.say(error.found);
      else this.#failed(error);
      return undefined;
    }
  }

  /** Counts a failure of the service; the second one disables it. */
  fail(why: string): void {
    this.#failures++;
    if (this.#failures >= FAILURES_ALLOWED) this.#disable(why);
  }

  #failed(error: unknown): void {
    const message = messageOf(error);
    const isFinal = error instanceof Error && error.name === "RateLimitError";
    if (isFinal || FINAL.test(message)) this.#disable(message);
    else this.fail(message);
  }

  #disable(why: string): void {
    if (this.#isDisabled) return;
    this.#isDisabled = true;
    this.#options.warn(`the Actions cache is disabled for the rest of this run: ${why}`);
  }

  /** What one call returns. Fails as {@link within} does, and as the call does. */
  async call<T>(work: (calls: CacheCalls, signal: AbortSignal) => Promise<T>): Promise<T> {
    const { calls } = this.#options;
    return this.within(calls.deadlineMs, (signal) => work(calls, signal));
  }

  /** What `call` returns. Fails after `ms` milliseconds, and with the signal's reason on abort. */
  async within<T>(ms: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const late = new AbortController();
    const cancel = this.#options.after(ms, () =>
      late.abort(new Error(`no answer within ${Math.round(ms / 1_000)} s`)),
    );
    const signal = AbortSignal.any([late.signal, this.#options.signal]);
    try {
      signal.throwIfAborted();
      return await Promise.race([call(signal), aborted(signal)]);
    } finally {
      cancel();
      // Ends what the call left running.
      late.abort();
    }
  }
}
