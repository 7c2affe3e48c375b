import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { type LockFile, parseLock, printLock } from "../../src/runner/lock-file.ts";
import { digestOfAll, lockFile } from "../support/locks.ts";

const FILE = "images.lock.json";
const A = digestOfAll("a");
const B = digestOfAll("b");
const ALPINE = "docker.io/library/alpine:3.20";
const ENTRY = { digest: A, locked: "2026-11-21", platforms: { "linux/amd64": B } };
const LOCK: LockFile = new Map([
  [ALPINE, { digest: A, day: "2026-11-21", platforms: new Map([["linux/amd64", B]]) }],
]);

const schemaPath = join(import.meta.dirname, "../../images.lock.schema.json");
const schema = JSON.parse(readFileSync(schemaPath, "utf8"));
const fitsSchema = new Ajv2020().compile(schema);

// A schema has neither a calendar nor the table of platforms.
const ONLY_PARSED: ReadonlySet<string> = new Set([
  "a day that no calendar has",
  "a platform that is not in its normal form",
]);

const fileWith = (images: object): object => ({ version: 1, images });
const entryWith = (fields: object): object => fileWith({ [ALPINE]: { ...ENTRY, ...fields } });

/** The mistakes in a text, each as `line:column-endColumn found; next`. */
function mistakesIn(text: string): readonly string[] {
  const parsed = parseLock(text, FILE);
  const mistakes = "mistakes" in parsed ? parsed.mistakes : [];
  return mistakes.map(({ location, error }) => {
    const { file, line, column, endColumn } = location;
    assert.equal(file, FILE);
    assert.equal(error.reason, "wrong-file");
    return `${line}:${column}-${endColumn} ${error.message}`;
  });
}

describe("printLock", () => {
  it("prints entries and platforms in the order of their code units", () => {
    const platforms = new Map([
      ["linux/arm64", B],
      ["linux/amd64", A],
    ]);
    const lock: LockFile = new Map([
      ["ghcr.io/org/app:b", { digest: A, day: "2026-11-21", platforms }],
      ["ghcr.io/org/app:B", { digest: B, day: "2026-11-20", platforms: new Map() }],
    ]);
    assert.equal(
      printLock(lock),
      `{
  "$schema": "https://raw.githubusercontent.com/org/registry-pull/v1/images.lock.schema.json",
  "version": 1,
  "images": {
    "ghcr.io/org/app:B": {
      "digest": "${B}",
      "locked": "2026-11-20",
      "platforms": {
      }
    },
    "ghcr.io/org/app:b": {
      "digest": "${A}",
      "locked": "2026-11-21",
      "platforms": {
        "linux/amd64": "${A}",
        "linux/arm64": "${B}"
      }
    }
  }
}
`,
    );
  });

  it("prints a lock without images, which is read back", () => {
    const text = printLock(new Map());
    assert.match(text, /\n {2}"images": \{\}\n\}\n$/);
    assert.deepEqual(parseLock(text, FILE), { lock: new Map() });
  });

  it("prints what parseLock reads back, and the same text again", () => {
    fc.assert(
      fc.property(lockFile, (lock) => {
        const text = printLock(lock);
        const parsed = parseLock(text, FILE);
        assert.deepEqual(parsed, { lock });
        assert.equal("lock" in parsed && printLock(parsed.lock), text);
      }),
    );
  });

  it("prints what the schema allows", () => {
    fc.assert(fc.property(lockFile, (lock) => fitsSchema(JSON.parse(printLock(lock)))));
  });

  it("names the schema by its own address", () =>
    assert.equal(JSON.parse(printLock(LOCK)).$schema, schema.$id));
});

