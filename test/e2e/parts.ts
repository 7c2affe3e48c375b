import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { temporaryDirectory } from "../support/directory.ts";
import type { Content, Made } from "../support/image.ts";

/**
 * Why the tests must be skipped, or false when all programs are installed. Throws when one is
 * missing and REQUIRE_REAL_PARTS is 1, as in CI.
 */
export function realPartsMissing(...needed: readonly string[]): string | false {
  const missing = needed.filter((name) => !isInstalled(name));
  if (missing.length === 0) return false;
  const message = `not installed: ${missing.join(", ")}; scripts/real-parts.sh installs them`;
  if (process.env["REQUIRE_REAL_PARTS"] === "1") throw new Error(message);
  return message;
}

/** True for a program that is in a directory of PATH. */
export function isInstalled(program: string): boolean {
  try {
    execFileSync("which", [program], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** A directory of this test run. */
export const directory = temporaryDirectory("e2e");

/** A real docker-registry on loopback. */
export type RealRegistry = {
  readonly host: string;
  readonly storage: string;
  readonly stop: () => Promise<void>;
};

export async function startRegistry(
  name: string,
  auth = "",
  tls?: { certificate: string; key: string },
): Promise<RealRegistry> {
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const storage = join(directory, name);
  const config = join(directory, `${name}.yml`);
  const secure =
    tls === undefined ? "" : `, tls: {certificate: ${tls.certificate}, key: ${tls.key}}`;
  writeFileSync(
    config,
    `version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: ${storage}}, delete: {enabled: true}}
http: {addr: "${host}", secret: test${secure}}
compatibility: {schema1: {enabled: true}}
${auth}
`,
  );
  const child = spawn("docker-registry", ["serve", config], {
    stdio: "ignore",
    env: { PATH: process.env["PATH"] ?? "", OTEL_TRACES_EXPORTER: "none" },
  });
  await answers(`http://${host}/v2/`);
  return { host, storage, stop: () => end(child) };
}

async function answers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      await fetch(url);
      return;
    } catch {
      await sleep(100);
    }
  }
  throw new Error(`${url} does not answer`);
}

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill();
  await ended;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createTcpServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/**
 * What skopeo prints. It runs asynchronously, because it may need a token service in this process.
 */
export async function skopeo(...args: string[]): Promise<Buffer> {
  const { stdout } = await promisify(execFile)("skopeo", args, {
    encoding: "buffer",
    timeout: 60_000,
  });
  return stdout;
}

/** Writes a document, with all it needs, as a layout for skopeo to push. Returns its path. */
export function writeLayout(name: string, made: Made): string {
  const layout = join(directory, `layout-${name}`);
  mkdirSync(join(layout, "blobs/sha256"), { recursive: true });
  const put = ({ digest, bytes }: Content): void =>
    writeFileSync(join(layout, "blobs", digest.replace(":", "/")), bytes);
  for (const content of [made, ...made.manifests, ...made.blobs]) put(content);
  const manifests = [{ mediaType: made.mediaType, digest: made.digest, size: made.bytes.length }];
  writeFileSync(join(layout, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
  writeFileSync(join(layout, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  return layout;
}

/** Writes a self-signed certificate for 127.0.0.1 and its key. Returns their paths. */
export function writeCertificate(): { certificate: string; key: string } {
  const certificate = join(directory, "tls.crt");
  const key = join(directory, "tls.key");
  const names = ["-subj", "/CN=registry", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"];
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      key,
      "-out",
      certificate,
      ...names,
    ],
    {
      stdio: "ignore",
    },
  );
  return { certificate, key };
}

/** Writes an htpasswd file with one login. Returns its path. */
export function writeHtpasswd(user: string, password: string): string {
  const path = join(directory, "htpasswd");
  writeFileSync(path, execFileSync("htpasswd", ["-Bbn", user, password]));
  return path;
}

/**
 * A token service that signs its tokens:
 * https://distribution.github.io/distribution/spec/auth/jwt/
 */
export type TokenServer = {
  readonly realm: string;
  readonly host: string;
  readonly bundle: string;
  issued: number;
  readonly stop: () => Promise<void>;
};

export async function startTokenServer(user: string, password: string): Promise<TokenServer> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = join(directory, "token.key");
  const bundle = join(directory, "token.crt");
  writeFileSync(key, privateKey.export({ type: "pkcs8", format: "pem" }));
  execFileSync(
    "openssl",
    ["req", "-x509", "-new", "-key", key, "-out", bundle, "-subj", "/CN=tokens", "-days", "2"],
    { stdio: "ignore" },
  );
  const certificate = execFileSync("openssl", ["x509", "-in", bundle, "-outform", "DER"]).toString(
    "base64",
  );
  const server: Server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state: TokenServer = {
    realm: `http://${host}/token`,
    host,
    bundle,
    issued: 0,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
  server.on("request", (request, response) => {
    const authorized =
      request.headers.authorization ===
      `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    const scope = new URL(request.url ?? "", state.realm).searchParams.get("scope") ?? "";
    const anonymous = request.headers.authorization === undefined && scope.includes("public/");
    if (!authorized && !anonymous) {
      response
        .writeHead(401, { "content-type": "application/json" })
        .end('{"details":"incorrect username or password"}');
      return;
    }
    state.issued++;
    response.end(
      JSON.stringify({ token: signToken(privateKey, certificate, scope), expires_in: 300 }),
    );
  });
  return state;
}

function signToken(key: KeyObject, certificate: string, scope: string): string {
  const [, name = "", actions = ""] = /^repository:(.+):([^:]+)$/.exec(scope) ?? [];
  const now = Math.floor(Date.now() / 1000);
  const access = [{ type: "repository", name, actions: actions.split(",") }];
  const claims = {
    iss: "tests",
    sub: "",
    aud: "tests",
    exp: now + 300,
    nbf: now - 10,
    iat: now,
    jti: String(now),
    access,
  };
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ typ: "JWT", alg: "ES256", x5c: [certificate] })}.${part(claims)}`;
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

/** Removes everything that these tests wrote. */
export function cleanUp(): void {
  rmSync(directory, { recursive: true, force: true });
}
