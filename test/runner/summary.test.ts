import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PullError } from "../../src/oci/failure.ts";
import type { FailureStatus } from "../../src/oci/reason.ts";
import type { Result } from "../../src/pull/outcome.ts";
import { fileProblem } from "../../src/runner/found-images.ts";
import { markdown } from "../../src/runner/sanitiser.ts";
import { type Judged, toSummary } from "../../src/runner/summary.ts";
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

/** The cells of the row of the last table that starts with a name. */
function rowOf(lines: readonly string[], name: string): readonly string[] {
  const row = lines.findLast((line) => line.startsWith(`| ${name}`)) ?? "";
  return row.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, ""));
}

describe("the summary of images", () => {
  it("has a row an image, and the pinned references to copy", async () => {
    const made = multiPlatform(["linux/amd64", "linux/arm64"]);
    const pinned = `registry.test/org/app@${made.digest}`;
    const images = [await resultOf(made)];
    const summary = toSummary(judgedOf(outcomeOf(images)));
    assert.match(
      summary,
      /^### registry-pull: 1 resolved\n\n\| image \| digest \| platforms \| size /,
    );
    const [name, digest, platforms, size, from] = rowOf(summary.split("\n"), "app: ");
    assert.deepEqual(
      [name, digest, platforms, from],
      [
        `app: <code>${APP}</code>`,
        `<code>${made.digest}</code>`,
        "✓ linux/amd64<br>· linux/arm64",
        "registry.test",
      ],
    );
    assert.match(size ?? "", /^\d\.\d kB$/);
    assert.ok(summary.endsWith(`\n\n- <code>${markdown(pinned)}</code>\n\n</details>\n\n`));
  });

  it("lists the problems first", async () => {
    const platforms = required("linux/amd64,linux/386");
    const lines = summaryOf([
      await resultOf(image("linux/amd64"), { platforms }),
      failedResult("gone", "not-found", { optional: true }),
    ]);
    assert.equal(lines[0], "### registry-pull: 2 of 2 with problems");
    assert.equal(lines[2], "| image | platform | status | what was found, and what to do |");
    assert.match(
      lines[4] ?? "",
      /^\| <code>registry\.test\/org\/app:1<\/code> \| linux\/386 \| ✗ platform-missing \| \S.*it does not offer linux\/386/,
    );
    assert.equal(
      lines[5],
      "| <code>gone</code> (optional) |  | ✗ not-found | gone: nothing; try again |",
    );
    assert.equal(lines[7], "| image | digest | platforms | size | from |");
  });

  it("has no pinned references when no image could be read", () => {
    const text = summaryOf([failedResult("gone")]).join("\n");
    assert.ok(!text.includes("<details>"));
    assert.deepEqual(rowOf(text.split("\n"), "<code>gone"), ["<code>gone</code>", "", "", "", ""]);
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
    assert.match(
      rows[0] ?? "",
      /registry\.test<br>2\.0 kB from the cache, 1\.0 kB downloaded in 1\.0 s \|$/,
    );
    assert.match(rows[1] ?? "", /registry\.test<br>500 B reused \|$/);
    assert.ok(
      lines.includes(
        "restored 2.0 kB from the cache, downloaded 1.0 kB, reused 500 B from the layout, in 1.0 s (3.0 kB/s).",
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
      assert.equal(rowOf(lines, "app").at(-1), `registry.test<br>${shown}`);
    });
  }

  // where the top document came from, and how the image's row shows it
  for (const [source, shown] of [
    ["registry.test", "registry.test"],
    ["mirror.example/hub", "registry.test by way of mirror.example/hub"],
    ["cache", "registry.test"],
    ["layout", "registry.test"],
  ] as const) {
    it(`has "${shown}" for an image from ${source}`, async () => {
      const lines = summaryOf([readFrom(source, await resultOf())]);
      assert.equal(rowOf(lines, "app").at(-1), shown);
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
    const [, digest, platforms, size, from] = rowOf(summaryOf([unread]), "app");
    assert.equal(digest, `<code>${unread.unread}</code>`);
    assert.deepEqual([platforms, size, from], ["✓ linux/amd64", "", "as locked"]);
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
    assert.equal(lines[0], "### registry-pull: 4 resolved");
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
    assert.equal(lines[0], "### registry-pull: 0 resolved, 1 problem with files");
    const message = markdown(`${file}:7: digest: got <b>; correct it`);
    assert.equal(lines[4], `| ${file}:7 |  | ✗ invalid | ${message} |`);
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

  it("states a cache miss that fails the step", async () => {
    const summary = toSummary(judgedOf(outcomeOf([await resultOf()]), { cacheMiss: "1 blob <b>" }));
    assert.match(summary, /^### registry-pull: 1 resolved\n\n✗ cache miss: 1 blob &#60;b>\n/);
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
