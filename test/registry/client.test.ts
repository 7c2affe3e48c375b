import assert from "node:assert/strict";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { after, afterEach, beforeEach, describe, it } from "node:test";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { connect } from "../support/connect.ts";
import { image, schema1 } from "../support/image.ts";
import { type Fault, Registry, refuse } from "../support/registry.ts";

const made = image("linux/amd64");
const app = "org/app";
const failing = (status: string, pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof PullError, String(error));
  assert.equal(error.status, status, error.message);
  assert.match(error.message, pattern);
  return true;
};
/** A fault for the first `times` requests whose line matches. */
const first = (times: number, pattern: RegExp, fault: Fault): Fault => {
  let left = times;
  return (request, response) => pattern.test(`${request.method} ${request.url}`) && left-- > 0 && fault(request, response);
};
const answer =
  (status: number, headers: Record<string, string> = {}, body = ""): Fault =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
    return true;
  };

describe("RegistryClient", () => {
  let registry: Registry;
  const at = () => ({ registry: registry.host, repository: app });
  beforeEach(async () => {
    registry = await Registry.start();
    registry.push(app, "v1", made);
  });
  afterEach(() => registry.stop());

  it("gets a manifest by tag in one request, its digest computed", async () => {
    const fetched = await connect().client.manifest(at(), "v1");
    assert.deepEqual(
      [fetched.digest, fetched.mediaType, fetched.bytes, fetched.authenticated],
      [made.digest, made.mediaType, made.bytes, false],
    );
    assert.deepEqual(registry.log, ["GET /v2/org/app/manifests/v1 200"]);
    assert.match(registry.seen[0]?.accept ?? "", /image\.index.*manifest\.list.*image\.manifest.*manifest\.v2.*prettyjws/);
  });

  it("gets a digest once, however many ask", async () => {
    const { client } = connect();
    await Promise.all([client.manifest(at(), made.digest), client.manifest(at(), made.digest), client.manifest(at(), made.digest)]);
    assert.equal(registry.seen.length, 1);
  });

  it("computes a sha512 digest when it is asked for by one", async () => {
    const sha512 = digestOf(made.bytes, "sha512");
    registry.push(app, sha512, made);
    assert.equal((await connect().client.manifest(at(), sha512)).digest, sha512);
  });

  it("takes a signed schema 1 manifest by the digest of its payload", async () => {
    const old = schema1(true);
    registry.push(app, "old", old);
    const { client } = connect();
    const byTag = await client.manifest(at(), "old");
    assert.deepEqual([byTag.digest, byTag.bytes], [old.digest, old.bytes]);
    assert.equal((await client.manifest(at(), old.digest)).digest, old.digest);
  });

  it("needs no Docker-Content-Digest, and believes none that lies", async () => {
    registry.announcesDigest = false;
    assert.equal((await connect().client.manifest(at(), "v1")).digest, made.digest);
    registry.announcesDigest = true;
    registry.faults.push(answer(200, { "docker-content-digest": `sha256:${"0".repeat(64)}` }, made.bytes.toString()));
    await assert.rejects(connect().client.manifest(at(), "v1"), failing("invalid", /digest differs: the registry announced sha256:0000/));
  });

  it("asks once more when bytes have another digest, and then fails with both", async () => {
    registry.faults.push(first(1, /./, answer(200, {}, "{}")));
    assert.equal((await connect().client.manifest(at(), made.digest)).digest, made.digest);
    registry.faults.push(answer(200, {}, "{}"));
    await assert.rejects(
      connect().client.manifest(at(), made.digest),
      failing("invalid", new RegExp(`asked for ${made.digest}, got 2 bytes that have sha256:44136fa3`)),
    );
    assert.equal(registry.seen.length, 4);
  });

  it("gets a config blob, and holds it to its size and digest", async () => {
    const [config] = made.blobs;
    assert.ok(config);
    const { client } = connect();
    const { bytes } = await client.blob(at(), { digest: config.digest, size: config.bytes.length });
    assert.deepEqual(bytes, config.bytes);
    await assert.rejects(
      connect().client.blob(at(), { digest: config.digest, size: 10 }),
      failing("invalid", /size differs: .* is listed with 10 bytes, got more/),
    );
    await assert.rejects(
      connect().client.blob(at(), { digest: config.digest, size: 5_000_000 }),
      failing("invalid", /too large: .* has 5000000 bytes/),
    );
    registry.faults.push(answer(200, {}, "x".repeat(config.bytes.length)));
    await assert.rejects(
      connect().client.blob(at(), { digest: config.digest, size: config.bytes.length }),
      failing("invalid", /digest differs/),
    );
  });

  it("tells a blob's size by HEAD, or by its first byte where there is no HEAD", async () => {
    const [, layer] = made.blobs;
    assert.ok(layer);
    assert.equal(await connect().client.blobSize(at(), layer.digest), layer.bytes.length);
    registry.faults.push((request, response) => request.method === "HEAD" && answer(405)(request, response));
    registry.faults.push(
      (request, response) =>
        request.headers.range === "bytes=0-0" && answer(206, { "content-range": "bytes 0-0/777" }, "x")(request, response),
    );
    assert.equal(await connect().client.blobSize(at(), layer.digest), 777);
  });

  it("tells what a tag is said to point at", async () => {
    assert.equal((await connect().client.claim(at(), "v1")).digest, made.digest);
    assert.deepEqual(registry.log, ["HEAD /v2/org/app/manifests/v1 200"]);
    registry.announcesDigest = false;
    assert.equal((await connect().client.claim(at(), "v1")).digest, undefined);
  });

  describe("answers", () => {
    for (const [status, expected, pattern] of [
      [404, "not-found", /answered 404 CODE: the words \(the detail\); check the repository/],
      [401, "unauthorized", /answered 401 CODE: the words.*no credentials are configured/],
      [403, "unauthorized", /answered 403 CODE: the words.*registries answer so for what does not exist/],
      [400, "invalid", /answered 400 CODE: the words/],
      [429, "rate-limited", /answered 429 CODE: the words.*; it asks to wait 3600 s/],
      [500, "unreachable", /answered 500 CODE: the words/],
      [503, "unreachable", /answered 503/],
      [302, "invalid", /answered 302/],
    ] as const) {
      it(`of ${status} mean ${expected}, in the registry's own words`, async () => {
        const connection = connect();
        const body = JSON.stringify({ errors: [{ code: "CODE", message: "the words", detail: "the detail" }] });
        registry.faults.push(answer(status, { "retry-after": "3600" }, body));
        await assert.rejects(connection.client.manifest(at(), "v1"), failing(expected, pattern));
        assert.ok(registry.seen.length <= 2);
      });
    }

    it("that are transient are asked for again, five times at most", async () => {
      registry.faults.push(first(3, /./, answer(503)));
      const connection = connect();
      assert.equal((await connection.client.manifest(at(), "v1")).digest, made.digest);
      assert.deepEqual(connection.slept, [500, 1_000, 2_000]);
      assert.match(connection.said.join("\n"), /answered 503; trying again in 0.5 s/);
      registry.seen.length = 0;
      registry.faults.push(answer(500));
      await assert.rejects(connect().client.manifest(at(), "v1"), failing("unreachable", /500/));
      assert.equal(registry.seen.length, 5);
    });

    it("with Retry-After are waited for, up to a minute", async () => {
      registry.faults.push(first(2, /./, answer(429, { "retry-after": "60" })));
      const connection = connect();
      await connection.client.manifest(at(), "v1");
      assert.deepEqual(connection.slept, [60_000, 60_000]);
    });

    it("that end early are asked for again, with and without Content-Length", async () => {
      const cut =
        (headers: Record<string, string>): Fault =>
        (_request, response) => {
          response.writeHead(200, headers);
          response.write(made.bytes.subarray(0, 50), () => response.socket?.destroy());
          return true;
        };
      registry.faults.push(first(1, /./, cut({ "content-length": String(made.bytes.length) })), first(1, /./, cut({})));
      assert.equal((await connect().client.manifest(at(), made.digest)).digest, made.digest);
    });

    it("that are too long, or encoded, are refused", async () => {
      registry.faults.push(
        first(1, /./, (_request, response) => {
          const more = (): void => {
            while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
          };
          response.on("drain", more);
          more();
          return true;
        }),
      );
      await assert.rejects(connect().client.manifest(at(), "v1"), failing("invalid", /too large: the answer is longer than 4194304 bytes/));
      registry.faults.push(answer(200, { "content-encoding": "gzip" }, "x"));
      await assert.rejects(connect().client.manifest(at(), "v1"), failing("invalid", /encoding refused.*gzip/));
    });

    it("with warnings and pull limits are passed on, once", async () => {
      registry.faults.push((_request, response) => {
        response.setHeader("warning", '299 - "this tag goes away"');
        response.setHeader("ratelimit-limit", "100;w=21600");
        response.setHeader("ratelimit-remaining", "76;w=21600");
        return false;
      });
      const connection = connect();
      await connection.client.manifest(at(), "v1");
      await connection.client.manifest(at(), made.digest);
      assert.deepEqual(connection.warned, [`${registry.host} warns: this tag goes away`]);
      assert.deepEqual([...connection.api.remainingPulls.values()], ["76 of 100 pulls left per 21600 s"]);
    });
  });

  it("says that nobody answers, after three tries", async () => {
    const gone = { registry: registry.host, repository: app };
    await registry.stop();
    const connection = connect();
    await assert.rejects(
      connection.client.manifest(gone, "v1"),
      failing("unreachable", /gave no answer: .*ECONNREFUSED.*check the registry's name/),
    );
    assert.equal(connection.slept.length, 2);
    registry = await Registry.start();
  });

  it("says at once that a name does not exist, and that plain HTTP is not TLS", async () => {
    const connection = connect();
    await assert.rejects(
      connection.client.manifest({ registry: "no-such-registry.invalid", repository: app }, "v1"),
      failing("unreachable", /no-such-registry.invalid gave no answer/),
    );
    const plain = createTcpServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")).listen(443, "127.0.0.1");
    after(() => plain.close());
    await new Promise((resolve) => plain.once("listening", resolve).once("error", resolve));
    await assert.rejects(
      connection.client.manifest({ registry: "127.0.0.1:443", repository: app }, "v1"),
      failing("unreachable", /insecure-registries/),
    );
  });

  it("goes over to TLS where a loopback registry turns out to speak it", async () => {
    registry.faults.push(answer(400, {}, "Client sent an HTTP request to an HTTPS server.\n"));
    await assert.rejects(connect().client.manifest(at(), "v1"), failing("unreachable", /speaks plain HTTP/));
  });

  it("ends with the step's timeout", async () => {
    registry.faults.push(() => true);
    const connection = connect();
    const pending = connection.client.manifest(at(), "v1");
    setTimeout(() => connection.stop.abort(new PullError("timeout", "the step's timeout of 1 s has passed")), 50);
    await assert.rejects(pending, failing("unreachable", /timeout of 1 s/));
    await assert.rejects(connection.client.manifest(at(), "v1"), failing("unreachable", /timeout of 1 s/));
  });

  it("keeps to the requests at a time that it is allowed", async () => {
    let open = 0;
    let most = 0;
    registry.faults.push((_request, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        refuse(response, 404, "X", "x", null);
      }, 5);
      return true;
    });
    const { client } = connect({ concurrency: 3 });
    await Promise.allSettled(
      Array.from({ length: 20 }, (_, at) => client.manifest({ registry: registry.host, repository: `a/${at}` }, "v1")),
    );
    assert.equal(most, 3);
  });

  for (const [status, reason, code] of [
    [404, "not-found", "MANIFEST_UNKNOWN"],
    [403, "no-credentials", "DENIED"],
    [429, "rate-limited", "TOOMANYREQUESTS"],
    [503, "server-error", "UNAVAILABLE"],
  ] as const) {
    it(`gets the words of a refused HEAD with one GET: ${status}`, async () => {
      registry.faults.push((_, response) => {
        refuse(response, status, code, "the words", null);
        return true;
      });
      const { client } = connect();
      for (const ask of [() => client.claim(at(), "v1"), () => client.blobSize(at(), made.digest)]) {
        registry.seen.length = 0;
        await assert.rejects(ask(), (error: PullError) => error.reason === reason && error.found.includes(`${code}: the words`));
        assert.equal(registry.seen.filter(({ method }) => method === "GET").length, 1);
      }
    });
  }

  it("takes the answer to a GET where HEAD alone is refused", async () => {
    registry.push(app, "v1", made);
    registry.faults.push((request, response) => {
      const refused = request.method === "HEAD";
      if (refused) refuse(response, 403, "DENIED", "no HEAD here", null);
      return refused;
    });
    const { client } = connect();
    assert.equal((await client.claim(at(), "v1")).digest, made.digest);
    assert.equal(await client.blobSize(at(), made.blobs[0]?.digest as Digest), made.blobs[0]?.bytes.length);
  });

  it("keeps the registry's last answer when time runs out before the next try", async () => {
    registry.faults.push((_, response) => {
      response.setHeader("retry-after", "60");
      refuse(response, 429, "TOOMANYREQUESTS", "slow down", null);
      return true;
    });
    const connection = connect({ onSleep: () => connection.stop.abort(new PullError("timeout", "time is up")) });
    await assert.rejects(connection.client.manifest(at(), "v1"), failing("rate-limited", /slow down/));
  });

  describe("redirects", () => {
    let other: Registry;
    beforeEach(async () => {
      other = await Registry.start();
    });
    afterEach(() => other.stop());
    const redirect = (location: string): void => {
      registry.faults.push(first(1, /^(GET|HEAD) \/v2\/org\/app\/blobs/, answer(307, { location })));
    };
    const [config] = made.blobs;
    const login = () => ({ registryAuth: [{ registry: registry.host, username: "u", password: "p" }] });
    const fetched = (connection = connect(login())) =>
      connection.client.blob(at(), { digest: config?.digest as Digest, size: config?.bytes.length ?? 0 });
    const get = async (): Promise<Buffer> => (await fetched()).bytes;

    it("are followed, relative ones too", async () => {
      redirect(`/v2/org/app/blobs/${config?.digest}?moved`);
      assert.deepEqual(await get(), config?.bytes);
      assert.match(registry.log.join("\n"), /blobs\/sha256:\w+ 307\n.*\?moved 200/);
    });

    it("to another port carry no credentials", async () => {
      registry.access = { scheme: "basic", login: "u:p" };
      other.push(app, "v1", made);
      registry.faults.push((request, response) =>
        request.headers.authorization ? answer(307, { location: `http://${other.host}${request.url}` })(request, response) : false,
      );
      assert.deepEqual(await get(), config?.bytes);
      assert.deepEqual(
        other.seen.map(({ authorization }) => authorization),
        [""],
      );
    });

    it("to a registry of its own are answered with its anonymous token", async () => {
      other.push(app, "v1", made);
      other.access = { scheme: "bearer" };
      redirect(`http://${other.host}/v2/org/app/blobs/${config?.digest}`);
      assert.deepEqual(await get(), config?.bytes);
      assert.ok(other.seen.every(({ authorization }) => !authorization.startsWith("Basic")));
    });

    for (const [name, location, pattern] of [
      ["without end", "/v2/org/app/blobs/again", /redirect refused: .* more than 5 redirects/],
      ["to no URL", "http://[", /invalid URL/],
      ["with a login", "http://a:b@127.0.0.1/", /redirect refused/],
      ["to a file", "file:///etc/passwd", /redirect refused/],
      ["to a metadata service", "http://169.254.169.254/latest", /address refused/],
      ["to nowhere", "http://0.0.0.0/", /address refused/],
    ] as const) {
      it(`${name} are refused`, async () => {
        registry.faults.push((request, response) => /blobs/.test(request.url ?? "") && answer(307, { location })(request, response));
        await assert.rejects(get(), failing("invalid", pattern));
      });
    }
  });

  it("refuses a registry at a metadata address, whoever names it", async () => {
    for (const host of ["169.254.169.254", "[fe80::1]", "168.63.129.16"]) {
      await assert.rejects(
        connect({ insecureRegistries: [host] }).client.manifest({ registry: host, repository: "a" }, "v1"),
        failing("invalid", /address refused/),
      );
    }
  });

  it("goes through the runner's proxy", async () => {
    const asked: string[] = [];
    const proxy = createServer().listen(0, "127.0.0.1");
    proxy.on("connect", (request, socket) => {
      asked.push(request.url ?? "");
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
    await new Promise((resolve) => proxy.once("listening", resolve));
    process.env["https_proxy"] = `http://user:proxy-password@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      await assert.rejects(
        connect().client.manifest({ registry: "registry.example", repository: "a" }, "v1"),
        (error: Error) => !error.message.includes("proxy-password"),
      );
      assert.equal(asked[0], "registry.example:443");
    } finally {
      delete process.env["https_proxy"];
      proxy.close();
    }
  });
});
