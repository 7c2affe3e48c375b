import assert from "node:assert/strict";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { temporaryDirectory } from "./support/directory.ts";
import { image, multiPlatform } from "./support/image.ts";
import {
  entryFor,
  errorsOf,
  type Given,
  LockedWorkspace,
  lockText,
  output,
  warningsOf,
} from "./support/lock-steps.ts";
import { run, type StepResult } from "./support/runner.ts";

const OLD = multiPlatform(["linux/amd64", "linux/arm64"]);
const NEW = multiPlatform(["linux/amd64", "linux/arm64"], { salt: "new" });
const OTHER = image("linux/amd64", { salt: "other" });
const APP = "HOST/org/app:1";
const GONE = "HOST/org/gone:1";
const FILE = "images.lock.json";
const LOCKED = { [APP]: entryFor(OLD) };
// What every test of this file changes, unless it is kept from it.
const MOVED = { [APP]: NEW.digest };
const KEPT = { [APP]: OLD.digest };

let workspace: LockedWorkspace;
beforeEach(async () => {
  workspace = await LockedWorkspace.start();
  workspace.registry.push("org/app", "1", NEW);
  workspace.registry.push("org/app", "old", OLD);
  workspace.lock(LOCKED);
});
afterEach(() => workspace.registry.stop());

const update = (
  given: Given = {},
  ...more: [Given?, Parameters<LockedWorkspace["step"]>[2]?]
): Promise<StepResult> => workspace.step({ lock: "update", ...given }, ...more);

// Permissions do not bind root. Without these capabilities, they do.
const SETPRIV = "/usr/bin/setpriv";
const IS_ROOT = process.getuid?.() === 0;
const BOUND = IS_ROOT
  ? { command: [SETPRIV, "--bounding-set=-dac_override,-dac_read_search", process.execPath] }
  : {};
const MAY_WRITE = process.platform === "win32" || (IS_ROOT && !existsSync(SETPRIV));
const IS_UNBOUND = MAY_WRITE && "permissions do not bind here";

/** Checks that a step failed with one error, and wrote no lock file. */
function assertUnwritten(result: StepResult, error: RegExp): void {
  assert.equal(result.exitCode, 1, result.stdout);
  assert.match(errorsOf(result)[0] ?? "", error);
  assert.equal(errorsOf(result).length, 1, errorsOf(result).join("\n"));
  assert.deepEqual(workspace.digests(), KEPT);
  assert.deepEqual([output(result, "lock-changed"), output(result, "lock-diff")], ["false", ""]);
}

