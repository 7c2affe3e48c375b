import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { printReceipt, type ReceiptRow } from "../src/find/receipt-file.ts";
import type { Digest } from "../src/oci/digest.ts";
import { temporaryDirectory } from "./support/directory.ts";
import { image, type Made, multiPlatform } from "./support/image.ts";
import {
  entryFor,
  errorsOf,
  type Given,
  imagesOf,
  LockedWorkspace,
  output,
  warningsOf,
} from "./support/lock-steps.ts";
import { receiptRow } from "./support/receipts.ts";
import type { StepResult } from "./support/runner.ts";

const USED = multiPlatform(["linux/amd64", "linux/arm64"]);
const NEW = multiPlatform(["linux/amd64", "linux/arm64"], { salt: "new" });
const TOOL = image("linux/amd64", { salt: "tool" });
const [USED_AMD64, USED_ARM64] = USED.manifests;
assert.ok(USED_AMD64 && USED_ARM64);

let workspace: LockedWorkspace;
let temporary: string;
let path: string;
beforeEach(async () => {
  workspace = await LockedWorkspace.start();
  workspace.registry.push("org/app", "1", USED);
  workspace.registry.push("org/tool", "2", TOOL);
  temporary = temporaryDirectory("temporary");
  path = join(temporary, "registry-pull-serve-x", "receipt.json");
  mkdirSync(join(path, ".."));
});
afterEach(() => workspace.registry.stop());

/** What a job pulled: `HOST/…` for a reference, with the digest of an image. */
function row(written: string, { digest }: Made, more: Partial<ReceiptRow> = {}): ReceiptRow {
  return receiptRow(workspace.real(written), { digest: digest as Digest, ...more });
}

function receipt(...rows: readonly ReceiptRow[]): void {
  writeFileSync(path, printReceipt(rows));
}

/** A step that reads the receipt. */
function step(given: Given): Promise<StepResult> {
  return workspace.step({ files: path, ...given }, { RUNNER_TEMP: temporary });
}

