import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/oci/failure.ts
var HEALING = /* @__PURE__ */ new Set(["not-found", "platform-missing", "dangling", "unreachable", "rate-limited"]);
function mayHeal(status) {
  return HEALING.has(status);
}
__name(mayHeal, "mayHeal");
var PullError = class extends Error {
  static {
    __name(this, "PullError");
  }
  name = "PullError";
  status;
  constructor(status, message, cause) {
    super(message, cause === void 0 ? void 0 : { cause });
    this.status = status;
  }
};
function inContext(error, prefix, status = error.status) {
  return new PullError(status, `${prefix}: ${error.message}`, error);
}
__name(inContext, "inContext");

// src/oci/digest.ts
import { createHash } from "node:crypto";
var HEX_LENGTH = { sha256: 256 / 4, sha512: 512 / 4 };
function parseDigest(text) {
  const problem = digestProblem(text);
  if (problem !== void 0) throw new PullError("invalid", `digest ${quote(text)}: ${problem}`);
  return text;
}
__name(parseDigest, "parseDigest");
function asDigest(text) {
  return digestProblem(text) === void 0 ? text : void 0;
}
__name(asDigest, "asDigest");
function digestProblem(text) {
  const colon = text.indexOf(":");
  if (colon < 0) return "expected algorithm:hex, like sha256:\u2026, got no colon";
  const algorithm = text.slice(0, colon);
  const encoded = text.slice(colon + 1);
  if (algorithm !== "sha256" && algorithm !== "sha512") {
    return `expected the algorithm sha256 or sha512, got ${quote(algorithm)}`;
  }
  if (/^[0-9a-f]*$/.test(encoded)) {
    const expected = HEX_LENGTH[algorithm];
    return encoded.length === expected ? void 0 : `expected ${expected} hex digits, got ${encoded.length}`;
  }
  return /^[0-9a-fA-F]*$/.test(encoded) ? "expected lower-case hex digits, got upper case" : "expected hex digits only after the colon";
}
__name(digestProblem, "digestProblem");
function quote(text) {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}\u2026` : text);
}
__name(quote, "quote");
function algorithmOf(digest) {
  return digest.startsWith("sha512:") ? "sha512" : "sha256";
}
__name(algorithmOf, "algorithmOf");
function digestOf(bytes, algorithm = "sha256") {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}
__name(digestOf, "digestOf");
function hasher(algorithm) {
  const hash = createHash(algorithm);
  return { update: /* @__PURE__ */ __name((bytes) => void hash.update(bytes), "update"), digest: /* @__PURE__ */ __name(() => `${algorithm}:${hash.digest("hex")}`, "digest") };
}
__name(hasher, "hasher");

export {
  mayHeal,
  PullError,
  inContext,
  parseDigest,
  asDigest,
  algorithmOf,
  digestOf,
  hasher
};
