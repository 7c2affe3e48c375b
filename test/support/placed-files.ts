import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { FileSteps } from "../../src/action/file-steps.ts";

/** What a directory contains, all the way down: `a/b 644 text`, `a 755`, `l -> target`. */
export function treeOf(directory: string, below = ""): readonly string[] {
  return readdirSync(join(directory, below))
    .toSorted()
    .flatMap((name) => {
      const path = join(below, name);
      const found = lstatSync(join(directory, path));
      const mode = (found.mode & 0o777).toString(8);
      if (found.isSymbolicLink()) return `${path} -> ${readlinkSync(join(directory, path))}`;
      if (found.isDirectory()) return [`${path} ${mode}`, ...treeOf(directory, path)];
      return `${path} ${mode} ${readFileSync(join(directory, path), "utf8")}`;
    });
}

/** Writes a file, and the directories above it. */
export function writeFile(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode });
}

/** A process is killed: at its step number `at`, before it, in the middle, or after it. */
export type Kill = { readonly at: number; readonly when: "before" | "within" | "after" };

/** Thrown in place of the end of a process. */
export class Killed extends Error {}

/** Steps of a process that is killed. It can do no step afterwards. `reached` says whether it was. */
export function killed(
  steps: FileSteps,
  { at, when }: Kill,
): { readonly steps: FileSteps; readonly reached: () => boolean } {
  let count = 0;
  const change = async (whole: () => Promise<void>, half = whole): Promise<void> => {
    count++;
    if (count > at || (count === at && when === "before")) throw new Killed();
    await (count === at && when === "within" ? half() : whole());
    if (count === at) throw new Killed();
  };
  const mortal: FileSteps = {
    ...steps,
    create: (path, bytes, mode) =>
      change(
        () => steps.create(path, bytes, mode),
        () => steps.create(path, bytes.subarray(0, bytes.length / 2), mode),
      ),
    link: (path, name) => change(() => steps.link(path, name)),
    rename: (from, to) => change(() => steps.rename(from, to)),
    remove: (path) => change(() => steps.remove(path)),
    makeDirectory: (path) => change(() => steps.makeDirectory(path)),
  };
  return { steps: mortal, reached: () => count >= at };
}
