import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Challenge } from "../../src/registry/challenge.ts";
import type { Credential } from "../../src/registry/credential.ts";
import { isTrusted, mayReceiveCredentials, readRealm } from "../../src/registry/realm.ts";

describe("mayReceiveCredentials", () => {
  for (const [registry, realm, trusted, expected] of [
    ["https://ghcr.io", "https://ghcr.io/token", [], true],
    ["https://registry-1.docker.io", "https://auth.docker.io/token", [], true],
    ["https://lscr.io", "https://ghcr.io/token", [], true],
    ["https://rg.fr-par.scw.cloud", "https://api.scaleway.com/registry/token", [], true],
    ["https://registry.gitlab.com", "https://gitlab.com/jwt/auth", [], true],
    ["https://registry.example.co.uk", "https://auth.example.co.uk", [], true],
    ["https://registry.example.co.uk", "https://other.co.uk", [], false],
    ["https://mine.github.io", "https://theirs.github.io", [], false],
    ["https://ghcr.io", "https://ghrc.io/token", [], false],
    ["https://ghcr.io", "https://ghcr.io.evil.example/token", [], false],
    ["https://evil-ghcr.io", "https://ghcr.io/token", [], false],
    ["https://registry.example.com", "https://registry.example.com:8443/token", [], true],
    ["https://registry.example.com", "https://tokens.example.net/t", ["tokens.example.net"], true],
    [
      "https://registry.example.com",
      "https://tokens.example.net:444/t",
      ["tokens.example.net:443"],
      false,
    ],
    ["http://127.0.0.1:5000", "http://127.0.0.1:5001/token", [], false],
    ["http://127.0.0.1:5000", "http://127.0.0.1:5001/token", ["127.0.0.1:5001"], true],
    ["http://127.0.0.1:5000", "http://127.0.0.1:5000/token", [], true],
    ["http://localhost:5000", "http://localhost:5001/token", [], false],
    ["https://10.0.0.1", "https://10.0.0.1:444/token", [], false],
  ] as const) {
    const title = `of ${registry} at ${realm} is ${expected}`;
    it(trusted.length === 0 ? title : `${title}, trusting ${trusted}`, async () => {
      const urls = [new URL(realm), new URL(registry)] as const;
      assert.equal(await mayReceiveCredentials(...urls, new Set(trusted)), expected);
    });
  }
});

describe("isTrusted", () => {
  for (const [host, trusted, expected] of [
    ["tokens.example", "tokens.example", true],
    ["tokens.example:444", "tokens.example:444", true],
    ["tokens.example:444", "tokens.example", true],
    ["tokens.example", "tokens.example:444", false],
    ["a.tokens.example", "tokens.example", false],
  ] as const) {
    it(`of ${host} is ${expected} when ${trusted} is listed`, () => {
      assert.equal(isTrusted(new URL(`https://${host}/t`), new Set([trusted])), expected);
    });
  }
});

describe("readRealm", () => {
  const credential: Credential = {
    source: "registry-auth",
    kind: "password",
    username: "me",
    password: "pw",
  };
  const read = (
    registry: string,
    realm: string | undefined,
    login?: Credential,
    trusted: readonly string[] = [],
  ): Promise<URL> => {
    const parameters = new Map(realm === undefined ? [] : [["realm", realm]]);
    const challenge: Challenge = { scheme: "bearer", parameters };
    return readRealm(new URL(registry), challenge, login, new Set(trusted));
  };
  const HTTPS = "https://registry.example";
  const HTTP = "http://registry.example";
  const LOOPBACK = "http://127.0.0.1:5000";

  for (const [registry, realm, login, expected] of [
    [HTTPS, "https://registry.example/t", credential, "https://registry.example/t"],
    [HTTPS, "/t", credential, "https://registry.example/t"],
    [HTTP, "http://registry.example/t", credential, "http://registry.example/t"],
    [HTTP, "https://registry.example/t", credential, "https://registry.example/t"],
    // Without credentials any public host may be asked.
    [HTTPS, "https://tokens.elsewhere/t", undefined, "https://tokens.elsewhere/t"],
    [LOOPBACK, "http://127.0.0.1:5000/t", undefined, "http://127.0.0.1:5000/t"],
  ] as const) {
    it(`of ${realm} in a challenge of ${registry} is ${expected}`, async () => {
      assert.equal((await read(registry, realm, login)).href, expected);
    });
  }

  for (const [registry, realm, login, reason] of [
    [HTTPS, undefined, undefined, "realm-invalid"],
    [HTTPS, "", undefined, "realm-invalid"],
    [HTTPS, "https://", undefined, "realm-invalid"],
    [HTTPS, "file:///etc/passwd", undefined, "realm-invalid"],
    [HTTPS, "https://a@registry.example/t", undefined, "realm-invalid"],
    [HTTPS, "https://:b@registry.example/t", undefined, "realm-invalid"],
    [HTTPS, "http://registry.example/t", undefined, "realm-downgrade"],
    [HTTPS, "https://tokens.elsewhere/t", credential, "realm-refused"],
    [LOOPBACK, "http://127.0.0.1:5001/t", undefined, "realm-refused"],
    [LOOPBACK, "http://localhost:5000/t", undefined, "realm-refused"],
  ] as const) {
    const sent = login === undefined ? "without credentials" : "with credentials";
    it(`refuses ${realm} in a challenge of ${registry}, ${sent}, as ${reason}`, async () => {
      await assert.rejects(read(registry, realm, login), { reason });
    });
  }

  it("accepts a trusted host, with credentials and on loopback", async () => {
    await read(HTTPS, "https://tokens.elsewhere/t", credential, ["tokens.elsewhere"]);
    await read(LOOPBACK, "http://127.0.0.1:5001/t", credential, ["127.0.0.1:5001"]);
  });

  it("names the credentials that are not sent, and the input that allows it", async () => {
    await assert.rejects(read(HTTPS, "https://tokens.elsewhere/t", credential), (error: Error) => {
      assert.match(error.message, /the credentials from registry-auth are not sent there/);
      assert.match(error.message, /add tokens\.elsewhere to trusted-realms/);
      return true;
    });
  });
});
