import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PullError } from "../../src/oci/failure.ts";
import type { FailureStatus } from "../../src/oci/reason.ts";
import type { Result } from "../../src/pull/outcome.ts";
import { fileProblem } from "../../src/runner/found-images.ts";
import type { LockReport } from "../../src/runner/lock-report.ts";
import { sayFound, sayLocked, sayPulled, sayRefusals, sayResolved } from "../../src/runner/log.ts";
import { shortDigests } from "../../src/runner/wording.ts";
import { artifact, content, image, multiPlatform } from "../support/image.ts";
import { required } from "../support/resolving.ts";
import {
  APP,
  failedPlatform,
  failedResult,
  outcomeOf,
  pulledImage,
  pulledOf,
  RecordingWorkflow,
  readFrom,
  resultOf,
  transferFrom,
  unreadResult,
} from "../support/results.ts";

function linesFor(result: Result): readonly string[] {
  const workflow = new RecordingWorkflow();
  sayResolved(workflow, result);
  return workflow.lines;
}

describe("sayResolved", () => {
  it("prints one line for an image with one platform", async () => {
    const made = image("linux/amd64");
    const lines = linesFor(await resultOf(made, { name: APP }));
    assert.deepEqual(lines, [`say ✓ ${APP} → ${made.digest} (image, linux/amd64)`]);
  });

  it("names the place of an image that its registry did not send", async () => {
    for (const place of ["mirror.example/hub", "cache", "layout"]) {
      const [line] = linesFor(readFrom(place, await resultOf()));
      assert.ok(line?.endsWith(` (image, linux/amd64), from ${place}`), line);
    }
  });

  it("names the place of a platform that is another than the image's", async () => {
    const result = await resultOf(multiPlatform(["linux/amd64", "linux/arm64"]));
    const { root } = result;
    const moved = { ...readFrom("mirror.example", result), root };
    assert.match(linesFor(moved)[2] ?? "", / in 2 layers, from mirror\.example$/);
    const lines = linesFor(readFrom("mirror.example", result));
    assert.match(lines[0] ?? "", /, from mirror\.example$/);
    assert.match(lines[2] ?? "", / in 2 layers$/);
  });

  it("shows the locked digest of an image that was not read again", () => {
    const unread = unreadResult();
    assert.deepEqual(linesFor(unread), [`say ✓ app: ${APP} → ${unread.unread} (as locked)`]);
  });

  it("repeats no digest that the reference has, and shortens that in the title of a group", async () => {
    const made = multiPlatform(["linux/amd64", "linux/arm64"]);
    const written = `${APP}@${made.digest}`;
    const lines = linesFor(await resultOf(made, { name: written, written }));
    assert.equal(lines[0], `say ✓ ${written} (index, 2 platforms)`);
    assert.equal(lines[1], `group   platforms of ${shortDigests(written)}`);
  });

  it("puts a name of its own before the reference", async () => {
    const [line] = linesFor(await resultOf());
    assert.match(line ?? "", /^say ✓ app: registry\.test\/org\/app:1 → /);
  });

  it("lists several platforms in a group, with the size of those that were examined", async () => {
    const made = multiPlatform(["linux/amd64", "linux/arm64"]);
    const [amd64] = made.manifests;
    const lines = linesFor(await resultOf(made));
    assert.match(lines[0] ?? "", /\(index, 2 platforms\)$/);
    assert.equal(lines[1], "group   platforms of app");
    assert.match(lines[2] ?? "", /^ {2}✓ linux\/amd64 sha256:\w+, \d+\.\d kB in 2 layers$/);
    assert.ok(lines[2]?.includes(amd64?.digest ?? "none"));
    assert.equal(lines[3], "  · also offered: linux/arm64");
    assert.equal(lines.length, 4);
  });

  it("names the status of every problem, and of the platform that has it", async () => {
    const made = multiPlatform(["linux/amd64", "linux/arm64"]);
    const platforms = required("linux/amd64,linux/s390x,linux/386");
    const lines = linesFor(await resultOf(made, { platforms }));
    const problems = "platform-missing linux/s390x, platform-missing linux/386";
    assert.match(
      lines[0] ?? "",
      new RegExp(`^say ✗ app: .* \\(index, 2 platforms\\): ${problems}$`),
    );
    assert.deepEqual(lines.slice(-3, -1), [
      "  ✗ linux/s390x platform-missing",
      "  ✗ linux/386 platform-missing",
    ]);
  });

  it("shows no digest of an image that could not be read", () =>
    assert.deepEqual(linesFor(failedResult(APP)), [`say ✗ ${APP}: not-found`]));

  it("names the kind of an artifact, which has no platform", async () => {
    const [line] = linesFor(await resultOf(artifact(), { platforms: "any" }));
    assert.match(line ?? "", / \(artifact\)$/);
  });

  it("annotates five warnings, before the image's line, and groups the rest", async () => {
    const warnings = ["a", "b", "c", "d", "e", "f", "g"];
    const lines = linesFor({ ...(await resultOf()), warnings });
    assert.deepEqual(lines.slice(0, 8), [
      ...["a", "b", "c", "d", "e"].map((text) => `warn ${text}`),
      "group 2 more warnings of app",
      "  f",
      "  g",
    ]);
    assert.match(lines[8] ?? "", /^say ✓ app: /);
  });

  it("states a platform without a manifest by its status", async () => {
    const result = await resultOf();
    const platforms = [...result.platforms, failedPlatform("linux/arm64", "manifest-missing")];
    const lines = linesFor({ ...result, platforms });
    assert.equal(lines.at(-1), "  ✗ linux/arm64 dangling");
  });
});

