import { describe, it } from "node:test";
import { fuzz } from "./run.ts";
import { TARGETS } from "./targets.ts";

const RUNS = process.env["FULL_SIZE"] === "1" ? 10_000 : 1_000;
// Always the same texts, so that only a change can make a test fail. `npm run fuzz` tries new ones.
const SEED = 1;

describe("untrusted text", () => {
  for (const target of TARGETS) {
    it(`is read correctly or refused: ${target.name}`, async () => {
      const { failed, report } = await fuzz(target, RUNS, SEED);
      if (failed !== undefined) throw new Error(report);
    });
  }
});
