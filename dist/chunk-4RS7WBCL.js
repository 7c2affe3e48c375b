import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  FileChunks,
  removeLeftovers
} from "./chunk-QGK77OHI.js";
import {
  aborted
} from "./chunk-4SKGWH6K.js";
import {
  Connections,
  USER_AGENT,
  checkPlainHttp,
  checkReach,
  farther,
  farthest,
  isLoopbackHost,
  literalAddress,
  reachOf
} from "./chunk-DFUUDE2K.js";
import {
  Slots
} from "./chunk-DCTTGT6M.js";
import {
  REAL_TIME,
  holderOf,
  lifeOf,
  locked,
  temporaryPath
} from "./chunk-FUQHFSBD.js";
import {
  hostPath,
  longestPrefix,
  readDockerConfigs
} from "./chunk-H7XMZLRN.js";
import {
  environmentFor,
  runProgram
} from "./chunk-VWCS4YZZ.js";
import {
  ACCEPT,
  DOCUMENT_BYTES,
  documentContent,
  isSchema1
} from "./chunk-RKAU76CV.js";
import {
  soughtPlatforms
} from "./chunk-LFD2NK2P.js";
import {
  isTag,
  repositoryName
} from "./chunk-UMCD7WYT.js";
import {
  BUNDLE_LIMIT,
  fromBundle,
  isWrong,
  wrongEntry
} from "./chunk-SMR2B6IV.js";
import {
  makeDirectory,
  onDisk,
  openRegular,
  readRegular
} from "./chunk-SP36TW6E.js";
import {
  DigestError,
  asDigest,
  digestOf,
  expectDigest
} from "./chunk-V4QGKLYV.js";
import {
  asList,
  asObject,
  excerpt,
  parseJson
} from "./chunk-DGCL3OSD.js";
import {
  PullError,
  codeOf,
  foundBy,
  inContext,
  isInterruption,
  isOutage,
  messageOf
} from "./chunk-P27XCGGL.js";

// src/runner/cache-policy.ts
var CACHE_MODES = ["auto", "write", "read", "write-only", "none"];
var NO_CACHE = {
  kind: "none",
  restore: false,
  save: false
};
var NO_SERVICE = "there is no Actions cache service here: everything comes from registries";
var NO_PERMISSION = "this run's token may not save to the cache";
var IN_PULL_REQUEST = "Not saved: this is a pull request. The next run on the default branch fills the cache.";
var OTHER_EVENTS = "A run for a push or a schedule fills the cache.";
var NO_DIRECTORY = "cache-directory is not used: the disk of a GitHub-hosted runner is gone after the job";
function cachePolicy(mode, environment, event, directory) {
  if (mode === "none") return { ...NO_CACHE, why: "" };
  if (!isOnRunner(environment)) return { kind: "directory", ...permissions(mode), why: "" };
  if (directory === "") return servicePolicy(mode, environment, event);
  if (environment["RUNNER_ENVIRONMENT"] !== "github-hosted") {
    return directoryPolicy(mode, environment, event);
  }
  const policy = servicePolicy(mode, environment, event);
  const why = policy.why === "" ? NO_DIRECTORY : `${NO_DIRECTORY}; ${policy.why}`;
  return { ...policy, why };
}
function isOnRunner(environment) {
  return environment["GITHUB_ACTIONS"] === "true";
}
function directoryPolicy(mode, environment, event) {
  const { restore, save } = permissions(mode);
  const why = whyStrangers(mode, environment, event);
  return { kind: "directory", restore, save: save && why === "", why };
}
function servicePolicy(mode, environment, event) {
  if (cacheServiceVersion(environment) === void 0) return { ...NO_CACHE, why: NO_SERVICE };
  const allowed = permissions(mode);
  const runnerMode = environment["ACTIONS_CACHE_MODE"] ?? "";
  const runner = permissions(runnerMode.trim().toLowerCase());
  const why = whyNotSaved(mode, environment, event);
  return {
    kind: "service",
    restore: allowed.restore && runner.restore,
    save: allowed.save && runner.save && why === "",
    why
  };
}
function whyNotSaved(mode, environment, event) {
  const strangers = whyStrangers(mode, environment, event);
  if (strangers !== "") return strangers;
  const token = environment["ACTIONS_RUNTIME_TOKEN"] ?? "";
  return isReadOnly(token) ? NO_PERMISSION : "";
}
function whyStrangers(mode, environment, event) {
  const name = environment["GITHUB_EVENT_NAME"] ?? "";
  if (mode !== "auto" || !isStrangers(name, event)) return "";
  if (name.startsWith("pull_request")) return IN_PULL_REQUEST;
  return `Not saved: a stranger can trigger the event ${name}. ${OTHER_EVENTS}`;
}
var STRANGERS_EVENT = /^(pull_request|issue|discussion)|^(fork|watch|gollum)$/;
function isStrangers(name, event) {
  if (name !== "workflow_run") return STRANGERS_EVENT.test(name);
  const { repository, workflow_run: run2 } = readEvent(event);
  const head2 = run2?.head_repository?.full_name;
  const isOwnCode = head2 !== void 0 && head2 === repository?.full_name;
  return !isOwnCode || STRANGERS_EVENT.test(run2?.event ?? "");
}
function readEvent(event) {
  try {
    return JSON.parse(event) ?? {};
  } catch {
    return {};
  }
}
function permissions(mode) {
  return {
    restore: mode !== "write-only" && mode !== "none",
    save: mode !== "read" && mode !== "none"
  };
}
function cacheServiceVersion(environment) {
  const server = environment["GITHUB_SERVER_URL"] || "https://github.com";
  if (!environment["ACTIONS_RUNTIME_TOKEN"] || !URL.canParse(server)) return void 0;
  if (environment["ACTIONS_CACHE_SERVICE_V2"] && isCloud(server)) {
    return environment["ACTIONS_RESULTS_URL"] ? 2 : void 0;
  }
  return environment["ACTIONS_CACHE_URL"] ? 1 : void 0;
}
function isCloud(server) {
  const { hostname } = new URL(server);
  if (hostname === "github.com") return true;
  return hostname.endsWith(".ghe.com") || hostname.endsWith(".localhost");
}
var WRITE = 2;
function isReadOnly(token) {
  const [, payload = ""] = token.split(".");
  try {
    const json = Buffer.from(payload, "base64url").toString();
    const { ac } = JSON.parse(json);
    const scopes = JSON.parse(String(ac));
    if (scopes.length === 0) return false;
    return scopes.every(({ Permission }) => (Permission & WRITE) === 0);
  } catch {
    return false;
  }
}
function isPrivateScope(environment, event) {
  return !isOnRunner(environment) || isPrivateRepository(event);
}
function isPrivateRepository(event) {
  return readEvent(event).repository?.private === true;
}

// src/action/connect.ts
import { readFileSync } from "node:fs";

// src/http/span.ts
var Span = class {
  start;
  #end;
  #part;
  constructor(start, end, part) {
    this.start = start;
    this.#end = end;
    this.#part = part;
  }
  get end() {
    return this.#end;
  }
  /** Bytes received so far. */
  get received() {
    return this.#part.received;
  }
  /** Where in the blob its next byte belongs. */
  get position() {
    return this.start + this.received;
  }
  get isComplete() {
    return this.position >= this.#end;
  }
  /** Leaves the bytes from `end` on to other spans. */
  shortenTo(end) {
    this.#end = end;
  }
  /** Starts again with an empty part. */
  restartWith(part) {
    this.#part = part;
  }
  /**
   * Writes the bytes of `chunk` that belong to it; false when the chunk has more. All bytes of the
   * blob's last span are written, so that the target can refuse a blob that is too long.
   */
  write(chunk, size) {
    if (this.#end === size) {
      this.#part.write(chunk);
      return true;
    }
    const room = this.#end - this.position;
    this.#part.write(chunk.subarray(0, room));
    return chunk.length <= room;
  }
};

// src/http/body.ts
import { finished } from "node:stream";

// src/http/receive-buffer.ts
var READ_SIZE = 128 * 1024;
var streams = /* @__PURE__ */ new WeakMap();
function receiveBuffer() {
  let memory;
  const current = () => {
    memory ??= allocate();
    return memory;
  };
  function callback(length) {
    const bytes = current().subarray(0, length);
    const message = streams.get(this);
    this.emit("data", message === void 0 ? Buffer.from(bytes) : bytes);
    if (message !== void 0 && message.readableLength > 0) memory = void 0;
    return true;
  }
  return { buffer: current, callback };
}
function allocate() {
  return Buffer.allocUnsafeSlow(READ_SIZE + 1).subarray(0, READ_SIZE);
}
function reuseMemoryFor(message) {
  const { socket } = message;
  streams.set(socket, message);
  return () => streams.delete(socket);
}
function freeMemory({ buffer, byteLength }) {
  const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  if (isAlone) buffer.transfer?.(0);
}

// src/http/body.ts
var ERROR_LIMIT = 64 * 1024;
var RATE_WINDOW_MS = 3e4;
var RATE_WINDOW_BYTES = 30 * 1024;
var BodyError = class extends PullError {
};
var SinkError = class extends PullError {
};
async function readBody(message, request2, watch) {
  const status = message.statusCode ?? 0;
  if (request2.method === "HEAD") {
    message.resume();
    return Buffer.alloc(0);
  }
  const isSuccess = status >= 200 && status < 300;
  if (!isSuccess) {
    const error = await collect(message, ERROR_LIMIT, watch);
    return error.bytes;
  }
  if (request2.headOnly === true) {
    message.destroy();
    return Buffer.alloc(0);
  }
  refuseEncoded(message);
  if (request2.sink !== void 0) {
    await pour(message, request2.sink, watch);
    return Buffer.alloc(0);
  }
  const { bytes, isComplete } = await collect(message, request2.limit, watch);
  if (isComplete) return bytes;
  throw new PullError("too-large", `too large: the answer has more than ${request2.limit} bytes`);
}
function refuseEncoded(message) {
  const encoding = message.headers["content-encoding"] ?? "identity";
  if (encoding === "identity") return;
  message.destroy();
  const found = `asked for no Content-Encoding, got ${encoding}`;
  throw new PullError("encoding-refused", `encoding refused: ${found}`);
}
async function pour(message, sink, watch) {
  try {
    const isWanted = await sink.begin(message.statusCode ?? 0, message.headers);
    if (isWanted) await flow(message, sink.write, watch);
    else message.destroy();
  } catch (error) {
    message.destroy();
    if (error instanceof PullError) {
      const { reason, found, next } = error;
      throw new SinkError(reason, found, { next, cause: error });
    }
    const { signal } = watch.stop;
    const why = foundBy(signal.aborted ? signal.reason : error);
    throw new BodyError("answer-cut", `the answer was cut: ${why}`, { cause: error });
  }
}
async function collect(message, limit, watch) {
  const chunks = [];
  let size = 0;
  const keep = (chunk) => {
    size += chunk.length;
    chunks.push(Buffer.from(chunk));
    return size <= limit;
  };
  await flow(message, keep, watch);
  const bytes = Buffer.concat(chunks).subarray(0, limit);
  return { bytes, isComplete: size <= limit };
}
async function flow(message, write2, { stop, clock }) {
  const rate = watchRate(stop, clock);
  const stopReusing = reuseMemoryFor(message);
  try {
    await forEachChunk(message, (chunk) => {
      rate.count(chunk.length);
      return write2(chunk);
    });
    stop.signal.throwIfAborted();
  } finally {
    stopReusing();
    rate.stop();
  }
}
function forEachChunk(message, take) {
  return new Promise((resolve, reject) => {
    const onData = (chunk) => {
      try {
        if (!take(chunk)) {
          message.off("data", onData).destroy();
          resolve();
        }
        freeMemory(chunk);
      } catch (error) {
        message.off("data", onData);
        reject(error);
      }
    };
    finished(message, (error) => {
      if (error) reject(error);
      else resolve();
    });
    message.on("data", onData);
  });
}
function watchRate(stop, clock) {
  let size = 0;
  const watch = (before) => clock.after(RATE_WINDOW_MS, () => {
    if (size - before >= RATE_WINDOW_BYTES) {
      cancel = watch(size);
      return;
    }
    const found = `less than 1 KiB/s over ${RATE_WINDOW_MS / 1e3} s`;
    stop.abort(new PullError("too-slow", `too slow: ${found}`));
  });
  let cancel = watch(0);
  const count = (bytes) => {
    size += bytes;
  };
  return { count, stop: () => cancel() };
}

// src/http/content-range.ts
var RANGE = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i;
function parseContentRange(header) {
  const stated = RANGE.exec(header.trim());
  if (stated === null) return void 0;
  const [first, last] = [Number(stated[1]), Number(stated[2])];
  const total = stated[3] === "*" ? void 0 : Number(stated[3]);
  const isWithin = total === void 0 || last < total;
  return first <= last && isWithin ? { first, last, total } : void 0;
}

