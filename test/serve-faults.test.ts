import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { RunOptions, StepResult } from "./support/runner.ts";
import {
  DockerLike,
  JobSurroundings,
  jobImage,
  postOf,
  pullRight,
  type ServingJob,
  servedBy,
} from "./support/serving.ts";

// Most of them wait for a watchdog or a clock.
const AT_ONCE = { concurrency: 4 };

const IMAGE = jobImage();

/** A program that runs a step as the runner's own process does, and ends with it. */
function workerOf(job: ServingJob): RunOptions {
  const script = join(job.directory, "worker.mjs");
  const text = `import { spawnSync } from "node:child_process";
    process.title = "Runner.Worker";
    const { status } = spawnSync(process.execPath, process.argv.slice(2), { stdio: "inherit" });
    process.exitCode = status ?? 1;`;
  writeFileSync(script, text);
  return { command: [process.execPath, script] };
}

/** A step with a registry, from which a client pulled an image. */
async function serving(
  around: JobSurroundings,
  job: ServingJob,
  options: RunOptions = {},
): Promise<StepResult> {
  const images = around.registry.push("org/app", "1", IMAGE);
  const step = await job.step({ images }, {}, options);
  assert.equal(step.exitCode, 0, step.stdout);
  await pullRight(step, around.registry.host, IMAGE);
  return step;
}

/** The processes of a job but its registry. */
function watchdogOf(job: ServingJob, step: StepResult): number {
  const { pid } = servedBy(step);
  const [watchdog, ...others] = job.processes().filter((one) => one !== pid);
  assert.ok(watchdog !== undefined && others.length === 0, "one watchdog");
  return watchdog;
}

/** Checks that nothing of a job is left on the machine. */
async function expectNothingLeft(job: ServingJob): Promise<void> {
  await job.ended();
  assert.deepEqual(job.clientFiles(), []);
}

describe("a registry that ends before its job", AT_ONCE, () => {
  const ends: readonly (readonly [string, (step: StepResult, job: ServingJob) => void, RegExp])[] =
    [
      [
        "because it was killed",
        (step) => process.kill(servedBy(step).pid, "SIGKILL"),
        /the registry ended without a word: clients ask the upstream now/,
      ],
      [
        "because it hung, and its watchdog ended it",
        (step) => process.kill(servedBy(step).pid, "SIGSTOP"),
        /the registry did not answer for 8 s: ending it/,
      ],
      [
        "because its directory was removed",
        (step) => rmSync(servedBy(step).directory, { recursive: true }),
        /its log cannot be read/,
      ],
    ];
  for (const [what, end, logged] of ends) {
    it(`leaves nothing, and is one warning of the post script with the log: ${what}`, () =>
      JobSurroundings.with(async (around) => {
        const job = around.job();
        const step = await serving(around, job);
        end(step, job);
        await expectNothingLeft(job);
        const { exitCode, stdout, warnings } = await postOf(step);
        assert.equal(exitCode, 0);
        assert.deepEqual(warnings, [
          "the job's registry ended before the job; clients asked the upstream since then",
        ]);
        assert.match(stdout, /^::group::log of the job's registry$/m);
        assert.match(stdout, logged);
        await expectNothingLeft(job);
        assert.equal(around.cache.entries.size, 0);
      }));
  }

  it("leaves nothing when the runner's process for the job ended without a post script", () =>
    JobSurroundings.with(async (around) => {
      const job = around.job();
      const step = await serving(around, job, workerOf(job));
      await expectNothingLeft(job);
      assert.match(servedBy(step).log(), /ending: the runner of the job ended/);
    }));

  it("is undone by the post script when its watchdog was killed, too", () =>
    JobSurroundings.with(async (around) => {
      const job = around.job();
      const step = await serving(around, job);
      await job.end();
      assert.equal(job.clientFiles().length, 2);
      const { exitCode, warnings } = await postOf(step);
      assert.deepEqual([exitCode, warnings.length], [0, 1]);
      await expectNothingLeft(job);
    }));

  it("is undone by the next step with a registry when nothing else did", () =>
    JobSurroundings.with(async (around) => {
      const job = around.job();
      await serving(around, job);
      await job.end();
      const before = job.clientFiles();
      const step = await serving(around, job);
      assert.equal(job.clientFiles().length, 2);
      for (const name of before) assert.ok(!job.clientFiles().includes(name), name);
      await postOf(step);
      await expectNothingLeft(job);
    }));
});

describe("the post script", AT_ONCE, () => {
  it("ends a registry that hangs, with one warning", () =>
    JobSurroundings.with(async (around) => {
      const job = around.job();
      const step = await serving(around, job);
      process.kill(servedBy(step).pid, "SIGSTOP");
      const { exitCode, warnings } = await postOf(step);
      assert.equal(exitCode, 0);
      assert.deepEqual(warnings, [
        "the job's registry did not end when it was asked to; clients asked the upstream since then",
      ]);
      await expectNothingLeft(job);
    }));

  it("ends and saves as usual when only the watchdog was killed", () =>
    JobSurroundings.with(async (around) => {
      const job = around.job();
      const step = await serving(around, job);
      process.kill(watchdogOf(job, step), "SIGKILL");
      await pullRight(step, around.registry.host, IMAGE);
      const { exitCode, warnings } = await postOf(step);
      assert.deepEqual([exitCode, warnings, around.cache.entries.size], [0, [], 3]);
      await expectNothingLeft(job);
    }));

  it("does no harm when it runs twice", () =>
    JobSurroundings.with(async (around) => {
      const job = around.job();
      const step = await serving(around, job);
      await postOf(step);
      assert.equal(around.saves(), 3);
      const { exitCode, stdout } = await postOf(step);
      assert.equal(exitCode, 0);
      assert.match(stdout, /saved 0 entries, 3 already existed/);
      await expectNothingLeft(job);
    }));

  it("ends each of two registries of a job", () =>
    JobSurroundings.with(async (around) => {
      const job = around.job();
      const first = await serving(around, job);
      const second = await serving(around, job);
      assert.notEqual(servedBy(first).port, servedBy(second).port);
      assert.equal(job.clientFiles().length, 4);
      for (const step of [second, first]) {
        await pullRight(step, around.registry.host, IMAGE);
        const { exitCode, stdout, warnings } = await postOf(step);
        assert.deepEqual([exitCode, warnings], [0, []]);
        assert.match(stdout, /^Images that this job pulled: 1$/m);
      }
      await expectNothingLeft(job);
    }));
});

describe("a registry for the job", () => {
  it("writes the receipt while the job runs", () =>
    JobSurroundings.with(async (around) => {
      const step = await serving(around, around.job());
      const { receipt } = servedBy(step);
      while (!readFileSync(receipt, "utf8").includes("org/app:1")) {
        await new DockerLike(step, around.registry.host).ask("");
      }
    }));
});
