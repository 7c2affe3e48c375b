import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  openRegular,
  readRegular
} from "./chunk-3FKFBQK7.js";
import {
  HttpClient,
  isWrong,
  wrongEntry
} from "./chunk-IDHIWDFX.js";
import {
  PullError,
  REASONS,
  algorithmOf,
  asDigest,
  asList,
  asObject,
  asShortList,
  asString,
  asStringMap,
  digestOf,
  excerpt,
  foundBy,
  inContext,
  parseDigest,
  parseJson
} from "./chunk-ZX7A5LN5.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/connect.ts
import { lookup } from "node:dns";
import { readFileSync } from "node:fs";
import { homedir as homedir2 } from "node:os";
import { join as join3 } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

// src/registry/address.ts
import { BlockList, isIP } from "node:net";
var RANK = { public: 0, private: 1, loopback: 2, forbidden: 3 };
var RANGES = {
  forbidden: [
    ["0.0.0.0", 8],
    ["169.254.0.0", 16],
    ["224.0.0.0", 3],
    ["::", 128],
    ["fe80::", 10],
    ["ff00::", 8],
    // What answers clouds' own machines at other than link-local addresses, with credentials too:
    // https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
    ["168.63.129.16", 32],
    // https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata
    ["100.100.100.200", 32],
    ["fd00:100::100:200", 128],
    // Oracle's classic cloud, and
    // https://docs.oracle.com/iaas/Content/Compute/Tasks/gettingmetadata.htm
    ["192.0.0.192", 32],
    ["fd00:c1::a9fe:a9fe", 128],
    // AWS: metadata at ::254, DNS, time, and pods' identities at ::23,
    // https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
    ["fd00:ec2::", 32],
    // https://docs.cloud.google.com/compute/docs/metadata/querying-metadata
    ["fd20:ce::254", 128],
    // https://docs.cloud-init.io/en/latest/reference/datasources/scaleway.html
    ["fd00:42::42", 128],
    // https://techdocs.akamai.com/cloud-computing/docs/metadata-service-api
    ["fd00:a9fe:a9fe::1", 128]
  ],
  loopback: [
    ["127.0.0.0", 8],
    ["::1", 128]
  ],
  private: [
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["172.16.0.0", 12],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["fc00::", 7],
    ["fec0::", 10],
    // site-local, of before: https://www.rfc-editor.org/rfc/rfc3879
    ["192.0.0.0", 24]
  ]
};
var LISTS = ["forbidden", "loopback", "private"].map((reach) => {
  const list = new BlockList();
  for (const [address, bits] of RANGES[reach]) list.addSubnet(address, bits, address.includes(":") ? "ipv6" : "ipv4");
  return [reach, list];
});
function reachOf(address) {
  const inner = embeddedIPv4(address) ?? address;
  const family2 = isIP(inner) === 6 ? "ipv6" : "ipv4";
  return LISTS.find(([, list]) => list.check(inner, family2))?.[0] ?? "public";
}
__name(reachOf, "reachOf");
function embeddedIPv4(address) {
  if (isIP(address) !== 6) return void 0;
  const groups = groupsOf(address);
  const [first, second] = groups;
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 65535;
  const isTranslated = groups.slice(0, 4).every((group) => group === 0) && groups[4] === 65535 && groups[5] === 0;
  const isCompatible = groups.slice(0, 6).every((group) => group === 0) && (groups[6] ?? 0) > 0;
  const isNat64 = first === 100 && second === 65435;
  const pair = isMapped || isTranslated || isCompatible || isNat64 ? groups.slice(6) : first === 8194 ? groups.slice(1, 3) : void 0;
  return pair?.flatMap((group) => [group >> 8, group & 255]).join(".");
}
__name(embeddedIPv4, "embeddedIPv4");
function groupsOf(address) {
  const [head = "", tail = ""] = new URL(`http://[${address.split("%")[0]}]`).hostname.slice(1, -1).split("::");
  const [left, right] = [head, tail].map((part) => part.split(":").filter((group) => group !== ""));
  const zeros = Array(8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
}
__name(groupsOf, "groupsOf");
function literalAddress(url) {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return isIP(host) === 0 ? void 0 : host;
}
__name(literalAddress, "literalAddress");
function checkReach(address, host, namedBy) {
  const reach = reachOf(address);
  if (reach !== "forbidden" && (namedBy === "user" || RANK[reach] <= RANK[namedBy])) return;
  const shown = host === address ? address : `${host} (${address})`;
  if (reach === "forbidden") {
    throw new PullError("address-refused", `address refused: ${shown} is link-local, unspecified or a cloud's own metadata service`);
  }
  throw new PullError("address-refused", `address refused: ${shown} is a ${reach} address; a ${namedBy} registry may not redirect there`);
}
__name(checkReach, "checkReach");
function farther(one, other) {
  return one === "user" ? other : farthest(one, other);
}
__name(farther, "farther");
function farthest(one, other) {
  return RANK[other] < RANK[one] ? other : one;
}
__name(farthest, "farthest");
function checkPlainHttp(url, address, insecure) {
  if (url.protocol !== "http:" || !isLoopbackHost(url)) return;
  if (address !== void 0 && reachOf(address) === "loopback") return;
  if (insecure.has(url.host) || insecure.has(`${url.host}:80`)) return;
  const found = address === void 0 ? "a proxy hides its address" : `${address} is not loopback`;
  throw new PullError("address-refused", `address refused: plain HTTP to ${url.host} stays on this machine, and ${found}`, {
    next: `if plain HTTP to it is meant, add ${url.host} to insecure-registries`
  });
}
__name(checkPlainHttp, "checkPlainHttp");
function isLoopbackHost(url) {
  const address = literalAddress(url);
  return address === void 0 ? /^(.+\.)?localhost$/.test(url.hostname) : reachOf(address) === "loopback";
}
__name(isLoopbackHost, "isLoopbackHost");
function registryOrigin(registry, insecure) {
  const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  const url = new URL(`https://${host}/`);
  const plain = insecure.has(registry) || isLoopbackHost(url) && !registry.endsWith(":443");
  return plain ? new URL(`http://${host}/`) : url;
}
__name(registryOrigin, "registryOrigin");
var KNOWN_REALMS = /* @__PURE__ */ new Map([
  ["auth.docker.io", /^(registry-1\.|index\.)?docker\.io$/],
  ["ghcr.io", /^lscr\.io$/],
  ["api.scaleway.com", /^rg\.[a-z]{2}-[a-z]{3}\.scw\.cloud$/]
]);
async function mayReceiveCredentials(realm, registry, trusted) {
  if (realm.origin === registry.origin || trusted.has(realm.host) || trusted.has(realm.hostname)) return true;
  if ([realm, registry].some((url) => literalAddress(url) !== void 0 || isLoopbackHost(url))) return false;
  if (realm.hostname === registry.hostname || KNOWN_REALMS.get(realm.hostname)?.test(registry.hostname)) return true;
  const { registrableDomain } = await import("./domain-XGW55WOX.js");
  const domain = registrableDomain(registry.hostname);
  return domain !== void 0 && domain === registrableDomain(realm.hostname);
}
__name(mayReceiveCredentials, "mayReceiveCredentials");

// src/registry/errors.ts
var SHOWN_LIMIT = 1024;
function describeErrors(body, headers, withhold) {
  const text = new TextDecoder().decode(body).trim();
  const type = mediaTypeOf(headers);
  if (type === "text/html" || /^<!doctype html|^<html/i.test(text)) return "a web page (text/html), not a registry's answer";
  return shorten(withhold(fromJson(text) ?? withoutTags(text)));
}
__name(describeErrors, "describeErrors");
function mediaTypeOf(headers) {
  return (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}
__name(mediaTypeOf, "mediaTypeOf");
function withoutTags(text) {
  const bare = text.replace(/<[^<>]*>/g, " ");
  return bare.replace(/\s+/g, " ").trim();
}
__name(withoutTags, "withoutTags");
function shorten(text) {
  return text.length > SHOWN_LIMIT ? `${text.slice(0, SHOWN_LIMIT)}\u2026` : text;
}
__name(shorten, "shorten");
function fromJson(text) {
  if (!text.startsWith("{")) return void 0;
  let json;
  try {
    json = parseJson(new TextEncoder().encode(text), "error");
  } catch {
    return void 0;
  }
  const { errors, ...own2 } = json;
  const entries = Array.isArray(errors) && errors.length > 0 ? errors : [own2];
  const described = entries.map(describeEntry).filter((entry2) => entry2 !== "");
  return described.length > 0 ? described.join("; ") : void 0;
}
__name(fromJson, "fromJson");
function describeEntry(entry2) {
  if (typeof entry2 !== "object" || entry2 === null) return flat(entry2);
  const fields = entry2;
  const pick = /* @__PURE__ */ __name((...names) => names.map((name) => flat(fields[name])).find((value) => value !== "") ?? "", "pick");
  const head = [pick("code", "error"), pick("message", "error_description")].filter((part) => part !== "").join(": ");
  const detail = pick("detail", "details");
  return detail === "" ? head : `${head} (${detail})`.trim();
}
__name(describeEntry, "describeEntry");
function flat(value) {
  if (value === void 0 || value === null) return "";
  if (typeof value === "string") return value;
  const text = JSON.stringify(value);
  return text === "{}" || text === "[]" ? "" : text;
}
__name(flat, "flat");

// src/registry/api.ts
var REDIRECT_LIMIT = 5;
var WARNING_BYTES = 4096;
var WARNING_LIMIT = 10 / 2;
var Api = class {
  static {
    __name(this, "Api");
  }
  #options;
  #origins = /* @__PURE__ */ new Map();
  /** The warnings of each registry, and one more where there were more than are shown. */
  #warnings = /* @__PURE__ */ new Map();
  #remaining = /* @__PURE__ */ new Map();
  constructor(options) {
    this.#options = options;
  }
  /** Docker Hub's count of pulls left, by registry, as its last answer gave it: `76 of 100 pulls left per 21600 s`. */
  get remainingPulls() {
    return this.#remaining;
  }
  /**
   * The successful answer to a request for `path` below the repository. Fails with a {@link RefusedError} when the registry's
   * answer is none.
   */
  async ask(image, path, wanted) {
    const reached = await this.#follow(image, path, wanted);
    const { answer } = reached;
    this.#note(image.registry, answer.headers);
    if (answer.status >= 200 && answer.status < 300) return reached;
    throw refusal(reached, describeErrors(answer.body, answer.headers, this.#options.withhold));
  }
  /** Redirects by hand: at most five, never from https to http, and no credentials beyond the registry's own origin. */
  async #follow(image, path, wanted) {
    const home = this.#origin(image.registry);
    let url = new URL(`/v2/${image.repository}/${path}`, home);
    let atHome = true;
    let namedBy = "user";
    let authenticated = false;
    let open = true;
    for (let hop = 0; ; hop++) {
      atHome &&= url.origin === home.origin;
      const session = this.#options.authenticator.session(url, image, atHome);
      const sent = await session.send({ ...wanted, url, namedBy: atHome ? "user" : namedBy });
      const { answer } = sent;
      authenticated ||= sent.authenticated;
      if (sent.authenticated) wanted.carried?.();
      open &&= this.#options.http.isOpen(url);
      if (atHome && this.#speaksTls(home, answer)) return this.#follow(image, path, wanted);
      const { location } = answer.headers;
      if (answer.status < 300 || answer.status >= 400 || location === void 0) {
        return { answer, url, authenticated, private: authenticated || !open, refusals: session.refusals };
      }
      if (hop === REDIRECT_LIMIT)
        throw new PullError("redirect-refused", `redirect refused: ${home.host} answers with more than ${REDIRECT_LIMIT} redirects`);
      namedBy = farther(namedBy, this.#options.http.reach(url));
      url = nextHop(url, location);
    }
  }
  /** Go's servers, most registries among them, answer so to plain HTTP on a TLS port; loopback was only assumed to be plain. */
  #speaksTls(home, answer) {
    if (home.protocol !== "http:" || answer.status !== 400 || !answer.body.includes("HTTP request to an HTTPS server")) return false;
    this.#origins.set(home.host, new URL(`https://${home.host}/`));
    return true;
  }
  #origin(registry) {
    const origin = registryOrigin(registry, this.#options.insecureRegistries);
    return this.#origins.get(origin.host) ?? origin;
  }
  /** What registries say on the side: warnings and Docker Hub's limits. */
  #note(registry, headers) {
    this.#warn(registry, String(headers["warning"] ?? "").slice(0, WARNING_BYTES));
    const [left, window] = String(headers["ratelimit-remaining"] ?? "").split(";w=");
    const [limit] = String(headers["ratelimit-limit"] ?? "").split(";w=");
    if (left && window) this.#remaining.set(registry, `${left} of ${limit || "?"} pulls left per ${window} s`);
  }
  /** Each warning once: https://www.rfc-editor.org/rfc/rfc7234#section-5.5 */
  #warn(registry, header) {
    const known = this.#warnings.get(registry) ?? /* @__PURE__ */ new Set();
    this.#warnings.set(registry, known);
    for (const [, text = ""] of header.matchAll(/299 [^\s"]+ "((?:[^"\\]|\\.){1,1024})"/g)) {
      if (known.has(text) || known.size > WARNING_LIMIT) continue;
      known.add(text);
      if (known.size <= WARNING_LIMIT) this.#options.warn(`${registry} warns: ${text}`);
      else this.#options.say(`${registry} sends more than ${WARNING_LIMIT} warnings: the others are not shown`);
    }
  }
};
function nextHop(from, location) {
  if (!URL.canParse(location, from.href))
    throw new PullError("redirect-refused", `redirect refused: ${from.host} redirects to an invalid URL`);
  const next = new URL(location, from);
  if (!/^https?:$/.test(next.protocol) || next.username !== "" || next.password !== "") {
    throw new PullError(
      "redirect-refused",
      `redirect refused: ${from.host} redirects to ${next.protocol}//${next.host}, which is not a plain https URL`
    );
  }
  if (from.protocol === "https:" && next.protocol === "http:") {
    throw new PullError("redirect-refused", `redirect refused: ${from.host} is https, ${next.host} would be plain http`);
  }
  return next;
}
__name(nextHop, "nextHop");
var RefusedError = class extends PullError {
  static {
    __name(this, "RefusedError");
  }
  /** The answer's status code. */
  answered;
  constructor(reason, message, answered) {
    super(reason, message);
    this.answered = answered;
  }
};
function refusal({ url, answer, refusals }, words2) {
  const { status } = answer;
  const head = `${url.host} answered ${status}${words2 === "" ? "" : ` ${words2}`}`;
  return new RefusedError(reasonFor(status, refusals), `${head}${detailsOf(answer, refusals)}`, status);
}
__name(refusal, "refusal");
function reasonFor(status, refusals) {
  if (status === 404) return "not-found";
  if (status === 401 || status === 403) return refusals.length === 0 ? "no-credentials" : "credentials-refused";
  if (status === 429) return "rate-limited";
  return status === 408 || status === 499 || status >= 500 ? "server-error" : "unexpected-answer";
}
__name(reasonFor, "reasonFor");
function detailsOf({ status, headers }, refusals) {
  if (status === 429) return retryAfterWords(headers);
  if (status !== 401 && status !== 403) return "";
  return refusals.length === 0 ? "; no credentials are configured for it" : `; refused: ${refusals.join("; ")}`;
}
__name(detailsOf, "detailsOf");
function retryAfterWords(headers) {
  const after = excerpt(headers["retry-after"] ?? "");
  return after === "" ? "" : `; it asks to wait ${/^\d+$/.test(after) ? `${after} s` : `until ${after}`}`;
}
__name(retryAfterWords, "retryAfterWords");

// src/registry/body.ts
import { finished } from "node:stream";

// src/registry/reading.ts
var READ_SIZE = 128 * 1024;
var streams = /* @__PURE__ */ new WeakMap();
function reuseMemory() {
  let memory;
  const current = /* @__PURE__ */ __name(() => {
    memory ??= takeMemory();
    return memory;
  }, "current");
  function callback(length) {
    const bytes = current().subarray(0, length);
    const message = streams.get(this);
    this.emit("data", message === void 0 ? Buffer.from(bytes) : bytes);
    if (message !== void 0 && message.readableLength > 0) memory = void 0;
    return true;
  }
  __name(callback, "callback");
  return { buffer: current, callback };
}
__name(reuseMemory, "reuseMemory");
function takeMemory() {
  return Buffer.allocUnsafeSlow(READ_SIZE + 1).subarray(0, READ_SIZE);
}
__name(takeMemory, "takeMemory");
function stream(message) {
  const { socket } = message;
  streams.set(socket, message);
  return () => streams.delete(socket);
}
__name(stream, "stream");
function release({ buffer, byteLength }) {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer?.(0);
}
__name(release, "release");

// src/registry/body.ts
var ERROR_LIMIT = 64 * 1024;
var RATE_WINDOW_MS = 3e4;
var RATE_WINDOW_BYTES = 30 * 1024;
var BodyError = class extends PullError {
  static {
    __name(this, "BodyError");
  }
};
var SinkError = class extends PullError {
  static {
    __name(this, "SinkError");
  }
};
async function readBody(message, request, watch) {
  const status = message.statusCode ?? 0;
  const success = status >= 200 && status < 300;
  if (request.method === "HEAD") {
    message.resume();
    return Buffer.alloc(0);
  }
  if (success && request.headOnly === true) {
    message.destroy();
    return Buffer.alloc(0);
  }
  const encoding = message.headers["content-encoding"] ?? "identity";
  if (success && encoding !== "identity") {
    message.destroy();
    throw new PullError("encoding-refused", `encoding refused: asked for the bytes as they are, got Content-Encoding ${encoding}`);
  }
  if (success && request.sink !== void 0) {
    await pour(message, request.sink, watch);
    return Buffer.alloc(0);
  }
  const { bytes, complete } = await collect(message, success ? request.limit : ERROR_LIMIT, watch);
  if (success && !complete) throw new PullError("too-large", `too large: the answer is longer than ${request.limit} bytes`);
  return bytes;
}
__name(readBody, "readBody");
async function pour(message, sink, watch) {
  try {
    await sink.begin(message.statusCode ?? 0, message.headers);
    await flow(message, sink.write, watch);
  } catch (error) {
    message.destroy();
    if (error instanceof PullError) throw new SinkError(error.reason, error.found, { next: error.next, cause: error });
    const { signal } = watch.stop;
    const cut = `the answer was cut: ${foundBy(signal.aborted ? signal.reason : error)}`;
    throw new BodyError("answer-cut", cut, { cause: error });
  }
}
__name(pour, "pour");
async function collect(message, limit, watch) {
  const chunks = [];
  let size = 0;
  const keep = /* @__PURE__ */ __name((chunk) => {
    size += chunk.length;
    if (size > limit) message.destroy();
    chunks.push(Buffer.from(chunk));
  }, "keep");
  await flow(message, keep, watch).catch((error) => {
    if (size <= limit) throw error;
  });
  return { bytes: Buffer.concat(chunks).subarray(0, limit), complete: size <= limit };
}
__name(collect, "collect");
async function flow(message, take, { stop, clock }) {
  let size = 0;
  const look = /* @__PURE__ */ __name((before) => clock.after(RATE_WINDOW_MS, () => {
    if (size - before >= RATE_WINDOW_BYTES) end = look(size);
    else stop.abort(new PullError("too-slow", `too slow: less than 1 KiB/s over ${RATE_WINDOW_MS / 1e3} s`));
  }), "look");
  let end = look(0);
  const endStream = stream(message);
  try {
    await new Promise((resolve, reject) => {
      const onData = /* @__PURE__ */ __name((chunk) => {
        size += chunk.length;
        try {
          take(chunk);
          release(chunk);
        } catch (error) {
          message.off("data", onData);
          reject(error);
        }
      }, "onData");
      finished(message, (error) => error ? reject(error) : resolve());
      message.on("data", onData);
    });
    stop.signal.throwIfAborted();
  } finally {
    endStream();
    end();
  }
}
__name(flow, "flow");

// src/registry/scanner.ts
var TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
var UNQUOTED = /[^ \t",;]*/y;
var EQUALS = /[ \t]*=[ \t]*/y;
var LENGTH_LIMIT = 16 * 1024;
var Scanner = class {
  static {
    __name(this, "Scanner");
  }
  at = 0;
  #text;
  constructor(text) {
    this.#text = text.slice(0, LENGTH_LIMIT);
  }
  get done() {
    return this.at >= this.#text.length;
  }
  /** What a sticky pattern matches here, and is then behind us; undefined when it does not. */
  take(pattern) {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.#text) ?? [];
    this.at += found?.length ?? 0;
    return found;
  }
  /** A quoted string, or what stands up to the next separator, which may be nothing; undefined when a quote never closes. */
  value() {
    if (this.#text[this.at] !== '"') return this.take(UNQUOTED);
    let value = "";
    for (let at = this.at + 1; at < this.#text.length; at++) {
      const char = this.#text[at];
      if (char === '"') {
        this.at = at + 1;
        return value;
      }
      value += char === "\\" ? this.#text[++at] ?? "" : char;
    }
    return void 0;
  }
};

// src/registry/challenge.ts
var TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
var SPACE = /[ \t]+/y;
var SEPARATOR = /[ \t]*(?:[,;][ \t]*)+|[ \t]+/y;
function parseChallenges(header) {
  const scanner = new Scanner(header);
  const challenges = [];
  scanner.take(SEPARATOR);
  while (!scanner.done) {
    const start = scanner.at;
    const word = scanner.take(TOKEN);
    if (word === void 0) break;
    const current = challenges.at(-1);
    if (current !== void 0 && scanner.take(EQUALS) !== void 0) {
      const value = scanner.value();
      if (value === void 0) break;
      const name = word.toLowerCase();
      if (!current.parameters.has(name)) current.parameters.set(name, value);
    } else {
      scanner.at = start + word.length;
      challenges.push({ scheme: word.toLowerCase(), parameters: /* @__PURE__ */ new Map() });
      if (scanner.take(SPACE) !== void 0) scanner.take(TOKEN68);
    }
    if (!scanner.done && scanner.take(SEPARATOR) === void 0 && scanner.at === start) break;
  }
  return challenges;
}
__name(parseChallenges, "parseChallenges");
function chooseChallenge(header) {
  if (header === void 0) return void 0;
  const challenges = parseChallenges(header);
  const known = challenges.find(({ scheme }) => scheme === "bearer") ?? challenges.find(({ scheme }) => scheme === "basic");
  if (known !== void 0) return known;
  const schemes = excerpt(challenges.map(({ scheme }) => scheme).join(", ")) || "none that can be read";
  throw new PullError("scheme-unknown", `the registry asks for an authentication scheme that is not Bearer or Basic: ${schemes}`);
}
__name(chooseChallenge, "chooseChallenge");

// src/oci/reference.ts
var LENGTH_LIMIT2 = 255 + 1 + 255 + 1 + 128 + 1 + "sha512:".length + 128;
var REPOSITORY_LIMIT = 255;
var COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
var IMAGE_ID = /^[0-9a-f]{64}$/;
var TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
var HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:]+\])$/;
function parseReference(text) {
  checkCredentials(text);
  if (text.length > LENGTH_LIMIT2) throw refuse(`${text.slice(0, 40)}\u2026`, `is longer than ${LENGTH_LIMIT2} characters`);
  const bare = text.startsWith("docker://") ? text.slice("docker://".length) : text;
  checkWhole(text, bare);
  const at = bare.indexOf("@");
  const digest = at < 0 ? void 0 : readDigest(text, bare.slice(at + 1));
  const [name, tag] = cutTag(text, at < 0 ? bare : bare.slice(0, at));
  const { registry, repository } = readName(text, name);
  const slash = repository.lastIndexOf("/");
  return {
    registry,
    repository,
    collection: repository.slice(0, Math.max(slash, 0)),
    image: repository.slice(slash + 1),
    tag: tag ?? (digest === void 0 ? "latest" : void 0),
    digest
  };
}
__name(parseReference, "parseReference");
function refuse(text, problem2, meant2) {
  const next = meant2 === void 0 || meant2 === "" ? void 0 : `did you mean ${meant2}?`;
  return new PullError("wrong-reference", `reference ${JSON.stringify(text)} ${problem2}`, { next });
}
__name(refuse, "refuse");
function checkCredentials(text) {
  const [, ...digests] = text.split("@");
  if (digests.every((digest) => /^sha(?:256|512):[^/]*$/i.test(digest))) return;
  const found = JSON.stringify(`@${excerpt(digests.at(-1) ?? "")}`);
  const problem2 = `expected name@sha256:\u2026 or name@sha512:\u2026, got ${found}`;
  const next = "credentials go into registry-auth";
  throw new PullError("wrong-reference", `reference has an @ without a digest: ${problem2}`, { next });
}
__name(checkCredentials, "checkCredentials");
function checkWhole(text, bare) {
  if (bare === "") throw refuse(text, "is empty", void 0);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(bare);
  if (scheme !== null) {
    const rest = bare.slice(scheme[0].length).replace(/^v2\//, "");
    throw refuse(text, `starts with ${scheme[0]}, which is not part of a reference`, rest);
  }
  if (/\s/.test(bare)) throw refuse(text, "contains white space", bare.replace(/\s+/g, ""));
  if (/[^\x21-\x7e]/.test(bare)) throw refuse(text, "contains a character that is not printable ASCII");
}
__name(checkWhole, "checkWhole");
function readDigest(text, digest) {
  try {
    return parseDigest(digest);
  } catch (cause) {
    const lower = digest.toLowerCase();
    const meant2 = lower !== digest && /^sha256:[0-9a-f]{64}$/.test(lower) ? text.replace(digest, lower) : void 0;
    throw refuse(text, `has a wrong ${foundBy(cause)}`, meant2);
  }
}
__name(readDigest, "readDigest");
function cutTag(text, name) {
  const colon = name.indexOf(":", name.lastIndexOf("/") + 1);
  if (colon < 0) return [name, void 0];
  const tag = name.slice(colon + 1);
  if (tag === "") throw refuse(text, "has an empty tag", name.slice(0, colon));
  if (tag.length > 128) throw refuse(text, `has a tag of ${tag.length} characters: expected at most 128`);
  if (!TAG.test(tag)) {
    throw refuse(text, `has a wrong tag ${JSON.stringify(tag)}: expected letters, digits, _ . - and no . or - in front`);
  }
  return [name.slice(0, colon), tag];
}
__name(cutTag, "cutTag");
function readName(text, name) {
  if (IMAGE_ID.test(name)) {
    throw refuse(text, "has 64 hex digits as its name, like an image ID", `name@sha256:${name}`);
  }
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const hasRegistry = isRegistry(first);
  const repository = hasRegistry ? name.slice(slash + 1) : name;
  checkRepository(text, repository);
  if (!hasRegistry) return { registry: "docker.io", repository: slash < 0 ? `library/${name}` : name };
  const registry = readRegistry(text, first);
  const official = registry === "docker.io" && !repository.includes("/");
  return { registry, repository: official ? `library/${repository}` : repository };
}
__name(readName, "readName");
function checkRepository(text, repository) {
  if (repository.length > REPOSITORY_LIMIT) {
    throw refuse(text, `has a repository of ${repository.length} characters: expected at most ${REPOSITORY_LIMIT}`);
  }
  if (/[A-Z]/.test(repository)) {
    throw refuse(text, "has upper case in its repository: expected lower case", text.replace(repository, repository.toLowerCase()));
  }
  const wrong = repository.split("/").find((component) => !COMPONENT.test(component));
  if (wrong === "") throw refuse(text, "has an empty component in its repository", text.replace(/\/{2,}/g, "/").replace(/\/$/, ""));
  if (wrong !== void 0) {
    throw refuse(text, `has a wrong component ${JSON.stringify(wrong)}: expected a-z and 0-9, joined by . _ __ or -`);
  }
}
__name(checkRepository, "checkRepository");
function readRegistry(text, registry) {
  const [, host = "", , port] = /^(\[[^\]]*\]|[^:]*)(:(.*))?$/.exec(registry) ?? [];
  if (!HOST.test(host)) throw refuse(text, `has a wrong registry ${JSON.stringify(registry)}: expected host or host:port`);
  if (port !== void 0 && !(/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65535)) {
    throw refuse(text, `has a wrong port ${JSON.stringify(port)}: expected 1 to 65535`);
  }
  const lower = registry.toLowerCase();
  checkHost(text, host.toLowerCase());
  return lower === "index.docker.io" ? "docker.io" : lower;
}
__name(readRegistry, "readRegistry");
function checkHost(text, host) {
  const url = `https://${host}`;
  if (!URL.canParse(url) || new URL(url).hostname !== host) {
    const read = URL.canParse(url) ? new URL(url).hostname : void 0;
    throw refuse(text, `has the registry ${JSON.stringify(host)}, which is no host in its usual spelling`, read);
  }
}
__name(checkHost, "checkHost");
function isTag(value) {
  return typeof value === "string" && TAG.test(value);
}
__name(isTag, "isTag");
function nearestTags(wanted, offered, count) {
  const shared = /* @__PURE__ */ __name((tag) => {
    let length = 0;
    while (length < tag.length && tag[length] === wanted[length]) length++;
    return length;
  }, "shared");
  return offered.toSorted((one, other) => shared(other) - shared(one)).slice(0, count);
}
__name(nearestTags, "nearestTags");
function repositoryName(reference) {
  return `${reference.registry}/${reference.repository}`;
}
__name(repositoryName, "repositoryName");
function formatReference(reference) {
  const tag = reference.tag === void 0 ? "" : `:${reference.tag}`;
  return `${repositoryName(reference)}${tag}${reference.digest === void 0 ? "" : `@${reference.digest}`}`;
}
__name(formatReference, "formatReference");
function familiarName(reference) {
  const { registry, repository, collection, image } = reference;
  if (registry !== "docker.io" || isRegistry(repository.split("/")[0] ?? "")) return repositoryName(reference);
  return collection === "library" && !IMAGE_ID.test(image) ? image : repository;
}
__name(familiarName, "familiarName");
function isRegistry(first) {
  return /[.:]/.test(first) || first === "localhost";
}
__name(isRegistry, "isRegistry");

// src/registry/docker-config.ts
import { homedir } from "node:os";
import { join } from "node:path";
function readDockerConfigs(environment, readFile, warn) {
  const inline = environment["DOCKER_AUTH_CONFIG"];
  const fromVariable = inline ? [parse("DOCKER_AUTH_CONFIG", inline, warn)] : [];
  const fromFiles = paths(environment).map((path) => load(path, readFile, warn));
  return [...fromVariable, ...fromFiles].filter((config) => config !== void 0);
}
__name(readDockerConfigs, "readDockerConfigs");
function paths(environment) {
  const home = environment["HOME"] ?? environment["USERPROFILE"] ?? homedir();
  const docker = join(environment["DOCKER_CONFIG"] || join(home, ".docker"), "config.json");
  const file = environment["REGISTRY_AUTH_FILE"];
  if (file) return [docker, file];
  const runtime = environment["XDG_RUNTIME_DIR"];
  const configHome = environment["XDG_CONFIG_HOME"] || join(home, ".config");
  return [docker, ...runtime ? [join(runtime, "containers", "auth.json")] : [], join(configHome, "containers", "auth.json")];
}
__name(paths, "paths");
function load(path, readFile, warn) {
  let text;
  try {
    text = readFile(path);
  } catch (error) {
    const { code } = error;
    if (code !== "ENOENT" && code !== "ENOTDIR" && code !== "EISDIR") warn(`cannot read ${path} (${code}): its credentials are not used`);
    return void 0;
  }
  return parse(path, text, warn);
}
__name(load, "load");
function parse(source, text, warn) {
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    warn(`${source} is not JSON: its credentials are not used`);
    return void 0;
  }
  const { auths, credHelpers, credsStore } = record(json);
  return {
    source,
    auths: new Map(Object.entries(record(auths)).map(([key, value]) => [hostPath(key), readAuth(record(value))])),
    credHelpers: new Map(Object.entries(record(credHelpers)).map(([key, value]) => [hostPath(key), stringOf(value)])),
    credsStore: stringOf(credsStore) || void 0
  };
}
__name(parse, "parse");
function record(value) {
  return typeof value === "object" && value !== null ? value : {};
}
__name(record, "record");
function stringOf(value) {
  return typeof value === "string" ? value : "";
}
__name(stringOf, "stringOf");
function readAuth(entry2) {
  const decoded = Buffer.from(stringOf(entry2["auth"]), "base64").toString().replace(/\0+$/, "");
  const colon = decoded.indexOf(":");
  return {
    username: colon < 0 ? stringOf(entry2["username"]) : decoded.slice(0, colon),
    password: colon < 0 ? stringOf(entry2["password"]) : decoded.slice(colon + 1),
    identityToken: stringOf(entry2["identitytoken"]),
    registryToken: stringOf(entry2["registrytoken"])
  };
}
__name(readAuth, "readAuth");
function hostPath(key) {
  const [host = "", ...path] = key.trim().toLowerCase().replace(/^https?:\/\//, "").split("/").map((part) => part.trim()).filter((part) => part !== "");
  const bare = [host, ...path.length === 1 && /^v[12]$/.test(path[0] ?? "") ? [] : path].join("/");
  return bare.replace(/^(index\.docker\.io|registry-1\.docker\.io|registry\.hub\.docker\.com)(?=\/|$)/, "docker.io");
}
__name(hostPath, "hostPath");
function longestPrefix(entries, name) {
  for (let key = name; key !== ""; key = key.slice(0, Math.max(key.lastIndexOf("/"), 0))) {
    const value = entries.get(key);
    if (value !== void 0) return value;
  }
  return void 0;
}
__name(longestPrefix, "longestPrefix");

// src/registry/program.ts
import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
var LAST_WORDS_MS = 1e3;
async function runProgram(program, { after, signal }) {
  signal.throwIfAborted();
  const { command: command2, args, env, input, read, errors } = program;
  const child = spawn(command2, args, { env });
  child.stdout.setEncoding("utf8").on("data", read);
  child.stderr.setEncoding("utf8").on("data", errors ? read : () => void 0);
  const settled = new AbortController();
  try {
    return await new Promise((resolve, reject) => {
      let forget = /* @__PURE__ */ __name(() => void 0, "forget");
      signal.addEventListener("abort", () => reject(signal.reason), { signal: settled.signal });
      child.on("error", reject);
      child.on("exit", (code, killedBy) => {
        forget = after(LAST_WORDS_MS, () => resolve({ code, killedBy }));
      });
      child.on("close", (code, killedBy) => {
        forget();
        resolve({ code, killedBy });
      });
      feed(input, child.stdin).catch(reject);
    });
  } finally {
    settled.abort();
    child.kill("SIGKILL");
    for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy();
  }
}
__name(runProgram, "runProgram");
async function feed(input, stdin) {
  try {
    await pipeline(Readable.from(input), stdin);
  } catch (error) {
    if (error instanceof PullError) throw error;
  }
}
__name(feed, "feed");
var EVERY = [
  "PATH HOME USER LOGNAME TMPDIR TZ LANG LANGUAGE LC_* XDG_* DBUS_SESSION_BUS_ADDRESS",
  "HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR",
  "DOCKER_CONFIG REGISTRY_AUTH_FILE",
  "SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT TEMP TMP USERNAME USERPROFILE HOMEDRIVE HOMEPATH",
  "APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES PROGRAMW6432"
];
function environmentFor(environment, ...own2) {
  const words2 = [...EVERY, ...own2].flatMap((line) => line.split(" "));
  const given = new RegExp(`^(${words2.join("|").replaceAll("*", "\\w*")})$`, "i");
  return Object.fromEntries(Object.entries(environment).filter(([name]) => given.test(name)));
}
__name(environmentFor, "environmentFor");

// src/registry/credentials.ts
var ACR_TOKEN_USER = "00000000-0000-0000-0000-000000000000";
var HUB_SERVER = "https://index.docker.io/v1/";
var Keychain = class {
  static {
    __name(this, "Keychain");
  }
  #options;
  #asked = /* @__PURE__ */ new Map();
  constructor(options) {
    this.#options = options;
  }
  /**
   * The credentials for `registry/repository`, best first, none twice: `registry-auth`, then each configuration's helper and entry,
   * and the GitHub token for exactly `ghcr.io` when nothing else is configured. Matched on whole hosts, never on parts of one.
   */
  async find(image) {
    const name = repositoryName(image);
    const found = [this.#fromInput(name), ...await Promise.all(this.#options.configs.map((config) => this.#fromConfig(config, name)))].flat().filter((credential) => credential !== void 0);
    const { githubToken } = this.#options;
    if (found.length === 0 && image.registry === "ghcr.io" && githubToken !== "") {
      found.push({ source: "github-token", kind: "password", username: "x-access-token", password: githubToken });
    }
    for (const credential of found) this.#mask(credential);
    return found.filter((credential, at) => at === found.findIndex((other) => sameSecret(credential, other)));
  }
  #fromInput(name) {
    const entries = new Map(this.#options.registryAuth.map((auth2) => [hostPath(auth2.registry), auth2]));
    const auth = longestPrefix(entries, name);
    return auth && fromLogin("registry-auth", auth.username, auth.password);
  }
  async #fromConfig(config, name) {
    const helper = longestPrefix(config.credHelpers, name) ?? config.credsStore;
    const auth = longestPrefix(config.auths, name);
    const host = name.slice(0, name.indexOf("/"));
    return [helper === void 0 ? void 0 : await this.#fromHelper(helper, host), auth && fromAuth(config.source, auth)];
  }
  #fromHelper(helper, host) {
    const server = host === "docker.io" ? HUB_SERVER : host;
    const key = `${helper} ${server}`;
    const asked = this.#asked.get(key) ?? this.#askHelper(helper, server);
    this.#asked.set(key, asked);
    return asked;
  }
  /** https://github.com/docker/docker-credential-helpers#development */
  async #askHelper(helper, server) {
    const { output, error } = await this.#options.runHelper(helper, server);
    if (error === void 0) {
      const credential = readHelperAnswer(`docker-credential-${helper}`, output);
      if (credential !== void 0) return credential;
    }
    if (/credentials not found|no credentials server URL|no credentials username/i.test(`${output} ${error}`)) return void 0;
    this.#options.warn(
      `docker-credential-${helper} gave no credentials for ${server}: ${error ?? "its answer is not the JSON it should be"}`
    );
    return void 0;
  }
  #mask(credential) {
    if (credential.kind !== "password") return this.#options.mask(credential.token);
    for (const secret of [credential.password, basicValue(credential.username, credential.password)]) this.#options.mask(secret);
  }
};
function basicValue(username, password) {
  return Buffer.from(`${username}:${password}`).toString("base64");
}
__name(basicValue, "basicValue");
function sameSecret(one, other) {
  return JSON.stringify({ ...one, source: "" }) === JSON.stringify({ ...other, source: "" });
}
__name(sameSecret, "sameSecret");
function fromLogin(source, username, password) {
  if (password === "") return void 0;
  const identity = username === "<token>" || username === ACR_TOKEN_USER;
  return identity ? { source, kind: "identity", username, token: password } : { source, kind: "password", username, password };
}
__name(fromLogin, "fromLogin");
function fromAuth(source, auth) {
  if (auth.identityToken !== "") return { source, kind: "identity", username: auth.username, token: auth.identityToken };
  if (auth.registryToken !== "") return { source, kind: "registry-token", token: auth.registryToken };
  return fromLogin(source, auth.username, auth.password);
}
__name(fromAuth, "fromAuth");
function readHelperAnswer(source, output) {
  try {
    const { Username, Secret } = JSON.parse(output);
    return typeof Username === "string" && typeof Secret === "string" ? fromLogin(source, Username, Secret) : void 0;
  } catch {
    return void 0;
  }
}
__name(readHelperAnswer, "readHelperAnswer");
var HELPER_DEADLINE_MS = 3e4;
var HELPER_OUTPUT_LIMIT = 64 * 1024;
var HELPERS = [
  // https://github.com/awslabs/amazon-ecr-credential-helper
  "AWS_*",
  // https://github.com/GoogleCloudPlatform/docker-credential-gcr
  "GOOGLE_* CLOUDSDK_*",
  // https://pkg.go.dev/github.com/osscontainertools/docker-credential-acr
  "AZURE_*",
  // The desktop's keyring, and pass with its gpg: https://github.com/docker/docker-credential-helpers
  "DISPLAY WAYLAND_DISPLAY GNUPGHOME GPG_TTY PASSWORD_STORE_*",
  // https://pkg.go.dev/github.com/isometry/docker-credential-env
  "DOCKER_*_USR DOCKER_*_PSW"
];
function helperRunner(environment, bounds) {
  const env = environmentFor(environment, ...HELPERS);
  return (name, input) => {
    if (!/^[A-Za-z0-9._-]+$/.test(name)) return Promise.resolve({ output: "", error: "its name is not a helper's name" });
    return ask(`docker-credential-${name}`, input, env, bounds);
  };
}
__name(helperRunner, "helperRunner");
async function ask(command2, input, env, { after, signal }) {
  const stop = new AbortController();
  const cancelDeadline = after(HELPER_DEADLINE_MS, () => stop.abort(new Error(`no answer within ${HELPER_DEADLINE_MS / 1e3} s`)));
  let output = "";
  const read = /* @__PURE__ */ __name((text) => {
    output += text;
    if (output.length > HELPER_OUTPUT_LIMIT) stop.abort(new Error(`more than ${HELPER_OUTPUT_LIMIT} bytes of output`));
  }, "read");
  try {
    const bounds = { after, signal: AbortSignal.any([signal, stop.signal]) };
    const { code, killedBy } = await runProgram({ command: command2, args: ["get"], env, input: [input], read, errors: false }, bounds);
    return { output, error: code === 0 ? void 0 : `${killedBy ?? `exit code ${code}`} ${wordsOf(output)}`.trim() };
  } catch (error) {
    return { output, error: foundBy(error) };
  } finally {
    cancelDeadline();
  }
}
__name(ask, "ask");
function wordsOf(output) {
  return output.includes("{") ? "" : output.trim().slice(0, 200);
}
__name(wordsOf, "wordsOf");

// src/registry/session.ts
var REFRESH_LIMIT = 5;
var Session = class {
  static {
    __name(this, "Session");
  }
  #options;
  #origin;
  #image;
  /** The registry's own origin, which alone is owed credentials. */
  #home;
  #candidates;
  #at = 0;
  #grant;
  #first;
  #refusals = [];
  #warned = false;
  constructor(options, origin, image, home) {
    this.#options = options;
    this.#origin = origin;
    this.#image = image;
    this.#home = home;
    this.#candidates = home ? options.keychain.find(image).then((found) => [...found, void 0]) : Promise.resolve([void 0]);
  }
  /** Which credentials were refused, and in whose words; empty when none was. */
  get refusals() {
    return this.#refusals;
  }
  /**
   * The answer to `request`, authorized as the origin asks. A 401 or 403 comes back only when everything was tried.
   * The first request to an origin, and to a repository, goes alone: what it learns spares all others a refusal. Large bodies are
   * no such first requests, and hosts that a registry redirects to have nothing to teach.
   */
  send(request) {
    if (!this.#home) return this.#converse(request);
    const before = this.#first ?? this.#origin.first;
    const converse = /* @__PURE__ */ __name(() => this.#converse(request), "converse");
    const conversation = before === void 0 ? converse() : before.then(converse, converse);
    if (request.sink !== void 0) return conversation;
    this.#first ??= conversation;
    this.#origin.first ??= conversation;
    return conversation;
  }
  async #converse(request) {
    let grant2 = await this.#current();
    for (let refused = 0; ; refused++) {
      const authorized = grant2 === void 0 ? {} : { authorization: grant2.authorization };
      const sink = grant2?.authenticated ? noting(request) : request.sink;
      const authorizedRequest = { ...request, headers: { ...request.headers, ...authorized }, sink };
      const answer = await this.#options.http.exchange(authorizedRequest).catch((error) => {
        if (error instanceof BodyError) this.#accept(grant2);
        throw error;
      });
      if (answer.status !== 401 && answer.status !== 403) {
        this.#accept(grant2);
        return { answer, authenticated: grant2?.authenticated ?? false };
      }
      const better = await this.#renew(grant2, answer, refused);
      if (better === void 0) return { answer, authenticated: false };
      grant2 = better;
    }
  }
  #accept(grant2) {
    if (grant2 !== void 0) grant2.proven = true;
    if (this.#refusals.length === 0 || this.#warned) return;
    this.#warned = true;
    this.#options.warn(
      `${this.#origin.url.host}: credentials were refused and the request went through without them: ${this.#refusals.join("; ")}`
    );
  }
  /** The grant in force, made now when the origin is known to want one or the old one is about to expire. */
  async #current() {
    const grant2 = await this.#settled();
    if (grant2 !== void 0 && grant2.expires > this.#options.now()) return grant2;
    const { challenge } = this.#origin;
    if (challenge === void 0 || this.#grant !== void 0 && grant2 === void 0) return void 0;
    return this.#replace(() => this.#obtain(challenge, grant2?.scope ?? this.#scope()));
  }
  /** A grant to try after `used` was refused, or undefined when there is none. Requests refused together renew once. */
  async #renew(used, answer, refused) {
    const challenge = await this.#challengeOf(answer) ?? this.#origin.challenge;
    const latest = await this.#settled();
    if (latest !== used) return latest;
    if (challenge === void 0 || answer.status === 403 && used?.proven) return void 0;
    this.#origin.challenge = challenge;
    const scope = challenge.parameters.get("scope") ?? this.#scope();
    const expired = refused < REFRESH_LIMIT && ((used?.proven ?? false) || refused === 0 && used?.scope !== scope);
    return this.#replace(async () => {
      if (used !== void 0 && !expired) await this.#refuse({ refused: `answered ${answer.status}`, status: answer.status });
      return this.#obtain(challenge, scope);
    });
  }
  /** The last grant there is, once nobody is at work on another. */
  async #settled() {
    for (; ; ) {
      const pending = this.#grant;
      const grant2 = await pending;
      if (pending === this.#grant) return grant2;
    }
  }
  #replace(make) {
    const grant2 = make();
    this.#grant = grant2;
    grant2.catch(() => {
      if (this.#grant === grant2) this.#grant = void 0;
    });
    return grant2;
  }
  /** A grant from the first candidate that gets one, this one or a later. */
  async #obtain(challenge, scope) {
    const candidates = await this.#candidates;
    while (this.#at < candidates.length) {
      const credential = candidates[this.#at];
      const grant2 = this.#origin.refused.get(keyOf(credential)) ?? await this.#grantFor(challenge, scope, credential);
      if (!("refused" in grant2)) return grant2;
      await this.#refuse(grant2);
    }
    return void 0;
  }
  /** A grant, or why there is none. */
  async #grantFor(challenge, scope, credential) {
    const authenticated = credential !== void 0;
    if (credential?.kind === "registry-token") return grant(`Bearer ${credential.token}`, scope, { authenticated });
    if (challenge.scheme === "basic") {
      if (credential?.kind !== "password") return { refused: credential === void 0 ? "" : "the registry wants a password", status: 0 };
      return grant(`Basic ${basicValue(credential.username, credential.password)}`, scope, { authenticated });
    }
    const token = await this.#options.tokens.fetch(this.#origin.url, challenge, scope, credential);
    return "refused" in token ? token : grant(`Bearer ${token.token}`, scope, { authenticated, expires: token.expires });
  }
  async #refuse(refusal2) {
    const credential = (await this.#candidates)[this.#at++];
    const { refused, status } = refusal2;
    if (credential !== void 0 && status === 401) this.#origin.refused.set(keyOf(credential), refusal2);
    if (credential !== void 0) this.#refusals.push(`${describe(credential)} (${refused})`);
    else if (refused !== "" && !refused.startsWith("answered ")) this.#refusals.push(`no credentials (${refused})`);
  }
  #scope() {
    return `repository:${this.#image.repository}:pull`;
  }
  /**
   * The challenge to answer: Bearer before Basic, other schemes skipped. Some registries refuse without one and name it
   * only at `/v2/` (https://github.com/containers/image/blob/main/docker/docker_client.go), so that is asked once.
   */
  async #challengeOf(answer) {
    const challenge = chooseChallenge(answer.headers["www-authenticate"]);
    if (challenge !== void 0 || answer.status !== 401 || this.#origin.challenge !== void 0 || !this.#home) return challenge;
    const url = new URL("/v2/", this.#origin.url);
    const { headers } = await this.#options.http.exchange({ method: "GET", url, headers: {}, limit: 64 * 1024, namedBy: "user" });
    return chooseChallenge(headers["www-authenticate"]);
  }
};
function noting({ sink, carried }) {
  if (sink === void 0) return void 0;
  const begin = /* @__PURE__ */ __name((status, headers) => {
    carried?.();
    return sink.begin(status, headers);
  }, "begin");
  return { ...sink, begin };
}
__name(noting, "noting");
function grant(authorization, scope, { authenticated, expires = Number.POSITIVE_INFINITY }) {
  return { authorization, authenticated, scope, expires, proven: false };
}
__name(grant, "grant");
function keyOf(credential) {
  return JSON.stringify(credential) ?? "";
}
__name(keyOf, "keyOf");
function describe(credential) {
  const user = credential.kind === "password" ? ` of ${credential.username}` : "";
  return `the credentials${user} from ${credential.source}`;
}
__name(describe, "describe");

