import assert from "node:assert/strict";
import { readdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { digestOf } from "../../src/oci/digest.ts";
import { diffIdsOf, type Layer } from "../../src/store/hash.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { type Content, content, layer, zeros } from "../support/image.ts";

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
        return [readlinkSync(join("/proc/self/fd", fd))].filter((path) => path.startsWith(directory));
      } catch {
        return [];
      }
    });
  /** A stream closes its file a moment after it ended. */
  const closed = async (): Promise<void> => {
    for (let looks = 0; looks < 1_000 && open().length > 0; looks++) await sleep(1);
    assert.deepEqual(open(), []);
  };

  it("tells what every layer unpacks to", async () => {
    const [one, other] = [layer("one", "text"), layer("other", "text")];
    const found = await diffIdsOf([one, other].map(write), signal);
    assert.deepEqual(
      [...found],
      [one, other].map(({ digest, diffId }) => [digest, diffId]),
    );
    assert.deepEqual(await diffIdsOf([], signal), new Map());
  });

  it("has one of many layers open at a time, and leaves none open", async () => {
    const layers = Array.from({ length: 50 }, (_, at) => write(zeros(1, `${at}`)));
    let most = 0;
    const timer = setInterval(() => {
      most = Math.max(most, open().length);
    }, 1);
    const found = await diffIdsOf(layers, signal);
    clearInterval(timer);
    assert.equal(found.size, 50);
    // The one before may still be on its way out.
    assert.ok(most <= 2, `${most} were open`);
    await closed();
  });

  it("takes layers of twenty times their compressed bytes, and half a GiB in any case", async () => {
    const tiny = write(zeros(511, "tiny"));
    assert.equal((await diffIdsOf([tiny], signal)).size, 1);
    // 30 MiB that are not compressed, and more than half a GiB that is.
    const stored = Array<Buffer>(30).fill(gzipSync(Buffer.alloc(1024 ** 2), { level: 0 }));
    const large = write(content("", Buffer.concat([...stored, zeros(550).bytes])));
    assert.equal((await diffIdsOf([large], signal)).size, 1);
  });

  for (const [what, sizes, message] of [
    ["one layer that unpacks", [513], /too large: layer .* unpacks to more than 536870912 bytes; allowed are 20 times/],
    ["layers that together unpack", [200, 200, 200], /too large: the layers of the image unpack to more than 536870912 bytes/],
  ] as const) {
    it(`refuses ${what} to more, and leaves nothing open`, async () => {
      const layers = sizes.map((mebibytes, at) => write(zeros(mebibytes, `${sizes.length} ${at}`)));
      await assert.rejects(diffIdsOf(layers, signal), { name: "PullError", status: "invalid", message });
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

  it("opens nothing for good when the signal has aborted before", async () => {
    const { signal, abort } = aborting();
    abort();
    await assert.rejects(diffIdsOf([write(zeros(1))], signal), /the time is over/);
    await closed();
  });

  for (const [what, plant, message] of [
    ["what is no gzip", (path: string) => writeFileSync(path, "some bytes"), /cannot be unpacked: incorrect header check/],
    ["a gzip that was cut", (path: string) => writeFileSync(path, gzipSync("text").subarray(0, -4)), /cannot be unpacked: unexpected end/],
    ["a link", (path: string) => symlinkSync("/etc/hostname", path), /cannot be unpacked: ELOOP/],
    ["nothing", () => undefined, /cannot be unpacked: ENOENT/],
  ] as const) {
    it(`refuses ${what} in a layer's place`, async () => {
      const path = join(directory, what);
      plant(path);
      const digest = digestOf(Buffer.from(what));
      await assert.rejects(diffIdsOf([{ path, digest, size: 10 }], signal), { name: "PullError", status: "invalid", message });
      await closed();
    });
  }
});

function aborting(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort(new Error("the time is over")) };
}
