import { foundBy, PullError } from "../oci/failure.ts";
import type { FailureStatus } from "../oci/reason.ts";
import type { Asked } from "./served.ts";

/**
 * Codes of errors: those of the specification, and for a status of 500 or more those of Docker's
 * registry (https://github.com/distribution/distribution/blob/main/registry/api/errcode/register.go):
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
 */
export type Code =
  | "BLOB_UNKNOWN"
  | "DENIED"
  | "DIGEST_INVALID"
  | "MANIFEST_UNKNOWN"
  | "NAME_INVALID"
  | "NAME_UNKNOWN"
  | "TOOMANYREQUESTS"
  | "UNAVAILABLE"
  | "UNKNOWN"
  | "UNSUPPORTED";

/** An answer that is not what the client asked for. */
export type Refusal = {
  readonly kind: "refusal";
  /** The status code of HTTP. */
  readonly status: number;
  readonly code: Code;
  readonly message: string;
};

// A message is for one line of a log.
const MESSAGE_LIMIT = 1024;
const REASON_LIMIT = 200;

const UNKNOWN: Readonly<Record<Asked["kind"], Code>> = {
  base: "NAME_UNKNOWN",
  manifest: "MANIFEST_UNKNOWN",
  blob: "BLOB_UNKNOWN",
  list: "NAME_UNKNOWN",
};
// A registry without the referrers API answers 404. Clients then read the tag that lists them, but
// oras does not when the code is NAME_UNKNOWN:
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#unavailable-referrers-api
const NO_REFERRERS = "UNSUPPORTED";

// containerd retries 408 and 429 up to five times before it asks the upstream itself, and 500, 503
// and 504 only when there is no upstream to ask. It never retries 502. podman waits and retries
// after 429. So 429 is never sent:
// https://github.com/containerd/containerd/blob/main/core/remotes/docker/resolver.go
const STATUSES: Readonly<Record<FailureStatus, readonly [status: number, code: Code]>> = {
  "not-found": [404, "UNKNOWN"],
  "platform-missing": [404, "UNKNOWN"],
  unauthorized: [403, "DENIED"],
  "not-pinned": [403, "DENIED"],
  "not-locked": [403, "DENIED"],
  "rate-limited": [503, "TOOMANYREQUESTS"],
  unreachable: [502, "UNAVAILABLE"],
  dangling: [502, "UNKNOWN"],
  "platform-mismatch": [502, "UNKNOWN"],
  "not-an-image": [502, "UNKNOWN"],
  invalid: [502, "UNKNOWN"],
  unsupported: [500, "UNKNOWN"],
};

/** A refusal with a status of HTTP, a code and a message. */
export function refuse(status: number, code: Code, message: string): Refusal {
  return { kind: "refusal", status, code, message };
}

/**
 * The answer to a client whose request failed with `error`. An error other than a
 * {@link PullError} is not described to the client.
 */
export function refusalOf(error: unknown, asked: Asked): Refusal {
  if (!(error instanceof PullError)) {
    return refuse(500, "UNKNOWN", "the job's registry failed; its log has the details");
  }
  const [status, code] = STATUSES[error.status];
  return refuse(status, status === 404 ? unknownCode(asked) : code, error.message);
}

function unknownCode(asked: Asked): Code {
  const isReferrers = asked.kind === "list" && asked.path.startsWith("referrers/");
  return isReferrers ? NO_REFERRERS : UNKNOWN[asked.kind];
}

/** The answer to a name that the grammar of references refuses. */
export function refuseName(error: unknown): Refusal {
  return refuse(400, "NAME_INVALID", foundBy(error));
}

/** The body of a refusal, as JSON. Its message has at most 1,024 characters. */
export function refusalBody({ code, message }: Refusal): Buffer {
  const error = { code, message: cut(message, MESSAGE_LIMIT) };
  return Buffer.from(`${JSON.stringify({ errors: [error] })}\n`);
}

/**
 * The reason phrase of a refusal: `DENIED: …`, in printable ASCII, at most 200 characters. Docker
 * shows nothing else of the answer to a HEAD.
 */
export function reasonPhrase({ code, message }: Refusal): string {
  const printable = `${code}: ${message}`.replace(/[^\x20-\x7e]+/g, "?");
  return cut(printable, REASON_LIMIT);
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - "...".length)}...`;
}
