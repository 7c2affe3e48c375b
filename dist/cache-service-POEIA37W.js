import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  aborted
} from "./chunk-4SKGWH6K.js";
import {
  PullError,
  messageOf
} from "./chunk-P27XCGGL.js";
import "./chunk-VA35IVHB.js";

// src/store/cache-service.ts
var FAILURES_ALLOWED = 2;
var FINAL = /rate.?limit|denied|(\(|responded with )(40[13]|429)\b/i;
var CacheService = class {
  #options;
  #failures = 0;
  #isDisabled = false;
  constructor(options) {
    this.#options = options;
  }
  /**
   * The signed URL of the entry with exactly this key; undefined when there is none, when the call
   * fails, and when the service is disabled. It never fails.
   */
  async lookUp(key) {
    const url = await this.attempt(() => this.call((calls) => calls.find(key)));
    return url !== void 0 && URL.canParse(url) ? new URL(url) : void 0;
  }
  /**
   * What `work` returns; undefined when the service is disabled, and when `work` fails. Every error
   * but a {@link PullError} counts as a failure of the service.
   */
  async attempt(work) {
    if (this.#isDisabled) return void 0;
    try {
      return await work();
    } catch (error) {
      if (error instanceof PullError) this.#options.say(error.found);
      else this.#failed(error);
      return void 0;
    }
  }
  /** Counts a failure of the service; the second one disables it. */
  fail(why) {
    this.#failures++;
    if (this.#failures >= FAILURES_ALLOWED) this.#disable(why);
  }
  #failed(error) {
    const message = messageOf(error);
    const isFinal = error instanceof Error && error.name === "RateLimitError";
    if (isFinal || FINAL.test(message)) this.#disable(message);
    else this.fail(message);
  }
  #disable(why) {
    if (this.#isDisabled) return;
    this.#isDisabled = true;
    this.#options.warn(`the Actions cache is disabled for the rest of this run: ${why}`);
  }
  /** What one call returns. Fails as {@link within} does, and as the call does. */
  async call(work) {
    const { calls } = this.#options;
    return this.within(calls.deadlineMs, (signal) => work(calls, signal));
  }
  /** What `call` returns. Fails after `ms` milliseconds, and with the signal's reason on abort. */
  async within(ms, call) {
    const late = new AbortController();
    const cancel = this.#options.after(
      ms,
      () => late.abort(new Error(`no answer within ${Math.round(ms / 1e3)} s`))
    );
    const signal = AbortSignal.any([late.signal, this.#options.signal]);
    try {
      signal.throwIfAborted();
      return await Promise.race([call(signal), aborted(signal)]);
    } finally {
      cancel();
      late.abort();
    }
  }
};
export {
  CacheService
};
