import type { IncomingHttpHeaders } from "node:http";
import type { HttpAnswer } from "../http/http.ts";
import { PullError } from "../oci/failure.ts";
import { excerpt } from "../oci/json.ts";
import type { Reason } from "../oci/reason.ts";

/** An answer that is not a success, as the failure it means. */
export class RefusedError extends PullError {
  /** The answer's status code. */
  readonly answered: number;

  constructor(reason: Reason, message: string, answered: number) {
    super(reason, message);
    this.answered = answered;
  }
}

type Refused = {
  readonly url: URL;
  readonly answer: HttpAnswer;
  readonly refusals: readonly string[];
};

/**
 * The failure that an answer means. The status decides, because registries agree on it; `words`,
 * the registry's own message, only explains it.
 */
export function refusal(refused: Refused, words: string): RefusedError {
  const { url, answer, refusals } = refused;
  const { status } = answer;
  const head = `${url.host} answered ${status} ${words}`.trimEnd();
  const message = `${head}${detailsOf(answer, refusals)}`;
  return new RefusedError(reasonFor(status, refusals), message, status);
}

function reasonFor(status: number, refusals: readonly string[]): Reason {
  // 410 is final, and no registry is known to send it for anything else.
  if (status === 404 || status === 410) return "not-found";
  if (status === 401 || status === 403) {
    return refusals.length === 0 ? "no-credentials" : "credentials-refused";
  }
  if (status === 429) return "rate-limited";
  if (status === 408 || status === 499 || status >= 500) return "server-error";
  return "unexpected-answer";
}

/** What is known beyond the registry's own message. */
function detailsOf({ status, headers }: HttpAnswer, refusals: readonly string[]): string {
  if (status === 429) return retryAfterWords(headers);
  const isDenied = status === 401 || status === 403;
  if (!isDenied) return "";
  if (refusals.length === 0) return "; no credentials are configured for it";
  return `; refused: ${refusals.join("; ")}`;
}

function retryAfterWords(headers: IncomingHttpHeaders): string {
  const after = excerpt(headers["retry-after"] ?? "");
  if (after === "") return "";
  const isSeconds = /^\d+$/.test(after);
  const wait = isSeconds ? `${after} s` : `until ${after}`;
  return `; it asks to wait ${wait}`;
}
