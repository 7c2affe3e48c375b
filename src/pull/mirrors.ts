import { type Repository, repositoryName } from "../oci/reference.ts";

/**
 * Another place for the content of a registry or a repository. Both sides are prefixes in full
 * form: `docker.io`, `docker.io/bitnami`, `harbor.example/dockerhub`.
 */
export type Mirror = {
  /** Whose content it is. */
  readonly original: string;
  /** Where the same content is, too. */
  readonly source: string;
  /** True when the source may say what a tag points at. */
  readonly trustsTags: boolean;
};

/** A mirror of a repository, and the repository's name there. */
export type Mirrored = { readonly mirror: Mirror; readonly repository: Repository };

/**
 * The mirrors of a repository, in the order in which they are written: a more specific one does not
 * hide the others.
 */
export function mirrorsOf(repository: Repository, mirrors: readonly Mirror[]): readonly Mirrored[] {
  const name = repositoryName(repository);
  return mirrors.flatMap((mirror) => {
    const mirrored = mirroredName(mirror, name);
    const slash = mirrored?.indexOf("/") ?? -1;
    // A repository that is the whole prefix has no name at a source that is only a registry.
    if (mirrored === undefined || slash < 0) return [];
    const registry = mirrored.slice(0, slash);
    return [{ mirror, repository: { registry, repository: mirrored.slice(slash + 1) } }];
  });
}

/** The full names of repositories, and of what mirrors have in their place. */
export function mirroredRepositories(
  names: readonly string[],
  mirrors: readonly Mirror[],
): ReadonlySet<string> {
  const mirrored = names.flatMap((name) =>
    mirrors.flatMap((mirror) => mirroredName(mirror, name) ?? []),
  );
  return new Set([...names, ...mirrored]);
}

/** The full name at the source of what the original calls `name`; undefined for foreign names. */
export function mirroredName({ original, source }: Mirror, name: string): string | undefined {
  const rest = restBelow(original, name);
  return rest === undefined ? undefined : officialName(`${source}${rest}`);
}

/** What follows a prefix in a name: nothing, or `/` and more. Undefined when it is no prefix. */
function restBelow(prefix: string, name: string): string | undefined {
  if (name.startsWith(`${prefix}/`)) return name.slice(prefix.length);
  return name === officialName(prefix) ? "" : undefined;
}

/**
 * The name with `library/` where Docker Hub has it: `docker.io/alpine` is `docker.io/library/alpine`
 * (https://docs.docker.com/docker-hub/repos/). Other names stay as they are.
 */
export function officialName(name: string): string {
  return name.replace(/^docker\.io\/(?=[^/]+$)/, "docker.io/library/");
}
