import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, it } from "node:test";
import { PullError } from "../../src/oci/failure.ts";
import type { DockerConfig } from "../../src/registry/docker-config.ts";
import { type ConnectOptions, connect } from "../support/connect.ts";
import { image } from "../support/image.ts";
import { Registry, refuse } from "../support/registry.ts";

const made = image("linux/amd64");
const app = "org/app";
const failing =
  (status: string, ...patterns: RegExp[]) =>
  (error: unknown) => {
    assert.ok(error instanceof PullError, String(error));
    assert.equal(error.status, status, error.message);
    for (const pattern of patterns) assert.match(error.message, pattern);
    return true;
  };

describe("Session", () => {
  let registry: Registry;
  beforeEach(async () => {
    registry = await Registry.start();
    for (const repository of [app, "org/two", "org/three"]) registry.push(repository, "v1", made);
  });
  afterEach(() => registry.stop());
  const at = (repository = app) => ({ registry: registry.host, repository });
  const login = (password = "pw"): ConnectOptions => ({
    registryAuth: [{ registry: registry.host, username: "me", password }],
  });
  const config = (
    auth: Partial<DockerConfig["auths"] extends ReadonlyMap<string, infer A> ? A : never>,
  ): DockerConfig => ({
    source: "the config",
    auths: new Map([
      [
        registry.host,
        { username: "", password: "", identityToken: "", registryToken: "", ...auth },
      ],
    ]),
    credHelpers: new Map(),
    credsStore: undefined,
  });
  const paths = (): string[] =>
    registry.seen.map(({ method, path }) => `${method} ${path.split("?")[0]}`);

  it("sends no credentials before the registry asks for them", async () => {
    await connect(login()).client.manifest(at(), "v1");
    assert.deepEqual(
      registry.seen.map(({ authorization }) => authorization),
      [""],
    );
  });

  it("answers a Basic challenge, and expects it for later requests", async () => {
    registry.access = { scheme: "basic", login: "me:pw" };
    const { client } = connect(login());
    assert.equal((await client.manifest(at(), "v1")).authenticated, true);
    await client.manifest(at("org/two"), "v1");
    assert.deepEqual(registry.log, [
      "GET /v2/org/app/manifests/v1 401",
      "GET /v2/org/app/manifests/v1 200",
      "GET /v2/org/two/manifests/v1 200",
    ]);
  });

  it("obtains one anonymous token per scope, for any number of requests at once", async () => {
    registry.access = { scheme: "bearer" };
    const { client } = connect();
    const tags = Array.from({ length: 8 }, () => client.manifest(at(), "v1"));
    const others = ["org/two", "org/three"].map((repository) =>
      client.manifest(at(repository), "v1"),
    );
    const fetched = await Promise.all([...tags, ...others]);
    assert.ok(fetched.every(({ authenticated }) => !authenticated));
    assert.deepEqual(paths().filter((path) => path.includes("token")).length, 3);
    assert.equal(registry.log.filter((line) => line.endsWith("401")).length, 1);
    assert.match(
      registry.seen[1]?.path ?? "",
      /^\/token\?service=test%2C\+service&scope=repository%3Aorg%2Fapp%3Apull$/,
    );
  });

  it("sends a registry token as it is", async () => {
    registry.access = { scheme: "bearer" };
    registry.tokens.add("R");
    await connect({ configs: [config({ registryToken: "R" })] }).client.manifest(at(), "v1");
    assert.deepEqual(
      registry.seen.map(({ authorization }) => authorization),
      ["", "Bearer R"],
    );
  });

  it("renews a token before it expires, and once after the registry forgot it", async () => {
    registry.access = { scheme: "bearer", expiresIn: 120 };
    const connection = connect();
    await connection.client.manifest(at(), "v1");
    connection.pass(116_000);
    await connection.client.manifest(at(), "v1");
    assert.equal(registry.log.filter((line) => line.endsWith("401")).length, 1);
    registry.tokens.clear();
    await Promise.all([1, 2, 3].map(() => connection.client.manifest(at(), "v1")));
    assert.equal(paths().filter((path) => path === "GET /token").length, 3);
  });

  it("obtains a new token whenever the registry forgets an accepted one", async () => {
    registry.access = { scheme: "bearer" };
    const { client } = connect();
    await client.manifest(at(), "v1");
    for (let forgotten = 0; forgotten < 8; forgotten++) {
      registry.tokens.clear();
      await client.manifest(at(), "v1");
    }
    assert.equal(paths().filter((path) => path === "GET /token").length, 9);
  });

  it("succeeds when the registry forgets three accepted tokens during one request", async () => {
    registry.access = { scheme: "bearer" };
    const { client } = connect();
    await client.manifest(at(), "v1");
    let refusals = 0;
    registry.faults.push((request, response) => {
      // The request waits until another one is accepted with its token, which is then forgotten.
      if (!request.url?.endsWith("/manifests/slow") || refusals === 3) return false;
      refusals++;
      void client.manifest(at(), "v1").then(() => {
        registry.tokens.clear();
        response.setHeader(
          "www-authenticate",
          `Bearer realm="http://${registry.host}/token",service="test, service"`,
        );
        refuse(response, 401, "UNAUTHORIZED", "forgotten", null);
      });
      return true;
    });
    registry.push(app, "slow", made);
    assert.equal((await client.manifest(at(), "slow")).digest, made.digest);
    assert.equal(refusals, 3);
  });

  it("fails when a request is refused with tokens that are accepted for others", async () => {
    registry.access = { scheme: "bearer" };
    const { client } = connect();
    await client.manifest(at(), "v1");
    registry.faults.push((request, response) => {
      if (!request.url?.endsWith("/manifests/never")) return false;
      void client
        .manifest(at(), "v1")
        .then(() => refuse(response, 401, "UNAUTHORIZED", "no", null));
      return true;
    });
    await assert.rejects(client.manifest(at(), "never"), failing("unauthorized", /401/));
  });

  it("continues without refused credentials, with one warning", async () => {
    registry.access = { scheme: "bearer" };
    registry.faults.push((request, response) => {
      const refused =
        request.url?.startsWith("/token") === true && request.headers.authorization !== undefined;
      if (refused) refuse(response, 403, "DENIED", "expired token", null);
      return refused;
    });
    const connection = connect(login());
    assert.equal((await connection.client.manifest(at(), "v1")).authenticated, false);
    await connection.client.manifest(at(), made.digest);
    assert.equal(connection.warned.length, 1);
    assert.match(
      connection.warned[0] ?? "",
      /credentials were refused.*me from registry-auth.*403 DENIED: expired token/,
    );
  });

  it("sends refused credentials once, and not again for each repository", async () => {
    registry.access = { scheme: "basic", login: "me:right" };
    const connection = connect(login("wrong"));
    for (const repository of [app, "org/two", "org/three"]) {
      await assert.rejects(
        connection.client.manifest(at(repository), "v1"),
        failing("unauthorized", /me from registry-auth/),
      );
    }
    assert.equal(registry.seen.filter(({ authorization }) => authorization !== "").length, 1);
  });

  it("tries all credentials before it fails, and lists those that were refused", async () => {
    registry.access = { scheme: "basic", login: "me:right" };
    const both = { ...login("wrong"), configs: [config({ username: "me", password: "right" })] };
    assert.equal((await connect(both).client.manifest(at(), "v1")).authenticated, true);
    registry.access = { scheme: "basic", login: "nobody:knows" };
    await assert.rejects(
      connect(both).client.manifest(at(), "v1"),
      failing(
        "unauthorized",
        /answered 401 UNAUTHORIZED: authentication required/,
        /me from registry-auth \(answered 401\)/,
        /me from the config/,
      ),
    );
  });

  it("fails when a registry refuses every token", async () => {
    registry.access = { scheme: "bearer" };
    registry.tokens.add = () => registry.tokens;
    await assert.rejects(
      connect(login()).client.manifest(at(), "v1"),
      failing("unauthorized", /401/),
    );
    assert.ok(paths().filter((path) => path === "GET /token").length <= 4, paths().join("\n"));
  });

  it("requests the challenge that a refusal lacks from /v2/", async () => {
    registry.access = { scheme: "basic", login: "me:pw" };
    registry.faults.push((request, response) => {
      const bare = request.headers.authorization === undefined && request.url !== "/v2/";
      if (bare) refuse(response, 401, "UNAUTHORIZED", "no challenge here", null);
      return bare;
    });
    await connect(login()).client.manifest(at(), "v1");
    assert.deepEqual(paths(), [
      "GET /v2/org/app/manifests/v1",
      "GET /v2/",
      "GET /v2/org/app/manifests/v1",
    ]);
  });

  it("skips unknown schemes, and names them when there is no other", async () => {
    registry.faults.push((_request, response) => {
      response.setHeader("www-authenticate", "Negotiate, Digest realm=x");
      refuse(response, 401, "X", "x", null);
      return true;
    });
    await assert.rejects(
      connect().client.manifest(at(), "v1"),
      failing("unauthorized", /not Bearer or Basic: negotiate, digest/),
    );
  });

  it("obtains a token for the scope that a refusal names", async () => {
    registry.access = { scheme: "bearer" };
    const { client } = connect();
    await client.manifest(at("org/two"), "v1");
    let asked = 0;
    registry.faults.push((request, response) => {
      if (!request.url?.includes("org/app") || request.url.startsWith("/token") || asked++ > 0)
        return false;
      response.setHeader(
        "www-authenticate",
        `Bearer realm="http://${registry.host}/token",scope="repository:org/app:pull,special",error="insufficient_scope"`,
      );
      refuse(response, 401, "DENIED", "x", null);
      return true;
    });
    await client.manifest(at(), "v1");
    assert.ok(registry.seen.some(({ path }) => path.includes("pull%2Cspecial")));
  });

  it("sends the first request to an origin alone, and the others after it at once", async () => {
    registry.access = { scheme: "bearer" };
    let open = 0;
    const openAtArrival: number[] = [];
    registry.faults.push(({ url, headers }, response) => {
      if (!url?.startsWith("/v2/")) return false;
      open++;
      openAtArrival.push(open);
      response.on("close", () => open--);
      if (headers.authorization === undefined) return false;
      response.setHeader("content-type", made.mediaType);
      setTimeout(() => response.end(made.bytes), 20);
      return true;
    });
    const { client } = connect();
    await Promise.all([1, 2, 3, 4].map(() => client.manifest(at(), "v1")));
    // A refused request, the same with a token, and then the three others together.
    assert.deepEqual(openAtArrival, [1, 1, 1, 2, 3]);
  });

  it("asks for the tokens of all repositories together, once the challenge is known", async () => {
    registry.access = { scheme: "bearer" };
    registry.tokens.add("T");
    const held: ServerResponse[] = [];
    registry.faults.push(({ url }, response) => {
      if (!url?.startsWith("/token")) return false;
      held.push(response);
      // None is answered before all are asked for.
      if (held.length < 3) return true;
      for (const one of held) one.end(JSON.stringify({ token: "T" }));
      return true;
    });
    const { client } = connect();
    const repositories = [app, "org/two", "org/three"];
    await Promise.all(repositories.map((repository) => client.manifest(at(repository), "v1")));
    const sent = paths().filter((path) => !path.includes("token"));
    assert.deepEqual(sent.toSorted(), [
      "GET /v2/org/app/manifests/v1",
      "GET /v2/org/app/manifests/v1",
      "GET /v2/org/three/manifests/v1",
      "GET /v2/org/two/manifests/v1",
    ]);
  });

  it("sends wrong credentials once, for any number of repositories together", async () => {
    registry.access = { scheme: "basic", login: "me:right" };
    const { client } = connect(login("wrong"));
    const repositories = [app, "org/two", "org/three"];
    const results = repositories.map((repository) => client.manifest(at(repository), "v1"));
    for (const result of results) await assert.rejects(result, failing("unauthorized"));
    assert.equal(registry.seen.filter(({ authorization }) => authorization !== "").length, 1);
  });

  it("does not wait for a first request that failed", async () => {
    registry.faults.push((request, response) => {
      if (!request.url?.endsWith("/manifests/gone")) return false;
      refuse(response, 404, "MANIFEST_UNKNOWN", "gone", null);
      return true;
    });
    const { client } = connect();
    const gone = client.manifest(at(), "gone");
    const found = client.manifest(at(), "v1");
    await assert.rejects(gone, failing("not-found", /gone/));
    assert.equal((await found).digest, made.digest);
  });
});
