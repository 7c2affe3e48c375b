import assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { parseReference } from "../src/oci/reference.ts";
import type { Registry as RegistryPort } from "../src/pull/ports.ts";
import { readSources } from "../src/runner/sources.ts";
import { type Connection, type ConnectOptions, connect } from "./support/connect.ts";
import { temporaryDirectory } from "./support/directory.ts";
import { type Content, image, type Made } from "./support/image.ts";
import { finalsOf } from "./support/layout-files.ts";
import { MemoryTarget } from "./support/memory-target.ts";
import { Registry } from "./support/registry.ts";
import { asBlob, failure } from "./support/resolving.ts";
import { runStep, type StepResult } from "./support/runner.ts";

/** Runs the step on a clock that is a hundred times as fast. */
const QUICK = join(import.meta.dirname, "support/quick.ts");

/** What these tests read of an image in the output `json`. */
type Placed = {
  readonly status: string;
  readonly source: string;
  readonly blobs: readonly { readonly source: string }[];
};

type Json = { readonly images: Readonly<Record<string, Placed>> };

const MADE = image("linux/amd64");
const [CONFIG, LAYER] = MADE.blobs;
assert.ok(CONFIG && LAYER);
const MINE = { username: "me", password: "of-the-original" };
const THEIRS = { username: "them", password: "of-the-source" };

let original: Registry;
let source: Registry;
/** Their hosts, also when they are stopped. */
let hosts: { readonly original: string; readonly source: string };
let connections: Connection[];
beforeEach(async () => {
  original = await Registry.start();
  source = await Registry.start();
  hosts = { original: original.host, source: source.host };
  original.push("org/app", "1", MADE);
  source.push("hub/org/app", "1", MADE);
  connections = [];
});
afterEach(async () => {
  for (const { http } of connections) http.close();
  await Promise.all([original.stop(), source.stop()]);
});

/** Registries with this input `sources`, in which A is the original and B the source. */
function mirrored(lines: string, options: ConnectOptions = {}): RegistryPort {
  const mirrors = readSources(sourcesOf(lines), (problem) => assert.fail(problem));
  const connection = connect({ ...options, mirrors });
  connections.push(connection);
  return connection.client;
}

function sourcesOf(lines: string): string {
  return lines.replaceAll("A", hosts.original).replaceAll("B", hosts.source);
}

/** The warnings of all connections about sources. */
function warnings(): readonly string[] {
  return connections.flatMap(({ warned }) => warned);
}

const at = (written: string) => parseReference(written);
const app = () => at(`${original.host}/org/app`);

/** Reads a manifest, a config and a layer. Returns the place of each. */
async function readAll(registry: RegistryPort, repository = app()): Promise<readonly string[]> {
  const manifest = await registry.manifest(repository, MADE.digest);
  assert.deepEqual(manifest.bytes, MADE.bytes);
  const config = await registry.blob(repository, asBlob(CONFIG as Content));
  assert.deepEqual(config.bytes, CONFIG?.bytes);
  const blob = asBlob(LAYER as Content);
  const target = new MemoryTarget(blob);
  const layer = await registry.download(repository, blob, () => target);
  assert.deepEqual(target.bytes, LAYER?.bytes);
  return [manifest.source, config.source, layer.source];
}

/** The logins and tokens that a registry was sent, each once. */
const sent = ({ seen }: Registry): readonly string[] =>
  [...new Set(seen.map(({ authorization }) => authorization))].filter((text) => text !== "");

const basic = ({ username, password }: typeof MINE): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

/** The same digests for other bytes. */
function poisoned(made: Made, poison: (bytes: Buffer) => Buffer): Made {
  const wrong = <T extends Content>(one: T): T => ({ ...one, bytes: poison(one.bytes) });
  return { ...wrong(made), manifests: made.manifests.map(wrong), blobs: made.blobs.map(wrong) };
}

