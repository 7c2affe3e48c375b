import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  withBlob
} from "./chunk-UWCIXGB4.js";
import {
  inTurns
} from "./chunk-L2B45JQI.js";
import {
  warnOnce
} from "./chunk-QQ6JMD24.js";
import {
  Layout
} from "./chunk-5OW2QLUR.js";
import {
  connectSaves
} from "./chunk-KIGC5NSG.js";
import "./chunk-QI2MY3KS.js";
import "./chunk-Q2WJBQJ5.js";
import "./chunk-3JVV6VOG.js";
import "./chunk-XVBIHPMZ.js";
import {
  readDigest,
  readSize
} from "./chunk-GK4TBZ6T.js";
import "./chunk-QLFXTSCP.js";
import "./chunk-6YGTSZFH.js";
import {
  makeBundle
} from "./chunk-XFAF64ZC.js";
import "./chunk-PFTWHRR2.js";
import {
  readRegular
} from "./chunk-YNGR2UKO.js";
import "./chunk-W4LMWFRO.js";
import {
  asList,
  asObject,
  asString,
  parseJson
} from "./chunk-ZUT5BRUG.js";
import {
  PullError,
  foundBy,
  messageOf
} from "./chunk-BKI5YU5A.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/action/save.ts
import { isAbsolute, relative } from "node:path";

// src/pull/pending-saves.ts
function parsePendingSaves(text) {
  const fields = asObject(parseJson(text, "pending saves"), "pending saves");
  const layout = asString(fields["layout"], "pending saves layout");
  if (layout === "") throw wrongState("pending saves layout: expected a path, got none");
  return {
    layout,
    cache: readPlace(fields["cache"]),
    entries: asList(fields["entries"], "pending saves entries").map(readEntry)
  };
}
__name(parsePendingSaves, "parsePendingSaves");
function readPlace(value) {
  const what = "pending saves cache";
  const fields = asObject(value, what);
  const kind = asString(fields["kind"], `${what} kind`);
  if (kind === "service") return { kind };
  if (kind === "directory") {
    return { kind, path: readPath(fields["path"], what), size: readSize(fields["size"], what) };
  }
  throw wrongState(`${what} kind: expected service or directory, got ${JSON.stringify(kind)}`);
}
__name(readPlace, "readPlace");
var ABSOLUTE = /^(\/|[A-Za-z]:[\\/]|\\\\)/;
function readPath(value, what) {
  const path = asString(value, `${what} path`);
  if (ABSOLUTE.test(path) && !path.includes("\0")) return path;
  throw wrongState(`${what} path: expected an absolute path, got ${JSON.stringify(path)}`);
}
__name(readPath, "readPath");
function readEntry(value, at) {
  const what = `pending saves entries[${at}]`;
  const fields = asObject(value, what);
  const key = readKey(fields["key"], what);
  if (fields["blob"] !== void 0) {
    return { key, blob: readBlob(fields["blob"], `${what} blob`) };
  }
  const bundle = asList(fields["bundle"], `${what} bundle`);
  const inline = asList(fields["inline"], `${what} inline`);
  return {
    key,
    bundle: bundle.map((digest) => readDigest(digest, `${what} bundle`)),
    inline: inline.map((document) => readInline(document, `${what} inline`))
  };
}
__name(readEntry, "readEntry");
function readKey(value, what) {
  const key = asString(value, `${what} key`);
  if (/^[A-Za-z0-9._+-]{1,512}$/.test(key)) return key;
  throw wrongState(`${what} key: expected at most 512 letters, digits and . _ + -`);
}
__name(readKey, "readKey");
function readBlob(value, what) {
  const fields = asObject(value, what);
  const digest = readDigest(fields["digest"], what);
  const size = readSize(fields["size"], what);
  return { digest, size };
}
__name(readBlob, "readBlob");
function readInline(value, what) {
  const fields = asObject(value, what);
  const base64 = asString(fields["base64"], `${what} base64`);
  return { digest: readDigest(fields["digest"], what), base64 };
}
__name(readInline, "readInline");
function wrongState(found) {
  return new PullError("wrong-state", found);
}
__name(wrongState, "wrongState");

// src/action/save.ts
var AT_ONCE = 4;
var STATE_LIMIT = 64 * 1024 * 1024;
async function savePending(path, machine, workflow) {
  if (path === "") return;
  const voice = warnOnce(workflow);
  try {
    await save(path, machine, voice);
  } catch (error) {
    voice.warn(`nothing was saved to the cache: ${foundBy(error)}`);
  }
}
__name(savePending, "savePending");
async function save(path, machine, voice) {
  const { temporary, cancelled: signal, clock } = machine;
  const saves = await readPendingSaves(path, temporary);
  const cache = await connectSaves(saves.cache, { machine, voice, signal });
  const sleep = /* @__PURE__ */ __name((ms) => clock.sleep(ms, signal), "sleep");
  const layout = await Layout.open(saves.layout, { ...clock, sleep });
  const results = await inTurns(saves.entries, AT_ONCE, async (entry) => {
    try {
      return await saveEntry(entry, layout, cache);
    } catch (error) {
      const why = `the cache entry ${entry.key} is not saved: ${messageOf(error)}`;
      if (!signal.aborted) voice.say(why);
      return "failed";
    }
  });
  voice.say(savedLine(results));
}
__name(save, "save");
function savedLine(results) {
  const count = /* @__PURE__ */ __name((result) => {
    const equal = results.filter((one) => one === result);
    return equal.length;
  }, "count");
  const saved = count("saved");
  const existed = count("existed");
  const failed = count("failed");
  const entries = saved === 1 ? "entry" : "entries";
  const rest = failed === 0 ? "" : `, ${failed} not saved`;
  return `cache: saved ${saved} ${entries}, ${existed} already existed${rest}`;
}
__name(savedLine, "savedLine");
async function readPendingSaves(path, temporary) {
  const below = relative(temporary, path);
  const isOutside = below.startsWith("..") || isAbsolute(below);
  const text = isOutside ? void 0 : await readRegular(path, STATE_LIMIT);
  if (text !== void 0) return parsePendingSaves(text);
  const expected = `a file of at most ${STATE_LIMIT} bytes below ${temporary}`;
  throw new PullError("wrong-state", `pending saves: expected ${expected}, got ${path}`);
}
__name(readPendingSaves, "readPendingSaves");
async function saveEntry(entry, layout, cache) {
  const { key } = entry;
  if ("blob" in entry) {
    const { blob } = entry;
    const path = layout.blobPath(blob.digest);
    return withBlob(path, blob, (bytes) => cache.save(key, bytes));
  }
  const documents = entry.inline.map(({ digest, base64 }) => {
    const bytes = Buffer.from(base64, "base64");
    return { digest, bytes };
  });
  const bundle = await makeBundle(layout, entry.bundle, documents);
  return cache.save(key, inOneSlice(bundle));
}
__name(saveEntry, "saveEntry");
function inOneSlice(bytes) {
  async function* slices() {
    yield bytes;
  }
  __name(slices, "slices");
  return { size: bytes.length, slices: slices() };
}
__name(inOneSlice, "inOneSlice");
export {
  save,
  savePending
};
