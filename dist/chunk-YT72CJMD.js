import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  sanitise,
  withhold
} from "./chunk-FYXWCRXM.js";
import {
  formatBytes,
  platformMark
} from "./chunk-BGEPBSP5.js";
import {
  pinnedReference,
  totalSize
} from "./chunk-WT6YWUOJ.js";
import {
  statusOf
} from "./chunk-MG3YF5HN.js";

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
    printOutputs: (names) => {
      print("");
      print("outputs");
      for (const [name, value] of outputs) {
        const isAsked = names?.includes(name) ?? true;
        if (isAsked) outputLines(name, value).forEach(print);
      }
    }
  };
}
function messages(print) {
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
    }
  };
}
function placeOf(location) {
  if (location === void 0) return "";
  const { file, line, column } = location;
  return `${file}:${line}:${column}: `;
}
function outputLines(name, value) {
  const lines = value === "" ? ["(empty)"] : value.split("\n");
  return lines.map((line, at) => {
    const label = at === 0 ? name : "";
    return `  ${label.padEnd(15)} ${shortened(line)}`;
  });
}
function shortened(line) {
  if (line.length <= VALUE_LIMIT) return line;
  return `${line.slice(0, VALUE_LIMIT)}… (${line.length} characters)`;
}
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
function widthsOf(rows) {
  const [first = []] = rows;
  return first.map((_, column) => {
    const lengths = rows.map((row) => row[column]?.length ?? 0);
    return Math.max(...lengths);
  });
}
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

export {
  terminal
};
