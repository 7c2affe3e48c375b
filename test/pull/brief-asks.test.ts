import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { PullError } from "../../src/oci/failure.ts";
import { type After, BriefAsks } from "../../src/pull/brief-asks.ts";
import { failure } from "../support/resolving.ts";

const BRIEF = { brief: true };
const HOST = "registry.test";

type Timer = { readonly ms: number; readonly run: () => void; isCancelled: boolean };

let timers: Timer[];
let asks: BriefAsks;
let ran: string[];
beforeEach(() => {
  timers = [];
  ran = [];
  const after: After = (ms, run) => {
    const timer = { ms, run, isCancelled: false };
    timers.push(timer);
    return () => {
      timer.isCancelled = true;
    };
  };
  asks = new BriefAsks(after);
});

/** A brief request that stays open until it is answered or failed. */
function open(name: string, host = HOST) {
  let answer = (_: string): void => undefined;
  let fail = (_: Error): void => undefined;
  const result = asks.ask(host, BRIEF, () => {
    ran.push(name);
    return new Promise<string>((resolve, reject) => {
      answer = resolve;
      fail = reject;
    });
  });
  return { result, answer: (text: string) => answer(text), fail: (error: Error) => fail(error) };
}

describe("a brief request", () => {
  it("runs alone when it is the first to its host, and the others follow", async () => {
    const first = open("first");
    const second = open("second");
    const elsewhere = open("elsewhere", "other.test");
    await setImmediate();
    assert.deepEqual(ran, ["first", "elsewhere"]);
    first.answer("yes");
    assert.equal(await first.result, "yes");
    await setImmediate();
    assert.deepEqual(ran, ["first", "elsewhere", "second"]);
    second.answer("too");
    elsewhere.answer("also");
    assert.deepEqual(await Promise.all([second.result, elsewhere.result]), ["too", "also"]);
  });

  it("fails after a minute, and so does every later one at once", async () => {
    const first = open("first");
    const second = open("second");
    assert.deepEqual(
      timers.map(({ ms }) => ms),
      [60_000],
    );
    timers[0]?.run();
    const isLate = failure("no-answer", /^registry\.test gave no answer within 60 s; check/);
    await assert.rejects(first.result, isLate);
    await assert.rejects(second.result, isLate);
    await assert.rejects(open("third").result, isLate);
    assert.deepEqual(ran, ["first"]);
  });

  it("may fail after it was given up, which is no unhandled rejection", async () => {
    const first = open("first");
    timers[0]?.run();
    await assert.rejects(first.result, failure("no-answer"));
    first.fail(new PullError("answer-cut", "cut"));
    await setImmediate();
  });

  for (const reason of ["no-answer", "server-error", "rate-limited", "timeout"] as const) {
    it(`that ends as ${reason} fails every later one with the same error`, async () => {
      const first = open("first");
      const second = open("second");
      const error = new PullError(reason, "refused");
      first.fail(error);
      await assert.rejects(first.result, (thrown) => thrown === error);
      await assert.rejects(second.result, (thrown) => thrown === error);
      assert.deepEqual(ran, ["first"]);
    });
  }

  for (const reason of ["not-found", "no-credentials", "unexpected-answer"] as const) {
    it(`that ends as ${reason} is followed by the others`, async () => {
      const first = open("first");
      first.fail(new PullError(reason, "refused"));
      await assert.rejects(first.result, failure(reason));
      const second = open("second");
      await setImmediate();
      second.answer("yes");
      assert.equal(await second.result, "yes");
    });
  }

  it("is sent again once another request shows that the host works", async () => {
    const first = open("first");
    first.fail(new PullError("server-error", "refused"));
    await assert.rejects(first.result);
    await assert.rejects(open("second").result);
    asks.works(HOST);
    const third = open("third");
    await setImmediate();
    third.answer("yes");
    assert.equal(await third.result, "yes");
    assert.deepEqual(ran, ["first", "third"]);
  });

  it("runs alone although several are sent in the same moment", async () => {
    const all = [open("first"), open("second"), open("third")];
    await setImmediate();
    assert.deepEqual(ran, ["first"]);
    all[0]?.fail(new PullError("no-answer", "refused"));
    const results = await Promise.allSettled(all.map(({ result }) => result));
    assert.deepEqual(
      [ran, results.map(({ status }) => status)],
      [["first"], Array(3).fill("rejected")],
    );
  });

  it("leaves no timer behind", async () => {
    const first = open("first");
    first.answer("yes");
    await first.result;
    assert.deepEqual(
      timers.map(({ isCancelled }) => isCancelled),
      [true],
    );
  });
});

describe("any other request", () => {
  it("neither waits nor has a limit", async () => {
    open("first");
    assert.equal(await asks.ask(HOST, {}, async () => "yes"), "yes");
    assert.equal(timers.length, 1);
  });
});
