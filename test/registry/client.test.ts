import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { Downloader } from "../../src/http/download.ts";
import type { UnaddressedRequest } from "../../src/http/http.ts";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import type { Reached } from "../../src/registry/api.ts";
import { type ClientOptions, RegistryClient } from "../../src/registry/client.ts";
import { connect } from "../support/connect.ts";
import { image, schema1 } from "../support/image.ts";
import { MemoryTarget } from "../support/memory-target.ts";
import { type Fault, Registry } from "../support/registry.ts";
import { asBlob } from "../support/resolving.ts";

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
  return (request, response) =>
    pattern.test(`${request.method} ${request.url}`) && left-- > 0 && fault(request, response);
};
const answer =
  (status: number, headers: Record<string, string> = {}, body = ""): Fault =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
    return true;
  };

/** An answer without a body. */
function reachedWith(
  isPrivate: boolean,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Reached {
  const answer = { status, headers, body: Buffer.alloc(0) };
  const url = new URL("https://registry.example/");
  return { answer, url, authenticated: false, private: isPrivate, refusals: [] };
}

/** A client whose requests `send` answers. */
function clientOf(
  send: ClientOptions["api"]["send"],
  downloader: ClientOptions["downloader"],
): RegistryClient {
  const api = { send, sentCredentials: () => false };
  return new RegistryClient({ api, downloader, say: () => undefined });
}

describe("RegistryClient", () => {
  let registry: Registry;
  const at = () => ({ registry: registry.host, repository: app });
  beforeEach(async () => {
    registry = await Registry.start();
    registry.push(app, "v1", made);
  });
  afterEach(() => registry.stop());

  it("reads a manifest by tag in one request, and computes its digest", async () => {
    const fetched = await connect().client.manifest(at(), "v1");
    assert.deepEqual(
      [fetched.digest, fetched.mediaType, fetched.bytes, fetched.authenticated],
      [made.digest, made.mediaType, made.bytes, false],
    );
    assert.deepEqual(registry.log, ["GET /v2/org/app/manifests/v1 200"]);
    assert.match(
      registry.seen[0]?.accept ?? "",
      /image\.index.*manifest\.list.*image\.manifest.*manifest\.v2.*prettyjws/,
    );
  });

  it("reads a manifest by digest once, for any number of callers", async () => {
    const { client } = connect();
    await Promise.all([
      client.manifest(at(), made.digest),
      client.manifest(at(), made.digest),
      client.manifest(at(), made.digest),
    ]);
    assert.equal(registry.seen.length, 1);
  });

  it("computes a sha512 digest when the manifest is requested by one", async () => {
    const sha512 = digestOf(made.bytes, "sha512");
    registry.push(app, sha512, made);
    assert.equal((await connect().client.manifest(at(), sha512)).digest, sha512);
  });

  it("accepts a signed schema 1 manifest by the digest of its payload", async () => {
    const old = schema1(true);
    registry.push(app, "old", old);
    const { client } = connect();
    const byTag = await client.manifest(at(), "old");
    assert.deepEqual([byTag.digest, byTag.bytes], [old.digest, old.bytes]);
    assert.equal((await client.manifest(at(), old.digest)).digest, old.digest);
  });

  it("needs no Docker-Content-Digest, and refuses one that differs", async () => {
    registry.announcesDigest = false;
    assert.equal((await connect().client.manifest(at(), "v1")).digest, made.digest);
    registry.announcesDigest = true;
    registry.faults.push(
      answer(200, { "docker-content-digest": `sha256:${"0".repeat(64)}` }, made.bytes.toString()),
    );
    await assert.rejects(
      connect().client.manifest(at(), "v1"),
      failing("invalid", /digest differs: the registry announced sha256:0000/),
    );
  });

  it("retries once when bytes have another digest, and then fails with both digests", async () => {
    registry.faults.push(first(1, /./, answer(200, {}, "{}")));
    assert.equal((await connect().client.manifest(at(), made.digest)).digest, made.digest);
    registry.faults.push(answer(200, {}, "{}"));
    await assert.rejects(
      connect().client.manifest(at(), made.digest),
      failing(
        "invalid",
        new RegExp(`asked for ${made.digest}, got 2 bytes that have sha256:44136fa3`),
      ),
    );
    assert.equal(registry.seen.length, 4);
  });

  it("reads a config blob, and checks its size and digest", async () => {
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

  it("refuses a manifest of more than 4 MiB", async () => {
    registry.faults.push((_request, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
      };
      response.on("drain", more);
      more();
      return true;
    });
    await assert.rejects(
      connect().client.manifest(at(), "v1"),
      failing("invalid", /too large: the answer has more than 4194304 bytes/),
    );
  });

  for (const status of [201, 204, 206]) {
    it(`refuses ${status} instead of a document`, async () => {
      registry.faults.push(answer(status, {}, status === 204 ? "" : made.bytes.toString()));
      await assert.rejects(
        connect().client.manifest(at(), "v1"),
        failing("invalid", new RegExp(`answered ${status} to a request for manifests/v1`)),
      );
    });
  }

  it("states what a tag points at, by HEAD", async () => {
    assert.equal((await connect().client.claim(at(), "v1")).digest, made.digest);
    assert.deepEqual(registry.log, ["HEAD /v2/org/app/manifests/v1 200"]);
    registry.announcesDigest = false;
    assert.equal((await connect().client.claim(at(), "v1")).digest, undefined);
  });

  it("forgets a failure, so that a later call sends the request again", async () => {
    registry.faults.push(first(1, /./, answer(404)));
    const { client } = connect();
    await assert.rejects(client.manifest(at(), made.digest), failing("not-found", /404/));
    assert.equal((await client.manifest(at(), made.digest)).digest, made.digest);
  });

  describe("download", () => {
    const [config, layer] = made.blobs;
    assert.ok(config && layer);
    const blobOf = ({ digest, bytes }: typeof config) => ({ digest, size: bytes.length });

    it("commits a blob to a target for the registry", async () => {
      const target = new MemoryTarget(blobOf(layer));
      const origins: string[] = [];
      const targetFrom = (origin: string): MemoryTarget => {
        origins.push(origin);
        return target;
      };
      const provenance = await connect().client.download(at(), blobOf(layer), targetFrom);
      assert.deepEqual(provenance, { origin: "registry", source: registry.host, private: false });
      assert.deepEqual(target.bytes, layer.bytes);
      assert.deepEqual(origins, ["registry"]);
    });

    it("sends no request for a blob that was read before", async () => {
      const { client } = connect();
      await client.blob(at(), blobOf(config));
      const target = new MemoryTarget(blobOf(config));
      await client.download(at(), blobOf(config), () => target);
      assert.deepEqual(target.bytes, config.bytes);
      assert.equal(registry.seen.length, 1);
    });

    it("reports a blob as private when credentials let its request through", async () => {
      registry.access = { scheme: "basic", login: "me:pw" };
      const registryAuth = [{ registry: registry.host, username: "me", password: "pw" }];
      const target = new MemoryTarget(blobOf(layer));
      const { client } = connect({ registryAuth });
      const provenance = await client.download(at(), blobOf(layer), () => target);
      assert.deepEqual(provenance, { origin: "registry", source: registry.host, private: true });
    });

    it("reports a blob as private when one of its answers was", async () => {
      const privacies = [false, true, false].values();
      const send = async (): Promise<Reached> => reachedWith(privacies.next().value ?? false);
      const downloader: Pick<Downloader, "download"> = {
        download: async (request) => {
          for (const _ of [1, 2, 3]) await request({ method: "GET", headers: {}, limit: 1 });
        },
      };
      const client = clientOf(send, downloader);
      const target = new MemoryTarget(blobOf(layer));
      const provenance = await client.download(at(), blobOf(layer), () => target);
      assert.deepEqual(provenance, { origin: "registry", source: registry.host, private: true });
    });

    it("fails as the registry's answer means", async () => {
      registry.remove(app, layer.digest);
      const target = new MemoryTarget(blobOf(layer));
      await assert.rejects(
        connect().client.download(at(), blobOf(layer), () => target),
        failing("not-found", /404/),
      );
    });
  });

  it("names the registry as the source of manifests and blobs", async () => {
    const { client } = connect();
    const manifest = await client.manifest(at(), "v1");
    const [listed] = made.blobs;
    assert.ok(listed);
    const config = await client.blob(at(), asBlob(listed));
    assert.deepEqual([manifest.source, config.source], [registry.host, registry.host]);
  });

  describe("measure", () => {
    const digest = made.blobs[0]?.digest as Digest;

    /** Measures a blob of so many GiB whose registry answers GETs with these headers. */
    function measuring(status: number, headers: Readonly<Record<string, string>>, size: number) {
      const mebibyte = Buffer.alloc(1024 ** 2);
      const requests: string[] = [];
      const send = async (_: unknown, __: string, wanted: UnaddressedRequest): Promise<Reached> => {
        requests.push(wanted.headers["range"] ?? "whole");
        if (wanted.sink !== undefined) {
          for (let sent = 0; sent < size * 1024; sent++) wanted.sink.write(mebibyte);
        }
        return reachedWith(false, status, headers);
      };
      const downloader: Pick<Downloader, "download"> = { download: () => assert.fail() };
      const client = clientOf(send, downloader);
      const repository = { registry: "registry.example", repository: app };
      return { size: client.measure(repository, digest), requests };
    }

    it("returns the size that the answer to a GET states, and downloads nothing", async () => {
      const { size, requests } = measuring(206, { "content-range": "bytes 0-0/777" }, 1);
      assert.deepEqual([await size, requests], [777, ["bytes=0-0"]]);
    });

    it("counts the bytes when no answer states the size", async () => {
      const { size, requests } = measuring(200, {}, 2);
      assert.deepEqual([await size, requests], [2 * 1024 ** 3, ["bytes=0-0", "whole"]]);
    });

    it("counts 10 GiB and no byte more", async () => {
      assert.equal(await measuring(200, {}, 10).size, 10 * 1024 ** 3);
      await assert.rejects(measuring(200, {}, 11).size, failing("invalid", /too large/));
    });
  });
});
