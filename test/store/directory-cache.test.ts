import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { digestOf } from "../../src/oci/digest.ts";
import { DirectoryCache } from "../../src/store/directory-cache.ts";
import { Layout } from "../../src/store/layout.ts";
import { temporaryDirectory } from "../support/directory.ts";

const right = Buffer.from("a blob");
const blob = { digest: digestOf(right), size: right.length };

describe("a cache in a directory", () => {
  let directory: string;
  let warned: string[];
  let cache: DirectoryCache;
  beforeEach(() => {
    directory = temporaryDirectory("directory-cache");
    warned = [];
    cache = new DirectoryCache(join(directory, "cache"), (message) => void warned.push(message));
    mkdirSync(join(directory, "cache"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const entry = (bytes: Buffer): void => writeFileSync(join(directory, "cache", "key"), bytes);
  async function restored(): Promise<boolean> {
    const ingest = await (await Layout.open(join(directory, "layout"))).ingest(blob);
    try {
      return await cache.restore("key", blob, ingest);
    } finally {
      await ingest.abort();
    }
  }

  it("restores a right entry, and is silent about it and about one that is missing", async () => {
    assert.equal(await restored(), false);
    assert.equal(await cache.fetch("key", 100), undefined);
    entry(right);
    assert.equal(await restored(), true);
    assert.deepEqual(await cache.fetch("key", 100), right);
    assert.deepEqual(warned, []);
  });

  it("warns of an entry with other bytes", async () => {
    entry(Buffer.from("b blob"));
    assert.equal(await restored(), false);
    assert.match(warned.join(), /^the cache entry key is wrong and not used: digest differs: .*; delete the entry/);
  });

  it("warns of an entry that is too large to fetch", async () => {
    entry(right);
    assert.equal(await cache.fetch("key", 5), undefined);
    assert.match(warned.join(), /^the cache entry key is wrong and not used: too large: it is longer than 5 bytes/);
  });
});
