import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, it } from "node:test";
import { SYSTEM_CLOCK } from "../../src/connect.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import type { Wanted } from "../../src/registry/api.ts";
import { Downloader, type Target } from "../../src/registry/download.ts";
import { connect } from "../support/connect.ts";
import { EvilServer, type RawRequest, type Wire } from "../support/evil.ts";
import { content } from "../support/image.ts";
import { type Fault, Registry, refuse } from "../support/registry.ts";

const bytes = randomBytes(300_000);
const blob = { digest: digestOf(bytes), size: bytes.length };

/** A target in memory that checks as the layout does. */
function memory({ digest, size }: typeof blob): Target & { bytes: Buffer; written: number } {
  return {
    bytes: Buffer.alloc(0),
    written: 0,
    part(start) {
      const whole = this;
      let received = 0;
      return {
        get received() {
          return received;
        },
        write(chunk) {
          if (start + received + chunk.length > size) throw new PullError("too-long", "too long");
          if (whole.bytes.length === 0) whole.bytes = Buffer.alloc(size);
          chunk.copy(whole.bytes, start + received);
          received += chunk.length;
          whole.written += chunk.length;
        },
      };
    },
    async restart() {
      this.bytes = Buffer.alloc(0);
    },
    async commit() {
      if (digestOf(this.bytes) !== digest) throw new PullError("digest-differs", `digest differs after ${this.bytes.length} bytes`);
    },
  };
}

/** Answers part of the blob and then cuts the connection. */
function cutAfter(length: number): Fault {
  return (request, response) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    head(request, response, from);
    response.write(bytes.subarray(from, from + length), () => setTimeout(() => response.socket?.destroy(), 5));
    return true;
  };
}

function head(request: IncomingMessage, response: ServerResponse, from: number): void {
  if (request.headers.range === undefined) response.writeHead(200, { "content-length": blob.size });
  else response.writeHead(206, { "content-range": `bytes ${from}-${blob.size - 1}/${blob.size}`, "content-length": blob.size - from });
}

const ranged: Fault = (request, response) => {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  head(request, response, from);
  response.end(bytes.subarray(from));
  return true;
};

