import assert from "node:assert/strict";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, it } from "node:test";
import { endServing } from "../../src/action/end-serving.ts";
import { thisMachine } from "../../src/action/machine.ts";
import { ServingDirectory } from "../../src/action/serving-directory.ts";
import { printReceipt, RECEIPT_SIZE } from "../../src/find/receipt-file.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { HOLDERS } from "../support/holders.ts";
import { PassingClock } from "../support/passing-clock.ts";
import { receiptRow } from "../support/receipts.ts";
import { RecordingWorkflow } from "../support/results.ts";
import { type Victim, victim } from "../support/victims.ts";

// Where the lock of the files of clients is.
process.env["TMPDIR"] = temporaryDirectory("end-serving");

const MACHINE = thisMachine({ HOME: temporaryDirectory("home") });
const ROWS = [receiptRow("alpine:3.20")];
const EARLY = "the job's registry ended before the job; clients asked the upstream since then";
const LATE =
  "the job's registry did not end when it was asked to; clients asked the upstream since then";

let temporary: string;
let directory: ServingDirectory;
let workflow: RecordingWorkflow;
beforeEach(() => {
  temporary = temporaryDirectory("temporary");
  directory = ServingDirectory.make(temporary);
  directory.write(directory.receipt, printReceipt(ROWS));
  writeFileSync(directory.log, "the first line\nthe last line\n");
  workflow = new RecordingWorkflow();
});

/** Ends the registry of a process. Returns the path of what to save. */
function end(holder: string, clock = MACHINE.clock): Promise<string> {
  const state = JSON.stringify({ directory: directory.path, holder });
  return endServing(state, { ...MACHINE, temporary, clock }, workflow);
}

/** A process that obeys: it ends when it is asked to, and confirms that. */
function obedient(): Promise<Victim> {
  const script = 'until test -e "$1/stop"; do sleep 0.02; done; rm "$1/stop"';
  return victim(script, directory.path);
}

describe("endServing", () => {
  it("does nothing without a state", async () => {
    assert.equal(await endServing("", MACHINE, workflow), "");
    assert.deepEqual(workflow.lines, []);
  });

  it("asks the process to end, and reports what the job pulled", async () => {
    const server = await obedient();
    assert.equal(await end(server.holder), "");
    assert.equal(server.child.exitCode, 0);
    assert.deepEqual(workflow.of("warn"), []);
    assert.match(workflow.lines.join("\n"), /^say Images that this job pulled: 1\nsay .*alpine/);
    assert.deepEqual(workflow.reports, [{ receipt: ROWS }]);
  });

  it("returns where the registry left what to save", async () => {
    directory.write(directory.saves, "{}");
    assert.equal(await end(HOLDERS.ended), directory.saves);
  });

  it("ends a process that does not obey within ten seconds, and shows its log", async () => {
    const server = await victim();
    await end(server.holder, new PassingClock());
    await server.end();
    assert.equal(server.child.signalCode, "SIGKILL");
    assert.deepEqual(workflow.of("warn"), [LATE]);
    assert.ok(workflow.lines.join("\n").includes("  the last line"));
  });

  it("warns of a process that ends without leaving what it had", async () => {
    const server = await victim('until test -e "$1/stop"; do sleep 0.02; done', directory.path);
    await end(server.holder);
    assert.deepEqual(workflow.of("warn"), [LATE]);
  });

  it("warns once of a process that had ended, and shows the last fifty lines of its log", async () => {
    const lines = Array.from({ length: 60 }, (_, at) => `line ${at}`);
    writeFileSync(directory.log, `${lines.join("\n")}\n`);
    await end(HOLDERS.ended);
    assert.deepEqual(workflow.of("warn"), [EARLY]);
    assert.deepEqual(workflow.of("group"), ["log of the job's registry"]);
    const shown = workflow.lines.filter((line) => line.startsWith("  line"));
    assert.deepEqual(
      shown,
      lines.slice(10).map((line) => `  ${line}`),
    );
    assert.deepEqual(workflow.reports, [{ receipt: ROWS }]);
  });

  it("warns once when all files of the registry are gone", async () => {
    rmSync(directory.path, { recursive: true });
    assert.equal(await end(HOLDERS.ended), "");
    assert.deepEqual(workflow.of("warn"), [EARLY]);
    assert.ok(workflow.lines.includes("  its log cannot be read"));
  });

  it("ends no later process with the same id", async () => {
    await end(HOLDERS.reused, new PassingClock());
    assert.deepEqual(workflow.of("warn"), [EARLY]);
  });

  const receipts: readonly (readonly [string, (path: string) => void])[] = [
    ["is no JSON", (path) => writeFileSync(path, "[")],
    ["has a field of another type", (path) => writeFileSync(path, '[{"reference":1}]')],
    ["has another image's digest", (path) => writeFileSync(path, swapped())],
    ["is too large", (path) => writeFileSync(path, Buffer.alloc(RECEIPT_SIZE + 1, " "))],
    [
      "is a link",
      (path) => {
        rmSync(path);
        symlinkSync("/etc/passwd", path);
      },
    ],
    [
      "is a directory",
      (path) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ];
  for (const [what, change] of receipts) {
    it(`warns of a receipt that ${what}, and prints nothing of it`, async () => {
      change(directory.receipt);
      const server = await obedient();
      await end(server.holder);
      const [warning = "", ...others] = workflow.of("warn");
      assert.match(warning, /^the receipt of the job's registry cannot be read: /);
      assert.deepEqual([others, workflow.of("say"), workflow.reports], [[], [], []]);
    });
  }

  const states: readonly (readonly [string, () => string])[] = [
    ["no JSON", () => "{"],
    ["a list", () => "[]"],
    ["an object without fields", () => "{}"],
    ["a directory elsewhere", () => stateWith({ directory: temporaryDirectory("elsewhere") })],
    ["a directory above", () => stateWith({ directory: join(temporary, "..") })],
    ["the temporary directory itself", () => stateWith({ directory: temporary })],
    ["a relative directory", () => stateWith({ directory: "serving" })],
    ["no process", () => stateWith({ holder: "" })],
    ["the number of a process", () => stateWith({ holder: String(process.pid) })],
    ["all processes", () => stateWith({ holder: "-1.0.0.00000000" })],
  ];
  for (const [what, state] of states) {
    it(`warns of a state with ${what}, and ends nothing`, async () => {
      const machine = { ...MACHINE, temporary, clock: new PassingClock() };
      assert.equal(await endServing(state(), machine, workflow), "");
      const [warning = "", ...others] = workflow.lines;
      assert.match(warning, /^warn the job's registry could not be ended: /);
      assert.deepEqual(others, []);
    });
  }
});

/** A receipt in which the digest of a row is not that of its reference. */
function swapped(): string {
  return printReceipt([
    { ...receiptRow("alpine:3.20"), pinned: "docker.io/library/evil@sha256:0" },
  ]);
}

function stateWith(more: Readonly<Record<string, string>>): string {
  return JSON.stringify({ directory: directory.path, holder: HOLDERS.living, ...more });
}
