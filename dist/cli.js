import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  step
} from "./chunk-V7VESLIU.js";
import "./chunk-2O22MNQV.js";
import {
  endJob
} from "./chunk-2R4E3YCW.js";
import "./chunk-JJFSMEDV.js";
import {
  terminal
} from "./chunk-ZOHYSXG3.js";
import {
  DEFAULTS
} from "./chunk-XV2VB3DU.js";
import "./chunk-SWXX2UOV.js";
import "./chunk-EFZU7HXO.js";
import "./chunk-QI2MY3KS.js";
import "./chunk-CPDJDY43.js";
import "./chunk-YGQZ442U.js";
import "./chunk-VPTNC2E2.js";
import {
  endWhenUnread,
  thisMachine
} from "./chunk-OLFJ4JN3.js";
import "./chunk-GOQCIFQZ.js";
import "./chunk-4PGJNY3C.js";
import "./chunk-JCL2OLNI.js";
import "./chunk-E5OJL5JR.js";
import "./chunk-UQ3QEVXI.js";
import "./chunk-LBKKG6W3.js";
import "./chunk-27G4PGPE.js";
import "./chunk-QLFXTSCP.js";
import "./chunk-UAEF3JQH.js";
import "./chunk-G3Y2T3SY.js";
import "./chunk-5MFVHZDI.js";
import "./chunk-QRR4WL5L.js";
import "./chunk-BNFJQUI3.js";
import "./chunk-R5N754N2.js";
import "./chunk-5PG6LDT3.js";
import "./chunk-W4LMWFRO.js";
import "./chunk-P5SYFMXZ.js";
import {
  messageOf
} from "./chunk-YDJTFPEL.js";
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
async function run(machine, outputs, extras) {
  const workflow = terminal(write);
  const exitCode = await step(machine, workflow, extras);
  workflow.printOutputs(outputs);
  const serving = workflow.servingState();
  if (serving !== "") await untilInterrupted(machine, workflow);
  const ending = { ...machine, cancelled: NEVER };
  const left = { saves: workflow.pendingSaves(), serving };
  await endJob(left, ending, workflow);
  return exitCode;
}
__name(run, "run");
async function untilInterrupted({ cancelled }, { say }) {
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
