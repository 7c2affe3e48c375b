import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  untellClients
} from "./chunk-NUK574VP.js";
import {
  HOLDER,
  ancestors,
  lifeOf,
  nameOf,
  pidOf
} from "./chunk-FUQHFSBD.js";
import {
  environmentFor
} from "./chunk-VWCS4YZZ.js";
import {
  messageOf
} from "./chunk-P27XCGGL.js";

// src/action/background-program.ts
import { spawn } from "node:child_process";
import { parse } from "node:path";
function startInBackground(program) {
  const { command, args, env, log } = program;
  const child = spawn(command, args, {
    env,
    // Windows does not remove a directory in which a program runs.
    cwd: parse(process.execPath).root,
    stdio: ["pipe", "pipe", log],
    detached: true,
    windowsHide: true
  });
  const { stdin: input, stdout: output } = child;
  if (input === null || output === null) throw new Error(`${command} has no pipes`);
  input.on("error", () => void 0);
  child.on("error", () => void 0);
  child.unref();
  return { process: child, input, output };
}
var LINE_LIMIT = 64 * 1024;
async function firstLine({ process: process2, output }, within, after) {
  let cancel = () => void 0;
  try {
    return await new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(why));
      cancel = after(within, () => fail(`it was not ready within ${within / 1e3} s`));
      let text = "";
      output.setEncoding("utf8").on("data", (part) => {
        text += part;
        const [line = "", ...rest] = text.split("\n");
        if (rest.length > 0) resolve(line);
        else if (text.length > LINE_LIMIT) fail("its first line is too long");
      });
      process2.on("error", (error) => fail(messageOf(error)));
      process2.on("close", (code, signal) => fail(`it ended with ${code ?? signal}`));
    });
  } finally {
    cancel();
    output.destroy();
  }
}

// src/action/job-process.ts
var WORKER = "Runner.Worker";
var SETTLED_MS = 5e3;
function jobProcesses(all = ancestors(), named = nameOf) {
  const worker = all.find((holder) => named(holder) === WORKER);
  return worker === void 0 ? all : [worker];
}
function jobEnd(processes, now, life = lifeOf) {
  const settled = now() + SETTLED_MS;
  const isAlive = (holder) => life(holder) !== "dead";
  let process2;
  return () => {
    if (processes.length === 0 || now() < settled) return false;
    process2 ??= processes.find(isAlive);
    return process2 === void 0 || !isAlive(process2);
  };
}

// src/action/watchdog.ts
import { createInterface } from "node:readline";
var BEAT_MS = 1e3;
var SILENCE_MS = 8e3;
var LAST_CHANCE_MS = 1e3;
var WATCH = "watch";
var BEAT = "beat";
var DISMISSED = "dismissed";
var OF_NODE = "NODE_OPTIONS NODE_EXTRA_CA_CERTS NODE_USE_SYSTEM_CA NODE_COMPILE_CACHE";
function serverEnvironment(environment) {
  const others = "RUNNER_TRACKING_ID DOCKER_HOST DOCKER_CONTEXT";
  return environmentFor(environment, OF_NODE, others);
}
function startWatchdog(machine, log) {
  const { environment, serveScript, clock } = machine;
  const env = serverEnvironment(environment);
  const args = [serveScript, WATCH];
  const { input } = startInBackground({ command: process.execPath, args, env, log });
  input.write(`${HOLDER}
`);
  let isDismissed = false;
  const beat = () => {
    if (isDismissed) return;
    input.write(`${BEAT}
`);
    clock.after(BEAT_MS, beat);
  };
  beat();
  return {
    dismiss: () => {
      isDismissed = true;
      input.end(`${DISMISSED}
`);
    }
  };
}
async function watch(input, machine, voice) {
  let holder = "";
  let isDismissed = false;
  let cancel = () => void 0;
  const { after } = machine.clock;
  const end = () => {
    voice.say(`the registry did not answer for ${SILENCE_MS / 1e3} s: ending it`);
    if (lifeOf(holder) !== "dead") process.kill(pidOf(holder), "SIGKILL");
  };
  const lookAgain = () => {
    cancel = after(LAST_CHANCE_MS, end);
  };
  for await (const line of createInterface({ input })) {
    if (holder === "") holder = line;
    isDismissed = line === DISMISSED;
    cancel();
    cancel = after(SILENCE_MS - LAST_CHANCE_MS, lookAgain);
  }
  cancel();
  if (isDismissed) return;
  voice.say("the registry ended without a word: clients ask the upstream now");
  await untellClients(holder, { machine, voice });
}

export {
  startInBackground,
  firstLine,
  jobProcesses,
  jobEnd,
  WATCH,
  serverEnvironment,
  startWatchdog,
  watch
};
