import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { digestOf } from "../../src/oci/digest.ts";
import type { Repository } from "../../src/oci/reference.ts";
import { ArrivingStore } from "../../src/pull/arriving-store.ts";
import type { Foreseen } from "../../src/pull/outcome.ts";
import { foreseeAll } from "../../src/pull/pull.ts";
import { PulledContent } from "../../src/serve/pulled-content.ts";
import { multiPlatform } from "../support/image.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { failure } from "../support/resolving.ts";
import { RUNNER, resultOf } from "../support/results.ts";

const MADE = multiPlatform(["linux/amd64", "linux/arm64"]);
const OWN: Repository = { registry: "docker.io", repository: "registry-pull/secret" };
const ABSENT = failure("not-found", /is not part of what this step pulls/);

async function opened() {
  const images = foreseeAll([await resultOf(MADE)], RUNNER);
  const memory = new MemoryStore();
  const store = new ArrivingStore(memory);
  const content = new PulledContent(OWN.repository, images, store);
  return { content, memory, store, blobs: layersOf(images) };
}

function layersOf(images: readonly Foreseen[]) {
  const documents = new Set(images.flatMap((one) => one.documents.map(({ digest }) => digest)));
  const platforms = images.flatMap(({ loadable }) => loadable.platforms);
  return platforms.flatMap(({ blobs }) => blobs.filter(({ digest }) => !documents.has(digest)));
}

describe("what a step serves to an engine while it pulls", () => {
  it("has documents with their types before anything is in the layout", async () => {
    const { content } = await opened();
    const document = await content.manifest(OWN, MADE.digest);
    assert.equal(digestOf(document.bytes), MADE.digest);
    assert.equal(document.size, document.bytes.length);
    assert.equal(document.mediaType, "application/vnd.oci.image.index.v1+json");
  });

  it("has blobs with their sizes, and their bytes when they arrive", async () => {
    const { content, store, memory, blobs } = await opened();
    const [blob = assert.fail()] = blobs;
    const served = await content.blob(OWN, blob.digest);
    assert.equal(served.size, blob.size);
    const bytes = Buffer.alloc(blob.size, "x");
    memory.blobs.set(blob.digest, bytes);
    await store.has(blob);
    const read: Buffer[] = [];
    for await (const chunk of served.read(0, blob.size)) read.push(chunk);
    assert.deepEqual(Buffer.concat(read), bytes);
  });

  it("has nothing under another name, no tags, no lists and nothing of other images", async () => {
    const { content, blobs } = await opened();
    const [blob = assert.fail()] = blobs;
    const unknown = digestOf(Buffer.from("unknown"));
    const others: Repository[] = [
      { registry: "docker.io", repository: "registry-pull/guessed" },
      { registry: "ghcr.io", repository: OWN.repository },
    ];
    for (const other of others) {
      await assert.rejects(content.manifest(other, MADE.digest), ABSENT);
      await assert.rejects(content.blob(other, blob.digest), ABSENT);
    }
    await assert.rejects(content.manifest(OWN, "1"), ABSENT);
    await assert.rejects(content.manifest(OWN, unknown), ABSENT);
    await assert.rejects(content.blob(OWN, unknown), ABSENT);
    await assert.rejects(content.list(), ABSENT);
  });
});
