import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST, SCHEMA1 } from "../../src/oci/media-type.ts";
import type { Script } from "../support/evil.ts";
import {
  content,
  descriptor,
  image,
  index,
  type Made,
  multiPlatform,
  schema1,
} from "../support/image.ts";
import { type Row, rows, type World } from "../support/world.ts";

const MIB = 1024 * 1024;
const REPOSITORY = "org/app";
const good = image("linux/amd64");
const [config, ...layers] = good.blobs;

/** A row with these bytes as the top document. A tag names it, so no digest refuses it first. */
function document(
  id: string,
  what: string,
  body: string | Uint8Array,
  reason: string | RegExp,
  more: Partial<Row> & { readonly type?: string } = {},
): Row {
  return {
    id,
    what,
    status: "invalid",
    reason,
    within: 10_000,
    arrange: (world) => {
      const reference = world.evil.serve(REPOSITORY, "good", good);
      world.evil.on(/manifests\/1$/, (_, wire) =>
        wire.answer(200, { "Content-Type": more.type ?? OCI_MANIFEST }, body),
      );
      return { inputs: { images: reference.replace(/good$/, "1") } };
    },
    ...more,
  };
}

/** The good manifest with some other fields. */
function manifest(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: config && descriptor(config),
    layers: layers.map(descriptor),
    ...fields,
  });
}

function indexOf(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: [{ ...descriptor(good), platform: { os: "linux", architecture: "amd64" } }],
    ...fields,
  });
}

const asIndex = { type: OCI_INDEX };

/** A row with an image whose config is wrong. */
function configured(
  id: string,
  what: string,
  made: Made,
  status: Row["status"],
  reason: string | RegExp,
): Row {
  return {
    id,
    what,
    status,
    reason,
    arrange: ({ evil }) => ({ inputs: { images: evil.serve(REPOSITORY, "1", made) } }),
  };
}

const withConfig = (fields: Readonly<Record<string, unknown>>): Made =>
  image("linux/amd64", { config: fields });

/** The good manifest with one layer, whose descriptor has some other fields. */
const layerWith = (fields: Readonly<Record<string, unknown>>): string =>
  manifest({ layers: [{ ...descriptor(layers[0] ?? good), ...fields }] });

