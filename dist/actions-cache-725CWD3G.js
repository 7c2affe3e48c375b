import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  BUNDLE_LIMIT,
  isWrong,
  openBundle,
  wrongEntry
} from "./chunk-SMR2B6IV.js";
import "./chunk-NAVAG4EO.js";
import "./chunk-SP36TW6E.js";
import "./chunk-MUYIHUB2.js";
import "./chunk-V4QGKLYV.js";
import "./chunk-DGCL3OSD.js";
import {
  PullError,
  foundBy
} from "./chunk-P27XCGGL.js";
import "./chunk-VA35IVHB.js";

// src/store/actions-cache.ts
var ATTEMPTS = 2;
var ActionsCache = class {
  #options;
  constructor(options) {
    this.#options = options;
  }
  async restore(key, blob, target) {
    const { service, downloader } = this.#options;
    const url = await service.lookUp(key);
    if (url === void 0) return false;
    try {
      const send = (wanted) => this.#send(url, wanted);
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
  #service;
  constructor(service) {
    this.#service = service;
  }
  async has(key) {
    const url = await this.#service.lookUp(key);
    return url !== void 0;
  }
  async save(key, bytes) {
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
