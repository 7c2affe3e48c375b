import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseConfig } from "../../src/oci/config.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { parseDocument } from "../../src/oci/document.ts";
import { PullError } from "../../src/oci/failure.ts";
import { formatPlatform } from "../../src/oci/platform.ts";
import { documentContent, toOciImage } from "../../src/oci/schema1.ts";
import { content, descriptor, image, schema1 } from "../support/image.ts";

const read = (bytes: Buffer) => {
  const document = parseDocument(documentContent(bytes), "");
  assert.ok(document.kind === "schema1");
  return document.schema1;
};
const changed = (change: (manifest: Record<string, unknown>) => void): Buffer => {
  const manifest = JSON.parse(schema1(false).bytes.toString());
  change(manifest);
  return Buffer.from(JSON.stringify(manifest));
};

describe("schema 1", () => {
  for (const signed of [true, false]) {
    it(`${signed ? "signed" : "unsigned"}: has layers base first, without the empty one`, () => {
      const made = schema1(signed);
      assert.deepEqual(
        read(made.bytes).layers,
        made.layers.map(({ digest }) => digest),
      );
      assert.equal(digestOf(documentContent(made.bytes)), made.digest);
    });
  }

  it("signed: only the payload is hashed and read", () => {
    assert.notEqual(digestOf(schema1(true).bytes), schema1(true).digest);
    assert.equal(schema1(true).digest, schema1(false).digest);
  });

  it("refuses a command whose words are not strings", () => {
    for (const word of [{ toString: 0, valueOf: 0 }, [], 1, null]) {
      const bytes = changed((manifest) => {
        manifest["history"] = (manifest["history"] as unknown[]).map(() => ({
          v1Compatibility: JSON.stringify({ container_config: { Cmd: [word] } }),
        }));
      });
      if (word === null) assert.doesNotThrow(() => read(bytes));
      else assert.throws(() => read(bytes), PullError);
    }
  });

  it("has the config of its newest entry, and the history of all entries", () => {
    const { config } = read(schema1(true).bytes);
    assert.deepEqual(
      [config.platform.os, config.platform.architecture, config.created, [...config.labels]],
      ["linux", "amd64", "2016-01-01T00:00:00Z", [["a", "b"]]],
    );
    assert.deepEqual(Object.keys(config.json), [
      "architecture",
      "os",
      "created",
      "config",
      "container_config",
      "history",
    ]);
    assert.deepEqual(config.json["history"], [
      { created: "2016-01-01T00:00:00Z", created_by: "ADD" },
      { created: "2016-01-01T00:00:00Z", created_by: "ENV", empty_layer: true },
      { created: "2016-01-01T00:00:00Z", created_by: "COPY" },
    ]);
  });

  it("refuses a config whose fields are in another case, which an engine would read", () => {
    for (const change of [{ Config: { User: "root" } }, { config: { user: "root" } }]) {
      const body = changed((manifest) => {
        const [newest] = manifest["history"] as { v1Compatibility: string }[];
        assert.ok(newest);
        newest.v1Compatibility = JSON.stringify({
          ...JSON.parse(newest.v1Compatibility),
          ...change,
        });
      });
      assert.throws(() => read(body), /ambiguous/);
    }
  });

  it("reads only the signed payload of a body that contains more", () => {
    const evil = image("linux/amd64", { salt: "evil" });
    const trusted = schema1(false);
    const header = { formatLength: 0, formatTail: trusted.bytes.toString("base64url") };
    const body = Buffer.from(
      JSON.stringify({
        ...JSON.parse(evil.bytes.toString()),
        annotations: { fsLayers: "" },
        signatures: [{ protected: Buffer.from(JSON.stringify(header)).toString("base64url") }],
      }),
    );
    assert.deepEqual(documentContent(body), trusted.bytes);
  });

  for (const [name, bytes, problem] of [
    [
      "as many history entries as layers",
      changed((manifest) => (manifest["history"] as unknown[]).pop()),
      /3 fsLayers but 2 history/,
    ],
    [
      "at least one layer",
      changed((manifest) => Object.assign(manifest, { fsLayers: [], history: [] })),
      /lists no layer/,
    ],
    [
      "digests in fsLayers",
      changed((manifest) => Object.assign(manifest, { fsLayers: [{ blobSum: "x" }] })),
      /fsLayers\[0\]: digest/,
    ],
    [
      "JSON in v1Compatibility",
      changed((manifest) =>
        Object.assign(manifest, { history: [{ v1Compatibility: "{" }, {}, {}] }),
      ),
      /v1Compatibility is not JSON/,
    ],
  ] as const) {
    it(`asks for ${name}`, () => assert.throws(() => read(bytes), problem));
  }

  const withSignatures = (...headers: unknown[]): Buffer =>
    Buffer.from(
      JSON.stringify({
        fsLayers: [],
        signatures: headers.map((header) => ({
          protected: Buffer.from(JSON.stringify(header)).toString("base64url"),
        })),
      }),
    );
  for (const [name, bytes, problem] of [
    [
      "signatures that disagree",
      withSignatures({ formatLength: 1, formatTail: "" }, { formatLength: 2, formatTail: "" }),
      /disagree/,
    ],
    [
      "a formatLength beyond the manifest",
      withSignatures({ formatLength: 1e9, formatTail: "" }),
      /formatLength/,
    ],
    [
      "a negative formatLength",
      withSignatures({ formatLength: -1, formatTail: "" }),
      /formatLength/,
    ],
    [
      "a protected header that is no JSON",
      Buffer.from('{"fsLayers":[],"signatures":[{"protected":"x"}]}'),
      /protected is not JSON/,
    ],
  ] as const) {
    it(`refuses ${name}`, () => assert.throws(() => documentContent(bytes), problem));
  }

  it("returns every other document unchanged", () => {
    const made = image("linux/amd64");
    assert.equal(documentContent(made.bytes), made.bytes);
    const mention = content("", {
      annotations: { text: '"fsLayers" and "signatures"' },
      config: descriptor(made),
    }).bytes;
    assert.equal(documentContent(mention), mention);
    const empty = Buffer.from('{"fsLayers":[],"signatures":[]}');
    assert.equal(documentContent(empty), empty);
  });
});