// src/registry/auth.ts
var Authenticator = class {
  static {
    __name(this, "Authenticator");
  }
  #options;
  #origins = /* @__PURE__ */ new Map();
  #sessions = /* @__PURE__ */ new Map();
  constructor(options) {
    this.#options = options;
  }
  /** The session for `image` at `url`'s origin. Only at `home`, the registry's own origin, has it credentials. */
  session(url, image, home) {
    const key = `${url.origin} ${image.registry}/${image.repository} ${home}`;
    const session = this.#sessions.get(key) ?? new Session(this.#options, this.#origin(url), image, home);
    this.#sessions.set(key, session);
    return session;
  }
  #origin(url) {
    const origin = this.#origins.get(url.origin) ?? {
      url: new URL(url.origin),
      challenge: void 0,
      first: void 0,
      refused: /* @__PURE__ */ new Map()
    };
    this.#origins.set(url.origin, origin);
    return origin;
  }
};

// src/oci/media-type.ts
var LENGTH_LIMIT3 = 127 + 1 + 127;
function readMediaType(value, what) {
  const mediaType = asString(value, what);
  if (mediaType.length <= LENGTH_LIMIT3) return mediaType;
  const expected = `expected a media type of at most ${LENGTH_LIMIT3} characters`;
  throw new PullError("too-large", `${what}: ${expected}, got ${mediaType.length}`);
}
__name(readMediaType, "readMediaType");
var OCI_INDEX = "application/vnd.oci.image.index.v1+json";
var OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
var OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
var DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
var DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
var DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
var SCHEMA1 = "application/vnd.docker.distribution.manifest.v1+json";
var SCHEMA1_SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws";
var OCI_ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json";
var BUILDKIT_CACHE_CONFIG = "application/vnd.buildkit.cacheconfig.v0";
var ATTESTATION_ARTIFACT = "application/vnd.docker.attestation.manifest.v1+json";
var INDEXES = /* @__PURE__ */ new Set([OCI_INDEX, DOCKER_LIST]);
var MANIFESTS = /* @__PURE__ */ new Set([OCI_MANIFEST, DOCKER_MANIFEST]);
var SCHEMA1S = /* @__PURE__ */ new Set([SCHEMA1, SCHEMA1_SIGNED]);
var ACCEPT = [OCI_INDEX, DOCKER_LIST, OCI_MANIFEST, DOCKER_MANIFEST, OCI_ARTIFACT, SCHEMA1_SIGNED, SCHEMA1].join(", ");
function isIndex(mediaType) {
  return INDEXES.has(mediaType);
}
__name(isIndex, "isIndex");
function isManifest(mediaType) {
  return MANIFESTS.has(mediaType);
}
__name(isManifest, "isManifest");
function isSchema1(mediaType) {
  return SCHEMA1S.has(mediaType);
}
__name(isSchema1, "isSchema1");
function isSpecific(mediaType) {
  return isIndex(mediaType) || isManifest(mediaType) || isSchema1(mediaType) || mediaType === OCI_ARTIFACT;
}
__name(isSpecific, "isSpecific");
function isImageConfig(mediaType) {
  return mediaType === OCI_CONFIG || mediaType === DOCKER_CONFIG;
}
__name(isImageConfig, "isImageConfig");
function isLayer(mediaType) {
  return /^application\/vnd\.(oci\.image\.layer\.|docker\.image\.rootfs\.(diff|foreign\.diff)\.)/.test(mediaType);
}
__name(isLayer, "isLayer");

