import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { afterEach, beforeEach, describe, it, mock } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Hops } from "../../src/http/hops.ts";
import type { Resolve } from "../../src/http/reaches.ts";
import { AUTHORITY, EvilServer } from "../support/evil.ts";
import { PassingClock } from "../support/passing-clock.ts";

const NAME = "registry.example";
const at =
  (address: string): Resolve =>
  (_host, _options, callback) =>
    callback(null, [{ address, family: 4 }]);

describe("Hops", () => {
  let server: EvilServer;
  let hops: Hops | undefined;
  beforeEach(async () => {
    server = await EvilServer.start({ tls: "good" });
    server.on(/./, (_, wire) => wire.answer(200));
  });
  afterEach(async () => {
    hops?.connections.close();
    await server.stop();
  });

  const url = (host = NAME): URL => new URL(`https://${host}:${server.port}/v2/`);

  /** Hops that trust the authority of the tests or, without it, only those of Node. */
  function open(resolve: Resolve, options: { readonly trusts: boolean }): Hops {
    const made = new Hops({ clock: new PassingClock(), resolve, insecureRegistries: new Set() });
    hops = made;
    const agent = made.connections.agent(url(), "user");
    if (options.trusts) {
      assert.ok(agent instanceof Agent);
      agent.options.ca = readFileSync(AUTHORITY);
    }
    return made;
  }

  async function send(from: Hops): Promise<number | undefined> {
    const signal = new AbortController().signal;
    const hop = { method: "GET", url: url(), headers: {}, namedBy: "user", signal } as const;
    const answer = await from.send(hop);
    await answer.resume().toArray();
    return answer.statusCode;
  }

  it("sends requests over the connections that were opened early", async () => {
    const from = open(at("127.0.0.1"), { trusts: true });
    from.openEarly(url(), 3);
    while (server.connections < 3) await nextTurn();
    const statuses = await Promise.all([send(from), send(from), send(from)]);
    assert.deepEqual(statuses, [200, 200, 200]);
    assert.equal(server.connections, 3);
  });

  it("counts those that were opened before", async () => {
    const from = open(at("127.0.0.1"), { trusts: true });
    for (const count of [1, 3, 2]) from.openEarly(url(), count);
    while (server.connections < 3) await nextTurn();
    await Promise.all([send(from), send(from), send(from)]);
    assert.equal(server.connections, 3);
  });

  it("fails with the words of the certificate when that is wrong, early or not", async () => {
    const from = open(at("127.0.0.1"), { trusts: false });
    from.openEarly(url(), 1);
    await assert.rejects(send(from), { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
    await assert.rejects(send(from), { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
    assert.equal(server.seen.length, 0);
  });

  for (const { what, host, address } of [
    { what: "a name for a metadata service", host: NAME, address: "169.254.169.254" },
    { what: "a metadata service by its address", host: "169.254.169.254", address: "127.0.0.1" },
    { what: "a name for no address", host: NAME, address: "0.0.0.0" },
  ]) {
    it(`opens no connection to ${what}`, async () => {
      const asked: string[] = [];
      const from = open(
        (name, options, callback) => {
          asked.push(name);
          at(address)(name, options, callback);
        },
        { trusts: true },
      );
      const connecting = mock.method(from.connections, "openEarly");
      from.openEarly(url(host), 2);
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(server.connections, 0);
      assert.deepEqual([...new Set(asked)], host === NAME ? [NAME] : []);
      // Only DNS shows what a name is for.
      assert.equal(connecting.mock.callCount(), host === NAME ? 2 : 0);
    });
  }

  it("opens no connection for plain HTTP", async () => {
    const from = open(at("127.0.0.1"), { trusts: true });
    from.openEarly(new URL(`http://127.0.0.1:${server.port}/`), 2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(server.connections, 0);
  });

  it("opens no connection past a proxy, nor to it", async () => {
    const proxy = await EvilServer.start();
    process.env["https_proxy"] = proxy.url;
    try {
      const from = open(at("127.0.0.1"), { trusts: false });
      from.openEarly(url(), 2);
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.deepEqual([server.connections, proxy.connections], [0, 0]);
    } finally {
      delete process.env["https_proxy"];
      await proxy.stop();
    }
  });
});
