import { dirname } from "node:path";
import { foundBy, PullError } from "../oci/failure.ts";
import { daemonMirrors, mirrorsInUse, withMirror, withoutMirror } from "../serve/daemon-config.ts";
import type { ServedAt } from "../serve/hosts-toml.ts";
import type { ClientPrograms } from "./client-programs.ts";
import type { ClientWires } from "./client-wires.ts";
import type { DockerDaemon } from "./docker-daemon.ts";
import type { FileSteps } from "./file-steps.ts";
import { isPlaced, place, replace } from "./placed-file.ts";
import { type OfHolder, type PlacedRecord, recordPath } from "./placed-record.ts";
import { nextRecord, removeLeftovers, type TakenBack, takeBack } from "./restored-file.ts";

/**
 * Makes the job's registry Docker Hub's first mirror, in the file that configures a daemon. Fails
 * when the daemon does not take it; the file is then as before.
 */
export async function addMirror(
  path: string,
  daemon: DockerDaemon,
  { address, holder }: Pick<ServedAt, "address" | "holder">,
  wires: ClientWires,
): Promise<void> {
  const steps = await wires.stepsIn(dirname(path));
  const content = Buffer.from(withMirror(await steps.read(path), address));
  await place(steps, { path, content, holder });
  try {
    await reload(daemon, daemonMirrors(content), wires);
  } catch (error) {
    await removeMirrors(path, (other) => other === holder, [daemon], wires);
    throw error;
  }
}

/**
 * Undoes {@link addMirror} for these holders. `daemons` are those that the file configures. Returns
 * true when another program changed the file, which then stays as it is. Fails as the steps do, and
 * when a daemon does not take the change.
 */
export async function removeMirrors(
  path: string,
  ofHolder: OfHolder,
  daemons: readonly DockerDaemon[],
  wires: ClientWires,
): Promise<boolean> {
  const steps = await wires.stepsIn(dirname(path));
  await removeLeftovers(steps, dirname(path), ofHolder);
  let isChanged = false;
  let record = await nextRecord(steps, dirname(path), ofHolder);
  while (record !== undefined) {
    const taken = await removeMirror(steps, record, daemons, wires);
    isChanged ||= taken === "changed";
    record = await nextRecord(steps, dirname(path), ofHolder);
  }
  return isChanged;
}

/**
 * A daemon keeps its mirrors when the file has no list of them. So it first reloads a file with the
 * list as it was, which may be empty, and only then the file as it was. The record stays until the
 * daemon has the list, so that this can end at any time and start again.
 */
async function removeMirror(
  steps: FileSteps,
  record: PlacedRecord,
  daemons: readonly DockerDaemon[],
  wires: ClientWires,
): Promise<TakenBack> {
  const before = record.kind === "before" ? await steps.read(recordPath(record)) : undefined;
  const former = Buffer.from(withoutMirror(before));
  const found = await steps.read(record.path);
  const isOurs = (bytes: Buffer): boolean => isPlaced(bytes, record) || bytes.equals(former);
  const isInForce = found === undefined || isOurs(found);
  if (isInForce) {
    const { path, holder } = record;
    const mode = await steps.mode(path);
    await replace(steps, { path, holder, content: former }, mode);
    for (const daemon of daemons) await reload(daemon, daemonMirrors(former), wires);
  }
  const taken = await takeBack(steps, record, isOurs);
  if (isInForce) for (const daemon of daemons) await reload(daemon, daemonMirrors(former), wires);
  return taken;
}

// A daemon reloads within milliseconds unless it is busy.
const LOOKS = 50;
const LOOK_MS = 100;

/** Makes a daemon read its configuration. Fails when it then has other mirrors than `expected`. */
async function reload(
  daemon: DockerDaemon,
  expected: readonly string[],
  { programs, clock, signal }: ClientWires,
): Promise<void> {
  await hangUp(daemon.pid, programs);
  const wanted = expected.map((mirror) => mirror.replace(/\/$/, "")).join(", ");
  const end = clock.now() + LOOKS * LOOK_MS;
  let found: string | undefined;
  for (let looks = 0; looks < LOOKS && clock.now() < end; looks++) {
    found = await mirrorsOf(daemon, programs);
    if (found === wanted) return;
    await clock.sleep(LOOK_MS, signal);
  }
  const words = `expected the mirrors ${wanted || "none"}, got ${found || "none"}`;
  throw new PullError("engine-failed", `dockerd did not take its new configuration: ${words}`);
}

/** Sends SIGHUP, with which dockerd reloads its configuration, as root if that is needed. */
async function hangUp(pid: number, { root }: ClientPrograms): Promise<void> {
  try {
    process.kill(pid, "SIGHUP");
  } catch (cause) {
    const { code, output } = await root.run(["kill", "-HUP", String(pid)]);
    if (code === 0) return;
    const found = `dockerd could not be reloaded: ${output.trim()}`;
    throw new PullError("engine-failed", found, { cause });
  }
}

/**
 * The mirrors that a daemon uses, as a list with commas, or why they are unknown: a daemon may not
 * answer while it reloads. It is asked on its own socket, whatever the context.
 */
async function mirrorsOf({ sockets }: DockerDaemon, { docker }: ClientPrograms): Promise<string> {
  const [socket] = sockets ?? [];
  const host = socket === undefined ? [] : ["--host", `unix://${socket}`];
  const format = "{{json .RegistryConfig.Mirrors}}";
  try {
    const { output } = await docker([...host, "info", "--format", format]);
    return mirrorsInUse(output).join(", ");
  } catch (error) {
    return foundBy(error);
  }
}
