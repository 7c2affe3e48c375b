import assert from "node:assert/strict";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { temporaryDirectory } from "./support/directory.ts";
import { entryFor, type Given, lockText } from "./support/lock-steps.ts";
import {
  type By,
  type Cell,
  type CellEnd,
  CLOSED,
  COMPLETE,
  type Filled,
  fill,
  type Here,
  MADE,
  pullOf,
  runCell,
  type Scope,
  type Trouble,
} from "./support/outage.ts";
import { recordStep } from "./support/recorded-step.ts";
import { Registry } from "./support/registry.ts";
import { runStep } from "./support/runner.ts";

let filled: Filled;
before(async () => {
  filled = await fill();
});

// What becomes of a step when the image's own registry is in trouble. A row is what the registry
// does, a column where the bytes of the image are:
//
//   nowhere   cache and layout are empty
//   all       the cache has everything, or the layout has
//   part      the cache has documents and one of two layers
//   source    a source has everything; the cache has nothing, or a part
//   trusted   the same, for a source whose tags are trusted
//
// A cell is a status that fails the step, or how it passes:
//
//   ok        without a warning
//   warns     with one warning, which is in the summary, too
//   gone      the same, and `lock.tag` is `gone`
//
// Of two words with a slash, the second is for `when-unavailable: use-cache`.
const COLUMNS: Readonly<Record<string, readonly Here[]>> = {
  nowhere: ["nowhere"],
  all: ["cache", "layout"],
  part: ["part"],
  source: ["source", "part, source"],
  trusted: ["trusted"],
};

const BY_TAG = `
            | nowhere      | all          | part         | source       | trusted
  stopped   | unreachable  | unreachable  | unreachable  | unreachable  | ok
  silent    | unreachable  | unreachable  | unreachable  | unreachable  | ok
  429       | rate-limited | rate-limited | rate-limited | rate-limited | ok
  503       | unreachable  | unreachable  | unreachable  | unreachable  | ok
  404       | not-found    | not-found    | not-found    | not-found    | ok
  401       | unauthorized | unauthorized | unauthorized | unauthorized | ok
`;

const BY_DIGEST = `
            | nowhere      | all                | part               | source | trusted
  stopped   | unreachable  | warns              | unreachable        | ok     | ok
  silent    | unreachable  | warns              | unreachable        | ok     | ok
  429       | rate-limited | warns              | rate-limited       | ok     | ok
  503       | unreachable  | warns              | unreachable        | ok     | ok
  404       | not-found    | not-found/warns    | not-found/dangling | ok     | ok
  401       | unauthorized | unauthorized/warns | unauthorized       | ok     | ok
`;

const BY_CHECK = `
            | nowhere      | all                | part               | source | trusted
  stopped   | unreachable  | warns              | unreachable        | warns  | ok
  silent    | unreachable  | warns              | unreachable        | warns  | ok
  429       | rate-limited | warns              | rate-limited       | warns  | ok
  503       | unreachable  | warns              | unreachable        | warns  | ok
  404       | not-found    | not-found/gone     | not-found/dangling | gone   | ok
  401       | unauthorized | unauthorized/warns | unauthorized       | warns  | ok
  tag 404   | gone         | gone               | gone               | gone   | ok
`;

const BY_FROZEN = `
            | nowhere      | all | part         | source | trusted
  stopped   | unreachable  | ok  | unreachable  | ok     | ok
  silent    | unreachable  | ok  | unreachable  | ok     | ok
  429       | rate-limited | ok  | rate-limited | ok     | ok
  503       | unreachable  | ok  | unreachable  | ok     | ok
  404       | not-found    | ok  | dangling     | ok     | ok
  401       | unauthorized | ok  | unauthorized | ok     | ok
  tag 404   | ok           | ok  | ok           | ok     | ok
`;

/** The registry answers what the tag points at, and then cuts every connection. */
const BY_TAG_BEFORE = `
                    | nowhere     | all   | part        | source
  cut after the tag | unreachable | warns | unreachable | ok
`;

