import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  sanitise,
  withhold
} from "./chunk-FYXWCRXM.js";
import {
  formatBytes,
  platformMark
} from "./chunk-5NRT7XDW.js";
import {
  pinnedReference,
  totalSize
} from "./chunk-GBVRIMHB.js";
import {
  statusOf
} from "./chunk-EA2R6EQY.js";

// src/runner/terminal.ts
var VALUE_LIMIT = 160;
function terminal(write) {
  let pendingSaves = "";
  let servingState = "";
  const secrets = /* @__PURE__ */ new Set();
  const outputs = [];
  const print = (text) => {
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
    printOutputs: (names) => outputBlock(outputs, names).forEach(print)
  };
}
function messages(print) {
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
    }
  };
}
function placeOf(location) {
  if (location === void 0) return "";
  const { file, line, column } = location;
  return `${file}:${line}:${column}: `;
}
function once(line) {
  const [title = "", status = "", subject = "", ...rest] = line.split(": ");
  const [name = ""] = title.split(" ");
  const isRepeated = rest.length > 0 && subject !== "" && (subject === title || subject === name);
  return isRepeated ? [title, status, ...rest].join(": ") : line;
}
function outputBlock(outputs, names) {
  const isAll = names === "all";
  const shown = outputs.filter(([name, value]) => isAll ? value !== "" : names.includes(name));
  const empty = isAll ? outputs.filter(([, value]) => value === "") : [];
  const width = Math.max(...shown.map(([name]) => name.length));
  const lines = shown.flatMap(([name, value]) => outputLines(name.padEnd(width), value));
  if (empty.length > 0) lines.push(`  empty: ${empty.map(([name]) => name).join(", ")}`);
  return lines.length === 0 ? [] : ["", "outputs", ...lines];
}
function outputLines(name, value) {
  const lines = value === "" ? ["(empty)"] : value.split("\n");
  return lines.map((line, at) => {
    const label = at === 0 ? name : " ".repeat(name.length);
    return `  ${label}  ${shortened(line)}`;
  });
}
function shortened(line) {
  if (line.length <= VALUE_LIMIT) return line;
  return `${line.slice(0, VALUE_LIMIT)}… (${line.length} characters)`;
}
function toText({ images }) {
  if (images.length === 0) return [];
  const rows = images.map(toRow);
  const widths = widthsOf(rows);
  const lines = rows.flatMap((row, at) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return cell.padEnd(width);
    });
    const used = cells.filter((_, column) => widths[column] !== 0);
    const pinned = images.slice(at, at + 1).map(pinnedReference);
    const below = pinned.filter((reference) => reference !== "");
    return [`  ${used.join("  ").trimEnd()}`, ...below.map((reference) => `     ${reference}`)];
  });
  return ["", "summary", ...lines];
}
function widthsOf(rows) {
  const [first = []] = rows;
  return first.map((_, column) => {
    const lengths = rows.map((row) => row[column]?.length ?? 0);
    return Math.max(...lengths);
  });
}
function toRow(image) {
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
    status === "ok" ? "" : status
  ];
}

export {
  terminal
};
