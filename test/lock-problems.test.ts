import assert from "node:assert/strict";
import { mkdirSync, symlinkSync } from "node:fs";
import { afterEach, beforeEach, describe, it } from "node:test";
import { artifact, buildkitCache, image, multiPlatform } from "./support/image.ts";
import {
  entryFor,
  errorsOf,
  imagesOf,
  LockedWorkspace,
  lockText,
  output,
  warningsOf,
} from "./support/lock-steps.ts";

const OLD = multiPlatform(["linux/amd64", "linux/arm64"]);
const NEW = multiPlatform(["linux/amd64", "linux/arm64"], { salt: "new" });
const LOCKED = { "HOST/org/app:1": entryFor(OLD) };

let workspace: LockedWorkspace;
beforeEach(async () => {
  workspace = await LockedWorkspace.start();
  workspace.registry.push("org/app", "1", OLD);
});
afterEach(() => workspace.registry.stop());

/** The errors without their messages, with `HOST` for the registry. */
function placesOf(result: Parameters<typeof errorsOf>[0]): readonly string[] {
  return errorsOf(result).map((error) => workspace.plain(error).replace(/(: [a-z-]+): .*$/s, "$1"));
}

describe("a lock file with a mistake", () => {
  const good = lockText(LOCKED);
  const entry = good.slice(good.indexOf('    "HOST'), good.indexOf("\n  }\n}"));
  const broken: readonly (readonly [what: string, text: string, place: string, why: RegExp])[] = [
    ["a merge conflict", good.replace("{\n", "{\n<<<<<<< HEAD\n"), "2:1", /merge conflict/],
    ["a key twice", good.replace(entry, `${entry},\n${entry}`), "13:5", /is there twice/],
    ["version 2", good.replace('"version": 1', '"version": 2'), "3:14", /expected the number 1/],
    ["a wrong digest", good.replace('"sha256:', '"sha512:'), "6:17", /digest/],
    ["a comma too many", good.replace(/}\n$/, "},\n"), "14:2", /not JSON/],
    ["nothing in it", "", "1:1", /not JSON/],
    ["a short reference", good.replace('"HOST/org/app:1"', '"alpine"'), "5:5", /full form/],
  ];
  for (const mode of ["", "check", "frozen", "update"]) {
    for (const [what, text, place, why] of mode === "" ? broken : broken.slice(0, 1)) {
      it(`is one error at its place, and nothing is asked: ${what}, "${mode}"`, async () => {
        workspace.write("images.lock.json", text);
        const result = await workspace.step({ lock: mode, pull: "layout" });
        assert.equal(result.exitCode, 1, result.stdout);
        const [error = "", ...others] = errorsOf(result);
        assert.deepEqual(others, []);
        assert.ok(error.startsWith(`images.lock.json:${place} `), error);
        assert.match(error, why);
        assert.deepEqual(workspace.asked(), []);
        assert.equal(output(result, "exists"), "");
        assert.equal(JSON.parse(output(result, "missing"))[0].reason, "wrong-file");
        assert.equal(workspace.read(), workspace.plain(text));
        assert.equal(output(result, "lock-changed"), mode === "update" ? "false" : "");
      });
    }
  }

  it("that is a directory, a link out of the workspace, or a link to nothing is an error", async () => {
    mkdirSync(workspace.path("directory.json"));
    symlinkSync("/etc/hostname", workspace.path("outside.json"));
    symlinkSync("nowhere.json", workspace.path("nothing.json"));
    for (const name of ["directory", "outside", "nothing"]) {
      for (const lock of ["", "update"]) {
        const result = await workspace.step({ lock, "lock-file": `${name}.json` });
        assert.equal(result.exitCode, 1, `${name} ${lock} ${result.stdout}`);
        assert.equal(errorsOf(result).length, 1);
        assert.deepEqual(workspace.asked(), []);
      }
    }
    assert.deepEqual(workspace.files().toSorted(), ["nothing.json", "outside.json"]);
  });
});

describe("lock: check and frozen without a lock file", () => {
  for (const lock of ["check", "frozen"]) {
    it(`is one error, and nothing is asked: ${lock}`, async () => {
      const result = await workspace.step({ lock });
      assert.equal(result.exitCode, 1);
      assert.deepEqual(errorsOf(result), [
        "images.lock.json: not-locked: images.lock.json: " +
          `lock: ${lock} needs this file, and it does not exist; ` +
          "run a step with lock: update, and commit the file",
      ]);
      assert.deepEqual(workspace.asked(), []);
      assert.equal(output(result, "exists"), "");
    });
  }
});

