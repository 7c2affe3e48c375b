import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Machine, SYSTEM_CLOCK } from "../../src/action/machine.ts";
import { step } from "../../src/action/step.ts";
import { PullError } from "../../src/oci/failure.ts";
import { OUTPUTS } from "../../src/runner/outputs.ts";
import type { Report } from "../../src/runner/summary.ts";
import type { Workflow } from "../../src/runner/workflow.ts";
import { temporaryDirectory } from "../support/directory.ts";

/** A workflow that records what it is told. */
function recorder(): Workflow & {
  readonly lines: string[];
  readonly outputs: Map<string, string>;
  readonly reports: Report[];
} {
  const lines: string[] = [];
  const outputs = new Map<string, string>();
  const reports: Report[] = [];
  return {
    lines,
    outputs,
    reports,
    say: (line) => void lines.push(line),
    group: (title, group) => void lines.push(title, ...group),
    warn: (message) => void lines.push(`warning: ${message}`),
    error: (title, message) => void lines.push(`error: ${title}: ${message}`),
    mask: () => undefined,
    withhold: (text) => text,
    output: (name, value) => void outputs.set(name, value),
    summary: async (report) => void reports.push(report),
    saveLater: () => undefined,
    endLater: () => undefined,
  };
}

function machine(inputs: Readonly<Record<string, string>>, given: Partial<Machine> = {}): Machine {
  const temporary = temporaryDirectory("step");
  return {
    environment: { DOCKER_CONFIG: temporary, REGISTRY_AUTH_FILE: temporary, ...inputs },
    platform: "linux",
    architecture: "x64",
    temporary,
    workspace: temporary,
    clock: SYSTEM_CLOCK,
    resolve: (host, _, callback) => callback(new Error(`no address for ${host}`), []),
    cancelled: new AbortController().signal,
    serveScript: "",
    ...given,
  };
}

const ONE = { INPUT_IMAGES: "registry.example/app:1" };
const QUICK = { ...SYSTEM_CLOCK, sleep: async () => undefined };

describe("step", () => {
  it("reports an unexpected error as a bug in the action, with its stack trace", async () => {
    const workflow = recorder();
    const bug = (): never => {
      throw new TypeError("undefined is not an image");
    };
    const quick = machine(ONE, { clock: QUICK });
    assert.equal(await step(quick, { ...workflow, withhold: bug }), 1);
    const said = workflow.lines.join("\n");
    assert.match(said, /error: internal error in registry-pull: undefined is not an image; please/);
    assert.match(said, /stack trace\n {4}at /);
  });

  it("sets every output, empty, when it cannot start", async () => {
    const workflow = recorder();
    assert.equal(await step(machine({ INPUT_IMAGES: "" }), workflow), 1);
    assert.deepEqual(
      [...workflow.outputs],
      OUTPUTS.map((name) => [name, ""]),
    );
    assert.deepEqual(Object.keys(workflow.reports[0] ?? {}), ["invalid"]);
  });

  it("says what the runner lacks, and contacts nothing then", async () => {
    const workflow = recorder();
    const nowhere = { temporary: "/nonexistent" };
    const resolve = (): never => assert.fail("a host was resolved");
    assert.equal(await step(machine(ONE, { ...nowhere, resolve }), workflow), 1);
    assert.match(
      workflow.lines.join("\n"),
      /error: registry-pull cannot work on this runner: cannot write below \/nonexistent/,
    );
  });

  it("writes the outputs in the order of action.yml", async () => {
    const workflow = recorder();
    assert.equal(await step(machine(ONE, { clock: QUICK }), workflow), 1);
    assert.deepEqual([...workflow.outputs.keys()], [...OUTPUTS]);
  });

  it("ends with its timeout, and states it as the images' problem", async () => {
    const workflow = recorder();
    const after: typeof SYSTEM_CLOCK.after = (ms, run) =>
      SYSTEM_CLOCK.after(ms === 7_000 ? 0 : ms, run);
    const slow = machine(
      { ...ONE, INPUT_TIMEOUT: "7" },
      { clock: { ...SYSTEM_CLOCK, after }, resolve: () => undefined },
    );
    assert.equal(await step(slow, workflow), 1);
    assert.match(workflow.lines.join("\n"), /the step's timeout of 7 s has passed/);
  });

  it("ends when it is cancelled, and states why", async () => {
    const workflow = recorder();
    const stop = new AbortController();
    stop.abort(new PullError("cancelled", "cancelled: received SIGTERM"));
    assert.equal(await step(machine(ONE, { cancelled: stop.signal }), workflow), 1);
    assert.match(workflow.lines.join("\n"), /cancelled: received SIGTERM/);
  });
});
