import { execFileSync } from "node:child_process";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { startRegistry } from "../test/e2e/parts.ts";
import type { Setup } from "./setup.ts";
import { type SideServer, startSideServer } from "./side-server.ts";

/** How long every byte takes in either direction, in milliseconds: a round trip takes 40 ms. */
const ONE_WAY_MS = 20;
const TOKEN_NAME = "bench";

/** The content of the bench's registry, over TLS and far away. */
export type FarRegistry = {
  readonly host: string;
  /** The variables that make a client trust its certificate. */
  readonly environment: Readonly<Record<string, string>>;
};

type Certificate = { readonly certificate: string; readonly key: string };

/**
 * An address of this machine that is not loopback; undefined without one. Clients use plain HTTP
 * for loopback, or try it.
 */
export function ownAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const own = all.find(({ family, internal }) => family === "IPv4" && !internal);
  return own?.address;
}

/** Starts a far registry, with a token service as far away if `withTokens` is true. */
export async function startFarRegistry(
  setup: Setup,
  address: string,
  withTokens: boolean,
): Promise<FarRegistry> {
  const name = withTokens ? "far-tokens" : "far";
  const certificate = writeCertificate(join(setup.directory, name), address);
  const auth = withTokens ? await startTokens(setup, address, certificate) : "";
  // The same name is the same storage.
  const registry = await setup.own(startRegistry("bench", auth, certificate));
  const port = Number(registry.host.split(":").at(-1));
  const proxy = await farAway(setup, address, port);
  const { certificate: file } = certificate;
  return {
    host: `${address}:${proxy.port}`,
    environment: { NODE_EXTRA_CA_CERTS: file, SSL_CERT_FILE: file },
  };
}

/** Starts a token service. Resolves to what the registry's configuration states about it. */
async function startTokens(
  setup: Setup,
  address: string,
  { certificate, key }: Certificate,
): Promise<string> {
  const starting = startSideServer("token-service.ts", certificate, key, TOKEN_NAME);
  const service = await setup.own(starting);
  const proxy = await farAway(setup, address, service.port);
  const realm = `https://${address}:${proxy.port}/token`;
  const names = `service: ${TOKEN_NAME}, issuer: ${TOKEN_NAME}`;
  return `auth: {token: {realm: "${realm}", ${names}, rootcertbundle: "${certificate}"}}`;
}

function farAway(setup: Setup, address: string, port: number): Promise<SideServer> {
  return setup.own(startSideServer("far-proxy.ts", address, `${port}`, `${ONE_WAY_MS}`));
}

/** Writes a certificate for an address, and its key. TLS and tokens use the same. */
function writeCertificate(path: string, address: string): Certificate {
  const certificate = `${path}.crt`;
  const key = `${path}.key`;
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const names = ["-subj", "/CN=bench", "-addext", `subjectAltName=IP:${address}`, "-days", "2"];
  const files = ["-keyout", key, "-out", certificate];
  const args = ["req", "-x509", ...newKey, ...names, ...files];
  execFileSync("openssl", args, { stdio: "ignore" });
  return { certificate, key };
}
