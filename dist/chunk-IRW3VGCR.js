import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  Layout,
  toBundle
} from "./chunk-3Z7XNKDA.js";
import {
  connectCache,
  openHttp
} from "./chunk-5AIIO5FO.js";
import {
  __name
} from "./chunk-7EV6XQIJ.js";

// src/save.ts
import { rm, writeFile } from "node:fs/promises";
var AT_ONCE = 4;
async function save(promises, { environment, clock }, voice) {
  if (promises === void 0 || promises.entries.length === 0) return;
  const { signal } = new AbortController();
  const context = { voice, clock, signal };
  const http = openHttp(1, context);
  try {
    await saveEntries(promises, await connectCache(promises.kind, http, environment, context), voice.say);
  } finally {
    http.close();
  }
}
__name(save, "save");
async function saveEntries(promises, cache, say) {
  const layout = await Layout.open(promises.layout);
  const queue = promises.entries.values();
  const counts = { saved: 0, there: 0, failed: 0 };
  const worker = /* @__PURE__ */ __name(async () => {
    for (const entry of queue) counts[await saveEntry(entry, layout, cache)]++;
  }, "worker");
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  say(`cache: ${counts.saved} entries saved, ${counts.there} were there${counts.failed === 0 ? "" : `, ${counts.failed} not saved`}`);
}
__name(saveEntries, "saveEntries");
async function saveEntry({ key, blobs, bundled, inline }, layout, cache) {
  const [first] = blobs;
  if (!bundled) return first !== void 0 && await layout.isRight(first) ? cache.save(key, layout.blobPath(first)) : "failed";
  const parts = inline.map(([digest, base64]) => ({ digest, bytes: Buffer.from(base64, "base64") }));
  for (const digest of blobs) {
    const bytes = await layout.read(digest);
    if (bytes === void 0) return "failed";
    parts.push({ digest, bytes });
  }
  const path = layout.temporary("bundle");
  await writeFile(path, toBundle(parts), { flag: "wx" });
  try {
    return await cache.save(key, path);
  } finally {
    await rm(path, { force: true });
  }
}
__name(saveEntry, "saveEntry");

export {
  save
};
