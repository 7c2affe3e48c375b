import { type FailureStatus, REASONS, type Reason } from "./reason.ts";

/** Replaces the next step that the reason names, and keeps the error that led to this one. */
export type FailureDetails = { readonly next?: string | undefined; readonly cause?: unknown };

/**
 * The one error that this project throws on purpose. Its message says what was expected, what was
 * found and what to do next.
 */
export class PullError extends Error {
  override readonly name = "PullError";
  readonly reason: Reason;
  /** The message without what to do next. */
  readonly found: string;
  /** What the user should do next. */
  readonly next: string;

  constructor(
    reason: Reason,
    found: string,
    { next = REASONS[reason].next, cause }: FailureDetails = {},
  ) {
    super(`${found}; ${next}`, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.found = found;
    this.next = next;
  }

  get status(): FailureStatus {
    return REASONS[this.reason].status;
  }
}

/** The same failure with `prefix: ` before what was found, to say where it happened. */
export function inContext(error: PullError, prefix: string): PullError {
  return new PullError(error.reason, `${prefix}: ${error.found}`, {
    next: error.next,
    cause: error,
  });
}

/** The message of an error; for a {@link PullError}, without what to do next. */
export function foundBy(error: unknown): string {
  return error instanceof PullError ? error.found : messageOf(error);
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system error code, such as `ECONNREFUSED`; empty when there is none. */
export function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return String(error.code ?? "");
}
