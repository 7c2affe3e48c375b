import { type ChildProcess, execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { inTurns } from "../src/pull/transfer.ts";
import { MUTATIONS } from "../test/mutations/all.ts";
import type { Mutation } from "../test/mutations/mutation.ts";

/**
 * Breaks every promise of docs/threat-model.md in a copy of this checkout, one at a time, and
 * expects the test that holds it to fail: `npm run mutate`, or `npm run mutate -- --only NAME`.
 * Ends with exit code 1 when a test takes no notice, or a mutation has nothing to change any more.
 */
const ROOT = join(import.meta.dirname, "..");
const PARTS = ["src", "test", "scripts", "package.json", "tsconfig.json"];
// Each mutation mostly waits for processes to start: as many as there are processors on a runner.
const AT_ONCE = 2;
const HANG_MS = 100_000;

const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
const chosen = MUTATIONS.filter(({ name }) => values.only === "" || name === values.only);
if (chosen.length === 0) {
  console.error(`expected --only with one of: ${MUTATIONS.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

const home = mkdtempSync(join(tmpdir(), "mutate-"));
const running = new Set<ChildProcess>();
process.once("exit", () => {
  // A test runner that is asked to end ends its tests first.
  for (const child of running) child.kill("SIGKILL");
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const copies = Array.from({ length: AT_ONCE }, (_, at) => copyTo(join(home, String(at))));
const started = Date.now();
const verdicts = await inTurns([...byTest(chosen).values()], AT_ONCE, async (mutations) => {
  const copy = copies.pop() ?? "";
  const found = await judgeAll(mutations, copy);
  copies.push(copy);
  return found;
});
const wrong = verdicts.flat().filter((verdict) => verdict !== "killed").length;
const seconds = ((Date.now() - started) / 1_000).toFixed(0);
console.log(`${chosen.length} mutations in ${seconds} s, ${wrong} not killed`);
if (wrong > 0) process.exitCode = 1;

/** A copy of the checkout as far as tests need it, with a directory for what they leave. */
function copyTo(copy: string): string {
  for (const part of PARTS) cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  mkdirSync(join(copy, "tmp"));
  return copy;
}

/** The mutations that the same tests are to notice. */
function byTest(mutations: readonly Mutation[]): ReadonlyMap<string, readonly Mutation[]> {
  const groups = new Map<string, Mutation[]>();
  for (const mutation of mutations) {
    const key = `${mutation.test} ${mutation.pattern}`;
    groups.set(key, [...(groups.get(key) ?? []), mutation]);
  }
  return groups;
}

type Verdict = "killed" | "SURVIVES" | "does not apply";

/** What becomes of mutations that have the same tests, which must pass without any of them. */
async function judgeAll(mutations: readonly Mutation[], copy: string): Promise<readonly Verdict[]> {
  const [{ test, pattern } = { test: "", pattern: "" }] = mutations;
  await build(copy);
  const sound = await runTests(test, pattern, copy);
  const verdicts: Verdict[] = [];
  for (const mutation of mutations) {
    const [verdict, why] = sound.passed
      ? await judge(mutation, sound.count, copy)
      : (["does not apply", `without it, too, ${test} fails or has no test ${pattern}`] as const);
    console.log(`${verdict}: ${mutation.name}${why === "" ? "" : ` (${why})`}`);
    verdicts.push(verdict);
  }
  return verdicts;
}

/** What becomes of a mutation, and why it does not apply. */
async function judge({ file, search, replace, test, pattern }: Mutation, count: number, copy: string): Promise<readonly [Verdict, string]> {
  const path = join(copy, file);
  const text = readFileSync(path, "utf8");
  const parts = text.split(search);
  if (parts.length !== 2) return ["does not apply", `its text stands ${parts.length - 1} times in ${file}`];
  try {
    writeFileSync(path, parts.join(replace));
    if (!(await build(copy))) return ["does not apply", `${file} cannot be built with it`];
    const { code, passed, count: run } = await runTests(test, pattern, copy);
    if (run === count) return [passed ? "SURVIVES" : "killed", ""];
    return ["does not apply", `with it ${run} instead of ${count} tests of ${test} are run, exit code ${code}`];
  } finally {
    writeFileSync(path, text);
  }
}

/** True when the bundle was built, which it is for every mutation: what is no program would fail all tests. */
async function build(copy: string): Promise<boolean> {
  return (await run(["scripts/build.ts"], copy)).code === 0;
}

/** What came of tests: how many there are, whether they pass, and the exit code, -1 when they were killed. */
type Tests = { readonly code: number; readonly passed: boolean; readonly count: number };

async function runTests(test: string, pattern: string, copy: string): Promise<Tests> {
  const flags = ["--test-isolation=none", "--test-force-exit", `--test-timeout=${HANG_MS}`, "--test-reporter=tap"];
  const { code, output } = await run(["--test", ...flags, `--test-name-pattern=${pattern}`, test], copy);
  const count = Number(/^# tests (\d+)$/m.exec(output)?.[1] ?? 0);
  return { code, passed: code === 0 && count > 0, count };
}

/** Runs Node in a copy. Tests have the size that they have on any machine, whatever this run's own. */
function run(args: readonly string[], copy: string): Promise<{ readonly code: number; readonly output: string }> {
  const env = { ...process.env, TMPDIR: join(copy, "tmp"), FULL_SIZE: "" };
  const bounds = { timeout: 2 * HANG_MS, killSignal: "SIGKILL", maxBuffer: Number.POSITIVE_INFINITY } as const;
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: copy, env, ...bounds }, (_, output) => {
      running.delete(child);
      resolve({ code: child.exitCode ?? -1, output });
    });
    running.add(child);
  });
}
