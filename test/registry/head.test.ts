import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { Digest } from "../../src/oci/digest.ts";
import type { PullError } from "../../src/oci/failure.ts";
import { getFirstByte, statedSize } from "../../src/registry/head.ts";
import { connect } from "../support/connect.ts";
import { image } from "../support/image.ts";
import { Registry, refuse } from "../support/registry.ts";

const made = image("linux/amd64");
const app = "org/app";

describe("head", () => {
  let registry: Registry;
  const at = () => ({ registry: registry.host, repository: app });
  beforeEach(async () => {
    registry = await Registry.start();
    registry.push(app, "v1", made);
  });
  afterEach(() => registry.stop());

  for (const [status, reason, code] of [
    [404, "not-found", "MANIFEST_UNKNOWN"],
    [403, "no-credentials", "DENIED"],
    [429, "rate-limited", "TOOMANYREQUESTS"],
    [503, "server-error", "UNAVAILABLE"],
  ] as const) {
    it(`gets the message of a HEAD refused with ${status} from one GET`, async () => {
      registry.faults.push((_, response) => {
        refuse(response, status, code, "the words", null);
        return true;
      });
      const { client } = connect();
      for (const read of [() => client.claim(at(), "v1"), () => client.size(at(), made.digest)]) {
        registry.seen.length = 0;
        await assert.rejects(
          read(),
          (error: PullError) =>
            error.reason === reason && error.found.includes(`${code}: the words`),
        );
        assert.equal(registry.seen.filter(({ method }) => method === "GET").length, 1);
      }
    });
  }

  it("returns the answer to a GET when only HEAD is refused", async () => {
    registry.faults.push((request, response) => {
      const refused = request.method === "HEAD";
      if (refused) refuse(response, 403, "DENIED", "no HEAD here", null);
      return refused;
    });
    const { client } = connect();
    assert.equal((await client.claim(at(), "v1")).digest, made.digest);
    assert.equal(
      await client.size(at(), made.blobs[0]?.digest as Digest),
      made.blobs[0]?.bytes.length,
    );
  });

  for (const [status, requests] of [
    [405, 5],
    [501, 5],
    [503, 1],
  ] as const) {
    it(`sends the GET after a HEAD refused with ${status} at most ${requests} times`, async () => {
      registry.faults.push((request, response) => {
        refuse(response, request.method === "HEAD" ? status : 503, "X", "x", null);
        return true;
      });
      await assert.rejects(connect().client.claim(at(), "v1"), { reason: "server-error" });
      assert.equal(registry.seen.filter(({ method }) => method === "GET").length, requests);
    });
  }

  it("reads no body that follows the first byte", async () => {
    const { api } = connect();
    const { answer } = await getFirstByte(api, at(), "manifests/v1", {
      headers: { accept: made.mediaType },
    });
    assert.deepEqual([answer.status, answer.body.length], [200, 0]);
    assert.equal(statedSize(answer), made.bytes.length);
  });
});

describe("statedSize", () => {
  for (const [status, headers, size] of [
    [200, { "content-length": "777" }, 777],
    [200, { "content-length": "0" }, 0],
    [200, { "content-length": "777", "content-range": "bytes 0-0/5" }, 777],
    [206, { "content-length": "1", "content-range": "bytes 0-0/777" }, 777],
    [206, { "content-length": "1", "content-range": "bytes 0-0/*" }, undefined],
    [206, { "content-length": "1" }, undefined],
    [200, {}, undefined],
    [200, { "content-length": "-1" }, undefined],
    [200, { "content-length": "1e3" }, undefined],
    [200, { "content-length": "9999999999999999" }, undefined],
  ] as const satisfies readonly (readonly [number, IncomingHttpHeaders, number | undefined])[]) {
    it(`of ${status} ${JSON.stringify(headers)} is ${size}`, () => {
      assert.equal(statedSize({ status, headers, body: Buffer.alloc(0) }), size);
    });
  }
});
