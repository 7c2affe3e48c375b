import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  OCI_INDEX,
  readDescriptor
} from "./chunk-XBXHNNI5.js";
import {
  diffIdsOf,
  digestOfFile,
  hashSome
} from "./chunk-X35PJ2UA.js";
import {
  diskFailure,
  makeDirectory,
  onDisk,
  openRegular,
  readRegular
} from "./chunk-DL6C3E4O.js";
import {
  PullError,
  algorithmOf,
  asList,
  asObject,
  codeOf,
  digestOf,
  hasher,
  parseJson
} from "./chunk-CKJU2S6O.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/store/layout.ts
import { lstat as lstat4, rename as rename4, rm as rm5 } from "node:fs/promises";
import { join as join4, resolve } from "node:path";

// src/store/holder.ts
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
var WHERE = `${pidNamespace()}.${machineBoot()}`;
var HOLDER = `${process.pid}.${statOf(process.pid).start}.${WHERE}`;
var TEMPORARY = /\.(\d+\.\d+\.\d+\.[0-9a-f]{8})\.[0-9a-f-]{36}$/;
function temporaryPath(path) {
  return `${path}.${HOLDER}.${crypto.randomUUID()}`;
}
__name(temporaryPath, "temporaryPath");
function holderOf(name) {
  return TEMPORARY.exec(name)?.[1];
}
__name(holderOf, "holderOf");
function lifeOf(holder) {
  const [pid, start, ...where] = holder.split(".");
  if (where.join(".") !== WHERE) return "unknown";
  if (!exists(Number(pid))) return "dead";
  const found = statOf(Number(pid));
  if (found.state === "Z") return "dead";
  if (start === "0" || found.start === "0") return "unknown";
  return start === found.start ? "alive" : "dead";
}
__name(lifeOf, "lifeOf");
function exists(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}
__name(exists, "exists");
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", start: fields[22 - 3] ?? "0" };
  } catch {
    return { state: "", start: "0" };
  }
}
__name(statOf, "statOf");
function pidNamespace() {
  try {
    return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0";
  } catch {
    return "0";
  }
}
__name(pidNamespace, "pidNamespace");
function machineBoot() {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").slice(0, 8);
  } catch {
    return digestOf(Buffer.from(hostname())).slice("sha256:".length).slice(0, 8);
  }
}
__name(machineBoot, "machineBoot");

