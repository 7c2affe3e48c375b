import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  DEFAULTS,
  step
} from "./chunk-MPUCLSCG.js";
import "./chunk-4V4L3O2I.js";
import "./chunk-ISYIH3YE.js";
import {
  savePending
} from "./chunk-FTNEYSJV.js";
import "./chunk-RISCU4BB.js";
import "./chunk-QQ6JMD24.js";
import "./chunk-L2B45JQI.js";
import "./chunk-MALUXLFS.js";
import {
  endWhenUnread,
  sanitise,
  thisMachine,
  withhold
} from "./chunk-FWJHGFIP.js";
import "./chunk-VILHWXFW.js";
import "./chunk-F5WAN3K3.js";
import {
  formatBytes,
  platformMark
} from "./chunk-JHDYLEBT.js";
import "./chunk-KLG7C2X7.js";
import "./chunk-JYZXHWWT.js";
import "./chunk-F5JEJP5I.js";
import "./chunk-4OP3FLAA.js";
import "./chunk-QLFXTSCP.js";
import {
  pinnedReference,
  statusOf,
  totalSize
} from "./chunk-WTIERWO2.js";
import "./chunk-ZIRQ5OYK.js";
import "./chunk-S6QD5BGI.js";
import "./chunk-ZYBEAVHH.js";
import "./chunk-ZOMEQQGK.js";
import "./chunk-CVTQFW4F.js";
import "./chunk-7LINYFDY.js";
import "./chunk-W4LMWFRO.js";
import "./chunk-746D3ODV.js";
import "./chunk-QI2MY3KS.js";
import {
  messageOf
} from "./chunk-WVIFX3WP.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/runner/command-line.ts
import { parseArgs } from "node:util";
var OPTIONS = Object.entries(DEFAULTS).filter(([name]) => name !== "images").map(([name, value]) => `  --${name} ${value}`.trimEnd());
var LISTS = ["images", "files", "platforms", "sources", "insecure-registries", "trusted-realms"];
var USAGE = `npm start                            a demonstration on an embedded registry, without network
npm start -- REFERENCE… [--INPUT VALUE…]   the step that the runner runs, on these images
npm start -- --files PATTERN [--pins write]  the same, on the images that files name
npm start -- --lock update [--prune] …     locks them; --prune drops entries that are not named

Inputs, with their defaults (README.md describes them):
${OPTIONS.join("\n")}
`;
var PRUNES_NOTHING = "--prune: expected --lock update beside it, which writes the lock file";
function readCommandLine(args, environment) {
  const options = {
    help: { type: "boolean", short: "h" },
    prune: { type: "boolean" }
  };
  for (const name of Object.keys(DEFAULTS)) {
    options[name] = { type: "string", multiple: LISTS.includes(name) };
  }
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options
    });
    if (values["help"]) return { help: true };
    const { images, prune = false, ...others } = values;
    if (prune && values["lock"] !== "update") return { problem: PRUNES_NOTHING };
    const inputs = {};
    for (const [name, value] of Object.entries(others)) {
      inputs[inputName(name)] = [value].flat().join("\n");
    }
    inputs["INPUT_IMAGES"] = [...positionals, ...[images ?? []].flat()].join("\n");
    return { environment: { ...environment, ...inputs }, prunes: prune === true };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}
__name(readCommandLine, "readCommandLine");
function inputName(option) {
  return `INPUT_${option.toUpperCase()}`;
}
__name(inputName, "inputName");

// src/runner/terminal.ts
var VALUE_LIMIT = 160;
function terminal(write2) {
  let pendingSaves = "";
  const secrets = /* @__PURE__ */ new Set();
  const outputs = [];
  const print = /* @__PURE__ */ __name((text) => {
    const redacted = withhold(secrets, text);
    write2(sanitise(redacted));
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
      if ("invalid" in report) return;
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

// src/cli.ts
var write = /* @__PURE__ */ __name((line) => {
  process.stdout.write(`${line}
`);
}, "write");
async function run(machine, outputs, extras) {
  const workflow = terminal(write);
  const exitCode = await step(machine, workflow, extras);
  workflow.printOutputs(outputs);
  await savePending(workflow.pendingSaves(), machine, workflow);
  return exitCode;
}
__name(run, "run");
async function demonstrate() {
  const path = new URL("../demo/demo.js", import.meta.url).href;
  const demonstration = await import(path);
  const machine = thisMachine();
  const sameEverywhere = { ...machine, platform: "linux", architecture: "x64" };
  return demonstration.demonstrate(write, (environment, directory, outputs) => {
    const here = { environment, workspace: directory, temporary: directory };
    return run({ ...sameEverywhere, ...here }, outputs);
  });
}
__name(demonstrate, "demonstrate");
async function main(args) {
  if (args.length === 0) return demonstrate();
  const asked = readCommandLine(args, process.env);
  if ("environment" in asked) {
    const { environment, prunes } = asked;
    return run(thisMachine(environment), void 0, { prunes });
  }
  if ("problem" in asked) {
    write(`${asked.problem}

${USAGE}`);
    return 2;
  }
  write(USAGE);
  return 0;
}
__name(main, "main");
endWhenUnread();
process.exitCode = await main(process.argv.slice(2));
