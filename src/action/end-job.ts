import { hasJobSucceeded } from "../runner/job-state.ts";
import type { Workflow } from "../runner/workflow.ts";
import type { Machine } from "./machine.ts";

/** What a step left to do after the job. */
export type LeftForLater = {
  /** The path of the pending saves; empty when there are none. */
  readonly saves: string;
  /** The state of the job's registry; empty when none runs. */
  readonly serving: string;
};

/**
 * Ends the job's registry, and saves to the cache if the job succeeded. Only what is needed is
 * loaded. Never fails.
 */
export async function endJob(
  { saves, serving }: LeftForLater,
  machine: Machine,
  workflow: Workflow,
): Promise<void> {
  const ofRegistry = serving === "" ? "" : await endServing(serving, machine, workflow);
  const paths = [saves, ofRegistry].filter((path) => path !== "");
  if (paths.length === 0 || !hasJobSucceeded(machine.environment)) return;
  const { savePending } = await import("./save.ts");
  for (const path of paths) await savePending(path, machine, workflow);
}

async function endServing(state: string, machine: Machine, workflow: Workflow): Promise<string> {
  const ending = await import("./end-serving.ts");
  return ending.endServing(state, machine, workflow);
}
