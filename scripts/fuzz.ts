import { parseArgs } from "node:util";
import { fuzz, keepSeed } from "../test/fuzz/run.ts";
import { TARGETS } from "../test/fuzz/targets.ts";

/**
 * Tries many more texts than the tests do: `npm run fuzz -- --runs 1000000 --target json`. What is found is kept as a seed
 * beside the targets, and every later run, the tests' included, starts with it. `--seed` repeats a run.
 */
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    target: { type: "string", default: "" },
  },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];
const targets = TARGETS.filter(({ name }) => values.target === "" || name === values.target);
if (targets.length === 0 || !Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed)) {
  console.error(`expected --runs and --seed with whole numbers, and --target with one of: ${TARGETS.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}
for (const target of targets) {
  const started = Date.now();
  const { failed, report, runs: done } = await fuzz(target, runs, seed);
  const seconds = (Date.now() - started) / 1_000;
  console.log(`${failed === undefined ? "✓" : "✗"} ${target.name}: ${done} runs in ${seconds.toFixed(1)} s`);
  if (failed === undefined) continue;
  console.log(`${report}\nkept in ${keepSeed(target.name, failed)}`);
  process.exitCode = 1;
}
