import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import fc from "fast-check";
import { connect } from "../support/connect.ts";
import { AUTHORITY, EvilServer } from "../support/evil.ts";
import { variedBytes } from "../support/image.ts";

setDefaultCACertificates([...getCACertificates(), readFileSync(AUTHORITY, "utf8")]);

/** A body as it goes over the wire: in pieces that each have a length, or as a whole that states its own. */
function framed(bytes: Buffer, pieces: readonly number[]): { readonly headers: Record<string, string>; readonly body: Buffer } {
  if (pieces.length === 0) return { headers: { "Content-Length": String(bytes.length) }, body: bytes };
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const piece = bytes.subarray(at, at + (pieces[turn % pieces.length] ?? 1));
    chunks.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n"));
    at += piece.length;
  }
  return { headers: { "Transfer-Encoding": "chunked" }, body: Buffer.concat([...chunks, Buffer.from("0\r\n\r\n")]) };
}

for (const tls of [undefined, "good"] as const) {
  describe(`a body ${tls === undefined ? "in the clear" : "by TLS"}`, async () => {
    const evil = await EvilServer.start(tls === undefined ? {} : { tls });
    const { http } = connect();
    after(() => {
      http.close();
      return evil.stop();
    });
    const get = { method: "GET", url: new URL(evil.url), headers: {}, namedBy: "user", limit: 10_000_000 } as const;
    const size = fc.integer({ min: 0, max: 400_000 });
    // Many to a read, and many reads to one.
    const pieces = fc.array(fc.oneof(fc.integer({ min: 1_000, max: 4_000 }), fc.integer({ min: 10_000, max: 90_000 })), { maxLength: 4 });

    it("comes as it is, however it is framed and sent, and however long its sink takes to begin", async () => {
      const sends = fc.integer({ min: 3_000, max: 100_000 });
      await fc.assert(
        fc.asyncProperty(size, pieces, sends, fc.nat(3), async (size, pieces, send, wait) => {
          const bytes = variedBytes(size);
          const { headers, body } = framed(bytes, pieces);
          evil.on(/GET/, async (_, wire) => {
            await wire.answer(200, headers, body.subarray(0, send));
            for (let at = send; at < body.length; at += send) {
              await wire.pause(0);
              await wire.send(body.subarray(at, at + send));
            }
          });
          const taken: Buffer[] = [];
          const write = (chunk: Buffer): void => void taken.push(Buffer.from(chunk));
          await http.exchange({ ...get, sink: { begin: () => sleep(wait), write } });
          assert.ok(Buffer.concat(taken).equals(bytes));
        }),
        { numRuns: 40 },
      );
    });

    it("is as it is in memory, too", async () => {
      await fc.assert(
        fc.asyncProperty(size, pieces, async (size, pieces) => {
          const bytes = variedBytes(size);
          const { headers, body } = framed(bytes, pieces);
          evil.on(/GET/, (_, wire) => wire.answer(200, headers, body));
          assert.ok((await http.exchange(get)).body.equals(bytes));
        }),
      );
    });
  });
}
