/** Time and chance, passed in so that tests need neither. */
export type Clock = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when that aborts first. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Runs something once, `ms` milliseconds from now, unless what it returns is called before. */
  readonly after: (ms: number, run: () => void) => () => void;
  /** From 0, inclusive, to 1, exclusive. */
  readonly random: () => number;
  /** Starts to watch this process; what it returns tells which share of the time since it had something to do, from 0 to 1. */
  readonly effort: () => () => number;
};

/** How often a request is sent at most. */
export const ATTEMPTS = 5;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;
/** A registry that asks for more than this is not waited for: the message then says how long it asked for. */
export const LONGEST_RETRY_AFTER_MS = 60_000;

/** True for an answer that another attempt may better: overload, a broken gateway, a timeout on the way. */
export function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status === 499 || (status >= 500 && status !== 501 && status !== 505);
}

/**
 * Milliseconds to wait after failed attempt number `attempt` (from 1): what the registry asked for, else doubling from one
 * second with full jitter. Undefined when it asked for more than a minute.
 */
export function delayAfter(attempt: number, retryAfter: string | undefined, clock: Pick<Clock, "now" | "random">): number | undefined {
  const asked = retryAfter === undefined ? undefined : parseRetryAfter(retryAfter, clock.now());
  if (asked !== undefined) return asked <= LONGEST_RETRY_AFTER_MS ? asked : undefined;
  return Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS) * clock.random();
}

/**
 * Milliseconds from `now` that a `Retry-After` header asks for, in seconds or as a date; never negative.
 * Undefined when it is neither: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function parseRetryAfter(header: string, now: number): number | undefined {
  const text = header.trim();
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1_000;
  // Only the HTTP forms of a date: Date.parse alone would also take "-1" for a year.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
