import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Flight } from "../../src/serve/flights.ts";

/** The most bytes that a reader gets at a time. */
export const CHUNK = 256 * 1024;

/** A client that reads a range of a blob, and checks every byte. */
export class Client {
  readonly start: number;
  readonly end: number;
  /** Bytes that it was given so far. */
  received = 0;
  /** True while every byte was the expected one. */
  isRight = true;
  /** How it ended: `complete`, `left`, or the error. */
  ended: unknown;
  /** Resolves when it ends. */
  readonly done: Promise<void>;
  readonly #expected: Buffer;
  readonly #leaves: boolean;

  constructor(
    flight: Flight,
    expected: Buffer,
    start = 0,
    end = expected.length,
    { leaves = false } = {},
  ) {
    this.start = start;
    this.end = end;
    this.#expected = expected;
    this.#leaves = leaves;
    this.done = this.#read(flight).then(
      (how) => {
        this.ended = how;
      },
      (error: unknown) => {
        this.ended = error;
      },
    );
  }

  async #read(flight: Flight): Promise<string> {
    for await (const bytes of flight.read(this.start, this.end)) {
      const at = this.start + this.received;
      this.received += bytes.length;
      this.isRight &&= bytes.equals(this.#expected.subarray(at, at + bytes.length));
      if (this.#leaves) return "left";
    }
    return "complete";
  }

  /** Waits until it has what it can have while so many bytes are there, and gets no more. */
  async has(there: number): Promise<void> {
    const end = Math.min(there, this.end);
    const whole = Math.floor(Math.max(0, end - this.start) / CHUNK) * CHUNK;
    // The last byte comes when all of the blob is proven.
    const most = this.end <= there ? Math.max(0, this.end - this.start - 1) : whole;
    const due = this.#leaves ? Math.min(CHUNK, most) : most;
    while (this.received < due && this.ended === undefined) await nextTurn();
    for (let turn = 0; turn < 20; turn++) await nextTurn();
    assert.equal(this.received, due, `bytes ${this.start} to ${this.end} with ${there} there`);
  }

  /** How it ended, in a word: `complete`, `left`, `cut` after some bytes, or why it failed. */
  async outcome(): Promise<string> {
    await this.done;
    if (typeof this.ended === "string") {
      const isWhole = this.received === this.end - this.start;
      assert.ok(this.ended === "left" || isWhole, "a complete answer is whole");
      return this.isRight ? this.ended : `${this.ended}, and wrong`;
    }
    const { reason } = this.ended as { readonly reason?: string };
    assert.ok(reason !== undefined, String(this.ended));
    return this.received > 0 ? "cut" : reason;
  }
}
