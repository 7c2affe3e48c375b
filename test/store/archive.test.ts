import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { ArchivedImage } from "../../src/oci/layout.ts";
import { archive } from "../../src/store/archive.ts";
import { Layout } from "../../src/store/layout.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { image } from "../support/image.ts";

const made = image("linux/amd64");
const [config = made, ...layers] = made.blobs;
const all = [made, ...made.blobs];

const archived: ArchivedImage = {
  entry: {
    mediaType: made.mediaType,
    digest: made.digest,
    size: made.bytes.length,
    annotations: { "org.opencontainers.image.ref.name": "1.0" },
  },
  blobs: all.map(({ digest, bytes }) => ({ digest, size: bytes.length })),
  config: config.digest,
  layers: layers.map(({ digest }) => digest),
  tag: "registry.example/org/app:1.0",
};
const pathOf = (digest: string): string => `blobs/${digest.replace(":", "/")}`;

describe("archive", () => {
  let directory: string;
  let layout: Layout;
  before(async () => {
    directory = temporaryDirectory("archive");
    layout = await Layout.open(join(directory, "layout"));
    for (const { digest, bytes } of all) await layout.put(digest, bytes);
  });
  after(() => rmSync(directory, { recursive: true }));

  async function collect(of: ArchivedImage = archived): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of archive(layout, of)) parts.push(part);
    return Buffer.concat(parts);
  }
  /** Extracts an archive; returns a function that reads its files. */
  function extracted(tar: Buffer, name: string): (path: string) => Buffer {
    const target = join(directory, name);
    mkdirSync(target);
    execFileSync("tar", ["-xf", "-", "-C", target], { input: tar });
    return (path) => readFileSync(join(target, path));
  }

  it("is an image layout with one image and all its blobs", async () => {
    const read = extracted(await collect(), "extracted");
    assert.equal(String(read("oci-layout")), '{"imageLayoutVersion":"1.0.0"}');
    assert.deepEqual(JSON.parse(String(read("index.json"))), {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [archived.entry],
    });
    for (const { digest, bytes } of all) assert.deepEqual(read(pathOf(digest)), bytes);
    const blobs = readdirSync(join(directory, "extracted", "blobs", "sha256"));
    assert.equal(blobs.length, all.length);
  });

  for (const [what, tag, expected] of [
    ["its tag", archived.tag, [archived.tag]],
    ["no tag for an image without one", undefined, []],
  ] as const) {
    it(`has a manifest.json for Docker's classic store, with ${what}`, async () => {
      const read = extracted(await collect({ ...archived, tag }), `${what} `);
      assert.deepEqual(JSON.parse(String(read("manifest.json"))), [
        {
          Config: pathOf(config.digest),
          RepoTags: expected,
          Layers: layers.map(({ digest }) => pathOf(digest)),
        },
      ]);
    });
  }

  it("holds each chunk for itself, because a layout reuses the memory", async () => {
    const memory = Buffer.alloc(1);
    async function* read(): AsyncGenerator<Buffer> {
      for (const letter of "abc") {
        memory.write(letter);
        yield memory;
      }
    }
    const blobs = [{ digest: config.digest, size: 3 }];
    const parts: Buffer[] = [];
    for await (const part of archive({ read }, { ...archived, blobs })) parts.push(part);
    assert.ok(Buffer.concat(parts).includes("abc"));
  });

  it("is the same each time", async () => {
    assert.ok((await collect()).equals(await collect()));
  });

  it("fails when a blob is another one by now", async () => {
    const path = layout.blobPath(config.digest);
    truncateSync(path, 3);
    await assert.rejects(collect(), {
      status: "dangling",
      message: /of the layout has changed since it was hashed; run the step again/,
    });
    writeFileSync(path, config.bytes);
  });
});
