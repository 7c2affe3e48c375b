import type { SemVer } from "semver";
import { entriesOf } from "./changelog.ts";
import { parseVersion } from "./version.ts";

/** What a release needs to know of the repository. */
export type Repository = {
  /** `package.json`. */
  readonly manifest: string;
  /** `package-lock.json`. */
  readonly lock: string;
  /** `CHANGELOG.md`. */
  readonly changelog: string;
  /** The names of all tags. */
  readonly tags: readonly string[];
};

/** A release that may be published. */
export type ReleasePlan = {
  /** The immutable tag: `v1.2.3`. */
  readonly tag: string;
  readonly prerelease: boolean;
  /** The tag that moves to this release: `v1`. Empty for a prerelease. */
  readonly majorTag: string;
  /** The entry in the changelog. */
  readonly notes: string;
};

/** Plans the release of `version`, or returns everything that prevents it. */
export function planRelease(
  version: string,
  repository: Repository,
): ReleasePlan | { readonly problems: readonly string[] } {
  const parsed = parseVersion(version);
  if (parsed === undefined) {
    return { problems: [`expected a version like 1.2.3 or 1.2.3-rc.1, got "${version}"`] };
  }
  const entry = entriesOf(repository.changelog)[0];
  const problems = [
    ...wrongVersions(version, repository),
    ...(entry?.version === version && entry.text === ""
      ? [`CHANGELOG.md: the entry of ${version} is empty`]
      : []),
    ...wrongTags(version, parsed, repository.tags),
  ];
  if (problems.length > 0) return { problems };
  const prerelease = parsed.prerelease.length > 0;
  const majorTag = prerelease ? "" : `v${parsed.major}`;
  return { tag: `v${version}`, prerelease, majorTag, notes: entry?.text ?? "" };
}

/** The places that state another version. */
function wrongVersions(version: string, { manifest, lock, changelog }: Repository): string[] {
  const locked = JSON.parse(lock);
  const stated: readonly (readonly [string, unknown])[] = [
    ["package.json", JSON.parse(manifest).version],
    ["package-lock.json", locked.version],
    ['package-lock.json, packages[""]', locked.packages?.[""]?.version],
    ["the first entry of CHANGELOG.md", entriesOf(changelog)[0]?.version],
  ];
  const wrong = stated.filter(([, found]) => found !== version);
  return wrong.map(([where, found]) => `${where}: expected ${version}, got ${found}`);
}

/** A release is newer than every other of the same major version, so that `v1` never moves back. */
function wrongTags(version: string, parsed: SemVer, tags: readonly string[]): string[] {
  if (tags.includes(`v${version}`)) return [`the tag v${version} exists`];
  const newer = tags.filter((tag) => {
    const other = tag.startsWith("v") ? parseVersion(tag.slice(1)) : undefined;
    return other?.major === parsed.major && other.compare(parsed) > 0;
  });
  return newer.map((tag) => `the tag ${tag} is of a newer version than ${version}`);
}
