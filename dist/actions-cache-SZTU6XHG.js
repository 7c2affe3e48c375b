import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  BUNDLE_LIMIT,
  isWrong,
  openBundle,
  wrongEntry
} from "./chunk-XFAF64ZC.js";
import "./chunk-PFTWHRR2.js";
import "./chunk-YNGR2UKO.js";
import "./chunk-W4LMWFRO.js";
import "./chunk-ZUT5BRUG.js";
import {
  PullError,
  foundBy
} from "./chunk-BKI5YU5A.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/store/actions-cache.ts
var ATTEMPTS = 2;
var ActionsCache = class {
  static {
    __name(this, "ActionsCache");
  }
  #options;
  constructor(options) {
    this.#options = options;
  }
  async restore(key, blob, target) {
    const { service, downloader } = this.#options;
    const url = await service.lookUp(key);
    if (url === void 0) return false;
    try {
      const send = /* @__PURE__ */ __name((wanted) => this.#send(url, wanted), "send");
      await downloader.download(send, blob, target, 0);
      return true;
    } catch (error) {
      this.#missed(key, error);
      await target.restart();
      return false;
    }
  }
  async bundle(key) {
    const { signal, warn } = this.#options;
    const bytes = await this.#read(key);
    return bytes === void 0 ? /* @__PURE__ */ new Map() : openBundle(key, bytes, signal, warn);
  }
  async #read(key) {
    const url = await this.#options.service.lookUp(key);
    if (url === void 0) return void 0;
    try {
      return (await this.#send(url, { method: "GET", headers: {}, limit: BUNDLE_LIMIT })).body;
    } catch (error) {
      this.#missed(key, error);
      return void 0;
    }
  }
  async #send(url, wanted) {
    const request = { ...wanted, url, namedBy: "user", attempts: ATTEMPTS };
    const answer = await this.#options.http.send(request);
    const { status } = answer;
    if (status >= 200 && status < 300) return answer;
    const reason = status >= 500 ? "server-error" : "not-found";
    throw new PullError(reason, `${url.host} answered ${status}`);
  }
  /** Reports an entry that exists but could not be downloaded, or is wrong. */
  #missed(key, error) {
    const { service, signal, warn, say } = this.#options;
    const found = foundBy(error);
    if (isWrong(error)) return warn(wrongEntry(key, found));
    say(`the cache entry ${key} is not used: ${found}`);
    const isUnreachable = error instanceof PullError && error.status === "unreachable";
    if (isUnreachable && !signal.aborted) service.fail(found);
  }
};
var UPLOAD_DEADLINE_MS = 6e4;
var SLOWEST_UPLOAD = 1024 * 1024 / 1e3;
var ActionsCacheWriter = class {
  static {
    __name(this, "ActionsCacheWriter");
  }
  #service;
  constructor(service) {
    this.#service = service;
  }
  async save(key, bytes) {
    if (await this.#service.lookUp(key) !== void 0) return "existed";
    const saved = await this.#service.attempt(() => this.#upload(key, bytes));
    return saved ?? "failed";
  }
  /**
   * Nothing can restore an entry before it is complete; wrong bytes fail the upload before that.
   */
  async #upload(key, bytes) {
    const { size } = bytes;
    const entry = await this.#service.call((calls) => calls.reserve(key, size));
    if (entry === void 0) return "existed";
    const deadline = UPLOAD_DEADLINE_MS + size / SLOWEST_UPLOAD;
    await this.#service.within(deadline, (signal) => entry.send(bytes, signal));
    const isComplete = await this.#service.call((_, signal) => entry.complete(size, signal));
    return isComplete ? "saved" : "failed";
  }
};
export {
  ActionsCache,
  ActionsCacheWriter
};
