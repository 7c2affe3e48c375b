import assert from "node:assert/strict";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, it } from "node:test";
import { freeMemory, receiveBuffer, reuseMemoryFor } from "../../src/http/receive-buffer.ts";

/** A connection, and a function that lets it read a text and returns what it emits. */
function reading(): { socket: Socket; read: (text: string) => Buffer } {
  const { buffer, callback } = receiveBuffer();
  const socket = new Socket();
  const read = (text: string): Buffer => {
    const memory = (buffer as () => Buffer)();
    let emitted: Buffer = Buffer.alloc(0);
    socket.once("data", (bytes: Buffer) => {
      emitted = bytes;
    });
    callback.call(socket, memory.write(text), memory);
    return emitted;
  };
  return { socket, read };
}

describe("receiveBuffer", () => {
  it("emits copies while no body reuses memory", () => {
    const { read } = reading();
    const first = read("first");
    read("other");
    assert.equal(String(first), "first");
  });

  it("reuses the memory of a body, until that ends", () => {
    const { socket, read } = reading();
    const stopReusing = reuseMemoryFor(new IncomingMessage(socket));
    const first = read("first");
    read("other");
    assert.equal(String(first), "other");
    stopReusing();
    const last = read("third");
    read("other");
    assert.equal(String(last), "third");
  });

  it("allocates new memory when a body still has unread bytes", () => {
    const { socket, read } = reading();
    const message = new IncomingMessage(socket);
    reuseMemoryFor(message);
    socket.once("data", (bytes) => message.push(bytes));
    read("first");
    read("other");
    assert.equal(String(message.read()), "first");
  });
});

describe("freeMemory", () => {
  it("frees the memory of a chunk that owns it, and never the receive buffer", () => {
    const { socket, read } = reading();
    reuseMemoryFor(new IncomingMessage(socket));
    const view = read("x".repeat(128 * 1024));
    const copy = Buffer.from(new ArrayBuffer(10));
    const slice = Buffer.from(new ArrayBuffer(10), 2);
    for (const chunk of [view, copy, slice]) freeMemory(chunk);
    assert.deepEqual([view.length, copy.length, slice.length], [128 * 1024, 0, 8]);
  });
});
