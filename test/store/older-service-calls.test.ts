import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { restoreCache, saveCache } from "@actions/cache";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { toBundle } from "../../src/store/bundle.ts";
import type { CacheServiceOptions } from "../../src/store/cache-service.ts";
import { CHUNK_BYTES } from "../../src/store/chunks.ts";
import type { Ingest } from "../../src/store/ingest.ts";
import { Layout } from "../../src/store/layout.ts";
import { OlderServiceCalls } from "../../src/store/older-service-calls.ts";
import { type OpenedCache, openActionsCache } from "../support/actions-cache.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { variedBytes } from "../support/image.ts";
import {
  OlderCacheService,
  type OlderFault,
  type SeenRequest,
} from "../support/older-cache-service.ts";
import { outgoing } from "../support/outgoing.ts";

let server: OlderCacheService;
const directory = temporaryDirectory("older-service");
const environment = { ...process.env };
before(async () => {
  server = await OlderCacheService.start();
  Object.assign(process.env, server.environment, {
    GITHUB_WORKSPACE: directory,
    RUNNER_TEMP: directory,
  });
  process.chdir(directory);
});
after(async () => {
  process.chdir(import.meta.dirname);
  process.env = environment;
  await server.stop();
});
beforeEach(() => {
  server.entries.length = 0;
  server.faults.length = 0;
  server.seen.length = 0;
  server.lowersKeys = false;
});

function open(options: Partial<Pick<CacheServiceOptions, "after" | "signal">> = {}): OpenedCache {
  return openActionsCache({ ...options, calls: new OlderServiceCalls() });
}

const bytes = variedBytes(100_000);
const blob = { digest: digestOf(bytes), size: bytes.length };
const save = (key: string, content = bytes) => open().saving.save(key, outgoing(content));
const calls = (): readonly string[] => server.seen.map(({ call }) => call);

/** Answers every request of a method with a status, before its body is read. */
const answering =
  (method: string, status: number, message = "why"): OlderFault =>
  (request, response) => {
    if (request.method !== method) return false;
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ message }));
    return true;
  };

async function recorded(work: () => Promise<unknown>): Promise<readonly SeenRequest[]> {
  server.seen.length = 0;
  await work();
  return [...server.seen];
}

describe("the requests to the older service are those of @actions/cache's public functions", () => {
  before(() => writeFileSync(join(directory, "file"), "some bytes"));

  it("to save: the same three", async () => {
    const theirs = await recorded(() => saveCache(["file"], "theirs"));
    const own = await recorded(() => save("ours"));
    assert.deepEqual(own, theirs);
    assert.deepEqual(
      theirs.map(({ call }) => call),
      ["POST caches", "PATCH caches/ID", "POST caches/ID"],
    );
  });

  it("to restore: the same look-up, and the same download without the token", async () => {
    await saveCache(["file"], "theirs");
    await save("ours", toBundle([]));
    const theirs = await recorded(() => restoreCache(["file"], "theirs"));
    const own = await recorded(() => open().restoring.bundle("ours"));
    assert.deepEqual(own, theirs);
    assert.deepEqual(
      own.map(({ call, headers }) => [call, headers["authorization"] !== undefined]),
      [
        ["GET cache", true],
        ["GET artifacts/ID", false],
      ],
    );
  });

  it("in the same chunks", async () => {
    const large = Buffer.alloc(CHUNK_BYTES + 1);
    await save("ours", large);
    const [entry] = server.entries;
    const chunks = [...(entry?.chunks ?? [])].map(([start, { length }]) => [start, length]);
    assert.deepEqual(chunks, [
      [0, CHUNK_BYTES],
      [CHUNK_BYTES, 1],
    ]);
    assert.equal(entry?.complete, true);
  });

  it("for entries that neither finds of the other, under the same key", async () => {
    const path = join(directory, "file");
    await saveCache(["file"], "theirs");
    await save("ours", readFileSync(path));
    const entry = server.entries.find(({ key }) => key === "ours");
    assert.deepEqual(entry?.bytes, readFileSync(path));
    assert.equal(await restoreCache(["file"], "ours"), undefined);
    assert.equal(await open().service.lookUp("theirs"), undefined);
  });
});

