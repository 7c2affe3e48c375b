import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  sanitise,
  withhold
} from "./chunk-GOQCIFQZ.js";
import {
  formatBytes,
  platformMark
} from "./chunk-4PGJNY3C.js";
import {
  pinnedReference,
  totalSize
} from "./chunk-4RAGDIWQ.js";
import {
  statusOf
} from "./chunk-X7QNMO3T.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/runner/terminal.ts
var VALUE_LIMIT = 160;
function terminal(write) {
  let pendingSaves = "";
  let servingState = "";
  const secrets = /* @__PURE__ */ new Set();
  const outputs = [];
  const print = /* @__PURE__ */ __name((text) => {
    const redacted = withhold(secrets, text);
    write(sanitise(redacted));
  }, "print");
  return {
    ...messages(print),
    mask: /* @__PURE__ */ __name((secret) => {
      if (secret.trim() !== "") secrets.add(secret);
    }, "mask"),
    withhold: /* @__PURE__ */ __name((text) => withhold(secrets, text), "withhold"),
    output: /* @__PURE__ */ __name((name, value) => {
      outputs.push([name, value]);
    }, "output"),
    saveLater: /* @__PURE__ */ __name((path) => {
      pendingSaves = path;
    }, "saveLater"),
    pendingSaves: /* @__PURE__ */ __name(() => pendingSaves, "pendingSaves"),
    endLater: /* @__PURE__ */ __name((state) => {
      servingState = state;
    }, "endLater"),
    servingState: /* @__PURE__ */ __name(() => servingState, "servingState"),
    printOutputs: /* @__PURE__ */ __name((names) => {
      print("");
      print("outputs");
      for (const [name, value] of outputs) {
        const isAsked = names?.includes(name) ?? true;
        if (isAsked) outputLines(name, value).forEach(print);
      }
    }, "printOutputs")
  };
}
__name(terminal, "terminal");
function messages(print) {
  return {
    say: print,
    group: /* @__PURE__ */ __name((title, lines) => {
      print(title);
      for (const line of lines) print(`    ${line}`);
    }, "group"),
    warn: /* @__PURE__ */ __name((message, location) => {
      const place = placeOf(location);
      print(`${place}warning: ${message}`);
    }, "warn"),
    error: /* @__PURE__ */ __name((title, message, location) => {
      const place = placeOf(location);
      print(`${place}error: ${title}: ${message}`);
    }, "error"),
    summary: /* @__PURE__ */ __name(async (report) => {
      if ("invalid" in report || "receipt" in report) return;
      toText(report).forEach(print);
    }, "summary")
  };
}
__name(messages, "messages");
function placeOf(location) {
  if (location === void 0) return "";
  const { file, line, column } = location;
  return `${file}:${line}:${column}: `;
}
__name(placeOf, "placeOf");
function outputLines(name, value) {
  const lines = value === "" ? ["(empty)"] : value.split("\n");
  return lines.map((line, at) => {
    const label = at === 0 ? name : "";
    return `  ${label.padEnd(15)} ${shortened(line)}`;
  });
}
__name(outputLines, "outputLines");
function shortened(line) {
  if (line.length <= VALUE_LIMIT) return line;
  return `${line.slice(0, VALUE_LIMIT)}… (${line.length} characters)`;
}
__name(shortened, "shortened");
function toText({ images }) {
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
__name(toText, "toText");
function widthsOf(rows) {
  const [first = []] = rows;
  return first.map((_, column) => {
    const lengths = rows.map((row) => row[column]?.length ?? 0);
    return Math.max(...lengths);
  });
}
__name(widthsOf, "widthsOf");
function toRow(image) {
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
    image.unread === void 0 ? formatBytes(totalSize([image])) : "",
    pinnedReference(image)
  ];
}
__name(toRow, "toRow");

export {
  terminal
};
