import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { image, index, multiPlatform, schema1 } from "./support/image.ts";
import {
  type Entries,
  entryFor,
  errorsOf,
  type Given,
  imagesOf,
  LockedWorkspace,
  output,
  warningsOf,
} from "./support/lock-steps.ts";
import { Registry } from "./support/registry.ts";
import type { StepResult } from "./support/runner.ts";

const AMD64 = image("linux/amd64");
const ARM64 = image("linux/arm64");
const OLD = index([AMD64, ARM64]);
const NEW = multiPlatform(["linux/amd64", "linux/arm64"], { salt: "new" });
const APP = "HOST/org/app:1";
const LOCKED: Entries = { [APP]: entryFor(OLD) };
const HEAD = "HEAD /v2/org/app/manifests/1";

let workspace: LockedWorkspace;
beforeEach(async () => {
  workspace = await LockedWorkspace.start();
  workspace.registry.push("org/app", "1", OLD);
});
afterEach(() => workspace.registry.stop());

/** Runs a step that must pass. */
async function passing(
  given: Given,
  ...more: [Given?, Parameters<LockedWorkspace["step"]>[2]?]
): Promise<StepResult> {
  const result = await workspace.step(given, ...more);
  assert.equal(result.exitCode, 0, result.stdout);
  return result;
}

/** The platforms of an entry of the lock file. */
const platformsOf = (reference = APP): readonly string[] =>
  Object.keys(workspace.entries()[reference]?.platforms ?? {});

const isOfTag = (request: string): boolean => /\/manifests\/(?!sha256:)/.test(request);

describe("lock and platforms", () => {
  for (const [platforms, locked] of [
    ["all", ["linux/amd64", "linux/arm64"]],
    ["any", []],
    ["linux/arm64,linux/amd64", ["linux/amd64", "linux/arm64"]],
  ] as const) {
    it(`locks ${platforms}, and then checks it without a warning`, async () => {
      await passing({ lock: "update", platforms });
      assert.deepEqual(platformsOf(), locked);
      const again = await passing({ lock: "update", platforms });
      assert.equal(output(again, "lock-changed"), "false");
      workspace.registry.push("org/app", "1", NEW);
      for (const lock of ["check", "frozen"]) {
        const result = await passing({ lock, platforms, pull: "layout" });
        assert.equal(output(result, "digest"), OLD.digest);
        assert.equal(warningsOf(result).length, lock === "check" ? 1 : 0);
      }
    });
  }

  it("locks what two lines with one reference require, in one entry", async () => {
    const images = `${APP},name=one\n${APP},name=two,platform=linux/arm64`;
    await passing({ lock: "update", images });
    assert.deepEqual(platformsOf(), ["linux/amd64", "linux/arm64"]);
    workspace.registry.push("org/app", "1", NEW);
    const checked = await passing({ images });
    assert.deepEqual(JSON.parse(output(checked, "digests")), [OLD.digest, OLD.digest]);
    const updated = await passing({ lock: "update", images });
    assert.deepEqual(platformsOf(), ["linux/amd64", "linux/arm64"]);
    assert.equal(output(updated, "lock-diff").split("\n").length, 3);
  });

  it("adds a platform to an entry that stays, and says so", async () => {
    await passing({ lock: "update" });
    const { locked } = workspace.entries()[APP] ?? {};
    assert.equal((await workspace.step({ platforms: "linux/arm64" })).exitCode, 1);
    const result = await passing({ lock: "update", platforms: "linux/arm64" });
    assert.deepEqual(platformsOf(), ["linux/amd64", "linux/arm64"]);
    assert.match(output(result, "lock-diff"), /unchanged, added linux\/arm64/);
    assert.equal(workspace.entries()[APP]?.locked, locked);
  });

  it("drops a platform that the tag does not offer any more, and says so", async () => {
    workspace.lock(LOCKED);
    workspace.registry.push("org/app", "1", index([image("linux/amd64", { salt: "new" })]));
    const result = await passing({ lock: "update" });
    assert.deepEqual(platformsOf(), ["linux/amd64"]);
    assert.match(output(result, "lock-diff"), /, dropped linux\/arm64/);
  });
});

describe("lock and images as JSON", () => {
  it("locks and checks each object like a line", async () => {
    const platform = ["linux/amd64", "linux/arm64"];
    const reference = workspace.host;
    const images = JSON.stringify([{ reference: `${reference}/org/app:1`, name: "app", platform }]);
    await passing({ lock: "update", images });
    assert.deepEqual(platformsOf(), platform);
    workspace.registry.push("org/app", "1", NEW);
    const result = await passing({ images });
    assert.equal(JSON.parse(output(result, "json")).images.app.digest, OLD.digest);
  });
});

