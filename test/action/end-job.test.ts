import assert from "node:assert/strict";
import { globSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { endJob } from "../../src/action/end-job.ts";
import { thisMachine } from "../../src/action/machine.ts";
import { ServingDirectory } from "../../src/action/serving-directory.ts";
import { printReceipt } from "../../src/find/receipt-file.ts";
import { digestOf } from "../../src/oci/digest.ts";
import type { PendingSaves } from "../../src/pull/pending-saves.ts";
import { writePendingSaves } from "../../src/runner/build-files.ts";
import { Layout } from "../../src/store/layout.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { HOLDERS } from "../support/holders.ts";
import { receiptRow } from "../support/receipts.ts";
import { RecordingWorkflow } from "../support/results.ts";

// Where the lock of the files of clients is.
process.env["TMPDIR"] = temporaryDirectory("end-job");

const HOME = temporaryDirectory("home");

type Left = { readonly pull: boolean; readonly registry: boolean };

/** Ends a job in which steps left something. Returns the keys that are saved, and what was said. */
async function end(left: Left, status: string | undefined) {
  const temporary = temporaryDirectory("temporary");
  const layout = await Layout.open(join(temporary, "layout"));
  const bytes = Buffer.from("a blob");
  const blob = { digest: digestOf(bytes), size: bytes.length };
  await layout.put(blob.digest, bytes);
  const savesOf = (key: string): PendingSaves => ({
    layout: layout.path,
    cache: { kind: "directory", path: join(temporary, "cache"), size: 2 ** 30 },
    entries: [{ key, blob }],
  });
  const directory = ServingDirectory.make(temporary);
  directory.write(directory.receipt, printReceipt([receiptRow("alpine:3.20")]));
  directory.write(directory.saves, JSON.stringify(savesOf("registry")));
  writeFileSync(directory.log, "a line\n");
  const saves = left.pull ? await writePendingSaves(savesOf("pull"), temporary) : "";
  const state = { directory: directory.path, holder: HOLDERS.ended };
  const serving = left.registry ? JSON.stringify(state) : "";
  const workflow = new RecordingWorkflow();
  const environment = { HOME, ...(status === undefined ? {} : { "INPUT_JOB-STATUS": status }) };
  await endJob({ saves, serving }, { ...thisMachine(environment), temporary }, workflow);
  const keys = globSync("cache/*.cache-entry", { cwd: temporary });
  return {
    saved: keys.map((path) => path.slice("cache/".length, -".cache-entry".length)),
    workflow,
  };
}

describe("endJob", () => {
  const NOTHING = { pull: false, registry: false };
  const PULL = { pull: true, registry: false };
  const REGISTRY = { pull: false, registry: true };
  const BOTH = { pull: true, registry: true };
  for (const [left, status, saved] of [
    [NOTHING, "success", []],
    [PULL, "success", ["pull"]],
    [REGISTRY, "success", ["registry"]],
    [BOTH, "success", ["pull", "registry"]],
    [BOTH, undefined, ["pull", "registry"]],
    [BOTH, "", ["pull", "registry"]],
    [BOTH, "failure", []],
    [BOTH, "cancelled", []],
    [BOTH, "skipped", []],
    [BOTH, "Success", []],
    [PULL, "failure", []],
  ] as const) {
    const by = Object.entries(left).flatMap(([name, is]) => (is ? [name] : []));
    const what = by.length === 0 ? "no step" : by.join(" and ");
    it(`saves ${saved.join(" and ") || "nothing"} of ${what} in a job with status ${status}`, async () => {
      const found = await end(left, status);
      assert.deepEqual(found.saved.toSorted(), saved);
    });
  }

  it("ends the registry of a job that failed, and reports what it pulled", async () => {
    const { workflow } = await end(REGISTRY, "failure");
    assert.ok(workflow.of("say").includes("Images that this job pulled: 1"));
    assert.equal(workflow.reports.length, 1);
  });
});
