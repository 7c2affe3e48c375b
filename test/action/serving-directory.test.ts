import assert from "node:assert/strict";
import { closeSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, it } from "node:test";
import { ServingDirectory } from "../../src/action/serving-directory.ts";
import { temporaryDirectory } from "../support/directory.ts";

let parent: string;
let directory: ServingDirectory;
beforeEach(() => {
  parent = temporaryDirectory("parent");
  directory = ServingDirectory.make(parent);
});

describe("ServingDirectory", () => {
  it("is a new one each time, which only this user can enter", () => {
    assert.notEqual(ServingDirectory.make(parent).path, directory.path);
    if (process.platform !== "win32") assert.equal(statSync(directory.path).mode & 0o777, 0o700);
  });

  it("cannot be made below what is no directory", () => {
    const file = join(parent, "file");
    writeFileSync(file, "");
    const expected = { reason: "runner-broken", found: new RegExp(`cannot write below ${file}`) };
    assert.throws(() => ServingDirectory.make(file), expected);
  });

  it("states why the registry should end", () => {
    assert.equal(directory.whyEnd(), undefined);
    directory.stop();
    assert.equal(directory.whyEnd(), "the job is over");
    rmSync(directory.path, { recursive: true });
    assert.equal(directory.whyEnd(), "its directory was removed");
  });

  it("is stopping until the registry confirms that it ended", () => {
    assert.equal(directory.isStopping, false);
    directory.stop();
    assert.equal(directory.isStopping, true);
    directory.confirmStop();
    assert.equal(directory.isStopping, false);
    directory.confirmStop();
  });

  it("replaces a file", () => {
    for (const text of ["first", "second"]) {
      directory.write(directory.receipt, text);
      assert.equal(readFileSync(directory.receipt, "utf8"), text);
    }
  });

  it("adds to the log", () => {
    for (const text of ["first\n", "second\n"]) {
      const log = directory.openLog();
      writeFileSync(log, text);
      closeSync(log);
    }
    assert.equal(readFileSync(directory.log, "utf8"), "first\nsecond\n");
  });

  it("has the hosts of every registry for a kind node", () => {
    directory.writeCerts("a host");
    const path = join(directory.certs, "_default/hosts.toml");
    assert.equal(readFileSync(path, "utf8"), "a host");
  });

  it("is below its parent only", () => {
    assert.equal(directory.isBelow(parent), true);
    for (const other of [directory.path, join(parent, "other"), join(directory.path, "below")]) {
      assert.equal(directory.isBelow(other), false, other);
    }
  });
});
