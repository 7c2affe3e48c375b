import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { parsePlatform } from "../../src/oci/platform.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { type Resolved, statusOf, type Wanted } from "../../src/pull/plan.ts";
import { run } from "../../src/pull/run.ts";
import { connect } from "../support/connect.ts";
import { image, multiPlatform } from "../support/image.ts";
import { Registry, refuse } from "../support/registry.ts";

describe("run", () => {
  let registry: Registry;
  beforeEach(async () => {
    registry = await Registry.start();
  });
  afterEach(() => registry.stop());

  const wanted = (path: string, optional = false): Wanted => {
    const written = `${registry.host}/${path}`;
    return { name: path, written, reference: parseReference(written), platforms: [parsePlatform("linux/amd64")], optional };
  };

  /** Runs with a clock on which every wait is one turn, before which `each` may change the world. */
  async function attempt(images: readonly Wanted[], waitTimeout: number, each: (turn: number) => void = () => undefined) {
    const said: string[] = [];
    const told: Resolved[] = [];
    let time = 0;
    let turn = 0;
    const resolved = await run(
      { wanted: images, verify: "manifest", pullsFor: undefined, waitTimeout, waitInterval: 15 },
      connect().client,
      {
        now: () => time,
        sleep: async (ms) => {
          time += ms;
          each(++turn);
        },
        signal: new AbortController().signal,
        say: (line) => void said.push(line),
        resolved: (resolved) => void told.push(resolved),
      },
    );
    return { statuses: resolved.map(statusOf), said, told: told.map((resolved) => resolved.wanted.name), turn };
  }

  it("tries every image before anything fails", async () => {
    registry.push("org/here", "v1", image("linux/amd64"));
    const { statuses, told } = await attempt([wanted("org/none:v1"), wanted("org/here:v1"), wanted("org/other:v1", true)], 0);
    assert.deepEqual(statuses, ["not-found", "ok", "not-found"]);
    assert.deepEqual(told.toSorted(), ["org/here:v1", "org/none:v1", "org/other:v1"]);
  });

  it("waits for what may heal, asking only for what is still missing", async () => {
    registry.push("org/here", "v1", image("linux/amd64"));
    const { statuses, said, told, turn } = await attempt([wanted("org/here:v1"), wanted("org/late:v1")], 300, (turn) => {
      if (turn === 1) registry.push("org/late", "v1", multiPlatform(["linux/arm64"]));
      if (turn === 2) registry.push("org/late", "v1", multiPlatform(["linux/arm64", "linux/amd64"]));
    });
    assert.deepEqual([statuses, turn, told], [["ok", "ok"], 2, ["org/here:v1", "org/late:v1"]]);
    assert.deepEqual(said, ["waiting for org/late:v1 (not-found); 300 s left", "waiting for org/late:v1 (platform-missing); 285 s left"]);
    assert.equal(registry.log.filter((line) => line.includes("org/here/manifests/v1")).length, 1);
  });

  it("stops at the timeout, the last wait cut to it", async () => {
    const { statuses, turn, told } = await attempt([wanted("org/none:v1")], 40);
    assert.deepEqual([statuses, turn, told], [["not-found"], 3, ["org/none:v1"]]);
  });

  it("does not wait for what cannot heal", async () => {
    registry.faults.push((_request, response) => {
      refuse(response, 401, "UNAUTHORIZED", "no", null);
      return true;
    });
    assert.deepEqual(await attempt([wanted("org/x:v1")], 300).then(({ statuses, turn }) => [statuses, turn]), [["unauthorized"], 0]);
  });

  it("waits for an image that is optional, alone and beside others", async () => {
    assert.equal((await attempt([wanted("org/x:v1", true)], 300)).turn, 20);
    const { statuses } = await attempt([wanted("org/x:v1", true), wanted("org/y:v1")], 30, () => {
      registry.push("org/x", "v1", image("linux/amd64"));
      registry.push("org/y", "v1", image("linux/amd64"));
    });
    assert.deepEqual(statuses, ["ok", "ok"]);
  });

  it("gets one token a scope and no document twice for many images of one registry", async () => {
    registry.access = { scheme: "bearer" };
    const names = Array.from({ length: 20 }, (_, at) => `fleet/app${at}`);
    for (const name of names) registry.push(name, "v1", multiPlatform(["linux/amd64", "linux/arm64"]));
    const images = names.map((name) => ({ ...wanted(`${name}:v1`), platforms: "all" as const }));
    assert.ok((await attempt(images, 0)).statuses.every((status) => status === "ok"));
    // One challenge, then for each: a token, an index, two manifests, two configs.
    assert.equal(registry.seen.length, 1 + 20 * (1 + 1 + 2 + 2));
    assert.equal(new Set(registry.log).size, registry.seen.length);
  });
});
