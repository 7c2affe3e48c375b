import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import type { IndexEntry } from "../../src/oci/layout.ts";
import { LayoutIndex } from "../../src/store/layout-index.ts";
import { REAL_TIME } from "../../src/store/mutex.ts";
import { temporaryDirectory } from "../support/directory.ts";

const digest = digestOf(Buffer.from("a manifest"));
const other = digestOf(Buffer.from("another manifest"));
const mediaType = "application/vnd.oci.image.manifest.v1+json";

function entry(name: string, of: Digest = digest, tag?: string): IndexEntry {
  const ref = tag === undefined ? {} : { "org.opencontainers.image.ref.name": tag };
  return {
    mediaType,
    digest: of,
    size: 1,
    annotations: { "io.containerd.image.name": name, ...ref },
  };
}

describe("LayoutIndex", () => {
  let root: string;
  let path: string;
  let index: LayoutIndex;
  before(() => {
    root = temporaryDirectory("layout-index");
  });
  beforeEach(() => {
    path = mkdtempSync(join(root, "test-"));
    mkdirSync(join(path, "private"));
    index = new LayoutIndex(path, join(path, "private"), REAL_TIME);
  });
  after(() => rmSync(root, { recursive: true }));

  const file = (): string => join(path, "index.json");
  const written = () => JSON.parse(readFileSync(file(), "utf8"));
  const names = (): readonly string[] =>
    written().manifests.map((one: IndexEntry) => one.annotations["io.containerd.image.name"]);

  it("is empty where there is no file, and creates none when it is read", async () => {
    const { fields, manifests } = await index.read();
    assert.deepEqual([fields["schemaVersion"], manifests, existsSync(file())], [2, [], false]);
  });

  it("writes an image index and the layout's version, and leaves nothing else", async () => {
    await index.add([entry("a")]);
    assert.deepEqual(written(), {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [entry("a")],
    });
    assert.equal(readFileSync(join(path, "oci-layout"), "utf8"), '{"imageLayoutVersion":"1.0.0"}');
    assert.deepEqual(readdirSync(join(path, "private")), []);
  });

  it("puts new entries first, and replaces those of the same names", async () => {
    await index.add([entry("a"), entry("b")]);
    await index.add([entry("c"), entry("b", other)]);
    assert.deepEqual(names(), ["c", "b", "a"]);
    assert.equal(written().manifests[1].digest, other);
  });

  it("keeps the fields and entries of other tools as they are", async () => {
    const theirs = { mediaType, digest, size: 1, by: "another tool", annotations: null };
    writeFileSync(file(), JSON.stringify({ annotations: { kept: "yes" }, manifests: [theirs] }));
    await index.add([entry("a")]);
    assert.deepEqual(written(), {
      annotations: { kept: "yes" },
      manifests: [entry("a"), theirs],
    });
  });

  for (const [what, second, warnings] of [
    ["of another image", entry("b", other, "1.0"), [/the tag 1.0: first b, then a$/]],
    ["of the same image", entry("b", digest, "1.0"), []],
    ["of the entry that it replaces", entry("a", other, "1.0"), []],
    ["that differs", entry("b", other, "2.0"), []],
    ["that is missing", entry("b", other), []],
  ] as const) {
    it(`warns ${warnings.length} times of a tag ${what}`, async () => {
      assert.deepEqual(await index.add([entry("a", digest, "1.0")]), []);
      const warned = await index.add([second]);
      assert.equal(warned.length, warnings.length);
      for (const [at, warning] of warnings.entries()) assert.match(warned[at] ?? "", warning);
    });
  }

  it("names an image without a name by its digest in the warning", async () => {
    const annotations = { "org.opencontainers.image.ref.name": "1.0" };
    const theirs = { mediaType, digest, size: 1, annotations };
    writeFileSync(file(), JSON.stringify({ manifests: [theirs] }));
    const [warning] = await index.add([entry("b", other, "1.0")]);
    assert.equal(warning, `the layout has two images with the tag 1.0: first b, then ${digest}`);
  });

  for (const [what, text, found] of [
    ["is truncated", '{"manifests":[', /left as it is/],
    ["is a list", "[]", /left as it is/],
    ["has no manifests", "{}", /it has no manifests/],
    ["has an entry that is no descriptor", '{"manifests":[1]}', /its manifests\[0\]/],
    ["is too large", " ".repeat(5_000_000), /expected a file of at most 4194304 bytes/],
  ] as const) {
    it(`fails as invalid when the file ${what}, and leaves it as it is`, async () => {
      writeFileSync(file(), text);
      for (const work of [() => index.read(), () => index.add([entry("a")])]) {
        await assert.rejects(work, { reason: "layout-corrupt", message: found });
      }
      assert.equal(readFileSync(file(), "utf8"), text);
      assert.deepEqual(readdirSync(join(path, "private")), []);
    });
  }

  it("fails as invalid for a link in its place, and follows it nowhere", async () => {
    writeFileSync(join(path, "target"), '{"manifests":[]}');
    symlinkSync(join(path, "target"), file());
    await assert.rejects(index.read(), { reason: "layout-corrupt" });
  });

  it("fails rather than write an index that it could not read again", async () => {
    await index.add([entry("a")]);
    const before = readFileSync(file(), "utf8");
    await assert.rejects(index.add([entry("b".repeat(5_000_000))]), { reason: "layout-full" });
    assert.equal(readFileSync(file(), "utf8"), before);
  });
});
