import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { open as openFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { digestOf, hasher } from "../../src/oci/digest.ts";
import {
  diffIdsOf,
  digestOfBytes,
  digestOfFile,
  hashSome,
  type Layer,
} from "../../src/store/hash.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { type Content, content, layer, variedBytes, zeros } from "../support/image.ts";

const TURN_BYTES = 4 * 1024 * 1024;

/** How often the event loop runs while `work` does. */
async function turnsOf(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isWorking = true;
  const count = async (): Promise<void> => {
    for (; isWorking; turns++) await nextTurn();
  };
  const counted = count();
  await work();
  isWorking = false;
  await counted;
  return turns;
}

describe("hashes of files and bytes", () => {
  const directory = temporaryDirectory("hash");
  after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "file");
  const bytes = variedBytes(2 * TURN_BYTES + 1);
  const { signal } = new AbortController();

  it("hashSome hashes a range, at most 4 MiB of it, and returns where it ended", async () => {
    writeFileSync(path, bytes);
    const file = await openFile(path);
    try {
      for (const [start, end, reached] of [
        [0, 10, 10],
        [10, 10, 10],
        [10, TURN_BYTES, TURN_BYTES],
        [1, bytes.length, TURN_BYTES + 1],
        [2 * TURN_BYTES, Number.POSITIVE_INFINITY, bytes.length],
        [bytes.length, Number.POSITIVE_INFINITY, bytes.length],
      ] as const) {
        const hash = hasher("sha256");
        assert.equal(await hashSome(file, hash, start, end), reached);
        assert.equal(hash.digest(), digestOf(bytes.subarray(start, reached)));
      }
    } finally {
      await file.close();
    }
  });

  for (const algorithm of ["sha256", "sha512"] as const) {
    it(`digestOfFile and digestOfBytes are those of the bytes, by ${algorithm}`, async () => {
      for (const size of [0, 1, TURN_BYTES, TURN_BYTES + 1, bytes.length]) {
        const some = bytes.subarray(0, size);
        writeFileSync(path, some);
        const expected = digestOf(some, algorithm);
        assert.equal(await digestOfFile(path, expected), expected);
        assert.equal(await digestOfBytes(some, algorithm, signal), expected);
      }
    });
  }

  it("let the event loop run every 4 MiB", async () => {
    const large = Buffer.alloc(5 * TURN_BYTES);
    writeFileSync(path, large);
    const digest = digestOf(Buffer.alloc(0));
    assert.ok((await turnsOf(() => digestOfFile(path, digest))) >= 5);
    assert.ok((await turnsOf(() => digestOfBytes(large, "sha256", signal))) >= 5);
  });

  it("digestOfBytes fails with the signal's reason, also for no bytes", async () => {
    const { signal, abort } = aborting();
    const hashing = digestOfBytes(bytes, "sha256", signal);
    abort();
    await assert.rejects(hashing, /the time is over/);
    await assert.rejects(digestOfBytes(Buffer.alloc(0), "sha256", signal), /the time is over/);
  });

  it("digestOfFile fails for anything but a regular file", async () => {
    const digest = digestOf(Buffer.alloc(0));
    mkdirSync(join(directory, "directory"));
    symlinkSync(path, join(directory, "link"));
    await assert.rejects(digestOfFile(join(directory, "directory"), digest), {
      status: "unsupported",
    });
    await assert.rejects(digestOfFile(join(directory, "link"), digest), { code: "ELOOP" });
  });
});

