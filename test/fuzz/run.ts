import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Target } from "./targets.ts";

/** The result of fuzzing: the smallest text that fails, if any does, and a report. */
export type Fuzzed = {
  readonly failed: string | undefined;
  readonly report: string;
  readonly runs: number;
};

/** Tries the seeds of a target, then so many random texts, which `seed` determines. */
export async function fuzz(
  { name, input, holds, share = 1 }: Target,
  runs: number,
  seed: number,
): Promise<Fuzzed> {
  const property = fc.asyncProperty(input, async (text) => {
    await holds(text);
  });
  const numRuns = Math.ceil(runs * share);
  const result = await fc.check(property, {
    numRuns,
    seed,
    examples: readSeeds(name).map((text) => [text]),
  });
  const failed = result.failed ? result.counterexample?.[0] : undefined;
  return { failed, report: fc.defaultReportMessage(result) ?? "", runs: result.numRuns };
}

function seedsPath(name: string): string {
  return join(import.meta.dirname, "seeds", `${name.replace(/ /g, "-")}.json`);
}

function readSeeds(name: string): readonly string[] {
  const path = seedsPath(name);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : [];
}

/** Saves a failing text, so that every later run starts with it. Returns the path of the file. */
export function keepSeed(name: string, text: string): string {
  const path = seedsPath(name);
  writeFileSync(
    path,
    `${JSON.stringify([...new Set([...readSeeds(name), text])], undefined, 2)}\n`,
  );
  return path;
}
