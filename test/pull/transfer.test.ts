import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { PullError } from "../../src/oci/failure.ts";
import { asTransferProblem } from "../../src/pull/transfer.ts";
import { image, type Made } from "../support/image.ts";
import { failuresOf, MemoryTransfer } from "../support/memory-transfer.ts";

const LOST = new PullError("not-found", "BLOB_UNKNOWN");
const BUSY = new PullError("server-error", "answered 503");
const REFUSED = new PullError("credentials-refused", "answered 403");

/** An image with a config, the smallest blob, and two layers, the first of which is larger. */
const layered = (salt: string): Made =>
  image("linux/amd64", { salt, layers: 1, busybox: Buffer.alloc(5_000, salt) });
const [ONE, TWO] = [layered("one"), layered("two")];
const [CONFIG, LARGE, SMALL] = ONE.blobs;
assert.ok(CONFIG && LARGE && SMALL);

let work: MemoryTransfer;
beforeEach(() => {
  work = new MemoryTransfer();
});

describe("transferAll", () => {
  it("transfers every blob, the largest first, and counts its bytes", async () => {
    const { present, transfers, failures } = await work.run([await work.passed("org/app", ONE)]);
    const total = ONE.blobs.reduce((sum, { bytes }) => sum + bytes.length, 0);
    assert.deepEqual(work.downloads, [
      `download org/app ${LARGE.digest}`,
      `download org/app ${SMALL.digest}`,
    ]);
    for (const { digest, bytes } of ONE.blobs) {
      assert.deepEqual(work.store.blobs.get(digest), bytes);
    }
    assert.deepEqual([present.size, transfers.size, failures.size], [0, 3, 0]);
    assert.deepEqual([work.planned, work.moved], [total, { registry: total }]);
  });

  it("transfers nothing that the store has", async () => {
    for (const { digest, bytes } of ONE.blobs) await work.store.put(digest, bytes);
    const { present, transfers } = await work.run([await work.passed("org/app", ONE)]);
    assert.deepEqual([present.size, transfers.size, work.planned], [3, 0, 0]);
    assert.deepEqual(work.registry.asked, []);
  });

  it("returns of each transfer its origin, whether it is private, and its time", async () => {
    const images = [await work.passed("org/app", ONE)];
    work.registry.isPrivate = true;
    let time = 0;
    const now = (): number => time++;
    const { transfers } = await work.run(images, { now });
    const { origin, private: isPrivate, started, ended } = transfers.get(LARGE.digest) ?? {};
    assert.deepEqual([origin, isPrivate], ["registry", true]);
    assert.ok(started !== undefined && ended !== undefined && started < ended);
  });

  for (const [what, failed] of [
    ["lost", LOST],
    ["refused", REFUSED],
    ["cannot send", BUSY],
  ] as const) {
    it(`asks the next repository for a shared blob that the first ${what}`, async () => {
      const images = [await work.passed("org/broken", ONE), await work.passed("org/app", ONE)];
      work.registry.fail(/^download org\/broken/, failed);
      const { transfers, failures } = await work.run(images);
      assert.deepEqual([transfers.size, failures.size, work.store.open.size], [3, 0, 0]);
    });
  }

  it("asks the repository of a required image before that of an optional one", async () => {
    const images = [await work.passed("org/slow", ONE, true), await work.passed("org/app", ONE)];
    await work.run(images);
    const asked = work.downloads.map((line) => line.split(" ")[1]);
    assert.deepEqual(asked, ["org/app", "org/app"]);
  });

  it("fails the image that lacks a blob, skips its other blobs, and no others", async () => {
    const images = [await work.passed("org/broken", ONE), await work.passed("org/app", TWO)];
    work.registry.fail(new RegExp(`^download.*${LARGE.digest}`), LOST);
    const done = await work.run(images);
    const { "org/broken": problem, ...others } = failuresOf(done);
    assert.deepEqual([problem?.status, problem?.reason], ["dangling", "layer-missing"]);
    assert.deepEqual([others, done.transfers.size], [{}, 3]);
    assert.ok(!work.downloads.some((line) => line.includes(SMALL.digest)));
  });

  it("still transfers a blob that another image shares with a failed one", async () => {
    const other = image("linux/amd64", { salt: "one", layers: 1 });
    const images = [await work.passed("org/broken", ONE), await work.passed("org/app", other)];
    work.registry.fail(new RegExp(`^download.*${LARGE.digest}`), LOST);
    const done = await work.run(images);
    assert.deepEqual(Object.keys(failuresOf(done)), ["org/broken"]);
    assert.ok(work.store.blobs.has(SMALL.digest));
  });

  it("gives up a blob once its image lacks another, and keeps the first failure", async () => {
    const images = [await work.passed("org/app", ONE)];
    let isLost = (): void => undefined;
    const lost = new Promise<void>((resolve) => {
      isLost = resolve;
    });
    work.registry.on(new RegExp(`^download.*${LARGE.digest}`), () => lost);
    work.registry.on(new RegExp(`^download.*${SMALL.digest}`), () => {
      setImmediate(isLost);
      throw LOST;
    });
    const done = await work.run(images, { concurrency: 2 });
    assert.match(failuresOf(done)["org/app"]?.message ?? "", new RegExp(SMALL.digest));
    assert.deepEqual([work.store.blobs.has(LARGE.digest), work.store.open.size], [false, 0]);
    assert.deepEqual(work.moved, {});
  });

  it("fails the images of a blob that the store cannot read, and no others", async () => {
    const images = [await work.passed("org/broken", ONE), await work.passed("org/app", TWO)];
    work.store.before = (operation) => {
      if (operation === `has ${LARGE.digest}`) throw new PullError("not-a-file", "a directory");
    };
    const done = await work.run(images);
    const { "org/broken": problem, ...others } = failuresOf(done);
    assert.deepEqual([problem?.reason, others, done.transfers.size], ["not-a-file", {}, 3]);
  });

  it("leaves no ingest open when a download fails", async () => {
    const images = [await work.passed("org/app", ONE)];
    work.registry.push("org/app", "2", { ...ONE, blobs: [{ ...LARGE, bytes: Buffer.alloc(3) }] });
    const done = await work.run(images);
    assert.equal(failuresOf(done)["org/app"]?.reason, "too-short");
    assert.equal(work.store.open.size, 0);
  });

  it("throws a bug", async () => {
    const images = [await work.passed("org/app", ONE)];
    work.registry.fail(/^download/, new TypeError("a bug"));
    await assert.rejects(work.run(images), TypeError);
  });
});

describe("asTransferProblem", () => {
  for (const [what, config, error, expected] of [
    ["a lost layer", false, LOST, /^org\/app:1: the image lists layer sha256:\w+, but it is not/],
    ["a lost config", true, LOST, /^org\/app:1: the image lists config sha256:\w+, but it is not/],
    ["a failure that names no blob", false, BUSY, /^org\/app:1: layer sha256:\w+: answered 503; /],
    [
      "a failure that names the blob",
      false,
      new PullError("too-short", `${LARGE.digest} has 3 bytes`),
      /^org\/app:1: sha256:\w+ has 3 bytes; /,
    ],
  ] as const) {
    it(`names the blob once in the message: ${what}`, async () => {
      const { resolved: found } = await work.passed("org/app", ONE);
      const image = { ...found, wanted: { ...found.wanted, written: "org/app:1" } };
      const { message } = asTransferProblem(image, { digest: LARGE.digest, config }, error);
      assert.match(message, expected);
      assert.equal(message.split(LARGE.digest).length, 2);
    });
  }
});