// src/http/span-download.ts
var ATTEMPTS = 5;
var WholeError = class extends PullError {
};
async function downloadSpan(span, context, begun = () => true) {
  const { blob } = context;
  let failures = 0;
  let most = span.received;
  while (!span.isComplete || blob.size === 0) {
    try {
      const isNeeded = await attempt(span, context, begun);
      if (!isNeeded || span.isComplete) return;
      const found = `${blob.digest} has ${blob.size} bytes, got ${span.position}`;
      throw new PullError("too-short", `too short: ${found}`);
    } catch (error) {
      const progressed = span.received - most >= RATE_WINDOW_BYTES;
      failures = progressed ? 1 : failures + 1;
      most = Math.max(most, span.received);
      await recover(error, span, context, failures);
    }
  }
}
async function recover(error, span, { blob, target, options, isAbandoned }, failures) {
  const { clock, signal, say } = options;
  const isAlone = span.start === 0 && span.end === blob.size;
  const fromTheStart = error instanceof WholeError && isAlone;
  const isCut = error instanceof BodyError || fromTheStart;
  const isOver = signal.aborted || isAbandoned();
  if (!isCut || isOver || failures >= ATTEMPTS) throw error;
  if (fromTheStart) {
    await target.restart();
    span.restartWith(target.part(0));
  }
  say(`${blob.digest}: ${error.found}; resuming at byte ${span.position}`);
  await clock.sleep(clock.random() * 1e3 * failures, signal);
}
async function attempt(span, { send, blob, isAbandoned }, begun) {
  const { size } = blob;
  const offset = span.position;
  const isWhole = offset === 0 && span.end === size;
  const headers = isWhole ? {} : { range: `bytes=${offset}-${span.end - 1}` };
  let isNeeded = true;
  const begin = async (status, answer) => {
    expectRange(status, answer["content-range"] ?? "", size, offset);
    isNeeded = begun();
    return isNeeded;
  };
  const write2 = (chunk) => {
    if (isAbandoned()) {
      throw new PullError("answer-cut", "skipped: the download of this blob is over");
    }
    return span.write(chunk, size);
  };
  const sink = { begin, write: write2 };
  await send({ method: "GET", headers, limit: size, sink });
  return isNeeded;
}
function expectRange(status, header, size, offset) {
  const asked = `range differs: asked to continue at byte ${offset} of ${size}`;
  if (status !== 206) {
    if (offset > 0) throw new WholeError("range-differs", `${asked}, got the whole blob`);
    return;
  }
  const range = parseContentRange(header);
  const total = range?.total ?? size;
  if (range?.first === offset && total === size) return;
  throw new PullError("range-differs", `${asked}, got ${JSON.stringify(header)}`);
}

// src/http/parts.ts
var PART_SIZE = 16 * 1024 * 1024;
var LEAST_PART = 1024 * 1024;
var LEAST_BLOB = 4 * PART_SIZE;
var PATIENCE_MS = 100;
var FAST_BYTES = 8 * 1024 * 1024;
var BUSY = 0.75;
function isDivisible({ size }) {
  return size >= LEAST_BLOB;
}
var Parts = class {
  #context;
  #mayUse;
  /** As many as it uses once it uses several. */
  #atOnce = 1;
  #first;
  /** Where the last part starts. */
  #lastStart;
  /** Bytes from here to the last part belong to no span yet. */
  #next;
  #isOver = false;
  #running = 0;
  #stopWatching = () => void 0;
  #resolve = () => void 0;
  #reject = (_) => void 0;
  /** `mayUse` returns how many connections it may use now. */
  constructor(context, mayUse) {
    this.#context = { ...context, isAbandoned: () => this.#isOver };
    this.#mayUse = mayUse;
    const { size } = context.blob;
    this.#lastStart = size - PART_SIZE;
    this.#next = this.#lastStart;
    this.#first = this.#span(0, size);
  }
  /** Resolves once every byte is written; fails as soon as one span fails, with its error. */
  run() {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      if (isDivisible(this.#context.blob)) this.#watch();
      const first = this.#download(this.#first);
      this.#start(first.finally(() => this.#stopWatching()));
    });
  }
  get #size() {
    return this.#context.blob.size;
  }
  #span(start, end) {
    const part = this.#context.target.part(start);
    return new Span(start, end, part);
  }
  /**
   * Counts a connection. The download is over at the first failure, when no connection is left, and
   * when the first connection has every byte; other connections are not waited for then.
   */
  #start(connection) {
    this.#running++;
    connection.then(
      () => {
        this.#running--;
        const hasAll = this.#first.received === this.#size;
        if (this.#running === 0 || hasAll) this.#isOver = true;
        if (this.#isOver) this.#resolve();
      },
      (error) => {
        this.#isOver = true;
        this.#reject(error);
      }
    );
  }
  /** Downloads a span, and then further ones until none is left. */
  async #download(first, begun) {
    await downloadSpan(first, this.#context, begun);
    let span = this.#take();
    while (span !== void 0) {
      await downloadSpan(span, this.#context);
      span = this.#take();
    }
  }
  /** The next span. Spans get smaller towards the end, so that all connections end together. */
  #take() {
    const start = this.#next;
    if (start === this.#lastStart) return void 0;
    const left = this.#lastStart - start;
    const share = Math.ceil(left / (2 * this.#atOnce));
    const end = start + Math.max(share, LEAST_PART);
    this.#next = end + LEAST_PART > this.#lastStart ? this.#lastStart : end;
    return this.#span(start, this.#next);
  }
  /** Checks at short intervals whether the first connection is slow. */
  #watch() {
    const { after, cpuLoad } = this.#context.options.clock;
    const before = this.#first.received;
    const load = cpuLoad();
    this.#stopWatching = after(PATIENCE_MS, () => {
      const { received } = this.#first;
      if (received + PART_SIZE >= this.#lastStart) return;
      const isFast = received - before >= FAST_BYTES;
      this.#atOnce = this.#mayUse();
      if (isFast || load() > BUSY || this.#atOnce < 2) this.#watch();
      else this.#probe();
    });
  }
  /** Requests the last part. If that fails, the first connection downloads the whole blob. */
  #probe() {
    const last = this.#span(this.#lastStart, this.#size);
    const probing = this.#download(last, () => this.#share());
    this.#start(
      probing.catch((error) => {
        const isCovered = this.#first.end === this.#size;
        if (!(error instanceof PullError) || !isCovered) throw error;
      })
    );
  }
  /**
   * The last part begins to arrive. The first connection keeps what it will receive in a moment,
   * other connections download the rest; false when the first one has almost everything already.
   */
  #share() {
    if (this.#first.end < this.#size) return true;
    const boundary = this.#first.received + PART_SIZE;
    if (boundary >= this.#lastStart) return false;
    this.#first.shortenTo(boundary);
    this.#next = boundary;
    for (let others = 2; others < this.#atOnce; others++) {
      const span = this.#take();
      if (span !== void 0) this.#start(this.#download(span));
    }
    return true;
  }
};

// src/http/download.ts
var Downloader = class {
  #options;
  /** Blobs under way that could use several connections. They share those that there may be. */
  #divisible = 0;
  constructor(options) {
    this.#options = options;
  }
  /**
   * Downloads a blob into `target` and commits it. Fails with the status of `send`, and as
   * `invalid` when the bytes are wrong more than `forgiven` times.
   */
  async download(send, blob, target, forgiven = 1) {
    const { signal, say } = this.#options;
    for (let wrong = 0; ; wrong++) {
      try {
        return await this.#attempt(send, blob, target, wrong === 0);
      } catch (error) {
        const isWrong3 = error instanceof PullError && error.status === "invalid";
        if (!isWrong3 || signal.aborted || wrong === forgiven) throw error;
        await target.restart();
        say(`${blob.digest}: ${error.found}; restarting`);
      }
    }
  }
  /** Downloads the blob once. In parts only the first time: a later attempt is one connection. */
  async #attempt(send, blob, target, inParts) {
    const { parts } = this.#options;
    const context = { send, blob, target, options: this.#options };
    const count = isDivisible(blob) ? 1 : 0;
    this.#divisible += count;
    try {
      const share = () => inParts ? Math.floor(parts / this.#divisible) : 1;
      await new Parts(context, share).run();
    } finally {
      this.#divisible -= count;
    }
    await target.commit();
  }
};

// src/http/retry.ts
var ATTEMPTS2 = 5;
var FIRST_DELAY_MS = 1e3;
var LONGEST_DELAY_MS = 3e4;
var LONGEST_RETRY_AFTER_MS = 6e4;
function isTransient(status) {
  return status === 408 || status === 429 || status === 499 || status >= 500 && status !== 501 && status !== 505;
}
function delayAfter(attempt2, retryAfter, clock) {
  const asked = retryAfter === void 0 ? void 0 : parseRetryAfter(retryAfter, clock.now());
  if (asked !== void 0) return asked <= LONGEST_RETRY_AFTER_MS ? asked : void 0;
  const doubled = FIRST_DELAY_MS * 2 ** (attempt2 - 1);
  return Math.min(doubled, LONGEST_DELAY_MS) * clock.random();
}
function parseRetryAfter(header, now) {
  const text = header.trim();
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1e3;
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text)) return void 0;
  const date = Date.parse(text);
  return Number.isNaN(date) ? void 0 : Math.max(0, date - now);
}

// src/http/failure.ts
var SILENT_ATTEMPTS = 3;
function attemptsFor(error) {
  if (error instanceof BodyError || error instanceof SinkError) return 1;
  if (error instanceof PullError) return error.status === "unreachable" ? SILENT_ATTEMPTS : 1;
  const code = codeOf(error);
  if (code === "ENOTFOUND" || isTls(code)) return 1;
  return code === "ECONNREFUSED" ? SILENT_ATTEMPTS : ATTEMPTS2;
}
function toPullError(url, error) {
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
function causeOf(error) {
  if (error instanceof AggregateError) return error.errors.map(causeOf).join("; ");
  if (error instanceof PullError) return error.found;
  const message = error instanceof Error ? error.message : "";
  return message || codeOf(error) || String(error);
}
var TLS_CODE = /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|EPROTO)/;
function isTls(code) {
  return TLS_CODE.test(code);
}

// src/http/hops.ts
import { request } from "node:https";

// src/http/reaches.ts
var Reaches = class {
  #resolve;
  #insecure;
  #reaches = /* @__PURE__ */ new Map();
  /** Hosts that have a private address among others: any of them may be the one that answers. */
  #mixed = /* @__PURE__ */ new Set();
  /** Who waits for the addresses of a host: connections are opened many at a time. */
  #asked = /* @__PURE__ */ new Map();
  constructor(resolve, insecureRegistries) {
    this.#resolve = resolve;
    this.#insecure = insecureRegistries;
  }
  /** How near a host is; `public`, the strictest, while that is not known or a proxy hides it. */
  of(url) {
    return this.#find(url) ?? "public";
  }
  /** True when every address of a host is known, and public or loopback. A proxy hides them. */
  isOpen(url) {
    const reach = this.#find(url);
    const isPublic = reach === "public" || reach === "loopback";
    return isPublic && !this.#mixed.has(url.hostname);
  }
  /** How near a host is, if that is known. */
  #find(url) {
    const literal = literalAddress(url);
    return literal === void 0 ? this.#reaches.get(url.hostname) : reachOf(literal);
  }
  /** A lookup for one connection: checks addresses after DNS, so that no later answer matters. */
  lookup(url, namedBy) {
    return (host, options, callback) => {
      this.#ask(host, { ...options, all: true }, (error, addresses) => {
        const [first] = addresses ?? [];
        if (error !== null || first === void 0) {
          return callback(error ?? new Error(`no address for ${host}`), []);
        }
        try {
          this.#check(url, host, addresses, namedBy);
        } catch (refused2) {
          return callback(refused2, []);
        }
        this.#remember(host, addresses);
        if (options.all) return callback(null, [...addresses]);
        return callback(null, first.address, first.family);
      });
    };
  }
  /** Asks once for all that wait at the same time. */
  #ask(host, options, resolved) {
    const key = `${host} ${options.family} ${options.hints}`;
    const others = this.#asked.get(key);
    if (others !== void 0) {
      others.push(resolved);
      return;
    }
    const waiting = [resolved];
    this.#asked.set(key, waiting);
    this.#resolve(host, options, (error, addresses) => {
      this.#asked.delete(key);
      for (const one of waiting) one(error, addresses);
    });
  }
  #check(url, host, addresses, namedBy) {
    for (const { address } of addresses) {
      checkReach(address, host, namedBy);
      checkPlainHttp(url, address, this.#insecure);
    }
  }
  #remember(host, addresses) {
    const reaches = addresses.map(({ address }) => reachOf(address));
    if (reaches.includes("private")) this.#mixed.add(host);
    const known = this.#reaches.get(host);
    const all = known === void 0 ? reaches : [known, ...reaches];
    this.#reaches.set(host, all.reduce(farthest));
  }
};

// src/http/hops.ts
var Hops = class {
  reaches;
  connections;
  /** How many connections were opened before a request needed them, by origin. */
  #early = /* @__PURE__ */ new Map();
  constructor({ clock, resolve, insecureRegistries }) {
    this.reaches = new Reaches(resolve, insecureRegistries);
    this.connections = new Connections(clock, insecureRegistries);
  }
  /**
   * The answer as soon as its headers are there: no redirect is followed, and nothing is sent
   * again. Fails with the error of the connection, and as `invalid` for a refused address.
   */
  async send(hop) {
    const { url, namedBy, method, body, signal } = hop;
    const { protocol, port, pathname, search } = url;
    const agent = this.connections.agent(url, namedBy);
    const path = `${pathname}${search}`;
    const headers = { ...HEADERS, ...hop.headers };
    const place = { ...this.#connectTo(url, namedBy), agent, protocol, port, path };
    return answerTo({ ...place, method, headers, signal }, body);
  }
  /**
   * Opens connections for requests to a host that the user named, so that these need not wait for
   * TCP and TLS: `count` together with those that were opened so before. One that fails, or may not
   * be opened, is left to the request to report.
   */
  openEarly(url, count) {
    const literal = literalAddress(url);
    const isForbidden = literal !== void 0 && reachOf(literal) === "forbidden";
    if (url.protocol !== "https:" || isForbidden) return;
    const servername = literal === void 0 ? url.hostname : "";
    const before = this.#early.get(url.origin) ?? 0;
    this.#early.set(url.origin, Math.max(before, count));
    for (let opened = before; opened < count; opened++) {
      const place = this.#connectTo(url, "user");
      this.connections.openEarly(url, "user", { ...place, port: url.port || 443, servername });
    }
  }
  /** Where a request connects, by which addresses, and how its connection reads. */
  #connectTo(url, namedBy) {
    const host = literalAddress(url) ?? url.hostname;
    const lookup = this.reaches.lookup(url, namedBy);
    return { host, lookup, onread: receiveBuffer() };
  }
};
var HEADERS = { "accept-encoding": "identity", "user-agent": USER_AGENT };
function answerTo(options, body) {
  return new Promise((resolve, reject) => {
    const sent = request(options, resolve);
    sent.on("error", reject);
    sent.end(body);
  });
}

