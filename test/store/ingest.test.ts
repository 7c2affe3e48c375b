import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { digestOf } from "../../src/oci/digest.ts";
import { Ingest } from "../../src/store/ingest.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { variedBytes } from "../support/image.ts";

const directory = temporaryDirectory("ingest");
after(() => rmSync(directory, { recursive: true }));

describe("an ingest", () => {
  it("has the right digest whatever order its parts come in, and however they are cut", async () => {
    const size = fc.integer({ min: 1, max: 6_000_000 });
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 5 });
    const turns = fc.array(fc.nat(5), { minLength: 50, maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(size, cuts, turns, fc.integer({ min: 10_000, max: 900_000 }), async (size, cuts, turns, chunk) => {
        const bytes = variedBytes(size);
        const expected = { digest: digestOf(bytes), size };
        const final = join(directory, crypto.randomUUID());
        const ingest = await Ingest.open(expected, `${final}.part`, final);
        const starts = [...new Set([0, ...cuts.map((cut) => Math.floor(cut * size))])].toSorted((one, other) => one - other);
        const parts = starts.map((start, at) => ({ start, end: starts[at + 1] ?? size, part: ingest.part(start) }));
        const write = async ({ start, end, part }: (typeof parts)[number]): Promise<void> => {
          const at = start + part.received;
          if (at < end) part.write(bytes.subarray(at, Math.min(at + chunk, end)));
          await nextTurn();
        };
        // Several at a time, as they are received; and then what is left, the last part first.
        await Promise.all(
          parts.map(async (one) => {
            for (const turn of turns) if (turn % parts.length === parts.indexOf(one)) await write(one);
          }),
        );
        for (const one of parts.toReversed()) while (one.start + one.part.received < one.end) await write(one);
        await ingest.commit();
        assert.ok(readFileSync(final).equals(bytes));
        rmSync(final);
      }),
      { numRuns: 60 },
    );
  });

  it("forgets its parts at a restart, and takes no more of them", async () => {
    const bytes = variedBytes(3_000_000);
    const final = join(directory, "restarted");
    const ingest = await Ingest.open({ digest: digestOf(bytes), size: bytes.length }, `${final}.part`, final);
    const stale = ingest.part(2_000_000);
    stale.write(Buffer.alloc(500_000));
    await ingest.restart();
    stale.write(Buffer.alloc(500_000));
    assert.equal(ingest.received, 0);
    ingest.part(0).write(bytes);
    await ingest.commit();
    assert.ok(readFileSync(final).equals(bytes));
  });

  it("is too short while a part of it is missing, wherever that is", async () => {
    const bytes = variedBytes(3_000_000);
    const final = join(directory, "short");
    const ingest = await Ingest.open({ digest: digestOf(bytes), size: bytes.length }, `${final}.part`, final);
    ingest.part(0).write(bytes.subarray(0, 1_000_000));
    ingest.part(2_000_000).write(bytes.subarray(2_000_000));
    await assert.rejects(ingest.commit(), /too short: sha256:\w+ has 3000000 bytes, got 1000000/);
    await ingest.abort();
  });
});
