import assert from "node:assert/strict";
import { existsSync, readdirSync, rmSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { runnerPlatform } from "../../src/oci/platform.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { artifact, content, image, index, type Made, multiPlatform, schema1 } from "../support/image.ts";
import { type Fault, Registry, refuse } from "../support/registry.ts";
import { runStep, type StepResult } from "../support/runner.ts";

// The machine's own platform, which a pull takes of an index where none is required.
const { os, architecture } = runnerPlatform(process.platform, process.arch);
const OWN = `${os}/${architecture}`;
const OTHERS = ["linux/ppc64le", "linux/s390x"];

describe("what a pull leaves in the layout", () => {
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

  const pull = (images: string, inputs: Readonly<Record<string, string>> = {}): Promise<StepResult> =>
    runStep({ images, pull: "layout", path, "cache-mode": "none", ...inputs });
  const held = (): string[] => readdirSync(join(path, "blobs", "sha256")).map((hex) => `sha256:${hex}`);
  const all = (...made: readonly Made[]): string[] =>
    [...new Set(made.flatMap((one) => [one.digest, ...one.blobs.map(({ digest }) => digest)]))].toSorted();
  const problems = (result: StepResult): { name: string; status: string; reason: string; message: string }[] =>
    JSON.parse(result.outputs.get("missing") ?? "null");

  for (const verify of ["index", "manifest", "blobs"]) {
    for (const [required, expected] of [
      [OTHERS[1], [OTHERS[1]]],
      [`${OTHERS[1]},${OWN}`, [OTHERS[1], OWN]],
      ["all", [...OTHERS, OWN]],
      ["any", [OWN]],
      ["", [OWN]],
    ] as const) {
      it(`verify: ${verify} with platforms: ${required || "(empty)"} is whole for ${expected.join(" and ")}`, async () => {
        const images = [...OTHERS, OWN].map((platform) => image(platform));
        const made = index(images);
        const wanted = images.filter(({ platform }) => expected.includes(platform ?? ""));
        const { exitCode, outputs, stdout } = await pull(registry.push("org/app", "1", made), { verify, platforms: required ?? "" });
        assert.equal(exitCode, 0, stdout);
        assert.deepEqual(held().toSorted(), all({ ...made, blobs: [] }, ...wanted));
        assert.deepEqual([outputs.get("exists"), outputs.get("cache-hit")], ["true", "false"]);
        assert.notEqual(outputs.get("bytes-downloaded"), "0");
      });
    }

    it(`verify: ${verify} with platforms: any takes a single image and a chart whole`, async () => {
      const [single, chart] = [image("linux/s390x"), artifact()];
      const images = [registry.push("org/app", "1", single), registry.push("org/chart", "1", chart)].join("\n");
      const { exitCode, stdout } = await pull(images, { verify, platforms: "any" });
      assert.equal(exitCode, 0, stdout);
      assert.deepEqual(held().toSorted(), all(single, chart));
    });

    it(`verify: ${verify} takes schema 1 whose layers' sizes no HEAD states`, async () => {
      const made = schema1(true);
      registry.faults.push((request, response) => {
        const bare = request.method === "HEAD" && request.url?.includes("/blobs/") === true;
        if (bare) response.writeHead(200, { "transfer-encoding": "chunked" }).end();
        return bare;
      });
      const { exitCode, stdout } = await pull(registry.push("org/old", "1", made), { verify, platforms: "linux/amd64" });
      assert.equal(exitCode, 0, stdout);
      for (const { digest } of made.layers) assert.ok(held().includes(digest));
    });
  }

  it("counts the bytes of a schema 1 layer whose size no answer states", async () => {
    const made = schema1(false);
    registry.faults.push((request, response) => {
      const content = made.layers.find(({ digest }) => request.url?.endsWith(`/blobs/${digest}`));
      if (content !== undefined) response.writeHead(200).end(request.method === "HEAD" ? undefined : content.bytes);
      return content !== undefined;
    });
    const { exitCode, outputs, stdout } = await pull(registry.push("org/old", "1", made), { platforms: "linux/amd64" });
    assert.equal(exitCode, 0, stdout);
    assert.equal(outputs.get("bytes-downloaded"), String(made.layers.reduce((sum, { bytes }) => sum + bytes.length, 0)));
  });

  it("asks for a platform to be named where any is allowed and the machine's own is not offered", async () => {
    const result = await pull(registry.push("org/app", "1", multiPlatform(OTHERS)), { platforms: "any" });
    assert.deepEqual([result.exitCode, existsSync(path)], [1, false]);
    const [problem] = problems(result);
    assert.deepEqual([problem?.status, problem?.reason], ["unsupported", "platform-unnamed"]);
    assert.match(problem?.message ?? "", /it offers linux\/ppc64le, linux\/s390x.*; name the platform to pull with platform=$/);
  });

  /** Refuses one digest's blob in one repository, whatever is asked of it. */
  const without =
    (repository: string, digest: string, answer: (response: ServerResponse) => void): Fault =>
    (request, response) => {
      const lost = request.url === `/v2/${repository}/blobs/${digest}`;
      if (lost) answer(response);
      return lost;
    };
  const gone = (response: ServerResponse): void => refuse(response, 404, "BLOB_UNKNOWN", "blob unknown to registry", null);
  const denied = (response: ServerResponse): void => refuse(response, 403, "DENIED", "not through this mirror", null);

  for (const [what, answer] of [
    ["lost", gone],
    ["refused", denied],
  ] as const) {
    for (const optional of ["", ",optional=true"]) {
      it(`takes a shared layer that the first repository has ${what} from the second${optional && ", and the first is optional"}`, async () => {
        const made = image("linux/s390x");
        const layer = made.blobs[1]?.digest ?? "";
        const images = [`${registry.push("org/broken", "1", made)}${optional}`, registry.push("org/healthy", "1", made)].join("\n");
        registry.faults.push(without("org/broken", layer, answer));
        const result = await pull(images, { platforms: "linux/s390x" });
        assert.deepEqual([result.exitCode, problems(result)], [0, []], result.stdout);
        assert.deepEqual(held().toSorted(), all(made));
      });
    }
  }

  for (const forgiving of ["true", "false"]) {
    it(`tries every image when a layer of a required one is lost, with fail-on-missing: ${forgiving}`, async () => {
      const [broken, one, other] = ["broken", "one", "other"].map((salt) => image("linux/s390x", { salt })) as [Made, Made, Made];
      const images = [
        registry.push("org/broken", "1", broken),
        registry.push("org/one", "1", one),
        registry.push("org/other", "1", other),
      ].join("\n");
      registry.faults.push(without("org/broken", broken.blobs[1]?.digest ?? "", gone));
      const result = await pull(images, { platforms: "linux/s390x", concurrency: "1", "fail-on-missing": forgiving });
      assert.deepEqual([result.exitCode, result.outputs.get("exists"), result.outputs.get("cache-hit")], [1, "false", "false"]);
      assert.deepEqual(
        problems(result).map(({ reason, name }) => [reason, name.includes("broken")]),
        [["layer-missing", true]],
      );
      for (const digest of all(one, other)) assert.ok(held().includes(digest), digest);
      const contexts = (result.outputs.get("build-contexts") ?? "").split("\n").map((line) => line.replace(/.*=(.*?):.*/, "$1"));
      assert.deepEqual(contexts, ["docker-image", "oci-layout", "oci-layout"]);
    });
  }

  for (const [what, inputs, answer, expected] of [
    ["nothing there, forgiven", { "fail-on-missing": "false" }, [404, "MANIFEST_UNKNOWN"], [0, "false", "not-found"]],
    ["nothing there", {}, [404, "MANIFEST_UNKNOWN"], [1, "false", "not-found"]],
    ["an outage, not forgiven", { "fail-on-missing": "false" }, [501, "BROKEN"], [1, "", "unreachable"]],
    ["a refusal, not forgiven", { "fail-on-missing": "false" }, [401, "UNAUTHORIZED"], [1, "", "unauthorized"]],
    ["a denial", {}, [403, "DENIED"], [1, "", "unauthorized"]],
  ] as const) {
    for (const mode of ["none", "layout"]) {
      it(`with ${what} and pull: ${mode}: exists is "${expected[1]}", and the registry's words are said`, async () => {
        registry.faults.push((_, response) => {
          const [status, code] = answer;
          if (status === 401) response.setHeader("www-authenticate", 'Basic realm="x"');
          refuse(response, status, code, "subscription expired", null);
          return true;
        });
        const result = await pull(`${registry.host}/org/app:1`, { ...inputs, pull: mode, platforms: "linux/s390x" });
        assert.deepEqual([result.exitCode, result.outputs.get("exists")], [expected[0], expected[1]], result.stdout);
        const [problem] = problems(result);
        assert.equal(problem?.status, expected[2]);
        assert.match(problem?.message ?? "", new RegExp(`${answer[1]}: subscription expired.*; \\w`));
      });
    }
  }

  for (const order of ["before", "after"]) {
    for (const lie of [7, -7]) {
      it(`fails only the optional image that lists a shared layer ${lie > 0 ? "too large" : "too small"}, named ${order} the right one`, async () => {
        const right = image("linux/s390x");
        const [config, layer] = right.blobs;
        assert.ok(config && layer);
        const document = JSON.parse(right.bytes.toString());
        document.layers[0].size += lie;
        const wrong = { ...content(right.mediaType, document), manifests: [], blobs: right.blobs };
        const healthy = registry.push("org/right", "1", right);
        const broken = `${registry.push("org/wrong", "1", wrong)},optional=true`;
        const images = order === "before" ? [broken, healthy] : [healthy, broken];
        const result = await pull(images.join("\n"), { platforms: "linux/s390x" });
        assert.equal(result.exitCode, 0, result.stdout);
        assert.deepEqual(
          problems(result).map(({ name }) => name.includes("org/wrong")),
          [true],
        );
        for (const digest of all(right)) assert.ok(held().includes(digest));
      });
    }

    it(`fails only the optional image that lists a shared config too small, named ${order} the right one`, async () => {
      const right = image("linux/s390x");
      const document = JSON.parse(right.bytes.toString());
      document.config.size -= 7;
      const wrong = { ...content(right.mediaType, document), manifests: [], blobs: right.blobs };
      const healthy = registry.push("org/app", "right", right);
      const broken = `${registry.push("org/app", "wrong", wrong)},optional=true`;
      const images = order === "before" ? [broken, healthy] : [healthy, broken];
      const result = await pull(images.join("\n"), { platforms: "linux/s390x" });
      assert.equal(result.exitCode, 0, result.stdout);
      assert.deepEqual(
        problems(result).map(({ name, reason }) => [name.includes(":wrong"), reason]),
        [[true, "size-differs"]],
      );
    });
  }

  it("asks a required image's repository before an optional one's, which may be slow", async () => {
    const made = image("linux/s390x");
    const slow = `${registry.push("org/slow", "1", made)},optional=true`;
    const result = await pull([slow, registry.push("org/app", "1", made)].join("\n"), { platforms: "linux/s390x" });
    assert.equal(result.exitCode, 0, result.stdout);
    const layers = registry.log.filter((line) => made.blobs.slice(1).some(({ digest }) => line.includes(digest)));
    assert.ok(
      layers.every((line) => line.includes("/org/app/")),
      layers.join(),
    );
  });

  it("waits, too, for a layer that is lost and comes back while it is pulled", async () => {
    const made = image("linux/s390x");
    const lost = made.blobs[1]?.digest ?? "";
    let refusals = 0;
    registry.faults.push((request, response) => {
      if (!request.url?.endsWith(lost) || refusals === 2) return false;
      refusals++;
      gone(response);
      return true;
    });
    const inputs = { platforms: "linux/s390x", "wait-timeout": "30", "wait-interval": "1" };
    const result = await pull(registry.push("org/app", "1", made), inputs);
    assert.deepEqual([result.exitCode, refusals], [0, 2], result.stdout);
  });

  it("goes on with a layer that is cut again and again, by a registry that forgets the token each time", async () => {
    const made = image("linux/s390x", { busybox: Buffer.alloc(500_000, "layer") });
    const layer = made.blobs[1];
    assert.ok(layer && layer.bytes.length > 500_000);
    registry.access = { scheme: "bearer" };
    let answered = 0;
    registry.faults.push((request, response) => {
      const token = request.headers.authorization?.replace("Bearer ", "") ?? "";
      if (!request.url?.endsWith(layer.digest) || !registry.tokens.has(token)) return false;
      answered++;
      const total = layer.bytes.length;
      const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
      const range = { "content-range": `bytes ${start}-${total - 1}/${total}` };
      response.writeHead(start === 0 ? 200 : 206, { "content-length": total - start, ...(start === 0 ? {} : range) });
      response.write(layer.bytes.subarray(start, start + 100_000));
      registry.tokens.clear();
      if (start + 100_000 < total) setTimeout(() => response.destroy(), 20);
      else response.end(layer.bytes.subarray(start + 100_000));
      return true;
    });
    const result = await pull(registry.push("org/app", "1", made), { platforms: "linux/s390x" });
    assert.equal(result.exitCode, 0, result.stdout);
    assert.equal(answered, 6);
  });

  it("has no cache hit where nothing was pulled", async () => {
    const { exitCode, outputs } = await pull(`${registry.host}/org/none:1,optional=true`);
    assert.deepEqual([exitCode, outputs.get("cache-hit")], [0, "false"]);
  });

  it("names the blob that the timeout ended, and keeps what a registry answered before", async () => {
    const made = image("linux/s390x");
    const layer = made.blobs[1]?.digest ?? "";
    for (const [status, expected] of [
      [0, /layer sha256:\w+: the step's timeout of 2 s has passed/],
      [503, /answered 503 .*busy.*\(the step's timeout of 2 s has passed\)$/],
    ] as const) {
      registry.faults.splice(0, 1, (request, response) => {
        const held = request.url?.endsWith(layer) === true;
        if (held && status > 0) response.setHeader("retry-after", "30");
        if (held && status > 0) refuse(response, status, "UNAVAILABLE", "busy", null);
        return held;
      });
      const result = await pull(registry.push("org/app", "1", made), { platforms: "linux/s390x", timeout: "2" });
      assert.equal(result.exitCode, 1);
      assert.match(problems(result)[0]?.message ?? "", expected);
    }
  });

  it("takes the config of the first required platform as written, not of the first in the index", async () => {
    const made = index(OTHERS.map((platform) => image(platform)));
    for (const order of [OTHERS, OTHERS.toReversed()]) {
      const { outputs } = await pull(registry.push("org/app", "1", made), { platforms: order.join(",") });
      assert.equal(`linux/${JSON.parse(outputs.get("config") ?? "{}").architecture}`, order[0]);
    }
  });
});
