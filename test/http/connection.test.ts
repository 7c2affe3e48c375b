import assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import { describe, it } from "node:test";
import type { PullError } from "../../src/oci/failure.ts";
import { connect } from "../support/connect.ts";

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
});
