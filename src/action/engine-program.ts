import { codeOf, messageOf, PullError } from "../oci/failure.ts";
import type { EngineName } from "../runner/engine-calls.ts";
import type { RunEngine } from "../runner/engine-commands.ts";
import { type Bounds, environmentFor, runProgram } from "./program.ts";

// The end of the output has the engine's own error.
const OUTPUT_LIMIT = 1024;

// How to reach an engine and where it stores images, in addition to what every program needs. No
// credentials for registries and clouds: the image itself is handed over.
const ENGINES = [
  // https://docs.docker.com/reference/cli/docker/#environment-variables
  "DOCKER_HOST DOCKER_CONTEXT DOCKER_API_VERSION DOCKER_CUSTOM_HEADERS SSH_AUTH_SOCK",
  "DOCKER_CERT_PATH DOCKER_TLS DOCKER_TLS_VERIFY",
  // https://docs.podman.io/en/latest/markdown/podman.1.html
  "CONTAINER_HOST CONTAINER_CONNECTION CONTAINER_SSHKEY CONTAINER_PASSPHRASE CONTAINER_PROXY",
  "CONTAINER_TLS_* CONTAINERS_* STORAGE_DRIVER STORAGE_OPTS PODMAN_CONNECTIONS_CONF PODMAN_USERNS",
];

/** Runs the commands of engines, with a limited environment. */
export function engineRunner(environment: NodeJS.ProcessEnv, bounds: Bounds): RunEngine {
  const env = environmentFor(environment, ...ENGINES);
  return async (engine, args, input) => {
    let output = "";
    const read = (text: string): void => {
      output = (output + text).slice(-OUTPUT_LIMIT);
    };
    const program = {
      command: engine,
      args,
      env,
      input: input ?? [],
      read,
      errors: true,
    };
    try {
      const { code, killedBy } = await runProgram(program, bounds);
      if (code === null) return { code: -1, output: `${output} (${killedBy})` };
      return { code, output };
    } catch (error) {
      throw error instanceof PullError ? error : notRun(engine, error);
    }
  };
}

function notRun(engine: EngineName, cause: unknown): PullError {
  if (codeOf(cause) === "ENOENT") {
    return new PullError("engine-missing", `${engine} is not on this runner`, { cause });
  }
  const found = `${engine} cannot be run: ${messageOf(cause)}`;
  return new PullError("engine-failed", found, { cause });
}
