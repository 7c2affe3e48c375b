import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { clientName } from "../../src/serve/client-name.ts";

describe("clientName", () => {
  for (const [header, expected] of [
    [
      "docker/28.5.2+dfsg4 go/go1.24.4 kernel/6.1 os/linux arch/amd64 UpstreamClient(Docker-Client/28.5.2 \\(linux\\))",
      "docker 28.5.2",
    ],
    ["containerd/v2.1.4", "containerd 2.1.4"],
    ["buildkit/v0.25", "buildkit 0.25"],
    ["containers/5.23.1 (github.com/containers/image)", "containers/image 5.23.1"],
    ["skopeo/1.9.3", "skopeo 1.9.3"],
    ["crane/0.20.6 go-containerregistry", "crane 0.20.6"],
    ["curl/8.14.1", "curl 8.14.1"],
    ["oras", "oras"],
    ["", ""],
    ["(comment)", ""],
    ["::error::x/1", ""],
    [`a${"b".repeat(100)}/1`, `a${"b".repeat(31)}`],
    ["constructor/1", "constructor 1"],
  ] as const) {
    it(`reads ${JSON.stringify(header)}`, () => assert.equal(clientName(header), expected));
  }

  it("returns at most 64 harmless characters for any header", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (header) => {
        assert.match(clientName(header), /^[A-Za-z0-9._/ -]{0,64}$/);
      }),
    );
  });
});
