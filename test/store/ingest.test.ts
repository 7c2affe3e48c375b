import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { digestOf } from "../../src/oci/digest.ts";
import { CHUNK_SIZE } from "../../src/store/file-chunks.ts";
import { Ingest, type IngestPlace } from "../../src/store/ingest.ts";
import { REAL_TIME } from "../../src/store/mutex.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { variedBytes } from "../support/image.ts";

const directory = temporaryDirectory("ingest");
after(() => rmSync(directory, { recursive: true }));

/** Where the ingest of the blob at `path` writes. */
function placeAt(path: string, after = REAL_TIME.after): IngestPlace {
  return { path: `${path}.part`, final: path, after, committed: () => undefined };
}

/** An ingest of these bytes, and the path of its blob. */
async function ingestOf(bytes: Buffer): Promise<{ ingest: Ingest; path: string }> {
  const path = join(directory, crypto.randomUUID());
  const blob = { digest: digestOf(bytes), size: bytes.length };
  return { ingest: await Ingest.open(blob, placeAt(path)), path };
}

type Arrival = {
  readonly bytes: Buffer;
  /** Where the parts start: fractions of the size. */
  readonly cuts: readonly number[];
  /** Which part is written at each turn. */
  readonly turns: readonly number[];
  /** Bytes written at a time. */
  readonly chunk: number;
};

const ARRIVALS: fc.Arbitrary<Arrival> = fc.record({
  bytes: fc.integer({ min: 1, max: 6_000_000 }).map(variedBytes),
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 5 }),
  turns: fc.array(fc.nat(5), { minLength: 50, maxLength: 50 }),
  chunk: fc.integer({ min: 10_000, max: 900_000 }),
});

/** Writes all bytes: several parts at a time at first, then the rest, the last part first. */
async function arrive(ingest: Ingest, { bytes, cuts, turns, chunk }: Arrival): Promise<void> {
  const size = bytes.length;
  const starts = [...new Set([0, ...cuts.map((cut) => Math.floor(cut * size))])];
  starts.sort((one, other) => one - other);
  const parts = starts.map((start, at) => ({
    part: ingest.part(start),
    end: starts[at + 1] ?? size,
  }));
  const write = async ({ part, end }: (typeof parts)[number]): Promise<void> => {
    const at = part.start + part.received;
    if (at < end) part.write(bytes.subarray(at, Math.min(at + chunk, end)));
    await nextTurn();
  };
  for (const turn of turns) {
    const part = parts[turn % parts.length];
    if (part !== undefined) await write(part);
  }
  for (const one of parts.toReversed()) {
    while (one.part.start + one.part.received < one.end) await write(one);
  }
}

describe("Ingest", () => {
  it("has the right digest whatever order its parts arrive in", async () => {
    const test = async (arrival: Arrival): Promise<void> => {
      const { ingest, path } = await ingestOf(arrival.bytes);
      await arrive(ingest, arrival);
      await ingest.commit();
      assert.ok(readFileSync(path).equals(arrival.bytes));
      rmSync(path);
    };
    await fc.assert(fc.asyncProperty(ARRIVALS, test), { numRuns: 60 });
  });

  it("forgets its parts at a restart, and accepts no more of them", async () => {
    const bytes = variedBytes(3_000_000);
    const { ingest, path } = await ingestOf(bytes);
    const stale = ingest.part(2_000_000);
    stale.write(Buffer.alloc(500_000));
    await ingest.restart();
    stale.write(Buffer.alloc(500_000));
    assert.equal(ingest.received, 0);
    ingest.part(0).write(bytes);
    await ingest.commit();
    assert.ok(readFileSync(path).equals(bytes));
  });

  it("is too short while a part of it is missing, wherever that is", async () => {
    const bytes = variedBytes(3_000_000);
    const { ingest } = await ingestOf(bytes);
    ingest.part(0).write(bytes.subarray(0, 1_000_000));
    ingest.part(2_000_000).write(bytes.subarray(2_000_000));
    await assert.rejects(ingest.commit(), /too short: sha256:\w+ has 3000000 bytes, got 1000000/);
    await ingest.abort();
  });

  it("replaces no file that is in its way", async () => {
    const { ingest, path } = await ingestOf(Buffer.from("x"));
    const blob = { digest: digestOf(Buffer.from("x")), size: 1 };
    await assert.rejects(Ingest.open(blob, placeAt(path)), { status: "unsupported" });
    await ingest.abort();
    assert.ok(!existsSync(`${path}.part`));
  });
});

