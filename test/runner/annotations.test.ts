import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PullError } from "../../src/oci/failure.ts";
import type { Reason } from "../../src/oci/reason.ts";
import type { Result } from "../../src/pull/outcome.ts";
import { annotate, annotateInputs } from "../../src/runner/annotations.ts";
import { type FileProblem, fileProblem } from "../../src/runner/found-images.ts";
import {
  APP,
  failedPlatform,
  failedResult,
  judgedOf,
  outcomeOf,
  RecordingWorkflow,
  resultOf,
} from "../support/results.ts";

type Options = {
  readonly failOnMissing?: boolean;
  readonly cacheMiss?: string;
  readonly problems?: readonly FileProblem[];
};

function annotated(
  images: readonly Result[],
  { failOnMissing = true, cacheMiss = "", problems = [] }: Options = {},
): RecordingWorkflow {
  const workflow = new RecordingWorkflow();
  annotate(workflow, judgedOf(outcomeOf(images), { cacheMiss, problems }), failOnMissing);
  return workflow;
}

/** Some images, each with one problem. */
function failing(count: number, optional: boolean): readonly Result[] {
  return Array.from({ length: count }, (_, at) =>
    failedResult(`${APP}${at}`, "not-found", { name: `app${at}`, optional }),
  );
}

describe("annotate", () => {
  it("prints nothing when there is no problem", async () =>
    assert.deepEqual(annotated([await resultOf()]).lines, []));

  it("names the image, the platform and the status of a problem, with what to do", async () => {
    const result = await resultOf();
    const platforms = [failedPlatform("linux/arm64", "platform-missing")];
    assert.deepEqual(annotated([failedResult(APP), { ...result, platforms }]).lines, [
      `error ${APP}: not-found: ${APP}: nothing; try again`,
      "error app linux/arm64: platform-missing: linux/arm64: nothing; try again",
    ]);
  });

  const location = { file: ".github/images.txt", line: 12, column: 3, endColumn: 31 };
  for (const [kind, optional] of [
    ["error", false],
    ["warn", true],
  ] as const) {
    const mentions = [{ location, platforms: "any" as const, optional }];
    it(`puts ${kind === "error" ? "an error" : "a warning"} at the place that names the image`, () => {
      const { lines } = annotated([failedResult(APP, "not-found", { optional, mentions })]);
      assert.deepEqual(lines, [
        `${kind} .github/images.txt:12:3-31 ${APP}: not-found: ${APP}: nothing; try again`,
      ]);
    });
  }

  // reason, whether the image is optional, fail-on-missing, then the kind of annotation
  const table: readonly (readonly [Reason, boolean, boolean, "error" | "warn"])[] = [
    ["not-found", false, true, "error"],
    ["not-found", false, false, "warn"],
    ["not-found", true, true, "warn"],
    ["platform-missing", false, false, "warn"],
    ["manifest-missing", false, false, "error"],
    ["digest-differs", false, false, "error"],
    ["digest-differs", true, true, "warn"],
    ["no-answer", true, false, "warn"],
  ];
  for (const [reason, optional, failOnMissing, kind] of table) {
    const image = optional ? "an optional image" : "an image";
    it(`${kind}s for ${reason} of ${image} with fail-on-missing: ${failOnMissing}`, () => {
      const workflow = annotated([failedResult(APP, reason, { optional })], { failOnMissing });
      assert.equal(workflow.of(kind).length, 1);
      assert.equal(workflow.lines.length, 1);
    });
  }

  it("keeps ten errors and ten warnings, and groups the rest", () => {
    const workflow = annotated([...failing(12, false), ...failing(11, true)]);
    assert.deepEqual([workflow.of("error").length, workflow.of("warn").length], [10, 10]);
    assert.deepEqual(workflow.lines.slice(20), [
      "group 3 more problems, also in the job summary",
      `  app10: not-found: ${APP}10: nothing; try again`,
      `  app11: not-found: ${APP}11: nothing; try again`,
      `  app10: not-found: ${APP}10: nothing; try again`,
    ]);
  });

  it("puts a problem of the lock file at its line, and one without a line nowhere", () => {
    const file = "images.lock.json";
    const place = { file, line: 7, column: 5, endColumn: 14 };
    const wrong = new PullError("wrong-file", "digest: expected a digest", { next: "correct it" });
    const absent = new PullError("not-locked", "there is no such file", { next: "make it" });
    const { lines } = annotated([], {
      problems: [
        fileProblem(wrong, `${file}:7`, { optional: false, location: place }),
        fileProblem(absent, file, { optional: false }),
      ],
    });
    assert.deepEqual(lines, [
      `error ${file}:7:5-14 ${file}:7: invalid: ${file}:7: digest: expected a digest; correct it`,
      `error ${file}: not-locked: ${file}: there is no such file; make it`,
    ]);
  });

  it("counts a cache miss among the ten errors, as the first", () => {
    const workflow = annotated(failing(10, false), { cacheMiss: "1 blob is missing" });
    assert.equal(workflow.of("error").length, 10);
    assert.equal(workflow.lines[0], "error cache miss: 1 blob is missing");
    assert.equal(workflow.lines[10], "group 1 more problem, also in the job summary");
  });
});

describe("annotateInputs", () => {
  it("annotates ten problems and groups the rest", () => {
    const workflow = new RecordingWorkflow();
    const problems = Array.from({ length: 12 }, (_, at) => `images, line ${at}: wrong`);
    annotateInputs(workflow, problems);
    assert.equal(workflow.of("error").length, 10);
    assert.equal(workflow.lines[0], "error invalid input: images, line 0: wrong");
    assert.deepEqual(workflow.lines.slice(10), [
      "group 2 more invalid inputs, also in the job summary",
      "  images, line 10: wrong",
      "  images, line 11: wrong",
    ]);
  });

  it("prints no group when all problems are annotated", () => {
    const workflow = new RecordingWorkflow();
    annotateInputs(workflow, ["timeout: wrong"]);
    assert.deepEqual(workflow.lines, ["error invalid input: timeout: wrong"]);
  });
});
