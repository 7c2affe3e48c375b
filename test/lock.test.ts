import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "node:test";
import { CacheService } from "./support/cache-service.ts";
import { image, multiPlatform } from "./support/image.ts";
import { finalsOf } from "./support/layout-files.ts";
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

const OLD = multiPlatform(["linux/amd64", "linux/arm64"]);
const NEW = multiPlatform(["linux/amd64", "linux/arm64"], { salt: "new", layers: 3 });
const [OLD_AMD64] = OLD.manifests;
assert.ok(OLD_AMD64);
const LOCKED: Entries = { "HOST/org/app:1": entryFor(OLD) };
const HEAD = "HEAD /v2/org/app/manifests/1";

let workspace: LockedWorkspace;
beforeEach(async () => {
  workspace = await LockedWorkspace.start();
  workspace.registry.push("org/app", "1", OLD);
});
afterEach(() => workspace.registry.stop());

/** The requests that ask what a tag points at, or list tags. */
const isOfTag = (request: string): boolean => /\/manifests\/(?!sha256:)|\/tags\//.test(request);

/** The new image is what the tag points at, and the registry still has the old one. */
function move(): void {
  workspace.registry.push("org/app", "1", NEW);
}

describe("lock: update", () => {
  const update: Given = { lock: "update" };

  it("makes the file, and then asks one HEAD an image and writes nothing", async () => {
    workspace.registry.push("org/other", "2", image("linux/amd64"));
    const both = { ...update, images: "HOST/org/app:1\nHOST/org/other:2" };
    const first = await workspace.step(both);
    assert.equal(first.exitCode, 0, first.stdout);
    assert.equal(output(first, "lock-changed"), "true");
    const { locked, ...entry } = workspace.entries()["HOST/org/app:1"] ?? {};
    assert.match(locked ?? "", /^\d{4}-\d{2}-\d{2}$/);
    const platforms = { "linux/amd64": OLD_AMD64.digest };
    assert.deepEqual(entry, { digest: OLD.digest, platforms });
    const { ino } = statSync(workspace.path("images.lock.json"));
    workspace.asked();
    const second = await workspace.step(both);
    assert.deepEqual([second.exitCode, output(second, "lock-changed")], [0, "false"]);
    assert.deepEqual([output(second, "lock-diff"), warningsOf(second)], ["", []]);
    assert.match(second.stdout, /^images\.lock\.json is up to date$/m);
    assert.deepEqual(workspace.asked().toSorted(), [HEAD, "HEAD /v2/org/other/manifests/2"]);
    assert.equal(statSync(workspace.path("images.lock.json")).ino, ino);
    assert.deepEqual(workspace.files(), ["images.lock.json"]);
  });

  it("writes what a tag that moved points at, and shows old and new, created and size", async () => {
    workspace.lock(LOCKED);
    move();
    const result = await workspace.step(update);
    assert.deepEqual([result.exitCode, warningsOf(result)], [0, []]);
    assert.deepEqual(workspace.digests(), { "HOST/org/app:1": NEW.digest });
    assert.deepEqual(Object.keys(workspace.entries()["HOST/org/app:1"]?.platforms ?? {}), [
      "linux/amd64",
      "linux/arm64",
    ]);
    const diff = workspace.plain(output(result, "lock-diff"));
    const [header, line, row, ...others] = diff.split("\n");
    assert.equal(header, "| image | old digest | new digest | created | size |");
    assert.equal(line, "| --- | --- | --- | --- | --- |");
    const cells = `| HOST/org/app:1 | ${OLD.digest} | ${NEW.digest} | 2026-01-02 | `;
    assert.ok(row?.startsWith(cells), row);
    assert.match(row ?? "", /\| \d\.\d kB → \d\.\d kB \|$/);
    assert.deepEqual(others, []);
    assert.match(
      result.stdout,
      /updated images\.lock\.json: 1 image\nimage +old digest +new digest/,
    );
    const short = ({ digest }: { digest: string }): string =>
      digest.slice(0, "sha256:".length + 12);
    assert.ok(result.stdout.includes(`${short(OLD)}  ${short(NEW)}  2026-01-02`), result.stdout);
    assert.ok(workspace.plain(result.summary).includes(diff), result.summary);
    assert.match(result.summary, /images\.lock\.json was updated: 1 image/);
  });
});

