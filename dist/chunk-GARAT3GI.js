import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  OCI_INDEX,
  danglingFrom,
  problemFrom,
  readDescriptor,
  repositoryName,
  withNote
} from "./chunk-U27EXNVS.js";
import {
  diskFailure,
  makeDirectory,
  onDisk,
  openRegular,
  readRegular
} from "./chunk-3FKFBQK7.js";
import {
  PullError,
  algorithmOf,
  asDigest,
  asList,
  asObject,
  digestOf,
  foundBy,
  hasher,
  inContext,
  isInterruption,
  mayPass,
  parseJson
} from "./chunk-ZX7A5LN5.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/store/layout.ts
import { lstat as lstat2, readdir as readdir2, rename as rename3, rm as rm3, writeFile as writeFile2 } from "node:fs/promises";
import { join as join2, resolve } from "node:path";

// src/store/hash.ts
import { readSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createGunzip } from "node:zlib";
var UNPACK_SIZE = 1024 * 1024;
var memory = Buffer.allocUnsafeSlow(256 * 1024);
var TURN_SIZE = 4 * 1024 * 1024;
var RATIO_LIMIT = 20;
var SMALL_LIMIT = 512 * 1024 * 1024;
async function hashSome(file, hash, start, end) {
  const stop = Math.min(end, start + TURN_SIZE);
  let at = start;
  while (at < stop) {
    const length = readSync(file.fd, memory, 0, Math.min(memory.length, stop - at), at);
    if (length === 0) break;
    hash.update(memory.subarray(0, length));
    at += length;
  }
  await nextTurn();
  return at;
}
__name(hashSome, "hashSome");
async function digestOfBytes(bytes, algorithm, signal) {
  const hash = hasher(algorithm);
  let at = 0;
  do {
    signal.throwIfAborted();
    hash.update(bytes.subarray(at, at + TURN_SIZE));
    at += TURN_SIZE;
    await nextTurn();
  } while (at < bytes.length);
  return hash.digest();
}
__name(digestOfBytes, "digestOfBytes");
async function digestOfFile(path, expected) {
  const file = await openRegular(path);
  try {
    const hash = hasher(algorithmOf(expected));
    for (let at = 0, before = -1; at > before; ) {
      before = at;
      at = await hashSome(file, hash, at, Number.POSITIVE_INFINITY);
    }
    return hash.digest();
  } finally {
    await file.close();
  }
}
__name(digestOfFile, "digestOfFile");
async function diffIdsOf(layers, signal) {
  const diffIds = /* @__PURE__ */ new Map();
  const limit = unpackLimit(layers.reduce((total, { size }) => total + size, 0));
  let together = 0;
  for (const { path, digest, size } of layers) {
    let alone = 0;
    const count = /* @__PURE__ */ __name((bytes) => {
      alone += bytes;
      together += bytes;
      expectWithin(unpackLimit(size), alone, `layer ${path} unpacks`);
      expectWithin(limit, together, "the layers of the image unpack");
    }, "count");
    diffIds.set(digest, await diffIdOf(path, count, signal));
  }
  return diffIds;
}
__name(diffIdsOf, "diffIdsOf");
function unpackLimit(packed) {
  return Math.max(SMALL_LIMIT, packed * RATIO_LIMIT);
}
__name(unpackLimit, "unpackLimit");
function expectWithin(limit, got, what) {
  if (got <= limit) return;
  const allowed = `${RATIO_LIMIT} times the compressed bytes, and 512 MiB in any case`;
  throw new PullError("too-large", `too large: ${what} to more than ${limit} bytes; allowed are ${allowed}`);
}
__name(expectWithin, "expectWithin");
async function diffIdOf(path, count, signal) {
  const hash = hasher("sha256");
  const sink = /* @__PURE__ */ __name(async (chunks) => {
    for await (const chunk of chunks) {
      count(chunk.length);
      hash.update(chunk);
    }
  }, "sink");
  try {
    const file = await openRegular(path);
    const source = file.createReadStream({ highWaterMark: UNPACK_SIZE });
    await pipeline(source, createGunzip({ chunkSize: UNPACK_SIZE }), sink, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof PullError) throw cause;
    throw new PullError("unpack-failed", `layer ${path} cannot be unpacked: ${foundBy(cause)}`, { cause });
  }
  return hash.digest();
}
__name(diffIdOf, "diffIdOf");

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
function holderOf(name2) {
  return TEMPORARY.exec(name2)?.[1];
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
    return error.code === "EPERM";
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
var Ingest = class _Ingest {
  static {
    __name(this, "Ingest");
  }
  #expected;
  #path;
  #final;
  #file;
  #hasher;
  /** Everything before this is hashed. */
  #hashed = 0;
  #catchingUp;
  /** Those of before a restart are not among them, and write no more. */
  #parts = [];
  #committed = false;
  constructor(expected, path, final, file) {
    this.#expected = expected;
    this.#path = path;
    this.#final = final;
    this.#file = file;
    this.#hasher = hasher(algorithmOf(expected.digest));
  }
  /** An ingest at `path`, which must not exist and becomes `final`. */
  static async open(expected, path, final) {
    return new _Ingest(expected, path, final, await onDisk(path, () => open(path, "wx+", 420), expected.size));
  }
  /** Bytes received so far, wherever they belong. */
  get received() {
    return this.#parts.reduce((sum, part) => sum + part.received, 0);
  }
  /** A way in for the bytes from `start` on; several may be written at a time. */
  part(start) {
    const part = new IngestPart(start, (chunk, position) => {
      if (this.#parts.includes(part)) this.#write(chunk, position);
    });
    this.#parts.push(part);
    return part;
  }
  /** Forgets everything that came; parts of before write no more. */
  async restart() {
    const { received } = this;
    await this.#leave();
    if (received > 0) await this.#file.truncate(0);
    this.#hashed = 0;
    this.#catchingUp = void 0;
    this.#hasher = hasher(algorithmOf(this.#expected.digest));
  }
  /** Fails as `invalid` when size or digest differ. The file keeps its own name then, for {@link restart} or {@link abort}. */
  async commit() {
    const { digest, size } = this.#expected;
    this.#catchUp();
    await this.#catchingUp;
    if (this.#hashed !== size) throw new PullError("too-short", `too short: ${digest} has ${size} bytes, got ${this.#hashed}`);
    const got = this.#hasher.digest();
    if (got !== digest) throw new PullError("digest-differs", `digest differs: expected ${digest}, got ${size} bytes that have ${got}`);
    await onDisk(this.#final, async () => {
      await this.#file.close();
      await rename(this.#path, this.#final);
    });
    this.#committed = true;
  }
  /** Leaves nothing behind; harmless after a commit. */
  async abort() {
    if (this.#committed) return;
    await this.#leave();
    await this.#file.close().catch(() => void 0);
    await rm(this.#path, { force: true });
  }
  /** Once nothing is written or read any more. */
  async #leave() {
    this.#parts = [];
    await this.#catchingUp?.catch(() => void 0);
  }
  /**
   * At once, because all that waits for the system here is a copy into its memory: another thread's answer takes longer than
   * that. A disk that falls behind holds this thread up, and so those who send.
   */
  #write(chunk, position) {
    const { digest, size } = this.#expected;
    const end = position + chunk.length;
    if (end > size) throw new PullError("too-long", `too long: ${digest} has ${size} bytes, got more`);
    try {
      for (let at = position; at < end; ) at += writeSync(this.#file.fd, chunk, at - position, end - at, at);
    } catch (error) {
      throw diskFailure(this.#path, error, size);
    }
    if (position === this.#hashed && this.#catchingUp === void 0) {
      this.#hasher.update(chunk);
      this.#hashed = end;
    } else this.#catchUp();
  }
  /** Where what is there without a gap ends. */
  get #reached() {
    const ends = this.#parts.map(({ start, received }) => start <= this.#hashed ? start + received : 0);
    return Math.max(this.#hashed, ...ends);
  }
  /** Hashes what came too early and is no longer, from the system's cache of the file. */
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
    }
    this.#catchingUp = void 0;
  }
};
var IngestPart = class {
  static {
    __name(this, "IngestPart");
  }
  start;
  /** Bytes of this part so far. */
  received = 0;
  #write;
  constructor(start, write) {
    this.start = start;
    this.#write = write;
  }
  /** Takes the bytes before it returns. Fails as `invalid` at the first byte behind the blob's end, and as the disk does. */
  write(chunk) {
    this.#write(chunk, this.start + this.received);
    this.received += chunk.length;
  }
};

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
  const name2 = basename(aside);
  await mkdir(aside);
  try {
    await writeFile(join(aside, name2), "", { flag: "wx" });
    await wait(aside, path, time);
  } finally {
    await rm2(aside, { recursive: true, force: true });
  }
  return join(path, name2);
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
    if (!TAKEN.has(error.code ?? "")) throw error;
    await removeEmpty(path);
    return false;
  }
}
__name(take, "take");
var NOTHING = { name: "", touched: 0 };
async function look(path) {
  try {
    const isLink = !(await lstat(path)).isDirectory();
    const [name2] = isLink ? [] : await readdir(path);
    if (name2 === void 0) return NOTHING;
    return { name: name2, touched: (await lstat(join(path, name2))).mtimeMs };
  } catch {
    return NOTHING;
  }
}
__name(look, "look");
function isAbandoned(name2, silent) {
  const holder = holderOf(name2);
  if (holder === void 0) return false;
  const life = lifeOf(holder);
  return life === "dead" || life === "unknown" && silent >= SILENCE_MS;
}
__name(isAbandoned, "isAbandoned");
function kept(path, name2) {
  const holder = holderOf(name2);
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
  if (await lstat(file).catch(() => void 0) !== void 0) return;
  const why = `this process stood still for more than ${SILENCE_MS / 1e3} s`;
  throw new PullError("lock-lost", `lock lost: ${dirname(file)} was taken over: ${why}`);
}
__name(expectHeld, "expectHeld");

// src/store/layout.ts
var LAYOUT_VERSION = '{"imageLayoutVersion":"1.0.0"}';
var DIRECTORIES = ["", "blobs", "blobs/sha256", "blobs/sha512", ".registry-pull"];
var IMAGE_NAME = "io.containerd.image.name";
var TAG = "org.opencontainers.image.ref.name";
var INDEX_LIMIT = 4 * 1024 * 1024;
var SMALL_LIMIT2 = 64 * 1024 * 1024;
var LEFT_MS = 24 * 60 * 60 * 1e3;
var NO_FILE = /* @__PURE__ */ new Set(["ENOENT", "ELOOP", "EMLINK", "ENXIO"]);
var Layout = class _Layout {
  static {
    __name(this, "Layout");
  }
  /** The directory, absolute. */
  path;
  /** Sizes in bytes of the blobs that were hashed and right. */
  #verified = /* @__PURE__ */ new Map();
  #time;
  constructor(path, time) {
    this.path = path;
    this.#time = time;
  }
  /**
   * The layout at `path`, made when there is none. Fails as `unsupported` when something else is in its place, and as `invalid`
   * when its index cannot be read: before anything is brought that it could not name.
   */
  static async open(path, time = REAL_TIME) {
    const layout = new _Layout(resolve(path), time);
    await onDisk(layout.path, async () => {
      for (const directory of DIRECTORIES) await makeDirectory(join2(layout.path, directory));
      await layout.#readIndex();
      await layout.#sweep();
    });
    return layout;
  }
  /** Where a blob is, or is to be. Only a checked digest makes a path. */
  blobPath(digest) {
    return join2(this.path, "blobs", ...digest.split(":"));
  }
  /** True when the blob is here and its bytes are right; one that is wrong is removed. Never follows a link. */
  async has(blob) {
    const path = this.blobPath(blob.digest);
    return onDisk(path, () => this.#has(blob, path));
  }
  async #has(blob, path) {
    const verified = this.#verified.get(blob.digest);
    if (verified !== void 0) return verified === blob.size;
    const found = await lstat2(path).catch(() => void 0);
    if (found === void 0) return false;
    if (found.isDirectory()) throw new PullError("not-a-file", `${path} is a directory where a blob should be`);
    const right = found.isFile() && found.size === blob.size && await this.#computed(path, blob.digest) === blob.digest;
    if (right) this.#verified.set(blob.digest, blob.size);
    else await this.#removeSpoilt(blob.digest);
    return right;
  }
  /** Moved aside before it is removed, and looked at again there: another process may just have put the right bytes in its place. */
  async #removeSpoilt(digest) {
    const aside = this.temporary("spoilt");
    try {
      await rename3(this.blobPath(digest), aside);
    } catch (error) {
      if (error.code === "ENOENT") return;
      throw error;
    }
    try {
      if (await this.#computed(aside, digest) !== digest) return await rm3(aside, { force: true });
    } catch (error) {
      await rename3(aside, this.blobPath(digest));
      throw error;
    }
    await rename3(aside, this.blobPath(digest));
  }
  /** The digest of what is at a path; undefined for what is gone, a link or another thing that is no file. */
  async #computed(path, digest) {
    try {
      return await digestOfFile(path, digest);
    } catch (error) {
      if (error instanceof PullError || NO_FILE.has(error.code ?? "")) return void 0;
      throw error;
    }
  }
  /** True when a blob is here under its right digest, whatever its size; false for whatever cannot be read. */
  async isRight(digest) {
    return await digestOfFile(this.blobPath(digest), digest).catch(() => void 0) === digest;
  }
  /** The bytes of a small blob, proven; undefined when it is not here or wrong. */
  async read(digest) {
    const bytes = await readRegular(this.blobPath(digest), SMALL_LIMIT2).catch(() => void 0);
    return bytes !== void 0 && digestOf(bytes, algorithmOf(digest)) === digest ? bytes : void 0;
  }
  /** The diffIDs of an image's layers that are here, by the layers' digests. Fails as {@link diffIdsOf} does. */
  diffIds(layers, signal) {
    const files = layers.map(({ digest, size }) => ({ path: this.blobPath(digest), digest, size }));
    return diffIdsOf(files, signal);
  }
  /** A way in for a blob that is not here. */
  async ingest(blob) {
    return Ingest.open(blob, this.temporary(blob.digest.replace(":", "-")), this.blobPath(blob.digest));
  }
  /** Keeps bytes under their digest, unless they are here already. Fails as `invalid` when they have another one. */
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
  /**
   * Adds entries to the index, in front of all others, and replaces those of the same names. Returns a warning for each of
   * them whose tag another image has, too: a tool that reads the layout by tag sees only the tag.
   * Fails as `invalid`, leaving the file as it is, when the index there cannot be read.
   */
  async add(entries) {
    const merge2 = /* @__PURE__ */ __name(async (expectHeld2) => {
      const index = await this.#readIndex();
      const names = new Set(entries.map(({ annotations }) => annotations[IMAGE_NAME]));
      const added = entries.map(({ mediaType, digest, size, annotations }) => ({ mediaType, digest, size, annotations }));
      const kept2 = index.manifests.filter((entry) => !names.has(nameOf(entry)));
      const text = JSON.stringify({ ...index.fields, manifests: [...added, ...kept2] }, void 0, 2);
      if (Buffer.byteLength(text) > INDEX_LIMIT) throw new PullError("layout-full", `${this.path} names too many images`);
      await this.#replace("oci-layout", LAYOUT_VERSION, expectHeld2);
      await this.#replace("index.json", text, expectHeld2);
      return added.flatMap((entry) => clashOf(entry, kept2));
    }, "merge");
    return onDisk(this.path, () => locked(join2(this.path, ".registry-pull", "lock"), merge2, this.#time));
  }
  async #readIndex() {
    const path = join2(this.path, "index.json");
    const found = await lstat2(path).catch(() => void 0);
    if (found === void 0) return { fields: { schemaVersion: 2, mediaType: OCI_INDEX }, manifests: [] };
    try {
      const bytes = found.isFile() ? await readRegular(path, INDEX_LIMIT) : void 0;
      if (bytes === void 0) throw new PullError("too-large", `expected a file of at most ${INDEX_LIMIT} bytes`);
      const fields = asObject(parseJson(bytes, "it"), "it", ["manifests"]);
      if (fields["manifests"] === void 0) throw new PullError("wrong-field", "it has no manifests");
      const manifests = asList(fields["manifests"], "its manifests");
      for (const [at, entry] of manifests.entries()) readDescriptor(entry, `its manifests[${at}]`);
      return { fields, manifests };
    } catch (error) {
      if (!(error instanceof PullError)) throw error;
      throw new PullError("layout-corrupt", `layout corrupt: ${path} is left as it is: ${error.found}`, { cause: error });
    }
  }
  /** The path of a file that nobody else writes, and that a later run can tell to be nobody's. */
  temporary(name2) {
    return temporaryPath(join2(this.path, ".registry-pull", name2));
  }
  /** Writes a file beside its place and renames it there, on disk before its name is. */
  async #replace(name2, text, expectHeld2) {
    const temporary = this.temporary(name2);
    try {
      await writeFile2(temporary, text, { flag: "wx", flush: true });
      await expectHeld2();
      await rename3(temporary, join2(this.path, name2));
    } finally {
      await rm3(temporary, { force: true });
    }
  }
  /** Removes the temporary files that processes left behind. */
  async #sweep() {
    const directory = join2(this.path, ".registry-pull");
    for (const name2 of await readdir2(directory)) {
      if (!await this.#isLeftBehind(join2(directory, name2))) continue;
      await rm3(join2(directory, name2), { force: true, recursive: true }).catch(() => void 0);
    }
  }
  async #isLeftBehind(path) {
    const holder = holderOf(path);
    const life = holder === void 0 ? "alive" : lifeOf(holder);
    if (life !== "unknown") return life === "dead";
    const found = await lstat2(path).catch(() => void 0);
    return found !== void 0 && this.#time.now() - found.ctimeMs > LEFT_MS;
  }
};
function nameOf(entry) {
  return annotationOf(entry, IMAGE_NAME);
}
__name(nameOf, "nameOf");
function annotationOf(entry, name2) {
  const annotations = entry["annotations"];
  const value = annotations?.[name2];
  return typeof value === "string" ? value : void 0;
}
__name(annotationOf, "annotationOf");
function clashOf({ annotations, digest }, others) {
  const tag = annotations[TAG];
  const other = others.find((entry) => tag !== void 0 && annotationOf(entry, TAG) === tag);
  if (other === void 0 || other["digest"] === digest) return [];
  const theirs = nameOf(other) ?? String(other["digest"]);
  return [`the layout has two images with the tag ${tag}: ${annotations[IMAGE_NAME]}, which stands first, and ${theirs}`];
}
__name(clashOf, "clashOf");