describe("a receipt in the input files", () => {
  it("makes a lock file of what the job used, each image with its platforms", async () => {
    const platforms = ["linux/amd64", "linux/arm64"];
    receipt(
      row("HOST/org/app:1", USED, { platforms }),
      row("HOST/org/tool:2", TOOL, { platforms: [] }),
      row(`HOST/org/app@${USED.digest}`, USED),
    );
    const result = await step({ lock: "update" });
    assert.deepEqual([result.exitCode, warningsOf(result)], [0, []], result.stdout);
    assert.equal(output(result, "lock-changed"), "true");
    const entries = workspace.entries();
    assert.deepEqual(Object.keys(entries), ["HOST/org/app:1", "HOST/org/tool:2"]);
    assert.deepEqual(entries["HOST/org/app:1"]?.platforms, {
      "linux/amd64": USED_AMD64.digest,
      "linux/arm64": USED_ARM64.digest,
    });
    assert.deepEqual(entries["HOST/org/tool:2"]?.platforms, { "linux/amd64": TOOL.digest });
  });

  it("locks the digest that the job used although its tag has moved, and warns", async () => {
    receipt(row("HOST/org/app:1", USED));
    workspace.registry.push("org/app", "1", NEW);
    const result = await step({ lock: "update" });
    assert.equal(result.exitCode, 0, result.stdout);
    assert.deepEqual(workspace.digests(), { "HOST/org/app:1": USED.digest });
    const [warning = "", ...others] = warningsOf(result);
    assert.match(
      warning,
      /the tag 1 now points at sha256:\w+; the digest that the job used is locked/,
    );
    assert.deepEqual(others, []);
    // Another step that names the tag uses what the job used.
    const next = await workspace.step({ lock: "check" });
    assert.deepEqual([next.exitCode, imagesOf(next)[0]?.digest], [0, USED.digest]);
  });

  it("replaces what was locked, and shows both", async () => {
    workspace.lock({ "HOST/org/app:1": entryFor(NEW) });
    workspace.registry.push("org/app", "1", NEW);
    receipt(row("HOST/org/app:1", USED));
    const result = await step({ lock: "update" });
    assert.deepEqual(workspace.digests(), { "HOST/org/app:1": USED.digest }, result.stdout);
    assert.match(output(result, "lock-diff"), new RegExp(`${NEW.digest} \\| ${USED.digest}`));
  });

  it("changes nothing a second time, with one HEAD an image", async () => {
    receipt(row("HOST/org/app:1", USED), row("HOST/org/tool:2", TOOL));
    await step({ lock: "update" });
    workspace.asked();
    const result = await step({ lock: "update" });
    assert.deepEqual([result.exitCode, output(result, "lock-changed")], [0, "false"]);
    const heads = ["HEAD /v2/org/app/manifests/1", "HEAD /v2/org/tool/manifests/2"];
    assert.deepEqual(workspace.asked().toSorted(), heads);
  });

  it("decides for the same tag in other files and in images", async () => {
    workspace.write("compose.yaml", "services: { app: { image: HOST/org/app:1 } }\n");
    receipt(row("HOST/org/app:1", USED, { platforms: ["linux/arm64"] }));
    workspace.registry.push("org/app", "1", NEW);
    const images = "HOST/org/app:1,name=app";
    const result = await step({ lock: "update", files: `compose.yaml\n${path}`, images });
    assert.equal(result.exitCode, 0, result.stdout);
    const [entry, ...others] = Object.values(workspace.entries());
    assert.deepEqual([entry?.digest, others], [USED.digest, []]);
    assert.deepEqual(Object.keys(entry?.platforms ?? {}), ["linux/amd64", "linux/arm64"]);
  });

  it("locks the last digest of a tag that moved in the job", async () => {
    workspace.registry.push("org/app", "1", NEW);
    const last = "2026-11-21T10:00:00.000Z";
    receipt(row("HOST/org/app:1", USED), row("HOST/org/app:1", NEW, { last }));
    const result = await step({ lock: "update" });
    assert.deepEqual(workspace.digests(), { "HOST/org/app:1": NEW.digest }, result.stdout);
    assert.deepEqual(
      imagesOf(result).map(({ digest }) => digest),
      [USED.digest, NEW.digest],
    );
  });

  for (const mode of ["check", "frozen"]) {
    it(`is judged like any other reference: ${mode}`, async () => {
      workspace.lock({ "HOST/org/app:1": entryFor(USED) });
      receipt(row("HOST/org/app:1", NEW), row("HOST/org/tool:2", TOOL));
      const result = await step({ lock: mode });
      assert.equal(result.exitCode, 1);
      const [app, tool] = imagesOf(result);
      assert.deepEqual([app?.status, app?.digest], ["ok", USED.digest]);
      assert.equal(tool?.status, "not-locked");
      const [error = "", ...others] = errorsOf(result).map((text) => workspace.plain(text));
      assert.ok(error.startsWith(`${path}:3:15 `), error);
      assert.deepEqual(others, []);
    });
  }

  for (const pins of ["write", "require"]) {
    it(`is never changed, and needs no pin: ${pins}`, async () => {
      receipt(row("HOST/org/app:1", USED));
      workspace.registry.push("org/app", "1", NEW);
      const before = readFileSync(path, "utf8");
      const result = await step({ lock: "update", pins });
      assert.deepEqual([result.exitCode, output(result, "changed-files")], [0, ""], result.stdout);
      assert.equal(readFileSync(path, "utf8"), before);
      assert.deepEqual(workspace.digests(), { "HOST/org/app:1": USED.digest });
    });
  }

  it("links to no line of a commit", async () => {
    receipt(row("HOST/org/app:1", USED));
    const commit = {
      GITHUB_SERVER_URL: "https://s.test",
      GITHUB_REPOSITORY: "a/b",
      GITHUB_SHA: "c",
    };
    const given = { files: path, lock: "update" };
    const result = await workspace.step(given, { RUNNER_TEMP: temporary, ...commit });
    assert.match(result.summary, /receipt\.json/);
    assert.doesNotMatch(result.summary, /href=/);
  });

  it("may be in the workspace, by its name or as=receipt", async () => {
    const text = printReceipt([row("HOST/org/app:1", USED)]);
    for (const [name, pattern] of [
      ["job-receipt.json", "*.json"],
      ["used.txt", "used.txt,as=receipt"],
    ] as const) {
      workspace.write(name, text);
      const result = await step({ files: pattern, lock: "update", "lock-file": `${name}.lock` });
      assert.equal(result.exitCode, 0, result.stdout);
      assert.deepEqual(workspace.digests(`${name}.lock`), { "HOST/org/app:1": USED.digest });
    }
  });

  it("of a job that pulled nothing locks nothing", async () => {
    receipt();
    const result = await step({ lock: "update" });
    assert.deepEqual([result.exitCode, workspace.entries()], [0, {}], result.stdout);
  });
});

