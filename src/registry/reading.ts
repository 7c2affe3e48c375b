import type { IncomingMessage } from "node:http";
import type { OnReadOpts, Socket } from "node:net";

// Twice what Node reads at a time: a tenth less work for 500 MB, and more than this gains nothing.
const READ_SIZE = 128 * 1024;
const streams = new WeakMap<Socket, IncomingMessage>();

/**
 * How a connection reads, as the `onread` of `net.connect`: into the same memory again and again, as long as the body that
 * comes is a {@link stream}. By itself Node takes new memory for every read, which costs more than to hash the bytes.
 */
export function reuseMemory(): OnReadOpts {
  // Asked for with every request, and needed only where one makes a connection.
  let memory: Buffer | undefined;
  const current = (): Buffer => {
    memory ??= takeMemory();
    return memory;
  };
  function callback(this: Socket, length: number): boolean {
    const bytes = current().subarray(0, length);
    const message = streams.get(this);
    this.emit("data", message === undefined ? Buffer.from(bytes) : bytes);
    // Today's parser hands on copies. One that does not may have left some of the bytes to wait, and they must not change.
    if (message !== undefined && message.readableLength > 0) memory = undefined;
    return true;
  }
  return { buffer: current, callback };
}

/** One byte more than is used, so that no chunk is ever all of it, which {@link release} would give back. */
function takeMemory(): Buffer {
  return Buffer.allocUnsafeSlow(READ_SIZE + 1).subarray(0, READ_SIZE);
}

/** Says of a body that whoever listens to its data takes every chunk at once, and keeps none; the returned function ends that. */
export function stream(message: IncomingMessage): () => void {
  const { socket } = message;
  streams.set(socket, message);
  return () => streams.delete(socket);
}

/** Gives the memory of a chunk back, which nobody looks at any more: the collector would come for it 64 MB later. */
export function release({ buffer, byteLength }: Buffer): void {
  // A chunk that has its memory to itself, on a Node that can: 20 cannot.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer?.(0);
}
