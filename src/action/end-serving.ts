import { existsSync } from "node:fs";
import { RECEIPT_SIZE, readReceipt } from "../find/receipt-file.ts";
import { foundBy } from "../oci/failure.ts";
import { asObject, asString, parseJson } from "../oci/json.ts";
import { mayShowReceipt } from "../runner/job-state.ts";
import { receiptLines } from "../runner/receipt-summary.ts";
import type { Workflow } from "../runner/workflow.ts";
import { readRegular } from "../store/disk.ts";
import { lifeOf, pidOf } from "../store/holder.ts";
import { untellClients } from "./clients.ts";
import type { Machine } from "./machine.ts";
import { ServingDirectory } from "./serving-directory.ts";

// The registry looks every quarter of a second, ends what it sends, and writes its files.
const END_MS = 10_000;
const LOOK_MS = 100;
// The log of a registry that failed: its end says why.
const LOG_BYTES = 1024 * 1024;
const LOG_LINES = 50;

/** The job's registry, as the step left it to the post step. */
type ServingState = { readonly directory: ServingDirectory; readonly holder: string };

/**
 * Ends the job's registry: undoes what clients were told, stops its process, and reports what the
 * job pulled. Returns the path of what to save to the cache; empty when there is nothing. Never
 * fails: what goes wrong is a warning, because the job is over.
 */
export async function endServing(
  state: string,
  machine: Machine,
  workflow: Workflow,
): Promise<string> {
  if (state === "") return "";
  try {
    const serving = readState(state, machine);
    return await end(serving, machine, workflow);
  } catch (error) {
    workflow.warn(`the job's registry could not be ended: ${foundBy(error)}`);
    return "";
  }
}

/** Other programs of the job could not change the state, but its form is checked anyway. */
function readState(text: string, { temporary }: Machine): ServingState {
  const fields = asObject(parseJson(Buffer.from(text), "state"), "state");
  const directory = new ServingDirectory(asString(fields["directory"], "state directory"));
  const holder = asString(fields["holder"], "state holder");
  const isKnown = directory.isBelow(temporary) && /^\d+\.\d+\.\d+\.[0-9a-f]{8}$/.test(holder);
  if (isKnown) return { directory, holder };
  throw new Error(`expected a directory below ${temporary} and a process, got ${text}`);
}

async function end(
  { directory, holder }: ServingState,
  machine: Machine,
  workflow: Workflow,
): Promise<string> {
  const wasAlive = lifeOf(holder) !== "dead";
  await untellClients(holder, { machine, voice: workflow });
  if (wasAlive) directory.stop();
  const hasEnded = await hasEndedSoon(holder, machine);
  if (!hasEnded) process.kill(pidOf(holder), "SIGKILL");
  // One that hung may have been ended by its watchdog meanwhile.
  const hasFailed = !wasAlive || !hasEnded || directory.isStopping;
  if (hasFailed) await showLog(directory, wasAlive, workflow);
  if (existsSync(directory.receipt)) await report(directory, machine, workflow);
  return existsSync(directory.saves) ? directory.saves : "";
}

async function hasEndedSoon(holder: string, { clock, cancelled }: Machine): Promise<boolean> {
  const until = clock.now() + END_MS;
  while (clock.now() < until && !cancelled.aborted) {
    if (lifeOf(holder) === "dead") return true;
    await clock.sleep(LOOK_MS, cancelled).catch(() => undefined);
  }
  return lifeOf(holder) === "dead";
}

/** Prints the end of the log of a registry that did not live as long as the job, or did not end. */
async function showLog(
  { log }: ServingDirectory,
  wasAlive: boolean,
  workflow: Workflow,
): Promise<void> {
  const found = wasAlive ? "did not end when it was asked to" : "ended before the job";
  workflow.warn(`the job's registry ${found}; clients asked the upstream since then`);
  const bytes = await readRegular(log, LOG_BYTES).catch(() => undefined);
  const lines = (bytes?.toString() ?? "its log cannot be read").trimEnd().split("\n");
  workflow.group("log of the job's registry", lines.slice(-LOG_LINES));
}

/** Reports what the job pulled. */
async function report(
  { receipt }: ServingDirectory,
  { environment }: Machine,
  workflow: Workflow,
): Promise<void> {
  try {
    const bytes = await readRegular(receipt, RECEIPT_SIZE);
    const rows = readReceipt(bytes ?? Buffer.alloc(0));
    for (const line of receiptLines(rows)) workflow.say(line);
    if (mayShowReceipt(environment)) await workflow.summary({ receipt: rows });
  } catch (error) {
    workflow.warn(`the receipt of the job's registry cannot be read: ${foundBy(error)}`);
  }
}