describe("restoring from the older service", () => {
  let layout: string;
  let ingest: Ingest;
  beforeEach(async () => {
    layout = temporaryDirectory("older-layout");
    ingest = await (await Layout.open(join(layout, "layout"))).ingest(blob);
  });
  afterEach(async () => {
    await ingest.abort();
    rmSync(layout, { recursive: true });
  });

  it("restores a blob and commits it", async () => {
    assert.equal(await save("key"), "saved");
    const { restoring, said, warned } = open();
    assert.equal(await restoring.restore("key", blob, ingest), true);
    assert.deepEqual([said, warned], [[], []]);
    assert.ok(await (await Layout.open(join(layout, "layout"))).has(blob));
  });

  it("gives the blobs of a bundle", async () => {
    await save("key", toBundle([{ digest: blob.digest, bytes }]));
    const found = await open().restoring.bundle("key");
    assert.deepEqual([...found.keys()], [blob.digest]);
    assert.ok(found.get(blob.digest)?.equals(bytes));
  });

  it("misses an entry that does not exist, and one whose key only starts the same", async () => {
    await save("key-longer");
    const { restoring, said, warned } = open();
    assert.equal(await restoring.restore("key", blob, ingest), false);
    assert.equal(await restoring.restore("other", blob, ingest), false);
    assert.deepEqual([said, warned], [[], []]);
  });

  it("finds an entry whose key the server wrote in lower case", async () => {
    server.lowersKeys = true;
    await save("Key");
    assert.equal(await open().restoring.restore("Key", blob, ingest), true);
  });

  for (const [what, content, why] of [
    [
      "poisoned",
      Buffer.alloc(100_000),
      /^the cache entry key is wrong and not used: digest differs/,
    ],
    ["truncated", bytes.subarray(0, 50_000), /^the cache entry key is wrong and not used: /],
    ["longer", Buffer.concat([bytes, bytes]), /^the cache entry key is wrong and not used: /],
  ] as const) {
    it(`misses a ${what} entry, with a warning and an empty target`, async () => {
      await save("key");
      for (const entry of server.entries) entry.bytes = content;
      const { restoring, warned } = open();
      assert.equal(await restoring.restore("key", blob, ingest), false);
      assert.equal(warned.length, 1);
      assert.match(warned.join(), why);
      assert.equal(ingest.received, 0);
    });
  }

  for (const [status, answers, failures] of [
    [500, "two answers", 2],
    [404, "two answers", 2],
    [401, "one answer", 1],
    [403, "one answer", 1],
    [429, "one answer", 1],
  ] as const) {
    it(`asks no more after ${answers} of ${status}, with one warning`, async () => {
      server.faults.push(answering("GET", status));
      const { restoring, warned } = open();
      for (let time = 0; time < 3; time++) {
        assert.equal(await restoring.restore("key", blob, ingest), false);
      }
      assert.equal(server.seen.length, failures);
      assert.match(
        warned.join("\n"),
        /^the Actions cache is disabled for the rest of this run: .*$/,
      );
    });
  }

  for (const [what, answer] of [
    ["no URL", { cacheKey: "key", archiveLocation: "nowhere" }],
    ["no key", { archiveLocation: "https://example.com/" }],
    ["fields of other types", { cacheKey: 1, archiveLocation: {} }],
  ] as const) {
    it(`misses when the service answers with ${what}`, async () => {
      server.faults.push((_, response) => {
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify(answer));
        return true;
      });
      const { restoring, warned } = open();
      assert.equal(await restoring.restore("key", blob, ingest), false);
      assert.deepEqual(warned, []);
    });
  }

  it("does not wait longer than its deadline for a service that never answers", async () => {
    const unanswered: ServerResponse[] = [];
    let expire = (): void => undefined;
    server.faults.push((_, response) => {
      unanswered.push(response);
      expire();
      return true;
    });
    const { service, warned } = open({
      after: (_, run) => {
        expire = run;
        return () => undefined;
      },
    });
    assert.equal(await service.lookUp("key"), undefined);
    assert.equal(await service.lookUp("key"), undefined);
    assert.match(warned.join("\n"), /^the Actions cache is disabled .*: no answer within 15 s$/);
    // The package would ask again, after the tests.
    for (const response of unanswered) response.writeHead(204).end();
  });
});

