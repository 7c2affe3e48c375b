import { codeOf, inContext, PullError } from "../oci/failure.ts";
import { BodyError, SinkError } from "./body.ts";
import { ATTEMPTS } from "./retry.ts";

// Connection refused or timed out: further attempts would only delay the error.
const SILENT_ATTEMPTS = 3;

/** The most times that a request is sent when it fails with `error`. */
export function attemptsFor(error: unknown): number {
  if (error instanceof BodyError || error instanceof SinkError) return 1;
  if (error instanceof PullError) return error.status === "unreachable" ? SILENT_ATTEMPTS : 1;
  const code = codeOf(error);
  if (code === "ENOTFOUND" || isTls(code)) return 1;
  return code === "ECONNREFUSED" ? SILENT_ATTEMPTS : ATTEMPTS;
}

/** The failure that a failed attempt means, with the host in its message. */
export function toPullError(url: URL, error: unknown): PullError {
  if (error instanceof BodyError) return error;
  if (error instanceof SinkError && error.cause instanceof PullError) return error.cause;
  if (error instanceof PullError) return inContext(error, url.host);
  const options = { cause: error };
  const code = codeOf(error);
  const words = causeOf(error);
  if (/wrong.version.number|WRONG_VERSION_NUMBER/i.test(`${code} ${words}`)) {
    const found = `${url.host} TLS failed: ${words}; it speaks plain HTTP`;
    return new PullError("plain-http", found, options);
  }
  if (isTls(code)) {
    return new PullError("tls-failed", `${url.host} TLS failed: ${words}`, options);
  }
  return new PullError("no-answer", `${url.host} gave no answer: ${words}`, options);
}

/** The system's message about a failure, or its code when there is no message. */
export function causeOf(error: unknown): string {
  // Node tries every address of a host, and throws all failures together with an empty message.
  if (error instanceof AggregateError) return error.errors.map(causeOf).join("; ");
  if (error instanceof PullError) return error.found;
  const message = error instanceof Error ? error.message : "";
  return message || codeOf(error) || String(error);
}

const TLS_CODE =
  /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|EPROTO)/;

function isTls(code: string): boolean {
  return TLS_CODE.test(code);
}