// src/http/http.ts
var HEADERS_DEADLINE_MS = 6e4;
var DOCUMENTS_PER_BLOB = 8;
var MOST_DOCUMENTS = 48;
var Http = class {
  #options;
  #hops;
  #slots = /* @__PURE__ */ new Map();
  #closed = new AbortController();
  #isShortOfFiles = false;
  constructor(options) {
    const signal = AbortSignal.any([options.signal, this.#closed.signal]);
    this.#options = { ...options, signal };
    this.#hops = new Hops(options);
  }
  /** How near a host is; `public`, the strictest, while that is not known. */
  reach(url) {
    return this.#hops.reaches.of(url);
  }
  /** True when every address of a host is known, and public or loopback. */
  isOpen(url) {
    return this.#hops.reaches.isOpen(url);
  }
  /**
   * Opens connections for requests that the user's registries will get soon, at most as many as
   * there may be. One that fails is left to the request to report.
   */
  openEarly(url, count) {
    this.#hops.openEarly(url, Math.min(count, this.#documents));
  }
  /** Closes all connections. Requests under way, which nothing waits for any more, fail. */
  close() {
    this.#closed.abort(new PullError("cancelled", "cancelled: its connection was closed"));
    this.#hops.connections.close();
  }
  /**
   * The answer, whatever its status, its body within `limit`; an error's may be cut. Transient
   * answers and failures are retried. Fails as `unreachable` without an answer, and as `invalid`
   * when the body is longer than `limit` or encoded.
   */
  async send(request2) {
    const { url, namedBy } = request2;
    const { signal, clock, say } = this.#options;
    const literal = literalAddress(url);
    if (literal !== void 0) checkReach(literal, literal, namedBy);
    const run2 = () => this.#attempt(request2).catch(asFailedAttempt);
    for (let attempt2 = 1; ; attempt2++) {
      const result = await this.#slotsOf(request2).run(run2, isRefused);
      this.#trim(result);
      const delay = this.#retryDelay(attempt2, request2, result);
      if (delay === void 0) return this.#settle(url, result);
      const why = "status" in result ? `answered ${result.status}` : causeOf(result.error);
      const seconds = (delay / 1e3).toFixed(1);
      say(`${url.host} ${why}; retrying in ${seconds} s`);
      await clock.sleep(delay, signal).catch(() => void 0);
      if (signal.aborted) return settle(url, result);
    }
  }
  /** The answer of the last attempt. Fails with the signal's reason when that ended it. */
  #settle(url, result) {
    const { aborted: aborted2, reason } = this.#options.signal;
    if ("status" in result || !aborted2) return settle(url, result);
    throw reason instanceof PullError ? reason : new PullError("cancelled", "cancelled");
  }
  /**
   * Keeps as many idle connections as one registry may use. When files run out, none, and later
   * only so many as blobs may use: what this process reads and writes needs files, too.
   */
  #trim(result) {
    const { concurrency } = this.#options;
    const { connections } = this.#hops;
    if (!isOutOfFiles(result)) return connections.trim(this.#documents + concurrency);
    connections.trim(0);
    this.#isShortOfFiles = true;
    for (const slots of this.#slots.values()) slots.lower(concurrency);
  }
  /** Requests for documents at a time per origin. */
  get #documents() {
    const { concurrency } = this.#options;
    if (this.#isShortOfFiles) return concurrency;
    return Math.max(concurrency, Math.min(DOCUMENTS_PER_BLOB * concurrency, MOST_DOCUMENTS));
  }
  #retryDelay(attempt2, request2, result) {
    const { signal, clock } = this.#options;
    if (signal.aborted || attempt2 >= (request2.attempts ?? ATTEMPTS2)) return void 0;
    if ("status" in result) {
      if (!isTransient(result.status)) return void 0;
      return delayAfter(attempt2, result.headers["retry-after"], clock);
    }
    if (attempt2 >= attemptsFor(result.error)) return void 0;
    return delayAfter(attempt2, void 0, clock);
  }
  /** The slots of a request. A document never waits behind blobs, which may take minutes. */
  #slotsOf({ url, sink }) {
    const isDocument = sink === void 0;
    const key = `${url.origin} ${isDocument ? "documents" : "blobs"}`;
    const known = this.#slots.get(key);
    if (known !== void 0) return known;
    const slots = new Slots(isDocument ? this.#documents : this.#options.concurrency);
    this.#slots.set(key, slots);
    return slots;
  }
  async #attempt(request2) {
    const { signal, clock } = this.#options;
    const stop = new AbortController();
    const cancel = () => stop.abort(signal.reason);
    if (signal.aborted) cancel();
    signal.addEventListener("abort", cancel, { once: true });
    const { answerWithin = HEADERS_DEADLINE_MS } = request2;
    const late = `no answer within ${answerWithin / 1e3} s`;
    const cancelDeadline = clock.after(
      answerWithin,
      () => stop.abort(new PullError("no-answer", late))
    );
    try {
      const hop = this.#hops.send({ ...request2, signal: stop.signal });
      const message = await Promise.race([hop, aborted(stop.signal)]);
      cancelDeadline();
      const body = await readBody(message, request2, { stop, clock });
      const { statusCode: status = 0, headers } = message;
      return { status, headers, body };
    } catch (error) {
      const isStopped = stop.signal.aborted && !(error instanceof BodyError);
      throw isStopped ? stop.signal.reason : error;
    } finally {
      cancelDeadline();
      signal.removeEventListener("abort", cancel);
    }
  }
};
function asFailedAttempt(error) {
  return { error };
}
function settle(url, result) {
  if ("status" in result) return result;
  throw toPullError(url, result.error);
}
function isRefused(result) {
  return isOutOfFiles(result) || "status" in result && result.status === 429;
}
function isOutOfFiles(result) {
  return "error" in result && codeOf(result.error) === "EMFILE";
}

// src/pull/brief-asks.ts
var LIMIT_MS = 6e4;
var BriefAsks = class {
  #after;
  /** The first brief request to each host. It never fails. */
  #first = /* @__PURE__ */ new Map();
  /** Hosts that are unavailable. */
  #failures = /* @__PURE__ */ new Map();
  constructor(after) {
    this.#after = after;
  }
  /**
   * What `run` returns. A brief request also fails as `no-answer` after a minute, and with the
   * failure of an earlier one that showed that the host is unavailable.
   */
  async ask(host, { brief = false }, run2) {
    if (!brief) return run2();
    const first = this.#first.get(host);
    if (first !== void 0) {
      await first;
      return this.#run(host, run2);
    }
    const result = this.#run(host, run2);
    const settled = result.catch(() => void 0);
    this.#first.set(host, settled);
    return result;
  }
  /** Records that a host answered a request. */
  works(host) {
    this.#failures.delete(host);
  }
  async #run(host, run2) {
    const failure = this.#failures.get(host);
    if (failure !== void 0) throw failure;
    try {
      return await this.#limited(host, run2);
    } catch (error) {
      if (isUnavailable(error)) this.#failures.set(host, error);
      throw error;
    }
  }
  /** What `run` returns within the limit. The race also receives a failure after that. */
  async #limited(host, run2) {
    let cancel = () => void 0;
    const late = new Promise((_, reject) => {
      cancel = this.#after(LIMIT_MS, () => reject(noAnswer(host)));
    });
    try {
      return await Promise.race([run2(), late]);
    } finally {
      cancel();
    }
  }
};
function noAnswer(host) {
  return new PullError("no-answer", `${host} gave no answer within ${LIMIT_MS / 1e3} s`);
}
function isUnavailable(error) {
  return error instanceof PullError && isOutage(error.status);
}

// src/pull/mirrors.ts
function mirrorsOf(repository, mirrors) {
  const name = repositoryName(repository);
  return mirrors.flatMap((mirror) => {
    const mirrored = mirroredName(mirror, name);
    const slash = mirrored?.indexOf("/") ?? -1;
    if (mirrored === void 0 || slash < 0) return [];
    const registry = mirrored.slice(0, slash);
    return [{ mirror, repository: { registry, repository: mirrored.slice(slash + 1) } }];
  });
}
function mirroredRepositories(names, mirrors) {
  const mirrored = names.flatMap(
    (name) => mirrors.flatMap((mirror) => mirroredName(mirror, name) ?? [])
  );
  return /* @__PURE__ */ new Set([...names, ...mirrored]);
}
function mirroredName({ original, source }, name) {
  const rest = restBelow(original, name);
  return rest === void 0 ? void 0 : officialName(`${source}${rest}`);
}
function restBelow(prefix, name) {
  if (name.startsWith(`${prefix}/`)) return name.slice(prefix.length);
  return name === officialName(prefix) ? "" : void 0;
}
function officialName(name) {
  return name.replace(/^docker\.io\/(?=[^/]+$)/, "docker.io/library/");
}

// src/pull/source-failures.ts
var FAILURES = 2;
var CHECK = "check that source, or remove it from sources";
var SourceFailures = class {
  #voice;
  #failures = /* @__PURE__ */ new Map();
  /** Sources whose wrong content was warned of. */
  #wrong = /* @__PURE__ */ new Set();
  constructor(voice) {
    this.#voice = voice;
  }
  /** True when a source failed so often that it is not asked again. */
  isLeftAlone(source) {
    return this.#of(source).length >= FAILURES;
  }
  /** Records a refusal when it is given. */
  refused(source, error) {
    if (isAnswer(error)) return;
    this.#voice.say(`source ${source}: ${error.found}; asking the next place`);
    if (isOutage(error.status)) this.#count(source, error);
  }
  /** Records that `place` has the content that others did not send. */
  answered(place, refusals) {
    for (const { source, error } of refusals) {
      if (error !== void 0 && isWrong2(error)) this.#countWrong(source, error, place);
    }
  }
  #countWrong(source, error, place) {
    if (!this.#wrong.has(source)) {
      const found = `source ${source} gave a wrong answer: ${error.found}`;
      this.#voice.warn(`${found}; ${place} was used instead; ${CHECK}`);
    }
    this.#wrong.add(source);
    this.#count(source, error);
  }
  #count(source, error) {
    const failures = [...this.#of(source), error];
    this.#failures.set(source, failures);
    if (failures.length !== FAILURES) return;
    const found = [...new Set(failures.map((failure) => failure.found))].join("; ");
    const left = `source ${source} failed ${FAILURES} times and is left alone in this run`;
    this.#voice.warn(`${left}: ${found}; ${CHECK}`);
  }
  #of(source) {
    return this.#failures.get(source) ?? [];
  }
};
function isWrong2(error) {
  return !isAnswer(error) && !isOutage(error.status);
}
function isAnswer({ status }) {
  return status === "not-found" || status === "dangling" || status === "unauthorized";
}

// src/pull/places.ts
var Places = class {
  #failures;
  constructor(voice) {
    this.#failures = new SourceFailures(voice);
  }
  /**
   * What the first place answers that does not fail. When all fail, the original's failure is
   * thrown, with what the sources answered. An interruption ends the row.
   */
  async first({ sources, original }, ask, { isFinal = () => false, isBrief = false } = {}) {
    const refusals = [];
    const answered = (place) => {
      if (!isBrief) this.#failures.answered(place.source, refusals);
    };
    const mayGoOn = (error) => isRefusal(error) && !isFinal();
    for (const place of sources) {
      const result = await this.#askSource(place, ask, mayGoOn);
      if ("answer" in result) {
        answered(place);
        return result.answer;
      }
      refusals.push(result);
      if (result.error !== void 0 && !isBrief) {
        this.#failures.refused(result.source, result.error);
      }
    }
    try {
      const answer = await ask(original);
      answered(original);
      return answer;
    } catch (error) {
      throw mayGoOn(error) ? withRefusals(error, refusals) : error;
    }
  }
  /** What a source answers, or its refusal. Throws what no other place can cure. */
  async #askSource(place, ask, mayGoOn) {
    const { source } = place;
    if (this.#failures.isLeftAlone(source)) return { source };
    try {
      return { answer: await ask(place) };
    } catch (error) {
      if (!mayGoOn(error)) throw error;
      return { source, error };
    }
  }
};
function isRefusal(error) {
  return error instanceof PullError && !isInterruption(error.reason);
}
function withRefusals(error, refusals) {
  if (refusals.length === 0) return error;
  const words = refusals.map(
    ({ source, error: why }) => `${source} ${why?.reason ?? "left alone"}`
  );
  const { reason, found, next } = error;
  return new PullError(reason, `${found} (sources: ${words.join(", ")})`, { next, cause: error });
}

// src/pull/watched-target.ts
var WatchedTarget = class {
  #target;
  #isUsed = false;
  #isBroken = false;
  constructor(target) {
    this.#target = target;
  }
  /** True when the target itself failed, such as on a full disk: no other place can help. */
  get isBroken() {
    return this.#isBroken;
  }
  get received() {
    return this.#target.received;
  }
  part(start) {
    this.#isUsed = true;
    const part = this.#target.part(start);
    return {
      get received() {
        return part.received;
      },
      write: (chunk) => {
        try {
          part.write(chunk);
        } catch (error) {
          throw this.#seen(error);
        }
      }
    };
  }
  async restart() {
    await this.#target.restart().catch(this.#rethrow);
  }
  async commit() {
    await this.#target.commit().catch(this.#rethrow);
  }
  /** Discards what an earlier place sent. */
  async empty() {
    if (this.#isUsed) await this.restart();
  }
  #rethrow = (error) => {
    throw this.#seen(error);
  };
  /** Wrong bytes are the sender's fault. Others: the disk failed, or the blob is not needed now. */
  #seen(error) {
    const isWrong3 = error instanceof PullError && error.status === "invalid";
    this.#isBroken ||= !isWrong3;
    return error;
  }
};