// src/oci/platform.ts
var ARCHITECTURES = {
  i386: ["386"],
  x86_64: ["amd64"],
  "x86-64": ["amd64"],
  aarch64: ["arm64"],
  armhf: ["arm", "v7"],
  armel: ["arm", "v6"]
};
var VARIANTS = {
  amd64: { v1: "" },
  arm64: { "8": "", v8: "", "v8.0": "", "9": "v9", "9.0": "v9", "v9.0": "v9" },
  arm: { "": "v7", "5": "v5", "6": "v6", "7": "v7", "8": "v8" }
};
function normalise(os, architecture, variant = "", osVersion = "") {
  const lower = architecture.toLowerCase();
  const [normal, implied = variant.toLowerCase()] = own(ARCHITECTURES, lower) ?? [lower];
  return {
    os: os.toLowerCase() === "macos" ? "darwin" : os.toLowerCase(),
    architecture: normal,
    variant: own(own(VARIANTS, normal) ?? {}, implied) ?? implied,
    osVersion
  };
}
__name(normalise, "normalise");
function own(table, key) {
  return Object.hasOwn(table, key) ? table[key] : void 0;
}
__name(own, "own");
var PART = /^[A-Za-z0-9_.-]{1,64}$/;
var OS_WITH_VERSION = /^([^()]*)\(([^()]*)\)$/;
function parsePlatform(text) {
  const parts = text.split("/");
  const [system = "", architecture = "", variant = ""] = parts;
  const [, os = system, osVersion = ""] = OS_WITH_VERSION.exec(system) ?? [];
  const versionGiven = os !== system;
  const bad = [os, architecture, ...parts.slice(2), ...versionGiven ? [osVersion] : []].find((part) => !PART.test(part));
  if (parts.length < 2 || parts.length > 3 || bad !== void 0) {
    throw new PullError("wrong-platform", `platform ${JSON.stringify(text)}: expected os/arch[/variant]`, { next: meant(text) });
  }
  return normalise(os, architecture, variant, osVersion);
}
__name(parsePlatform, "parsePlatform");
function meant(text) {
  const lower = text.trim().toLowerCase();
  const known = /^(i386|386|x86[_-]64|amd64|aarch64|arm64|armhf|armel|arm|ppc64le|s390x|riscv64)$/.test(lower);
  return known ? `did you mean ${formatPlatform(normalise("linux", lower))}?` : void 0;
}
__name(meant, "meant");
function readPlatform(value, what) {
  const fields = asObject(value, what, ["os", "architecture", "variant", "os.version"]);
  const text = /* @__PURE__ */ __name((name) => readPart(fields[name], `${what} ${name}`), "text");
  return normalise(text("os"), text("architecture"), text("variant"), text("os.version"));
}
__name(readPlatform, "readPlatform");
var PART_LIMIT = 64;
function readPart(value, what) {
  const text = asString(value, what);
  if (text.length <= PART_LIMIT) return text;
  throw new PullError("too-large", `${what}: expected at most ${PART_LIMIT} characters, got ${text.length}`);
}
__name(readPart, "readPart");
function formatPlatform(platform) {
  const { os, architecture, variant, osVersion } = platform;
  return [osVersion === "" ? os : `${os}(${osVersion})`, architecture, ...variant === "" ? [] : [variant]].join("/");
}
__name(formatPlatform, "formatPlatform");
function satisfies(required, offered) {
  const anyBuild = required.osVersion === "";
  const built = anyBuild || offered.osVersion !== "" && sameBuild(required, offered);
  return sameMachine(required, offered) && required.variant === offered.variant && built;
}
__name(satisfies, "satisfies");
function sameBuild(one, other) {
  if (one.osVersion === "" || other.osVersion === "") return true;
  return buildOf(one).join(".") === buildOf(other).join(".");
}
__name(sameBuild, "sameBuild");
var BUILD_PARTS = 3;
function buildOf({ osVersion }) {
  return osVersion.split(".").slice(0, BUILD_PARTS);
}
__name(buildOf, "buildOf");
function sameMachine(one, other) {
  return one.os === other.os && one.architecture === other.architecture;
}
__name(sameMachine, "sameMachine");
function nearest(required, offered) {
  const score = /* @__PURE__ */ __name((platform) => {
    if (platform.os !== required.os) return 0;
    if (platform.architecture === required.architecture) return 3;
    return family(platform.architecture) === family(required.architecture) ? 2 : 1;
  }, "score");
  const best = Math.max(0, ...offered.map(score));
  const alike = best === 0 ? [] : offered.filter((platform) => score(platform) === best);
  return alike.toSorted((one, other) => compareNumbers(distance(required, one), distance(required, other)))[0];
}
__name(nearest, "nearest");
function distance(one, other) {
  const theirs = other.osVersion.split(".").map(Number);
  return one.osVersion.split(".").map((part, at) => Math.abs(Number(part) - (theirs[at] ?? 0)) || 0);
}
__name(distance, "distance");
function compareNumbers(one, other) {
  const at = one.findIndex((number, place) => number !== other[place]);
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}
__name(compareNumbers, "compareNumbers");
function family(architecture) {
  if (architecture === "386" || architecture === "amd64") return "x86";
  return architecture.startsWith("arm") ? "arm" : architecture.replace(/le$/, "").replace(/64$/, "");
}
__name(family, "family");
function runnerPlatform(platform, architecture) {
  const go = { x64: "amd64", ia32: "386", ppc64: "ppc64le", mipsel: "mipsle" };
  return normalise(platform === "win32" ? "windows" : "linux", own(go, architecture) ?? architecture);
}
__name(runnerPlatform, "runnerPlatform");

