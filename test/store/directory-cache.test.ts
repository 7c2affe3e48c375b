import assert from "node:assert/strict";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { BUNDLE_LIMIT, toBundle } from "../../src/store/bundle.ts";
import { DirectoryCache } from "../../src/store/directory-cache.ts";
import { Layout } from "../../src/store/layout.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { outgoing } from "../support/outgoing.ts";

const right = Buffer.from("a blob");
const blob = { digest: digestOf(right), size: right.length };
const WRONG = /^the cache entry key is wrong and not used: .*; delete the entry/;

describe("a cache in a directory", () => {
  let directory: string;
  let warned: string[];
  let stop: AbortController;
  let cache: DirectoryCache;
  beforeEach(() => {
    directory = temporaryDirectory("directory-cache");
    warned = [];
    stop = new AbortController();
    const warn = (message: string): void => void warned.push(message);
    cache = new DirectoryCache(join(directory, "cache"), { signal: stop.signal, warn });
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const pathOf = (key: string): string => join(directory, "cache", key);
  const plant = (bytes: Buffer): void => {
    mkdirSync(join(directory, "cache"), { recursive: true });
    writeFileSync(pathOf("key"), bytes);
  };
  /** The result of restoring, and whether the target is empty after a miss. */
  async function restored(): Promise<boolean> {
    const ingest = await (await Layout.open(join(directory, "layout"))).ingest(blob);
    try {
      const isHit = await cache.restore("key", blob, ingest);
      assert.ok(isHit || ingest.received === 0);
      return isHit;
    } finally {
      await ingest.abort();
    }
  }

  it("restores a right blob, and misses an entry that does not exist, without a word", async () => {
    assert.equal(await restored(), false);
    plant(right);
    assert.equal(await restored(), true);
    assert.deepEqual(warned, []);
  });

  it("misses an entry with other bytes, with a warning", async () => {
    plant(Buffer.from("b blob"));
    assert.equal(await restored(), false);
    assert.match(warned.join(), WRONG);
    assert.match(warned.join(), /digest differs/);
  });

  it("gives the blobs of a bundle, and none of an entry that does not exist, without a word", async () => {
    assert.equal((await cache.bundle("key")).size, 0);
    plant(toBundle([{ digest: blob.digest, bytes: right }]));
    assert.deepEqual([...(await cache.bundle("key"))], [[blob.digest, right]]);
    assert.deepEqual(warned, []);
  });

  it("gives no blobs of an entry that is no bundle, or is too large, with a warning", async () => {
    plant(right);
    assert.equal((await cache.bundle("key")).size, 0);
    truncateSync(pathOf("key"), BUNDLE_LIMIT + 1);
    assert.equal((await cache.bundle("key")).size, 0);
    const [noBundle = "", tooLarge = ""] = warned;
    assert.match(noBundle, WRONG);
    assert.match(noBundle, /no header of a bundle/);
    assert.match(tooLarge, WRONG);
    assert.match(tooLarge, /too large: it has more than 67108864 bytes/);
  });

  it("follows no link in an entry's place", async () => {
    mkdirSync(join(directory, "cache"));
    writeFileSync(join(directory, "target"), right);
    symlinkSync(join(directory, "target"), pathOf("key"));
    assert.equal(await restored(), false);
    assert.equal((await cache.bundle("key")).size, 0);
  });

  it("fails with the signal's reason when that aborts while a bundle is hashed", async () => {
    plant(toBundle([{ digest: blob.digest, bytes: right }]));
    const reason = new PullError("timeout", "the step's time is over");
    stop.abort(reason);
    await assert.rejects(cache.bundle("key"), reason);
  });

  it("saves an entry under any key, and overwrites it", async () => {
    assert.equal(await cache.save("../a key/", outgoing(Buffer.from("wrong"))), "saved");
    assert.equal(await cache.save("../a key/", outgoing(right)), "saved");
    const [name = "", ...others] = readdirSync(join(directory, "cache"));
    assert.deepEqual([readFileSync(pathOf(name)), others], [right, []]);
  });

  it("saves no wrong bytes, and leaves nothing of them", async () => {
    async function* slices(): AsyncGenerator<Buffer> {
      yield right;
      throw new PullError("layout-changed", "the blob has changed");
    }
    assert.equal(await cache.save("key", { size: 10, slices: slices() }), "failed");
    assert.deepEqual(readdirSync(join(directory, "cache")), []);
  });

  it("does not fail when its directory is a file", async () => {
    writeFileSync(join(directory, "cache"), "");
    assert.equal(await cache.save("key", outgoing(right)), "failed");
    assert.equal(await restored(), false);
    assert.equal((await cache.bundle("key")).size, 0);
  });
});