// src/pull/mirrored-registry.ts
var MirroredRegistry = class {
  #options;
  #places;
  #briefly;
  constructor(options) {
    this.#options = options;
    this.#places = new Places(options);
    this.#briefly = new BriefAsks(options.after);
  }
  manifest(repository, reference, hints = {}) {
    const row = this.#row(repository);
    const isDigest = asDigest(reference) !== void 0;
    if (isDigest || row.sources.length === 0) return this.#read(row, reference, hints);
    return this.#tagged(repository, reference, hints);
  }
  /** The manifest of a tag: what it points at from where that is believed, the rest by digest. */
  async #tagged(repository, tag, hints) {
    const { claimed, ...others } = hints;
    const claim = claimed === void 0 ? await this.claim(repository, tag) : void 0;
    const digest = claimed ?? claim?.digest;
    if (digest === void 0) return this.#read(this.#trustedRow(repository), tag, others);
    const fetched = await this.#read(this.#row(repository), digest, others);
    const authenticated = claim?.authenticated ?? this.sentCredentials(repository.registry);
    return {
      ...fetched,
      authenticated: fetched.authenticated || authenticated,
      private: fetched.private || (claim?.private ?? authenticated)
    };
  }
  #read(row, reference, hints) {
    return this.#first(row, async ({ registry, repository, source }) => {
      const fetched = await registry.manifest(repository, reference, hints);
      return { ...fetched, source };
    });
  }
  claim(repository, reference, urgency = {}) {
    const isTag2 = asDigest(reference) === void 0;
    const row = isTag2 ? this.#trustedRow(repository) : this.#row(repository);
    const { brief: isBrief = false } = urgency;
    const ask = (place) => this.#ask(place, urgency, (registry) => registry.claim(place.repository, reference, urgency));
    return this.#first(row, ask, { isBrief });
  }
  blob(repository, blob) {
    return this.#first(this.#row(repository), async (place) => {
      const small = await place.registry.blob(place.repository, blob);
      return { ...small, source: place.source };
    });
  }
  /**
   * The size that the original states. A source only confirms that it has the blob: nothing proves
   * the size that it states, and a wrong one would fail the image.
   */
  size(repository, digest, urgency = {}) {
    const { brief: isBrief = false } = urgency;
    const ask = async (place) => {
      const stated = await this.#ask(
        place,
        urgency,
        (registry) => registry.size(place.repository, digest, urgency)
      );
      return place.isOriginal ? stated : void 0;
    };
    return this.#first(this.#row(repository), ask, { isBrief });
  }
  /** What the first place answers that does not fail. A place that answers works. */
  #first(row, ask, course) {
    const asked = async (place) => {
      const answer = await ask(place);
      this.#briefly.works(place.repository.registry);
      return answer;
    };
    return this.#places.first(row, asked, course);
  }
  /** What a place answers, by the registry for brief requests if it is one. */
  #ask({ registry, repository }, urgency, ask) {
    const { brief } = this.#options;
    const from = urgency.brief === true ? brief : registry;
    return this.#briefly.ask(repository.registry, urgency, () => ask(from));
  }
  /** Asks the original alone: nothing proves what a source states. */
  measure(repository, digest) {
    return this.#options.registry.measure(repository, digest);
  }
  tags(repository) {
    return this.#first(
      this.#trustedRow(repository),
      (place) => place.registry.tags(place.repository)
    );
  }
  /** Asks the sources whose tags are trusted, and the original: no digest proves a list. */
  page(repository, path, query) {
    return this.#first(
      this.#trustedRow(repository),
      (place) => place.registry.page(place.repository, path, query)
    );
  }
  download(repository, blob, targetFrom) {
    const row = this.#row(repository);
    const target = new WatchedTarget(targetFrom("registry"));
    const download = async (place) => {
      await target.empty();
      const provenance = await place.registry.download(place.repository, blob, () => target);
      return { ...provenance, source: place.source };
    };
    return this.#first(row, download, { isFinal: () => target.isBroken });
  }
  /** True when this run sent credentials to the original registry, not to its sources. */
  sentCredentials(registry) {
    return this.#options.registry.sentCredentials(registry);
  }
  /** Every place that may have content by digest. */
  #row(repository) {
    return this.#rowOf(repository, mirrorsOf(repository, this.#options.mirrors));
  }
  /** The places that may say what a tag points at. */
  #trustedRow(repository) {
    const mirrored = mirrorsOf(repository, this.#options.mirrors);
    const trusted = mirrored.filter(({ mirror }) => mirror.trustsTags);
    return this.#rowOf(repository, trusted);
  }
  #rowOf(repository, mirrored) {
    const { registry, sources } = this.#options;
    const source = repository.registry;
    return {
      original: { registry, repository, source, isOriginal: true },
      sources: mirrored.map(({ mirror, repository: at }) => placeAt(sources, mirror, at))
    };
  }
};
function placeAt(registry, { source }, repository) {
  return { registry, repository, source, isOriginal: false };
}

// src/http/redirects.ts
var REDIRECT_LIMIT = 5;
async function followRedirects(start, send, check) {
  let url = start;
  for (let hop = 0; ; hop++) {
    const sent = await send(url);
    const { status, headers } = sent.answer;
    const isRedirect = status >= 300 && status < 400 && headers.location !== void 0;
    if (!isRedirect) return { ...sent, url };
    if (hop === REDIRECT_LIMIT) {
      throw refused(`${start.host} answers with more than ${REDIRECT_LIMIT} redirects`);
    }
    const next = locationOf(headers.location ?? "", url);
    check(url, next);
    url = next;
  }
}
function locationOf(location, from) {
  if (URL.canParse(location, from.href)) return new URL(location, from);
  throw refused(`${from.host} redirects to an invalid URL`);
}
function refused(found) {
  return new PullError("redirect-refused", `redirect refused: ${found}`);
}

// src/registry/errors.ts
var SHOWN_LIMIT = 1024;
function describeErrors(body, headers, withhold) {
  const text = new TextDecoder().decode(body).trim();
  const type = mediaTypeOf(headers);
  const isPage = type === "text/html" || /^<!doctype html|^<html/i.test(text);
  if (isPage) return "a web page (text/html), not a registry's answer";
  const message = fromJson(text) ?? withoutTags(text);
  return shorten(withhold(message));
}
function mediaTypeOf(headers) {
  const stated = headers["content-type"] ?? "";
  const [type = ""] = stated.split(";");
  return type.trim().toLowerCase();
}
function withoutTags(text) {
  const bare = text.replace(/<[^<>]*>/g, " ");
  return bare.replace(/\s+/g, " ").trim();
}
function shorten(text) {
  if (text.length <= SHOWN_LIMIT) return text;
  return `${text.slice(0, SHOWN_LIMIT)}…`;
}
function fromJson(text) {
  if (!text.startsWith("{")) return void 0;
  let json;
  try {
    json = parseJson(new TextEncoder().encode(text), "error");
  } catch {
    return void 0;
  }
  const { errors, ...own } = json;
  const isList = Array.isArray(errors) && errors.length > 0;
  const entries = isList ? errors : [own];
  const described = entries.map(describeEntry).filter(isStated);
  return described.length > 0 ? described.join("; ") : void 0;
}
function describeEntry(entry) {
  if (typeof entry !== "object" || entry === null) return flat(entry);
  const fields = entry;
  const pick = (...names) => {
    const values = names.map((name) => flat(fields[name]));
    return values.find(isStated) ?? "";
  };
  const code = pick("code", "error");
  const message = pick("message", "error_description");
  const head2 = [code, message].filter(isStated).join(": ");
  const detail = pick("detail", "details");
  return detail === "" ? head2 : `${head2} (${detail})`.trim();
}
function isStated(text) {
  return text !== "";
}
function flat(value) {
  if (value === void 0 || value === null) return "";
  if (typeof value === "string") return value;
  const text = JSON.stringify(value);
  const isEmpty = text === "{}" || text === "[]";
  return isEmpty ? "" : text;
}

