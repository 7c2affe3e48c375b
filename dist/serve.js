import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  WATCH,
  jobEnd,
  startWatchdog,
  watch
} from "./chunk-T237Y4H7.js";
import {
  ServingDirectory,
  untellClients
} from "./chunk-AY7VFE5N.js";
import {
  RECEIPT_LIST,
  RECEIPT_ROWS,
  RECEIPT_SIZE,
  printReceipt
} from "./chunk-HEQK6HCU.js";
import {
  CachedRegistry,
  usedCache
} from "./chunk-DMXB6SXD.js";
import "./chunk-QQ6JMD24.js";
import {
  planSaves
} from "./chunk-L6SCALD2.js";
import "./chunk-AIZKWMQ3.js";
import {
  layoutOf
} from "./chunk-DS6FQ7AS.js";
import {
  Layout
} from "./chunk-5OW2QLUR.js";
import {
  terminal
} from "./chunk-CLA6KNZT.js";
import {
  readInputs
} from "./chunk-UZK7FEFO.js";
import "./chunk-SWXX2UOV.js";
import {
  connectRegistry,
  mirroredRepositories
} from "./chunk-KIGC5NSG.js";
import "./chunk-QI2MY3KS.js";
import "./chunk-Q2WJBQJ5.js";
import "./chunk-3JVV6VOG.js";
import {
  HOLDER
} from "./chunk-XVBIHPMZ.js";
import {
  thisMachine
} from "./chunk-6JVYCYTG.js";
import "./chunk-GOQCIFQZ.js";
import "./chunk-4PGJNY3C.js";
import {
  resolveImage
} from "./chunk-L2NT274Y.js";
import "./chunk-I3UOCOBE.js";
import {
  DOCUMENT_BYTES,
  parseDocument
} from "./chunk-GK4TBZ6T.js";
import "./chunk-QLFXTSCP.js";
import "./chunk-4RAGDIWQ.js";
import {
  blobsOf,
  problemsOf
} from "./chunk-X7QNMO3T.js";
import "./chunk-2OAYVO4E.js";
import {
  asPlatform,
  formatPlatform,
  isTag,
  parseReference,
  repositoryName,
  runnerPlatform
} from "./chunk-6YGTSZFH.js";
import "./chunk-XFAF64ZC.js";
import "./chunk-PFTWHRR2.js";
import "./chunk-YNGR2UKO.js";
import "./chunk-W4LMWFRO.js";
import {
  asDigest,
  excerpt
} from "./chunk-ZUT5BRUG.js";
import {
  PullError,
  foundBy,
  isInterruption,
  isOutage,
  messageOf
} from "./chunk-BKI5YU5A.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/serve.ts
import { text } from "node:stream/consumers";

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
__name(refuse, "refuse");
function refusalOf(error, asked) {
  if (!(error instanceof PullError)) {
    return refuse(500, "UNKNOWN", "the job's registry failed; its log has the details");
  }
  const [status, code] = STATUSES[error.status];
  return refuse(status, status === 404 ? unknownCode(asked) : code, error.message);
}
__name(refusalOf, "refusalOf");
function unknownCode(asked) {
  const isReferrers = asked.kind === "list" && asked.path.startsWith("referrers/");
  return isReferrers ? NO_REFERRERS : UNKNOWN[asked.kind];
}
__name(unknownCode, "unknownCode");
function refuseName(error) {
  return refuse(400, "NAME_INVALID", foundBy(error));
}
__name(refuseName, "refuseName");
function refusalBody({ code, message }) {
  const error = { code, message: cut(message, MESSAGE_LIMIT) };
  return Buffer.from(`${JSON.stringify({ errors: [error] })}
`);
}
__name(refusalBody, "refusalBody");
function reasonPhrase({ code, message }) {
  const printable = `${code}: ${message}`.replace(/[^\x20-\x7e]+/g, "?");
  return cut(printable, REASON_LIMIT);
}
__name(reasonPhrase, "reasonPhrase");
function cut(text2, limit) {
  return text2.length <= limit ? text2 : `${text2.slice(0, limit - "...".length)}...`;
}
__name(cut, "cut");

// src/serve/upstream.ts
var NAME = /^[^/@]+(?:\/[^/@]+)*$/;
function upstreamOf(name, namespace, isOwn2) {
  if (!NAME.test(name)) throw refused(name, "components without @, joined by /");
  const hasNamespace = namespace !== void 0 && !isOwn2(namespace);
  if (hasNamespace) return repositoryIn(namespace, name);
  const [first = "", ...rest] = name.split("/");
  const isRouted = rest.length > 0 && isOwn2(first);
  if (isRouted) return upstreamOf(rest.join("/"), void 0, isOwn2);
  return parseReference(tagged(name));
}
__name(upstreamOf, "upstreamOf");
function repositoryIn(registry, name) {
  const lower = registry.toLowerCase();
  const own = `${lower}/`;
  const path = name.toLowerCase().startsWith(own) ? name.slice(own.length) : name;
  const read = parseReference(tagged(`${lower}/${path}`));
  const expected = lower === "index.docker.io" ? "docker.io" : lower;
  if (read.registry !== expected) throw refused(registry, "a registry as host or host:port");
  return read;
}
__name(repositoryIn, "repositoryIn");
function tagged(name) {
  return `${name}:latest`;
}
__name(tagged, "tagged");
function refused(text2, expected) {
  return new PullError("wrong-reference", `expected ${expected}, got ${JSON.stringify(text2)}`);
}
__name(refused, "refused");

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
__name(readAsked, "readAsked");
function partsOf(path) {
  const [root, version, ...rest] = path.split("/");
  const last = rest.pop();
  const kind = rest.pop();
  const isKnown = kind !== void 0 && KINDS.includes(kind) && (kind !== "tags" || last === "list");
  const isComplete = root === "" && version === "v2" && rest.length > 0 && isKnown;
  return isComplete && last !== void 0 ? { name: rest.join("/"), kind, last } : void 0;
}
__name(partsOf, "partsOf");
function repositoryOf(name, { query, namespace, isOwn: isOwn2 }) {
  const stated = namespacesIn(query);
  if (stated.length > 1) {
    const found = `expected one parameter ns, got ${stated.length}`;
    return refuse(400, "NAME_INVALID", found);
  }
  try {
    const { registry, repository } = upstreamOf(name, stated[0] ?? namespace, isOwn2);
    return { registry, repository };
  } catch (error) {
    return refuseName(error);
  }
}
__name(repositoryOf, "repositoryOf");
function askedOf({ kind, last }, repository, query) {
  if (kind === "manifests") return askedManifest(repository, last);
  const digest = asDigest(last);
  if (kind !== "tags" && digest === void 0) return refuseDigest(last);
  if (kind === "blobs" && digest !== void 0) return { kind: "blob", repository, digest };
  return { kind: "list", repository, path: `${kind}/${last}`, query: listQuery(query) };
}
__name(askedOf, "askedOf");
function askedManifest(repository, reference) {
  const isReference = isTag(reference) || asDigest(reference) !== void 0;
  if (isReference) return { kind: "manifest", repository, reference };
  if (reference.includes(":")) return refuseDigest(reference);
  const found = `expected a tag or a digest, got ${JSON.stringify(excerpt(reference))}`;
  return refuse(404, "MANIFEST_UNKNOWN", found);
}
__name(askedManifest, "askedManifest");
function refuseDigest(text2) {
  const shown = JSON.stringify(excerpt(text2));
  const expected = "expected sha256: and 64, or sha512: and 128 lower-case hex digits";
  return refuse(400, "DIGEST_INVALID", `${expected}, got ${shown}`);
}
__name(refuseDigest, "refuseDigest");
function namespacesIn(query) {
  return new URLSearchParams(query).getAll("ns");
}
__name(namespacesIn, "namespacesIn");
function listQuery(query) {
  const isOther = /* @__PURE__ */ __name((part) => part !== "" && namespacesIn(part).length === 0, "isOther");
  return query.split("&").filter(isOther).join("&");
}
__name(listQuery, "listQuery");
function nextLink({ path, query }, next) {
  const [namespace] = namespacesIn(query);
  const kept = namespace === void 0 ? [] : [`ns=${encodeURIComponent(namespace)}`];
  return `<${path}?${[next, ...kept].join("&")}>; rel="next"`;
}
__name(nextLink, "nextLink");

