import { type ChildProcess, execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { inTurns } from "../src/pull/pool.ts";
import { MUTATIONS } from "../test/mutations/all.ts";
import { type Mutation, partsAround } from "../test/mutations/mutation.ts";
import { matching, type Test, testsIn } from "../test/mutations/report.ts";

/**
 * Breaks every promise of docs/threat-model.md in a copy of this checkout, one at a time, and
 * expects the test that holds it to fail: `npm run mutate`, or `npm run mutate -- --only NAME`.
 * Exits with code 1 when a test still passes, or when a mutation no longer applies.
 */
const ROOT = join(import.meta.dirname, "..");
const PARTS = [
  "src",
  "test",
  "scripts",
  "images.lock.schema.json",
  "package.json",
  "tsconfig.json",
];
const BUILT = ["dist", "demo"];
// As many as a runner has processors.
const AT_ONCE = 2;
const TEST_TIMEOUT_MS = 100_000;

const { values } = parseArgs({ options: { only: { type: "string", default: "" } } });
const chosen = MUTATIONS.filter(({ name }) => values.only === "" || name === values.only);
if (chosen.length === 0) {
  console.error(`expected --only with one of: ${MUTATIONS.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}

const home = mkdtempSync(join(tmpdir(), "mutate-"));
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const started = Date.now();
const copies = await makeCopies();
const sound = await runUnmutated(chosen);
const verdicts = await inCopies(longestFirst(chosen, sound), async (mutation, copy) => {
  const since = Date.now();
  const [verdict, why] = await judge(mutation, soundTests(mutation, sound), copy);
  const details = [why, `${secondsSince(since)} s`].filter((detail) => detail !== "").join("; ");
  console.log(`${verdict}: ${mutation.name} (${details})`);
  return verdict;
});
const wrong = verdicts.filter((verdict) => verdict !== "killed").length;
console.log(`${chosen.length} mutations in ${secondsSince(started)} s, ${wrong} not killed`);
if (wrong > 0) process.exitCode = 1;

function secondsSince(since: number): string {
  return ((Date.now() - since) / 1_000).toFixed(0);
}

/** Copies of what the tests need, each with a bundle and a temporary directory. */
async function makeCopies(): Promise<string[]> {
  const made = Array.from({ length: AT_ONCE }, (_, at) => join(home, String(at)));
  for (const copy of made) {
    for (const part of PARTS) cpSync(join(ROOT, part), join(copy, part), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
    mkdirSync(join(copy, "tmp"));
  }
  const [first = "", ...others] = made;
  if (!(await build(first))) throw new Error("the checkout cannot be built");
  for (const copy of others) {
    for (const part of BUILT) cpSync(join(first, part), join(copy, part), { recursive: true });
  }
  return made;
}

/** What `work` returns for each item. Each call has a copy to itself. */
function inCopies<T, R>(
  items: readonly T[],
  work: (item: T, copy: string) => Promise<R>,
): Promise<readonly R[]> {
  return inTurns(items, AT_ONCE, async (item) => {
    const copy = copies.pop() ?? "";
    try {
      return await work(item, copy);
    } finally {
      copies.push(copy);
    }
  });
}

/** The tests that the mutations need, by file. Each file runs once, without a mutation. */
async function runUnmutated(
  mutations: readonly Mutation[],
): Promise<ReadonlyMap<string, readonly Test[]>> {
  const files = [...new Set(mutations.map(({ test }) => test))];
  const found = await inCopies(files, async (file, copy) => {
    const patterns = mutations.filter(({ test }) => test === file).map(({ pattern }) => pattern);
    return [file, (await runTests(file, [...new Set(patterns)], copy)).tests] as const;
  });
  return new Map(found);
}

/** The tests of a mutation, as they ran without it. */
function soundTests(
  { test, pattern }: Mutation,
  sound: ReadonlyMap<string, readonly Test[]>,
): readonly Test[] {
  return matching(pattern, sound.get(test) ?? []);
}

function longestFirst(
  mutations: readonly Mutation[],
  sound: ReadonlyMap<string, readonly Test[]>,
): readonly Mutation[] {
  const ms = (mutation: Mutation): number =>
    soundTests(mutation, sound).reduce((sum, test) => sum + test.ms, 0);
  return mutations.toSorted((one, other) => ms(other) - ms(one));
}

type Verdict = "killed" | "SURVIVES" | "does not apply";

/** The verdict on a mutation, and why it does not apply. `sound` are its tests without it. */
async function judge(
  { file, search, replace, test, pattern }: Mutation,
  sound: readonly Test[],
  copy: string,
): Promise<readonly [Verdict, string]> {
  if (sound.length === 0) return ["does not apply", `${test} has no test ${pattern}`];
  const failing = sound.find(({ passed }) => !passed);
  if (failing !== undefined) {
    return ["does not apply", `without it, too, a test fails: ${failing.names.join(" ")}`];
  }
  const path = join(copy, file);
  const text = readFileSync(path, "utf8");
  const parts = partsAround(text, search);
  if (parts.length !== 2) {
    return ["does not apply", `its text occurs ${parts.length - 1} times in ${file}`];
  }
  try {
    writeFileSync(path, parts.join(replace));
    if (usesBundle(test) && !(await build(copy))) {
      return ["does not apply", `${file} cannot be built with it`];
    }
    const { code, tests } = await runTests(test, [pattern], copy);
    if (tests.length !== sound.length) {
      const counts = `${tests.length} instead of ${sound.length} tests of ${test} ran`;
      return ["does not apply", `with it, ${counts}, exit code ${code}`];
    }
    const isNoticed = tests.some(({ passed }) => !passed);
    if (!isNoticed && code !== 0)
      return ["does not apply", `its tests pass, but exit with ${code}`];
    return [isNoticed ? "killed" : "SURVIVES", ""];
  } finally {
    writeFileSync(path, text);
  }
}

/** True when a test, or a test file that it imports, runs the bundle and not the sources. */
function usesBundle(file: string, seen: Set<string> = new Set()): boolean {
  if (!file.startsWith("test/") || seen.has(file)) return false;
  seen.add(file);
  const text = readFileSync(join(ROOT, file), "utf8");
  if (text.includes("dist/")) return true;
  const imports = [...text.matchAll(/from "(\.[^"]+)"/g)].map(([, path = ""]) => path);
  return imports.some((path) => usesBundle(join(dirname(file), path), seen));
}

/** Builds the bundle in a copy. Resolves to false when the sources cannot be built. */
async function build(copy: string): Promise<boolean> {
  return (await run(["scripts/build.ts"], copy)).code === 0;
}

/** Runs the tests of a file that match a pattern. The exit code is -1 when they were killed. */
async function runTests(
  file: string,
  patterns: readonly string[],
  copy: string,
): Promise<{ readonly code: number; readonly tests: readonly Test[] }> {
  const flags = [
    "--test-isolation=none",
    "--test-force-exit",
    `--test-timeout=${TEST_TIMEOUT_MS}`,
    "--test-reporter=tap",
    ...patterns.map((pattern) => `--test-name-pattern=${pattern}`),
  ];
  const { code, output } = await run(["--test", ...flags, file], copy);
  return { code, tests: testsIn(output) };
}

/** Runs Node in a copy. Tests run at their normal size, even when this process has FULL_SIZE. */
function run(
  args: readonly string[],
  copy: string,
): Promise<{ readonly code: number; readonly output: string }> {
  const env = { ...process.env, TMPDIR: join(copy, "tmp"), FULL_SIZE: "" };
  const bounds = {
    timeout: 2 * TEST_TIMEOUT_MS,
    killSignal: "SIGKILL",
    maxBuffer: Number.POSITIVE_INFINITY,
  } as const;
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: copy, env, ...bounds }, (_, output) => {
      running.delete(child);
      resolve({ code: child.exitCode ?? -1, output });
    });
    running.add(child);
  });
}
