import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { keysUnder } from "../../src/pull/cache-keys.ts";
import { CachedRegistry } from "../../src/pull/cached-registry.ts";
import type { BlobCache } from "../../src/pull/ports.ts";
import { Contents } from "../../src/serve/contents.ts";
import { Flights } from "../../src/serve/flights.ts";
import { JobRegistry } from "../../src/serve/job-registry.ts";
import { type NamedImage, NamedImages } from "../../src/serve/named.ts";
import { Receipt } from "../../src/serve/receipt.ts";
import type { ServedBlob } from "../../src/serve/served.ts";
import { Tags } from "../../src/serve/tags.ts";
import { image, type Made, multiPlatform, schema1 } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { MemoryCache, MemoryStore } from "../support/memory-store.ts";

const AMD64 = parsePlatform("linux/amd64");
const INDEX = multiPlatform(["linux/amd64", "linux/arm64"]);
const [CHILD] = INDEX.manifests;
const LAYER = INDEX.blobs.at(-1);
assert.ok(CHILD && LAYER);
const APP = parseReference("registry.test/org/app");
const OTHER = parseReference("registry.test/org/other");
const GET = { method: "GET", client: "docker 28" } as const;
const HEAD = { method: "HEAD", client: "docker 28" } as const;

let upstream: MemoryRegistry;
let store: MemoryStore;
let time: number;
beforeEach(() => {
  upstream = new MemoryRegistry();
  upstream.push("org/app", "1", INDEX);
  store = new MemoryStore();
  time = 0;
});

type Options = { readonly only?: boolean; readonly cache?: BlobCache; readonly confirms?: boolean };
type Opened = { readonly registry: JobRegistry; readonly receipt: Receipt };

const NO_CACHE: BlobCache = { restore: async () => false, bundle: async () => new Map() };

function open(images: readonly NamedImage[] = [], options: Options = {}): Opened {
  const { only = false, cache = NO_CACHE, confirms = true } = options;
  const inLayout = async (digest: Digest): Promise<Buffer | undefined> => store.blobs.get(digest);
  const behind = (asks: boolean): CachedRegistry =>
    new CachedRegistry(upstream, {
      cache,
      keys: keysUnder("test", 1),
      inLayout,
      reliance: { confirms: asks, whenRefused: "fail", mayHavePrivate: false },
    });
  const now = (): number => time;
  const say = (): void => undefined;
  const receipt = new Receipt(now);
  const confirmed = behind(false);
  const registry = new JobRegistry({
    upstream,
    confirmed,
    asking: behind(confirms),
    store,
    flights: new Flights({ registry: confirmed, store, now, say }),
    contents: new Contents(),
    named: new NamedImages(images, only),
    tags: new Tags({ now, isOwn: (host) => host.startsWith("localhost"), say }),
    receipt,
    isRestored: () => false,
    runner: AMD64,
  });
  registry.confirm(images);
  return { registry, receipt };
}

/** An image as a step names it that resolved it, or as a lock file does. */
function named(made: Made, isConfirmed = true): NamedImage {
  const { digest } = made;
  return {
    name: "registry.test/org/app",
    tag: "1",
    digest,
    parts: [],
    isConfirmed,
    isPrivate: false,
  };
}

async function bytesOf(blob: ServedBlob): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of blob.read(0, blob.size)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** What a client does that pulls an image for one platform. Returns the digest of every part. */
async function pull({ registry }: Opened, tag = "1", child = CHILD): Promise<readonly Digest[]> {
  const top = await registry.manifest(APP, tag, HEAD);
  await registry.manifest(APP, top.digest, GET);
  const manifest = await registry.manifest(APP, child?.digest ?? "", GET);
  const { config, layers } = JSON.parse(manifest.bytes.toString());
  const got: Digest[] = [top.digest, manifest.digest];
  for (const { digest } of [config, ...layers]) {
    const bytes = await bytesOf(await registry.blob(APP, digest));
    got.push(digestOf(bytes));
    assert.equal(got.at(-1), digest);
  }
  return got;
}

const outage = new PullError("server-error", "registry.test answered 503");

