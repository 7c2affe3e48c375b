import { type EngineName, type EngineStore, openEngineStore } from "../runner/engine-store.ts";
import { engineRunner } from "./engine-program.ts";
import type { Step } from "./task.ts";

/** An engine that images will be loaded into, and its store as soon as it has answered. */
export type OpenEngine = { readonly name: EngineName; readonly store: Promise<EngineStore> };

/**
 * Asks the engine that the inputs name about its store; undefined when they name none. An engine
 * may take a third of a second for that, in which the registries answer.
 */
export function openEngine({ inputs, machine, signal }: Step): OpenEngine | undefined {
  const name = inputs.pull;
  if (name !== "docker" && name !== "podman") return undefined;
  const { after } = machine.clock;
  const store = openEngineStore(name, engineRunner(machine.environment, { after, signal }));
  // Reported by the load; mark as handled until then.
  store.catch(() => undefined);
  return { name, store };
}
