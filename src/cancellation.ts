import { PullError } from "./oci/failure.ts";

// The runner sends SIGINT, 7.5 s later SIGTERM, and 2.5 s later kills: https://docs.github.com/actions/reference/workflow-cancellation-reference
const GRACE_MS = 4_000;
/** Ends the process quietly when what reads its output is gone, like `| head`: what is left to say has no reader. */
export function endWhenUnread(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
}

// https://tldp.org/LDP/abs/html/exitcodes.html: 128 and the signal's number.
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Aborts when this process is told to end, so that requests stop and what was half received is removed. What does not heed it
 * within four seconds ends with the process; the next run sweeps what that leaves.
 */
export function cancellation(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => {
      controller.abort(new PullError("cancelled", `cancelled: received ${name}`));
      setTimeout(() => process.exit(EXIT_CODES[name]), GRACE_MS).unref();
    });
  }
  return controller.signal;
}
