import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, it } from "node:test";
import { SYSTEM_CLOCK } from "../../src/action/machine.ts";
import { Downloader } from "../../src/http/download.ts";
import { digestOf } from "../../src/oci/digest.ts";
import type { PullError } from "../../src/oci/failure.ts";
import { connect } from "../support/connect.ts";
import { EvilServer } from "../support/evil.ts";
import { content } from "../support/image.ts";
import { MemoryTarget } from "../support/memory-target.ts";
import { type Fault, Registry, refuse } from "../support/registry.ts";

const bytes = randomBytes(300_000);
const blob = { digest: digestOf(bytes), size: bytes.length };

/** Answers part of the blob and then cuts the connection. */
function cutAfter(length: number): Fault {
  return (request, response) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    head(request, response, from);
    response.write(bytes.subarray(from, from + length), () =>
      setTimeout(() => response.socket?.destroy(), 5),
    );
    return true;
  };
}

function head(request: IncomingMessage, response: ServerResponse, from: number): void {
  if (request.headers.range === undefined) response.writeHead(200, { "content-length": blob.size });
  else
    response.writeHead(206, {
      "content-range": `bytes ${from}-${blob.size - 1}/${blob.size}`,
      "content-length": blob.size - from,
    });
}

const ranged: Fault = (request, response) => {
  const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  head(request, response, from);
  response.end(bytes.subarray(from));
  return true;
};

describe("Downloader", () => {
  let registry: Registry;
  const ranges: string[] = [];
  beforeEach(async () => {
    registry = await Registry.start();
    ranges.length = 0;
    registry.push("org/app", "v1", {
      ...content("x", Buffer.from("x")),
      manifests: [],
      blobs: [{ ...blob, bytes, mediaType: "" }],
    });
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
    const target = new MemoryTarget(blob);
    const downloader = new Downloader({
      clock,
      signal: new AbortController().signal,
      parts: 4,
      say: (line) => void said.push(line),
    });
    const error = await downloader
      .download(
        (wanted) =>
          api.send(
            { registry: registry.host, repository: "org/app" },
            `blobs/${blob.digest}`,
            wanted,
          ),
        blob,
        target,
      )
      .catch((error: PullError) => error);
    return { target, error, said };
  }

  it("downloads a blob in one request", async () => {
    const { target, error } = await download();
    assert.deepEqual([error, target.bytes.equals(bytes), ranges], [undefined, true, [""]]);
  });

  it("resumes after a cut with a closed range, and receives no byte twice", async () => {
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

  it("survives any number of cuts while it makes progress", async () => {
    const { error, target } = await download(
      ...Array.from({ length: 9 }, () => cutAfter(31_000)),
      ranged,
    );
    assert.deepEqual([error, target.bytes.equals(bytes)], [undefined, true]);
  });

  for (const length of [0, 1, 1_000]) {
    it(`fails after five cuts without progress, ${length} bytes after the start`, async () => {
      const { error } = await download(...Array.from({ length: 9 }, () => cutAfter(length)));
      assert.deepEqual([error?.status, ranges.length], ["unreachable", 5]);
    });
  }

  for (const [what, fault] of [
    [
      "the whole blob instead of a range",
      (_request, response) => void response.end(bytes) === undefined,
    ],
    [
      "416",
      (_request, response) => void refuse(response, 416, "RANGE_INVALID", "no", null) === undefined,
    ],
    ["400", (_request, response) => void refuse(response, 400, "X", "no", null) === undefined],
    [
      "a range with another start",
      (_request, response) =>
        void response
          .writeHead(206, { "content-range": `bytes 5-9/${blob.size}` })
          .end(bytes.subarray(5, 10)) === undefined,
    ],
    [
      "a range of another size",
      (_request, response) =>
        void response.writeHead(206, { "content-range": "bytes 100000-299999/400000" }).end("x") ===
        undefined,
    ],
    [
      "a 206 without a range",
      (_request, response) => void response.writeHead(206).end("x") === undefined,
    ],
  ] as const satisfies readonly (readonly [string, Fault])[]) {
    it(`restarts after ${what}`, async () => {
      const { error, target } = await download(cutAfter(100_000), fault);
      assert.deepEqual([error, target.bytes.equals(bytes)], [undefined, true]);
    });
  }

  it("restarts once after wrong bytes, and then fails", async () => {
    const wrong: Fault = (_request, response) =>
      void response.end(Buffer.alloc(blob.size)) === undefined;
    assert.equal((await download(wrong)).error, undefined);
    const { error } = await download(wrong, wrong, wrong);
    assert.deepEqual(
      [error?.status, /digest differs/.test(error?.message ?? "")],
      ["invalid", true],
    );
  });

  it("fails at the first byte too many, and restarts after an early end", async () => {
    const long: Fault = (_request, response) =>
      void response.end(Buffer.concat([bytes, bytes])) === undefined;
    assert.match((await download(long, long)).error?.message ?? "", /too long/);
    const short: Fault = (_request, response) => {
      response.writeHead(200, { connection: "close" });
      response.useChunkedEncodingByDefault = false;
      response.end(bytes.subarray(0, 1_000));
      return true;
    };
    assert.equal((await download(short)).error, undefined);
  });

  it("resumes at the registry: the URL that it redirected to may have expired", async () => {
    const other = await Registry.start();
    try {
      other.faults.push(cutAfter(1_000));
      const redirect: Fault = (request, response) =>
        void response
          .writeHead(307, { location: `http://${other.host}${request.url}?sig=1` })
          .end() === undefined;
      const { error, target } = await download(redirect, ranged);
      assert.deepEqual(
        [error, target.bytes.equals(bytes), other.seen.length],
        [undefined, true, 1],
      );
    } finally {
      await other.stop();
    }
  });

  it("fails at once when the registry refuses the blob", async () => {
    const gone: Fault = (_request, response) =>
      void refuse(response, 404, "BLOB_UNKNOWN", "gone", null) === undefined;
    const { error } = await download(gone);
    assert.deepEqual([error?.status, ranges.length], ["not-found", 1]);
  });
});

describe("Downloader, with a host that a registry redirects to", () => {
  it("downloads blobs at the same time from the start", async () => {
    const [registry, host] = await Promise.all([EvilServer.start(), EvilServer.start()]);
    try {
      registry.on(/./, ({ target }, wire) =>
        wire.answer(307, { Location: `${host.url}${target}` }),
      );
      // No answer before both blobs are requested.
      host.on(/blobs/, async (_, wire) => {
        while (host.seen.filter(({ target }) => target.includes("blobs")).length < 2 && !wire.gone)
          await wire.pause(5);
        await wire.answer(200, {}, bytes);
      });
      const { api } = connect();
      const image = { registry: registry.host, repository: "org/app" };
      await api
        .send(image, "manifests/first", { method: "GET", headers: {}, limit: 1_000_000 })
        .catch(() => undefined);
      const clock = { ...SYSTEM_CLOCK, sleep: async () => undefined, random: () => 0 };
      const downloader = new Downloader({
        clock,
        signal: new AbortController().signal,
        parts: 1,
        say: assert.fail,
      });
      const targets = [new MemoryTarget(blob), new MemoryTarget(blob)];
      await Promise.all(
        targets.map((target) =>
          downloader.download(
            (wanted) => api.send(image, `blobs/${blob.digest}`, wanted),
            blob,
            target,
          ),
        ),
      );
      assert.ok(targets.every((target) => target.bytes.equals(bytes)));
    } finally {
      await Promise.all([registry.stop(), host.stop()]);
    }
  });
});
