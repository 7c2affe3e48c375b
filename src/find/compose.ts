import { Builds } from "./compose-build.ts";
import { ComposeFile } from "./compose-file.ts";
import type { Findings } from "./findings.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Value, YamlTree } from "./yaml-tree.ts";

/**
 * Finds the images of a Compose file: those that its services run, build from and mount. An image
 * that Compose builds or never pulls is not one of them. `include` and `extends` are not followed:
 * they point at files of their own. https://github.com/compose-spec/compose-spec/blob/main/spec.md
 */
export function findInCompose(
  tree: YamlTree,
  findings: Findings,
  surroundings: Surroundings,
): void {
  const file = new ComposeFile(tree, findings, surroundings);
  const services = tree.documents.flatMap((document) => {
    return [...file.entries(tree.get(document, "services"))].map(([name, definition]) => {
      return serviceOf(file, name, definition);
    });
  });
  const built = builtBy(services);
  const builds = new Builds(file);
  for (const service of services) {
    findInService(file, service, built);
    builds.find(service.build, service.platform);
  }
}

/** A service, with what decides how its images are treated. */
type Service = {
  readonly name: string;
  readonly definition: Value;
  /** Undefined for a service that builds nothing. */
  readonly build: Value;
  readonly image: string;
  readonly platform: string | undefined;
  readonly policy: string;
};

function serviceOf(file: ComposeFile, name: string, definition: Value): Service {
  const { tree } = file;
  const build = tree.get(definition, "build");
  // Compose takes null only as `!reset null`, which removes a build: YAML alone cannot.
  const isBuilt = tree.isMap(build) || tree.string(build) !== "";
  const platform = file.string(tree.get(definition, "platform"));
  return {
    name,
    definition,
    build: isBuilt ? build : undefined,
    image: imageOf(file, tree.get(definition, "image")),
    platform: platform === "" ? undefined : platform,
    policy: file.string(tree.get(definition, "pull_policy")),
  };
}

/** An image with its variables, or as it is written when that is not known. */
function imageOf(file: ComposeFile, image: Value): string {
  const known = file.string(image);
  return known === "" ? file.tree.string(image) : known;
}

/** What the services of a file build and do not pull. */
type Built = { readonly images: ReadonlySet<string>; readonly services: ReadonlySet<string> };

function builtBy(services: readonly Service[]): Built {
  const building = services.filter(({ build, policy }) => build !== undefined && !pulls(policy));
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
  if (isPulled(service, built)) file.findImage(file.tree.get(definition, "image"), platform);
  findInVolumes(file, service, built);
  findInHooks(file, service);
}

/** https://github.com/compose-spec/compose-spec/blob/main/05-services.md#pull_policy */
function isPulled({ image, build, policy }: Service, built: Built): boolean {
  if (policy === "never" || policy === "build") return false;
  // Several services can run an image that one of them builds.
  const isBuilt = build !== undefined || built.images.has(image);
  return !isBuilt || pulls(policy);
}

/** https://github.com/compose-spec/compose-spec/blob/main/05-services.md#volumes */
function findInVolumes(file: ComposeFile, { definition, platform }: Service, built: Built): void {
  const { tree } = file;
  const volumes = tree.get(definition, "volumes");
  if (!file.isNew(volumes, platform)) return;
  for (const volume of tree.items(volumes)) {
    const source = tree.get(volume, "source");
    const image = imageOf(file, source);
    // The name of a service stands for the image that it builds.
    const isBuilt = built.images.has(image) || built.services.has(image);
    const isImage = file.string(tree.get(volume, "type")) === "image";
    if (isImage && !isBuilt) file.findImage(source, platform);
  }
}

/**
 * Finds the images of the containers that run before a service. They have no platform and are never
 * built: https://github.com/compose-spec/compose-spec/blob/main/05-services.md#pre_start.
 */
function findInHooks(file: ComposeFile, { definition, policy }: Service): void {
  const { tree } = file;
  const hooks = tree.get(definition, "pre_start");
  if (policy === "never" || !file.isNew(hooks)) return;
  for (const hook of tree.items(hooks)) file.findImage(tree.get(hook, "image"), undefined);
}