describe("the job's registry", () => {
  it("serves an image that the upstream has, and asks for each part once", async () => {
    const opened = open();
    const parts = await pull(opened);
    await pull(opened);
    const asked = upstream.asked.filter((question) => !question.startsWith("claim"));
    assert.equal(new Set(asked).size, asked.length, upstream.asked.join("\n"));
    assert.equal(asked.length, parts.length);
  });

  it("answers a HEAD of a tag by a HEAD: no pull limit counts that", async () => {
    const { registry } = open();
    const { digest, size, mediaType } = await registry.manifest(APP, "1", HEAD);
    assert.deepEqual(
      [digest, size, mediaType],
      [INDEX.digest, INDEX.bytes.length, INDEX.mediaType],
    );
    assert.deepEqual(upstream.asked, ["claim org/app 1"]);
  });

  it("answers a tag for the whole job with what the step resolved, wherever it has moved", async () => {
    const { registry } = open([named(INDEX)]);
    upstream.push("org/app", "1", image("linux/amd64", { layers: 3 }));
    for (time of [0, 100_000]) {
      const { digest } = await registry.manifest(APP, "1", HEAD);
      assert.equal(digest, INDEX.digest);
    }
    assert.deepEqual(upstream.asked, [`manifest org/app ${INDEX.digest}`]);
  });

  it("asks for any other tag at most once a minute", async () => {
    const { registry } = open();
    for (time of [0, 59_999, 60_000, 119_999]) await registry.manifest(APP, "1", HEAD);
    assert.equal(upstream.asked.length, 2);
  });

  it("asks each time for a tag of a registry that the job itself may push to", async () => {
    upstream = new MemoryRegistry("localhost:5000");
    upstream.push("org/app", "1", INDEX);
    const { registry } = open();
    const own = parseReference("localhost:5000/org/app");
    await registry.manifest(own, "1", HEAD);
    const newer = image("linux/amd64", { layers: 2 });
    upstream.push("org/app", "1", newer);
    assert.equal((await registry.manifest(own, "1", HEAD)).digest, newer.digest);
  });

  it("uses what a tag was before while the registry fails", async () => {
    const { registry } = open();
    await registry.manifest(APP, "1", GET);
    upstream.fail(/./, outage);
    time = 100_000;
    assert.equal((await registry.manifest(APP, "1", GET)).digest, INDEX.digest);
  });

  it("asks the upstream for no manifest and no blob of an image that is here", async () => {
    await pull(open());
    upstream.asked.length = 0;
    await pull(open([named(INDEX)]));
    assert.deepEqual(upstream.asked, []);
    await pull(open());
    assert.deepEqual(upstream.asked, ["claim org/app 1"]);
  });

  it("serves what a lock file names and is here, also when the registry fails", async () => {
    await pull(open());
    upstream.fail(/./, outage);
    await pull(open([named(INDEX, false)]));
    await assert.rejects(pull(open()), { reason: "server-error" });
  });

  it("serves nothing under a repository whose registry does not confirm it", async () => {
    upstream.push("org/other", "1", image("linux/amd64", { layers: 4 }));
    const opened = open();
    await pull(opened);
    const { registry } = opened;
    await assert.rejects(registry.manifest(OTHER, INDEX.digest, GET), { status: "not-found" });
    await assert.rejects(registry.blob(OTHER, LAYER.digest), { status: "not-found" });
    upstream.fail(/./, outage);
    await assert.rejects(registry.manifest(OTHER, INDEX.digest, GET), { reason: "server-error" });
    await assert.rejects(registry.blob(OTHER, LAYER.digest), { reason: "server-error" });
  });

  it("serves a blob that no document listed once the registry states its size", async () => {
    const { registry } = open();
    const blob = await registry.blob(APP, LAYER.digest);
    assert.equal(blob.size, LAYER.bytes.length);
    assert.equal(digestOf(await bytesOf(blob)), LAYER.digest);
  });

  it("serves a schema 1 image, whose document states no sizes", async () => {
    const old = schema1(true);
    upstream.push("org/app", "old", old);
    const { registry } = open();
    const { bytes, digest } = await registry.manifest(APP, "old", GET);
    assert.deepEqual([bytes, digest], [old.bytes, old.digest]);
    for (const layer of old.layers) {
      assert.equal(digestOf(await bytesOf(await registry.blob(APP, layer.digest))), layer.digest);
    }
  });

  it("forwards lists", async () => {
    const { bytes } = await open().registry.list({
      kind: "list",
      repository: APP,
      path: "tags/list",
      query: "n=5",
    });
    assert.deepEqual(JSON.parse(bytes.toString()), { name: "org/app", tags: ["1"] });
    assert.deepEqual(upstream.asked, ["page org/app tags/list?n=5"]);
  });

  it("restores the blobs of a manifest that a client gets before it asks for them", async () => {
    const cache = new MemoryCache();
    for (const made of INDEX.blobs)
      cache.blobs.set(`test-blob-${made.digest.replace(":", "-")}`, made.bytes);
    const { registry } = open([], { cache });
    await registry.manifest(APP, "1", GET);
    await registry.manifest(APP, CHILD?.digest ?? "", GET);
    for (let turn = 0; turn < 20; turn++) await nextTurn();
    const { config, layers } = JSON.parse(CHILD?.bytes.toString() ?? "");
    for (const { digest } of [config, ...layers]) assert.ok(store.blobs.has(digest), digest);
    assert.ok(upstream.asked.every((question) => !question.startsWith("download")));
  });

  it("writes down each image with its platforms, clients and where its bytes were", async () => {
    const opened = open();
    await pull(opened);
    await pull(opened);
    const [row, ...others] = opened.receipt.rows();
    assert.deepEqual(others, []);
    assert.equal(row?.reference, "registry.test/org/app:1");
    assert.deepEqual(
      [row?.platforms, row?.clients, row?.pulls],
      [["linux/amd64"], ["docker 28"], 2],
    );
    assert.ok((row?.bytes.registry["registry.test"] ?? 0) > 0);
  });
});

describe("serve-only", () => {
  const denied = { reason: "not-served", status: "unauthorized" };
  const other = image("linux/amd64", { layers: 3 });

  it("serves an image that is named, with everything that it lists", async () => {
    await pull(open([named(INDEX)], { only: true }));
  });

  const refused: readonly (readonly [string, (registry: JobRegistry) => Promise<unknown>])[] = [
    ["another tag", (registry) => registry.manifest(APP, "2", GET)],
    ["another digest", (registry) => registry.manifest(APP, other.digest, GET)],
    ["another repository", (registry) => registry.manifest(OTHER, "1", GET)],
    [
      "a named digest in another repository",
      (registry) => registry.manifest(OTHER, INDEX.digest, GET),
    ],
    ["a blob that no served document lists", (registry) => registry.blob(APP, LAYER.digest)],
    [
      "the tags",
      (registry) => registry.list({ kind: "list", repository: APP, path: "tags/list", query: "" }),
    ],
  ];
  for (const [what, ask] of refused) {
    it(`refuses ${what}, and asks no registry`, async () => {
      upstream.push("org/app", "2", other);
      const { registry } = open([named(INDEX)], { only: true });
      await assert.rejects(ask(registry), denied);
      assert.deepEqual(upstream.asked, []);
    });
  }
});