// node_modules/tar/dist/esm/header.js
import { posix as pathModule } from "node:path";

// node_modules/tar/dist/esm/large-numbers.js
var encode = /* @__PURE__ */ __name((num, buf) => {
  if (!Number.isSafeInteger(num)) {
    throw Error("cannot encode number outside of javascript safe integer range");
  } else if (num < 0) {
    encodeNegative(num, buf);
  } else {
    encodePositive(num, buf);
  }
  return buf;
}, "encode");
var encodePositive = /* @__PURE__ */ __name((num, buf) => {
  buf[0] = 128;
  for (var i = buf.length; i > 1; i--) {
    buf[i - 1] = num & 255;
    num = Math.floor(num / 256);
  }
}, "encodePositive");
var encodeNegative = /* @__PURE__ */ __name((num, buf) => {
  buf[0] = 255;
  var flipped = false;
  num = num * -1;
  for (var i = buf.length; i > 1; i--) {
    var byte = num & 255;
    num = Math.floor(num / 256);
    if (flipped) {
      buf[i - 1] = onesComp(byte);
    } else if (byte === 0) {
      buf[i - 1] = 0;
    } else {
      flipped = true;
      buf[i - 1] = twosComp(byte);
    }
  }
}, "encodeNegative");
var parse = /* @__PURE__ */ __name((buf) => {
  const pre = buf[0];
  const value = pre === 128 ? pos(buf.subarray(1, buf.length)) : pre === 255 ? twos(buf) : null;
  if (value === null) {
    throw Error("invalid base256 encoding");
  }
  if (!Number.isSafeInteger(value)) {
    throw Error("parsed number outside of javascript safe integer range");
  }
  return value;
}, "parse");
var twos = /* @__PURE__ */ __name((buf) => {
  var len = buf.length;
  var sum = 0;
  var flipped = false;
  for (var i = len - 1; i > -1; i--) {
    var byte = Number(buf[i]);
    var f;
    if (flipped) {
      f = onesComp(byte);
    } else if (byte === 0) {
      f = byte;
    } else {
      flipped = true;
      f = twosComp(byte);
    }
    if (f !== 0) {
      sum -= f * Math.pow(256, len - i - 1);
    }
  }
  return sum;
}, "twos");
var pos = /* @__PURE__ */ __name((buf) => {
  var len = buf.length;
  var sum = 0;
  for (var i = len - 1; i > -1; i--) {
    var byte = Number(buf[i]);
    if (byte !== 0) {
      sum += byte * Math.pow(256, len - i - 1);
    }
  }
  return sum;
}, "pos");
var onesComp = /* @__PURE__ */ __name((byte) => (255 ^ byte) & 255, "onesComp");
var twosComp = /* @__PURE__ */ __name((byte) => (255 ^ byte) + 1 & 255, "twosComp");

