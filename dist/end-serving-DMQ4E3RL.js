import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  receiptLines
} from "./chunk-F7IUBSMN.js";
import {
  mayShowReceipt
} from "./chunk-EC6WEUJU.js";
import {
  ServingDirectory,
  untellClients
} from "./chunk-NUK574VP.js";
import {
  RECEIPT_SIZE,
  readReceipt
} from "./chunk-TNPJJGTY.js";
import "./chunk-UGHOGSMQ.js";
import {
  lifeOf,
  pidOf
} from "./chunk-FUQHFSBD.js";
import "./chunk-VWCS4YZZ.js";
import "./chunk-FYXWCRXM.js";
import "./chunk-5NRT7XDW.js";
import "./chunk-UMCD7WYT.js";
import "./chunk-GHKMTOL7.js";
import {
  readRegular
} from "./chunk-SP36TW6E.js";
import "./chunk-V4QGKLYV.js";
import {
  asObject,
  asString,
  parseJson
} from "./chunk-DGCL3OSD.js";
import {
  foundBy
} from "./chunk-P27XCGGL.js";
import "./chunk-VA35IVHB.js";

// src/action/end-serving.ts
import { existsSync } from "node:fs";
var END_MS = 1e4;
var LOOK_MS = 100;
var LOG_BYTES = 1024 * 1024;
var LOG_LINES = 50;
async function endServing(state, machine, workflow) {
  if (state === "") return "";
  try {
    const serving = readState(state, machine);
    return await end(serving, machine, workflow);
  } catch (error) {
    workflow.warn(`the job's registry could not be ended: ${foundBy(error)}`);
    return "";
  }
}
function readState(text, { temporary }) {
  const fields = asObject(parseJson(Buffer.from(text), "state"), "state");
  const directory = new ServingDirectory(asString(fields["directory"], "state directory"));
  const holder = asString(fields["holder"], "state holder");
  const isKnown = directory.isBelow(temporary) && /^\d+\.\d+\.\d+\.[0-9a-f]{8}$/.test(holder);
  if (isKnown) return { directory, holder };
  throw new Error(`expected a directory below ${temporary} and a process, got ${text}`);
}
async function end({ directory, holder }, machine, workflow) {
  const wasAlive = lifeOf(holder) !== "dead";
  await untellClients(holder, { machine, voice: workflow });
  if (wasAlive) directory.stop();
  const hasEnded = await hasEndedSoon(holder, machine);
  if (!hasEnded) process.kill(pidOf(holder), "SIGKILL");
  const hasFailed = !wasAlive || !hasEnded || directory.isStopping;
  if (hasFailed) await showLog(directory, wasAlive, workflow);
  if (existsSync(directory.receipt)) await report(directory, machine, workflow);
  return existsSync(directory.saves) ? directory.saves : "";
}
async function hasEndedSoon(holder, { clock, cancelled }) {
  const until = clock.now() + END_MS;
  while (clock.now() < until && !cancelled.aborted) {
    if (lifeOf(holder) === "dead") return true;
    await clock.sleep(LOOK_MS, cancelled).catch(() => void 0);
  }
  return lifeOf(holder) === "dead";
}
async function showLog({ log }, wasAlive, workflow) {
  const found = wasAlive ? "did not end when it was asked to" : "ended before the job";
  workflow.warn(`the job's registry ${found}; clients asked the upstream since then`);
  const bytes = await readRegular(log, LOG_BYTES).catch(() => void 0);
  const lines = (bytes?.toString() ?? "its log cannot be read").trimEnd().split("\n");
  workflow.group("log of the job's registry", lines.slice(-LOG_LINES));
}
async function report({ receipt }, { environment }, workflow) {
  try {
    const bytes = await readRegular(receipt, RECEIPT_SIZE);
    const rows = readReceipt(bytes ?? Buffer.alloc(0));
    for (const line of receiptLines(rows)) workflow.say(line);
    if (mayShowReceipt(environment)) await workflow.summary({ receipt: rows });
  } catch (error) {
    workflow.warn(`the receipt of the job's registry cannot be read: ${foundBy(error)}`);
  }
}
export {
  endServing
};
