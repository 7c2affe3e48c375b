import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { toBundle } from "../../src/store/bundle.ts";
import type { Ingest } from "../../src/store/ingest.ts";
import { Layout } from "../../src/store/layout.ts";
import { openActionsCache } from "../support/actions-cache.ts";
import { type CacheFault, CacheService as CacheServer } from "../support/cache-service.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { variedBytes } from "../support/image.ts";
import { outgoing } from "../support/outgoing.ts";

let server: CacheServer;
const environment = { ...process.env };
before(async () => {
  server = await CacheServer.start();
  Object.assign(process.env, server.environment);
});
after(async () => {
  process.env = environment;
  await server.stop();
});
beforeEach(() => {
  server.entries.clear();
  server.faults.length = 0;
  server.seen.length = 0;
});

const bytes = variedBytes(100_000);
const blob = { digest: digestOf(bytes), size: bytes.length };

const save = (content: Buffer) => openActionsCache().saving.save("key", outgoing(content));
const replaceEntry = (content: Buffer): void => {
  for (const entry of server.entries.values()) entry.bytes = content;
};
/** Answers every request for an entry's bytes with a status. */
const answering =
  (status: number): CacheFault =>
  (request, response) => {
    const isBlob = request.url?.startsWith("/container/") === true;
    if (isBlob) response.writeHead(status).end("why");
    return isBlob;
  };