/** With `pull: none`, cache and layout are not used. */
const WITHOUT_PULL: readonly (readonly [By, string])[] = [
  [
    "tag",
    `
            | nowhere      | all          | source       | trusted
  503       | unreachable  | unreachable  | unreachable  | ok
  404       | not-found    | not-found    | not-found    | ok
    `,
  ],
  [
    "digest",
    `
            | nowhere      | all          | source       | trusted
  stopped   | unreachable  | unreachable  | ok           | ok
  404       | not-found    | not-found    | ok           | ok
  401       | unauthorized | unauthorized | ok           | ok
    `,
  ],
  [
    "check",
    `
            | nowhere      | all          | source       | trusted
  stopped   | unreachable  | unreachable  | warns        | ok
  404       | not-found    | not-found    | gone         | ok
  401       | unauthorized | unauthorized | warns        | ok
    `,
  ],
  [
    "frozen",
    `
            | nowhere      | all          | source       | trusted
  stopped   | unreachable  | unreachable  | ok           | ok
  404       | not-found    | not-found    | ok           | ok
    `,
  ],
];

/** How deep the step verifies changes nothing. */
const AT_ANY_DEPTH = `
            | nowhere      | all                | part               | source
  503       | unreachable  | warns              | unreachable        | ok
  404       | not-found    | not-found/warns    | not-found/dangling | ok
`;

/** An image that needs credentials, all of which is in the cache. */
const PRIVATE = {
  digest: `
            | public cache | private repository | cache-private
  stopped   | warns        | warns              | warns
  429       | warns        | warns              | warns
  503       | warns        | warns              | warns
  404       | not-found    | not-found/warns    | not-found/warns
  401       | unauthorized | unauthorized/warns | unauthorized/warns
  `,
  check: `
            | public cache | private repository | cache-private
  stopped   | warns        | warns              | warns
  404       | not-found    | not-found/gone     | not-found/gone
  401       | unauthorized | unauthorized/warns | unauthorized/warns
  `,
  frozen: `
            | public cache | private repository | cache-private
  stopped   | ok           | ok                 | ok
  404       | ok           | ok                 | ok
  401       | ok           | ok                 | ok
  `,
};

/** A row of a table: its name, and its cells by column. */
type Row = readonly [name: string, cells: Readonly<Record<string, string>>];

function rowsOf(table: string): readonly Row[] {
  const [head = [], ...rows] = table
    .trim()
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()));
  // Without the space before it, the first line starts with the first separator.
  const columns = head.slice(1);
  return rows.map(([name = "", ...cells]) => {
    const named = columns.map((column, at) => [column, cells[at] ?? ""]);
    return [name, Object.fromEntries(named)];
  });
}

type Expected = readonly [cell: Cell, word: string];

/**
 * The step, or the two steps, of a cell. A single word holds for both values: what passes is tried
 * with the stricter one, and what fails with the other.
 */
function stepsOf(cell: Cell, words: string): readonly Expected[] {
  const [word = "", other] = words.split("/");
  const step = (value: string, expected: string): Expected => {
    const inputs = { ...cell.inputs, "when-unavailable": value };
    return [{ ...cell, inputs }, expected];
  };
  if (other !== undefined) return [step("fail", word), step("use-cache", other)];
  return [step(PASSES.has(word) ? "fail" : "use-cache", word)];
}

const PASSES = new Set(["ok", "warns", "gone"]);

/** Checks the cells of a row. */
async function checkRow(expected: readonly Expected[]): Promise<void> {
  const ends = expected.map(async ([cell, word]) => {
    const end = await runCell(filled, cell);
    const named = (text: string): string => `${titleOf(cell)}: ${text}`;
    return { got: named(wordOf(end)), wanted: named(word), check: () => checkEnd(cell, end) };
  });
  const done = await Promise.all(ends);
  assert.deepEqual(
    done.map(({ got }) => got),
    done.map(({ wanted }) => wanted),
  );
  for (const { check } of done) check();
}

