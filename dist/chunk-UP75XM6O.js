import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  Layout,
  inTurns,
  toBundle
} from "./chunk-ZJUNNJN7.js";
import {
  connectCache,
  openHttp
} from "./chunk-6SHLVC2K.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

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
  const all = await inTurns(promises.entries, AT_ONCE, (entry) => saveEntry(entry, layout, cache));
  const count = /* @__PURE__ */ __name((what) => all.filter((one) => one === what).length, "count");
  const failed = count("failed");
  say(`cache: ${count("saved")} entries saved, ${count("there")} were there${failed === 0 ? "" : `, ${failed} not saved`}`);
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
