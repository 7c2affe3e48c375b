import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as types from "../../src/oci/media-type.ts";

const LAYER = "application/vnd.oci.image.layer.v1.tar";
const DIFF = "application/vnd.docker.image.rootfs.diff.tar.gzip";
const FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";

describe("a media type", () => {
  // Every type, and the questions that it answers with yes.
  for (const [mediaType, ...yes] of [
    [types.OCI_INDEX, "isIndex", "isSpecific"],
    [types.DOCKER_LIST, "isIndex", "isSpecific"],
    [types.OCI_MANIFEST, "isManifest", "isSpecific"],
    [types.DOCKER_MANIFEST, "isManifest", "isSpecific"],
    [types.SCHEMA1, "isSchema1", "isSpecific"],
    [types.SCHEMA1_SIGNED, "isSchema1", "isSpecific"],
    [types.OCI_ARTIFACT, "isSpecific"],
    [types.OCI_CONFIG, "isImageConfig"],
    [types.DOCKER_CONFIG, "isImageConfig"],
    [LAYER, "isLayer"],
    [`${LAYER}+zstd`, "isLayer"],
    ["application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "isLayer"],
    [DIFF, "isLayer"],
    [FOREIGN, "isLayer"],
    ["application/vnd.docker.image.rootfs.other"],
    [`x-${LAYER}`],
    [types.BUILDKIT_CACHE_CONFIG],
    [types.HELM_CONFIG],
    ["application/json"],
    [""],
  ] as const) {
    it(`${mediaType || "that is empty"} is ${yes.join(" and ") || "none of them"}`, () => {
      const { isIndex, isManifest, isSchema1, isSpecific, isImageConfig, isLayer } = types;
      const questions = { isIndex, isManifest, isSchema1, isSpecific, isImageConfig, isLayer };
      const answers = Object.entries(questions).filter(([, ask]) => ask(mediaType));
      assert.deepEqual(
        answers.map(([name]) => name),
        yes,
      );
    });
  }
});

describe("ACCEPT", () => {
  it("has every specific type once, the indexes first and schema 1 last", () => {
    const accepted = types.ACCEPT.split(", ");
    const specific = Object.values(types).filter(
      (value): value is string => typeof value === "string" && types.isSpecific(value),
    );
    assert.deepEqual(accepted.toSorted(), specific.toSorted());
    assert.ok(accepted.slice(0, 2).every(types.isIndex));
    assert.ok(accepted.slice(-2).every(types.isSchema1));
  });
});

describe("readMediaType", () => {
  it("takes an absent or null value as empty", () => {
    assert.deepEqual(
      [types.readMediaType(undefined, "x"), types.readMediaType(null, "x")],
      ["", ""],
    );
  });

  it("takes 255 characters and no more", () => {
    const longest = "x".repeat(255);
    assert.equal(types.readMediaType(longest, "mediaType"), longest);
    assert.throws(
      () => types.readMediaType(`${longest}x`, "mediaType"),
      /^PullError: mediaType: expected a media type of at most 255 characters, got 256/,
    );
  });

  it("refuses a value that is not a string", () => {
    assert.throws(() => types.readMediaType(1, "mediaType"), /expected a string, got a number/);
  });
});
