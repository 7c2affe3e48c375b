import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { temporaryDirectory } from "../support/directory.ts";
import { content, image, type Made } from "../support/image.ts";
import { type Fault, Registry, refuse } from "../support/registry.ts";
import { runStep, type StepResult } from "../support/runner.ts";

describe("a layer that a registry lost, refuses, lists wrongly or cuts", () => {
  let registry: Registry;
  let directory: string;
  let path: string;
  beforeEach(async () => {
    registry = await Registry.start();
    directory = temporaryDirectory("layers");
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

  /** Answers every request for a blob in one repository. */
  const without =
    (repository: string, digest: string, answer: (response: ServerResponse) => void): Fault =>
    (request, response) => {
      const lost = request.url === `/v2/${repository}/blobs/${digest}`;
      if (lost) answer(response);
      return lost;
    };
  const gone = (response: ServerResponse): void =>
    refuse(response, 404, "BLOB_UNKNOWN", "blob unknown to registry", null);
  const denied = (response: ServerResponse): void =>
    refuse(response, 403, "DENIED", "not through this mirror", null);

  for (const [what, answer] of [
    ["lost", gone],
    ["refused", denied],
  ] as const) {
    for (const optional of ["", ",optional=true"]) {
      const first = `the first${optional && ", optional one"} has ${what} it`;
      it(`comes from the second repository when ${first}`, async () => {
        const made = image("linux/s390x");
        const layer = made.blobs[1]?.digest ?? "";
        const images = [
          `${registry.push("org/broken", "1", made)}${optional}`,
          registry.push("org/healthy", "1", made),
        ].join("\n");
        registry.faults.push(without("org/broken", layer, answer));
        const result = await pull(images, { platforms: "linux/s390x" });
        assert.deepEqual([result.exitCode, problems(result)], [0, []], result.stdout);
        assert.deepEqual(held().toSorted(), all(made));
      });
    }
  }

  for (const forgiving of ["true", "false"]) {
    it(`fails only the image that lacks it, with fail-on-missing: ${forgiving}`, async () => {
      const [broken, one, other] = ["broken", "one", "other"].map((salt) =>
        image("linux/s390x", { salt }),
      ) as [Made, Made, Made];
      const images = [
        registry.push("org/broken", "1", broken),
        registry.push("org/one", "1", one),
        registry.push("org/other", "1", other),
      ].join("\n");
      registry.faults.push(without("org/broken", broken.blobs[1]?.digest ?? "", gone));
      const result = await pull(images, {
        platforms: "linux/s390x",
        concurrency: "1",
        "fail-on-missing": forgiving,
      });
      assert.deepEqual(
        [result.exitCode, result.outputs.get("exists"), result.outputs.get("cache-hit")],
        [1, "false", "false"],
      );
      assert.deepEqual(
        problems(result).map(({ reason, name }) => [reason, name.includes("broken")]),
        [["layer-missing", true]],
      );
      for (const digest of all(one, other)) assert.ok(held().includes(digest), digest);
      const contexts = (result.outputs.get("build-contexts") ?? "")
        .split("\n")
        .map((line) => line.replace(/.*=(.*?):.*/, "$1"));
      assert.deepEqual(contexts, ["docker-image", "oci-layout", "oci-layout"]);
    });
  }

  for (const order of ["before", "after"]) {
    for (const lie of [7, -7]) {
      const size = lie > 0 ? "too large" : "too small";
      it(`fails only the image that lists it ${size}, ${order} the right one`, async () => {
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

    it(`fails only the image that lists a config too small, ${order} the right one`, async () => {
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

  it("is asked of a required image's repository before an optional one's", async () => {
    const made = image("linux/s390x");
    const slow = `${registry.push("org/slow", "1", made)},optional=true`;
    const result = await pull([slow, registry.push("org/app", "1", made)].join("\n"), {
      platforms: "linux/s390x",
    });
    assert.equal(result.exitCode, 0, result.stdout);
    const layers = registry.log.filter((line) =>
      made.blobs.slice(1).some(({ digest }) => line.includes(digest)),
    );
    assert.ok(
      layers.every((line) => line.includes("/org/app/")),
      layers.join(),
    );
  });

  it("is waited for when it is lost and comes back during the pull", async () => {
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

  it("is resumed after each cut by a registry that forgets the token each time", async () => {
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
      response.writeHead(start === 0 ? 200 : 206, {
        "content-length": total - start,
        ...(start === 0 ? {} : range),
      });
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

  it("is named when the timeout ends its download, with the registry's last answer", async () => {
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
      const result = await pull(registry.push("org/app", "1", made), {
        platforms: "linux/s390x",
        timeout: "2",
      });
      assert.equal(result.exitCode, 1);
      assert.match(problems(result)[0]?.message ?? "", expected);
    }
  });
});