// src/registry/notices.ts
var WARNING_BYTES = 4096;
var WARNING_LIMIT = 10 / 2;
var WARNING = /299 [^\s"]+ "((?:[^"\\]|\\.){1,1024})"/g;
var Notices = class {
  #options;
  /** The warnings of each registry; one more than the limit when not all of them are shown. */
  #warnings = /* @__PURE__ */ new Map();
  #remaining = /* @__PURE__ */ new Map();
  constructor(options) {
    this.#options = options;
  }
  /** Docker Hub's remaining pulls, by registry, as the last answer stated them. */
  get remainingPulls() {
    return this.#remaining;
  }
  /** Reads the headers of one answer. */
  read(registry, headers) {
    const warning = String(headers["warning"] ?? "");
    this.#warn(registry, warning.slice(0, WARNING_BYTES));
    const remaining = String(headers["ratelimit-remaining"] ?? "");
    const [left, window] = remaining.split(";w=");
    const allowed = String(headers["ratelimit-limit"] ?? "");
    const [limit] = allowed.split(";w=");
    if (!left || !window) return;
    this.#remaining.set(registry, `${left} of ${limit || "?"} pulls left per ${window} s`);
  }
  /** Passes each warning on once. */
  #warn(registry, header) {
    const known = this.#warnings.get(registry) ?? /* @__PURE__ */ new Set();
    this.#warnings.set(registry, known);
    const { say, warn } = this.#options;
    for (const [, text = ""] of header.matchAll(WARNING)) {
      if (known.has(text) || known.size > WARNING_LIMIT) continue;
      known.add(text);
      if (known.size <= WARNING_LIMIT) warn(`${registry} warns: ${text}`);
      else say(`${registry} sends more than ${WARNING_LIMIT} warnings: the rest is not shown`);
    }
  }
};

// src/registry/origin.ts
function registryOrigin(registry, insecure) {
  const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  const url = new URL(`https://${host}/`);
  const isLocal = isLoopbackHost(url) && !registry.endsWith(":443");
  const isPlainHttp = insecure.has(registry) || isLocal;
  return isPlainHttp ? new URL(`http://${host}/`) : url;
}
function isPlainUrl(url) {
  const hasLogin = url.username !== "" || url.password !== "";
  return /^https?:$/.test(url.protocol) && !hasLogin;
}

// src/registry/refused-error.ts
var RefusedError = class extends PullError {
  /** The answer's status code. */
  answered;
  constructor(reason, message, answered) {
    super(reason, message);
    this.answered = answered;
  }
};
function refusal(refused2, words) {
  const { url, answer, refusals } = refused2;
  const { status } = answer;
  const head2 = `${url.host} answered ${status} ${words}`.trimEnd();
  const message = `${head2}${detailsOf(answer, refusals)}`;
  return new RefusedError(reasonFor(status, refusals), message, status);
}
function reasonFor(status, refusals) {
  if (status === 404 || status === 410) return "not-found";
  if (status === 401 || status === 403) {
    return refusals.length === 0 ? "no-credentials" : "credentials-refused";
  }
  if (status === 429) return "rate-limited";
  if (status === 408 || status === 499 || status >= 500) return "server-error";
  return "unexpected-answer";
}
function detailsOf({ status, headers }, refusals) {
  if (status === 429) return retryAfterWords(headers);
  const isDenied = status === 401 || status === 403;
  if (!isDenied) return "";
  if (refusals.length === 0) return "; no credentials are configured for it";
  return `; refused: ${refusals.join("; ")}`;
}
function retryAfterWords(headers) {
  const after = excerpt(headers["retry-after"] ?? "");
  if (after === "") return "";
  const isSeconds = /^\d+$/.test(after);
  const wait = isSeconds ? `${after} s` : `until ${after}`;
  return `; it asks to wait ${wait}`;
}

// src/registry/api.ts
var Api = class {
  #options;
  #notices;
  /** Loopback registries that turned out to speak TLS, by host. */
  #tlsOrigins = /* @__PURE__ */ new Map();
  constructor(options) {
    this.#options = options;
    this.#notices = new Notices(options);
  }
  /** Docker Hub's remaining pulls, by registry: `76 of 100 pulls left per 21600 s`. */
  get remainingPulls() {
    return this.#notices.remainingPulls;
  }
  /**
   * The successful answer to a request for `path` below the repository. Fails with a
   * {@link RefusedError} for any other answer.
   */
  async send(repository, path, wanted) {
    const reached = await this.#follow(repository, path, wanted);
    const { status, headers, body } = reached.answer;
    this.#notices.read(repository.registry, headers);
    const isSuccess = status >= 200 && status < 300;
    if (isSuccess) return reached;
    const words = describeErrors(body, headers, this.#options.withhold);
    throw refusal(reached, words);
  }
  /** True when credentials were sent to the registry, be they accepted or refused. */
  sentCredentials(registry) {
    return this.#options.sessions.sentCredentials(this.#origin(registry));
  }
  async #follow(repository, path, wanted) {
    const home = this.#origin(repository.registry);
    const trip = new Trip(home);
    const start = new URL(`/v2/${repository.repository}/${path}`, home);
    const send = (url2) => this.#hop(trip, repository, url2, wanted);
    const { answer, url, refusals } = await followRedirects(start, send, expectSafe);
    if (trip.isAtHome && this.#speaksTls(home, answer)) {
      return this.#follow(repository, path, wanted);
    }
    const { authenticated, isOpen } = trip;
    return {
      answer,
      url,
      authenticated,
      private: authenticated || !isOpen,
      refusals
    };
  }
  async #hop(trip, repository, url, wanted) {
    const { sessions, http } = this.#options;
    trip.arriveAt(url);
    const session = sessions.get(url, repository, trip.isAtHome);
    const { namedBy } = trip;
    const sent = await session.send({ ...wanted, url, namedBy });
    const { authenticated } = sent;
    if (authenticated) wanted.carried?.();
    trip.leave(authenticated, http.isOpen(url), http.reach(url));
    return sent;
  }
  /**
   * True when a TLS port answered plain HTTP, as Go's HTTP server does. Plain HTTP is only the
   * default for loopback, where most registries speak it.
   */
  #speaksTls(home, { status, body }) {
    if (home.protocol !== "http:" || status !== 400) return false;
    if (!body.includes("HTTP request to an HTTPS server")) return false;
    const origin = new URL(`https://${home.host}/`);
    this.#tlsOrigins.set(home.host, origin);
    return true;
  }
  #origin(registry) {
    const origin = registryOrigin(registry, this.#options.insecureRegistries);
    return this.#tlsOrigins.get(origin.host) ?? origin;
  }
};
var Trip = class {
  #home;
  #isAtHome = true;
  #namedBy = "user";
  #authenticated = false;
  #isOpen = true;
  constructor(home) {
    this.#home = home;
  }
  /** False after a redirect to another origin, even if that one redirects back. */
  get isAtHome() {
    return this.#isAtHome;
  }
  get namedBy() {
    return this.#isAtHome ? "user" : this.#namedBy;
  }
  /** True when credentials let one of the requests through. */
  get authenticated() {
    return this.#authenticated;
  }
  /** True when every address on the way is known, and public or loopback. */
  get isOpen() {
    return this.#isOpen;
  }
  arriveAt(url) {
    this.#isAtHome &&= url.origin === this.#home.origin;
  }
  /** Records how a request went. The farthest host on the way limits the next address. */
  leave(authenticated, isOpen, reach) {
    this.#authenticated ||= authenticated;
    this.#isOpen &&= isOpen;
    this.#namedBy = farther(this.#namedBy, reach);
  }
};
function expectSafe(from, to) {
  if (!isPlainUrl(to)) {
    const found = `${from.host} redirects to ${to.protocol}//${to.host}`;
    throw refuseRedirect(`${found}, which is not a plain https URL`);
  }
  if (from.protocol === "https:" && to.protocol === "http:") {
    throw refuseRedirect(`${from.host} is https, ${to.host} would be plain http`);
  }
}
function refuseRedirect(found) {
  return new PullError("redirect-refused", `redirect refused: ${found}`);
}

// src/registry/count-bytes.ts
var LAYER_BYTES = 10 * 1024 ** 3;
async function countBytes(api, repository, digest) {
  let size = 0;
  const write2 = (chunk) => {
    size += chunk.length;
    if (size <= LAYER_BYTES) return true;
    throw new PullError("too-large", `too large: ${digest} has more than ${LAYER_BYTES} bytes`);
  };
  const wanted = {
    method: "GET",
    headers: {},
    limit: LAYER_BYTES,
    sink: { begin: async () => true, write: write2 }
  };
  await api.send(repository, `blobs/${digest}`, wanted);
  return size;
}

// src/registry/head.ts
async function head(api, repository, path, headers) {
  const wanted = { method: "HEAD", headers, limit: 0 };
  try {
    return await api.send(repository, path, wanted);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const hasNoHead = error.answered === 405 || error.answered === 501;
    const attempts = hasNoHead ? void 0 : 1;
    return getFirstByte(api, repository, path, { headers, attempts });
  }
}
function getFirstByte(api, repository, path, { headers, attempts }) {
  const wanted = {
    method: "GET",
    headers: { ...headers, range: "bytes=0-0" },
    limit: 0,
    headOnly: true,
    attempts
  };
  return api.send(repository, path, wanted);
}
function statedSize({ status, headers }) {
  const range = headers["content-range"] ?? "";
  const [, total = ""] = range.split("/");
  const length = status === 206 ? total : headers["content-length"] ?? "";
  return /^\d{1,15}$/.test(length) ? Number(length) : void 0;
}

// src/registry/memo.ts
var Memo = class {
  #most;
  /** Those used last come last. */
  #answers = /* @__PURE__ */ new Map();
  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }
  /** The result of `ask`, or its earlier result for the same key. */
  once(key, ask) {
    const known = this.known(key);
    if (known !== void 0) return known;
    const started = ask();
    this.#answers.set(key, started);
    started.catch(() => this.#forget(key, started));
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > this.#most && oldest !== void 0) this.#answers.delete(oldest);
    return started;
  }
  /** The earlier result for a key, if it is remembered. */
  known(key) {
    const answer = this.#answers.get(key);
    if (answer === void 0) return void 0;
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    return answer;
  }
  /** Forgets a failure, unless the request was forgotten and made again meanwhile. */
  #forget(key, failed) {
    if (this.#answers.get(key) === failed) this.#answers.delete(key);
  }
};

// src/http/header.ts
var TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
var UNQUOTED = /[^ \t",;]*/y;
var EQUALS = /[ \t]*=[ \t]*/y;
var LENGTH_LIMIT = 16 * 1024;
var Scanner = class {
  at = 0;
  #text;
  constructor(text) {
    this.#text = text.slice(0, LENGTH_LIMIT);
  }
  get done() {
    return this.at >= this.#text.length;
  }
  /** The text that a sticky pattern matches here, and moves past it; undefined without a match. */
  take(pattern) {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.#text) ?? [];
    this.at += found?.length ?? 0;
    return found;
  }
  /**
   * A quoted string without its quotes and escapes, or the text up to the next separator, which may
   * be empty; undefined when a quote never closes.
   */
  value() {
    if (this.#text[this.at] !== '"') return this.take(UNQUOTED);
    let value = "";
    for (let at = this.at + 1; at < this.#text.length; at++) {
      const char = this.#text[at];
      if (char === '"') {
        this.at = at + 1;
        return value;
      }
      if (char === "\\") at++;
      value += this.#text[at] ?? "";
    }
    return void 0;
  }
};

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
function nextPage(header, page) {
  const links = parseLinks(header);
  const target = links.find(isNext)?.target;
  if (target === void 0) return void 0;
  if (!URL.canParse(target, page.href)) return void 0;
  const next = new URL(target, page);
  const isSafe = next.origin === page.origin && isPlainUrl(next);
  return isSafe ? next : void 0;
}
function isNext({ parameters }) {
  const relations = parameters.get("rel") ?? "";
  return relations.toLowerCase().split(/\s+/).includes("next");
}

// src/registry/page.ts
async function readPage(get, path, query) {
  const { answer, url } = await get(query === "" ? path : `${path}?${query}`);
  const { body, headers } = answer;
  asObject(parseJson(body, "list"), "list");
  const next = nextPage(String(headers["link"] ?? ""), url);
  return {
    bytes: body,
    mediaType: mediaTypeOf(headers),
    next: next?.search.slice(1),
    filters: String(headers["oci-filters-applied"] ?? "")
  };
}

// src/registry/tag-list.ts
var PAGE_LIMIT = 10;
var TAG_LIMIT = 1e3;
async function listTags(get) {
  const tags = [];
  let path = "tags/list";
  for (let page = 0; page < PAGE_LIMIT && path !== void 0; page++) {
    const { answer, url } = await get(path);
    const json = asObject(parseJson(answer.body, "list of tags"), "list of tags");
    const names = asList(json["tags"], "tags").filter(isTag);
    tags.push(...names.slice(0, TAG_LIMIT));
    const link = String(answer.headers["link"] ?? "");
    const next = nextPage(link, url);
    path = next && `tags/list${next.search}`;
  }
  return tags;
}

// src/registry/client.ts
var RegistryClient = class {
  #options;
  #memo;
  constructor(options) {
    this.#options = options;
    this.#memo = new Memo(options.remembers);
  }
  /**
   * The manifest that a tag or digest names. Its digest is computed from its bytes. Fails with the
   * status that the registry's answer means, and as `invalid` when the bytes have another digest
   * than was asked for or announced.
   */
  manifest(repository, reference) {
    const digest = asDigest(reference);
    const read = () => this.#readManifest(repository, reference, digest);
    if (digest === void 0) return this.#retryOnce(read);
    return this.#once(repository, `manifest ${digest}`, read);
  }
  async #readManifest(repository, reference, expected) {
    const path = `manifests/${reference}`;
    const reached = await this.#get(repository, path, { accept: ACCEPT }, DOCUMENT_BYTES);
    const { body, headers } = reached.answer;
    const mediaType = mediaTypeOf(headers);
    const content = isSchema1(mediaType) ? documentContent(body) : body;
    const announced = digestIn(headers);
    if (expected !== void 0) expectDigest(content, expected, "asked for");
    else if (announced !== void 0) expectDigest(content, announced, "the registry announced");
    const isSha256 = announced?.startsWith("sha256:") === true;
    return {
      bytes: body,
      content,
      digest: expected ?? (isSha256 ? announced : digestOf(content)),
      mediaType,
      authenticated: reached.authenticated,
      origin: "registry",
      source: repository.registry,
      private: reached.private
    };
  }
  /** What a tag or digest points at according to a HEAD. Fails as `manifest` does. */
  async claim(repository, reference) {
    const { api } = this.#options;
    const reached = await head(api, repository, `manifests/${reference}`, { accept: ACCEPT });
    const { answer, authenticated, private: isPrivate } = reached;
    const { headers } = answer;
    const digest = digestIn(headers);
    const mediaType = mediaTypeOf(headers);
    return { digest, size: statedSize(answer), mediaType, authenticated, private: isPrivate };
  }
  /** A small blob, such as a config. Fails as `manifest` does. */
  blob(repository, { digest, size }) {
    return this.#once(repository, blobKey({ digest, size }), async () => {
      if (size > DOCUMENT_BYTES) {
        const found = `${digest} has ${size} bytes, expected at most ${DOCUMENT_BYTES}`;
        throw new PullError("too-large", `too large: ${found}`);
      }
      const reached = await this.#readBlob(repository, digest, size);
      const bytes = reached.answer.body;
      expectDigest(bytes, digest, "asked for");
      if (bytes.length !== size) throw sizeDiffers(digest, size, `${bytes.length}`);
      return { bytes, origin: "registry", source: repository.registry, private: reached.private };
    });
  }
  async #readBlob(repository, digest, size) {
    try {
      return await this.#get(repository, `blobs/${digest}`, {}, size);
    } catch (error) {
      const isLonger = error instanceof PullError && error.reason === "too-large";
      throw isLonger ? sizeDiffers(digest, size, "more") : error;
    }
  }
  /**
   * Downloads a blob into a target and commits it. A blob that was read before is not requested
   * again. Fails as `manifest` does.
   */
  async download(repository, blob, targetFrom) {
    const { api, downloader } = this.#options;
    const target = targetFrom("registry");
    const key = keyIn(repository, blobKey(blob));
    const known = await this.#memo.known(key);
    const source = repository.registry;
    if (known !== void 0) {
      target.part(0).write(known.bytes);
      await target.commit();
      return { origin: "registry", source, private: known.private };
    }
    let isPrivate = false;
    const carried = () => {
      isPrivate = true;
    };
    const send = async (wanted) => {
      const reached = await api.send(repository, `blobs/${blob.digest}`, { ...wanted, carried });
      isPrivate ||= reached.private;
    };
    await downloader.download(send, blob, target);
    return { origin: "registry", source, private: isPrivate };
  }
  /** The size of a blob in bytes, if the answer to a HEAD states it. Fails as `manifest` does. */
  size(repository, digest) {
    const { api } = this.#options;
    return this.#once(repository, `size ${digest}`, async () => {
      const { answer } = await head(api, repository, `blobs/${digest}`, {});
      return statedSize(answer);
    });
  }
  /**
   * The size of a blob in bytes when no HEAD states it: as the answer to a GET states it, or else
   * counted in a download. Fails as `manifest` does, and as `invalid` above 10 GiB.
   */
  measure(repository, digest) {
    const { api } = this.#options;
    return this.#once(repository, `measured ${digest}`, async () => {
      const path = `blobs/${digest}`;
      const { answer } = await getFirstByte(api, repository, path, { headers: {} });
      return statedSize(answer) ?? countBytes(api, repository, digest);
    });
  }
  /** True when this run sent credentials to the registry, be they accepted or refused. */
  sentCredentials(registry) {
    return this.#options.api.sentCredentials(registry);
  }
  /** The tags of a repository, as {@link listTags} returns them. Fails as `manifest` does. */
  tags(repository) {
    return this.#once(
      repository,
      "tags",
      () => listTags((path) => this.#get(repository, path, {}, DOCUMENT_BYTES))
    );
  }
  /** One page of a list, as {@link readPage} returns it. Fails as `manifest` does. */
  page(repository, path, query) {
    return readPage((at) => this.#get(repository, at, {}, DOCUMENT_BYTES), path, query);
  }
  #once(repository, what, read) {
    const key = keyIn(repository, what);
    return this.#memo.once(key, () => this.#retryOnce(read));
  }
  /** Reads once more after a wrong digest: most such answers were cut by a proxy. */
  async #retryOnce(read) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof DigestError)) throw error;
      this.#options.say(`${error.found}; retrying once`);
      return read();
    }
  }
  async #get(repository, path, headers, limit) {
    const wanted = { method: "GET", headers, limit };
    const reached = await this.#options.api.send(repository, path, wanted);
    const { status } = reached.answer;
    if (status === 200) return reached;
    const found = `${reached.url.host} answered ${status} to a request for ${path}`;
    throw new PullError("unexpected-answer", `${found}: expected 200`);
  }
};
function keyIn(repository, what) {
  return `${repositoryName(repository)} ${what}`;
}
function blobKey({ digest, size }) {
  return `blob ${digest} ${size}`;
}
function digestIn(headers) {
  return asDigest(String(headers["docker-content-digest"] ?? ""));
}
function sizeDiffers(digest, size, got) {
  const found = `${digest} is listed with ${size} bytes, got ${got}`;
  return new PullError("size-differs", `size differs: ${found}`);
}

