import { getDomain } from "tldts";

/**
 * The part of a host name that somebody registered (`example.co.uk` of `auth.example.co.uk`), by the public suffix list with
 * its private section, so that two tenants of `github.io` are strangers. Undefined for a suffix itself and for addresses.
 */
export function registrableDomain(host: string): string | undefined {
  return getDomain(host, { allowPrivateDomains: true }) ?? undefined;
}
