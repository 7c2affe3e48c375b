import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Problem } from "../../src/gate/problem.ts";
import { PullError } from "../../src/oci/failure.ts";
import type { FailureStatus } from "../../src/oci/reason.ts";
import type { Result } from "../../src/pull/outcome.ts";
import { fileProblem } from "../../src/runner/found-images.ts";
import { markdown } from "../../src/runner/sanitiser.ts";
import { type Judged, toSummary } from "../../src/runner/summary.ts";
import { shortDigests } from "../../src/runner/wording.ts";
import { artifact, image, multiPlatform } from "../support/image.ts";
import { required } from "../support/resolving.ts";
import {
  APP,
  failedResult,
  judgedOf,
  outcomeOf,
  pulledImage,
  pulledOf,
  readFrom,
  resultOf,
  tally,
  unreadResult,
} from "../support/results.ts";

function summaryOf(
  images: readonly Result[],
  pulled = pulledOf(),
  more: Partial<Judged> = {},
): readonly string[] {
  return toSummary(judgedOf(outcomeOf(images, pulled), more)).split("\n");
}

function problemOf({ problem }: Result): Problem {
  assert.ok(problem);
  return problem;
}

/** The cells of the row of the last table that starts with a name. */
function rowOf(lines: readonly string[], name: string): readonly string[] {
  const row = lines.findLast((line) => line.startsWith(`| ${name}`)) ?? "";
  return row.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, ""));
}