const endless: Script = async (_, wire) => {
  await wire.send(
    `HTTP/1.1 200 OK\r\nContent-Type: ${OCI_MANIFEST}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  while (!wire.gone) await wire.send(`10000\r\n${" ".repeat(0x10000)}\r\n`);
};

const answering = (
  id: string,
  what: string,
  script: Script,
  reason: string | RegExp,
  status: Row["status"] = "invalid",
): Row => ({
  id,
  what,
  status,
  reason,
  arrange: ({ evil }) => {
    evil.on(/manifests\/1$/, script);
    return { inputs: { images: `${evil.host}/${REPOSITORY}:1` } };
  },
});

/** The good image below so many indexes, each in the one before. */
function nested(depth: number): Made {
  const { made } = Array.from({ length: depth }).reduce<{ made: Made }>(
    ({ made }) => ({ made: index([made]) }),
    { made: good },
  );
  return made;
}

rows("documents", [
  document(
    "M1",
    "a byte more than 4 MiB",
    manifest({}).padEnd(4 * MIB + 1),
    "too large: the answer has more than 4194304 bytes",
  ),
  document("M1", "4 MiB that are right", manifest({}).padEnd(4 * MIB), "", {
    status: "ok",
    reason: /./,
  }),
  answering("M1", "endless, in chunks", endless, "too large"),
  answering(
    "M1",
    "a small body that unpacks to a large one",
    (_, wire) =>
      wire.answer(
        200,
        { "Content-Type": OCI_MANIFEST, "Content-Encoding": "gzip" },
        gzipSync(Buffer.alloc(64 * MIB)),
      ),
    "encoding refused: asked for no Content-Encoding, got gzip",
  ),
  answering(
    "M1",
    "compressed a hundred times",
    (_, wire) =>
      wire.answer(
        200,
        { "Content-Type": OCI_MANIFEST, "Content-Encoding": Array(100).fill("gzip").join(", ") },
        "x",
      ),
    "encoding refused",
  ),
  {
    id: "M2",
    what: "another body than the digest asks for",
    status: "invalid",
    reason: "digest differs: asked for sha256:\\w+, got \\d+ bytes that have sha256:",
    arrange: ({ evil }) => {
      const asked = `${evil.host}/${REPOSITORY}@${good.digest}`;
      evil.on(/manifests\/sha256/, (_, wire) =>
        wire.answer(
          200,
          { "Content-Type": OCI_MANIFEST, "Docker-Content-Digest": good.digest },
          manifest({ annotations: { evil: "x" } }),
        ),
      );
      return { inputs: { images: asked } };
    },
    check: ({ evil }, { outputs }) =>
      assert.deepEqual([evil.seen.length, outputs.get("digest")], [2, ""]),
  },
  {
    id: "M2",
    what: "a manifest with another body than its index lists",
    status: "invalid",
    reason: "digest differs",
    arrange: ({ evil }) => {
      const reference = evil.serve(REPOSITORY, "1", index([good]));
      evil.on(new RegExp(good.digest), (_, wire) =>
        wire.answer(200, { "Content-Type": OCI_MANIFEST }, manifest({ annotations: {} })),
      );
      return { inputs: { images: reference } };
    },
  },
  {
    id: "M3",
    what: "a Docker-Content-Digest that lies",
    status: "invalid",
    reason: `digest differs: the registry announced sha256:${"0".repeat(64)}`,
    arrange: ({ evil }) => {
      evil.on(/manifests\/1$/, (_, wire) =>
        wire.answer(
          200,
          { "Content-Type": OCI_MANIFEST, "Docker-Content-Digest": `sha256:${"0".repeat(64)}` },
          good.bytes,
        ),
      );
      return { inputs: { images: `${evil.host}/${REPOSITORY}:1` } };
    },
    check: (_, { outputs, stdout }) =>
      assert.deepEqual([outputs.get("digest"), /✓/.test(stdout)], ["", false]),
  },
  document(
    "M4",
    "manifests and layers",
    manifest({ manifests: [] }),
    "ambiguous manifest: .* with manifests can be read in two ways",
  ),
  document(
    "M4",
    "manifests and config",
    indexOf({ config: {} }),
    "ambiguous manifest: .* with config",
    asIndex,
  ),
  document(
    "M4",
    "an index with fsLayers",
    indexOf({ fsLayers: [] }),
    "ambiguous manifest: .* with fsLayers",
    asIndex,
  ),
  document(
    "M4",
    "schema 1 with layers",
    JSON.stringify({ schemaVersion: 1, fsLayers: [], history: [], layers: [] }),
    "ambiguous manifest",
    { type: SCHEMA1 },
  ),
  document(
    "M5",
    "another mediaType than the Content-Type",
    indexOf({}),
    "mediaType differs: the manifest is .*index.*, but it was announced as .*manifest",
  ),
  document(
    "M5",
    "a login page",
    "<!doctype html><title>Sign in</title>secret=1",
    "expected a manifest, got a web page",
    {
      type: "text/html; charset=utf-8",
      check: (_, { stdout }) => assert.ok(!stdout.includes("Sign in")),
    },
  ),
  document(
    "M5",
    "a login page with the type of a manifest",
    "<!doctype html><title>Sign in</title>",
    "not JSON",
    {
      check: (_, { stdout }) => assert.ok(!stdout.includes("<title>")),
    },
  ),
  document("M5", "an empty body", "", "not JSON"),
  document("M6", "layers twice", `{"layers":[],${manifest({}).slice(1)}`, 'duplicate key "layers"'),
  document(
    "M6",
    "a key twice, once with an escape",
    `{"l\\u0061yers":[],${manifest({}).slice(1)}`,
    'duplicate key "layers"',
  ),
  document(
    "M6",
    "a key twice, deep down",
    manifest({}).replace('"size"', '"size":1,"size"'),
    'duplicate key "size"',
  ),
  document(
    "M6",
    "a known key in another case",
    manifest({ LAYERS: [] }),
    'ambiguous: it has "LAYERS" where layers is the field\'s name',
  ),
  document(
    "M6",
    "a known key with a letter that folds to one of its own",
    manifest({ "layer\u017f": [] }),
    'ambiguous: it has "layer',
  ),
  configured(
    "M6",
    "a user of a config, twice, in two cases",
    withConfig({
      config: { User: "nobody", user: "root", WorkingDir: "/safe", workingdir: "/evil" },
    }),
    "invalid",
    'ambiguous: it has "user" where User is the field',
  ),
  configured(
    "M6",
    "a config whose rootfs is null",
    withConfig({ rootfs: null }),
    "invalid",
    "rootfs: expected an object, got null",
  ),
  document(
    "M6",
    "a descriptor's key in another case",
    layerWith({ Digest: good.digest }),
    'ambiguous: it has "Digest"',
  ),
  {
    id: "M7",
    what: "labels with the names of properties that every object has",
    status: "ok",
    arrange: ({ evil }) => ({
      inputs: {
        images: `${evil.serve(REPOSITORY, "1", image("linux/amd64", { labels: JSON.parse('{"__proto__":"p","constructor":"c","toString":"t"}') }))},name=__proto__`,
      },
    }),
    check: (_, { outputs }) => {
      assert.equal(outputs.get("labels"), '{"__proto__":"p","constructor":"c","toString":"t"}');
      const { images } = JSON.parse(outputs.get("json") ?? "");
      assert.equal(
        Object.getOwnPropertyDescriptor(images, "__proto__")?.value.labels.constructor,
        "c",
      );
    },
  },
  document(
    "M8",
    "half a million brackets",
    "[".repeat(500_000),
    "too deep: nested deeper than 32 levels",
  ),
  document("M8", "half a million objects", '{"a":'.repeat(500_000), "too deep"),
  document(
    "M8",
    "deep in an annotation",
    manifest({ annotations: JSON.parse(`${'{"a":'.repeat(40)}1${"}".repeat(40)}`) }),
    "too deep",
  ),
  document(
    "M8",
    "20,000 entries",
    indexOf({
      manifests: Array(20_000).fill({
        ...descriptor(good),
        platform: { os: "linux", architecture: "amd64" },
      }),
    }),
    "too many manifests: expected at most 1024, got 20000",
    asIndex,
  ),
  document(
    "M8",
    "20,000 layers",
    manifest({ layers: Array(20_000).fill(descriptor(layers[0] ?? good)) }),
    "too many layers: expected at most 1024, got 20000",
  ),
  document(
    "M8",
    "20,000 layers of schema 1",
    JSON.stringify({
      schemaVersion: 1,
      fsLayers: Array(20_000).fill({ blobSum: good.digest }),
      history: Array(20_000).fill({ v1Compatibility: "{}" }),
    }),
    "too many schema 1 fsLayers",
    { type: SCHEMA1 },
  ),
  {
    id: "M8",
    what: "an error nested 20,000 deep for an optional image, which fails only that",
    status: "ok",
    arrange: ({ registry, evil }) => {
      const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
      const body = `{"errors":[{"code":"DEEP","detail":${deep}}]}`;
      evil.on(/./, (_, wire) => wire.answer(404, { "Content-Type": "application/json" }, body));
      return {
        inputs: {
          images: `${registry.push(REPOSITORY, "1", good)}\n${evil.host}/${REPOSITORY}:1,optional=true`,
        },
      };
    },
    check: (_, { outputs }) => {
      assert.deepEqual(JSON.parse(outputs.get("digests") ?? ""), [good.digest, ""]);
      const [missing] = JSON.parse(outputs.get("missing") ?? "");
      assert.deepEqual(
        [missing.status, /answered 404 .*DEEP/.test(missing.message)],
        ["not-found", true],
      );
    },
  },
  {
    id: "M8",
    what: "indexes in indexes, ten deep",
    status: "invalid",
    reason: "too deep: indexes nested deeper than 3",
    arrange: ({ evil }) => ({ inputs: { images: evil.serve(REPOSITORY, "1", nested(10)) } }),
    check: ({ evil }) => assert.ok(evil.seen.length <= 3),
  },
  {
    id: "M8",
    what: "an index that lists a thousand indexes",
    status: "invalid",
    reason: "too many nested indexes: expected at most 64",
    arrange: ({ evil }) => ({
      inputs: {
        images: evil.serve(
          REPOSITORY,
          "1",
          index(
            Array.from({ length: 1_000 }, (_, at) =>
              index([image("linux/amd64", { salt: `${at}` })]),
            ),
          ),
        ),
      },
    }),
    check: ({ evil }) => assert.equal(evil.seen.length, 1),
  },
  {
    id: "M8",
    what: "an index of a thousand platforms",
    status: "invalid",
    reason: "too many platforms: expected at most 64, got 1000",
    arrange: ({ evil }) => {
      const entries = Array.from({ length: 1_000 }, (_, at) => ({
        ...descriptor(good),
        platform: { os: "linux", architecture: `a${at}` },
      }));
      return {
        inputs: { images: evil.serve(REPOSITORY, "1", index([], { entries })), platforms: "all" },
      };
    },
    check: ({ evil }) => assert.equal(evil.seen.length, 1),
  },
  {
    id: "M8",
    what: "an index of a thousand entries that name no platform",
    status: "invalid",
    reason: "too many entries without a platform: expected at most 64, got 1000",
    arrange: ({ evil }) => ({
      inputs: {
        images: evil.serve(
          REPOSITORY,
          "1",
          index([], { entries: Array(1_000).fill(descriptor(good)) }),
        ),
      },
    }),
  },
  {
    id: "M8",
    what: "a media type of 300 kB, twice: missing names both images",
    status: "ok",
    arrange: ({ evil }) => {
      const body = manifest({ mediaType: "x".repeat(300_000) });
      evil.on(/./, (_, wire) => wire.answer(200, { "Content-Type": OCI_MANIFEST }, body));
      const image = `${evil.host}/${REPOSITORY}`;
      return { inputs: { images: `${image}:1,optional=true\n${image}:2,optional=true` } };
    },
    check: (_, { outputs }) => {
      const missing: { status: string; message: string }[] = JSON.parse(
        outputs.get("missing") ?? "",
      );
      assert.deepEqual(
        missing.map(({ status }) => status),
        ["invalid", "invalid"],
      );
      for (const { message } of missing)
        assert.match(
          message,
          /mediaType: expected a media type of at most 255 characters, got 300000/,
        );
    },
  },
  document(
    "M8",
    "twenty thousand signatures",
    Buffer.concat([
      schema1(false).bytes.subarray(0, -2),
      Buffer.from(`,"signatures":${JSON.stringify(Array(20_000).fill({ protected: "e30" }))}}`),
    ]),
    "too many signatures",
    { type: SCHEMA1 },
  ),
  ...(
    [-1, 1.5, "1e400", '"12"', "9007199254740993", "undefined", "null", "[1]", "1e999"] as const
  ).map((size) =>
    document(
      "M9",
      `a layer of size ${size}`,
      layerWith({ size: "SIZE" }).replace(
        '"size":"SIZE"',
        size === "undefined" ? '"x":0' : `"size":${size}`,
      ),
      /descriptor layers\[0\] size: expected a whole number of bytes/,
    ),
  ),
  document(
    "M10",
    "bytes that are not UTF-8",
    Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
    "not JSON: it is not valid UTF-8",
  ),
  document(
    "M10",
    "overlong UTF-8",
    Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc0, 0xaf]), Buffer.from('"}')]),
    "not JSON: it is not valid UTF-8",
  ),
  document(
    "M10",
    "a lone surrogate",
    Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
    "not JSON: it is not valid UTF-8",
  ),
  document(
    "M10",
    "a byte order mark",
    `\ufeff${manifest({})}`,
    "not JSON: it starts with a byte order mark",
  ),
  document("M10", "a NUL after the document", `${manifest({})}\0`, "not JSON"),
  document(
    "M10",
    "a NUL within a string",
    manifest({}).replace("schemaVersion", "schema\0Version"),
    "not JSON",
  ),
  document("M10", "a comment", `${manifest({})}// fine`, "not JSON"),
  document("M10", "two documents", `${manifest({})}${manifest({})}`, "not JSON"),
  document("M10", "JSON, but a string", '"manifest"', "expected an object, got a string"),
  {
    id: "M11",
    what: "a missing platform",
    status: "platform-missing",
    reason: /does not offer linux\/amd64; it offers linux\/arm64, linux\/386; nearest: linux\/386/,
    arrange: ({ evil }) => ({
      inputs: { images: evil.serve(REPOSITORY, "1", multiPlatform(["linux/arm64", "linux/386"])) },
    }),
  },
  {
    id: "M11",
    what: "an index with nothing but attestations",
    status: "platform-missing",
    reason: /does not offer linux\/amd64; it offers no platform;/,
    arrange: ({ evil }) => {
      const entries = [
        {
          ...descriptor(good),
          platform: { os: "unknown", architecture: "unknown" },
          annotations: { "vnd.docker.reference.type": "attestation-manifest" },
        },
      ];
      return { inputs: { images: evil.serve(REPOSITORY, "1", index([], { entries })) } };
    },
  },
  {
    id: "M12",
    what: "a config for another platform than the index lists",
    status: "platform-mismatch",
    reason: /the index lists linux\/amd64, but the config of sha256:\w+ says linux\/arm64/,
    arrange: ({ evil }) => ({
      inputs: {
        images: evil.serve(
          REPOSITORY,
          "1",
          index([image("linux/amd64", { configPlatform: "linux/arm64" })]),
        ),
      },
    }),
  },
  configured(
    "M12",
    "more diffIDs than layers",
    withConfig({ rootfs: { type: "layers", diff_ids: [good.digest, good.digest, good.digest] } }),
    "invalid",
    "lists 3 diffIDs, but the manifest has 2 layers",
  ),
  {
    id: "M12",
    what: "a config that is shorter than its listed size",
    status: "invalid",
    reason: "size differs: .* is listed with \\d+ bytes, got",
    arrange: ({ evil }) => {
      const long = content(
        OCI_MANIFEST,
        JSON.parse(manifest({ config: { ...descriptor(config ?? good), size: 4_000 } })),
      );
      return {
        inputs: {
          images: evil.serve(REPOSITORY, "1", { ...long, manifests: [], blobs: good.blobs }),
        },
      };
    },
  },
  configured(
    "M12",
    "diffIDs that are not a list",
    withConfig({ rootfs: { type: "layers", diff_ids: "x" } }),
    "invalid",
    "diff_ids: expected a list, got a string",
  ),
  configured(
    "M12",
    "a config that is a list",
    withTextConfig("[]"),
    "invalid",
    "image config: expected an object, got a list",
  ),
  configured(
    "M12",
    "a config with a known key in another case",
    withConfig({ OS: "windows" }),
    "invalid",
    'ambiguous: it has "OS"',
  ),
  configured(
    "M12",
    "a config of 5 MiB",
    withConfig({ comment: "x".repeat(5 * MIB) }),
    "invalid",
    "too large: sha256:\\w+ has \\d+ bytes, expected at most 4194304",
  ),
  ...[
    "sha256:../../../../pwn",
    `sha256:${"A".repeat(64)}`,
    "md5:d41d8cd98f00b204e9800998ecf8427e",
    "",
    "sha256:",
    `sha256:${"a".repeat(64)}/../../x`,
    `sha256:${"a".repeat(64)}\0`,
  ].flatMap((digest) => [
    document(
      "M13",
      `a layer with the digest ${JSON.stringify(digest)}`,
      layerWith({ digest }),
      /descriptor layers\[0\]: digest/,
    ),
    document(
      "M13",
      `a listed manifest with the digest ${JSON.stringify(digest)}`,
      indexOf({ manifests: [{ ...descriptor(good), digest }] }),
      /descriptor manifests\[0\]: digest/,
      asIndex,
    ),
  ]),
  document(
    "M14",
    "schema 1 whose history is not JSON",
    JSON.stringify({
      schemaVersion: 1,
      fsLayers: [{ blobSum: good.digest }],
      history: [{ v1Compatibility: "{" }],
    }),
    "not JSON",
    { type: SCHEMA1 },
  ),
  document(
    "M14",
    "schema 1 with fewer histories than layers",
    JSON.stringify({
      schemaVersion: 1,
      architecture: "amd64",
      fsLayers: [{ blobSum: good.digest }],
      history: [],
    }),
    /history|histories/,
    { type: SCHEMA1 },
  ),
  document(
    "M14",
    "an unknown media type",
    manifest({ mediaType: "application/vnd.evil.v1+json" }),
    /expected an image manifest or index .*, got mediaType application\/vnd\.evil\.v1\+json/,
    { status: "unsupported", type: "application/json" },
  ),
  {
    id: "M14",
    what: "schema 1, resolved",
    status: "ok",
    arrange: ({ evil }) => ({ inputs: { images: evil.serve("legacy/app", "v1", schema1(true)) } }),
    check: (_, { outputs }) =>
      assert.equal(
        JSON.parse(outputs.get("json") ?? "").images[
          Object.keys(JSON.parse(outputs.get("json") ?? "").images)[0] ?? ""
        ].kind,
        "schema1",
      ),
  },
  {
    id: "M14",
    what: "a foreign layer, whose urls are never requested",
    status: "dangling",
    reason: /the image lists layer sha256:\w+, but it is not in the registry/,
    arrange: (world: World) => {
      const foreign = {
        ...descriptor(
          content(
            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
            Buffer.from("elsewhere"),
          ),
        ),
        urls: [`${world.attacker.url}/layer`],
      };
      const body = Buffer.from(
        manifest({
          layers: [...layers.map(descriptor), foreign],
          config: { ...descriptor(foreignConfig), mediaType: OCI_CONFIG },
        }),
      );
      const reference = world.evil.serve(REPOSITORY, "1", {
        ...content(OCI_MANIFEST, body),
        manifests: [],
        blobs: [foreignConfig, ...layers],
      });
      return { inputs: { images: reference, pull: "layout", path: world.layout } };
    },
    check: ({ attacker }) => assert.equal(attacker.connections, 0),
  },
  {
    id: "M14",
    what: "a 206 in answer to a request for the whole document",
    status: "invalid",
    reason: "expected 200",
    arrange: ({ evil }) => {
      evil.on(/manifests\/1$/, (_, wire) =>
        wire.answer(
          206,
          { "Content-Type": OCI_MANIFEST, "Content-Range": "bytes 0-1/99" },
          good.bytes,
        ),
      );
      return { inputs: { images: `${evil.host}/${REPOSITORY}:1` } };
    },
  },
]);

const foreignConfig = content(OCI_CONFIG, JSON.parse(readConfig()));

/** The good config for three layers. */
function readConfig(): string {
  const json = JSON.parse((config?.bytes ?? Buffer.from("{}")).toString());
  return JSON.stringify({
    ...json,
    rootfs: { type: "layers", diff_ids: [...json.rootfs.diff_ids, good.digest] },
  });
}

/** An image whose config is this text. */
function withTextConfig(text: string): Made {
  const blob = content(OCI_CONFIG, Buffer.from(text));
  const made = content(OCI_MANIFEST, JSON.parse(manifest({ config: descriptor(blob) })));
  return { ...made, manifests: [], blobs: [blob, ...layers] };
}

/** Bodies of 4 MiB that repeat one thing. Each must end the step within seconds. */
const FILLERS: readonly (readonly [
  what: string,
  start: string,
  unit: (at: number) => string,
  end: string,
])[] = [
  ["different keys", '{"schemaVersion":2,"a":1', (at) => `,"k${at}":0`, "}"],
  ["keys with escapes", '{"schemaVersion":2,"a":1', (at) => `,"\\u006b${at}":0`, "}"],
  [
    "long keys that differ in their last characters",
    '{"schemaVersion":2,"a":1',
    (at) => `,"${"k".repeat(200)}${at}":0`,
    "}",
  ],
  ["annotations", '{"schemaVersion":2,"annotations":{"a":"b"', (at) => `,"k${at}":"v"`, "}}"],
  ["empty lists", '{"schemaVersion":2,"x":[[]', () => ",[]", "]}"],
  ["numbers", '{"schemaVersion":2,"x":[0', () => ",1e308", "]}"],
  ["long numbers", '{"schemaVersion":2,"x":[0', () => `,${"9".repeat(10_000)}`, "]}"],
  ["one long string", '{"schemaVersion":2,"x":"', () => "a".repeat(1_000), '"}'],
  ["escapes", '{"schemaVersion":2,"x":"', () => "\\\\\\u0000", '"}'],
  ["quotes", '{"schemaVersion":2,"x":["', () => '","', '"]}'],
  ["open quotes", "", () => '"\\', ""],
  ["spaces", "{", () => " ", "}"],
  ["spaces before a colon", '{"a"', () => " ", ":1}"],
  ["strings and spaces", "[", () => '""    ', "]"],
  ["closing brackets", "", () => "]", ""],
  ["commas", "[", () => ",", "]"],
];

rows("4 MiB of anything", [
  ...FILLERS.flatMap(([what, start, unit, end]) =>
    [OCI_MANIFEST, OCI_INDEX, SCHEMA1].map((type): Row => {
      const parts = [start];
      for (let at = 0, length = start.length + end.length; ; at++) {
        const next = unit(at);
        length += next.length;
        if (length > 4 * MIB) break;
        parts.push(next);
      }
      return document("M1", `${what}, as ${type}`, parts.join("") + end, /./, {
        type,
        within: 30_000,
      });
    }),
  ),
]);
