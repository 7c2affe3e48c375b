import { getDomain } from "tldts";

/**
 * The registrable domain of a host name (`example.co.uk` of `auth.example.co.uk`), by the public
 * suffix list with its private section, so that two users of `github.io` have different domains.
 * Undefined for a suffix itself and for addresses.
 */
export function registrableDomain(host: string): string | undefined {
  return getDomain(host, { allowPrivateDomains: true }) ?? undefined;
}
