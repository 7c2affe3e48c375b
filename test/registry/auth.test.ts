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

describe("a session", () => {
  let registry: Registry;
  beforeEach(async () => {
    registry = await Registry.start();
    for (const repository of [app, "org/two", "org/three"]) registry.push(repository, "v1", made);
  });
  afterEach(() => registry.stop());
  const at = (repository = app) => ({ registry: registry.host, repository });
  const login = (password = "pw"): ConnectOptions => ({ registryAuth: [{ registry: registry.host, username: "me", password }] });
  const config = (auth: Partial<DockerConfig["auths"] extends ReadonlyMap<string, infer A> ? A : never>): DockerConfig => ({
    source: "the config",
    auths: new Map([[registry.host, { username: "", password: "", identityToken: "", registryToken: "", ...auth }]]),
    credHelpers: new Map(),
    credsStore: undefined,
  });
  const paths = (): string[] => registry.seen.map(({ method, path }) => `${method} ${path.split("?")[0]}`);

  it("sends nothing before it is asked to", async () => {
    await connect(login()).client.manifest(at(), "v1");
    assert.deepEqual(
      registry.seen.map(({ authorization }) => authorization),
      [""],
    );
  });

  it("answers a Basic challenge, and knows it from then on", async () => {
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

  it("gets an anonymous token, one a scope, whatever the number of requests at once", async () => {
    registry.access = { scheme: "bearer" };
    const { client } = connect();
    const tags = Array.from({ length: 8 }, () => client.manifest(at(), "v1"));
    const others = ["org/two", "org/three"].map((repository) => client.manifest(at(repository), "v1"));
    const fetched = await Promise.all([...tags, ...others]);
    assert.ok(fetched.every(({ authenticated }) => !authenticated));
    assert.deepEqual(paths().filter((path) => path.includes("token")).length, 3);
    assert.equal(registry.log.filter((line) => line.endsWith("401")).length, 1);
    assert.match(registry.seen[1]?.path ?? "", /^\/token\?service=test%2C\+service&scope=repository%3Aorg%2Fapp%3Apull$/);
  });

  it("exchanges a password for a token, and shows the password to the token service only", async () => {
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
    assert.deepEqual(paths(), ["GET /v2/org/app/manifests/v1", "POST /token", "GET /v2/org/app/manifests/v1"]);
  });

  it("falls back to GET where there is no POST", async () => {
    registry.access = { scheme: "bearer", login: "me:T" };
    registry.faults.push((request, response) => {
      if (request.method === "POST") refuse(response, 404, "X", "x", null);
      return request.method === "POST";
    });
    await connect({ configs: [config({ username: "me", identityToken: "T" })] }).client.manifest(at(), "v1");
    assert.equal(registry.seen.at(-1)?.authorization, "Bearer token-1");
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

  it("renews a token before it expires, and one that a registry forgot, once for all", async () => {
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

  it("takes no lifetime below a minute at its word", async () => {
    registry.access = { scheme: "bearer", expiresIn: 1 };
    const connection = connect();
    await connection.client.manifest(at(), "v1");
    connection.pass(50_000);
    await connection.client.manifest(at(), "v1");
    assert.equal(paths().filter((path) => path === "GET /token").length, 1);
  });

  it("gets a new token as often as the registry forgets one that had let requests through", async () => {
    registry.access = { scheme: "bearer" };
    const { client } = connect();
    await client.manifest(at(), "v1");
    for (let forgotten = 0; forgotten < 8; forgotten++) {
      registry.tokens.clear();
      await client.manifest(at(), "v1");
    }
    assert.equal(paths().filter((path) => path === "GET /token").length, 9);
  });

  it("goes on when the registry forgets two tokens during one request, each of which let others through", async () => {
    registry.access = { scheme: "bearer" };
    const { client } = connect();
    await client.manifest(at(), "v1");
    let refusals = 0;
    registry.faults.push((request, response) => {
      // The second request is held up until the others have proven its token, which is forgotten then.
      if (!request.url?.endsWith("/manifests/slow") || refusals === 3) return false;
      refusals++;
      void client.manifest(at(), "v1").then(() => {
        registry.tokens.clear();
        response.setHeader("www-authenticate", `Bearer realm="http://${registry.host}/token",service="test, service"`);
        refuse(response, 401, "UNAUTHORIZED", "forgotten", null);
      });
      return true;
    });
    registry.push(app, "slow", made);
    assert.equal((await client.manifest(at(), "slow")).digest, made.digest);
    assert.equal(refusals, 3);
  });

  it("ends when a request is refused with every token that lets others through", async () => {
    registry.access = { scheme: "bearer" };
    const { client } = connect();
    await client.manifest(at(), "v1");
    registry.faults.push((request, response) => {
      if (!request.url?.endsWith("/manifests/never")) return false;
      void client.manifest(at(), "v1").then(() => refuse(response, 401, "UNAUTHORIZED", "no", null));
      return true;
    });
    await assert.rejects(client.manifest(at(), "never"), failing("unauthorized", /401/));
  });

  it("goes on without credentials that are refused, with one warning", async () => {
    registry.access = { scheme: "bearer" };
    registry.faults.push((request, response) => {
      const refused = request.url?.startsWith("/token") === true && request.headers.authorization !== undefined;
      if (refused) refuse(response, 403, "DENIED", "expired token", null);
      return refused;
    });
    const connection = connect(login());
    assert.equal((await connection.client.manifest(at(), "v1")).authenticated, false);
    await connection.client.manifest(at(), made.digest);
    assert.equal(connection.warned.length, 1);
    assert.match(connection.warned[0] ?? "", /credentials were refused.*me from registry-auth.*403 DENIED: expired token/);
  });

  it("sends credentials that were refused once, not for every repository", async () => {
    registry.access = { scheme: "basic", login: "me:right" };
    const connection = connect(login("wrong"));
    for (const repository of [app, "org/two", "org/three"]) {
      await assert.rejects(connection.client.manifest(at(repository), "v1"), failing("unauthorized", /me from registry-auth/));
    }
    assert.equal(registry.seen.filter(({ authorization }) => authorization !== "").length, 1);
  });

  it("tries every credential before it gives up, and then says which", async () => {
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

  it("says what the token service said when it gives no token to anybody", async () => {
    registry.access = { scheme: "bearer", login: "only:one" };
    await assert.rejects(
      connect(login()).client.manifest(at(), "v1"),
      failing("unauthorized", /no credentials \(.*incorrect username or password/),
    );
  });

  it("ends when a registry refuses every token", async () => {
    registry.access = { scheme: "bearer" };
    registry.tokens.add = () => registry.tokens;
    await assert.rejects(connect(login()).client.manifest(at(), "v1"), failing("unauthorized", /401/));
    assert.ok(paths().filter((path) => path === "GET /token").length <= 4, paths().join("\n"));
  });

  it("asks /v2/ for the challenge that a refusal left out", async () => {
    registry.access = { scheme: "basic", login: "me:pw" };
    registry.faults.push((request, response) => {
      const bare = request.headers.authorization === undefined && request.url !== "/v2/";
      if (bare) refuse(response, 401, "UNAUTHORIZED", "no challenge here", null);
      return bare;
    });
    await connect(login()).client.manifest(at(), "v1");
    assert.deepEqual(paths(), ["GET /v2/org/app/manifests/v1", "GET /v2/", "GET /v2/org/app/manifests/v1"]);
  });

  it("skips schemes it does not know, and says so when there is no other", async () => {
    registry.faults.push((_request, response) => {
      response.setHeader("www-authenticate", "Negotiate, Digest realm=x");
      refuse(response, 401, "X", "x", null);
      return true;
    });
    await assert.rejects(connect().client.manifest(at(), "v1"), failing("unauthorized", /not Bearer or Basic: negotiate, digest/));
  });

  it("asks again for the scope that a registry names when its own was too small", async () => {
    registry.access = { scheme: "bearer" };
    const { client } = connect();
    await client.manifest(at("org/two"), "v1");
    let asked = 0;
    registry.faults.push((request, response) => {
      if (!request.url?.includes("org/app") || request.url.startsWith("/token") || asked++ > 0) return false;
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

  describe("and the realm of a challenge", () => {
    let elsewhere: Registry;
    beforeEach(async () => {
      elsewhere = await Registry.start();
      elsewhere.access = { scheme: "bearer", login: "me:pw" };
      registry.access = { scheme: "bearer", login: "me:pw" };
    });
    afterEach(() => elsewhere.stop());

    it("may be relative", async () => {
      registry.faults.push((request, response) => {
        if (request.headers.authorization !== undefined || request.url?.startsWith("/token")) return false;
        response.setHeader("www-authenticate", 'Bearer realm="/token",scope="x"');
        refuse(response, 401, "X", "x", null);
        return true;
      });
      assert.equal((await connect(login()).client.manifest(at(), "v1")).authenticated, true);
    });

    it("at another port is refused with the input that allows it, and nothing is sent there", async () => {
      registry.realm = `http://${elsewhere.host}/token`;
      await assert.rejects(
        connect(login()).client.manifest(at(), "v1"),
        failing("unauthorized", /realm refused/, new RegExp(`add ${elsewhere.host} to trusted-realms`)),
      );
      await assert.rejects(connect().client.manifest(at(), "v1"), failing("unauthorized", /realm refused.*nothing is sent there/));
      assert.deepEqual(elsewhere.seen, []);
    });

    it("at another port is asked when it is trusted", async () => {
      registry.realm = `http://${elsewhere.host}/token`;
      elsewhere.tokens.add = (token) => registry.tokens.add(token);
      assert.equal((await connect({ ...login(), trustedRealms: [elsewhere.host] }).client.manifest(at(), "v1")).authenticated, true);
    });

    it("that redirects elsewhere is not followed", async () => {
      registry.faults.push((request, response) => {
        if (!request.url?.startsWith("/token")) return false;
        response.writeHead(307, { location: `http://${elsewhere.host}/token` }).end();
        return true;
      });
      await assert.rejects(connect(login()).client.manifest(at(), "v1"), failing("invalid", /redirect refused: .*, which is not followed/));
      assert.deepEqual(elsewhere.seen, []);
    });

    for (const [name, realm, status, pattern] of [
      ["that is empty", "", "invalid", /realm refused: expected a URL/],
      ["that is no URL", "http://[", "invalid", /realm refused: expected a URL/],
      ["that is a file", "file:///etc/passwd", "invalid", /not a plain https URL/],
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
      ["is nested half a million deep", `{"token":${"[".repeat(500_000)}${"]".repeat(500_000)}}`, /expected one/],
    ] as const) {
      it(`is refused when its answer ${name}`, async () => {
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
      it(`that answers ${answered} is ${status}, and asked again by the next try`, async () => {
        const fault: Fault = (request, response) => {
          if (request.url?.startsWith("/token")) refuse(response, answered, "X", "busy", null);
          return request.url?.startsWith("/token") === true;
        };
        registry.faults.push(fault);
        const { client } = connect(login());
        await assert.rejects(client.manifest(at(), "v1"), failing(status, /token service .* answered.*busy/));
        registry.faults.length = 0;
        assert.equal((await client.manifest(at(), "v1")).authenticated, true);
      });
    }

    for (const [answered, status] of [
      [401, "unauthorized"],
      [503, "unreachable"],
    ] as const) {
      it(`that answers ${answered}, nested 20,000 deep, is ${status}`, async () => {
        registry.faults.push((request, response) => {
          if (!request.url?.startsWith("/token")) return false;
          response.writeHead(answered).end(`{"details":${"[".repeat(20_000)}${"]".repeat(20_000)}}`);
          return true;
        });
        await assert.rejects(connect().client.manifest(at(), "v1"), failing(status, /details/));
      });
    }

    for (const answered of [401, 503]) {
      it(`that answers ${answered} and says a password back where its words are cut shows nothing of it`, async () => {
        registry.faults.push((request, response) => {
          if (!request.url?.startsWith("/token")) return false;
          response.writeHead(answered).end(`${"x".repeat(1_020)}correct horse`);
          return true;
        });
        const { client } = connect(login("correct horse"));
        await assert.rejects(client.manifest(at(), "v1"), (error: Error) => /xxx/.test(error.message) && !/corr/.test(error.message));
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