// node_modules/tar/dist/esm/types.js
var isCode = /* @__PURE__ */ __name((c) => name.has(c), "isCode");
var normalFsTypes = /* @__PURE__ */ new Set([
  "0",
  "",
  "1",
  "2",
  "3",
  "4",
  "5",
  "6",
  "7",
  "D"
]);
var name = /* @__PURE__ */ new Map([
  ["0", "File"],
  // same as File
  ["", "OldFile"],
  ["1", "Link"],
  ["2", "SymbolicLink"],
  // Devices and FIFOs aren't fully supported
  // they are parsed, but skipped when unpacking
  ["3", "CharacterDevice"],
  ["4", "BlockDevice"],
  ["5", "Directory"],
  ["6", "FIFO"],
  // same as File
  ["7", "ContiguousFile"],
  // pax headers
  ["g", "GlobalExtendedHeader"],
  ["x", "ExtendedHeader"],
  // vendor-specific stuff
  // skip
  ["A", "SolarisACL"],
  // like 5, but with data, which should be skipped
  ["D", "GNUDumpDir"],
  // metadata only, skip
  ["I", "Inode"],
  // data = link path of next file
  ["K", "NextFileHasLongLinkpath"],
  // data = path of next file
  ["L", "NextFileHasLongPath"],
  // skip
  ["M", "ContinuationFile"],
  // like L
  ["N", "OldGnuLongPath"],
  // skip
  ["S", "SparseFile"],
  // skip
  ["V", "TapeVolumeHeader"],
  // like x
  ["X", "OldExtendedHeader"]
]);
var code = new Map(Array.from(name).map((kv) => [kv[1], kv[0]]));