function titleOf({ by, trouble, here, scope = "public image", inputs = {} }: Cell): string {
  return `by ${by}, ${trouble}, ${here}, ${scope}, ${JSON.stringify(inputs)}`;
}

/** The word for a cell. */
function wordOf({ exitCode, image, warnings }: CellEnd): string {
  if (exitCode !== 0) return image.status;
  if (warnings.length > 1) return `${warnings.length} warnings`;
  if (image.lock?.tag === "gone") return "gone";
  return warnings.length === 0 ? "ok" : "warns";
}

const OUTAGES: ReadonlySet<Trouble> = new Set([
  "stopped",
  "silent",
  "429",
  "503",
  "cut after the tag",
]);

/** What a message quotes of a trouble. */
const QUOTED: Readonly<Partial<Record<Trouble, RegExp>>> = {
  stopped: /gave no answer: connect ECONNREFUSED/,
  "cut after the tag": /gave no answer: (socket hang up|read ECONNRESET)/,
  silent: /no answer within \d+ s/,
  "429": /answered 429 TOOMANYREQUESTS: not now; it asks to wait 30 s/,
  "503": /answered 503 UNAVAILABLE: not now/,
  "404": /answered 404 (MANIFEST|BLOB)_UNKNOWN/,
  "401": /answered 401 UNAUTHORIZED: authentication required/,
};

/** Checks what follows from how a step ended. */
function checkEnd(cell: Cell, end: CellEnd): void {
  const title = `${titleOf(cell)}\n${end.log}\n${end.asked.join("\n")}`;
  const isPassed = end.exitCode === 0;
  assert.equal(end.outputs.get("exists"), existsFor(end.image.status), title);
  assert.ok(
    end.finals.every(({ right }) => right),
    title,
  );
  if (isPassed) checkPassed(cell, end, title);
  else checkFailed(cell, end, title);
  checkAsked(cell, end, title);
}

function existsFor(status: string): string {
  if (status === "ok") return "true";
  return status === "not-found" || status === "dangling" ? "false" : "";
}

function checkPassed(cell: Cell, end: CellEnd, title: string): void {
  const { trouble, by, here, inputs = {} } = cell;
  const { image, warnings, errors, hosts } = end;
  assert.deepEqual([image.status, errors], ["ok", []], title);
  const files = end.finals.map(({ path }) => path).toSorted();
  assert.deepEqual(files, inputs["pull"] === "none" ? [] : COMPLETE, title);
  const state = { "404": "gone", "tag 404": "gone" }[trouble as string] ?? "";
  const expected = here === "trusted" ? "same" : state;
  if (by === "check") assert.equal(image.lock?.tag, expected, title);
  if (by === "frozen") assert.equal(image.lock?.tag, "", title);
  const lines = end.summary.split("\n").filter((line) => line.startsWith("⚠ "));
  assert.equal(lines.length, warnings.length, title);
  const named = OUTAGES.has(trouble) ? `${hosts.own} is unavailable: ` : `${hosts.own}/org/app`;
  for (const text of [...warnings, ...lines.map((line) => line.slice("⚠ ".length))]) {
    assert.ok(text.startsWith(named), `${text}\n${title}`);
  }
  for (const text of OUTAGES.has(trouble) ? warnings : []) {
    assert.match(text, QUOTED[trouble] ?? /./, title);
  }
}

/** A part that is here is used before the rest is missed. That has a warning, too. */
function checkFailed({ trouble, here }: Cell, end: CellEnd, title: string): void {
  const { image, warnings, errors, hosts, summary } = end;
  const [error = "", ...others] = errors;
  assert.deepEqual(others, [], title);
  assert.ok(error.startsWith(`${hosts.own}/org/app`), title);
  assert.ok(error.includes(`: ${image.status}: `), title);
  assert.match(error, QUOTED[trouble] ?? /./, title);
  assert.ok(warnings.length <= (here === "part" ? 1 : 0), title);
  assert.ok(!summary.includes("⚠"), title);
}