/** A second reader at work. */
class Reader {
  /** Bytes received so far. */
  received = 0;
  /** True while every byte was the expected one. */
  isRight = true;
  /** How it ended: `complete`, or the error. */
  end: unknown;
  /** Resolves when it ends. */
  readonly ended: Promise<void>;

  constructor(ingest: Ingest, expected: Buffer) {
    this.ended = this.#read(ingest, expected).then(
      () => {
        this.end = "complete";
      },
      (error: unknown) => {
        this.end = error;
      },
    );
  }

  async #read(ingest: Ingest, expected: Buffer): Promise<void> {
    for await (const bytes of ingest.read()) {
      const end = this.received + bytes.length;
      this.isRight &&= bytes.equals(expected.subarray(this.received, end));
      this.received = end;
    }
  }

  /** Resolves once so many bytes are received, or fails when the reader ends before. */
  async reaches(count: number): Promise<void> {
    while (this.received < count) {
      assert.equal(this.end, undefined, `ended at byte ${this.received} of ${count}`);
      await nextTurn();
    }
  }

  async isGivenUp(): Promise<void> {
    await this.ended;
    const { status, message } = this.end as { readonly status: string; readonly message: string };
    assert.deepEqual([status, this.isRight], ["unreachable", true]);
    assert.match(message, /^the download of sha256:\w+ was given up; run the job again/);
  }
}

