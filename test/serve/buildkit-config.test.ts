import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { buildkitdConfig } from "../../src/serve/buildkit-config.ts";

describe("buildkitdConfig", () => {
  it("makes the job's registry a mirror of known and named registries, without TLS", () => {
    const text = buildkitdConfig("172.17.0.1:41234", ["ghcr.io", "localhost:5000"]);
    assert.ok(text.startsWith('[registry."172.17.0.1:41234"]\n  http = true\n'), text);
    for (const registry of ["docker.io", "ghcr.io", "localhost:5000"]) {
      const table = `[registry."${registry}"]\n  mirrors = ["172.17.0.1:41234"]\n`;
      assert.equal(text.split(table).length, 2, `${table} once in ${text}`);
    }
  });

  it("does not make the job's registry a mirror of itself", () => {
    const text = buildkitdConfig("127.0.0.1:41234", ["127.0.0.1:41234"]);
    assert.equal(text.split('[registry."127.0.0.1:41234"]').length, 2, text);
  });
});