// node_modules/tar/dist/esm/header.js
var notNegative = /* @__PURE__ */ __name((n) => n === void 0 || n < 0 ? void 0 : n, "notNegative");
var Header = class {
  static {
    __name(this, "Header");
  }
  cksumValid = false;
  needPax = false;
  nullBlock = false;
  block;
  path;
  mode;
  uid;
  gid;
  size;
  cksum;
  #type = "Unsupported";
  linkpath;
  uname;
  gname;
  devmaj = 0;
  devmin = 0;
  atime;
  ctime;
  mtime;
  charset;
  comment;
  constructor(data, off = 0, ex, gex) {
    if (Buffer.isBuffer(data)) {
      this.decode(data, off || 0, ex, gex);
    } else if (data) {
      this.#slurp(data);
    }
  }
  decode(buf, off, ex, gex) {
    if (!off) {
      off = 0;
    }
    if (!buf || !(buf.length >= off + 512)) {
      throw new Error("need 512 bytes for header");
    }
    const t = decString(buf, off + 156, 1);
    const isNormalFS = normalFsTypes.has(t);
    const exForFields = isNormalFS ? ex : void 0;
    const gexForFields = isNormalFS ? gex : void 0;
    this.path = exForFields?.path ?? decString(buf, off, 100);
    this.mode = exForFields?.mode ?? gexForFields?.mode ?? decNumber(buf, off + 100, 8);
    this.uid = exForFields?.uid ?? gexForFields?.uid ?? decNumber(buf, off + 108, 8);
    this.gid = exForFields?.gid ?? gexForFields?.gid ?? decNumber(buf, off + 116, 8);
    this.size = notNegative(exForFields?.size ?? gexForFields?.size ?? decNumber(buf, off + 124, 12));
    this.mtime = exForFields?.mtime ?? gexForFields?.mtime ?? decDate(buf, off + 136, 12);
    this.cksum = decNumber(buf, off + 148, 12);
    if (gexForFields)
      this.#slurp(gexForFields, true);
    if (exForFields)
      this.#slurp(exForFields);
    if (isCode(t)) {
      this.#type = t || "0";
    }
    if (this.#type === "0" && this.path.slice(-1) === "/") {
      this.#type = "5";
    }
    if (this.#type === "5") {
      this.size = 0;
    }
    this.linkpath = decString(buf, off + 157, 100);
    if (buf.subarray(off + 257, off + 265).toString() === "ustar\x0000") {
      this.uname = exForFields?.uname ?? gexForFields?.uname ?? decString(buf, off + 265, 32);
      this.gname = exForFields?.gname ?? gexForFields?.gname ?? decString(buf, off + 297, 32);
      this.devmaj = exForFields?.devmaj ?? gexForFields?.devmaj ?? decNumber(buf, off + 329, 8) ?? 0;
      this.devmin = exForFields?.devmin ?? gexForFields?.devmin ?? decNumber(buf, off + 337, 8) ?? 0;
      if (buf[off + 475] !== 0) {
        const prefix = decString(buf, off + 345, 155);
        this.path = prefix + "/" + this.path;
      } else {
        const prefix = decString(buf, off + 345, 130);
        if (prefix) {
          this.path = prefix + "/" + this.path;
        }
        this.atime = ex?.atime ?? gex?.atime ?? decDate(buf, off + 476, 12);
        this.ctime = ex?.ctime ?? gex?.ctime ?? decDate(buf, off + 488, 12);
      }
    }
    let sum = 8 * 32;
    for (let i = off; i < off + 148; i++) {
      sum += buf[i];
    }
    for (let i = off + 156; i < off + 512; i++) {
      sum += buf[i];
    }
    this.cksumValid = sum === this.cksum;
    if (this.cksum === void 0 && sum === 8 * 32) {
      this.nullBlock = true;
    }
  }
  #slurp(ex, gex = false) {
    Object.assign(this, Object.fromEntries(Object.entries(ex).filter(([k, v]) => {
      return !(v === null || v === void 0 || k === "size" && Number(v) < 0 || k === "path" && gex || k === "linkpath" && gex || k === "global");
    })));
  }
  encode(buf, off = 0) {
    if (!buf) {
      buf = this.block = Buffer.alloc(512);
    }
    if (this.#type === "Unsupported") {
      this.#type = "0";
    }
    if (!(buf.length >= off + 512)) {
      throw new Error("need 512 bytes for header");
    }
    const prefixSize = this.ctime || this.atime ? 130 : 155;
    const split = splitPrefix(this.path || "", prefixSize);
    const path = split[0];
    const prefix = split[1];
    this.needPax = !!split[2];
    this.needPax = encString(buf, off, 100, path) || this.needPax;
    this.needPax = encNumber(buf, off + 100, 8, this.mode) || this.needPax;
    this.needPax = encNumber(buf, off + 108, 8, this.uid) || this.needPax;
    this.needPax = encNumber(buf, off + 116, 8, this.gid) || this.needPax;
    this.needPax = encNumber(buf, off + 124, 12, this.size) || this.needPax;
    this.needPax = encDate(buf, off + 136, 12, this.mtime) || this.needPax;
    buf[off + 156] = Number(this.#type.codePointAt(0));
    this.needPax = encString(buf, off + 157, 100, this.linkpath) || this.needPax;
    buf.write("ustar\x0000", off + 257, 8);
    this.needPax = encString(buf, off + 265, 32, this.uname) || this.needPax;
    this.needPax = encString(buf, off + 297, 32, this.gname) || this.needPax;
    this.needPax = encNumber(buf, off + 329, 8, this.devmaj) || this.needPax;
    this.needPax = encNumber(buf, off + 337, 8, this.devmin) || this.needPax;
    this.needPax = encString(buf, off + 345, prefixSize, prefix) || this.needPax;
    if (buf[off + 475] !== 0) {
      this.needPax = encString(buf, off + 345, 155, prefix) || this.needPax;
    } else {
      this.needPax = encString(buf, off + 345, 130, prefix) || this.needPax;
      this.needPax = encDate(buf, off + 476, 12, this.atime) || this.needPax;
      this.needPax = encDate(buf, off + 488, 12, this.ctime) || this.needPax;
    }
    let sum = 8 * 32;
    for (let i = off; i < off + 148; i++) {
      sum += buf[i];
    }
    for (let i = off + 156; i < off + 512; i++) {
      sum += buf[i];
    }
    this.cksum = sum;
    encNumber(buf, off + 148, 8, this.cksum);
    this.cksumValid = true;
    return this.needPax;
  }
  get type() {
    return this.#type === "Unsupported" ? this.#type : name.get(this.#type);
  }
  get typeKey() {
    return this.#type;
  }
  set type(type) {
    const c = String(code.get(type));
    if (isCode(c) || c === "Unsupported") {
      this.#type = c;
    } else if (isCode(type)) {
      this.#type = type;
    } else {
      throw new TypeError("invalid entry type: " + type);
    }
  }
};
var splitPrefix = /* @__PURE__ */ __name((p, prefixSize) => {
  const pathSize = 100;
  let pp = p;
  let prefix = "";
  let ret = void 0;
  const root = pathModule.parse(p).root || ".";
  if (Buffer.byteLength(pp) < pathSize) {
    ret = [pp, prefix, false];
  } else {
    prefix = pathModule.dirname(pp);
    pp = pathModule.basename(pp);
    do {
      if (Buffer.byteLength(pp) <= pathSize && Buffer.byteLength(prefix) <= prefixSize) {
        ret = [pp, prefix, false];
      } else if (Buffer.byteLength(pp) > pathSize && Buffer.byteLength(prefix) <= prefixSize) {
        ret = [pp.slice(0, pathSize - 1), prefix, true];
      } else {
        pp = pathModule.join(pathModule.basename(prefix), pp);
        prefix = pathModule.dirname(prefix);
      }
    } while (prefix !== root && ret === void 0);
    if (!ret) {
      ret = [p.slice(0, pathSize - 1), "", true];
    }
  }
  return ret;
}, "splitPrefix");
var decString = /* @__PURE__ */ __name((buf, off, size) => buf.subarray(off, off + size).toString("utf8").replace(/\0.*/, ""), "decString");
var decDate = /* @__PURE__ */ __name((buf, off, size) => numToDate(decNumber(buf, off, size)), "decDate");
var numToDate = /* @__PURE__ */ __name((num) => num === void 0 ? void 0 : new Date(num * 1e3), "numToDate");
var decNumber = /* @__PURE__ */ __name((buf, off, size) => Number(buf[off]) & 128 ? parse(buf.subarray(off, off + size)) : decSmallNumber(buf, off, size), "decNumber");
var nanUndef = /* @__PURE__ */ __name((value) => isNaN(value) ? void 0 : value, "nanUndef");
var decSmallNumber = /* @__PURE__ */ __name((buf, off, size) => nanUndef(parseInt(buf.subarray(off, off + size).toString("utf8").replace(/\0.*$/, "").trim(), 8)), "decSmallNumber");
var MAXNUM = {
  12: 8589934591,
  8: 2097151
};
var encNumber = /* @__PURE__ */ __name((buf, off, size, num) => num === void 0 ? false : num > MAXNUM[size] || num < 0 ? (encode(num, buf.subarray(off, off + size)), true) : (encSmallNumber(buf, off, size, num), false), "encNumber");
var encSmallNumber = /* @__PURE__ */ __name((buf, off, size, num) => buf.write(octalString(num, size), off, size, "ascii"), "encSmallNumber");
var octalString = /* @__PURE__ */ __name((num, size) => padOctal(Math.floor(num).toString(8), size), "octalString");
var padOctal = /* @__PURE__ */ __name((str, size) => (str.length === size - 1 ? str : new Array(size - str.length - 1).join("0") + str + " ") + "\0", "padOctal");
var encDate = /* @__PURE__ */ __name((buf, off, size, date) => date === void 0 ? false : encNumber(buf, off, size, date.getTime() / 1e3), "encDate");
var NULLS = new Array(156).join("\0");
var encString = /* @__PURE__ */ __name((buf, off, size, str) => str === void 0 ? false : (buf.write(str + NULLS, off, size, "utf8"), str.length !== Buffer.byteLength(str) || str.length > size), "encString");

