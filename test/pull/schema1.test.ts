import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { temporaryDirectory } from "../support/directory.ts";
import { schema1, zeros } from "../support/image.ts";
import { Registry } from "../support/registry.ts";
import { runStep, type StepResult } from "../support/runner.ts";

describe("a pull of schema 1 images", () => {
  let registry: Registry;
  let directory: string;
  let path: string;
  beforeEach(async () => {
    registry = await Registry.start();
    directory = temporaryDirectory("schema1");
    path = join(directory, "layout");
  });
  afterEach(async () => {
    await registry.stop();
    rmSync(directory, { recursive: true });
  });

  const pull = (
    images: string,
    inputs: Readonly<Record<string, string>> = {},
  ): Promise<StepResult> =>
    runStep({ images, platforms: "linux/amd64", pull: "layout", path, ...inputs });
  const read = (digest: string): Buffer =>
    readFileSync(join(path, "blobs", digest.replace(":", "/")));
  const entries = (): { digest: string; mediaType: string }[] =>
    JSON.parse(readFileSync(join(path, "index.json"), "utf8")).manifests;

  for (const signed of [true, false]) {
    const form = signed ? "a signed" : "an unsigned";
    it(`converts ${form} one to an OCI image, with a line in the log`, async () => {
      const made = schema1(signed);
      const { outputs, stdout } = await pull(`${registry.push("org/old", "v1", made)},name=old`);
      const entry = JSON.parse(outputs.get("json") ?? "").images.old;
      assert.deepEqual(
        [entry.digest, entries()[0]?.digest, entries()[0]?.mediaType],
        [made.digest, entry.converted, "application/vnd.oci.image.manifest.v1+json"],
      );
      assert.match(
        stdout,
        new RegExp(
          `old was converted from schema 1: in the layout it is the OCI image ${entry.converted}`,
        ),
      );
      assert.ok(outputs.get("build-contexts")?.endsWith(entry.converted));
      const manifest = JSON.parse(read(entry.converted).toString());
      assert.deepEqual(
        manifest.layers.map(({ digest, size }: { digest: string; size: number }) => [digest, size]),
        made.layers.map(({ digest, bytes }) => [digest, bytes.length]),
      );
      const config = JSON.parse(read(manifest.config.digest).toString());
      assert.equal(config.rootfs.diff_ids.length, 2);
      assert.deepEqual(
        config.history.map((one: { empty_layer?: boolean }) => one.empty_layer === true),
        [false, true, false],
      );
    });
  }

  it("ends at the step's timeout while it unpacks gigabytes of layers", async () => {
    const images = Array.from({ length: 20 }, (_, at) =>
      registry.push(
        `org/old${at}`,
        "v1",
        schema1(false, "amd64", { between: [zeros(500, `${at}`)] }),
      ),
    );
    const { exitCode, outputs } = await pull(images.join("\n"), { timeout: "3" });
    assert.equal(exitCode, 1);
    const [problem] = JSON.parse(outputs.get("missing") ?? "[]");
    assert.deepEqual([problem.status, problem.reason], ["unreachable", "timeout"]);
    assert.deepEqual(readdirSync(join(path, ".registry-pull")), []);
  });

  it("refuses layers that unpack to more than an image may have, together", async () => {
    const made = schema1(true, "amd64", { between: [zeros(400, "one"), zeros(400, "other")] });
    const { exitCode, outputs } = await pull(registry.push("org/old", "v1", made));
    assert.equal(exitCode, 1);
    const [problem] = JSON.parse(outputs.get("missing") ?? "[]");
    assert.deepEqual([problem.status, problem.reason], ["invalid", "too-large"]);
    assert.match(
      problem.message,
      /too large: the layers of the image unpack to more than 536870912 bytes/,
    );
  });
});
