import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { messageOf, PullError } from "../oci/failure.ts";
import {
  answerBase,
  answerBlob,
  answerDocument,
  answerList,
  answerRefusal,
  type Exchange,
} from "./answer.ts";
import { type AskedBy, readAsked } from "./asked.ts";
import { clientName } from "./client-name.ts";
import { isOwnAddress, type OwnAddress } from "./own-address.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import { refusalBefore } from "./request-check.ts";
import type { Asked, Asker, Backend } from "./served.ts";

/** What is needed to answer requests. */
export type Answering = {
  readonly backend: Backend;
  /** Takes what went wrong on this side. */
  readonly say: (line: string) => void;
  readonly own: OwnAddress;
};

/** Answers one request, or cuts its connection. Never fails. */
export async function answerRequest(exchange: Exchange, answering: Answering): Promise<void> {
  const refusal = refusalBefore(exchange.request);
  if (refusal !== undefined) return answerRefusal(exchange, refusal, refusedHeaders(refusal));
  const by = askedBy(exchange.request, answering.own);
  const asked = readAsked(by);
  if (asked.kind === "refusal") return answerRefusal(exchange, asked);
  try {
    await answerAsked(exchange, asked, by, answering);
  } catch (error) {
    answerFailure(exchange, asked, error, answering.say);
  }
}

/** The connection ends: what follows on it may be a body. */
function refusedHeaders({ status }: Refusal): OutgoingHttpHeaders {
  const close = { Connection: "close" };
  return status === 405 ? { ...close, Allow: "GET, HEAD" } : close;
}

function askedBy({ url = "", headers }: IncomingMessage, own: OwnAddress): AskedBy {
  const mark = url.indexOf("?");
  const namespace = headers["oci-namespace"];
  return {
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? "" : url.slice(mark + 1),
    // Node joins repeated headers with a comma, which no namespace has.
    namespace: Array.isArray(namespace) ? namespace.join() : namespace,
    isOwn: (registry) => isOwnAddress(registry, own),
  };
}

async function answerAsked(
  exchange: Exchange,
  asked: Asked,
  by: AskedBy,
  { backend }: Answering,
): Promise<void> {
  if (asked.kind === "base") return answerBase(exchange);
  const asker = askerOf(exchange.request);
  const { repository } = asked;
  // The namespace that was used: see "Registry Proxying" in the specification.
  exchange.response.setHeader("OCI-Namespace", repository.registry);
  if (asked.kind === "list") {
    return answerList(exchange, await backend.list(asked, asker), by);
  }
  if (asked.kind === "manifest") {
    const document = await backend.manifest(repository, asked.reference, asker);
    return answerDocument(exchange, document);
  }
  return answerBlob(exchange, await backend.blob(repository, asked.digest, asker));
}

function askerOf({ method, headers }: IncomingMessage): Asker {
  return {
    method: method === "HEAD" ? "HEAD" : "GET",
    client: clientName(headers["user-agent"] ?? ""),
  };
}

/**
 * Answers with the failure. After the headers it can only cut the connection, so that the client
 * does not take what it has for all.
 */
function answerFailure(
  exchange: Exchange,
  asked: Asked,
  error: unknown,
  say: (line: string) => void,
): void {
  const { request, response } = exchange;
  // The client went away, which is what failed.
  if (request.socket.destroyed) return;

  const isCut = response.headersSent;
  if (isCut) response.destroy();
  else answerRefusal(exchange, refusalOf(error, asked));
  const isBug = !(error instanceof PullError);
  const what = asked.kind === "blob" ? `${asked.kind} ${asked.digest}` : asked.kind;
  const detail =
    isBug && error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
  if (isCut) say(`cut an answer, ${what}: ${detail}`);
  else if (isBug) say(`could not answer, ${what}: ${detail}`);
}
