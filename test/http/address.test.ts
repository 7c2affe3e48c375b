import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  checkPlainHttp,
  checkReach,
  farther,
  farthest,
  isLoopbackHost,
  literalAddress,
  reachOf,
} from "../../src/http/address.ts";

describe("reachOf", () => {
  for (const [reach, addresses] of [
    [
      "public",
      [
        "8.8.8.8",
        "2606:4700::1111",
        "172.32.0.1",
        "100.128.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
      ],
    ],
    [
      "private",
      [
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "100.64.0.1",
        "198.18.0.1",
        "fc00::1",
        "fd12::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::1",
      ],
    ],
    [
      "loopback",
      [
        "2002:7f00::",
        "64:ff9b:1::7f00:1",
        "127.0.0.1",
        "127.255.255.254",
        "::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
      ],
    ],
    [
      "forbidden",
      [
        "169.254.169.254",
        "169.254.0.1",
        "0.0.0.0",
        "0.1.2.3",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "ff02::1",
        "224.0.0.1",
        "255.255.255.255",
        "168.63.129.16",
        "100.100.100.200",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd00:ec2::253",
        "fd20:ce::254",
        "fd00:c1::a9fe:a9fe",
        "fd00:42::42",
        "fd00:a9fe:a9fe::1",
        "fd00:100::100:200",
        "192.0.0.192",
        "::ffff:192.0.0.192",
        "::ffff:a9fe:a9fe",
        "64:ff9b::a9fe:a9fe",
        "2002::",
        "2002:a9fe:a9fe::1",
      ],
    ],
  ] as const) {
    for (const address of addresses)
      it(`of ${address} is ${reach}`, () => assert.equal(reachOf(address), reach));
  }

  it("of an IPv6 address is that of the IPv4 address in it", () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
        const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
        for (const written of [`::ffff:${address}`, `::ffff:${hex}`, `64:ff9b::${hex}`])
          assert.equal(reachOf(written), reachOf(address), written);
      }),
    );
  });
});

describe("checkReach", () => {
  // Named by: a public, a private, a loopback registry, the user.
  for (const [address, allowed] of [
    ["8.8.8.8", [true, true, true, true]],
    ["10.0.0.1", [false, true, true, true]],
    ["127.0.0.1", [false, false, true, true]],
    ["169.254.169.254", [false, false, false, false]],
    ["0.0.0.0", [false, false, false, false]],
  ] as const) {
    (["public", "private", "loopback", "user"] as const).forEach((namedBy, at) => {
      it(`${allowed[at] ? "allows" : "refuses"} ${address} named by ${namedBy}`, () => {
        const check = (): void => checkReach(address, "host.example", namedBy);
        if (allowed[at]) check();
        else assert.throws(check, /address refused: host.example \(/);
      });
    });
  }
});

describe("literalAddress", () => {
  for (const [url, address] of [
    ["http://127.0.0.1/", "127.0.0.1"],
    ["http://0x7f.1/", "127.0.0.1"],
    ["http://2130706433/", "127.0.0.1"],
    ["http://[::ffff:a9fe:a9fe]/", "::ffff:a9fe:a9fe"],
    ["http://ghcr.io/", undefined],
  ] as const) {
    it(`of ${url} is ${address}`, () => assert.equal(literalAddress(new URL(url)), address));
  }
});

describe("farthest", () => {
  for (const [one, other, expected] of [
    ["public", "private", "public"],
    ["loopback", "private", "private"],
    ["loopback", "loopback", "loopback"],
    ["forbidden", "loopback", "loopback"],
  ] as const) {
    it(`of ${one} and ${other} is ${expected}`, () => {
      assert.equal(farthest(one, other), expected);
      assert.equal(farthest(other, one), expected);
      assert.equal(farther(one, other), expected);
    });
  }

  it("is what a registry names when the user named the registry", () => {
    assert.equal(farther("user", "loopback"), "loopback");
  });
});

describe("isLoopbackHost", () => {
  for (const [host, expected] of [
    ["localhost", true],
    ["localhost:5000", true],
    ["LOCALHOST", true],
    ["registry.localhost", true],
    ["127.0.0.1", true],
    ["127.8.8.8", true],
    ["[::1]", true],
    ["[::ffff:7f00:1]", true],
    ["localhost.example", false],
    ["mylocalhost", false],
    ["127.0.0.1.example", false],
    ["10.0.0.1", false],
    ["[::2]", false],
  ] as const) {
    it(`of ${host} is ${expected}`, () => {
      assert.equal(isLoopbackHost(new URL(`http://${host}/`)), expected);
    });
  }
});

describe("checkPlainHttp", () => {
  for (const [url, address, insecure, isAllowed] of [
    ["http://localhost:5000", "127.0.0.1", [], true],
    ["http://localhost:5000", "::1", [], true],
    ["http://localhost:5000", "10.0.0.1", [], false],
    ["http://localhost:5000", undefined, [], false],
    ["http://localhost:5000", "10.0.0.1", ["localhost:5000"], true],
    ["http://localhost:5000", undefined, ["localhost:5000"], true],
    ["http://localhost:5000", "10.0.0.1", ["localhost"], false],
    ["http://localhost", "10.0.0.1", ["localhost"], true],
    ["http://localhost", "10.0.0.1", ["localhost:80"], true],
    ["https://localhost", "10.0.0.1", [], true],
    // Other hosts use plain HTTP only when the user lists them.
    ["http://registry.example", "8.8.8.8", [], true],
  ] as const) {
    const where = address ?? "an unknown address";
    const listed = insecure.length === 0 ? "" : `, with ${insecure} in insecure-registries`;
    it(`${isAllowed ? "allows" : "refuses"} ${url} at ${where}${listed}`, () => {
      const check = (): void => checkPlainHttp(new URL(url), address, new Set(insecure));
      if (isAllowed) check();
      else assert.throws(check, { reason: "address-refused", message: /insecure-registries/ });
    });
  }
});