describe("a source", () => {
  it("has everything of Docker Hub, which is not contacted", async () => {
    const resolve: ConnectOptions["resolve"] = (host) => assert.fail(`resolved ${host}`);
    source.push("hub/library/alpine", "3", MADE);
    const registry = mirrored("docker.io=B/hub", { resolve });
    const places = await readAll(registry, at("alpine"));
    assert.deepEqual(places, Array(3).fill(`${source.host}/hub`));
    assert.deepEqual(source.log, [
      `GET /v2/hub/library/alpine/manifests/${MADE.digest} 200`,
      `GET /v2/hub/library/alpine/blobs/${CONFIG.digest} 200`,
      `GET /v2/hub/library/alpine/blobs/${LAYER.digest} 200`,
    ]);
  });

  it("has the blobs of a tag, for which the original is asked by HEAD alone", async () => {
    const registry = mirrored("A=B/hub");
    const { source: place } = await registry.manifest(app(), "1");
    await readAll(registry);
    assert.equal(place, `${source.host}/hub`);
    assert.deepEqual(original.log, ["HEAD /v2/org/app/manifests/1 200"]);
  });

  it("has what is gone from the original, or not shown there", async () => {
    for (const blob of [MADE, CONFIG, LAYER]) original.remove("org/app", blob.digest);
    assert.equal((await readAll(mirrored("A=B/hub"))).length, 3);
    original.access = { scheme: "basic", login: "someone:else" };
    assert.equal((await readAll(mirrored("A=B/hub"))).length, 3);
  });

  it("that is stopped costs two tries and one warning", async () => {
    const registry = mirrored("A=B/hub");
    await source.stop();
    const places = await readAll(registry);
    assert.deepEqual(places, Array(3).fill(original.host));
    const [warning, ...others] = warnings();
    assert.deepEqual(others, []);
    assert.match(warning ?? "", /^source 127\.0\.0\.1:\d+\/hub failed 2 times and is left alone/);
    source = await Registry.start();
  });

  it("and its original that do not have an image fail as the original does", async () => {
    const missing = mirrored("A=B/hub").manifest(at(`${original.host}/org/gone`), MADE.digest);
    const words =
      /^127\.0\.0\.1:\d+ answered 404 .* \(sources: 127\.0\.0\.1:\d+\/hub not-found\); /;
    await assert.rejects(missing, failure("not-found", words));
  });
});

describe("credentials", () => {
  const login = (registry: Registry, of: typeof MINE) => ({ registry: registry.host, ...of });
  const bothLogins = () => ({ registryAuth: [login(original, MINE), login(source, THEIRS)] });

  beforeEach(() => {
    original.access = { scheme: "basic", login: "me:of-the-original" };
    source.access = { scheme: "basic", login: "them:of-the-source" };
  });

  it("of each place go to that place alone", async () => {
    source.remove("hub/org/app", LAYER.digest);
    const registry = mirrored("A=B/hub", bothLogins());
    const hub = `${source.host}/hub`;
    assert.deepEqual(await readAll(registry), [hub, hub, original.host]);
    assert.deepEqual(sent(source), [basic(THEIRS)]);
    assert.deepEqual(sent(original), [basic(MINE)]);
  });

  it("of the original do not open a source", async () => {
    const registry = mirrored("A=B/hub", { registryAuth: [login(original, MINE)] });
    assert.deepEqual(await readAll(registry), Array(3).fill(original.host));
    assert.deepEqual([sent(source), sent(original)], [[], [basic(MINE)]]);
    assert.deepEqual(warnings(), []);
  });

  it("of a source do not open the original", async () => {
    const registry = mirrored("A=B/hub", { registryAuth: [login(source, THEIRS)] });
    await readAll(registry);
    source.remove("hub/org/app", LAYER.digest);
    await assert.rejects(registry.size(app(), LAYER.digest), failure("no-credentials"));
    assert.deepEqual([sent(source), sent(original)], [[basic(THEIRS)], []]);
  });

  it("make the original known as one that was sent some, and a source not", async () => {
    const registry = mirrored("A=B/hub", bothLogins());
    await readAll(registry);
    assert.ok(!registry.sentCredentials(original.host));
    await registry.claim(app(), "1");
    assert.ok(registry.sentCredentials(original.host));
  });

  it("become tokens of their own place", async () => {
    const bearer = (token: string): string => `Bearer ${token}`;
    original.access = { scheme: "bearer", login: "me:of-the-original" };
    source.access = { scheme: "bearer", login: "them:of-the-source" };
    source.remove("hub/org/app", LAYER.digest);
    await readAll(mirrored("A=B/hub", bothLogins()));
    const [mine, theirs] = [[...original.tokens], [...source.tokens]];
    assert.deepEqual(new Set(sent(original)), new Set([basic(MINE), ...mine.map(bearer)]));
    assert.deepEqual(new Set(sent(source)), new Set([basic(THEIRS), ...theirs.map(bearer)]));
  });
});

describe("poisoned bytes in a source", () => {
  const poisons: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
    ["of the same length", (bytes) => Buffer.alloc(bytes.length, 7)],
    ["that are shorter", (bytes) => bytes.subarray(1)],
    ["that are longer", (bytes) => Buffer.concat([bytes, Buffer.from("more")])],
    ["that are a web page", () => Buffer.from("<!DOCTYPE html><title>Log in</title>")],
  ];
  for (const [what, poison] of poisons) {
    it(`${what} are not used: the original's are, and a warning names the source`, async () => {
      source.push("hub/org/app", "1", poisoned(MADE, poison));
      const places = await readAll(mirrored("A=B/hub"));
      assert.deepEqual(places, Array(3).fill(original.host));
      const hub = `source ${source.host}/hub`;
      const [wrong = "", left = "", ...others] = warnings();
      assert.deepEqual(others, []);
      assert.ok(wrong.startsWith(`${hub} gave a wrong answer: `), wrong);
      assert.ok(wrong.includes(`; ${original.host} was used instead; `), wrong);
      assert.ok(left.startsWith(`${hub} failed 2 times and is left alone`), left);
    });
  }
});

