import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import { Layout } from "../../src/store/layout.ts";
import { REAL_TIME, type Time } from "../../src/store/mutex.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { HOLDERS, plantLock } from "../support/holders.ts";
import { variedBytes } from "../support/image.ts";

const blobOf = (bytes: Buffer) => ({ digest: digestOf(bytes), size: bytes.length });
const entry = (name: string, digest: Digest) => ({
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  digest,
  size: 1,
  annotations: { "io.containerd.image.name": name },
});

/** True while this process has the file open. */
const isOpen = (path: string): boolean =>
  readdirSync("/proc/self/fd").some((fd) => {
    try {
      return readlinkSync(join("/proc/self/fd", fd)) === path;
    } catch {
      return false;
    }
  });

describe("a layout", () => {
  let directory: string;
  let path: string;
  before(() => {
    directory = temporaryDirectory("layout");
  });
  beforeEach(() => {
    path = join(mkdtempSync(join(directory, "test-")), "with spaces, ünïcode");
  });
  after(() => rmSync(directory, { recursive: true }));
  const bytes = Buffer.from("some bytes");
  const blob = blobOf(bytes);
  const names = (): string[] =>
    JSON.parse(readFileSync(join(path, "index.json"), "utf8")).manifests.map(
      (one: { annotations: Record<string, string> }) => one.annotations["io.containerd.image.name"],
    );
  const ingesting = (): string[] => readdirSync(join(path, ".registry-pull"));

  it("keeps bytes under their digest, of either algorithm", async () => {
    const layout = await Layout.open(path);
    await layout.put(blob.digest, bytes);
    const sha512 = digestOf(bytes, "sha512");
    await layout.put(sha512, bytes);
    assert.deepEqual(
      [
        readFileSync(layout.blobPath(blob.digest)),
        readFileSync(layout.blobPath(sha512)),
        ingesting(),
      ],
      [bytes, bytes, []],
    );
    assert.ok(await (await Layout.open(path)).has(blob));
  });

  it("stores no wrong bytes, and leaves nothing of them", async () => {
    const layout = await Layout.open(path);
    await assert.rejects(
      layout.put(blob.digest, Buffer.from("other text")),
      /digest differs: expected sha256:/,
    );
    const ingest = await layout.ingest(blob);
    const part = ingest.part(0);
    part.write(bytes.subarray(0, 4));
    await assert.rejects(ingest.commit(), /too short: .* has 10 bytes, got 4/);
    await assert.rejects(
      async () => part.write(Buffer.alloc(7)),
      /too long: .* has 10 bytes, got more/,
    );
    await ingest.restart();
    assert.equal(ingest.received, 0);
    await ingest.abort();
    assert.deepEqual(
      [ingesting(), await layout.has(blob), existsSync(layout.blobPath(blob.digest))],
      [[], false, false],
    );
  });

  it("hashes a blob that it stored again only when its file is another one or was written to", async () => {
    const layout = await Layout.open(path);
    await layout.put(blob.digest, bytes);
    const at = layout.blobPath(blob.digest);
    const noon = new Date("2026-11-20T12:00:00Z");
    utimesSync(at, noon, noon);
    assert.equal(await layout.has(blob), true);
    const changed = Buffer.from("some BYTES");
    writeFileSync(at, changed);
    utimesSync(at, noon, noon);
    assert.equal(await layout.has(blob), true, "nothing shows the change");
    assert.equal(await layout.has({ ...blob, size: 9 }), false);
    assert.ok(existsSync(at));
    utimesSync(at, noon, new Date(noon.getTime() + 1));
    assert.equal(await layout.has(blob), false, "it was written to");
    await layout.put(blob.digest, bytes);
    rmSync(at);
    assert.equal(await layout.has(blob), false, "it is gone");
    writeFileSync(at, changed);
    assert.equal(await layout.has(blob), false, "it is another file");
  });

  it("hashes a blob that it stored itself not again", async () => {
    const layout = await Layout.open(path);
    await layout.put(blob.digest, bytes);
    const at = layout.blobPath(blob.digest);
    // Keeps the time to the nanosecond, so that nothing shows the change.
    spawnSync("cp", ["-p", at, `${path}-before`]);
    writeFileSync(at, "some BYTES");
    spawnSync("touch", ["-r", `${path}-before`, at]);
    assert.equal(await layout.has(blob), true);
    assert.equal(await (await Layout.open(path)).has(blob), false);
  });

  it("finds any flipped bit, and stores the right bytes instead", async () => {
    const test = async (at: number, bit: number): Promise<void> => {
      const layout = await Layout.open(path);
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
      writeFileSync(layout.blobPath(blob.digest), flipped);
      assert.equal(await layout.has(blob), false);
      await layout.put(blob.digest, bytes);
      assert.deepEqual(readFileSync(layout.blobPath(blob.digest)), bytes);
    };
    await fc.assert(fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), test));
  });

  for (const [what, plant] of [
    ["a truncated file", (at: string) => writeFileSync(at, "some")],
    ["an empty file", (at: string) => writeFileSync(at, "")],
    [
      "a link to a file with the right bytes",
      (at: string) => symlinkSync(join(directory, "target"), at),
    ],
    ["a FIFO", (at: string) => void spawnSync("mkfifo", [at])],
  ] as const) {
    it(`accepts no ${what} as a blob`, async () => {
      writeFileSync(join(directory, "target"), bytes);
      const layout = await Layout.open(path);
      plant(layout.blobPath(blob.digest));
      assert.equal(await layout.has(blob), false);
      await layout.put(blob.digest, bytes);
      assert.deepEqual(readFileSync(join(directory, "target")), bytes);
    });
  }

  it("refuses a directory where a blob should be, and a link where a directory should be", async () => {
    const layout = await Layout.open(path);
    mkdirSync(layout.blobPath(blob.digest));
    await assert.rejects(layout.has(blob), /is a directory where a blob should be; remove it/);
    rmSync(join(path, "blobs"), { recursive: true });
    mkdirSync(`${path}-elsewhere`);
    symlinkSync(`${path}-elsewhere`, join(path, "blobs"));
    await assert.rejects(Layout.open(path), /is not a directory: a layout cannot be here/);
  });

  it("refuses a file in its place", async () => {
    writeFileSync(path, "a file");
    await assert.rejects(
      Layout.open(path),
      /is not a directory: a layout cannot be here; choose another/,
    );
  });

  const lockOf = (): string => join(path, ".registry-pull", "lock");

  it("L8: takes over the lock of a process that has ended", async () => {
    const layout = await Layout.open(path);
    plantLock(lockOf(), HOLDERS.ended);
    await layout.add([entry("a", blob.digest)]);
    assert.deepEqual([names(), ingesting()], [["a"], []]);
  });

  it("L8: waits a minute for the lock of a living process, and leaves it", async () => {
    let slept = 0;
    const sleep = async (ms: number): Promise<void> => {
      slept += ms;
    };
    const layout = await Layout.open(path, { ...REAL_TIME, sleep });
    const file = plantLock(lockOf(), HOLDERS.living);
    await assert.rejects(
      layout.add([entry("a", blob.digest)]),
      /locked: .*lock is held by process \d+ for more than a minute/,
    );
    assert.ok(slept > 60_000 && existsSync(file) && !existsSync(join(path, "index.json")));
  });

  it("L8: changes nothing once another process has its lock", async () => {
    const layout = await Layout.open(path);
    await layout.add([entry("a", blob.digest)]);
    const before = readFileSync(join(path, "index.json"), "utf8");
    // Called when the lock is held: as if this process were suspended at that moment.
    const suspend: Time["after"] = () => {
      rmSync(lockOf(), { recursive: true });
      plantLock(lockOf(), HOLDERS.elsewhere);
      return () => undefined;
    };
    const late = await Layout.open(path, { ...REAL_TIME, after: suspend });
    await assert.rejects(late.add([entry("b", blob.digest)]), /lock lost: .*lock was taken over/);
    assert.deepEqual(
      [readFileSync(join(path, "index.json"), "utf8"), ingesting()],
      [before, ["lock"]],
    );
  });

  it("keeps every entry that eight processes add at once", async () => {
    const module = JSON.stringify(join(import.meta.dirname, "../../src/store/layout.ts"));
    const shared = JSON.stringify(digestOf(Buffer.from("shared")));
    const script = `
      import { Layout } from ${module};
      const [, path, name] = process.argv;
      const layout = await Layout.open(path);
      await layout.put(${shared}, Buffer.from("shared"));
      for (const at of [0, 1, 2]) {
        const annotations = { "io.containerd.image.name": name + at };
        await layout.add([{ mediaType: "x", digest: ${shared}, size: 6, annotations }]);
      }
    `;
    const children = Array.from({ length: 8 }, (_, at) =>
      spawn(
        process.execPath,
        ["--input-type=module-typescript", "-e", script, path, `image${at}-`],
        { stdio: "inherit" },
      ),
    );
    const codes = await Promise.all(
      children.map((child) => new Promise((resolve) => child.once("exit", resolve))),
    );
    assert.deepEqual(
      [codes, names().length, new Set(names()).size, ingesting()],
      [Array(8).fill(0), 24, 24, []],
    );
  });

  it("needs no permission to write to a blob that it has", async () => {
    const layout = await Layout.open(path);
    await layout.put(blob.digest, bytes);
    chmodSync(layout.blobPath(blob.digest), 0o444);
    assert.ok(await (await Layout.open(path)).has(blob));
  });

  it("keeps the right bytes that another process stores while wrong ones are hashed", async () => {
    const large = variedBytes(20_000_000);
    const { digest, size } = blobOf(large);
    const layout = await Layout.open(path);
    writeFileSync(layout.blobPath(digest), Buffer.alloc(size));
    writeFileSync(`${path}-right`, large);
    const finding = layout.has({ digest, size });
    // It is open as soon as it is hashed.
    while (!isOpen(layout.blobPath(digest))) await nextTurn();
    renameSync(`${path}-right`, layout.blobPath(digest));
    assert.equal(await finding, false);
    assert.ok(readFileSync(layout.blobPath(digest)).equals(large));
    assert.deepEqual(ingesting(), []);
  });
});
