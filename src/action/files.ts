import { findReferences } from "../find/find.ts";
import type { Surroundings } from "../find/surroundings.ts";
import { FILE_LIMIT, Workspace } from "../find/workspace.ts";
import { problemFrom } from "../gate/problem.ts";
import type { Clock } from "../http/clock.ts";
import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import type { FilePattern, FilePatterns } from "../runner/file-patterns.ts";
import {
  type FileProblem,
  type FoundFile,
  type NamedInFiles,
  nameImages,
} from "../runner/found-images.ts";
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
export async function readFiles(step: Step): Promise<ReadFiles> {
  const { inputs, machine } = step;
  const workspace = new Workspace(machine.workspace);
  const reader = new FileReader(workspace, step);
  try {
    await reader.readAll(inputs.files);
    const named = nameImages(inputs.plan.wanted, reader.found, inputs);
    const problems = [...reader.problems, ...named.problems];
    return { ...named, problems, workspace, digests: reader.digests };
  } catch (error) {
    const problem = problemOf(error, "files", false);
    const nothing = { wanted: [], references: [], unknown: [] };
    return { ...nothing, problems: [problem], workspace, digests: new Map() };
  }
}

// A file takes a few milliseconds, and seconds when it is made to.
const FILES_AT_ONCE = 10;

/** Reads files one by one, and collects what they name. */
class FileReader {
  readonly found: FoundFile[] = [];
  readonly problems: FileProblem[] = [];
  readonly digests = new Map<string, Digest>();
  readonly #workspace: Workspace;
  readonly #signal: AbortSignal;
  readonly #sleep: Clock["sleep"];
  #count = 0;
  readonly #variable: Surroundings["variable"];

  constructor(workspace: Workspace, { machine, workflow, signal }: Step) {
    this.#workspace = workspace;
    this.#signal = signal;
    this.#sleep = machine.clock.sleep;
    this.#variable = variablesOf(machine.environment, workflow.withhold);
  }

  async readAll(patterns: FilePatterns): Promise<void> {
    const files = await this.#matching(patterns);
    for (const [file, pattern] of files) {
      await this.#pause();
      try {
        this.#read(file, pattern);
      } catch (error) {
        this.problems.push(problemOf(error, file, pattern.optional));
      }
    }
  }

  /** Lets timers run now and then: the step's timeout must end this, too. */
  async #pause(): Promise<void> {
    this.#count += 1;
    if (this.#count % FILES_AT_ONCE === 0) await this.#sleep(0, this.#signal);
    this.#signal.throwIfAborted();
  }

  /** The files that match, each with the last line of the input that names it. */
  async #matching({ included, excluded }: FilePatterns): Promise<Map<string, FilePattern>> {
    const files = new Map<string, FilePattern>();
    for (const pattern of included) {
      let isMatched = false;
      for await (const file of this.#workspace.matching(pattern.pattern, excluded)) {
        this.#signal.throwIfAborted();
        isMatched = true;
        files.set(file, pattern);
        if (files.size > FILE_LIMIT) throw tooMany();
      }
      if (!isMatched) this.problems.push(noFile(pattern));
    }
    return files;
  }

  #read(file: string, pattern: FilePattern): void {
    const { text, digest } = this.#workspace.read(file);
    const finding = findReferences(file, text, pattern.as, {
      variable: this.#variable,
      beside: (name) => this.#workspace.beside(file, name),
    });
    if (finding === undefined) {
      // A glob may match other files; a path must not.
      if (file === pattern.pattern) throw noKind(file);
    } else if ("mistake" in finding) {
      this.problems.push(mistakeIn(file, finding.mistake, pattern));
    } else {
      this.found.push({ file, pattern, ...finding });
      this.digests.set(file, digest);
    }
  }
}

// What a file names is sent to a registry, so a file must not read what can be a secret.
const PRIVATE = /token|secret|passw|credential|private|key|auth|^(?:input|actions)_/i;

/** The variables that Compose files may use. */
function variablesOf(
  environment: NodeJS.ProcessEnv,
  withhold: (text: string) => string,
): Surroundings["variable"] {
  return (name) => {
    if (PRIVATE.test(name) || !Object.hasOwn(environment, name)) return undefined;
    const value = environment[name] ?? "";
    return withhold(value) === value ? value : undefined;
  };
}

function problemOf(error: unknown, where: string, optional: boolean): FileProblem {
  if (!(error instanceof PullError)) throw error;
  return { ...problemFrom(error, where), where, optional };
}

function mistakeIn(
  file: string,
  { line, message }: { readonly line: number; readonly message: string },
  { optional }: FilePattern,
): FileProblem {
  const location = { file, line, column: 1, endColumn: 1 };
  const error = new PullError("wrong-file", `line ${line} is not YAML: ${message}`);
  return { ...problemOf(error, file, optional), location };
}

function noFile({ where, pattern, optional }: FilePattern): FileProblem {
  const error = new PullError("no-file", `no file matches ${pattern}`);
  return problemOf(error, where, optional);
}

function noKind(file: string): PullError {
  const found = `${file} is of no kind that names images`;
  return new PullError("wrong-file", found, {
    next: "state its kind with as=, if it names any",
  });
}

function tooMany(): PullError {
  const found = `more than ${FILE_LIMIT} files match`;
  return new PullError("too-many", found, {
    next: "name fewer files, or leave some out with !path",
  });
}
