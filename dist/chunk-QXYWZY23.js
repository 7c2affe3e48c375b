import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  CHUNK_SIZE,
  FileChunks,
  removeLeftovers
} from "./chunk-QGK77OHI.js";
import {
  REAL_TIME,
  locked,
  temporaryPath
} from "./chunk-FUQHFSBD.js";
import {
  OCI_INDEX,
  readDescriptor
} from "./chunk-RKAU76CV.js";
import {
  diffIdsOf,
  digestOfFile,
  hashSome
} from "./chunk-NAVAG4EO.js";
import {
  diskFailure,
  makeDirectory,
  onDisk,
  openRegular,
  readRegular
} from "./chunk-SP36TW6E.js";
import {
  algorithmOf,
  digestOf,
  hasher
} from "./chunk-V4QGKLYV.js";
import {
  asList,
  asObject,
  parseJson
} from "./chunk-DGCL3OSD.js";
import {
  PullError,
  codeOf
} from "./chunk-P27XCGGL.js";

// src/store/layout.ts
import { lstat as lstat2, rename as rename3, rm as rm3 } from "node:fs/promises";
import { join as join2, resolve } from "node:path";

// src/store/ingest.ts
import { writeSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";

// src/store/ingest-part.ts
var IngestPart = class {
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

// src/store/ingest-reader.ts
var NEVER = Number.POSITIVE_INFINITY;
async function* readArriving(arriving) {
  const { blob, file, progress, start, end } = arriving;
  const chunks = new FileChunks(file, end - start);
  let { discards } = progress;
  let at = start;
  try {
    while (at < end || progress.state !== "complete") {
      if (at === start) discards = progress.discards;
      if (discards !== progress.discards || progress.state === "aborted") throw givenUp(blob);
      await nextOf(arriving, at);
      const reached = Math.min(progress.reached, givenUpTo(arriving));
      if (discards !== progress.discards || reached <= at) continue;
      const bytes = chunks.read(at, reached);
      if (bytes.length === 0) throw cut(blob);
      at += bytes.length;
      yield bytes;
    }
  } finally {
    await chunks.close();
  }
}
function givenUpTo({ progress, end }) {
  return progress.state === "complete" ? end : end - 1;
}
function nextOf(arriving, at) {
  const { progress, end } = arriving;
  if (at >= givenUpTo(arriving)) return progress.beyond(NEVER, NEVER);
  return progress.beyond(at, Math.min(at + CHUNK_SIZE, end));
}
function givenUp({ digest }) {
  return new PullError("answer-cut", `the download of ${digest} was given up`);
}
function cut({ digest }) {
  return new PullError("layout-changed", `the file of ${digest} was cut by another process`);
}

// src/store/progress.ts
var SHORTLY_MS = 20;
var Progress = class {
  #after;
  #reached = 0;
  #discards = 0;
  #state = "open";
  #waiting = [];
  /** Cancels the next wake of readers that wait for more than there is. */
  #cancel;
  constructor(after) {
    this.#after = after;
  }
  /** The position up to which readers may read. */
  get reached() {
    return this.#reached;
  }
  /** How often everything was discarded. */
  get discards() {
    return this.#discards;
  }
  get state() {
    return this.#state;
  }
  /** Resolves once `enough` is reached, soon after `at` is passed, and at any other event. */
  beyond(at, enough) {
    if (this.#reached >= enough) return Promise.resolve();
    return new Promise((wake) => {
      this.#waiting.push({ at, enough, wake });
      this.#wakeSoon();
    });
  }
  /** More can be read. */
  report(reached) {
    this.#reached = reached;
    if (this.#waiting.length === 0) return;
    this.#wake(({ enough }) => enough <= reached);
    this.#wakeSoon();
  }
  /** Nothing can be read any more, until something is written again. */
  discard() {
    this.#discards++;
    this.#end(0);
  }
  /** Everything can be read: `size` bytes. */
  complete(size) {
    this.#state = "complete";
    this.#end(size);
  }
  /** Nothing will be written again. */
  abort() {
    this.#state = "aborted";
    this.#end(0);
  }
  #end(reached) {
    this.#reached = reached;
    this.#cancel?.();
    this.#cancel = void 0;
    this.#wake(() => true);
  }
  #wakeSoon() {
    const isDue = ({ at }) => at < this.#reached;
    if (this.#cancel !== void 0 || !this.#waiting.some(isDue)) return;
    this.#cancel = this.#after(SHORTLY_MS, () => {
      this.#cancel = void 0;
      this.#wake(isDue);
    });
  }
  #wake(isDue) {
    const due = this.#waiting.filter(isDue);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter((one) => !isDue(one));
    for (const { wake } of due) wake();
  }
};