describe("saving to the older service", () => {
  it("saves an entry once, and reads no bytes for one that exists", async () => {
    assert.equal(await save("key"), "saved");
    server.seen.length = 0;
    assert.equal(await open().saving.has("key"), true);
    assert.equal(await save("key"), "existed");
    assert.deepEqual(calls(), ["GET cache", "POST caches"]);
  });

  it("answers existed when another job reserved the entry a moment ago", async () => {
    server.faults.push(answering("POST", 409));
    assert.equal(await save("key"), "existed");
    assert.deepEqual(calls(), ["POST caches"]);
  });

  it("skips an entry that is larger than the server allows, with a log line", async () => {
    server.faults.push(answering("POST", 400, "over the data cap limit"));
    const { saving, said, warned } = open();
    for (let time = 0; time < 3; time++) {
      assert.equal(await saving.save("key", outgoing(bytes)), "failed");
    }
    assert.deepEqual(warned, []);
    const line = "the cache service responded with 400: over the data cap limit";
    assert.deepEqual(said, [line, line, line]);
  });

  it("saves nothing more after a denial, with one warning", async () => {
    server.faults.push(answering("POST", 403, "cache write denied: read-only token"));
    const { saving, warned } = open();
    assert.equal(await saving.save("key", outgoing(bytes)), "failed");
    server.seen.length = 0;
    assert.equal(await saving.save("other", outgoing(bytes)), "failed");
    assert.deepEqual(calls(), []);
    assert.match(warned.join("\n"), /^the Actions cache is disabled .*responded with 403: .*$/);
  });

  it("does not complete an entry whose bytes prove wrong after all of them were read", async () => {
    async function* wrong(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(CHUNK_BYTES);
      throw new PullError("layout-changed", "the blob has changed");
    }
    const { saving, said, warned } = open();
    const saved = await saving.save("key", { size: CHUNK_BYTES, slices: wrong() });
    assert.deepEqual([saved, said, warned], ["failed", ["the blob has changed"], []]);
    assert.deepEqual(calls(), ["POST caches", "PATCH caches/ID"]);
    assert.deepEqual(
      server.entries.map(({ complete }) => complete),
      [false],
    );
  });

  for (const status of [413, 500, 307]) {
    it(`fails without harm when a chunk is refused with ${status} while it is sent`, async () => {
      server.faults.push((request, response) => {
        if (request.method !== "PATCH") return false;
        const headers = { location: `${server.url}elsewhere` };
        request.once("data", () =>
          response.writeHead(status, headers).end(Buffer.alloc(1_000_000)),
        );
        return true;
      });
      const { saving, warned } = open();
      const large = Buffer.alloc(CHUNK_BYTES);
      assert.equal(await saving.save("key", outgoing(large)), "failed");
      assert.equal(await saving.save("other", outgoing(large)), "failed");
      assert.match(warned.join("\n"), new RegExp(`^the Actions cache is disabled .*${status}$`));
      assert.ok(!calls().includes("PATCH elsewhere"), calls().join());
      assert.ok(!calls().includes("POST caches/ID"), calls().join());
    });
  }

  it("sends a chunk a second time when the server is busy", async () => {
    server.faults.push((request, response) => {
      if (request.method !== "PATCH") return false;
      server.faults.length = 0;
      response.writeHead(503).end();
      return true;
    });
    const { saving, said, warned } = open();
    const saved = await saving.save("key", outgoing(bytes));
    assert.deepEqual([saved, said, warned], ["saved", [], []]);
    const [entry] = server.entries;
    assert.ok(entry?.bytes.equals(bytes));
  });

  it("ends its requests when the job ends", async () => {
    const stop = new AbortController();
    const closed = new Promise<void>((resolve) => {
      server.faults.push((request) => {
        if (request.method !== "PATCH") return false;
        request.once("close", resolve);
        stop.abort(new PullError("cancelled", "cancelled"));
        return true;
      });
    });
    const { saving, said, warned } = open({ signal: stop.signal });
    assert.equal(await saving.save("key", outgoing(bytes)), "failed");
    await closed;
    assert.deepEqual([said, warned], [["cancelled"], []]);
  });
});
