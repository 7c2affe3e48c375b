import { KINDS, type Kind } from "../find/kind.ts";
import type { Requirement } from "../gate/plan.ts";
import { type Complain, type Item, lines, readOptions, readPlatforms } from "./list-syntax.ts";

const FORM = "expected pattern[,as=kind][,platform=os/arch[/variant]][,optional=true], or !pattern";

const OPTIONS = { keys: ["as", "platform", "optional"], expected: FORM };

/** A line of the input `files`: which files it names, and how to treat what they name. */
export type FilePattern = {
  /** Where it is written, for messages. */
  readonly where: string;
  /** A path or glob below the workspace, or the absolute path of a receipt. */
  readonly pattern: string;
  /** Undefined to decide by name and content. */
  readonly as: Kind | undefined;
  /** Required of every image in the files, whatever these state; undefined to let them decide. */
  readonly platforms: Requirement | undefined;
  /** True when a problem with an image in the files, or without a file, is only a warning. */
  readonly optional: boolean;
};

/** The input `files`: patterns, and what they exclude. */
export type FilePatterns = {
  readonly included: readonly FilePattern[];
  readonly excluded: readonly string[];
};

/** The patterns of the `files` input. Every problem goes to `complain` with its line. */
export function readFilePatterns(text: string, complain: Complain): FilePatterns {
  const included: FilePattern[] = [];
  const excluded: string[] = [];
  for (const item of lines("files", text)) {
    if (item.text.startsWith("!")) {
      const path = readPath(item.text.slice(1), item.where, complain);
      if (path !== undefined) excluded.push(path);
    } else {
      const pattern = readPattern(item, complain);
      if (pattern !== undefined) included.push(pattern);
    }
  }
  if (excluded.length > 0 && included.length === 0) {
    complain(`files: expected a pattern besides those that exclude files; ${FORM}`);
  }
  return { included, excluded };
}

function readPattern({ where, text }: Item, complain: Complain): FilePattern | undefined {
  const [written = "", ...options] = text.split(",").map((part) => part.trim());
  const isReceipt = isAbsolutePath(written);
  const pattern = isReceipt ? written : readPath(written, where, complain);
  const values = readOptions(where, options, OPTIONS, complain);
  const platforms = (values.get("platform") ?? []).map((platform) => ({ where, text: platform }));
  const required = readPlatforms(platforms, complain);
  const kind = readKind(values.get("as")?.at(-1), where, complain);
  if (isReceipt && kind !== undefined && kind !== "receipt") {
    complain(`${where}: as: expected receipt for an absolute path, got ${kind}`);
  }
  // The temp directory of a runner has files with secrets: only a receipt is read there.
  const as = isReceipt ? "receipt" : kind;
  const optional = values.get("optional")?.at(-1) ?? "false";
  if (optional !== "true" && optional !== "false") {
    complain(`${where}: optional: expected true or false, got ${JSON.stringify(optional)}`);
  }
  if (pattern === undefined) return undefined;
  return { where, pattern, as, platforms: required, optional: optional === "true" };
}

/** True for an absolute path without steps up. Whether a receipt may be there is not known here. */
function isAbsolutePath(written: string): boolean {
  return /^(?:\/|[A-Za-z]:[\\/])/.test(written) && !/(?:^|[\\/])\.\.(?:$|[\\/])/.test(written);
}

/** The path or glob as it is used; the workspace itself stands for everything in it. */
function readPath(written: string, where: string, complain: Complain): string | undefined {
  const path = pathBelow(written);
  if (path !== undefined) return path || "**";
  const got = JSON.stringify(written);
  complain(`${where}: expected a path or glob below the workspace, got ${got}; ${FORM}`);
  return undefined;
}

/** A path relative to the workspace, with `/`; undefined when it leads out of it. */
export function pathBelow(written: string): string | undefined {
  const slashed = written.trim().replaceAll("\\", "/");
  const parts = slashed.split("/");
  const leadsOut = /^[/~]|^[A-Za-z]:/.test(slashed) || parts.includes("..");
  if (slashed === "" || leadsOut) return undefined;
  return parts.filter((part) => part !== "." && part !== "").join("/");
}

function readKind(text: string | undefined, where: string, complain: Complain): Kind | undefined {
  const kind = KINDS.find((one) => one === text);
  if (kind === undefined && text !== undefined) {
    complain(`${where}: as: expected ${KINDS.join(", ")}, got ${JSON.stringify(text)}`);
  }
  return kind;
}
