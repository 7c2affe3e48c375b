import { sign, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { announce } from "./side-server.ts";

// A token service over TLS on loopback that lets everyone pull:
// https://distribution.github.io/distribution/spec/auth/token/
// node token-service.ts CERTIFICATE KEY NAME, which is issuer and audience
const [certificateFile = "", keyFile = "", name = ""] = process.argv.slice(2);
const cert = readFileSync(certificateFile);
const key = readFileSync(keyFile);
const x5c = [new X509Certificate(cert).raw.toString("base64")];
const LIFETIME_S = 300;

const server = createServer({ cert, key }, (request, response) => {
  const { searchParams } = new URL(request.url ?? "", "https://bench");
  const token = signedToken(searchParams.getAll("scope"));
  const body = JSON.stringify({ token, expires_in: LIFETIME_S });
  response.setHeader("content-type", "application/json").end(body);
});

/** A token for these scopes: https://distribution.github.io/distribution/spec/auth/jwt/ */
function signedToken(scopes: readonly string[]): string {
  const now = Math.floor(Date.now() / 1_000);
  const claims = {
    ...{ iss: name, aud: name, sub: "", jti: String(performance.now()) },
    ...{ iat: now, nbf: now - 10, exp: now + LIFETIME_S },
    access: scopes.flatMap((scope) => scope.split(" ").map(accessOf)),
  };
  const signed = `${encoded({ typ: "JWT", alg: "ES256", x5c })}.${encoded(claims)}`;
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

function accessOf(scope: string): object {
  const [, type = "", repository = "", actions = ""] = /^(\w+):(.+):([^:]+)$/.exec(scope) ?? [];
  return { type, name: repository, actions: actions.split(",") };
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

announce(server, "127.0.0.1");