// node_modules/tar/dist/esm/pax.js
import { basename as basename2 } from "node:path";
var Pax = class _Pax {
  static {
    __name(this, "Pax");
  }
  atime;
  mtime;
  ctime;
  charset;
  comment;
  gid;
  uid;
  gname;
  uname;
  linkpath;
  dev;
  ino;
  nlink;
  path;
  size;
  mode;
  global;
  constructor(obj, global = false) {
    this.atime = obj.atime;
    this.charset = obj.charset;
    this.comment = obj.comment;
    this.ctime = obj.ctime;
    this.dev = obj.dev;
    this.gid = obj.gid;
    this.global = global;
    this.gname = obj.gname;
    this.ino = obj.ino;
    this.linkpath = obj.linkpath;
    this.mtime = obj.mtime;
    this.nlink = obj.nlink;
    this.path = obj.path;
    this.size = obj.size;
    this.uid = obj.uid;
    this.uname = obj.uname;
  }
  encode() {
    const body = this.encodeBody();
    if (body === "") {
      return Buffer.allocUnsafe(0);
    }
    const bodyLen = Buffer.byteLength(body);
    const bufLen = 512 * Math.ceil(1 + bodyLen / 512);
    const buf = Buffer.allocUnsafe(bufLen);
    for (let i = 0; i < 512; i++) {
      buf[i] = 0;
    }
    new Header({
      // XXX split the path
      // then the path should be PaxHeader + basename, but less than 99,
      // prepend with the dirname
      /* c8 ignore start */
      path: ("PaxHeader/" + basename2(this.path ?? "")).slice(0, 99),
      /* c8 ignore stop */
      mode: this.mode || 420,
      uid: this.uid,
      gid: this.gid,
      size: bodyLen,
      mtime: this.mtime,
      type: this.global ? "GlobalExtendedHeader" : "ExtendedHeader",
      linkpath: "",
      uname: this.uname || "",
      gname: this.gname || "",
      devmaj: 0,
      devmin: 0,
      atime: this.atime,
      ctime: this.ctime
    }).encode(buf);
    buf.write(body, 512, bodyLen, "utf8");
    for (let i = bodyLen + 512; i < buf.length; i++) {
      buf[i] = 0;
    }
    return buf;
  }
  encodeBody() {
    return this.encodeField("path") + this.encodeField("ctime") + this.encodeField("atime") + this.encodeField("dev") + this.encodeField("ino") + this.encodeField("nlink") + this.encodeField("charset") + this.encodeField("comment") + this.encodeField("gid") + this.encodeField("gname") + this.encodeField("linkpath") + this.encodeField("mtime") + this.encodeField("size") + this.encodeField("uid") + this.encodeField("uname");
  }
  encodeField(field) {
    if (this[field] === void 0) {
      return "";
    }
    const r = this[field];
    const v = r instanceof Date ? r.getTime() / 1e3 : r;
    const s = " " + (field === "dev" || field === "ino" || field === "nlink" ? "SCHILY." : "") + field + "=" + v + "\n";
    const byteLen = Buffer.byteLength(s);
    let digits = Math.floor(Math.log(byteLen) / Math.log(10)) + 1;
    if (byteLen + digits >= Math.pow(10, digits)) {
      digits += 1;
    }
    const len = digits + byteLen;
    return len + s;
  }
  static parse(str, ex, g = false) {
    return new _Pax(merge(parseKV(str), ex), g);
  }
};
var merge = /* @__PURE__ */ __name((a, b) => b ? Object.assign({}, b, a) : a, "merge");
var parseKV = /* @__PURE__ */ __name((str) => str.replace(/\n$/, "").split("\n").reduce(parseKVLine, /* @__PURE__ */ Object.create(null)), "parseKV");
var parseKVLine = /* @__PURE__ */ __name((set, line) => {
  const n = parseInt(line, 10);
  if (n !== Buffer.byteLength(line) + 1) {
    return set;
  }
  line = line.slice((n + " ").length);
  const kv = line.split("=");
  const r = kv.shift();
  if (!r) {
    return set;
  }
  const k = r.replace(/^SCHILY\.(dev|ino|nlink)/, "$1");
  const v = kv.join("=").replace(/\0.*/, "");
  switch (k) {
    case "path":
    case "linkpath":
    case "type":
    case "charset":
    case "comment":
    case "gname":
    case "uname":
      set[k] = v;
      break;
    case "ctime":
    case "atime":
    case "mtime":
      set[k] = new Date(Number(v) * 1e3);
      break;
    case "size":
      const s = +v;
      if (s >= 0)
        set[k] = s;
      break;
    case "gid":
    case "uid":
    case "dev":
    case "ino":
    case "nlink":
    case "mode":
      set[k] = +v;
      break;
  }
  return set;
}, "parseKVLine");

