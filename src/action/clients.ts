import { foundBy } from "../oci/failure.ts";
import type { Workflow } from "../runner/workflow.ts";
import type { ServedAt } from "../serve/hosts-toml.ts";
import { HOLDER, lifeOf } from "../store/holder.ts";
import { type ClientPlaces, clientPlaces } from "./client-places.ts";
import { clientPrograms } from "./client-programs.ts";
import { type ClientWires, whileAlone } from "./client-wires.ts";
import { type FileSteps, OWN_STEPS } from "./file-steps.ts";
import type { Machine } from "./machine.ts";
import { leftoversIn } from "./placed-record.ts";
import { stepsIn } from "./root-steps.ts";
import { tellDocker } from "./tell-docker.ts";
import { tellPodman } from "./tell-podman.ts";
import { undoFor } from "./untell-clients.ts";

/** The job's registry, as clients reach it. */
export type Serving = ServedAt & {
  /** The registries that images, files and the lock name: `ghcr.io`, `localhost:5000`. */
  readonly registries: readonly string[];
};

/** What became of telling clients. */
export type Told = {
  /** The path of podman's drop-in; empty when there is none. */
  readonly registriesConf: string;
  /** The clients that may still ask an upstream although `only` is set, in words. */
  readonly notOnly: readonly string[];
};

/** What telling clients needs of a step. */
export type TellTask = {
  readonly machine: Pick<Machine, "environment" | "platform" | "clock">;
  readonly voice: Pick<Workflow, "say" | "warn" | "group">;
  readonly signal: AbortSignal;
};

/** What undoing needs. It has deadlines of its own, because it follows a cancelled job, too. */
export type UntellTask = {
  readonly machine: Pick<Machine, "environment" | "clock">;
  readonly voice: Pick<Workflow, "say" | "warn">;
};

/**
 * Tells the clients of this machine about the job's registry: Docker, and podman with its siblings.
 * What dead jobs left is undone first. Where a file cannot be written, the log says which lines
 * belong where. A client that cannot be told is no failure. Fails as the signal does, and as
 * `unsupported` when another process changes these files for more than a minute.
 */
export async function tellClients(
  serving: Serving,
  { machine, voice, signal }: TellTask,
  places: ClientPlaces = clientPlaces(machine.environment),
): Promise<Told> {
  const { environment, platform, clock } = machine;
  const wires = { ...wiresOf(environment, clock, signal), places, voice };
  const ofHolder = (holder: string): boolean => holder === serving.holder || isGone(holder);
  return whileAlone(wires, async () => {
    const left = await leftoversIn(OWN_STEPS, places.lock, isGone);
    for (const path of left) await OWN_STEPS.remove(path);
    await undoFor(ofHolder, wires);
    const docker = await tellDocker(serving, { ...wires, group: voice.group });
    signal.throwIfAborted();
    const podman = await tellPodman(serving, serving.registries, platform, wires);
    const notOnly = serving.only ? [...docker, ...podman.notOnly] : [];
    return { registriesConf: podman.registriesConf, notOnly };
  });
}

/**
 * Undoes what {@link tellClients} did for a holder. Files are as before, or gone. Never fails: it
 * warns of what it could not undo. Safe at any time, and from several processes at once.
 */
export async function untellClients(
  holder: string,
  { machine, voice }: UntellTask,
  places: ClientPlaces = clientPlaces(machine.environment),
): Promise<void> {
  const { environment, clock } = machine;
  const { signal } = new AbortController();
  const wires = { ...wiresOf(environment, clock, signal), places, voice };
  await whileAlone(wires, () => undoFor((other) => other === holder, wires)).catch((error) =>
    voice.warn(`what clients were told about the job's registry is not undone: ${foundBy(error)}`),
  );
}

function wiresOf(
  environment: NodeJS.ProcessEnv,
  clock: Machine["clock"],
  signal: AbortSignal,
): Omit<ClientWires, "places" | "voice"> {
  const programs = clientPrograms(environment, clock.after, signal);
  const steps = (directory: string): Promise<FileSteps> => stepsIn(directory, programs.root);
  return { programs, stepsIn: steps, clock, signal };
}

/** True for a process that has ended, or that ran before this machine started. */
function isGone(holder: string): boolean {
  const isOfThisBoot = holder.split(".")[3] === HOLDER.split(".")[3];
  return !isOfThisBoot || lifeOf(holder) === "dead";
}
