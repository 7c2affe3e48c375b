import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Credential } from "../../src/registry/credential.ts";
import { type Candidates, Grants } from "../../src/registry/grants.ts";
import { KnownOrigin } from "../../src/registry/known-origin.ts";
import type { Refusal, Token } from "../../src/registry/token.ts";

const password: Credential = { source: "a", kind: "password", username: "me", password: "pw" };
const identity: Credential = { source: "b", kind: "identity", username: "me", token: "I" };
const registryToken: Credential = { source: "c", kind: "registry-token", token: "R" };
const BASIC = { scheme: "basic", parameters: new Map() };
const BEARER = { scheme: "bearer", parameters: new Map() };
const url = new URL("https://registry.example");

/** Grants from these candidates, with the answers of a token service, the last again and again. */
function grants(
  candidates: Candidates,
  answers: readonly (Token | Refusal)[] = [],
  origin = new KnownOrigin(url),
) {
  const obtained: (string | undefined)[] = [];
  const obtain = async (
    _registry: URL,
    _challenge: unknown,
    _scope: string,
    credential: Credential | undefined,
  ): Promise<Token | Refusal> => {
    const at = Math.min(obtained.length, answers.length - 1);
    obtained.push(credential?.source);
    return answers[at] ?? assert.fail("the token service must not be used");
  };
  return { found: new Grants(origin, Promise.resolve(candidates), { obtain }), obtained };
}

const token: Token = { token: "T", expires: 1_000 };
const refusal: Refusal = { refused: "tokens.example answered 401 no", status: 401 };

describe("Grants", () => {
  for (const [name, candidates, challenge, expected] of [
    ["a password for Basic", [password, undefined], BASIC, [`Basic ${btoa("me:pw")}`, true]],
    ["a registry token for Bearer", [registryToken, undefined], BEARER, ["Bearer R", true]],
    ["a registry token for Basic", [registryToken, undefined], BASIC, ["Bearer R", true]],
    ["an exchanged password for Bearer", [password, undefined], BEARER, ["Bearer T", true]],
    ["an exchanged identity token for Bearer", [identity, undefined], BEARER, ["Bearer T", true]],
    ["an anonymous token for Bearer", [undefined], BEARER, ["Bearer T", false]],
    ["nothing for Basic without credentials", [undefined], BASIC, undefined],
    ["nothing for Basic with an identity token", [identity, undefined], BASIC, undefined],
    ["nothing without candidates", [], BEARER, undefined],
  ] as const) {
    it(`obtains ${name}`, async () => {
      const grant = await grants(candidates, [token]).found.obtain(challenge, "the scope");
      assert.deepEqual(grant && [grant.authorization, grant.authenticated], expected);
      assert.equal(grant?.scope ?? "the scope", "the scope");
    });
  }

  it("keeps the time at which a token expires; other grants never expire", async () => {
    assert.equal((await grants([undefined], [token]).found.obtain(BEARER, "s"))?.expires, 1_000);
    const basic = await grants([password]).found.obtain(BASIC, "s");
    assert.equal(basic?.expires, Number.POSITIVE_INFINITY);
  });

  it("moves on to the next candidate when the token service refuses one", async () => {
    const { found, obtained } = grants([password, identity, undefined], [refusal, refusal, token]);
    const grant = await found.obtain(BEARER, "s");
    assert.deepEqual([grant?.authorization, grant?.authenticated], ["Bearer T", false]);
    assert.deepEqual(obtained, ["a", "b", undefined]);
    assert.deepEqual(found.refusals, [
      "the credentials of me from a (tokens.example answered 401 no)",
      "the credentials from b (tokens.example answered 401 no)",
    ]);
  });

  it("stays with a candidate until it is refused, and obtains nothing after the last", async () => {
    const { found, obtained } = grants([password, undefined], [token]);
    await found.obtain(BEARER, "s");
    await found.obtain(BEARER, "s");
    await found.refuse({ refused: "answered 401", status: 401 });
    await found.obtain(BEARER, "s");
    await found.refuse({ refused: "answered 401", status: 401 });
    assert.equal(await found.obtain(BEARER, "s"), undefined);
    assert.deepEqual(obtained, ["a", "a", undefined]);
    assert.deepEqual(found.refusals, ["the credentials of me from a (answered 401)"]);
  });

  it("records a token service's refusal of anonymous requests", async () => {
    const { found } = grants([undefined], [refusal]);
    assert.equal(await found.obtain(BEARER, "s"), undefined);
    assert.deepEqual(found.refusals, ["no credentials (tokens.example answered 401 no)"]);
  });

  for (const [status, isShared] of [
    [401, true],
    [403, false],
  ] as const) {
    const tries = isShared ? "does not send" : "sends";
    it(`${tries} credentials refused with ${status} for another repository`, async () => {
      const origin = new KnownOrigin(url);
      await grants([password, undefined], [], origin).found.refuse({ refused: "no", status });
      const { found, obtained } = grants([password, undefined], [token], origin);
      await found.obtain(BEARER, "s");
      assert.deepEqual(obtained, [isShared ? undefined : "a"]);
    });
  }

  for (const [what, candidates, challenge, expected] of [
    ["a password for Basic", [password, undefined], BASIC, true],
    ["a registry token", [registryToken, undefined], BEARER, true],
    ["credentials that the token service refuses", [identity, undefined], BEARER, true],
    ["an identity token for Basic, which is not sent", [identity, undefined], BASIC, false],
    ["anonymous requests", [undefined], BEARER, false],
  ] as const) {
    it(`${expected ? "records" : "does not record"} that credentials are sent: ${what}`, async () => {
      const origin = new KnownOrigin(url);
      await grants(candidates, [refusal], origin).found.obtain(challenge, "s");
      assert.equal(origin.sentCredentials, expected);
    });
  }

  it("records that credentials are sent when the token service does not work", async () => {
    const origin = new KnownOrigin(url);
    const obtain = async () => assert.fail("the token service does not work");
    const found = new Grants(origin, Promise.resolve([password]), { obtain });
    await assert.rejects(found.obtain(BEARER, "s"), /does not work/);
    assert.equal(origin.sentCredentials, true);
  });

  it("returns refusals that do not change later", async () => {
    const { found } = grants([password, undefined], [token]);
    const before = found.refusals;
    await found.refuse({ refused: "no", status: 401 });
    assert.deepEqual([before.length, found.refusals.length], [0, 1]);
  });
});