// src/store/tarball.ts
var TAR_BLOCK = 512;
function tarHeader(path, size) {
  const header = new Header({ path, size, mode: 420, type: "File", uid: 0, gid: 0, mtime: /* @__PURE__ */ new Date(0) });
  const extended = header.encode() ? new Pax({ path, size }).encode() : Buffer.alloc(0);
  return Buffer.concat([extended, header.block ?? Buffer.alloc(0)]);
}
__name(tarHeader, "tarHeader");
function tarPadding(size) {
  return Buffer.alloc((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
}
__name(tarPadding, "tarPadding");
function tarEntry(path, bytes) {
  return [tarHeader(path, bytes.length), bytes, tarPadding(bytes.length)];
}
__name(tarEntry, "tarEntry");
function tarEnd() {
  return Buffer.alloc(2 * TAR_BLOCK);
}
__name(tarEnd, "tarEnd");

// src/store/bundle.ts
var BUNDLE_LIMIT = 64 * 1024 * 1024;
function toBundle(blobs) {
  const parts = blobs.flatMap(({ digest, bytes }) => [...tarEntry(nameOf2(digest), bytes)]);
  return Buffer.concat([...parts, tarEnd()]);
}
__name(toBundle, "toBundle");
async function fromBundle(bundle, signal) {
  const blobs = /* @__PURE__ */ new Map();
  const end = tarEnd();
  let at = 0;
  while (!bundle.subarray(at).equals(end)) {
    const { digest, bytes, next } = memberAt(bundle, at);
    if (blobs.has(digest)) throw misfit(at, `${digest} a second time`);
    const got = await digestOfBytes(bytes, algorithmOf(digest), signal);
    if (got !== digest) throw misfit(at, `bytes of ${digest} that have ${got}`);
    blobs.set(digest, bytes);
    at = next;
  }
  return blobs;
}
__name(fromBundle, "fromBundle");
function memberAt(bundle, at) {
  const header = bundle.subarray(at, at + TAR_BLOCK);
  const [digest, size] = [digestIn(header), sizeIn(header)];
  const start = at + TAR_BLOCK;
  const fits = size >= 0 && size <= bundle.length - start;
  if (digest === void 0 || !fits) throw misfit(at, "no header of ours");
  if (!tarHeader(nameOf2(digest), size).equals(header)) throw misfit(at, "a header that differs from ours");
  const padding = tarPadding(size);
  const next = start + size + padding.length;
  if (!bundle.subarray(start + size, next).equals(padding)) throw misfit(at, "bytes in the padding");
  return { digest, bytes: bundle.subarray(start, start + size), next };
}
__name(memberAt, "memberAt");
function nameOf2(digest) {
  return digest.replace(":", "/").replace(/[0-9a-f]{64}(?=.)/, "$&/");
}
__name(nameOf2, "nameOf");
function digestIn(header) {
  const [prefix, name2] = [textIn(header, 345, 155), textIn(header, 0, 100)];
  return asDigest(`${prefix}${name2}`.replace("/", ":"));
}
__name(digestIn, "digestIn");
function sizeIn(header) {
  return Number.parseInt(textIn(header, 124, 12), 8);
}
__name(sizeIn, "sizeIn");
function textIn(header, start, length) {
  const [text = ""] = header.toString("latin1", start, start + length).split("\0");
  return text;
}
__name(textIn, "textIn");
function misfit(at, found) {
  return new PullError("wrong-entry", `expected a bundle as this action writes it, got ${found} at byte ${at}`);
}
__name(misfit, "misfit");

// src/pull/transfer.ts
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
function needsOf(images) {
  const needs = /* @__PURE__ */ new Map();
  for (const image of images) {
    for (const { digest, size } of image.blobs) {
      const key = `${digest} ${size}`;
      const owners = [...needs.get(key)?.owners ?? [], image];
      needs.set(key, { digest, size, owners, config: owners.some(({ configs }) => configs.has(digest)) });
    }
  }
  const isOptional = /* @__PURE__ */ __name(({ owners }) => owners.every(({ resolved }) => resolved.wanted.optional) ? 1 : 0, "isOptional");
  return [...needs.values()].toSorted((one, other) => isOptional(one) - isOptional(other) || other.size - one.size);
}
__name(needsOf, "needsOf");
async function transfer(needs, wires, options) {
  const { concurrency, progress, signal } = options;
  const failures = /* @__PURE__ */ new Map();
  const found = await inTurns(needs, concurrency, async (need) => {
    try {
      signal.throwIfAborted();
      return await wires.store.has(need);
    } catch (error) {
      for (const { resolved } of need.owners) failures.set(resolved, asTransferProblem(resolved, need, error));
      return false;
    }
  });
  const missing = needs.filter((_, at) => !found[at]);
  progress.planned(missing.reduce((total, { size }) => total + size, 0));
  const transfers = /* @__PURE__ */ new Map();
  await inTurns(missing, concurrency, async (need) => {
    const outcome = await transferPatiently(need, wires, options, failures);
    if (outcome !== void 0) transfers.set(need.digest, outcome);
  });
  return { present: new Set(needs.filter((_, at) => found[at]).map(({ digest }) => digest)), transfers, failures };
}
__name(transfer, "transfer");
async function transferPatiently(need, wires, options, failures) {
  const { now, sleep: sleep2, signal, patience } = options;
  let last = await transferOne(need, wires, options, failures);
  while (!("origin" in last) && mayAllPass(last) && now() < patience.until && !signal.aborted) {
    await sleep2(Math.min(patience.interval, patience.until - now())).catch(() => void 0);
    const next = signal.aborted ? last : await transferOne(need, wires, options, failures);
    last = signal.aborted && !("origin" in next) ? last : next;
  }
  if ("origin" in last) return last;
  for (const [resolved, problem] of last) if (!failures.has(resolved)) failures.set(resolved, noted(problem, signal));
  return void 0;
}
__name(transferPatiently, "transferPatiently");
function mayAllPass(problems) {
  return problems.size > 0 && [...problems.values()].every(({ status }) => mayPass(status));
}
__name(mayAllPass, "mayAllPass");
function noted(problem, signal) {
  return signal.aborted && !isInterruption(problem.reason) ? withNote(problem, foundBy(signal.reason)) : problem;
}
__name(noted, "noted");
async function transferOne(need, wires, { progress, now }, failures) {
  const isNeeded = /* @__PURE__ */ __name(() => need.owners.some(({ resolved }) => !failures.has(resolved)), "isNeeded");
  const moved = /* @__PURE__ */ __name((bytes, from) => {
    if (!isNeeded()) throw new PullError("answer-cut", `skipped: every image that needs ${need.digest} lacks another blob`);
    progress.moved(bytes, from);
  }, "moved");
  const problems = /* @__PURE__ */ new Map();
  for (const [first, ...others] of byRepository(need.owners)) {
    if (first === void 0 || !isNeeded()) break;
    const started = now();
    try {
      const taken = await take2(need, first.resolved.wanted, wires, moved);
      return { ...taken, owner: first.resolved.wanted, started, ended: now() };
    } catch (error) {
      for (const { resolved } of [first, ...others]) problems.set(resolved, asTransferProblem(resolved, need, error));
    }
  }
  return problems;
}
__name(transferOne, "transferOne");
function byRepository(images) {
  const groups = /* @__PURE__ */ new Map();
  const rank = /* @__PURE__ */ __name(({ resolved }) => resolved.wanted.optional ? 1 : 0, "rank");
  for (const image of images.toSorted((one, other) => rank(one) - rank(other))) {
    const name2 = repositoryName(image.resolved.wanted.reference);
    groups.set(name2, [...groups.get(name2) ?? [], image]);
  }
  return [...groups.values()];
}
__name(byRepository, "byRepository");
function asTransferProblem({ wanted }, { digest, config }, error) {
  if (!(error instanceof PullError)) throw error;
  const part = config ? "config" : "layer";
  const failure = danglingFrom(error, part, digest);
  return problemFrom(failure.found.includes(digest) ? failure : inContext(failure, `${part} ${digest}`), wanted.written);
}
__name(asTransferProblem, "asTransferProblem");
var FROM_CACHE = { origin: "cache", private: false };
async function take2(need, { reference }, wires, moved) {
  const { source, downloads, store } = wires;
  const known = wires.restored(need);
  if (known !== void 0 || need.config) {
    const small = known === void 0 ? await source.blob(reference, need) : { bytes: known, private: false };
    await store.put(need.digest, small.bytes);
    const origin = known === void 0 ? "registry" : "cache";
    moved(need.size, origin);
    return { origin, private: small.private };
  }
  const ingest = await store.ingest(need);
  try {
    const fromCache = counted(ingest, (bytes) => moved(bytes, "cache"));
    if (await wires.restore(need, fromCache)) return FROM_CACHE;
    const fromRegistry = counted(ingest, (bytes) => moved(bytes, "registry"));
    return { origin: "registry", ...await downloads.download(reference, need, fromRegistry) };
  } finally {
    await ingest.abort();
  }
}
__name(take2, "take");
function counted(target, moved) {
  return {
    get received() {
      return target.received;
    },
    part: /* @__PURE__ */ __name((start) => {
      const part = target.part(start);
      return {
        get received() {
          return part.received;
        },
        write: /* @__PURE__ */ __name((chunk) => {
          moved(chunk.length);
          part.write(chunk);
        }, "write")
      };
    }, "part"),
    restart: /* @__PURE__ */ __name(async () => {
      moved(-target.received);
      await target.restart();
    }, "restart"),
    commit: /* @__PURE__ */ __name(() => target.commit(), "commit")
  };
}
__name(counted, "counted");

export {
  inTurns,
  needsOf,
  transfer,
  LAYOUT_VERSION,
  Layout,
  tarHeader,
  tarPadding,
  tarEntry,
  tarEnd,
  BUNDLE_LIMIT,
  toBundle,
  fromBundle
};