describe("diffIdsOf", () => {
  let directory: string;
  before(() => {
    directory = temporaryDirectory("hash");
  });
  after(() => rmSync(directory, { recursive: true }));

  const { signal } = new AbortController();
  const write = ({ bytes, digest }: Content): Layer => {
    const path = join(directory, digest.replace(":", "-"));
    writeFileSync(path, bytes);
    return { path, digest, size: bytes.length };
  };
  const open = (): readonly string[] =>
    readdirSync("/proc/self/fd").flatMap((fd) => {
      try {
        return [readlinkSync(join("/proc/self/fd", fd))].filter((path) =>
          path.startsWith(directory),
        );
      } catch {
        return [];
      }
    });
  /** Waits for streams, which close their file a moment after their end. */
  const closed = async (): Promise<void> => {
    for (let looks = 0; looks < 1_000 && open().length > 0; looks++) await sleep(1);
    assert.deepEqual(open(), []);
  };

  it("gives the diffID of every layer, by its digest", async () => {
    const [one, other] = [layer("one", "text"), layer("other", "text")];
    const found = await diffIdsOf([one, other].map(write), signal);
    assert.deepEqual(
      [...found],
      [one, other].map(({ digest, diffId }) => [digest, diffId]),
    );
    assert.deepEqual(await diffIdsOf([], signal), new Map());
  });

  it("opens one of many layers at a time, and leaves none open", async () => {
    const layers = Array.from({ length: 50 }, (_, at) => write(zeros(1, `${at}`)));
    let most = 0;
    const timer = setInterval(() => {
      most = Math.max(most, open().length);
    }, 1);
    const found = await diffIdsOf(layers, signal);
    clearInterval(timer);
    assert.equal(found.size, 50);
    // The stream of the one before may still be closing its file.
    assert.ok(most <= 2, `${most} were open`);
    await closed();
  });

  it("accepts layers of twenty times their compressed bytes, and of half a GiB in any case", async () => {
    const tiny = write(zeros(511, "tiny"));
    assert.equal((await diffIdsOf([tiny], signal)).size, 1);
    // 30 MiB of incompressible bytes, so that more than half a GiB of zeros is allowed.
    const stored = Array<Buffer>(30).fill(gzipSync(Buffer.alloc(1024 ** 2), { level: 0 }));
    const large = write(content("", Buffer.concat([...stored, zeros(550).bytes])));
    assert.equal((await diffIdsOf([large], signal)).size, 1);
  });

  for (const [what, sizes, message] of [
    [
      "one layer that unpacks",
      [513],
      /too large: layer .* unpacks to more than 536870912 bytes; allowed are 20 times/,
    ],
    [
      "layers that together unpack",
      [200, 200, 200],
      /too large: the layers of the image unpack to more than 536870912 bytes/,
    ],
  ] as const) {
    it(`refuses ${what} to more than that, and leaves nothing open`, async () => {
      const layers = sizes.map((mebibytes, at) => write(zeros(mebibytes, `${sizes.length} ${at}`)));
      await assert.rejects(diffIdsOf(layers, signal), {
        name: "PullError",
        status: "invalid",
        message,
      });
      await closed();
    });
  }

  it("ends with the signal's reason in the middle of a layer, and leaves nothing open", async () => {
    const { signal, abort } = aborting();
    const layers = [write(zeros(500, "cancelled"))];
    const ended = assert.rejects(diffIdsOf(layers, signal), /the time is over/);
    while (open().length === 0) await sleep(1);
    await sleep(20);
    abort();
    await ended;
    await closed();
  });

  it("leaves nothing open when the signal had aborted before", async () => {
    const { signal, abort } = aborting();
    abort();
    await assert.rejects(diffIdsOf([write(zeros(1))], signal), /the time is over/);
    await closed();
  });

  for (const [what, plant, message] of [
    [
      "a file that is not gzip",
      (path: string) => writeFileSync(path, "some bytes"),
      /cannot be unpacked: incorrect header check/,
    ],
    [
      "a truncated gzip file",
      (path: string) => writeFileSync(path, gzipSync("text").subarray(0, -4)),
      /cannot be unpacked: unexpected end/,
    ],
    ["a link", (path: string) => symlinkSync("/etc/hostname", path), /cannot be unpacked: ELOOP/],
    ["nothing", () => undefined, /cannot be unpacked: ENOENT/],
  ] as const) {
    it(`refuses ${what} in a layer's place`, async () => {
      const path = join(directory, what);
      plant(path);
      const digest = digestOf(Buffer.from(what));
      await assert.rejects(diffIdsOf([{ path, digest, size: 10 }], signal), {
        name: "PullError",
        status: "invalid",
        message,
      });
      await closed();
    });
  }
});

function aborting(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    abort: () => controller.abort(new Error("the time is over")),
  };
}
