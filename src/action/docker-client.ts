import { foundBy, PullError } from "../oci/failure.ts";
import { engineCommands } from "../runner/engine-commands.ts";
import { openEngineStore } from "../runner/engine-store.ts";
import { type ClientPlaces, defaultHosts } from "./client-places.ts";
import type { ClientPrograms } from "./client-programs.ts";
import {
  configurationOf,
  type DockerDaemon,
  dockerDaemons,
  listensOn,
  seesSame,
} from "./docker-daemon.ts";

/** The engine that the docker client uses, when it reads the files of this machine. */
export type DockerEngine = {
  readonly daemon: DockerDaemon;
  /** False for the classic image store. */
  readonly isContainerd: boolean;
  /** Its directory for the hosts of every registry. */
  readonly hosts: string;
};

/** No engine to tell, and why; an empty `why` means that there is no docker client either. */
export type NoEngine = { readonly why: string };

/** The engine that the docker client uses, or why its files cannot be written here. */
export async function findEngine(
  programs: ClientPrograms,
  places: ClientPlaces,
): Promise<DockerEngine | NoEngine> {
  try {
    return await askEngine(programs, places);
  } catch (error) {
    const isMissing = error instanceof PullError && error.reason === "engine-missing";
    return { why: isMissing ? "" : foundBy(error) };
  }
}

async function askEngine(
  programs: ClientPrograms,
  places: ClientPlaces,
): Promise<DockerEngine | NoEngine> {
  const endpoint = await endpointOf(programs);
  const { abilities } = await openEngineStore(
    "docker",
    engineCommands("docker", programs.runEngine),
  );
  const [, socket] = /^unix:\/\/(.+)$/.exec(endpoint) ?? [];
  if (socket === undefined) return { why: `the engine is at ${endpoint}` };
  const daemon = dockerDaemons(places.proc).find((one) => listensOn(one, socket));
  if (daemon === undefined) return { why: `no dockerd is visible that listens on ${socket}` };
  const hosts = defaultHosts(configurationOf(daemon, places));
  if (!(await seesSame(daemon, hosts, places, programs.root))) {
    return { why: "dockerd has other files than this job, for example in another container" };
  }
  return { daemon, hosts, isContainerd: abilities.digests };
}

/** The endpoint of the current context, which `DOCKER_HOST` and `DOCKER_CONTEXT` decide. */
async function endpointOf({ docker }: ClientPrograms): Promise<string> {
  const format = "{{.Endpoints.docker.Host}}";
  const { code, output } = await docker(["context", "inspect", "--format", format]);
  if (code === 0) return output.trim();
  throw new PullError("engine-failed", `docker names no context: ${output.trim()}`);
}