// src/oci/descriptor.ts
var FIELDS = ["mediaType", "digest", "size", "platform", "annotations", "artifactType", "urls"];
function readDescriptor(value, what) {
  const fields = asObject(value, what, FIELDS);
  const platform = fields["platform"] == null ? void 0 : readPlatform(fields["platform"], `${what} platform`);
  const unknown = platform !== void 0 && (platform.os === "unknown" || platform.architecture === "unknown");
  const annotations = asStringMap(fields["annotations"], `${what} annotations`);
  const artifactType = readMediaType(fields["artifactType"], `${what} artifactType`);
  const attested = annotations.get("vnd.docker.reference.type") === "attestation-manifest";
  return {
    mediaType: readMediaType(fields["mediaType"], `${what} mediaType`),
    digest: readDigest2(fields["digest"], what),
    size: readSize(fields["size"], what),
    platform: unknown ? void 0 : platform,
    attestation: unknown || attested || artifactType === ATTESTATION_ARTIFACT,
    foreign: asList(fields["urls"], `${what} urls`).length > 0
  };
}
__name(readDescriptor, "readDescriptor");
function readDigest2(value, what) {
  try {
    return parseDigest(asString(value, `${what} digest`));
  } catch (cause) {
    throw new PullError("wrong-descriptor", `${what}: ${foundBy(cause)}`, { cause });
  }
}
__name(readDigest2, "readDigest");
function readSize(value, what) {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  const found = excerpt(JSON.stringify(value) ?? "nothing");
  throw new PullError("wrong-descriptor", `${what} size: expected a whole number of bytes, got ${found}`);
}
__name(readSize, "readSize");

// src/oci/config.ts
var FIELDS2 = words(
  "architecture os variant os.version os.features author created config rootfs history",
  "id parent comment container container_config docker_version"
);
var RUN_FIELDS = words(
  "User ExposedPorts Env Entrypoint Cmd Volumes WorkingDir Labels StopSignal ArgsEscaped",
  "Memory MemorySwap CpuShares Healthcheck OnBuild Shell StopTimeout",
  "Hostname Domainname AttachStdin AttachStdout AttachStderr Tty OpenStdin StdinOnce",
  "Image NetworkDisabled MacAddress"
);
function words(...lines) {
  return lines.flatMap((line) => line.split(" "));
}
__name(words, "words");
function parseConfig(bytes) {
  return readConfig(asObject(parseJson(bytes, "image config"), "image config"));
}
__name(parseConfig, "parseConfig");
function readConfig(json) {
  asObject(json, "image config", FIELDS2);
  const platform = readPlatform(json, "image config");
  if (platform.os === "" || platform.architecture === "") {
    throw new PullError("wrong-field", "image config names no OS or no architecture");
  }
  const run = json["config"] == null ? {} : asObject(json["config"], "image config.config", RUN_FIELDS);
  return {
    platform,
    created: asString(json["created"], "image config created"),
    labels: asStringMap(run["Labels"], "image config Labels"),
    entrypoint: command(run["Entrypoint"], "Entrypoint"),
    cmd: command(run["Cmd"], "Cmd"),
    user: asString(run["User"], "image config User"),
    workdir: asString(run["WorkingDir"], "image config WorkingDir"),
    exposedPorts: run["ExposedPorts"] == null ? [] : Object.keys(asObject(run["ExposedPorts"], "image config ExposedPorts")),
    diffIds: countDiffIds(json["rootfs"]),
    json
  };
}
__name(readConfig, "readConfig");
function command(value, name) {
  if (typeof value === "string") return [value];
  return asList(value, `image config ${name}`).map((word) => asString(word, `image config ${name}`));
}
__name(command, "command");
function countDiffIds(rootfs) {
  if (rootfs === void 0) return void 0;
  const { diff_ids: diffIds } = asObject(rootfs, "image config rootfs", ["type", "diff_ids"]);
  return asList(diffIds, "image config diff_ids").length;
}
__name(countDiffIds, "countDiffIds");

