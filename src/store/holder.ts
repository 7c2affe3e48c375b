import { readFileSync, readlinkSync } from "node:fs";

const NAMESPACE = namespace();

/**
 * This process, as others of its machine can tell whether it is still there: `pid.start.namespace`. The time it started
 * tells it from a later process of the same number, the namespace from one in another container. Both are 0 where the system
 * does not tell.
 */
export const HOLDER = [process.pid, startOf(process.pid), NAMESPACE].join(".");

const TEMPORARY = /\.(\d+\.\d+\.\d+)\.[0-9a-f-]{36}$/;

/** A path beside `path` that nobody else writes, and that a later run can tell to be nobody's: see {@link holderOf}. */
export function temporaryPath(path: string): string {
  return `${path}.${HOLDER}.${crypto.randomUUID()}`;
}

/** Who was writing a file of such a name; undefined for any other name. */
export function holderOf(name: string): string | undefined {
  return TEMPORARY.exec(name)?.[1];
}

/** True when `holder` was a process here and is one no more; false for those of another container, of whom nothing is known. */
export function isDead(holder: string): boolean {
  const [pid = 0, start = 0, where = 0] = holder.split(".").map(Number);
  if (where !== NAMESPACE) return false;
  return !isAlive(pid) || (start !== 0 && start !== startOf(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}

/** Field 22, in clock ticks since the system started; the second may hold anything but ends with the last bracket: proc_pid_stat(5) */
function startOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[22 - 3]);
  } catch {
    return 0;
  }
}

/** The number in `pid:[4026531836]`: pid_namespaces(7) */
function namespace(): number {
  try {
    return Number(/\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? 0);
  } catch {
    return 0;
  }
}
