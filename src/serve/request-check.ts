import type { IncomingMessage } from "node:http";
import { excerpt } from "../oci/json.ts";
import { isAllowedHost } from "./own-address.ts";
import { type Refusal, refuse } from "./refusal.ts";

// The longest reference, an artifact type or tag, and a namespace, each encoded, fit in 2 KiB.
const URL_LIMIT = 4 * 1024;

/**
 * Why a request is refused before anything is asked; undefined when it is not. The connection must
 * end after such a refusal: what follows on it may be a body.
 */
export function refusalBefore(request: IncomingMessage): Refusal | undefined {
  return (
    refusedHost(request) ?? refusedMethod(request) ?? refusedTarget(request) ?? refusedBody(request)
  );
}

function refusedHost({ headersDistinct }: IncomingMessage): Refusal | undefined {
  const hosts = headersDistinct["host"] ?? [];
  const [host = ""] = hosts;
  if (hosts.length === 1 && isAllowedHost(host)) return undefined;
  const expected = "expected the header Host with an IP address, localhost or host.docker.internal";
  const found = JSON.stringify(excerpt(hosts.join(", ")));
  return refuse(403, "DENIED", `${expected}, got ${found}; ask by that name`);
}

function refusedMethod({ method = "" }: IncomingMessage): Refusal | undefined {
  if (method === "GET" || method === "HEAD") return undefined;
  const found = `expected GET or HEAD, got ${method}; push to the registry itself`;
  return refuse(405, "UNSUPPORTED", found);
}

function refusedTarget({ url = "" }: IncomingMessage): Refusal | undefined {
  if (url.length > URL_LIMIT) {
    const found = `expected a URL of at most ${URL_LIMIT} bytes, got ${url.length}`;
    return refuse(414, "NAME_INVALID", found);
  }
  // https://www.rfc-editor.org/rfc/rfc9112#section-3.2
  const isOriginForm = /^\/[\x21-\x22\x24-\x7e]*$/.test(url);
  if (isOriginForm) return undefined;
  const found = JSON.stringify(excerpt(url));
  return refuse(400, "NAME_INVALID", `expected a path and a query as the target, got ${found}`);
}

function refusedBody({ headers }: IncomingMessage): Refusal | undefined {
  const hasBody = Number(headers["content-length"] ?? 0) !== 0 || "transfer-encoding" in headers;
  if (hasBody) return refuse(400, "UNSUPPORTED", "expected a request without a body, got one");
  const refused = ["expect", "upgrade"].find((name) => name in headers);
  if (refused === undefined) return undefined;
  const status = refused === "expect" ? 417 : 400;
  return refuse(status, "UNSUPPORTED", `expected no header ${refused}, got one`);
}