describe("lock: check", () => {
  beforeEach(() => {
    workspace.lock(LOCKED);
    move();
  });

  it("gives every output the locked digest, with one warning about the tag", async () => {
    workspace.write("compose.yaml", "services: {a: {image: 'HOST/org/app:1'}}\n");
    const result = await workspace.step({ lock: "check", files: "compose.yaml" });
    assert.equal(result.exitCode, 0, result.stdout);
    const [warning = "", ...others] = warningsOf(result);
    assert.deepEqual(others, []);
    for (const part of [OLD.digest, NEW.digest, "2026-01-02", "lock: update"]) {
      assert.ok(warning.includes(part), warning);
    }
    const pinned = `HOST/org/app@${OLD.digest}`;
    assert.equal(output(result, "digest"), OLD.digest);
    assert.deepEqual(JSON.parse(output(result, "digests")), [OLD.digest]);
    for (const name of ["image", "images"] as const) {
      assert.equal(workspace.plain(output(result, name)), pinned);
    }
    const context = `docker-image://${pinned}`;
    assert.equal(workspace.plain(output(result, "build-contexts")), `HOST/org/app:1=${context}`);
    assert.ok(workspace.plain(readFileSync(output(result, "bake-file"), "utf8")).includes(context));
    assert.equal(JSON.parse(output(result, "references"))[0].digest, OLD.digest);
    const [json] = imagesOf(result);
    assert.deepEqual(json?.lock, { digest: OLD.digest, tag: "moved" });
    assert.equal(json?.digest, OLD.digest);
    assert.ok(!result.files.get("GITHUB_OUTPUT")?.includes(NEW.digest));
  });

  it("pulls the locked digest, for which build contexts have the layout", async () => {
    const result = await workspace.step({ lock: "check", pull: "layout" });
    assert.equal(result.exitCode, 0, result.stdout);
    const index = JSON.parse(readFileSync(`${workspace.layout}/index.json`, "utf8"));
    const digests = index.manifests.map(({ digest }: { digest: string }) => digest);
    assert.ok(digests.includes(OLD_AMD64.digest) || digests.includes(OLD.digest), digests);
    const files = finalsOf(workspace.layout).map(({ path }) => path);
    assert.ok(!files.some((path) => path.includes(NEW.digest.slice(7))));
    const context = `HOST/org/app:1=oci-layout://${workspace.layout}@${OLD.digest}`;
    assert.equal(workspace.plain(output(result, "build-contexts")), context);
    assert.equal(warningsOf(result).length, 1);
  });

  it("warns about a tag that is gone, and asks for no list of tags", async () => {
    workspace.registry.remove("org/app", "1");
    const result = await workspace.step({ lock: "check" });
    assert.equal(result.exitCode, 0, result.stdout);
    const [warning = "", ...others] = warningsOf(result);
    assert.deepEqual(others, []);
    assert.match(
      warning,
      /the tag 1 does not exist any more; the digest .* on 2026-01-02 is used, sha256:\w+/,
    );
    assert.equal(imagesOf(result)[0]?.lock?.tag, "gone");
    // A registry may not know HEAD, so what it does not have is asked for again.
    const asked = workspace.asked().filter(isOfTag);
    assert.deepEqual(asked, [HEAD, HEAD.replace("HEAD", "GET")]);
  });
});

