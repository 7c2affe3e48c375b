import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { restoreCache, saveCache } from "@actions/cache";
import { SYSTEM_CLOCK } from "../../src/connect.ts";
import { ActionsCache } from "../../src/store/actions-cache.ts";
import { CacheService } from "../support/cache-service.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { outgoing } from "../support/outgoing.ts";

/** What was asked of the service, and with which fields. */
type Asked = { readonly call: string; readonly fields: readonly string[] };

describe("the cache's wire is that of @actions/cache's public functions", () => {
  let service: CacheService;
  const directory = temporaryDirectory("contract");
  const environment = { ...process.env };
  before(async () => {
    service = await CacheService.start();
    Object.assign(process.env, service.environment, { GITHUB_WORKSPACE: directory, RUNNER_TEMP: directory });
    process.chdir(directory);
  });
  after(async () => {
    process.chdir(import.meta.dirname);
    process.env = environment;
    await service.stop();
  });

  async function recorded(work: () => Promise<unknown>): Promise<readonly Asked[]> {
    service.seen.length = 0;
    service.bodies.length = 0;
    await work();
    const bodies = service.bodies.values();
    return service.seen.map((call) => ({
      call,
      fields: call.endsWith("blob") ? [] : Object.keys(bodies.next().value as object).toSorted(),
    }));
  }

  const path = join(directory, "file");
  const ours = () =>
    new ActionsCache({
      urls: { download: async () => undefined, get: async (url) => Buffer.from(await (await fetch(url)).arrayBuffer()) },
      after: SYSTEM_CLOCK.after,
      signal: new AbortController().signal,
      say: () => undefined,
      warn: (message) => assert.fail(message),
    });

  it("to save: the same three steps, after a look whether there is anything to do", async () => {
    writeFileSync(path, "some bytes");
    const theirs = await recorded(() => saveCache(["file"], "theirs"));
    const [look, ...own] = await recorded(() => ours().save("ours", outgoing(readFileSync(path))));
    assert.deepEqual(own, theirs);
    assert.equal(look?.call, "POST GetCacheEntryDownloadURL");
  });

  it("to restore: the same question", async () => {
    const [theirs] = await recorded(() => restoreCache(["file"], "theirs"));
    const [own] = await recorded(() => ours().fetch("ours", 100));
    assert.deepEqual(own, theirs);
  });

  it("entries are the bytes as they are, and neither reads the other's", async () => {
    const entry = [...service.entries.values()].find(({ key }) => key === "ours");
    assert.deepEqual(entry?.bytes, readFileSync(path));
    assert.deepEqual(await ours().fetch("ours", 100), readFileSync(path));
    assert.equal(await restoreCache(["file"], "ours"), undefined);
    assert.equal(await ours().fetch("theirs", 1e6), undefined);
  });

  it("an entry that is there is left alone", async () => {
    assert.equal(await ours().save("ours", outgoing(readFileSync(path))), "there");
  });
});