const COMPOSE = `services:
  app: { image: "HOST/org/app:1" }
  new: { image: "HOST/org/new:1" }
  arm: { image: "HOST/org/app:1", platform: linux/s390x }
`;

describe("what a lock file does not have", () => {
  it("is an error at each place that names it", async () => {
    workspace.write("compose.yaml", COMPOSE);
    workspace.write("images.txt", "HOST/org/new:1\n");
    workspace.lock(LOCKED);
    const files = "compose.yaml\nimages.txt";
    const result = await workspace.step({ files, images: "HOST/org/app:1" });
    assert.equal(result.exitCode, 1);
    assert.deepEqual(placesOf(result).toSorted(), [
      "compose.yaml:3:18 HOST/org/new:1: not-locked",
      "compose.yaml:4:18 HOST/org/app:1 linux/s390x: platform-missing",
      "images.txt:1:1 HOST/org/new:1: not-locked",
    ]);
    assert.ok(workspace.asked().every((request) => !request.includes("/org/new/")));
  });

  it("is an error where a platform is required that is not locked", async () => {
    workspace.write("compose.yaml", COMPOSE.replace("s390x", "arm64").replace(/^.*new.*\n/m, ""));
    const { "linux/amd64": amd64 = "" } = LOCKED["HOST/org/app:1"].platforms;
    const entry = { ...LOCKED["HOST/org/app:1"], platforms: { "linux/amd64": amd64 } };
    workspace.lock({ "HOST/org/app:1": entry });
    const result = await workspace.step({ files: "compose.yaml" });
    assert.deepEqual(placesOf(result), [
      "compose.yaml:3:18 HOST/org/app:1 linux/arm64: not-locked",
    ]);
    assert.match(errorsOf(result)[0] ?? "", /no digest for this platform, only for linux\/amd64/);
    assert.equal(output(result, "exists"), "");
  });

  it("is only a warning for what is optional", async () => {
    workspace.lock(LOCKED);
    const images = "HOST/org/app:1\nHOST/org/new:1,optional=true";
    const result = await workspace.step({ images });
    assert.deepEqual([result.exitCode, warningsOf(result).length], [0, 1]);
    assert.match(warningsOf(result)[0] ?? "", /not-locked/);
  });

  it("fails although a missing image does not", async () => {
    workspace.lock({});
    const result = await workspace.step({ "fail-on-missing": "false" });
    assert.equal(result.exitCode, 1, result.stdout);
  });

  it("needs no entry when it has a digest, or is a build cache", async () => {
    workspace.registry.push("org/cache", "main", buildkitCache("oci-index"));
    const cache = "build: { context: ., cache_from: ['type=registry,ref=HOST/org/cache:main'] }";
    workspace.write("compose.yaml", `services:\n  a:\n    ${cache}\n`);
    workspace.write("images.txt", `HOST/org/app:1@${OLD.digest}\n`);
    workspace.write("Dockerfile", "FROM scratch\n");
    workspace.lock({});
    const images = `HOST/org/app@${OLD.digest}`;
    const result = await workspace.step({ images, files: "compose.yaml\nimages.txt" });
    assert.deepEqual([result.exitCode, errorsOf(result)], [0, []], result.stdout);
    assert.deepEqual(
      imagesOf(result).map(({ lock }) => lock),
      [undefined, undefined, undefined],
    );
    const updated = await workspace.step({ images, files: "*.*", lock: "update" });
    assert.equal(output(updated, "lock-changed"), "false", updated.stdout);
    assert.deepEqual(workspace.entries(), {});
  });

  it("is an error that says so where the locked image has another digest for a platform", async () => {
    const wrong = { "linux/amd64": image("linux/amd64", { salt: "other" }).digest };
    workspace.lock({ "HOST/org/app:1": { ...LOCKED["HOST/org/app:1"], platforms: wrong } });
    const result = await workspace.step({});
    assert.equal(result.exitCode, 1);
    assert.match(errorsOf(result)[0] ?? "", /images\.lock\.json has sha256:\w+, but the locked/);
  });
});

