import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  inTurns
} from "./chunk-KSPTTGMB.js";
import {
  withBlob
} from "./chunk-Z7KUIX5D.js";
import {
  warnOnce
} from "./chunk-FPEWW6XC.js";
import {
  Layout
} from "./chunk-QXYWZY23.js";
import {
  connectSaves
} from "./chunk-4RS7WBCL.js";
import "./chunk-QGK77OHI.js";
import "./chunk-4SKGWH6K.js";
import "./chunk-DFUUDE2K.js";
import "./chunk-DCTTGT6M.js";
import "./chunk-FUQHFSBD.js";
import "./chunk-H7XMZLRN.js";
import "./chunk-VWCS4YZZ.js";
import {
  readDigest,
  readSize
} from "./chunk-RKAU76CV.js";
import "./chunk-QWCBFTQ4.js";
import "./chunk-LFD2NK2P.js";
import "./chunk-UMCD7WYT.js";
import "./chunk-GHKMTOL7.js";
import {
  makeBundle
} from "./chunk-SMR2B6IV.js";
import "./chunk-NAVAG4EO.js";
import {
  readRegular
} from "./chunk-SP36TW6E.js";
import "./chunk-MUYIHUB2.js";
import "./chunk-V4QGKLYV.js";
import {
  asList,
  asObject,
  asString,
  parseJson
} from "./chunk-DGCL3OSD.js";
import {
  PullError,
  foundBy,
  messageOf
} from "./chunk-P27XCGGL.js";
import "./chunk-VA35IVHB.js";

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
var ABSOLUTE = /^(\/|[A-Za-z]:[\\/]|\\\\)/;
function readPath(value, what) {
  const path = asString(value, `${what} path`);
  if (ABSOLUTE.test(path) && !path.includes("\0")) return path;
  throw wrongState(`${what} path: expected an absolute path, got ${JSON.stringify(path)}`);
}
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
function readKey(value, what) {
  const key = asString(value, `${what} key`);
  if (/^[A-Za-z0-9._+-]{1,512}$/.test(key)) return key;
  throw wrongState(`${what} key: expected at most 512 letters, digits and . _ + -`);
}
function readBlob(value, what) {
  const fields = asObject(value, what);
  const digest = readDigest(fields["digest"], what);
  const size = readSize(fields["size"], what);
  return { digest, size };
}
function readInline(value, what) {
  const fields = asObject(value, what);
  const base64 = asString(fields["base64"], `${what} base64`);
  return { digest: readDigest(fields["digest"], what), base64 };
}
function wrongState(found) {
  return new PullError("wrong-state", found);
}

// src/action/save.ts
var AT_ONCE = 4;
var LOOK_UPS_AT_ONCE = 16;
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
async function save(path, machine, voice) {
  const { temporary, cancelled: signal, clock } = machine;
  const saves = await readPendingSaves(path, temporary);
  const cache = await connectSaves(saves.cache, { machine, voice, signal });
  const sleep = (ms) => clock.sleep(ms, signal);
  const layout = await Layout.open(saves.layout, { ...clock, sleep });
  const missing = await missingEntries(saves.entries, cache);
  const results = await inTurns(missing, AT_ONCE, async (entry) => {
    try {
      return await saveEntry(entry, layout, cache);
    } catch (error) {
      const why = `the cache entry ${entry.key} is not saved: ${messageOf(error)}`;
      if (!signal.aborted) voice.say(why);
      return "failed";
    }
  });
  voice.say(savedLine(results, saves.entries.length - missing.length));
}
async function missingEntries(entries, cache) {
  const has = async ({ key }) => await cache.has?.(key) ?? false;
  const isThere = await inTurns(entries, LOOK_UPS_AT_ONCE, has);
  return entries.filter((_, at) => isThere[at] !== true);
}
function savedLine(results, existedBefore) {
  const count = (result) => {
    const equal = results.filter((one) => one === result);
    return equal.length;
  };
  const saved = count("saved");
  const existed = existedBefore + count("existed");
  const failed = count("failed");
  if (saved + existed + failed === 0) return "cache: nothing new to save";
  const entries = saved === 1 ? "entry" : "entries";
  const others = [
    existed === 0 ? "" : `, ${existed} already existed`,
    failed === 0 ? "" : `, ${failed} not saved`
  ];
  return `cache: saved ${saved} ${entries}${others.join("")}`;
}
async function readPendingSaves(path, temporary) {
  const below = relative(temporary, path);
  const isOutside = below.startsWith("..") || isAbsolute(below);
  const text = isOutside ? void 0 : await readRegular(path, STATE_LIMIT);
  if (text !== void 0) return parsePendingSaves(text);
  const expected = `a file of at most ${STATE_LIMIT} bytes below ${temporary}`;
  throw new PullError("wrong-state", `pending saves: expected ${expected}, got ${path}`);
}
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
function inOneSlice(bytes) {
  async function* slices() {
    yield bytes;
  }
  return { size: bytes.length, slices: slices() };
}
export {
  save,
  savePending
};