/** Waits long enough for a reader to do what it must not do. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await nextTurn();
}

async function collect(ingest: Ingest, start?: number, end?: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const bytes of ingest.read(start, end)) parts.push(Buffer.from(bytes));
  return Buffer.concat(parts);
}

const openFiles = (): number => readdirSync("/proc/self/fd").length;

describe("Ingest.read", () => {
  it("gives the bytes while they arrive, the last one after the commit", async () => {
    const bytes = variedBytes(1_000_000);
    const { ingest } = await ingestOf(bytes);
    const reader = new Reader(ingest, bytes);
    const part = ingest.part(0);
    for (const end of [1, 300_000, 300_001, 999_999]) {
      part.write(bytes.subarray(part.received, end));
      await reader.reaches(end);
    }
    part.write(bytes.subarray(999_999));
    await turns();
    assert.deepEqual([reader.received, reader.end], [999_999, undefined]);
    await ingest.commit();
    await reader.ended;
    assert.deepEqual([reader.received, reader.end, reader.isRight], [1_000_000, "complete", true]);
  });

  it("gives early bytes only once everything before them has arrived", async () => {
    const bytes = variedBytes(1_000_000);
    const { ingest } = await ingestOf(bytes);
    const reader = new Reader(ingest, bytes);
    ingest.part(400_000).write(bytes.subarray(400_000));
    const first = ingest.part(0);
    first.write(bytes.subarray(0, 100_000));
    await reader.reaches(100_000);
    await turns();
    assert.equal(reader.received, 100_000);
    first.write(bytes.subarray(100_000, 400_000));
    await reader.reaches(999_999);
    await ingest.commit();
    await reader.ended;
    assert.deepEqual([reader.end, reader.isRight], ["complete", true]);
  });

  it("gives several readers the same, whatever the order and whenever they start", async () => {
    const test = async (arrival: Arrival, delays: readonly number[]): Promise<void> => {
      const { ingest, path } = await ingestOf(arrival.bytes);
      const readers = delays.map(async (delay) => {
        for (let turn = 0; turn < delay; turn++) await nextTurn();
        const reader = new Reader(ingest, arrival.bytes);
        await reader.ended;
        return reader;
      });
      await arrive(ingest, arrival);
      await ingest.commit();
      for (const { end, received, isRight } of await Promise.all(readers)) {
        assert.deepEqual([end, received, isRight], ["complete", arrival.bytes.length, true]);
      }
      rmSync(path);
    };
    const delays = fc.array(fc.nat(80), { minLength: 3, maxLength: 3 });
    await fc.assert(fc.asyncProperty(ARRIVALS, delays, test), { numRuns: 30 });
  });

  it("waits for no slow reader, who gets the rest after the commit", async () => {
    const bytes = variedBytes(2_000_000);
    const { ingest } = await ingestOf(bytes);
    ingest.part(0).write(bytes.subarray(0, 1_000_000));
    const reader = ingest.read();
    const first = await reader.next();
    const rest: Buffer[] = [Buffer.from(first.value ?? Buffer.alloc(0))];
    ingest.part(1_000_000).write(bytes.subarray(1_000_000));
    await ingest.commit();
    await ingest.abort();
    for await (const chunk of reader) rest.push(Buffer.from(chunk));
    assert.ok(Buffer.concat(rest).equals(bytes));
  });

  it("gives a blob that is committed, and one whose commit is under way", async () => {
    for (let round = 0; round < 50; round++) {
      const bytes = variedBytes(1_000 + round);
      const { ingest, path } = await ingestOf(bytes);
      ingest.part(0).write(bytes);
      const committing = ingest.commit();
      for (let turn = 0; turn < round % 5; turn++) await nextTurn();
      assert.ok((await collect(ingest)).equals(bytes));
      await committing;
      assert.ok((await collect(ingest)).equals(bytes));
      rmSync(path);
    }
  });

  it("gives a range as soon as it is hashed, and its last byte only after the commit", async () => {
    const bytes = variedBytes(1_000_000);
    const { ingest } = await ingestOf(bytes);
    const [start, end] = [100, 400_000];
    const chunks = ingest.read(start, end);
    ingest.part(0).write(bytes);
    let given = 0;
    while (given < end - start - 1) {
      const { value } = await chunks.next();
      const at = start + given;
      given += value?.length ?? 0;
      assert.ok(value?.equals(bytes.subarray(at, start + given)), `${at}`);
    }
    let isGiven = false;
    const last = chunks.next().finally(() => {
      isGiven = true;
    });
    await turns();
    assert.equal(isGiven, false);
    await ingest.commit();
    assert.deepEqual((await last).value, bytes.subarray(end - 1, end));
  });

  it("gives a range to the end only after the commit, even an empty one", async () => {
    const bytes = variedBytes(1_000_000);
    const { ingest } = await ingestOf(bytes);
    let ended = 0;
    const reading = [500_000, 999_999, 1_000_000].map(async (start) => {
      assert.ok((await collect(ingest, start)).equals(bytes.subarray(start)));
      ended++;
    });
    ingest.part(0).write(bytes);
    await turns();
    assert.equal(ended, 0);
    await ingest.commit();
    await Promise.all(reading);
  });

  it("gives what arrives in small pieces in large ones", async () => {
    const bytes = variedBytes(4_000_000);
    const [digest, size] = [digestOf(bytes), bytes.length];
    const place = placeAt(join(directory, crypto.randomUUID()), () => () => undefined);
    const ingest = await Ingest.open({ digest, size }, place);
    let chunks = 0;
    const reading = (async () => {
      for await (const chunk of ingest.read()) chunks += chunk.length > 0 ? 1 : 0;
    })();
    const part = ingest.part(0);
    for (let at = 0; at < size; at += 10_000) {
      part.write(bytes.subarray(at, at + 10_000));
      await nextTurn();
    }
    await ingest.commit();
    await reading;
    assert.equal(chunks, Math.ceil(size / CHUNK_SIZE));
  });

  it("ends for an empty blob at the commit, and not before", async () => {
    const { ingest } = await ingestOf(Buffer.alloc(0));
    const reader = new Reader(ingest, Buffer.alloc(0));
    await turns();
    assert.equal(reader.end, undefined);
    await ingest.commit();
    await reader.ended;
    assert.deepEqual([reader.end, reader.received], ["complete", 0]);
    assert.equal((await collect(ingest)).length, 0);
  });

  for (const size of [0, 1, 100_000]) {
    it(`fails for a blob of ${size} bytes that is aborted, however far it is`, async () => {
      for (const written of new Set([0, size >> 1, size])) {
        const bytes = variedBytes(size);
        const { ingest } = await ingestOf(bytes);
        const early = new Reader(ingest, bytes);
        ingest.part(0).write(bytes.subarray(0, written));
        await early.reaches(Math.max(0, Math.min(written, size - 1)));
        const late = new Reader(ingest, bytes);
        const aborting = ingest.abort();
        const during = new Reader(ingest, bytes);
        await aborting;
        for (const reader of [early, late, during]) await reader.isGivenUp();
        await new Reader(ingest, bytes).isGivenUp();
      }
    });
  }

  it("is never complete for wrong bytes, and fails at the restart", async () => {
    const [bytes, wrong] = [variedBytes(100_000), Buffer.alloc(100_000, "x")];
    const { ingest } = await ingestOf(bytes);
    const misled = new Reader(ingest, wrong);
    ingest.part(0).write(wrong);
    await misled.reaches(99_999);
    await assert.rejects(ingest.commit(), /digest differs/);
    await turns();
    assert.deepEqual([misled.received, misled.end], [99_999, undefined]);
    const restarting = ingest.restart();
    // These start while the wrong bytes are being removed, and after that.
    const readers = [new Reader(ingest, bytes)];
    await restarting;
    readers.push(new Reader(ingest, bytes));
    await misled.isGivenUp();
    ingest.part(0).write(bytes);
    await ingest.commit();
    for (const reader of readers) {
      await reader.ended;
      assert.deepEqual([reader.end, reader.isRight], ["complete", true]);
    }
  });

  it("goes on after a restart for a reader that was given nothing yet", async () => {
    const bytes = variedBytes(1_000_000);
    const { ingest } = await ingestOf(bytes);
    const reading = [collect(ingest, 800_000), collect(ingest, 700_000, 900_000)];
    ingest.part(0).write(Buffer.alloc(600_000, "x"));
    await turns();
    await ingest.restart();
    ingest.part(0).write(bytes);
    await ingest.commit();
    const [toTheEnd, within] = await Promise.all(reading);
    assert.ok(toTheEnd?.equals(bytes.subarray(800_000)));
    assert.ok(within?.equals(bytes.subarray(700_000, 900_000)));
  });

  it("fails a reader that was suspended during a restart", async () => {
    const bytes = variedBytes(1_000_000);
    const { ingest } = await ingestOf(bytes);
    ingest.part(0).write(Buffer.alloc(900_000, "x"));
    const reader = ingest.read();
    await reader.next();
    await ingest.restart();
    ingest.part(0).write(bytes);
    await ingest.commit();
    await assert.rejects(reader.next(), { status: "unreachable" });
  });

  it("fails a reader whose bytes are discarded while it reads them", async () => {
    const bytes = variedBytes(1_000_000);
    const { ingest } = await ingestOf(bytes);
    ingest.part(0).write(Buffer.alloc(900_000, "x"));
    const reader = ingest.read();
    await reader.next();
    const reading = reader.next();
    const restarting = ingest.restart();
    await assert.rejects(reading, { status: "unreachable" });
    await restarting;
    await ingest.abort();
  });

  it("fails, and does not wait for ever, when another process cuts the file", async () => {
    const bytes = variedBytes(1_000_000);
    const { ingest, path } = await ingestOf(bytes);
    ingest.part(0).write(bytes);
    await ingest.commit();
    const reader = ingest.read();
    await reader.next();
    truncateSync(path, 1_000);
    await assert.rejects(reader.next(), { reason: "layout-changed" });
  });

  it("closes its file when it ends, when it fails and when the reader stops", async () => {
    const bytes = variedBytes(1_000_000);
    const { ingest } = await ingestOf(bytes);
    const before = openFiles();
    ingest.part(0).write(bytes);
    for await (const chunk of ingest.read()) if (chunk.length > 0) break;
    assert.equal(openFiles(), before);
    const reader = new Reader(ingest, bytes);
    await reader.reaches(1);
    await ingest.restart();
    await reader.isGivenUp();
    assert.equal(openFiles(), before);
    ingest.part(0).write(bytes);
    await ingest.commit();
    await collect(ingest);
    // The commit closed the ingest's own.
    assert.equal(openFiles(), before - 1);
  });
});
