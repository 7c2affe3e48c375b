import { isLoopbackHost, literalAddress } from "../http/address.ts";
import { PullError } from "../oci/failure.ts";
import type { Challenge } from "./challenge.ts";
import type { Credential } from "./credential.ts";
import { isPlainUrl } from "./origin.ts";

/** Registries whose token service is on another domain. */
const KNOWN_REALMS: ReadonlyMap<string, RegExp> = new Map([
  ["auth.docker.io", /^(registry-1\.|index\.)?docker\.io$/],
  ["ghcr.io", /^lscr\.io$/],
  ["api.scaleway.com", /^rg\.[a-z]{2}-[a-z]{3}\.scw\.cloud$/],
]);

/**
 * The token service that a challenge of `registry` names, if it may receive `credential`. Fails as
 * `invalid` when the realm is malformed, or not https although the registry is, and as
 * `unauthorized` when it may not receive the credentials, or not even a request without any.
 * `trusted` has hosts, with or without port.
 */
export async function readRealm(
  registry: URL,
  challenge: Challenge,
  credential: Credential | undefined,
  trusted: ReadonlySet<string>,
): Promise<URL> {
  const realm = challenge.parameters.get("realm") ?? "";
  const url = parseRealm(registry, realm);
  // Anyone may run a server on the runner's loopback: only the user can allow a request to it.
  const isLoopback = isLoopbackHost(url) && url.origin !== registry.origin;
  const isRefusedAddress = isLoopback && !isTrusted(url, trusted);
  const mayReceive =
    credential === undefined || (await mayReceiveCredentials(url, registry, trusted));
  if (mayReceive && !isRefusedAddress) return url;
  const what =
    credential === undefined
      ? "nothing is sent"
      : `the credentials from ${credential.source} are not sent`;
  const found = `${registry.host} asks for a token from ${url.host}`;
  const message = `realm refused: ${found}, which is not its own domain, so ${what} there`;
  const next = `if that is its token service, add ${url.host} to trusted-realms`;
  throw new PullError("realm-refused", message, { next });
}

function parseRealm(registry: URL, realm: string): URL {
  const shown = JSON.stringify(realm.slice(0, 200));
  if (realm === "" || !URL.canParse(realm, registry.href)) {
    const found = `expected a URL in the challenge of ${registry.host}, got ${shown}`;
    throw new PullError("realm-invalid", `realm refused: ${found}`);
  }
  const url = new URL(realm, registry);
  if (!isPlainUrl(url)) {
    const found = `${shown} in the challenge of ${registry.host} is not a plain https URL`;
    throw new PullError("realm-invalid", `realm refused: ${found}`);
  }
  if (registry.protocol === "https:" && url.protocol === "http:") {
    const found = `${registry.host} is https, its realm ${url.origin} is not`;
    throw new PullError("realm-downgrade", `realm downgrade refused: ${found}`);
  }
  return url;
}

/** True when the user lists the host of a URL as a trusted realm. */
export function isTrusted(url: URL, trusted: ReadonlySet<string>): boolean {
  return trusted.has(url.host) || trusted.has(url.hostname);
}

/**
 * True when a token service may receive the credentials of a registry: on the same host, on the
 * same registrable domain by the public suffix list, as a known pair, or trusted by the user. An IP
 * address and localhost are a domain of their own, port included.
 */
export async function mayReceiveCredentials(
  realm: URL,
  registry: URL,
  trusted: ReadonlySet<string>,
): Promise<boolean> {
  if (realm.origin === registry.origin || isTrusted(realm, trusted)) return true;
  if (hasNoDomain(realm) || hasNoDomain(registry)) return false;
  if (realm.hostname === registry.hostname) return true;
  const known = KNOWN_REALMS.get(realm.hostname);
  if (known?.test(registry.hostname)) return true;
  // Loaded only here: the public suffix list is large, and most registries never need it.
  const { registrableDomain } = await import("./domain.ts");
  const domain = registrableDomain(registry.hostname);
  return domain !== undefined && domain === registrableDomain(realm.hostname);
}

/** True for an IP address and for localhost. */
function hasNoDomain(url: URL): boolean {
  return literalAddress(url) !== undefined || isLoopbackHost(url);
}
