import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { PullError } from "../../src/oci/failure.ts";
import type { DockerConfig } from "../../src/registry/docker-config.ts";
import { type ConnectOptions, connect } from "../support/connect.ts";
import { image } from "../support/image.ts";
import { type Fault, Registry, refuse } from "../support/registry.ts";

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

describe("TokenService", () => {
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

  it("exchanges a password for a token, and sends the password to no other service", async () => {
    registry.access = { scheme: "bearer", login: "me:pw" };
    const connection = connect(login());
    assert.equal((await connection.client.manifest(at(), "v1")).authenticated, true);
    const [, token, last] = registry.seen;
    assert.equal(token?.authorization, `Basic ${Buffer.from("me:pw").toString("base64")}`);
    assert.match(token?.path ?? "", /account=me/);
    assert.equal(last?.authorization, "Bearer token-1");
    assert.deepEqual(connection.masked, ["pw", Buffer.from("me:pw").toString("base64"), "token-1"]);
  });

  it("exchanges an identity token by POST", async () => {
    registry.access = { scheme: "bearer", identityToken: "T" };
    const { client } = connect({ configs: [config({ identityToken: "T" })] });
    assert.equal((await client.manifest(at(), "v1")).authenticated, true);
    assert.deepEqual(paths(), [
      "GET /v2/org/app/manifests/v1",
      "POST /token",
      "GET /v2/org/app/manifests/v1",
    ]);
  });

  it("sends an identity token as a password by GET when POST is not supported", async () => {
    registry.access = { scheme: "bearer", login: "me:T" };
    registry.faults.push((request, response) => {
      if (request.method === "POST") refuse(response, 404, "X", "x", null);
      return request.method === "POST";
    });
    await connect({ configs: [config({ username: "me", identityToken: "T" })] }).client.manifest(
      at(),
      "v1",
    );
    assert.equal(registry.seen.at(-1)?.authorization, "Bearer token-1");
  });

  it("keeps a token for at least a minute", async () => {
    registry.access = { scheme: "bearer", expiresIn: 1 };
    const connection = connect();
    await connection.client.manifest(at(), "v1");
    connection.pass(50_000);
    await connection.client.manifest(at(), "v1");
    assert.equal(paths().filter((path) => path === "GET /token").length, 1);
  });

  it("repeats the message of a token service that refuses all credentials", async () => {
    registry.access = { scheme: "bearer", login: "only:one" };
    await assert.rejects(
      connect(login()).client.manifest(at(), "v1"),
      failing("unauthorized", /no credentials \(.*incorrect username or password/),
    );
  });

  for (const status of [404, 405]) {
    it(`uses GET after a POST that is answered with ${status}, and only then`, async () => {
      registry.access = { scheme: "bearer", login: "me:T" };
      registry.faults.push((request, response) => {
        if (request.method === "POST") refuse(response, status, "X", "x", null);
        return request.method === "POST";
      });
      const { client } = connect({ configs: [config({ username: "me", identityToken: "T" })] });
      assert.equal((await client.manifest(at(), "v1")).authenticated, true);
      const tokens = paths().filter((path) => path.includes("token"));
      assert.deepEqual(tokens, ["POST /token", "GET /token"]);
    });
  }

  for (const [token, isMasked] of [
    ["x".repeat(15), false],
    ["x".repeat(16), true],
  ] as const) {
    const masks = isMasked ? "masks" : "does not mask";
    it(`${masks} an anonymous token of ${token.length} characters`, async () => {
      registry.access = { scheme: "bearer" };
      registry.tokens.add(token);
      registry.faults.push((request, response) => {
        if (request.url?.startsWith("/token")) response.end(JSON.stringify({ token }));
        return request.url?.startsWith("/token") === true;
      });
      const connection = connect();
      await connection.client.manifest(at(), "v1");
      assert.deepEqual(connection.masked, isMasked ? [token] : []);
    });
  }

  describe("at a realm", () => {
    let elsewhere: Registry;
    beforeEach(async () => {
      elsewhere = await Registry.start();
      elsewhere.access = { scheme: "bearer", login: "me:pw" };
      registry.access = { scheme: "bearer", login: "me:pw" };
    });
    afterEach(() => elsewhere.stop());

    it("may be relative", async () => {
      registry.faults.push((request, response) => {
        if (request.headers.authorization !== undefined || request.url?.startsWith("/token"))
          return false;
        response.setHeader("www-authenticate", 'Bearer realm="/token",scope="x"');
        refuse(response, 401, "X", "x", null);
        return true;
      });
      assert.equal((await connect(login()).client.manifest(at(), "v1")).authenticated, true);
    });

    it("on another port is refused, with the input that allows it", async () => {
      registry.realm = `http://${elsewhere.host}/token`;
      await assert.rejects(
        connect(login()).client.manifest(at(), "v1"),
        failing(
          "unauthorized",
          /realm refused/,
          new RegExp(`add ${elsewhere.host} to trusted-realms`),
        ),
      );
      await assert.rejects(
        connect().client.manifest(at(), "v1"),
        failing("unauthorized", /realm refused.*nothing is sent there/),
      );
      assert.deepEqual(elsewhere.seen, []);
    });

    it("on another port is used when it is trusted", async () => {
      registry.realm = `http://${elsewhere.host}/token`;
      elsewhere.tokens.add = (token) => registry.tokens.add(token);
      assert.equal(
        (await connect({ ...login(), trustedRealms: [elsewhere.host] }).client.manifest(at(), "v1"))
          .authenticated,
        true,
      );
    });

    it("that redirects to another origin is refused", async () => {
      registry.faults.push((request, response) => {
        if (!request.url?.startsWith("/token")) return false;
        response.writeHead(307, { location: `http://${elsewhere.host}/token` }).end();
        return true;
      });
      await assert.rejects(
        connect(login()).client.manifest(at(), "v1"),
        failing("invalid", /redirect refused: token service .* redirects to .*, another origin/),
      );
      assert.deepEqual(elsewhere.seen, []);
    });

    for (const [name, realm, status, pattern] of [
      ["that is empty", "", "invalid", /realm refused: expected a URL/],
      ["that is an invalid URL", "http://[", "invalid", /realm refused: expected a URL/],
      ["that is the URL of a file", "file:///etc/passwd", "invalid", /not a plain https URL/],
      ["with a login", "http://a:b@127.0.0.1/", "invalid", /not a plain https URL/],
      ["at a metadata service", "http://169.254.169.254/token", "invalid", /address refused/],
      ["at an unspecified address", "http://0.0.0.0/token", "invalid", /address refused/],
    ] as const) {
      it(`${name} is refused`, async () => {
        registry.faults.push((_request, response) => {
          response.setHeader("www-authenticate", `Bearer realm="${realm}",scope="x"`);
          refuse(response, 401, "X", "x", null);
          return true;
        });
        await assert.rejects(connect().client.manifest(at(), "v1"), failing(status, pattern));
      });
    }

    for (const [name, body, pattern] of [
      ["is not JSON", "<html>", /not JSON/],
      ["has no token", "{}", /expected one in token or access_token/],
      ["has an empty one", '{"token":""}', /expected one/],
      ["has one with a line break", '{"token":"a\\r\\nb"}', /expected one/],
      ["is null", "null", /expected one/],
      ["never ends", `"${"x".repeat(1_100_000)}"`, /too large/],
      [
        "is nested half a million deep",
        `{"token":${"[".repeat(500_000)}${"]".repeat(500_000)}}`,
        /expected one/,
      ],
    ] as const) {
      it(`fails when its answer ${name}`, async () => {
        registry.faults.push((request, response) => {
          if (request.url?.startsWith("/token")) response.end(body);
          return request.url?.startsWith("/token") === true;
        });
        await assert.rejects(connect().client.manifest(at(), "v1"), failing("invalid", pattern));
      });
    }

    for (const [answered, status] of [
      [503, "unreachable"],
      [429, "rate-limited"],
    ] as const) {
      it(`fails as ${status} when it answers ${answered}, and is used again later`, async () => {
        const fault: Fault = (request, response) => {
          if (request.url?.startsWith("/token")) refuse(response, answered, "X", "busy", null);
          return request.url?.startsWith("/token") === true;
        };
        registry.faults.push(fault);
        const { client } = connect(login());
        await assert.rejects(
          client.manifest(at(), "v1"),
          failing(status, /token service .* answered.*busy/),
        );
        registry.faults.length = 0;
        assert.equal((await client.manifest(at(), "v1")).authenticated, true);
      });
    }

    for (const [answered, status] of [
      [401, "unauthorized"],
      [503, "unreachable"],
    ] as const) {
      it(`fails as ${status} for an answer of ${answered}, nested 20,000 deep`, async () => {
        registry.faults.push((request, response) => {
          if (!request.url?.startsWith("/token")) return false;
          response
            .writeHead(answered)
            .end(`{"details":${"[".repeat(20_000)}${"]".repeat(20_000)}}`);
          return true;
        });
        await assert.rejects(connect().client.manifest(at(), "v1"), failing(status, /details/));
      });
    }

    for (const answered of [401, 503]) {
      it(`shows no part of a password that a long answer of ${answered} repeats`, async () => {
        registry.faults.push((request, response) => {
          if (!request.url?.startsWith("/token")) return false;
          response.writeHead(answered).end(`${"x".repeat(1_020)}correct horse`);
          return true;
        });
        const { client } = connect(login("correct horse"));
        await assert.rejects(
          client.manifest(at(), "v1"),
          (error: Error) => /xxx/.test(error.message) && !/corr/.test(error.message),
        );
      });
    }

    it("may name its token access_token", async () => {
      registry.tokens.add("A");
      registry.faults.push((request, response) => {
        if (request.url?.startsWith("/token")) response.end('{"access_token":"A"}');
        return request.url?.startsWith("/token") === true;
      });
      await connect().client.manifest(at(), "v1");
    });
  });
});
