import assert from "node:assert/strict";
import { once } from "node:events";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { describe, it } from "node:test";
import { setImmediate, setTimeout } from "node:timers/promises";
import fc from "fast-check";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { sendBytes } from "../../src/serve/sending.ts";
import type { ServedBlob } from "../../src/serve/served.ts";
import {
  ask,
  backendWith,
  dial,
  exchange,
  serving,
  Timers,
  until,
} from "../support/job-listener.ts";

const MIB = 1024 * 1024;
const DIGEST = digestOf(Buffer.from("x"));
const PATH = `/v2/alpine/blobs/${DIGEST}`;
const GET = `GET ${PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

/** One blob at a time, whose reading a test decides. */
class Source {
  size = 0;
  read: ServedBlob["read"] = () => assert.fail("not set");

  readonly backend = backendWith({
    blob: async () => ({ digest: DIGEST, size: this.size, read: (a, b) => this.read(a, b) }),
  });

  /** A blob of `size` bytes, read by a generator. */
  set(size: number, read: () => AsyncGenerator<Buffer>): void {
    this.size = size;
    this.read = read;
  }
}

/** An answer whose client takes every chunk at once, so that nothing waits for the network. */
class EagerResponse extends ServerResponse {
  constructor() {
    super(new IncomingMessage(new Socket()));
  }

  override write(_chunk: unknown, ...rest: readonly unknown[]): boolean {
    const done = rest.at(-1);
    if (typeof done === "function") process.nextTick(done);
    return true;
  }

  override end(): this {
    return this;
  }
}

describe("sendBytes", () => {
  const source = new Source();
  const timers = new Timers();
  const { port, listener, said } = serving({ backend: source.backend, after: timers.after });

  it("answers with the failure when there is no first chunk", async () => {
    source.set(10, async function* () {
      yield await Promise.reject(new PullError("no-answer", "the upstream is down"));
    });
    const got = await ask(port(), PATH);
    assert.equal(got.status, 502);
    assert.match(got.body.toString(), /the upstream is down/);
  });

  it("sends a blob without bytes", async () => {
    source.set(0, async function* () {});
    const got = await ask(port(), PATH);
    assert.deepEqual([got.status, got.body.length, got.complete], [200, 0, true]);
    assert.equal(got.headers["content-length"], "0");
  });

  for (const [what, chunks] of [
    ["fails in the middle", [6]],
    ["fails before the last byte", [6, 3]],
    ["ends too early", [9, "end"]],
    ["has more bytes than it says", [6, 6]],
  ] as const) {
    it(`cuts the connection when the reader ${what}`, async () => {
      source.set(10, async function* () {
        for (const chunk of chunks) {
          if (chunk === "end") return;
          yield Buffer.alloc(chunk, "x");
        }
        throw new PullError("digest-differs", "digest differs");
      });
      said.length = 0;
      const got = await ask(port(), PATH);
      assert.equal(got.status, 200);
      assert.equal(got.complete, false);
      assert.ok(got.body.length < 10);
      const kept = await exchange(
        port(),
        `GET /v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n${GET}${GET}`,
      );
      assert.equal(kept.split("HTTP/1.1 200 OK").length, 3, "answered after a cut");
    });
  }

  it("cuts the answer to a client of HTTP/1.0, too", async () => {
    source.set(10, async function* () {
      yield Buffer.alloc(6, "x");
      throw new PullError("digest-differs", "digest differs");
    });
    const text = await exchange(port(), GET.replace("HTTP/1.1", "HTTP/1.0"));
    assert.match(text, /\r\nContent-Length: 10\r\n/);
    assert.ok(text.endsWith("\r\n\r\nxxxxxx"));
  });

  it("never sends a complete answer that is wrong, wherever the reader fails", async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(6), async (chunks, failAt) => {
        const bytes = Buffer.alloc(
          chunks.reduce((sum, size) => sum + size),
          "x",
        );
        source.set(bytes.length, async function* () {
          let at = 0;
          for (const [index, size] of chunks.entries()) {
            if (index === failAt) throw new PullError("answer-cut", "cut");
            yield bytes.subarray(at, at + size);
            at += size;
          }
        });
        const got = await ask(port(), PATH);
        const isRight = got.status === 200 && got.body.equals(bytes);
        assert.equal(got.complete && got.status === 200, isRight);
        assert.equal(isRight, failAt >= chunks.length);
      }),
      { numRuns: 60 },
    );
  });

  it("asks for a chunk only when the system has the last one, so memory may be reused", async () => {
    const count = 200;
    const memory = Buffer.alloc(64 * 1024);
    let read = 0;
    source.set(count * memory.length, async function* () {
      for (; read < count; read++) {
        memory.fill(read);
        yield memory;
        memory.fill(255);
      }
    });
    const socket = await dial(port());
    socket.write(GET);
    // The client reads nothing, so the reader stops once the system's buffers are full.
    let before = -1;
    while (before !== read) {
      before = read;
      await setTimeout(50);
    }
    assert.ok(read < count, "the reader did not wait for the client");
    const chunks: Buffer[] = [];
    let got = 0;
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      got += chunk.length;
    });
    await until(() => got >= count * memory.length);
    const body = Buffer.concat(chunks).subarray(-count * memory.length);
    const wrong = Array.from({ length: count }, (_, at) => at).filter((at) => {
      const start = at * memory.length;
      return body[start] !== at || body[start + memory.length - 1] !== at;
    });
    assert.deepEqual(wrong, []);
    socket.destroy();
  });

  it("ends the reading when the client goes away", async () => {
    let ended = false;
    let read = 0;
    source.set(1_000 * MIB, async function* () {
      try {
        for (;;) {
          read++;
          yield Buffer.alloc(MIB);
        }
      } finally {
        ended = true;
      }
    });
    said.length = 0;
    const socket = await dial(port());
    // Of another digest, because a text is said once.
    socket.write(GET.replace(DIGEST, digestOf(Buffer.from("y"))));
    await once(socket, "readable");
    assert.ok(read < 1_000);
    socket.destroy();
    await until(() => ended && listener().active() === 0);
    assert.deepEqual(said, []);
  });

  it("cuts a client that reads nothing for too long", async () => {
    source.set(1_000 * MIB, async function* () {
      for (;;) yield Buffer.alloc(MIB);
    });
    const socket = await dial(port());
    socket.write(GET);
    await once(socket, "readable");
    const isServed = (): boolean => listener().active() > 0;
    while (isServed()) {
      await setTimeout(5);
      timers.fire();
    }
    socket.resume();
    await once(socket, "close");
    assert.equal(timers.waiting.size, 0);
  });

  it("lets other clients in while one takes all bytes at once", async () => {
    const count = 400;
    const chunk = Buffer.alloc(MIB / 4);
    let read = 0;
    const chunks = (async function* () {
      for (; read < count; read++) yield chunk;
    })();
    const sent = sendBytes(chunks, count * chunk.length, new EagerResponse(), {
      start: () => undefined,
      after: timers.after,
    });
    await setImmediate();
    assert.ok(read > 0 && read < 20, `read ${read} chunks before others went on`);
    await sent;
    assert.equal(read, count);
  });
});
