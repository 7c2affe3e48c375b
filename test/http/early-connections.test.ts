import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { Agent } from "node:http";
import { Socket } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { EarlyConnections } from "../../src/http/early-connections.ts";
import { EvilServer } from "../support/evil.ts";
import { PassingClock } from "../support/passing-clock.ts";

describe("EarlyConnections", () => {
  let server: EvilServer;
  let clock: PassingClock;
  let agent: Agent;
  let early: EarlyConnections;
  beforeEach(async () => {
    server = await EvilServer.start();
    clock = new PassingClock();
    agent = new Agent();
    early = new EarlyConnections(agent, clock);
  });
  afterEach(async () => {
    early.close();
    await server.stop();
  });

  const place = () => ({ host: "127.0.0.1", port: server.port });
  /** The connection that a request gets. */
  const taken = (): Socket => {
    const socket = agent.createConnection(place());
    assert.ok(socket instanceof Socket);
    return socket.on("error", () => undefined);
  };
  const connected = async (count: number): Promise<void> => {
    while (server.connections < count) await nextTurn();
  };

  it("gives each connection to one request, and lets further requests open their own", async () => {
    early.open(place());
    early.open(place());
    await connected(2);
    const [one, two, three] = [taken(), taken(), taken()];
    assert.equal(new Set([one, two, three]).size, 3);
    await connected(3);
    for (const socket of [one, two, three]) socket.destroy();
    assert.equal(server.connections, 3);
  });

  it("gives away a connection that is not open yet", async () => {
    early.open(place());
    const socket = taken();
    assert.equal(socket.connecting, true);
    await connected(1);
    socket.destroy();
    assert.equal(server.connections, 1);
  });

  it("forgets a connection that failed, without an error", async () => {
    const { port } = server;
    await server.stop();
    early.open({ host: "127.0.0.1", port });
    await new Promise((resolve) => setTimeout(resolve, 20));
    server = await EvilServer.start();
    const socket = taken();
    await connected(1);
    socket.destroy();
  });

  it("closes a connection that is unused for ten seconds, and none that a request has", async () => {
    early.open(place());
    early.open(place());
    await connected(2);
    const used = taken();
    clock.pass(9_999);
    const later = taken();
    assert.deepEqual([used.destroyed, later.destroyed], [false, false]);
    early.open(place());
    await connected(3);
    clock.pass(10_000);
    assert.deepEqual([used.destroyed, later.destroyed], [false, false]);
    const fresh = taken();
    await connected(4);
    for (const socket of [used, later, fresh]) socket.destroy();
  });

  it("closes unused connections with close", async () => {
    early.open(place());
    await connected(1);
    early.close();
    const socket = taken();
    await connected(2);
    socket.destroy();
  });

  it("keeps no process alive", () => {
    const path = join(import.meta.dirname, "../../src/http/early-connections.ts");
    const script = `
      import { Agent } from "node:http";
      import { createServer } from "node:net";
      import { EarlyConnections } from ${JSON.stringify(path)};
      const server = createServer().listen(0, "127.0.0.1", () => {
        const early = new EarlyConnections(new Agent(), { after: () => () => undefined });
        early.open({ host: "127.0.0.1", port: server.address().port });
        server.once("connection", () => console.log("connected"));
        server.unref();
        setTimeout(() => undefined, 200);
      });
      server.on("connection", (socket) => socket.unref());`;
    const flags = ["--input-type=module", "--eval", script];
    const { stdout, signal } = spawnSync(process.execPath, flags, { timeout: 20_000 });
    assert.deepEqual([String(stdout), signal], ["connected\n", null]);
  });
});
