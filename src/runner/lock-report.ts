import type { LockWanted } from "../gate/plan.ts";
import type { FileProblem } from "./found-images.ts";
import type { LockChange } from "./lock-diff.ts";

/** What a step did with its lock file. */
export type LockReport = Pick<LockWanted, "file" | "mode"> & {
  /** True when `update` wrote another file. */
  readonly isWritten: boolean;
  /** What that changed. */
  readonly changes: readonly LockChange[];
  readonly problems: readonly FileProblem[];
};
