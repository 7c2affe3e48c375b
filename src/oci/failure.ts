/** The state of an image or of one of its platforms: the closed list of the action's contract. */
export type Status =
  | "ok"
  | "not-found"
  | "unauthorized"
  | "rate-limited"
  | "unreachable"
  | "platform-missing"
  | "dangling"
  | "platform-mismatch"
  | "not-an-image"
  | "invalid"
  | "unsupported";

/** Every status but `ok`. */
export type FailureStatus = Exclude<Status, "ok">;

const HEALING: ReadonlySet<Status> = new Set<Status>(["not-found", "platform-missing", "dangling", "unreachable", "rate-limited"]);

/** True when trying again later can turn this status into `ok`. */
export function mayHeal(status: Status): boolean {
  return HEALING.has(status);
}

/** The one error this project throws on purpose: a status of the contract and a message that says what to do. */
export class PullError extends Error {
  override readonly name = "PullError";
  readonly status: FailureStatus;

  constructor(status: FailureStatus, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
  }
}

/** The same failure seen from further out: `prefix` is put before its message, `status` replaces its own when given. */
export function inContext(error: PullError, prefix: string, status: FailureStatus = error.status): PullError {
  return new PullError(status, `${prefix}: ${error.message}`, error);
}
