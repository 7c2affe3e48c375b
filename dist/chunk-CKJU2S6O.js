import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/oci/reason.ts
var MAY_PASS = /* @__PURE__ */ new Set([
  "not-found",
  "platform-missing",
  "dangling",
  "unreachable",
  "rate-limited"
]);
function mayPass(status) {
  return MAY_PASS.has(status);
}
__name(mayPass, "mayPass");
var PUSH_AGAIN = "build and push the image again";
var TRY_AGAIN = "run the job again; if it keeps failing, check for a proxy that changes responses";
var OFTEN_ABSENT = "registries also answer this for a repository that does not exist";
var ASK_OWNER = "ask the registry's operator";
var ANOTHER_PATH = "choose another directory with the input path";
var REASONS = {
  "not-found": {
    status: "not-found",
    next: "check the repository and the tag, or set wait-timeout if it is still being pushed"
  },
  "no-credentials": {
    status: "unauthorized",
    next: `${OFTEN_ABSENT}: check the name, then add credentials to registry-auth`
  },
  "credentials-refused": {
    status: "unauthorized",
    next: `${OFTEN_ABSENT}: check the name, then the credentials in registry-auth`
  },
  "realm-refused": {
    status: "unauthorized",
    next: "if it is the registry's own token service, add it to trusted-realms"
  },
  "scheme-unknown": {
    status: "unauthorized",
    next: "use a registry that offers Basic or Bearer authentication"
  },
  "rate-limited": {
    status: "rate-limited",
    next: "log in with registry-auth for a higher limit, or run the job again later"
  },
  "no-answer": {
    status: "unreachable",
    next: "check the registry's name and that this runner can reach it"
  },
  "tls-failed": {
    status: "unreachable",
    next: "TLS is required; for a private certificate authority set NODE_EXTRA_CA_CERTS on the job"
  },
  "plain-http": {
    status: "unreachable",
    next: "if plain HTTP is intended, list the registry in insecure-registries"
  },
  "server-error": {
    status: "unreachable",
    next: "run the job again later, or set wait-timeout"
  },
  "too-slow": {
    status: "unreachable",
    next: "run the job again, or check the network between this runner and the registry"
  },
  "answer-cut": {
    status: "unreachable",
    next: "run the job again, or check the network between this runner and the registry"
  },
  timeout: {
    status: "unreachable",
    next: "set a larger timeout, or name fewer images in one step"
  },
  cancelled: { status: "unreachable", next: "run the job again" },
  "platform-missing": {
    status: "platform-missing",
    next: "build and push that platform, or ask for one that the image offers"
  },
  "manifest-missing": { status: "dangling", next: "push the image again" },
  "config-missing": { status: "dangling", next: "push the image again" },
  "layer-missing": { status: "dangling", next: "push the image again" },
  "layout-changed": {
    status: "dangling",
    next: "run the step again, and let nothing else write to the layout"
  },
  "platform-differs": { status: "platform-mismatch", next: "build and push that platform again" },
  "os-version-differs": { status: "platform-mismatch", next: "build and push that platform again" },
  artifact: { status: "not-an-image", next: "ask for it with platforms: any" },
  "buildkit-cache": { status: "not-an-image", next: "ask for it with platforms: any" },
  "index-listed": { status: "not-an-image", next: PUSH_AGAIN },
  "digest-differs": { status: "invalid", next: TRY_AGAIN },
  "size-differs": { status: "invalid", next: PUSH_AGAIN },
  "size-unknown": { status: "invalid", next: ASK_OWNER },
  "too-large": { status: "invalid", next: "push a smaller document" },
  "too-long": { status: "invalid", next: TRY_AGAIN },
  "too-short": { status: "invalid", next: TRY_AGAIN },
  "too-deep": { status: "invalid", next: PUSH_AGAIN },
  "too-many": { status: "invalid", next: PUSH_AGAIN },
  "not-json": {
    status: "invalid",
    next: `${PUSH_AGAIN}; if the document changed in transit, ${ASK_OWNER}`
  },
  "duplicate-key": { status: "invalid", next: PUSH_AGAIN },
  ambiguous: { status: "invalid", next: PUSH_AGAIN },
  "wrong-field": { status: "invalid", next: PUSH_AGAIN },
  "wrong-descriptor": { status: "invalid", next: PUSH_AGAIN },
  "wrong-diff-ids": { status: "invalid", next: PUSH_AGAIN },
  "wrong-schema1": { status: "invalid", next: PUSH_AGAIN },
  "media-type-differs": { status: "invalid", next: PUSH_AGAIN },
  "unpack-failed": { status: "invalid", next: PUSH_AGAIN },
  "web-page": {
    status: "invalid",
    next: "check the registry's name; if a proxy answered, log in to it"
  },
  "encoding-refused": {
    status: "invalid",
    next: "ask the operator of the registry, or of the proxy, to send responses uncompressed"
  },
  "range-differs": { status: "invalid", next: TRY_AGAIN },
  "redirect-refused": { status: "invalid", next: ASK_OWNER },
  "address-refused": {
    status: "invalid",
    next: "name the registry by an address that this runner may contact"
  },
  "realm-downgrade": { status: "invalid", next: ASK_OWNER },
  "realm-invalid": { status: "invalid", next: ASK_OWNER },
  "token-invalid": { status: "invalid", next: ASK_OWNER },
  "unexpected-answer": { status: "invalid", next: "check that the host is a registry" },
  "layout-corrupt": { status: "invalid", next: `move the layout away, or ${ANOTHER_PATH}` },
  "layout-full": { status: "invalid", next: ANOTHER_PATH },
  "wrong-entry": { status: "invalid", next: "delete the entry from the cache" },
  "wrong-state": {
    status: "invalid",
    next: "let nothing else write to the runner's temp directory"
  },
  "wrong-reference": { status: "invalid", next: "expected [registry/]repository[:tag][@digest]" },
  "wrong-platform": { status: "invalid", next: "write it like linux/arm64" },
  "wrong-digest": { status: "invalid", next: "expected sha256: and 64 lower-case hex digits" },
  "not-pinned": { status: "not-pinned", next: "write its digest once it exists" },
  "no-file": {
    status: "invalid",
    next: "correct the pattern, or add optional=true if there may be no such file"
  },
  "file-changed": { status: "invalid", next: "it is left as it is; run the step again" },
  "not-written": { status: "invalid", next: "make it and its directory writable for the step" },
  "wrong-file": { status: "invalid", next: "correct the file, or leave it out with !path" },
  "form-unknown": { status: "unsupported", next: "push it in one of these forms" },
  "platform-unnamed": { status: "unsupported", next: "name the platform to pull with platform=" },
  "disk-full": {
    status: "unsupported",
    next: "make room, or put the layout on another disk with the input path"
  },
  "disk-failed": { status: "unsupported", next: ANOTHER_PATH },
  "not-a-file": { status: "unsupported", next: "remove it" },
  "not-a-directory": { status: "unsupported", next: ANOTHER_PATH },
  "runner-broken": {
    status: "unsupported",
    next: "GITHUB_OUTPUT must name a writable file, and RUNNER_TEMP a writable directory"
  },
  locked: { status: "unsupported", next: "if no other process uses the layout, remove the lock" },
  "lock-lost": { status: "unsupported", next: "run the job again" },
  "engine-missing": {
    status: "unsupported",
    next: "install it, or use pull: layout, which needs no engine"
  },
  "engine-failed": {
    status: "unsupported",
    next: "check that the engine works on this runner, or use pull: layout"
  }
};
function isInterruption(reason) {
  return reason === "timeout" || reason === "cancelled";
}
__name(isInterruption, "isInterruption");

