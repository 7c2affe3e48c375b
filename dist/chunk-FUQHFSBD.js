import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  digestOf
} from "./chunk-V4QGKLYV.js";
import {
  PullError,
  codeOf
} from "./chunk-P27XCGGL.js";

// src/store/holder.ts
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
var WHERE = `${pidNamespace()}.${machineBoot()}`;
var HOLDER = holderFor(process.pid);
var TEMPORARY = /\.(\d+\.\d+\.\d+\.[0-9a-f]{8})\.[0-9a-f-]{36}$/;
function holderFor(pid) {
  return `${pid}.${statOf(pid).start}.${WHERE}`;
}
function temporaryPath(path, holder = HOLDER) {
  return `${path}.${holder}.${crypto.randomUUID()}`;
}
function pidOf(holder) {
  return Number(holder.split(".")[0]);
}
function holderOf(name) {
  return TEMPORARY.exec(name)?.[1];
}
function lifeOf(holder) {
  const [pid, start, ...where] = holder.split(".");
  if (where.join(".") !== WHERE) return "unknown";
  if (!exists(Number(pid))) return "dead";
  const found = statOf(Number(pid));
  if (found.state === "Z") return "dead";
  if (start === "0" || found.start === "0") return "unknown";
  return start === found.start ? "alive" : "dead";
}
function exists(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state = "", parent = "0"] = fields;
    return { state, parent, start: fields[22 - 3] ?? "0" };
  } catch {
    return { state: "", parent: "0", start: "0" };
  }
}
function pidNamespace() {
  try {
    return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0";
  } catch {
    return "0";
  }
}
function machineBoot() {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").slice(0, 8);
  } catch {
    return digestOf(Buffer.from(hostname())).slice("sha256:".length).slice(0, 8);
  }
}
function ancestors() {
  const found = [];
  for (let pid = process.ppid; pid > 1; pid = Number(statOf(pid).parent)) {
    found.push(holderFor(pid));
  }
  return found;
}
function nameOf(holder) {
  try {
    return readFileSync(`/proc/${pidOf(holder)}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}

// src/store/mutex.ts
import { lstat, mkdir, readdir, rename, rm, rmdir, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
var POLL_MS = 25;
var PATIENCE_MS = 6e4;
var BEAT_MS = 1e3;
var SILENCE_MS = 20 * BEAT_MS;
var REAL_TIME = {
  now: Date.now,
  sleep,
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  }
};
async function locked(path, work, time = REAL_TIME) {
  const mine = await acquire(path, time);
  const stopBeating = beat(mine, time);
  try {
    return await work(() => expectHeld(mine));
  } finally {
    stopBeating();
    await release(mine);
  }
}
async function acquire(path, time) {
  const aside = temporaryPath(path);
  const name = basename(aside);
  await mkdir(aside);
  try {
    await writeFile(join(aside, name), "", { flag: "wx" });
    await wait(aside, path, time);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return join(path, name);
}
async function wait(aside, path, time) {
  let silent = 0;
  let last = NOTHING;
  let isTaken = await take(aside, path);
  for (let waited = 0; !isTaken; waited += POLL_MS) {
    const seen = await look(path);
    const isSame = seen.name === last.name && seen.touched === last.touched;
    silent = isSame ? silent + POLL_MS : 0;
    last = seen;
    if (isAbandoned(seen.name, silent)) await release(join(path, seen.name));
    else if (waited > PATIENCE_MS) throw kept(path, seen.name);
    await time.sleep(POLL_MS);
    isTaken = await take(aside, path);
  }
}
var TAKEN = /* @__PURE__ */ new Set(["ENOTEMPTY", "EEXIST", "ENOTDIR", "EPERM", "EACCES", "EBUSY"]);
async function take(aside, path) {
  try {
    await rename(aside, path);
    return true;
  } catch (error) {
    if (!TAKEN.has(codeOf(error))) throw error;
    await removeEmpty(path);
    return false;
  }
}
var NOTHING = { name: "", touched: 0 };
async function look(path) {
  try {
    const isLink = !(await lstat(path)).isDirectory();
    const [name] = isLink ? [] : await readdir(path);
    if (name === void 0) return NOTHING;
    return { name, touched: (await lstat(join(path, name))).mtimeMs };
  } catch {
    return NOTHING;
  }
}
function isAbandoned(name, silent) {
  const holder = holderOf(name);
  if (holder === void 0) return false;
  const life = lifeOf(holder);
  return life === "dead" || life === "unknown" && silent >= SILENCE_MS;
}
function kept(path, name) {
  const holder = holderOf(name);
  const by = holder === void 0 ? "an unknown process" : `process ${holder.split(".")[0]}`;
  return new PullError("locked", `locked: ${path} is held by ${by} for more than a minute`);
}
async function release(file) {
  await rm(file, { force: true });
  await removeEmpty(dirname(file));
}
async function removeEmpty(path) {
  await rmdir(path).catch(() => void 0);
}
function beat(file, time) {
  let cancel = () => void 0;
  const next = () => {
    cancel = time.after(BEAT_MS, () => {
      const now = new Date(time.now());
      utimes(file, now, now).catch(() => void 0);
      next();
    });
  };
  next();
  return () => cancel();
}
async function expectHeld(file) {
  const found = await lstat(file).catch(() => void 0);
  if (found !== void 0) return;
  const why = `this process was suspended for more than ${SILENCE_MS / 1e3} s`;
  throw new PullError("lock-lost", `lock lost: ${dirname(file)} was taken over: ${why}`);
}

export {
  HOLDER,
  temporaryPath,
  pidOf,
  holderOf,
  lifeOf,
  ancestors,
  nameOf,
  REAL_TIME,
  locked
};
