import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { toBundle } from "../../src/store/bundle.ts";
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

/** The expected state of the layout. */
type Model = {
  /** Blobs that were stored. */
  readonly put: Set<Blob>;
  /** Stored blobs that were damaged since. */
  readonly damaged: Set<Blob>;
  /** Names in the index. */
  readonly names: Set<string>;
};
type Real = { readonly path: string };
type Command = fc.AsyncCommand<Model, Real>;

const pathOf = ({ path }: Real, { digest }: Blob): string =>
  join(path, "blobs", ...digest.split(":"));

/** Every undamaged blob hashes to its name, and the index, if there is one, has all names. */
async function holds({ put, damaged, names }: Model, real: Real): Promise<void> {
  for (const name of readdirSync(join(real.path, "blobs", "sha256"))) {
    const blob = BLOBS.find(({ digest }) => digest.endsWith(name));
    assert.ok(blob !== undefined && put.has(blob), `${name} was put`);
    if (!damaged.has(blob)) assert.equal(digestOf(readFileSync(pathOf(real, blob))), blob.digest);
  }
  for (const blob of put) if (!damaged.has(blob)) assert.ok(existsSync(pathOf(real, blob)));
  const index = join(real.path, "index.json");
  const entries: { annotations: Record<string, string> }[] = existsSync(index)
    ? JSON.parse(readFileSync(index, "utf8")).manifests
    : [];
  assert.deepEqual(
    new Set(entries.map(({ annotations }) => annotations["io.containerd.image.name"])),
    names,
  );
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

/** Stores blobs as several processes do: each through its own layout, all at once. */
const putting = fc.array(blob, { minLength: 1, maxLength: 4 }).map((blobs) =>
  command(`put ${blobs.map(({ size }) => size)}`, async ({ put, damaged }, { path }) => {
    const layouts = await Promise.all(blobs.map(() => Layout.open(path)));
    await Promise.all(blobs.map((one, at) => layouts[at]?.put(one.digest, one.bytes)));
    for (const one of blobs) {
      put.add(one);
      damaged.delete(one);
    }
  }),
);

const someNames = fc.array(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 4 });

/**
 * Adds names without a lock in the way, or with one whose holder was killed: while it held the
 * lock, or while it released it.
 */
const adding = fc
  .tuple(someNames, fc.constantFrom("no", "a dead process's", "an empty"))
  .map(([names, left]) =>
    command(`add ${names}, with ${left} lock`, async (model, { path }) => {
      const lock = join(path, ".registry-pull", "lock");
      if (left === "a dead process's") plantLock(lock, HOLDERS.ended);
      if (left === "an empty") mkdirSync(lock);
      const layouts = await Promise.all(names.map(() => Layout.open(path)));
      await Promise.all(names.map((name, at) => layouts[at]?.add([entry(name)])));
      for (const name of names) model.names.add(name);
    }),
  );

/** A write that fails after some bytes: its process is killed, or its bytes are wrong. */
const failing = fc
  .tuple(
    blob,
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.constantFrom("crash", "short", "wrong", "long"),
  )
  .map(([one, part, how]) =>
    command(`${how} after ${part} of ${one.size}`, async (_, { path }) => {
      const layout = await Layout.open(path);
      const some = one.bytes.subarray(0, Math.floor(part * one.size));
      if (how === "crash") {
        const name = nameOf(HOLDERS.ended, "sha256-x");
        return writeFileSync(join(path, ".registry-pull", name), some);
      }
      const ingest = await layout.ingest(one);
      try {
        if (how === "long") {
          assert.throws(() => ingest.part(0).write(Buffer.alloc(one.size + 1)), PullError);
          return;
        }
        ingest.part(0).write(how === "wrong" ? Buffer.alloc(one.size, "z") : some);
        const isWrong = how === "wrong" ? one.size > 0 : some.length < one.size;
        if (isWrong) await assert.rejects(ingest.commit(), PullError);
      } finally {
        await ingest.abort();
      }
    }),
  );

