import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  isTag,
  parseReference
} from "./chunk-UMCD7WYT.js";
import {
  asDigest
} from "./chunk-V4QGKLYV.js";
import {
  excerpt
} from "./chunk-DGCL3OSD.js";
import {
  PullError,
  foundBy,
  messageOf
} from "./chunk-P27XCGGL.js";

// src/serve/listener.ts
import { createServer } from "node:http";

// src/serve/refusal.ts
var MESSAGE_LIMIT = 1024;
var REASON_LIMIT = 200;
var UNKNOWN = {
  base: "NAME_UNKNOWN",
  manifest: "MANIFEST_UNKNOWN",
  blob: "BLOB_UNKNOWN",
  list: "NAME_UNKNOWN"
};
var NO_REFERRERS = "UNSUPPORTED";
var STATUSES = {
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
  unsupported: [500, "UNKNOWN"]
};
function refuse(status, code, message) {
  return { kind: "refusal", status, code, message };
}
function refusalOf(error, asked) {
  if (!(error instanceof PullError)) {
    return refuse(500, "UNKNOWN", "the job's registry failed; its log has the details");
  }
  const [status, code] = STATUSES[error.status];
  return refuse(status, status === 404 ? unknownCode(asked) : code, error.message);
}
function unknownCode(asked) {
  const isReferrers = asked.kind === "list" && asked.path.startsWith("referrers/");
  return isReferrers ? NO_REFERRERS : UNKNOWN[asked.kind];
}
function refuseName(error) {
  return refuse(400, "NAME_INVALID", foundBy(error));
}
function refusalBody({ code, message }) {
  const error = { code, message: cut(message, MESSAGE_LIMIT) };
  return Buffer.from(`${JSON.stringify({ errors: [error] })}
`);
}
function reasonPhrase({ code, message }) {
  const printable = `${code}: ${message}`.replace(/[^\x20-\x7e]+/g, "?");
  return cut(printable, REASON_LIMIT);
}
function cut(text, limit) {
  return text.length <= limit ? text : `${text.slice(0, limit - "...".length)}...`;
}

// src/serve/upstream.ts
var NAME = /^[^/@]+(?:\/[^/@]+)*$/;
function upstreamOf(name, namespace, isOwn) {
  if (!NAME.test(name)) throw refused(name, "components without @, joined by /");
  const hasNamespace = namespace !== void 0 && !isOwn(namespace);
  if (hasNamespace) return repositoryIn(namespace, name);
  const [first = "", ...rest] = name.split("/");
  const isRouted = rest.length > 0 && isOwn(first);
  if (isRouted) return upstreamOf(rest.join("/"), void 0, isOwn);
  return parseReference(tagged(name));
}
function repositoryIn(registry, name) {
  const lower = registry.toLowerCase();
  const own = `${lower}/`;
  const path = name.toLowerCase().startsWith(own) ? name.slice(own.length) : name;
  const read = parseReference(tagged(`${lower}/${path}`));
  const expected = lower === "index.docker.io" ? "docker.io" : lower;
  if (read.registry !== expected) throw refused(registry, "a registry as host or host:port");
  return read;
}
function tagged(name) {
  return `${name}:latest`;
}
function refused(text, expected) {
  return new PullError("wrong-reference", `expected ${expected}, got ${JSON.stringify(text)}`);
}

