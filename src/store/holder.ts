import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { digestOf } from "../oci/digest.ts";

/** What can be known of another process; `unknown` where the system does not say. */
export type Life = "alive" | "dead" | "unknown";

/** Where process ids mean what they mean here. */
const WHERE = `${pidNamespace()}.${machineBoot()}`;

/**
 * This process, as others recognise it: `pid.start.namespace.boot`. The start time tells it from a
 * later process of the same id, namespace and boot from one in another container or machine.
 * Start and namespace are 0 where the system does not say.
 */
export const HOLDER = `${process.pid}.${statOf(process.pid).start}.${WHERE}`;

const TEMPORARY = /\.(\d+\.\d+\.\d+\.[0-9a-f]{8})\.[0-9a-f-]{36}$/;

/** A unique path beside `path`; its name records this process, see {@link holderOf}. */
export function temporaryPath(path: string): string {
  return `${path}.${HOLDER}.${crypto.randomUUID()}`;
}

/** The process that made a name of {@link temporaryPath}; undefined for any other name. */
export function holderOf(name: string): string | undefined {
  return TEMPORARY.exec(name)?.[1];
}

/** Whether the process `holder` still runs. Never guesses about another container or machine. */
export function lifeOf(holder: string): Life {
  const [pid, start, ...where] = holder.split(".");
  if (where.join(".") !== WHERE) return "unknown";
  if (!exists(Number(pid))) return "dead";
  const found = statOf(Number(pid));
  // A zombie does no more work, and stays for ever where a container's first process reaps none.
  if (found.state === "Z") return "dead";
  // Without a start time it may be a later process of the same id.
  if (start === "0" || found.start === "0") return "unknown";
  return start === found.start ? "alive" : "dead";
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}

/**
 * Fields 3 and 22, the latter in clock ticks since boot. Field 2 may hold anything but ends with
 * the last bracket: proc_pid_stat(5)
 */
function statOf(pid: number): { readonly state: string; readonly start: string } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", start: fields[22 - 3] ?? "0" };
  } catch {
    return { state: "", start: "0" };
  }
}

/** The number in `pid:[4026531836]`, which is unique only within a boot: pid_namespaces(7) */
function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0";
  } catch {
    return "0";
  }
}

/**
 * Eight hex digits that tell this boot of this machine from others: the boot id's random first 32
 * bits (https://man7.org/linux/man-pages/man4/random.4.html). Systems without one have no
 * containers of their own either: there the host's name tells machines apart.
 */
function machineBoot(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").slice(0, 8);
  } catch {
    return digestOf(Buffer.from(hostname())).slice("sha256:".length).slice(0, 8);
  }
}