describe("an update", () => {
  for (const [what, given] of [
    ["a required image is missing", { images: `${APP}\n${GONE}` }],
    ["a required platform is missing", { platforms: "linux/s390x" }],
    ["a file cannot be read", { files: "none.txt", images: APP }],
    ["a file names a missing image", { files: "images.txt", images: APP }],
  ] as const) {
    it(`writes nothing when ${what}`, async () => {
      workspace.write("images.txt", `${GONE}\n`);
      const result = await update(given);
      assertUnwritten(result, /not-found|platform-missing|no file/);
      assert.match(result.stdout, /^images\.lock\.json is not written, because the step failed$/m);
    });
  }

  it("writes nothing when the pull fails", async () => {
    for (const { digest } of NEW.blobs.slice(1, 2)) workspace.registry.remove("org/app", digest);
    assertUnwritten(await update({ pull: "layout" }), /dangling|not-found/);
  });

  it("writes nothing when fail-on-cache-miss fails the step", async () => {
    assertUnwritten(await update({ pull: "layout", "fail-on-cache-miss": "true" }), /cache miss/);
  });

  it("writes nothing when a pin cannot be written", { skip: IS_UNBOUND }, async () => {
    workspace.write("k/images.txt", `${APP}\n`);
    const files = { files: "k/images.txt", pins: "write" };
    chmodSync(workspace.path("k"), 0o555);
    const result = await update(files, {}, BOUND);
    chmodSync(workspace.path("k"), 0o755);
    assertUnwritten(result, /k\/images\.txt cannot be written: EACCES/);
    assert.equal(workspace.read("k/images.txt"), `${APP}\n`);
  });

  for (const [what, given, line] of [
    ["is optional", {}, `${GONE},optional=true`],
    ["may be missing", { "fail-on-missing": "false" }, GONE],
  ] as const) {
    it(`writes the others and keeps the entry of an image that ${what}`, async () => {
      const gone = entryFor(OTHER);
      workspace.lock({ ...LOCKED, [GONE]: gone });
      const result = await update({ ...given, images: `${APP}\n${line}` });
      assert.equal(result.exitCode, 0, result.stdout);
      assert.deepEqual(workspace.digests(), { ...MOVED, [GONE]: OTHER.digest });
      assert.deepEqual(workspace.entries()[GONE], gone);
      assert.match(warningsOf(result).join(), /not-found/);
      assert.ok(!output(result, "lock-diff").includes("/gone"), output(result, "lock-diff"));
    });
  }

  it("locks what one place requires when another, optional one requires too much", async () => {
    workspace.lock({});
    workspace.write("a.txt", `${APP}\n`);
    workspace.write("b.txt", `${APP}\n`);
    const files = "a.txt,as=list\nb.txt,as=list,platform=linux/s390x,optional=true";
    const updated = await update({ files });
    assert.deepEqual([updated.exitCode, workspace.digests()], [0, MOVED], updated.stdout);
    const checked = await workspace.step({ files });
    assert.equal(checked.exitCode, 0, checked.stdout);
  });

  for (const [what, given, line] of [
    ["is optional", {}, `${APP},platform=linux/s390x,optional=true`],
    ["may be missing", { "fail-on-missing": "false" }, `${APP},platform=linux/s390x`],
  ] as const) {
    it(`keeps the entry of an image without a platform that ${what}`, async () => {
      const result = await update({ ...given, images: `HOST/org/app:old\n${line}` });
      assert.equal(result.exitCode, 0, result.stdout);
      assert.deepEqual(workspace.digests(), { ...KEPT, "HOST/org/app:old": OLD.digest });
      assert.match(warningsOf(result).join(), /platform-missing/);
    });
  }

  it("keeps what it does not name", async () => {
    const other = { "docker.io/library/alpine:3": entryFor(OTHER) };
    workspace.lock({ ...LOCKED, ...other });
    const result = await update();
    assert.deepEqual([result.exitCode, output(result, "lock-changed")], [0, "true"]);
    assert.deepEqual(workspace.digests(), { ...MOVED, "docker.io/library/alpine:3": OTHER.digest });
  });

  it("drops with --prune what it does not name, and says so", async () => {
    workspace.lock({ ...LOCKED, "docker.io/library/alpine:3": entryFor(OTHER) });
    const script = join(import.meta.dirname, "../src/cli.ts");
    const { host, directory } = workspace;
    const environment = { GITHUB_WORKSPACE: directory, HOME: temporaryDirectory("home") };
    const { exitCode, stdout } = await run(
      [script, `${host}/org/app:1`, "--lock", "update", "--prune", "--platforms", "linux/amd64"],
      environment,
    );
    assert.equal(exitCode, 0, stdout);
    assert.deepEqual(workspace.digests(), MOVED);
    assert.match(stdout, /docker\.io\/library\/alpine:3 +sha256:\w+ +removed/);
  });

  it("drops nothing with --prune when a file was not read, which may name any image", async () => {
    const other = { "docker.io/library/alpine:3": entryFor(OTHER) };
    workspace.lock({ ...LOCKED, ...other });
    const script = join(import.meta.dirname, "../src/cli.ts");
    const { host, directory } = workspace;
    const environment = { GITHUB_WORKSPACE: directory, HOME: temporaryDirectory("home") };
    const asked = [`${host}/org/app:1`, "--platforms", "linux/amd64"];
    const files = ["--files", "none.yaml,optional=true"];
    const { exitCode, stdout } = await run(
      [script, ...asked, ...files, "--lock", "update", "--prune"],
      environment,
    );
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /no entry is dropped from images\.lock\.json/);
    assert.deepEqual(workspace.digests(), { ...MOVED, "docker.io/library/alpine:3": OTHER.digest });
  });

  it("removes every entry with --prune when nothing it names has a tag", async () => {
    const script = join(import.meta.dirname, "../src/cli.ts");
    const { host, directory } = workspace;
    const environment = { GITHUB_WORKSPACE: directory, HOME: temporaryDirectory("home") };
    const pinned = `${host}/org/app@${NEW.digest}`;
    const { exitCode, stdout } = await run(
      [script, pinned, "--lock", "update", "--prune", "--platforms", "linux/amd64"],
      environment,
    );
    assert.equal(exitCode, 0, stdout);
    assert.deepEqual(workspace.digests(), {});
  });
});

