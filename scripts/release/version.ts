import semver, { type SemVer } from "semver";

/**
 * A version of https://semver.org. Undefined for a text that is not exactly one: one with a leading
 * `v`, with build metadata or with spaces.
 */
export function parseVersion(text: string): SemVer | undefined {
  const version = semver.parse(text);
  return version?.version === text ? version : undefined;
}
