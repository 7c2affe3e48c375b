import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HttpAnswer, HttpRequest } from "../../src/http/http.ts";
import type { Repository } from "../../src/oci/reference.ts";
import { Sessions } from "../../src/registry/sessions.ts";

const origin = new URL("https://registry.example/v2/org/app/manifests/1");
const app: Repository = { registry: "registry.example", repository: "org/app" };
const other: Repository = { ...app, repository: "org/other" };

/** Sessions with one login, at a registry that asks for it; the Authorization of each request. */
function sessions() {
  const sent: string[] = [];
  const send = async ({ headers }: HttpRequest): Promise<HttpAnswer> => {
    const authorization = headers["authorization"];
    sent.push(authorization ?? "none");
    const status = authorization === undefined ? 401 : 200;
    return { status, headers: { "www-authenticate": "Basic" }, body: Buffer.alloc(0) };
  };
  const source = "registry-auth";
  const login = { source, kind: "password", username: "me", password: "pw" } as const;
  const found = new Sessions({
    http: { send },
    keychain: { find: async () => [login] },
    tokens: { obtain: () => assert.fail() },
    now: () => 0,
    warn: () => assert.fail(),
  });
  return { found, sent };
}

const request = (url: URL): HttpRequest => {
  return { method: "GET", url, headers: {}, limit: 1, namedBy: "user" };
};
const BASIC = `Basic ${Buffer.from("me:pw").toString("base64")}`;

describe("Sessions", () => {
  it("returns one session per repository and origin", () => {
    const { found } = sessions();
    const session = found.get(origin, app, true);
    assert.equal(found.get(new URL("/elsewhere", origin), app, true), session);
    assert.notEqual(found.get(origin, other, true), session);
    assert.notEqual(found.get(new URL("https://cdn.example/"), app, true), session);
    assert.notEqual(found.get(origin, app, false), session);
  });

  it("shares the challenge of an origin between its repositories", async () => {
    const { found, sent } = sessions();
    await found.get(origin, app, true).send(request(origin));
    await found.get(origin, other, true).send(request(origin));
    assert.deepEqual(sent, ["none", BASIC, BASIC]);
  });

  it("knows the origins that were sent credentials", async () => {
    const { found } = sessions();
    const elsewhere = new URL("https://cdn.example/");
    assert.equal(found.sentCredentials(origin), false);
    await found.get(elsewhere, app, false).send(request(elsewhere));
    await found.get(origin, app, true).send(request(origin));
    const plain = new URL("http://registry.example/");
    const sent = [origin, elsewhere, plain].map((url) => found.sentCredentials(url));
    assert.deepEqual(sent, [true, false, false]);
  });

  it("sends credentials to the registry's own origin only", async () => {
    const { found, sent } = sessions();
    const { answer, authenticated } = await found.get(origin, app, false).send(request(origin));
    assert.deepEqual([answer.status, authenticated, sent], [401, false, ["none"]]);
  });
});
