import { parseArgs } from "node:util";
import { fuzz, keepSeed } from "../test/fuzz/run.ts";
import { TARGETS } from "../test/fuzz/targets.ts";

/**
 * Fuzzes every parser of untrusted text, with many more inputs than the tests use:
 * `npm run fuzz -- --runs 1000000 --target json`. An input that fails is stored as a seed beside
 * the targets; later runs and the tests start with the seeds. `--seed` repeats a run.
 */
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    target: { type: "string", default: "" },
  },
});
const runs = Number(values.runs);
const seed = Number(values.seed);
const targets = TARGETS.filter(({ name }) => values.target === "" || name === values.target);
if (
  targets.length === 0 ||
  !(Number.isSafeInteger(runs) && runs > 0) ||
  !Number.isSafeInteger(seed)
) {
  const names = TARGETS.map(({ name }) => name).join(", ");
  console.error(`expected whole numbers for --runs and --seed, and for --target one of: ${names}`);
  process.exit(2);
}

for (const target of targets) {
  const started = Date.now();
  const { failed, report, runs: done } = await fuzz(target, runs, seed);
  const seconds = ((Date.now() - started) / 1_000).toFixed(1);
  const mark = failed === undefined ? "✓" : "✗";
  console.log(`${mark} ${target.name}: ${done} runs in ${seconds} s`);
  if (failed === undefined) continue;
  console.log(`${report}\nstored as ${keepSeed(target.name, failed)}`);
  process.exitCode = 1;
}
