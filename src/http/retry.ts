import type { Clock } from "./clock.ts";

/** The most times that a request is sent. */
export const ATTEMPTS = 5;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;
/** The longest wait that a registry may ask for; a longer one fails, and the message states it. */
export const LONGEST_RETRY_AFTER_MS = 60_000;

/** True for an answer that a retry may improve: overload, a broken gateway, a timeout. */
export function isTransient(status: number): boolean {
  return (
    status === 408 ||
    status === 429 ||
    status === 499 ||
    (status >= 500 && status !== 501 && status !== 505)
  );
}

/**
 * Milliseconds to wait after failed attempt number `attempt` (from 1): what the registry asked for,
 * else one second, doubled with each attempt, with full jitter. Undefined when the registry asked
 * for more than a minute.
 */
export function delayAfter(
  attempt: number,
  retryAfter: string | undefined,
  clock: Pick<Clock, "now" | "random">,
): number | undefined {
  const asked = retryAfter === undefined ? undefined : parseRetryAfter(retryAfter, clock.now());
  if (asked !== undefined) return asked <= LONGEST_RETRY_AFTER_MS ? asked : undefined;
  const doubled = FIRST_DELAY_MS * 2 ** (attempt - 1);
  return Math.min(doubled, LONGEST_DELAY_MS) * clock.random();
}

/**
 * Milliseconds from `now` that a `Retry-After` header asks for, in seconds or as a date; never
 * negative. Undefined when it is neither:
 * https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function parseRetryAfter(header: string, now: number): number | undefined {
  const text = header.trim();
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1_000;
  // Only the HTTP forms of a date: Date.parse also reads "-1" as a year.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
