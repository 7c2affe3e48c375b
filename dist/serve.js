import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  listen
} from "./chunk-EQA6UNU2.js";
import {
  planSaves
} from "./chunk-DWEHWV7T.js";
import {
  WATCH,
  jobEnd,
  startWatchdog,
  watch
} from "./chunk-FIAJRGQH.js";
import {
  ServingDirectory,
  untellClients
} from "./chunk-NUK574VP.js";
import {
  RECEIPT_LIST,
  RECEIPT_ROWS,
  RECEIPT_SIZE,
  printReceipt
} from "./chunk-TNPJJGTY.js";
import "./chunk-UGHOGSMQ.js";
import {
  CachedRegistry,
  usedCache
} from "./chunk-2H2CTWKA.js";
import {
  layoutOf
} from "./chunk-FKLVU6HO.js";
import "./chunk-FPEWW6XC.js";
import {
  Layout
} from "./chunk-QXYWZY23.js";
import {
  terminal
} from "./chunk-V5AR5YYS.js";
import {
  readInputs
} from "./chunk-M4BPC7ZW.js";
import "./chunk-EAIMOVJT.js";
import {
  connectRegistry,
  mirroredRepositories
} from "./chunk-4RS7WBCL.js";
import "./chunk-QGK77OHI.js";
import "./chunk-4SKGWH6K.js";
import "./chunk-DFUUDE2K.js";
import "./chunk-DCTTGT6M.js";
import {
  HOLDER
} from "./chunk-FUQHFSBD.js";
import "./chunk-H7XMZLRN.js";
import "./chunk-VWCS4YZZ.js";
import {
  thisMachine
} from "./chunk-3FJVDGVQ.js";
import "./chunk-FYXWCRXM.js";
import "./chunk-5NRT7XDW.js";
import {
  resolveImage
} from "./chunk-GN7N3NJW.js";
import "./chunk-NW7VBWHV.js";
import {
  DOCUMENT_BYTES,
  parseDocument
} from "./chunk-RKAU76CV.js";
import "./chunk-GBVRIMHB.js";
import {
  blobsOf,
  problemsOf
} from "./chunk-EA2R6EQY.js";
import "./chunk-UFHSAQ23.js";
import "./chunk-QWCBFTQ4.js";
import "./chunk-LFD2NK2P.js";
import {
  parseReference,
  repositoryName
} from "./chunk-UMCD7WYT.js";
import {
  asPlatform,
  formatPlatform,
  runnerPlatform
} from "./chunk-GHKMTOL7.js";
import "./chunk-SMR2B6IV.js";
import "./chunk-NAVAG4EO.js";
import "./chunk-SP36TW6E.js";
import "./chunk-MUYIHUB2.js";
import {
  asDigest
} from "./chunk-V4QGKLYV.js";
import "./chunk-DGCL3OSD.js";
import {
  PullError,
  foundBy,
  isInterruption,
  isOutage
} from "./chunk-P27XCGGL.js";
import "./chunk-VA35IVHB.js";

// src/serve.ts
import { text } from "node:stream/consumers";

