import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { digestOf } from "../oci/digest.ts";
import { codeOf } from "../oci/failure.ts";

/** The state of another process; `unknown` when this system cannot tell. */
export type Life = "alive" | "dead" | "unknown";

/** The scope in which a process id is unique: `namespace.boot`. */
const WHERE = `${pidNamespace()}.${machineBoot()}`;

/**
 * This process as other processes identify it: `pid.start.namespace.boot`. The start time
 * distinguishes it from a later process with the same id; namespace and boot, from one in another
 * container or on another machine. Start and namespace are 0 on systems without them.
 */
export const HOLDER = holderFor(process.pid);

const TEMPORARY = /\.(\d+\.\d+\.\d+\.[0-9a-f]{8})\.[0-9a-f-]{36}$/;

/** A process of this machine and container as others identify it: as {@link HOLDER}. */
export function holderFor(pid: number): string {
  return `${pid}.${statOf(pid).start}.${WHERE}`;
}

/** A unique path beside `path`; its name records a process, see {@link holderOf}. */
export function temporaryPath(path: string, holder = HOLDER): string {
  return `${path}.${holder}.${crypto.randomUUID()}`;
}

/** The number of a process. */
export function pidOf(holder: string): number {
  return Number(holder.split(".")[0]);
}

/** The process in a name that {@link temporaryPath} made; undefined for any other name. */
export function holderOf(name: string): string | undefined {
  return TEMPORARY.exec(name)?.[1];
}

/** Whether a process still runs; `unknown` for one in another container or on another machine. */
export function lifeOf(holder: string): Life {
  const [pid, start, ...where] = holder.split(".");
  if (where.join(".") !== WHERE) return "unknown";
  if (!exists(Number(pid))) return "dead";
  const found = statOf(Number(pid));
  // A zombie never works again, and stays for ever when the container's first process reaps none.
  if (found.state === "Z") return "dead";
  // Without a start time it may be a later process with the same id.
  if (start === "0" || found.start === "0") return "unknown";
  return start === found.start ? "alive" : "dead";
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

type Stat = { readonly state: string; readonly parent: string; readonly start: string };

/**
 * Fields 3, 4 and 22 of /proc/PID/stat, the last in clock ticks since boot. Field 2 may contain
 * anything, and ends at the last bracket: proc_pid_stat(5).
 */
function statOf(pid: number): Stat {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state = "", parent = "0"] = fields;
    return { state, parent, start: fields[22 - 3] ?? "0" };
  } catch {
    return { state: "", parent: "0", start: "0" };
  }
}

/** The number in `pid:[4026531836]`, which is unique within one boot: pid_namespaces(7). */
function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0";
  } catch {
    return "0";
  }
}

/**
 * Eight hex digits that identify this boot of this machine: the first 32 bits of the random boot id
 * (https://man7.org/linux/man-pages/man4/random.4.html). Systems without a boot id have no
 * containers of their own either, so the host name is enough there.
 */
function machineBoot(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").slice(0, 8);
  } catch {
    return digestOf(Buffer.from(hostname())).slice("sha256:".length).slice(0, 8);
  }
}

/**
 * The processes above this one, the nearest first, without the first process of the system or of the
 * container. Only the nearest is known on systems without /proc.
 */
export function ancestors(): readonly string[] {
  const found: string[] = [];
  for (let pid = process.ppid; pid > 1; pid = Number(statOf(pid).parent)) {
    found.push(holderFor(pid));
  }
  return found;
}

/** The name of a process, in at most 15 characters; empty when it is not known. */
export function nameOf(holder: string): string {
  try {
    return readFileSync(`/proc/${pidOf(holder)}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}
