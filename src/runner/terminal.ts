import type { Location } from "../gate/plan.ts";
import { statusOf } from "../gate/resolved.ts";
import type { Outcome, Result } from "../pull/outcome.ts";
import { pinnedReference, totalSize } from "./results.ts";
import { sanitise, withhold } from "./sanitiser.ts";
import { formatBytes, platformMark } from "./wording.ts";
import type { Workflow } from "./workflow.ts";

// One or two lines of a screen. Longer values are in the files that the outputs name.
const VALUE_LIMIT = 160;

/** A workflow in a terminal. */
export type Terminal = Workflow & {
  /** Prints these outputs, long values cut; of all outputs, only names where they are empty. */
  readonly printOutputs: (names: readonly string[] | "all") => void;
  /** The path of the pending saves; empty when there are none. */
  readonly pendingSaves: () => string;
  /** The state of the job's registry; empty when none runs. */
  readonly servingState: () => string;
};

/** A workflow that prints its lines for people. It keeps the outputs until they are printed. */
export function terminal(write: (line: string) => void): Terminal {
  let pendingSaves = "";
  let servingState = "";
  const secrets = new Set<string>();
  const outputs: Output[] = [];
  const print = (text: string): void => {
    const redacted = withhold(secrets, text);
    write(sanitise(redacted));
  };
  return {
    ...messages(print),
    mask: (secret) => {
      if (secret.trim() !== "") secrets.add(secret);
    },
    withhold: (text) => withhold(secrets, text),
    output: (name, value) => {
      outputs.push([name, value]);
    },
    saveLater: (path) => {
      pendingSaves = path;
    },
    pendingSaves: () => pendingSaves,
    endLater: (state) => {
      servingState = state;
    },
    servingState: () => servingState,
    printOutputs: (names) => outputBlock(outputs, names).forEach(print),
  };
}

type Messages = Pick<Workflow, "say" | "group" | "warn" | "error" | "summary">;

function messages(print: (text: string) => void): Messages {
  return {
    say: print,
    group: (title, lines) => {
      print(title);
      for (const line of lines) print(`    ${once(line)}`);
    },
    warn: (message, location) => {
      const place = placeOf(location);
      print(`${place}warning: ${once(message)}`);
    },
    error: (title, message, location) => {
      const place = placeOf(location);
      print(`${place}error: ${once(`${title}: ${message}`)}`);
    },
    summary: async (report) => {
      if ("invalid" in report || "receipt" in report) return;
      toText(report).forEach(print);
    },
  };
}

/** A place as compilers print it: `compose.yml:12:5: `. */
function placeOf(location: Location | undefined): string {
  if (location === undefined) return "";
  const { file, line, column } = location;
  return `${file}:${line}:${column}: `;
}

/**
 * A line with its subject once: the title of a problem, `app:1 linux/386: platform-missing`, names
 * it, and its message starts with it, too.
 */
function once(line: string): string {
  const [title = "", status = "", subject = "", ...rest] = line.split(": ");
  const [name = ""] = title.split(" ");
  const isRepeated = rest.length > 0 && subject !== "" && (subject === title || subject === name);
  return isRepeated ? [title, status, ...rest].join(": ") : line;
}

type Output = readonly [name: string, value: string];

function outputBlock(
  outputs: readonly Output[],
  names: readonly string[] | "all",
): readonly string[] {
  const isAll = names === "all";
  const shown = outputs.filter(([name, value]) => (isAll ? value !== "" : names.includes(name)));
  const empty = isAll ? outputs.filter(([, value]) => value === "") : [];
  const width = Math.max(...shown.map(([name]) => name.length));
  const lines = shown.flatMap(([name, value]) => outputLines(name.padEnd(width), value));
  if (empty.length > 0) lines.push(`  empty: ${empty.map(([name]) => name).join(", ")}`);
  return lines.length === 0 ? [] : ["", "outputs", ...lines];
}

function outputLines(name: string, value: string): readonly string[] {
  const lines = value === "" ? ["(empty)"] : value.split("\n");
  return lines.map((line, at) => {
    const label = at === 0 ? name : " ".repeat(name.length);
    return `  ${label}  ${shortened(line)}`;
  });
}

function shortened(line: string): string {
  if (line.length <= VALUE_LIMIT) return line;
  return `${line.slice(0, VALUE_LIMIT)}… (${line.length} characters)`;
}

/** The summary as text: one row an image, in columns, and below it the reference to copy. */
function toText({ images }: Outcome): readonly string[] {
  if (images.length === 0) return [];
  const rows = images.map(toRow);
  const widths = widthsOf(rows);
  const lines = rows.flatMap((row, at) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return cell.padEnd(width);
    });
    // A column that is empty in every row is left out.
    const used = cells.filter((_, column) => widths[column] !== 0);
    const pinned = images.slice(at, at + 1).map(pinnedReference);
    const below = pinned.filter((reference) => reference !== "");
    return [`  ${used.join("  ").trimEnd()}`, ...below.map((reference) => `     ${reference}`)];
  });
  return ["", "summary", ...lines];
}

/** The length of the longest cell in each column. */
function widthsOf(rows: readonly Row[]): readonly number[] {
  const [first = []] = rows;
  return first.map((_, column) => {
    const lengths = rows.map((row) => row[column]?.length ?? 0);
    return Math.max(...lengths);
  });
}

type Row = readonly string[];

function toRow(image: Result): Row {
  const status = statusOf(image);
  const size = totalSize([image]);
  const required = image.platforms.filter((platform) => platform.required);
  const platforms = required.map((outcome) => {
    const mark = platformMark(outcome);
    return `${mark} ${outcome.platform}`;
  });
  return [
    status === "ok" ? "✓" : "✗",
    image.wanted.name,
    platforms.join(" "),
    size === 0 ? "" : formatBytes(size),
    status === "ok" ? "" : status,
  ];
}
