import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, before, beforeEach, describe, it } from "node:test";
import type { Status } from "../../src/oci/reason.ts";
import { Layout } from "../../src/store/layout.ts";
import { withBlob } from "../../src/store/outgoing.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { image } from "../support/image.ts";
import type { RunOptions } from "../support/runner.ts";
import { type Arranged, type Row, rows, runRow, type World } from "../support/world.ts";

const made = image("linux/amd64", { busybox: Buffer.alloc(2_000_000, "layer") });
const [, layer = made] = made.blobs;
const blobPath = (world: World): string => join(world.layout, "blobs", ...layer.digest.split(":"));

const pull = (world: World, path = world.layout): Arranged => ({
  inputs: { images: world.evil.serve("org/app", "1", made), pull: "layout", path },
});

/** A layout with something else in the layer's place. */
function planted(
  what: string,
  plant: (path: string) => unknown,
  status: Status = "ok",
  reason?: RegExp,
): Row {
  return {
    id: "L5",
    what,
    status,
    within: 10_000,
    ...(reason === undefined ? {} : { reason, names: blobPath }),
    arrange: (world) => {
      mkdirSync(join(world.layout, "blobs", "sha256"), { recursive: true });
      plant(blobPath(world));
      return pull(world);
    },
    check: (world) => {
      if (status === "ok")
        assert.deepEqual(
          [world.finals.length, lstatSync(blobPath(world)).isFile()],
          [made.blobs.length + 1, true],
        );
    },
  };
}

const flipped = (at: number): Buffer => {
  const bytes = Buffer.from(layer.bytes);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
};

rows("a file in a blob's place", [
  planted("the blob itself", (path) => writeFileSync(path, layer.bytes)),
  planted("the blob with a bit flipped", (path) => writeFileSync(path, flipped(1_000_000))),
  planted("half of it", (path) => writeFileSync(path, layer.bytes.subarray(0, 1_000_000))),
  planted("an empty file", (path) => writeFileSync(path, "")),
  planted("a link to another file", (path) => symlinkSync("/etc/passwd", path)),
  planted("a link to a file that is right", (path) => {
    writeFileSync(`${path}-right`, layer.bytes);
    symlinkSync(`${path}-right`, path);
    spawnSync("rm", ["-f", `${path}-right`]);
  }),
  planted("a link to nowhere", (path) => symlinkSync("/nonexistent/x", path)),
  planted("a pipe without a writer", (path) => void spawnSync("mkfifo", [path])),
  planted("a file that may not be read", (path) => writeFileSync(path, flipped(0), { mode: 0 })),
  planted(
    "a directory",
    (path) => mkdirSync(path),
    "unsupported",
    /is a directory where a blob should be; remove it/,
  ),
]);

