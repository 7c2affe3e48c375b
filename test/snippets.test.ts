import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { readInputs } from "../src/runner/inputs.ts";
import { parseLock, printLock } from "../src/runner/lock-file.ts";

const ROOT = join(import.meta.dirname, "..");
const RUNNER = { os: "linux", architecture: "amd64", variant: "", osVersion: "" };

/** The blocks of code of a page, each with its language and line. */
function blocksOf(page: string): readonly (readonly [string, string, number])[] {
  const text = readFileSync(join(ROOT, page), "utf8");
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map((found) => {
    const [, language = "", block = ""] = found;
    return [language, block, text.slice(0, found.index).split("\n").length];
  });
}

/** The inputs of every step in a snippet that uses this action. */
function usesIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (typeof value !== "object" || value === null) return [];
  const nested = Object.values(value).flatMap(usesIn);
  const isOurs = "uses" in value && String(value.uses).startsWith("org/registry-pull@");
  return isOurs && "with" in value ? [Object(value.with), ...nested] : nested;
}

/** What the runner passes on, with a tag in the place of every expression. */
function environmentOf(inputs: Readonly<Record<string, unknown>>): NodeJS.ProcessEnv {
  const variables = Object.entries(inputs).map(([name, value]) => {
    const text = String(value).replace(/\$\{\{ toJSON.*? \}\}/g, '"1"');
    return [`INPUT_${name.toUpperCase()}`, text.replace(/\$\{\{.*? \}\}/g, "1")];
  });
  return Object.fromEntries(variables);
}

const declared = new Set(Object.keys(parse(readFileSync(join(ROOT, "action.yml"), "utf8")).inputs));

describe("a snippet of the documentation", () => {
  for (const page of ["README.md", ...globSync("docs/*.md", { cwd: ROOT })]) {
    for (const [language, block, line] of blocksOf(page)) {
      if (language === "yaml") {
        it(`is YAML whose inputs exist and are valid: ${page}:${line}`, async () => {
          for (const inputs of usesIn(parse(block))) {
            for (const name of Object.keys(inputs)) assert.ok(declared.has(name), name);
            const read = await readInputs(environmentOf(inputs), RUNNER);
            assert.deepEqual("problems" in read ? read.problems : [], []);
          }
        });
      }
      if (language === "json") {
        it(`is a lock file as this action prints it: ${page}:${line}`, () => {
          const parsed = parseLock(block, page);
          assert.equal("lock" in parsed && printLock(parsed.lock), block);
        });
      }
    }
  }
});
