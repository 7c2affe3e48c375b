import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { dockerConfigPath } from "../registry/docker-config.ts";

const DEFAULT_SOCKET = "/var/run/docker.sock";

// With these, the docker client does more than to connect.
const SPECIAL = ["DOCKER_API_VERSION", "DOCKER_CUSTOM_HEADERS"];

/**
 * The path of the socket that the docker client would use; undefined when that is not a socket of
 * this machine which the job may use, or when a context or a variable decides.
 *
 * https://docs.docker.com/engine/manage-resources/contexts/ has the order of precedence.
 */
export function dockerSocket(
  environment: NodeJS.ProcessEnv,
  defaultSocket = DEFAULT_SOCKET,
): string | undefined {
  const path = socketPath(environment, defaultSocket);
  return path !== undefined && isUsable(path) ? path : undefined;
}

function socketPath(environment: NodeJS.ProcessEnv, byDefault: string): string | undefined {
  if (SPECIAL.some((name) => environment[name])) return undefined;
  const host = environment["DOCKER_HOST"];
  if (host) return host.startsWith("unix:///") ? host.slice("unix://".length) : undefined;
  const context = environment["DOCKER_CONTEXT"] || currentContext(environment);
  return context === "" || context === "default" ? byDefault : undefined;
}

/** The context in the configuration of the docker client; empty when there is none. */
function currentContext(environment: NodeJS.ProcessEnv): unknown {
  try {
    const config = JSON.parse(readFileSync(dockerConfigPath(environment), "utf8"));
    return config.currentContext ?? "";
  } catch {
    // The client ignores a configuration that it cannot read.
    return "";
  }
}

function isUsable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return statSync(path).isSocket();
  } catch {
    return false;
  }
}
