import { PullError } from "../oci/failure.ts";
import { type FailureStatus, REASONS, type Reason, type Status } from "../oci/reason.ts";

/** Why an image or a platform is not as required. The reason decides the status. */
export type Problem = {
  readonly status: FailureStatus;
  readonly reason: Reason;
  readonly message: string;
};

/** A problem for a reason. Its message says what was asked, what was found and what to do next. */
export function problem(
  reason: Reason,
  asked: string,
  found: string,
  next: string = REASONS[reason].next,
): Problem {
  const { status } = REASONS[reason];
  const message = `${asked}: ${found}; ${next}`;
  return { status, reason, message };
}

/** A failure as the problem of what was asked. */
export function problemFrom({ reason, found, next }: PullError, asked: string): Problem {
  return problem(reason, asked, found, next);
}

/** Any error as the problem of what was asked. Rethrows one that is no {@link PullError}: a bug. */
export function asProblem(error: unknown, asked: string): Problem {
  if (!(error instanceof PullError)) throw error;
  return problemFrom(error, asked);
}

/** The same value with a note at the end of its message. */
export function withNote<T extends { readonly message: string }>(value: T, note: string): T {
  return { ...value, message: `${value.message} (${note})` };
}

// What `fail-on-missing: false` forgives.
const ABSENT: readonly Status[] = ["not-found", "platform-missing"];
// What proves that something required is not there.
const CERTAINLY_ABSENT: readonly Status[] = [...ABSENT, "dangling"];

/** True when a problem fails the step. `failOnMissing: false` forgives an absent image. */
export function failsOn(status: Status, optional: boolean, failOnMissing: boolean): boolean {
  return !optional && (failOnMissing || !ABSENT.includes(status));
}

/** True when the status proves that something required is not there. */
export function isCertainlyAbsent(status: Status): boolean {
  return CERTAINLY_ABSENT.includes(status);
}
