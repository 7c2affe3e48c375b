import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Platform } from "../oci/platform.ts";
import { familiarName, repositoryName } from "../oci/reference.ts";
import type { PendingSaves } from "../pull/pending.ts";
import { type Outcome, problemsOf, type Resolved, type Root } from "../pull/plan.ts";
import { toEntries } from "./entries.ts";

/**
 * Names a Dockerfile uses and what to use for them, pinned, for `build-contexts` of docker/build-push-action
 * (https://docs.docker.com/reference/cli/docker/buildx/build/#build-context): the image in its registry or, when it was pulled, in
 * the layout. What is no image, or was not resolved, has none.
 */
export function buildContexts(outcome: Outcome): readonly (readonly [name: string, context: string])[] {
  return outcome.images.flatMap((resolved) => {
    const { wanted, root } = resolved;
    const { reference } = wanted;
    if (root === undefined || root.document.kind === "artifact" || root.document.kind === "buildkit-cache") return [];
    const name = `${familiarName(reference)}${reference.tag === undefined ? "" : `:${reference.tag}`}`;
    return [[reference.digest === undefined ? name : `${name}@${reference.digest}`, contextOf(resolved, root, outcome.pulled)] as const];
  });
}

/** An image with a problem is not in the layout; one that was converted is there by its new digest. */
function contextOf(resolved: Resolved, { fetched }: Root, pulled: Outcome["pulled"]): string {
  const { name, reference } = resolved.wanted;
  if (pulled === undefined || problemsOf(resolved).length > 0) return `docker-image://${repositoryName(reference)}@${fetched.digest}`;
  return `oci-layout://${pulled.layout}@${pulled.converted.get(name) ?? fetched.digest}`;
}

/** Writes the metadata and bake files into a fresh directory under `parent`; their paths. */
export async function writeFiles(outcome: Outcome, runner: Platform, parent: string): Promise<{ metadata: string; bake: string }> {
  const directory = await mkdtemp(join(parent, "registry-pull-"));
  const metadata = join(directory, "metadata.json");
  const bake = join(directory, "bake.json");
  await writeFile(metadata, JSON.stringify(toMetadata(outcome, runner), undefined, 2));
  await writeFile(bake, JSON.stringify(toBake(outcome), undefined, 2));
  return { metadata, bake };
}

/**
 * Writes what is to be saved after the job into a file under `parent` that only this user can read;
 * returns its path. The runner passes state in an environment variable, which on Linux has at most
 * 128 KiB.
 */
export async function writePendingSaves(saves: PendingSaves, parent: string): Promise<string> {
  const path = join(await mkdtemp(join(parent, "registry-pull-")), "pending-saves.json");
  await writeFile(path, JSON.stringify(saves), { flag: "wx", mode: 0o600 });
  return path;
}

/** The `json` output without its limit, with the documents themselves. */
function toMetadata(outcome: Outcome, runner: Platform): unknown {
  const entries = toEntries(outcome, runner).map(([name, entry], at) => [name, { ...entry, ...documentsOf(outcome.images[at]) }] as const);
  return { schema: 1, images: Object.fromEntries(entries) };
}

function documentsOf(resolved: Resolved | undefined): Readonly<Record<string, unknown>> {
  const images = resolved?.platforms.flatMap(({ platform, image }) => (image === undefined ? [] : [[platform, image] as const])) ?? [];
  return {
    document: resolved?.root && JSON.parse(resolved.root.fetched.content.toString()),
    manifests: Object.fromEntries(images.map(([platform, image]) => [platform, JSON.parse(image.manifest.content.toString())])),
    configs: Object.fromEntries(images.map(([platform, image]) => [platform, image.config.json])),
  };
}

/** A target to inherit from, as docker/metadata-action has one: https://docs.docker.com/build/bake/reference/#targetcontexts */
function toBake(outcome: Outcome): unknown {
  return { target: { "registry-pull": { contexts: Object.fromEntries(buildContexts(outcome)) } } };
}
