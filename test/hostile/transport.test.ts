import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { OCI_MANIFEST } from "../../src/oci/media-type.ts";
import { AUTHORITY, type Certificate, type RawRequest, type Script } from "../support/evil.ts";
import { type Content, image } from "../support/image.ts";
import { type Row, rows, type World } from "../support/world.ts";

const REPOSITORY = "org/app";
// Layers of an odd size, larger than the buffers of a socket.
const made = image("linux/amd64", { busybox: Buffer.alloc(3_000_001, "incompressible") });
const isLarge = ({ bytes }: Content): boolean => bytes.length > 3_000_000;
const { bytes, digest } = made.blobs.find(isLarge) ?? made;
const BLOB = new RegExp(`GET /v2/${REPOSITORY}/blobs/${digest}`);

const from = ({ headers }: RawRequest): number =>
  Number(/bytes=(\d+)-/.exec(headers.get("range") ?? "")?.[1] ?? 0);

/** The blob, or the requested range of it. */
const honest: Script = (request, wire) => part(wire, from(request), bytes.length);

function part(
  wire: Parameters<Script>[1],
  start: number,
  end: number,
  total = bytes.length,
): Promise<void> {
  const body = bytes.subarray(start, end);
  if (start === 0 && end === bytes.length) return wire.answer(200, {}, body);
  return wire.answer(
    206,
    {
      "Content-Range": `bytes ${start}-${end - 1}/${total}`,
      "Content-Length": String(total - start),
    },
    body,
  );
}

/** Sends this many of the requested bytes, leaves time to read them, and then resets. */
const cutAfter =
  (count: number, milliseconds = 20): Script =>
  async (request, wire) => {
    const start = from(request);
    const body = bytes.subarray(start, start + count);
    const range =
      start === 0 ? "" : `Content-Range: bytes ${start}-${bytes.length - 1}/${bytes.length}\r\n`;
    await wire.send(
      `HTTP/1.1 ${start === 0 ? 200 : 206} X\r\nContent-Length: ${bytes.length - start}\r\n${range}\r\n`,
    );
    await wire.send(body);
    await wire.pause(milliseconds);
    wire.reset();
  };

/** Time is faster only in rows about waiting: a busy machine must not look like a slow server. */
function rateOf(id: string): number {
  return id === "B8" ? 40 : 20;
}

/** A pull whose large blob is answered by these scripts. */
function blob(id: string, what: string, scripts: readonly Script[], more: Partial<Row> = {}): Row {
  return {
    id,
    what,
    status: "ok",
    rate: rateOf(id),
    arrange: (world) => {
      const reference = world.evil.serve(REPOSITORY, "1", made);
      world.evil.on(BLOB, ...scripts);
      return { inputs: { images: reference, pull: "layout", path: world.layout } };
    },
    ...more,
    check: async (world, result) => {
      const all = made.blobs.length + 1;
      assert.equal(
        world.finals.length >= (more.status === undefined ? all : 1),
        true,
        "verified blobs are kept",
      );
      await more.check?.(world, result);
    },
  };
}

const requests = ({ evil }: World): readonly RawRequest[] =>
  evil.seen.filter(({ method, target }) => BLOB.test(`${method} ${target}`));

const failing = (
  reason: string | RegExp,
  status: Row["status"] = "invalid",
  tries?: number,
): Partial<Row> => ({
  status,
  reason,
  check: (world) => {
    if (tries !== undefined) assert.equal(requests(world).length, tries);
  },
});

/** Sends a unit at intervals for as long as the connection is open. */
const trickling =
  (start: string, unit: string, every: number): Script =>
  async (_, wire) => {
    await wire.send(start);
    while (!wire.gone) {
      await wire.send(unit);
      await wire.pause(every);
    }
  };

const offsets = Array.from({ length: 6 }, () => 100_000 + Math.floor(Math.random() * 2_000_000));

