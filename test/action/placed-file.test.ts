import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { type FileSteps, OWN_STEPS } from "../../src/action/file-steps.ts";
import { place } from "../../src/action/placed-file.ts";
import { recordsIn } from "../../src/action/placed-record.ts";
import { takeBackAll } from "../../src/action/restored-file.ts";
import { rootSteps } from "../../src/action/root-steps.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { type Kill, Killed, killed, treeOf, writeFile } from "../support/placed-files.ts";

const A = "11.22.33.aaaaaaaa";
const B = "44.55.66.bbbbbbbb";
const DIRECTORY = "docker/certs.d/_default";
const FILE = `${DIRECTORY}/hosts.toml`;

const isAny = (): boolean => true;
const isA = (holder: string): boolean => holder === A;
const isB = (holder: string): boolean => holder === B;

/** What may be there before a file is placed. */
const BEFORE: Readonly<Record<string, (root: string) => void>> = {
  "no directory": () => undefined,
  "one directory": (root) => mkdirSync(join(root, "docker")),
  "an empty directory": (root) => mkdirSync(join(root, DIRECTORY), { recursive: true }),
  "another directory": (root) => writeFile(join(root, "docker/certs.d/ghcr.io/ca.crt"), "ca"),
  "a file": (root) => writeFile(join(root, FILE), "theirs"),
  "an empty file": (root) => writeFile(join(root, FILE), ""),
  "a private file": (root) => writeFile(join(root, FILE), "secret", 0o600),
  "a link": (root) => {
    writeFile(join(root, "elsewhere"), "linked");
    mkdirSync(join(root, DIRECTORY), { recursive: true });
    symlinkSync("../../../elsewhere", join(root, FILE));
  },
};

/** Those in which two files one over the other differ from one file. */
const STACKED = new Set(["no directory", "an empty directory", "a file"]);

function placing(root: string, holder: string, file = FILE) {
  return { path: join(root, file), content: Buffer.from(`of ${holder}`), holder };
}

/** Runs `work` in new directories, with a kill at every step that it does. */
async function withEveryKill(
  work: (root: string, mortal: (steps: FileSteps) => FileSteps) => Promise<void>,
): Promise<void> {
  for (const when of ["before", "within", "after"] as const) {
    for (let at = 1, isReached = true; isReached; at++) {
      isReached = await withKill({ at, when }, work);
    }
  }
}

async function withKill(
  kill: Kill,
  work: (root: string, mortal: (steps: FileSteps) => FileSteps) => Promise<void>,
): Promise<boolean> {
  const root = temporaryDirectory("placed");
  const mortals: { readonly reached: () => boolean }[] = [];
  try {
    await work(root, (steps) => {
      const mortal = killed(steps, kill);
      mortals.push(mortal);
      return mortal.steps;
    });
  } catch (error) {
    throw new Error(`killed ${kill.when} step ${kill.at}`, { cause: error });
  }
  rmSync(root, { recursive: true });
  return mortals.some(({ reached }) => reached());
}

async function untilKilled(work: Promise<unknown>): Promise<void> {
  await work.catch((error) => {
    if (!(error instanceof Killed)) throw error;
  });
}

describe("place", () => {
  for (const [state, prepare] of Object.entries(BEFORE)) {
    it(`puts a file in place of ${state}`, async () => {
      const root = temporaryDirectory("placed");
      prepare(root);
      const had = await place(OWN_STEPS, placing(root, A));
      assert.equal(had, /file|link/.test(state));
      const mode = state === "a private file" ? "600" : "644";
      assert.ok(treeOf(root).includes(`${FILE} ${mode} of ${A}`), treeOf(root).join("\n"));
    });

    it(`is undone completely when there was ${state}`, async () => {
      const root = temporaryDirectory("placed");
      prepare(root);
      const before = treeOf(root);
      await place(OWN_STEPS, placing(root, A));
      assert.deepEqual(await takeBackAll(OWN_STEPS, join(root, DIRECTORY), isA), []);
      assert.deepEqual(treeOf(root), before);
    });

    it(`is undone after a kill at each of its steps, where there was ${state}`, () =>
      withEveryKill(async (root, mortal) => {
        prepare(root);
        const before = treeOf(root);
        await untilKilled(place(mortal(OWN_STEPS), placing(root, A)));
        assert.deepEqual(await takeBackAll(OWN_STEPS, join(root, DIRECTORY), isA), []);
        assert.deepEqual(treeOf(root), before);
      }));
  }
});

