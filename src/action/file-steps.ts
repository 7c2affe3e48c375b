import { constants, promises as fs } from "node:fs";
import { dirname } from "node:path";
import { codeOf, PullError } from "../oci/failure.ts";

/**
 * Changes to files of this machine. Each happens whole or not at all, apart from `create`, `remove`
 * of a directory, and what another process does at the same time. They fail as the system does.
 */
export type FileSteps = {
  /** The names in a directory; undefined when it does not exist. */
  readonly list: (directory: string) => Promise<readonly string[] | undefined>;
  /** The bytes of a file, or of the file that a link leads to; undefined when there is none. */
  readonly read: (path: string) => Promise<Buffer | undefined>;
  /** The permissions for a file that takes the place of this one; undefined when there is none. */
  readonly mode: (path: string) => Promise<number | undefined>;
  /** Creates a file where none is. */
  readonly create: (path: string, bytes: Uint8Array, mode: number) => Promise<void>;
  /** Gives a file, or a link itself, a second name that nothing has. */
  readonly link: (path: string, name: string) => Promise<void>;
  /** Renames a file over any other, or a directory to a name that nothing has. */
  readonly rename: (from: string, to: string) => Promise<void>;
  /** Removes a file, or a directory with all that it contains. Succeeds when there is nothing. */
  readonly remove: (path: string) => Promise<void>;
  readonly makeDirectory: (path: string) => Promise<void>;
};

// Configuration files have a few kilobytes.
const SIZE_LIMIT = 1024 * 1024;
/** The permissions of a new file. */
export const FILE_MODE = 0o644;
const DIRECTORY_MODE = 0o755;
// https://man7.org/linux/man-pages/man7/inode.7.html
const PERMISSIONS = 0o777;
const KIND = 0o170000;
const LINK = 0o120000;

/** The steps as this process can do them. */
export const OWN_STEPS: FileSteps = {
  list: (directory) => orUndefined(fs.readdir(directory)),
  read: (path) => orUndefined(readBounded(path)),
  mode: (path) => orUndefined(modeOf(path)),
  create: async (path, bytes, mode) => {
    await fs.writeFile(path, bytes, { flag: "wx", mode });
    // The process's mask has removed permissions.
    await fs.chmod(path, mode);
  },
  link: (path, name) => fs.link(path, name),
  rename: (from, to) => fs.rename(from, to),
  remove: (path) => fs.rm(path, { recursive: true, force: true }),
  makeDirectory: (path) => fs.mkdir(path, { mode: DIRECTORY_MODE }),
};

async function orUndefined<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function readBounded(path: string): Promise<Buffer> {
  const found = await fs.stat(path);
  if (found.isFile() && found.size <= SIZE_LIMIT) return fs.readFile(path);
  const expected = `expected a file of at most ${SIZE_LIMIT} bytes`;
  throw new PullError("not-a-file", `${path} is no configuration: ${expected}`);
}

async function modeOf(path: string): Promise<number> {
  const { mode } = await fs.lstat(path);
  return modeFor(mode);
}

/** The permissions for a file that replaces one with this mode. Those of a link mean nothing. */
export function modeFor(mode: number): number {
  return (mode & KIND) === LINK ? FILE_MODE : mode & PERMISSIONS;
}

/** True when this process may create files in a directory, after creating the directory itself. */
export async function mayWriteIn(directory: string): Promise<boolean> {
  try {
    await fs.access(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch (error) {
    const above = dirname(directory);
    if (codeOf(error) !== "ENOENT" || above === directory) return false;
    return mayWriteIn(above);
  }
}
