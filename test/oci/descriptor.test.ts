import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readDescriptor, readDigest, readSize } from "../../src/oci/descriptor.ts";
import { PullError } from "../../src/oci/failure.ts";
import type { Json } from "../../src/oci/json.ts";
import { ATTESTATION_ARTIFACT, OCI_MANIFEST } from "../../src/oci/media-type.ts";
import { parsePlatform } from "../../src/oci/platform.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const ENTRY = { mediaType: OCI_MANIFEST, digest: DIGEST, size: 7 };
const read = (fields: { readonly [name: string]: Json }) =>
  readDescriptor({ ...ENTRY, ...fields }, "entry");

const refused = (message: RegExp) => (error: unknown) =>
  error instanceof PullError && error.status === "invalid" && message.test(error.message);

describe("readDescriptor", () => {
  it("reads the required fields, and takes the others as absent", () => {
    assert.deepEqual(read({}), {
      ...ENTRY,
      platform: undefined,
      attestation: false,
      foreign: false,
    });
  });

  it("reads the platform in its normal form", () => {
    const { platform } = read({ platform: { os: "linux", architecture: "arm64", variant: "v8" } });
    assert.deepEqual(platform, parsePlatform("linux/arm64"));
  });

  for (const [name, fields, isAttestation] of [
    ["an unknown OS", { platform: { os: "unknown", architecture: "amd64" } }, true],
    ["an unknown architecture", { platform: { os: "linux", architecture: "unknown" } }, true],
    [
      "BuildKit's annotation",
      { annotations: { "vnd.docker.reference.type": "attestation-manifest" } },
      true,
    ],
    ["BuildKit's artifact type", { artifactType: ATTESTATION_ARTIFACT }, true],
    ["another annotation", { annotations: { "vnd.docker.reference.type": "image" } }, false],
    ["another artifact type", { artifactType: "application/vnd.example" }, false],
    ["a null platform", { platform: null }, false],
  ] as const) {
    it(`takes an entry with ${name} for ${isAttestation ? "an attestation" : "an image"}`, () =>
      assert.equal(read(fields).attestation, isAttestation));
  }

  it("has no platform for an unknown one", () => {
    assert.equal(
      read({ platform: { os: "unknown", architecture: "unknown" } }).platform,
      undefined,
    );
  });

  for (const [urls, isForeign] of [
    [["https://example.com/layer"], true],
    [[], false],
    [null, false],
  ] as const) {
    it(`is ${isForeign ? "foreign" : "not foreign"} with the urls ${JSON.stringify(urls)}`, () =>
      assert.equal(read({ urls }).foreign, isForeign));
  }

  for (const [name, value, message] of [
    ["a string", "x", /^entry: expected an object, got a string/],
    ["no digest", { ...ENTRY, digest: null }, /^entry: digest "": .*no colon/],
    ["no size", { ...ENTRY, size: null }, /^entry size: .*got null/],
    ["urls that are not a list", { ...ENTRY, urls: "x" }, /^entry urls: expected a list/],
    ["another case of a field", { ...ENTRY, Digest: DIGEST }, /ambiguous: it has "Digest"/],
    [
      "a platform that is a string",
      { ...ENTRY, platform: "linux/amd64" },
      /^entry platform: expected an object/,
    ],
  ] as const) {
    it(`refuses ${name}, naming the entry`, () =>
      assert.throws(() => readDescriptor(value, "entry"), refused(message)));
  }
});

describe("readDigest", () => {
  it("keeps the cause of a refusal", () => {
    assert.throws(
      () => readDigest("md5:0", "layer"),
      (error) => error instanceof PullError && error.cause instanceof PullError,
    );
  });
});

describe("readSize", () => {
  for (const size of [0, 1, Number.MAX_SAFE_INTEGER]) {
    it(`takes ${size}`, () => assert.equal(readSize(size, "layer"), size));
  }

  for (const [size, got] of [
    [-1, "-1"],
    [1.5, "1.5"],
    [2 ** 53, "9007199254740992"],
    [Number.POSITIVE_INFINITY, "null"],
    ["1", '"1"'],
    [undefined, "nothing"],
    ["x".repeat(200), `"${"x".repeat(99)}…`],
  ] as const) {
    it(`refuses ${String(size).slice(0, 20)}`, () =>
      assert.throws(
        () => readSize(size, "layer"),
        (error) =>
          error instanceof PullError &&
          error.found === `layer size: expected a whole number of bytes, got ${got}`,
      ));
  }
});
