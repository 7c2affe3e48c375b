import { ancestors, type Life, lifeOf, nameOf } from "../store/holder.ts";

// The runner's process for one job:
// https://github.com/actions/runner/blob/main/docs/contribute.md
const WORKER = "Runner.Worker";
// A shell that only starts a step ends with it.
const SETTLED_MS = 5_000;

/**
 * The processes that may run the steps of this job, the nearest first: the runner's, or all above
 * this one where the runner is another program. None is known in a container: the processes that
 * run its steps are outside of it. `all` are those above this one, the nearest first.
 */
export function jobProcesses(
  all: readonly string[] = ancestors(),
  named: (holder: string) => string = nameOf,
): readonly string[] {
  const worker = all.find((holder) => named(holder) === WORKER);
  return worker === undefined ? all : [worker];
}

/**
 * Returns a function that is true once the process has ended that runs the steps of the job. Of
 * several, that is the nearest one that outlives the start of the registry by five seconds.
 */
export function jobEnd(
  processes: readonly string[],
  now: () => number,
  life: (holder: string) => Life = lifeOf,
): () => boolean {
  const settled = now() + SETTLED_MS;
  const isAlive = (holder: string): boolean => life(holder) !== "dead";
  let process: string | undefined;
  return () => {
    if (processes.length === 0 || now() < settled) return false;
    process ??= processes.find(isAlive);
    return process === undefined || !isAlive(process);
  };
}