// src/serve/range.ts
var SINGLE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i;
function readRange(header, size) {
  const [, first = "", last = ""] = SINGLE.exec(header ?? "") ?? [];
  if (first === "" && last === "") return void 0;
  return first === "" ? suffix(Number(last), size) : between(Number(first), last, size);
}
__name(readRange, "readRange");
function suffix(length, size) {
  if (length === 0 || size === 0) return "unsatisfiable";
  return { start: Math.max(0, size - length), end: size };
}
__name(suffix, "suffix");
function between(start2, last, size) {
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  return start2 < end ? { start: start2, end } : "unsatisfiable";
}
__name(between, "between");

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
__name(sendBytes, "sendBytes");
var Outlet = class {
  static {
    __name(this, "Outlet");
  }
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
__name(gone, "gone");

// src/serve/answer.ts
var VERSION = { "Docker-Distribution-API-Version": "registry/2.0" };
function answerBase(exchange) {
  const body = Buffer.from("{}");
  const headers = { "Content-Type": "application/json", "Content-Length": body.length };
  return answer(exchange, 200, headers, () => [body]);
}
__name(answerBase, "answerBase");
function answerDocument(exchange, { bytes, size, digest, mediaType }) {
  const headers = {
    "Content-Type": mediaType,
    "Content-Length": size,
    "Docker-Content-Digest": digest
  };
  return answer(exchange, 200, headers, () => [bytes]);
}
__name(answerDocument, "answerDocument");
function answerList(exchange, { bytes, mediaType, next, filters }, asked) {
  const headers = {
    "Content-Type": mediaType,
    "Content-Length": bytes.length,
    ...next === void 0 ? {} : { Link: nextLink(asked, next) },
    ...filters === "" ? {} : { "OCI-Filters-Applied": filters }
  };
  return answer(exchange, 200, headers, () => [bytes]);
}
__name(answerList, "answerList");
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
__name(answerBlob, "answerBlob");
function refusedRange(size) {
  const refusal = refuse(416, "UNSUPPORTED", `expected a range within ${size} bytes`);
  return [refusal, { "Content-Range": `bytes */${size}` }];
}
__name(refusedRange, "refusedRange");
function rangeOf({ method, headers }, size) {
  const hasRange = method === "GET" && headers["if-range"] === void 0;
  return hasRange ? readRange(headers.range, size) : void 0;
}
__name(rangeOf, "rangeOf");
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
__name(answerRefusal, "answerRefusal");
async function answer({ request, response, after }, status, headers, body) {
  const start2 = /* @__PURE__ */ __name(() => void response.writeHead(status, { ...VERSION, ...headers }), "start");
  if (request.method === "HEAD") {
    start2();
    response.end();
    return;
  }
  await sendBytes(body(), headers["Content-Length"], response, { start: start2, after });
}
__name(answer, "answer");

// src/serve/client-name.ts
var PRODUCT = /^([A-Za-z][A-Za-z0-9._-]{0,31})(?:\/v?([A-Za-z0-9._-]{1,31}))?/;
var FAMILIAR = /* @__PURE__ */ new Map([["containers", "containers/image"]]);
function clientName(userAgent) {
  const [, name = "", version] = PRODUCT.exec(userAgent) ?? [];
  const familiar = FAMILIAR.get(name) ?? name;
  return version === void 0 ? familiar : `${familiar} ${version}`;
}
__name(clientName, "clientName");

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
__name(isAllowedHost, "isAllowedHost");
function isOwnAddress(registry, { port, hosts }) {
  const url = parsed(registry);
  if (url === void 0 || Number(url.port || HTTP_PORT) !== port) return false;
  const { hostname } = url;
  const isMachine = LOOPBACK.test(hostname) || MACHINE.has(hostname);
  return isMachine || hosts.some((host) => hostnameOf(host) === hostname);
}
__name(isOwnAddress, "isOwnAddress");
function hostnameOf(host) {
  const isBareIpv6 = host.includes(":") && !host.startsWith("[");
  return parsed(isBareIpv6 ? `[${host}]` : host)?.hostname;
}
__name(hostnameOf, "hostnameOf");
function parsed(host) {
  const url = `http://${host}`;
  const isHost = /^[A-Za-z0-9.:[\]_-]+$/.test(host) && URL.canParse(url);
  return isHost ? new URL(url) : void 0;
}
__name(parsed, "parsed");

// src/serve/request-check.ts
var URL_LIMIT = 4 * 1024;
function refusalBefore(request) {
  return refusedHost(request) ?? refusedMethod(request) ?? refusedTarget(request) ?? refusedBody(request);
}
__name(refusalBefore, "refusalBefore");
function refusedHost({ headersDistinct }) {
  const hosts = headersDistinct["host"] ?? [];
  const [host = ""] = hosts;
  if (hosts.length === 1 && isAllowedHost(host)) return void 0;
  const expected = "expected the header Host with an IP address, localhost or host.docker.internal";
  const found = JSON.stringify(excerpt(hosts.join(", ")));
  return refuse(403, "DENIED", `${expected}, got ${found}; ask by that name`);
}
__name(refusedHost, "refusedHost");
function refusedMethod({ method = "" }) {
  if (method === "GET" || method === "HEAD") return void 0;
  const found = `expected GET or HEAD, got ${method}; push to the registry itself`;
  return refuse(405, "UNSUPPORTED", found);
}
__name(refusedMethod, "refusedMethod");
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
__name(refusedTarget, "refusedTarget");
function refusedBody({ headers }) {
  const hasBody = Number(headers["content-length"] ?? 0) !== 0 || "transfer-encoding" in headers;
  if (hasBody) return refuse(400, "UNSUPPORTED", "expected a request without a body, got one");
  const refused2 = ["expect", "upgrade"].find((name) => name in headers);
  if (refused2 === void 0) return void 0;
  const status = refused2 === "expect" ? 417 : 400;
  return refuse(status, "UNSUPPORTED", `expected no header ${refused2}, got one`);
}
__name(refusedBody, "refusedBody");

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
__name(answerRequest, "answerRequest");
function refusedHeaders({ status }) {
  const close2 = { Connection: "close" };
  return status === 405 ? { ...close2, Allow: "GET, HEAD" } : close2;
}
__name(refusedHeaders, "refusedHeaders");
function askedBy({ url = "", headers }, own) {
  const mark = url.indexOf("?");
  const namespace = headers["oci-namespace"];
  return {
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? "" : url.slice(mark + 1),
    // Node joins repeated headers with a comma, which no namespace has.
    namespace: Array.isArray(namespace) ? namespace.join() : namespace,
    isOwn: /* @__PURE__ */ __name((registry) => isOwnAddress(registry, own), "isOwn")
  };
}
__name(askedBy, "askedBy");
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
__name(answerAsked, "answerAsked");
function askerOf({ method, headers }) {
  return {
    method: method === "HEAD" ? "HEAD" : "GET",
    client: clientName(headers["user-agent"] ?? "")
  };
}
__name(askerOf, "askerOf");
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
__name(answerFailure, "answerFailure");

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
  const handle = /* @__PURE__ */ __name((request, response) => {
    const isIn = traffic.enter(request, response);
    const hosts = [options.host, request.socket.localAddress ?? ""];
    const own = { port, hosts };
    if (isIn) void answerRequest({ request, response, after }, { backend, say, own });
  }, "handle");
  const server = createServer(LIMITS, handle);
  server.on("checkContinue", handle);
  server.on("checkExpectation", handle);
  server.maxConnections = CONNECTION_LIMIT;
  const port = await start(server, options);
  server.on("error", (error) => say(`could not accept a connection: ${error.message}`));
  return { port, active: /* @__PURE__ */ __name(() => traffic.active, "active"), close: /* @__PURE__ */ __name(() => close(server, after), "close") };
}
__name(listen, "listen");
function once(say) {
  const said = /* @__PURE__ */ new Set();
  return (line) => {
    const isNew = said.size < TEXT_LIMIT && !said.has(line);
    if (!isNew) return;
    said.add(line);
    say(line);
  };
}
__name(once, "once");
function start(server, { host, port }) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve(portOf(server.address()));
    });
  });
}
__name(start, "start");
function portOf(address) {
  return typeof address === "object" && address !== null ? address.port : 0;
}
__name(portOf, "portOf");
async function close(server, after) {
  const closed = new Promise((resolve) => server.close(() => resolve()));
  const cancel = after(GRACE_MS, () => server.closeAllConnections());
  await closed;
  cancel();
}
__name(close, "close");
var Traffic = class {
  static {
    __name(this, "Traffic");
  }
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

// src/serve/contents.ts
var PART_LIMIT = 1e5;
var Contents = class {
  static {
    __name(this, "Contents");
  }
  /** By the full name of the repository. */
  #repositories = /* @__PURE__ */ new Map();
  #count = 0;
  /** True when the repository has this content. */
  has(repository, digest) {
    return this.#find(repository, digest) !== void 0;
  }
  /** The size of a part in bytes; undefined when it is not known. */
  size(repository, digest) {
    return this.#find(repository, digest)?.size;
  }
  /** The platform that an index names for a manifest. */
  platform(repository, digest) {
    const platform = this.#find(repository, digest)?.platform;
    return platform && formatPlatform(platform);
  }
  /** False when anyone can read the document at its registry. */
  isPrivate(repository, digest) {
    return this.#find(repository, digest)?.isPrivate ?? true;
  }
  /** The top documents that list a part, over other documents or directly. */
  roots(repository, digest) {
    const reached = /* @__PURE__ */ new Set([digest]);
    for (const one of reached) {
      for (const parent of this.#parents(repository, one)) reached.add(parent);
    }
    reached.delete(digest);
    return [...reached].filter((one) => this.#parents(repository, one).size === 0);
  }
  /** The config and the layers of an image of which a client got the manifest. */
  blobs(repository, digest) {
    const document = this.#find(repository, digest)?.document;
    return document?.kind === "image" ? [document.config, ...document.layers] : [];
  }
  /** Every image of which clients got a document. */
  *pulled() {
    for (const [name, parts] of this.#repositories) {
      for (const [digest, { document, parents }] of parts) {
        if (document === void 0 || parents.size > 0) continue;
        yield { name, digest, platforms: platformsBelow(digest, parts) };
      }
    }
  }
  /** Remembers that the registry of a repository has a part, and who may read it there. */
  confirm(repository, digest, { isPrivate, size }) {
    const part = this.#part(repository, digest);
    part.isPrivate = isPrivate;
    part.size ??= size;
  }
  /** Remembers a document that a client gets, and what it lists. */
  add(repository, digest, document) {
    this.#part(repository, digest).document = document;
    for (const child of listedBy(document)) {
      const part = this.#part(repository, child.digest);
      part.size ??= child.size;
      part.platform ??= child.platform;
      part.parents.add(digest);
    }
  }
  #find(repository, digest) {
    return this.#repositories.get(repositoryName(repository))?.get(digest);
  }
  #parents(repository, digest) {
    return this.#find(repository, digest)?.parents ?? /* @__PURE__ */ new Set();
  }
  #part(repository, digest) {
    const name = repositoryName(repository);
    const parts = this.#repositories.get(name) ?? /* @__PURE__ */ new Map();
    this.#repositories.set(name, parts);
    const known = parts.get(digest);
    if (known !== void 0) return known;
    const part = {
      size: void 0,
      platform: void 0,
      isPrivate: true,
      document: void 0,
      parents: /* @__PURE__ */ new Set()
    };
    parts.set(digest, part);
    this.#count++;
    this.#makeRoom(name);
    return part;
  }
  /** Forgets repositories: their registries are asked again. */
  #makeRoom(kept) {
    for (const [name, parts] of this.#repositories) {
      if (this.#count <= PART_LIMIT) return;
      if (name === kept) continue;
      this.#count -= parts.size;
      this.#repositories.delete(name);
    }
  }
};
function listedBy(document) {
  if (document.kind === "index") return document.entries;
  if (document.kind === "schema1") return document.schema1.layers.map((digest) => ({ digest }));
  const { config, layers } = document;
  return config === void 0 ? layers : [config, ...layers];
}
__name(listedBy, "listedBy");
function platformsBelow(root, parts) {
  const below = [...parts.values()].filter(({ parents }) => parents.has(root));
  return below.flatMap(
    ({ document, platform }) => document === void 0 || platform === void 0 ? [] : [platform]
  );
}
__name(platformsBelow, "platformsBelow");

