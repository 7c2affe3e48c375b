import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  step
} from "./chunk-WV64IXQZ.js";
import "./chunk-UNUFXIPR.js";
import {
  endJob
} from "./chunk-UWQS7CFI.js";
import "./chunk-EC6WEUJU.js";
import "./chunk-KXWKZKOL.js";
import {
  terminal
} from "./chunk-V5AR5YYS.js";
import {
  DEFAULTS
} from "./chunk-M4BPC7ZW.js";
import "./chunk-EAIMOVJT.js";
import "./chunk-4RS7WBCL.js";
import "./chunk-QGK77OHI.js";
import "./chunk-4SKGWH6K.js";
import "./chunk-DFUUDE2K.js";
import "./chunk-DCTTGT6M.js";
import "./chunk-FUQHFSBD.js";
import "./chunk-H7XMZLRN.js";
import "./chunk-VWCS4YZZ.js";
import {
  endWhenUnread,
  thisMachine
} from "./chunk-3FJVDGVQ.js";
import "./chunk-FYXWCRXM.js";
import "./chunk-5NRT7XDW.js";
import "./chunk-VZIZUKS2.js";
import "./chunk-COR7NI3P.js";
import "./chunk-GN7N3NJW.js";
import "./chunk-NW7VBWHV.js";
import "./chunk-RKAU76CV.js";
import "./chunk-GBVRIMHB.js";
import "./chunk-EA2R6EQY.js";
import "./chunk-UFHSAQ23.js";
import "./chunk-QWCBFTQ4.js";
import "./chunk-LFD2NK2P.js";
import "./chunk-UMCD7WYT.js";
import "./chunk-GHKMTOL7.js";
import "./chunk-SMR2B6IV.js";
import "./chunk-NAVAG4EO.js";
import "./chunk-SP36TW6E.js";
import "./chunk-MUYIHUB2.js";
import "./chunk-V4QGKLYV.js";
import "./chunk-DGCL3OSD.js";
import {
  messageOf
} from "./chunk-P27XCGGL.js";
import "./chunk-VA35IVHB.js";

// src/runner/command-line.ts
import { parseArgs } from "node:util";
var OPTIONS = Object.entries(DEFAULTS).filter(([name]) => name !== "images" && name !== "job-status").map(([name, value]) => `  --${name} ${value}`.trimEnd());
var LISTS = ["images", "files", "platforms", "sources", "insecure-registries", "trusted-realms"];
var USAGE = `npm start                            a demonstration on an embedded registry, without network
npm start -- REFERENCE… [--INPUT VALUE…]   the step that the runner runs, on these images
npm start -- --files PATTERN [--pins write]  the same, on the images that files name
npm start -- --lock update [--prune] …     locks them; --prune drops entries that are not named
npm start -- --outputs …                   also prints the outputs that a workflow would get

Inputs, with their defaults (README.md describes them):
${OPTIONS.join("\n")}
`;
var PRUNES_NOTHING = "--prune: expected --lock update beside it, which writes the lock file";
function readCommandLine(args, environment) {
  const options = {
    help: { type: "boolean", short: "h" },
    outputs: { type: "boolean" },
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
    const { images, outputs = false, prune = false, ...others } = values;
    if (prune && values["lock"] !== "update") return { problem: PRUNES_NOTHING };
    const inputs = {};
    for (const [name, value] of Object.entries(others)) {
      inputs[inputName(name)] = [value].flat().join("\n");
    }
    inputs["INPUT_IMAGES"] = [...positionals, ...[images ?? []].flat()].join("\n");
    const asked = { prunes: prune === true, outputs: outputs === true };
    return { environment: { ...environment, ...inputs }, ...asked };
  } catch (error) {
    const [problem = ""] = messageOf(error).split(" To specify a positional argument");
    return { problem };
  }
}
function inputName(option) {
  return `INPUT_${option.toUpperCase()}`;
}

// src/cli.ts
var NEVER = new AbortController().signal;
var write = (line) => {
  process.stdout.write(`${line}
`);
};
async function run(machine, options = {}) {
  const { outputs = [], extras, meanwhile = untilInterrupted } = options;
  const workflow = terminal(write);
  const exitCode = await step(machine, workflow, extras);
  workflow.printOutputs(outputs);
  const serving = workflow.servingState();
  try {
    if (serving !== "") await meanwhile(machine, workflow);
  } finally {
    const ending = { ...machine, cancelled: NEVER };
    const left = { saves: workflow.pendingSaves(), serving };
    await endJob(left, ending, workflow);
  }
  return exitCode;
}
async function untilInterrupted({ cancelled }, { say }) {
  if (cancelled.aborted) return;
  say("serving until you press Ctrl-C");
  const alive = setInterval(() => void 0, 6e4);
  await new Promise((resolve) => cancelled.addEventListener("abort", resolve, { once: true }));
  clearInterval(alive);
}
async function demonstrate() {
  const path = new URL("../demo/demo.js", import.meta.url).href;
  const demonstration = await import(path);
  const machine = thisMachine();
  const sameEverywhere = { ...machine, platform: "linux", architecture: "x64" };
  return demonstration.demonstrate(write, (environment, directory, outputs, meanwhile) => {
    const here = { environment, workspace: directory, temporary: directory };
    return run({ ...sameEverywhere, ...here }, { outputs, meanwhile });
  });
}
async function main(args) {
  if (args.length === 0) return demonstrate();
  const asked = readCommandLine(args, process.env);
  if ("environment" in asked) {
    const { environment, prunes, outputs } = asked;
    return run(thisMachine(environment), { extras: { prunes }, outputs: outputs ? "all" : [] });
  }
  if ("problem" in asked) {
    write(`${asked.problem}
npm start -- --help lists all options`);
    return 2;
  }
  write(USAGE);
  return 0;
}
endWhenUnread();
process.exitCode = await main(process.argv.slice(2));
