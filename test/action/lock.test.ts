import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, it } from "node:test";
import { endLock, type OpenLock, openLock, readReplaced } from "../../src/action/lock.ts";
import { type Machine, SYSTEM_CLOCK } from "../../src/action/machine.ts";
import type { Step } from "../../src/action/task.ts";
import type { Locked } from "../../src/gate/plan.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import type { Outcome } from "../../src/pull/outcome.ts";
import { type Inputs, readInputs } from "../../src/runner/inputs.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { image } from "../support/image.ts";
import { lockText } from "../support/lock-steps.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { lockedImage, lockOf, resolved } from "../support/resolving.ts";

const FILE = "images.lock.json";
const RUNNER = parsePlatform("linux/amd64");
const NOTHING: Outcome = { images: [], pulled: undefined };

let workspace: string;
let warned: string[];
beforeEach(() => {
  workspace = temporaryDirectory("workspace");
  warned = [];
});

async function inputsOf(given: Readonly<Record<string, string>>): Promise<Inputs> {
  const environment = Object.entries({ images: "registry.test/org/app:1", ...given });
  const named = environment.map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const inputs = await readInputs(Object.fromEntries(named), RUNNER);
  assert.ok(!("problems" in inputs), JSON.stringify(inputs));
  return inputs;
}

/** Opens the lock file of a step that runs on a day of 2026. */
async function opened(given: Readonly<Record<string, string>>): Promise<OpenLock | undefined> {
  const clock = { ...SYSTEM_CLOCK, now: () => Date.parse("2026-05-06T23:59:59Z") };
  const step = {
    inputs: await inputsOf(given),
    machine: { workspace, clock } as Machine,
    workflow: { warn: (text: string) => void warned.push(text) },
  };
  return openLock(step as Step, false);
}

describe("openLock", () => {
  it("reads nothing without a value when there is no file", async () => {
    assert.equal(await opened({}), undefined);
    assert.deepEqual(warned, []);
  });

  for (const [lock, mode] of [
    ["", "check"],
    ["check", "check"],
    ["frozen", "frozen"],
    ["update", "update"],
  ] as const) {
    it(`takes "${lock}" as ${mode} when there is a file`, async () => {
      writeFileSync(join(workspace, FILE), lockText({}));
      const open = await opened({ lock });
      assert.deepEqual([open?.mode, open?.problems, open?.day], [mode, [], "2026-05-06"]);
      assert.match(open?.digest ?? "", /^sha256:/);
    });
  }

  it("tells what to do about a file that cannot be read", async () => {
    mkdirSync(join(workspace, "directory"));
    symlinkSync("nowhere", join(workspace, "link"));
    symlinkSync("/etc/hostname", join(workspace, "outside"));
    writeFileSync(join(workspace, "large"), Buffer.alloc(4 * 2 ** 20 + 1, " "));
    writeFileSync(join(workspace, "binary"), Buffer.from([0xff]));
    for (const name of ["directory", "link", "outside", "large", "binary"]) {
      const [problem, ...others] = (await opened({ "lock-file": name }))?.problems ?? [];
      assert.deepEqual([others, problem?.reason, problem?.optional], [[], "wrong-file", false]);
      assert.match(problem?.message ?? "", /; correct it, or name another file with lock-file$/);
    }
  });
});

describe("readReplaced", () => {
  const OLD = image("linux/amd64");
  const NEW = image("linux/amd64", { salt: "new" });

  async function update(clock = SYSTEM_CLOCK): Promise<Pick<Step, "inputs" | "machine">> {
    return { inputs: await inputsOf({ lock: "update" }), machine: { clock } as Machine };
  }

  it("does without an image that a registry does not send in time", async () => {
    const registry = new MemoryRegistry();
    const images = await Promise.all(
      ["slow", "quick"].map((name) => {
        registry.push(`org/${name}`, "1", NEW);
        registry.push(`org/${name}`, "old", OLD);
        const lock = lockOf("update", lockedImage(OLD, [OLD]));
        return resolved(registry, `registry.test/org/${name}:1`, { lock });
      }),
    );
    registry.on(/slow/, () => new Promise<never>(() => undefined));
    const after: typeof SYSTEM_CLOCK.after = (_, run) => SYSTEM_CLOCK.after(20, run);
    const step = await update({ ...SYSTEM_CLOCK, after });
    const replaced = await readReplaced(images, registry, step);
    assert.deepEqual([...replaced.keys()], ["registry.test/org/quick:1"]);
  });

  it("reads what the tags that moved pointed at, and leaves out what is gone", async () => {
    const registry = new MemoryRegistry();
    const images = await Promise.all(
      ["moved", "same", "gone", "new"].map((name) => {
        registry.push(`org/${name}`, "1", name === "same" ? OLD : NEW);
        if (name === "moved") registry.push("org/moved", "old", OLD);
        const entry = name === "new" ? undefined : lockedImage(OLD, [OLD]);
        const lock = lockOf("update", entry);
        return resolved(registry, `registry.test/org/${name}:1`, { lock });
      }),
    );
    registry.asked.length = 0;
    const replaced = await readReplaced(images, registry, await update());
    assert.deepEqual([...replaced.keys()], ["registry.test/org/moved:1"]);
    const [before] = replaced.values();
    assert.equal(before?.root?.fetched.digest, OLD.digest);
    assert.ok(!registry.asked.some((line) => /same|new| 1$/.test(line)), registry.asked.join());
  });
});

describe("endLock", () => {
  async function end(given: Partial<OpenLock>, isRefused = false) {
    const open = await opened({ lock: "update" });
    assert.ok(open);
    const inputs = await inputsOf({ lock: "update" });
    const ended = { outcome: NOTHING, replaced: new Map(), isRefused };
    return endLock({ ...open, ...given }, ended, inputs);
  }

  it("makes the file of a step whose images need no entry", async () => {
    const { isWritten, changes, problems } = await end({});
    assert.deepEqual([isWritten, changes, problems], [true, [], []]);
    assert.equal(readFileSync(join(workspace, FILE), "utf8"), lockText({}));
  });

  it("writes nothing after a failure", async () => {
    assert.ok(!(await end({}, true)).isWritten);
  });

  it("writes no file that is too large to be read again", async () => {
    const entry: Locked = lockedImage(image("linux/amd64"));
    const names = Array.from({ length: 30_000 }, (_, at) => `registry.test/org/app${at}:1`);
    const entries = new Map(names.map((name) => [name, entry]));
    const { isWritten, problems } = await end({ entries });
    assert.ok(!isWritten);
    assert.equal(problems[0]?.reason, "too-many");
    assert.match(problems[0]?.message ?? "", /at most 4194304; name fewer images/);
  });
});
