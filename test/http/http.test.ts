import assert from "node:assert/strict";
import { createServer } from "node:net";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { HttpAnswer, HttpRequest } from "../../src/http/http.ts";
import { USER_AGENT } from "../../src/http/user-agent.ts";
import { PullError } from "../../src/oci/failure.ts";
import { type Connection, connect } from "../support/connect.ts";
import { EvilServer, type Script, type Wire } from "../support/evil.ts";

const answers =
  (status: number, headers: Readonly<Record<string, string>> = {}): Script =>
  (_, wire) =>
    wire.answer(status, headers, "the body");

/** A body of 100 stated or unstated bytes, of which 50 are sent. */
const cuts =
  (headers: Readonly<Record<string, string>>): Script =>
  async (_, wire) => {
    await wire.answer(200, headers, "x".repeat(50));
    await wire.pause(5);
    wire.reset();
  };

describe("Http", () => {
  let server: EvilServer;
  beforeEach(async () => {
    server = await EvilServer.start();
  });
  afterEach(() => server.stop());

  function send(connection: Connection, more: Partial<HttpRequest> = {}): Promise<HttpAnswer> {
    const url = more.url ?? new URL(server.url);
    const get = { method: "GET", url, headers: {}, limit: 1_000, namedBy: "user" } as const;
    return connection.http.send({ ...get, ...more });
  }

  for (const [status, requests] of [
    [200, 1],
    [302, 1],
    [401, 1],
    [404, 1],
    [501, 1],
    [408, 5],
    [429, 5],
    [500, 5],
    [503, 5],
  ] as const) {
    it(`returns an answer of ${status} after ${requests} of 5 attempts`, async () => {
      server.on(/./, answers(status));
      const answer = await send(connect());
      assert.deepEqual([answer.status, String(answer.body)], [status, "the body"]);
      assert.equal(server.seen.length, requests);
    });
  }

  it("sends method, headers and body, and asks for no encoding", async () => {
    server.on(/./, answers(200));
    await send(connect(), { method: "POST", headers: { "x-a": "b" }, body: "a=b" });
    const [request] = server.seen;
    assert.deepEqual([request?.method, request?.body], ["POST", "a=b"]);
    assert.equal(request?.headers.get("x-a"), "b");
    assert.equal(request?.headers.get("accept-encoding"), "identity");
    assert.equal(request?.headers.get("user-agent"), USER_AGENT);
  });

  it("retries after growing delays, and logs each", async () => {
    server.on(/./, answers(503), answers(503), answers(503), answers(200));
    const connection = connect();
    assert.equal((await send(connection)).status, 200);
    assert.deepEqual(connection.slept, [500, 1_000, 2_000]);
    assert.match(connection.said.join("\n"), /answered 503; retrying in 0\.5 s/);
  });

  it("waits as long as Retry-After asks, up to a minute", async () => {
    const busy = answers(429, { "Retry-After": "60" });
    server.on(/./, busy, busy, answers(429, { "Retry-After": "61" }));
    const connection = connect();
    assert.equal((await send(connection)).status, 429);
    assert.deepEqual(connection.slept, [60_000, 60_000]);
  });

  it("sends a request at most as often as it allows", async () => {
    server.on(/./, answers(503));
    await send(connect(), { attempts: 2 });
    assert.equal(server.seen.length, 2);
  });

  it("retries an answer that was cut, with and without Content-Length", async () => {
    server.on(
      /./,
      cuts({ "Content-Length": "100" }),
      cuts({ "Transfer-Encoding": "chunked" }),
      answers(200),
    );
    assert.equal((await send(connect())).status, 200);
    assert.equal(server.seen.length, 3);
  });

  it("does not retry a cut that a sink received", async () => {
    server.on(/./, cuts({ "Content-Length": "100" }));
    const sink = { begin: async () => true, write: () => true };
    await assert.rejects(send(connect(), { sink }), { reason: "answer-cut" });
    assert.equal(server.seen.length, 1);
  });

  it("refuses an encoded answer at once", async () => {
    server.on(/./, answers(200, { "Content-Encoding": "gzip" }));
    await assert.rejects(
      send(connect()),
      /encoding refused: asked for no Content-Encoding, got gzip/,
    );
    assert.equal(server.seen.length, 1);
  });

  it("fails after three attempts when nothing listens", async () => {
    const url = new URL(server.url);
    await server.stop();
    const connection = connect();
    await assert.rejects(send(connection, { url }), {
      status: "unreachable",
      message: /gave no answer: .*ECONNREFUSED/,
    });
    assert.equal(connection.slept.length, 2);
    server = await EvilServer.start();
  });

  it("fails at once for a host that does not exist", async () => {
    const url = new URL("https://no-such-registry.invalid/");
    const connection = connect({
      resolve: (host, _options, callback) =>
        callback(Object.assign(new Error(`ENOTFOUND ${host}`), { code: "ENOTFOUND" }), []),
    });
    await assert.rejects(send(connection, { url }), {
      status: "unreachable",
      message: /no-such-registry\.invalid gave no answer: ENOTFOUND/,
    });
    assert.deepEqual(connection.slept, []);
  });

  it("fails at once when TLS meets plain HTTP, and names the input that allows it", async () => {
    const plain = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
    const address = plain.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      const url = new URL(`https://127.0.0.1:${port}/`);
      await assert.rejects(send(connect(), { url }), {
        reason: "plain-http",
        message: /insecure-registries/,
      });
    } finally {
      plain.close();
    }
  });

  it("ends with the signal's reason, and sends nothing after it", async () => {
    server.on(/./, async () => undefined);
    const connection = connect();
    const pending = send(connection);
    const reason = new PullError("timeout", "the step's timeout of 1 s has passed");
    setTimeout(() => connection.stop.abort(reason), 50);
    await assert.rejects(pending, reason);
    await assert.rejects(send(connection), reason);
    assert.equal(server.seen.length, 1);
  });

  it("ends what is under way when it is closed, and retries nothing", async () => {
    server.on(/./, async () => undefined);
    const connection = connect();
    const pending = send(connection);
    setTimeout(() => connection.http.close(), 50);
    await assert.rejects(pending, /its connection was closed/);
    assert.deepEqual([server.seen.length, connection.slept], [1, []]);
  });

  it("returns the last answer when the signal aborts before the next attempt", async () => {
    server.on(/./, answers(429, { "Retry-After": "60" }));
    const connection = connect({
      onSleep: () => connection.stop.abort(new PullError("timeout", "time is up")),
    });
    assert.equal((await send(connection)).status, 429);
  });

  /** The most requests that are open at a time, of a hundred; waits until so many are. */
  async function mostAtOnce(
    expected: number,
    connection: Connection,
    more: Partial<HttpRequest>,
  ): Promise<number> {
    let open = 0;
    let most = 0;
    server.on(/./, async (_, wire) => {
      open++;
      most = Math.max(most, open);
      while (most < expected) await wire.pause(1);
      await wire.pause(5);
      open--;
      await wire.answer(200);
    });
    await Promise.all(Array.from({ length: 100 }, () => send(connection, more)));
    return most;
  }

  for (const [concurrency, blobs, documents] of [
    [1, 1, 8],
    [3, 3, 24],
    [6, 6, 48],
    [16, 16, 48],
    [64, 64, 64],
  ] as const) {
    it(`sends ${blobs} requests for blobs and ${documents} for documents to an origin at a time with concurrency ${concurrency}`, async () => {
      const connection = connect({ concurrency });
      const sink = { begin: async () => true, write: () => true };
      assert.equal(await mostAtOnce(blobs, connection, { sink }), blobs);
      assert.equal(await mostAtOnce(documents, connection, {}), documents);
    });
  }

  it("sends half as many requests at a time after an answer of 429, and retries each", async () => {
    const connection = connect({ concurrency: 1 });
    const held: Wire[] = [];
    server.on(/./, async (_, wire) => void held.push(wire));
    const sent = Promise.all(Array.from({ length: 16 }, () => send(connection)));
    const answerAll = async (count: number, status: number): Promise<void> => {
      while (held.length < count) await nextTurn();
      assert.equal(held.length, count);
      await Promise.all(held.splice(0).map((wire) => wire.answer(status)));
    };
    await answerAll(8, 429);
    // The 8 that were refused wait for their time; four of the others are sent.
    for (const count of [4, 5, 6, 1]) await answerAll(count, 200);
    assert.deepEqual(
      (await sent).map(({ status }) => status),
      Array.from({ length: 16 }, () => 200),
    );
    assert.equal(connection.slept.length, 8);
  });

  it("sends documents while blobs take every request that concurrency allows, and the reverse", async () => {
    const open = { "/blob": 0, "/document": 0 };
    const held: (() => void)[] = [];
    server.on(/./, async ({ target }, wire) => {
      const kind = target === "/blob" ? "/blob" : "/document";
      open[kind]++;
      await new Promise<void>((resolve) => held.push(resolve));
      await wire.answer(200);
    });
    const connection = connect({ concurrency: 2 });
    const sink = { begin: async () => true, write: () => true };
    const url = (path: string): URL => new URL(path, server.url);
    const of = (path: string, more: Partial<HttpRequest>) =>
      Array.from({ length: 17 }, () => send(connection, { url: url(path), ...more }));
    const sent = [...of("/blob", { sink }), ...of("/document", {})];
    while (held.length < 18) await nextTurn();
    assert.deepEqual(open, { "/blob": 2, "/document": 16 });
    const freeing = setInterval(() => {
      for (const free of held.splice(0)) free();
    }, 1);
    await Promise.all(sent).finally(() => clearInterval(freeing));
    assert.deepEqual(open, { "/blob": 17, "/document": 17 });
  });

  for (const host of ["169.254.169.254", "[fe80::1]", "168.63.129.16"]) {
    it(`refuses ${host}, even when the user names it`, async () => {
      const url = new URL(`http://${host}/`);
      await assert.rejects(send(connect(), { url }), { reason: "address-refused" });
    });
  }

  it("knows how near a host is once it was contacted", async () => {
    server.on(/./, answers(200));
    const connection = connect({
      resolve: (_host, _options, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]),
    });
    const url = new URL(`http://localhost:${server.port}/`);
    assert.deepEqual([connection.http.reach(url), connection.http.isOpen(url)], ["public", false]);
    await send(connection, { url });
    assert.deepEqual([connection.http.reach(url), connection.http.isOpen(url)], ["loopback", true]);
  });
});