describe("takeBackAll", () => {
  for (const [state, prepare] of Object.entries(BEFORE)) {
    it(`ends what a killed process started, where there was ${state}`, () =>
      withEveryKill(async (root, mortal) => {
        prepare(root);
        const before = treeOf(root);
        await place(OWN_STEPS, placing(root, A));
        await untilKilled(takeBackAll(mortal(OWN_STEPS), join(root, DIRECTORY), isA));
        await takeBackAll(OWN_STEPS, join(root, DIRECTORY), isA);
        assert.deepEqual(treeOf(root), before);
      }));

    if (!STACKED.has(state)) continue;
    for (const [order, first, last] of [
      ["the later one first", isB, isA],
      ["the earlier one first", isA, isB],
    ] as const) {
      it(`undoes two files over ${state}, ${order}, with a kill at each step`, () =>
        withEveryKill(async (root, mortal) => {
          prepare(root);
          const before = treeOf(root);
          const directory = join(root, DIRECTORY);
          await place(OWN_STEPS, placing(root, A));
          await place(OWN_STEPS, placing(root, B));
          await untilKilled(takeBackAll(mortal(OWN_STEPS), directory, first));
          await takeBackAll(OWN_STEPS, directory, first);
          const left = first === isB ? A : B;
          assert.ok(treeOf(root).some((line) => line.endsWith(`of ${left}`)));
          await untilKilled(takeBackAll(mortal(OWN_STEPS), directory, last));
          await takeBackAll(OWN_STEPS, directory, last);
          assert.deepEqual(treeOf(root), before);
        }));
    }

    it(`undoes two dead processes' files over ${state} at once`, async () => {
      const root = temporaryDirectory("placed");
      prepare(root);
      const before = treeOf(root);
      await place(OWN_STEPS, placing(root, A));
      await place(OWN_STEPS, placing(root, B));
      await takeBackAll(OWN_STEPS, join(root, DIRECTORY), isAny);
      assert.deepEqual(treeOf(root), before);
    });
  }

  for (const [first, last] of [
    [isA, isB],
    [isB, isA],
  ] as const) {
    it("removes a directory with two new files when the last one goes", () =>
      withEveryKill(async (root, mortal) => {
        const directory = join(root, DIRECTORY);
        await place(OWN_STEPS, placing(root, A, `${DIRECTORY}/a.conf`));
        await place(OWN_STEPS, placing(root, B, `${DIRECTORY}/b.conf`));
        await untilKilled(takeBackAll(mortal(OWN_STEPS), directory, first));
        await takeBackAll(OWN_STEPS, directory, first);
        await takeBackAll(OWN_STEPS, directory, last);
        assert.deepEqual(treeOf(root), []);
      }));
  }

  it("leaves a file that another program changed, and keeps what was before", async () => {
    const root = temporaryDirectory("placed");
    writeFile(join(root, FILE), "theirs");
    await place(OWN_STEPS, placing(root, A));
    writeFileSync(join(root, FILE), "changed");
    const directory = join(root, DIRECTORY);
    assert.deepEqual(await takeBackAll(OWN_STEPS, directory, isA), [join(root, FILE)]);
    const [, , , changed, kept, ...others] = treeOf(root);
    assert.equal(changed, `${FILE} 644 changed`);
    assert.equal(kept, `${FILE}.${A}.kept 644 theirs`);
    assert.deepEqual(others, []);
    assert.deepEqual(await takeBackAll(OWN_STEPS, directory, isA), []);
  });

  it("leaves a new file that another program changed, with its directories", async () => {
    const root = temporaryDirectory("placed");
    await place(OWN_STEPS, placing(root, A));
    writeFileSync(join(root, FILE), "changed");
    assert.deepEqual(await takeBackAll(OWN_STEPS, join(root, DIRECTORY), isA), [join(root, FILE)]);
    assert.equal(treeOf(root).at(-1), `${FILE} 644 changed`);
  });

  it("leaves what another program put into a directory that was made", async () => {
    const root = temporaryDirectory("placed");
    await place(OWN_STEPS, placing(root, A));
    writeFile(join(root, "docker/certs.d/ghcr.io/ca.crt"), "ca");
    await takeBackAll(OWN_STEPS, join(root, DIRECTORY), isA);
    assert.deepEqual(treeOf(root), [
      "docker 755",
      "docker/certs.d 755",
      "docker/certs.d/ghcr.io 755",
      "docker/certs.d/ghcr.io/ca.crt 644 ca",
    ]);
  });

  it("puts back what was before when another program removed the file", async () => {
    const root = temporaryDirectory("placed");
    writeFile(join(root, FILE), "theirs");
    await place(OWN_STEPS, placing(root, A));
    rmSync(join(root, FILE));
    await takeBackAll(OWN_STEPS, join(root, DIRECTORY), isA);
    assert.equal(treeOf(root).at(-1), `${FILE} 644 theirs`);
  });

  it("does nothing for other holders", async () => {
    const root = temporaryDirectory("placed");
    await place(OWN_STEPS, placing(root, A));
    const before = treeOf(root);
    await takeBackAll(OWN_STEPS, join(root, DIRECTORY), isB);
    assert.deepEqual(treeOf(root), before);
    assert.equal((await recordsIn(OWN_STEPS, join(root, DIRECTORY))).length, 1);
  });
});

describe("rootSteps", () => {
  /** Runs commands as they would run as root, without sudo. */
  const steps = rootSteps({
    run: async ([command = "", ...args], input) => run(command, args, input),
    print: async ([command = "", ...args]) => run(command, args),
  });

  for (const [state, prepare] of Object.entries(BEFORE)) {
    it(`place and undo a file over ${state}, as this process's own do`, async () => {
      const root = temporaryDirectory("rooted");
      prepare(root);
      const before = treeOf(root);
      await place(steps, placing(root, A));
      const placed = treeOf(root);
      await takeBackAll(steps, join(root, DIRECTORY), isA);
      assert.deepEqual(treeOf(root), before);
      await place(OWN_STEPS, placing(root, A));
      assert.deepEqual(treeOf(root), placed);
    });
  }

  it("fail with what the program printed", async () => {
    const root = temporaryDirectory("rooted");
    chmodSync(root, 0o755);
    await assert.rejects(steps.rename(join(root, "a"), join(root, "b")), /sudo mv .* failed: mv:/);
  });
});

function run(command: string, args: readonly string[], input?: Uint8Array) {
  try {
    const options = { input: input ?? "", encoding: "utf8", stdio: "pipe" } as const;
    return { code: 0, output: execFileSync(command, args, options) };
  } catch (error) {
    return { code: 1, output: String((error as { stderr?: string }).stderr) };
  }
}