/** What reaches the image's own registry when the step does not need it. */
function checkAsked({ trouble, by, here }: Cell, end: CellEnd, title: string): void {
  const { asked, waited, exitCode } = end;
  if (exitCode !== 0 || trouble === "tag 404") return;
  const isTagAsked = by === "tag" || by === "check";
  const isHere = here === "cache" || here === "layout";
  const isAsked = here !== "trusted" && (isTagAsked || (isHere && by === "digest"));
  if (!isAsked) assert.deepEqual(asked, [], title);
  // A HEAD, and a GET for the words of a refusal.
  if (OUTAGES.has(trouble) && by !== "tag") assert.ok(asked.length <= 2, title);
  if (trouble !== "silent") return;
  assert.equal(asked.length, isAsked ? 1 : 0, title);
  const [first = ""] = waited.filter((wait) => !SHORT.has(wait));
  assert.equal(first, isAsked ? "deadline of 10 s" : "", title);
}

/** The timers of locks and progress lines. */
const SHORT = new Set(["deadline of 1 s", "deadline of 5 s"]);

/** Makes a test of each row. */
function rows(by: By, table: string, more: Partial<Cell> = {}): void {
  for (const [trouble, cells] of rowsOf(table)) {
    const words = Object.entries(cells);
    const title = words.map(([column, word]) => `${column} ${word}`).join(", ");
    it(`${trouble}: ${title}`, () => {
      const steps = words.flatMap(([column, word]) =>
        (COLUMNS[column] ?? []).flatMap((here) =>
          stepsOf({ ...more, trouble: trouble as Trouble, by, here }, word),
        ),
      );
      return checkRow(steps);
    });
  }
}

/** A table for an image that needs credentials, with all of it in the cache. */
function privateRows(by: By, table: string): void {
  for (const [trouble, cells] of rowsOf(table)) {
    const words = Object.entries(cells);
    const title = words.map(([scope, word]) => `${scope} ${word}`).join(", ");
    it(`${trouble}: ${title}`, () => {
      const steps = words.flatMap(([scope, word]) =>
        stepsOf({ trouble: trouble as Trouble, by, here: "cache", scope: scope as Scope }, word),
      );
      return checkRow(steps);
    });
  }
}

const AT_ONCE = { concurrency: 8 };

describe("a registry in trouble", AT_ONCE, () => {
  describe("for a tag", AT_ONCE, () => rows("tag", BY_TAG));
  describe("for a digest", AT_ONCE, () => rows("digest", BY_DIGEST));
  describe("with lock: check", AT_ONCE, () => rows("check", BY_CHECK));
  describe("with lock: frozen", AT_ONCE, () => rows("frozen", BY_FROZEN));
  describe("after its answer for the tag", AT_ONCE, () => rows("tag", BY_TAG_BEFORE));
  for (const [by, table] of WITHOUT_PULL) {
    const inputs = { pull: "none" };
    describe(`with pull: none, by ${by}`, AT_ONCE, () => rows(by, table, { inputs }));
  }
  for (const verify of ["index", "blobs"]) {
    const inputs = { verify };
    describe(`with verify: ${verify}`, AT_ONCE, () => rows("digest", AT_ANY_DEPTH, { inputs }));
  }
  for (const by of ["digest", "check", "frozen"] as const) {
    describe(`with a private image, by ${by}`, AT_ONCE, () => privateRows(by, PRIVATE[by]));
  }
});

/** Runs one cell by digest unless it names another way. */
function run(cell: Partial<Cell>): Promise<CellEnd> {
  return runCell(filled, { trouble: "404", by: "digest", here: "cache", ...cell });
}

