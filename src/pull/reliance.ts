import { PullError } from "../oci/failure.ts";
import { isInterruption, isOutage } from "../oci/reason.ts";

/** When documents that are here may be used although the registry does not confirm them. */
export type Reliance = {
  /** False when the registry is not asked. */
  readonly confirms: boolean;
  /** Whether what the registry refuses, or no longer has, is used or is a failure. */
  readonly whenRefused: "fail" | "use-cache";
  /** True when this job may have the private content of its cache anyway. */
  readonly mayHavePrivate: boolean;
};

const HERE = "a copy is in the cache or the layout";
const USE_IT = "set when-unavailable: use-cache to use the copy";
const REVOKED = "credentials were sent, so access may have been revoked, and the copy is not used";
const ALLOW_IT = "set cache-private: true if everyone who can read the cache may have the image";

/** True when a registry fails. The end of the step is no such failure. */
export function isIgnorableOutage({ status, reason }: PullError): boolean {
  return isOutage(status) && !isInterruption(reason);
}

/**
 * Fails unless a document that is here may be used although the registry answered a question about
 * it with `error`. An outage says nothing about an image. A refusal does: what needed credentials
 * may be used only by those who may read the cache anyway.
 */
export function expectIgnorable(
  error: PullError,
  { whenRefused, mayHavePrivate }: Reliance,
  sentCredentials: boolean,
): void {
  const { status, reason, found, next } = error;
  if (isIgnorableOutage(error)) return;
  if (status !== "not-found" && status !== "unauthorized") throw error;
  if (whenRefused === "fail") {
    throw new PullError(reason, `${found}; ${HERE}`, { next: `${next}, or ${USE_IT}` });
  }
  if (!sentCredentials || mayHavePrivate) return;
  throw new PullError(reason, `${found}; ${REVOKED}`, { next: `${next}, or ${ALLOW_IT}` });
}