// src/registry/credential.ts
var ACR_TOKEN_USER = "00000000-0000-0000-0000-000000000000";
function fromLogin(source, username, secret) {
  if (secret === "") return void 0;
  const isIdentity = username === "<token>" || username === ACR_TOKEN_USER;
  if (isIdentity) return { source, kind: "identity", username, token: secret };
  return { source, kind: "password", username, password: secret };
}
function fromAuth(source, auth) {
  const { username, password, identityToken, registryToken } = auth;
  if (identityToken !== "") {
    return { source, kind: "identity", username, token: identityToken };
  }
  if (registryToken !== "") {
    return { source, kind: "registry-token", token: registryToken };
  }
  return fromLogin(source, username, password);
}
function secretsOf(credential) {
  if (credential.kind !== "password") return [credential.token];
  const { username, password } = credential;
  return [password, basicValue(username, password)];
}
function basicValue(username, password) {
  return Buffer.from(`${username}:${password}`).toString("base64");
}
function distinctCredentials(found) {
  const first = /* @__PURE__ */ new Map();
  for (const credential of found) {
    const key = JSON.stringify({ ...credential, source: "" });
    if (!first.has(key)) first.set(key, credential);
  }
  return [...first.values()];
}

// src/registry/helper.ts
var HUB_SERVER = "https://index.docker.io/v1/";
var NOTHING = /credentials not found|no credentials server URL|no credentials username/i;
var Helpers = class {
  #run;
  #warn;
  #asked = /* @__PURE__ */ new Map();
  constructor(run2, warn) {
    this.#run = run2;
    this.#warn = warn;
  }
  /** The credentials of a helper for a registry, if it has any. A failure causes a warning. */
  find(helper, registry) {
    const server = registry === "docker.io" ? HUB_SERVER : registry;
    const key = `${helper} ${server}`;
    const known = this.#asked.get(key);
    if (known !== void 0) return known;
    const asked = this.#ask(helper, server);
    this.#asked.set(key, asked);
    return asked;
  }
  async #ask(helper, server) {
    const program = `docker-credential-${helper}`;
    const { output, error } = await this.#run(helper, server);
    const credential = error === void 0 ? readAnswer(program, output) : void 0;
    if (credential !== void 0) return credential;
    if (NOTHING.test(`${output} ${error}`)) return void 0;
    const why = error ?? "its answer is not the expected JSON";
    this.#warn(`${program} gave no credentials for ${server}: ${why}`);
    return void 0;
  }
};
function readAnswer(source, output) {
  try {
    const { Username, Secret } = JSON.parse(output);
    const isLogin = typeof Username === "string" && typeof Secret === "string";
    return isLogin ? fromLogin(source, Username, Secret) : void 0;
  } catch {
    return void 0;
  }
}

// src/registry/credentials.ts
var Keychain = class {
  #sources;
  #fallback;
  #mask;
  constructor(options) {
    const { registryAuth, githubToken, configs, runHelper, warn, mask } = options;
    const helpers = new Helpers(runHelper, warn);
    this.#sources = [
      fromInput(registryAuth),
      ...configs.map((config) => fromConfig(config, helpers))
    ];
    this.#fallback = fromGithubToken(githubToken);
    this.#mask = mask;
  }
  /**
   * The credentials for a repository, best first, each once: those of `registry-auth`, then for
   * each configuration those of its helper and its entry. If there is none, the GitHub token for
   * exactly `ghcr.io`. Entries match complete hosts and path components, never parts of them.
   */
  async find(repository) {
    const searches = this.#sources.map((source) => source(repository));
    const found = (await Promise.all(searches)).flat();
    const credentials = found.length > 0 ? found : await this.#fallback(repository);
    const secrets = credentials.flatMap(secretsOf);
    for (const secret of secrets) this.#mask(secret);
    return distinctCredentials(credentials);
  }
};
function fromInput(logins) {
  const entries = /* @__PURE__ */ new Map();
  for (const login of logins) entries.set(hostPath(login.registry), login);
  return async (repository) => {
    const login = longestPrefix(entries, repositoryName(repository));
    if (login === void 0) return [];
    const { username, password } = login;
    return asList2(fromLogin("registry-auth", username, password));
  };
}
function fromConfig(config, helpers) {
  return async (repository) => {
    const name = repositoryName(repository);
    const helper = longestPrefix(config.credHelpers, name) ?? config.credsStore;
    const helped = helper ? await helpers.find(helper, repository.registry) : void 0;
    const auth = longestPrefix(config.auths, name);
    const stored = auth && fromAuth(config.source, auth);
    return [...asList2(helped), ...asList2(stored)];
  };
}
function fromGithubToken(password) {
  return async ({ registry }) => {
    if (registry !== "ghcr.io" || password === "") return [];
    const credential = {
      source: "github-token",
      kind: "password",
      username: "x-access-token",
      password
    };
    return [credential];
  };
}
function asList2(credential) {
  return credential === void 0 ? [] : [credential];
}

// src/registry/known-origin.ts
var KnownOrigin = class {
  url;
  #challenge;
  #first;
  #introduce = () => void 0;
  /** Resolves when its first request has shown its challenge, or that there is none. */
  introduction = new Promise((resolve) => {
    this.#introduce = resolve;
  });
  #sentCredentials = false;
  #refused = /* @__PURE__ */ new Map();
  constructor(url) {
    this.url = url;
  }
  /** The challenge of its last refusal. It is expected for every other request, too. */
  get challenge() {
    return this.#challenge;
  }
  /** Its first request, which others wait for. */
  get first() {
    return this.#first;
  }
  /** True when credentials were sent to it, or to its token service. */
  get sentCredentials() {
    return this.#sentCredentials;
  }
  /** Records that credentials are sent. */
  sendCredentials() {
    this.#sentCredentials = true;
  }
  learn(challenge) {
    this.#challenge = challenge;
    this.#introduce();
  }
  /** Records a request as the first, unless there is one. */
  startWith(request2) {
    if (this.#first !== void 0) return;
    this.#first = request2;
    const introduce = () => this.#introduce();
    request2.then(introduce, introduce);
  }
  /**
   * Why the origin rejected these credentials, if it did. They are not tried again for each
   * repository: some registries treat that as an attack.
   */
  refusalOf(credential) {
    return this.#refused.get(keyOf(credential));
  }
  reject(credential, refusal2) {
    this.#refused.set(keyOf(credential), refusal2);
  }
};
function keyOf(credential) {
  return JSON.stringify(credential) ?? "";
}

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
      const { parameters } = current;
      const name = word.toLowerCase();
      if (!parameters.has(name)) parameters.set(name, value);
    } else {
      scanner.at = start + word.length;
      const scheme = word.toLowerCase();
      challenges.push({ scheme, parameters: /* @__PURE__ */ new Map() });
      if (scanner.take(SPACE) !== void 0) scanner.take(TOKEN68);
    }
    const isSeparated = scanner.done || scanner.take(SEPARATOR) !== void 0;
    if (!isSeparated && scanner.at === start) break;
  }
  return challenges;
}
function chooseChallenge(header) {
  if (header === void 0) return void 0;
  const challenges = parseChallenges(header);
  const bearer = challenges.find(({ scheme }) => scheme === "bearer");
  const basic = challenges.find(({ scheme }) => scheme === "basic");
  const known = bearer ?? basic;
  if (known !== void 0) return known;
  const schemes = challenges.map(({ scheme }) => scheme).join(", ");
  const found = excerpt(schemes) || "none that can be read";
  throw new PullError(
    "scheme-unknown",
    `the registry asks for an authentication scheme that is not Bearer or Basic: ${found}`
  );
}

// src/registry/grants.ts
var Grants = class {
  #origin;
  #candidates;
  #tokens;
  #refusals = [];
  /** The candidate to try next. */
  #at = 0;
  constructor(origin, candidates, tokens) {
    this.#origin = origin;
    this.#candidates = candidates;
    this.#tokens = tokens;
  }
  /** The credentials that were refused so far, each with its reason. */
  get refusals() {
    return [...this.#refusals];
  }
  /** A grant from this candidate or a later one; undefined when none is left. */
  async obtain(challenge, scope) {
    const candidates = await this.#candidates;
    while (this.#at < candidates.length) {
      const credential = candidates[this.#at];
      const known = this.#origin.refusalOf(credential);
      const grant = known ?? await this.#grantFor(challenge, scope, credential);
      if (!("refused" in grant)) return grant;
      await this.refuse(grant);
    }
    return void 0;
  }
  /** Moves on to the next candidate. */
  async refuse(refusal2) {
    const candidates = await this.#candidates;
    const credential = candidates[this.#at];
    this.#at++;
    const { refused: refused2, status } = refusal2;
    if (credential !== void 0) {
      if (status === 401) this.#origin.reject(credential, refusal2);
      this.#refusals.push(`${describe(credential)} (${refused2})`);
    } else if (refused2 !== "" && !refused2.startsWith("answered ")) {
      this.#refusals.push(`no credentials (${refused2})`);
    }
  }
  /** A grant, or the reason why there is none. */
  async #grantFor(challenge, scope, credential) {
    const authenticated = credential !== void 0;
    const isUnusable = challenge.scheme === "basic" && credential?.kind === "identity";
    if (authenticated && !isUnusable) this.#origin.sendCredentials();
    const grant = (authorization, expires = Number.POSITIVE_INFINITY) => ({
      authorization,
      authenticated,
      scope,
      expires
    });
    if (credential?.kind === "registry-token") return grant(`Bearer ${credential.token}`);
    if (challenge.scheme === "basic") {
      if (credential?.kind !== "password") return noPassword(credential);
      const { username, password } = credential;
      return grant(`Basic ${basicValue(username, password)}`);
    }
    const { url } = this.#origin;
    const token = await this.#tokens.obtain(url, challenge, scope, credential);
    if ("refused" in token) return token;
    return grant(`Bearer ${token.token}`, token.expires);
  }
};
function noPassword(credential) {
  const refused2 = credential === void 0 ? "" : "the registry wants a password";
  return { refused: refused2, status: 0 };
}
function describe(credential) {
  const user = credential.kind === "password" ? ` of ${credential.username}` : "";
  return `the credentials${user} from ${credential.source}`;
}

// src/registry/session.ts
var REFRESH_LIMIT = 5;
var PING_LIMIT = 64 * 1024;
var Session = class {
  #options;
  #origin;
  #repository;
  /** True for the registry's own origin, which alone gets credentials. */
  #isHome;
  #candidates;
  #grants;
  /** Grants that let a request through: a later refusal means that they expired. */
  #accepted = /* @__PURE__ */ new Set();
  #grant;
  #first;
  #warned = false;
  constructor(options, origin, repository, isHome) {
    this.#options = options;
    this.#origin = origin;
    this.#repository = repository;
    this.#isHome = isHome;
    const { keychain, tokens } = options;
    const found = isHome ? keychain.find(repository) : Promise.resolve([]);
    this.#candidates = found.then((credentials) => [...credentials, void 0]);
    this.#grants = new Grants(origin, this.#candidates, tokens);
  }
  /**
   * The answer to `request`, authorized as the origin asks. A 401 or 403 is returned only after all
   * credentials were tried. The first request to an origin, and the first for a repository, are
   * sent alone: the challenge that they learn saves all others a refusal. Other repositories wait
   * for the challenge only, so that all ask for their tokens together. Those with credentials wait
   * until the first request has its answer: credentials that it finds wrong are not sent again. A
   * request with a sink is never such a first one, because its body is large. At hosts that a
   * registry redirects to, nothing waits.
   */
  send(request2) {
    if (!this.#isHome) return this.#converse(request2);
    const before = this.#first ?? this.#beforeFirst();
    const converse = () => this.#converse(request2);
    const conversation = before === void 0 ? converse() : before.then(converse, converse);
    if (request2.sink !== void 0) return conversation;
    this.#first ??= conversation;
    this.#origin.startWith(conversation);
    return conversation;
  }
  /** What the first request for this repository waits for; undefined for the origin's first. */
  #beforeFirst() {
    const { first, introduction } = this.#origin;
    if (first === void 0) return void 0;
    return Promise.all([introduction, this.#candidates]).then(
      ([, candidates]) => candidates.some(isCredential) ? first : void 0
    );
  }
  async #converse(request2) {
    let grant = await this.#current();
    for (let refused2 = 0; ; refused2++) {
      const answer = await this.#sendWith(grant, request2);
      const isRefused2 = answer.status === 401 || answer.status === 403;
      if (!isRefused2) {
        this.#accept(grant);
        return this.#sent(answer, grant?.authenticated ?? false);
      }
      const better = await this.#renew(grant, answer, refused2);
      if (better === void 0) return this.#sent(answer, false);
      grant = better;
    }
  }
  #sent(answer, authenticated) {
    return { answer, authenticated, refusals: this.#grants.refusals };
  }
  async #sendWith(grant, request2) {
    const authorized = grant === void 0 ? {} : { authorization: grant.authorization };
    const headers = { ...request2.headers, ...authorized };
    const sink = grant?.authenticated ? reportingSink(request2) : request2.sink;
    try {
      return await this.#options.http.send({ ...request2, headers, sink });
    } catch (error) {
      if (error instanceof BodyError) this.#accept(grant);
      throw error;
    }
  }
  #accept(grant) {
    if (grant !== void 0) this.#accepted.add(grant);
    const { refusals } = this.#grants;
    if (refusals.length === 0 || this.#warned) return;
    this.#warned = true;
    const found = "credentials were refused, and the request succeeded without them";
    const reasons = refusals.join("; ");
    const { host } = this.#origin.url;
    this.#options.warn(`${host}: ${found}: ${reasons}`);
  }
  /** The grant in force. A new one is obtained when the origin wants one or the old one expires. */
  async #current() {
    const grant = await this.#settled();
    const now = this.#options.now();
    if (grant !== void 0 && grant.expires > now) return grant;
    const { challenge } = this.#origin;
    const isAnonymous = this.#grant !== void 0 && grant === void 0;
    if (challenge === void 0 || isAnonymous) return void 0;
    const scope = grant?.scope ?? this.#scope();
    return this.#replace(() => this.#grants.obtain(challenge, scope));
  }
  /** A grant to try after `used` was refused; undefined when none is left. */
  async #renew(used, answer, refused2) {
    const challenge = await this.#challengeOf(answer) ?? this.#origin.challenge;
    const latest = await this.#settled();
    if (latest !== used) return latest;
    const wasAccepted = used !== void 0 && this.#accepted.has(used);
    const isForbidden = answer.status === 403 && wasAccepted;
    if (challenge === void 0 || isForbidden) return void 0;
    this.#origin.learn(challenge);
    const scope = challenge.parameters.get("scope") ?? this.#scope();
    const isOtherScope = refused2 === 0 && used?.scope !== scope;
    const isWorthRenewing = refused2 < REFRESH_LIMIT && (wasAccepted || isOtherScope);
    return this.#replace(async () => {
      if (used !== void 0 && !isWorthRenewing) {
        const { status } = answer;
        const words = `answered ${status}`;
        await this.#grants.refuse({ refused: words, status });
      }
      return this.#grants.obtain(challenge, scope);
    });
  }
  /** The last grant, once no other is being obtained. */
  async #settled() {
    for (; ; ) {
      const pending = this.#grant;
      const grant = await pending;
      if (pending === this.#grant) return grant;
    }
  }
  #replace(obtain) {
    const grant = obtain();
    this.#grant = grant;
    grant.catch(() => {
      if (this.#grant === grant) this.#grant = void 0;
    });
    return grant;
  }
  #scope() {
    return `repository:${this.#repository.repository}:pull`;
  }
  /**
   * The challenge of an answer. Some registries send it only with the answer to `/v2/`, which is
   * then requested once: https://github.com/containers/image/blob/main/docker/docker_client.go
   */
  async #challengeOf(answer) {
    const challenge = chooseChallenge(answer.headers["www-authenticate"]);
    const isKnown = challenge !== void 0 || this.#origin.challenge !== void 0;
    if (isKnown || answer.status !== 401 || !this.#isHome) return challenge;
    const { headers } = await this.#options.http.send({
      method: "GET",
      url: new URL("/v2/", this.#origin.url),
      headers: {},
      limit: PING_LIMIT,
      namedBy: "user"
    });
    return chooseChallenge(headers["www-authenticate"]);
  }
};
function isCredential(candidate) {
  return candidate !== void 0;
}
function reportingSink({ sink, carried }) {
  if (sink === void 0) return void 0;
  const begin = (status, headers) => {
    carried?.();
    return sink.begin(status, headers);
  };
  return { ...sink, begin };
}

