import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  excerpt
} from "./chunk-DGCL3OSD.js";
import {
  PullError
} from "./chunk-P27XCGGL.js";

// src/oci/digest.ts
import { createHash } from "node:crypto";
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
function asDigest(text) {
  return digestProblem(text) === void 0 ? text : void 0;
}
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
function algorithmOf(digest) {
  return digest.startsWith("sha512:") ? "sha512" : "sha256";
}
function encodedOf(digest) {
  return digest.slice(digest.indexOf(":") + 1);
}
function digestOf(bytes, algorithm = "sha256") {
  const hex = createHash(algorithm).update(bytes).digest("hex");
  return `${algorithm}:${hex}`;
}
function hasher(algorithm) {
  const hash = createHash(algorithm);
  return {
    update: (bytes) => void hash.update(bytes),
    digest: () => `${algorithm}:${hash.digest("hex")}`
  };
}
var DigestError = class extends PullError {
};
function expectDigest(bytes, expected, who) {
  const got = digestOf(bytes, algorithmOf(expected));
  if (got === expected) return;
  const found = `${who} ${expected}, got ${bytes.length} bytes that have ${got}`;
  throw new DigestError("digest-differs", `digest differs: ${found}`);
}

export {
  parseDigest,
  asDigest,
  algorithmOf,
  encodedOf,
  digestOf,
  hasher,
  DigestError,
  expectDigest
};