rows("blobs", [
  ...offsets.map((offset) =>
    blob(`B1`, `reset after ${offset} bytes: resumed there`, [cutAfter(offset, 300), honest], {
      check: (world) => {
        const [first, second, ...others] = requests(world);
        assert.ok(first && second && others.length === 0);
        const again = offset - from(second);
        assert.ok(
          from(second) > 0 && again >= 0 && again <= 1024 * 1024,
          `${again} bytes sent twice`,
        );
      },
    }),
  ),
  blob("B1", "reset over and over, with progress", [
    ...Array.from({ length: 20 }, () => cutAfter(100_000)),
    honest,
  ]),
  blob(
    "B1",
    "reset over and over, without progress",
    [cutAfter(1)],
    failing(/the answer was cut/, "unreachable", 5),
  ),
  blob("B2", "short, with no length, and a clean end", [
    async (_, wire) => {
      await wire.answer(200, { Connection: "close" }, bytes.subarray(0, 1_000_000));
      wire.end();
    },
    honest,
  ]),
  blob("B2", "short in chunks, with a clean end", [
    (_, wire) =>
      wire.answer(
        200,
        { "Transfer-Encoding": "chunked" },
        Buffer.concat([
          Buffer.from("186a0\r\n"),
          bytes.subarray(0, 100_000),
          Buffer.from("\r\n0\r\n\r\n"),
        ]),
      ),
    honest,
  ]),
  blob("B2", "shorter than it says, and a clean end", [
    async (_, wire) => {
      await wire.answer(
        200,
        { "Content-Length": String(bytes.length) },
        bytes.subarray(0, 1_000_000),
      );
      wire.end();
    },
    honest,
  ]),
  blob("B2", "nothing at all, with a clean end", [(_, wire) => wire.answer(200, {}, ""), honest]),
  blob(
    "B2",
    "nothing at all, always",
    [(_, wire) => wire.answer(200, {}, "")],
    failing(/too short: sha256:\w+ has \d+ bytes, got 0/, "invalid", 2),
  ),
  blob("B3", "the whole blob instead of a range", [
    cutAfter(1_000_000),
    (_, wire) => wire.answer(200, {}, bytes),
  ]),
  blob("B4", "a range with another start", [
    cutAfter(1_000_000),
    (_, wire) => part(wire, 5, bytes.length),
    honest,
  ]),
  blob("B4", "a range of another size", [
    cutAfter(1_000_000),
    (request, wire) => part(wire, from(request), bytes.length, 99_999_999),
    honest,
  ]),
  blob("B4", "a malformed range", [
    cutAfter(1_000_000),
    (_, wire) => wire.answer(206, { "Content-Range": "bytes x" }, "x"),
    honest,
  ]),
  blob("B4", "a range that was not requested", [(_, wire) => part(wire, 1, bytes.length), honest]),
  blob("B4", "416", [cutAfter(1_000_000), (_, wire) => wire.answer(416), honest]),
  blob(
    "B4",
    "wrong ranges for ever",
    [cutAfter(1_000_000), (_, wire) => part(wire, 5, bytes.length)],
    failing("range differs: asked to continue at byte", "invalid"),
  ),
  blob(
    "B5",
    "longer than its size, endlessly",
    [
      trickling(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        `10000\r\n${"x".repeat(0x10000)}\r\n`,
        0,
      ),
    ],
    failing(/too long: sha256:\w+ has \d+ bytes, got more/, "invalid", 2),
  ),
  blob(
    "B5",
    "a byte longer",
    [(_, wire) => wire.answer(200, {}, Buffer.concat([bytes, Buffer.alloc(1)]))],
    failing("too long", "invalid", 2),
  ),
  blob(
    "B5",
    "a stated length of terabytes",
    [
      (_, wire) =>
        wire.answer(
          200,
          { "Content-Length": "99999999999999" },
          Buffer.concat([bytes, Buffer.alloc(1)]),
        ),
    ],
    failing("too long", "invalid", 2),
  ),
  blob("B6", "wrong bytes, once", [
    (_, wire) => wire.answer(200, {}, Buffer.alloc(bytes.length)),
    honest,
  ]),
  blob(
    "B6",
    "wrong bytes, always",
    [(_, wire) => wire.answer(200, {}, Buffer.alloc(bytes.length))],
    failing(/digest differs: expected sha256:\w+, got \d+ bytes that have sha256:/, "invalid", 2),
  ),
  blob("B6", "a flipped bit after a cut", [
    cutAfter(1_000_000),
    (request, wire) => {
      const rest = Buffer.from(bytes.subarray(from(request)));
      rest[10] = (rest[10] ?? 0) ^ 1;
      return wire.answer(
        206,
        { "Content-Range": `bytes ${from(request)}-${bytes.length - 1}/${bytes.length}` },
        rest,
      );
    },
    honest,
  ]),
  blob(
    "B7",
    "encoded",
    [(_, wire) => wire.answer(200, { "Content-Encoding": "gzip" }, gzipSync(bytes))],
    failing("encoding refused: asked for no Content-Encoding, got gzip"),
  ),
  blob(
    "B8",
    "a byte at a time",
    [trickling(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length}\r\n\r\n`, "x", 20)],
    failing("too slow: less than 1 KiB/s over 30 s", "unreachable", 5),
  ),
  blob("B8", "silence in the middle", [
    async (_, wire) =>
      wire.answer(200, { "Content-Length": String(bytes.length) }, bytes.subarray(0, 100_000)),
    honest,
  ]),
  blob(
    "B8",
    "chunks of one byte",
    [trickling("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", 20)],
    failing("too slow", "unreachable", 5),
  ),
]);

/** A run whose manifest is answered by these scripts. */
function answered(
  id: string,
  what: string,
  scripts: readonly Script[],
  status: Row["status"],
  reason: string | RegExp,
  tries?: number,
): Row {
  return {
    id,
    what,
    status,
    reason,
    rate: rateOf(id),
    arrange: ({ evil }) => {
      const reference = evil.serve(REPOSITORY, "1", made);
      evil.on(/manifests\/1$/, ...scripts);
      return { inputs: { images: reference } };
    },
    check: ({ evil }) => {
      if (tries !== undefined)
        assert.equal(evil.seen.filter(({ target }) => /manifests\/1$/.test(target)).length, tries);
    },
  };
}

const ok: Script = (_, wire) => wire.answer(200, { "Content-Type": OCI_MANIFEST }, made.bytes);
const error =
  (status: number, headers: Readonly<Record<string, string>> = {}): Script =>
  (_, wire) =>
    wire.answer(
      status,
      { "Content-Type": "application/json", ...headers },
      '{"errors":[{"code":"EVIL","message":"as you like","detail":{"a":1}}]}',
    );
const retryAfter = (value: string): Script => error(429, { "Retry-After": value });
const inAMoment = new Date(Date.now() + 3_600_000).toUTCString();

rows("answers", [
  answered(
    "B8",
    "headers that never end",
    [trickling("HTTP/1.1 200 OK\r\n", "X-A: b\r\n", 20)],
    "unreachable",
    /no answer within 60 s|Header/,
    3,
  ),
  answered(
    "B8",
    "a status line that never ends",
    [trickling("HTTP/1.1 200 ", "O", 20)],
    "unreachable",
    /no answer within 60 s|Parse Error/,
    3,
  ),
  answered(
    "B8",
    "only interim answers",
    [trickling("", "HTTP/1.1 100 Continue\r\n\r\n", 20)],
    "unreachable",
    /no answer within 60 s/,
    3,
  ),
  answered(
    "B8",
    "a manifest a byte at a time",
    [trickling(`HTTP/1.1 200 OK\r\nContent-Type: ${OCI_MANIFEST}\r\n\r\n`, " ", 20)],
    "unreachable",
    "too slow: less than 1 KiB/s over 30 s",
    3,
  ),
  {
    id: "B9",
    what: "no answer until the step's timeout, which is sooner than a request's own",
    status: "unreachable",
    reason: "the step's timeout of 30 s has passed",
    names: () => "timeout",
    rate: rateOf("B9"),
    arrange: ({ evil }) => {
      const reference = evil.serve(REPOSITORY, "1", made);
      evil.on(/manifests\/1$/, async () => undefined);
      return { inputs: { images: reference, timeout: "30" } };
    },
    check: ({ evil }) => assert.equal(evil.seen.length, 1),
  },
  answered(
    "B9",
    "429 with Retry-After of a second, and then success",
    [retryAfter("1"), ok],
    "ok",
    "",
    2,
  ),
  answered(
    "B9",
    "429 with Retry-After of a minute, and then success",
    [retryAfter("60"), ok],
    "ok",
    "",
    2,
  ),
  answered(
    "B9",
    "429 with Retry-After of a day",
    [retryAfter("86400")],
    "rate-limited",
    "answered 429 EVIL: as you like .*it asks to wait 86400 s",
    1,
  ),
  answered(
    "B9",
    "429 with Retry-After of a date in an hour",
    [retryAfter(inAMoment)],
    "rate-limited",
    `it asks to wait until ${inAMoment}`,
    1,
  ),
  answered(
    "B9",
    "429 with Retry-After of a date long ago",
    [retryAfter("Thu, 01 Jan 1970 00:00:00 GMT")],
    "rate-limited",
    "answered 429",
    5,
  ),
  ...["-1", "soon", "1e9", "", "0x10", "99999999999999999999", "1\t2"].map((value) =>
    answered(
      "B9",
      `429 with Retry-After ${JSON.stringify(value)}`,
      [retryAfter(value)],
      "rate-limited",
      "answered 429",
      5,
    ),
  ),
  answered(
    "B10",
    "503 three times, and then success",
    [error(503), error(503), error(503), ok],
    "ok",
    "",
    4,
  ),
  ...[500, 502, 503, 504, 408, 499, 599].map((status) =>
    answered(
      "B10",
      `${status} for ever`,
      [error(status)],
      "unreachable",
      `answered ${status} EVIL`,
      5,
    ),
  ),
  ...[501, 505].map((status) =>
    answered("B10", `${status}`, [error(status)], "unreachable", `answered ${status} EVIL`, 1),
  ),
  answered("B10", "403", [error(403)], "unauthorized", "answered 403 EVIL: as you like", 1),
  answered(
    "B10",
    "404",
    [error(404)],
    "not-found",
    /answered 404 EVIL: as you like \(\{"a":1\}\)/,
    1,
  ),
  ...[400, 405, 406, 418, 451, 300, 304, 204].map((status) =>
    answered("B10", `${status}`, [error(status)], "invalid", `answered ${status}`, 1),
  ),
  answered("B10", "410", [error(410)], "not-found", "answered 410 EVIL", 1),
  answered(
    "B10",
    "an error of many megabytes, all of one line",
    [trickling("HTTP/1.1 404 X\r\nContent-Type: text/plain\r\n\r\n", "sorry ".repeat(10_000), 0)],
    "not-found",
    /answered 404 (sorry ){100}/,
    1,
  ),
  answered(
    "B10",
    "an error that is a page",
    [(_, wire) => wire.answer(404, { "Content-Type": "text/html" }, "<html>sign in")],
    "not-found",
    "a web page",
    1,
  ),
  answered(
    "B1",
    "reset before an answer",
    [(_, wire) => wire.reset()],
    "unreachable",
    "gave no answer",
    5,
  ),
  answered(
    "B1",
    "reset before an answer, and then success",
    [(_, wire) => wire.reset(), ok],
    "ok",
    "",
    2,
  ),
  answered(
    "B1",
    "a clean end before an answer",
    [(_, wire) => wire.end()],
    "unreachable",
    "gave no answer",
    5,
  ),
  answered(
    "B1",
    "reset in the middle of the manifest, and then success",
    [
      async (_, wire) => {
        await wire.answer(200, { "Content-Length": "9999", "Content-Type": OCI_MANIFEST }, "{");
        await wire.pause(10);
        wire.reset();
      },
      ok,
    ],
    "ok",
    "",
    2,
  ),
  answered(
    "B2",
    "a manifest shorter than it says",
    [
      async (_, wire) => {
        await wire.answer(
          200,
          { "Content-Length": "9999", "Content-Type": OCI_MANIFEST },
          made.bytes,
        );
        wire.end();
      },
    ],
    "unreachable",
    "gave no answer|cut",
    5,
  ),
  answered(
    "M1",
    "headers of 40 KiB",
    [(_, wire) => wire.answer(200, { "X-A": "x".repeat(40 * 1024) }, "{}")],
    "unreachable",
    "gave no answer: .*[Hh]eader",
  ),
  answered(
    "M1",
    "no HTTP at all",
    [(_, wire) => wire.send("SSH-2.0-OpenSSH_9.2\r\n")],
    "unreachable",
    "gave no answer",
  ),
  answered(
    "M1",
    "two lengths",
    [
      (_, wire) =>
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} "),
    ],
    "unreachable",
    "gave no answer",
  ),
  answered(
    "M1",
    "a length and chunks",
    [
      (_, wire) =>
        wire.send(
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        ),
    ],
    "unreachable",
    "gave no answer",
  ),
  answered(
    "M1",
    "a negative length",
    [(_, wire) => wire.send("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}")],
    "unreachable",
    "gave no answer",
  ),
  answered(
    "M1",
    "another protocol",
    [
      (_, wire) =>
        wire.send(
          "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: evil\r\n\r\n",
        ),
    ],
    "unreachable",
    "no answer within 60 s",
    3,
  ),
  answered(
    "M1",
    "an answer before its request",
    [
      async (_, wire) => {
        await ok(_, wire);
        await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
      },
    ],
    "ok",
    "",
  ),
]);

/** A missing tag, in a repository whose list of tags is answered by this script. */
function listed(what: string, script: Script, reason: RegExp, requests = 1): Row {
  return {
    id: "B10",
    what: `a missing tag, and a list of tags ${what}`,
    status: "not-found",
    reason,
    arrange: (world) => {
      world.evil.on(/tags\/list/, script);
      return {
        inputs: {
          images: `${world.evil.host}/${REPOSITORY}:1.3`,
          "registry-auth": world.login(world.evil.host),
        },
      };
    },
    check: ({ attacker, evil }) =>
      assert.deepEqual(
        [attacker.connections, evil.seen.filter(({ target }) => target.includes("tags")).length],
        [0, requests],
      ),
  };
}

const tags =
  (names: readonly unknown[], link = ""): Script =>
  (_, wire) =>
    wire.answer(200, link === "" ? {} : { Link: link }, JSON.stringify({ tags: names }));

rows("lists of tags", [
  listed(
    "that has others",
    tags(["latest", "1.35", "1.36", "2.0"]),
    /; nearest of its 4 tags: 1\.35, 1\.36, latest, 2\.0$/,
  ),
  listed(
    "of names that are not tags",
    tags(["##[stop-commands]z", "::error::x", "-x", 7, null, "ok"]),
    /; its only tag: ok$/,
  ),
  listed("without end", tags(["a"], '<?last=a>; rel="next"'), /nearest of its 10 tags/, 10),
  listed(
    "continued at another origin",
    tags(["a"], '<http://169.254.169.254/v2/x>; rel="next"'),
    /its only tag: a$/,
  ),
  listed(
    "continued at another path",
    tags(["a"], '</admin?delete=all>; rel="next"'),
    /nearest of its 10 tags/,
    10,
  ),
  listed("that is not a list", (_, wire) => wire.answer(200, {}, "[]"), /still being pushed$/),
  listed(
    "of a million",
    tags(Array(1_000_000).fill("a")),
    /nearest of its 1000 tags|still being pushed$/,
  ),
  listed("that is refused", (_, wire) => wire.answer(403), /still being pushed$/),
]);

/** A registry with TLS behind a proxy that answers for its name, with this certificate. */
const presenting = (
  certificate: Certificate,
  reason: RegExp,
  environment: Readonly<Record<string, string>> = {},
): Row => ({
  id: "B11",
  what: `a certificate that is ${certificate}`,
  status: "unreachable",
  reason,
  names: () => "registry.example",
  arrange: async (world) => {
    const proxy = await world.server({ tls: certificate, proxy: true });
    proxy.serve(REPOSITORY, "1", made);
    return {
      inputs: {
        images: `registry.example/${REPOSITORY}:1`,
        "registry-auth": world.login("registry.example"),
      },
      environment: {
        https_proxy: proxy.url,
        http_proxy: world.attacker.url,
        NODE_EXTRA_CA_CERTS: AUTHORITY,
        ...environment,
      },
    };
  },
  check: ({ attacker }) => assert.equal(attacker.connections, 0),
});

rows("TLS", [
  presenting("expired", /TLS failed: certificate has expired; TLS is required/),
  presenting("wrong-name", /TLS failed: .*not in the cert's altnames/),
  presenting("self-signed", /TLS failed: self-signed certificate/),
  presenting("self-signed", /TLS failed: self-signed certificate/, {
    NODE_TLS_REJECT_UNAUTHORIZED: "0",
  }),
  {
    id: "B11",
    what: "a server that accepts and never answers",
    status: "unreachable",
    reason: "no answer within 60 s",
    rate: 40,
    names: () => "registry.example",
    arrange: (world) => ({
      inputs: { images: `registry.example/${REPOSITORY}:1` },
      environment: { https_proxy: world.evil.url, http_proxy: world.attacker.url },
    }),
    check: ({ attacker }) => assert.equal(attacker.connections, 0),
  },
  {
    id: "B11",
    what: "plain HTTP instead of TLS",
    status: "unreachable",
    reason: /TLS failed: .*if plain HTTP is intended, list the registry in insecure-registries/,
    names: () => "registry.example",
    arrange: async (world) => {
      const proxy = await world.server({ blurts: "HTTP/1.1 400 Bad Request\r\n\r\n" });
      return {
        inputs: { images: `registry.example/${REPOSITORY}:1` },
        environment: { https_proxy: proxy.url, http_proxy: world.attacker.url },
      };
    },
  },
  {
    id: "B11",
    what: "a good certificate",
    status: "ok",
    names: () => "registry.example",
    arrange: async (world) => {
      const proxy = await world.server({ tls: "good", proxy: true });
      proxy.serve(REPOSITORY, "1", made);
      return {
        inputs: { images: `registry.example/${REPOSITORY}:1` },
        environment: { https_proxy: proxy.url, NODE_EXTRA_CA_CERTS: AUTHORITY },
      };
    },
  },
]);
