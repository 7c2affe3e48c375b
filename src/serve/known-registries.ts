// The public registries that workflows commonly use. Clients that cannot send every registry to a
// mirror are told about each of these.
const KNOWN = [
  "docker.io",
  "ghcr.io",
  "quay.io",
  "gcr.io",
  "mcr.microsoft.com",
  "registry.k8s.io",
  "public.ecr.aws",
  "lscr.io",
  "registry.gitlab.com",
  "docker.elastic.co",
  "nvcr.io",
  "cgr.dev",
];

/** The known registries and those of `named`, each once. */
export function allRegistries(named: readonly string[]): readonly string[] {
  return [...new Set([...KNOWN, ...named])];
}