describe("a download", () => {
  let registry: Registry;
  const ranges: string[] = [];
  beforeEach(async () => {
    registry = await Registry.start();
    ranges.length = 0;
    registry.push("org/app", "v1", { ...content("x", Buffer.from("x")), manifests: [], blobs: [{ ...blob, bytes, mediaType: "" }] });
  });
  afterEach(() => registry.stop());

  async function download(...faults: Fault[]) {
    let left = faults;
    registry.faults.push((request, response) => {
      ranges.push(request.headers.range ?? "");
      const [fault, ...rest] = left;
      left = rest;
      return fault?.(request, response) ?? false;
    });
    const { api, said } = connect();
    const clock = { ...SYSTEM_CLOCK, sleep: async () => undefined, random: () => 0 };
    const target = memory(blob);
    const downloader = new Downloader({ clock, signal: new AbortController().signal, parts: 4, say: (line) => void said.push(line) });
    const error = await downloader
      .download((wanted) => api.ask({ registry: registry.host, repository: "org/app" }, `blobs/${blob.digest}`, wanted), blob, target)
      .catch((error: PullError) => error);
    return { target, error, said };
  }

  it("brings the bytes in one request", async () => {
    const { target, error } = await download();
    assert.deepEqual([error, target.bytes.equals(bytes), ranges], [undefined, true, [""]]);
  });

  it("goes on where it was cut, by a closed range, sending nothing twice", async () => {
    const { target, error, said } = await download(cutAfter(100_000), cutAfter(50_000), ranged);
    assert.equal(error, undefined);
    assert.ok(target.bytes.equals(bytes));
    assert.equal(target.written, blob.size);
    assert.deepEqual(
      ranges.map((range) => range.replace(/\d+(?=-)/, "N")),
      ["", `bytes=N-${blob.size - 1}`, `bytes=N-${blob.size - 1}`],
    );
    assert.match(said.join("\n"), /the answer was cut: .*; resuming at byte/);
  });

  it("may be cut as often as it moves on", async () => {
    const { error, target } = await download(...Array.from({ length: 9 }, () => cutAfter(31_000)), ranged);
    assert.deepEqual([error, target.bytes.equals(bytes)], [undefined, true]);
  });

  for (const length of [0, 1, 1_000]) {
    it(`ends after five cuts without progress, of which ${length} bytes are none`, async () => {
      const { error } = await download(...Array.from({ length: 9 }, () => cutAfter(length)));
      assert.deepEqual([error?.status, ranges.length], ["unreachable", 5]);
    });
  }

  for (const [what, fault] of [
    ["a registry that knows no ranges and sends the whole", (_request, response) => void response.end(bytes) === undefined],
    ["416", (_request, response) => void refuse(response, 416, "RANGE_INVALID", "no", null) === undefined],
    ["400", (_request, response) => void refuse(response, 400, "X", "no", null) === undefined],
    [
      "a range that starts elsewhere",
      (_request, response) =>
        void response.writeHead(206, { "content-range": `bytes 5-9/${blob.size}` }).end(bytes.subarray(5, 10)) === undefined,
    ],
    [
      "a range of another whole",
      (_request, response) => void response.writeHead(206, { "content-range": "bytes 100000-299999/400000" }).end("x") === undefined,
    ],
    ["a 206 without a range", (_request, response) => void response.writeHead(206).end("x") === undefined],
  ] as const satisfies readonly (readonly [string, Fault])[]) {
    it(`starts again after ${what}`, async () => {
      const { error, target } = await download(cutAfter(100_000), fault);
      assert.deepEqual([error, target.bytes.equals(bytes)], [undefined, true]);
    });
  }

  it("starts again, once, after wrong bytes, and then fails", async () => {
    const wrong: Fault = (_request, response) => void response.end(Buffer.alloc(blob.size)) === undefined;
    assert.equal((await download(wrong)).error, undefined);
    const { error } = await download(wrong, wrong, wrong);
    assert.deepEqual([error?.status, /digest differs/.test(error?.message ?? "")], ["invalid", true]);
  });

  it("stops at the first byte too many, and at an early end without Content-Length", async () => {
    const long: Fault = (_request, response) => void response.end(Buffer.concat([bytes, bytes])) === undefined;
    assert.match((await download(long, long)).error?.message ?? "", /too long/);
    const short: Fault = (_request, response) => {
      response.writeHead(200, { connection: "close" });
      response.useChunkedEncodingByDefault = false;
      response.end(bytes.subarray(0, 1_000));
      return true;
    };
    assert.equal((await download(short)).error, undefined);
  });

  it("asks the registry again when what it redirects to has expired", async () => {
    const other = await Registry.start();
    try {
      other.faults.push(cutAfter(1_000));
      const redirect: Fault = (request, response) =>
        void response.writeHead(307, { location: `http://${other.host}${request.url}?sig=1` }).end() === undefined;
      const { error, target } = await download(redirect, ranged);
      assert.deepEqual([error, target.bytes.equals(bytes), other.seen.length], [undefined, true, 1]);
    } finally {
      await other.stop();
    }
  });

  it("fails at once with what the registry says for good", async () => {
    const gone: Fault = (_request, response) => void refuse(response, 404, "BLOB_UNKNOWN", "gone", null) === undefined;
    const { error } = await download(gone);
    assert.deepEqual([error?.status, ranges.length], ["not-found", 1]);
  });
});

const MIB = 1024 * 1024;
const large = randomBytes(70 * MIB);
const largeBlob = { digest: digestOf(large), size: large.length };

/** A server of one blob, which gives each of its connections a few MiB at a time; `answers` may answer a request instead. */
async function slowServer(
  answers: (request: RawRequest, wire: Wire, at: number) => Promise<boolean> | boolean = () => false,
): Promise<EvilServer> {
  const server = await EvilServer.start();
  server.on(/./, async (request, wire) => {
    if (await answers(request, wire, server.seen.length)) return;
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.get("range") ?? "") ?? [];
    const [start, end] = from === undefined ? [0, large.length] : [Number(from), Number(to) + 1];
    const range = from === undefined ? "" : `Content-Range: bytes ${start}-${end - 1}/${large.length}\r\n`;
    await wire.send(`HTTP/1.1 ${from === undefined ? 200 : 206} X\r\nContent-Length: ${end - start}\r\n${range}\r\n`);
    for (let at = start; at < end && !wire.gone; at += 2 * MIB) {
      await wire.send(large.subarray(at, Math.min(at + 2 * MIB, end)));
      await wire.pause(20);
    }
  });
  return server;
}

