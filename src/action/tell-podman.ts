import { join } from "node:path";
import { foundBy } from "../oci/failure.ts";
import type { ServedAt } from "../serve/hosts-toml.ts";
import { registriesConf } from "../serve/podman-config.ts";
import type { ClientWires } from "./client-wires.ts";
import { OWN_STEPS } from "./file-steps.ts";
import { place } from "./placed-file.ts";

/** Podman's drop-in, empty when there is none, and how `only` does not hold. */
export type PodmanTold = { readonly registriesConf: string; readonly notOnly: readonly string[] };

/** Puts the drop-in in place that podman, skopeo and buildah read, for this user. Never fails. */
export async function tellPodman(
  served: ServedAt,
  registries: readonly string[],
  platform: NodeJS.Platform,
  { places, voice }: Pick<ClientWires, "places" | "voice">,
): Promise<PodmanTold> {
  // Elsewhere podman runs in a virtual machine, with files of its own.
  if (platform !== "linux") return { registriesConf: "", notOnly: ["podman: it is not told"] };
  const { holder } = served;
  const path = join(places.registriesConf, `registry-pull-${holder}.conf`);
  const content = Buffer.from(registriesConf(served, registries));
  try {
    await place(OWN_STEPS, { path, content, holder });
  } catch (error) {
    voice.say(`podman is not told about the job's registry: ${foundBy(error)}`);
    return { registriesConf: "", notOnly: ["podman, skopeo and buildah: they are not told"] };
  }
  voice.say(`podman, skopeo and buildah ask the job's registry, as ${path} says`);
  const notOnly = `podman, skopeo and buildah: registries that ${path} does not list`;
  return { registriesConf: path, notOnly: [notOnly] };
}
