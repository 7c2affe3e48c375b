import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { codeOf } from "../oci/failure.ts";
import type { ClientPlaces } from "./client-places.ts";
import type { Root } from "./client-programs.ts";

/** A dockerd that this process sees, as its command line describes it. */
export type DockerDaemon = {
  readonly pid: number;
  /** Paths of the sockets on which it listens; undefined when its configuration states them. */
  readonly sockets: readonly string[] | undefined;
  /** The file that `--config-file` names; undefined for the default. */
  readonly configFile: string | undefined;
  /** True when it runs as another user than root. */
  readonly isRootless: boolean;
  /** True when `--registry-mirror` is given, which the file must not repeat. */
  readonly hasMirrorFlag: boolean;
};

/** Every dockerd that this process sees. None where there is no /proc. */
export function dockerDaemons(proc: string): readonly DockerDaemon[] {
  return namesIn(proc)
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => daemonOf(join(proc, name)) ?? []);
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function daemonOf(process: string): DockerDaemon | undefined {
  const [program = "", ...args] = textOf(join(process, "cmdline")).split("\0");
  if (basename(program) !== "dockerd") return undefined;
  const hosts = [...valuesOf(args, "--host"), ...valuesOf(args, "-H")];
  return {
    pid: Number(basename(process)),
    sockets: hosts.length === 0 ? undefined : hosts.flatMap(socketsOf),
    configFile: valuesOf(args, "--config-file").at(-1),
    // https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
    isRootless: !/^Uid:\t0\t/m.test(textOf(join(process, "status"))),
    hasMirrorFlag: valuesOf(args, "--registry-mirror").length > 0,
  };
}

/** A file's text; empty when the process has ended meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** The values of a flag, written `--flag value` or `--flag=value`. */
function valuesOf(args: readonly string[], flag: string): readonly string[] {
  return args.flatMap((arg, index) => {
    if (arg === flag) return args[index + 1] ?? [];
    return arg.startsWith(`${flag}=`) ? arg.slice(flag.length + 1) : [];
  });
}

const DEFAULT_SOCKETS = ["/var/run/docker.sock", "/run/docker.sock"];

/** The sockets of one `--host`. Those of `fd://` come from systemd, at the default path. */
function socketsOf(host: string): readonly string[] {
  if (host.startsWith("unix://")) return [host.slice("unix://".length)];
  return host.startsWith("fd://") ? DEFAULT_SOCKETS : [];
}

/** True when a daemon listens on the socket at `path`. Without `--host` that may be any socket. */
export function listensOn({ sockets }: DockerDaemon, path: string): boolean {
  if (sockets === undefined) return true;
  const asked = resolved(path);
  return sockets.some((socket) => resolved(socket) === asked);
}

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Where a daemon has its configuration. */
export function configurationOf({ isRootless }: DockerDaemon, places: ClientPlaces): string {
  return isRootless ? places.userDocker : places.systemDocker;
}

/** The file that configures a daemon. */
export function configFileOf(daemon: DockerDaemon, places: ClientPlaces): string {
  return daemon.configFile ?? join(configurationOf(daemon, places), "daemon.json");
}

/**
 * True when a daemon finds the same at `path` as this process does. It does not when it runs in
 * another container, or from a package with files of its own. False when that cannot be known.
 */
export async function seesSame(
  { pid }: DockerDaemon,
  path: string,
  { proc }: ClientPlaces,
  root: Root,
): Promise<boolean> {
  const existing = existingAbove(path);
  const ours = await identityForRoot(existing, root);
  const theirs = await identityForRoot(join(proc, String(pid), "root", existing), root);
  return ours !== "" && ours === theirs;
}

function existingAbove(path: string): string {
  if (identityOf(path) !== "" || dirname(path) === path) return path;
  return existingAbove(dirname(path));
}

/** Device and number of a file: `65024:2458442`; empty when it cannot be found. */
function identityOf(path: string): string {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch (error) {
    return codeOf(error) === "EACCES" ? "unknown" : "";
  }
}

/** The same for a path that perhaps only root may follow. */
async function identityForRoot(path: string, root: Root): Promise<string> {
  const own = identityOf(path);
  if (own !== "unknown") return own;
  const { code, output } = await root.print(["stat", "-L", "-c", "%d:%i", "--", path]);
  return code === 0 ? output.trim() : "";
}