describe("L5: a link in a blob's place, to a file that is right", () => {
  let directory: string;
  let layout: Layout;
  beforeEach(async () => {
    directory = temporaryDirectory("links");
    layout = await Layout.open(join(directory, "layout"));
    writeFileSync(join(directory, "right"), layer.bytes);
    symlinkSync(join(directory, "right"), layout.blobPath(layer.digest));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("is not read, even when it was planted after a check", async () => {
    const blob = { digest: layer.digest, size: layer.bytes.length };
    assert.ok((await layout.readSmall(layer.digest, blob.size)) === undefined);
    await assert.rejects(layout.read(blob).next(), { code: "ELOOP" });
  });

  it("is not sent to the cache", async () => {
    const blob = { digest: layer.digest, size: layer.bytes.length };
    await assert.rejects(
      withBlob(layout.blobPath(layer.digest), blob, async () => assert.fail()),
      { code: "ELOOP" },
    );
  });
});

/** A layout that cannot be used: nothing is downloaded, and its files stay as they are. */
function place(
  id: string,
  what: string,
  plant: (world: World) => unknown,
  reason: string | RegExp,
  status: Status = "unsupported",
  path?: string,
): Row {
  return {
    id,
    what,
    status,
    reason,
    names: (world) => path ?? world.layout,
    arrange: (world) => {
      plant(world);
      return pull(world, path);
    },
    check: ({ evil }) =>
      assert.ok(
        !evil.seen.some(({ target }) => target.endsWith(layer.digest)),
        "nothing is downloaded in vain",
      ),
  };
}

const within =
  (...parts: readonly string[]) =>
  (world: World): string => {
    const path = join(world.layout, ...parts);
    mkdirSync(join(path, ".."), { recursive: true });
    return path;
  };
const indexJson = within("index.json");

rows("a layout that cannot be used", [
  ...(
    [
      ["truncated", '{"schemaVersion":2,"manifests":[{'],
      ["a list", "[]"],
      ["with manifests that are not a list", '{"manifests":{}}'],
      ["with a key twice", '{"manifests":[],"manifests":[]}'],
      [
        "with an entry that is not a descriptor",
        '{"schemaVersion":2,"manifests":[{"digest":"sha256:0"}]}',
      ],
      ["with an entry that is a number", '{"schemaVersion":2,"manifests":[1]}'],
      ["empty", ""],
    ] as const
  ).map(([what, text]) => {
    const row = place(
      "L6",
      `an index.json that is ${what}`,
      (world) => writeFileSync(indexJson(world), text),
      "layout corrupt: .*index.json is left as it is: .*; move the layout away",
      "invalid",
    );
    return {
      ...row,
      check: (world: World) => assert.equal(readFileSync(indexJson(world), "utf8"), text),
    };
  }),
  place(
    "L6",
    "an index.json of 100 MB",
    (world) => {
      writeFileSync(indexJson(world), "");
      truncateSync(indexJson(world), 100_000_000);
    },
    "layout corrupt: .*expected a file of at most 4194304 bytes",
    "invalid",
  ),
  place(
    "L6",
    "an index.json that is a link",
    (world) => symlinkSync("/etc/passwd", indexJson(world)),
    "layout corrupt",
    "invalid",
  ),
  place(
    "L6",
    "an index.json that is a pipe",
    (world) => void spawnSync("mkfifo", [indexJson(world)]),
    "layout corrupt",
    "invalid",
  ),
  place(
    "L6",
    "an index.json that is a directory",
    (world) => mkdirSync(indexJson(world)),
    "layout corrupt",
    "invalid",
  ),
  ...["blobs", "blobs/sha256", ".registry-pull"].map((name) =>
    place(
      "L5",
      `${name} that is a link elsewhere`,
      (world) => symlinkSync(join(world.directory, "outside"), within(...name.split("/"))(world)),
      /is not a directory: a layout cannot be here/,
    ),
  ),
  place(
    "L7",
    "a file",
    (world) => writeFileSync(world.layout, ""),
    /is not a directory: a layout cannot be here/,
  ),
  place(
    "L7",
    "below a file",
    () => undefined,
    /cannot write to .* \(ENOTDIR\): a part of it is not a directory; choose another/,
    "unsupported",
    "/dev/null/layout",
  ),
  place(
    "L7",
    "where no directory can be made",
    () => undefined,
    /cannot write to \/proc\/layout \(E\w+\)/,
    "unsupported",
    "/proc/layout",
  ),
]);

rows("a layout's path", [
  ...["with spaces and 'quotes'", "ünïcödé–📦", "-rf", "a".repeat(200)].map(
    (name): Row => ({
      id: "L7",
      what: `that is called ${name}`,
      status: "ok",
      arrange: (world) => pull(world, join(world.layout, name)),
      check: (world, { outputs }) => {
        assert.equal(outputs.get("oci-layout"), join(world.layout, name));
        assert.deepEqual(readdirSync(join(world.layout, name)).toSorted(), [
          ".registry-pull",
          "blobs",
          "index.json",
          "oci-layout",
        ]);
      },
    }),
  ),
  {
    id: "L7",
    what: "that has a line break in it",
    status: "input",
    reason: /path: expected a path without control characters/,
    names: () => "path",
    arrange: (world) => pull(world, join(world.layout, "two\nlines")),
  },
]);

const waiting = (id: string, what: string, signal: NodeJS.Signals): Row => ({
  id,
  what,
  status: "unreachable",
  reason: `cancelled: received ${signal}`,
  names: () => "cancelled",
  within: 5_000,
  arrange: (world) => {
    const arranged = pull(world);
    let step: { kill: (signal: NodeJS.Signals) => boolean } | undefined;
    world.evil.on(new RegExp(`GET .*/blobs/${layer.digest}`), async (_, wire) => {
      await wire.answer(
        200,
        { "Content-Length": String(layer.bytes.length) },
        layer.bytes.subarray(0, 1_500_000),
      );
      await wire.pause(100);
      assert.ok(world.ingesting.length > 0);
      step?.kill(signal);
    });
    return {
      ...arranged,
      run: {
        started: (child) => {
          step = child;
        },
      },
    };
  },
});

rows("a step that is cancelled", [
  waiting("L9", "by SIGTERM, in the middle of a blob: the partial file is removed", "SIGTERM"),
  waiting("L9", "by SIGINT, as the runner does first", "SIGINT"),
]);

/**
 * Runs a step on its own file system, which ends with the step. Its files are listed in the step's
 * temporary directory before that.
 */
function mounted(options: string, world: World): Arranged {
  const list = 'find . -type f -exec sha256sum {} + >"$RUNNER_TEMP/listing"';
  const run = `{ "$@"; code=$?; cd "$0"; ${list}; exit $code; }`;
  const script = `mount -t tmpfs ${options} none "$0" && ${run}`;
  mkdirSync(world.layout);
  const arranged = pull(world);
  return {
    ...arranged,
    run: { command: ["unshare", "-rm", "sh", "-c", script, world.layout, process.execPath] },
  };
}

describe("a file system of its own", () => {
  // Some systems allow that only to root.
  const possible =
    spawnSync("unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;
  before((context) => {
    if (!possible && process.env["REQUIRE_REAL_PARTS"] === "1") {
      throw new Error("this machine allows no mounts");
    }
    if (!possible && "diagnostic" in context) {
      context.diagnostic("not run: this machine allows no mounts");
    }
  });

  it(
    "L2: that is full: the message states the bytes that are needed and free, and right blobs stay",
    { skip: !possible },
    () =>
      runRow({
        id: "L2",
        what: "full",
        status: "unsupported",
        reason:
          /\(ENOSPC\): disk full, \d+ bytes are needed for this blob, \d+ bytes are free; make room/,
        names: (world) => world.layout,
        arrange: (world) => {
          const arranged = mounted("-o size=1m", world);
          let step: number | undefined;
          world.evil.on(new RegExp(`GET .*/blobs/${layer.digest}`), async (_, wire) => {
            // The config arrives at the same time, and is stored before the disk is full.
            const blobs = `/proc/${step}/root${join(world.layout, "blobs", "sha256")}`;
            for (let looks = 0; looks < 100 && readdirSync(blobs).length === 0; looks++) {
              await wire.pause(20);
            }
            await wire.answer(200, { "Content-Length": String(layer.bytes.length) }, layer.bytes);
          });
          const started: RunOptions["started"] = ({ pid }) => {
            step = pid;
          };
          return { ...arranged, run: { ...arranged.run, started } };
        },
        check: (_, { directory }) => {
          const listing = readFileSync(join(directory, "listing"), "utf8").trim().split("\n");
          const blobs = listing.filter((line) => line.includes("/blobs/"));
          assert.ok(blobs.length > 0, "the small blobs are kept");
          for (const line of blobs) assert.equal(line.split(" ")[0], line.split("/").at(-1));
          assert.ok(
            !listing.some((line) => line.includes(".registry-pull")),
            "no temporary file is left",
          );
        },
      }),
  );

  it("L7: that is read-only", { skip: !possible }, () =>
    runRow({
      id: "L7",
      what: "read-only",
      status: "unsupported",
      reason:
        /\(EROFS\): it is on a read-only file system; choose another directory with the input path/,
      names: (world) => world.layout,
      arrange: (world) => mounted("-o ro", world),
    }),
  );
});