describe("ActionsCache.restore", () => {
  let directory: string;
  let ingest: Ingest;
  beforeEach(async () => {
    directory = temporaryDirectory("actions-cache");
    ingest = await (await Layout.open(join(directory, "layout"))).ingest(blob);
  });
  afterEach(async () => {
    await ingest.abort();
    rmSync(directory, { recursive: true });
  });

  it("restores a blob and commits it", async () => {
    await save(bytes);
    const { restoring, said, warned } = openActionsCache();
    assert.equal(await restoring.restore("key", blob, ingest), true);
    assert.deepEqual([said, warned], [[], []]);
    assert.ok(await (await Layout.open(join(directory, "layout"))).has(blob));
  });

  it("misses an entry that does not exist, without a word", async () => {
    const { restoring, said, warned } = openActionsCache();
    assert.equal(await restoring.restore("key", blob, ingest), false);
    assert.deepEqual([said, warned], [[], []]);
  });

  it("misses an entry with wrong bytes after one download, with a warning and an empty target", async () => {
    await save(bytes);
    replaceEntry(variedBytes(100_000).fill(0, 50_000));
    server.seen.length = 0;
    const { restoring, warned } = openActionsCache();
    assert.equal(await restoring.restore("key", blob, ingest), false);
    assert.match(
      warned.join(),
      /^the cache entry key is wrong and not used: digest differs: .*; delete the entry/,
    );
    assert.deepEqual([ingest.received, server.seen.length], [0, 2]);
    // The caller downloads into the same target.
    ingest.part(0).write(bytes);
    await ingest.commit();
  });

  for (const [status, requests] of [
    [404, 1],
    [403, 1],
    [302, 1],
    [500, 2],
  ] as const) {
    it(`misses an entry whose URL answers ${status}, with a log line, after ${requests} requests`, async () => {
      await save(bytes);
      server.faults.push(answering(status));
      server.seen.length = 0;
      const { restoring, said, warned } = openActionsCache();
      assert.equal(await restoring.restore("key", blob, ingest), false);
      const line = `the cache entry key is not used: 127.0.0.1:${server.port} answered ${status}`;
      assert.deepEqual([said, warned], [[line], []]);
      const asked = server.seen.filter((one) => one === "GET blob");
      assert.equal(asked.length, requests);
    });
  }

  it("still asks after any number of entries that are gone", async () => {
    await save(bytes);
    server.faults.push(answering(404));
    const { restoring, warned } = openActionsCache();
    for (let time = 0; time < 3; time++) await restoring.restore("key", blob, ingest);
    server.faults.length = 0;
    assert.equal(await restoring.restore("key", blob, ingest), true);
    assert.deepEqual(warned, []);
  });

  it("asks no more after two entries that were out of reach, with one warning", async () => {
    await save(bytes);
    server.faults.push(answering(500));
    const { restoring, warned } = openActionsCache();
    for (let time = 0; time < 2; time++) await restoring.restore("key", blob, ingest);
    assert.match(warned.join("\n"), /^the Actions cache is disabled for the rest of this run: .*$/);
    server.seen.length = 0;
    assert.equal(await restoring.restore("key", blob, ingest), false);
    assert.deepEqual(server.seen, []);
  });

  it("does not blame the service for the end of the step", async () => {
    await save(bytes);
    const stop = new AbortController();
    server.faults.push((request) => {
      const isBlob = request.url?.startsWith("/container/") === true;
      if (isBlob) stop.abort(new PullError("timeout", "the step's time is over"));
      return isBlob;
    });
    const { restoring, service, said, warned } = openActionsCache({ signal: stop.signal });
    assert.equal(await restoring.restore("key", blob, ingest), false);
    assert.deepEqual(warned, []);
    assert.match(said.join(), /the cache entry key is not used: the step's time is over/);
    service.fail("the first failure");
    assert.deepEqual(warned, []);
  });
});

describe("ActionsCache.bundle", () => {
  const members = [Buffer.from("one"), Buffer.from("two")].map((one) => ({
    digest: digestOf(one),
    bytes: one,
  }));

  it("gives the blobs of a bundle", async () => {
    await save(toBundle(members));
    const { restoring, said, warned } = openActionsCache();
    const found = [...(await restoring.bundle("key"))];
    assert.deepEqual(
      found,
      members.map((member) => [member.digest, member.bytes]),
    );
    assert.deepEqual([said, warned], [[], []]);
  });

  it("is empty when there is no entry", async () => {
    const { restoring, said, warned } = openActionsCache();
    assert.deepEqual([await restoring.bundle("key"), said, warned], [new Map(), [], []]);
  });

  for (const [what, content, why] of [
    ["is no bundle", Buffer.from("x"), /no header of a bundle at byte 0/],
    ["is too large", Buffer.alloc(64 * 1024 * 1024 + 1), /too large/],
  ] as const) {
    it(`is empty when the entry ${what}, with a warning`, async () => {
      await save(Buffer.from("x"));
      replaceEntry(content);
      const { restoring, warned } = openActionsCache();
      assert.equal((await restoring.bundle("key")).size, 0);
      assert.match(
        warned.join(),
        /^the cache entry key is wrong and not used: .*; delete the entry/,
      );
      assert.match(warned.join(), why);
    });
  }

  it("is empty when the entry cannot be downloaded, with a log line", async () => {
    await save(toBundle(members));
    server.faults.push(answering(404));
    const { restoring, said, warned } = openActionsCache();
    assert.equal((await restoring.bundle("key")).size, 0);
    assert.deepEqual([said.length, warned], [1, []]);
  });
});

describe("ActionsCacheWriter.has", () => {
  it("is true for an entry with exactly this key", async () => {
    await save(bytes);
    const { saving, said, warned } = openActionsCache();
    assert.deepEqual([await saving.has("key"), await saving.has("ke")], [true, false]);
    assert.deepEqual([said, warned], [[], []]);
  });

  it("is false when the service does not answer the question", async () => {
    await save(bytes);
    server.faults.push((_, response) => {
      response.writeHead(500).end("{}");
      return true;
    });
    assert.equal(await openActionsCache().saving.has("key"), false);
  });
});

describe("ActionsCacheWriter.save", () => {
  const isCall =
    (name: string) =>
    ({ url }: { readonly url?: string | undefined }): boolean =>
      url?.endsWith(name) === true;

  it("saves an entry once, and reads no bytes for one that exists", async () => {
    const { saving, said, warned } = openActionsCache();
    assert.equal(await saving.save("key", outgoing(bytes)), "saved");
    async function* unread(): AsyncGenerator<Buffer> {
      assert.fail("not read");
      yield bytes;
    }
    assert.equal(await saving.save("key", { size: 1, slices: unread() }), "existed");
    assert.deepEqual([server.entries.size, said, warned], [1, [], []]);
  });

  it("answers existed when another job reserved the entry a moment ago", async () => {
    server.faults.push((request, response) => {
      if (!isCall("CreateCacheEntry")(request)) return false;
      response.writeHead(200, { "content-type": "application/json" }).end('{"ok":false}');
      return true;
    });
    assert.equal(await save(bytes), "existed");
    assert.equal(server.entries.size, 0);
  });

  it("does not blame the service for any number of entries that exist", async () => {
    await save(bytes);
    const { saving, warned } = openActionsCache();
    for (let time = 0; time < 3; time++) {
      assert.equal(await saving.save("key", outgoing(bytes)), "existed");
    }
    assert.equal(await saving.save("other", outgoing(bytes)), "saved");
    assert.deepEqual(warned, []);
  });

  it("fails, and only counts that, when the service refuses to complete the entry", async () => {
    server.faults.push((request, response) => {
      if (!isCall("FinalizeCacheEntryUpload")(request)) return false;
      response.writeHead(200, { "content-type": "application/json" }).end('{"ok":false}');
      return true;
    });
    assert.equal(await save(bytes), "failed");
    assert.deepEqual(
      [...server.entries.values()].map(({ complete }) => complete),
      [false],
    );
  });

  it("saves nothing more after a denial, with one warning", async () => {
    server.writable = false;
    try {
      Object.assign(process.env, server.environment);
      const { saving, warned } = openActionsCache();
      assert.equal(await saving.save("key", outgoing(bytes)), "failed");
      server.seen.length = 0;
      assert.equal(await saving.save("other", outgoing(bytes)), "failed");
      assert.deepEqual(server.seen, []);
      assert.match(warned.join("\n"), /^the Actions cache is disabled .*denied.*$/);
    } finally {
      server.writable = true;
      Object.assign(process.env, server.environment);
    }
  });
});
