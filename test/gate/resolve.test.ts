import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { claimedType, danglingFrom, fetchListed, resolveRoot } from "../../src/gate/resolve.ts";
import type { Root } from "../../src/gate/resolved.ts";
import type { ManifestHints, Source } from "../../src/gate/source.ts";
import { readDescriptor } from "../../src/oci/descriptor.ts";
import { PullError } from "../../src/oci/failure.ts";
import { OCI_INDEX, OCI_MANIFEST } from "../../src/oci/media-type.ts";
import { formatPlatform } from "../../src/oci/platform.ts";
import { parseReference } from "../../src/oci/reference.ts";
import {
  type Content,
  content,
  descriptor,
  image,
  index,
  type Made,
  multiPlatform,
} from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { failure, required, wantedImage } from "../support/resolving.ts";

const AMD64 = image("linux/amd64");
const asDescriptor = (made: Content) =>
  readDescriptor(JSON.parse(JSON.stringify(descriptor(made))), "descriptor");

let registry: MemoryRegistry;
beforeEach(() => {
  registry = new MemoryRegistry();
});
const root = (made: Made): Promise<Root> =>
  resolveRoot(registry, wantedImage(registry.push("org/app", "1", made)));

describe("resolveRoot", () => {
  it("asks for the digest of a reference, and for its tag only without one", async () => {
    const written = registry.push("org/app", "1", AMD64);
    await resolveRoot(registry, wantedImage(`${written}@${AMD64.digest}`));
    await resolveRoot(registry, wantedImage(written));
    assert.deepEqual(registry.asked, [`manifest org/app ${AMD64.digest}`, "manifest org/app 1"]);
  });

  it("says with the request which platforms will be asked for next", async () => {
    const written = registry.push("org/app", "1", AMD64);
    const platforms = required("linux/arm64,linux/amd64");
    const hints: (ManifestHints | undefined)[] = [];
    const manifest: Source["manifest"] = (repository, name, hint) => {
      hints.push(hint);
      return registry.manifest(repository, name);
    };
    await resolveRoot({ manifest }, wantedImage(written, { platforms }));
    assert.deepEqual(hints, [{ platforms }]);
  });

  it("has no offers for a single manifest", async () => {
    const { document, offers, unnamed, nested } = await root(AMD64);
    assert.deepEqual([document.kind, offers, unnamed, nested], ["image", [], [], []]);
  });

  it("separates offers, entries without a platform, and attestations", async () => {
    const { platform: _, ...bare } = image("linux/arm64");
    const attested = multiPlatform(["linux/amd64"], { attestations: true });
    const { offers, unnamed, attestations } = await root(index([bare, attested, AMD64]));
    const names = offers.map(({ platform }) => formatPlatform(platform));
    assert.deepEqual(names, ["linux/amd64", "linux/amd64"]);
    assert.deepEqual(
      unnamed.map(({ digest }) => digest),
      [bare.digest],
    );
    assert.equal(attestations, 1);
  });

  it("puts the entries of a nested index in its place", async () => {
    const inner = index([image("linux/arm64"), image("linux/s390x")]);
    const { offers, nested } = await root(index([inner, AMD64]));
    const names = offers.map(({ platform }) => formatPlatform(platform));
    assert.deepEqual(names, ["linux/arm64", "linux/s390x", "linux/amd64"]);
    assert.deepEqual(
      nested.map(({ digest }) => digest),
      [inner.digest],
    );
  });

  it("opens indexes three deep and no deeper", async () => {
    const three = index([index([index([AMD64])])]);
    assert.equal((await root(three)).offers.length, 1);
    await assert.rejects(root(index([three])), failure("too-deep", /nested deeper than 3/));
  });

  it("opens no nested index when there are more than 64", async () => {
    const salted = (salt: number): Made => index([image("linux/amd64", { salt: `${salt}` })]);
    const wide = index(Array.from({ length: 65 }, (_, at) => salted(at)));
    await assert.rejects(root(wide), failure("too-many", /expected at most 64, got 65/));
    assert.equal(registry.asked.length, 1);
  });

  it("opens no nested index when they list more than 4 MiB together", async () => {
    const entry = { ...descriptor(index([])), size: 2 * 1024 * 1024 + 1 };
    const entries = [entry, entry];
    const together = /nested indexes: expected at most 4194304 bytes together, got 4194306/;
    await assert.rejects(root(index([], { entries })), failure("too-large", together));
    assert.equal(registry.asked.length, 1);
  });

  it("fails as dangling when a nested index is lost", async () => {
    const inner = index([AMD64]);
    registry.on(/manifest org\/app 1$/, () => registry.remove("org/app", inner.digest));
    const lost = new RegExp(`^the image lists manifest ${inner.digest}, but it is not in`);
    await assert.rejects(root(index([inner])), failure("manifest-missing", lost));
  });

  it("fails as invalid when a document is malformed", async () => {
    const broken = { ...content(OCI_INDEX, Buffer.from("{")), manifests: [], blobs: [] };
    await assert.rejects(root(broken), failure("not-json"));
  });
});

describe("fetchListed", () => {
  const repository = parseReference("registry.test/org/app");

  it("returns a manifest of the listed size", async () => {
    registry.push("org/app", "1", AMD64);
    const { bytes } = await fetchListed(registry, repository, asDescriptor(AMD64));
    assert.deepEqual(bytes, AMD64.bytes);
  });

  it("fails as invalid for another size, with both", async () => {
    registry.push("org/app", "1", AMD64);
    const listed = { ...asDescriptor(AMD64), size: 3 };
    const sizes = new RegExp(`is listed with 3 bytes, got ${AMD64.bytes.length};`);
    await assert.rejects(fetchListed(registry, repository, listed), failure("size-differs", sizes));
  });
});

describe("claimedType", () => {
  for (const [what, listed, announced, expected] of [
    ["the descriptor's type when it is specific", OCI_MANIFEST, OCI_INDEX, OCI_MANIFEST],
    ["the Content-Type without one", "", OCI_INDEX, OCI_INDEX],
    ["the Content-Type for a generic one", "application/json", OCI_INDEX, OCI_INDEX],
  ] as const) {
    it(`is ${what}`, async () => {
      const made = { ...AMD64, mediaType: announced };
      registry.push("org/app", "1", made);
      const fetched = await registry.manifest(parseReference("registry.test/org/app"), "1");
      const entry = { ...asDescriptor(AMD64), mediaType: listed };
      assert.equal(claimedType(entry, fetched), expected);
    });
  }
});

describe("danglingFrom", () => {
  const [layer] = AMD64.blobs;
  assert.ok(layer);
  for (const part of ["manifest", "config", "layer"] as const) {
    it(`makes a 404 for a listed ${part} ${part}-missing, with its cause`, () => {
      const cause = new PullError("not-found", "BLOB_UNKNOWN");
      const failed = danglingFrom(cause, part, layer.digest);
      assert.deepEqual([failed.reason, failed.status], [`${part}-missing`, "dangling"]);
      assert.match(failed.found, /the image lists \w+ sha256:\w+, but .*: BLOB_UNKNOWN$/);
      assert.equal(failed.cause, cause);
    });
  }

  it("leaves every other failure as it is", () => {
    const refused = new PullError("credentials-refused", "answered 403");
    assert.equal(danglingFrom(refused, "layer", layer.digest), refused);
  });
});