describe("lock and verify", () => {
  for (const verify of ["index", "manifest", "blobs"]) {
    it(`locks and checks at depth ${verify}`, async () => {
      await passing({ lock: "update", verify });
      workspace.registry.push("org/app", "1", NEW);
      const result = await passing({ verify });
      assert.deepEqual([output(result, "digest"), warningsOf(result).length], [OLD.digest, 1]);
      const updated = await passing({ lock: "update", verify });
      assert.equal(workspace.digests()[APP], NEW.digest, updated.stdout);
      assert.deepEqual(platformsOf(), ["linux/amd64"]);
    });
  }

  it("reads every blob again for an update at depth blobs, where nothing moved", async () => {
    await passing({ lock: "update" });
    const [, layer] = AMD64.blobs;
    workspace.registry.remove("org/app", layer?.digest ?? "");
    await passing({ lock: "update" });
    const result = await workspace.step({ lock: "update", verify: "blobs" });
    assert.equal(result.exitCode, 1, result.stdout);
    assert.match(errorsOf(result)[0] ?? "", /dangling/);
  });
});

describe("lock and base", () => {
  const based = image("linux/amd64", { layers: 3 });
  const images = "HOST/org/app:1,base=HOST/org/base:1";

  beforeEach(() => {
    workspace.registry.push("org/base", "1", AMD64);
    workspace.registry.push("org/app", "1", based);
  });

  it("compares the locked image with its base, which needs no entry", async () => {
    await passing({ lock: "update", images });
    assert.deepEqual(Object.keys(workspace.entries()), [APP]);
    const stale = async (lock: string): Promise<unknown> =>
      JSON.parse(output(await passing({ lock, images }), "stale"));
    for (const lock of ["update", "check"]) assert.deepEqual(await stale(lock), [], lock);
    const newBase = image("linux/amd64", { salt: "new" });
    workspace.registry.push("org/base", "1", newBase);
    for (const lock of ["update", "check"]) {
      assert.deepEqual(await stale(lock), [workspace.real(APP)], lock);
    }
    workspace.registry.push("org/app", "1", newBase);
    assert.deepEqual(await stale("check"), [workspace.real(APP)]);
    assert.deepEqual(await stale("update"), []);
  });
});

describe("lock and wait-timeout", () => {
  const wait = { "wait-timeout": "60", "wait-interval": "5" };

  it("waits for a locked digest that appears late", async () => {
    workspace.lock(LOCKED);
    workspace.registry.push("org/app", "1", NEW);
    workspace.registry.remove("org/app", OLD.digest);
    let tries = 0;
    workspace.registry.faults.push(({ url }) => {
      if (url?.endsWith(OLD.digest)) tries++;
      if (tries === 2) workspace.registry.push("org/app", "old", OLD);
      return false;
    });
    const result = await passing(wait, { CLOCK_RATE: "20" });
    assert.deepEqual([output(result, "digest"), tries >= 2], [OLD.digest, true]);
    assert.match(result.stdout, /^waiting for .* \(not-found\)/m);
  });

  it("does not wait for an image that is not locked", async () => {
    workspace.lock({});
    const result = await workspace.step(wait);
    assert.equal(result.exitCode, 1);
    assert.doesNotMatch(result.stdout, /^waiting/m);
    assert.deepEqual(workspace.asked(), []);
  });

  it("says when a digest was locked that does not exist", async () => {
    workspace.lock(LOCKED);
    workspace.registry.remove("org/app", OLD.digest);
    const result = await workspace.step({});
    assert.equal(result.exitCode, 1);
    assert.match(errorsOf(result)[0] ?? "", /locked this digest on 2026-01-02, and lock: update/);
  });
});

describe("lock and schema 1", () => {
  it("locks the digest of the payload, and pulls it after the tag moved", async () => {
    const legacy = schema1(true);
    workspace.registry.push("org/app", "1", legacy);
    await passing({ lock: "update" });
    assert.equal(workspace.digests()[APP], legacy.digest);
    assert.deepEqual(platformsOf(), ["linux/amd64"]);
    const again = await passing({ lock: "update", pull: "layout" });
    assert.equal(output(again, "lock-changed"), "false");
    workspace.registry.push("org/app", "1", NEW);
    const result = await passing({ pull: "layout", path: `${workspace.layout}-2` });
    assert.equal(output(result, "digest"), legacy.digest);
    assert.match(output(result, "build-contexts"), /oci-layout:/);
    assert.equal(warningsOf(result).length, 1);
  });
});

