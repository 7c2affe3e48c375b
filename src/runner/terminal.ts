import { type Outcome, statusOf } from "../pull/plan.ts";
import { pinnedReference, totalSize } from "./entries.ts";
import { formatBytes, platformMark } from "./log.ts";
import { sanitise, withhold } from "./sanitiser.ts";
import type { Workflow } from "./workflow.ts";

// One screen line or two: what is longer is in the files that the outputs name.
const VALUE_LIMIT = 160;

/** A workflow for people: everything in the order it happens, the outputs and the summary last. */
export function terminal(
  write: (line: string) => void,
): Workflow & { readonly printOutputs: () => void; readonly pendingSaves: () => string } {
  let pendingSaves = "";
  const secrets = new Set<string>();
  const outputs: [name: string, value: string][] = [];
  const print = (text: string): void => write(sanitise(withhold(secrets, text)));
  return {
    say: print,
    group: (title, lines) => [title, ...lines.map((line) => `    ${line}`)].forEach(print),
    warn: (message) => print(`warning: ${message}`),
    fail: (title, message) => print(`error: ${title}: ${message}`),
    mask: (secret) => void (secret.trim() !== "" && secrets.add(secret)),
    withhold: (text) => withhold(secrets, text),
    output: (name, value) => void outputs.push([name, value]),
    summary: async (report) => ("invalid" in report ? [] : toText(report)).forEach(print),
    saveLater: (path) => {
      pendingSaves = path;
    },
    pendingSaves: () => pendingSaves,
    printOutputs: () => {
      print("");
      print("outputs");
      for (const [name, value] of outputs) for (const line of outputLines(name, value)) print(line);
    },
  };
}

function outputLines(name: string, value: string): readonly string[] {
  const lines = value === "" ? ["(empty)"] : value.split("\n");
  return lines.map(
    (line, at) =>
      `  ${(at === 0 ? name : "").padEnd(15)} ${line.length > VALUE_LIMIT ? `${line.slice(0, VALUE_LIMIT)}… (${line.length} characters)` : line}`,
  );
}

/** The summary as text: a row an image, in columns. */
function toText(outcome: Outcome): readonly string[] {
  const rows = outcome.images.map((resolved) => [
    statusOf(resolved) === "ok" ? "✓" : "✗",
    resolved.wanted.name,
    statusOf(resolved),
    resolved.platforms
      .filter(({ required }) => required)
      .map((outcome) => `${platformMark(outcome)} ${outcome.platform}`)
      .join(" "),
    formatBytes(totalSize([resolved])),
    pinnedReference(resolved),
  ]);
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return ["", "summary", ...lines.map((line) => `  ${line}`)];
}
