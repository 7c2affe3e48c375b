import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import { harmlessJson } from "../../src/runner/sanitiser.ts";
import { cleanUp, directory, realPartsMissing } from "./parts.ts";

// A command that runs makes the file `pwned`. A pattern that expands finds the file `bait`.
const TEXTS = [
  "x touch pwned #",
  "x=1 touch pwned",
  "$(touch pwned)",
  "`touch pwned`",
  "\u0024{HOME}",
  "$HOME",
  "$((1+1))",
  "$'\\x41'",
  "a; touch pwned",
  "a& touch pwned &",
  "a && touch pwned",
  "a | touch pwned",
  "a\ntouch pwned\n",
  "a\r\ntouch pwned\r\n",
  "\ttouch pwned",
  ">pwned",
  "x >pwned",
  "2>pwned",
  "<(touch pwned)",
  "(touch pwned)",
  "{ touch pwned; }",
  "'; touch pwned; '",
  "' touch pwned '",
  '"; touch pwned; "',
  '" touch pwned "',
  "\\",
  "\\\\",
  "\\'; touch pwned #",
  '\\"; touch pwned #',
  "\\\n touch pwned",
  "\\$(touch pwned)",
  "\\u0027",
  "# a comment",
  "a # comment",
  "~",
  "a:~:b",
  "~root",
  "*",
  "b*t",
  "bai?",
  "[a-c]ait",
  "@(bait)",
  "{1..3}",
  "{a,b}",
  "!!",
  "!touch",
  "^touch^rm^",
  "=ls",
  "%1",
  "-n",
  "--",
  "/bin/sh",
  "\u2018; touch pwned; \u2019",
  "\u201c; touch pwned; \u201d",
  "a\u00a0touch\u00a0pwned",
  "a\u3000touch\u2003pwned",
  "\u0000\u0001\u0007\u001b[2J\u007f\u0085",
  "\ud800",
  "à, é and 日本語 😀",
  "2026-01-02T03:04:05Z",
  "",
];

const RANDOM = fc.sample(
  fc.string({
    unit: fc.constantFrom(..."$`'\"\\<>&;|(){}[]*?~!#=%^,@ \t\n-+./:au0027"),
    maxLength: 20,
  }),
  {
    numRuns: 500,
    seed: 7,
  },
);

const VALUES = [
  ...[...TEXTS, ...RANDOM].map((text) =>
    harmlessJson({ [text]: text, list: [text, 1.5e300, -1, true, null, text] }),
  ),
  ...TEXTS.map((text) => harmlessJson(text)),
];

// The ways to write an output into a script, and the value that the shell then has.
const WAYS = [
  ["between single quotes", "'", (json: string) => json],
  // The quotes of JSON end those of the shell, so JSON strings are outside of quotes.
  ["between double quotes", '"', (json: string) => json.replaceAll(/["\\]/g, "")],
  ["as an assignment without quotes", "", (json: string) => json.replaceAll('"', "")],
] as const;

const SHELLS = [["bash", "-e"], ["dash"], ["busybox", "sh"], ["zsh"], ["mksh"], ["ksh93"]] as const;

describe("O7: outputs that are JSON, written into a script", () => {
  after(cleanUp);

  for (const [shell, ...options] of SHELLS) {
    for (const [way, quote, arrived] of WAYS) {
      it(`${way} run nothing in ${shell}`, { skip: realPartsMissing(shell) }, () => {
        const home = join(directory, `${shell} ${way}`);
        mkdirSync(home);
        writeFileSync(join(home, "bait"), "");
        const script = join(directory, `${shell} ${way}.sh`);
        writeFileSync(
          script,
          VALUES.map((json) => `VALUE=${quote}${json}${quote}\nprintf '%s\\n' "$VALUE"\n`).join(""),
        );
        const environment = { PATH: process.env["PATH"], HOME: home };
        const said = execFileSync(shell, [...options, script], { cwd: home, env: environment });
        assert.deepEqual(readdirSync(home), ["bait"]);
        assert.deepEqual(said.toString().split("\n"), [...VALUES.map(arrived), ""]);
      });
    }
  }
});