// src/serve/contents.ts
var PART_LIMIT = 1e5;
var Contents = class {
  /** By the full name of the repository. */
  #repositories = /* @__PURE__ */ new Map();
  #count = 0;
  /** True when the repository has this content. */
  has(repository, digest) {
    return this.#find(repository, digest) !== void 0;
  }
  /** The size of a part in bytes; undefined when it is not known. */
  size(repository, digest) {
    return this.#find(repository, digest)?.size;
  }
  /** The platform that an index names for a manifest. */
  platform(repository, digest) {
    const platform = this.#find(repository, digest)?.platform;
    return platform && formatPlatform(platform);
  }
  /** False when anyone can read the document at its registry. */
  isPrivate(repository, digest) {
    return this.#find(repository, digest)?.isPrivate ?? true;
  }
  /** The top documents that list a part, over other documents or directly. */
  roots(repository, digest) {
    const reached = /* @__PURE__ */ new Set([digest]);
    for (const one of reached) {
      for (const parent of this.#parents(repository, one)) reached.add(parent);
    }
    reached.delete(digest);
    return [...reached].filter((one) => this.#parents(repository, one).size === 0);
  }
  /** The config and the layers of an image of which a client got the manifest. */
  blobs(repository, digest) {
    const document = this.#find(repository, digest)?.document;
    return document?.kind === "image" ? [document.config, ...document.layers] : [];
  }
  /** Every image of which clients got a document. */
  *pulled() {
    for (const [name, parts] of this.#repositories) {
      for (const [digest, { document, parents }] of parts) {
        if (document === void 0 || parents.size > 0) continue;
        yield { name, digest, platforms: platformsBelow(digest, parts) };
      }
    }
  }
  /** Remembers that the registry of a repository has a part, and who may read it there. */
  confirm(repository, digest, { isPrivate, size }) {
    const part = this.#part(repository, digest);
    part.isPrivate = isPrivate;
    part.size ??= size;
  }
  /** Remembers a document that a client gets, and what it lists. */
  add(repository, digest, document) {
    this.#part(repository, digest).document = document;
    for (const child of listedBy(document)) {
      const part = this.#part(repository, child.digest);
      part.size ??= child.size;
      part.platform ??= child.platform;
      part.parents.add(digest);
    }
  }
  #find(repository, digest) {
    return this.#repositories.get(repositoryName(repository))?.get(digest);
  }
  #parents(repository, digest) {
    return this.#find(repository, digest)?.parents ?? /* @__PURE__ */ new Set();
  }
  #part(repository, digest) {
    const name = repositoryName(repository);
    const parts = this.#repositories.get(name) ?? /* @__PURE__ */ new Map();
    this.#repositories.set(name, parts);
    const known = parts.get(digest);
    if (known !== void 0) return known;
    const part = {
      size: void 0,
      platform: void 0,
      isPrivate: true,
      document: void 0,
      parents: /* @__PURE__ */ new Set()
    };
    parts.set(digest, part);
    this.#count++;
    this.#makeRoom(name);
    return part;
  }
  /** Forgets repositories: their registries are asked again. */
  #makeRoom(kept) {
    for (const [name, parts] of this.#repositories) {
      if (this.#count <= PART_LIMIT) return;
      if (name === kept) continue;
      this.#count -= parts.size;
      this.#repositories.delete(name);
    }
  }
};
function listedBy(document) {
  if (document.kind === "index") return document.entries;
  if (document.kind === "schema1") return document.schema1.layers.map((digest) => ({ digest }));
  const { config, layers } = document;
  return config === void 0 ? layers : [config, ...layers];
}
function platformsBelow(root, parts) {
  const below = [...parts.values()].filter(({ parents }) => parents.has(root));
  return below.flatMap(
    ({ document, platform }) => document === void 0 || platform === void 0 ? [] : [platform]
  );
}

// src/serve/shared-transfer.ts
var UNWANTED = new PullError("cancelled", "no client asked for the blob");
var SharedTransfer = class {
  repository;
  /**
   * Where the bytes came from, once all are right and in the layout. Fails as the store and the
   * registry do.
   */
  source;
  #blob;
  #wires;
  #moved;
  /** How to read, as soon as readers may. */
  #read;
  #allow = (_) => void 0;
  #isWanted = false;
  /** `moved` receives the transfer, unless the layout has the blob already. */
  constructor(repository, blob, wires, moved) {
    this.repository = repository;
    this.#blob = blob;
    this.#wires = wires;
    this.#moved = moved;
    const allowed = new Promise((resolve) => {
      this.#allow = resolve;
    });
    this.source = this.#run();
    this.#read = Promise.race([allowed, this.source.then(() => allowed)]);
    this.#read.catch(() => void 0);
  }
  /**
   * The bytes from `start` to before `end`: those of a registry while they arrive, others once all
   * are proven. Fails as `source` does before there are any, and as {@link BlobIngest.read} and
   * {@link BlobStore.read} do.
   */
  async *read(start, end) {
    const read = await this.#read;
    yield* read(start, end);
  }
  /** A client asks for the blob. Before that it is taken from the cache, and from nowhere else. */
  want() {
    this.#isWanted = true;
  }
  async #run() {
    const { store, now } = this.#wires;
    const blob = this.#blob;
    if (await store.has(blob)) {
      this.#allow((start, end) => store.read(blob, start, end));
      return { origin: "layout", source: "layout" };
    }
    const started = now();
    const provenance = await this.#download(await store.ingest(blob));
    this.#moved({ ...provenance, started, ended: now() });
    const { origin, source } = provenance;
    return { origin, source };
  }
  async #download(ingest) {
    const read = (start, end) => ingest.read(start, end);
    try {
      const provenance = await this.#wires.registry.download(
        this.repository,
        this.#blob,
        (origin) => {
          const isUpstream = origin === "registry";
          if (isUpstream && !this.#isWanted) throw UNWANTED;
          if (isUpstream) this.#allow(read);
          return ingest;
        }
      );
      this.#allow(read);
      return provenance;
    } finally {
      await ingest.abort();
    }
  }
};

