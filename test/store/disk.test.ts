import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { PullError } from "../../src/oci/failure.ts";
import {
  diskFailure,
  makeDirectory,
  onDisk,
  openRegular,
  readRegular,
} from "../../src/store/disk.ts";
import { temporaryDirectory } from "../support/directory.ts";

let root: string;
let path: string;
before(() => {
  root = temporaryDirectory("disk");
});
beforeEach(() => {
  path = join(mkdtempSync(join(root, "test-")), "file");
});
after(() => rmSync(root, { recursive: true }));

const systemError = (code: string): Error => Object.assign(new Error(`${code}: why`), { code });

describe("onDisk", () => {
  it("returns what the work returns", async () => {
    assert.equal(await onDisk(path, async () => 1), 1);
  });

  for (const [code, reason, message] of [
    ["EACCES", "disk-failed", /\(EACCES\): it is not writable; choose another directory/],
    ["EROFS", "disk-failed", /\(EROFS\): it is on a read-only file system; choose another/],
    ["EMFILE", "disk-failed", /\(EMFILE\): too many files are open; lower the input concurrency/],
    ["EIO", "disk-failed", /\(EIO\): EIO: why; choose another directory/],
    ["EDQUOT", "disk-full", /\(EDQUOT\): disk full: the quota is used up, 7 bytes are needed/],
    ["ENOSPC", "disk-full", /\(ENOSPC\): disk full, 7 bytes are needed for this blob, \d+ bytes/],
  ] as const) {
    it(`fails as unsupported for ${code}, and names the path`, async () => {
      const cause = systemError(code);
      const work = onDisk(path, () => Promise.reject(cause), 7);
      await assert.rejects(work, { status: "unsupported", reason, message, cause });
      await assert.rejects(work, ({ message: text }: Error) =>
        text.startsWith(`cannot write to ${path} (`),
      );
    });
  }

  it("states neither room nor need when they are unknown", () => {
    const failure = diskFailure("/nonexistent/file", systemError("ENOSPC"));
    assert.ok(failure instanceof PullError);
    assert.equal(failure.found, "cannot write to /nonexistent/file (ENOSPC): disk full");
  });

  for (const [what, error] of [
    ["a PullError", new PullError("too-long", "too long")],
    ["an error of the system's without a code", new Error("why")],
    ["anything that was thrown", "why"],
  ] as const) {
    it(`passes on ${what}`, () => assert.equal(diskFailure(path, error), error));
  }
});

describe("openRegular", () => {
  it("opens a regular file", async () => {
    writeFileSync(path, "bytes");
    const file = await openRegular(path);
    assert.equal(String(await file.readFile()), "bytes");
    await file.close();
  });

  for (const [what, plant, expected] of [
    ["nothing", () => undefined, { code: "ENOENT" }],
    ["a link", (at: string) => symlinkSync("/etc/hostname", at), { code: "ELOOP" }],
    [
      "a pipe",
      (at: string) => void spawnSync("mkfifo", [at]),
      { status: "unsupported", message: /file is not a regular file; remove it$/ },
    ],
    [
      "a directory",
      (at: string) => mkdirSync(at),
      { status: "unsupported", message: /file is not a regular file; remove it$/ },
    ],
  ] as const) {
    it(`fails for ${what}, and leaves nothing open`, async () => {
      plant(path);
      const open = (): number => readdirSync("/proc/self/fd").length;
      const before = open();
      await assert.rejects(openRegular(path), expected);
      assert.equal(open(), before);
    });
  }
});

describe("readRegular", () => {
  for (const [limit, expected] of [
    [4, undefined],
    [5, "bytes"],
    [6, "bytes"],
  ] as const) {
    it(`${expected === undefined ? "reads nothing" : "reads all"} of 5 bytes with a limit of ${limit}`, async () => {
      writeFileSync(path, "bytes");
      assert.equal((await readRegular(path, limit))?.toString(), expected);
    });
  }
});

describe("makeDirectory", () => {
  it("creates a directory and those above it, once", async () => {
    const deep = join(path, "a", "b");
    await makeDirectory(deep);
    await makeDirectory(deep);
    assert.ok(lstatSync(deep).isDirectory());
  });

  for (const [what, plant] of [
    ["a file", (at: string) => writeFileSync(at, "")],
    ["a link to a directory", (at: string) => symlinkSync(root, at)],
  ] as const) {
    it(`fails for ${what} in its place`, async () => {
      plant(path);
      await assert.rejects(makeDirectory(path), {
        status: "unsupported",
        message: /file is not a directory: a layout cannot be here; choose another directory/,
      });
    });
  }

  it("fails as the system does below a file, and where no directory can be made", async () => {
    writeFileSync(path, "");
    await assert.rejects(makeDirectory(join(path, "a", "b")), { code: "ENOTDIR" });
    await assert.rejects(makeDirectory("/proc/a/b"), { code: /^E/ });
  });
});
