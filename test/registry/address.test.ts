import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { checkReach, literalAddress, mayReceiveCredentials, reachOf, registryOrigin } from "../../src/registry/address.ts";

describe("reachOf", () => {
  for (const [reach, addresses] of [
    ["public", ["8.8.8.8", "2606:4700::1111", "172.32.0.1", "100.128.0.1", "::ffff:8.8.8.8", "64:ff9b::808:808"]],
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
    ["loopback", ["2002:7f00::", "64:ff9b:1::7f00:1", "127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"]],
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
    for (const address of addresses) it(`of ${address} is ${reach}`, () => assert.equal(reachOf(address), reach));
  }

  it("sees an IPv4 address through every way to write it as IPv6", () => {
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
  // who names it: public, private, loopback registry, user
  for (const [address, allowed] of [
    ["8.8.8.8", [true, true, true, true]],
    ["10.0.0.1", [false, true, true, true]],
    ["127.0.0.1", [false, false, true, true]],
    ["169.254.169.254", [false, false, false, false]],
    ["0.0.0.0", [false, false, false, false]],
  ] as const) {
    (["public", "private", "loopback", "user"] as const).forEach((namedBy, at) => {
      it(`${allowed[at] ? "takes" : "refuses"} ${address} named by ${namedBy}`, () => {
        const check = (): void => checkReach(address, "host.example", namedBy);
        if (allowed[at]) check();
        else assert.throws(check, /address refused: host.example \(/);
      });
    });
  }
});

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
    it(`of ${registry} is ${origin}`, () => assert.equal(registryOrigin(registry, insecure).origin, origin));
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

describe("mayReceiveCredentials", () => {
  for (const [registry, realm, trusted, expected] of [
    ["https://ghcr.io", "https://ghcr.io/token", [], true],
    ["https://registry-1.docker.io", "https://auth.docker.io/token", [], true],
    ["https://lscr.io", "https://ghcr.io/token", [], true],
    ["https://rg.fr-par.scw.cloud", "https://api.scaleway.com/registry/token", [], true],
    ["https://registry.gitlab.com", "https://gitlab.com/jwt/auth", [], true],
    ["https://registry.example.co.uk", "https://auth.example.co.uk", [], true],
    ["https://registry.example.co.uk", "https://other.co.uk", [], false],
    ["https://mine.github.io", "https://theirs.github.io", [], false],
    ["https://ghcr.io", "https://ghrc.io/token", [], false],
    ["https://ghcr.io", "https://ghcr.io.evil.example/token", [], false],
    ["https://evil-ghcr.io", "https://ghcr.io/token", [], false],
    ["https://registry.example.com", "https://registry.example.com:8443/token", [], true],
    ["https://registry.example.com", "https://tokens.example.net/t", ["tokens.example.net"], true],
    ["https://registry.example.com", "https://tokens.example.net:444/t", ["tokens.example.net:443"], false],
    ["http://127.0.0.1:5000", "http://127.0.0.1:5001/token", [], false],
    ["http://127.0.0.1:5000", "http://127.0.0.1:5001/token", ["127.0.0.1:5001"], true],
    ["http://127.0.0.1:5000", "http://127.0.0.1:5000/token", [], true],
    ["http://localhost:5000", "http://localhost:5001/token", [], false],
    ["https://10.0.0.1", "https://10.0.0.1:444/token", [], false],
  ] as const) {
    it(`${realm} ${expected ? "may" : "may not"} have those of ${registry}${trusted.length ? `, trusting ${trusted}` : ""}`, async () => {
      assert.equal(await mayReceiveCredentials(new URL(realm), new URL(registry), new Set(trusted)), expected);
    });
  }
});