describe("a message about a registry in trouble", AT_ONCE, () => {
  const inputs = { "when-unavailable": "use-cache" };
  const scope = "public cache";

  it("names the input that lets a withdrawn image pass", async () => {
    const { errors } = await run({});
    assert.match(errors.join(), /a copy is in the cache .* set when-unavailable: use-cache/);
  });

  for (const trouble of ["404", "401"] as const) {
    it(`states that access may be revoked, and what allows the copy: ${trouble}`, async () => {
      const { errors } = await run({ trouble, scope, inputs });
      assert.match(errors.join(), /access may have been revoked.* set cache-private: true/);
    });

    it(`names what became of the image when the copy is used: ${trouble}`, async () => {
      const { warnings } = await run({ trouble, inputs });
      const found = trouble === "404" ? /no longer has it/ : /refused access to it/;
      assert.match(warnings.join(), found);
      assert.match(warnings.join(), /the copy in the cache or the layout is used.*; .*registry of/);
    });
  }

  it("states that access was refused when a private copy is used", async () => {
    const { warnings } = await run({ trouble: "401", scope: "cache-private", inputs });
    assert.match(warnings.join(), /refused access to it.*check the credentials/);
  });

  it("names digest, lock file and day of a tag that is gone", async () => {
    const { warnings } = await run({ trouble: "tag 404", by: "check" });
    const words = /the tag 1 does not exist any more; .* is used, sha256:\w{64}; replace the image/;
    assert.match(warnings.join(), words);
    assert.match(warnings.join(), /locked on 2026-01-02/);
  });
});

describe("other inputs, with a registry in trouble", AT_ONCE, () => {
  const WAIT = { "wait-timeout": "3600", "wait-interval": "10" };
  const isWait = (wait: string): boolean => wait === "retry";

  it("optional: an image that is withdrawn is a warning", async () => {
    const end = await run({ options: ",optional=true" });
    assert.deepEqual([end.exitCode, end.errors, end.image.status], [0, [], "not-found"]);
    assert.deepEqual([end.warnings.length, end.outputs.get("exists")], [1, "true"]);
    assert.match(end.warnings.join(), /: not-found: .* use-cache to use the copy/);
  });

  it("optional: an outage is one warning, and the image is complete", async () => {
    const end = await run({ trouble: "503", options: ",optional=true" });
    assert.deepEqual([end.exitCode, end.image.status, end.warnings.length], [0, "ok", 1]);
    assert.equal(end.finals.length, COMPLETE.length);
  });

  for (const [trouble, here, exitCode, exists] of [
    ["404", "cache", 0, "false"],
    ["404", "nowhere", 0, "false"],
    ["401", "cache", 1, ""],
    ["503", "nowhere", 1, ""],
    ["503", "cache", 0, "true"],
  ] as const) {
    it(`fail-on-missing: false: exists is "${exists}" for ${trouble} and ${here}`, async () => {
      const end = await run({ trouble, here, inputs: { "fail-on-missing": "false" } });
      assert.deepEqual([end.exitCode, end.outputs.get("exists")], [exitCode, exists], end.log);
      assert.equal(end.warnings.length + end.errors.length, 1);
    });
  }

  for (const [here, exitCode] of [
    ["cache", 0],
    ["layout", 0],
    ["source", 1],
  ] as const) {
    it(`fail-on-cache-miss: the step ends with ${exitCode} when the ${here} has it`, async () => {
      const end = await run({ trouble: "503", here, inputs: { "fail-on-cache-miss": "true" } });
      assert.deepEqual([end.exitCode, end.image.status], [exitCode, "ok"], end.log);
      assert.equal(end.outputs.get("cache-hit"), String(exitCode === 0));
    });
  }

  it("wait-timeout: nothing is waited for when everything is here", async () => {
    const used = { ...WAIT, "when-unavailable": "use-cache" };
    const ends = await Promise.all([run({ trouble: "503", inputs: WAIT }), run({ inputs: used })]);
    for (const { exitCode, waited, log } of ends) {
      assert.deepEqual([exitCode, waited.filter(isWait)], [0, []], log);
    }
  });

  it("wait-timeout: a registry that recovers is waited for", async () => {
    const end = await run({ trouble: "503 at first", here: "nowhere", inputs: WAIT });
    assert.deepEqual([end.exitCode, end.warnings], [0, []], end.log);
    assert.ok(end.waited.some(isWait));
  });

  it("wait-timeout: the rest of a part is waited for", async () => {
    const end = await run({ trouble: "503 at first", here: "part", inputs: WAIT });
    assert.deepEqual([end.exitCode, end.warnings.length], [0, 1], end.log);
    assert.equal(end.finals.length, COMPLETE.length);
  });

  it("wait-timeout: an image that stays withdrawn fails after the wait", async () => {
    const end = await run({ inputs: { ...WAIT, "wait-timeout": "60" } });
    assert.deepEqual([end.exitCode, end.image.status], [1, "not-found"]);
    assert.match(end.errors.join(), /still so after waiting 60 s/);
  });
});