describe("sayRefusals", () => {
  it("warns once for each registry that is unavailable, and for each image that is gone", async () => {
    const workflow = new RecordingWorkflow();
    const refused = async (written: string, status: FailureStatus): Promise<Result> => {
      const result = await resultOf(undefined, { written });
      return { ...result, refusal: { registry: "registry.test", status, found: "why" } };
    };
    sayRefusals(workflow, [
      await resultOf(),
      await refused("app:1", "unreachable"),
      await refused("app:2", "not-found"),
      await refused("app:3", "rate-limited"),
      await refused("app:2", "not-found"),
    ]);
    const found = workflow.lines.map((line) => line.split(":").slice(0, 2).join(":"));
    assert.deepEqual(found, [
      "warn registry.test is unavailable: why; images with a known digest come from cache, layout or sources, verified; if this lasts, name another place for them in sources",
      "warn app:2",
    ]);
  });
});

describe("sayFound", () => {
  const found = { references: [], unknown: [], wanted: [], problems: [] };

  it("states that files name no image", () => {
    const workflow = new RecordingWorkflow();
    sayFound(workflow, found);
    assert.deepEqual(workflow.lines, ["say the files name no image"]);
  });

  it("counts the images of the input that are checked all the same", async () => {
    const workflow = new RecordingWorkflow();
    const { wanted } = await resultOf();
    sayFound(workflow, { ...found, wanted: [wanted] });
    assert.deepEqual(workflow.lines, ["say the files name no image; checking 1 image"]);
  });
});