// src/oci/schema1.ts
var EMPTY_LAYER = "sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4";
var LAYER_FIELDS = /* @__PURE__ */ new Set(["id", "parent", "parent_id", "layer_id", "throwaway", "Size", "parent_config"]);
function readSchema1(json) {
  const fsLayers = asShortList(json["fsLayers"], "schema 1 fsLayers").map(readBlobSum);
  const history = asShortList(json["history"], "schema 1 history").map(readHistory);
  if (fsLayers.length === 0) throw new PullError("wrong-schema1", "schema 1 manifest lists no layer");
  if (fsLayers.length !== history.length) {
    throw new PullError("wrong-schema1", `schema 1 manifest has ${fsLayers.length} fsLayers but ${history.length} history entries`);
  }
  const empty = fsLayers.map((digest, at) => digest === EMPTY_LAYER || history[at]?.["throwaway"] === true);
  const layers = fsLayers.filter((_, at) => !empty[at]);
  return { layers: layers.reverse(), config: synthesise(json, history, empty) };
}
__name(readSchema1, "readSchema1");
function readBlobSum(value, at) {
  const what = `schema 1 fsLayers[${at}]`;
  return readDigest2(asObject(value, what, ["blobSum"])["blobSum"], what);
}
__name(readBlobSum, "readBlobSum");
function readHistory(value, at) {
  const what = `schema 1 history[${at}].v1Compatibility`;
  const text = asString(asObject(value, what, ["v1Compatibility"])["v1Compatibility"], what);
  return asObject(parseJson(new TextEncoder().encode(text), what), what);
}
__name(readHistory, "readHistory");
function synthesise(manifest, history, empty) {
  const newest = Object.entries(history[0] ?? {}).filter(([key]) => !LAYER_FIELDS.has(key));
  return readConfig({
    architecture: manifest["architecture"] ?? "amd64",
    os: "linux",
    ...Object.fromEntries(newest),
    history: history.map((layer, at) => historyEntry(layer, empty[at] === true)).reverse()
  });
}
__name(synthesise, "synthesise");
function historyEntry(layer, empty) {
  const container = layer["container_config"] == null ? {} : asObject(layer["container_config"], "container_config");
  const command2 = asList(container["Cmd"], "container_config Cmd").map((word) => asString(word, "container_config Cmd"));
  return {
    ...layer["created"] === void 0 ? {} : { created: layer["created"] },
    ...command2.length === 0 ? {} : { created_by: command2.join(" ") },
    ...empty ? { empty_layer: true } : {}
  };
}
__name(historyEntry, "historyEntry");
function documentContent(bytes) {
  if (!bytes.includes('"fsLayers"') || !bytes.includes('"signatures"')) return bytes;
  const signatures = asShortList(asObject(parseJson(bytes, "schema 1 manifest"), "schema 1 manifest")["signatures"], "signatures");
  const [first, ...others] = signatures.map((signature) => readPayload(bytes, signature));
  if (first === void 0) return bytes;
  if (others.some(({ length, tail }) => length !== first.length || tail !== first.tail)) {
    throw new PullError("wrong-schema1", "schema 1 signatures disagree about what was signed");
  }
  return Buffer.concat([bytes.subarray(0, first.length), Buffer.from(first.tail, "base64url")]);
}
__name(documentContent, "documentContent");
function readPayload(raw, signature) {
  const what = "schema 1 signature";
  const header = Buffer.from(asString(asObject(signature, what)["protected"], `${what} protected`), "base64url");
  const fields = asObject(parseJson(header, `${what} protected`), `${what} protected`);
  const length = fields["formatLength"];
  if (typeof length !== "number" || !Number.isSafeInteger(length) || length < 0 || length > raw.length) {
    throw new PullError("wrong-schema1", `${what}: formatLength is not a length within the manifest`);
  }
  return { length, tail: asString(fields["formatTail"], `${what} formatTail`) };
}
__name(readPayload, "readPayload");
function toOciImage(schema1, layers) {
  const rootfs = { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) };
  const config = made(OCI_CONFIG, { ...schema1.config.json, rootfs });
  const manifest = made(OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, digest: config.digest, size: config.bytes.length },
    layers: layers.map(({ digest, size }) => ({ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest, size }))
  });
  return { config, manifest };
}
__name(toOciImage, "toOciImage");
function made(mediaType, value) {
  const bytes = Buffer.from(JSON.stringify(value));
  return { bytes, digest: digestOf(bytes), mediaType };
}
__name(made, "made");

// src/oci/document.ts
var DOCUMENT_BYTES = 4 * 1024 * 1024;
var FIELDS3 = [
  "schemaVersion",
  "mediaType",
  "artifactType",
  "config",
  "layers",
  "manifests",
  "blobs",
  "subject",
  "annotations",
  "fsLayers",
  "history",
  "signatures",
  "architecture"
];
function parseDocument(bytes, claimed) {
  if (claimed === "text/html") {
    throw new PullError("web-page", "expected a manifest, got a web page (text/html)");
  }
  const json = asObject(parseJson(bytes, "manifest"), "manifest", FIELDS3);
  const mediaType = typeOf(json, claimed);
  refuseAmbiguous(json, mediaType);
  if (isSpecific(claimed) && !agree(mediaType, claimed)) {
    throw new PullError("media-type-differs", `mediaType differs: the manifest is ${mediaType}, but it was announced as ${claimed}`);
  }
  return readDocument(json, mediaType);
}
__name(parseDocument, "parseDocument");
function agree(mediaType, claimed) {
  return mediaType === claimed || isSchema1(mediaType) && isSchema1(claimed);
}
__name(agree, "agree");
function typeOf(json, claimed) {
  const own2 = readMediaType(json["mediaType"], "manifest mediaType");
  if (own2 !== "") return own2;
  if (json["schemaVersion"] === 1) return isSchema1(claimed) ? claimed : SCHEMA1;
  if (isSpecific(claimed)) return claimed;
  if (json["manifests"] !== void 0) return OCI_INDEX;
  if (json["config"] !== void 0 || json["layers"] !== void 0) return OCI_MANIFEST;
  return "";
}
__name(typeOf, "typeOf");
function refuseAmbiguous(json, mediaType) {
  if (!isSpecific(mediaType)) return;
  const foreign = PARTS.filter((part) => json[part] !== void 0 && !partsOf(mediaType).includes(part));
  if (foreign.length > 0) {
    throw new PullError("ambiguous", `ambiguous manifest: ${mediaType} with ${foreign.join(" and ")} can be read in two ways`);
  }
}
__name(refuseAmbiguous, "refuseAmbiguous");
var PARTS = ["config", "layers", "manifests", "fsLayers", "blobs"];
function partsOf(mediaType) {
  if (isIndex(mediaType)) return ["manifests"];
  if (isSchema1(mediaType)) return ["fsLayers"];
  return mediaType === OCI_ARTIFACT ? ["blobs"] : ["config", "layers"];
}
__name(partsOf, "partsOf");
function readDocument(json, mediaType) {
  if (isIndex(mediaType)) return readIndex(json, mediaType);
  if (isManifest(mediaType)) return readManifest(json, mediaType);
  if (isSchema1(mediaType)) return { kind: "schema1", mediaType, schema1: readSchema1(json) };
  if (mediaType === OCI_ARTIFACT) {
    const artifactType = readMediaType(json["artifactType"], "manifest artifactType");
    return { kind: "artifact", mediaType, artifactType, config: void 0, layers: descriptors(json["blobs"], "blobs") };
  }
  const fields = excerpt(Object.keys(json).slice(0, 8).join(", ")) || "none";
  const found = mediaType === "" ? `fields ${fields}` : `mediaType ${mediaType}`;
  throw new PullError(
    "form-unknown",
    `expected an image manifest or index (${[OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST].join(", ")}), got ${found}`
  );
}
__name(readDocument, "readDocument");
function readIndex(json, mediaType) {
  if (json["manifests"] === void 0) throw new PullError("wrong-field", "index has no manifests");
  const entries = descriptors(json["manifests"], "manifests");
  const config = entries.find((entry2) => entry2.mediaType === BUILDKIT_CACHE_CONFIG);
  const layers = entries.filter((entry2) => isLayer(entry2.mediaType));
  if (config === void 0 && (layers.length === 0 || layers.length < entries.length)) return { kind: "index", mediaType, entries };
  return { kind: "buildkit-cache", mediaType, artifactType: BUILDKIT_CACHE_CONFIG, config, layers };
}
__name(readIndex, "readIndex");
function readManifest(json, mediaType) {
  if (json["config"] === void 0) throw new PullError("wrong-field", "manifest has no config");
  const config = readDescriptor(json["config"], "descriptor config");
  const layers = descriptors(json["layers"], "layers");
  refuseTwoSizes([config, ...layers]);
  const named = readMediaType(json["artifactType"], "manifest artifactType");
  if (named === "" && isImageConfig(config.mediaType)) return { kind: "image", mediaType, config, layers };
  const kind = config.mediaType === BUILDKIT_CACHE_CONFIG ? "buildkit-cache" : "artifact";
  return { kind, mediaType, artifactType: named || config.mediaType, config, layers };
}
__name(readManifest, "readManifest");
function refuseTwoSizes(descriptors2) {
  const sizes = /* @__PURE__ */ new Map();
  for (const { digest, size } of descriptors2) {
    const before = sizes.get(digest) ?? size;
    if (before !== size) throw new PullError("ambiguous", `ambiguous manifest: ${digest} is listed with ${before} and with ${size} bytes`);
    sizes.set(digest, size);
  }
}
__name(refuseTwoSizes, "refuseTwoSizes");
function descriptors(value, field) {
  return asShortList(value, field).map((entry2, at) => readDescriptor(entry2, `descriptor ${field}[${at}]`));
}
__name(descriptors, "descriptors");

// src/registry/link.ts
var OPEN = /[ \t,]*</y;
var TARGET = /[^<>]*/y;
var CLOSE = />/y;
var SEMICOLON = /[ \t]*;[ \t]*/y;
function parseLinks(header) {
  const scanner = new Scanner(header);
  const links = [];
  while (scanner.take(OPEN) !== void 0) {
    const target = scanner.take(TARGET) ?? "";
    if (scanner.take(CLOSE) === void 0) break;
    links.push({ target, parameters: readParameters(scanner) });
  }
  return links;
}
__name(parseLinks, "parseLinks");
function readParameters(scanner) {
  const parameters = /* @__PURE__ */ new Map();
  while (scanner.take(SEMICOLON) !== void 0) {
    const name = scanner.take(TOKEN)?.toLowerCase();
    if (name === void 0) break;
    const value = scanner.take(EQUALS) === void 0 ? "" : scanner.value();
    if (value === void 0) break;
    if (!parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}
__name(readParameters, "readParameters");
function nextPage(header, page) {
  const isNext = /* @__PURE__ */ __name(({ parameters }) => (parameters.get("rel") ?? "").toLowerCase().split(/\s+/).includes("next"), "isNext");
  const target = parseLinks(header).find(isNext)?.target;
  if (target === void 0 || !URL.canParse(target, page.href)) return void 0;
  const next = new URL(target, page);
  return next.origin === page.origin && next.username === "" && next.password === "" ? next : void 0;
}
__name(nextPage, "nextPage");

// src/registry/client.ts
var LAYER_BYTES = 10 * 1024 ** 3;
var PAGE_LIMIT = 10;
var TAG_LIMIT = 1e3;
var RegistryClient = class {
  static {
    __name(this, "RegistryClient");
  }
  #api;
  #say;
  #documents = /* @__PURE__ */ new Map();
  constructor(api, say) {
    this.#api = api;
    this.#say = say;
  }
  /**
   * The manifest a tag or digest names. By digest it is fetched once a run, and its bytes have that digest.
   * Fails with the status the registry's answer means, and as `invalid` when digest, or announced digest, and bytes differ.
   */
  manifest(image, reference) {
    const digest = asDigest(reference);
    return digest === void 0 ? this.#verified(() => this.#manifest(image, reference, void 0)) : this.#once(`${image.registry}/${image.repository} manifest ${digest}`, () => this.#manifest(image, digest, digest));
  }
  async #manifest(image, reference, expected) {
    const reached = await this.#get(image, `manifests/${reference}`, { accept: ACCEPT }, DOCUMENT_BYTES);
    const { answer, authenticated } = reached;
    const mediaType = mediaTypeOf(answer.headers);
    const content = isSchema1(mediaType) ? documentContent(answer.body) : answer.body;
    const announced = asDigest(String(answer.headers["docker-content-digest"] ?? ""));
    const digest = check(content, expected, "asked for") ?? check(content, announced, "the registry announced");
    const sha256 = digest?.startsWith("sha256:") ? digest : digestOf(content);
    return {
      bytes: answer.body,
      content,
      digest: expected ?? sha256,
      mediaType,
      authenticated,
      private: reached.private
    };
  }
  /** The digest a registry claims for a tag or digest, by HEAD; none where it claims none. Fails as `manifest` does. */
  async claim(image, reference) {
    const reached = await this.#head(image, `manifests/${reference}`, { accept: ACCEPT });
    const digest = asDigest(String(reached.answer.headers["docker-content-digest"] ?? ""));
    return { digest, authenticated: reached.authenticated, private: reached.private };
  }
  /** The blob a descriptor points at, fetched once a run; for small ones, like configs. Fails as `manifest` does. */
  blob(image, descriptor) {
    const { digest, size } = descriptor;
    return this.#once(`${image.registry}/${image.repository} blob ${digest} ${size}`, async () => {
      if (size > DOCUMENT_BYTES) {
        throw new PullError("too-large", `too large: ${digest} has ${size} bytes, expected at most ${DOCUMENT_BYTES}`);
      }
      const reached = await this.#get(image, `blobs/${digest}`, {}, size).catch((error) => {
        throw error instanceof PullError && error.reason === "too-large" ? differs(digest, size, "more") : error;
      });
      const bytes = reached.answer.body;
      check(bytes, digest, "asked for");
      if (bytes.length === size) return { bytes, private: reached.private };
      throw differs(digest, size, `${bytes.length}`);
    });
  }
  /** The size in bytes that a registry states for a blob, by HEAD; undefined when it states none. Fails as `manifest` does. */
  blobSize(image, digest) {
    return this.#once(`${image.registry}/${image.repository} size ${digest}`, async () => {
      const { answer } = await this.#head(image, `blobs/${digest}`, {});
      return statedSize(answer.status, answer.headers);
    });
  }
  /**
   * The size in bytes of a blob whose size no HEAD states: what a GET states or, where that states none either, what it sends,
   * counted. Fails as `manifest` does, and as `invalid` when there are more than 10 GiB.
   */
  measure(image, digest) {
    return this.#once(`${image.registry}/${image.repository} measured ${digest}`, async () => {
      const { answer } = await this.#first(image, `blobs/${digest}`, {});
      return statedSize(answer.status, answer.headers) ?? this.#count(image, digest);
    });
  }
  /**
   * The tags of a repository, in the registry's order, as far as ten pages go; what is no tag is left out. Listed once a run.
   * Fails as `manifest` does. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
   */
  tags(image) {
    return this.#once(`${image.registry}/${image.repository} tags`, async () => {
      let tags = [];
      let path = "tags/list";
      for (let page = 0; page < PAGE_LIMIT && path !== void 0; page++) {
        const { answer, url } = await this.#get(image, path, {}, DOCUMENT_BYTES);
        const json = asObject(parseJson(answer.body, "list of tags"), "list of tags");
        tags = [...tags, ...asList(json["tags"], "tags").filter(isTag).slice(0, TAG_LIMIT)];
        const next = nextPage(String(answer.headers["link"] ?? ""), url);
        path = next && `tags/list${next.search}`;
      }
      return tags;
    });
  }
  /** What `fetch` gives; bytes with another digest are fetched once more, as most come from a proxy that has cut them. */
  async #verified(fetch) {
    try {
      return await fetch();
    } catch (error) {
      if (!(error instanceof DigestError)) throw error;
      this.#say(`${error.found}; retrying once`);
      return fetch();
    }
  }
  /** One fetch for all who ask; a failure is forgotten, so that a later try asks again. */
  #once(key, fetch) {
    const known = this.#documents.get(key);
    if (known !== void 0) return known;
    const started = this.#verified(fetch);
    this.#documents.set(key, started);
    started.catch(() => this.#documents.delete(key));
    return started;
  }
  async #get(image, path, headers, limit) {
    const reached = await this.#api.ask(image, path, { method: "GET", headers, limit });
    const { status } = reached.answer;
    if (status !== 200)
      throw new PullError("unexpected-answer", `${reached.url.host} answered ${status} to a request for ${path}: expected 200`);
    return reached;
  }
  /**
   * The answer to a HEAD. A refused one has no words: a GET of the first byte then gets the registry's own, and registries
   * without HEAD are asked so, too: https://github.com/containerd/containerd/blob/main/core/remotes/docker/resolver.go
   */
  async #head(image, path, headers) {
    try {
      return await this.#api.ask(image, path, { method: "HEAD", headers, limit: 0 });
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      const attempts = error.answered === 405 || error.answered === 501 ? void 0 : 1;
      return this.#first(image, path, headers, attempts);
    }
  }
  /** The head of the answer to a GET of the first byte; not every registry gives a part where it is asked for one. */
  #first(image, path, headers, attempts) {
    const ranged = { ...headers, range: "bytes=0-0" };
    return this.#api.ask(image, path, { method: "GET", headers: ranged, limit: 0, headOnly: true, attempts });
  }
  /** Downloads a blob and keeps nothing of it but how many bytes it has. */
  async #count(image, digest) {
    let size = 0;
    const write = /* @__PURE__ */ __name((chunk) => {
      size += chunk.length;
      if (size > LAYER_BYTES) throw new PullError("too-large", `too large: ${digest} has more than ${LAYER_BYTES} bytes`);
    }, "write");
    const sink = { begin: /* @__PURE__ */ __name(async () => void 0, "begin"), write };
    await this.#api.ask(image, `blobs/${digest}`, { method: "GET", headers: {}, limit: LAYER_BYTES, sink });
    return size;
  }
};
function statedSize(status, headers) {
  const length = status === 206 ? headers["content-range"]?.split("/")[1] : headers["content-length"];
  return length !== void 0 && /^\d{1,15}$/.test(length) ? Number(length) : void 0;
}
__name(statedSize, "statedSize");
function differs(digest, size, got) {
  return new PullError("size-differs", `size differs: ${digest} is listed with ${size} bytes, got ${got}`);
}
__name(differs, "differs");
var DigestError = class extends PullError {
  static {
    __name(this, "DigestError");
  }
};
function check(content, expected, who) {
  if (expected === void 0) return void 0;
  const got = digestOf(content, algorithmOf(expected));
  if (got === expected) return expected;
  throw new DigestError("digest-differs", `digest differs: ${who} ${expected}, got ${content.length} bytes that have ${got}`);
}
__name(check, "check");

