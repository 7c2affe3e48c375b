import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isAllowedHost, isOwnAddress } from "../../src/serve/own-address.ts";

describe("isAllowedHost", () => {
  for (const host of [
    "127.0.0.1",
    "127.0.0.1:5000",
    "10.0.2.2:5000",
    "[::1]",
    "[::1]:5000",
    "localhost",
    "LOCALHOST:5000",
    "host.docker.internal:5000",
    "host.containers.internal:5000",
  ]) {
    it(`is true for ${host}`, () => assert.equal(isAllowedHost(host), true));
  }

  for (const host of [
    "",
    "example.com",
    "example.com:5000",
    "localhost.example.com",
    "localhost.",
    "a.localhost",
    "docker.internal",
    "127.0.0.1.example.com",
    "127.1",
    "0x7f.1",
    "2130706433",
    "::1",
    "127.0.0.1:port",
    "127.0.0.1:99999",
    "user@127.0.0.1",
    "127.0.0.1/path",
    "127.0.0.1, example.com",
    "127.0.0.1 ",
  ]) {
    it(`is false for ${JSON.stringify(host)}`, () => assert.equal(isAllowedHost(host), false));
  }
});

describe("isOwnAddress", () => {
  const own = { port: 5000, hosts: ["172.17.0.1", "fd00::1", "::ffff:172.18.0.1", ""] };
  for (const registry of [
    "127.0.0.1:5000",
    "127.9.9.9:5000",
    "127.1:5000",
    "2130706433:5000",
    "localhost:5000",
    "LocalHost:05000",
    "0.0.0.0:5000",
    "[::]:5000",
    "[::1]:5000",
    "[0:0::1]:5000",
    "[::ffff:127.0.0.1]:5000",
    "host.docker.internal:5000",
    "172.17.0.1:5000",
    "[fd00:0::1]:5000",
    "[::ffff:172.18.0.1]:5000",
  ]) {
    it(`is true for ${registry}`, () => assert.equal(isOwnAddress(registry, own), true));
  }

  for (const registry of [
    "127.0.0.1",
    "127.0.0.1:5001",
    "localhost",
    "172.17.0.2:5000",
    "ghcr.io",
    "ghcr.io:5000",
    "docker.io",
    "",
    ":5000",
    "127.0.0.1:5000/x",
  ]) {
    it(`is false for ${JSON.stringify(registry)}`, () =>
      assert.equal(isOwnAddress(registry, own), false));
  }

  it("takes port 80 when none is written", () =>
    assert.equal(isOwnAddress("localhost", { port: 80, hosts: [] }), true));
});