describe("lock: frozen", () => {
  it("asks for no tag and warns of nothing, whether the tag moved or is gone", async () => {
    workspace.lock(LOCKED);
    move();
    for (const what of ["moved", "gone"]) {
      if (what === "gone") workspace.registry.remove("org/app", "1");
      const result = await workspace.step({ lock: "frozen", verify: "blobs" });
      assert.equal(result.exitCode, 0, result.stdout);
      assert.deepEqual([output(result, "digest"), warningsOf(result)], [OLD.digest, []]);
      assert.deepEqual(workspace.asked().filter(isOfTag), [], what);
    }
  });

  it("makes no request when the layout is complete, or the cache", async () => {
    const service = await CacheService.start();
    try {
      workspace.lock(LOCKED);
      const cached = {
        "cache-mode": "write",
        pull: "layout",
        lock: "frozen",
        platforms: "all",
        verify: "blobs",
      };
      const cold = await workspace.step(cached, service.environment);
      assert.equal(cold.exitCode, 0, cold.stdout);
      const { exitCode, stdout } = await cold.post();
      assert.equal(exitCode, 0, stdout);
      workspace.asked();
      const fromLayout = await workspace.step({ ...cached, "cache-mode": "none" });
      const fromCache = await workspace.step(
        { ...cached, path: `${workspace.layout}-2` },
        service.environment,
      );
      for (const result of [fromLayout, fromCache]) {
        assert.deepEqual([result.exitCode, output(result, "cache-hit")], [0, "true"]);
        assert.deepEqual(warningsOf(result), []);
      }
      assert.deepEqual(workspace.asked(), []);
    } finally {
      await service.stop();
    }
  });
});

describe("a lock of 500 images", () => {
  const count = 500;
  const names = Array.from({ length: count }, (_, at) => `HOST/org/app${at}:1`);
  const images = names.join("\n");

  it("costs 500 HEADs to update, and to use frozen, nothing", async () => {
    for (let at = 0; at < count; at++) {
      const made = image("linux/amd64", { labels: { at: `${at}` }, layers: 1 });
      workspace.registry.push(`org/app${at}`, "1", made);
    }
    const pulled = { images, pull: "layout", concurrency: "64" };
    const first = await workspace.step({ ...pulled, lock: "update" });
    assert.equal(first.exitCode, 0, first.stdout.slice(-2_000));
    assert.equal(Object.keys(workspace.entries()).length, count);
    const text = workspace.read();
    workspace.asked();
    const frozen = await workspace.step({ ...pulled, lock: "frozen" });
    assert.deepEqual([frozen.exitCode, workspace.asked()], [0, []]);
    const again = await workspace.step({ lock: "update", images });
    assert.deepEqual([again.exitCode, output(again, "lock-changed")], [0, "false"]);
    const heads = names.map((_, at) => `HEAD /v2/org/app${at}/manifests/1`);
    assert.deepEqual(workspace.asked().toSorted(), heads.toSorted());
    assert.equal(workspace.read(), text);
  });
});

describe("lock without a value", () => {
  it("is check when the file exists, and nothing otherwise", async () => {
    const without = await workspace.step({});
    assert.deepEqual([without.exitCode, warningsOf(without)], [0, []]);
    assert.equal(imagesOf(without)[0]?.lock, undefined);
    assert.equal(output(without, "lock-changed"), "");
    workspace.lock({});
    const result = await workspace.step({});
    assert.equal(result.exitCode, 1);
    assert.match(errorsOf(result).join(), /images\.lock\.json has no digest for it/);
    assert.deepEqual([output(without, "lock-changed"), output(result, "lock-diff")], ["", ""]);
  });

  it("warns when the file that lock-file names does not exist", async () => {
    const result = await workspace.step({ "lock-file": "other.json" });
    assert.equal(result.exitCode, 0, result.stdout);
    assert.deepEqual(warningsOf(result), [
      "other.json does not exist, so nothing is locked; run a step with lock: update, and commit the file",
    ]);
  });
});

describe("lock: none", () => {
  it("does not read the file, whatever is in it", async () => {
    workspace.write("images.lock.json", "<<<<<<< HEAD\n");
    const result = await workspace.step({ lock: "none", "lock-file": "images.lock.json" });
    assert.deepEqual([result.exitCode, warningsOf(result), errorsOf(result)], [0, [], []]);
    assert.equal(imagesOf(result)[0]?.lock, undefined);
  });
});
