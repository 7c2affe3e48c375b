import assert from "node:assert/strict";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, it } from "node:test";
import { release, reuseMemory, stream } from "../../src/registry/reading.ts";

/** A connection that has read something, and what it told of it. */
function reading(): { socket: Socket; read: (text: string) => Buffer } {
  const { buffer, callback } = reuseMemory();
  const socket = new Socket();
  const read = (text: string): Buffer => {
    const memory = (buffer as () => Buffer)();
    let told: Buffer = Buffer.alloc(0);
    socket.once("data", (bytes: Buffer) => {
      told = bytes;
    });
    callback.call(socket, memory.write(text), memory);
    return told;
  };
  return { socket, read };
}

describe("a connection that reads into the same memory", () => {
  it("keeps what somebody may still look at", () => {
    const { read } = reading();
    const first = read("first");
    read("other");
    assert.equal(String(first), "first");
  });

  it("has it written over once it was taken", () => {
    const { socket, read } = reading();
    const end = stream(new IncomingMessage(socket));
    const first = read("first");
    read("other");
    assert.equal(String(first), "other");
    end();
    const last = read("third");
    read("other");
    assert.equal(String(last), "third");
  });

  it("takes other memory where a body has some of it waiting", () => {
    const { socket, read } = reading();
    const message = new IncomingMessage(socket);
    stream(message);
    socket.once("data", (bytes) => message.push(bytes));
    read("first");
    read("other");
    assert.equal(String(message.read()), "first");
  });

  it("gives back the memory of chunks, and never its own", () => {
    const { socket, read } = reading();
    stream(new IncomingMessage(socket));
    const view = read("x".repeat(128 * 1024));
    const copy = Buffer.from(new ArrayBuffer(10));
    const slice = Buffer.from(new ArrayBuffer(10), 2);
    for (const chunk of [view, copy, slice]) release(chunk);
    assert.deepEqual([view.length, copy.length, slice.length], [128 * 1024, 0, 8]);
  });
});