describe("pins beside a lock file", () => {
  const files = { "compose.yaml": "services: { a: { image: 'HOST/org/app:1' } }\n" };
  const pinned = (digest: string): string =>
    files["compose.yaml"].replace("app:1", `app:1@${digest}`);
  const write = { files: "compose.yaml", pins: "write" };

  beforeEach(() => {
    workspace.write("compose.yaml", files["compose.yaml"]);
    workspace.lock(LOCKED);
    workspace.registry.push("org/app", "1", NEW);
  });

  for (const lock of ["check", "frozen"]) {
    it(`are written with the locked digest: ${lock}`, async () => {
      const result = await workspace.step({ ...write, lock });
      assert.equal(result.exitCode, 0, result.stdout);
      assert.equal(workspace.read("compose.yaml"), pinned(OLD.digest));
      assert.equal(output(result, "changed-files"), "compose.yaml");
      const again = await workspace.step({ ...write, lock });
      assert.deepEqual([again.exitCode, output(again, "changed-files")], [0, ""]);
    });
  }

  it("become the locked digest where they have another one", async () => {
    workspace.write("compose.yaml", pinned(NEW.digest));
    const result = await workspace.step({ ...write, lock: "check" });
    assert.equal(result.exitCode, 0, result.stdout);
    assert.equal(workspace.read("compose.yaml"), pinned(OLD.digest));
  });

  it("stay without an entry", async () => {
    workspace.lock({});
    workspace.write("compose.yaml", pinned(OLD.digest));
    const result = await workspace.step({ ...write, lock: "check" });
    assert.deepEqual([result.exitCode, output(result, "changed-files")], [0, ""], result.stdout);
  });

  for (const before of ["no digest", "the old digest"]) {
    it(`and the lock file get the new digest by an update, from ${before}`, async () => {
      if (before !== "no digest") workspace.write("compose.yaml", pinned(OLD.digest));
      const result = await workspace.step({ ...write, lock: "update" });
      assert.equal(result.exitCode, 0, result.stdout);
      assert.equal(workspace.read("compose.yaml"), pinned(NEW.digest));
      assert.deepEqual(workspace.digests(), { "HOST/org/app:1": NEW.digest });
      assert.equal(output(result, "changed-files"), "compose.yaml");
      assert.equal(output(result, "lock-changed"), "true");
    });
  }

  it("and the lock file stay together when nothing moved: no document is read", async () => {
    await workspace.step({ ...write, lock: "update" });
    workspace.asked();
    const again = await workspace.step({ ...write, lock: "update" });
    assert.deepEqual([again.exitCode, output(again, "lock-changed")], [0, "false"]);
    assert.deepEqual(workspace.asked(), ["HEAD /v2/org/app/manifests/1"]);
    workspace.write("compose.yaml", files["compose.yaml"]);
    const third = await workspace.step({ ...write, lock: "update" });
    assert.deepEqual([third.exitCode, output(third, "changed-files")], [0, "compose.yaml"]);
    assert.equal(workspace.read("compose.yaml"), pinned(NEW.digest));
  });

  it("that are required and missing fail an update, which writes nothing", async () => {
    const result = await workspace.step({ ...write, pins: "require", lock: "update" });
    assert.equal(result.exitCode, 1);
    assert.ok(placesOf(result)[0]?.endsWith("not-pinned"), placesOf(result)[0]);
    assert.ok(errorsOf(result)[0]?.includes(`app:1@${NEW.digest}`));
    assert.deepEqual(workspace.digests(), { "HOST/org/app:1": OLD.digest });
    assert.match(result.stdout, /images\.lock\.json is not written, because the step failed/);
    workspace.write("compose.yaml", pinned(NEW.digest));
    workspace.lock({});
    const passed = await workspace.step({ ...write, pins: "require", lock: "update" });
    assert.deepEqual([passed.exitCode, workspace.digests()], [0, {}], passed.stdout);
  });
});

describe("an artifact", () => {
  it("is locked without a platform", async () => {
    const chart = artifact();
    workspace.registry.push("org/app", "1", chart);
    const images = "HOST/org/app:1,platform=any";
    const result = await workspace.step({ images, lock: "update" });
    assert.equal(result.exitCode, 0, result.stdout);
    const { digest, platforms } = workspace.entries()["HOST/org/app:1"] ?? {};
    assert.deepEqual([digest, platforms], [chart.digest, {}]);
    workspace.registry.push("org/app", "1", OLD);
    const checked = await workspace.step({ images, pull: "layout" });
    assert.deepEqual([checked.exitCode, output(checked, "digest")], [0, chart.digest]);
  });
});