// src/serve/asked.ts
var KINDS = ["manifests", "blobs", "tags", "referrers"];
var EXPECTED = "expected /v2/, /v2/<name>/manifests/<reference>, /v2/<name>/blobs/<digest>, /v2/<name>/tags/list or /v2/<name>/referrers/<digest>";
function readAsked(by) {
  const path = by.path.replace(/%3a/gi, ":");
  if (path === "/v2/" || path === "/v2") return { kind: "base" };
  const parts = partsOf(path);
  if (parts === void 0) {
    return refuse(404, "UNSUPPORTED", `${EXPECTED}, got ${JSON.stringify(excerpt(path))}`);
  }
  const repository = repositoryOf(parts.name, by);
  return "kind" in repository ? repository : askedOf(parts, repository, by.query);
}
function partsOf(path) {
  const [root, version, ...rest] = path.split("/");
  const last = rest.pop();
  const kind = rest.pop();
  const isKnown = kind !== void 0 && KINDS.includes(kind) && (kind !== "tags" || last === "list");
  const isComplete = root === "" && version === "v2" && rest.length > 0 && isKnown;
  return isComplete && last !== void 0 ? { name: rest.join("/"), kind, last } : void 0;
}
function repositoryOf(name, { query, namespace, isOwn }) {
  const stated = namespacesIn(query);
  if (stated.length > 1) {
    const found = `expected one parameter ns, got ${stated.length}`;
    return refuse(400, "NAME_INVALID", found);
  }
  try {
    const { registry, repository } = upstreamOf(name, stated[0] ?? namespace, isOwn);
    return { registry, repository };
  } catch (error) {
    return refuseName(error);
  }
}
function askedOf({ kind, last }, repository, query) {
  if (kind === "manifests") return askedManifest(repository, last);
  const digest = asDigest(last);
  if (kind !== "tags" && digest === void 0) return refuseDigest(last);
  if (kind === "blobs" && digest !== void 0) return { kind: "blob", repository, digest };
  return { kind: "list", repository, path: `${kind}/${last}`, query: listQuery(query) };
}
function askedManifest(repository, reference) {
  const isReference = isTag(reference) || asDigest(reference) !== void 0;
  if (isReference) return { kind: "manifest", repository, reference };
  if (reference.includes(":")) return refuseDigest(reference);
  const found = `expected a tag or a digest, got ${JSON.stringify(excerpt(reference))}`;
  return refuse(404, "MANIFEST_UNKNOWN", found);
}
function refuseDigest(text) {
  const shown = JSON.stringify(excerpt(text));
  const expected = "expected sha256: and 64, or sha512: and 128 lower-case hex digits";
  return refuse(400, "DIGEST_INVALID", `${expected}, got ${shown}`);
}
function namespacesIn(query) {
  return new URLSearchParams(query).getAll("ns");
}
function listQuery(query) {
  const isOther = (part) => part !== "" && namespacesIn(part).length === 0;
  return query.split("&").filter(isOther).join("&");
}
function nextLink({ path, query }, next) {
  const [namespace] = namespacesIn(query);
  const kept = namespace === void 0 ? [] : [`ns=${encodeURIComponent(namespace)}`];
  return `<${path}?${[next, ...kept].join("&")}>; rel="next"`;
}

// src/serve/range.ts
var SINGLE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;
function readRange(header, size) {
  const [, first = "", last = ""] = SINGLE.exec(header ?? "") ?? [];
  if (first === "" && last === "") return void 0;
  return first === "" ? suffix(Number(last), size) : between(Number(first), last, size);
}
function suffix(length, size) {
  if (length === 0 || size === 0) return "unsatisfiable";
  return { start: Math.max(0, size - length), end: size };
}
function between(start2, last, size) {
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  return start2 < end ? { start: start2, end } : "unsatisfiable";
}

