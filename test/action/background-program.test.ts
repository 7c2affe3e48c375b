import assert from "node:assert/strict";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import {
  type Background,
  firstLine,
  startInBackground,
} from "../../src/action/background-program.ts";
import { SYSTEM_CLOCK } from "../../src/action/machine.ts";
import { temporaryDirectory } from "../support/directory.ts";

let log: string;
let descriptor: number;
let started: Background[];
beforeEach(() => {
  log = join(temporaryDirectory("log"), "log");
  descriptor = openSync(log, "a");
  started = [];
});
afterEach(() => {
  closeSync(descriptor);
  for (const { process } of started) process.kill("SIGKILL");
});

/** Starts a script of Node. */
function start(script: string, command = process.execPath): Background {
  const env = { PATH: process.env["PATH"] };
  const background = startInBackground({ command, args: ["-e", script], env, log: descriptor });
  started.push(background);
  return background;
}

const lineOf = (background: Background, after = SYSTEM_CLOCK.after): Promise<string> =>
  firstLine(background, 60_000, after);

describe("a program in the background", () => {
  it("prints its first line here, and its errors into a file", async () => {
    const script = "console.error('wrong'); console.log('ready'); setTimeout(() => 0, 600_000)";
    assert.equal(await lineOf(start(script)), "ready");
    assert.equal(readFileSync(log, "utf8"), "wrong\n");
  });

  it("reads what it is given", async () => {
    const background = start("process.stdin.on('data', (text) => console.log(`got ${text}`))");
    background.input.end("it");
    assert.equal(await lineOf(background), "got it");
  });

  it("has the variables that it is given, and no others", async () => {
    const names = await lineOf(start("console.log(Object.keys(process.env).join())"));
    assert.equal(names, "PATH");
  });

  for (const [what, script, found] of [
    ["that ends with a code", "process.exit(3)", "it ended with 3"],
    ["that ends by a signal", "process.kill(process.pid, 'SIGKILL')", "it ended with SIGKILL"],
    ["that prints no whole line", "process.stdout.write('ready')", "it ended with 0"],
    [
      "that prints one endless line",
      "process.stdout.write('x'.repeat(70_000)); setTimeout(() => 0, 600_000)",
      "its first line is too long",
    ],
  ] as const) {
    it(`is not ready for a program ${what}`, async () => {
      await assert.rejects(lineOf(start(script)), { message: found });
    });
  }

  it("is not ready for a program that does not exist", async () => {
    await assert.rejects(lineOf(start("", "/no/such/program")), /ENOENT/);
  });

  it("is not ready for a program that prints nothing in time", async () => {
    const soon = (_: number, run: () => void): (() => void) => SYSTEM_CLOCK.after(1, run);
    const silent = start("setTimeout(() => 0, 600_000)");
    await assert.rejects(lineOf(silent, soon), { message: "it was not ready within 60 s" });
  });
});
