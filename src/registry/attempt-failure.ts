import { inContext, PullError } from "../oci/failure.ts";
import { BodyError, SinkError } from "./body.ts";
import { ATTEMPTS } from "./retry.ts";

// A refused or silent address: more tries only delay the message.
const SILENT_ATTEMPTS = 3;

/** How often a request that failed so is sent at most. */
export function attemptsFor(error: unknown): number {
  if (error instanceof BodyError || error instanceof SinkError) return 1;
  if (error instanceof PullError) return error.status === "unreachable" ? SILENT_ATTEMPTS : 1;
  const code = codeOf(error);
  if (code === "ENOTFOUND" || isTls(code)) return 1;
  return code === "ECONNREFUSED" ? SILENT_ATTEMPTS : ATTEMPTS;
}

/** What a failed attempt means to the user. */
export function toPullError(url: URL, error: unknown): PullError {
  if (error instanceof BodyError) return error;
  if (error instanceof SinkError && error.cause instanceof PullError) return error.cause;
  if (error instanceof PullError) return inContext(error, url.host);
  const code = codeOf(error);
  const words = causeOf(error);
  if (/wrong.version.number|WRONG_VERSION_NUMBER/i.test(`${code} ${words}`)) {
    return new PullError("plain-http", `${url.host} TLS failed: ${words}; it speaks plain HTTP`, { cause: error });
  }
  if (isTls(code)) return new PullError("tls-failed", `${url.host} TLS failed: ${words}`, { cause: error });
  return new PullError("no-answer", `${url.host} gave no answer: ${words}`, { cause: error });
}

/** The system's code of an error, like `ECONNREFUSED`; empty when it has none. */
export function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code ?? "");
}

/** What went wrong, in the system's words. */
export function causeOf(error: unknown): string {
  // Node tries every address of a name and then throws all failures at once, with an empty message of its own.
  if (error instanceof AggregateError) return error.errors.map(causeOf).join("; ");
  if (error instanceof PullError) return error.found;
  return error instanceof Error && error.message !== "" ? error.message : codeOf(error) || String(error);
}

function isTls(code: string): boolean {
  return /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|EPROTO)/.test(code);
}
