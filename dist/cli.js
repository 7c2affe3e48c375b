import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  step
} from "./chunk-3WBVPOBL.js";
import "./chunk-BZNH7TEI.js";
import {
  endJob
} from "./chunk-H4FIA7WY.js";
import "./chunk-US4MWYTV.js";
import "./chunk-GK6WCDFQ.js";
import {
  terminal
} from "./chunk-CLA6KNZT.js";
import {
  DEFAULTS
} from "./chunk-UZK7FEFO.js";
import "./chunk-SWXX2UOV.js";
import "./chunk-KIGC5NSG.js";
import "./chunk-QI2MY3KS.js";
import "./chunk-Q2WJBQJ5.js";
import "./chunk-3JVV6VOG.js";
import "./chunk-XVBIHPMZ.js";
import {
  endWhenUnread,
  thisMachine
} from "./chunk-6JVYCYTG.js";
import "./chunk-GOQCIFQZ.js";
import "./chunk-4PGJNY3C.js";
import "./chunk-TLDQTJ52.js";
import "./chunk-E5OJL5JR.js";
import "./chunk-L2NT274Y.js";
import "./chunk-I3UOCOBE.js";
import "./chunk-GK4TBZ6T.js";
import "./chunk-QLFXTSCP.js";
import "./chunk-4RAGDIWQ.js";
import "./chunk-X7QNMO3T.js";
import "./chunk-2OAYVO4E.js";
import "./chunk-6YGTSZFH.js";
import "./chunk-XFAF64ZC.js";
import "./chunk-PFTWHRR2.js";
import "./chunk-YNGR2UKO.js";
import "./chunk-W4LMWFRO.js";
import "./chunk-ZUT5BRUG.js";
import {
  messageOf
} from "./chunk-BKI5YU5A.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

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
__name(readCommandLine, "readCommandLine");
function inputName(option) {
  return `INPUT_${option.toUpperCase()}`;
}
__name(inputName, "inputName");

// src/cli.ts
var NEVER = new AbortController().signal;
var write = /* @__PURE__ */ __name((line) => {
  process.stdout.write(`${line}
`);
}, "write");
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
__name(run, "run");
async function untilInterrupted({ cancelled }, { say }) {
  if (cancelled.aborted) return;
  say("serving until you press Ctrl-C");
  const alive = setInterval(() => void 0, 6e4);
  await new Promise((resolve) => cancelled.addEventListener("abort", resolve, { once: true }));
  clearInterval(alive);
}
__name(untilInterrupted, "untilInterrupted");
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
__name(demonstrate, "demonstrate");
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
__name(main, "main");
endWhenUnread();
process.exitCode = await main(process.argv.slice(2));
