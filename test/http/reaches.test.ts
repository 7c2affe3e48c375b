import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { NamedBy } from "../../src/http/address.ts";
import { type Address, Reaches } from "../../src/http/reaches.ts";

const URL_OF = (host: string): URL => new URL(`https://${host}/`);

/** Hosts that resolve to these addresses. */
function reaches(...addresses: readonly string[]): Reaches {
  const found = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  return new Reaches((_host, _options, callback) => callback(null, found), new Set());
}

/** Looks a host up as a connection does; resolves to its addresses. */
function lookUp(
  known: Reaches,
  url: URL,
  namedBy: NamedBy = "user",
  all = true,
): Promise<string | readonly Address[]> {
  return new Promise((resolve, reject) => {
    known.lookup(url, namedBy)(url.hostname, { all }, (error, found) => {
      if (error) reject(error);
      else resolve(found);
    });
  });
}

describe("Reaches", () => {
  for (const [host, reach, isOpen] of [
    ["8.8.8.8", "public", true],
    ["127.0.0.1", "loopback", true],
    ["[::1]", "loopback", true],
    ["10.0.0.1", "private", false],
    ["192.168.1.1", "private", false],
    ["[fd12::1]", "private", false],
    ["169.254.169.254", "forbidden", false],
  ] as const) {
    it(`knows that ${host} is ${reach} and ${isOpen ? "open" : "not open"}`, () => {
      const known = reaches();
      assert.deepEqual([known.of(URL_OF(host)), known.isOpen(URL_OF(host))], [reach, isOpen]);
    });
  }

  for (const [addresses, reach, isOpen] of [
    [["127.0.0.1"], "loopback", true],
    [["8.8.8.8", "2606:4700::1111"], "public", true],
    [["10.0.0.1"], "private", false],
    [["10.0.0.1", "8.8.8.8"], "public", false],
    [["127.0.0.1", "10.0.0.1"], "private", false],
    [["127.0.0.1", "8.8.8.8"], "public", true],
  ] as const) {
    const found = `${reach} and ${isOpen ? "open" : "not open"}`;
    it(`knows after a lookup that ${addresses.join(" with ")} is ${found}`, async () => {
      const known = reaches(...addresses);
      const url = URL_OF("registry.example");
      assert.deepEqual([known.of(url), known.isOpen(url)], ["public", false], "before the lookup");
      await lookUp(known, url);
      assert.deepEqual([known.of(url), known.isOpen(url)], [reach, isOpen]);
    });
  }

  it("returns all addresses or the first one, as the connection asks", async () => {
    const known = reaches("8.8.8.8", "2606:4700::1111");
    const url = URL_OF("registry.example");
    assert.equal(await lookUp(known, url, "user", false), "8.8.8.8");
    assert.deepEqual(await lookUp(known, url), [
      { address: "8.8.8.8", family: 4 },
      { address: "2606:4700::1111", family: 6 },
    ]);
  });

  for (const [name, addresses, namedBy] of [
    ["one address of several that is too near", ["8.8.8.8", "10.0.0.1"], "public"],
    ["an address that is forbidden to all", ["169.254.169.254"], "user"],
  ] as const) {
    it(`refuses ${name}, and remembers nothing`, async () => {
      const known = reaches(...addresses);
      const url = URL_OF("registry.example");
      await assert.rejects(lookUp(known, url, namedBy), { reason: "address-refused" });
      assert.equal(known.isOpen(url), false);
    });
  }

  it("asks once for all connections that wait for the same host, and anew later", async () => {
    const asked: string[] = [];
    const answers: (() => void)[] = [];
    const known = new Reaches((host, _options, callback) => {
      asked.push(host);
      answers.push(() => callback(null, [{ address: "8.8.8.8", family: 4 }]));
    }, new Set());
    const one = URL_OF("one.test");
    const both = [lookUp(known, one), lookUp(known, one), lookUp(known, URL_OF("other.test"))];
    for (const answer of answers) answer();
    for (const found of await Promise.all(both)) assert.equal(found.length, 1);
    const later = lookUp(known, one);
    answers.at(-1)?.();
    await later;
    assert.deepEqual(asked, ["one.test", "other.test", "one.test"]);
  });

  it("keeps a host as far as its earlier lookups found it", async () => {
    const answers = [["8.8.8.8"], ["10.0.0.1"]].values();
    const known = new Reaches((_host, _options, callback) => {
      const found: readonly string[] = answers.next().value ?? [];
      callback(
        null,
        found.map((address) => ({ address, family: 4 })),
      );
    }, new Set());
    const url = URL_OF("registry.example");
    await lookUp(known, url);
    await lookUp(known, url);
    assert.deepEqual([known.of(url), known.isOpen(url)], ["public", false]);
  });

  it("refuses plain HTTP to a loopback name that resolves to another machine", async () => {
    const url = new URL("http://registry.localhost:5000/");
    await assert.rejects(lookUp(reaches("8.8.8.8"), url), { reason: "address-refused" });
  });

  it("fails as the lookup does, and when a host has no address", async () => {
    const url = URL_OF("registry.example");
    await assert.rejects(lookUp(reaches(), url), /no address for registry\.example/);
    const failing = new Reaches(
      (_host, _options, callback) => callback(new Error("ENOTFOUND"), []),
      new Set(),
    );
    await assert.rejects(lookUp(failing, url), /ENOTFOUND/);
  });
});
