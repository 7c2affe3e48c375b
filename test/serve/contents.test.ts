import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { Digest } from "../../src/oci/digest.ts";
import { parseDocument } from "../../src/oci/document.ts";
import { formatPlatform } from "../../src/oci/platform.ts";
import { parseReference, type Repository } from "../../src/oci/reference.ts";
import { Contents } from "../../src/serve/contents.ts";
import { type Content, image, index, schema1 } from "../support/image.ts";

const APP = parseReference("registry.test/org/app");
const OTHER = parseReference("registry.test/org/other");
const AMD64 = image("linux/amd64");
const ARM64 = image("linux/arm64");
const INDEX = index([AMD64, ARM64]);
const [CONFIG, LAYER] = AMD64.blobs;
assert.ok(CONFIG && LAYER);

let contents: Contents;
beforeEach(() => {
  contents = new Contents();
});

function add(content: Content, repository: Repository = APP): void {
  contents.add(repository, content.digest, parseDocument(content.bytes, content.mediaType));
}

/** The digest of a part that no document lists: a count in hex. */
function numbered(at: number): Digest {
  return `sha256:${at.toString(16).padStart(64, "0")}` as Digest;
}

describe("Contents", () => {
  it("has what a document of the repository lists, and the document itself", () => {
    add(INDEX);
    for (const { digest } of [INDEX, AMD64, ARM64]) assert.equal(contents.has(APP, digest), true);
    assert.equal(contents.has(APP, LAYER.digest), false);
    add(AMD64);
    for (const { digest } of AMD64.blobs) assert.equal(contents.has(APP, digest), true);
  });

  it("has the layers of a schema 1 manifest, without their sizes", () => {
    const old = schema1(true);
    add(old);
    for (const { digest } of old.layers) {
      assert.deepEqual([contents.has(APP, digest), contents.size(APP, digest)], [true, undefined]);
    }
  });

  it("has nothing of another repository, also of the same registry", () => {
    add(INDEX);
    contents.confirm(APP, LAYER.digest, { isPrivate: false });
    for (const { digest } of [INDEX, AMD64, LAYER]) {
      assert.equal(contents.has(OTHER, digest), false);
    }
  });

  it("has what the registry confirmed, with the size that was stated first", () => {
    contents.confirm(APP, LAYER.digest, { isPrivate: false });
    assert.equal(contents.size(APP, LAYER.digest), undefined);
    contents.confirm(APP, LAYER.digest, { isPrivate: false, size: 7 });
    contents.confirm(APP, LAYER.digest, { isPrivate: false, size: 8 });
    assert.equal(contents.size(APP, LAYER.digest), 7);
  });

  it("takes everything for private that no registry showed to be public", () => {
    add(INDEX);
    assert.equal(contents.isPrivate(APP, INDEX.digest), true);
    assert.equal(contents.isPrivate(OTHER, INDEX.digest), true);
    contents.confirm(APP, INDEX.digest, { isPrivate: false });
    assert.equal(contents.isPrivate(APP, INDEX.digest), false);
    assert.equal(contents.isPrivate(OTHER, INDEX.digest), true);
  });

  it("names the platform that an index states", () => {
    add(INDEX);
    assert.equal(contents.platform(APP, ARM64.digest), "linux/arm64");
    assert.equal(contents.platform(APP, INDEX.digest), undefined);
  });
});

describe("Contents.blobs", () => {
  it("are the config and the layers of a manifest that a client got", () => {
    add(INDEX);
    assert.deepEqual(contents.blobs(APP, AMD64.digest), []);
    add(AMD64);
    const digests = contents.blobs(APP, AMD64.digest).map(({ digest }) => digest);
    assert.deepEqual(
      digests,
      AMD64.blobs.map(({ digest }) => digest),
    );
    assert.deepEqual(contents.blobs(OTHER, AMD64.digest), []);
    assert.deepEqual(contents.blobs(APP, INDEX.digest), []);
  });
});

describe("Contents.roots", () => {
  const nested = index([INDEX]);
  const beside = index([AMD64]);

  it("are the top documents over a part, however deep it is", () => {
    for (const document of [nested, INDEX, AMD64]) add(document);
    for (const { digest } of [LAYER, CONFIG, AMD64, INDEX]) {
      assert.deepEqual(contents.roots(APP, digest), [nested.digest]);
    }
  });

  it("are all of them for a part that several images share", () => {
    for (const document of [nested, INDEX, beside, AMD64]) add(document);
    assert.deepEqual(
      new Set(contents.roots(APP, LAYER.digest)),
      new Set([nested.digest, beside.digest]),
    );
  });

  it("are none for a top document, and for what no document lists", () => {
    add(INDEX);
    contents.confirm(APP, LAYER.digest, { isPrivate: false });
    for (const { digest } of [INDEX, LAYER]) assert.deepEqual(contents.roots(APP, digest), []);
  });
});

describe("Contents.pulled", () => {
  /** Every image as `org/app digest platforms`. */
  const shown = (): readonly string[] =>
    [...contents.pulled()].map(({ name, digest, platforms }) =>
      [name.slice("registry.test/".length), digest, ...platforms.map(formatPlatform)].join(" "),
    );

  it("has each top document with the platforms of which clients got the manifest", () => {
    for (const document of [INDEX, ARM64]) add(document);
    assert.deepEqual(shown(), [`org/app ${INDEX.digest} linux/arm64`]);
    add(AMD64);
    assert.deepEqual(shown(), [`org/app ${INDEX.digest} linux/amd64 linux/arm64`]);
  });

  it("has an image without an index, and one in two repositories for each", () => {
    add(AMD64);
    add(AMD64, OTHER);
    assert.deepEqual(shown(), [`org/app ${AMD64.digest}`, `org/other ${AMD64.digest}`]);
  });

  it("has nothing that was only confirmed", () => {
    contents.confirm(APP, INDEX.digest, { isPrivate: false });
    assert.deepEqual(shown(), []);
  });
});

describe("Contents with more parts than its limit", () => {
  const confirm = (repository: Repository, count: number): void => {
    for (let at = 0; at < count; at++) {
      contents.confirm(repository, numbered(at), { isPrivate: false });
    }
  };

  it("forgets the repositories that came first, and keeps the one that is asked for", () => {
    confirm(APP, 60_000);
    confirm(OTHER, 40_000);
    assert.equal(contents.has(APP, numbered(0)), true);
    contents.confirm(OTHER, numbered(40_000), { isPrivate: false });
    assert.equal(contents.has(APP, numbered(0)), false);
    assert.equal(contents.has(OTHER, numbered(0)), true);
    confirm(APP, 60_000);
    assert.equal(contents.has(APP, numbered(59_999)), true);
  });

  it("keeps a repository that alone has more", () => {
    confirm(APP, 100_001);
    assert.equal(contents.has(APP, numbered(0)), true);
  });
});