describe("toOciImage", () => {
  const layers = [
    { digest: digestOf(Buffer.from("a")), size: 1, diffId: digestOf(Buffer.from("A")) },
    { digest: digestOf(Buffer.from("b")), size: 2, diffId: digestOf(Buffer.from("B")) },
  ];
  const { config, manifest } = toOciImage(read(schema1(false).bytes), layers);

  it("has a manifest with the layers in order and its config", () => {
    const document = parseDocument(manifest.bytes, manifest.mediaType);
    assert.ok(document.kind === "image");
    assert.deepEqual(
      document.layers.map(({ digest, size }) => ({ digest, size })),
      layers.map(({ digest, size }) => ({ digest, size })),
    );
    assert.deepEqual(
      [document.config.digest, document.config.size, document.config.mediaType],
      [config.digest, config.bytes.length, config.mediaType],
    );
  });

  it("has the config of the schema 1 image, and diffIDs", () => {
    const { json, platform, diffIds } = parseConfig(config.bytes);
    assert.deepEqual([formatPlatform(platform), diffIds], ["linux/amd64", 2]);
    const { rootfs, ...rest } = json;
    assert.deepEqual(rest, read(schema1(false).bytes).config.json);
    assert.deepEqual(rootfs, { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) });
  });

  it("has the digests of its own bytes, the same every time", () => {
    for (const made of [config, manifest]) assert.equal(digestOf(made.bytes), made.digest);
    assert.deepEqual(toOciImage(read(schema1(true).bytes), layers), { config, manifest });
  });
});