// src/serve/sending.ts
var STALL_MS = 10 * 6e4;
var TURN_SIZE = 1024 * 1024;
async function sendBytes(chunks, length, response, { start: start2, after }) {
  const outlet = new Outlet(response, after);
  let sent = 0;
  for await (const chunk of chunks) {
    sent += chunk.length;
    if (sent > length) throw new PullError("too-long", `expected ${length} bytes, read more`);
    if (!response.headersSent) start2();
    await outlet.write(chunk);
  }
  if (sent < length) throw new PullError("too-short", `expected ${length} bytes, read ${sent}`);
  if (!response.headersSent) start2();
  response.end();
}
var Outlet = class {
  #response;
  #after;
  /** Bytes since other clients could go on. */
  #taken = 0;
  #fail;
  constructor(response, after) {
    this.#response = response;
    this.#after = after;
    response.once("close", () => this.#fail?.(gone()));
  }
  /** Resolves when the system has the chunk. */
  async write(chunk) {
    if (this.#response.destroyed) throw gone();
    const cancel = this.#after(STALL_MS, () => this.#response.destroy());
    try {
      await this.#written(chunk);
    } finally {
      cancel();
    }
    this.#taken += chunk.length;
    if (this.#taken < TURN_SIZE) return;
    this.#taken = 0;
    await new Promise((resolve) => setImmediate(resolve));
  }
  #written(chunk) {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      this.#response.write(chunk, (error) => {
        if (error) reject(gone(error));
        else resolve();
      });
    });
  }
};
function gone(cause) {
  return new PullError("cancelled", "the client went away", { cause });
}

// src/serve/answer.ts
var VERSION = { "Docker-Distribution-API-Version": "registry/2.0" };
function answerBase(exchange) {
  const body = Buffer.from("{}");
  const headers = { "Content-Type": "application/json", "Content-Length": body.length };
  return answer(exchange, 200, headers, () => [body]);
}
function answerDocument(exchange, { bytes, size, digest, mediaType }) {
  const headers = {
    "Content-Type": mediaType,
    "Content-Length": size,
    "Docker-Content-Digest": digest
  };
  return answer(exchange, 200, headers, () => [bytes]);
}
function answerList(exchange, { bytes, mediaType, next, filters }, asked) {
  const headers = {
    "Content-Type": mediaType,
    "Content-Length": bytes.length,
    ...next === void 0 ? {} : { Link: nextLink(asked, next) },
    ...filters === "" ? {} : { "OCI-Filters-Applied": filters }
  };
  return answer(exchange, 200, headers, () => [bytes]);
}
async function answerBlob(exchange, blob) {
  const { digest, size, read } = blob;
  const range = rangeOf(exchange.request, size);
  if (range === "unsatisfiable") return answerRefusal(exchange, ...refusedRange(size));
  const { start: start2, end } = range ?? { start: 0, end: size };
  const headers = {
    "Content-Type": "application/octet-stream",
    "Content-Length": end - start2,
    "Docker-Content-Digest": digest,
    "Accept-Ranges": "bytes",
    ...range === void 0 ? {} : { "Content-Range": `bytes ${start2}-${end - 1}/${size}` }
  };
  await answer(exchange, range === void 0 ? 200 : 206, headers, () => read(start2, end));
}
function refusedRange(size) {
  const refusal = refuse(416, "UNSUPPORTED", `expected a range within ${size} bytes`);
  return [refusal, { "Content-Range": `bytes */${size}` }];
}
function rangeOf({ method, headers }, size) {
  const hasRange = method === "GET" && headers["if-range"] === void 0;
  return hasRange ? readRange(headers.range, size) : void 0;
}
function answerRefusal({ response }, refusal, more = {}) {
  const body = refusalBody(refusal);
  const headers = {
    ...VERSION,
    "Content-Type": "application/json",
    "Content-Length": body.length,
    ...more
  };
  response.writeHead(refusal.status, reasonPhrase(refusal), headers);
  response.end(body);
}
async function answer({ request, response, after }, status, headers, body) {
  const start2 = () => void response.writeHead(status, { ...VERSION, ...headers });
  if (request.method === "HEAD") {
    start2();
    response.end();
    return;
  }
  await sendBytes(body(), headers["Content-Length"], response, { start: start2, after });
}

// src/serve/client-name.ts
var PRODUCT = /^([A-Za-z][A-Za-z0-9._-]{0,31})(?:\/v?([A-Za-z0-9._-]{1,31}))?/;
var FAMILIAR = /* @__PURE__ */ new Map([["containers", "containers/image"]]);
function clientName(userAgent) {
  const [, name = "", version] = PRODUCT.exec(userAgent) ?? [];
  const familiar = FAMILIAR.get(name) ?? name;
  return version === void 0 ? familiar : `${familiar} ${version}`;
}

