import { describe, it } from "node:test";
import { fuzz } from "./run.ts";
import { TARGETS } from "./targets.ts";

const RUNS = 10_000;
// The same texts every time, so that a change fails for what it did; new ones are tried by `npm run fuzz`.
const SEED = 1;

describe("whatever comes from outside", () => {
  for (const target of TARGETS) {
    it(`is read as it is meant or refused: ${target.name}`, async () => {
      const { failed, report } = await fuzz(target, RUNS, SEED);
      if (failed !== undefined) throw new Error(report);
    });
  }
});
