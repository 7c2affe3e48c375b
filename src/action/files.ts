import { findReferences } from "../find/find.ts";
import { PLACE_LIMIT } from "../find/findings.ts";
import { kindByPath, mayHaveKind } from "../find/kind.ts";
import type { Surroundings } from "../find/surroundings.ts";
import { FILE_LIMIT, Workspace } from "../find/workspace.ts";
import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import type { FilePattern, FilePatterns } from "../runner/file-patterns.ts";
import {
  type FileProblem,
  type FoundFile,
  fileProblem,
  type NamedInFiles,
  nameImages,
} from "../runner/found-images.ts";
import type { Treatment } from "../runner/image-groups.ts";
import { lockKey, type UsedLock } from "../runner/locked-images.ts";
import { mayBeSecret } from "./secret-variables.ts";
import type { Step } from "./task.ts";

/** What the files of a step name, and the files as they were read. */
export type ReadFiles = NamedInFiles & {
  readonly workspace: Workspace;
  /** By path, the digest of each file that names an image. */
  readonly digests: ReadonlyMap<string, Digest>;
};

/**
 * Reads the files of the input `files` and finds what they name. A file that cannot be read is a
 * problem, and the others are read. Where the files as a whole are too much, no image is checked.
 */
export async function readFiles(step: Step, lock: UsedLock | undefined): Promise<ReadFiles> {
  const { inputs, machine } = step;
  const workspace = new Workspace(machine.workspace, machine.temporary);
  const reader = new FileReader(workspace, step);
  try {
    await reader.readAll(inputs.files);
    const treatment = { ...inputs, renews: renewal(lock) };
    const named = nameImages(inputs.plan.wanted, reader.found, treatment);
    const problems = [...reader.problems, ...named.problems];
    return { ...named, problems, workspace, digests: reader.digests };
  } catch (error) {
    const problem = fileProblem(error, "files", { optional: false });
    const nothing = { wanted: [], references: [], unknown: [] };
    return { ...nothing, problems: [problem], workspace, digests: new Map() };
  }
}

/** A lock file that decides renews only what it has. A digest in a file needs no entry in it. */
function renewal(lock: UsedLock | undefined): Treatment["renews"] {
  if (lock === undefined || lock.mode === "update") return () => true;
  return (reference) => lock.entries.has(lockKey(reference));
}

// Timers run at least this often, in milliseconds: they end the step at its timeout.
const LONGEST_TURN = 50;

/** A file to read, and the lines of the input that name it. */
type Matched = {
  /** The path that matches, whose name shows the kind. */
  readonly path: string;
  readonly patterns: readonly FilePattern[];
};

/** Reads files one by one, and collects what they name. */
class FileReader {
  readonly found: FoundFile[] = [];
  readonly problems: FileProblem[] = [];
  readonly digests = new Map<string, Digest>();
  readonly #step: Step;
  readonly #workspace: Workspace;
  readonly #variables: Pick<Surroundings, "variable" | "isSecret">;
  /** The lines of the input with a file that can name images. */
  readonly #used = new Set<FilePattern>();
  #turnStarted: number;
  #unknown = 0;

  constructor(workspace: Workspace, step: Step) {
    const { machine, workflow } = step;
    this.#step = step;
    this.#workspace = workspace;
    this.#variables = variablesOf(machine.environment, workflow.withhold);
    this.#turnStarted = machine.clock.now();
  }