// src/serve/own-address.ts
var MACHINE = /* @__PURE__ */ new Set(["localhost", "host.docker.internal", "host.containers.internal"]);
var LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::\]|\[::1\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]+\])$/;
var IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
var HTTP_PORT = 80;
function isAllowedHost(header) {
  const url = parsed(header);
  if (url === void 0) return false;
  const { hostname } = url;
  const isAddress = IPV4.test(hostname) || hostname.startsWith("[");
  const isUsual = header.toLowerCase().startsWith(hostname);
  return isUsual && (isAddress || MACHINE.has(hostname));
}
function isOwnAddress(registry, { port, hosts }) {
  const url = parsed(registry);
  if (url === void 0 || Number(url.port || HTTP_PORT) !== port) return false;
  const { hostname } = url;
  const isMachine = LOOPBACK.test(hostname) || MACHINE.has(hostname);
  return isMachine || hosts.some((host) => hostnameOf(host) === hostname);
}
function hostnameOf(host) {
  const isBareIpv6 = host.includes(":") && !host.startsWith("[");
  return parsed(isBareIpv6 ? `[${host}]` : host)?.hostname;
}
function parsed(host) {
  const url = `http://${host}`;
  const isHost = /^[A-Za-z0-9.:[\]_-]+$/.test(host) && URL.canParse(url);
  return isHost ? new URL(url) : void 0;
}

// src/serve/request-check.ts
var URL_LIMIT = 4 * 1024;
function refusalBefore(request) {
  return refusedHost(request) ?? refusedMethod(request) ?? refusedTarget(request) ?? refusedBody(request);
}
function refusedHost({ headersDistinct }) {
  const hosts = headersDistinct["host"] ?? [];
  const [host = ""] = hosts;
  if (hosts.length === 1 && isAllowedHost(host)) return void 0;
  const expected = "expected the header Host with an IP address, localhost or host.docker.internal";
  const found = JSON.stringify(excerpt(hosts.join(", ")));
  return refuse(403, "DENIED", `${expected}, got ${found}; ask by that name`);
}
function refusedMethod({ method = "" }) {
  if (method === "GET" || method === "HEAD") return void 0;
  const found = `expected GET or HEAD, got ${method}; push to the registry itself`;
  return refuse(405, "UNSUPPORTED", found);
}
function refusedTarget({ url = "" }) {
  if (url.length > URL_LIMIT) {
    const found2 = `expected a URL of at most ${URL_LIMIT} bytes, got ${url.length}`;
    return refuse(414, "NAME_INVALID", found2);
  }
  const isOriginForm = /^\/[\x21-\x22\x24-\x7e]*$/.test(url);
  if (isOriginForm) return void 0;
  const found = JSON.stringify(excerpt(url));
  return refuse(400, "NAME_INVALID", `expected a path and a query as the target, got ${found}`);
}
function refusedBody({ headers }) {
  const hasBody = Number(headers["content-length"] ?? 0) !== 0 || "transfer-encoding" in headers;
  if (hasBody) return refuse(400, "UNSUPPORTED", "expected a request without a body, got one");
  const refused2 = ["expect", "upgrade"].find((name) => name in headers);
  if (refused2 === void 0) return void 0;
  const status = refused2 === "expect" ? 417 : 400;
  return refuse(status, "UNSUPPORTED", `expected no header ${refused2}, got one`);
}