describe("the summary of images", () => {
  it("has a row an image with a short digest, and the whole pinned references to copy", async () => {
    const made = multiPlatform(["linux/amd64", "linux/arm64"]);
    const pinned = `registry.test/org/app@${made.digest}`;
    const images = [await resultOf(made)];
    const summary = toSummary(judgedOf(outcomeOf(images)));
    assert.match(
      summary,
      /^### registry-pull: 1 image resolved\n\n\| image \| digest \| platforms \| size \|\n/,
    );
    const [name, digest, platforms, size, ...others] = rowOf(summary.split("\n"), "app<br>");
    assert.deepEqual(
      [name, digest, platforms, ...others],
      [
        `app<br><code>${APP}</code>`,
        `<code>${shortDigests(made.digest)}</code>`,
        "✓\u00a0linux/amd64<br>·\u00a0linux/arm64",
      ],
    );
    assert.match(size ?? "", /^\d\.\d\u00a0kB$/);
    assert.ok(summary.endsWith(`\n\n\`\`\`text\n${pinned}\n\`\`\`\n\n</details>\n\n`));
  });

  it("lists the problems first", async () => {
    const platforms = required("linux/amd64,linux/386");
    const lines = summaryOf([
      await resultOf(image("linux/amd64"), { platforms }),
      failedResult("gone", "not-found", { optional: true }),
    ]);
    assert.equal(lines[0], "### registry-pull: 2 of 2 images have a problem");
    assert.equal(lines[2], "| image | platform | problem |");
    assert.match(
      lines[4] ?? "",
      /^\| <code>registry\.test\/org\/app:1<\/code> \| linux\/386 \| ✗\u00a0platform-missing<br>it does not offer linux\/386/,
    );
    assert.equal(
      lines[5],
      "| <code>gone</code> (optional) |  | ✗\u00a0not-found<br>nothing; try again |",
    );
    assert.equal(lines[7], "| image | digest | platforms | size |");
  });

  it("has only the problem of an image that could not be read, without empty columns", () => {
    assert.deepEqual(summaryOf([failedResult("gone")]), [
      "### registry-pull: the image has a problem",
      "",
      "| image | problem |",
      "| --- | --- |",
      "| <code>gone</code> | ✗\u00a0not-found<br>nothing; try again |",
      "",
      "Nothing was pulled.",
      "",
      "",
    ]);
  });

  it("puts what to do below what was found", () => {
    const next = "check the reference, or set wait-timeout if it is still being pushed";
    const message = `gone: 404; ${next}; nearest of its 2 tags: a_1, a_2`;
    const result = failedResult("gone");
    const lines = summaryOf([{ ...result, problem: { ...problemOf(result), message } }]);
    const cell = `404<br>→ ${next}; nearest of its 2 tags: a&#95;1, a&#95;2`;
    assert.equal(lines[4], `| <code>gone</code> | ✗\u00a0not-found<br>${cell} |`);
  });

  it("shows the kind of an artifact in the place of its platforms", async () => {
    const lines = summaryOf([await resultOf(artifact(), { platforms: "any" })]);
    assert.equal(rowOf(lines, "app")[2], "artifact");
  });

  it("states where the bytes came from, image by image and together", async () => {
    const places = new Map([["registry.test", 1_000]]);
    const all = tally({ restored: 2_000, downloaded: 1_000, seconds: 1, places });
    const moved = { ...(await resultOf()), pulled: pulledImage({ tally: all }) };
    const none = tally({ alreadyThere: 500 });
    const reused = { ...(await resultOf()), pulled: pulledImage({ tally: none }) };
    const lines = summaryOf([moved, reused], pulledOf({ ...all, alreadyThere: 500 }));
    const rows = lines.filter((line) => line.startsWith("| app"));
    assert.match(rows[0] ?? "", /\| 2\.0 kB from the cache, 1\.0 kB downloaded in 1\.0 s \|$/);
    assert.match(rows[1] ?? "", /\| 500 B reused \|$/);
    assert.ok(
      lines.includes(
        "Restored 2.0 kB from the cache and downloaded 1.0 kB in 1.0 s (3.0 kB/s); reused 500 B from the layout.",
      ),
    );
  });

  // by place, what was downloaded, and how the image's row shows it
  for (const [places, shown] of [
    [{ "registry.test": 3_000 }, "3.0 kB downloaded"],
    [{ "mirror.example/hub": 3_000 }, "3.0 kB downloaded from mirror.example/hub"],
    [
      { "mirror.example": 2_000, "registry.test": 1_000 },
      "3.0 kB downloaded (2.0 kB from mirror.example, 1.0 kB from registry.test)",
    ],
  ] as const) {
    it(`names the places of bytes: ${shown}`, async () => {
      const all = tally({ downloaded: 3_000, places: new Map(Object.entries(places)) });
      const lines = summaryOf([{ ...(await resultOf()), pulled: pulledImage({ tally: all }) }]);
      assert.equal(rowOf(lines, "app").at(-1), shown);
    });
  }

  // where the top document came from, and how the image's row shows it
  for (const [source, shown] of [
    ["registry.test", undefined],
    ["mirror.example/hub", "registry.test by way of mirror.example/hub"],
    ["cache", undefined],
    ["layout", undefined],
  ] as const) {
    it(`has ${shown ?? "no place"} for an image from ${source}`, async () => {
      const lines = summaryOf([readFrom(source, await resultOf())]);
      assert.equal(rowOf(lines, "app")[4], shown);
    });
  }

  it("shows the names of places as text", async () => {
    const all = tally({ downloaded: 1, places: new Map([["a_<b>_.example", 1]]) });
    const image = { ...(await resultOf()), pulled: pulledImage({ tally: all }) };
    const text = summaryOf([readFrom("<i>.example", image)]).join("\n");
    assert.ok(!text.includes("<i>") && !text.includes("<b>"));
  });

  it("shows the locked digest of an image that was not read again", () => {
    const unread = unreadResult();
    const [, digest, platforms, from] = rowOf(summaryOf([unread]), "app");
    assert.equal(digest, `<code>${shortDigests(unread.unread ?? "")}</code>`);
    assert.deepEqual([platforms, from], ["✓\u00a0linux/amd64", "as locked"]);
  });

  it("has a line for each registry and image that was refused, before the tables", async () => {
    const refused = async (written: string, status: FailureStatus): Promise<Result> => {
      const result = await resultOf(undefined, { written });
      return { ...result, refusal: { registry: "registry.test", status, found: "a <b>" } };
    };
    const lines = summaryOf([
      await refused("app:1", "rate-limited"),
      await refused("app:2", "unreachable"),
      await refused("app:3", "not-found"),
      { ...(await resultOf()), lock: { digest: undefined, tag: "gone" } },
    ]);
    assert.equal(lines[0], "### registry-pull: 4 images resolved");
    const notices = lines.filter((line) => line.startsWith("⚠"));
    assert.equal(notices.length, 3);
    assert.match(notices[0] ?? "", /^⚠ registry\.test is unavailable: a &#60;b>; images with /);
    assert.match(
      notices[1] ?? "",
      /^⚠ app<span>:<\/span>3: registry\.test no longer has a part of it: /,
    );
    assert.match(
      notices[2] ?? "",
      /^⚠ registry\.test\/org\/app.*1: registry\.test no longer has the tag 1; /,
    );
    assert.ok(lines.indexOf(notices[2] ?? "") < lines.findIndex((line) => line.startsWith("|")));
    assert.equal(lines[1], "", "a blank line before each");
    assert.equal(lines[3], "");
  });

  it("lists a problem of the lock file like one of other files", () => {
    const file = "images.lock.json";
    const error = new PullError("wrong-file", "digest: got <b>", { next: "correct it" });
    const location = { file, line: 7, column: 5, endColumn: 9 };
    const problem = fileProblem(error, `${file}:7`, { optional: false, location });
    const lines = summaryOf([], undefined, { problems: [problem] });
    assert.equal(lines[0], "### registry-pull: 0 images resolved, 1 problem with files");
    const message = markdown("digest: got <b>; correct it");
    assert.equal(lines[4], `| ${file}:7 | ✗\u00a0invalid<br>${message} |`);
  });

  it("shows what changed in a lock file that was written, and nothing of another", async () => {
    const change = {
      reference: "docker.io/library/alpine:3.20",
      old: undefined,
      now: { digest: image("linux/amd64").digest, platforms: [], created: "", size: 1_000 },
    };
    const lock = { file: "a_b.json", mode: "update", changes: [change], problems: [] } as const;
    const images = [await resultOf()];
    const written = summaryOf(images, undefined, { lock: { ...lock, isWritten: true } });
    const at = written.indexOf("a&#95;b.json was updated: 1 image.");
    assert.ok(at > 0);
    assert.equal(written[at + 2], "| image | old digest | new digest | created | size |");
    assert.match(written[at + 4] ?? "", /^\| docker\.io\/library\/alpine:3\.20 \| none \| sha256:/);
    const unwritten = summaryOf(images, undefined, { lock: { ...lock, isWritten: false } });
    assert.ok(!unwritten.join("\n").includes("alpine"));
  });

  it("names credentials that were used", async () => {
    const result = await resultOf();
    const root = result.root && {
      ...result.root,
      fetched: { ...result.root.fetched, authenticated: true },
    };
    const lines = summaryOf([{ ...result, root }]);
    assert.equal(rowOf(lines, "app").at(-1), "registry.test, with credentials");
  });

  for (const [cache, registry, isSlower] of [
    [1_000_000, 2_000_000, true],
    [2_000_000, 1_000_000, false],
    [1_000_000, 1_000_000, false],
    [undefined, 1_000_000, false],
    [1_000_000, undefined, false],
  ] as const) {
    it(`${isSlower ? "says" : "does not say"} that a cache with ${cache} B/s is slower than a registry with ${registry}`, async () => {
      const text = summaryOf([await resultOf()], pulledOf({ rates: { cache, registry } })).join(
        "\n",
      );
      const sentence =
        " The cache was slower than the registry (1.0 MB/s against 2.0 MB/s): this step is faster without it.";
      assert.equal(text.includes("slower"), isSlower);
      assert.equal(text.includes(sentence), isSlower);
    });
  }

  const WHY = "Not saved: this is a <pull_request>.";
  for (const [what, cache, moved, more] of [
    ["no cache is used", undefined, { downloaded: 1_000 }, ""],
    [
      "it had nothing",
      { restore: true, why: "" },
      { downloaded: 1 },
      " Nothing came from the cache.",
    ],
    ["it had a part", { restore: true, why: "" }, { downloaded: 1, restored: 1 }, ""],
    ["nothing is restored", { restore: false, why: "" }, { downloaded: 1 }, ""],
    [
      "nothing is saved",
      { restore: true, why: WHY },
      { downloaded: 1 },
      ` Nothing came from the cache. ${markdown(WHY)}`,
    ],
    [
      "there is none",
      { restore: false, why: "there is none" },
      { downloaded: 1 },
      " There is none.",
    ],
    ["all came from it", { restore: true, why: WHY }, { restored: 1 }, ""],
  ] as const) {
    it(`states of the cache when ${what}: ${more || "nothing"}`, async () => {
      const lines = summaryOf([await resultOf()], pulledOf({ ...moved, seconds: 1 }), { cache });
      const line = lines.find((one) => /^(Restored|Downloaded) /.test(one)) ?? "";
      assert.equal(line.replace(/^.*?\/s\)\./, ""), more);
    });
  }

  it("names neither what a message repeats nor more of a digest than a reader needs", async () => {
    const made = image("linux/amd64");
    const written = `registry.test/org/app:1@${made.digest}`;
    const platforms = required("linux/386");
    const lines = summaryOf([await resultOf(made, { written, platforms })]);
    const short = markdown(shortDigests(written));
    const status = "✗\u00a0platform-missing";
    const start = `| <code>${short}</code> | linux/386 | ${status}<br>it does not offer`;
    assert.ok(lines[4]?.startsWith(start), lines[4]);
    assert.equal(rowOf(lines, "app")[0], "app<br><code>registry.test/org/app:1</code>");
  });

  it("states a cache miss that fails the step", async () => {
    const summary = toSummary(judgedOf(outcomeOf([await resultOf()]), { cacheMiss: "1 blob <b>" }));
    assert.match(summary, /^### registry-pull: 1 image resolved\n\n✗ cache miss: 1 blob &#60;b>\n/);
  });

  it("ends before the size at which the runner drops it", async () => {
    const image = failedResult("x".repeat(250));
    const summary = toSummary(judgedOf(outcomeOf(Array(4_000).fill(image))));
    const bytes = Buffer.byteLength(summary);
    assert.ok(bytes < 2 ** 20 && bytes > 800 * 1024, String(bytes));
    assert.ok(summary.endsWith("\nThe rest is in the log and in the metadata file.\n"));
  });
});

describe("the summary of invalid inputs", () => {
  it("lists every problem", () => {
    const invalid = ["timeout: wrong", "images, line 1: <b>"];
    assert.equal(
      toSummary({ invalid }),
      "### registry-pull: 2 invalid inputs\n\n- timeout: wrong\n- images, line 1: &#60;b>\n\n",
    );
  });
});
