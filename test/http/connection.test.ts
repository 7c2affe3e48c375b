import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { describe, it } from "node:test";
import { TLSSocket } from "node:tls";
import { SYSTEM_CLOCK } from "../../src/action/machine.ts";
import { boundConnections } from "../../src/http/connection.ts";
import type { PullError } from "../../src/oci/failure.ts";
import { connect } from "../support/connect.ts";
import { AUTHORITY } from "../support/evil.ts";

/** A server that accepts connections and never answers. */
async function silent(): Promise<{
  port: number;
  accepted: () => number;
  stop: () => Promise<void>;
}> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => sockets.add(socket.on("error", () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    accepted: () => sockets.size,
    stop,
  };
}

describe("boundConnections", () => {
  it("ends a TLS handshake after ten seconds, in each of three attempts", async () => {
    const server = await silent();
    const deadlines: number[] = [];
    // Every deadline is a thousand times shorter.
    const after = (ms: number, run: () => void): (() => void) => {
      deadlines.push(ms);
      const timer = setTimeout(run, ms / 1_000);
      return () => clearTimeout(timer);
    };
    const resolve = (
      _host: string,
      _options: unknown,
      callback: (error: null, found: { address: string; family: number }[]) => void,
    ) => callback(null, [{ address: "127.0.0.1", family: 4 }]);
    try {
      const { client, http } = connect({ after, resolve });
      const image = { registry: `registry.test:${server.port}`, repository: "org/app" };
      await assert.rejects(client.manifest(image, "v1"), (error: PullError) => {
        assert.deepEqual([error.reason, error.status], ["no-answer", "unreachable"]);
        assert.match(error.found, /registry\.test:\d+: no TLS handshake within 10 s$/);
        return true;
      });
      assert.equal(server.accepted(), 3);
      assert.ok(deadlines.includes(10_000));
      http.close();
    } finally {
      await server.stop();
    }
  });

  it("resumes the TLS session of an earlier connection", async () => {
    const key = readFileSync(new URL("../support/tls/key.pem", import.meta.url));
    const cert = readFileSync(new URL("../support/tls/good.pem", import.meta.url));
    const server = createTlsServer({ key, cert }, (_, response) => response.end());
    const agent = new Agent();
    const ca = readFileSync(AUTHORITY);
    boundConnections(agent, SYSTEM_CLOCK);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const isReused = async (): Promise<boolean> => {
      // As a connection that is opened early: Node's agent remembers nothing of it.
      const socket = agent.createConnection({ host: "127.0.0.1", port, ca });
      assert.ok(socket instanceof TLSSocket);
      await once(socket, "secureConnect");
      const isReused = socket.isSessionReused();
      socket.end("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      await socket.toArray();
      return isReused;
    };
    try {
      assert.deepEqual([await isReused(), await isReused()], [false, true]);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