// src/serve/exchange.ts
async function answerRequest(exchange, answering) {
  const refusal = refusalBefore(exchange.request);
  if (refusal !== void 0) return answerRefusal(exchange, refusal, refusedHeaders(refusal));
  const by = askedBy(exchange.request, answering.own);
  const asked = readAsked(by);
  if (asked.kind === "refusal") return answerRefusal(exchange, asked);
  try {
    await answerAsked(exchange, asked, by, answering);
  } catch (error) {
    answerFailure(exchange, asked, error, answering.say);
  }
}
function refusedHeaders({ status }) {
  const close2 = { Connection: "close" };
  return status === 405 ? { ...close2, Allow: "GET, HEAD" } : close2;
}
function askedBy({ url = "", headers }, own) {
  const mark = url.indexOf("?");
  const namespace = headers["oci-namespace"];
  return {
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? "" : url.slice(mark + 1),
    // Node joins repeated headers with a comma, which no namespace has.
    namespace: Array.isArray(namespace) ? namespace.join() : namespace,
    isOwn: (registry) => isOwnAddress(registry, own)
  };
}
async function answerAsked(exchange, asked, by, { backend }) {
  if (asked.kind === "base") return answerBase(exchange);
  const asker = askerOf(exchange.request);
  const { repository } = asked;
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
function askerOf({ method, headers }) {
  return {
    method: method === "HEAD" ? "HEAD" : "GET",
    client: clientName(headers["user-agent"] ?? "")
  };
}
function answerFailure(exchange, asked, error, say) {
  const { request, response } = exchange;
  if (request.socket.destroyed) return;
  const isCut = response.headersSent;
  if (isCut) response.destroy();
  else answerRefusal(exchange, refusalOf(error, asked));
  const isBug = !(error instanceof PullError);
  const what = asked.kind === "blob" ? `${asked.kind} ${asked.digest}` : asked.kind;
  const detail = isBug && error instanceof Error ? error.stack ?? error.message : messageOf(error);
  if (isCut) say(`cut an answer, ${what}: ${detail}`);
  else if (isBug) say(`could not answer, ${what}: ${detail}`);
}

// src/serve/listener.ts
var CONNECTION_LIMIT = 1e3;
var PIPELINE_LIMIT = 4;
var TEXT_LIMIT = 100;
var LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 1e4,
  requestTimeout: 1e4,
  connectionsCheckingInterval: 1e3,
  // Between the layers of an image, and the steps of a build.
  keepAliveTimeout: 6e4
};
var GRACE_MS = 3e3;
async function listen(options) {
  const traffic = new Traffic();
  const { backend, after } = options;
  const say = once(options.say);
  const handle = (request, response) => {
    const isIn = traffic.enter(request, response);
    const hosts = [options.host, request.socket.localAddress ?? ""];
    const own = { port, hosts };
    if (isIn) void answerRequest({ request, response, after }, { backend, say, own });
  };
  const server = createServer(LIMITS, handle);
  server.on("checkContinue", handle);
  server.on("checkExpectation", handle);
  server.maxConnections = CONNECTION_LIMIT;
  const port = await start(server, options);
  server.on("error", (error) => say(`could not accept a connection: ${error.message}`));
  return { port, active: () => traffic.active, close: () => close(server, after) };
}
function once(say) {
  const said = /* @__PURE__ */ new Set();
  return (line) => {
    const isNew = said.size < TEXT_LIMIT && !said.has(line);
    if (!isNew) return;
    said.add(line);
    say(line);
  };
}
function start(server, { host, port }) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve(portOf(server.address()));
    });
  });
}
function portOf(address) {
  return typeof address === "object" && address !== null ? address.port : 0;
}
async function close(server, after) {
  const closed = new Promise((resolve) => server.close(() => resolve()));
  const cancel = after(GRACE_MS, () => server.closeAllConnections());
  await closed;
  cancel();
}
var Traffic = class {
  active = 0;
  #waiting = /* @__PURE__ */ new WeakMap();
  /** False when the request's connection was cut. */
  enter({ socket }, response) {
    if (this.#count(socket, 1) > PIPELINE_LIMIT) {
      socket.destroy();
      return false;
    }
    this.active++;
    response.once("close", () => {
      this.active--;
      this.#count(socket, -1);
    });
    return true;
  }
  #count(socket, change) {
    const count = (this.#waiting.get(socket) ?? 0) + change;
    this.#waiting.set(socket, count);
    return count;
  }
};

export {
  listen
};