// src/serve/shared-transfer.ts
var UNWANTED = new PullError("cancelled", "no client asked for the blob");
var SharedTransfer = class {
  static {
    __name(this, "SharedTransfer");
  }
  repository;
  /**
   * Where the bytes came from, once all are right and in the layout. Fails as the store and the
   * registry do.
   */
  source;
  #blob;
  #wires;
  #moved;
  /** How to read, as soon as readers may. */
  #read;
  #allow = /* @__PURE__ */ __name((_) => void 0, "#allow");
  #isWanted = false;
  /** `moved` receives the transfer, unless the layout has the blob already. */
  constructor(repository, blob, wires, moved) {
    this.repository = repository;
    this.#blob = blob;
    this.#wires = wires;
    this.#moved = moved;
    const allowed = new Promise((resolve) => {
      this.#allow = resolve;
    });
    this.source = this.#run();
    this.#read = Promise.race([allowed, this.source.then(() => allowed)]);
    this.#read.catch(() => void 0);
  }
  /**
   * The bytes from `start` to before `end`: those of a registry while they arrive, others once all
   * are proven. Fails as `source` does before there are any, and as {@link BlobIngest.read} and
   * {@link BlobStore.read} do.
   */
  async *read(start2, end) {
    const read = await this.#read;
    yield* read(start2, end);
  }
  /** A client asks for the blob. Before that it is taken from the cache, and from nowhere else. */
  want() {
    this.#isWanted = true;
  }
  async #run() {
    const { store, now } = this.#wires;
    const blob = this.#blob;
    if (await store.has(blob)) {
      this.#allow((start2, end) => store.read(blob, start2, end));
      return { origin: "layout", source: "layout" };
    }
    const started = now();
    const provenance = await this.#download(await store.ingest(blob));
    this.#moved({ ...provenance, started, ended: now() });
    const { origin, source } = provenance;
    return { origin, source };
  }
  async #download(ingest) {
    const read = /* @__PURE__ */ __name((start2, end) => ingest.read(start2, end), "read");
    try {
      const provenance = await this.#wires.registry.download(
        this.repository,
        this.#blob,
        (origin) => {
          const isUpstream = origin === "registry";
          if (isUpstream && !this.#isWanted) throw UNWANTED;
          if (isUpstream) this.#allow(read);
          return ingest;
        }
      );
      this.#allow(read);
      return provenance;
    } finally {
      await ingest.abort();
    }
  }
};

