import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { holderFor } from "../../src/store/holder.ts";

/** A process that a test may end. */
export type Victim = {
  readonly holder: string;
  readonly child: ChildProcess;
  /** True once it has ended and was reaped. */
  readonly hasEnded: () => boolean;
  /** Ends it, and resolves when it has. */
  readonly end: (signal?: NodeJS.Signals) => Promise<void>;
};

/** Starts a shell that runs `script` with `args` as its parameters; it sleeps without a script. */
export async function victim(
  script = "exec sleep 600",
  ...args: readonly string[]
): Promise<Victim> {
  const child = spawn("sh", ["-c", `echo; ${script}`, "sh", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  await once(child.stdout, "data");
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const end: Victim["end"] = async (signal = "SIGKILL") => {
    child.kill(signal);
    await ended;
  };
  return { holder: holderFor(child.pid ?? 0), child, hasEnded, end };
}