describe("a step with sources", () => {
  let layout: string;
  beforeEach(() => {
    layout = join(temporaryDirectory("sources"), "layout");
  });

  function step(
    images: string,
    sources: string,
    inputs: Readonly<Record<string, string>> = {},
  ): Promise<StepResult> {
    const given = {
      images: sourcesOf(images),
      sources: sourcesOf(sources),
      platforms: "linux/amd64",
      pull: "layout",
      path: layout,
      "cache-mode": "none",
      ...inputs,
    };
    return runStep(given, { CLOCK_RATE: "100" }, { script: QUICK });
  }

  /** The only image in the output `json`. */
  function imageIn({ outputs, stdout }: StepResult): Placed {
    const json: Json = JSON.parse(outputs.get("json") ?? "");
    const [image] = Object.values(json.images);
    assert.ok(image, stdout);
    return image;
  }

  /** The sources of the image and of each of its blobs. */
  function placesIn(result: StepResult): readonly string[] {
    const { source: place, blobs } = imageIn(result);
    return [place, ...blobs.map((blob) => blob.source)];
  }

  const warningsOf = ({ commands }: StepResult): readonly string[] =>
    commands.filter(({ name }) => name === "warning").map(({ data }) => data);

  const areRight = (): boolean => finalsOf(layout).every(({ right }) => right);

  it("pulls from the source, and asks the original for the tag alone", async () => {
    const result = await step("A/org/app:1", "A=B/hub");
    assert.equal(result.exitCode, 0, result.stdout);
    const places = placesIn(result);
    assert.deepEqual(new Set(places), new Set([`${source.host}/hub`]));
    assert.equal(places.length, 1 + MADE.blobs.length);
    assert.deepEqual(new Set(original.log), new Set(["HEAD /v2/org/app/manifests/1 200"]));
    assert.ok(result.stdout.includes(`from ${source.host}/hub`), result.stdout);
    assert.ok(result.summary.includes(`${source.host}/hub`), result.summary);
  });

  for (const verify of ["manifest", "blobs"]) {
    it(`pulls from the original what is poisoned in the source, at depth ${verify}`, async () => {
      source.push(
        "hub/org/app",
        "1",
        poisoned(MADE, (bytes) => bytes.subarray(3)),
      );
      const result = await step("A/org/app:1", "A=B/hub", { verify });
      assert.equal(result.exitCode, 0, result.stdout);
      assert.deepEqual(new Set(placesIn(result)), new Set([original.host]));
      assert.match(
        warningsOf(result)[0] ?? "",
        /^source 127\.0\.0\.1:\d+\/hub gave a wrong answer/,
      );
      assert.ok(areRight());
    });
  }

  it("pulls a digest while the original is stopped", async () => {
    await original.stop();
    const result = await step(`A/org/app@${MADE.digest}`, "A=B/hub");
    original = await Registry.start();
    assert.equal(result.exitCode, 0, result.stdout);
    assert.deepEqual(warningsOf(result), []);
  });

  for (const [options, status] of [
    [",trust-tags=true", "ok"],
    ["", "unreachable"],
  ] as const) {
    it(`is ${status} for a tag while the original is stopped, with "${options}"`, async () => {
      await original.stop();
      const result = await step("A/org/app:1", `A=B/hub${options}`);
      original = await Registry.start();
      assert.equal(imageIn(result).status, status, result.stdout);
    });
  }

  it("takes the rest from the original when the source is stopped", async () => {
    await source.stop();
    const result = await step("A/org/app:1", "A=B/hub");
    source = await Registry.start();
    assert.equal(result.exitCode, 0, result.stdout);
    assert.match(warningsOf(result).join("\n"), /^source \S+ failed 2 times and is left alone .*$/);
  });

  it("is refused with every wrong line", async () => {
    const result = await step("A/org/app:1", "docker.io\n\nA=A");
    assert.equal(result.exitCode, 1);
    const errors = result.commands.filter(({ name }) => name === "error");
    const [first = "", second = "", ...others] = errors.map(({ data }) => data);
    assert.deepEqual(others, []);
    assert.match(first, /^sources, line 1: expected two prefixes/);
    assert.match(second, /^sources, line 3: .* are the same place/);
    assert.deepEqual(original.log, []);
  });
});
