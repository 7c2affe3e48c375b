import type { IncomingMessage } from "node:http";
import type { OnReadOpts, Socket } from "node:net";

// Twice what Node reads at a time: a tenth less work for 500 MB. Larger buffers gain nothing.
const READ_SIZE = 128 * 1024;
const streams = new WeakMap<Socket, IncomingMessage>();

/**
 * How a connection reads, as the `onread` of `net.connect`: into the same memory again and again
 * while the body is one of {@link reuseMemoryFor}. Node's default allocates for every read, which
 * costs more than hashing the bytes.
 */
export function receiveBuffer(): OnReadOpts {
  // Every request passes one, but only a request that opens a connection uses it.
  let memory: Buffer | undefined;
  const current = (): Buffer => {
    memory ??= allocate();
    return memory;
  };
  function callback(this: Socket, length: number): boolean {
    const bytes = current().subarray(0, length);
    const message = streams.get(this);
    this.emit("data", message === undefined ? Buffer.from(bytes) : bytes);
    // Node's parser passes copies on today. If it keeps a slice, that memory must not change.
    if (message !== undefined && message.readableLength > 0) memory = undefined;
    return true;
  }
  return { buffer: current, callback };
}

/** One byte more than is used, so that {@link freeMemory} never frees it: no chunk is all of it. */
function allocate(): Buffer {
  return Buffer.allocUnsafeSlow(READ_SIZE + 1).subarray(0, READ_SIZE);
}

/** Reuses memory for a body whose consumer keeps no chunk; the returned function ends that. */
export function reuseMemoryFor(message: IncomingMessage): () => void {
  const { socket } = message;
  streams.set(socket, message);
  return () => streams.delete(socket);
}

/** Frees the chunk's memory at once; the garbage collector would wait for about 64 MB. */
export function freeMemory({ buffer, byteLength }: Buffer): void {
  // Only a chunk that shares its memory with nothing, and only in a Node that can (20 cannot).
  const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  if (isAlone) buffer.transfer?.(0);
}
