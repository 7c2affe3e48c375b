import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, it } from "node:test";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { listen } from "../../src/serve/listener.ts";
import type { Asker } from "../../src/serve/served.ts";
import {
  ask,
  backendWith,
  blobOf,
  dial,
  exchange,
  serving,
  Timers,
  until,
} from "../support/job-listener.ts";

const BYTES = Buffer.from("0123456789".repeat(200));
const DIGEST = digestOf(BYTES);
const BLOB = `/v2/alpine/blobs/${DIGEST}`;
const TYPE = "application/vnd.oci.image.manifest.v1+json";
const DOCUMENT = { bytes: BYTES, size: BYTES.length, digest: DIGEST, mediaType: TYPE };

const whole = backendWith({
  manifest: async (_, __, { method }) =>
    method === "HEAD" ? { ...DOCUMENT, bytes: Buffer.alloc(0) } : DOCUMENT,
  blob: async () => blobOf(BYTES, DIGEST, 300),
  list: async ({ query }) => ({
    bytes: Buffer.from(query),
    mediaType: "application/json",
    next: query.includes("last") ? undefined : "n=1&last=a",
    filters: query.includes("artifactType") ? "artifactType" : "",
  }),
});

describe("listen", () => {
  const { port, listener } = serving({ backend: whole });

  for (const path of ["/v2/", "/v2"]) {
    it(`answers ${path} as a registry`, async () => {
      const got = await ask(port(), path);
      assert.equal(got.status, 200);
      assert.equal(got.headers["docker-distribution-api-version"], "registry/2.0");
    });
  }

  it("serves a manifest", async () => {
    const got = await ask(port(), "/v2/alpine/manifests/latest?ns=docker.io");
    assert.equal(got.status, 200);
    assert.deepEqual(got.body, BYTES);
    assert.equal(got.headers["content-type"], TYPE);
    assert.equal(got.headers["content-length"], "2000");
    assert.equal(got.headers["docker-content-digest"], DIGEST);
    assert.equal(got.headers["oci-namespace"], "docker.io");
  });

  for (const path of ["/v2/alpine/manifests/latest", BLOB, "/v2/alpine/tags/list?n=1", "/v2/"]) {
    it(`answers HEAD ${path} with the headers of a GET and no body`, async () => {
      const [get, head] = [await ask(port(), path), await ask(port(), path, { method: "HEAD" })];
      assert.equal(head.body.length, 0);
      assert.deepEqual({ ...head.headers, date: "" }, { ...get.headers, date: "" });
      assert.equal(head.status, get.status);
    });
  }

  it("serves a blob", async () => {
    const got = await ask(port(), BLOB);
    assert.equal(got.status, 200);
    assert.deepEqual(got.body, BYTES);
    assert.equal(got.headers["content-type"], "application/octet-stream");
    assert.equal(got.headers["content-length"], "2000");
    assert.equal(got.headers["docker-content-digest"], DIGEST);
    assert.equal(got.headers["accept-ranges"], "bytes");
    assert.equal(got.headers["content-range"], undefined);
  });

  for (const [range, start, end] of [
    ["bytes=500-1499", 500, 1500],
    ["bytes=500-", 500, 2000],
    ["bytes=-500", 1500, 2000],
    ["bytes=1500-5000", 1500, 2000],
  ] as const) {
    it(`serves ${range} of a blob`, async () => {
      const got = await ask(port(), BLOB, { headers: { range } });
      assert.equal(got.status, 206);
      assert.deepEqual(got.body, BYTES.subarray(start, end));
      assert.equal(got.headers["content-range"], `bytes ${start}-${end - 1}/2000`);
      assert.equal(got.headers["content-length"], String(end - start));
    });
  }

  for (const range of ["bytes=2000-", "bytes=500-0"]) {
    it(`answers ${range} with 416`, async () => {
      const got = await ask(port(), BLOB, { headers: { range } });
      assert.equal(got.status, 416);
      assert.equal(got.headers["content-range"], "bytes */2000");
    });
  }

  for (const headers of [
    { range: "bytes=0-1,4-5" },
    { range: "nonsense" },
    { range: "bytes=0-1", "if-range": '"x"' },
  ]) {
    it(`answers ${JSON.stringify(headers)} with all bytes`, async () => {
      const got = await ask(port(), BLOB, { headers });
      assert.equal(got.status, 200);
      assert.deepEqual(got.body, BYTES);
    });
  }

  it("ignores the range of a HEAD", async () => {
    const got = await ask(port(), BLOB, { method: "HEAD", headers: { range: "bytes=0-1" } });
    assert.equal(got.status, 200);
    assert.equal(got.headers["content-length"], "2000");
  });

  it("passes a list on, with a link to the next page", async () => {
    const got = await ask(port(), "/v2/org/app/tags/list?n=1&ns=ghcr.io");
    assert.equal(got.body.toString(), "n=1");
    const link = '</v2/org/app/tags/list?n=1&last=a&ns=ghcr.io>; rel="next"';
    assert.equal(got.headers["link"], link);
    const last = await ask(port(), "/v2/org/app/tags/list?n=1&last=a&ns=ghcr.io");
    assert.equal(last.headers["link"], undefined);
  });

  it("says which filters the upstream applied", async () => {
    const path = `/v2/alpine/referrers/${DIGEST}`;
    const got = await ask(port(), `${path}?artifactType=a/b`);
    assert.equal(got.headers["oci-filters-applied"], "artifactType");
    assert.equal((await ask(port(), path)).headers["oci-filters-applied"], undefined);
  });

  it("answers many requests on one connection", async () => {
    const one = `GET ${BLOB} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const last = one.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    const text = await exchange(port(), one + one + last);
    assert.equal(text.split("HTTP/1.1 200 OK").length - 1, 3);
    assert.ok(text.endsWith(BYTES.toString()));
  });

  it("counts no request when all are answered", () => assert.equal(listener().active(), 0));
});

describe("listen, for a request that it refuses", () => {
  const { port } = serving({
    backend: backendWith({ manifest: async () => assert.fail("asked the backend") }),
  });
  const PATH = "/v2/alpine/manifests/latest";

  for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
    it(`answers ${method} with 405 and the methods that are allowed`, async () => {
      const got = await ask(port(), PATH, { method });
      assert.equal(got.status, 405);
      assert.equal(got.headers["allow"], "GET, HEAD");
    });
  }

  it("answers 404 with errors as JSON", async () => {
    const got = await ask(port(), "/v2/_catalog");
    assert.equal(got.status, 404);
    assert.equal(got.headers["content-type"], "application/json");
    assert.equal(JSON.parse(got.body.toString()).errors[0].code, "UNSUPPORTED");
  });

  const head = (target: string, more = "Host: localhost"): string =>
    `GET ${target} HTTP/1.1\r\n${more}\r\n\r\n`;
  const cases: readonly (readonly [string, string, number])[] = [
    ["another host's name", head(PATH, "Host: evil.example"), 403],
    ["no host", head(PATH, "X: y"), 400],
    ["an empty host", head(PATH, "Host:"), 403],
    ["two hosts", head(PATH, "Host: localhost\r\nHost: evil.example"), 403],
    ["HTTP/1.0 without a host", head(PATH, "X: y").replace("1.1", "1.0"), 403],
    ["a target in absolute form", head(`http://localhost${PATH}`), 400],
    ["a target in authority form", head("localhost:80"), 400],
    ["a fragment", head(`${PATH}#x`), 400],
    ["bytes that are not ASCII", head(`${PATH}\xe9`), 400],
    ["a URL over 4 KiB", head(`${PATH}?${"a".repeat(4096)}`), 414],
    ["headers over 16 KiB", head(PATH, `Host: localhost\r\nX: ${"a".repeat(17_000)}`), 431],
    ["a body", `${head(PATH, "Host: localhost\r\nContent-Length: 3")}abc`, 400],
    ["a chunked body", head(PATH, "Host: localhost\r\nTransfer-Encoding: chunked"), 400],
    ["Expect", head(PATH, "Host: localhost\r\nExpect: 100-continue"), 417],
    ["another Expect", head(PATH, "Host: localhost\r\nExpect: x"), 417],
    ["an upgrade", head(PATH, "Host: localhost\r\nConnection: upgrade\r\nUpgrade: x"), 400],
  ];
  for (const [what, text, status] of cases) {
    it(`answers ${what} with ${status} and ends the connection`, async () => {
      const answer = await exchange(port(), text);
      assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
      assert.equal(answer.split("HTTP/1.1").length, 2);
    });
  }

  it("ends a connection that asks for a tunnel", async () => {
    const answer = await exchange(port(), "CONNECT a:1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert.equal(answer, "");
  });
});

describe("listen, for a request that fails", () => {
  const failures: Readonly<Record<string, unknown>> = {
    denied: new PullError("not-served", "not named\r\nSet-Cookie: é"),
    limited: new PullError("rate-limited", "too many"),
    bug: new TypeError("secret"),
  };
  const { port, said } = serving({
    backend: backendWith({
      manifest: async (_, reference) => {
        throw failures[reference] ?? new PullError("not-found", "no such tag");
      },
    }),
  });

  it("says why in the reason phrase, which is all that a HEAD shows", async () => {
    const got = await ask(port(), "/v2/alpine/manifests/denied", { method: "HEAD" });
    assert.equal(got.status, 403);
    assert.match(got.reason, /^DENIED: not named\?Set-Cookie: \?; [ -~]+$/);
    assert.equal(got.body.length, 0);
    assert.equal(got.headers["set-cookie"], undefined);
  });

  it("says why in the body", async () => {
    const got = await ask(port(), "/v2/alpine/manifests/limited");
    assert.equal(got.status, 503);
    assert.equal(JSON.parse(got.body.toString()).errors[0].code, "TOOMANYREQUESTS");
  });

  it("answers a blob that is missing", async () => {
    const got = await ask(port(), BLOB);
    assert.equal(got.status, 404);
    assert.equal(JSON.parse(got.body.toString()).errors[0].code, "BLOB_UNKNOWN");
  });

  it("describes an unexpected error in the log only, and once", async () => {
    const path = "/v2/alpine/manifests/bug";
    const [got] = [await ask(port(), path), await ask(port(), path)];
    assert.equal(got.status, 500);
    assert.ok(!got.body.toString().includes("secret") && !got.reason.includes("secret"));
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /TypeError: secret/);
  });
});

describe("listen, for the backend", () => {
  const askers: (Asker & { readonly asked: string })[] = [];
  const { port } = serving({
    backend: backendWith({ manifest: async () => DOCUMENT }, askers),
  });

  it("says who asks, and for what", async () => {
    const headers = { "user-agent": "docker/28.5.2 go/1", "oci-namespace": "ghcr.io" };
    await ask(port(), "/v2/org/app/manifests/1", { method: "HEAD", headers });
    assert.deepEqual(askers.pop(), {
      asked: "ghcr.io/org/app 1",
      method: "HEAD",
      client: "docker 28.5.2",
    });
  });

  it("takes an address of its own for no registry", async () => {
    for (const own of ["127.0.0.1", "localhost", "[::1]", "host.docker.internal"]) {
      const path = `/v2/ghcr.io/org/app/manifests/1?ns=${own}:${port()}`;
      await ask(port(), path);
      assert.equal(askers.pop()?.asked, "ghcr.io/org/app 1", own);
    }
  });
});

describe("Listener", () => {
  it("ends idle connections at once when it closes, and others when their time is over", async () => {
    const timers = new Timers();
    const backend = backendWith({ manifest: () => new Promise(() => undefined) });
    const options = { host: "127.0.0.1", port: 0, say: assert.fail, after: timers.after };
    const listener = await listen({ ...options, backend });
    const idle = await dial(listener.port);
    const busy = await dial(listener.port);
    idle.resume().write("GET /v2/ HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await once(idle, "data");
    busy.resume().write("GET /v2/alpine/manifests/1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await until(() => listener.active() === 1);
    const closed = listener.close();
    await once(idle, "close");
    assert.equal(busy.closed, false);
    timers.fire();
    await Promise.all([closed, once(busy, "close")]);
  });

  it("cuts a connection with more requests than it has answers", async () => {
    let count = 0;
    const backend = backendWith({
      manifest: () => {
        count++;
        return new Promise(() => undefined);
      },
    });
    const { after } = new Timers();
    const listener = await listen({ host: "127.0.0.1", port: 0, say: assert.fail, after, backend });
    const one = "GET /v2/alpine/manifests/1 HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assert.equal(await exchange(listener.port, one.repeat(100)), "");
    assert.equal(count, 4);
    await listener.close();
  });

  it("fails as the system does when it cannot listen", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    assert.ok(typeof address === "object" && address !== null);
    const { after } = new Timers();
    const options = { host: "127.0.0.1", port: address.port, say: assert.fail, after };
    await assert.rejects(listen({ ...options, backend: whole }), { code: "EADDRINUSE" });
    other.close();
  });
});
