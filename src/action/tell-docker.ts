import { dirname, join } from "node:path";
import { foundBy } from "../oci/failure.ts";
import type { Workflow } from "../runner/workflow.ts";
import { hostsToml, type ServedAt } from "../serve/hosts-toml.ts";
import type { ClientWires } from "./client-wires.ts";
import { type DockerEngine, findEngine } from "./docker-client.ts";
import { configFileOf } from "./docker-daemon.ts";
import { addMirror } from "./docker-mirror.ts";
import { OWN_STEPS } from "./file-steps.ts";
import { place } from "./placed-file.ts";

/** What telling Docker needs. */
export type DockerWires = ClientWires & Pick<Workflow, "group">;

/**
 * Tells the engine that the docker client uses about the job's registry. Returns in words how it
 * may still ask an upstream. Never fails.
 */
export async function tellDocker(served: ServedAt, wires: DockerWires): Promise<readonly string[]> {
  const engine = await findEngine(wires.programs, wires.places);
  if ("why" in engine) {
    if (engine.why === "") return [];
    explain(engine.why, served, wires);
    return ["Docker: it is not told"];
  }
  try {
    const bypassing = await placeHosts(engine, served, wires);
    const classic = engine.isContainerd ? [] : await tellClassic(engine, served, wires);
    return [...bypassing, ...classic];
  } catch (error) {
    explain(foundBy(error), served, wires);
    return ["Docker: it is not told"];
  }
}

/** Prints what a user can do where this step cannot. */
function explain(why: string, served: ServedAt, { places, group }: DockerWires): void {
  const path = join(places.systemDocker, "certs.d/_default/hosts.toml");
  group(`Docker is not told about the job's registry: ${why}`, [
    `write this to ${path} where the engine runs, if it can reach ${served.address} there:`,
    ...hostsToml(served).trimEnd().split("\n").slice(1),
  ]);
}

/**
 * Puts `hosts.toml` in place. Pulls read it with the containerd store, and builds with both stores.
 * https://github.com/containerd/containerd/blob/main/docs/hosts.md
 */
async function placeHosts(
  { hosts }: DockerEngine,
  served: ServedAt,
  { stepsIn, voice }: DockerWires,
): Promise<readonly string[]> {
  const path = join(hosts, "hosts.toml");
  const steps = await stepsIn(hosts);
  const content = Buffer.from(hostsToml(served));
  const had = await place(steps, { path, content, holder: served.holder });
  const kept = had ? "; the file that was there is kept beside it, and put back later" : "";
  voice.say(`Docker asks the job's registry, as ${path} says${kept}`);
  return await bypassing(dirname(hosts), voice.say);
}

/** The registries with a directory of their own, with which Docker ignores `_default`. */
async function bypassing(
  certificates: string,
  say: (line: string) => void,
): Promise<readonly string[]> {
  const names = (await OWN_STEPS.list(certificates).catch(() => undefined)) ?? [];
  const others = names.filter((name) => name !== "_default");
  if (others.length === 0) return [];
  const why = `${certificates} has directories for them, even if they are empty`;
  say(`Docker asks these registries itself: ${others.join(", ")}: ${why}`);
  return [`Docker: ${others.join(", ")}, because of directories in ${certificates}`];
}

/** Pulls with the classic store have mirrors for Docker Hub only, and always fall back. */
async function tellClassic(
  { daemon }: DockerEngine,
  served: ServedAt,
  wires: DockerWires,
): Promise<readonly string[]> {
  const { places, voice } = wires;
  const path = configFileOf(daemon, places);
  const limits = "docker pull with the classic image store";
  try {
    if (daemon.hasMirrorFlag) throw new Error("dockerd runs with --registry-mirror");
    await addMirror(path, daemon, served, wires);
    voice.say(`${limits} asks the job's registry for images of Docker Hub only, as ${path} says`);
  } catch (error) {
    voice.say(`${limits} does not ask the job's registry: ${foundBy(error)}`);
  }
  return [`Docker: ${limits}, which always asks the upstream in the end`];
}