// src/registry/sessions.ts
var Sessions = class {
  #options;
  #origins = /* @__PURE__ */ new Map();
  #sessions = /* @__PURE__ */ new Map();
  constructor(options) {
    this.#options = options;
  }
  /** The session for a repository at `url`'s origin; `isHome` for the registry's own origin. */
  get(url, repository, isHome) {
    const key = `${url.origin} ${repositoryName(repository)} ${isHome}`;
    const known = this.#sessions.get(key);
    if (known !== void 0) return known;
    const origin = this.#origin(url);
    const session = new Session(this.#options, origin, repository, isHome);
    this.#sessions.set(key, session);
    return session;
  }
  /** True when credentials were sent to an origin, or to its token service. */
  sentCredentials({ origin }) {
    return this.#origins.get(origin)?.sentCredentials ?? false;
  }
  #origin(url) {
    const known = this.#origins.get(url.origin);
    if (known !== void 0) return known;
    const origin = new KnownOrigin(new URL(url.origin));
    this.#origins.set(url.origin, origin);
    return origin;
  }
};

// src/registry/realm.ts
var KNOWN_REALMS = /* @__PURE__ */ new Map([
  ["auth.docker.io", /^(registry-1\.|index\.)?docker\.io$/],
  ["ghcr.io", /^lscr\.io$/],
  ["api.scaleway.com", /^rg\.[a-z]{2}-[a-z]{3}\.scw\.cloud$/]
]);
async function readRealm(registry, challenge, credential, trusted) {
  const realm = challenge.parameters.get("realm") ?? "";
  const url = parseRealm(registry, realm);
  const isLoopback = isLoopbackHost(url) && url.origin !== registry.origin;
  const isRefusedAddress = isLoopback && !isTrusted(url, trusted);
  const mayReceive = credential === void 0 || await mayReceiveCredentials(url, registry, trusted);
  if (mayReceive && !isRefusedAddress) return url;
  const what = credential === void 0 ? "nothing is sent" : `the credentials from ${credential.source} are not sent`;
  const found = `${registry.host} asks for a token from ${url.host}`;
  const message = `realm refused: ${found}, which is not its own domain, so ${what} there`;
  const next = `if that is its token service, add ${url.host} to trusted-realms`;
  throw new PullError("realm-refused", message, { next });
}
function parseRealm(registry, realm) {
  const shown = JSON.stringify(realm.slice(0, 200));
  if (realm === "" || !URL.canParse(realm, registry.href)) {
    const found = `expected a URL in the challenge of ${registry.host}, got ${shown}`;
    throw new PullError("realm-invalid", `realm refused: ${found}`);
  }
  const url = new URL(realm, registry);
  if (!isPlainUrl(url)) {
    const found = `${shown} in the challenge of ${registry.host} is not a plain https URL`;
    throw new PullError("realm-invalid", `realm refused: ${found}`);
  }
  if (registry.protocol === "https:" && url.protocol === "http:") {
    const found = `${registry.host} is https, its realm ${url.origin} is not`;
    throw new PullError("realm-downgrade", `realm downgrade refused: ${found}`);
  }
  return url;
}
function isTrusted(url, trusted) {
  return trusted.has(url.host) || trusted.has(url.hostname);
}
async function mayReceiveCredentials(realm, registry, trusted) {
  if (realm.origin === registry.origin || isTrusted(realm, trusted)) return true;
  if (hasNoDomain(realm) || hasNoDomain(registry)) return false;
  if (realm.hostname === registry.hostname) return true;
  const known = KNOWN_REALMS.get(realm.hostname);
  if (known?.test(registry.hostname)) return true;
  const { registrableDomain } = await import("./domain-BKD3S47G.js");
  const domain = registrableDomain(registry.hostname);
  return domain !== void 0 && domain === registrableDomain(realm.hostname);
}
function hasNoDomain(url) {
  return literalAddress(url) !== void 0 || isLoopbackHost(url);
}

// src/registry/token.ts
var TOKEN_LIMIT = 1024 * 1024;
var SHORTEST_LIFE_MS = 6e4;
var EARLY_MS = 5e3;
var SECRET_LENGTH = 16;
var CLIENT_ID = "registry-pull";
var TokenService = class {
  #options;
  constructor(options) {
    this.#options = options;
  }
  /**
   * A token for `scope`, or the service's refusal. Fails as `unauthorized` when the realm may not
   * receive the credentials, as `invalid` when realm or answer are malformed, and as `unreachable`
   * or `rate-limited` when the service does not work.
   */
  async obtain(registry, challenge, scope, credential) {
    const { trustedRealms, withhold } = this.#options;
    const realm = await readRealm(registry, challenge, credential, trustedRealms);
    const service = challenge.parameters.get("service");
    const fields = [
      ...service ? [["service", service]] : [],
      ["scope", scope]
    ];
    const answer = await this.#ask(registry, realm, fields, credential);
    const { status } = answer;
    const isOwn = credential !== void 0;
    if (status === 200) return this.#read(realm, answer, isOwn);
    const words = describeErrors(answer.body, answer.headers, withhold);
    const isOutage2 = status === 429 || status === 408 || status >= 500;
    if (!isOutage2) {
      const refused2 = `${realm.host} answered ${status} ${words}`.trim();
      return { refused: refused2, status };
    }
    const reason = status === 429 ? "rate-limited" : "server-error";
    throw new PullError(reason, `token service ${realm.host} answered ${status}: ${words}`);
  }
  async #ask(registry, realm, fields, credential) {
    if (credential?.kind === "identity") {
      const answer = await this.#post(registry, realm, fields, credential.token);
      if (answer.status !== 404 && answer.status !== 405) return answer;
    }
    return this.#get(registry, realm, fields, loginOf(credential));
  }
  #get(registry, realm, fields, login) {
    const url = new URL(realm);
    const query = url.searchParams;
    for (const [name, value] of fields) query.append(name, value);
    if (login === void 0) {
      return this.#send(registry, { method: "GET", url, headers: {} });
    }
    const { username, password } = login;
    query.append("account", username);
    const headers = { authorization: `Basic ${basicValue(username, password)}` };
    return this.#send(registry, { method: "GET", url, headers });
  }
  /** https://distribution.github.io/distribution/spec/auth/oauth/ */
  #post(registry, realm, fields, token) {
    const form = new URLSearchParams({
      grant_type: "refresh_token",
      refresh_token: token,
      client_id: CLIENT_ID
    });
    for (const [name, value] of fields) form.append(name, value);
    return this.#send(registry, {
      method: "POST",
      url: realm,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: form.toString()
    });
  }
  /** Follows redirects within the realm's own origin only: the request carries credentials. */
  async #send(registry, request2) {
    const { http, trustedRealms } = this.#options;
    const isNamedByUser = request2.url.origin === registry.origin || isTrusted(request2.url, trustedRealms);
    const namedBy = isNamedByUser ? "user" : http.reach(registry);
    const send = async (url) => {
      const hop = { ...request2, url, limit: TOKEN_LIMIT, namedBy };
      return { answer: await http.send(hop) };
    };
    const { answer } = await followRedirects(request2.url, send, expectSameOrigin);
    return answer;
  }
  #read(realm, answer, isOwn) {
    const { token, seconds } = readToken(realm, answer.body);
    if (isOwn || token.length >= SECRET_LENGTH) this.#options.mask(token);
    const life = Math.max(seconds * 1e3, SHORTEST_LIFE_MS);
    return { token, expires: this.#options.now() + life - EARLY_MS };
  }
};
function expectSameOrigin(from, to) {
  if (to.origin === from.origin) return;
  const found = `token service ${from.host} redirects to ${to.host}, another origin`;
  throw new PullError("redirect-refused", `redirect refused: ${found}`);
}
function readToken(realm, body) {
  const json = parseAnswer(realm, body);
  const stated = [json?.token, json?.access_token];
  const token = stated.find((value) => typeof value === "string" && value !== "");
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
    const expected = `expected one in token or access_token of the answer of ${realm.host}`;
    throw new PullError("token-invalid", `token invalid: ${expected}`);
  }
  const life = json?.expires_in;
  const isStated2 = typeof life === "number" && life > 0;
  return { token, seconds: isStated2 ? life : 0 };
}
function parseAnswer(realm, body) {
  try {
    return JSON.parse(body.toString());
  } catch (cause) {
    const found = `the answer of ${realm.host} is not JSON`;
    throw new PullError("token-invalid", `token invalid: ${found}`, { cause });
  }
}
function loginOf(credential) {
  if (credential === void 0 || credential.kind === "registry-token") return void 0;
  if (credential.kind === "password") return credential;
  return { username: credential.username, password: credential.token };
}

// src/store/directory-cache.ts
import { lutimes, rm as rm2 } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";

