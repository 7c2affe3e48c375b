import type { EngineCalls, EngineName } from "../runner/engine-calls.ts";
import { engineCommands } from "../runner/engine-commands.ts";
import { type EngineStore, openEngineStore } from "../runner/engine-store.ts";
import { dockerSocket } from "./docker-endpoint.ts";
import { dockerCalls } from "./docker-socket.ts";
import { engineRunner } from "./engine-program.ts";
import type { Step } from "./task.ts";

/** An engine that images will be loaded into, and its store as soon as it has answered. */
export type OpenEngine = { readonly name: EngineName; readonly store: Promise<EngineStore> };

/**
 * Asks the engine that the inputs name about its store; undefined when they name none. An engine
 * may take a third of a second for that, in which the registries answer.
 */
export function openEngine(step: Step): OpenEngine | undefined {
  const name = step.inputs.pull;
  if (name !== "docker" && name !== "podman") return undefined;
  const store = openEngineStore(name, callsOf(name, step));
  // Reported by the load; mark as handled until then.
  store.catch(() => undefined);
  return { name, store };
}

/** By the engine's socket where that is possible, else by its program. */
function callsOf(name: EngineName, { machine, signal }: Step): EngineCalls {
  const { environment, clock } = machine;
  const socket = name === "docker" ? dockerSocket(environment) : undefined;
  if (socket !== undefined) return dockerCalls(socket, signal);
  return engineCommands(name, engineRunner(environment, { after: clock.after, signal }));
}
