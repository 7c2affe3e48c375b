import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { serverEnvironment, watch } from "../../src/action/watchdog.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { PassingClock } from "../support/passing-clock.ts";
import { RecordingWorkflow } from "../support/results.ts";
import { type Victim, victim } from "../support/victims.ts";

// Where the lock of the files of clients is.
process.env["TMPDIR"] = temporaryDirectory("watchdog");

const ENDED = "the registry did not answer for 8 s: ending it";
const UNDONE = "the registry ended without a word: clients ask the upstream now";

describe("watch", () => {
  let server: Victim;
  let input: PassThrough;
  let clock: PassingClock;
  let voice: RecordingWorkflow;
  let watching: Promise<void>;
  beforeEach(async () => {
    server = await victim();
    input = new PassThrough();
    clock = new PassingClock();
    voice = new RecordingWorkflow();
    const environment = { HOME: temporaryDirectory("home") };
    watching = watch(input, { environment, clock }, voice);
    await line(server.holder);
  });
  afterEach(async () => {
    input.end();
    await watching;
    await server.end();
  });

  /** Writes a line, and waits until it is read. */
  async function line(text: string): Promise<void> {
    const { timers } = clock;
    input.write(`${text}\n`);
    while (clock.timers === timers) await nextTurn();
  }

  /** Ends the input as the end of the process does, and returns what was said. */
  async function ended(): Promise<readonly string[]> {
    input.end();
    await watching;
    return voice.of("say");
  }

  it("lets a process live that writes a line in time", async () => {
    for (let beat = 0; beat < 20; beat++) {
      clock.pass(6_000);
      await line("beat");
    }
    clock.pass(7_999);
    assert.deepEqual([server.hasEnded(), voice.of("say")], [false, []]);
  });

  it("ends a process that writes no line for eight seconds, and undoes", async () => {
    await line("beat");
    clock.pass(8_000);
    while (!server.hasEnded()) await nextTurn();
    assert.equal(server.child.signalCode, "SIGKILL");
    assert.deepEqual(await ended(), [ENDED, UNDONE]);
  });

  it("ends a process that never writes a second line", async () => {
    clock.pass(8_000);
    while (!server.hasEnded()) await nextTurn();
    assert.deepEqual(voice.of("say"), [ENDED]);
  });

  it("lets a process live whose lines waited while the whole machine paused", async () => {
    clock.pass(7_500);
    await line("beat");
    clock.pass(7_000);
    assert.equal(server.hasEnded(), false);
  });

  it("undoes when the process ended without a word", async () => {
    await line("beat");
    assert.deepEqual(await ended(), [UNDONE]);
  });

  it("does nothing when the process said that it ends", async () => {
    await line("beat");
    await line("dismissed");
    assert.deepEqual(await ended(), []);
  });

  it("ends no later process with the same id", async () => {
    const [pid, start, ...where] = server.holder.split(".");
    input.end();
    await watching;
    input = new PassThrough();
    watching = watch(input, { environment: { HOME: temporaryDirectory("home") }, clock }, voice);
    await line([pid, Number(start) + 1, ...where].join("."));
    clock.pass(8_000);
    await server.end("SIGTERM");
    assert.equal(server.child.signalCode, "SIGTERM");
  });
});

describe("serverEnvironment", () => {
  const kept = {
    PATH: "/bin",
    HOME: "/home/me",
    RUNNER_TRACKING_ID: "github_1",
    DOCKER_HOST: "unix:///x",
    NODE_EXTRA_CA_CERTS: "/ca.pem",
    NODE_OPTIONS: "--use-system-ca",
  };
  const secret = {
    GITHUB_TOKEN: "1",
    "INPUT_REGISTRY-AUTH": "2",
    ACTIONS_RUNTIME_TOKEN: "3",
    NODE_AUTH_TOKEN: "4",
    AWS_SECRET_ACCESS_KEY: "5",
  };

  it("has what the processes need to start, and no secret", () => {
    assert.deepEqual(serverEnvironment({ ...kept, ...secret }), kept);
  });
});
