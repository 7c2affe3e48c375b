/** A test that ran: its name after those of its suites, and how long it took. */
export type Test = {
  readonly names: readonly string[];
  readonly passed: boolean;
  readonly ms: number;
};

const SUBTEST = /^( *)# Subtest: (.*)$/;
const RESULT = /^( *)(not )?ok \d+/;
const DURATION = /^ *duration_ms: ([\d.]+)$/;
const INDENT = 4;

/**
 * The tests in a TAP report of Node, without suites, in the order in which they ended. A test is
 * announced with its name; then come its subtests, indented, its result, its duration and its type:
 * https://testanything.org/tap-version-14-specification.html
 */
export function testsIn(report: string): readonly Test[] {
  const tests: Test[] = [];
  let names: readonly string[] = [];
  let passed = false;
  let ms = 0;
  for (const line of report.split("\n")) {
    const [, before = "", name] = SUBTEST.exec(line) ?? [];
    if (name !== undefined) names = [...names.slice(0, before.length / INDENT), unescapeTap(name)];
    const result = RESULT.exec(line);
    if (result !== null) {
      names = names.slice(0, (result[1] ?? "").length / INDENT + 1);
      passed = result[2] === undefined;
    }
    ms = Number(DURATION.exec(line)?.[1] ?? ms);
    if (line.trim() === "type: 'test'") tests.push({ names, passed, ms });
  }
  return tests;
}

function unescapeTap(name: string): string {
  return name.replace(/\\([\\#])/g, "$1");
}

/** The tests that Node selects by a pattern: it matches a suite's name, their own or all joined. */
export function matching(pattern: string, tests: readonly Test[]): readonly Test[] {
  const expression = new RegExp(pattern);
  return tests.filter(({ names }) =>
    [...names, names.join(" ")].some((name) => expression.test(name)),
  );
}
