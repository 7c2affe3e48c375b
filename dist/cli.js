import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  terminal
} from "./chunk-VIQV7HKK.js";
import {
  cancellation,
  endWhenUnread
} from "./chunk-3IGIZ4VV.js";
import {
  DEFAULTS,
  step
} from "./chunk-MUIJP73A.js";
import {
  save
} from "./chunk-JM74FZSH.js";
import "./chunk-TQBEFKGP.js";
import "./chunk-VJHD5BRZ.js";
import "./chunk-UNAMYNAQ.js";
import "./chunk-GARAT3GI.js";
import {
  SYSTEM_CLOCK,
  warnOnce
} from "./chunk-U27EXNVS.js";
import "./chunk-3FKFBQK7.js";
import "./chunk-IDHIWDFX.js";
import "./chunk-ZX7A5LN5.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/cli.ts
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
var USAGE = `npm start                            an embedded registry, no network: the gate passing, then failing
npm start -- REFERENCE\u2026 [--INPUT VALUE\u2026]   the same step that the runner runs

Inputs, with their defaults (README.md says what they mean):
${Object.entries(DEFAULTS).filter(([name]) => name !== "images").map(([name, value]) => `  --${name}${value === "" ? "" : ` ${value}`}`).join("\n")}
`;
endWhenUnread();
var write = /* @__PURE__ */ __name((line) => void process.stdout.write(`${line}
`), "write");
function toEnvironment(args) {
  const options = { help: { type: "boolean", short: "h" } };
  for (const name of Object.keys(DEFAULTS)) options[name] = { type: "string" };
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
  if (values["help"]) return void 0;
  const given = Object.entries(values).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, String(value)]);
  const images = [...positionals, ...typeof values["images"] === "string" ? [values["images"]] : []].join("\n");
  return { ...process.env, ...Object.fromEntries(given), INPUT_IMAGES: images };
}
__name(toEnvironment, "toEnvironment");
async function main(args) {
  if (args.length === 0) {
    const { demonstrate } = await import("./demo-ZYMHZ6C7.js");
    return demonstrate(write);
  }
  let environment;
  try {
    environment = toEnvironment(args);
  } catch (error) {
    write(`${error.message}

${USAGE}`);
    return 2;
  }
  if (environment === void 0) {
    write(USAGE);
    return 0;
  }
  const workflow = terminal(write);
  const { platform, arch: architecture } = process;
  const machine = { environment, platform, architecture, temporary: tmpdir(), clock: SYSTEM_CLOCK, cancelled: cancellation() };
  const exitCode = await step(machine, workflow);
  workflow.printOutputs();
  const pending = workflow.pendingSaves();
  if (pending !== "") await save(pending, machine, warnOnce(workflow));
  return exitCode;
}
__name(main, "main");
process.exitCode = await main(process.argv.slice(2));