// src/registry/content-range.ts
function parseContentRange(header) {
  const [, first, last, total] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(header.trim()) ?? [];
  if (first === void 0 || last === void 0 || Number(first) > Number(last)) return void 0;
  const length = total === "*" ? void 0 : Number(total);
  return length !== void 0 && Number(last) >= length ? void 0 : { first: Number(first), last: Number(last), total: length };
}
__name(parseContentRange, "parseContentRange");

// src/registry/parts.ts
var PART_SIZE = 16 * 1024 * 1024;
var LEAST_PART = 2 * 1024 * 1024;
var LEAST_BLOB = 4 * PART_SIZE;
var PATIENCE_MS = 100;
var FAST_BYTES = 8 * 1024 * 1024;
var BUSY = 0.75;
var Parts = class {
  static {
    __name(this, "Parts");
  }
  #options;
  #first;
  #lastStart;
  /** From here to the last part nobody has anything yet. */
  #next;
  #over = false;
  #running = 0;
  #stopWatching = /* @__PURE__ */ __name(() => void 0, "#stopWatching");
  #resolve = /* @__PURE__ */ __name(() => void 0, "#resolve");
  #reject = /* @__PURE__ */ __name((_) => void 0, "#reject");
  constructor(options) {
    this.#options = options;
    this.#first = this.#span(0, options.size);
    this.#lastStart = options.size - PART_SIZE;
    this.#next = this.#lastStart;
  }
  /** Resolves once every byte is with its part; fails as the first part does that cannot be brought. */
  run() {
    const { atOnce, size } = this.#options;
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      if (atOnce > 1 && size >= LEAST_BLOB) this.#watch();
      this.#start(this.#bring(this.#first).finally(() => this.#stopWatching()));
    });
  }
  #span(start, end) {
    return { start, end, part: this.#options.part(start), ended: /* @__PURE__ */ __name(() => this.#over, "ended") };
  }
  /** Nobody is waited for who is not needed: neither after a failure, nor once the first connection has brought it all. */
  #start(worker) {
    this.#running++;
    const end = /* @__PURE__ */ __name(() => {
      this.#over ||= --this.#running === 0 || this.#first.part.received === this.#options.size;
      if (this.#over) this.#resolve();
    }, "end");
    const fail = /* @__PURE__ */ __name((error) => {
      this.#over = true;
      this.#reject(error);
    }, "fail");
    worker.then(end, fail);
  }
  /** One part, and then others for as long as there are any. */
  async #bring(first, begun) {
    for (let span = first; span !== void 0; span = this.#take()) {
      await this.#options.bring(span, span === first ? begun : void 0);
    }
  }
  /** Parts become smaller towards the end, so that all end together. */
  #take() {
    const start = this.#next;
    if (start === this.#lastStart) return void 0;
    const share = Math.ceil((this.#lastStart - start) / (2 * this.#options.atOnce));
    const end = start + Math.max(share, LEAST_PART);
    this.#next = end + LEAST_PART > this.#lastStart ? this.#lastStart : end;
    return this.#span(start, this.#next);
  }
  /** Looks again and again whether the first connection is slow. */
  #watch() {
    const { after, effort } = this.#options.clock;
    const before = this.#first.part.received;
    const busy = effort();
    this.#stopWatching = after(PATIENCE_MS, () => {
      const { received } = this.#first.part;
      if (received + PART_SIZE >= this.#lastStart) return;
      if (received - before >= FAST_BYTES || busy() > BUSY) this.#watch();
      else this.#probe();
    });
  }
  /** Asks for the last part beside the first. That it cannot be had is no failure: the first connection still brings everything. */
  #probe() {
    const last = this.#span(this.#lastStart, this.#options.size);
    const unlessAlone = /* @__PURE__ */ __name((error) => {
      if (!(error instanceof PullError) || this.#first.end !== this.#options.size) throw error;
    }, "unlessAlone");
    this.#start(this.#bring(last, () => this.#share()).catch(unlessAlone));
  }
  /** The last part begins to come: the first connection keeps what it will have in a moment, and others bring the rest. */
  #share() {
    if (this.#first.end < this.#options.size) return;
    const boundary = this.#first.part.received + PART_SIZE;
    if (boundary >= this.#lastStart) throw new PullError("range-differs", "the rest is as good as there");
    this.#first.end = boundary;
    this.#next = boundary;
    for (let others = 2; others < this.#options.atOnce; others++) {
      const span = this.#take();
      if (span !== void 0) this.#start(this.#bring(span));
    }
  }
};

// src/registry/download.ts
var ATTEMPTS = 5;
var WholeError = class extends PullError {
  static {
    __name(this, "WholeError");
  }
};
var EnoughError = class extends PullError {
  static {
    __name(this, "EnoughError");
  }
};
var Downloader = class {
  static {
    __name(this, "Downloader");
  }
  #options;
  constructor(options) {
    this.#options = options;
  }
  /**
   * Brings a blob of `size` bytes into `target` and commits it. Every attempt goes through `ask` again, because what a
   * registry redirects to expires. Fails with the status of `ask`, or as `invalid` when the bytes are wrong more than `forgiven` times.
   */
  async download(ask2, blob, target, forgiven = 1) {
    for (let wrong = 0; ; ) {
      try {
        await this.#fetch(ask2, blob, target, wrong === 0 ? this.#options.parts : 1);
        await target.commit();
        return;
      } catch (error) {
        if (!(error instanceof PullError) || error.status !== "invalid" || this.#options.signal.aborted || ++wrong > forgiven) throw error;
        await target.restart();
        this.#options.say(`${blob.digest}: ${error.found}; restarting`);
      }
    }
  }
  #fetch(ask2, blob, target, atOnce) {
    const bring = /* @__PURE__ */ __name((span, begun) => this.#bring(ask2, blob, target, span, begun), "bring");
    const { clock } = this.#options;
    return new Parts({ size: blob.size, atOnce, part: /* @__PURE__ */ __name((start) => target.part(start), "part"), bring, clock }).run();
  }
  /** Brings one part, going on after cuts; `begun` is told when its first bytes come as a part, and may refuse them. */
  async #bring(ask2, blob, target, span, begun) {
    for (let failures = 0; positionOf(span) < span.end || blob.size === 0; ) {
      const before = span.part.received;
      try {
        await attempt(ask2, blob, span, begun);
        if (positionOf(span) >= span.end) return;
        throw new PullError("too-short", `too short: ${blob.digest} has ${blob.size} bytes, got ${positionOf(span)}`);
      } catch (error) {
        if (error instanceof EnoughError && positionOf(span) >= span.end) return;
        const fromTheStart = error instanceof WholeError && span.start === 0 && span.end === blob.size;
        if (!(error instanceof BodyError || fromTheStart) || this.#options.signal.aborted || span.ended()) throw error;
        failures = span.part.received - before >= RATE_WINDOW_BYTES ? 1 : failures + 1;
        if (failures >= ATTEMPTS) throw error;
        if (fromTheStart) {
          await target.restart();
          span.part = target.part(0);
        }
        this.#options.say(`${blob.digest}: ${error.found}; resuming at byte ${positionOf(span)}`);
        await this.#options.clock.sleep(this.#options.clock.random() * 1e3 * failures, this.#options.signal);
      }
    }
  }
};
function positionOf({ start, part }) {
  return start + part.received;
}
__name(positionOf, "positionOf");
async function attempt(ask2, { size }, span, begun) {
  const offset = positionOf(span);
  const whole = offset === 0 && span.end === size;
  const headers = whole ? {} : { range: `bytes=${offset}-${span.end - 1}` };
  const begin = /* @__PURE__ */ __name(async (status, answer) => {
    accept(status, answer["content-range"] ?? "", size, offset);
    begun?.();
  }, "begin");
  const write = /* @__PURE__ */ __name((chunk) => {
    if (span.ended()) throw new PullError("answer-cut", "skipped: another part of this blob failed");
    const room = span.end - positionOf(span);
    span.part.write(span.end === size ? chunk : chunk.subarray(0, room));
    if (chunk.length > room) throw new EnoughError("too-long", `too long: others bring what is behind byte ${span.end}`);
  }, "write");
  await ask2({ method: "GET", headers, limit: size, sink: { begin, write } });
}
__name(attempt, "attempt");
function accept(status, header, size, offset) {
  if (status !== 206) {
    if (offset > 0) throw new WholeError("range-differs", `range differs: asked to go on at byte ${offset} of ${size}, got the whole`);
    return;
  }
  const range = parseContentRange(header);
  if (range?.first === offset && (range.total === void 0 || range.total === size)) return;
  throw new PullError("range-differs", `range differs: asked to go on at byte ${offset} of ${size}, got ${JSON.stringify(header)}`);
}
__name(accept, "accept");

// src/registry/http.ts
import { Agent } from "node:http";

// src/registry/retry.ts
var ATTEMPTS2 = 5;
var FIRST_DELAY_MS = 1e3;
var LONGEST_DELAY_MS = 3e4;
var LONGEST_RETRY_AFTER_MS = 6e4;
function isTransient(status) {
  return status === 408 || status === 429 || status === 499 || status >= 500 && status !== 501 && status !== 505;
}
__name(isTransient, "isTransient");
function delayAfter(attempt2, retryAfter, clock) {
  const asked = retryAfter === void 0 ? void 0 : parseRetryAfter(retryAfter, clock.now());
  if (asked !== void 0) return asked <= LONGEST_RETRY_AFTER_MS ? asked : void 0;
  return Math.min(FIRST_DELAY_MS * 2 ** (attempt2 - 1), LONGEST_DELAY_MS) * clock.random();
}
__name(delayAfter, "delayAfter");
function parseRetryAfter(header, now) {
  const text = header.trim();
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1e3;
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)) return void 0;
  const date = Date.parse(text);
  return Number.isNaN(date) ? void 0 : Math.max(0, date - now);
}
__name(parseRetryAfter, "parseRetryAfter");

// src/registry/attempt-failure.ts
var SILENT_ATTEMPTS = 3;
function attemptsFor(error) {
  if (error instanceof BodyError || error instanceof SinkError) return 1;
  if (error instanceof PullError) return error.status === "unreachable" ? SILENT_ATTEMPTS : 1;
  const code = codeOf(error);
  if (code === "ENOTFOUND" || isTls(code)) return 1;
  return code === "ECONNREFUSED" ? SILENT_ATTEMPTS : ATTEMPTS2;
}
__name(attemptsFor, "attemptsFor");
function toPullError(url, error) {
  if (error instanceof BodyError) return error;
  if (error instanceof SinkError && error.cause instanceof PullError) return error.cause;
  if (error instanceof PullError) return inContext(error, url.host);
  const code = codeOf(error);
  const words2 = causeOf(error);
  if (/wrong.version.number|WRONG_VERSION_NUMBER/i.test(`${code} ${words2}`)) {
    return new PullError("plain-http", `${url.host} TLS failed: ${words2}; it speaks plain HTTP`, { cause: error });
  }
  if (isTls(code)) return new PullError("tls-failed", `${url.host} TLS failed: ${words2}`, { cause: error });
  return new PullError("no-answer", `${url.host} gave no answer: ${words2}`, { cause: error });
}
__name(toPullError, "toPullError");
function codeOf(error) {
  return String(error?.code ?? "");
}
__name(codeOf, "codeOf");
function causeOf(error) {
  if (error instanceof AggregateError) return error.errors.map(causeOf).join("; ");
  if (error instanceof PullError) return error.found;
  return error instanceof Error && error.message !== "" ? error.message : codeOf(error) || String(error);
}
__name(causeOf, "causeOf");
function isTls(code) {
  return /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|EPROTO)/.test(code);
}
__name(isTls, "isTls");

// src/registry/connection.ts
import { Socket } from "node:net";
var CONNECT_DEADLINE_MS = 1e4;
var TLS_DEADLINE_MS = 1e4;
function boundConnections(agent, clock) {
  const connect = agent.createConnection;
  if (connect === void 0) return;
  agent.createConnection = (options, callback) => {
    const socket = connect.call(agent, options, callback);
    if (socket instanceof Socket) bound(socket, clock);
    return socket;
  };
}
__name(boundConnections, "boundConnections");
function bound(socket, { after }) {
  const late = /* @__PURE__ */ __name((what, ms) => after(ms, () => socket.destroy(new PullError("no-answer", `no ${what} within ${ms / 1e3} s`))), "late");
  let cancel = late("connection", CONNECT_DEADLINE_MS);
  const isSecured = "encrypted" in socket;
  socket.once("connect", () => {
    cancel();
    if (isSecured) cancel = late("TLS handshake", TLS_DEADLINE_MS);
  });
  socket.once("secureConnect", () => cancel());
  socket.once("close", () => cancel());
}
__name(bound, "bound");

