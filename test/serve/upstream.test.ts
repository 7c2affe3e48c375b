import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { PullError } from "../../src/oci/failure.ts";
import { repositoryName } from "../../src/oci/reference.ts";
import { upstreamOf } from "../../src/serve/upstream.ts";

const isOwn = (registry: string): boolean => registry === "127.0.0.1:5000";

describe("upstreamOf", () => {
  for (const [name, namespace, expected] of [
    ["library/alpine", "docker.io", "docker.io/library/alpine"],
    ["alpine", "docker.io", "docker.io/library/alpine"],
    ["library/alpine", "index.docker.io", "docker.io/library/alpine"],
    ["org/app", "ghcr.io", "ghcr.io/org/app"],
    ["app", "ghcr.io", "ghcr.io/app"],
    ["org/app", "GHCR.io", "ghcr.io/org/app"],
    ["app", "localhost:5000", "localhost:5000/app"],
    ["app", "localhost", "localhost/app"],
    ["app", "[::1]:7000", "[::1]:7000/app"],
    ["ghcr.io/org/app", "ghcr.io", "ghcr.io/org/app"],
    ["quay.io/org/app", "ghcr.io", "ghcr.io/quay.io/org/app"],
    ["a.b/app", "docker.io", "docker.io/a.b/app"],
    ["alpine", undefined, "docker.io/library/alpine"],
    ["org/app", undefined, "docker.io/org/app"],
    ["docker.io/alpine", undefined, "docker.io/library/alpine"],
    ["ghcr.io/org/app", undefined, "ghcr.io/org/app"],
    ["localhost/app", undefined, "localhost/app"],
    ["localhost:7000/app", undefined, "localhost:7000/app"],
    ["ghcr.io/org/app", "127.0.0.1:5000", "ghcr.io/org/app"],
    ["alpine", "127.0.0.1:5000", "docker.io/library/alpine"],
    ["127.0.0.1:5000/ghcr.io/org/app", "127.0.0.1:5000", "ghcr.io/org/app"],
    ["127.0.0.1:5000/127.0.0.1:5000/alpine", undefined, "docker.io/library/alpine"],
    ["manifests/blobs", undefined, "docker.io/manifests/blobs"],
  ] as const) {
    it(`takes ${name} with ${namespace} as ${expected}`, () =>
      assert.equal(repositoryName(upstreamOf(name, namespace, isOwn)), expected));
  }

  for (const [name, namespace] of [
    ["", undefined],
    ["", "ghcr.io"],
    ["ghcr.io", "ghcr.io/"],
    ["alpine", ""],
    ["alpine", "foo"],
    ["alpine", "docker.io/library"],
    ["x", "docker:/"],
    ["alpine", "https://ghcr.io"],
    ["alpine", "user@ghcr.io"],
    ["alpine", "ghcr.io:0"],
    ["alpine", "ghcr.io, quay.io"],
    ["alpine", "ghcr.io\n"],
    ["alpine", "0x7f.1:5000"],
    ["docker://ghcr.io/org/app", undefined],
    ["docker://ghcr.io/org/app", "docker.io"],
    ["a//b", undefined],
    ["/a", undefined],
    ["a/", undefined],
    ["ghcr.io/", undefined],
    ["127.0.0.1:5000/", undefined],
    ["127.0.0.1:5000", undefined],
    ["../secret", undefined],
    ["a/../b", undefined],
    ["a/./b", undefined],
    ["ghcr.io/../b", undefined],
    ["Upper/app", undefined],
    ["app:tag", undefined],
    ["app:tag", "ghcr.io"],
    [`app@sha256:${"a".repeat(64)}`, undefined],
    [`app@sha256:${"a".repeat(64)}`, "ghcr.io"],
    ["a%2fb", undefined],
    ["a b", undefined],
    ["ä/b", undefined],
    ["a".repeat(300), undefined],
  ] as const) {
    it(`refuses ${JSON.stringify(name)} with ${JSON.stringify(namespace)}`, () => {
      assert.throws(() => upstreamOf(name, namespace, isOwn), {
        name: "PullError",
        reason: "wrong-reference",
      });
    });
  }

  it("leads to the named repository of the named registry, or nowhere", () => {
    const text = fc.string({ unit: fc.constantFrom(..."aB0.-_/:@%[] "), maxLength: 12 });
    const sane = fc.constantFrom(
      "ghcr.io",
      "docker.io",
      "a",
      "b/c",
      "localhost",
      "docker:",
      "library/a",
    );
    const part = fc.oneof(text, sane);
    const name = fc.array(part, { maxLength: 4 }).map((parts) => parts.join("/"));
    fc.assert(
      fc.property(name, fc.option(part, { nil: undefined }), (asked, namespace) => {
        try {
          const found = repositoryName(upstreamOf(asked, namespace, () => false));
          const prefixes =
            namespace === undefined
              ? ["", "docker.io/", "docker.io/library/"]
              : [`${namespace}/`, `${namespace}/library/`, ""];
          const lower = prefixes.map((prefix) => `${prefix}${asked}`.toLowerCase());
          const isNamed =
            lower.includes(found) ||
            found === `docker.io/library/${asked.slice("docker.io/".length)}`;
          assert.ok(isNamed, `${asked} with ${namespace} led to ${found}`);
          if (namespace !== undefined) assert.ok(found.startsWith(`${namespace.toLowerCase()}/`));
        } catch (error) {
          assert.ok(error instanceof PullError, String(error));
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