// src/serve/flights.ts
var MOST_TRANSFERS = 2e4;
var Flights = class {
  #wires;
  #underWay = /* @__PURE__ */ new Map();
  #transfers = /* @__PURE__ */ new Map();
  constructor(wires) {
    this.#wires = wires;
  }
  /**
   * What was transferred into the layout, by digest: the last transfer of each blob, and those of
   * the last {@link MOST_TRANSFERS} blobs.
   */
  get transfers() {
    return this.#transfers;
  }
  /** A blob for one client. If nothing transfers it yet, that begins now. */
  open(repository, blob) {
    return new Flight(repository, () => {
      const transfer = this.#join(repository, blob);
      transfer.want();
      return transfer;
    });
  }
  /** Restores a blob that a client may ask for soon, if the cache has it. */
  prepare(repository, blob) {
    this.#join(repository, blob);
  }
  /** Resolves once no transfer is under way, which leaves no temporary file. */
  async settled() {
    while (this.#underWay.size > 0) {
      const sources = [...this.#underWay.values()].map(({ source }) => source);
      await Promise.allSettled(sources);
    }
  }
  #join(repository, blob) {
    const { digest, size } = blob;
    const key = `${digest} ${size}`;
    const underWay = this.#underWay.get(key);
    if (underWay !== void 0) return underWay;
    const moved = (transfer) => this.#remember(digest, transfer);
    const started = new SharedTransfer(repository, blob, this.#wires, moved);
    this.#underWay.set(key, started);
    const forget = () => this.#underWay.delete(key);
    started.source.then(forget, (error) => {
      forget();
      if (error === UNWANTED) return;
      const what = `${digest} of ${repositoryName(repository)}`;
      this.#wires.say(`${what} could not be transferred: ${foundBy(error)}`);
    });
    return started;
  }
  #remember(digest, transfer) {
    this.#transfers.delete(digest);
    this.#transfers.set(digest, transfer);
    const [oldest] = this.#transfers.keys();
    const isFull = this.#transfers.size > MOST_TRANSFERS;
    if (isFull && oldest !== void 0) this.#transfers.delete(oldest);
  }
};
var Flight = class {
  /**
   * Where the bytes came from, once all are right and in the layout. Fails as the last transfer
   * does that the client waited for; it need not be awaited.
   */
  source;
  #name;
  #join;
  #transfer;
  constructor(repository, join) {
    this.#name = repositoryName(repository);
    this.#join = join;
    this.#transfer = join();
    this.source = this.#land();
    this.source.catch(() => void 0);
  }
  /**
   * The bytes from `start` to before `end`, as soon as they may be given; the blob's last byte when
   * all are right. A chunk is the reader's until it asks for the next one. Fails with the failure
   * of the transfer when nothing was given before, and as `unreachable` when something was: a
   * reader must not be given the rest of other bytes.
   */
  async *read(start, end) {
    let hasGiven = false;
    for (; ; ) {
      const transfer = this.#transfer;
      try {
        for await (const bytes of transfer.read(start, end)) {
          hasGiven = true;
          yield bytes;
        }
        return;
      } catch (error) {
        if (hasGiven) throw error;
        const failure = await transfer.source.then(
          () => error,
          (why) => why
        );
        if (transfer === this.#transfer) throw failure;
      }
    }
  }
  /**
   * Waits for the transfer. One for another repository that fails proves nothing about this one,
   * which is tried then, once. So is this one after a transfer that ended when it was wanted.
   */
  async #land() {
    for (; ; ) {
      const { source, repository } = this.#transfer;
      try {
        return await source;
      } catch (error) {
        const isOwn2 = repositoryName(repository) === this.#name;
        const isOver = error !== UNWANTED && (isOwn2 || !isOfPlace(error));
        if (isOver) throw error;
        this.#transfer = this.#join();
      }
    }
  }
};
function isOfPlace(error) {
  if (!(error instanceof PullError)) return false;
  return error.status !== "unsupported" && !isInterruption(error.reason);
}

