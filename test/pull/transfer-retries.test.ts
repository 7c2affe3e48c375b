import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { PullError } from "../../src/oci/failure.ts";
import type { TransferOptions } from "../../src/pull/transfer.ts";
import { image } from "../support/image.ts";
import { failuresOf, MemoryTransfer } from "../support/memory-transfer.ts";
import { pullOptions } from "../support/resolving.ts";

const LOST = new PullError("not-found", "BLOB_UNKNOWN");
const BUSY = new PullError("server-error", "answered 503");
const REFUSED = new PullError("credentials-refused", "answered 403");
const OVERDUE = new PullError("timeout", "the step's timeout of 60 s has passed");

const ONE = image("linux/amd64", { salt: "one", layers: 1 });
const TWO = image("linux/amd64", { salt: "two", layers: 1 });
const [, LAYER] = ONE.blobs;
assert.ok(LAYER);

let work: MemoryTransfer;
beforeEach(() => {
  work = new MemoryTransfer();
});

/** Options of a transfer that retries for ten seconds, every four. */
const patient = (): Partial<TransferOptions> => {
  const { now, sleep } = pullOptions();
  return { now, sleep, patience: { until: now() + 10_000, interval: 4_000 } };
};

describe("a transfer with time to wait", () => {
  it("retries what may resolve on its own", async () => {
    const images = [await work.passed("org/app", ONE)];
    work.registry.fail(/^download/, LOST, 2);
    const { transfers, failures } = await work.run(images, patient());
    assert.deepEqual([transfers.size, failures.size], [2, 0]);
  });

  it("waits the interval between tries, the last time only until its time is over", async () => {
    const images = [await work.passed("org/app", ONE)];
    work.registry.fail(/^download/, BUSY);
    const options = patient();
    const waits: number[] = [];
    const sleep: TransferOptions["sleep"] = (ms) => {
      waits.push(ms);
      return options.sleep?.(ms) ?? Promise.resolve();
    };
    const done = await work.run(images, { ...options, sleep });
    assert.deepEqual(waits, [4_000, 4_000, 2_000]);
    assert.equal(failuresOf(done)["org/app"]?.reason, "server-error");
  });

  it("does not retry what stays", async () => {
    const images = [await work.passed("org/app", ONE)];
    work.registry.fail(/^download/, REFUSED);
    await work.run(images, patient());
    assert.equal(work.downloads.length, 1);
  });

  it("does not retry when one of two repositories failed for good", async () => {
    const images = [await work.passed("org/one", ONE), await work.passed("org/two", ONE)];
    work.registry.fail(/^download org\/one/, BUSY);
    work.registry.fail(/^download org\/two/, REFUSED);
    const done = await work.run(images, patient());
    assert.equal(work.downloads.length, 2);
    const reasons = Object.values(failuresOf(done)).map(({ reason }) => reason);
    assert.deepEqual(reasons, ["server-error", "credentials-refused"]);
  });
});

describe("a step that ends during a transfer", () => {
  it("fails every image before its first request", async () => {
    const images = [await work.passed("org/one", ONE), await work.passed("org/two", TWO)];
    work.stop.abort(OVERDUE);
    const done = await work.run(images);
    const reasons = Object.values(failuresOf(done)).map(({ reason }) => reason);
    assert.deepEqual([reasons, work.registry.asked], [["timeout", "timeout"], []]);
  });

  it("keeps the answer before a retry, with the reason of the end", async () => {
    const images = [await work.passed("org/app", ONE)];
    work.registry.fail(/^download/, BUSY);
    const sleep = async (): Promise<void> => work.stop.abort(OVERDUE);
    const done = await work.run(images, { ...patient(), sleep });
    const { message = "" } = failuresOf(done)["org/app"] ?? {};
    assert.match(message, /answered 503; .* \(the step's timeout of 60 s has passed\)$/);
    assert.equal(work.downloads.length, 1);
  });

  it("keeps the answer before a retry that it interrupts", async () => {
    const images = [await work.passed("org/app", ONE)];
    work.registry.fail(/^download/, BUSY, 1);
    work.registry.on(/^download/, () => {
      work.stop.abort(OVERDUE);
      throw OVERDUE;
    });
    const done = await work.run(images, patient());
    assert.match(failuresOf(done)["org/app"]?.message ?? "", /answered 503; .*has passed\)$/);
  });

  it("names the blob when nothing else is known, without a note", async () => {
    const images = [await work.passed("org/app", ONE)];
    work.registry.on(/^download/, () => {
      work.stop.abort(OVERDUE);
      throw OVERDUE;
    });
    const { message = "" } = failuresOf(await work.run(images))["org/app"] ?? {};
    assert.match(message, new RegExp(`layer ${LAYER.digest}: the step's timeout`));
    assert.equal(message.split("has passed").length, 2);
  });
});
