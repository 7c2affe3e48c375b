import { join } from "node:path";
import { foundBy } from "../oci/failure.ts";
import { defaultHosts } from "./client-places.ts";
import type { ClientWires } from "./client-wires.ts";
import { configFileOf, type DockerDaemon, dockerDaemons, seesSame } from "./docker-daemon.ts";
import { removeMirrors } from "./docker-mirror.ts";
import { OWN_STEPS } from "./file-steps.ts";
import { leftoversIn, type OfHolder, recordsIn } from "./placed-record.ts";
import { takeBackAll } from "./restored-file.ts";

/** Undoes what clients were told for these holders. Never fails: it warns of what is left. */
export async function undoFor(ofHolder: OfHolder, wires: ClientWires): Promise<void> {
  const { systemDocker, userDocker, registriesConf } = wires.places;
  // These first: their directory may have been made for the hosts, and goes with them.
  for (const path of configFiles(wires)) {
    await attempt(path, wires, () => undoMirrors(path, ofHolder, wires));
  }
  for (const directory of [defaultHosts(systemDocker), defaultHosts(userDocker), registriesConf]) {
    await attempt(directory, wires, () => undoIn(directory, ofHolder, wires));
  }
}

async function attempt(
  path: string,
  { voice }: ClientWires,
  undo: () => Promise<void>,
): Promise<void> {
  try {
    await undo();
  } catch (error) {
    voice.warn(`${path} may still name a registry of a job that ended: ${foundBy(error)}`);
  }
}

async function undoIn(directory: string, ofHolder: OfHolder, wires: ClientWires): Promise<void> {
  if (!(await hasTraces(directory, ofHolder))) return;
  const { stepsIn, voice } = wires;
  const steps = await stepsIn(directory);
  const changed = await takeBackAll(steps, directory, ofHolder);
  for (const path of changed) voice.warn(leftAsItIs(path));
}

async function undoMirrors(path: string, ofHolder: OfHolder, wires: ClientWires): Promise<void> {
  if (!(await hasTraces(join(path, ".."), ofHolder))) return;
  const { places, programs, voice } = wires;
  const daemons: DockerDaemon[] = [];
  for (const daemon of dockerDaemons(places.proc)) {
    const isItsFile = configFileOf(daemon, places) === path;
    if (isItsFile && (await seesSame(daemon, path, places, programs.root))) daemons.push(daemon);
  }
  const isChanged = await removeMirrors(path, ofHolder, daemons, wires);
  if (isChanged) voice.warn(leftAsItIs(path));
}

function leftAsItIs(path: string): string {
  const next = "check that it does not name a registry that is gone";
  return `${path} was changed by another program during the job, and stays as it is; ${next}`;
}

/** The files that may configure a dockerd, each once. */
function configFiles({ places }: ClientWires): readonly string[] {
  const usual = [places.systemDocker, places.userDocker].map((path) => join(path, "daemon.json"));
  const named = dockerDaemons(places.proc).map((daemon) => configFileOf(daemon, places));
  return [...new Set([...usual, ...named])];
}

/** True when these holders have changed something in a directory, or when it cannot be read. */
async function hasTraces(directory: string, ofHolder: OfHolder): Promise<boolean> {
  try {
    const records = await recordsIn(OWN_STEPS, directory);
    if (records.some(({ holder }) => ofHolder(holder))) return true;
    return (await leftoversIn(OWN_STEPS, directory, ofHolder)).length > 0;
  } catch {
    return true;
  }
}
