import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  TAR_BLOCK,
  digestOfBytes,
  tarEnd,
  tarEntry,
  tarHeader,
  tarPadding
} from "./chunk-NAVAG4EO.js";
import {
  algorithmOf,
  asDigest,
  digestOf
} from "./chunk-V4QGKLYV.js";
import {
  PullError,
  foundBy
} from "./chunk-P27XCGGL.js";

// src/store/cache.ts
function isWrong(error) {
  return error instanceof PullError && error.status === "invalid";
}
function wrongEntry(key, why) {
  const next = "its blobs come from the registry; delete the entry, so that a right one can be saved";
  return `the cache entry ${key} is wrong and not used: ${why}; ${next}`;
}

// src/store/bundle.ts
var BUNDLE_LIMIT = 64 * 1024 * 1024;
async function makeBundle(layout, digests, documents) {
  for (const { digest, bytes } of documents) {
    if (digestOf(bytes, algorithmOf(digest)) === digest) continue;
    throw new PullError("wrong-state", `the document ${digest} has changed since it was verified`);
  }
  const members = [...documents];
  let size = sizeOfBundle(members);
  expectRestorable(size);
  for (const digest of digests) {
    const member = await readMember(layout, digest);
    members.push(member);
    size += sizeOfMember(member);
    expectRestorable(size);
  }
  return toBundle(members);
}
async function readMember(layout, digest) {
  const bytes = await layout.readSmall(digest, BUNDLE_LIMIT);
  if (bytes !== void 0) return { digest, bytes };
  const found = `blob ${digest} of the layout has changed since it was verified`;
  throw new PullError("layout-changed", found);
}
function sizeOfBundle(members) {
  return members.reduce((size, member) => size + sizeOfMember(member), tarEnd().length);
}
function sizeOfMember({ bytes }) {
  return TAR_BLOCK + bytes.length + tarPadding(bytes.length).length;
}
function expectRestorable(size) {
  if (size <= BUNDLE_LIMIT) return;
  const found = `the bundle has more than ${BUNDLE_LIMIT} bytes`;
  throw new PullError("too-large", found, { next: "lower cache-min-size" });
}
function toBundle(members) {
  const parts = members.flatMap(({ digest, bytes }) => [...tarEntry(nameOf(digest), bytes)]);
  return Buffer.concat([...parts, tarEnd()]);
}
async function openBundle(key, bundle, signal, warn) {
  try {
    return await fromBundle(bundle, signal);
  } catch (error) {
    signal.throwIfAborted();
    warn(wrongEntry(key, foundBy(error)));
    return /* @__PURE__ */ new Map();
  }
}
async function fromBundle(bundle, signal) {
  const blobs = /* @__PURE__ */ new Map();
  const end = tarEnd();
  let at = 0;
  while (!bundle.subarray(at).equals(end)) {
    const { digest, bytes, next } = memberAt(bundle, at);
    if (blobs.has(digest)) throw difference(at, `${digest} a second time`);
    const got = await digestOfBytes(bytes, algorithmOf(digest), signal);
    if (got !== digest) throw difference(at, `bytes for ${digest} that have ${got}`);
    blobs.set(digest, bytes);
    at = next;
  }
  return blobs;
}
function memberAt(bundle, at) {
  const header = bundle.subarray(at, at + TAR_BLOCK);
  const digest = digestIn(header);
  const size = sizeIn(header);
  const start = at + TAR_BLOCK;
  const fits = size >= 0 && size <= bundle.length - start;
  if (digest === void 0 || !fits) throw difference(at, "no header of a bundle");
  if (!tarHeader(nameOf(digest), size).equals(header)) throw difference(at, "another header");
  const padding = tarPadding(size);
  const next = start + size + padding.length;
  const isPadded = bundle.subarray(start + size, next).equals(padding);
  if (!isPadded) throw difference(at, "bytes in the padding");
  return { digest, bytes: bundle.subarray(start, start + size), next };
}
function nameOf(digest) {
  return digest.replace(":", "/").replace(/[0-9a-f]{64}(?=.)/, "$&/");
}
function digestIn(header) {
  const prefix = textIn(header, 345, 155);
  const name = textIn(header, 0, 100);
  return asDigest(`${prefix}${name}`.replace("/", ":"));
}
function sizeIn(header) {
  return Number.parseInt(textIn(header, 124, 12), 8);
}
function textIn(header, start, length) {
  const [text = ""] = header.toString("latin1", start, start + length).split("\0");
  return text;
}
function difference(at, found) {
  const expected = "expected a bundle as this action writes it";
  return new PullError("wrong-entry", `${expected}, got ${found} at byte ${at}`);
}

export {
  isWrong,
  wrongEntry,
  BUNDLE_LIMIT,
  makeBundle,
  openBundle,
  fromBundle
};
