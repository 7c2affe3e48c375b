import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** What one run of a command took: seconds by the clock and of all its processes, and the most memory one of them had, in bytes. */
export type Sample = { readonly wall: number; readonly cpu: number; readonly memory: number };

const POLL_MS = 5;

/** Runs a command to its end, all of its processes counted. Fails, with what it printed, when the command does. */
export function measure(command: readonly string[], environment: NodeJS.ProcessEnv): Promise<Sample> {
  return new Promise((resolve, reject) => {
    // The shell's own clock is the one that counts processes which have ended.
    const script = 'TIMEFORMAT="%R %U %S"; time "$@" 2>&1';
    const child = spawn("bash", ["-c", script, "bash", ...command], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    let times = "";
    let memory = 0;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      printed = (printed + text).slice(-4_000);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      times += text;
    });
    const poll = setInterval(() => {
      for (const pid of descendants(child.pid ?? 0)) memory = Math.max(memory, peakOf(pid));
    }, POLL_MS);
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(poll);
      if (code !== 0) return reject(new Error(`${command.join(" ")} ended with ${code}: ${printed}`));
      const [wall = Number.NaN, user = 0, system = 0] = (times.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
      resolve({ wall, cpu: user + system, memory });
    });
  });
}

function descendants(pid: number): readonly number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
    return children.flatMap((child) => [child, ...descendants(child)]);
  } catch {
    return [];
  }
}

/** The high-water mark of a process, where the system tells it: proc_pid_status(5) */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** The middle of some numbers, and how far they spread, from the least to the most. */
export type Spread = { readonly median: number; readonly least: number; readonly most: number };

export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
  return { median: median ?? Number.NaN, least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}
