import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { fromBundle, toBundle } from "../../src/store/bundle.ts";
import { DirectoryCache } from "../../src/store/directory-cache.ts";
import { Layout } from "../../src/store/layout.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { HOLDERS, nameOf, plantLock } from "../support/holders.ts";
import { outgoing } from "../support/outgoing.ts";

const BLOBS = ["", "a", "some bytes", "x".repeat(1_000), "y".repeat(70_000)].map((text) => {
  const bytes = Buffer.from(text);
  return { bytes, digest: digestOf(bytes), size: bytes.length };
});
type Blob = (typeof BLOBS)[number];

/** What is to be in the layout: blobs that were put, those of them that somebody has spoilt since, and names in the index. */
type Model = { readonly put: Set<Blob>; readonly spoilt: Set<Blob>; readonly names: Set<string> };
type Real = { readonly path: string };
type Command = fc.AsyncCommand<Model, Real>;

const pathOf = ({ path }: Real, { digest }: Blob): string => join(path, "blobs", ...digest.split(":"));

/** Every final blob that nobody has spoilt hashes to its name; and the index, if there is one, can be read and names all. */
async function holds({ put, spoilt, names }: Model, real: Real): Promise<void> {
  for (const name of readdirSync(join(real.path, "blobs", "sha256"))) {
    const blob = BLOBS.find(({ digest }) => digest.endsWith(name));
    assert.ok(blob !== undefined && put.has(blob), `${name} was put`);
    if (!spoilt.has(blob)) assert.equal(digestOf(readFileSync(pathOf(real, blob))), blob.digest);
  }
  for (const blob of put) if (!spoilt.has(blob)) assert.ok(existsSync(pathOf(real, blob)));
  const index = join(real.path, "index.json");
  const entries: { annotations: Record<string, string> }[] = existsSync(index) ? JSON.parse(readFileSync(index, "utf8")).manifests : [];
  assert.deepEqual(new Set(entries.map(({ annotations }) => annotations["io.containerd.image.name"])), names);
}

function command(what: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return {
    check: () => true,
    run: async (model, real) => {
      await run(model, real);
      await holds(model, real);
    },
    toString: () => what,
  };
}

const entry = (name: string) => ({
  mediaType: "x",
  digest: BLOBS[0]?.digest ?? digestOf(Buffer.alloc(0)),
  size: 0,
  annotations: { "io.containerd.image.name": name },
});

const blob = fc.constantFrom(...BLOBS);

/** As other processes would: each by a layout of its own, all at once. */
const putting = fc.array(blob, { minLength: 1, maxLength: 4 }).map((blobs) =>
  command(`put ${blobs.map(({ size }) => size)}`, async ({ put, spoilt }, { path }) => {
    const layouts = await Promise.all(blobs.map(() => Layout.open(path)));
    await Promise.all(blobs.map((one, at) => layouts[at]?.put(one.digest, one.bytes)));
    for (const one of blobs) {
      put.add(one);
      spoilt.delete(one);
    }
  }),
);

const someNames = fc.array(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 4 });

/** With no lock, or one that a process left that was killed while it held it, or while it freed it. */
const adding = fc.tuple(someNames, fc.constantFrom("no", "a dead process's", "an empty")).map(([names, left]) =>
  command(`add ${names}, with ${left} lock`, async (model, { path }) => {
    const lock = join(path, ".registry-pull", "lock");
    if (left === "a dead process's") plantLock(lock, HOLDERS.ended);
    if (left === "an empty") mkdirSync(lock);
    const layouts = await Promise.all(names.map(() => Layout.open(path)));
    await Promise.all(names.map((name, at) => layouts[at]?.add([entry(name)])));
    for (const name of names) model.names.add(name);
  }),
);

/** A write that ends for good after some bytes, with its process or its bytes wrong. */
const failing = fc
  .tuple(blob, fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom("crash", "short", "wrong", "long"))
  .map(([one, part, how]) =>
    command(`${how} after ${part} of ${one.size}`, async (_, { path }) => {
      const layout = await Layout.open(path);
      const some = one.bytes.subarray(0, Math.floor(part * one.size));
      if (how === "crash") return writeFileSync(join(path, ".registry-pull", nameOf(HOLDERS.ended, "sha256-x")), some);
      const ingest = await layout.ingest(one);
      try {
        if (how === "long") await assert.rejects(async () => ingest.part(0).write(Buffer.alloc(one.size + 1)), PullError);
        else {
          ingest.part(0).write(how === "wrong" ? Buffer.alloc(one.size, "z") : some);
          if (how === "wrong" ? one.size > 0 : some.length < one.size) await assert.rejects(ingest.commit(), PullError);
        }
      } finally {
        await ingest.abort();
      }
    }),
  );

