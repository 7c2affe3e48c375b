import type { Clock } from "../http/clock.ts";
import type { Workflow } from "../runner/workflow.ts";
import { locked } from "../store/mutex.ts";
import type { ClientPlaces } from "./client-places.ts";
import type { ClientPrograms } from "./client-programs.ts";
import type { FileSteps } from "./file-steps.ts";

/** What telling and undoing share. */
export type ClientWires = {
  readonly programs: ClientPrograms;
  /** The steps with which files in a directory can be changed; see `stepsIn` of `root-steps`. */
  readonly stepsIn: (directory: string) => Promise<FileSteps>;
  readonly places: ClientPlaces;
  readonly clock: Pick<Clock, "now" | "after" | "sleep">;
  readonly voice: Pick<Workflow, "say" | "warn">;
  readonly signal: AbortSignal;
};

/**
 * What `work` returns. No other process of this user changes the files of clients meanwhile. Fails
 * as `unsupported` when another one does for more than a minute.
 */
export function whileAlone<T>(
  { places, clock, signal }: Pick<ClientWires, "places" | "clock" | "signal">,
  work: () => Promise<T>,
): Promise<T> {
  const { now, after, sleep } = clock;
  const time = { now, after, sleep: (ms: number) => sleep(ms, signal) };
  return locked(
    places.lock,
    async (expectHeld) => {
      await expectHeld();
      return work();
    },
    time,
  );
}
