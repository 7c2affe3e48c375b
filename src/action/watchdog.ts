// A server that does not answer is worse than none: Docker waits for it for minutes, and asks no
// other registry. A process of its own watches that of the job's registry, because a process that
// hangs cannot watch itself.
import { createInterface } from "node:readline";
import { HOLDER, lifeOf, pidOf } from "../store/holder.ts";
import { startInBackground } from "./background-program.ts";
import { untellClients } from "./clients.ts";
import type { Machine } from "./machine.ts";
import { environmentFor } from "./program.ts";
import type { Voice } from "./task.ts";

// A client notices a pause of a few seconds, and nothing worse.
const BEAT_MS = 1_000;
const SILENCE_MS = 8_000;
// After a pause of the whole machine, lines may wait to be read when the time is over.
const LAST_CHANCE_MS = 1_000;

/** The argument with which the script of the job's registry becomes the watchdog. */
export const WATCH = "watch";

const BEAT = "beat";
const DISMISSED = "dismissed";

// What Node reads as it starts. Others are not for it: setup-node passes a password as NODE_AUTH_TOKEN.
const OF_NODE = "NODE_OPTIONS NODE_EXTRA_CA_CERTS NODE_USE_SYSTEM_CA NODE_COMPILE_CACHE";

/** The variables that the processes of the job's registry start with: no secret is in them. */
export function serverEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // By RUNNER_TRACKING_ID the runner finds what is left after the job:
  // https://github.com/actions/runner/blob/main/src/Runner.Worker/JobExtension.cs
  const others = "RUNNER_TRACKING_ID DOCKER_HOST DOCKER_CONTEXT";
  return environmentFor(environment, OF_NODE, others);
}

/** Starts the watchdog of this process. It is dismissed when the process ends as it should. */
export function startWatchdog(
  machine: Pick<Machine, "environment" | "serveScript" | "clock">,
  log: number,
): { readonly dismiss: () => void } {
  const { environment, serveScript, clock } = machine;
  const env = serverEnvironment(environment);
  const args = [serveScript, WATCH];
  const { input } = startInBackground({ command: process.execPath, args, env, log });
  input.write(`${HOLDER}\n`);
  let isDismissed = false;
  const beat = (): void => {
    if (isDismissed) return;
    input.write(`${BEAT}\n`);
    clock.after(BEAT_MS, beat);
  };
  beat();
  return {
    dismiss: () => {
      isDismissed = true;
      input.end(`${DISMISSED}\n`);
    },
  };
}

type Watching = Pick<Machine, "environment" | "clock">;

/**
 * Watches the process that writes to `input`: its holder, and then a line each second. Kills it
 * after eight seconds without one. Undoes what clients were told when it ended without saying so.
 */
export async function watch(
  input: NodeJS.ReadableStream,
  machine: Watching,
  voice: Voice,
): Promise<void> {
  let holder = "";
  let isDismissed = false;
  let cancel = (): void => undefined;
  const { after } = machine.clock;
  const end = (): void => {
    voice.say(`the registry did not answer for ${SILENCE_MS / 1_000} s: ending it`);
    if (lifeOf(holder) !== "dead") process.kill(pidOf(holder), "SIGKILL");
  };
  const lookAgain = (): void => {
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
