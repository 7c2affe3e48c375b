import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { parseReference } from "../../src/oci/reference.ts";
import type { Fetched, Source } from "../../src/pull/ports.ts";
import { CachedSource, keysUnder } from "../../src/pull/restore.ts";

const MIB = 1024 * 1024;
const blobOf = (bytes: Buffer) => ({ bytes, digest: digestOf(bytes), size: bytes.length });
const [top, listed] = [blobOf(Buffer.from("a manifest")), blobOf(Buffer.from("listed by it"))];
const large = blobOf(Buffer.alloc(4 * MIB + 1));
const reference = parseReference(`registry.test/org/app@${top.digest}`);

/** A registry that gives nothing but what it is asked for by `get`, and notes what that was. */
function registry(asked: string[]): Source {
  const get = async (what: string): Promise<never> => {
    asked.push(what);
    throw new PullError("unexpected-answer", "the registry's own answer");
  };
  return {
    manifest: (_, name, size) => get(`manifest ${name} ${size}`),
    claim: async () => ({ digest: undefined, authenticated: false, private: false }),
    blob: (_, { digest }) => get(`blob ${digest}`),
    blobSize: async () => undefined,
    measure: () => get("measure"),
    tags: () => get("tags"),
  };
}

describe("a source with an image's entry before it", () => {
  /** The source once its top document is known, and what the registry was asked for. */
  async function opened(...blobs: readonly { digest: Digest; bytes: Buffer }[]) {
    const asked: string[] = [];
    const entry = new Map([top, ...blobs].map(({ digest, bytes }) => [digest, bytes]));
    const wanted = { name: "app", written: "app", reference, platforms: "any", optional: false } as const;
    const source = new CachedSource(registry(asked), {
      fetch: async () => entry,
      keys: keysUnder("prefix"),
      wanted: [wanted],
      warn: (message) => assert.fail(message),
    });
    const fetched: Fetched = await source.manifest(reference, top.digest);
    assert.deepEqual([fetched.bytes, fetched.content, asked], [top.bytes, top.bytes, []]);
    return { source, asked };
  }
  const ownAnswer = (asking: Promise<unknown>): Promise<void> => assert.rejects(asking, /the registry's own answer/);

  it("gives a manifest of the size that is listed, and asks the registry about any other", async () => {
    const { source, asked } = await opened(listed);
    assert.deepEqual((await source.manifest(reference, listed.digest, listed.size)).bytes, listed.bytes);
    await ownAnswer(source.manifest(reference, listed.digest, listed.size + 1));
    assert.deepEqual(asked, [`manifest ${listed.digest} ${listed.size + 1}`]);
  });

  it("gives a config of the size that is listed, and asks the registry about any other", async () => {
    const { source, asked } = await opened(listed);
    assert.deepEqual((await source.blob(reference, listed)).bytes, listed.bytes);
    await ownAnswer(source.blob(reference, { ...listed, size: listed.size - 1 }));
    assert.deepEqual(asked, [`blob ${listed.digest}`]);
  });

  it("takes for private what no registry says that everybody can read", async () => {
    const down = async (): Promise<never> => {
      throw new PullError("no-answer", "no answer");
    };
    const source = new CachedSource(
      { ...registry([]), claim: down },
      {
        fetch: async () => new Map([top, listed].map(({ digest, bytes }) => [digest, bytes])),
        keys: keysUnder("prefix"),
        wanted: [{ name: "app", written: "app", reference, platforms: "any", optional: false }],
        warn: () => undefined,
      },
    );
    const { authenticated, private: isPrivate } = await source.manifest(reference, top.digest);
    assert.deepEqual([authenticated, isPrivate], [true, true]);
    assert.ok((await source.blob(reference, listed)).private);
  });

  it("gives no manifest and no config of more than 4 MiB, as no registry may", async () => {
    const { source, asked } = await opened(large);
    await ownAnswer(source.manifest(reference, large.digest));
    await ownAnswer(source.manifest(reference, large.digest, large.size));
    await ownAnswer(source.blob(reference, large));
    assert.equal(asked.length, 3);
  });

  it("gives a blob to the layout only of the size that is listed", async () => {
    const { source } = await opened(listed, large);
    assert.deepEqual(source.restored(large), large.bytes);
    assert.equal(source.restored({ ...listed, size: 5_000 }), undefined);
  });
});