describe("ten images in the layout", AT_ONCE, () => {
  /** The inputs for ten repositories of one registry, which have the same image. */
  function tenOf(host: string, suffix: string): Given {
    const layout = join(temporaryDirectory("ten"), "layout");
    cpSync(filled.layout, layout, { recursive: true });
    const repositories = Array.from({ length: 10 }, (_, at) => `${host}/org/app${at}`);
    const images = repositories.map((repository) => `${repository}${suffix}`).join("\n");
    return { ...pullOf(images, layout), "cache-mode": "none" };
  }

  const byDigest = `@${MADE.digest}`;

  it("of one stopped registry are one warning in the runner", async () => {
    const quick = { script: join(import.meta.dirname, "support/quick.ts") };
    const result = await runStep(tenOf(CLOSED, byDigest), { CLOCK_RATE: "100" }, quick);
    assert.equal(result.exitCode, 0, result.stdout);
    const annotations = result.commands.filter(({ name }) => /^(warning|error)$/.test(name));
    assert.deepEqual(
      annotations.map(({ name }) => name),
      ["warning"],
    );
    assert.ok(annotations[0]?.data.startsWith(`${CLOSED} is unavailable: `), result.stdout);
    assert.equal(result.summary.match(/^⚠ /gm)?.length, 1);
  });

  it("by tag, and in the lock file, pass with every registry stopped", async () => {
    const workspace = temporaryDirectory("workspace");
    const inputs = tenOf(CLOSED, ":1");
    const entries = inputs["images"]?.split("\n").map((image) => [image, entryFor(MADE)]) ?? [];
    writeFileSync(join(workspace, "images.lock.json"), lockText(Object.fromEntries(entries)));
    const { exitCode, warnings, log } = await recordStep(inputs, {}, workspace);
    assert.deepEqual([exitCode, warnings.length], [0, 1], log);
  });

  it("of a silent registry cost one wait of 10 s", async () => {
    const silent = await Registry.start();
    silent.faults.push(() => true);
    const { exitCode, warnings, waited, log } = await recordStep(tenOf(silent.host, byDigest));
    assert.equal(silent.seen.length, 1, log);
    await silent.stop();
    const waits = waited.filter((wait) => wait === "deadline of 10 s");
    assert.deepEqual([exitCode, warnings.length, waits.length], [0, 1, 1], log);
  });

  it("that are withdrawn are ten warnings", async () => {
    const empty = await Registry.start();
    const inputs = { ...tenOf(empty.host, byDigest), "when-unavailable": "use-cache" };
    const { exitCode, warnings, log, summary } = await recordStep(inputs);
    await empty.stop();
    assert.deepEqual([exitCode, new Set(warnings).size], [0, 10], log);
    assert.equal(summary.match(/^⚠ /gm)?.length, 10);
  });
});