// src/serve/flights.ts
var MOST_TRANSFERS = 2e4;
var Flights = class {
  static {
    __name(this, "Flights");
  }
  #wires;
  #underWay = /* @__PURE__ */ new Map();
  #transfers = /* @__PURE__ */ new Map();
  constructor(wires) {
    this.#wires = wires;
  }
  /**
   * What was transferred into the layout, by digest: the last transfer of each blob, and those of
   * the last {@link MOST_TRANSFERS} blobs.
   */
  get transfers() {
    return this.#transfers;
  }
  /** A blob for one client. If nothing transfers it yet, that begins now. */
  open(repository, blob) {
    return new Flight(repository, () => {
      const transfer = this.#join(repository, blob);
      transfer.want();
      return transfer;
    });
  }
  /** Restores a blob that a client may ask for soon, if the cache has it. */
  prepare(repository, blob) {
    this.#join(repository, blob);
  }
  /** Resolves once no transfer is under way, which leaves no temporary file. */
  async settled() {
    while (this.#underWay.size > 0) {
      const sources = [...this.#underWay.values()].map(({ source }) => source);
      await Promise.allSettled(sources);
    }
  }
  #join(repository, blob) {
    const { digest, size } = blob;
    const key = `${digest} ${size}`;
    const underWay = this.#underWay.get(key);
    if (underWay !== void 0) return underWay;
    const moved = /* @__PURE__ */ __name((transfer) => this.#remember(digest, transfer), "moved");
    const started = new SharedTransfer(repository, blob, this.#wires, moved);
    this.#underWay.set(key, started);
    const forget = /* @__PURE__ */ __name(() => this.#underWay.delete(key), "forget");
    started.source.then(forget, (error) => {
      forget();
      if (error === UNWANTED) return;
      const what = `${digest} of ${repositoryName(repository)}`;
      this.#wires.say(`${what} could not be transferred: ${foundBy(error)}`);
    });
    return started;
  }
  #remember(digest, transfer) {
    this.#transfers.delete(digest);
    this.#transfers.set(digest, transfer);
    const [oldest] = this.#transfers.keys();
    const isFull = this.#transfers.size > MOST_TRANSFERS;
    if (isFull && oldest !== void 0) this.#transfers.delete(oldest);
  }
};
var Flight = class {
  static {
    __name(this, "Flight");
  }
  /**
   * Where the bytes came from, once all are right and in the layout. Fails as the last transfer
   * does that the client waited for; it need not be awaited.
   */
  source;
  #name;
  #join;
  #transfer;
  constructor(repository, join) {
    this.#name = repositoryName(repository);
    this.#join = join;
    this.#transfer = join();
    this.source = this.#land();
    this.source.catch(() => void 0);
  }
  /**
   * The bytes from `start` to before `end`, as soon as they may be given; the blob's last byte when
   * all are right. A chunk is the reader's until it asks for the next one. Fails with the failure
   * of the transfer when nothing was given before, and as `unreachable` when something was: a
   * reader must not be given the rest of other bytes.
   */
  async *read(start2, end) {
    let hasGiven = false;
    for (; ; ) {
      const transfer = this.#transfer;
      try {
        for await (const bytes of transfer.read(start2, end)) {
          hasGiven = true;
          yield bytes;
        }
        return;
      } catch (error) {
        if (hasGiven) throw error;
        const failure = await transfer.source.then(
          () => error,
          (why) => why
        );
        if (transfer === this.#transfer) throw failure;
      }
    }
  }
  /**
   * Waits for the transfer. One for another repository that fails proves nothing about this one,
   * which is tried then, once. So is this one after a transfer that ended when it was wanted.
   */
  async #land() {
    for (; ; ) {
      const { source, repository } = this.#transfer;
      try {
        return await source;
      } catch (error) {
        const isOwn2 = repositoryName(repository) === this.#name;
        const isOver = error !== UNWANTED && (isOwn2 || !isOfPlace(error));
        if (isOver) throw error;
        this.#transfer = this.#join();
      }
    }
  }
};
function isOfPlace(error) {
  if (!(error instanceof PullError)) return false;
  return error.status !== "unsupported" && !isInterruption(error.reason);
}
__name(isOfPlace, "isOfPlace");

// src/serve/job-registry.ts
var FROM_CACHE = { origin: "cache", source: "cache" };
var JobRegistry = class {
  static {
    __name(this, "JobRegistry");
  }
  #options;
  constructor(options) {
    this.#options = options;
  }
  /** Notes the images that registries confirmed to the step: they are not asked again. */
  confirm(images) {
    for (const { name, digest, isConfirmed, isPrivate } of images) {
      const repository = parseReference(`${name}@${digest}`);
      if (isConfirmed) this.#options.contents.confirm(repository, digest, { isPrivate });
    }
  }
  async manifest(repository, reference, asker) {
    const digest = asDigest(reference);
    const document = digest === void 0 ? await this.#byTag(repository, reference, asker) : await this.#byDigest(repository, digest, asker);
    this.#writeDown(repository, reference, document.digest, asker);
    if (asker.method === "GET") this.#prepare(repository, document.digest);
    return document;
  }
  /** Restores what a client asks for next: it asks for three layers at a time, and late. */
  #prepare(repository, digest) {
    const { contents, flights } = this.#options;
    for (const blob of contents.blobs(repository, digest)) flights.prepare(repository, blob);
  }
  async #byTag(repository, tag, asker) {
    const { named, tags, contents } = this.#options;
    const known = named.digestOf(repository, tag);
    named.expect(known !== void 0, `${repositoryName(repository)}:${tag}`);
    if (known !== void 0) return this.#byDigest(repository, known, asker);
    const claim = await tags.claim(repository, tag, () => this.#claim(repository, tag));
    contents.confirm(repository, claim.digest, { isPrivate: claim.private });
    return headerOf(claim, asker) ?? this.#document(repository, claim.digest);
  }
  /** What a tag points at. A registry that does not announce it is asked for the manifest. */
  async #claim(repository, tag) {
    const { upstream } = this.#options;
    const claim = await upstream.claim(repository, tag);
    const { digest } = claim;
    if (digest !== void 0) return { ...claim, digest };
    const fetched = await upstream.manifest(repository, tag);
    await this.#keep(repository, fetched);
    return fetched;
  }
  async #byDigest(repository, digest, asker) {
    const { upstream, contents, named } = this.#options;
    const isNamed = named.has(repository, digest);
    const isKnown = contents.has(repository, digest);
    named.expect(isNamed || isKnown, `${repositoryName(repository)}@${digest}`);
    if (isKnown || isNamed) return this.#document(repository, digest);
    const claim = await upstream.claim(repository, digest);
    contents.confirm(repository, digest, { isPrivate: claim.private });
    return headerOf({ ...claim, digest }, asker) ?? this.#document(repository, digest);
  }
  /** A document that the repository has, or that the lock file names in it. */
  async #document(repository, digest) {
    const { confirmed, asking, contents, runner } = this.#options;
    const registry = contents.has(repository, digest) ? confirmed : asking;
    await this.#openEntry(repository, digest);
    const fetched = await registry.manifest(repository, digest, { platforms: [runner] });
    return this.#keep(repository, fetched);
  }
  /** Opens the cache entry of the platform of a manifest, which the runner's does not have. */
  async #openEntry(repository, digest) {
    const { confirmed, contents, runner } = this.#options;
    const [root] = contents.roots(repository, digest);
    const named = contents.platform(repository, digest);
    const platform = asPlatform(named ?? "");
    const isOpen = named === formatPlatform(runner);
    if (root === void 0 || platform === void 0 || isOpen) return;
    await confirmed.manifest(repository, root, { platforms: [platform] });
  }
  async #keep(repository, fetched) {
    const { contents, store } = this.#options;
    const { bytes, content, digest } = fetched;
    const document = parseDocument(bytes, fetched.mediaType);
    if (fetched.origin === "registry") {
      contents.confirm(repository, digest, { isPrivate: fetched.private, size: bytes.length });
    }
    contents.add(repository, digest, document);
    await store.put(digest, content);
    return { bytes, size: bytes.length, digest, mediaType: document.mediaType };
  }
  async blob(repository, digest) {
    const { contents, named, upstream } = this.#options;
    const isKnown = contents.has(repository, digest);
    named.expect(isKnown, `${digest} of ${repositoryName(repository)}`);
    const listed = contents.size(repository, digest);
    const stated = listed ?? await upstream.size(repository, digest);
    const size = stated ?? await upstream.measure(repository, digest);
    if (!isKnown) contents.confirm(repository, digest, { isPrivate: true, size });
    return {
      digest,
      size,
      read: /* @__PURE__ */ __name((start2, end) => this.#read(repository, { digest, size }, start2, end), "read")
    };
  }
  async *#read(repository, blob, start2, end) {
    const { flights, contents, receipt, isRestored } = this.#options;
    const flight = flights.open(repository, blob);
    const roots = contents.roots(repository, blob.digest);
    flight.source.then(
      (found) => {
        const from = found.origin === "layout" && isRestored(blob.digest) ? FROM_CACHE : found;
        receipt.blob({ repository, roots, blob, from });
      },
      () => void 0
    );
    yield* flight.read(start2, end);
  }
  async list({ repository, path, query }) {
    const { named, upstream } = this.#options;
    named.expect(false, `${path} of ${repositoryName(repository)}`);
    return upstream.page(repository, path, query);
  }
  #writeDown(repository, reference, digest, asker) {
    const { contents, receipt } = this.#options;
    const roots = contents.roots(repository, digest);
    const isPart = asDigest(reference) !== void 0 && roots.length > 0;
    if (!isPart) return receipt.asked({ repository, reference, digest, asker });
    const platform = contents.platform(repository, digest);
    if (platform !== void 0) receipt.platform({ repository, roots, platform, asker });
  }
};
function headerOf(claim, asker) {
  const { digest, size, mediaType = "" } = claim;
  if (asker.method !== "HEAD" || size === void 0 || mediaType === "") return void 0;
  return { bytes: Buffer.alloc(0), size, digest, mediaType };
}
__name(headerOf, "headerOf");