describe("parseLock", () => {
  const text = printLock(LOCK);
  for (const [what, other] of [
    ["a byte order mark", `\uFEFF${text}`],
    ["CRLF", text.replaceAll("\n", "\r\n")],
    ["all on one line", JSON.stringify(JSON.parse(text))],
    ["another $schema", text.replace(/https:[^"]*/, "./images.lock.schema.json")],
    ["no $schema", text.replace(/ *"\$schema".*\n/, "")],
    ["escapes in keys", text.replace('"digest"', '"\\u0064igest"')],
    ["platforms without a line break", text.replace(/\{\s*"linux/, '{"linux')],
  ] as const) {
    it(`takes ${what}`, () => assert.deepEqual(parseLock(other, FILE), { lock: LOCK }));
  }

  const notJson = "the file is not JSON";
  const correct = "correct the JSON, which has no comments and no comma before a closing brace";
  for (const [what, wrong, mistake] of [
    ["an empty file", "", `1:1-1 ${notJson}: expected a value, got the end of the file`],
    ["a comment", "{\n// x\n}", `2:1-5 ${notJson}: expected no comment, got "// x"`],
    [
      "a trailing comma",
      '{\n"version": 1,\n}',
      `3:1-2 ${notJson}: expected a key in double quotes, got "}"`,
    ],
    ["single quotes", "{'a':1}", `1:2-5 ${notJson}: expected JSON, got "'a'"`],
    [
      "a string without an end",
      '{"a": "\n[[',
      `1:7-8 ${notJson}: expected a closing quote on the same line, got "\\""`,
    ],
    ["a missing comma", '{"a": 1\n"b": 2}', `2:1-4 ${notJson}: expected a comma, got "\\"b\\""`],
    ["two values", "{}\n{}", `2:1-2 ${notJson}: expected the end of the file, got "{"`],
    ["deep nesting", "[".repeat(1_000_000), `1:33-34 ${notJson}: it is nested too deeply`],
    [
      "deep nesting after a string without an end",
      `{"a": "\n,"b":${"[".repeat(1_000_000)}`,
      `1:7-8 ${notJson}: expected a closing quote on the same line, got "\\""`,
    ],
  ] as const) {
    it(`refuses ${what}`, () => assert.deepEqual(mistakesIn(wrong), [`${mistake}; ${correct}`]));
  }

  it("accepts no text as JSON that JSON.parse refuses, and refuses none that it accepts", () => {
    const token = fc.constantFrom(...'{}[]:,"\\u0e.-+1 \n\t/', '"a"', "true", "null", "0", "1e5");
    const json = fc.json({ maxDepth: 4 });
    const hostile = fc.array(token, { maxLength: 12 }).map((tokens) => tokens.join(""));
    fc.assert(
      fc.property(fc.oneof(hostile, json), (source) => {
        const isJson = !mistakesIn(source).some((mistake) => mistake.includes(notJson));
        assert.equal(isJson, parses(source));
      }),
      { numRuns: 2_000 },
    );
  });

  it("names every marker of a merge conflict", () => {
    const conflict = "{\n<<<<<<< ours\n  1\n||||||| base\n=======\n  2\n>>>>>>> theirs\n}";
    const next = "take one side of each conflict, and run the step with lock: update";
    assert.deepEqual(
      mistakesIn(conflict),
      ["2:1-8 <<<<<<<", "4:1-8 |||||||", "5:1-8 =======", "7:1-8 >>>>>>>"].map((place) => {
        const [at, marker] = place.split(" ");
        return `${at} expected no merge conflict, got the marker ${marker}; ${next}`;
      }),
    );
  });

  const next = "correct it, or delete what is wrong and run the step with lock: update";
  const key = `"${ALPINE}"`;
  for (const [what, file, mistake] of [
    ["a list", [], `lock file: expected an object, got a list; ${next}`],
    [
      "a newer version",
      { version: 2, other: true },
      "version: expected the number 1, got 2; use a release of this action that knows version 2",
    ],
    [
      "a version in quotes",
      { version: "1", images: {} },
      'version: expected the number 1, got a string; write "version": 1',
    ],
    [
      "a version that never was",
      { version: 0, images: {} },
      'version: expected the number 1, got 0; write "version": 1',
    ],
    [
      "no version",
      { images: {} },
      'version: expected the number 1, got nothing; write "version": 1',
    ],
    ["no images", { version: 1 }, `lock file: expected images, got no images; ${next}`],
    ["images in a list", fileWith([]), `images: expected an object, got a list; ${next}`],
    [
      "a key that the format does not have",
      { ...fileWith({}), constructor: 1 },
      'lock file: expected the keys version, images, $schema, got "constructor"; correct the key or delete it',
    ],
    [
      "a number as $schema",
      { $schema: 1, ...fileWith({}) },
      `$schema: expected a string, got a number; ${next}`,
    ],
    [
      "a short reference",
      fileWith({ "alpine:3.20": ENTRY }),
      `expected the full form of a reference, got "alpine:3.20"; write ${ALPINE}`,
    ],
    [
      "a reference with a digest",
      fileWith({ [`${ALPINE}@${A}`]: ENTRY }),
      `expected a reference without a digest, got "${`${ALPINE}@${A}`.slice(0, 100)}…"; delete the entry: a reference with a digest needs none`,
    ],
    [
      "a reference in upper case",
      fileWith({ "ghcr.io/Org/app:1": ENTRY }),
      `reference "ghcr.io/Org/app:1" has upper case in its repository: expected lower case; ${next}`,
    ],
    [
      "an entry that is no object",
      fileWith({ [ALPINE]: A }),
      `${ALPINE}: expected an object, got a string; ${next}`,
    ],
    [
      "an entry with a misspelt key",
      entryWith({ digests: A }),
      `${ALPINE}: expected the keys digest, locked, platforms, got "digests"; correct the key or delete it`,
    ],
    [
      "an entry without a day",
      fileWith({ [ALPINE]: { digest: A, platforms: {} } }),
      `${ALPINE}: expected locked, got no locked; ${next}`,
    ],
    [
      "a digest that is too short",
      entryWith({ digest: "sha256:abc" }),
      `digest "sha256:abc": expected 64 hex digits, got 3; ${next}`,
    ],
    [
      "a digest that is null",
      entryWith({ digest: null }),
      `digest: expected a string, got null; ${next}`,
    ],
    [
      "a day as a number",
      entryWith({ locked: 20261121 }),
      `locked: expected a string, got a number; ${next}`,
    ],
    [
      "a day that no calendar has",
      entryWith({ locked: "2026-02-30" }),
      `locked: expected a day like 2026-11-21, got "2026-02-30"; ${next}`,
    ],
    [
      "a date with a time",
      entryWith({ locked: "2026-11-21T00:00:00Z" }),
      `locked: expected a day like 2026-11-21, got "2026-11-21T00:00:00Z"; ${next}`,
    ],
    [
      "platforms in a list",
      entryWith({ platforms: ["linux/amd64"] }),
      `platforms: expected an object, got a list; ${next}`,
    ],
    [
      "a platform that is none",
      entryWith({ platforms: { amd64: B } }),
      `platform "amd64": expected os/arch[/variant]; ${next}`,
    ],
    [
      "a platform that is not in its normal form",
      entryWith({ platforms: { "linux/aarch64": B } }),
      'expected the normal form of a platform, got "linux/aarch64"; write linux/arm64',
    ],
    [
      "a wrong digest of a platform",
      entryWith({ platforms: { "linux/amd64": "sha256:" } }),
      `digest "sha256:": expected 64 hex digits, got 0; ${next}`,
    ],
  ] as const) {
    it(`refuses ${what}`, () => {
      const found = mistakesIn(JSON.stringify(file, undefined, 1));
      const messages = found.map((one) => one.replace(/^\S+ /, ""));
      assert.deepEqual(messages, [mistake]);
    });
    const isAllowed = ONLY_PARSED.has(what);
    it(`has a schema that ${isAllowed ? "allows" : "refuses"} ${what}`, () =>
      assert.equal(fitsSchema(file), isAllowed));
  }

  for (const [where, wrong, mistake] of [
    [
      "the file",
      '{"version": 1, "images": {},\n"images": {}}',
      '2:1-9 lock file: the key "images"',
    ],
    [
      "images",
      `{"version": 1, "images": {${key}: ${JSON.stringify(ENTRY)},\n ${key}: {}}}`,
      `2:2-33 images: the key ${key}`,
    ],
    [
      "an entry",
      JSON.stringify(entryWith({})).replace('"locked"', `"digest":"${A}",\n"locked"`),
      `1:140-148 ${ALPINE}: the key "digest"`,
    ],
    [
      "an entry, once with an escape",
      JSON.stringify(entryWith({})).replace('"locked"', `\n"\\u0064igest":"${A}","locked"`),
      `2:1-14 ${ALPINE}: the key "digest"`,
    ],
    [
      "platforms",
      JSON.stringify(entryWith({})).replace("}", `,\n"linux/amd64":"${A}"}`),
      '2:1-14 platforms: the key "linux/amd64"',
    ],
  ] as const) {
    it(`refuses a duplicate key in ${where}`, () =>
      assert.deepEqual(mistakesIn(wrong), [`${mistake} is there twice; delete one of the two`]));
  }

  it("reports the mistakes of several entries from top to bottom, at most ten", () => {
    const wrong = Array.from({ length: 20 }, (_, at) => [
      `ghcr.io/org/app:${at}`,
      { ...ENTRY, locked: "" },
    ]);
    const found = mistakesIn(JSON.stringify(fileWith(Object.fromEntries(wrong)), undefined, 1));
    const lines = found.map((one) => Number.parseInt(one, 10));
    assert.equal(found.length, 10);
    assert.deepEqual(
      lines,
      lines.toSorted((one, other) => one - other),
    );
    assert.match(found[0] ?? "", /^6:14-16 locked: expected a day/);
  });

  it("reports a missing key, which is at the start of the entry, before a wrong one", () => {
    const entry = { digests: A, locked: "2026-11-21", platforms: {} };
    const found = mistakesIn(JSON.stringify(fileWith({ [ALPINE]: entry }), undefined, 1));
    const places = found.map((one) => one.split(" ")[0]);
    assert.deepEqual(places, ["4:36-37", "5:4-13"]);
  });

  it("counts __proto__ and constructor as the keys that they are", () => {
    const found = mistakesIn(
      '{"version":1,"images":{"__proto__":{"constructor":1}},"__proto__":1}',
    );
    assert.equal(found.length, 4);
    assert.equal(({} as { digest?: unknown }).digest, undefined);
  });

  it("reads 1 MiB of members and of marks in a time that grows with the size", () => {
    const many = Array.from({ length: 40_000 }, (_, at) => `"${at}":[${at}]`).join(",");
    assert.equal(mistakesIn(`{"version":1,"images":{${many}}}`).length, 10);
    assert.equal(mistakesIn("=======\n".repeat(130_000)).length, 10);
    assert.equal(mistakesIn('"\\'.repeat(500_000)).length, 1);
  });

  it("throws nothing at all", () => {
    const part = fc.constantFrom(...'{}[]:,"\\\n', '"version":1', '"images":', key, `"${A}"`);
    const texts = fc.array(part, { maxLength: 30 }).map((parts) => parts.join(""));
    fc.assert(fc.property(texts, (source) => void parseLock(source, FILE)));
  });
});

function parses(source: string): boolean {
  try {
    JSON.parse(source);
    return true;
  } catch {
    return false;
  }
}
