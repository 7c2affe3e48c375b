import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { registryOrigin } from "../../src/registry/origin.ts";

describe("registryOrigin", () => {
  const insecure = new Set(["registry.lan:5000"]);
  for (const [registry, origin] of [
    ["docker.io", "https://registry-1.docker.io"],
    ["ghcr.io", "https://ghcr.io"],
    ["localhost:5000", "http://localhost:5000"],
    ["localhost", "http://localhost"],
    ["reg.localhost:80", "http://reg.localhost"],
    ["127.0.0.1:5000", "http://127.0.0.1:5000"],
    ["[::1]:5000", "http://[::1]:5000"],
    ["localhost:443", "https://localhost"],
    ["registry.lan:5000", "http://registry.lan:5000"],
    ["registry.lan:5001", "https://registry.lan:5001"],
    ["10.2.3.4:5000", "https://10.2.3.4:5000"],
    ["127.0.0.1.evil.com", "https://127.0.0.1.evil.com"],
    ["my127.0.0.1registry.io", "https://my127.0.0.1registry.io"],
    ["foo.svc.local", "https://foo.svc.local"],
  ] as const) {
    it(`of ${registry} is ${origin}`, () =>
      assert.equal(registryOrigin(registry, insecure).origin, origin));
  }
});