describe("an absolute path in the input files", () => {
  const SECRET = "ghp_0123456789secret";
  const POD = `{"apiVersion":"v1","kind":"Pod","containers":[{"image":"${SECRET}"}]}`;
  const NONE = /is not the receipt of a job; name the file in the output receipt-file/;
  const ELSEWHERE = /is neither in the workspace nor in the runner's temp directory/;

  // the file, its text, and why it is refused
  for (const [name, text, message] of [
    ["token", SECRET, NONE],
    ["images.txt", SECRET, NONE],
    ["Dockerfile", `FROM ${SECRET}`, NONE],
    ["compose.yaml", `services: { a: { image: ${SECRET} } }`, NONE],
    ["pod.json", POD, NONE],
    ["receipt.json", POD, NONE],
    ["receipt.json", `["${SECRET}"]`, NONE],
    ["receipt.json", `[{"reference":"${SECRET}","digest":"${SECRET}","pinned":"x"}]`, NONE],
    ["receipt.json", `[{"reference":"a:1"} ${SECRET}`, NONE],
    ["receipt.json", `[]\u0000${SECRET}`, NONE],
  ] as const) {
    it(`names no image of what is no receipt: ${name} ${text.slice(0, 20)}`, async () => {
      const file = join(temporary, name);
      writeFileSync(file, text);
      for (const files of [file, `${file},as=receipt`]) {
        const result = await step({ files });
        assert.equal(result.exitCode, 1);
        const [error = "", ...others] = errorsOf(result);
        assert.match(error, message);
        assert.deepEqual(others, []);
        const all = [result.stdout, result.stderr, ...result.files.values()].join("\n");
        assert.ok(!all.includes("ghp_"), all);
        assert.deepEqual(workspace.asked(), []);
      }
    });
  }

  // how a path leads to a receipt that is not in the temp directory
  for (const [what, pathOf] of [
    ["another directory", (other: string) => other],
    [
      "a link out",
      (other: string) => {
        symlinkSync(other, join(temporary, "out.json"));
        return join(temporary, "out.json");
      },
    ],
    [
      "a glob",
      (other: string) => {
        symlinkSync(other, join(temporary, "receipt.json"));
        return join(temporary, "*.json");
      },
    ],
  ] as const) {
    it(`reads no receipt elsewhere: ${what}`, async () => {
      const other = join(temporaryDirectory("other"), "receipt.json");
      writeFileSync(other, printReceipt([row("HOST/org/app:1", USED)]));
      const result = await step({ files: pathOf(other) });
      assert.equal(result.exitCode, 1);
      const [error = ""] = errorsOf(result);
      assert.match(error, what === "a glob" ? /\*\.json cannot be read: ENOENT/ : ELSEWHERE);
      assert.deepEqual(workspace.asked(), []);
    });
  }

  it("reads no file of another kind", async () => {
    writeFileSync(join(temporary, "compose.yaml"), "services: { a: { image: HOST/org/app:1 } }");
    const result = await step({ files: `${join(temporary, "compose.yaml")},as=compose` });
    assert.equal(result.exitCode, 1);
    assert.match(result.stdout, /as: expected receipt for an absolute path, got compose/);
  });

  it("may be optional, like a path below the workspace", async () => {
    const result = await step({ files: `${path},optional=true` });
    assert.equal(result.exitCode, 0, result.stdout);
    assert.match(warningsOf(result).join(), /receipt\.json cannot be read: ENOENT/);
  });
});
