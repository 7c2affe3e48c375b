import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BodyError } from "../../src/http/body.ts";
import type { UnaddressedRequest } from "../../src/http/http.ts";
import { Span } from "../../src/http/span.ts";
import { downloadSpan, type SpanContext } from "../../src/http/span-download.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { variedBytes } from "../support/image.ts";
import { MemoryTarget } from "../support/memory-target.ts";

// An attempt makes progress with 30 KiB.
const KIB = 1024;
const bytes = variedBytes(200 * KIB);
const blob = { digest: digestOf(bytes), size: bytes.length };

/** An answer with the bytes from `from` to `to`; `cut` is after them. */
type Answer = {
  readonly status?: number;
  readonly range?: string;
  readonly from?: number;
  readonly to?: number;
  readonly cut?: boolean;
};

/** Downloads a span of the blob from these answers; a missing answer is a refusal. */
async function download(
  { start = 0, end = blob.size, begun = () => true, isAbandoned = () => false },
  ...answers: readonly Answer[]
) {
  const requested: string[] = [];
  const slept: number[] = [];
  const said: string[] = [];
  const target = new MemoryTarget(blob);
  const span = new Span(start, end, target.part(start));
  const send = async ({ headers, sink }: UnaddressedRequest): Promise<void> => {
    const answer = answers[requested.length];
    requested.push(headers["range"] ?? "whole");
    if (answer === undefined) throw new PullError("server-error", "answered 503");
    const { status = 206, from = span.position, to = span.end, cut = false } = answer;
    const range = answer.range ?? `bytes ${from}-${to - 1}/${blob.size}`;
    const isWanted = await sink?.begin(status, status === 206 ? { "content-range": range } : {});
    if (isWanted === true) sink?.write(bytes.subarray(from, to));
    if (cut) throw new BodyError("answer-cut", "the answer was cut: socket hang up");
  };
  const clock = {
    sleep: async (ms: number) => void slept.push(ms),
    after: () => assert.fail(),
    random: () => 0.5,
    cpuLoad: () => assert.fail(),
  };
  const { signal } = new AbortController();
  const options = { clock, signal, say: (line: string) => void said.push(line), parts: 1 };
  const context: SpanContext = { send, blob, target, options, isAbandoned };
  const error = await downloadSpan(span, context, begun).catch((error: unknown) => error);
  const isRight = target.bytes.subarray(start, end).equals(bytes.subarray(start, end));
  const reason = error instanceof PullError ? error.reason : error;
  return { reason, requested, slept, said, span, isRight };
}

const last = blob.size - 1;
const atOffset = { start: 100 * KIB, end: 150 * KIB };

describe("downloadSpan", () => {
  for (const [name, span, answers, requested] of [
    ["the whole blob without a range", {}, [{ status: 200 }], ["whole"]],
    [
      "the rest of the blob with a closed range",
      { start: 100 * KIB },
      [{}],
      [`bytes=${100 * KIB}-${last}`],
    ],
    ["a part", atOffset, [{}], [`bytes=${100 * KIB}-${150 * KIB - 1}`]],
    [
      "a part of an unstated whole",
      atOffset,
      [{ range: `bytes ${100 * KIB}-${150 * KIB - 1}/*` }],
      [`bytes=${100 * KIB}-${150 * KIB - 1}`],
    ],
    [
      "the rest after a cut",
      {},
      [{ status: 200, to: 40 * KIB, cut: true }, {}],
      ["whole", `bytes=${40 * KIB}-${last}`],
    ],
    [
      "the whole again when a range is ignored",
      {},
      [{ status: 200, to: 40 * KIB, cut: true }, { status: 200 }, { status: 200 }],
      ["whole", `bytes=${40 * KIB}-${last}`, "whole"],
    ],
    [
      "a part from an answer that goes on after it",
      atOffset,
      [{ to: blob.size }],
      [`bytes=${100 * KIB}-${150 * KIB - 1}`],
    ],
  ] as const satisfies readonly (readonly [
    string,
    { readonly start?: number; readonly end?: number },
    readonly Answer[],
    readonly string[],
  ])[]) {
    it(`requests ${name}`, async () => {
      const result = await download(span, ...answers);
      assert.deepEqual([result.reason, result.isRight], [undefined, true]);
      assert.deepEqual(result.requested, requested);
    });
  }

  it("gives up a server that ignores ranges and cuts each answer at the same place", async () => {
    const half = { status: 200, to: 100 * KIB, cut: true };
    const whole = { status: 200 };
    const result = await download({}, half, whole, half, whole, half, whole, half, whole);
    assert.deepEqual([result.reason, result.requested.length], ["answer-cut", 5]);
  });

  for (const [name, span, answers, reason] of [
    [
      "another start",
      {},
      [{ status: 206, range: `bytes 1-${last}/${blob.size}` }],
      "range-differs",
    ],
    ["another size", atOffset, [{ range: "bytes 102400-102500/102501" }], "range-differs"],
    ["no range", atOffset, [{ range: "" }], "range-differs"],
    ["the whole blob for a part", atOffset, [{ status: 200 }], "range-differs"],
    ["a body that ends early", {}, [{ status: 200, to: 40 * KIB }], "too-short"],
    ["a refusal", {}, [], "server-error"],
  ] as const satisfies readonly (readonly [
    string,
    { readonly start?: number; readonly end?: number },
    readonly Answer[],
    string,
  ])[]) {
    it(`fails for ${name} as ${reason}, after one request`, async () => {
      const result = await download(span, ...answers);
      assert.deepEqual([result.reason, result.requested.length], [reason, 1]);
    });
  }

  it("waits longer after each attempt without progress, and fails after five", async () => {
    const cut = { to: 1, status: 200, cut: true };
    const short = (at: number): Answer => ({ to: at + 1, cut: true });
    const result = await download({}, cut, short(1), short(2), short(3), short(4), {});
    assert.deepEqual([result.reason, result.requested.length], ["answer-cut", 5]);
    assert.deepEqual(result.slept, [500, 1_000, 1_500, 2_000]);
  });

  it("counts anew after progress", async () => {
    const cuts = [1, 2, 3, 4, 5].map((at) => ({ to: at * 31 * KIB, cut: true }));
    const [first, ...others] = cuts;
    const result = await download({}, { ...first, status: 200 }, ...others, {});
    assert.deepEqual([result.reason, result.isRight], [undefined, true]);
    assert.deepEqual(result.slept, [500, 500, 500, 500, 500]);
    assert.match(result.said.join("\n"), /the answer was cut: .*; resuming at byte 31744/);
  });

  it("leaves a span as it is when it is declined", async () => {
    const result = await download({ ...atOffset, begun: () => false }, {});
    assert.deepEqual([result.reason, result.span.received], [undefined, 0]);
    assert.equal(result.requested.length, 1);
  });

  it("does not ask whether it is needed for an answer that it refuses", async () => {
    const result = await download({ ...atOffset, begun: () => assert.fail() }, { range: "" });
    assert.equal(result.reason, "range-differs");
  });

  it("ends once it is abandoned, and does not resume", async () => {
    const isAbandoned = (): boolean => true;
    const result = await download({ ...atOffset, isAbandoned }, {}, {});
    assert.deepEqual([result.reason, result.requested.length], ["answer-cut", 1]);
    assert.equal(result.span.received, 0);
  });
});
