import assert from "node:assert/strict";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { runnerPlatform } from "../../src/oci/platform.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { artifact, image, index, type Made, multiPlatform, schema1 } from "../support/image.ts";
import { Registry, refuse } from "../support/registry.ts";
import { runStep, type StepResult } from "../support/runner.ts";

// This machine's platform, which a pull takes from an index when none is required.
const { os, architecture } = runnerPlatform(process.platform, process.arch);
const OWN = `${os}/${architecture}`;
const OTHERS = ["linux/ppc64le", "linux/s390x"];

describe("a pull with every combination of inputs", () => {
  let registry: Registry;
  let directory: string;
  let path: string;
  beforeEach(async () => {
    registry = await Registry.start();
    directory = temporaryDirectory("combined");
    path = join(directory, "layout");
  });
  afterEach(async () => {
    await registry.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const pull = (
    images: string,
    inputs: Readonly<Record<string, string>> = {},
  ): Promise<StepResult> =>
    runStep({ images, pull: "layout", path, "cache-mode": "none", ...inputs });
  const held = (): string[] =>
    readdirSync(join(path, "blobs", "sha256")).map((hex) => `sha256:${hex}`);
  const all = (...made: readonly Made[]): string[] =>
    [
      ...new Set(made.flatMap((one) => [one.digest, ...one.blobs.map(({ digest }) => digest)])),
    ].toSorted();
  const problems = (
    result: StepResult,
  ): { name: string; status: string; reason: string; message: string }[] =>
    JSON.parse(result.outputs.get("missing") ?? "null");

  for (const verify of ["index", "manifest", "blobs"]) {
    for (const [required, expected] of [
      [OTHERS[1], [OTHERS[1]]],
      [`${OTHERS[1]},${OWN}`, [OTHERS[1], OWN]],
      ["all", [...OTHERS, OWN]],
      ["any", [OWN]],
      ["", [OWN]],
    ] as const) {
      const asked = `verify: ${verify} and platforms: ${required || "(empty)"}`;
      it(`with ${asked} pulls all of ${expected.join(" and ")}`, async () => {
        const images = [...OTHERS, OWN].map((platform) => image(platform));
        const made = index(images);
        const wanted = images.filter(({ platform }) => expected.includes(platform ?? ""));
        const { exitCode, outputs, stdout } = await pull(registry.push("org/app", "1", made), {
          verify,
          platforms: required ?? "",
        });
        assert.equal(exitCode, 0, stdout);
        assert.deepEqual(held().toSorted(), all({ ...made, blobs: [] }, ...wanted));
        assert.deepEqual([outputs.get("exists"), outputs.get("cache-hit")], ["true", "false"]);
        assert.notEqual(outputs.get("bytes-downloaded"), "0");
      });
    }

    it(`with verify: ${verify} and platforms: any pulls a single image and a chart`, async () => {
      const [single, chart] = [image("linux/s390x"), artifact()];
      const images = [
        registry.push("org/app", "1", single),
        registry.push("org/chart", "1", chart),
      ].join("\n");
      const { exitCode, stdout } = await pull(images, { verify, platforms: "any" });
      assert.equal(exitCode, 0, stdout);
      assert.deepEqual(held().toSorted(), all(single, chart));
    });

    it(`with verify: ${verify} pulls schema 1 when no HEAD states a layer's size`, async () => {
      const made = schema1(true);
      registry.faults.push((request, response) => {
        const bare = request.method === "HEAD" && request.url?.includes("/blobs/") === true;
        if (bare) response.writeHead(200, { "transfer-encoding": "chunked" }).end();
        return bare;
      });
      const { exitCode, stdout } = await pull(registry.push("org/old", "1", made), {
        verify,
        platforms: "linux/amd64",
      });
      assert.equal(exitCode, 0, stdout);
      for (const { digest } of made.layers) assert.ok(held().includes(digest));
    });
  }

  it("counts the bytes of a schema 1 layer when no answer states its size", async () => {
    const made = schema1(false);
    registry.faults.push((request, response) => {
      const content = made.layers.find(({ digest }) => request.url?.endsWith(`/blobs/${digest}`));
      if (content !== undefined)
        response.writeHead(200).end(request.method === "HEAD" ? undefined : content.bytes);
      return content !== undefined;
    });
    const { exitCode, outputs, stdout } = await pull(registry.push("org/old", "1", made), {
      platforms: "linux/amd64",
    });
    assert.equal(exitCode, 0, stdout);
    assert.equal(
      outputs.get("bytes-downloaded"),
      String(made.layers.reduce((sum, { bytes }) => sum + bytes.length, 0)),
    );
  });

  it("asks for a platform when any is allowed and this machine's is not offered", async () => {
    const result = await pull(registry.push("org/app", "1", multiPlatform(OTHERS)), {
      platforms: "any",
    });
    assert.deepEqual([result.exitCode, existsSync(path)], [1, false]);
    const [problem] = problems(result);
    assert.deepEqual([problem?.status, problem?.reason], ["unsupported", "platform-unnamed"]);
    assert.match(
      problem?.message ?? "",
      /it offers linux\/ppc64le, linux\/s390x.*; name the platform to pull with platform=$/,
    );
  });

  for (const [what, inputs, answer, expected] of [
    [
      "a missing image and fail-on-missing: false",
      { "fail-on-missing": "false" },
      [404, "MANIFEST_UNKNOWN"],
      [0, "false", "not-found"],
    ],
    ["a missing image", {}, [404, "MANIFEST_UNKNOWN"], [1, "false", "not-found"]],
    [
      "an outage and fail-on-missing: false",
      { "fail-on-missing": "false" },
      [501, "BROKEN"],
      [1, "", "unreachable"],
    ],
    [
      "a refusal and fail-on-missing: false",
      { "fail-on-missing": "false" },
      [401, "UNAUTHORIZED"],
      [1, "", "unauthorized"],
    ],
    ["a denial", {}, [403, "DENIED"], [1, "", "unauthorized"]],
  ] as const) {
    for (const mode of ["none", "layout"]) {
      const exists = `sets exists to "${expected[1]}"`;
      it(`with ${what} and pull: ${mode} ${exists} and shows the registry's message`, async () => {
        registry.faults.push((_, response) => {
          const [status, code] = answer;
          if (status === 401) response.setHeader("www-authenticate", 'Basic realm="x"');
          refuse(response, status, code, "subscription expired", null);
          return true;
        });
        const result = await pull(`${registry.host}/org/app:1`, {
          ...inputs,
          pull: mode,
          platforms: "linux/s390x",
        });
        assert.deepEqual(
          [result.exitCode, result.outputs.get("exists")],
          [expected[0], expected[1]],
          result.stdout,
        );
        const [problem] = problems(result);
        assert.equal(problem?.status, expected[2]);
        assert.match(
          problem?.message ?? "",
          new RegExp(`${answer[1]}: subscription expired.*; \\w`),
        );
      });
    }
  }

  it("is no cache hit when nothing was pulled", async () => {
    const { exitCode, outputs } = await pull(`${registry.host}/org/none:1,optional=true`);
    assert.deepEqual([exitCode, outputs.get("cache-hit")], [0, "false"]);
  });

  it("outputs the config of the first platform as required, not as in the index", async () => {
    const made = index(OTHERS.map((platform) => image(platform)));
    for (const order of [OTHERS, OTHERS.toReversed()]) {
      const { outputs } = await pull(registry.push("org/app", "1", made), {
        platforms: order.join(","),
      });
      assert.equal(`linux/${JSON.parse(outputs.get("config") ?? "{}").architecture}`, order[0]);
    }
  });
});
