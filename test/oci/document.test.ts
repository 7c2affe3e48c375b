import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { describeDocument, notAnImageReason, parseDocument } from "../../src/oci/document.ts";
import { PullError } from "../../src/oci/failure.ts";
import * as types from "../../src/oci/media-type.ts";
import { documentContent } from "../../src/oci/schema1.ts";
import { artifact, buildkitCache, image, index, multiPlatform, schema1 } from "../support/image.ts";

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const DIGEST = `sha256:${"a".repeat(64)}`;
const CONFIG = { mediaType: types.OCI_CONFIG, digest: DIGEST, size: 2 };
const ENTRY = { mediaType: types.OCI_MANIFEST, digest: DIGEST, size: 2 };
const fields = (bytes: Buffer): Record<string, unknown> => JSON.parse(bytes.toString());

describe("parseDocument", () => {
  for (const [name, made, kind] of [
    ["an OCI index", multiPlatform(["linux/amd64"]), "index"],
    ["a Docker list", multiPlatform(["linux/amd64"], { docker: true }), "index"],
    ["an OCI manifest", image("linux/amd64"), "image"],
    ["a schema 2 manifest", image("linux/amd64", { docker: true }), "image"],
    ["a nested index", index([multiPlatform(["linux/amd64"])]), "index"],
    ["a signed schema 1 manifest", schema1(true), "schema1"],
    ["an unsigned schema 1 manifest", schema1(false), "schema1"],
    ["a Helm chart", artifact(), "artifact"],
    [
      "an image config with an artifactType",
      artifact(types.OCI_CONFIG, "application/vnd.example.thing"),
      "artifact",
    ],
    ["a BuildKit cache in Docker's list", buildkitCache("docker-index"), "buildkit-cache"],
    ["a BuildKit cache in an OCI index", buildkitCache("oci-index"), "buildkit-cache"],
    ["a BuildKit cache in a manifest", buildkitCache("manifest"), "buildkit-cache"],
  ] as const) {
    const content = documentContent(made.bytes);
    it(`reads ${name}`, () => assert.equal(parseDocument(content, made.mediaType).kind, kind));
    for (const claimed of ["", "application/json", "text/plain", "application/octet-stream"]) {
      it(`reads ${name} announced as ${claimed || "nothing"}`, () =>
        assert.equal(parseDocument(content, claimed).kind, kind));
    }
  }

  it("reads documents without a mediaType as announced, else by their fields", () => {
    const { mediaType: _own, ...bare } = fields(image("linux/amd64").bytes);
    assert.equal(parseDocument(json(bare), types.OCI_MANIFEST).mediaType, types.OCI_MANIFEST);
    assert.equal(parseDocument(json(bare), types.DOCKER_MANIFEST).mediaType, types.DOCKER_MANIFEST);
    assert.equal(parseDocument(json(bare), "").mediaType, types.OCI_MANIFEST);
    const { mediaType: _other, ...bareIndex } = fields(multiPlatform(["linux/amd64"]).bytes);
    assert.equal(parseDocument(json(bareIndex), "text/plain").mediaType, types.OCI_INDEX);
  });

  it("reads the withdrawn OCI artifact manifest, and a list that has only layers", () => {
    const blobs = [{ mediaType: "text/plain", digest: DIGEST, size: 1 }];
    assert.equal(
      parseDocument(json({ mediaType: types.OCI_ARTIFACT, artifactType: "x/y", blobs }), "").kind,
      "artifact",
    );
    const layers = [
      { mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip", digest: DIGEST, size: 1 },
    ];
    assert.equal(
      parseDocument(json({ schemaVersion: 2, mediaType: types.DOCKER_LIST, manifests: layers }), "")
        .kind,
      "buildkit-cache",
    );
  });

  it("reads entries: platforms, attestations, unknown types and foreign layers", () => {
    const manifests = [
      { ...ENTRY, platform: { os: "linux", architecture: "arm", variant: "7" } },
      { ...ENTRY, platform: { os: "unknown", architecture: "unknown" } },
      { ...ENTRY, annotations: { "vnd.docker.reference.type": "attestation-manifest" } },
      { ...ENTRY, artifactType: types.ATTESTATION_ARTIFACT },
      { ...ENTRY, mediaType: "application/vnd.example.new", urls: ["https://example.test/"] },
    ];
    const document = parseDocument(
      json({ schemaVersion: 2, mediaType: types.OCI_INDEX, manifests }),
      types.OCI_INDEX,
    );
    assert.ok(document.kind === "index");
    assert.deepEqual(
      document.entries.map(({ platform, attestation, foreign }) => [
        platform?.variant,
        attestation,
        foreign,
      ]),
      [
        ["v7", false, false],
        [undefined, true, false],
        [undefined, true, false],
        [undefined, true, false],
        [undefined, false, true],
      ],
    );
  });

  for (const [name, body, claimed, status, problem] of [
    [
      "manifests beside layers",
      { mediaType: types.OCI_INDEX, manifests: [], layers: [] },
      "",
      "invalid",
      /ambiguous.*layers/,
    ],
    [
      "manifests beside config",
      { mediaType: types.OCI_MANIFEST, config: CONFIG, layers: [], manifests: [] },
      "",
      "invalid",
      /ambiguous.*manifests/,
    ],
    [
      "manifests beside layers and no mediaType",
      { manifests: [], layers: [] },
      "",
      "invalid",
      /ambiguous/,
    ],
    [
      "fsLayers beside layers",
      {
        schemaVersion: 2,
        mediaType: types.DOCKER_MANIFEST,
        config: CONFIG,
        layers: [],
        fsLayers: [],
      },
      "",
      "invalid",
      /ambiguous/,
    ],
    [
      "a mediaType other than announced",
      { mediaType: types.OCI_MANIFEST, config: CONFIG, layers: [] },
      types.OCI_INDEX,
      "invalid",
      /mediaType differs/,
    ],
    [
      "another case of a field",
      { mediaType: types.OCI_MANIFEST, config: CONFIG, LAYERS: [] },
      "",
      "invalid",
      /ambiguous: it has "LAYERS"/,
    ],
    ["a web page", { any: 1 }, "text/html", "invalid", /a web page \(text\/html\)/],
    [
      "a manifest without config",
      { mediaType: types.OCI_MANIFEST, layers: [] },
      "",
      "invalid",
      /no config/,
    ],
    ["a list", [], "", "invalid", /expected an object, got a list/],
    [
      "an unknown mediaType",
      { mediaType: "application/vnd.example" },
      "",
      "unsupported",
      /got mediaType application\/vnd.example/,
    ],
    ["an error body", { errors: [] }, "", "unsupported", /got fields errors/],
    [
      "too many entries",
      { mediaType: types.OCI_INDEX, manifests: Array(1025).fill(ENTRY) },
      "",
      "invalid",
      /too many manifests.*1024, got 1025/,
    ],
    [
      "layers that are not a list",
      { mediaType: types.OCI_MANIFEST, config: CONFIG, layers: {} },
      "",
      "invalid",
      /layers: expected a list/,
    ],
    [
      "a digest that is a path",
      { mediaType: types.OCI_INDEX, manifests: [{ ...ENTRY, digest: "sha256:../../../../pwn" }] },
      "",
      "invalid",
      /manifests\[0\]: digest/,
    ],
  ] as const) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => parseDocument(json(body), claimed),
        (error) =>
          error instanceof PullError && error.status === status && problem.test(error.message),
      );
    });
  }

  for (const size of ["-1", "1.5", "1e400", '"12"', "9007199254740993", "null"]) {
    it(`refuses a size of ${size}`, () => {
      const entry = `{"mediaType":"x","digest":"${DIGEST}","size":${size}}`;
      const body = `{"mediaType":"${types.OCI_INDEX}","manifests":[${entry}]}`;
      assert.throws(
        () => parseDocument(Buffer.from(body), ""),
        /manifests\[0\] size: expected a whole number of bytes/,
      );
    });
  }

  const long = "x".repeat(300_000);
  const longest = `${"a".repeat(127)}/${"b".repeat(127)}`;
  for (const [where, body] of [
    ["a document", { mediaType: "TYPE" }],
    [
      "an artifact",
      { mediaType: types.OCI_MANIFEST, config: CONFIG, layers: [], artifactType: "TYPE" },
    ],
    ["an old artifact", { mediaType: types.OCI_ARTIFACT, artifactType: "TYPE" }],
    [
      "a config",
      { mediaType: types.OCI_MANIFEST, config: { ...CONFIG, mediaType: "TYPE" }, layers: [] },
    ],
    [
      "a layer",
      { mediaType: types.OCI_MANIFEST, config: CONFIG, layers: [{ ...CONFIG, mediaType: "TYPE" }] },
    ],
    ["an entry", { mediaType: types.OCI_INDEX, manifests: [{ ...ENTRY, mediaType: "TYPE" }] }],
    [
      "an entry's artifact",
      { mediaType: types.OCI_INDEX, manifests: [{ ...ENTRY, artifactType: "TYPE" }] },
    ],
  ] as const) {
    it(`refuses a media type of ${where} that is too long`, () => {
      const read = (type: string) =>
        parseDocument(Buffer.from(JSON.stringify(body).replace("TYPE", type)), "");
      assert.throws(
        () => read(`${longest}x`),
        /Type: expected a media type of at most 255 characters, got 256/,
      );
      if (where === "a document")
        assert.throws(() => read(longest), /expected an image manifest or index/);
      else assert.doesNotThrow(() => read(longest));
    });
  }

  for (const [what, body] of [
    ["a size", { mediaType: types.OCI_INDEX, manifests: [{ ...ENTRY, size: long }] }],
    [
      "a size that is a list",
      { mediaType: types.OCI_INDEX, manifests: [{ ...ENTRY, size: [long] }] },
    ],
    ["fields", { [long]: 1 }],
    [
      "an annotation",
      { mediaType: types.OCI_INDEX, manifests: [{ ...ENTRY, annotations: { [long]: 1 } }] },
    ],
  ] as const) {
    it(`repeats only an excerpt of ${what}`, () => {
      assert.throws(
        () => parseDocument(json(body), ""),
        (error) =>
          error instanceof PullError &&
          error.message.length < 1_000 &&
          error.message.includes("x".repeat(80)),
      );
    });
  }

  it("throws only PullErrors", () => {
    const key = fc.constantFrom(
      "mediaType",
      "schemaVersion",
      "config",
      "layers",
      "manifests",
      "fsLayers",
      "history",
      "blobs",
      "digest",
      "size",
      "platform",
      "annotations",
    );
    const leaf = fc.oneof(
      fc.constantFrom(
        types.OCI_INDEX,
        types.OCI_MANIFEST,
        types.SCHEMA1,
        types.OCI_ARTIFACT,
        DIGEST,
        1,
        2,
        null,
      ),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(key, tie("tree")),
      ),
    }));
    fc.assert(
      fc.property(
        tree,
        fc.constantFrom("", types.OCI_INDEX, types.DOCKER_MANIFEST, types.SCHEMA1_SIGNED),
        (value, claimed) => {
          try {
            parseDocument(json(value), claimed);
          } catch (error) {
            assert.ok(error instanceof PullError, String(error));
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("a document in words", () => {
  for (const [made, words, reason] of [
    [multiPlatform(["linux/amd64"]), "an index", "artifact"],
    [image("linux/amd64"), "an image", "artifact"],
    [schema1(false), "an image", "artifact"],
    [artifact(), "a Helm chart", "artifact"],
    [artifact("application/x", "application/y"), "an artifact of type application/y", "artifact"],
    [artifact("application/x"), "an artifact of type application/x", "artifact"],
    [artifact(""), "an artifact", "artifact"],
    [buildkitCache("manifest"), "a BuildKit cache", "buildkit-cache"],
  ] as const) {
    it(`is ${words}`, () => {
      const document = parseDocument(made.bytes, made.mediaType);
      assert.deepEqual([describeDocument(document), notAnImageReason(document)], [words, reason]);
    });
  }
});