// src/serve/job-registry.ts
var FROM_CACHE = { origin: "cache", source: "cache" };
var JobRegistry = class {
  #options;
  constructor(options) {
    this.#options = options;
  }
  /** Notes the images that registries confirmed to the step: they are not asked again. */
  confirm(images) {
    for (const { name, digest, isConfirmed, isPrivate } of images) {
      const repository = parseReference(`${name}@${digest}`);
      if (isConfirmed) this.#options.contents.confirm(repository, digest, { isPrivate });
    }
  }
  async manifest(repository, reference, asker) {
    const digest = asDigest(reference);
    const document = digest === void 0 ? await this.#byTag(repository, reference, asker) : await this.#byDigest(repository, digest, asker);
    this.#writeDown(repository, reference, document.digest, asker);
    if (asker.method === "GET") this.#prepare(repository, document.digest);
    return document;
  }
  /** Restores what a client asks for next: it asks for three layers at a time, and late. */
  #prepare(repository, digest) {
    const { contents, flights } = this.#options;
    for (const blob of contents.blobs(repository, digest)) flights.prepare(repository, blob);
  }
  async #byTag(repository, tag, asker) {
    const { named, tags, contents } = this.#options;
    const known = named.digestOf(repository, tag);
    named.expect(known !== void 0, `${repositoryName(repository)}:${tag}`);
    if (known !== void 0) return this.#byDigest(repository, known, asker);
    const claim = await tags.claim(repository, tag, () => this.#claim(repository, tag));
    contents.confirm(repository, claim.digest, { isPrivate: claim.private });
    return headerOf(claim, asker) ?? this.#document(repository, claim.digest);
  }
  /** What a tag points at. A registry that does not announce it is asked for the manifest. */
  async #claim(repository, tag) {
    const { upstream } = this.#options;
    const claim = await upstream.claim(repository, tag);
    const { digest } = claim;
    if (digest !== void 0) return { ...claim, digest };
    const fetched = await upstream.manifest(repository, tag);
    await this.#keep(repository, fetched);
    return fetched;
  }
  async #byDigest(repository, digest, asker) {
    const { upstream, contents, named } = this.#options;
    const isNamed = named.has(repository, digest);
    const isKnown = contents.has(repository, digest);
    named.expect(isNamed || isKnown, `${repositoryName(repository)}@${digest}`);
    if (isKnown || isNamed) return this.#document(repository, digest);
    const claim = await upstream.claim(repository, digest);
    contents.confirm(repository, digest, { isPrivate: claim.private });
    return headerOf({ ...claim, digest }, asker) ?? this.#document(repository, digest);
  }
  /** A document that the repository has, or that the lock file names in it. */
  async #document(repository, digest) {
    const { confirmed, asking, contents, runner } = this.#options;
    const registry = contents.has(repository, digest) ? confirmed : asking;
    await this.#openEntry(repository, digest);
    const fetched = await registry.manifest(repository, digest, { platforms: [runner] });
    return this.#keep(repository, fetched);
  }
  /** Opens the cache entry of the platform of a manifest, which the runner's does not have. */
  async #openEntry(repository, digest) {
    const { confirmed, contents, runner } = this.#options;
    const [root] = contents.roots(repository, digest);
    const named = contents.platform(repository, digest);
    const platform = asPlatform(named ?? "");
    const isOpen = named === formatPlatform(runner);
    if (root === void 0 || platform === void 0 || isOpen) return;
    await confirmed.manifest(repository, root, { platforms: [platform] });
  }
  async #keep(repository, fetched) {
    const { contents, store } = this.#options;
    const { bytes, content, digest } = fetched;
    const document = parseDocument(bytes, fetched.mediaType);
    if (fetched.origin === "registry") {
      contents.confirm(repository, digest, { isPrivate: fetched.private, size: bytes.length });
    }
    contents.add(repository, digest, document);
    await store.put(digest, content);
    return { bytes, size: bytes.length, digest, mediaType: document.mediaType };
  }
  async blob(repository, digest) {
    const { contents, named, upstream } = this.#options;
    const isKnown = contents.has(repository, digest);
    named.expect(isKnown, `${digest} of ${repositoryName(repository)}`);
    const listed = contents.size(repository, digest);
    const stated = listed ?? await upstream.size(repository, digest);
    const size = stated ?? await upstream.measure(repository, digest);
    if (!isKnown) contents.confirm(repository, digest, { isPrivate: true, size });
    return {
      digest,
      size,
      read: (start, end) => this.#read(repository, { digest, size }, start, end)
    };
  }
  async *#read(repository, blob, start, end) {
    const { flights, contents, receipt, isRestored } = this.#options;
    const flight = flights.open(repository, blob);
    const roots = contents.roots(repository, blob.digest);
    flight.source.then(
      (found) => {
        const from = found.origin === "layout" && isRestored(blob.digest) ? FROM_CACHE : found;
        receipt.blob({ repository, roots, blob, from });
      },
      () => void 0
    );
    yield* flight.read(start, end);
  }
  async list({ repository, path, query }) {
    const { named, upstream } = this.#options;
    named.expect(false, `${path} of ${repositoryName(repository)}`);
    return upstream.page(repository, path, query);
  }
  #writeDown(repository, reference, digest, asker) {
    const { contents, receipt } = this.#options;
    const roots = contents.roots(repository, digest);
    const isPart = asDigest(reference) !== void 0 && roots.length > 0;
    if (!isPart) return receipt.asked({ repository, reference, digest, asker });
    const platform = contents.platform(repository, digest);
    if (platform !== void 0) receipt.platform({ repository, roots, platform, asker });
  }
};
function headerOf(claim, asker) {
  const { digest, size, mediaType = "" } = claim;
  if (asker.method !== "HEAD" || size === void 0 || mediaType === "") return void 0;
  return { bytes: Buffer.alloc(0), size, digest, mediaType };
}