// src/store/cache-room.ts
import { lstatSync, readdirSync } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
var LOCK = "registry-pull.lock";
var SUFFIX = ".cache-entry";
function entryPath(directory, name) {
  return join(directory, `${name}${SUFFIX}`);
}
var CacheRoom = class {
  #directory;
  #limit;
  #time;
  constructor(directory, limit, time) {
    this.#directory = directory;
    this.#limit = limit;
    this.#time = time;
  }
  /**
   * Reserves room for an entry of `size` bytes. Removes what ended processes left behind and then,
   * as far as needed, the entries that were used longest ago; none when that would not be enough.
   * Fails as the disk does, and as {@link locked} does.
   */
  async reserve(name, size) {
    if (size > this.#limit) return "too-large";
    await makeShared(this.#directory);
    return this.#locked(async (expectHeld) => {
      const files = await this.#files();
      const path = entryPath(this.#directory, name);
      if (isThere(files, `${name}${SUFFIX}`, size)) return "existed";
      const hasRoom = await this.#makeRoom(files, size);
      if (!hasRoom) return "full";
      await expectHeld();
      return createSized(temporaryPath(path), size);
    });
  }
  /** Gives a written file its name. Fails as the disk does, and as {@link locked} does. */
  publish(temporary, name) {
    return this.#locked(async (expectHeld) => {
      await expectHeld();
      await rename(temporary, entryPath(this.#directory, name));
    });
  }
  /**
   * The files of the cache, after those of ended processes are removed. Synchronous, because 20,000
   * files then take 0.1 s and not 0.5 s, during which other processes wait for the lock.
   */
  async #files() {
    const names = readdirSync(this.#directory);
    if (names.some(mayBeLeft)) await removeLeftovers(this.#directory, this.#time.now);
    return names.filter(isOurs).flatMap((name) => fileAt(this.#directory, name));
  }
  #locked(work) {
    return locked(join(this.#directory, LOCK), work, this.#time);
  }
  /** True when `size` bytes are free now. */
  async #makeRoom(files, size) {
    let free = this.#limit - bytesOf(files);
    if (free >= size) return true;
    const entries = files.filter(({ name }) => name.endsWith(SUFFIX));
    if (free + bytesOf(entries) < size) return false;
    for (const entry of entries.toSorted((one, other) => one.used - other.used)) {
      if (free >= size) break;
      const isGone = await remove(join(this.#directory, entry.name));
      if (isGone) free += entry.size;
    }
    return free >= size;
  }
};
async function makeShared(path) {
  const isMade = await made(path);
  if (isMade) return;
  await makeDirectory(dirname(path));
  await made(path);
}
async function made(path) {
  try {
    await mkdir(path, { mode: 448 });
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST") return true;
    if (code === "ENOENT") return false;
    throw error;
  }
}
function mayBeLeft(name) {
  const holder = holderOf(name);
  return holder !== void 0 && lifeOf(holder) !== "alive";
}
function fileAt(directory, name) {
  const found = lstatSync(`${directory}${sep}${name}`, { throwIfNoEntry: false });
  return found?.isFile() ? [{ name, size: found.size, used: found.mtimeMs }] : [];
}
function isOurs(name) {
  return name.endsWith(SUFFIX) || holderOf(name) !== void 0;
}
function isThere(files, entry, size) {
  const same = files.filter((file) => file.size === size && file.name.startsWith(entry));
  return same.some(({ name }) => {
    const holder = holderOf(name);
    return holder === void 0 ? name === entry : lifeOf(holder) === "alive";
  });
}
function bytesOf(files) {
  return files.reduce((sum, { size }) => sum + size, 0);
}
async function remove(path) {
  try {
    await rm(path, { force: true });
    return true;
  } catch {
    return false;
  }
}
async function createSized(path, size) {
  const file = await open(path, "wx");
  try {
    await file.truncate(size);
    return { path, file };
  } catch (error) {
    await file.close();
    await remove(path);
    throw error;
  }
}

// src/store/directory-cache.ts
var TURN_SIZE = 4 * 1024 * 1024;
var LONGEST_NAME = 160;
async function copyInto(target, file) {
  const chunks = new FileChunks(file, Number.POSITIVE_INFINITY);
  const part = target.part(0);
  try {
    for (let turn = TURN_SIZE; ; ) {
      const chunk = chunks.read(part.received, Number.POSITIVE_INFINITY);
      if (chunk.length === 0) return;
      part.write(chunk);
      if (part.received < turn) continue;
      turn = part.received + TURN_SIZE;
      await nextTurn();
    }
  } finally {
    await chunks.close();
  }
}
var DirectoryCache = class {
  #path;
  #options;
  #time;
  #room;
  /** True after a failure of the directory: it is reported once, and no entry waits for it again. */
  #isBroken = false;
  constructor(path, options) {
    const { size, time = REAL_TIME } = options;
    this.#path = path;
    this.#options = options;
    this.#time = time;
    this.#room = new CacheRoom(path, size, time);
  }
  async restore(key, _blob, target) {
    try {
      const file = await openRegular(this.#file(key));
      await copyInto(target, file);
      await target.commit();
    } catch (error) {
      await this.#missed(key, error);
      await target.restart();
      return false;
    }
    await this.#mark(key);
    return true;
  }
  async bundle(key) {
    const { signal } = this.#options;
    try {
      const blobs = await fromBundle(await this.#read(key), signal);
      await this.#mark(key);
      return blobs;
    } catch (error) {
      signal.throwIfAborted();
      await this.#missed(key, error);
      return /* @__PURE__ */ new Map();
    }
  }
  async #read(key) {
    const bytes = await readRegular(this.#file(key), BUNDLE_LIMIT);
    if (bytes !== void 0) return bytes;
    throw new PullError("wrong-entry", `too large: it has more than ${BUNDLE_LIMIT} bytes`);
  }
  /**
   * Reports a wrong entry, and removes it so that the next save can replace it. An entry of another
   * size than a manifest states may be right, and the manifest wrong. The file may be another one
   * by now; then a right entry is saved once more.
   */
  async #missed(key, error) {
    const { warn } = this.#options;
    if (!isWrong(error)) return;
    const found = foundBy(error);
    if (isOtherSize(error)) return warn(wrongEntry(key, found));
    const removed = await rm2(this.#file(key)).then(
      () => true,
      () => false
    );
    warn(removed ? removedEntry(key, found) : wrongEntry(key, found));
  }
  /** Marks an entry as used now. Without the mark it is only removed earlier. */
  async #mark(key) {
    const now = new Date(this.#time.now());
    await lutimes(this.#file(key), now, now).catch(() => void 0);
  }
  async save(key, bytes) {
    if (this.#isBroken) return "failed";
    try {
      return await this.#save(key, bytes);
    } catch (error) {
      this.#failed(key, error);
      return "failed";
    }
  }
  async #save(key, bytes) {
    const { size } = bytes;
    const name = nameOf(key);
    const room = await onDisk(this.#path, () => this.#room.reserve(name, size));
    if (room === "existed") {
      await this.#mark(key);
      return room;
    }
    if (typeof room === "string") {
      this.#options.say(notSaved(key, this.#noRoom(room, size)));
      return "failed";
    }
    await this.#fill(room, name, bytes);
    return "saved";
  }
  /**
   * Leaves nothing behind when it fails. The last step may fail for this entry alone: a directory
   * has its name, or on Windows another job is reading the file.
   */
  async #fill({ path, file }, name, bytes) {
    try {
      await write({ path, file }, bytes).finally(() => file.close());
      await this.#room.publish(path, name);
    } catch (error) {
      await rm2(path, { force: true }).catch(() => void 0);
      throw error;
    }
  }
  #noRoom(refusal2, size) {
    const limit = `cache-directory-size of ${this.#options.size} bytes`;
    const found = refusal2 === "too-large" ? `it has ${size} bytes, more than the ${limit}` : `other jobs are saving, and leave no ${size} bytes of the ${limit}`;
    return `${found}; set a larger cache-directory-size to save it`;
  }
  /** The slices of an entry fail for that entry; the disk and the lock fail for all of them. */
  #failed(key, error) {
    const { signal, warn, say } = this.#options;
    if (signal.aborted || this.#isBroken) return;
    const isOfDisk = error instanceof PullError && error.status === "unsupported";
    if (!isOfDisk) return say(notSaved(key, messageOf(error)));
    this.#isBroken = true;
    const next = error.reason === "locked" ? NEXT_IF_LOCKED : NEXT;
    warn(`nothing more is saved to the cache directory ${this.#path}: ${error.found}; ${next}`);
  }
  #file(key) {
    return entryPath(this.#path, nameOf(key));
  }
};
var NEXT = "make it writable, with free space on its disk, or set another cache-directory";
var NEXT_IF_LOCKED = "if no other job uses the directory, remove the lock";
function nameOf(key) {
  const name = encodeURIComponent(key);
  return name.length <= LONGEST_NAME ? name : digestOf(Buffer.from(key)).replace(":", "-");
}
function isOtherSize(error) {
  return error instanceof PullError && (error.reason === "too-short" || error.reason === "too-long");
}
function removedEntry(key, why) {
  return `the cache entry ${key} was wrong and is removed: ${why}; its blobs come from the registry`;
}
function notSaved(key, why) {
  return `the cache entry ${key} is not saved: ${why}`;
}
async function write({ path, file }, { size, slices }) {
  let written = 0;
  for await (const slice of slices) {
    written += slice.length;
    if (written > size) break;
    await onDisk(path, () => file.writeFile(slice));
  }
  if (written === size) return;
  const reason = written > size ? "too-long" : "too-short";
  throw new PullError(reason, `expected ${size} bytes, got ${written}`);
}

// src/action/helper-program.ts
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
  return async (name, input) => {
    if (!/^[A-Za-z0-9._-]+$/.test(name)) {
      return { output: "", error: "its name contains a character that no helper's name has" };
    }
    return run(`docker-credential-${name}`, input, env, bounds);
  };
}
async function run(command, input, env, { after, signal }) {
  const stop = new AbortController();
  const cancelDeadline = after(HELPER_DEADLINE_MS, () => {
    const late = `no answer within ${HELPER_DEADLINE_MS / 1e3} s`;
    stop.abort(new Error(late));
  });
  let output = "";
  const read = (text) => {
    output += text;
    if (output.length > HELPER_OUTPUT_LIMIT) {
      stop.abort(new Error(`more than ${HELPER_OUTPUT_LIMIT} bytes of output`));
    }
  };
  const program = {
    command,
    args: ["get"],
    env,
    input: [input],
    read,
    errors: false
  };
  const bounds = { after, signal: AbortSignal.any([signal, stop.signal]) };
  try {
    const { code, killedBy } = await runProgram(program, bounds);
    if (code === 0) return { output, error: void 0 };
    const end = killedBy ?? `exit code ${code}`;
    return { output, error: `${end} ${messageIn(output)}`.trim() };
  } catch (error) {
    return { output, error: foundBy(error) };
  } finally {
    cancelDeadline();
  }
}
function messageIn(output) {
  if (output.includes("{")) return "";
  return output.trim().slice(0, 200);
}

// src/action/connect.ts
function connectRegistry(inputs, task, options = {}) {
  const { machine, voice, signal } = task;
  const { clock, resolve } = machine;
  const { say, mask, withhold } = voice;
  const { concurrency, insecureRegistries, trustedRealms, registryAuth, githubToken } = inputs;
  const warn = onceEach(voice.warn);
  const http = new Http({ signal, clock, resolve, concurrency, insecureRegistries, say });
  const { mayIdentify, patience = {}, remembers } = options;
  const found = options.credentials ?? credentialsOf(task, warn);
  const keychain = new Keychain({ registryAuth, githubToken, ...found, warn, mask });
  const { now } = clock;
  const tokens = new TokenService({ http, now, trustedRealms, mask, withhold });
  const limited = mayIdentify === void 0 ? keychain : limitedTo(mayIdentify, keychain);
  const sessions = new Sessions({ http, keychain: limited, tokens, now, warn });
  const api = new Api({ http, sessions, insecureRegistries, say, warn, withhold });
  const downloader = new Downloader({ clock, signal, say, parts: concurrency });
  const client = (how) => new RegistryClient({ api: impatient(api, how), downloader, say, remembers });
  const registry = client(patience);
  const sources = client({ ...patience, ...OF_SOURCES });
  const brief = client(BRIEF);
  const { after } = clock;
  const { mirrors } = inputs;
  const mirrored = new MirroredRegistry({
    registry,
    sources,
    brief,
    mirrors,
    after,
    warn,
    say
  });
  return { registry: mirrored, api, http };
}
async function withRegistries({ inputs, machine, workflow, signal }, use) {
  const connected = connectRegistry(inputs, { machine, voice: workflow, signal });
  try {
    openEarly(connected, inputs);
    return await use(connected);
  } finally {
    connected.http.close();
  }
}
var TYPICAL_PLATFORMS = 6;
function openEarly({ http }, { plan, insecureRegistries, mirrors }) {
  if (mirrors.length > 0) return;
  const counts = /* @__PURE__ */ new Map();
  for (const { reference, platforms } of plan.wanted) {
    const { registry } = reference;
    const sought = soughtPlatforms({ platforms }, plan.pullsFor);
    const documents = Array.isArray(sought) ? sought.length : TYPICAL_PLATFORMS;
    counts.set(registry, (counts.get(registry) ?? 0) + documents);
  }
  for (const [registry, count] of counts) {
    http.openEarly(registryOrigin(registry, insecureRegistries), count);
  }
}
var OF_SOURCES = { attempts: 2 };
var BRIEF = { attempts: 1, answerWithin: 1e4 };
function impatient(api, patience) {
  return {
    send: (repository, path, wanted) => api.send(repository, path, { ...patience, ...wanted, attempts: fewest(patience, wanted) }),
    sentCredentials: (registry) => api.sentCredentials(registry)
  };
}
function fewest(one, other) {
  const attempts = one.attempts ?? other.attempts;
  return attempts && Math.min(attempts, other.attempts ?? attempts);
}
function limitedTo(mayIdentify, keychain) {
  return { find: async (repository) => mayIdentify(repository) ? keychain.find(repository) : [] };
}
function onceEach(warn) {
  const warned = /* @__PURE__ */ new Set();
  return (message) => {
    if (!warned.has(message)) warn(message);
    warned.add(message);
  };
}
function credentialsOf({ machine, signal }, warn) {
  const { environment, clock } = machine;
  const readFile = (path) => readFileSync(path, "utf8");
  return {
    configs: readDockerConfigs(environment, readFile, warn),
    runHelper: helperRunner(environment, { after: clock.after, signal })
  };
}
var CACHE_PARTS = 8;
async function connectCache(place, http, task) {
  if (place.kind === "directory") return directoryCache(place.path, place.size, task);
  const { machine, voice, signal } = task;
  const { clock } = machine;
  const { say, warn } = voice;
  const { ActionsCache } = await import("./actions-cache-725CWD3G.js");
  const { CacheService } = await import("./cache-service-POEIA37W.js");
  const downloader = new Downloader({ clock, signal, say, parts: CACHE_PARTS });
  const service = new CacheService(await serviceOptions(task));
  return new ActionsCache({ service, http, downloader, signal, warn, say });
}
async function connectSaves(place, task) {
  if (place.kind === "directory") return directoryCache(place.path, place.size, task);
  const { ActionsCacheWriter } = await import("./actions-cache-725CWD3G.js");
  const { CacheService } = await import("./cache-service-POEIA37W.js");
  const service = new CacheService(await serviceOptions(task));
  return new ActionsCacheWriter(service);
}
function directoryCache(path, size, { machine, voice, signal }) {
  const { now, after, sleep } = machine.clock;
  const { say, warn } = voice;
  const time = { now, after, sleep: (ms) => sleep(ms, signal) };
  return new DirectoryCache(path, { size, signal, say, warn, time });
}
async function serviceOptions({ machine, voice, signal }) {
  const { after } = machine.clock;
  const { say, warn } = voice;
  const calls = await connectCalls(machine.environment);
  return { calls, after, signal, say, warn };
}
async function connectCalls(environment) {
  if (cacheServiceVersion(environment) === 1) {
    const { OlderServiceCalls } = await import("./older-service-calls-E6KQ3HUI.js");
    return new OlderServiceCalls();
  }
  const { ServiceCalls } = await import("./service-calls-DXTU524W.js");
  return new ServiceCalls();
}

export {
  CACHE_MODES,
  cachePolicy,
  isPrivateScope,
  mirroredRepositories,
  mirroredName,
  officialName,
  connectRegistry,
  withRegistries,
  openEarly,
  connectCache,
  connectSaves
};
