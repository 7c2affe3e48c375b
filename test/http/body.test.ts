import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import fc from "fast-check";
import { PullError } from "../../src/oci/failure.ts";
import { connect } from "../support/connect.ts";
import { AUTHORITY, EvilServer } from "../support/evil.ts";
import { variedBytes } from "../support/image.ts";

setDefaultCACertificates([...getCACertificates(), readFileSync(AUTHORITY, "utf8")]);

/** A body as it is sent: in chunks of these sizes, or whole with a Content-Length. */
function framed(
  bytes: Buffer,
  pieces: readonly number[],
): { readonly headers: Record<string, string>; readonly body: Buffer } {
  if (pieces.length === 0)
    return { headers: { "Content-Length": String(bytes.length) }, body: bytes };
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const piece = bytes.subarray(at, at + (pieces[turn % pieces.length] ?? 1));
    chunks.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n"));
    at += piece.length;
  }
  return {
    headers: { "Transfer-Encoding": "chunked" },
    body: Buffer.concat([...chunks, Buffer.from("0\r\n\r\n")]),
  };
}

for (const tls of [undefined, "good"] as const) {
  describe(`readBody ${tls === undefined ? "without TLS" : "with TLS"}`, async () => {
    const evil = await EvilServer.start(tls === undefined ? {} : { tls });
    const { http } = connect();
    after(() => {
      http.close();
      return evil.stop();
    });
    const get = {
      method: "GET",
      url: new URL(evil.url),
      headers: {},
      namedBy: "user",
      limit: 10_000_000,
    } as const;
    const size = fc.integer({ min: 0, max: 400_000 });
    // Many chunks in a read, and many reads for a chunk.
    const pieces = fc.array(
      fc.oneof(fc.integer({ min: 1_000, max: 4_000 }), fc.integer({ min: 10_000, max: 90_000 })),
      { maxLength: 4 },
    );

    it("passes a sink all bytes, for every framing and for a sink that begins late", async () => {
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
          const begin = (): Promise<boolean> => sleep(wait, true);
          const write = (chunk: Buffer): boolean => taken.push(Buffer.from(chunk)) > 0;
          await http.send({ ...get, sink: { begin, write } });
          assert.ok(Buffer.concat(taken).equals(bytes));
        }),
        { numRuns: 40 },
      );
    });

    it("returns all bytes, for every framing", async () => {
      await fc.assert(
        fc.asyncProperty(size, pieces, async (size, pieces) => {
          const bytes = variedBytes(size);
          const { headers, body } = framed(bytes, pieces);
          evil.on(/GET/, (_, wire) => wire.answer(200, headers, body));
          assert.ok((await http.send(get)).body.equals(bytes));
        }),
      );
    });

    it("reads no more once a sink wants no more, and succeeds", async () => {
      const bytes = variedBytes(300_000);
      evil.on(/GET/, (_, wire) => wire.answer(200, { "Content-Length": "900000" }, bytes));
      const sizes: number[] = [];
      const write = (chunk: Buffer): boolean => sizes.push(chunk.length) < 2;
      const { status } = await http.send({ ...get, sink: { begin: async () => true, write } });
      assert.deepEqual([status, sizes.length], [200, 2]);
    });

    it("reads nothing when a sink declines the body", async () => {
      evil.on(/GET/, (_, wire) => wire.answer(200, { "Content-Length": "900000" }, "x"));
      const sink = { begin: async () => false, write: () => assert.fail() };
      assert.equal((await http.send({ ...get, sink })).status, 200);
    });

    it("fails with the error of a sink, and sends no second request", async () => {
      evil.on(/GET/, (_, wire) => wire.answer(200, {}, "x"));
      const before = evil.seen.length;
      const write = (): boolean => {
        throw new PullError("too-long", "too long: the sink is full");
      };
      const sink = { begin: async () => true, write };
      await assert.rejects(http.send({ ...get, sink }), { reason: "too-long" });
      assert.equal(evil.seen.length, before + 1);
    });

    it("returns an error's body cut to 64 KiB, and never passes it to a sink", async () => {
      evil.on(/GET/, (_, wire) => wire.answer(404, {}, "x".repeat(100_000)));
      const sink = { begin: () => assert.fail(), write: () => assert.fail() };
      const { status, body } = await http.send({ ...get, limit: 10, sink });
      assert.deepEqual([status, body.length], [404, 64 * 1024]);
    });

    it("accepts a body of exactly the limit, and refuses one more byte", async () => {
      evil.on(/GET/, (_, wire) => wire.answer(200, {}, "x".repeat(100)));
      assert.equal((await http.send({ ...get, limit: 100 })).body.length, 100);
      await assert.rejects(http.send({ ...get, limit: 99 }), /has more than 99 bytes/);
    });
  });
}