// src/oci/failure.ts
var PullError = class extends Error {
  static {
    __name(this, "PullError");
  }
  name = "PullError";
  reason;
  /** The message without what to do next. */
  found;
  /** What the user should do next. */
  next;
  constructor(reason, found, { next = REASONS[reason].next, cause } = {}) {
    super(`${found}; ${next}`, cause === void 0 ? void 0 : { cause });
    this.reason = reason;
    this.found = found;
    this.next = next;
  }
  get status() {
    return REASONS[this.reason].status;
  }
};
function inContext(error, prefix) {
  return new PullError(error.reason, `${prefix}: ${error.found}`, {
    next: error.next,
    cause: error
  });
}
__name(inContext, "inContext");
function foundBy(error) {
  return error instanceof PullError ? error.found : messageOf(error);
}
__name(foundBy, "foundBy");
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
__name(messageOf, "messageOf");
function codeOf(error) {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return String(error.code ?? "");
}
__name(codeOf, "codeOf");

// src/oci/digest.ts
import { createHash } from "node:crypto";

// src/oci/json.ts
var DEPTH_LIMIT = 32;
function parseJson(bytes, what) {
  const text = decode(bytes, what);
  checkShape(text, what);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const found = `${what} is not JSON: ${messageOf(cause)}`;
    throw new PullError("not-json", found, { cause });
  }
}
__name(parseJson, "parseJson");
function decode(bytes, what) {
  let text;
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    text = decoder.decode(bytes);
  } catch (cause) {
    throw new PullError("not-json", `${what} is not JSON: it is not valid UTF-8`, { cause });
  }
  if (text.startsWith("\uFEFF")) {
    throw new PullError("not-json", `${what} is not JSON: it starts with a byte order mark`);
  }
  return text;
}
__name(decode, "decode");
function checkShape(text, what) {
  const open = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "{" || char === "[") {
      checkDepth(open.length + 1, what);
      open.push(char === "{" ? /* @__PURE__ */ new Set() : void 0);
    } else if (char === "}" || char === "]") {
      open.pop();
    } else if (char === '"') {
      const end = stringEnd(text, at);
      const keys = open.at(-1);
      if (keys !== void 0 && isKey(text, end)) {
        addKey(keys, text.slice(at, end), what);
      }
      at = end - 1;
    }
  }
}
__name(checkShape, "checkShape");
function checkDepth(depth, what) {
  if (depth <= DEPTH_LIMIT) return;
  const found = `nested deeper than ${DEPTH_LIMIT} levels`;
  throw new PullError("too-deep", `${what} is refused: too deep: ${found}`);
}
__name(checkDepth, "checkDepth");
function addKey(keys, quoted, what) {
  const key = unescaped(quoted);
  if (keys.has(key)) {
    throw new PullError("duplicate-key", `${what} is refused: duplicate key ${excerpt(key)}`);
  }
  keys.add(key);
}
__name(addKey, "addKey");
function stringEnd(text, start) {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}
__name(stringEnd, "stringEnd");
function isKey(text, end) {
  let at = end;
  while (isWhiteSpace(text[at])) at++;
  return text[at] === ":";
}
__name(isKey, "isKey");
function isWhiteSpace(char) {
  return char === " " || char === "\n" || char === "\r" || char === "	";
}
__name(isWhiteSpace, "isWhiteSpace");
function unescaped(quoted) {
  if (!quoted.includes("\\")) return quoted;
  try {
    return JSON.stringify(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}
__name(unescaped, "unescaped");
function asObject(value, what, known = []) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new PullError("wrong-field", `${what}: expected an object, got ${kindOf(value)}`);
  }
  const object = value;
  if (known.length > 0) checkCase(object, what, known);
  return object;
}
__name(asObject, "asObject");
function checkCase(object, what, known) {
  const names = new Map(known.map((name) => [folded(name), name]));
  for (const key of Object.keys(object)) {
    const name = names.get(folded(key));
    if (name === void 0 || name === key) continue;
    const found = `it has ${JSON.stringify(key)} where ${name} is the field's name`;
    throw new PullError("ambiguous", `${what} is ambiguous: ${found}`);
  }
}
__name(checkCase, "checkCase");
function folded(key) {
  return key.toUpperCase().toLowerCase();
}
__name(folded, "folded");
var ENTRY_LIMIT = 1024;
function asShortList(value, what) {
  const list = asList(value, what);
  if (list.length <= ENTRY_LIMIT) return list;
  throw new PullError(
    "too-many",
    `too many ${what}: expected at most ${ENTRY_LIMIT}, got ${list.length}`
  );
}
__name(asShortList, "asShortList");
function asList(value, what) {
  if (value === void 0 || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new PullError("wrong-field", `${what}: expected a list, got ${kindOf(value)}`);
}
__name(asList, "asList");
function asString(value, what) {
  if (value === void 0 || value === null) return "";
  if (typeof value === "string") return value;
  throw new PullError("wrong-field", `${what}: expected a string, got ${kindOf(value)}`);
}
__name(asString, "asString");
function asStringMap(value, what) {
  const pairs = Object.entries(asObject(value ?? {}, what));
  const strings = /* @__PURE__ */ new Map();
  for (const [key, text] of pairs) {
    const place = `${what} ${excerpt(key)}`;
    strings.set(key, asString(text, place));
  }
  return strings;
}
__name(asStringMap, "asStringMap");
function excerpt(text) {
  if (text.length <= 100) return text;
  return `${text.slice(0, 100)}…`;
}
__name(excerpt, "excerpt");
function kindOf(value) {
  if (value === void 0) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
__name(kindOf, "kindOf");

// src/oci/digest.ts
var HEX_LENGTH = {
  sha256: 256 / 4,
  sha512: 512 / 4
};
function parseDigest(text) {
  const problem = digestProblem(text);
  if (problem === void 0) return text;
  const shown = JSON.stringify(excerpt(text));
  throw new PullError("wrong-digest", `digest ${shown}: ${problem}`);
}
__name(parseDigest, "parseDigest");
function asDigest(text) {
  return digestProblem(text) === void 0 ? text : void 0;
}
__name(asDigest, "asDigest");
function digestProblem(text) {
  const colon = text.indexOf(":");
  if (colon < 0) return "expected algorithm:hex, like sha256:…, got no colon";
  const algorithm = text.slice(0, colon);
  const encoded = text.slice(colon + 1);
  if (algorithm !== "sha256" && algorithm !== "sha512") {
    return `expected the algorithm sha256 or sha512, got ${JSON.stringify(excerpt(algorithm))}`;
  }
  if (/^[0-9a-f]*$/.test(encoded)) {
    const expected = HEX_LENGTH[algorithm];
    if (encoded.length === expected) return void 0;
    return `expected ${expected} hex digits, got ${encoded.length}`;
  }
  const isHex = /^[0-9a-fA-F]*$/.test(encoded);
  if (isHex) return "expected lower-case hex digits, got upper case";
  return "expected hex digits only after the colon";
}
__name(digestProblem, "digestProblem");
function algorithmOf(digest) {
  return digest.startsWith("sha512:") ? "sha512" : "sha256";
}
__name(algorithmOf, "algorithmOf");
function encodedOf(digest) {
  return digest.slice(digest.indexOf(":") + 1);
}
__name(encodedOf, "encodedOf");
function digestOf(bytes, algorithm = "sha256") {
  const hex = createHash(algorithm).update(bytes).digest("hex");
  return `${algorithm}:${hex}`;
}
__name(digestOf, "digestOf");
function hasher(algorithm) {
  const hash = createHash(algorithm);
  return {
    update: /* @__PURE__ */ __name((bytes) => void hash.update(bytes), "update"),
    digest: /* @__PURE__ */ __name(() => `${algorithm}:${hash.digest("hex")}`, "digest")
  };
}
__name(hasher, "hasher");
var DigestError = class extends PullError {
  static {
    __name(this, "DigestError");
  }
};
function expectDigest(bytes, expected, who) {
  const got = digestOf(bytes, algorithmOf(expected));
  if (got === expected) return;
  const found = `${who} ${expected}, got ${bytes.length} bytes that have ${got}`;
  throw new DigestError("digest-differs", `digest differs: ${found}`);
}
__name(expectDigest, "expectDigest");

export {
  mayPass,
  REASONS,
  isInterruption,
  PullError,
  inContext,
  foundBy,
  messageOf,
  codeOf,
  parseJson,
  asObject,
  asShortList,
  asList,
  asString,
  asStringMap,
  excerpt,
  kindOf,
  parseDigest,
  asDigest,
  algorithmOf,
  encodedOf,
  digestOf,
  hasher,
  DigestError,
  expectDigest
};
