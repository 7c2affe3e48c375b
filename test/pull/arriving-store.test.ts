import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { after, describe, it } from "node:test";
import type { Blob } from "../../src/oci/blob.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { ArrivingStore } from "../../src/pull/arriving-store.ts";
import { Layout } from "../../src/store/layout.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { failure } from "../support/resolving.ts";

const BYTES = Buffer.from("the bytes of a layer");
const WRONG = Buffer.from("the bytes of another");
const BLOB: Blob = { digest: digestOf(BYTES), size: BYTES.length };
const GIVEN_UP = failure("answer-cut", /./);

/** Collects what a reader gets, chunk by chunk. */
class Reader {
  text = "";
  readonly ended: Promise<void>;

  constructor(store: ArrivingStore, start = 0, end = BLOB.size) {
    this.ended = this.#read(store, start, end);
    this.ended.catch(() => undefined);
  }

  async #read(store: ArrivingStore, start: number, end: number): Promise<void> {
    for await (const bytes of store.readArriving(BLOB, start, end)) this.text += String(bytes);
  }
}

async function soon(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
}

describe("a store that a pull fills", () => {
  const directory = temporaryDirectory("arriving");
  after(() => rmSync(directory, { recursive: true, force: true }));
  let count = 0;
  const openLayout = (): Promise<Layout> => Layout.open(`${directory}/${count++}`);

  /** A layout with a file in the place of the blob. */
  async function layoutWith(bytes: Buffer): Promise<ArrivingStore> {
    const layout = await openLayout();
    const path = layout.blobPath(BLOB.digest);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return new ArrivingStore(layout);
  }

  async function fill(store: ArrivingStore, bytes: Buffer): Promise<void> {
    const ingest = await store.ingest(BLOB);
    try {
      ingest.part(0).write(bytes);
      await ingest.commit();
    } finally {
      await ingest.abort();
    }
  }

  it("gives a reader that comes first the bytes as they arrive, and the last one when all are right", async () => {
    const store = new ArrivingStore(await openLayout());
    const reader = new Reader(store);
    await soon();
    const ingest = await store.ingest(BLOB);
    ingest.part(0).write(BYTES);
    await soon();
    assert.notEqual(reader.text, String(BYTES));
    await ingest.commit();
    await reader.ended;
    assert.equal(reader.text, String(BYTES));
    const late = new Reader(store, 4, 9);
    await late.ended;
    assert.equal(late.text, "bytes");
  });

  it("gives what the layout has while that is hashed", async () => {
    const store = await layoutWith(BYTES);
    const reader = new Reader(store);
    assert.equal(await store.has(BLOB), true);
    await reader.ended;
    assert.equal(reader.text, String(BYTES));
  });

  it("never gives all of a wrong blob of the layout, and fails a reader that has a part", async () => {
    const store = await layoutWith(WRONG);
    const reader = new Reader(store);
    assert.equal(await store.has(BLOB), false);
    await assert.rejects(reader.ended, GIVEN_UP);
    assert.ok(reader.text.length < WRONG.length, reader.text);
  });

  it("gives a later reader the right bytes in place of wrong ones", async () => {
    const store = await layoutWith(WRONG);
    assert.equal(await store.has(BLOB), false);
    const reader = new Reader(store);
    await soon();
    await fill(store, BYTES);
    await reader.ended;
    assert.equal(reader.text, String(BYTES));
  });

  it("gives the bytes of the second try to a reader that has none of the first", async () => {
    const store = new ArrivingStore(new MemoryStore());
    const reader = new Reader(store);
    await assert.rejects(fill(store, WRONG), failure("digest-differs"));
    await soon();
    await fill(store, BYTES);
    await reader.ended;
    assert.equal(reader.text, String(BYTES));
  });

  it("fails readers when the pull ends without the blob, and later ones at once", async () => {
    const store = new ArrivingStore(new MemoryStore());
    const before = new Reader(store);
    await soon();
    store.end();
    await assert.rejects(before.ended, GIVEN_UP);
    await assert.rejects(new Reader(store).ended, GIVEN_UP);
  });

  it("still gives what arrived after the pull has ended", async () => {
    const store = new ArrivingStore(new MemoryStore());
    await fill(store, BYTES);
    store.end();
    const reader = new Reader(store);
    await reader.ended;
    assert.equal(reader.text, String(BYTES));
  });

  it("tells a blob from one with the same digest and another size", async () => {
    const store = new ArrivingStore(new MemoryStore());
    await fill(store, BYTES);
    store.end();
    const other = store.readArriving({ ...BLOB, size: 1 }, 0, 1);
    await assert.rejects(other.next(), GIVEN_UP);
  });

  it("fails readers of a blob that the store cannot read", async () => {
    const memory = new MemoryStore();
    memory.before = (operation) => {
      if (operation.startsWith("has")) throw new Error("the disk failed");
    };
    const store = new ArrivingStore(memory);
    const reader = new Reader(store);
    await assert.rejects(store.has(BLOB), /the disk failed/);
    store.end();
    await assert.rejects(reader.ended);
    assert.equal(reader.text, "");
  });
});