describe("a lock file that an update writes", () => {
  it("keeps its mode and owner, and nothing else is left in the workspace", async () => {
    chmodSync(workspace.path(FILE), 0o640);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(workspace.path(FILE), 1234, 4321);
    const { uid, gid } = statSync(workspace.path(FILE));
    const result = await update({ pull: "layout" });
    assert.equal(result.exitCode, 0, result.stdout);
    const after = statSync(workspace.path(FILE));
    assert.deepEqual([after.mode & 0o7777, after.uid, after.gid], [0o640, uid, gid]);
    assert.deepEqual(workspace.files(), [FILE]);
    assert.deepEqual(workspace.digests(), MOVED);
  });

  for (const [what, change] of [
    ["was changed meanwhile", () => workspace.lock({})],
    ["was made meanwhile", () => workspace.lock(LOCKED)],
    ["was removed meanwhile", () => rmSync(workspace.path(FILE))],
  ] as const) {
    it(`stays as it is when it ${what}`, async () => {
      if (what === "was made meanwhile") rmSync(workspace.path(FILE));
      workspace.registry.faults.push(() => {
        workspace.registry.faults.length = 0;
        change();
        return false;
      });
      const result = await update();
      assert.equal(result.exitCode, 1);
      const [error = "", ...others] = errorsOf(result);
      assert.deepEqual(others, []);
      assert.match(error, /images\.lock\.json changed while the step ran/);
      assert.equal(output(result, "lock-changed"), "false");
      assert.equal(output(result, "lock-diff"), "");
      assert.equal(output(result, "exists"), "true");
      const left = what === "was removed meanwhile" ? [] : [FILE];
      assert.deepEqual(workspace.files(), left);
    });
  }

  it("cannot be written into a directory that is read-only", { skip: IS_UNBOUND }, async () => {
    chmodSync(workspace.directory, 0o555);
    const result = await update({}, {}, BOUND);
    chmodSync(workspace.directory, 0o755);
    assertUnwritten(result, /images\.lock\.json cannot be written: EACCES/);
    assert.deepEqual(workspace.files(), [FILE]);
    assert.doesNotMatch(result.stdout, /is up to date|updated images/);
  });

  it("is written where a link inside the workspace leads, and the link stays", async () => {
    workspace.lock(LOCKED, "config/real.json");
    rmSync(workspace.path(FILE));
    symlinkSync("config/real.json", workspace.path(FILE));
    const result = await update();
    assert.equal(result.exitCode, 0, result.stdout);
    assert.ok(lstatSync(workspace.path(FILE)).isSymbolicLink());
    assert.deepEqual(workspace.digests("config/real.json"), MOVED);
  });

  it("is neither read nor written where a link leads out of the workspace", async () => {
    const outside = join(temporaryDirectory("outside"), "real.json");
    const text = lockText({});
    writeFileSync(outside, text);
    rmSync(workspace.path(FILE));
    symlinkSync(outside, workspace.path(FILE));
    for (const lock of ["update", "check"]) {
      const result = await workspace.step({ lock });
      assert.equal(result.exitCode, 1);
      assert.match(errorsOf(result)[0] ?? "", /images\.lock\.json is outside the workspace/);
    }
    assert.equal(readFileSync(outside, "utf8"), text);
  });

  it("is not made in a directory that a link leads to outside of the workspace", async () => {
    const outside = temporaryDirectory("outside");
    symlinkSync(outside, workspace.path("config"));
    const result = await update({ "lock-file": "config/new.json" });
    assert.equal(result.exitCode, 1, result.stdout);
    assert.match(errorsOf(result)[0] ?? "", /config is outside the workspace/);
    assert.ok(!workspace.files().includes("config/new.json"));
  });

  for (const name of [".github/images.lock.json", ".locks.json", "a/b/locks"]) {
    it(`may be ${name}`, async () => {
      mkdirSync(join(workspace.path(name), ".."), { recursive: true });
      const made = await update({ "lock-file": name });
      assert.equal(made.exitCode, 0, made.stdout);
      assert.deepEqual(workspace.digests(name), MOVED);
      workspace.registry.push("org/app", "1", OLD);
      const used = await workspace.step({ "lock-file": name });
      assert.deepEqual([used.exitCode, output(used, "digest")], [0, NEW.digest]);
      const again = await update({ "lock-file": name });
      assert.deepEqual([again.exitCode, workspace.digests(name)], [0, KEPT]);
      assert.deepEqual(workspace.files().toSorted(), [name, FILE].toSorted());
    });
  }

  it("is not made in a directory that does not exist", async () => {
    const result = await update({ "lock-file": "none/locks.json" });
    assert.equal(result.exitCode, 1);
    assert.match(errorsOf(result)[0] ?? "", /there is no directory none; make the directory/);
    assert.deepEqual(workspace.files(), [FILE]);
  });

  it("has another place only below the workspace", async () => {
    for (const name of ["../locks.json", "/tmp/locks.json", "a/../../locks.json", "dir/"]) {
      const result = await update({ "lock-file": name });
      assert.equal(result.exitCode, 1, name);
      assert.match(errorsOf(result)[0] ?? "", /lock-file: expected the path of a file below/);
    }
  });

  it("may have Windows line endings and a byte order mark before", async () => {
    const windows = `\uFEFF${lockText(LOCKED).replaceAll("\n", "\r\n")}`;
    workspace.write(FILE, windows);
    workspace.registry.push("org/app", "1", OLD);
    const unmoved = await update();
    assert.deepEqual([unmoved.exitCode, output(unmoved, "lock-changed")], [0, "false"]);
    assert.equal(workspace.read(), windows);
    workspace.registry.push("org/app", "1", NEW);
    const moved = await update();
    assert.deepEqual([moved.exitCode, workspace.digests()], [0, MOVED], moved.stdout);
  });
});