// src/store/ingest.ts
var Ingest = class _Ingest {
  #expected;
  #place;
  #file;
  #progress;
  #hasher;
  /** All bytes before this position are hashed. */
  #hashed = 0;
  #catchingUp;
  /** The parts since the last restart; earlier ones write no more. */
  #parts = [];
  constructor(expected, place, file) {
    this.#expected = expected;
    this.#place = place;
    this.#file = file;
    this.#progress = new Progress(place.after);
    this.#hasher = hasher(algorithmOf(expected.digest));
  }
  /**
   * An ingest in a new file. Fails as `unsupported` when the file exists, and for other errors of
   * the disk.
   */
  static async open(expected, place) {
    const { path } = place;
    const file = await onDisk(path, () => open(path, "wx+", 420), expected.size);
    return new _Ingest(expected, place, file);
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
   * Discards everything received. Parts made before write no more. Readers that were given bytes
   * fail; the others wait for the new ones. Fails as the disk does.
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
    const { path, final, committed } = this.#place;
    const stats = await onDisk(final, async () => {
      const found = await this.#file.stat();
      await this.#file.close();
      await rename(path, final);
      return found;
    });
    committed(stats);
    this.#progress.complete(size);
  }
  /** Leaves nothing behind, and readers fail. Has no effect after a commit. */
  async abort() {
    if (this.#progress.state === "complete") return;
    this.#progress.abort();
    await this.#discard();
    await this.#file.close().catch(() => void 0);
    await rm(this.#place.path, { force: true });
  }
  /**
   * The bytes from `start` to before `end`, for a reader while they arrive: those that are hashed,
   * and the blob's last byte only after the commit, so that a wrong blob never ends. A range to the
   * end, even an empty one, ends at the commit. The writer does not wait for readers. Fails as
   * {@link readArriving} does.
   */
  async *read(start = 0, end = this.#expected.size) {
    const file = await this.#openToRead();
    yield* readArriving({ blob: this.#expected, file, progress: this.#progress, start, end });
  }
  /** How far readers may read before the commit. */
  get #readable() {
    return Math.min(this.#hashed, this.#expected.size - 1);
  }
  /** Opens the file under the name that it has now: a commit may be renaming it. */
  async #openToRead() {
    try {
      return await openRegular(this.#place.path);
    } catch (error) {
      if (this.#progress.state === "aborted") throw givenUp(this.#expected);
      if (codeOf(error) !== "ENOENT") throw error;
      return openRegular(this.#place.final);
    }
  }
  /** Ends all parts, and the readers that were given bytes. */
  async #discard() {
    this.#parts = [];
    this.#hashed = 0;
    this.#progress.discard();
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
      throw diskFailure(this.#place.path, error, size);
    }
    if (position === this.#hashed && this.#catchingUp === void 0) {
      this.#hasher.update(chunk);
      this.#hashed = end;
      this.#progress.report(this.#readable);
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
    this.#catchingUp = onDisk(this.#place.path, () => this.#readBack());
    this.#catchingUp.catch(() => void 0);
  }
  async #readBack() {
    for (let end = this.#reached; end > this.#hashed; end = this.#reached) {
      const hashed = await hashSome(this.#file, this.#hasher, this.#hashed, end);
      if (this.#parts.length === 0 || hashed === this.#hashed) return;
      this.#hashed = hashed;
      this.#progress.report(this.#readable);
    }
    this.#catchingUp = void 0;
  }
};

// src/store/layout-index.ts
import { lstat, rename as rename2, rm as rm2, writeFile } from "node:fs/promises";
import { join } from "node:path";

// src/oci/layout.ts
var LAYOUT_VERSION = '{"imageLayoutVersion":"1.0.0"}';
var IMAGE_NAME = "io.containerd.image.name";
var REF_NAME = "org.opencontainers.image.ref.name";

// src/store/layout-index.ts
var INDEX_LIMIT = 4 * 1024 * 1024;
var LayoutIndex = class {
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
    const path = join(this.#layout, "index.json");
    const found = await lstat(path).catch(() => void 0);
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
    const merge = async (expectHeld) => {
      const index = await this.read();
      const names = new Set(entries.map(({ annotations }) => annotations[IMAGE_NAME]));
      const kept = index.manifests.filter((entry) => !names.has(annotationOf(entry, IMAGE_NAME)));
      const text = formatIndex(index.fields, entries, kept);
      if (Buffer.byteLength(text) > INDEX_LIMIT) {
        throw new PullError("layout-full", `${this.#layout} names too many images`);
      }
      await this.#replace("oci-layout", LAYOUT_VERSION, expectHeld);
      await this.#replace("index.json", text, expectHeld);
      return entries.flatMap((entry) => clashOf(entry, kept));
    };
    return locked(join(this.#private, "lock"), merge, this.#time);
  }
  /** Writes a temporary file, flushes it to disk, and renames it into place. */
  async #replace(name, text, expectHeld) {
    const temporary = temporaryPath(join(this.#private, name));
    try {
      await writeFile(temporary, text, { flag: "wx", flush: true });
      await expectHeld();
      await rename2(temporary, join(this.#layout, name));
    } finally {
      await rm2(temporary, { force: true });
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
function formatIndex(fields, added, kept) {
  const entries = added.map(({ mediaType, digest, size, annotations }) => {
    return { mediaType, digest, size, annotations };
  });
  return JSON.stringify({ ...fields, manifests: [...entries, ...kept] }, void 0, 2);
}
function annotationOf(entry, name) {
  const { annotations } = entry;
  const value = annotations?.[name];
  return typeof value === "string" ? value : void 0;
}
function clashOf({ annotations, digest }, others) {
  const tag = annotations[REF_NAME];
  const other = others.find((entry) => tag !== void 0 && annotationOf(entry, REF_NAME) === tag);
  const { digest: otherDigest } = other ?? {};
  if (other === void 0 || otherDigest === digest) return [];
  const first = annotations[IMAGE_NAME];
  const second = annotationOf(other, IMAGE_NAME) ?? String(otherDigest);
  return [`the layout has two images with the tag ${tag}: first ${first}, then ${second}`];
}

// src/store/layout.ts
var PRIVATE = ".registry-pull";
var DIRECTORIES = ["", "blobs", "blobs/sha256", "blobs/sha512", PRIVATE];
var NO_FILE = /* @__PURE__ */ new Set(["ENOENT", "ELOOP", "EMLINK", "ENXIO"]);
var Layout = class _Layout {
  /** The directory, absolute. */
  path;
  #index;
  #time;
  /** The files that this process hashed and found right, as they were then. */
  #proven = /* @__PURE__ */ new Map();
  constructor(path, time) {
    this.path = path;
    this.#time = time;
    this.#index = new LayoutIndex(path, join2(path, PRIVATE), time);
  }
  /**
   * The layout at `path`, created when it does not exist. Removes what killed processes left. Fails
   * as `unsupported` when the directory is something else or cannot be written to, and as `invalid`
   * when its index is malformed, because a pull could not add to that.
   */
  static async open(path, time = REAL_TIME) {
    const layout = new _Layout(resolve(path), time);
    await onDisk(layout.path, async () => {
      for (const directory of DIRECTORIES) await makeDirectory(join2(layout.path, directory));
      await layout.#index.read();
      await removeLeftovers(join2(layout.path, PRIVATE), time.now);
    });
    return layout;
  }
  /** The path of a blob. Only a checked digest can become a path. */
  blobPath(digest) {
    return blobPathIn(this.path, digest);
  }
  /**
   * True when the layout has the blob and its bytes are right; a wrong one is removed. Hashes it
   * once in the life of this object, by {@link Ingest.commit} or here, and again only when the file
   * is another one or was written to since. That is known from its inode, its size and the time of
   * its last change. Fails as `unsupported` for a directory in the blob's place,
   * and for an error of the disk.
   */
  async has(blob) {
    const path = this.blobPath(blob.digest);
    return onDisk(path, () => this.#has(blob, path));
  }
  async #has({ digest, size }, path) {
    const found = await lstat2(path).catch(() => void 0);
    if (found === void 0) return false;
    if (found.isDirectory()) {
      throw new PullError("not-a-file", `${path} is a directory where a blob should be`);
    }
    if (isSame(this.#proven.get(digest), found)) return found.size === size;
    const isSized = found.isFile() && found.size === size;
    const isRight = isSized && await this.#computed(path, digest) === digest;
    if (isRight) this.#proven.set(digest, found);
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
      await rename3(this.blobPath(digest), aside);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return;
      throw error;
    }
    const isWrong = await this.#isStillWrong(aside, digest);
    if (isWrong) await rm3(aside, { force: true });
    else await rename3(aside, this.blobPath(digest));
  }
  /** Fails when the blob cannot be read. It may be right, so it gets its name back. */
  async #isStillWrong(aside, digest) {
    try {
      return await this.#computed(aside, digest) !== digest;
    } catch (error) {
      await rename3(aside, this.blobPath(digest));
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
   * The bytes from `start` to before `end` of a blob that {@link has} found, hashed again only if
   * the file was written to since. A chunk is the reader's until it asks for the next one: its
   * memory is reused. Fails as `dangling` when the file has other bytes by now, and as
   * {@link openRegular} does. A change while it is read is not noticed here: clients check the
   * digest.
   */
  async *read(blob, start = 0, end = blob.size) {
    const isKnown = this.#proven.has(blob.digest);
    if (isKnown && !await this.has(blob)) throw changed(blob, " since it was hashed");
    const file = await openRegular(this.blobPath(blob.digest));
    const chunks = new FileChunks(file, end - start);
    try {
      const { size } = await file.stat();
      if (size !== blob.size) throw cut2(blob, size);
      for (let at = start; at < end; ) {
        const bytes = chunks.read(at, end);
        if (bytes.length === 0) throw cut2(blob, at);
        at += bytes.length;
        yield bytes;
      }
    } finally {
      await chunks.close();
    }
  }
  /** The bytes of a small blob, as {@link readSmallIn} returns them. */
  readSmall(digest, limit) {
    return readSmallIn(this.path, digest, limit);
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
    const { digest } = blob;
    return Ingest.open(blob, {
      path: this.#temporary(digest.replace(":", "-")),
      final: this.blobPath(digest),
      after: this.#time.after,
      committed: (file) => this.#proven.set(digest, file)
    });
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
    return temporaryPath(join2(this.path, PRIVATE, name));
  }
};
function isSame(proven, { dev, ino, size, mtimeMs }) {
  if (proven === void 0) return false;
  const isSameFile = proven.dev === dev && proven.ino === ino;
  return isSameFile && proven.size === size && proven.mtimeMs === mtimeMs;
}
function cut2(blob, got) {
  return changed(blob, `: expected ${blob.size} bytes, got ${got}`);
}
function changed({ digest }, how) {
  return new PullError("layout-changed", `blob ${digest} of the layout has changed${how}`);
}
function blobPathIn(layout, digest) {
  return join2(layout, "blobs", ...digest.split(":"));
}
async function readSmallIn(layout, digest, limit) {
  const bytes = await readRegular(blobPathIn(layout, digest), limit).catch(() => void 0);
  const isRight = bytes !== void 0 && digestOf(bytes, algorithmOf(digest)) === digest;
  return isRight ? bytes : void 0;
}

export {
  LAYOUT_VERSION,
  IMAGE_NAME,
  REF_NAME,
  Layout,
  readSmallIn
};