describe("blobs on a host that a registry redirects to", () => {
  it("come beside each other from the first one on", async () => {
    const [registry, host] = await Promise.all([EvilServer.start(), EvilServer.start()]);
    try {
      registry.on(/./, ({ target }, wire) => wire.answer(307, { Location: `${host.url}${target}` }));
      // Nobody has a blob before everybody has asked for one.
      host.on(/blobs/, async (_, wire) => {
        while (host.seen.filter(({ target }) => target.includes("blobs")).length < 2 && !wire.gone) await wire.pause(5);
        await wire.answer(200, {}, bytes);
      });
      const { api } = connect();
      const image = { registry: registry.host, repository: "org/app" };
      await api.ask(image, "manifests/first", { method: "GET", headers: {}, limit: 1_000_000 }).catch(() => undefined);
      const clock = { ...SYSTEM_CLOCK, sleep: async () => undefined, random: () => 0 };
      const downloader = new Downloader({ clock, signal: new AbortController().signal, parts: 1, say: assert.fail });
      const targets = [memory(blob), memory(blob)];
      await Promise.all(
        targets.map((target) => downloader.download((wanted) => api.ask(image, `blobs/${blob.digest}`, wanted), blob, target)),
      );
      assert.ok(targets.every((target) => target.bytes.equals(bytes)));
    } finally {
      await Promise.all([registry.stop(), host.stop()]);
    }
  });
});

describe("a download over slow connections", () => {
  const whole: readonly string[] = [""];

  /** How busy this process is found to be, each time somebody looks; not at all from then on. */
  async function download(server: EvilServer, parts = 4, ...efforts: readonly number[]) {
    const { api, said } = connect();
    const found = efforts.values();
    const clock = {
      sleep: async () => undefined,
      after: (_: number, run: () => void) => SYSTEM_CLOCK.after(50, run),
      random: () => 0,
      effort: () => () => found.next().value ?? 0,
    };
    const target = memory(largeBlob);
    const downloader = new Downloader({ clock, signal: new AbortController().signal, parts, say: (line) => void said.push(line) });
    const ask = (wanted: Wanted) => api.ask({ registry: server.host, repository: "org/app" }, `blobs/${largeBlob.digest}`, wanted);
    const error = await downloader.download(ask, largeBlob, target).catch((error: PullError) => error);
    const ranges = server.seen.map(({ headers }) => headers.get("range") ?? "");
    await server.stop();
    return { error, right: target.bytes.equals(large), written: target.written, ranges, said };
  }

  it("brings parts beside the first, each byte once", async () => {
    const { error, right, written, ranges } = await download(await slowServer());
    assert.deepEqual([error, right, written], [undefined, true, large.length]);
    assert.ok(ranges.length > 4 && ranges[0] === "" && ranges.slice(1).every((range) => range !== ""), ranges.join());
  });

  it("goes on in one piece where the registry gives no parts", async () => {
    const { error, right, ranges } = await download(
      await slowServer(({ headers }, wire) => {
        if (headers.has("range")) void wire.answer(200, {}, large);
        return headers.has("range");
      }),
    );
    assert.deepEqual([error, right, ranges.length], [undefined, true, 2]);
  });

  it("goes on in one piece where parts are refused", async () => {
    const { error, right } = await download(
      await slowServer(({ headers }, wire) => {
        if (headers.has("range")) void wire.answer(416);
        return headers.has("range");
      }),
    );
    assert.deepEqual([error, right], [undefined, true]);
  });

  it("goes on with a part that is cut", async () => {
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

  it("tries in one piece what went wrong in parts, and then says what is wrong", async () => {
    const wrong = await download(
      await slowServer(({ headers }, wire) => {
        const [, from = "", to = ""] = /bytes=(\d+)-(\d+)/.exec(headers.get("range") ?? "") ?? [];
        if (from === "") return false;
        void wire.answer(206, { "Content-Range": `bytes ${from}-${to}/${large.length}` }, Buffer.alloc(Number(to) - Number(from) + 1));
        return true;
      }),
    );
    assert.deepEqual([wrong.error, wrong.right, wrong.ranges.filter((range) => range === "").length], [undefined, true, 2]);
    assert.match(wrong.said.join(), /digest differs/);
  });

  it("waits for nobody who is not needed", async () => {
    // The connection for a part never gets an answer.
    const { error, right, ranges } = await download(await slowServer(({ headers }) => headers.has("range")));
    assert.deepEqual([error, right, ranges.length], [undefined, true, 2]);
  });

  it("is in one piece while it is this process that is slow", async () => {
    const { error, right, ranges } = await download(await slowServer(), 4, ...Array(1_000).fill(0.8));
    assert.deepEqual([error, right, ranges], [undefined, true, whole]);
  });

  it("comes in parts once this process has the time", async () => {
    const { error, right, ranges } = await download(await slowServer(), 4, 0.9, 0.9);
    assert.deepEqual([error, right, ranges.length > 4], [undefined, true, true]);
  });

  it("is in one piece when one request at a time is allowed", async () => {
    const { error, right, ranges } = await download(await slowServer(), 1);
    assert.deepEqual([error, right, ranges], [undefined, true, whole]);
  });
});
