import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Result } from "../../src/pull/outcome.ts";
import { markdown } from "../../src/runner/sanitiser.ts";
import { toSummary } from "../../src/runner/summary.ts";
import { artifact, image, multiPlatform } from "../support/image.ts";
import { required } from "../support/resolving.ts";
import {
  APP,
  failedResult,
  outcomeOf,
  pulledImage,
  pulledOf,
  resultOf,
} from "../support/results.ts";

function summaryOf(images: readonly Result[], pulled = pulledOf()): readonly string[] {
  return toSummary({ ...outcomeOf(images, pulled), cacheMiss: "" }).split("\n");
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
    const summary = toSummary({ ...outcomeOf(images), cacheMiss: "" });
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
    const tally = { restored: 2_000, downloaded: 1_000, alreadyThere: 0, seconds: 1 };
    const moved = { ...(await resultOf()), pulled: pulledImage({ tally }) };
    const none = { restored: 0, downloaded: 0, alreadyThere: 500, seconds: 0 };
    const reused = { ...(await resultOf()), pulled: pulledImage({ tally: none }) };
    const lines = summaryOf([moved, reused], pulledOf({ ...tally, alreadyThere: 500 }));
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
    const summary = toSummary({ ...outcomeOf([await resultOf()]), cacheMiss: "1 blob <b>" });
    assert.match(summary, /^### registry-pull: 1 resolved\n\n✗ cache miss: 1 blob &#60;b>\n/);
  });

  it("ends before the size at which the runner drops it", async () => {
    const image = failedResult("x".repeat(250));
    const summary = toSummary({ ...outcomeOf(Array(4_000).fill(image)), cacheMiss: "" });
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
