import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connect } from "../support/connect.ts";
import { Registry } from "../support/registry.ts";

describe("whether everybody can read what a host has", () => {
  for (const [address, open] of [
    ["8.8.8.8", true],
    ["127.0.0.1", true],
    ["::1", true],
    ["10.0.0.1", false],
    ["192.168.1.1", false],
    ["fd12::1", false],
    ["169.254.169.254", false],
  ] as const) {
    it(`is ${open} for ${address}`, () => {
      const host = address.includes(":") ? `[${address}]` : address;
      assert.equal(connect().http.isOpen(new URL(`https://${host}/`)), open);
    });
  }

  it("is not known of a name before it was looked up, and then what its address says", async () => {
    const registry = await Registry.start();
    try {
      const { http } = connect({ resolve: (_host, _options, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]) });
      const url = new URL(`http://localhost:${registry.host.split(":")[1]}/v2/`);
      assert.equal(http.isOpen(url), false);
      await http.exchange({ method: "GET", url, headers: {}, limit: 1024, namedBy: "user" });
      assert.equal(http.isOpen(url), true);
    } finally {
      await registry.stop();
    }
  });
});