describe("sayLocked", () => {
  const changed = {
    reference: "docker.io/library/alpine:3.20",
    old: undefined,
    now: { digest: image("linux/amd64").digest, platforms: [], created: "", size: 1_000 },
  };
  const lock = {
    file: "images.lock.json",
    mode: "update",
    isWritten: false,
    changes: [],
    problems: [],
  } as const;

  function linesOf(more: Partial<LockReport>, mayWrite = true): readonly string[] {
    const workflow = new RecordingWorkflow();
    sayLocked(workflow, { ...lock, ...more }, mayWrite);
    return workflow.lines;
  }

  it("prints nothing for a lock file that is only used", () => {
    for (const mode of ["check", "frozen"] as const) assert.deepEqual(linesOf({ mode }), []);
  });

  it("prints what changed", () => {
    const [title, header, row] = linesOf({ isWritten: true, changes: [changed] });
    assert.equal(title, "group updated images.lock.json: 1 image");
    assert.match(header ?? "", /^ {2}image +old digest +new digest +created +size$/);
    assert.match(
      row ?? "",
      /^ {2}docker\.io\/library\/alpine:3\.20 +none +sha256:\w{12} +1\.0 kB$/,
    );
  });

  it("states that nothing changed", () =>
    assert.deepEqual(linesOf({}), ["say images.lock.json is up to date"]));

  it("states that a step that failed writes nothing", () => {
    const line = "say images.lock.json is not written, because the step failed";
    assert.deepEqual(linesOf({}, false), [line]);
  });

  it("does not state that a file is up to date that could not be written", () => {
    const where = "images.lock.json";
    const error = new PullError("not-written", "EACCES");
    const problems = [fileProblem(error, where, { optional: false })];
    assert.deepEqual(linesOf({ problems }), ["say images.lock.json is not written"]);
  });
});

describe("sayPulled", () => {
  const placesOf = (places: Readonly<Record<string, number>>) => new Map(Object.entries(places));

  async function groupOf(places: Readonly<Record<string, number>>): Promise<readonly string[]> {
    const workflow = new RecordingWorkflow();
    const transfers = new Map(
      ["cache", ...Object.keys(places)].map((place) => [
        content("", place).digest,
        transferFrom(place),
      ]),
    );
    const pulled = pulledOf({ places: placesOf(places), transfers });
    sayPulled(workflow, outcomeOf([await resultOf()], pulled));
    return workflow.lines.slice(1);
  }

  it("lists the place of each blob, also of those in the cache, when there were several", async () => {
    const places = { "mirror.example/hub": 2_000_000, "registry.test": 5_000 };
    assert.deepEqual(await groupOf(places), [
      "group downloaded 2.0 MB from mirror.example/hub, 5.0 kB from registry.test",
      ...["cache", "mirror.example/hub", "registry.test"].map((place) => {
        return `  ${content("", place).digest} from ${place}`;
      }),
    ]);
  });

  it("lists them when one place sent everything that is not the images' registry", async () => {
    const [title] = await groupOf({ "mirror.example": 7 });
    assert.equal(title, "group downloaded 7 B from mirror.example");
  });

  it("lists them when the registries of two images sent them", async () => {
    const workflow = new RecordingWorkflow();
    const other = failedResult("ghcr.io/org/app:1");
    const pulled = pulledOf({ places: placesOf({ "registry.test": 5, "ghcr.io": 7 }) });
    sayPulled(workflow, outcomeOf([await resultOf(), other], pulled));
    assert.equal(workflow.lines[1], "group downloaded 5 B from registry.test, 7 B from ghcr.io");
  });

  for (const places of [{}, { "registry.test": 5 }]) {
    it(`lists nothing when only ${JSON.stringify(places)} sent something`, async () =>
      assert.deepEqual(await groupOf(places), []));
  }

  it("prints nothing without a pull", async () => {
    const workflow = new RecordingWorkflow();
    sayPulled(workflow, outcomeOf([await resultOf()]));
    assert.deepEqual(workflow.lines, []);
  });

  it("prints the layout's warnings, the pull and every conversion", async () => {
    const result = await resultOf();
    const converted = result.root?.fetched.digest;
    const stored = { converted, loadable: undefined };
    const old = { ...result, pulled: pulledImage({ stored }) };
    const current = { ...result, pulled: pulledImage() };
    const failed = { ...result, pulled: pulledImage({ stored: undefined }) };
    const workflow = new RecordingWorkflow();
    const pulled = pulledOf({ warnings: ["two images have one name"], downloaded: 10, seconds: 1 });
    sayPulled(workflow, outcomeOf([old, current, failed, result], pulled));
    assert.deepEqual(workflow.lines, [
      "warn two images have one name",
      "say downloaded 10 B in 1.0 s (10 B/s); layout: /layout",
      `say app was converted from schema 1: in the layout it is the OCI image ${converted}`,
    ]);
  });
});
