import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { codeOf, messageOf, PullError } from "../oci/failure.ts";

/** The files of the job's registry, in a directory that only this user can enter. */
export class ServingDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** A new directory below `parent`. Fails as `unsupported` when it cannot be made. */
  static make(parent: string): ServingDirectory {
    try {
      return new ServingDirectory(mkdtempSync(join(parent, "registry-pull-serve-")));
    } catch (cause) {
      if (codeOf(cause) === "") throw cause;
      const found = `cannot write below ${parent}: ${messageOf(cause)}`;
      throw new PullError("runner-broken", found, { cause });
    }
  }

  /** What the registry logs. */
  get log(): string {
    return join(this.path, "registry.log");
  }

  /** The images that the job pulled. */
  get receipt(): string {
    return join(this.path, "receipt.json");
  }

  /** What the post step saves to the cache; there is none when nothing is saved. */
  get saves(): string {
    return join(this.path, "pending-saves.json");
  }

  get #stop(): string {
    return join(this.path, "stop");
  }

  /** The directory in which the containerd of a kind node finds how to reach the registry. */
  get certs(): string {
    return join(this.path, "certs.d");
  }

  /** Writes the configuration for a kind node. */
  writeCerts(hostsToml: string): void {
    const directory = join(this.certs, "_default");
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "hosts.toml"), hostsToml);
  }

  /** The log, open to append to. Returns its descriptor. */
  openLog(): number {
    return openSync(this.log, "a", 0o600);
  }

  /** Asks the registry to end. A file, because Windows has no signal that a process can handle. */
  stop(): void {
    writeFileSync(this.#stop, "");
  }

  /** Confirms that the registry ended as it was asked to, and left what it had. */
  confirmStop(): void {
    rmSync(this.#stop, { force: true });
  }

  /** True when the registry was asked to end, and has not confirmed that it did. */
  get isStopping(): boolean {
    return existsSync(this.#stop);
  }

  /** Why the registry should end; undefined while it should not. */
  whyEnd(): string | undefined {
    if (existsSync(this.#stop)) return "the job is over";
    return existsSync(this.path) ? undefined : "its directory was removed";
  }

  /** Replaces a file at once, so that no reader sees a part of it. */
  write(path: string, text: string): void {
    const temporary = `${path}.new`;
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, path);
  }

  /** True when it is below `parent`, where this action makes it. */
  isBelow(parent: string): boolean {
    const below = relative(parent, this.path);
    return below !== "" && !below.startsWith("..") && !isAbsolute(below);
  }
}
