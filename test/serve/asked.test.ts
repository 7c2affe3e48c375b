import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { nextLink, readAsked } from "../../src/serve/asked.ts";

const SHA256 = `sha256:${"a".repeat(64)}`;
const SHA512 = `sha512:${"b".repeat(128)}`;
const ALPINE = { registry: "docker.io", repository: "library/alpine" };
const APP = { registry: "ghcr.io", repository: "org/app" };

function read(url: string, namespace?: string): ReturnType<typeof readAsked> {
  const [path = "", query = ""] = url.split("?");
  const isOwn = (registry: string): boolean => registry === "127.0.0.1:5000";
  return readAsked({ path, query, namespace, isOwn });
}

describe("readAsked", () => {
  for (const [url, expected] of [
    ["/v2/", { kind: "base" }],
    ["/v2", { kind: "base" }],
    ["/v2/?ns=docker.io", { kind: "base" }],
    ["/v2/alpine/manifests/3.20", { kind: "manifest", repository: ALPINE, reference: "3.20" }],
    [
      "/v2/library/alpine/manifests/3.20?ns=docker.io",
      { kind: "manifest", repository: ALPINE, reference: "3.20" },
    ],
    [
      `/v2/org/app/manifests/${SHA256}?ns=ghcr.io`,
      { kind: "manifest", repository: APP, reference: SHA256 },
    ],
    [`/v2/ghcr.io/org/app/blobs/${SHA512}`, { kind: "blob", repository: APP, digest: SHA512 }],
    [
      `/v2/ghcr.io/org/app/blobs/${SHA256.replace(":", "%3A")}`,
      { kind: "blob", repository: APP, digest: SHA256 },
    ],
    [
      "/v2/localhost%3a7000/app/manifests/latest",
      {
        kind: "manifest",
        repository: { registry: "localhost:7000", repository: "app" },
        reference: "latest",
      },
    ],
    [
      "/v2/app/manifests/latest?x=1&ns=localhost%3A7000",
      {
        kind: "manifest",
        repository: { registry: "localhost:7000", repository: "app" },
        reference: "latest",
      },
    ],
    [
      "/v2/a/manifests/blobs/manifests/tags",
      {
        kind: "manifest",
        repository: { registry: "docker.io", repository: "a/manifests/blobs" },
        reference: "tags",
      },
    ],
    ["/v2/alpine/tags/list", { kind: "list", repository: ALPINE, path: "tags/list", query: "" }],
    [
      "/v2/alpine/tags/list?n=2&ns=docker.io&last=a%2Fb",
      { kind: "list", repository: ALPINE, path: "tags/list", query: "n=2&last=a%2Fb" },
    ],
    [
      `/v2/org/app/referrers/${SHA256}?artifactType=a/b&ns=ghcr.io`,
      { kind: "list", repository: APP, path: `referrers/${SHA256}`, query: "artifactType=a/b" },
    ],
    [
      "/v2/ghcr.io/org/app/manifests/1?ns=127.0.0.1:5000",
      { kind: "manifest", repository: APP, reference: "1" },
    ],
  ] as const) {
    it(`reads ${url}`, () => assert.deepEqual(read(url), expected));
  }

  for (const [url, status, code] of [
    ["", 404, "UNSUPPORTED"],
    ["/", 404, "UNSUPPORTED"],
    ["/v1/", 404, "UNSUPPORTED"],
    ["/v2//", 404, "UNSUPPORTED"],
    ["//v2/", 404, "UNSUPPORTED"],
    ["/v2/_catalog", 404, "UNSUPPORTED"],
    ["/v2/alpine", 404, "UNSUPPORTED"],
    ["/v2/manifests/latest", 404, "UNSUPPORTED"],
    ["/v2/alpine/tags/other", 404, "UNSUPPORTED"],
    ["/v2/alpine/tags/list/", 404, "UNSUPPORTED"],
    ["/v2/alpine/blobs/uploads/", 404, "UNSUPPORTED"],
    ["/x/v2/alpine/manifests/latest", 404, "UNSUPPORTED"],
    ["/v2/../v2/alpine/manifests/latest", 400, "NAME_INVALID"],
    ["/v2/alpine/../x/manifests/latest", 400, "NAME_INVALID"],
    ["/v2/alpine%2f..%2fx/manifests/latest", 400, "NAME_INVALID"],
    ["/v2/a%6cpine/manifests/latest", 400, "NAME_INVALID"],
    ["/v2/Alpine/manifests/latest", 400, "NAME_INVALID"],
    ["/v2//manifests/latest", 400, "NAME_INVALID"],
    ["/v2/alpine/manifests/latest?ns=", 400, "NAME_INVALID"],
    ["/v2/alpine/manifests/latest?ns=foo", 400, "NAME_INVALID"],
    ["/v2/alpine/manifests/latest?ns=%FF", 400, "NAME_INVALID"],
    ["/v2/alpine/manifests/latest?ns=ghcr.io&ns=ghcr.io", 400, "NAME_INVALID"],
    ["/v2/alpine/manifests/.x", 404, "MANIFEST_UNKNOWN"],
    ["/v2/alpine/manifests/", 404, "MANIFEST_UNKNOWN"],
    [`/v2/alpine/manifests/${"a".repeat(129)}`, 404, "MANIFEST_UNKNOWN"],
    ["/v2/alpine/manifests/sha256:abc", 400, "DIGEST_INVALID"],
    [`/v2/alpine/blobs/${SHA256.toUpperCase()}`, 400, "DIGEST_INVALID"],
    ["/v2/alpine/blobs/latest", 400, "DIGEST_INVALID"],
    ["/v2/alpine/blobs/", 400, "DIGEST_INVALID"],
    [`/v2/alpine/blobs/sha384:${"a".repeat(96)}`, 400, "DIGEST_INVALID"],
    ["/v2/alpine/referrers/latest", 400, "DIGEST_INVALID"],
  ] as const) {
    it(`refuses ${JSON.stringify(url)} with ${status} ${code}`, () => {
      const refusal = read(url);
      assert.ok(refusal.kind === "refusal");
      assert.deepEqual([refusal.status, refusal.code], [status, code]);
      assert.ok(refusal.message !== "");
    });
  }

  it("takes the namespace of the header when the query has none", () => {
    const url = "/v2/org/app/manifests/1";
    const expected = { kind: "manifest", repository: APP, reference: "1" };
    assert.deepEqual(read(url, "ghcr.io"), expected);
    assert.deepEqual(read(`${url}?ns=ghcr.io`, "quay.io"), expected);
    assert.equal(read(url, "ghcr.io, quay.io").kind, "refusal");
  });

  it("never throws, and never returns what the grammar does not allow", () => {
    const piece = fc.constantFrom(
      ..."/?&%=.:@-_aZ9",
      "/v2/",
      "manifests",
      "blobs",
      "tags/list",
      "referrers",
      "ns=",
      "ghcr.io",
      "%3A",
      "%2F",
      "%",
      "..",
      SHA256,
    );
    const built = fc.array(piece, { maxLength: 20 }).map((pieces) => `/v2/${pieces.join("")}`);
    const url = fc.oneof(built, fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(url, fc.option(fc.string(), { nil: undefined }), (target, namespace) => {
        const asked = read(target, namespace);
        if (asked.kind === "base" || asked.kind === "refusal") return;
        assert.match(asked.repository.repository, /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/);
        assert.match(asked.repository.registry, /^[a-z0-9.[\]:-]+$/);
        assert.ok(!asked.repository.repository.includes(".."));
      }),
      { numRuns: 5_000 },
    );
  });
});

describe("nextLink", () => {
  it("is the same path with the upstream's query", () => {
    const link = nextLink({ path: "/v2/a/tags/list", query: "n=1" }, "n=1&last=b");
    assert.equal(link, '</v2/a/tags/list?n=1&last=b>; rel="next"');
  });

  it("keeps the namespace", () => {
    const by = { path: "/v2/a/tags/list", query: "n=1&ns=localhost%3A7000" };
    assert.equal(
      nextLink(by, "n=1&last=b"),
      '</v2/a/tags/list?n=1&last=b&ns=localhost%3A7000>; rel="next"',
    );
  });
});
