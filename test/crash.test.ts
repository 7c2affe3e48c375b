import assert from "node:assert/strict";
import { readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { hasher } from "../src/oci/digest.ts";
import { OCI_MANIFEST } from "../src/oci/media-type.ts";
import { inTurns } from "../src/pull/pool.ts";
import { temporaryDirectory } from "./support/directory.ts";
import { EvilServer } from "./support/evil.ts";
import { content, descriptor, image, schema1, zeros } from "./support/image.ts";
import { finalsOf, ingestingOf } from "./support/layout-files.ts";
import { Registry } from "./support/registry.ts";
import { type RunOptions, runStep, type StepResult } from "./support/runner.ts";

// The full numbers take minutes: `.ci/run` uses them, and `FULL_SIZE=1 npm test`.
const FULL = process.env["FULL_SIZE"] === "1";
const KILLS = FULL ? 60 : 16;
const TRIALS = FULL ? 6 : 2;
const LAYER_BYTES = (FULL ? 5 : 0.25) * 1024 ** 3;
const MIB = 1024 ** 2;

const made = image("linux/amd64", {
  busybox: Buffer.alloc(6 * MIB, "some bytes that repeat"),
  layers: 4,
});

let directory: string;
let registry: Registry;
before(async () => {
  directory = temporaryDirectory("crash");
  registry = await Registry.start();
});
after(async () => {
  await registry.stop();
  rmSync(directory, { recursive: true, force: true });
});

const pull = (
  images: string,
  path: string,
  options: RunOptions = {},
  inputs: Readonly<Record<string, string>> = {},
): Promise<StepResult> =>
  runStep({ images, platforms: "linux/amd64", pull: "layout", path, ...inputs }, {}, options);

const allRight = (path: string): boolean => finalsOf(path).every(({ right }) => right);

// For two hundred runs that are killed, and as many that are not, on a busy machine.
const LONG = { timeout: 600_000 };

describe("a layout", () => {
  it(
    `L1: survives ${KILLS} kills at random: nothing partial has a final name, the next run succeeds`,
    LONG,
    async () => {
      const reference = registry.push("org/app", "1", made);
      const before = Date.now();
      assert.equal((await pull(reference, join(directory, "whole"))).exitCode, 0);
      const whole = Date.now() - before;
      let killed = 0;
      // Two at a time, because a run mostly waits for its start.
      await inTurns(
        Array.from({ length: KILLS }, (_, at) => at),
        2,
        async (at) => {
          const path = join(directory, `killed-${at}`);
          const started: RunOptions["started"] = (child) =>
            void sleep(Math.random() * whole).then(() => {
              if (child.kill("SIGKILL")) killed++;
            });
          const first = await pull(reference, path, { started });
          assert.ok(first.exitCode === 0 || allRight(path));
          const again = await pull(reference, path);
          assert.equal(again.exitCode, 0, again.stdout + again.stderr);
          assert.deepEqual(
            [finalsOf(path).length, allRight(path), ingestingOf(path)],
            [made.blobs.length + 1, true, []],
          );
          rmSync(path, { recursive: true });
        },
      );
      assert.ok(killed > KILLS / 4, `${killed} were killed before their end`);
    },
  );

  it(`L3, L4: keeps all ${8 * TRIALS} references that eight processes add at once, ${TRIALS} times`, async () => {
    for (let trial = 0; trial < TRIALS; trial++) {
      const path = join(directory, `shared-${trial}`);
      const references = Array.from({ length: 8 }, (_, at) =>
        registry.push(
          `org/app${at}`,
          "1",
          image("linux/amd64", { salt: at < 4 ? "same" : `${at}` }),
        ),
      );
      const results = await Promise.all(references.map((reference) => pull(reference, path)));
      assert.deepEqual(
        results.map(({ exitCode }) => exitCode),
        Array(8).fill(0),
        results.map(({ stdout }) => stdout).join(),
      );
      const { manifests } = JSON.parse(readFileSync(join(path, "index.json"), "utf8"));
      const names = manifests.map(
        (entry: { annotations: Record<string, string> }) =>
          entry.annotations["io.containerd.image.name"],
      );
      assert.deepEqual(names.toSorted(), references.toSorted());
      assert.deepEqual([allRight(path), ingestingOf(path)], [true, []]);
      rmSync(path, { recursive: true });
    }
  });
});

/** The peak memory of a step in bytes, as its process reports it at exit. */
async function peak(reference: string, path: string): Promise<number> {
  const report = join(directory, "peak.mjs");
  writeFileSync(
    report,
    `import { writeFileSync } from "node:fs";
    process.on("exit", () => {
      writeFileSync(process.env.PEAK, String(process.resourceUsage().maxRSS));
    });`,
  );
  const file = join(directory, `peak-${crypto.randomUUID()}`);
  const { exitCode, stdout } = await runStep(
    { images: reference, platforms: "linux/amd64", pull: "layout", path },
    { PEAK: file },
    { command: [process.execPath, "--import", report], timeout: 110_000 },
  );
  assert.equal(exitCode, 0, stdout);
  return Number(readFileSync(file, "utf8")) * 1024;
}

describe("what a step takes", () => {
  it(`is at most 150 MiB above a small pull, for a layer of ${LAYER_BYTES / 1024 ** 3} GiB`, {
    timeout: 300_000,
  }, async () => {
    const free = statfsSync(directory);
    assert.ok(free.bavail * free.bsize > LAYER_BYTES * 1.1, "there is room for the layer");
    const part = Buffer.alloc(MIB, "a part of something large ");
    const count = LAYER_BYTES / MIB;
    const hash = hasher("sha256");
    for (let at = 0; at < count; at++) hash.update(part);
    const layer = hash.digest();
    const [config] = image("linux/amd64", { layers: 1 }).blobs;
    assert.ok(config);
    const manifest = content(OCI_MANIFEST, {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: descriptor(config),
      layers: [
        {
          mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
          digest: layer,
          size: LAYER_BYTES,
        },
      ],
    });
    const server = await EvilServer.start();
    const large = server.serve("org/large", "1", { ...manifest, manifests: [], blobs: [config] });
    server.on(new RegExp(layer), async (_, wire) => {
      await wire.send(`HTTP/1.1 200 OK\r\nContent-Length: ${LAYER_BYTES}\r\n\r\n`);
      for (let at = 0; at < count && !wire.gone; at++) await wire.send(part);
    });
    try {
      const path = join(directory, "large");
      const baseline = await peak(
        registry.push("org/small", "1", image("linux/amd64")),
        join(directory, "small"),
      );
      const above = (await peak(large, path)) - baseline;
      rmSync(path, { recursive: true });
      assert.ok(
        above <= 150 * MIB,
        `${Math.round(above / MIB)} MiB above ${Math.round(baseline / MIB)}`,
      );
    } finally {
      await server.stop();
    }
  });

  it("is at most 150 MiB above a small pull, for a schema 1 image of 300 layers to unpack", async () => {
    const made = schema1(true, "amd64", {
      between: Array.from({ length: 300 }, (_, at) => zeros(1, `${at}`)),
    });
    const baseline = await peak(
      registry.push("org/small", "1", image("linux/amd64")),
      join(directory, "small"),
    );
    const above =
      (await peak(registry.push("org/old", "v1", made), join(directory, "old"))) - baseline;
    assert.ok(
      above <= 150 * MIB,
      `${Math.round(above / MIB)} MiB above ${Math.round(baseline / MIB)}`,
    );
  });

  const limited = (limits: string): RunOptions => ({
    command: ["sh", "-c", `${limits}; exec "$0" "$@"`, process.execPath],
  });
  const many = async (): Promise<{ references: string; stop: () => Promise<unknown> }> => {
    const registries = await Promise.all(Array.from({ length: 10 }, () => Registry.start()));
    const images = registries.flatMap((one, at) =>
      Array.from({ length: 5 }, (_, number) =>
        one.push(
          `org/app${number}`,
          "1",
          image("linux/amd64", { salt: `${at} ${number}`, layers: 6 }),
        ),
      ),
    );
    return {
      references: images.join("\n"),
      stop: () => Promise.all(registries.map((one) => one.stop())),
    };
  };

  for (const [what, options] of [
    ["64 open files", limited("ulimit -n 64")],
    ["a heap of 64 MB", { command: [process.execPath, "--max-old-space-size=64"] }],
  ] as const) {
    it(`is within ${what}, for a schema 1 image of a hundred layers`, async () => {
      const made = schema1(true, "amd64", {
        between: Array.from({ length: 98 }, (_, at) => zeros(1, `${at}`)),
      });
      const path = join(directory, `schema 1 with ${what}`);
      const result = await pull(registry.push("org/old", "v1", made), path, options);
      assert.equal(result.exitCode, 0, result.stdout.slice(-3_000) + result.stderr.slice(-3_000));
    });

    it(`is within ${what}, for fifty images of ten registries`, async () => {
      const { references, stop } = await many();
      try {
        const path = join(directory, what);
        const result = await pull(references, path, options);
        assert.equal(result.exitCode, 0, result.stdout.slice(-3_000) + result.stderr.slice(-3_000));
        assert.equal(finalsOf(path).length, 50 * 8);
      } finally {
        await stop();
      }
    });
  }
});
