import { PullError } from "../oci/failure.ts";
import { parseReference, type Repository } from "../oci/reference.ts";

// Components that are not empty. An @ would start a digest.
const NAME = /^[^/@]+(?:\/[^/@]+)*$/;

/**
 * The repository that a client means by the name in a URL. Its registry is, in this order: the
 * namespace (the parameter `ns` or the header `OCI-Namespace`), the name's first component when
 * that has a dot or a colon or is `localhost`, or docker.io. An address of this server, for which
 * `isOwn` is true, is not a registry. Fails as `invalid` for a name that is not one:
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#registry-proxying
 */
export function upstreamOf(
  name: string,
  namespace: string | undefined,
  isOwn: (registry: string) => boolean,
): Repository {
  if (!NAME.test(name)) throw refused(name, "components without @, joined by /");
  const hasNamespace = namespace !== undefined && !isOwn(namespace);
  if (hasNamespace) return repositoryIn(namespace, name);
  const [first = "", ...rest] = name.split("/");
  const isRouted = rest.length > 0 && isOwn(first);
  if (isRouted) return upstreamOf(rest.join("/"), undefined, isOwn);
  return parseReference(tagged(name));
}

/**
 * The repository of a name in a registry. BuildKit's mirrors may have a path, so the name may
 * repeat the registry: https://docs.docker.com/build/buildkit/toml-configuration/
 */
function repositoryIn(registry: string, name: string): Repository {
  const lower = registry.toLowerCase();
  const own = `${lower}/`;
  const path = name.toLowerCase().startsWith(own) ? name.slice(own.length) : name;
  const read = parseReference(tagged(`${lower}/${path}`));
  const expected = lower === "index.docker.io" ? "docker.io" : lower;
  // For example foo/alpine, which is docker.io/foo/alpine.
  if (read.registry !== expected) throw refused(registry, "a registry as host or host:port");
  return read;
}

/** With a tag, so that a colon in the last component is not taken for the start of one. */
function tagged(name: string): string {
  return `${name}:latest`;
}

function refused(text: string, expected: string): PullError {
  return new PullError("wrong-reference", `expected ${expected}, got ${JSON.stringify(text)}`);
}
