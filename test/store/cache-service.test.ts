import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { restoreCache, saveCache } from "@actions/cache";
import { PullError } from "../../src/oci/failure.ts";
import type { CacheService } from "../../src/store/cache-service.ts";
import { openActionsCache } from "../support/actions-cache.ts";
import { CacheService as CacheServer } from "../support/cache-service.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { outgoing } from "../support/outgoing.ts";

let server: CacheServer;
const directory = temporaryDirectory("cache-service");
const environment = { ...process.env };
before(async () => {
  server = await CacheServer.start();
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
  server.entries.clear();
  server.faults.length = 0;
  server.seen.length = 0;
});

/** A request to the service, and the fields of its body. */
type Request = { readonly call: string; readonly fields: readonly string[] };

async function recorded(work: () => Promise<unknown>): Promise<readonly Request[]> {
  server.seen.length = 0;
  server.bodies.length = 0;
  await work();
  const bodies = server.bodies.values();
  return server.seen.map((call) => ({
    call,
    fields: call.endsWith("blob") ? [] : Object.keys(bodies.next().value as object).toSorted(),
  }));
}

describe("the requests are those of @actions/cache's public functions", () => {
  const path = join(directory, "file");
  const bytes = Buffer.from("some bytes");
  before(() => writeFileSync(path, bytes));

  it("to save: the same three", async () => {
    const theirs = await recorded(() => saveCache(["file"], "theirs"));
    const own = await recorded(() => openActionsCache().saving.save("ours", outgoing(bytes)));
    assert.deepEqual(own, theirs);
  });

  it("to restore: the same look-up", async () => {
    const [theirs] = await recorded(() => restoreCache(["file"], "theirs"));
    const [own] = await recorded(() => openActionsCache().restoring.bundle("ours"));
    assert.deepEqual(own, theirs);
  });

  it("for entries that neither finds of the other, under the same key", async () => {
    await saveCache(["file"], "theirs");
    await openActionsCache().saving.save("ours", outgoing(bytes));
    const entry = [...server.entries.values()].find(({ key }) => key === "ours");
    assert.deepEqual(entry?.bytes, readFileSync(path));
    assert.ok((await openActionsCache().service.lookUp("ours")) !== undefined);
    assert.equal(await restoreCache(["file"], "ours"), undefined);
    assert.equal(await openActionsCache().service.lookUp("theirs"), undefined);
  });
});

describe("CacheService.lookUp", () => {
  const saved = (key: string) => openActionsCache().saving.save(key, outgoing(Buffer.from("x")));

  it("finds the signed URL of an entry, and nothing for a key that only starts the same", async () => {
    await saved("key-longer");
    assert.equal(await openActionsCache().service.lookUp("key"), undefined);
    await saved("key");
    const url = await openActionsCache().service.lookUp("key");
    assert.equal(url?.searchParams.get("sig"), "signature-of-a-url");
  });

  for (const [what, url] of [
    ["no URL", "nowhere"],
    ["nothing", ""],
  ] as const) {
    it(`finds nothing when the service answers with ${what}`, async () => {
      server.faults.push((_, response) => {
        const answer = { ok: true, signed_download_url: url, matched_key: "key" };
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify(answer));
        return true;
      });
      const { service, warned } = openActionsCache();
      assert.deepEqual([await service.lookUp("key"), warned], [undefined, []]);
    });
  }
});

describe("CacheService.attempt", () => {
  const failing = (service: CacheService, error: unknown) =>
    service.attempt(() => Promise.reject(error));

  it("returns what the work returns", async () => {
    assert.equal(await openActionsCache().service.attempt(async () => 1), 1);
  });

  for (const [what, errors, isDisabled] of [
    ["one failure", ["500"], false],
    ["two failures", ["500", "500"], true],
    ["a limit", ["rate limit exceeded"], true],
    ["a limit by its status", ["Failed: (429) Too Many Requests"], true],
    ["a denial", ["cache read denied"], true],
    ["a denial by its status", ["Failed: (403) Forbidden"], true],
    ["a refused token", ["Failed: (401) Unauthorized"], true],
  ] as const) {
    it(`is ${isDisabled ? "disabled, with one warning," : "not disabled"} after ${what}`, async () => {
      const { service, warned, said } = openActionsCache();
      for (const message of errors) {
        assert.equal(await failing(service, new Error(message)), undefined);
      }
      assert.equal(await service.attempt(async () => 1), isDisabled ? undefined : 1);
      await failing(service, new Error("later"));
      await failing(service, new Error("and later"));
      const why = isDisabled ? errors.at(-1) : "later";
      const warning = `the Actions cache is disabled for the rest of this run: ${why}`;
      assert.deepEqual([warned, said], [[warning], []]);
    });
  }

  it("is disabled after one RateLimitError, whatever its message", async () => {
    const { service, warned } = openActionsCache();
    await failing(service, Object.assign(new Error("slow down"), { name: "RateLimitError" }));
    assert.equal(warned.length, 1);
  });

  it("reports a PullError as a log line, because it is not the service's failure", async () => {
    const { service, warned, said } = openActionsCache();
    for (let time = 0; time < 3; time++) {
      await failing(service, new PullError("layout-changed", "the blob has changed"));
    }
    assert.deepEqual([warned, said.length, said[0]], [[], 3, "the blob has changed"]);
    assert.equal(await service.attempt(async () => 1), 1);
  });
});

describe("CacheService.within", () => {
  it("returns what the call returns, cancels the deadline, and ends what is left", async () => {
    let cancelled = 0;
    let left: AbortSignal | undefined;
    const { service } = openActionsCache({ after: () => () => void cancelled++ });
    const call = async (signal: AbortSignal): Promise<number> => {
      left = signal;
      return 1;
    };
    assert.deepEqual([await service.within(1_000, call), cancelled, left?.aborted], [1, 1, true]);
  });

  it("fails after the deadline, and ends the call's own requests", async () => {
    const { service } = openActionsCache({
      after: (_, run) => {
        setImmediate(run);
        return () => undefined;
      },
    });
    let ended: AbortSignal | undefined;
    const call = (signal: AbortSignal): Promise<never> => {
      ended = signal;
      return new Promise(() => undefined);
    };
    await assert.rejects(service.within(62_000, call), /^Error: no answer within 62 s$/);
    assert.ok(ended?.aborted);
  });

  it("fails with the signal's reason when that aborts, also before the call", async () => {
    const stop = new AbortController();
    const { service } = openActionsCache({ signal: stop.signal });
    const reason = new PullError("cancelled", "cancelled");
    const waiting = service.within(10_000, () => new Promise(() => undefined));
    stop.abort(reason);
    await assert.rejects(waiting, reason);
    await assert.rejects(
      service.within(10_000, () => assert.fail("not called")),
      reason,
    );
  });
});