const damaging = fc
  .tuple(blob, fc.constantFrom("flip", "cut", "empty", "link", "pipe", "delete"), fc.nat(1 << 20))
  .map(([one, how, at]) =>
    command(`${how} ${one.size}`, async ({ put, damaged }, real) => {
      const path = pathOf(real, one);
      if (!put.has(one) || damaged.has(one) || one.size === 0) return;
      const bytes = readFileSync(path);
      rmSync(path);
      if (how === "flip") bytes[at % one.size] = (bytes[at % one.size] ?? 0) ^ (1 << (at % 8));
      if (how === "flip") writeFileSync(path, bytes);
      if (how === "cut") writeFileSync(path, bytes.subarray(0, at % one.size));
      if (how === "empty") writeFileSync(path, "");
      if (how === "link") symlinkSync("/etc/passwd", path);
      if (how === "pipe") spawnSync("mkfifo", [path]);
      if (how === "delete") put.delete(one);
      else damaged.add(one);
    }),
  );

/** A damaged blob is found and removed; others are kept. Nothing of killed processes is left. */
const looking = blob.map((one) =>
  command(`look at ${one.size}`, async ({ put, damaged }, real) => {
    const layout = await Layout.open(real.path);
    assert.equal(await layout.has(one), put.has(one) && !damaged.has(one));
    const bytes = await layout.readSmall(one.digest, one.size);
    assert.deepEqual(bytes, put.has(one) && !damaged.has(one) ? one.bytes : undefined);
    if (damaged.delete(one)) put.delete(one);
    assert.deepEqual(readdirSync(join(real.path, ".registry-pull")), []);
    assert.equal(
      lstatSync(pathOf(real, one), { throwIfNoEntry: false }) !== undefined,
      put.has(one),
    );
  }),
);

/** The same bytes with one bit flipped, at random. */
function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const bit = Math.floor(Math.random() * copy.length * 8);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

describe("a layout that processes write to, crash in and damage, in any order", () => {
  it("has only right blobs under final names, and every name that was added", async () => {
    const commands = fc.commands([putting, adding, failing, damaging, looking], {
      maxCommands: 25,
      size: "max",
    });
    await fc.assert(
      fc.asyncProperty(commands, async (chosen) => {
        const path = temporaryDirectory("interleaved");
        await Layout.open(path);
        await fc.asyncModelRun(
          () => ({
            model: { put: new Set<Blob>(), damaged: new Set<Blob>(), names: new Set<string>() },
            real: { path },
          }),
          chosen,
        );
        rmSync(path, { recursive: true });
      }),
      { numRuns: process.env["FULL_SIZE"] === "1" ? 100 : 30 },
    );
  });

  it("accepts none of a thousand cached blobs with a flipped bit, alone or in a bundle, and the next save replaces them", async () => {
    const path = temporaryDirectory("cached");
    const { signal } = new AbortController();
    const cache = new DirectoryCache(join(path, "cache"), {
      ...{ signal, warn: () => undefined, say: () => undefined },
      size: 2 ** 30,
    });
    const layout = await Layout.open(join(path, "layout"));
    const small = BLOBS.filter(({ size }) => size < 10_000);
    const bundle = toBundle(small);
    for (let at = 0; at < 1_000; at++) {
      const one = BLOBS[1 + (at % (BLOBS.length - 1))] as Blob;
      const entry = join(path, "cache", "key.cache-entry");
      const single = at % 2 === 0;
      const bytes = single ? one.bytes : bundle;
      assert.equal(await cache.save("key", outgoing(bytes)), "saved");
      writeFileSync(entry, flipped(readFileSync(entry)));
      if (single) {
        const ingest = await layout.ingest(one);
        assert.deepEqual([await cache.restore("key", one, ingest), ingest.received], [false, 0]);
        await ingest.abort();
      } else {
        assert.equal((await cache.bundle("key")).size, 0);
      }
      await cache.save("key", outgoing(bytes));
      assert.ok(readFileSync(entry).equals(bytes));
    }
    assert.deepEqual(readdirSync(join(path, "layout", "blobs", "sha256")), []);
    rmSync(path, { recursive: true });
  });

  it("finds every one of a thousand flipped bits, and stores the right bytes again", async () => {
    const path = temporaryDirectory("flipped");
    for (let at = 0; at < 1_000; at++) {
      const one = BLOBS[1 + (at % (BLOBS.length - 1))] as Blob;
      const layout = await Layout.open(path);
      await layout.put(one.digest, one.bytes);
      writeFileSync(pathOf({ path }, one), flipped(one.bytes));
      // Another layout, as in a later run: this one knows that it was right.
      const later = await Layout.open(path);
      assert.equal(await later.has(one), false);
      await later.put(one.digest, one.bytes);
      assert.equal(digestOf(readFileSync(pathOf({ path }, one))), one.digest);
    }
    rmSync(path, { recursive: true });
  });
});
