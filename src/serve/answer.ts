import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { type AskedBy, nextLink } from "./asked.ts";
import { readRange } from "./range.ts";
import { type Refusal, reasonPhrase, refusalBody, refuse } from "./refusal.ts";
import { type After, sendBytes } from "./sending.ts";
import type { ServedBlob, ServedDocument, ServedList } from "./served.ts";

// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#backwards-compatibility
const VERSION = { "Docker-Distribution-API-Version": "registry/2.0" };

/** Where an answer goes. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly after: After;
};

type Headers = OutgoingHttpHeaders & { readonly "Content-Length": number };

/** Answers `/v2/`: this is a registry. Fails as {@link sendBytes} does. */
export function answerBase(exchange: Exchange): Promise<void> {
  const body = Buffer.from("{}");
  const headers = { "Content-Type": "application/json", "Content-Length": body.length };
  return answer(exchange, 200, headers, () => [body]);
}

/** Answers with a manifest or index, or only its headers. Fails as {@link sendBytes} does. */
export function answerDocument(
  exchange: Exchange,
  { bytes, size, digest, mediaType }: ServedDocument,
): Promise<void> {
  const headers = {
    "Content-Type": mediaType,
    "Content-Length": size,
    "Docker-Content-Digest": digest,
  };
  return answer(exchange, 200, headers, () => [bytes]);
}

/** Answers with a page of a list that `asked` asked for. Fails as {@link sendBytes} does. */
export function answerList(
  exchange: Exchange,
  { bytes, mediaType, next, filters }: ServedList,
  asked: Pick<AskedBy, "path" | "query">,
): Promise<void> {
  const headers = {
    "Content-Type": mediaType,
    "Content-Length": bytes.length,
    ...(next === undefined ? {} : { Link: nextLink(asked, next) }),
    ...(filters === "" ? {} : { "OCI-Filters-Applied": filters }),
  };
  return answer(exchange, 200, headers, () => [bytes]);
}

/**
 * Answers with a blob, the part of it that the client asks for, or only its headers. Fails as
 * {@link sendBytes} does.
 */
export async function answerBlob(exchange: Exchange, blob: ServedBlob): Promise<void> {
  const { digest, size, read } = blob;
  const range = rangeOf(exchange.request, size);
  if (range === "unsatisfiable") return answerRefusal(exchange, ...refusedRange(size));
  const { start, end } = range ?? { start: 0, end: size };
  const headers = {
    "Content-Type": "application/octet-stream",
    "Content-Length": end - start,
    "Docker-Content-Digest": digest,
    "Accept-Ranges": "bytes",
    ...(range === undefined ? {} : { "Content-Range": `bytes ${start}-${end - 1}/${size}` }),
  };
  await answer(exchange, range === undefined ? 200 : 206, headers, () => read(start, end));
}

function refusedRange(size: number): [Refusal, OutgoingHttpHeaders] {
  const refusal = refuse(416, "UNSUPPORTED", `expected a range within ${size} bytes`);
  return [refusal, { "Content-Range": `bytes */${size}` }];
}

/**
 * Only a GET has ranges. `If-Range` compares with a validator, and these answers have none:
 * https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5
 */
function rangeOf({ method, headers }: IncomingMessage, size: number): ReturnType<typeof readRange> {
  const hasRange = method === "GET" && headers["if-range"] === undefined;
  return hasRange ? readRange(headers.range, size) : undefined;
}

/** Answers with a refusal, in the reason phrase and as JSON. */
export function answerRefusal(
  { response }: Exchange,
  refusal: Refusal,
  more: OutgoingHttpHeaders = {},
): void {
  const body = refusalBody(refusal);
  const headers = {
    ...VERSION,
    "Content-Type": "application/json",
    "Content-Length": body.length,
    ...more,
  };
  response.writeHead(refusal.status, reasonPhrase(refusal), headers);
  response.end(body);
}

async function answer(
  { request, response, after }: Exchange,
  status: number,
  headers: Headers,
  body: () => Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<void> {
  const start = (): void => void response.writeHead(status, { ...VERSION, ...headers });
  if (request.method === "HEAD") {
    start();
    response.end();
    return;
  }
  await sendBytes(body(), headers["Content-Length"], response, { start, after });
}