// src/serve/named.ts
var NamedImages = class {
  /** By `repository:tag`. A later image replaces an earlier one. */
  #tags;
  /** Every digest that is named, as `repository@digest`. */
  #digests;
  #isOnly;
  /** `isOnly` is true when nothing else is served. */
  constructor(images, isOnly) {
    const tagged = images.filter(({ tag }) => tag !== "");
    this.#tags = new Map(tagged.map(({ name, tag, digest }) => [`${name}:${tag}`, digest]));
    const digests = images.flatMap(
      ({ name, digest, parts }) => [digest, ...parts].map((one) => `${name}@${one}`)
    );
    this.#digests = new Set(digests);
    this.#isOnly = isOnly;
  }
  /** What a tag is for the whole job; undefined when nothing names it. */
  digestOf(repository, tag) {
    return this.#tags.get(`${repositoryName(repository)}:${tag}`);
  }
  /** True when a digest of the repository is named. */
  has(repository, digest) {
    return this.#digests.has(`${repositoryName(repository)}@${digest}`);
  }
  /** Fails as `unauthorized` when only named images are served, and `isNamed` is false. */
  expect(isNamed, what) {
    if (isNamed || !this.#isOnly) return;
    const found = `${what} is named neither by images, files nor the lock file`;
    throw new PullError("not-served", `${found}, and serve-only is true`);
  }
};

// src/serve/receipt-entry.ts
var BLOB_LIMIT = 1e3;
var CLIENT_LENGTH = 100;
var ReceiptEntry = class {
  names;
  #room;
  #platforms = /* @__PURE__ */ new Set();
  #clients = /* @__PURE__ */ new Set();
  #blobs = /* @__PURE__ */ new Set();
  #first;
  #last;
  #heads = 0;
  #gets = 0;
  #layout = 0;
  #cache = 0;
  #registry = /* @__PURE__ */ new Map();
  #truncated = 0;
  constructor(names, room, now) {
    this.names = names;
    this.#room = room;
    this.#first = now;
    this.#last = now;
  }
  /** How many clients were told the digest, and did not ask for the document yet. */
  get waiting() {
    return this.#heads - this.#gets;
  }
  /** A client asked for the image, or what it is. */
  ask(asker, now) {
    if (asker.method === "HEAD") this.#heads++;
    else this.#gets++;
    this.#seen(asker, now);
  }
  /** A client got the manifest of a platform. */
  addPlatform(platform, asker, now) {
    this.#add(this.#platforms, platform, RECEIPT_LIST);
    this.#seen(asker, now);
  }
  /** A client got a blob. */
  addBlob({ digest, size }, from, now) {
    this.#touch(now);
    const isNew = this.#add(this.#blobs, digest, BLOB_LIMIT);
    if (!isNew) return;
    if (from.origin === "layout") this.#layout += size;
    else if (from.origin === "cache") this.#cache += size;
    else this.#addPlace(from.source, size);
  }
  /** What the receipt has on the image. */
  row() {
    const truncated = this.#truncated;
    return {
      ...this.names,
      platforms: [...this.#platforms],
      clients: [...this.#clients],
      pulls: Math.max(this.#heads, this.#gets),
      bytes: {
        layout: this.#layout,
        cache: this.#cache,
        registry: Object.fromEntries(this.#registry)
      },
      first: new Date(this.#first).toISOString(),
      last: new Date(this.#last).toISOString(),
      seconds: (this.#last - this.#first) / 1e3,
      ...truncated === 0 ? {} : { truncated }
    };
  }
  #seen({ client }, now) {
    this.#touch(now);
    const name = Buffer.from(client.slice(0, CLIENT_LENGTH)).toString();
    if (name !== "") this.#add(this.#clients, name, RECEIPT_LIST);
  }
  /** The clock of a machine can be set back. */
  #touch(now) {
    this.#last = Math.max(this.#last, now);
  }
  #addPlace(place, size) {
    const places = new Set(this.#registry.keys());
    const isNew = this.#add(places, place, RECEIPT_LIST);
    if (isNew || this.#registry.has(place)) {
      this.#registry.set(place, (this.#registry.get(place) ?? 0) + size);
    }
  }
  /** Adds a text, if it is new and there is room for it. Returns whether it was added. */
  #add(texts, text2, most) {
    if (texts.has(text2)) return false;
    const isAdded = texts.size < most && this.#room.take(costOf(text2));
    if (isAdded) texts.add(text2);
    else this.#truncated++;
    return isAdded;
  }
};
var TEXT_COST = 30;
function costOf(text2) {
  return Buffer.byteLength(JSON.stringify(text2)) + TEXT_COST;
}
function byFirst(one, other) {
  if (one.first === other.first) return 0;
  return one.first < other.first ? -1 : 1;
}
function waitingMost(entries) {
  return entries.toSorted((one, other) => one.waiting - other.waiting).at(-1);
}

// src/serve/receipt-room.ts
var ReceiptRoom = class {
  #left;
  /** `bytes` is how much there is. */
  constructor(bytes) {
    this.#left = bytes;
  }
  /** Takes room for some bytes. Returns false when there is not enough. */
  take(bytes) {
    const isEnough = bytes <= this.#left;
    if (isEnough) this.#left -= bytes;
    return isEnough;
  }
};

// src/serve/receipt.ts
var ROW_COST = 450;
var Receipt = class {
  #now;
  #room = new ReceiptRoom(RECEIPT_SIZE);
  /** The rows of each image, by its name with the digest. */
  #entries = /* @__PURE__ */ new Map();
  #count = 0;
  #more = 0;
  #changes = 0;
  /** `now` returns milliseconds since the epoch. */
  constructor(now) {
    this.#now = now;
  }
  /** Grows with everything that is written down. */
  get changes() {
    return this.#changes;
  }
  /**
   * A client asked what a tag or a digest is (HEAD), or for its document (GET). `reference` is the
   * tag or the digest as asked, `digest` what it is.
   */
  asked(event) {
    const { repository, reference, digest, asker } = event;
    const name = repositoryName(repository);
    const pinned = `${name}@${digest}`;
    const isTag = asDigest(reference) === void 0;
    const entry = isTag ? this.#entry({ reference: `${name}:${reference}`, digest, pinned }) : this.#entryOfDigest({ reference: pinned, digest, pinned });
    entry?.ask(asker, this.#now());
    this.#changes++;
  }
  /**
   * A client got the manifest of a platform that images list. `roots` are their top digests. Where
   * no client asked for one of them before, the first one gets a row.
   */
  platform(event) {
    const { repository, roots, platform, asker } = event;
    const [first] = roots;
    if (first !== void 0 && this.#entriesOf(repository, roots).length === 0) {
      this.asked({ repository, reference: first, digest: first, asker });
    }
    this.#changes++;
    if (asPlatform(platform) === void 0) return;
    for (const entry of this.#entriesOf(repository, roots)) {
      entry.addPlatform(platform, asker, this.#now());
    }
  }
  /** A client got a blob of images. Each blob counts once an image. */
  blob(event) {
    const { repository, roots, blob, from } = event;
    this.#changes++;
    for (const entry of this.#entriesOf(repository, roots)) entry.addBlob(blob, from, this.#now());
  }
  /** The rows by the time of their first request. */
  rows() {
    const entries = [...this.#entries.values()].flat();
    const rows = entries.map((entry) => entry.row()).toSorted(byFirst);
    const last = rows.at(-1);
    if (last === void 0 || this.#more === 0) return rows;
    return rows.with(-1, { ...last, more: this.#more });
  }
  #entriesOf(repository, roots) {
    const name = repositoryName(repository);
    return roots.flatMap((digest) => this.#entries.get(`${name}@${digest}`) ?? []);
  }
  /** Of the rows with a digest, a tag's comes before the digest's own. */
  #entryOfDigest(names) {
    const alike = this.#entries.get(names.pinned) ?? [];
    const tags = alike.filter((entry) => entry.names.reference !== names.pinned);
    return waitingMost(tags) ?? this.#entry(names);
  }
  /** The row of a reference. Undefined, and counted, where there is no room for another one. */
  #entry(names) {
    const { reference, pinned, digest } = names;
    const alike = this.#entries.get(pinned) ?? [];
    const known = alike.find((entry2) => entry2.names.reference === reference);
    if (known !== void 0) return known;
    const cost = reference.length + pinned.length + digest.length + ROW_COST;
    const hasRoom = this.#count < RECEIPT_ROWS && this.#room.take(cost);
    if (!hasRoom) {
      this.#more++;
      return void 0;
    }
    const entry = new ReceiptEntry(names, this.#room, this.#now());
    this.#entries.set(pinned, [...alike, entry]);
    this.#count++;
    return entry;
  }
};

// src/serve/pulled-images.ts
async function resolvePulled(contents, transfers, inLayout, runner) {
  const source = new LayoutSource(contents, transfers, inLayout);
  const images = [];
  for (const { name, digest, platforms } of contents.pulled()) {
    const wanted = platforms.length === 0 ? ["any"] : platforms.map((platform) => [platform]);
    for (const required of wanted) {
      const written = `${name}@${digest}`;
      const reference = parseReference(written);
      const image = { name: written, written, reference, platforms: required, optional: false };
      const depth = { verify: "manifest", pullsFor: runner, checksTags: false };
      images.push(await resolveImage(source, image, depth));
    }
  }
  return images.filter((image) => problemsOf(image).length === 0);
}
var LayoutSource = class {
  #contents;
  #transfers;
  #inLayout;
  constructor(contents, transfers, inLayout) {
    this.#contents = contents;
    this.#transfers = transfers;
    this.#inLayout = inLayout;
  }
  async manifest(repository, reference) {
    const digest = asDigest(reference) ?? absent(reference);
    const bytes = await this.#inLayout(digest) ?? absent(digest);
    const isPrivate = this.#contents.isPrivate(repository, digest);
    const access = { authenticated: isPrivate, private: isPrivate };
    return { bytes, content: bytes, digest, mediaType: "", ...FROM_LAYOUT, ...access };
  }
  async blob(_, { digest }) {
    const bytes = await this.#inLayout(digest) ?? absent(digest);
    const isPrivate = this.#transfers.get(digest)?.private ?? true;
    return { bytes, ...FROM_LAYOUT, private: isPrivate };
  }
  async claim(_, reference) {
    return absent(reference);
  }
  /** As a document lists it. Whether the layout has the blob is a question of what is saved. */
  async size(repository, digest) {
    return this.#contents.size(repository, digest) ?? absent(digest);
  }
  async measure(_, digest) {
    return absent(digest);
  }
  async tags() {
    return [];
  }
};
var FROM_LAYOUT = { origin: "cache", source: "layout" };
function absent(name) {
  throw new PullError("not-found", `${name} is not in the layout`);
}

// src/serve/served-saves.ts
async function planServedSaves(served, policy) {
  const { contents, inLayout, store, restored, transfers, runner } = served;
  const pulled = await resolvePulled(contents, transfers, inLayout, runner);
  const whole = [];
  for (const image of pulled) {
    if (await isWhole(image, store, policy)) whole.push(image);
  }
  const moved = [...transfers].filter(([, { origin }]) => origin === "registry");
  const missed = moved.map(([digest]) => ({ digest }));
  const holds = (digests) => digests.every((one) => restored.has(one));
  const outcome = { images: whole, pulled: { layout: store.path, transfers, missed } };
  return planSaves(outcome, { holds }, policy);
}
async function isWhole(image, store, { keys }) {
  for (const { digest, size = 0 } of blobsOf(image)) {
    const blob = { digest, size };
    const isSmall = keys.blob(blob) === void 0;
    if (isSmall && !await store.has(blob)) return false;
  }
  return true;
}

// src/serve/tags.ts
var KEPT_MS = 6e4;
var TAG_LIMIT = 1e4;
var Tags = class {
  #options;
  #known = /* @__PURE__ */ new Map();
  /** The last answer for each tag. */
  #last = /* @__PURE__ */ new Map();
  constructor(options) {
    this.#options = options;
  }
  /** What a tag points at: as `ask` answers, or answered within the last minute. Fails as `ask`. */
  async claim(repository, tag, ask) {
    const name = `${repositoryName(repository)}:${tag}`;
    const now = this.#options.now();
    const known = this.#known.get(name);
    const isFresh = known !== void 0 && now - known.asked < KEPT_MS;
    if (isFresh && !this.#options.isOwn(repository.registry)) return known.claim;
    const claim = this.#ask(name, ask);
    keep(this.#known, name, { claim, asked: now });
    claim.catch(() => this.#known.delete(name));
    return claim;
  }
  async #ask(name, ask) {
    try {
      const claim = await ask();
      keep(this.#last, name, claim);
      return claim;
    } catch (error) {
      const last = this.#last.get(name);
      const isFailing = error instanceof PullError && isOutage(error.status);
      if (last === void 0 || !isFailing) throw error;
      this.#options.say(`${name}: ${error.found}; using ${last.digest}, what it was before`);
      return last;
    }
  }
};
function keep(map, key, value) {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > TAG_LIMIT && oldest !== void 0) map.delete(oldest);
}

// src/action/job-registry.ts
var PATIENCE = { attempts: 2, answerWithin: 2e4 };
var REMEMBERED = 32;
async function openJobRegistry(config, step) {
  const { inputs, machine, workflow } = step;
  const { now } = machine.clock;
  const { say } = workflow;
  const connected = connectUpstream(config, step);
  const { saves, ...here } = await openHere(connected, step);
  const { confirmed, store, restored } = here;
  const contents = new Contents();
  const receipt = new Receipt(now);
  const flights = new Flights({ registry: confirmed, store, now, say });
  const backend = new JobRegistry({
    ...here,
    upstream: connected.registry,
    flights,
    contents,
    named: new NamedImages(config.images, inputs.serve?.only ?? false),
    tags: new Tags({ now, isOwn, say }),
    receipt,
    // A large blob may be restored before a client asks for it.
    isRestored: (digest) => restored.has(digest) || flights.transfers.get(digest)?.origin === "cache",
    runner: inputs.runner
  });
  backend.confirm(config.images);
  const served = { ...here, contents, runner: inputs.runner };
  return {
    backend,
    receipt,
    saves: async () => saves && planServedSaves({ ...served, transfers: flights.transfers }, saves),
    close: async () => {
      connected.http.close();
      await flights.settled();
    }
  };
}
async function openHere({ registry, http }, step) {
  const { inputs, machine, signal } = step;
  const { clock, environment } = machine;
  const sleep = (ms) => clock.sleep(ms, signal);
  const store = await Layout.open(layoutOf(inputs.path, environment), { ...clock, sleep });
  const inLayout = (digest) => store.readSmall(digest, DOCUMENT_BYTES);
  const { cache, keys, reliance, saves } = await usedCache(http, step);
  const restored = /* @__PURE__ */ new Set();
  const options = { cache: unpacking(cache, store, restored), keys, inLayout };
  const asking = new CachedRegistry(registry, { ...options, reliance });
  const sure = { ...reliance, confirms: false };
  const confirmed = new CachedRegistry(registry, { ...options, reliance: sure });
  return { store, inLayout, restored, saves, confirmed, asking };
}
function connectUpstream({ repositories }, step) {
  const { inputs, machine, workflow, signal } = step;
  const named = mirroredRepositories(repositories, inputs.mirrors);
  const task = { machine, voice: workflow, signal };
  return connectRegistry(inputs, task, {
    mayIdentify: (repository) => named.has(repositoryName(repository)),
    patience: PATIENCE,
    remembers: REMEMBERED
  });
}
function isOwn(registry) {
  return /^(.+\.)?localhost(:\d+)?$/.test(registry);
}
function unpacking(cache, store, restored) {
  return {
    restore: (key, blob, target) => cache.restore(key, blob, target),
    bundle: async (key) => {
      for (const [digest, bytes] of await cache.bundle(key)) {
        await store.put(digest, bytes);
        restored.add(digest);
      }
      return /* @__PURE__ */ new Map();
    }
  };
}

// src/action/server.ts
var LOOK_MS = 250;
var WRITE_MS = 500;
var MEMORY_LIMIT = 512 * 2 ** 20;
function readConfig(text2) {
  return JSON.parse(text2);
}
async function serveJob(config, machine, answer) {
  const log = terminal((line) => {
    process.stderr.write(`${new Date(machine.clock.now()).toISOString()} ${line}
`);
  });
  let isReady = false;
  try {
    const inputs = await inputsOf(machine);
    const signal = machine.cancelled;
    const step = { inputs, machine, workflow: log, signal, started: machine.clock.now() };
    await serve(config, step, (ready) => {
      isReady = true;
      answer(ready);
    });
    return 0;
  } catch (error) {
    if (!isReady) answer({ problem: foundBy(error) });
    log.say(`ended: ${error instanceof Error ? error.stack ?? error.message : String(error)}`);
    return 1;
  }
}
async function inputsOf({ environment, platform, architecture }) {
  const inputs = await readInputs(environment, runnerPlatform(platform, architecture));
  if ("problems" in inputs) throw new Error(inputs.problems.join("; "));
  return inputs;
}
async function serve(config, step, answer) {
  const { inputs, machine, workflow } = step;
  const { host = "127.0.0.1", port: wanted = 0 } = inputs.serve ?? {};
  const directory = new ServingDirectory(config.directory);
  const registry = await openJobRegistry(config, step);
  const { after } = machine.clock;
  const { backend } = registry;
  const { say } = workflow;
  const server = await listen({ backend, host, port: wanted, say, after });
  const watchdog = startWatchdog(machine, directory.openLog());
  directory.write(directory.receipt, printReceipt([]));
  answer({ port: server.port, holder: HOLDER });
  const why = await ended(config, directory, registry, step);
  say(`ending: ${why}`);
  await untellClients(HOLDER, { machine, voice: workflow });
  await server.close();
  await leave(directory, registry, workflow);
  await registry.close();
  directory.confirmStop();
  watchdog.dismiss();
}
async function ended({ processes }, directory, { receipt }, { machine, signal }) {
  const isOver = jobEnd(processes, machine.clock.now);
  let written = 0;
  let changes = 0;
  while (!signal.aborted) {
    const why = directory.whyEnd() ?? whyOver(isOver());
    if (why !== void 0) return why;
    const isDue = machine.clock.now() - written >= WRITE_MS && receipt.changes !== changes;
    if (isDue) {
      written = machine.clock.now();
      changes = receipt.changes;
      directory.write(directory.receipt, printReceipt(receipt.rows()));
    }
    await machine.clock.sleep(LOOK_MS, signal).catch(() => void 0);
  }
  return foundBy(signal.reason);
}
function whyOver(isJobOver) {
  if (isJobOver) return "the runner of the job ended";
  const { rss } = process.memoryUsage();
  return rss > MEMORY_LIMIT ? `it uses ${rss} bytes of memory` : void 0;
}
async function leave(directory, { receipt, saves }, { say }) {
  try {
    directory.write(directory.receipt, printReceipt(receipt.rows()));
    const pending = await saves();
    if (pending !== void 0) directory.write(directory.saves, JSON.stringify(pending));
  } catch (error) {
    say(`the post step gets nothing to save: ${foundBy(error)}`);
  }
}

// src/serve.ts
if (process.argv[2] === WATCH) {
  await watch(
    process.stdin,
    thisMachine(),
    terminal((line) => process.stderr.write(`${line}
`))
  );
} else {
  process.stdout.on("error", () => void 0);
  const config = readConfig(await text(process.stdin));
  const { environment, workspace, temporary } = config;
  Object.assign(process.env, environment);
  const serveScript = process.argv[1] ?? "";
  const machine = { ...thisMachine(environment), workspace, temporary, serveScript };
  process.exitCode = await serveJob(config, machine, (ready) => {
    process.stdout.end(`${JSON.stringify(ready)}
`);
  });
}
process.exit();
