import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { NamedBy } from "../../src/http/address.ts";
import type { HttpRequest } from "../../src/http/http.ts";
import type { Digest } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { Api } from "../../src/registry/api.ts";
import type { Session } from "../../src/registry/session.ts";
import { type Connection, type ConnectOptions, connect } from "../support/connect.ts";
import { image } from "../support/image.ts";
import { type Fault, Registry } from "../support/registry.ts";

const made = image("linux/amd64");
const app = "org/app";
const failing = (status: string, pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof PullError, String(error));
  assert.equal(error.status, status, error.message);
  assert.match(error.message, pattern);
  return true;
};
const answer =
  (status: number, headers: Record<string, string> = {}, body = ""): Fault =>
  (_request, response) => {
    response.writeHead(status, headers).end(body);
    return true;
  };

describe("Api, a redirect", () => {
  // registry.lan is private, cdn.example public.
  for (const [chain, namedBy] of [
    [["https://registry.lan/a"], ["user", "user"]],
    [["https://10.0.0.9/a"], ["user", "private"]],
    [
      ["https://10.0.0.9/a", "https://10.0.0.9/b"],
      ["user", "private", "private"],
    ],
    [
      ["https://cdn.example/a", "https://10.0.0.9/b"],
      ["user", "private", "public"],
    ],
    [
      ["https://10.0.0.9/a", "https://cdn.example/b", "https://10.0.0.9/c"],
      ["user", "private", "private", "public"],
    ],
    [
      ["https://cdn.example/a", "https://10.0.0.9/b", "https://10.0.0.9/c"],
      ["user", "private", "public", "public"],
    ],
    [
      ["https://cdn.example/a", "https://registry.lan/b"],
      ["user", "private", "public"],
    ],
    // The registry's own host is found to be public first and private then.
    [
      ["https://registry.lan/found-nearer", "https://10.0.0.9/b"],
      ["user", "user", "public"],
    ],
  ] as const satisfies readonly (readonly [readonly string[], readonly NamedBy[]])[]) {
    it(`to ${chain.join(" and ")} is named by ${namedBy.join(", ")}`, async () => {
      const seen: NamedBy[] = [];
      const locations = chain.values();
      const send = async (request: HttpRequest) => {
        seen.push(request.namedBy);
        const location = locations.next().value;
        const headers = location === undefined ? {} : { location };
        const answer = {
          status: location === undefined ? 200 : 307,
          headers,
          body: Buffer.alloc(0),
        };
        return { answer, authenticated: false, refusals: [] };
      };
      const api = new Api({
        http: {
          reach: ({ hostname }) => {
            const isNearer = chain.some((url) => url.endsWith("/found-nearer"));
            const isFirst = isNearer && seen.length === 1;
            return hostname === "cdn.example" || isFirst ? "public" : "private";
          },
          isOpen: () => true,
        },
        sessions: {
          get: () => ({ send }) as unknown as Session,
          sentCredentials: () => assert.fail(),
        },
        insecureRegistries: new Set(),
        say: assert.fail,
        warn: assert.fail,
        withhold: assert.fail,
      });
      await api.send({ registry: "registry.lan", repository: "org/app" }, "blobs/x", {
        method: "GET",
        headers: {},
        limit: 1,
      });
      assert.deepEqual(seen, namedBy);
    });
  }
});