describe("lock and the two tags that a Helm chart may mean", () => {
  const files = "values.yaml";
  const OTHER = "HOST/org/app:v2";

  beforeEach(() => {
    workspace.write("Chart.yaml", "appVersion: '2'\n");
    workspace.write("values.yaml", "image:\n  repository: HOST/org/app\n  tag: ''\n");
  });

  it("locks the one that exists, and checks it without asking for the other", async () => {
    workspace.registry.push("org/app", "v2", OLD);
    await passing({ lock: "update", files });
    assert.deepEqual(workspace.digests(), { [OTHER]: OLD.digest });
    const again = await passing({ lock: "update", files });
    assert.equal(output(again, "lock-changed"), "false");
    workspace.registry.push("org/app", "v2", NEW);
    workspace.asked();
    const result = await passing({ files });
    assert.equal(JSON.parse(output(result, "digests"))[0], OLD.digest);
    assert.deepEqual(workspace.asked().filter(isOfTag), ["HEAD /v2/org/app/manifests/v2"]);
  });

  it("locks the first one as soon as it exists", async () => {
    workspace.lock({ [OTHER]: entryFor(OLD) });
    workspace.registry.push("org/app", "v2", OLD);
    workspace.registry.push("org/app", "2", NEW);
    await passing({ lock: "update", files });
    assert.deepEqual(workspace.digests(), { "HOST/org/app:2": NEW.digest, [OTHER]: OLD.digest });
  });
});

describe("lock and sources", () => {
  let source: Registry;
  let sources: string;
  beforeEach(async () => {
    source = await Registry.start();
    source.push("hub/org/app", "1", OLD);
    source.push("hub/org/app", "new", NEW);
    sources = `HOST=${source.host}/hub`;
  });
  afterEach(() => source.stop());

  const toSource = (): readonly string[] =>
    source.seen.splice(0).map(({ method, path }) => `${method} ${path}`);

  it("asks the tag of an update only at the original, and reads from the source", async () => {
    workspace.registry.push("org/app", "1", NEW);
    await passing({ lock: "update", sources });
    assert.deepEqual(workspace.asked(), [HEAD]);
    assert.equal(workspace.digests()[APP], NEW.digest);
    assert.ok(toSource().length > 0);
    await passing({ lock: "update", sources });
    assert.deepEqual([workspace.asked(), toSource()], [[HEAD], []]);
  });

  it("pulls a locked digest from the source, and asks the original by HEAD alone", async () => {
    workspace.lock(LOCKED);
    workspace.registry.push("org/app", "1", NEW);
    const result = await passing({ sources, pull: "layout" });
    assert.equal(imagesOf(result)[0]?.source, `${source.host}/hub`);
    assert.deepEqual(workspace.asked(), [HEAD]);
    assert.deepEqual(toSource().filter(isOfTag), []);
    assert.equal(warningsOf(result).length, 1);
  });

  it("asks the original for nothing when it is frozen", async () => {
    workspace.lock(LOCKED);
    await passing({ sources, pull: "layout", lock: "frozen" });
    assert.deepEqual([workspace.asked(), toSource().filter(isOfTag)], [[], []]);
  });

  it("fails an update when the original is gone, and writes nothing", async () => {
    workspace.lock(LOCKED);
    workspace.registry.remove("org/app", "1");
    const result = await workspace.step({ sources, lock: "update" });
    assert.equal(result.exitCode, 1);
    assert.deepEqual(workspace.digests(), { [APP]: OLD.digest });
    assert.match(result.stdout, /images\.lock\.json is not written/);
  });

  it("warns once when the original answers nothing but refusals, and passes", async () => {
    workspace.lock(LOCKED);
    for (const status of [429, 503]) {
      workspace.registry.faults[0] = (_, response) => {
        response.writeHead(status).end();
        return true;
      };
      const given = { sources, pull: "layout", path: `${workspace.layout}-${status}` };
      const result = await passing(given, { CLOCK_RATE: "20" });
      const [warning = "", ...others] = warningsOf(result);
      assert.deepEqual(others, []);
      assert.ok(warning.startsWith(`${workspace.host} is unavailable`), warning);
      assert.equal(imagesOf(result)[0]?.source, `${source.host}/hub`);
    }
  });
});
