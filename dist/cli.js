import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  step
} from "./chunk-RM5XQBQA.js";
import "./chunk-SEAZLW7K.js";
import {
  endJob
} from "./chunk-PCMRHAIE.js";
import "./chunk-EC6WEUJU.js";
import "./chunk-6JTCIGKG.js";
import {
  terminal
} from "./chunk-YT72CJMD.js";
import {
  DEFAULTS
} from "./chunk-UJWK7VBL.js";
import "./chunk-EAIMOVJT.js";
import "./chunk-FP5VOQPL.js";
import "./chunk-GBUWJJ75.js";
import "./chunk-4SKGWH6K.js";
import "./chunk-UHQ4VQWZ.js";
import "./chunk-DCTTGT6M.js";
import "./chunk-XZ2C7XNT.js";
import "./chunk-NSVNZIQA.js";
import {
  endWhenUnread,
  thisMachine
} from "./chunk-VDBIAAZR.js";
import "./chunk-FYXWCRXM.js";
import "./chunk-BGEPBSP5.js";
import "./chunk-5H5L4S2G.js";
import "./chunk-COR7NI3P.js";
import "./chunk-EM4ZRUO3.js";
import "./chunk-YBOTJD2E.js";
import "./chunk-RUCBVZK4.js";
import "./chunk-WT6YWUOJ.js";
import "./chunk-MG3YF5HN.js";
import "./chunk-NZDXKJVI.js";
import "./chunk-QWCBFTQ4.js";
import "./chunk-LFD2NK2P.js";
import "./chunk-5TZM3BW3.js";
import "./chunk-NP7E7G7R.js";
import "./chunk-OFTH6OHO.js";
import "./chunk-WFVP33N2.js";
import "./chunk-JIU37K5Q.js";
import "./chunk-MUYIHUB2.js";
import "./chunk-GLUDGTER.js";
import {
  messageOf
} from "./chunk-TH46VUGE.js";
import "./chunk-VA35IVHB.js";

// src/runner/command-line.ts
import { parseArgs } from "node:util";
var OPTIONS = Object.entries(DEFAULTS).filter(([name]) => name !== "images" && name !== "job-status").map(([name, value]) => `  --${name} ${value}`.trimEnd());
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
  const { outputs, extras, meanwhile = untilInterrupted } = options;
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
    const { environment, prunes } = asked;
    return run(thisMachine(environment), { extras: { prunes } });
  }
  if ("problem" in asked) {
    write(`${asked.problem}

${USAGE}`);
    return 2;
  }
  write(USAGE);
  return 0;
}
endWhenUnread();
process.exitCode = await main(process.argv.slice(2));