  async readAll(patterns: FilePatterns): Promise<void> {
    for (const [file, { path, patterns: all }] of await this.#matching(patterns)) {
      await this.#pause();
      // The last line that names a file decides.
      const pattern = all.at(-1);
      if (pattern === undefined) continue;
      try {
        if (this.#read(file, path, pattern)) for (const one of all) this.#used.add(one);
      } catch (error) {
        this.#used.add(pattern);
        this.problems.push(fileProblem(error, file, pattern));
      }
      if (this.#unknown > PLACE_LIMIT) throw tooMany(`${PLACE_LIMIT} references are unknown`);
    }
    for (const pattern of patterns.included) {
      if (!this.#used.has(pattern)) this.problems.push(noFile(pattern));
    }
  }

  /** Lets timers run now and then: the step's timeout must end this, too. */
  async #pause(): Promise<void> {
    const { machine, signal } = this.#step;
    if (machine.clock.now() - this.#turnStarted > LONGEST_TURN) {
      await machine.clock.sleep(0, signal);
      this.#turnStarted = machine.clock.now();
    }
    signal.throwIfAborted();
  }

  /** The files that match and may name images, by their own path. */
  async #matching({ included, excluded }: FilePatterns): Promise<ReadonlyMap<string, Matched>> {
    const files = new Map<string, Matched>();
    for (const pattern of included) {
      try {
        for await (const { path, file } of this.#workspace.matching(pattern.pattern, excluded)) {
          await this.#pause();
          if (!mayName(path, pattern)) continue;
          const patterns = files.get(file)?.patterns ?? [];
          files.set(file, { path, patterns: [...patterns, pattern] });
          if (files.size > FILE_LIMIT) throw tooMany(`${FILE_LIMIT} files match`);
        }
      } catch (error) {
        this.#stop(error, pattern);
      }
    }
    return files;
  }

  /** Notes a pattern that cannot be used. Throws what concerns all files. */
  #stop(error: unknown, pattern: FilePattern): void {
    if (!(error instanceof PullError) || error.reason !== "no-file") throw error;
    this.#used.add(pattern);
    this.problems.push(fileProblem(error, pattern.where, pattern));
  }

  /** Reads a file. Returns false for one that is of no kind. */
  #read(file: string, path: string, pattern: FilePattern): boolean {
    const { text, digest } = this.#workspace.read(file);
    const finding = findReferences(path, text, pattern.as, {
      ...this.#variables,
      beside: (name) => this.#workspace.beside(path, name),
    });
    if (finding === undefined) {
      // A glob may match other files, too.
      if (path === pattern.pattern) throw noKind(file, pattern);
      return false;
    }
    if ("mistake" in finding) {
      this.problems.push(mistakeIn(file, finding.mistake, pattern));
      return true;
    }
    this.found.push({ file, pattern, ...finding });
    this.digests.set(file, digest);
    this.#unknown += finding.unknown.length;
    return true;
  }
}

/** True for a file that can name images, by its name or by its content. */
function mayName(path: string, { pattern, as }: FilePattern): boolean {
  const isNamed = as !== undefined || path === pattern;
  return isNamed || kindByPath(path) !== undefined || mayHaveKind(path);
}

/** The variables that Compose files may use, and which of them may be secrets. */
function variablesOf(
  environment: NodeJS.ProcessEnv,
  withhold: (text: string) => string,
): Pick<Surroundings, "variable" | "isSecret"> {
  return {
    variable: (name) => (Object.hasOwn(environment, name) ? environment[name] : undefined),
    isSecret: (name, value) => withhold(value) !== value || mayBeSecret(name, value),
  };
}

function mistakeIn(
  file: string,
  { line, message }: { readonly line: number; readonly message: string },
  { optional }: FilePattern,
): FileProblem {
  const location = { file, line, column: 1, endColumn: 1 };
  const error = new PullError("wrong-file", `line ${line} is not YAML: ${message}`);
  return fileProblem(error, file, { optional, location });
}

function noFile(line: FilePattern): FileProblem {
  const found = `no file that names images matches ${line.pattern}`;
  return fileProblem(new PullError("no-file", found), line.where, line);
}

function noKind(file: string, { as }: FilePattern): PullError {
  if (as === "receipt") {
    return new PullError("wrong-file", `${file} is not the receipt of a job`, {
      next: "name the file in the output receipt-file of a step with serve: true",
    });
  }
  const found = `${file} is of no kind that names images`;
  return new PullError("wrong-file", found, {
    next: "state its kind with as=, if it names any",
  });
}

function tooMany(what: string): PullError {
  return new PullError("too-many", `more than ${what}`, {
    next: "name fewer files, or leave some out with !path",
  });
}
