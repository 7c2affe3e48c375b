/** The tag in a name as it is written, without its digest; undefined without one. Not checked. */
export function tagIn(name: string): string | undefined {
  // A colon before the last slash is one of a port.
  const colon = name.indexOf(":", name.lastIndexOf("/") + 1);
  return colon < 0 ? undefined : name.slice(colon + 1);
}
