// https://www.rfc-editor.org/rfc/rfc9110#section-10.1.5, without characters that only hide what a
// client is. Version 28.5.2+dfsg4 is Debian's 28.5.2.
const PRODUCT = /^([A-Za-z][A-Za-z0-9._-]{0,31})(?:\/v?([A-Za-z0-9._-]{1,31}))?/;

// The library by which podman and buildah pull. It sends its own version.
const FAMILIAR: ReadonlyMap<string, string> = new Map([["containers", "containers/image"]]);

/**
 * The program that a header `User-Agent` names first, with its version: `docker 28.5.2`. At most 64
 * characters of letters, digits and `._/-`; empty when the header has none.
 */
export function clientName(userAgent: string): string {
  const [, name = "", version] = PRODUCT.exec(userAgent) ?? [];
  const familiar = FAMILIAR.get(name) ?? name;
  return version === undefined ? familiar : `${familiar} ${version}`;
}