describe("Api", () => {
  let registry: Registry;
  const at = () => ({ registry: registry.host, repository: app });
  beforeEach(async () => {
    registry = await Registry.start();
    registry.push(app, "v1", made);
  });
  afterEach(() => registry.stop());

  for (const [status, expected, pattern] of [
    [404, "not-found", /answered 404 CODE: the words \(the detail\); check the reference/],
    [401, "unauthorized", /answered 401 CODE: the words.*no credentials are configured/],
    [
      403,
      "unauthorized",
      /answered 403 CODE: the words.*registries also answer this for a repository that does not exist/,
    ],
    [400, "invalid", /answered 400 CODE: the words/],
    [429, "rate-limited", /answered 429 CODE: the words.*; it asks to wait 3600 s/],
    [500, "unreachable", /answered 500 CODE: the words/],
    [503, "unreachable", /answered 503/],
    [302, "invalid", /answered 302/],
  ] as const) {
    it(`fails as ${expected} for an answer of ${status}, with the registry's message`, async () => {
      const connection = connect();
      const body = JSON.stringify({
        errors: [{ code: "CODE", message: "the words", detail: "the detail" }],
      });
      registry.faults.push(answer(status, { "retry-after": "3600" }, body));
      await assert.rejects(connection.client.manifest(at(), "v1"), failing(expected, pattern));
      assert.ok(registry.seen.length <= 2);
    });
  }

  it("switches to TLS when a loopback registry answers that it speaks only TLS", async () => {
    registry.faults.push(answer(400, {}, "Client sent an HTTP request to an HTTPS server.\n"));
    await assert.rejects(
      connect().client.manifest(at(), "v1"),
      failing("unreachable", /speaks plain HTTP/),
    );
  });

  it("passes on warnings and pull limits", async () => {
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
    assert.deepEqual(
      [...connection.api.remainingPulls.values()],
      ["76 of 100 pulls left per 21600 s"],
    );
  });

  describe("sentCredentials", () => {
    const login = (password: string) => ({
      registryAuth: [{ registry: registry.host, username: "u", password }],
    });
    const asked = async (options: ConnectOptions): Promise<Connection> => {
      const connection = connect(options);
      await connection.client.manifest(at(), "v1").catch(() => undefined);
      return connection;
    };

    for (const [what, access, password, expected] of [
      ["that asks for none", undefined, "p", false],
      ["that accepts them", { scheme: "basic", login: "u:p" }, "p", true],
      ["that refuses them", { scheme: "basic", login: "u:p" }, "wrong", true],
      ["whose token service accepts them", { scheme: "bearer", login: "u:p" }, "p", true],
      ["whose token service refuses them", { scheme: "bearer", login: "u:p" }, "wrong", true],
    ] as const) {
      it(`is ${expected} with credentials for a registry ${what}`, async () => {
        registry.access = access;
        const { api, client } = await asked(login(password));
        const sent = [api.sentCredentials(registry.host), client.sentCredentials(registry.host)];
        assert.deepEqual(sent, [expected, expected]);
      });
    }

    for (const scheme of ["basic", "bearer"] as const) {
      it(`is false without credentials: ${scheme}`, async () => {
        registry.access = scheme === "basic" ? { scheme, login: "u:p" } : { scheme };
        const { api } = await asked({});
        assert.equal(api.sentCredentials(registry.host), false);
      });
    }

    it("is false for another registry, and before the first request", async () => {
      registry.access = { scheme: "basic", login: "u:p" };
      const { api } = await asked(login("p"));
      const others = ["registry.example", "127.0.0.1:1"].map((host) => api.sentCredentials(host));
      assert.deepEqual(others, [false, false]);
      assert.equal(connect(login("p")).api.sentCredentials(registry.host), false);
    });
  });

  describe("redirects", () => {
    let other: Registry;
    beforeEach(async () => {
      other = await Registry.start();
    });
    afterEach(() => other.stop());
    const redirect = (location: string): void => {
      const redirecting = answer(307, { location });
      registry.faults.push((request, response) => {
        const isFirst = registry.seen.length === 1 && /blobs/.test(request.url ?? "");
        return isFirst && redirecting(request, response);
      });
    };
    const [config] = made.blobs;
    const login = () => ({
      registryAuth: [{ registry: registry.host, username: "u", password: "p" }],
    });
    const fetched = (connection = connect(login())) =>
      connection.client.blob(at(), {
        digest: config?.digest as Digest,
        size: config?.bytes.length ?? 0,
      });
    const get = async (): Promise<Buffer> => (await fetched()).bytes;

    it("are followed, also relative ones", async () => {
      redirect(`/v2/org/app/blobs/${config?.digest}?moved`);
      assert.deepEqual(await get(), config?.bytes);
      assert.match(registry.log.join("\n"), /blobs\/sha256:\w+ 307\n.*\?moved 200/);
    });

    it("to another port are followed without credentials", async () => {
      registry.access = { scheme: "basic", login: "u:p" };
      other.push(app, "v1", made);
      registry.faults.push((request, response) =>
        request.headers.authorization
          ? answer(307, { location: `http://${other.host}${request.url}` })(request, response)
          : false,
      );
      assert.deepEqual(await get(), config?.bytes);
      assert.deepEqual(
        other.seen.map(({ authorization }) => authorization),
        [""],
      );
    });

    it("to another port send that no credentials", async () => {
      registry.access = { scheme: "basic", login: "u:p" };
      other.access = { scheme: "basic", login: "u:p" };
      registry.faults.push((request, response) =>
        request.headers.authorization
          ? answer(307, { location: `http://${other.host}${request.url}` })(request, response)
          : false,
      );
      const connection = connect(login());
      await assert.rejects(fetched(connection));
      const sent = [registry, other].map(({ host }) => connection.api.sentCredentials(host));
      assert.deepEqual(sent, [true, false]);
    });

    it("to another registry are followed with an anonymous token of that registry", async () => {
      other.push(app, "v1", made);
      other.access = { scheme: "bearer" };
      redirect(`http://${other.host}/v2/org/app/blobs/${config?.digest}`);
      assert.deepEqual(await get(), config?.bytes);
      assert.ok(other.seen.every(({ authorization }) => !authorization.startsWith("Basic")));
    });

    for (const [name, location, pattern] of [
      [
        "more than five times",
        "/v2/org/app/blobs/again",
        /redirect refused: .* more than 5 redirects/,
      ],
      ["to an invalid URL", "http://[", /invalid URL/],
      ["to a URL with a login", "http://a:b@127.0.0.1/", /redirect refused/],
      ["to a file", "file:///etc/passwd", /redirect refused/],
      ["to a metadata service", "http://169.254.169.254/latest", /address refused/],
      ["to an unspecified address", "http://0.0.0.0/", /address refused/],
    ] as const) {
      it(`${name} are refused`, async () => {
        registry.faults.push(
          (request, response) =>
            /blobs/.test(request.url ?? "") && answer(307, { location })(request, response),
        );
        await assert.rejects(get(), failing("invalid", pattern));
      });
    }
  });
});
