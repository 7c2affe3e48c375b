import { allRegistries } from "./known-registries.ts";

/**
 * A `buildkitd.toml` for a builder of its own, such as buildx's driver docker-container. The job's
 * registry becomes a mirror of the known registries and of `registries`; BuildKit states the
 * registry as `?ns=`. BuildKit has no setting for all registries, and asks the upstream when a
 * request fails. https://docs.docker.com/build/buildkit/configure/#registry-mirror
 *
 * The builder must reach `address`: on loopback with the driver option `network=host`, otherwise on
 * an address of the bridge that its containers use. BuildKit in Docker needs no such file.
 */
export function buildkitdConfig(address: string, registries: readonly string[]): string {
  const own = `[registry."${address}"]\n  http = true\n`;
  const mirrored = allRegistries(registries)
    .filter((registry) => registry !== address)
    .map((registry) => `[registry."${registry}"]\n  mirrors = ["${address}"]\n`);
  return [own, ...mirrored].join("\n");
}
