import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { CacheService } from "../support/cache-service.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { type Content, image, type Made, multiPlatform } from "../support/image.ts";
import { imagesOf, output, warningsOf } from "../support/lock-steps.ts";
import { runStep, type StepResult } from "../support/runner.ts";
import { type Logged, LoggedRegistry } from "./logged-registry.ts";
import { cleanUp, realPartsMissing, skopeo, writeLayout } from "./parts.ts";

const QUICK = join(import.meta.dirname, "../support/quick.ts");
const PLATFORMS = ["linux/amd64", "linux/arm64"];
const AMD64 = image("linux/amd64");
const OF_AMD64 = AMD64.blobs;
const [, LAYER] = OF_AMD64;
assert.ok(LAYER);
const OLD = multiPlatform(PLATFORMS);
const NEW = multiPlatform(PLATFORMS, { salt: "new" });
const HEAD = "HEAD /v2/org/app/manifests/1";

describe("a lock, a real registry and its pull-through", {
  skip: realPartsMissing("docker-registry", "skopeo"),
}, () => {
  let original: LoggedRegistry;
  let pullThrough: LoggedRegistry;
  let service: CacheService;
  let workspace: string;
  beforeEach(async () => {
    original = await LoggedRegistry.start();
    pullThrough = await LoggedRegistry.start(`http://${original.host}`);
    service = await CacheService.start();
    workspace = temporaryDirectory("workspace");
    await push("old", OLD);
  });
  afterEach(async () => {
    await Promise.all([original, pullThrough, service].map((part) => part.stop()));
  });
  after(cleanUp);

  async function push(name: string, made: Made): Promise<void> {
    const from = `oci:${writeLayout(name, made)}`;
    const to = `docker://${original.host}/org/app:1`;
    await skopeo("copy", "--all", "--dest-tls-verify=false", from, to);
    original.asked();
  }

  type Given = Readonly<Record<string, string>>;

  /** A step on the image, into a layout of its own, which must pass. */
  async function passing(given: Given, environment: Given = {}): Promise<Passed> {
    const layout = join(temporaryDirectory("layout"), "layout");
    const inputs = {
      images: `${original.host}/org/app:1`,
      sources: `${original.host}=${pullThrough.host}`,
      platforms: "linux/amd64",
      path: layout,
      "cache-mode": "none",
      ...given,
    };
    const job = { GITHUB_WORKSPACE: workspace, CLOCK_RATE: "10", ...environment };
    const result = await runStep(inputs, job, { script: QUICK });
    assert.equal(result.exitCode, 0, result.stdout);
    return { ...result, layout };
  }

  type Passed = StepResult & { readonly layout: string };

  /** What this project asked of the original: the pull-through asks, too. */
  const askedOriginal = (): readonly string[] => original.asked().filter(isOurs).map(requestOf);

  /** The places of all bytes of the only image. */
  function placesOf(result: StepResult): ReadonlySet<string> {
    const { source, blobs } = JSON.parse(JSON.stringify(imagesOf(result)[0]));
    return new Set([source, ...blobs.map((blob: { source: string }) => blob.source)]);
  }

  it("asks the original for no blob, and in the layout skopeo sees the same digest", async () => {
    const result = await passing({ pull: "layout", lock: "update" });
    assert.deepEqual(new Set(askedOriginal()), new Set([HEAD]));
    assert.deepEqual(placesOf(result), new Set([pullThrough.host]));
    assert.equal(output(result, "digest"), OLD.digest);
    const lock = JSON.parse(readFileSync(join(workspace, "images.lock.json"), "utf8"));
    const { digest, platforms } = lock.images[`${original.host}/org/app:1`];
    assert.deepEqual([digest, platforms], [OLD.digest, { "linux/amd64": AMD64.digest }]);
    const copy = join(temporaryDirectory("copy"), "copy");
    await skopeo("copy", "--override-arch=amd64", `oci:${result.layout}`, `dir:${copy}`);
    const [theirs, ours] = [join(copy, "manifest.json"), AMD64.bytes];
    assert.deepEqual(readFileSync(theirs), ours);
  });

  it("needs the original no more once the pull-through is warm, and then no registry", async () => {
    await passing({ lock: "update" });
    const cached = { pull: "layout", "cache-mode": "write" };
    const warming = await passing(cached, service.environment);
    assert.equal((await warming.post()).exitCode, 0);
    await Promise.all(OF_AMD64.map(stored));
    await push("new", NEW);
    const moved = await passing({ pull: "layout" });
    assert.deepEqual([output(moved, "digest"), warningsOf(moved).length], [OLD.digest, 1]);
    assert.match(warningsOf(moved)[0] ?? "", /the tag 1 now points at/);

    await original.stop();
    const alone = await passing({ pull: "layout" });
    assert.deepEqual(placesOf(alone), new Set([pullThrough.host]));
    assertOutage(alone);
    const fromCache = await passing(cached, service.environment);
    assert.deepEqual(placesOf(fromCache), new Set(["cache"]));
    assertOutage(fromCache);

    await pullThrough.stop();
    const { environment } = service;
    const frozen = await passing({ ...cached, lock: "frozen" }, environment);
    assert.deepEqual([warningsOf(frozen), output(frozen, "cache-hit")], [[], "true"]);
    const path = frozen.layout;
    const fromLayout = await passing({ pull: "layout", lock: "frozen", path });
    assert.deepEqual([warningsOf(fromLayout), output(fromLayout, "digest")], [[], OLD.digest]);
    const checked = await passing({ pull: "layout", path });
    // The pull-through was not needed, so it is not warned of.
    assertOutage(checked);
  });

  /** Checks that a step used the locked image, with one warning about the original. */
  function assertOutage(result: StepResult): void {
    const [warning = "", ...others] = warningsOf(result);
    assert.deepEqual(others, []);
    assert.ok(warning.startsWith(`${original.host} is unavailable: `), warning);
    assert.equal(output(result, "digest"), OLD.digest);
  }

  it("takes from the original what is poisoned in the pull-through, and names that", async () => {
    await passing({ pull: "layout", lock: "update" });
    const file = await stored(LAYER);
    writeFileSync(file, Buffer.alloc(statSync(file).size, 7));
    original.asked();
    const result = await passing({ pull: "layout" });
    const [warning = "", ...others] = warningsOf(result);
    assert.deepEqual(others, []);
    assert.ok(warning.startsWith(`source ${pullThrough.host} gave a wrong answer: `), warning);
    assert.ok(warning.includes(LAYER.digest), warning);
    assert.deepEqual(placesOf(result), new Set([pullThrough.host, original.host]));
    const blobs = askedOriginal().filter((request) => request.includes("/blobs/"));
    assert.deepEqual(blobs, [`GET /v2/org/app/blobs/${LAYER.digest}`]);
    const blob = join(result.layout, "blobs", LAYER.digest.replace(":", "/"));
    assert.deepEqual(readFileSync(blob), LAYER.bytes);
  });

  /** The file of a blob in the pull-through, which stores it in the background. */
  async function stored({ digest, bytes }: Content): Promise<string> {
    const file = pullThrough.fileOf(digest);
    const isWhole = (): boolean => existsSync(file) && statSync(file).size === bytes.length;
    for (let tries = 0; tries < 100 && !isWhole(); tries++) await sleep(50);
    assert.ok(isWhole(), `the pull-through does not store ${digest}`);
    return file;
  }
});

const isOurs = ({ agent }: Logged): boolean => agent.startsWith("registry-pull");

const requestOf = ({ request }: Logged): string => request;
