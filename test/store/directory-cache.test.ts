import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, before, beforeEach, describe, it } from "node:test";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { BUNDLE_LIMIT, toBundle } from "../../src/store/bundle.ts";
import type { Outgoing } from "../../src/store/cache.ts";
import { DirectoryCache } from "../../src/store/directory-cache.ts";
import { Layout } from "../../src/store/layout.ts";
import { REAL_TIME } from "../../src/store/mutex.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { HOLDERS, nameOf, plantLock } from "../support/holders.ts";
import { outgoing } from "../support/outgoing.ts";

const right = Buffer.from("a blob");
const blob = { digest: digestOf(right), size: right.length };
const bundle = toBundle([{ digest: blob.digest, bytes: right }]);
const REMOVED = /^the cache entry key was wrong and is removed: .*; its blobs come from the reg/;
const NOW = 1_700_000_000_000;
const DAY_MS = 86_400_000;

describe("a cache in a directory", () => {
  let directory: string;
  let warned: string[];
  let said: string[];
  let stop: AbortController;
  let cache: DirectoryCache;
  beforeEach(() => {
    directory = temporaryDirectory("directory-cache");
    warned = [];
    said = [];
    stop = new AbortController();
    cache = openedAt(join(directory, "cache"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** A cache at a path, of `size` bytes. Its lock polls without sleeping. */
  function openedAt(path: string, size = 2 ** 30, now = NOW): DirectoryCache {
    const warn = (message: string): void => void warned.push(message);
    const say = (line: string): void => void said.push(line);
    const sleep = async (): Promise<void> => stop.signal.throwIfAborted();
    const time = { ...REAL_TIME, now: () => now, sleep };
    return new DirectoryCache(path, { signal: stop.signal, warn, say, size, time });
  }

  const inCache = (name: string): string => join(directory, "cache", name);
  const pathOf = (key: string): string => inCache(`${key}.cache-entry`);
  const names = (): readonly string[] => readdirSync(join(directory, "cache")).toSorted();
  const usedAt = (key: string): number => statSync(pathOf(key)).mtimeMs;
  const plant = (bytes: Buffer, key = "key", used = 0): void => {
    mkdirSync(join(directory, "cache"), { recursive: true });
    writeFileSync(pathOf(key), bytes);
    utimesSync(pathOf(key), used / 1_000, used / 1_000);
  };
  /** Plants the temporary file of a process. */
  const plantTemporary = (holder: string, size: number): string => {
    mkdirSync(join(directory, "cache"), { recursive: true });
    const name = nameOf(holder, "other.cache-entry");
    writeFileSync(inCache(name), Buffer.alloc(size));
    return name;
  };
  /** The result of restoring, and whether the target is empty after a miss. */
  async function restored(wanted = blob): Promise<boolean> {
    const ingest = await (await Layout.open(join(directory, "layout"))).ingest(wanted);
    try {
      const isHit = await cache.restore("key", wanted, ingest);
      assert.ok(isHit || ingest.received === 0);
      return isHit;
    } finally {
      await ingest.abort();
    }
  }
  const saved = (size: number, key: string): Promise<string> =>
    cache.save(key, outgoing(Buffer.alloc(size)));

  it("restores a right blob, and misses an entry that does not exist, without a word", async () => {
    assert.equal(await restored(), false);
    plant(right);
    assert.equal(await restored(), true);
    assert.deepEqual(warned, []);
  });

  it("misses an entry with other bytes, removes it, and replaces it", async () => {
    plant(Buffer.from("b blob"));
    assert.equal(await restored(), false);
    assert.match(warned.join(), REMOVED);
    assert.match(warned.join(), /digest differs/);
    assert.deepEqual(names(), []);
    assert.equal(await cache.save("key", outgoing(right)), "saved");
    assert.equal(await restored(), true);
  });

  for (const [what, size] of [
    ["fewer", blob.size + 1],
    ["more", blob.size - 1],
  ] as const) {
    it(`misses an entry with ${what} bytes than a manifest states, and keeps it`, async () => {
      plant(right);
      assert.equal(await restored({ ...blob, size }), false);
      assert.match(warned.join(), /^the cache entry key is wrong and not used: too (short|long)/);
      assert.deepEqual(names(), ["key.cache-entry"]);
      assert.equal(await restored(), true);
    });
  }

  it("gives the blobs of a bundle, and none of an entry that does not exist, without a word", async () => {
    assert.equal((await cache.bundle("key")).size, 0);
    plant(bundle);
    assert.deepEqual([...(await cache.bundle("key"))], [[blob.digest, right]]);
    assert.deepEqual(warned, []);
  });

  it("gives no blobs of an entry that is no bundle, or is too large, and removes it", async () => {
    plant(right);
    assert.equal((await cache.bundle("key")).size, 0);
    assert.deepEqual(names(), []);
    plant(right);
    truncateSync(pathOf("key"), BUNDLE_LIMIT + 1);
    assert.equal((await cache.bundle("key")).size, 0);
    assert.deepEqual(names(), []);
    const [noBundle = "", tooLarge = ""] = warned;
    assert.match(noBundle, REMOVED);
    assert.match(noBundle, /no header of a bundle/);
    assert.match(tooLarge, REMOVED);
    assert.match(tooLarge, /too large: it has more than 67108864 bytes/);
  });

  it("follows no link in an entry's place, and leaves it there", async () => {
    mkdirSync(join(directory, "cache"));
    writeFileSync(join(directory, "target"), right);
    symlinkSync(join(directory, "target"), pathOf("key"));
    assert.equal(await restored(), false);
    assert.equal((await cache.bundle("key")).size, 0);
    assert.deepEqual([names(), warned], [["key.cache-entry"], []]);
    assert.equal(await cache.save("key", outgoing(Buffer.from("others"))), "saved");
    assert.equal(readFileSync(join(directory, "target"), "utf8"), "a blob");
  });

  it("fails with the signal's reason when that aborts while a bundle is hashed", async () => {
    plant(bundle);
    const reason = new PullError("timeout", "the step's time is over");
    stop.abort(reason);
    await assert.rejects(cache.bundle("key"), reason);
    assert.deepEqual(names(), ["key.cache-entry"]);
  });

  it("marks an entry as used now when it was restored, read, or to be saved again", async () => {
    plant(right);
    plant(bundle, "bundle");
    plant(right, "again");
    await restored();
    await cache.bundle("bundle");
    assert.equal(await cache.save("again", outgoing(right)), "existed");
    assert.deepEqual(["key", "bundle", "again"].map(usedAt), [NOW, NOW, NOW]);
  });

  it("marks no entry that was wrong", async () => {
    plant(right);
    await restored({ ...blob, size: 5 });
    assert.equal(usedAt("key"), 0);
  });

  describe("that saves an entry", () => {
    it("takes any key, also one that is longer than a file name", async () => {
      const long = "k".repeat(512);
      assert.equal(await cache.save("../a key/", outgoing(right)), "saved");
      assert.equal(await cache.save(long, outgoing(right)), "saved");
      const [first = "", second = "", ...others] = names();
      assert.equal(first, "..%2Fa%20key%2F.cache-entry");
      assert.match(second, /^sha256-[0-9a-f]{64}\.cache-entry$/);
      assert.deepEqual([readFileSync(inCache(first)), others], [right, []]);
    });

    it("writes nothing when one of its size is there, and replaces one of another size", async () => {
      plant(Buffer.from("b blob"));
      assert.equal(await cache.save("key", outgoing(right)), "existed");
      assert.equal(readFileSync(pathOf("key"), "utf8"), "b blob");
      plant(Buffer.from("another blob"));
      assert.equal(await cache.save("key", outgoing(right)), "saved");
      assert.equal(readFileSync(pathOf("key"), "utf8"), "a blob");
    });

    it("leaves it to a living process that is saving it, and not to another container's", async () => {
      const slices = async function* (): AsyncGenerator<Buffer> {
        assert.equal(await openedAt(inCache("")).save("key", outgoing(right)), "existed");
        yield right;
      };
      assert.equal(await cache.save("key", { size: right.length, slices: slices() }), "saved");
      writeFileSync(inCache(nameOf(HOLDERS.elsewhere, "two.cache-entry")), right);
      assert.equal(await cache.save("two", outgoing(right)), "saved");
    });

    for (const [what, size, slices] of [
      ["wrong bytes", 10, [right, undefined]],
      ["fewer bytes than stated", 7, [right]],
      ["more bytes than stated", 11, [right, right]],
    ] as const) {
      it(`saves no ${what}, leaves nothing of them, and saves the next entry`, async () => {
        const all = async function* (): AsyncGenerator<Buffer> {
          for (const slice of slices) {
            if (slice === undefined) throw new PullError("layout-changed", "the blob has changed");
            yield slice;
          }
        };
        assert.equal(await cache.save("key", { size, slices: all() }), "failed");
        assert.deepEqual(names(), []);
        assert.match(
          said.join(),
          /^the cache entry key is not saved: (the blob|expected \d+ bytes)/,
        );
        assert.equal(await cache.save("next", outgoing(right)), "saved");
        assert.deepEqual(warned, []);
      });
    }

    it("saves all but an entry whose name a directory has", async () => {
      mkdirSync(pathOf("key"), { recursive: true });
      assert.equal(await cache.save("key", outgoing(right)), "failed");
      assert.match(said.join(), /^the cache entry key is not saved: E\w+: .*key\.cache-entry/);
      assert.deepEqual(names(), ["key.cache-entry"]);
      assert.equal(await cache.save("other", outgoing(right)), "saved");
      assert.deepEqual(warned, []);
    });

    it("leaves nothing of a file that is larger than the file system allows", async () => {
      cache = openedAt(inCache(""), Number.MAX_SAFE_INTEGER);
      const { slices } = outgoing(right);
      assert.equal(await cache.save("key", { size: 2 ** 52, slices }), "failed");
      assert.deepEqual(names(), []);
    });

    it("makes a directory that only this user can read, and keeps the mode of an existing one", async () => {
      const below = join(directory, "not", "yet");
      assert.equal(await openedAt(below).save("key", outgoing(right)), "saved");
      assert.equal(statSync(below).mode & 0o777, process.platform === "win32" ? 0o666 : 0o700);
      mkdirSync(join(directory, "cache"));
      chmodSync(join(directory, "cache"), 0o770);
      const { mode } = statSync(join(directory, "cache"));
      assert.equal(await cache.save("key", outgoing(right)), "saved");
      assert.equal(statSync(join(directory, "cache")).mode, mode);
    });

    it("works in a directory behind a link", async () => {
      mkdirSync(join(directory, "elsewhere"));
      symlinkSync(join(directory, "elsewhere"), join(directory, "cache"));
      assert.equal(await cache.save("key", outgoing(right)), "saved");
      assert.equal(await restored(), true);
    });
  });

  describe("that is full", () => {
    beforeEach(() => {
      cache = openedAt(join(directory, "cache"), 100);
    });

    it("removes what was used longest ago, and only as much as is needed", async () => {
      for (const [key, size, used] of [
        ["newest", 30, NOW - 1_000],
        ["oldest", 10, NOW - 4_000],
        ["older", 30, NOW - 3_000],
        ["newer", 30, NOW - 2_000],
      ] as const) {
        plant(Buffer.alloc(size), key, used);
      }
      assert.equal(await saved(25, "key"), "saved");
      assert.deepEqual(
        names(),
        ["key", "newer", "newest"].map((key) => `${key}.cache-entry`),
      );
    });

    it("keeps an old entry that was restored a moment ago", async () => {
      plant(right, "key", NOW - 9_000);
      plant(Buffer.alloc(90), "other", NOW - 1_000);
      await restored();
      assert.equal(await saved(80, "new"), "saved");
      assert.deepEqual(names(), ["key.cache-entry", "new.cache-entry"]);
    });

    it("reserves the whole entry before its first byte is written", async () => {
      plant(Buffer.alloc(60), "old");
      const sizes: number[] = [];
      const slices = async function* (): AsyncGenerator<Buffer> {
        yield Buffer.alloc(10);
        sizes.push(...names().map((name) => statSync(inCache(name)).size));
        yield Buffer.alloc(40);
      };
      const bytes: Outgoing = { size: 50, slices: slices() };
      assert.equal(await cache.save("key", bytes), "saved");
      assert.deepEqual([sizes, names()], [[50], ["key.cache-entry"]]);
    });

    it("writes no byte for which no room is reserved", async () => {
      let written = 0;
      const slices = async function* (): AsyncGenerator<Buffer> {
        try {
          yield Buffer.alloc(20);
          yield Buffer.alloc(100);
        } finally {
          written = Math.max(...names().map((name) => statSync(inCache(name)).size));
        }
      };
      assert.equal(await cache.save("key", { size: 50, slices: slices() }), "failed");
      assert.equal(written, 50);
    });

    it("becomes as small as a lower limit demands", async () => {
      for (const at of [1, 2, 3, 4, 5]) plant(Buffer.alloc(80), `old-${at}`, NOW + at);
      assert.equal(await saved(20, "key"), "saved");
      assert.deepEqual(names(), ["key.cache-entry", "old-5.cache-entry"]);
    });

    it("saves no entry that is larger than the limit, and removes none for it", async () => {
      plant(right);
      assert.equal(await saved(101, "large"), "failed");
      assert.deepEqual(names(), ["key.cache-entry"]);
      assert.deepEqual(said, [
        "the cache entry large is not saved: it has 101 bytes, more than the cache-directory-size of 100 bytes; set a larger cache-directory-size to save it",
      ]);
      assert.equal(await saved(100, "whole"), "saved");
      assert.deepEqual([names(), warned], [["whole.cache-entry"], []]);
    });

    for (const holder of ["living", "elsewhere", "otherBoot"] as const) {
      it(`counts the temporary file of a process that is ${holder}, and removes none in vain`, async () => {
        const temporary = plantTemporary(HOLDERS[holder], 60);
        plant(right);
        assert.equal(await saved(41, "large"), "failed");
        assert.match(said.join(), /large is not saved: other jobs are saving, and leave no 41 byt/);
        assert.deepEqual(names(), ["key.cache-entry", temporary]);
        assert.equal(await saved(40, "small"), "saved");
        assert.deepEqual(names(), [temporary, "small.cache-entry"]);
      });
    }

    it("removes what a killed process left, at once or, of another container, after a day", async () => {
      plantTemporary(HOLDERS.ended, 60);
      const elsewhere = plantTemporary(HOLDERS.elsewhere, 60);
      plantLock(inCache(nameOf(HOLDERS.ended, "registry-pull.lock")), HOLDERS.ended);
      cache = openedAt(inCache(""), 100, Date.now() + DAY_MS - 60_000);
      assert.equal(await saved(40, "now"), "saved");
      assert.deepEqual(names(), ["now.cache-entry", elsewhere]);
      cache = openedAt(inCache(""), 100, Date.now() + DAY_MS + 60_000);
      assert.equal(await saved(60, "later"), "saved");
      assert.deepEqual(names(), ["later.cache-entry", "now.cache-entry"]);
    });

    it("takes over the lock of a killed process", async () => {
      plantLock(inCache("registry-pull.lock"), HOLDERS.ended);
      assert.equal(await saved(100, "key"), "saved");
      assert.deepEqual(names(), ["key.cache-entry"]);
    });

    it("neither counts nor changes files of others", async () => {
      mkdirSync(inCache("directory.cache-entry"), { recursive: true });
      writeFileSync(join(inCache("directory.cache-entry"), "file"), Buffer.alloc(500));
      writeFileSync(inCache("README.md"), Buffer.alloc(500));
      writeFileSync(join(directory, "target"), Buffer.alloc(500));
      symlinkSync(join(directory, "target"), inCache("link.cache-entry"));
      const before = names();
      assert.equal(await saved(100, "one"), "saved");
      assert.equal(await saved(100, "two"), "saved");
      assert.deepEqual(names(), [...before, "two.cache-entry"].toSorted());
      assert.ok(existsSync(join(inCache("directory.cache-entry"), "file")));
      assert.equal(statSync(join(directory, "target")).size, 500);
    });
  });

  describe("that cannot be written to", () => {
    const NEXT = /; make it writable, with free space on its disk, or set another cache-directory$/;

    it("reports it once, and does not try again", async () => {
      writeFileSync(join(directory, "cache"), "");
      assert.equal(await cache.save("key", outgoing(right)), "failed");
      assert.match(warned.join(), /^nothing more is saved to the cache directory .*cache: cannot/);
      assert.match(warned.join(), /ENOTDIR/);
      assert.match(warned.join(), NEXT);
      rmSync(join(directory, "cache"));
      assert.equal(await cache.save("key", outgoing(right)), "failed");
      assert.equal(await restored(), false);
      assert.equal((await cache.bundle("key")).size, 0);
      assert.deepEqual([warned.length, said], [1, []]);
    });

    for (const [what, path] of [
      ["whose parent cannot be made", "/proc/registry-pull/cache"],
      ["below a file", join(import.meta.filename, "cache")],
    ] as const) {
      it(`fails with a warning for a directory ${what}`, {
        skip: process.platform !== "linux",
      }, async () => {
        assert.equal(await openedAt(path).save("key", outgoing(right)), "failed");
        assert.match(warned.join(), /^nothing more is saved to the cache directory /);
        assert.match(warned.join(), NEXT);
      });
    }

    it("names the lock that another process holds for too long", async () => {
      plantLock(inCache("registry-pull.lock"), HOLDERS.living);
      assert.equal(await cache.save("key", outgoing(right)), "failed");
      assert.match(
        warned.join(),
        /: locked: .*registry-pull\.lock is held by process \d+ .*; if no other job uses the directory, remove the lock$/,
      );
    });

    for (const [what, lostAt] of [
      ["reserves room", 1],
      ["names the file", 2],
    ] as const) {
      it(`changes nothing after it lost the lock while it ${what}`, async () => {
        plant(right);
        const { signal } = stop;
        const warn = (message: string): void => void warned.push(message);
        let acquired = 0;
        // The first timer of each acquisition is the lock's own.
        const after = (): (() => void) => {
          acquired++;
          if (acquired === lostAt) rmSync(inCache("registry-pull.lock"), { recursive: true });
          return () => undefined;
        };
        const time = { ...REAL_TIME, after };
        cache = new DirectoryCache(inCache(""), { signal, warn, say: warn, size: 8, time });
        assert.equal(await saved(2, "small"), "failed");
        assert.match(warned.join(), /^nothing more is saved .*: lock lost: .*registry-pull\.lock/);
        assert.deepEqual(names(), ["key.cache-entry"]);
      });
    }

    it("reports nothing when the job is cancelled while it waits", async () => {
      plantLock(inCache("registry-pull.lock"), HOLDERS.living);
      stop.abort();
      assert.equal(await cache.save("key", outgoing(right)), "failed");
      assert.deepEqual([warned, said], [[], []]);
    });
  });
});

describe("a cache directory on a file system of its own", () => {
  // Some systems allow that only to root.
  const mount = ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"];
  const possible = spawnSync("unshare", mount).status === 0;
  before((context) => {
    if (!possible && process.env["REQUIRE_REAL_PARTS"] === "1") {
      throw new Error("this machine allows no mounts");
    }
    if (!possible && "diagnostic" in context) {
      context.diagnostic("not run: this machine allows no mounts");
    }
  });

  const MODULE = join(import.meta.dirname, "../../src/store/directory-cache.ts");
  /** Saves two entries of which only the first has space, and lists what is there. */
  const SCRIPT = `
    import { readdirSync } from "node:fs";
    import { DirectoryCache } from ${JSON.stringify(MODULE)};
    const { signal } = new AbortController();
    const [path] = process.argv.slice(1);
    const [warn, say] = [console.log, console.log];
    const cache = new DirectoryCache(path, { signal, warn, say, size: 2 ** 30 });
    for (const mebibytes of [0.5, 2]) {
      const bytes = Buffer.alloc(mebibytes * 2 ** 20);
      const slices = (async function* () { yield bytes; })();
      console.log(await cache.save("key-" + mebibytes, { size: bytes.length, slices }));
    }
    console.log(readdirSync(path).join());
  `;

  it("fails with a warning when that is full, and keeps the other entries", {
    skip: !possible,
  }, () => {
    const path = temporaryDirectory("full");
    const run = 'mount -t tmpfs -o size=1m none "$0" && exec "$@"';
    const node = [process.execPath, "--input-type=module-typescript", "-e", SCRIPT, path];
    const { stdout, stderr } = spawnSync("unshare", ["-rm", "sh", "-c", run, path, ...node]);
    const [first, warning = "", second, listed, ...rest] = String(stdout).split("\n");
    const results = [first, second, listed, rest];
    assert.deepEqual(results, ["saved", "failed", "key-0.5.cache-entry", [""]], String(stderr));
    assert.match(
      warning,
      /^nothing more is saved .*\(ENOSPC\): disk full, \d+ bytes are free; make it writable, with f/,
    );
  });
});
