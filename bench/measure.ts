import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** What one run of a command took. */
export type Sample = {
  /** Seconds of wall time. */
  readonly wall: number;
  /** Seconds of CPU time of all its processes. */
  readonly cpu: number;
  /** The peak memory of its largest process in bytes. */
  readonly memory: number;
};

const POLL_MS = 5;
const OUTPUT_LIMIT = 4_000;
// bash's `time` counts the CPU time of child processes that have ended.
const TIMED = 'TIMEFORMAT="%R %U %S"; time "$@" 2>&1';

const running = new Set<ChildProcess>();

/** Kills the commands that are measured now, with all their processes. */
export function killRunning(): void {
  for (const { pid } of running) {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  }
}

/** Runs a command to its end. Fails, with the end of its output, when the command does. */
export function measure(
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<Sample> {
  return new Promise((resolve, reject) => {
    const child = spawn("bash", ["-c", TIMED, "bash", ...command], {
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
      // A process group of its own, which killRunning ends.
      detached: true,
    });
    running.add(child);
    let output = "";
    let times = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-OUTPUT_LIMIT);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      times += text;
    });
    const peak = watchMemory(child);
    child.on("error", reject);
    child.on("close", (code) => {
      running.delete(child);
      const memory = peak();
      if (code === 0) return resolve({ ...parseTimes(times), memory });
      const shown = command.join(" ");
      reject(new Error(`${shown} ended with exit code ${code}: ${output}`));
    });
  });
}

/** Polls the memory of a process's children. The function it returns stops, and gives the peak. */
function watchMemory(child: ChildProcess): () => number {
  let memory = 0;
  const poll = setInterval(() => {
    const peaks = descendants(child.pid ?? 0).map(peakOf);
    memory = Math.max(memory, ...peaks);
  }, POLL_MS);
  return () => {
    clearInterval(poll);
    return memory;
  };
}

/** The figures in the last line of bash's `time`. */
function parseTimes(text: string): Pick<Sample, "wall" | "cpu"> {
  const lines = text.trim().split("\n");
  const figures = lines.at(-1)?.split(" ") ?? [];
  const [wall = Number.NaN, user = 0, system = 0] = figures.map(Number);
  return { wall, cpu: user + system };
}

function descendants(pid: number): readonly number[] {
  const text = readOrEmpty(`/proc/${pid}/task/${pid}/children`);
  const numbers = text.trim().split(" ").filter(Boolean);
  const children = numbers.map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

/** The peak memory of a process in bytes; 0 when it has ended. See proc_pid_status(5). */
function peakOf(pid: number): number {
  const status = readOrEmpty(`/proc/${pid}/status`);
  const [, kilobytes = "0"] = /VmHWM:\s+(\d+) kB/.exec(status) ?? [];
  return Number(kilobytes) * 1024;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** The median of some numbers, and their range. */
export type Spread = {
  readonly median: number;
  readonly least: number;
  readonly most: number;
};

/** The spread of some numbers; NaN without any. */
export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((one, other) => one - other);
  const count = sorted.length;
  const low = sorted[(count - 1) >> 1] ?? Number.NaN;
  const high = sorted[count >> 1] ?? Number.NaN;
  return {
    median: (low + high) / 2,
    least: sorted[0] ?? Number.NaN,
    most: sorted.at(-1) ?? Number.NaN,
  };
}
