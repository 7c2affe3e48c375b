import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { SYSTEM_CLOCK } from "../../src/action/machine.ts";
import { Downloader } from "../../src/http/download.ts";
import type { UnaddressedRequest } from "../../src/http/http.ts";
import { digestOf } from "../../src/oci/digest.ts";
import type { PullError } from "../../src/oci/failure.ts";
import { connect } from "../support/connect.ts";
import { EvilServer, type RawRequest, type Wire } from "../support/evil.ts";
import { MemoryTarget } from "../support/memory-target.ts";

const MIB = 1024 * 1024;
const large = randomBytes(70 * MIB);
const largeBlob = { digest: digestOf(large), size: large.length };

/** A server of one blob that sends 2 MiB every 20 ms; `answers` may answer a request instead. */
async function slowServer(
  answers: (request: RawRequest, wire: Wire, at: number) => Promise<boolean> | boolean = () =>
    false,
): Promise<EvilServer> {
  const server = await EvilServer.start();
  server.on(/./, async (request, wire) => {
    if (await answers(request, wire, server.seen.length)) return;
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.get("range") ?? "") ?? [];
    const [start, end] = from === undefined ? [0, large.length] : [Number(from), Number(to) + 1];
    const range =
      from === undefined ? "" : `Content-Range: bytes ${start}-${end - 1}/${large.length}\r\n`;
    await wire.send(
      `HTTP/1.1 ${from === undefined ? 200 : 206} X\r\nContent-Length: ${end - start}\r\n${range}\r\n`,
    );
    for (let at = start; at < end && !wire.gone; at += 2 * MIB) {
      await wire.send(large.subarray(at, Math.min(at + 2 * MIB, end)));
      await wire.pause(20);
    }
  });
  return server;
}

describe("Parts, over slow connections", () => {
  const whole: readonly string[] = [""];

  /** `loads` are the first results of the clock's measurements; later ones are 0. */
  function connected(server: EvilServer, parts: number, loads: readonly number[]) {
    const { api, said } = connect();
    const found = loads.values();
    const clock = {
      sleep: async () => undefined,
      after: (_: number, run: () => void) => SYSTEM_CLOCK.after(50, run),
      random: () => 0,
      cpuLoad: () => () => found.next().value ?? 0,
    };
    const downloader = new Downloader({
      clock,
      signal: new AbortController().signal,
      parts,
      say: (line) => void said.push(line),
    });
    const send = (wanted: UnaddressedRequest) =>
      api.send(
        { registry: server.host, repository: "org/app" },
        `blobs/${largeBlob.digest}`,
        wanted,
      );
    return { downloader, send, said };
  }

  async function download(server: EvilServer, parts = 4, ...loads: readonly number[]) {
    const { downloader, send, said } = connected(server, parts, loads);
    const target = new MemoryTarget(largeBlob);
    const error = await downloader
      .download(send, largeBlob, target)
      .catch((error: PullError) => error);
    const ranges = server.seen.map(({ headers }) => headers.get("range") ?? "");
    await server.stop();
    return { error, right: target.bytes.equals(large), written: target.written, ranges, said };
  }

  it("downloads parts at the same time, and no byte twice", async () => {
    const { error, right, written, ranges } = await download(await slowServer());
    assert.deepEqual([error, right, written], [undefined, true, large.length]);
    assert.ok(
      ranges.length > 4 && ranges[0] === "" && ranges.slice(1).every((range) => range !== ""),
      ranges.join(),
    );
  });

  it("uses one connection when the registry ignores ranges", async () => {
    const { error, right, ranges } = await download(
      await slowServer(({ headers }, wire) => {
        if (headers.has("range")) void wire.answer(200, {}, large);
        return headers.has("range");
      }),
    );
    assert.deepEqual([error, right, ranges.length], [undefined, true, 2]);
  });

  it("uses one connection when the registry refuses ranges", async () => {
    const { error, right } = await download(
      await slowServer(({ headers }, wire) => {
        if (headers.has("range")) void wire.answer(416);
        return headers.has("range");
      }),
    );
    assert.deepEqual([error, right], [undefined, true]);
  });

  it("resumes a part that was cut", async () => {
    let cut = 0;
    const { error, right, said } = await download(
      await slowServer(async ({ headers }, wire) => {
        const [, from = "", to = ""] = /bytes=(\d+)-(\d+)/.exec(headers.get("range") ?? "") ?? [];
        if (from === "" || ++cut > 3) return false;
        await wire.send(
          `HTTP/1.1 206 X\r\nContent-Length: ${Number(to) - Number(from) + 1}\r\nContent-Range: bytes ${from}-${to}/${large.length}\r\n\r\n`,
        );
        await wire.send(large.subarray(Number(from), Number(from) + MIB));
        await wire.pause(20);
        wire.reset();
        return true;
      }),
    );
    assert.deepEqual([error, right], [undefined, true]);
    assert.match(said.join(), /the answer was cut: .*; resuming at byte/);
  });

  it("restarts over one connection after wrong bytes in a part", async () => {
    const wrong = await download(
      await slowServer(({ headers }, wire) => {
        const [, from = "", to = ""] = /bytes=(\d+)-(\d+)/.exec(headers.get("range") ?? "") ?? [];
        if (from === "") return false;
        void wire.answer(
          206,
          { "Content-Range": `bytes ${from}-${to}/${large.length}` },
          Buffer.alloc(Number(to) - Number(from) + 1),
        );
        return true;
      }),
    );
    assert.deepEqual(
      [wrong.error, wrong.right, wrong.ranges.filter((range) => range === "").length],
      [undefined, true, 2],
    );
    assert.match(wrong.said.join(), /digest differs/);
  });

  it("does not wait for a part that the first connection received, too", async () => {
    // The request for a part is never answered.
    const { error, right, ranges } = await download(
      await slowServer(({ headers }) => headers.has("range")),
    );
    assert.deepEqual([error, right, ranges.length], [undefined, true, 2]);
  });

  it("uses one connection while the process itself is busy", async () => {
    const { error, right, ranges } = await download(
      await slowServer(),
      4,
      ...Array(1_000).fill(0.8),
    );
    assert.deepEqual([error, right, ranges], [undefined, true, whole]);
  });

  it("uses several connections once the process is less busy", async () => {
    const { error, right, ranges } = await download(await slowServer(), 4, 0.9, 0.9);
    assert.deepEqual([error, right, ranges.length > 4], [undefined, true, true]);
  });

  // connections, blobs at a time, and whether each is one request
  for (const [parts, count, isWhole] of [
    [3, 2, true],
    [4, 2, false],
    [4, 1, false],
  ] as const) {
    it(`shares ${parts} connections among blobs that arrive together: ${count}`, async () => {
      const server = await slowServer();
      const { downloader, send } = connected(server, parts, []);
      const targets = Array.from({ length: count }, () => new MemoryTarget(largeBlob));
      await Promise.all(targets.map((target) => downloader.download(send, largeBlob, target)));
      const ranges = server.seen.map(({ headers }) => headers.get("range") ?? "");
      await server.stop();
      for (const target of targets) assert.ok(target.bytes.equals(large));
      assert.equal(
        ranges.every((range) => range === ""),
        isWhole,
        ranges.join(),
      );
    });
  }

  it("uses one connection when only one request at a time is allowed", async () => {
    const { error, right, ranges } = await download(await slowServer(), 1);
    assert.deepEqual([error, right, ranges], [undefined, true, whole]);
  });
});
