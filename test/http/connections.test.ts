import assert from "node:assert/strict";
import { createServer, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { AddressInfo } from "node:net";
import { after, describe, it } from "node:test";
import { SYSTEM_CLOCK } from "../../src/action/machine.ts";
import { Connections, oneHop } from "../../src/http/connections.ts";
import { connect } from "../support/connect.ts";
import { EvilServer } from "../support/evil.ts";

const made: Connections[] = [];
after(() => {
  for (const connections of made) connections.close();
});

function open(...insecure: readonly string[]): Connections {
  const connections = new Connections(SYSTEM_CLOCK, new Set(insecure));
  made.push(connections);
  return connections;
}

/** Runs `work` with a variable in the environment of this process, as runners set proxies. */
async function withVariable<T>(
  name: string,
  value: string,
  work: () => Promise<T> | T,
): Promise<T> {
  process.env[name] = value;
  try {
    return await work();
  } finally {
    delete process.env[name];
  }
}

describe("Connections", () => {
  it("has one agent per origin and group", () => {
    const connections = open();
    const one = connections.agent(new URL("https://a.example/x"), "user");
    assert.equal(connections.agent(new URL("https://a.example/y"), "user"), one);
    for (const [url, group] of [
      ["https://a.example/x", "public"],
      ["https://a.example:444/x", "user"],
      ["https://b.example/x", "user"],
    ] as const) {
      assert.notEqual(connections.agent(new URL(url), group), one, `${url} ${group}`);
    }
  });

  for (const [url, type] of [
    ["http://a.example/", HttpAgent],
    ["https://a.example/", HttpsAgent],
  ] as const) {
    it(`checks certificates and keeps connections alive for ${url}`, () => {
      const agent: HttpAgent & { options?: object } = open().agent(new URL(url), "user");
      assert.ok(agent instanceof type);
      const { rejectUnauthorized, keepAlive } = { ...agent.options } as Record<string, unknown>;
      assert.deepEqual([rejectUnauthorized, keepAlive], [true, true]);
    });
  }

  it("refuses to send plain HTTP for a loopback name through a proxy, unless it is listed", () =>
    withVariable("http_proxy", "http://127.0.0.1:9", () => {
      const url = new URL("http://registry.localhost:5000/");
      assert.throws(() => open().agent(url, "user"), { reason: "address-refused" });
      open("registry.localhost:5000").agent(url, "user");
    }));

  it("connects through the runner's proxy, and shows no password of it", async () => {
    const requested: string[] = [];
    const proxy = createServer().listen(0, "127.0.0.1");
    proxy.on("connect", (request, socket) => {
      requested.push(request.url ?? "");
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
    await new Promise((resolve) => proxy.once("listening", resolve));
    const { port } = proxy.address() as AddressInfo;
    const url = new URL("https://registry.example/v2/");
    const get = { method: "GET", url, headers: {}, limit: 1, namedBy: "user" } as const;
    try {
      await withVariable("https_proxy", `http://user:proxy-password@127.0.0.1:${port}`, () =>
        assert.rejects(
          connect().http.send(get),
          ({ message }: Error) => !message.includes("proxy-password"),
        ),
      );
      assert.equal(requested[0], "registry.example:443");
    } finally {
      proxy.close();
    }
  });

  it("closes idle connections beyond a number, and the rest with close", async () => {
    const server = await EvilServer.start();
    try {
      // All requests are answered together, so that each has its own connection.
      server.on(/./, async (_, wire) => {
        while (server.seen.length < 4) await wire.pause(1);
        await wire.answer(200);
      });
      const connections = open();
      const agent = connections.agent(new URL(server.url), "user");
      const request = async (): Promise<void> => {
        const client = oneHop({ agent });
        await (await client.get(server.url)).readBody();
      };
      await Promise.all([request(), request(), request(), request()]);
      const idle = (): number =>
        Object.values(agent.freeSockets).flatMap((sockets) =>
          (sockets ?? []).filter(({ destroyed }) => !destroyed),
        ).length;
      while (idle() < 4) await SYSTEM_CLOCK.sleep(1, new AbortController().signal);
      connections.trim(2);
      assert.equal(idle(), 2);
      connections.close();
      assert.equal(idle(), 0);
    } finally {
      await server.stop();
    }
  });
});

describe("oneHop", () => {
  it("returns a redirect, a refusal and an overload as they are", async () => {
    const server = await EvilServer.start();
    try {
      for (const status of [307, 401, 503]) {
        server.on(/./, (_, wire) => wire.answer(status, { Location: "/elsewhere" }));
        const { message } = await oneHop({}).get(server.url);
        message.resume();
        assert.equal(message.statusCode, status);
      }
      assert.equal(server.seen.length, 3);
    } finally {
      await server.stop();
    }
  });
});
