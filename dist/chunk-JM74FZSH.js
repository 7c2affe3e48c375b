import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  withBlob
} from "./chunk-VJHD5BRZ.js";
import {
  BUNDLE_LIMIT,
  Layout,
  inTurns,
  toBundle
} from "./chunk-GARAT3GI.js";
import {
  connectCache,
  openHttp,
  readDigest,
  readSize
} from "./chunk-U27EXNVS.js";
import {
  readRegular
} from "./chunk-3FKFBQK7.js";
import {
  PullError,
  algorithmOf,
  asList,
  asObject,
  asString,
  digestOf,
  parseJson
} from "./chunk-ZX7A5LN5.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/save.ts
import { isAbsolute, relative } from "node:path";

// src/pull/pending.ts
function parsePendingSaves(text) {
  const fields = asObject(parseJson(text, "pending saves"), "pending saves");
  const kind = asString(fields["kind"], "pending saves kind");
  if (kind !== "service" && kind !== "directory") {
    throw new PullError("wrong-state", `pending saves kind: expected service or directory, got ${JSON.stringify(kind)}`);
  }
  const layout = asString(fields["layout"], "pending saves layout");
  if (layout === "") throw new PullError("wrong-state", "pending saves layout: expected a path, got none");
  return {
    layout,
    kind,
    entries: asList(fields["entries"], "pending saves entries").map(readEntry)
  };
}
__name(parsePendingSaves, "parsePendingSaves");
function readEntry(value, at) {
  const what = `pending saves entries[${at}]`;
  const fields = asObject(value, what);
  const key = readKey(fields["key"], what);
  if (fields["blob"] !== void 0) return { key, blob: readBlob(fields["blob"], `${what} blob`) };
  const digests = asList(fields["bundle"], `${what} bundle`);
  return {
    key,
    bundle: digests.map((digest) => readDigest(digest, `${what} bundle`)),
    inline: asList(fields["inline"], `${what} inline`).map((document) => readInline(document, `${what} inline`))
  };
}
__name(readEntry, "readEntry");
function readKey(value, what) {
  const key = asString(value, `${what} key`);
  if (/^[A-Za-z0-9._+-]{1,512}$/.test(key)) return key;
  throw new PullError("wrong-state", `${what} key: expected at most 512 letters, digits and . _ + -`);
}
__name(readKey, "readKey");
function readBlob(value, what) {
  const fields = asObject(value, what);
  return { digest: readDigest(fields["digest"], what), size: readSize(fields["size"], what) };
}
__name(readBlob, "readBlob");
function readInline(value, what) {
  const fields = asObject(value, what);
  return { digest: readDigest(fields["digest"], what), base64: asString(fields["base64"], `${what} base64`) };
}
__name(readInline, "readInline");

// src/save.ts
var AT_ONCE = 4;
var STATE_LIMIT = 64 * 1024 * 1024;
async function save(path, { environment, clock, temporary }, voice) {
  const saves = await readPendingSaves(path, temporary);
  const { signal } = new AbortController();
  const context = { voice, clock, signal };
  const http = openHttp(1, context);
  try {
    await saveEntries(saves, await connectCache(saves.kind, http, environment, context), voice.say);
  } finally {
    http.close();
  }
}
__name(save, "save");
async function readPendingSaves(path, temporary) {
  const below = relative(temporary, path);
  const outside = below.startsWith("..") || isAbsolute(below);
  const text = outside ? void 0 : await readRegular(path, STATE_LIMIT);
  if (text !== void 0) return parsePendingSaves(text);
  throw new PullError("wrong-state", `pending saves: expected a file of at most ${STATE_LIMIT} bytes below ${temporary}, got ${path}`);
}
__name(readPendingSaves, "readPendingSaves");
async function saveEntries({ layout: path, entries }, cache, say) {
  const layout = await Layout.open(path);
  const all = await inTurns(
    entries,
    AT_ONCE,
    (entry) => saveEntry(entry, layout, cache).catch((error) => {
      say(`the cache entry ${entry.key} is not saved: ${error.message}`);
      return "failed";
    })
  );
  const count = /* @__PURE__ */ __name((what) => all.filter((one) => one === what).length, "count");
  const failed = count("failed");
  say(`cache: saved ${count("saved")} entries, ${count("there")} already existed${failed === 0 ? "" : `, ${failed} not saved`}`);
}
__name(saveEntries, "saveEntries");
async function saveEntry(entry, layout, cache) {
  const { key } = entry;
  if (!("blob" in entry)) return cache.save(key, inOneSlice(toBundle(await membersOf(entry, layout))));
  const { blob } = entry;
  return withBlob(layout.blobPath(blob.digest), blob, (bytes) => cache.save(key, bytes));
}
__name(saveEntry, "saveEntry");
async function membersOf({ bundle, inline }, layout) {
  const members = inline.map(({ digest, base64 }) => ({ digest, bytes: Buffer.from(base64, "base64") }));
  for (const { digest, bytes } of members) {
    if (digestOf(bytes, algorithmOf(digest)) !== digest) throw new PullError("wrong-state", `${digest} is not what was verified`);
  }
  let size = 0;
  for (const digest of bundle) {
    const bytes = await layout.read(digest);
    if (bytes === void 0) throw new PullError("layout-changed", `blob ${digest} of the layout has changed since it was verified`);
    members.push({ digest, bytes });
    size += bytes.length;
    if (size > BUNDLE_LIMIT) throw tooLarge();
  }
  return members;
}
__name(membersOf, "membersOf");
function tooLarge() {
  return new PullError("too-large", `its blobs have more than ${BUNDLE_LIMIT} bytes`, { next: "lower cache-min-size" });
}
__name(tooLarge, "tooLarge");
function inOneSlice(bytes) {
  async function* slices() {
    yield bytes;
  }
  __name(slices, "slices");
  return { size: bytes.length, slices: slices() };
}
__name(inOneSlice, "inOneSlice");

export {
  save
};
