import { ownerLine, type ServedAt } from "./hosts-toml.ts";
import { allRegistries } from "./known-registries.ts";

/**
 * A drop-in for `registries.conf.d`, which podman, skopeo and buildah read. It lists the known
 * registries and `registries`, because there is no default for all others: those are asked
 * directly. With `only`, the job's registry takes the place of each; otherwise it is a mirror in
 * front of it. https://github.com/containers/image/blob/main/docs/containers-registries.conf.5.md
 *
 * The registry's name is a part of the path there. A port would make that an invalid reference, so
 * registries with a port are left out.
 */
export function registriesConf(served: ServedAt, registries: readonly string[]): string {
  const portless = allRegistries(registries).filter((registry) => !registry.includes(":"));
  const tables = portless.map((registry) => registryTable(registry, served));
  return [`${ownerLine(served.holder)}\n`, ...tables].join("\n");
}

function registryTable(registry: string, { address, only }: ServedAt): string {
  const prefix = `[[registry]]\nprefix = "${registry}"\n`;
  const here = `location = "${address}/${registry}"\ninsecure = true\n`;
  if (only) return `${prefix}${here}`;
  return `${prefix}location = "${registry}"\n[[registry.mirror]]\n${here}`;
}