// src/registry/slots.ts
var Slots = class {
  static {
    __name(this, "Slots");
  }
  #free;
  #waiting = [];
  constructor(count) {
    this.#free = count;
  }
  /** What `work` returns or throws, once a slot was free for it; the slot is given back either way. */
  async run(work) {
    if (this.#free > 0) this.#free--;
    else await new Promise((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === void 0) this.#free++;
      else next();
    }
  }
};

// src/registry/http.ts
var HEADERS_DEADLINE_MS = 6e4;
var Http = class {
  static {
    __name(this, "Http");
  }
  #options;
  #pools = /* @__PURE__ */ new Map();
  #agents = /* @__PURE__ */ new Set();
  #slots = /* @__PURE__ */ new Map();
  #reaches = /* @__PURE__ */ new Map();
  /** Hosts with a private address among others, of which any may be the one that answers. */
  #mixed = /* @__PURE__ */ new Set();
  constructor(options) {
    this.#options = options;
  }
  /** How near a host was found to be; `public`, the strictest, when a proxy hides it or it was not asked yet. */
  reach(url) {
    return this.#found(url) ?? "public";
  }
  /** True when all addresses of a host are known, and public or this machine's own; a proxy hides them. */
  isOpen(url) {
    const reach = this.#found(url);
    return !this.#mixed.has(url.hostname) && (reach === "public" || reach === "loopback");
  }
  /** How near a host is, as far as that is known; an address that a URL names is looked at once. */
  #found(url) {
    const known = this.#reaches.get(url.hostname);
    const literal = known === void 0 ? literalAddress(url) : void 0;
    if (literal === void 0) return known;
    const reach = reachOf(literal);
    this.#reaches.set(url.hostname, reach);
    return reach;
  }
  /** Ends idle connections but for so many: each of them holds a file that somebody else may need. */
  #rest(most) {
    const idle = [...this.#agents].flatMap(({ freeSockets = {} }) => Object.values(freeSockets).flat());
    for (const socket of idle.slice(most)) socket?.destroy();
  }
  /** Ends all connections. */
  close() {
    for (const pool of this.#pools.values()) pool.dispose();
  }
  /**
   * The answer, whatever its status, its body whole and within `limit`; an error's body may be cut.
   * Transient answers and failures are tried again. Fails as `unreachable` when there is no answer,
   * as `invalid` when the body is longer than `limit` or encoded.
   */
  async exchange(request) {
    const literal = literalAddress(request.url);
    if (literal !== void 0) checkReach(literal, literal, request.namedBy);
    for (let attempt2 = 1; ; attempt2++) {
      const result = await this.#slot(request.url).run(() => this.#attempt(request).catch(asFailedAttempt));
      const delay = attempt2 < (request.attempts ?? ATTEMPTS2) ? this.#retryDelay(attempt2, result) : void 0;
      this.#rest("error" in result && codeOf(result.error) === "EMFILE" ? 0 : this.#options.concurrency);
      if (delay === void 0) {
        if ("status" in result) return result;
        throw this.#failure(request.url, result.error);
      }
      const why = "status" in result ? `answered ${result.status}` : causeOf(result.error);
      this.#options.say(`${request.url.host} ${why}; trying again in ${(delay / 1e3).toFixed(1)} s`);
      await this.#options.clock.sleep(delay, this.#options.signal).catch(() => void 0);
      if (!this.#options.signal.aborted) continue;
      if ("status" in result) return result;
      throw toPullError(request.url, result.error);
    }
  }
  #retryDelay(attempt2, result) {
    if (this.#options.signal.aborted) return void 0;
    if ("status" in result) {
      if (!isTransient(result.status)) return void 0;
      return delayAfter(attempt2, result.headers["retry-after"], this.#options.clock);
    }
    return attempt2 < attemptsFor(result.error) ? delayAfter(attempt2, void 0, this.#options.clock) : void 0;
  }
  #failure(url, error) {
    const { aborted: aborted2, reason } = this.#options.signal;
    if (!aborted2) return toPullError(url, error);
    return reason instanceof PullError ? reason : new PullError("cancelled", "cancelled");
  }
  #slot(url) {
    return entry(this.#slots, url.origin, () => new Slots(this.#options.concurrency));
  }
  async #attempt(request) {
    const stop = new AbortController();
    const cancel = /* @__PURE__ */ __name(() => stop.abort(this.#options.signal.reason), "cancel");
    if (this.#options.signal.aborted) cancel();
    this.#options.signal.addEventListener("abort", cancel, { once: true });
    const late = /* @__PURE__ */ __name(() => stop.abort(new PullError("no-answer", `no answer within ${HEADERS_DEADLINE_MS / 1e3} s`)), "late");
    const cancelDeadline = this.#options.clock.after(HEADERS_DEADLINE_MS, late);
    try {
      const message = await Promise.race([this.#send(request, stop.signal), aborted(stop.signal)]);
      cancelDeadline();
      const status = message.statusCode ?? 0;
      const body = await readBody(message, request, { stop, clock: this.#options.clock });
      return { status, headers: message.headers, body };
    } catch (error) {
      throw stop.signal.aborted && !(error instanceof BodyError) ? stop.signal.reason : error;
    } finally {
      cancelDeadline();
      this.#options.signal.removeEventListener("abort", cancel);
    }
  }
  /** `@actions/http-client` is one hop here, for its proxies and kept-alive agents: its redirects leak credentials to other ports. */
  async #send(request, signal) {
    const { url, namedBy } = request;
    const pool = entry(this.#pools, `${url.origin} ${namedBy}`, () => new HttpClient(void 0, [], { keepAlive: true }));
    const prepareRequest = /* @__PURE__ */ __name((options) => {
      options.host = literalAddress(url) ?? url.hostname;
      options.agent = this.#agent(pool, url);
      options.signal = signal;
      options.lookup = this.#lookup(url, namedBy);
      Object.assign(options, { onread: reuseMemory() });
    }, "prepareRequest");
    const hop = new HttpClient(void 0, [{ prepareRequest, canHandleAuthentication: /* @__PURE__ */ __name(() => false, "canHandleAuthentication"), handleAuthentication }], {
      allowRedirects: false,
      allowRetries: false,
      keepAlive: true
    });
    hop.userAgent = "registry-pull";
    const headers = { "accept-encoding": "identity", ...request.headers };
    return (await hop.request(request.method, url.href, request.body ?? null, headers)).message;
  }
  /** A pool's agent, for a proxy or none. It checks certificates whatever NODE_TLS_REJECT_UNAUTHORIZED turned off for something else. */
  #agent(pool, url) {
    const agent = pool.getAgent(url.href);
    if (!(agent instanceof Agent)) checkPlainHttp(url, void 0, this.#options.insecureRegistries);
    if (this.#agents.has(agent)) return agent;
    agent.options = Object.assign(agent.options ?? {}, { rejectUnauthorized: true });
    boundConnections(agent, this.#options.clock);
    this.#agents.add(agent);
    return agent;
  }
  /** Checks addresses where they are used, after DNS and before the connection, so that no later answer can change them. */
  #lookup(url, namedBy) {
    return (host, options, callback) => {
      this.#options.resolve(host, { ...options, all: true }, (error, addresses) => {
        const [first] = addresses ?? [];
        if (error !== null || first === void 0) return callback(error ?? new Error(`no address for ${host}`), []);
        try {
          for (const { address } of addresses) {
            checkReach(address, host, namedBy);
            checkPlainHttp(url, address, this.#options.insecureRegistries);
          }
        } catch (refused) {
          return callback(refused, []);
        }
        if (addresses.some(({ address }) => reachOf(address) === "private")) this.#mixed.add(host);
        this.#reaches.set(host, addresses.map(({ address }) => reachOf(address)).reduce(farthest));
        return options.all ? callback(null, [...addresses]) : callback(null, first.address, first.family);
      });
    };
  }
};
function aborted(signal) {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}
__name(aborted, "aborted");
async function handleAuthentication() {
  throw new Error("challenges are answered elsewhere");
}
__name(handleAuthentication, "handleAuthentication");
function entry(map, key, make) {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
__name(entry, "entry");
function asFailedAttempt(error) {
  return { error };
}
__name(asFailedAttempt, "asFailedAttempt");

// src/registry/token.ts
var TOKEN_LIMIT = 1024 * 1024;
var SHORTEST_LIFE_MS = 6e4;
var EARLY_MS = 5e3;
var REDIRECT_LIMIT2 = 5;
var SECRET_LENGTH = 16;
var CLIENT_ID = "registry-pull";
var TokenService = class {
  static {
    __name(this, "TokenService");
  }
  #options;
  constructor(options) {
    this.#options = options;
  }
  /**
   * A token for `scope`, or the service's refusal. Fails as `unauthorized` when the challenge's realm must not have the
   * credentials, as `invalid` when realm or answer are malformed, as `unreachable` when the service does not answer.
   */
  async fetch(registry, challenge, scope, credential) {
    const realm = await this.#checkRealm(registry, challenge.parameters.get("realm") ?? "", credential);
    const service = challenge.parameters.get("service");
    const fields = [...service ? [["service", service]] : [], ["scope", scope]];
    const answer = await this.#ask(registry, realm, fields, credential);
    const words2 = describeErrors(answer.body, answer.headers, this.#options.withhold);
    if (answer.status === 429 || answer.status === 408 || answer.status >= 500) {
      const reason = answer.status === 429 ? "rate-limited" : "server-error";
      throw new PullError(reason, `token service ${realm.host} answered ${answer.status}: ${words2}`);
    }
    if (answer.status !== 200) {
      return { refused: `${realm.host} answered ${answer.status} ${words2}`.trim(), status: answer.status };
    }
    return this.#read(realm, answer, credential !== void 0);
  }
  async #ask(registry, realm, fields, credential) {
    if (credential?.kind === "identity") {
      const answer = await this.#post(registry, realm, fields, credential.token);
      if (answer.status !== 404 && answer.status !== 405) return answer;
    }
    const login = credential === void 0 || credential.kind === "registry-token" ? void 0 : loginOf(credential);
    const url = new URL(realm);
    for (const [name, value] of login === void 0 ? fields : [...fields, ["account", login.username]]) {
      url.searchParams.append(name, value);
    }
    const authorization = login && `Basic ${basicValue(login.username, login.password)}`;
    return this.#send(registry, { method: "GET", url, headers: authorization === void 0 ? {} : { authorization } });
  }
  /** https://distribution.github.io/distribution/spec/auth/oauth/ */
  #post(registry, realm, fields, token) {
    const form = new URLSearchParams([["grant_type", "refresh_token"], ["refresh_token", token], ["client_id", CLIENT_ID], ...fields]);
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    return this.#send(registry, { method: "POST", url: realm, headers, body: form.toString() });
  }
  /** Redirects within the realm's own origin are followed; nothing is carried elsewhere. */
  async #send(registry, request) {
    const namedBy = request.url.origin === registry.origin ? "user" : this.#options.http.reach(registry);
    let url = request.url;
    for (let hop = 0; ; hop++) {
      const answer = await this.#options.http.exchange({
        ...request,
        url,
        limit: TOKEN_LIMIT,
        namedBy: this.#trusts(url) ? "user" : namedBy
      });
      const location = answer.headers.location;
      if (answer.status < 300 || answer.status >= 400 || location === void 0) return answer;
      const next = URL.canParse(location, url.href) ? new URL(location, url) : void 0;
      if (next?.origin !== url.origin || hop === REDIRECT_LIMIT2) {
        throw new PullError(
          "redirect-refused",
          `redirect refused: token service ${url.host} sends to ${next?.host ?? "something that is no URL"}, which is not followed`
        );
      }
      url = next;
    }
  }
  #trusts(realm) {
    return this.#options.trustedRealms.has(realm.host) || this.#options.trustedRealms.has(realm.hostname);
  }
  async #checkRealm(registry, realm, credential) {
    const shown = JSON.stringify(realm.slice(0, 200));
    if (realm === "" || !URL.canParse(realm, registry.href)) {
      throw new PullError("realm-invalid", `realm refused: expected a URL in the challenge of ${registry.host}, got ${shown}`);
    }
    const url = new URL(realm, registry);
    const downgrade = registry.protocol === "https:" && url.protocol === "http:";
    if (!/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
      throw new PullError("realm-invalid", `realm refused: ${shown} in the challenge of ${registry.host} is not a plain https URL`);
    }
    if (downgrade)
      throw new PullError("realm-downgrade", `realm downgrade refused: ${registry.host} is https, its realm ${url.origin} is not`);
    const loopback = isLoopbackHost(url) && url.origin !== registry.origin && !this.#trusts(url);
    if (loopback || credential !== void 0 && !await mayReceiveCredentials(url, registry, this.#options.trustedRealms)) {
      const what = credential === void 0 ? "nothing is sent" : `the credentials from ${credential.source} are not sent`;
      throw new PullError(
        "realm-refused",
        `realm refused: ${registry.host} asks for a token from ${url.host}, which is not its own domain, so ${what} there`,
        { next: `if that is its token service, add ${url.host} to trusted-realms` }
      );
    }
    return url;
  }
  #read(realm, answer, isOwn) {
    let json;
    try {
      json = JSON.parse(answer.body.toString());
    } catch (cause) {
      throw new PullError("token-invalid", `token invalid: the answer of ${realm.host} is not JSON`, { cause });
    }
    const token = [json?.token, json?.access_token].find((value) => typeof value === "string" && value !== "");
    if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
      throw new PullError("token-invalid", `token invalid: expected one in token or access_token of the answer of ${realm.host}`);
    }
    if (isOwn || token.length >= SECRET_LENGTH) this.#options.mask(token);
    const seconds = typeof json?.expires_in === "number" && json.expires_in > 0 ? json.expires_in : 0;
    return { token, expires: this.#options.now() + Math.max(seconds * 1e3, SHORTEST_LIFE_MS) - EARLY_MS };
  }
};
function loginOf(credential) {
  return credential.kind === "password" ? credential : { username: credential.username, password: credential.token };
}
__name(loginOf, "loginOf");

// src/store/directory-cache.ts
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join as join2 } from "node:path";
var READ_SIZE2 = 1024 * 1024;
var DirectoryCache = class {
  static {
    __name(this, "DirectoryCache");
  }
  #path;
  #warn;
  constructor(path, warn) {
    this.#path = path;
    this.#warn = warn;
  }
  /** True when there is an entry and its bytes are right. A wrong one is a warning and a miss. */
  async restore(key, _blob, target) {
    try {
      const file = await openRegular(this.#file(key));
      const part = target.part(0);
      for await (const chunk of file.createReadStream({ highWaterMark: READ_SIZE2 })) part.write(chunk);
      await target.commit();
      return true;
    } catch (error) {
      if (isWrong(error)) this.#warn(wrongEntry(key, foundBy(error)));
      await target.restart();
      return false;
    }
  }
  /** The entry whole, unproven, when there is one of at most `limit` bytes. */
  async fetch(key, limit) {
    const file = this.#file(key);
    try {
      const bytes = await readRegular(file, limit);
      if (bytes === void 0) this.#warn(wrongEntry(key, `too large: it is longer than ${limit} bytes`));
      return bytes;
    } catch {
      return void 0;
    }
  }
  /** Saves bytes under a key. Overwrites: saving only follows a miss, so an old entry is wrong. */
  async save(key, { slices }) {
    const file = this.#file(key);
    const temporary = `${file}.${crypto.randomUUID()}`;
    try {
      await mkdir(this.#path, { recursive: true });
      await writeFile(temporary, slices, { flag: "wx" });
      await rename(temporary, file);
      return "saved";
    } catch {
      await rm(temporary, { force: true });
      return "failed";
    }
  }
  #file(key) {
    return join2(this.#path, encodeURIComponent(key));
  }
};

// src/connect.ts
function warnOnce(voice) {
  let warned = false;
  const once = /* @__PURE__ */ __name((message) => {
    (warned ? voice.say : voice.warn)(message);
    warned = true;
  }, "once");
  return { ...voice, warn: once };
}
__name(warnOnce, "warnOnce");
var SYSTEM_CLOCK = {
  now: Date.now,
  sleep: /* @__PURE__ */ __name((ms, signal) => sleep(ms, void 0, { signal }), "sleep"),
  after: /* @__PURE__ */ __name((ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  }, "after"),
  random: Math.random,
  effort: /* @__PURE__ */ __name(() => {
    const start = performance.eventLoopUtilization();
    return () => performance.eventLoopUtilization(start).utilization;
  }, "effort")
};
function openHttp(concurrency, { voice, clock, signal }, insecureRegistries = /* @__PURE__ */ new Set()) {
  return new Http({ signal, clock, resolve: lookup, concurrency, insecureRegistries, say: voice.say });
}
__name(openHttp, "openHttp");
function connectRegistries(http, inputs, environment, { voice, clock, signal }) {
  const { say, mask, withhold } = voice;
  const warned = /* @__PURE__ */ new Set();
  const warn = /* @__PURE__ */ __name((message) => {
    if (!warned.has(message)) voice.warn(message);
    warned.add(message);
  }, "warn");
  const { registryAuth, githubToken, trustedRealms, insecureRegistries } = inputs;
  const configs = readDockerConfigs(environment, (path) => readFileSync(path, "utf8"), warn);
  const keychain = new Keychain({
    registryAuth,
    githubToken,
    configs,
    runHelper: helperRunner(environment, { after: clock.after, signal }),
    warn,
    mask
  });
  const tokens = new TokenService({ http, now: clock.now, trustedRealms, mask, withhold });
  const authenticator = new Authenticator({ http, keychain, tokens, now: clock.now, warn });
  const api = new Api({ http, authenticator, insecureRegistries, say, warn, withhold });
  const downloader = new Downloader({ clock, signal, say, parts: inputs.concurrency });
  const downloads = {
    download: /* @__PURE__ */ __name(async (image, blob, target) => {
      let isPrivate = false;
      const carried = /* @__PURE__ */ __name(() => {
        isPrivate = true;
      }, "carried");
      const ask2 = /* @__PURE__ */ __name(async (wanted) => {
        const reached = await api.ask(image, `blobs/${blob.digest}`, { ...wanted, carried });
        isPrivate ||= reached.private;
        return reached;
      }, "ask");
      await downloader.download(ask2, blob, target);
      return { private: isPrivate };
    }, "download")
  };
  return { api, source: new RegistryClient(api, say), downloads };
}
__name(connectRegistries, "connectRegistries");
function cachesOf(environment) {
  return environment["XDG_CACHE_HOME"] || join3(environment["HOME"] || homedir2(), ".cache");
}
__name(cachesOf, "cachesOf");
async function connectCache(kind, http, environment, context) {
  const { voice, clock, signal } = context;
  const { say, warn } = voice;
  if (kind === "directory") return new DirectoryCache(join3(cachesOf(environment), "registry-pull"), warn);
  const { ActionsCache } = await import("./actions-cache-UUDDJRRP.js");
  return new ActionsCache({ urls: signedUrls(http, context), after: clock.after, signal, say, warn });
}
__name(connectCache, "connectCache");
var CACHE_PARTS = 8;
function signedUrls(http, { voice, clock, signal }) {
  const downloader = new Downloader({ clock, signal, say: voice.say, parts: CACHE_PARTS });
  const attempts = 2;
  const ask2 = /* @__PURE__ */ __name((url) => async (wanted) => {
    const answer = await http.exchange({ ...wanted, url, namedBy: "user", attempts });
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw new PullError(answer.status >= 500 ? "server-error" : "not-found", `${url.host} answered ${answer.status}`);
  }, "ask");
  return {
    // Wrong bytes are wrong for good here: entries never change.
    download: /* @__PURE__ */ __name((url, blob, target) => downloader.download(ask2(url), blob, target, 0), "download"),
    get: /* @__PURE__ */ __name(async (url, limit) => (await ask2(url)({ method: "GET", headers: {}, limit })).body, "get")
  };
}
__name(signedUrls, "signedUrls");

// src/pull/plan.ts
function problem(reason, asked, found, next = REASONS[reason].next) {
  return { status: REASONS[reason].status, reason, message: `${asked}: ${found}; ${next}` };
}
__name(problem, "problem");
function problemFrom({ reason, found, next }, asked) {
  return problem(reason, asked, found, next);
}
__name(problemFrom, "problemFrom");
function asProblem(error, asked) {
  if (!(error instanceof PullError)) throw error;
  return problemFrom(error, asked);
}
__name(asProblem, "asProblem");
function withNote(one, note) {
  return { ...one, message: `${one.message} (${note})` };
}
__name(withNote, "withNote");
function problemsOf(resolved) {
  const whole = resolved.problem === void 0 ? [] : [{ ...resolved.problem, platform: "" }];
  const parts = resolved.platforms.flatMap(
    ({ platform, reason, message }) => reason === "" ? [] : [{ platform, status: REASONS[reason].status, reason, message }]
  );
  return [...whole, ...parts];
}
__name(problemsOf, "problemsOf");
function countedPlatforms({ platforms, wanted }) {
  const none = wanted.platforms === "any";
  return platforms.flatMap(({ image, required }) => image !== void 0 && (required || none) ? [image] : []);
}
__name(countedPlatforms, "countedPlatforms");
function shownImage(resolved, runner) {
  const images = countedPlatforms(resolved);
  const { platforms } = resolved.wanted;
  const order = [runner, ...typeof platforms === "string" ? [] : platforms];
  const found = order.map((wanted) => images.find(({ platform }) => satisfies(wanted, platform)));
  return found.find((image) => image !== void 0) ?? images[0];
}
__name(shownImage, "shownImage");
function statusOf(resolved) {
  return problemsOf(resolved)[0]?.status ?? "ok";
}
__name(statusOf, "statusOf");
var ABSENT = ["not-found", "platform-missing"];
var CERTAINLY_ABSENT = [...ABSENT, "dangling"];
function failsOn(status, optional, failOnMissing) {
  return !optional && (failOnMissing || !ABSENT.includes(status));
}
__name(failsOn, "failsOn");
function failsStep(resolved, failOnMissing) {
  return problemsOf(resolved).some(({ status }) => failsOn(status, resolved.wanted.optional, failOnMissing));
}
__name(failsStep, "failsStep");
function existsAll(images) {
  const problems = images.filter(({ wanted }) => !wanted.optional).flatMap(problemsOf);
  if (problems.length === 0) return true;
  return problems.some(({ status }) => CERTAINLY_ABSENT.includes(status)) ? false : void 0;
}
__name(existsAll, "existsAll");

// src/runner/entries.ts
function toEntries(outcome, runner) {
  return outcome.images.map((resolved) => [
    resolved.wanted.name,
    toEntry(resolved, runner, outcome.pulled?.converted.get(resolved.wanted.name))
  ]);
}
__name(toEntries, "toEntries");
function toEntry(resolved, runner, converted) {
  const { wanted, root } = resolved;
  const [problem2] = problemsOf(resolved);
  const config = shownImage(resolved, runner)?.config;
  return {
    reference: wanted.written,
    repository: repositoryName(wanted.reference),
    tag: wanted.reference.tag ?? "",
    digest: root?.fetched.digest ?? "",
    pinned: pinnedReference(resolved),
    ...converted === void 0 ? {} : { converted },
    mediaType: root?.document.mediaType ?? "",
    kind: root?.document.kind ?? "",
    status: statusOf(resolved),
    reason: problem2?.reason ?? "",
    message: problem2?.message ?? "",
    optional: wanted.optional,
    attestations: root?.attestations ?? 0,
    authenticated: root?.fetched.authenticated ?? false,
    platforms: resolved.platforms.map(toPlatformEntry),
    labels: Object.fromEntries(config?.labels ?? []),
    entrypoint: config?.entrypoint ?? [],
    cmd: config?.cmd ?? [],
    user: config?.user ?? "",
    workdir: config?.workdir ?? "",
    exposedPorts: config?.exposedPorts ?? []
  };
}
__name(toEntry, "toEntry");
function toPlatformEntry({ platform, required, status, reason, message, digest, image }) {
  const known = image === void 0 ? {} : { config: image.configDigest ?? "", size: sumOfSizes(image.blobs), layers: image.layers.length, created: image.config.created };
  return { platform, required, status, reason, message, digest: digest ?? "", ...known };
}
__name(toPlatformEntry, "toPlatformEntry");
function pinnedReference(resolved) {
  return resolved.root === void 0 ? "" : `${repositoryName(resolved.wanted.reference)}@${resolved.root.fetched.digest}`;
}
__name(pinnedReference, "pinnedReference");
function sumOfSizes(blobs) {
  const sizes = new Map(blobs.map(({ digest, size }) => [digest, size ?? 0]));
  return [...sizes.values()].reduce((total, size) => total + size, 0);
}
__name(sumOfSizes, "sumOfSizes");
function totalSize(images) {
  const blobs = images.flatMap((resolved) => [...resolved.blobs, ...countedPlatforms(resolved).flatMap((image) => image.blobs)]);
  return sumOfSizes(blobs);
}
__name(totalSize, "totalSize");

// src/runner/log.ts
var ANNOTATION_LIMIT = 10;
var WARNING_LIMIT2 = 5;
function sayResolved(workflow, resolved) {
  const { wanted, root, platforms } = resolved;
  const problems = problemsOf(resolved);
  for (const warning of resolved.warnings.slice(0, WARNING_LIMIT2)) workflow.warn(warning);
  const more = resolved.warnings.slice(WARNING_LIMIT2);
  if (more.length > 0) workflow.group(`${more.length} more warnings of ${wanted.name}`, more);
  const mark = problems.length === 0 ? "\u2713" : "\u2717";
  const name = wanted.name === wanted.written ? wanted.written : `${wanted.name}: ${wanted.written}`;
  const what = root === void 0 ? "" : ` \u2192 ${pinnedReference(resolved)} (${root.document.kind}${platformCount(platforms)})`;
  const wrong = problems.map(({ platform, status }) => `${status} ${platform}`.trim()).join(", ");
  workflow.say(`${mark} ${name}${what}${wrong === "" ? "" : `: ${wrong}`}`);
  if (platforms.length > 1) workflow.group(`  platforms of ${wanted.name}`, platforms.map(platformLine));
}
__name(sayResolved, "sayResolved");
function platformCount(platforms) {
  const offered = platforms.filter(({ digest }) => digest !== void 0);
  return offered.length === 1 ? `, ${offered[0]?.platform}` : offered.length === 0 ? "" : `, ${offered.length} platforms`;
}
__name(platformCount, "platformCount");
function platformMark({ required, status }) {
  if (status !== "ok" && status !== "listed") return "\u2717";
  return required ? "\u2713" : "\xB7";
}
__name(platformMark, "platformMark");
function platformLine(outcome) {
  const { platform, required, status, digest, image } = outcome;
  const size = image === void 0 ? "" : `, ${formatBytes(sumOfSizes(image.blobs))} in ${image.layers.length} layers`;
  return `${platformMark(outcome)} ${platform} ${digest ?? status}${size}${required ? "" : " (not required)"}`;
}
__name(platformLine, "platformLine");
function annotate(workflow, outcome, failOnMissing) {
  const all = outcome.images.flatMap((resolved) => problemsOf(resolved).map((problem2) => ({ ...problem2, wanted: resolved.wanted })));
  const errors = all.filter(({ wanted, status }) => failsOn(status, wanted.optional, failOnMissing));
  const warnings = all.filter((problem2) => !errors.includes(problem2));
  const title = /* @__PURE__ */ __name(({ wanted, platform, status }) => `${wanted.name}${platform === "" ? "" : ` ${platform}`}: ${status}`, "title");
  if (outcome.cacheMiss !== "") workflow.fail("cache miss", outcome.cacheMiss);
  const room = ANNOTATION_LIMIT - (outcome.cacheMiss === "" ? 0 : 1);
  for (const problem2 of errors.slice(0, room)) workflow.fail(title(problem2), problem2.message);
  for (const problem2 of warnings.slice(0, ANNOTATION_LIMIT)) workflow.warn(`${title(problem2)}: ${problem2.message}`);
  const rest = [...errors.slice(room), ...warnings.slice(ANNOTATION_LIMIT)];
  if (rest.length === 0) return;
  workflow.group(
    `${rest.length} more problems, also in the job summary`,
    rest.map((problem2) => `${title(problem2)}: ${problem2.message}`)
  );
}
__name(annotate, "annotate");
function annotateInputs(workflow, problems) {
  for (const problem2 of problems.slice(0, ANNOTATION_LIMIT)) workflow.fail("invalid input", problem2);
  const rest = problems.slice(ANNOTATION_LIMIT);
  if (rest.length > 0) workflow.group(`${rest.length} more invalid inputs, also in the job summary`, rest);
}
__name(annotateInputs, "annotateInputs");
function sayPulled(workflow, pulled) {
  for (const warning of pulled.warnings) workflow.warn(warning);
  workflow.say(`${pulledLine(pulled)}; layout: ${pulled.layout}`);
  for (const [name, digest] of pulled.converted)
    workflow.say(`${name} was converted from schema 1: in the layout it is the OCI image ${digest}`);
}
__name(sayPulled, "sayPulled");
function pulledLine({ restored, downloaded, alreadyThere, seconds }) {
  const parts = [
    `restored ${formatBytes(restored)} from the cache`,
    `downloaded ${formatBytes(downloaded)}`,
    `${formatBytes(alreadyThere)} reused from the layout`
  ];
  const rate = restored + downloaded === 0 ? "" : `, in ${seconds.toFixed(1)} s (${formatBytes((restored + downloaded) / Math.max(seconds, 1e-3))}/s)`;
  return `${parts.join(", ")}${rate}`;
}
__name(pulledLine, "pulledLine");
function formatBytes(bytes) {
  if (bytes < 1e3) return `${Math.round(bytes)} B`;
  const units = ["kB", "MB", "GB", "TB", "PB"];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  return `${(bytes / 1e3 ** power).toFixed(1)} ${units[power - 1]}`;
}
__name(formatBytes, "formatBytes");

// src/pull/resolve.ts
var DEPTH_LIMIT = 3;
var INDEX_LIMIT = 64;
var NESTED_BYTES = 4 * 1024 * 1024;
var MANIFEST_LIMIT = 64;
async function resolveRoot(source, reference) {
  const fetched = await source.manifest(reference, reference.digest ?? reference.tag ?? "latest");
  const document = parseDocument(fetched.content, fetched.mediaType);
  if (document.kind !== "index") return { fetched, document, offers: [], unnamed: [], attestations: 0, nested: [] };
  const nested = { asked: 0, bytes: 0, found: [] };
  const entries = await flatten(source, reference, document.entries, nested, 1);
  const images = entries.filter((entry2) => !entry2.attestation && isImageEntry(entry2));
  return {
    fetched,
    document,
    offers: images.filter(hasPlatform).map((descriptor) => ({ platform: descriptor.platform, descriptor })),
    unnamed: images.filter((entry2) => !hasPlatform(entry2)),
    attestations: entries.filter((entry2) => entry2.attestation).length,
    nested: nested.found
  };
}
__name(resolveRoot, "resolveRoot");
function isImageEntry(entry2) {
  return isManifest(entry2.mediaType) || isSchema1(entry2.mediaType);
}
__name(isImageEntry, "isImageEntry");
function hasPlatform(entry2) {
  return entry2.platform !== void 0;
}
__name(hasPlatform, "hasPlatform");
async function flatten(source, image, entries, nested, depth) {
  const indexes = entries.filter(({ mediaType }) => isIndex(mediaType));
  if (depth === DEPTH_LIMIT && indexes.length > 0) throw new PullError("too-deep", `too deep: indexes nested deeper than ${DEPTH_LIMIT}`);
  nested.asked += indexes.length;
  if (nested.asked > INDEX_LIMIT) {
    throw new PullError("too-many", `too many nested indexes: expected at most ${INDEX_LIMIT}, got ${nested.asked}`);
  }
  nested.bytes += indexes.reduce((sum, { size }) => sum + size, 0);
  if (nested.bytes > NESTED_BYTES) {
    throw new PullError("too-large", `too large: nested indexes have ${nested.bytes} bytes, expected at most ${NESTED_BYTES} in all`);
  }
  const flat2 = entries.map(async (entry2) => {
    if (!isIndex(entry2.mediaType)) return [entry2];
    const fetched = await fetchListed(source, image, entry2);
    nested.found.push(fetched);
    const document = parseDocument(fetched.content, entry2.mediaType);
    return document.kind === "index" ? flatten(source, image, document.entries, nested, depth + 1) : [];
  });
  return (await Promise.all(flat2)).flat();
}
__name(flatten, "flatten");
async function fetchListed(source, image, descriptor) {
  const asked = source.manifest(image, descriptor.digest, descriptor.size);
  const fetched = await orDangling(asked, "manifest", descriptor.digest);
  if (fetched.bytes.length === descriptor.size) return fetched;
  throw new PullError(
    "size-differs",
    `size differs: ${descriptor.digest} is listed with ${descriptor.size} bytes, got ${fetched.bytes.length}`
  );
}
__name(fetchListed, "fetchListed");
function claimedType(descriptor, fetched) {
  return isSpecific(descriptor.mediaType) ? descriptor.mediaType : fetched.mediaType;
}
__name(claimedType, "claimedType");
async function orDangling(fetch, part, digest) {
  try {
    return await fetch;
  } catch (error) {
    throw error instanceof PullError ? danglingFrom(error, part, digest) : error;
  }
}
__name(orDangling, "orDangling");
function danglingFrom(error, part, digest) {
  if (error.status !== "not-found") return error;
  const found = `${part} ${digest} is listed by the image but is not in the registry: ${error.found}`;
  return new PullError(`${part}-missing`, found, { cause: error });
}
__name(danglingFrom, "danglingFrom");

export {
  parseReference,
  nearestTags,
  repositoryName,
  formatReference,
  familiarName,
  runProgram,
  environmentFor,
  OCI_INDEX,
  OCI_MANIFEST,
  OCI_CONFIG,
  DOCKER_LIST,
  DOCKER_MANIFEST,
  DOCKER_CONFIG,
  parsePlatform,
  formatPlatform,
  satisfies,
  sameBuild,
  sameMachine,
  nearest,
  runnerPlatform,
  readDescriptor,
  readDigest2 as readDigest,
  readSize,
  parseConfig,
  toOciImage,
  DOCUMENT_BYTES,
  parseDocument,
  warnOnce,
  SYSTEM_CLOCK,
  openHttp,
  connectRegistries,
  cachesOf,
  connectCache,
  problem,
  problemFrom,
  asProblem,
  withNote,
  problemsOf,
  countedPlatforms,
  shownImage,
  statusOf,
  failsStep,
  existsAll,
  toEntries,
  pinnedReference,
  totalSize,
  sayResolved,
  platformMark,
  annotate,
  annotateInputs,
  sayPulled,
  pulledLine,
  formatBytes,
  MANIFEST_LIMIT,
  resolveRoot,
  fetchListed,
  claimedType,
  orDangling,
  danglingFrom
};