// src/serve/named.ts
var NamedImages = class {
  static {
    __name(this, "NamedImages");
  }
  /** By `repository:tag`. A later image replaces an earlier one. */
  #tags;
  /** Every digest that is named, as `repository@digest`. */
  #digests;
  #isOnly;
  /** `isOnly` is true when nothing else is served. */
  constructor(images, isOnly) {
    const tagged2 = images.filter(({ tag }) => tag !== "");
    this.#tags = new Map(tagged2.map(({ name, tag, digest }) => [`${name}:${tag}`, digest]));
    const digests = images.flatMap(
      ({ name, digest, parts }) => [digest, ...parts].map((one) => `${name}@${one}`)
    );
    this.#digests = new Set(digests);
    this.#isOnly = isOnly;
  }
  /** What a tag is for the whole job; undefined when nothing names it. */
  digestOf(repository, tag) {
    return this.#tags.get(`${repositoryName(repository)}:${tag}`);
  }
  /** True when a digest of the repository is named. */
  has(repository, digest) {
    return this.#digests.has(`${repositoryName(repository)}@${digest}`);
  }
  /** Fails as `unauthorized` when only named images are served, and `isNamed` is false. */
  expect(isNamed, what) {
    if (isNamed || !this.#isOnly) return;
    const found = `${what} is named neither by images, files nor the lock file`;
    throw new PullError("not-served", `${found}, and serve-only is true`);
  }
};

// src/serve/receipt-entry.ts
var BLOB_LIMIT = 1e3;
var CLIENT_LENGTH = 100;
var ReceiptEntry = class {
  static {
    __name(this, "ReceiptEntry");
  }
  names;
  #room;
  #platforms = /* @__PURE__ */ new Set();
  #clients = /* @__PURE__ */ new Set();
  #blobs = /* @__PURE__ */ new Set();
  #first;
  #last;
  #heads = 0;
  #gets = 0;
  #layout = 0;
  #cache = 0;
  #registry = /* @__PURE__ */ new Map();
  #truncated = 0;
  constructor(names, room, now) {
    this.names = names;
    this.#room = room;
    this.#first = now;
    this.#last = now;
  }
  /** How many clients were told the digest, and did not ask for the document yet. */
  get waiting() {
    return this.#heads - this.#gets;
  }
  /** A client asked for the image, or what it is. */
  ask(asker, now) {
    if (asker.method === "HEAD") this.#heads++;
    else this.#gets++;
    this.#seen(asker, now);
  }
  /** A client got the manifest of a platform. */
  addPlatform(platform, asker, now) {
    this.#add(this.#platforms, platform, RECEIPT_LIST);
    this.#seen(asker, now);
  }
  /** A client got a blob. */
  addBlob({ digest, size }, from, now) {
    this.#touch(now);
    const isNew = this.#add(this.#blobs, digest, BLOB_LIMIT);
    if (!isNew) return;
    if (from.origin === "layout") this.#layout += size;
    else if (from.origin === "cache") this.#cache += size;
    else this.#addPlace(from.source, size);
  }
  /** What the receipt has on the image. */
  row() {
    const truncated = this.#truncated;
    return {
      ...this.names,
      platforms: [...this.#platforms],
      clients: [...this.#clients],
      pulls: Math.max(this.#heads, this.#gets),
      bytes: {
        layout: this.#layout,
        cache: this.#cache,
        registry: Object.fromEntries(this.#registry)
      },
      first: new Date(this.#first).toISOString(),
      last: new Date(this.#last).toISOString(),
      seconds: (this.#last - this.#first) / 1e3,
      ...truncated === 0 ? {} : { truncated }
    };
  }
  #seen({ client }, now) {
    this.#touch(now);
    const name = Buffer.from(client.slice(0, CLIENT_LENGTH)).toString();
    if (name !== "") this.#add(this.#clients, name, RECEIPT_LIST);
  }
  /** The clock of a machine can be set back. */
  #touch(now) {
    this.#last = Math.max(this.#last, now);
  }
  #addPlace(place, size) {
    const places = new Set(this.#registry.keys());
    const isNew = this.#add(places, place, RECEIPT_LIST);
    if (isNew || this.#registry.has(place)) {
      this.#registry.set(place, (this.#registry.get(place) ?? 0) + size);
    }
  }
  /** Adds a text, if it is new and there is room for it. Returns whether it was added. */
  #add(texts, text2, most) {
    if (texts.has(text2)) return false;
    const isAdded = texts.size < most && this.#room.take(costOf(text2));
    if (isAdded) texts.add(text2);
    else this.#truncated++;
    return isAdded;
  }
};
var TEXT_COST = 30;
function costOf(text2) {
  return Buffer.byteLength(JSON.stringify(text2)) + TEXT_COST;
}
__name(costOf, "costOf");
function byFirst(one, other) {
  if (one.first === other.first) return 0;
  return one.first < other.first ? -1 : 1;
}
__name(byFirst, "byFirst");
function waitingMost(entries) {
  return entries.toSorted((one, other) => one.waiting - other.waiting).at(-1);
}
__name(waitingMost, "waitingMost");

// src/serve/receipt-room.ts
var ReceiptRoom = class {
  static {
    __name(this, "ReceiptRoom");
  }
  #left;
  /** `bytes` is how much there is. */
  constructor(bytes) {
    this.#left = bytes;
  }
  /** Takes room for some bytes. Returns false when there is not enough. */
  take(bytes) {
    const isEnough = bytes <= this.#left;
    if (isEnough) this.#left -= bytes;
    return isEnough;
  }
};

// src/serve/receipt.ts
var ROW_COST = 450;
var Receipt = class {
  static {
    __name(this, "Receipt");
  }
  #now;
  #room = new ReceiptRoom(RECEIPT_SIZE);
  /** The rows of each image, by its name with the digest. */
  #entries = /* @__PURE__ */ new Map();
  #count = 0;
  #more = 0;
  #changes = 0;
  /** `now` returns milliseconds since the epoch. */
  constructor(now) {
    this.#now = now;
  }
  /** Grows with everything that is written down. */
  get changes() {
    return this.#changes;
  }
  /**
   * A client asked what a tag or a digest is (HEAD), or for its document (GET). `reference` is the
   * tag or the digest as asked, `digest` what it is.
   */
  asked(event) {
    const { repository, reference, digest, asker } = event;
    const name = repositoryName(repository);
    const pinned = `${name}@${digest}`;
    const isTag2 = asDigest(reference) === void 0;
    const entry = isTag2 ? this.#entry({ reference: `${name}:${reference}`, digest, pinned }) : this.#entryOfDigest({ reference: pinned, digest, pinned });
    entry?.ask(asker, this.#now());
    this.#changes++;
  }
  /**
   * A client got the manifest of a platform that images list. `roots` are their top digests. Where
   * no client asked for one of them before, the first one gets a row.
   */
  platform(event) {
    const { repository, roots, platform, asker } = event;
    const [first] = roots;
    if (first !== void 0 && this.#entriesOf(repository, roots).length === 0) {
      this.asked({ repository, reference: first, digest: first, asker });
    }
    this.#changes++;
    if (asPlatform(platform) === void 0) return;
    for (const entry of this.#entriesOf(repository, roots)) {
      entry.addPlatform(platform, asker, this.#now());
    }
  }
  /** A client got a blob of images. Each blob counts once an image. */
  blob(event) {
    const { repository, roots, blob, from } = event;
    this.#changes++;
    for (const entry of this.#entriesOf(repository, roots)) entry.addBlob(blob, from, this.#now());
  }
  /** The rows by the time of their first request. */
  rows() {
    const entries = [...this.#entries.values()].flat();
    const rows = entries.map((entry) => entry.row()).toSorted(byFirst);
    const last = rows.at(-1);
    if (last === void 0 || this.#more === 0) return rows;
    return rows.with(-1, { ...last, more: this.#more });
  }
  #entriesOf(repository, roots) {
    const name = repositoryName(repository);
    return roots.flatMap((digest) => this.#entries.get(`${name}@${digest}`) ?? []);
  }
  /** Of the rows with a digest, a tag's comes before the digest's own. */
  #entryOfDigest(names) {
    const alike = this.#entries.get(names.pinned) ?? [];
    const tags = alike.filter((entry) => entry.names.reference !== names.pinned);
    return waitingMost(tags) ?? this.#entry(names);
  }
  /** The row of a reference. Undefined, and counted, where there is no room for another one. */
  #entry(names) {
    const { reference, pinned, digest } = names;
    const alike = this.#entries.get(pinned) ?? [];
    const known = alike.find((entry2) => entry2.names.reference === reference);
    if (known !== void 0) return known;
    const cost = reference.length + pinned.length + digest.length + ROW_COST;
    const hasRoom = this.#count < RECEIPT_ROWS && this.#room.take(cost);
    if (!hasRoom) {
      this.#more++;
      return void 0;
    }
    const entry = new ReceiptEntry(names, this.#room, this.#now());
    this.#entries.set(pinned, [...alike, entry]);
    this.#count++;
    return entry;
  }
};

// src/serve/pulled-images.ts
async function resolvePulled(contents, transfers, inLayout, runner) {
  const source = new LayoutSource(contents, transfers, inLayout);
  const images = [];
  for (const { name, digest, platforms } of contents.pulled()) {
    const wanted = platforms.length === 0 ? ["any"] : platforms.map((platform) => [platform]);
    for (const required of wanted) {
      const written = `${name}@${digest}`;
      const reference = parseReference(written);
      const image = { name: written, written, reference, platforms: required, optional: false };
      const depth = { verify: "manifest", pullsFor: runner, checksTags: false };
      images.push(await resolveImage(source, image, depth));
    }
  }
  return images.filter((image) => problemsOf(image).length === 0);
}
__name(resolvePulled, "resolvePulled");
var LayoutSource = class {
  static {
    __name(this, "LayoutSource");
  }
  #contents;
  #transfers;
  #inLayout;
  constructor(contents, transfers, inLayout) {
    this.#contents = contents;
    this.#transfers = transfers;
    this.#inLayout = inLayout;
  }
  async manifest(repository, reference) {
    const digest = asDigest(reference) ?? absent(reference);
    const bytes = await this.#inLayout(digest) ?? absent(digest);
    const isPrivate = this.#contents.isPrivate(repository, digest);
    const access = { authenticated: isPrivate, private: isPrivate };
    return { bytes, content: bytes, digest, mediaType: "", ...FROM_LAYOUT, ...access };
  }
  async blob(_, { digest }) {
    const bytes = await this.#inLayout(digest) ?? absent(digest);
    const isPrivate = this.#transfers.get(digest)?.private ?? true;
    return { bytes, ...FROM_LAYOUT, private: isPrivate };
  }
  async claim(_, reference) {
    return absent(reference);
  }
  /** As a document lists it. Whether the layout has the blob is a question of what is saved. */
  async size(repository, digest) {
    return this.#contents.size(repository, digest) ?? absent(digest);
  }
  async measure(_, digest) {
    return absent(digest);
  }
  async tags() {
    return [];
  }
};
var FROM_LAYOUT = { origin: "cache", source: "layout" };
function absent(name) {
  throw new PullError("not-found", `${name} is not in the layout`);
}
__name(absent, "absent");

// src/serve/served-saves.ts
async function planServedSaves(served, policy) {
  const { contents, inLayout, store, restored, transfers, runner } = served;
  const pulled = await resolvePulled(contents, transfers, inLayout, runner);
  const whole = [];
  for (const image of pulled) {
    if (await isWhole(image, store, policy)) whole.push(image);
  }
  const moved = [...transfers].filter(([, { origin }]) => origin === "registry");
  const missed = moved.map(([digest]) => ({ digest }));
  const holds = /* @__PURE__ */ __name((digests) => digests.every((one) => restored.has(one)), "holds");
  const outcome = { images: whole, pulled: { layout: store.path, transfers, missed } };
  return planSaves(outcome, { holds }, policy);
}
__name(planServedSaves, "planServedSaves");
async function isWhole(image, store, { keys }) {
  for (const { digest, size = 0 } of blobsOf(image)) {
    const blob = { digest, size };
    const isSmall = keys.blob(blob) === void 0;
    if (isSmall && !await store.has(blob)) return false;
  }
  return true;
}
__name(isWhole, "isWhole");

// src/serve/tags.ts
var KEPT_MS = 6e4;
var TAG_LIMIT = 1e4;
var Tags = class {
  static {
    __name(this, "Tags");
  }
  #options;
  #known = /* @__PURE__ */ new Map();
  /** The last answer for each tag. */
  #last = /* @__PURE__ */ new Map();
  constructor(options) {
    this.#options = options;
  }
  /** What a tag points at: as `ask` answers, or answered within the last minute. Fails as `ask`. */
  async claim(repository, tag, ask) {
    const name = `${repositoryName(repository)}:${tag}`;
    const now = this.#options.now();
    const known = this.#known.get(name);
    const isFresh = known !== void 0 && now - known.asked < KEPT_MS;
    if (isFresh && !this.#options.isOwn(repository.registry)) return known.claim;
    const claim = this.#ask(name, ask);
    keep(this.#known, name, { claim, asked: now });
    claim.catch(() => this.#known.delete(name));
    return claim;
  }
  async #ask(name, ask) {
    try {
      const claim = await ask();
      keep(this.#last, name, claim);
      return claim;
    } catch (error) {
      const last = this.#last.get(name);
      const isFailing = error instanceof PullError && isOutage(error.status);
      if (last === void 0 || !isFailing) throw error;
      this.#options.say(`${name}: ${error.found}; using ${last.digest}, what it was before`);
      return last;
    }
  }
};
function keep(map, key, value) {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > TAG_LIMIT && oldest !== void 0) map.delete(oldest);
}
__name(keep, "keep");

// src/action/job-registry.ts
var PATIENCE = { attempts: 2, answerWithin: 2e4 };
var REMEMBERED = 32;
async function openJobRegistry(config, step) {
  const { inputs, machine, workflow } = step;
  const { now } = machine.clock;
  const { say } = workflow;
  const connected = connectUpstream(config, step);
  const { saves, ...here } = await openHere(connected, step);
  const { confirmed, store, restored } = here;
  const contents = new Contents();
  const receipt = new Receipt(now);
  const flights = new Flights({ registry: confirmed, store, now, say });
  const backend = new JobRegistry({
    ...here,
    upstream: connected.registry,
    flights,
    contents,
    named: new NamedImages(config.images, inputs.serve?.only ?? false),
    tags: new Tags({ now, isOwn, say }),
    receipt,
    // A large blob may be restored before a client asks for it.
    isRestored: /* @__PURE__ */ __name((digest) => restored.has(digest) || flights.transfers.get(digest)?.origin === "cache", "isRestored"),
    runner: inputs.runner
  });
  backend.confirm(config.images);
  const served = { ...here, contents, runner: inputs.runner };
  return {
    backend,
    receipt,
    saves: /* @__PURE__ */ __name(async () => saves && planServedSaves({ ...served, transfers: flights.transfers }, saves), "saves"),
    close: /* @__PURE__ */ __name(async () => {
      connected.http.close();
      await flights.settled();
    }, "close")
  };
}
__name(openJobRegistry, "openJobRegistry");
async function openHere({ registry, http }, step) {
  const { inputs, machine, signal } = step;
  const { clock, environment } = machine;
  const sleep = /* @__PURE__ */ __name((ms) => clock.sleep(ms, signal), "sleep");
  const store = await Layout.open(layoutOf(inputs.path, environment), { ...clock, sleep });
  const inLayout = /* @__PURE__ */ __name((digest) => store.readSmall(digest, DOCUMENT_BYTES), "inLayout");
  const { cache, keys, reliance, saves } = await usedCache(http, step);
  const restored = /* @__PURE__ */ new Set();
  const options = { cache: unpacking(cache, store, restored), keys, inLayout };
  const asking = new CachedRegistry(registry, { ...options, reliance });
  const sure = { ...reliance, confirms: false };
  const confirmed = new CachedRegistry(registry, { ...options, reliance: sure });
  return { store, inLayout, restored, saves, confirmed, asking };
}
__name(openHere, "openHere");
function connectUpstream({ repositories }, step) {
  const { inputs, machine, workflow, signal } = step;
  const named = mirroredRepositories(repositories, inputs.mirrors);
  const task = { machine, voice: workflow, signal };
  return connectRegistry(inputs, task, {
    mayIdentify: /* @__PURE__ */ __name((repository) => named.has(repositoryName(repository)), "mayIdentify"),
    patience: PATIENCE,
    remembers: REMEMBERED
  });
}
__name(connectUpstream, "connectUpstream");
function isOwn(registry) {
  return /^(.+\.)?localhost(:\d+)?$/.test(registry);
}
__name(isOwn, "isOwn");
function unpacking(cache, store, restored) {
  return {
    restore: /* @__PURE__ */ __name((key, blob, target) => cache.restore(key, blob, target), "restore"),
    bundle: /* @__PURE__ */ __name(async (key) => {
      for (const [digest, bytes] of await cache.bundle(key)) {
        await store.put(digest, bytes);
        restored.add(digest);
      }
      return /* @__PURE__ */ new Map();
    }, "bundle")
  };
}
__name(unpacking, "unpacking");

// src/action/server.ts
var LOOK_MS = 250;
var WRITE_MS = 500;
var MEMORY_LIMIT = 512 * 2 ** 20;
function readConfig(text2) {
  return JSON.parse(text2);
}
__name(readConfig, "readConfig");
async function serveJob(config, machine, answer2) {
  const log = terminal((line) => {
    process.stderr.write(`${new Date(machine.clock.now()).toISOString()} ${line}
`);
  });
  let isReady = false;
  try {
    const inputs = await inputsOf(machine);
    const signal = machine.cancelled;
    const step = { inputs, machine, workflow: log, signal, started: machine.clock.now() };
    await serve(config, step, (ready) => {
      isReady = true;
      answer2(ready);
    });
    return 0;
  } catch (error) {
    if (!isReady) answer2({ problem: foundBy(error) });
    log.say(`ended: ${error instanceof Error ? error.stack ?? error.message : String(error)}`);
    return 1;
  }
}
__name(serveJob, "serveJob");
async function inputsOf({ environment, platform, architecture }) {
  const inputs = await readInputs(environment, runnerPlatform(platform, architecture));
  if ("problems" in inputs) throw new Error(inputs.problems.join("; "));
  return inputs;
}
__name(inputsOf, "inputsOf");
async function serve(config, step, answer2) {
  const { inputs, machine, workflow } = step;
  const { host = "127.0.0.1", port: wanted = 0 } = inputs.serve ?? {};
  const directory = new ServingDirectory(config.directory);
  const registry = await openJobRegistry(config, step);
  const { after } = machine.clock;
  const { backend } = registry;
  const { say } = workflow;
  const server = await listen({ backend, host, port: wanted, say, after });
  const watchdog = startWatchdog(machine, directory.openLog());
  directory.write(directory.receipt, printReceipt([]));
  answer2({ port: server.port, holder: HOLDER });
  const why = await ended(config, directory, registry, step);
  say(`ending: ${why}`);
  await untellClients(HOLDER, { machine, voice: workflow });
  await server.close();
  await leave(directory, registry, workflow);
  await registry.close();
  directory.confirmStop();
  watchdog.dismiss();
}
__name(serve, "serve");
async function ended({ processes }, directory, { receipt }, { machine, signal }) {
  const isOver = jobEnd(processes, machine.clock.now);
  let written = 0;
  let changes = 0;
  while (!signal.aborted) {
    const why = directory.whyEnd() ?? whyOver(isOver());
    if (why !== void 0) return why;
    const isDue = machine.clock.now() - written >= WRITE_MS && receipt.changes !== changes;
    if (isDue) {
      written = machine.clock.now();
      changes = receipt.changes;
      directory.write(directory.receipt, printReceipt(receipt.rows()));
    }
    await machine.clock.sleep(LOOK_MS, signal).catch(() => void 0);
  }
  return foundBy(signal.reason);
}
__name(ended, "ended");
function whyOver(isJobOver) {
  if (isJobOver) return "the runner of the job ended";
  const { rss } = process.memoryUsage();
  return rss > MEMORY_LIMIT ? `it uses ${rss} bytes of memory` : void 0;
}
__name(whyOver, "whyOver");
async function leave(directory, { receipt, saves }, { say }) {
  try {
    directory.write(directory.receipt, printReceipt(receipt.rows()));
    const pending = await saves();
    if (pending !== void 0) directory.write(directory.saves, JSON.stringify(pending));
  } catch (error) {
    say(`the post step gets nothing to save: ${foundBy(error)}`);
  }
}
__name(leave, "leave");

// src/serve.ts
if (process.argv[2] === WATCH) {
  await watch(
    process.stdin,
    thisMachine(),
    terminal((line) => process.stderr.write(`${line}
`))
  );
} else {
  process.stdout.on("error", () => void 0);
  const config = readConfig(await text(process.stdin));
  const { environment, workspace, temporary } = config;
  Object.assign(process.env, environment);
  const serveScript = process.argv[1] ?? "";
  const machine = { ...thisMachine(environment), workspace, temporary, serveScript };
  process.exitCode = await serveJob(config, machine, (ready) => {
    process.stdout.end(`${JSON.stringify(ready)}
`);
  });
}
process.exit();
