import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import fc from "fast-check";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import { Layout } from "../../src/store/layout.ts";
import { type Patience, REAL_TIME } from "../../src/store/mutex.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { HOLDERS, nameOf, plantLock } from "../support/holders.ts";

const blobOf = (bytes: Buffer) => ({ digest: digestOf(bytes), size: bytes.length });
const entry = (name: string, digest: Digest) => ({
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  digest,
  size: 1,
  annotations: { "io.containerd.image.name": name },
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
    assert.deepEqual([readFileSync(layout.blobPath(blob.digest)), readFileSync(layout.blobPath(sha512)), ingesting()], [bytes, bytes, []]);
    assert.ok(await (await Layout.open(path)).has(blob));
  });

  it("admits nothing that is wrong, and leaves nothing of it", async () => {
    const layout = await Layout.open(path);
    await assert.rejects(layout.put(blob.digest, Buffer.from("other text")), /digest differs: expected sha256:/);
    const ingest = await layout.ingest(blob);
    const part = ingest.part(0);
    part.write(bytes.subarray(0, 4));
    await assert.rejects(ingest.commit(), /too short: .* has 10 bytes, got 4/);
    await assert.rejects(async () => part.write(Buffer.alloc(7)), /too long: .* has 10 bytes, got more/);
    await ingest.restart();
    assert.equal(ingest.received, 0);
    await ingest.abort();
    assert.deepEqual([ingesting(), await layout.has(blob), existsSync(layout.blobPath(blob.digest))], [[], false, false]);
  });

  it("finds any flipped bit, and makes room for the right bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), async (at, bit) => {
        const layout = await Layout.open(path);
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        writeFileSync(layout.blobPath(blob.digest), flipped);
        assert.equal(await layout.has(blob), false);
        await layout.put(blob.digest, bytes);
        assert.deepEqual(readFileSync(layout.blobPath(blob.digest)), bytes);
      }),
    );
  });

  for (const [what, plant] of [
    ["a truncated file", (at: string) => writeFileSync(at, "some")],
    ["an empty file", (at: string) => writeFileSync(at, "")],
    ["a link to a file with the right bytes", (at: string) => symlinkSync(join(directory, "target"), at)],
    ["a FIFO", (at: string) => void spawnSync("mkfifo", [at])],
  ] as const) {
    it(`takes no ${what} for a blob`, async () => {
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

  it("says what is wrong with a place it cannot write to", async () => {
    writeFileSync(path, "a file");
    await assert.rejects(Layout.open(path), /is not a directory: a layout cannot be here; choose another/);
  });

  it("replaces entries of the same name and keeps all others, whoever wrote them", async () => {
    const layout = await Layout.open(path);
    await layout.add([entry("a", blob.digest), entry("b", blob.digest)]);
    const index = JSON.parse(readFileSync(join(path, "index.json"), "utf8"));
    index.manifests.push({ mediaType: "application/x", digest: blob.digest, size: 1, by: "another tool" });
    writeFileSync(join(path, "index.json"), JSON.stringify({ ...index, annotations: { kept: "yes" } }));
    await layout.add([entry("b", digestOf(Buffer.from("new")))]);
    const after = JSON.parse(readFileSync(join(path, "index.json"), "utf8"));
    assert.deepEqual(
      [after.annotations, after.manifests.length, after.manifests[0]?.digest, after.manifests[2]?.by],
      [{ kept: "yes" }, 3, digestOf(Buffer.from("new")), "another tool"],
    );
    assert.equal(readFileSync(join(path, "oci-layout"), "utf8"), '{"imageLayoutVersion":"1.0.0"}');
  });

  for (const [what, text] of [
    ["truncated", '{"manifests":['],
    ["a list", "[]"],
    ["huge", " ".repeat(5_000_000)],
  ] as const) {
    it(`leaves an index that is ${what} as it is`, async () => {
      const layout = await Layout.open(path);
      writeFileSync(join(path, "index.json"), text);
      await assert.rejects(layout.add([entry("a", blob.digest)]), /index.json/);
      assert.equal(readFileSync(join(path, "index.json"), "utf8"), text);
    });
  }

  const lockOf = (): string => join(path, ".registry-pull", "lock");

  it("sweeps what dead processes were writing, and nothing of living ones or of those it cannot ask", async () => {
    await Layout.open(path);
    const names = Object.fromEntries(Object.entries(HOLDERS).map(([what, holder]) => [what, nameOf(holder, "sha256-x")]));
    for (const name of Object.values(names)) writeFileSync(join(path, ".registry-pull", name), "");
    // What a process leaves that is killed while it waits for the lock.
    plantLock(join(path, ".registry-pull", nameOf(HOLDERS.ended)), HOLDERS.ended);
    await Layout.open(path);
    const { living, elsewhere, otherBoot, noStart } = names;
    assert.deepEqual(ingesting().toSorted(), [living, elsewhere, otherBoot, noStart].toSorted());
  });

  it("sweeps what a process it cannot ask has not written to for a day", async () => {
    await Layout.open(path);
    const names = [HOLDERS.living, HOLDERS.elsewhere, HOLDERS.otherBoot].map((holder) => nameOf(holder, "sha256-x"));
    for (const name of names) writeFileSync(join(path, ".registry-pull", name), "");
    const later = (hours: number): Patience => ({ ...REAL_TIME, now: () => Date.now() + hours * 3_600_000 });
    await Layout.open(path, later(23));
    assert.deepEqual(ingesting().toSorted(), names.toSorted());
    await Layout.open(path, later(25));
    assert.deepEqual(ingesting(), [names[0]]);
  });

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
    await assert.rejects(layout.add([entry("a", blob.digest)]), /locked: .*lock is held by process \d+ for more than a minute/);
    assert.ok(slept > 60_000 && existsSync(file) && !existsSync(join(path, "index.json")));
  });

  it("L8: changes nothing once another process has its lock", async () => {
    const layout = await Layout.open(path);
    await layout.add([entry("a", blob.digest)]);
    const before = readFileSync(join(path, "index.json"), "utf8");
    // Called when the lock is held: as if this process stood still right then.
    const standStill: Patience["after"] = () => {
      rmSync(lockOf(), { recursive: true });
      plantLock(lockOf(), HOLDERS.elsewhere);
      return () => undefined;
    };
    const late = await Layout.open(path, { ...REAL_TIME, after: standStill });
    await assert.rejects(late.add([entry("b", blob.digest)]), /lock lost: .*lock was taken over/);
    assert.deepEqual([readFileSync(join(path, "index.json"), "utf8"), ingesting()], [before, ["lock"]]);
  });

  it("keeps every entry that eight processes add at once", async () => {
    const script = `
      import { Layout } from ${JSON.stringify(join(import.meta.dirname, "../../src/store/layout.ts"))};
      const layout = await Layout.open(process.argv[1]);
      const bytes = Buffer.from("shared");
      await layout.put(${JSON.stringify(digestOf(Buffer.from("shared")))}, bytes);
      for (const at of [0, 1, 2]) await layout.add([{ mediaType: "x", digest: ${JSON.stringify(blob.digest)}, size: 1, annotations: { "io.containerd.image.name": process.argv[2] + at } }]);
    `;
    const children = Array.from({ length: 8 }, (_, at) =>
      spawn(process.execPath, ["--input-type=module-typescript", "-e", script, path, `image${at}-`], { stdio: "inherit" }),
    );
    const codes = await Promise.all(children.map((child) => new Promise((resolve) => child.once("exit", resolve))));
    assert.deepEqual([codes, names().length, new Set(names()).size, ingesting()], [Array(8).fill(0), 24, 24, []]);
  });

  it("is readable by everyone and writable by its owner", async () => {
    const layout = await Layout.open(path);
    await layout.put(blob.digest, bytes);
    chmodSync(layout.blobPath(blob.digest), 0o444);
    assert.ok(await (await Layout.open(path)).has(blob));
  });
});
