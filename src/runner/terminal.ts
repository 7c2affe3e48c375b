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
  /** Prints the named outputs, or all of them; long values are cut. */
  readonly printOutputs: (names?: readonly string[]) => void;
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
  const outputs: [name: string, value: string][] = [];
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
    printOutputs: (names) => {
      print("");
      print("outputs");
      for (const [name, value] of outputs) {
        const isAsked = names?.includes(name) ?? true;
        if (isAsked) outputLines(name, value).forEach(print);
      }
    },
  };
}

type Messages = Pick<Workflow, "say" | "group" | "warn" | "error" | "summary">;

function messages(print: (text: string) => void): Messages {
  return {
    say: print,
    group: (title, lines) => {
      print(title);
      for (const line of lines) print(`    ${line}`);
    },
    warn: (message, location) => {
      const place = placeOf(location);
      print(`${place}warning: ${message}`);
    },
    error: (title, message, location) => {
      const place = placeOf(location);
      print(`${place}error: ${title}: ${message}`);
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

function outputLines(name: string, value: string): readonly string[] {
  const lines = value === "" ? ["(empty)"] : value.split("\n");
  return lines.map((line, at) => {
    const label = at === 0 ? name : "";
    return `  ${label.padEnd(15)} ${shortened(line)}`;
  });
}

function shortened(line: string): string {
  if (line.length <= VALUE_LIMIT) return line;
  return `${line.slice(0, VALUE_LIMIT)}… (${line.length} characters)`;
}

/** The summary as text: one row an image, in columns. */
function toText({ images }: Outcome): readonly string[] {
  const rows = images.map(toRow);
  const widths = widthsOf(rows);
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return cell.padEnd(width);
    });
    return `  ${cells.join("  ").trimEnd()}`;
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
  const required = image.platforms.filter((platform) => platform.required);
  const platforms = required.map((outcome) => {
    const mark = platformMark(outcome);
    return `${mark} ${outcome.platform}`;
  });
  return [
    status === "ok" ? "✓" : "✗",
    image.wanted.name,
    status,
    platforms.join(" "),
    image.unread === undefined ? formatBytes(totalSize([image])) : "",
    pinnedReference(image),
  ];
}
