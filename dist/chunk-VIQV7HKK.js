import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  sanitise,
  withhold
} from "./chunk-TQBEFKGP.js";
import {
  formatBytes,
  pinnedReference,
  platformMark,
  statusOf,
  totalSize
} from "./chunk-U27EXNVS.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/runner/terminal.ts
var VALUE_LIMIT = 160;
function terminal(write) {
  let pendingSaves = "";
  const secrets = /* @__PURE__ */ new Set();
  const outputs = [];
  const print = /* @__PURE__ */ __name((text) => write(sanitise(withhold(secrets, text))), "print");
  return {
    say: print,
    group: /* @__PURE__ */ __name((title, lines) => [title, ...lines.map((line) => `    ${line}`)].forEach(print), "group"),
    warn: /* @__PURE__ */ __name((message) => print(`warning: ${message}`), "warn"),
    fail: /* @__PURE__ */ __name((title, message) => print(`error: ${title}: ${message}`), "fail"),
    mask: /* @__PURE__ */ __name((secret) => void (secret.trim() !== "" && secrets.add(secret)), "mask"),
    withhold: /* @__PURE__ */ __name((text) => withhold(secrets, text), "withhold"),
    output: /* @__PURE__ */ __name((name, value) => void outputs.push([name, value]), "output"),
    summary: /* @__PURE__ */ __name(async (report) => ("invalid" in report ? [] : toText(report)).forEach(print), "summary"),
    saveLater: /* @__PURE__ */ __name((path) => {
      pendingSaves = path;
    }, "saveLater"),
    pendingSaves: /* @__PURE__ */ __name(() => pendingSaves, "pendingSaves"),
    printOutputs: /* @__PURE__ */ __name(() => {
      print("");
      print("outputs");
      for (const [name, value] of outputs) for (const line of outputLines(name, value)) print(line);
    }, "printOutputs")
  };
}
__name(terminal, "terminal");
function outputLines(name, value) {
  const lines = value === "" ? ["(empty)"] : value.split("\n");
  return lines.map(
    (line, at) => `  ${(at === 0 ? name : "").padEnd(15)} ${line.length > VALUE_LIMIT ? `${line.slice(0, VALUE_LIMIT)}\u2026 (${line.length} characters)` : line}`
  );
}
__name(outputLines, "outputLines");
function toText(outcome) {
  const rows = outcome.images.map((resolved) => [
    statusOf(resolved) === "ok" ? "\u2713" : "\u2717",
    resolved.wanted.name,
    statusOf(resolved),
    resolved.platforms.filter(({ required }) => required).map((outcome2) => `${platformMark(outcome2)} ${outcome2.platform}`).join(" "),
    formatBytes(totalSize([resolved])),
    pinnedReference(resolved)
  ]);
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map(
    (row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  );
  return ["", "summary", ...lines.map((line) => `  ${line}`)];
}
__name(toText, "toText");

export {
  terminal
};
