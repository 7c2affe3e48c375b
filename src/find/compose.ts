import { Builds } from "./compose-build.ts";
import { ComposeFile } from "./compose-file.ts";
import type { Findings } from "./findings.ts";
import { statedPlatform } from "./stated-platform.ts";
import type { Surroundings } from "./surroundings.ts";
import type { YamlValue } from "./yaml-value.ts";

/**
 * Finds the images of a Compose file: those that its services run, build from and mount. An image
 * that Compose builds or never pulls is not one of them. `include` and `extends` are not followed:
 * they point at files of their own. https://github.com/compose-spec/compose-spec/blob/main/spec.md
 */
export function findInCompose(
  documents: readonly YamlValue[],
  findings: Findings,
  surroundings: Surroundings,
): void {
  const file = new ComposeFile(findings, surroundings);
  const services = documents.flatMap((document) => {
    return [...file.entries(document.get("services"))].map(([name, definition]) => {
      return serviceOf(file, name, definition);
    });
  });
  const built = builtBy(services);
  const builds = new Builds(file);
  for (const service of services) {
    findInService(file, service, built);
    if (service.isBuilt) builds.find(service.build, service.platform);
  }
}

/** A service, with what decides how its images are treated. */
type Service = {
  readonly name: string;
  readonly definition: YamlValue;
  readonly build: YamlValue;
  /** False for a service that builds nothing. */
  readonly isBuilt: boolean;
  readonly image: string;
  readonly platform: string | undefined;
  readonly policy: string;
};

function serviceOf(file: ComposeFile, name: string, definition: YamlValue): Service {
  const build = definition.get("build");
  // Compose takes null only as `!reset null`, which removes a build: YAML alone cannot.
  const isBuilt = build.isMap || build.string !== "";
  return {
    name,
    definition,
    build,
    isBuilt,
    image: imageOf(file, definition.get("image")),
    platform: statedPlatform(file.string(definition.get("platform"))),
    policy: file.string(definition.get("pull_policy")),
  };
}

/** An image with its variables, or as it is written when that is not known. */
function imageOf(file: ComposeFile, image: YamlValue): string {
  const known = file.string(image);
  return known === "" ? image.string : known;
}

/** What the services of a file build and do not pull. */
type Built = { readonly images: ReadonlySet<string>; readonly services: ReadonlySet<string> };

function builtBy(services: readonly Service[]): Built {
  const building = services.filter(({ isBuilt, policy }) => isBuilt && !pulls(policy));
  const images = new Set(building.map(({ image }) => image));
  images.delete("");
  return { images, services: new Set(building.map(({ name }) => name)) };
}

/** True for a policy that pulls an image that could be built. */
function pulls(policy: string): boolean {
  return /^(?:always|missing|if_not_present|refresh|daily|weekly|every_.*)$/.test(policy);
}

function findInService(file: ComposeFile, service: Service, built: Built): void {
  const { definition, platform } = service;
  if (isPulled(service, built)) file.findImage(definition.get("image"), platform);
  findInVolumes(file, service, built);
  findInHooks(file, service);
}

/** https://github.com/compose-spec/compose-spec/blob/main/05-services.md#pull_policy */
function isPulled({ image, isBuilt, policy }: Service, built: Built): boolean {
  if (policy === "never" || policy === "build") return false;
  // Several services can run an image that one of them builds.
  const isBuiltHere = isBuilt || built.images.has(image);
  return !isBuiltHere || pulls(policy);
}

/** https://github.com/compose-spec/compose-spec/blob/main/05-services.md#volumes */
function findInVolumes(file: ComposeFile, { definition, platform }: Service, built: Built): void {
  const volumes = definition.get("volumes");
  if (!file.isNew(volumes, platform)) return;
  for (const volume of volumes.items) {
    const source = volume.get("source");
    const image = imageOf(file, source);
    // The name of a service stands for the image that it builds.
    const isBuilt = built.images.has(image) || built.services.has(image);
    const isImage = file.string(volume.get("type")) === "image";
    if (isImage && !isBuilt) file.findImage(source, platform);
  }
}

/**
 * Finds the images of the containers that run before a service. They have no platform and are never
 * built: https://github.com/compose-spec/compose-spec/blob/main/05-services.md#pre_start.
 */
function findInHooks(file: ComposeFile, { definition, policy }: Service): void {
  const hooks = definition.get("pre_start");
  if (policy === "never" || !file.isNew(hooks)) return;
  for (const hook of hooks.items) file.findImage(hook.get("image"), undefined);
}
