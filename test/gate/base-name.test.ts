import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { namedBase } from "../../src/gate/base-name.ts";
import type { WrittenReference } from "../../src/gate/plan.ts";
import type { BaseVerdict } from "../../src/gate/resolved.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { formatReference } from "../../src/oci/reference.ts";
import { content, image, index, type Made, schema1 } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { resolved } from "../support/resolving.ts";

const NAME = "org.opencontainers.image.base.name";
const DIGEST = digestOf(Buffer.from("base"));

/** The same document with annotations. */
function annotated(made: Made, annotations: unknown): Made {
  const document = JSON.parse(made.bytes.toString());
  return { ...made, ...content(made.mediaType, { ...document, annotations }) };
}

const plain = (platform = "linux/amd64"): Made => image(platform);
const named = (name: string, platform = "linux/amd64"): Made =>
  annotated(image(platform), { [NAME]: name });
const labelled = (name: string): Made => image("linux/amd64", { labels: { [NAME]: name } });

async function baseOf(made: Made): Promise<WrittenReference | BaseVerdict> {
  const registry = new MemoryRegistry();
  const written = registry.push("org/app", "1", made);
  return namedBase(await resolved(registry, written, { platforms: "all" }));
}

describe("namedBase", () => {
  for (const [where, made] of [
    ["the annotations of a manifest", named("alpine:3.20")],
    ["the annotations of a platform's manifest", index([named("alpine:3.20")])],
    [
      "the annotations of a platform's manifest, before the index",
      annotated(index([named("alpine:3.20")]), { [NAME]: "debian:12" }),
    ],
    ["the annotations of the index", annotated(index([plain()]), { [NAME]: "alpine:3.20" })],
    [
      "the annotations of the index, before a label",
      annotated(index([labelled("debian:12")]), { [NAME]: "alpine:3.20" }),
    ],
    ["a label", labelled("alpine:3.20")],
    ["a label, beside an empty annotation", annotated(labelled("alpine:3.20"), { [NAME]: "" })],
    ["one of two platforms", index([plain(), named("alpine:3.20", "linux/arm64")])],
    ["both platforms", index([named("alpine:3.20"), named("alpine:3.20", "linux/arm64")])],
  ] as const) {
    it(`takes the name from ${where}`, async () => {
      const base = await baseOf(made);
      assert.ok("written" in base, JSON.stringify(base));
      assert.equal(base.written, "alpine:3.20");
      assert.equal(formatReference(base.reference), "docker.io/library/alpine:3.20");
    });
  }

  for (const [name, written, asked] of [
    ["ghcr.io/org/base", "ghcr.io/org/base", "ghcr.io/org/base:latest"],
    [`alpine:3.20@${DIGEST}`, "alpine:3.20", "docker.io/library/alpine:3.20"],
    [`alpine@${DIGEST}`, `alpine@${DIGEST}`, `docker.io/library/alpine@${DIGEST}`],
  ] as const) {
    it(`asks for ${asked} when the name is ${name}`, async () => {
      const base = await baseOf(named(name));
      assert.ok("written" in base);
      assert.deepEqual([base.written, formatReference(base.reference)], [written, asked]);
    });
  }

  for (const [what, made, reference, message] of [
    ["that names none", plain(), "", `the image names no base: it has no ${NAME}`],
    ["of schema 1", schema1(false), "", `the image names no base: it has no ${NAME}`],
    [
      "whose name is no reference",
      named("UPPER"),
      "UPPER",
      /^the image names no usable base: reference "UPPER" has upper case/,
    ],
    ["whose name has no end", named("a".repeat(9_000)), `${"a".repeat(100)}…`, /is longer than/],
    [
      "whose platforms name different ones",
      index([named("alpine"), named("debian", "linux/arm64")]),
      "",
      "the platforms of the image name different bases: alpine and debian",
    ],
    [
      "whose annotation is no text",
      annotated(plain(), { [NAME]: 7 }),
      "",
      /^the image names no usable base: manifest annotations .*: expected a string, got a number$/,
    ],
  ] as const) {
    it(`says why for an image ${what}`, async () => {
      const verdict = await baseOf(made);
      assert.ok("stale" in verdict);
      assert.deepEqual(
        [verdict.reference, verdict.digest, verdict.stale],
        [reference, "", undefined],
      );
      if (typeof message === "string") assert.equal(verdict.message, message);
      else assert.match(verdict.message, message);
    });
  }
});