// src/store/ingest.ts
import { writeSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";

// src/store/ingest-part.ts
var IngestPart = class {
  static {
    __name(this, "IngestPart");
  }
  start;
  #received = 0;
  #write;
  constructor(start, write) {
    this.start = start;
    this.#write = write;
  }
  get received() {
    return this.#received;
  }
  /**
   * Consumes `chunk` synchronously. Fails as `invalid` at the first byte after the blob's end, and
   * as the disk does.
   */
  write(chunk) {
    this.#write(chunk, this.start + this.#received);
    this.#received += chunk.length;
  }
};

// src/store/progress.ts
var Progress = class {
  static {
    __name(this, "Progress");
  }
  #waiting = [];
  /** Resolves at the next {@link report}. */
  next() {
    return new Promise((resolve2) => this.#waiting.push(resolve2));
  }
  /** Wakes all readers that wait. */
  report() {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
};

// src/store/ingest.ts
var READ_SIZE = 256 * 1024;
var Ingest = class _Ingest {
  static {
    __name(this, "Ingest");
  }
  #expected;
  #path;
  #final;
  #file;
  #progress = new Progress();
  #hasher;
  /** All bytes before this position are hashed. */
  #hashed = 0;
  #catchingUp;
  /** The parts since the last restart; earlier ones write no more. */
  #parts = [];
  #state = "open";
  /** How often everything received was discarded. */
  #discards = 0;
  constructor(expected, path, final, file) {
    this.#expected = expected;
    this.#path = path;
    this.#final = final;
    this.#file = file;
    this.#hasher = hasher(algorithmOf(expected.digest));
  }
  /**
   * An ingest in a new file at `path`, which becomes `final`. Fails as `unsupported` when the file
   * exists, and for other errors of the disk.
   */
  static async open(expected, path, final) {
    const file = await onDisk(path, () => open(path, "wx+", 420), expected.size);
    return new _Ingest(expected, path, final, file);
  }
  /** Bytes received so far, in all parts. */
  get received() {
    return this.#parts.reduce((sum, part) => sum + part.received, 0);
  }
  /** A part for the bytes from `start` on. Several may be written at a time. */
  part(start) {
    const part = new IngestPart(start, (chunk, position) => {
      if (this.#parts.includes(part)) this.#write(chunk, position);
    });
    this.#parts.push(part);
    return part;
  }
  /**
   * Discards everything received. Parts made before write no more, and readers fail. Fails as the
   * disk does.
   */
  async restart() {
    const { received } = this;
    await this.#discard();
    if (received > 0) await this.#file.truncate(0);
    this.#catchingUp = void 0;
    this.#hasher = hasher(algorithmOf(this.#expected.digest));
  }
  /**
   * Gives the blob its final name. Fails as `invalid` when size or digest differ, and as the disk
   * does. The file then keeps its temporary name, for {@link restart} or {@link abort}.
   */
  async commit() {
    const { digest, size } = this.#expected;
    this.#catchUp();
    await this.#catchingUp;
    if (this.#hashed !== size) {
      const found = `${digest} has ${size} bytes, got ${this.#hashed}`;
      throw new PullError("too-short", `too short: ${found}`);
    }
    const got = this.#hasher.digest();
    if (got !== digest) {
      const found = `expected ${digest}, got ${size} bytes that have ${got}`;
      throw new PullError("digest-differs", `digest differs: ${found}`);
    }
    await onDisk(this.#final, async () => {
      await this.#file.close();
      await rename(this.#path, this.#final);
    });
    this.#state = "committed";
    this.#progress.report();
  }
  /** Leaves nothing behind, and readers fail. Has no effect after a commit. */
  async abort() {
    if (this.#state === "committed") return;
    this.#state = "aborted";
    await this.#discard();
    await this.#file.close().catch(() => void 0);
    await rm(this.#path, { force: true });
  }
  /**
   * The blob's bytes, in order, for a second reader while they arrive: those that are hashed, and
   * the last byte only after the commit, so that a wrong blob never ends. The writer does not wait
   * for readers. Fails as `unreachable` when what was received is discarded, as `dangling` when
   * another process cuts the file, and as {@link openRegular} does.
   */
  async *read() {
    const { size } = this.#expected;
    const discards = this.#discards;
    const file = await this.#openToRead();
    try {
      let at = 0;
      while (at < size || this.#state !== "committed") {
        this.#expectKept(discards);
        const end = this.#state === "committed" ? size : Math.min(this.#hashed, size - 1);
        if (end <= at) {
          await this.#progress.next();
          continue;
        }
        const bytes = await readAt(file, at, end);
        this.#expectKept(discards);
        if (bytes.length === 0) throw this.#cut();
        yield bytes;
        at += bytes.length;
      }
    } finally {
      await file.close();
    }
  }
  /** Opens the file under the name that it has now: a commit may be renaming it. */
  async #openToRead() {
    try {
      return await openRegular(this.#path);
    } catch (error) {
      if (this.#state === "aborted") throw this.#givenUp();
      if (codeOf(error) !== "ENOENT") throw error;
      return openRegular(this.#final);
    }
  }
  /** Fails when bytes were discarded since: the reader may have some of them. */
  #expectKept(discards) {
    if (discards !== this.#discards || this.#state === "aborted") throw this.#givenUp();
  }
  #givenUp() {
    return new PullError("answer-cut", `the download of ${this.#expected.digest} was given up`);
  }
  #cut() {
    const { digest } = this.#expected;
    return new PullError("layout-changed", `the file of ${digest} was cut by another process`);
  }
  /** Ends all parts and readers. */
  async #discard() {
    this.#parts = [];
    this.#hashed = 0;
    this.#discards++;
    this.#progress.report();
    await this.#catchingUp?.catch(() => void 0);
  }
  /**
   * Writes synchronously: a copy into the system's memory takes less time than an answer from
   * another thread. A disk that falls behind blocks this thread, and so slows down the senders.
   */
  #write(chunk, position) {
    const { digest, size } = this.#expected;
    const end = position + chunk.length;
    if (end > size) {
      throw new PullError("too-long", `too long: ${digest} has ${size} bytes, got more`);
    }
    try {
      this.#writeAll(chunk, position);
    } catch (error) {
      throw diskFailure(this.#path, error, size);
    }
    if (position === this.#hashed && this.#catchingUp === void 0) {
      this.#hasher.update(chunk);
      this.#hashed = end;
      this.#progress.report();
    }
    this.#catchUp();
  }
  #writeAll(chunk, position) {
    let written = 0;
    while (written < chunk.length) {
      const left = chunk.length - written;
      written += writeSync(this.#file.fd, chunk, written, left, position + written);
    }
  }
  /** The position after the bytes that arrived without a gap. */
  get #reached() {
    const ends = this.#parts.map(
      ({ start, received }) => start <= this.#hashed ? start + received : 0
    );
    return Math.max(this.#hashed, ...ends);
  }
  /** Hashes bytes that arrived early once no gap is before them, read back from the file. */
  #catchUp() {
    if (this.#catchingUp !== void 0 || this.#reached === this.#hashed) return;
    this.#catchingUp = onDisk(this.#path, () => this.#readBack());
    this.#catchingUp.catch(() => void 0);
  }
  async #readBack() {
    for (let end = this.#reached; end > this.#hashed; end = this.#reached) {
      const hashed = await hashSome(this.#file, this.#hasher, this.#hashed, end);
      if (this.#parts.length === 0 || hashed === this.#hashed) return;
      this.#hashed = hashed;
      this.#progress.report();
    }
    this.#catchingUp = void 0;
  }
};
async function readAt(file, start, end) {
  const bytes = Buffer.allocUnsafe(Math.min(READ_SIZE, end - start));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
  return bytes.subarray(0, bytesRead);
}
__name(readAt, "readAt");

// src/store/layout-index.ts
import { lstat as lstat2, rename as rename3, rm as rm3, writeFile as writeFile2 } from "node:fs/promises";
import { join as join2 } from "node:path";

// src/oci/layout.ts
var LAYOUT_VERSION = '{"imageLayoutVersion":"1.0.0"}';
var IMAGE_NAME = "io.containerd.image.name";
var REF_NAME = "org.opencontainers.image.ref.name";

// src/store/mutex.ts
import { lstat, mkdir, readdir, rename as rename2, rm as rm2, rmdir, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
var POLL_MS = 25;
var PATIENCE_MS = 6e4;
var BEAT_MS = 1e3;
var SILENCE_MS = 20 * BEAT_MS;
var REAL_TIME = {
  now: Date.now,
  sleep,
  after: /* @__PURE__ */ __name((ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  }, "after")
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
__name(locked, "locked");
async function acquire(path, time) {
  const aside = temporaryPath(path);
  const name = basename(aside);
  await mkdir(aside);
  try {
    await writeFile(join(aside, name), "", { flag: "wx" });
    await wait(aside, path, time);
  } finally {
    await rm2(aside, { recursive: true, force: true });
  }
  return join(path, name);
}
__name(acquire, "acquire");
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
__name(wait, "wait");
var TAKEN = /* @__PURE__ */ new Set(["ENOTEMPTY", "EEXIST", "ENOTDIR", "EPERM", "EACCES", "EBUSY"]);
async function take(aside, path) {
  try {
    await rename2(aside, path);
    return true;
  } catch (error) {
    if (!TAKEN.has(codeOf(error))) throw error;
    await removeEmpty(path);
    return false;
  }
}
__name(take, "take");
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
__name(look, "look");
function isAbandoned(name, silent) {
  const holder = holderOf(name);
  if (holder === void 0) return false;
  const life = lifeOf(holder);
  return life === "dead" || life === "unknown" && silent >= SILENCE_MS;
}
__name(isAbandoned, "isAbandoned");
function kept(path, name) {
  const holder = holderOf(name);
  const by = holder === void 0 ? "an unknown process" : `process ${holder.split(".")[0]}`;
  return new PullError("locked", `locked: ${path} is held by ${by} for more than a minute`);
}
__name(kept, "kept");
async function release(file) {
  await rm2(file, { force: true });
  await removeEmpty(dirname(file));
}
__name(release, "release");
async function removeEmpty(path) {
  await rmdir(path).catch(() => void 0);
}
__name(removeEmpty, "removeEmpty");
function beat(file, time) {
  let cancel = /* @__PURE__ */ __name(() => void 0, "cancel");
  const next = /* @__PURE__ */ __name(() => {
    cancel = time.after(BEAT_MS, () => {
      const now = new Date(time.now());
      utimes(file, now, now).catch(() => void 0);
      next();
    });
  }, "next");
  next();
  return () => cancel();
}
__name(beat, "beat");
async function expectHeld(file) {
  const found = await lstat(file).catch(() => void 0);
  if (found !== void 0) return;
  const why = `this process was suspended for more than ${SILENCE_MS / 1e3} s`;
  throw new PullError("lock-lost", `lock lost: ${dirname(file)} was taken over: ${why}`);
}
__name(expectHeld, "expectHeld");

// src/store/layout-index.ts
var INDEX_LIMIT = 4 * 1024 * 1024;
var LayoutIndex = class {
  static {
    __name(this, "LayoutIndex");
  }
  #layout;
  /** The directory for temporary files and the lock. */
  #private;
  #time;
  constructor(layout, privateDirectory, time) {
    this.#layout = layout;
    this.#private = privateDirectory;
    this.#time = time;
  }
  /**
   * The index; an empty one when there is no file. Fails as `invalid` when the file is malformed,
   * is not a regular file, or has more than {@link INDEX_LIMIT} bytes.
   */
  async read() {
    const path = join2(this.#layout, "index.json");
    const found = await lstat2(path).catch(() => void 0);
    if (found === void 0) {
      return { fields: { schemaVersion: 2, mediaType: OCI_INDEX }, manifests: [] };
    }
    try {
      const bytes = found.isFile() ? await readRegular(path, INDEX_LIMIT) : void 0;
      return parseIndex(bytes);
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      const why = `layout corrupt: ${path} is left as it is: ${error.found}`;
      throw new PullError("layout-corrupt", why, { cause: error });
    }
  }
  /**
   * Adds entries before all others, and replaces those with the same names. Returns a warning for
   * each added entry whose tag another image has, too. Fails as `invalid` when the index is
   * malformed or would be too large, and as {@link locked} does; then nothing is changed.
   */
  add(entries) {
    const merge = /* @__PURE__ */ __name(async (expectHeld2) => {
      const index = await this.read();
      const names = new Set(entries.map(({ annotations }) => annotations[IMAGE_NAME]));
      const kept2 = index.manifests.filter((entry) => !names.has(annotationOf(entry, IMAGE_NAME)));
      const text = formatIndex(index.fields, entries, kept2);
      if (Buffer.byteLength(text) > INDEX_LIMIT) {
        throw new PullError("layout-full", `${this.#layout} names too many images`);
      }
      await this.#replace("oci-layout", LAYOUT_VERSION, expectHeld2);
      await this.#replace("index.json", text, expectHeld2);
      return entries.flatMap((entry) => clashOf(entry, kept2));
    }, "merge");
    return locked(join2(this.#private, "lock"), merge, this.#time);
  }
  /** Writes a temporary file, flushes it to disk, and renames it into place. */
  async #replace(name, text, expectHeld2) {
    const temporary = temporaryPath(join2(this.#private, name));
    try {
      await writeFile2(temporary, text, { flag: "wx", flush: true });
      await expectHeld2();
      await rename3(temporary, join2(this.#layout, name));
    } finally {
      await rm3(temporary, { force: true });
    }
  }
};
function parseIndex(bytes) {
  if (bytes === void 0) {
    throw new PullError("too-large", `expected a file of at most ${INDEX_LIMIT} bytes`);
  }
  const fields = asObject(parseJson(bytes, "it"), "it", ["manifests"]);
  if (fields["manifests"] === void 0) throw new PullError("wrong-field", "it has no manifests");
  const manifests = asList(fields["manifests"], "its manifests");
  for (const [at, entry] of manifests.entries()) readDescriptor(entry, `its manifests[${at}]`);
  return { fields, manifests };
}
__name(parseIndex, "parseIndex");
function formatIndex(fields, added, kept2) {
  const entries = added.map(({ mediaType, digest, size, annotations }) => {
    return { mediaType, digest, size, annotations };
  });
  return JSON.stringify({ ...fields, manifests: [...entries, ...kept2] }, void 0, 2);
}
__name(formatIndex, "formatIndex");
function annotationOf(entry, name) {
  const { annotations } = entry;
  const value = annotations?.[name];
  return typeof value === "string" ? value : void 0;
}
__name(annotationOf, "annotationOf");
function clashOf({ annotations, digest }, others) {
  const tag = annotations[REF_NAME];
  const other = others.find((entry) => tag !== void 0 && annotationOf(entry, REF_NAME) === tag);
  const { digest: otherDigest } = other ?? {};
  if (other === void 0 || otherDigest === digest) return [];
  const first = annotations[IMAGE_NAME];
  const second = annotationOf(other, IMAGE_NAME) ?? String(otherDigest);
  return [`the layout has two images with the tag ${tag}: first ${first}, then ${second}`];
}
__name(clashOf, "clashOf");

// src/store/leftovers.ts
import { lstat as lstat3, readdir as readdir2, rm as rm4 } from "node:fs/promises";
import { join as join3 } from "node:path";
var LEFT_MS = 24 * 60 * 60 * 1e3;
async function removeLeftovers(directory, now) {
  for (const name of await readdir2(directory)) {
    const path = join3(directory, name);
    if (!await isLeftover(path, now)) continue;
    await rm4(path, { force: true, recursive: true }).catch(() => void 0);
  }
}
__name(removeLeftovers, "removeLeftovers");
async function isLeftover(path, now) {
  const holder = holderOf(path);
  if (holder === void 0) return false;
  const life = lifeOf(holder);
  if (life !== "unknown") return life === "dead";
  const found = await lstat3(path).catch(() => void 0);
  return found !== void 0 && now() - found.ctimeMs > LEFT_MS;
}
__name(isLeftover, "isLeftover");

// src/store/layout.ts
var PRIVATE = ".registry-pull";
var DIRECTORIES = ["", "blobs", "blobs/sha256", "blobs/sha512", PRIVATE];
var READ_SIZE2 = 1024 * 1024;
var NO_FILE = /* @__PURE__ */ new Set(["ENOENT", "ELOOP", "EMLINK", "ENXIO"]);
var Layout = class _Layout {
  static {
    __name(this, "Layout");
  }
  /** The directory, absolute. */
  path;
  #index;
  /** Sizes in bytes of the blobs that this process hashed and found right. */
  #verified = /* @__PURE__ */ new Map();
  constructor(path, time) {
    this.path = path;
    this.#index = new LayoutIndex(path, join4(path, PRIVATE), time);
  }
  /**
   * The layout at `path`, created when it does not exist. Removes what killed processes left. Fails
   * as `unsupported` when the directory is something else or cannot be written to, and as `invalid`
   * when its index is malformed, because a pull could not add to that.
   */
  static async open(path, time = REAL_TIME) {
    const layout = new _Layout(resolve(path), time);
    await onDisk(layout.path, async () => {
      for (const directory of DIRECTORIES) await makeDirectory(join4(layout.path, directory));
      await layout.#index.read();
      await removeLeftovers(join4(layout.path, PRIVATE), time.now);
    });
    return layout;
  }
  /** The path of a blob. Only a checked digest can become a path. */
  blobPath(digest) {
    return join4(this.path, "blobs", ...digest.split(":"));
  }
  /**
   * True when the layout has the blob and its bytes are right; a wrong one is removed. Hashes it
   * once in the life of this object. Fails as `unsupported` for a directory in the blob's place,
   * and for an error of the disk.
   */
  async has(blob) {
    const path = this.blobPath(blob.digest);
    return onDisk(path, () => this.#has(blob, path));
  }
  async #has({ digest, size }, path) {
    const verified = this.#verified.get(digest);
    if (verified !== void 0) return verified === size;
    const found = await lstat4(path).catch(() => void 0);
    if (found === void 0) return false;
    if (found.isDirectory()) {
      throw new PullError("not-a-file", `${path} is a directory where a blob should be`);
    }
    const isSized = found.isFile() && found.size === size;
    const isRight = isSized && await this.#computed(path, digest) === digest;
    if (isRight) this.#verified.set(digest, size);
    else await this.#removeWrong(digest);
    return isRight;
  }
  /**
   * Moves a wrong blob aside, hashes it again there, and only then removes it: another process may
   * have replaced it with the right bytes a moment ago.
   */
  async #removeWrong(digest) {
    const aside = this.#temporary("wrong");
    try {
      await rename4(this.blobPath(digest), aside);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return;
      throw error;
    }
    const isWrong = await this.#isStillWrong(aside, digest);
    if (isWrong) await rm5(aside, { force: true });
    else await rename4(aside, this.blobPath(digest));
  }
  /** Fails when the blob cannot be read. It may be right, so it gets its name back. */
  async #isStillWrong(aside, digest) {
    try {
      return await this.#computed(aside, digest) !== digest;
    } catch (error) {
      await rename4(aside, this.blobPath(digest));
      throw error;
    }
  }
  /** The digest of a file; undefined when it is gone, and when it is not a regular file. */
  async #computed(path, digest) {
    try {
      return await digestOfFile(path, digest);
    } catch (error) {
      if (error instanceof PullError || NO_FILE.has(codeOf(error))) return void 0;
      throw error;
    }
  }
  /**
   * The bytes of a blob that {@link has} found, not hashed again. Fails as `dangling` when the file
   * has another size by now, at the latest at its end; fails as {@link openRegular} does.
   */
  async *read({ digest, size }) {
    const file = await openRegular(this.blobPath(digest));
    let sent = 0;
    for await (const chunk of file.createReadStream({ highWaterMark: READ_SIZE2 })) {
      sent += chunk.length;
      if (sent > size) break;
      yield chunk;
    }
    if (sent === size) return;
    const found = `expected ${size} bytes, got ${sent}`;
    throw new PullError("layout-changed", `blob ${digest} of the layout has changed: ${found}`);
  }
  /**
   * The bytes of a small blob, hashed; undefined when it is missing, wrong, unreadable, or larger
   * than `limit` bytes.
   */
  async readSmall(digest, limit) {
    const bytes = await readRegular(this.blobPath(digest), limit).catch(() => void 0);
    const isRight = bytes !== void 0 && digestOf(bytes, algorithmOf(digest)) === digest;
    return isRight ? bytes : void 0;
  }
  /** The diffIDs of layers of this layout, by layer digest. Fails as {@link diffIdsOf} does. */
  diffIds(layers, signal) {
    const files = layers.map(({ digest, size }) => ({
      path: this.blobPath(digest),
      digest,
      size
    }));
    return diffIdsOf(files, signal);
  }
  /** An ingest for a blob that the layout does not have. Fails as {@link Ingest.open} does. */
  async ingest(blob) {
    const temporary = this.#temporary(blob.digest.replace(":", "-"));
    return Ingest.open(blob, temporary, this.blobPath(blob.digest));
  }
  /**
   * Stores bytes under their digest, unless the layout has them. Fails as `invalid` when they have
   * another digest, and as {@link has} does.
   */
  async put(digest, bytes) {
    const blob = { digest, size: bytes.length };
    if (await this.has(blob)) return;
    const ingest = await this.ingest(blob);
    try {
      ingest.part(0).write(bytes);
      await ingest.commit();
    } finally {
      await ingest.abort();
    }
  }
  /** Names images in the index. Returns warnings and fails as {@link LayoutIndex.add} does. */
  add(entries) {
    return onDisk(this.path, () => this.#index.add(entries));
  }
  /** A unique temporary path, whose name records this process. */
  #temporary(name) {
    return temporaryPath(join4(this.path, PRIVATE, name));
  }
};

// src/pull/pool.ts
async function inTurns(items, count, work) {
  const results = [];
  const queue = items.entries();
  const worker = /* @__PURE__ */ __name(async () => {
    for (const [at, item] of queue) results[at] = await work(item);
  }, "worker");
  await Promise.all(Array.from({ length: count }, worker));
  return results;
}
__name(inTurns, "inTurns");

export {
  LAYOUT_VERSION,
  IMAGE_NAME,
  REF_NAME,
  inTurns,
  Layout
};