const spoiling = fc.tuple(blob, fc.constantFrom("flip", "cut", "empty", "link", "pipe", "delete"), fc.nat(1 << 20)).map(([one, how, at]) =>
  command(`${how} ${one.size}`, async ({ put, spoilt }, real) => {
    const path = pathOf(real, one);
    if (!put.has(one) || spoilt.has(one) || one.size === 0) return;
    const bytes = readFileSync(path);
    rmSync(path);
    if (how === "flip") bytes[at % one.size] = (bytes[at % one.size] ?? 0) ^ (1 << (at % 8));
    if (how === "flip") writeFileSync(path, bytes);
    if (how === "cut") writeFileSync(path, bytes.subarray(0, at % one.size));
    if (how === "empty") writeFileSync(path, "");
    if (how === "link") symlinkSync("/etc/passwd", path);
    if (how === "pipe") spawnSync("mkfifo", [path]);
    if (how === "delete") put.delete(one);
    else spoilt.add(one);
  }),
);

/** What is spoilt is found, and gone; what is not is still there. Nothing of the dead is left. */
const looking = blob.map((one) =>
  command(`look at ${one.size}`, async ({ put, spoilt }, real) => {
    const layout = await Layout.open(real.path);
    assert.equal(await layout.has(one), put.has(one) && !spoilt.has(one));
    assert.equal(await layout.isRight(one.digest), put.has(one) && !spoilt.has(one));
    if (spoilt.delete(one)) put.delete(one);
    assert.deepEqual(readdirSync(join(real.path, ".registry-pull")), []);
    assert.equal(lstatSync(pathOf(real, one), { throwIfNoEntry: false }) !== undefined, put.has(one));
  }),
);

/** The same bytes but for one bit, wherever it is. */
function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const bit = Math.floor(Math.random() * copy.length * 8);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

describe("a layout that many write to, crash in and spoil, in any order", () => {
  it("has only right blobs under final names, and every name that was added", async () => {
    const commands = fc.commands([putting, adding, failing, spoiling, looking], { maxCommands: 25, size: "max" });
    await fc.assert(
      fc.asyncProperty(commands, async (chosen) => {
        const path = temporaryDirectory("interleaved");
        await Layout.open(path);
        await fc.asyncModelRun(
          () => ({ model: { put: new Set<Blob>(), spoilt: new Set<Blob>(), names: new Set<string>() }, real: { path } }),
          chosen,
        );
        rmSync(path, { recursive: true });
      }),
      { numRuns: 100 },
    );
  });

  it("takes none of a thousand cached blobs with a flipped bit, by themselves or among others, and is healed by the next save", async () => {
    const path = temporaryDirectory("cached");
    const cache = new DirectoryCache(join(path, "cache"), () => undefined);
    const { signal } = new AbortController();
    const layout = await Layout.open(join(path, "layout"));
    const small = BLOBS.filter(({ size }) => size < 10_000);
    const bundle = toBundle(small);
    for (let at = 0; at < 1_000; at++) {
      const one = BLOBS[1 + (at % (BLOBS.length - 1))] as Blob;
      const entry = join(path, "cache", "key");
      const single = at % 2 === 0;
      const bytes = single ? one.bytes : bundle;
      assert.equal(await cache.save("key", outgoing(bytes)), "saved");
      writeFileSync(entry, flipped(readFileSync(entry)));
      if (single) {
        const ingest = await layout.ingest(one);
        assert.deepEqual([await cache.restore("key", one, ingest), ingest.received], [false, 0]);
        await ingest.abort();
      } else {
        const fetched = (await cache.fetch("key", 1 << 20)) ?? Buffer.alloc(0);
        await assert.rejects(fromBundle(fetched, signal), PullError);
      }
      await cache.save("key", outgoing(bytes));
      assert.ok(readFileSync(entry).equals(bytes));
    }
    assert.deepEqual(readdirSync(join(path, "layout", "blobs", "sha256")), []);
    rmSync(path, { recursive: true });
  });

  it("finds every one of a thousand flipped bits, and is healed", async () => {
    const path = temporaryDirectory("flipped");
    for (let at = 0; at < 1_000; at++) {
      const one = BLOBS[1 + (at % (BLOBS.length - 1))] as Blob;
      const layout = await Layout.open(path);
      await layout.put(one.digest, one.bytes);
      writeFileSync(pathOf({ path }, one), flipped(one.bytes));
      // Another process looks, as a later run would.
      const later = await Layout.open(path);
      assert.equal(await later.has(one), false);
      await later.put(one.digest, one.bytes);
      assert.equal(digestOf(readFileSync(pathOf({ path }, one))), one.digest);
    }
    rmSync(path, { recursive: true });
  });
});
