import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PullError } from "../oci/failure.ts";
import type { Platform } from "../oci/platform.ts";
import { familiarName, repositoryName } from "../oci/reference.ts";
import type { PendingSaves } from "../pull/pending.ts";
import { type Outcome, type PlatformImage, problemsOf, type Resolved, type Root } from "../pull/plan.ts";
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

/**
 * Makes a directory under `parent` for the files that later steps read; its path. Fails as `unsupported` where that cannot be:
 * before anything is contacted, because without files half of a step is missing.
 */
export async function makeFilesDirectory(parent: string): Promise<string> {
  try {
    return await mkdtemp(join(parent, "registry-pull-"));
  } catch (cause) {
    if ((cause as { code?: string }).code === undefined) throw cause;
    throw new PullError("runner-broken", `cannot write below ${parent}: ${(cause as Error).message}`, { cause });
  }
}

/** Where the files for later steps are. */
export type Files = { readonly metadata: string; readonly bake: string };

/** Writes the metadata and bake files into a directory; their paths. */
export async function writeFiles(outcome: Outcome, runner: Platform, directory: string): Promise<Files> {
  const metadata = join(directory, "metadata.json");
  const bake = join(directory, "bake.json");
  await writeFile(metadata, metadataOf(outcome, runner));
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

/**
 * The `json` output without its limit, with the documents themselves: image by image, because all of them together may be
 * longer than a string can be.
 */
function* metadataOf(outcome: Outcome, runner: Platform): Generator<string> {
  yield '{"schema":1,"images":{';
  for (const [at, [name, entry]] of toEntries(outcome, runner).entries()) {
    yield `${at === 0 ? "" : ","}\n${JSON.stringify(name)}:${JSON.stringify(entry).slice(0, -1)}`;
    const resolved = outcome.images[at];
    yield `,"document":${resolved?.root === undefined ? "null" : resolved.root.fetched.content}`;
    yield* documentsOf("manifests", resolved, ({ manifest }) => manifest.content.toString());
    yield* documentsOf("configs", resolved, ({ config }) => JSON.stringify(config.json));
    yield "}";
  }
  yield "\n}}\n";
}

/** A field with one document for every platform that was looked into. */
function* documentsOf(field: string, resolved: Resolved | undefined, text: (image: PlatformImage) => string): Generator<string> {
  const looked = resolved?.platforms.flatMap(({ platform, image }) => (image === undefined ? [] : [[platform, image] as const])) ?? [];
  yield `,"${field}":{`;
  for (const [at, [platform, image]] of looked.entries()) yield `${at === 0 ? "" : ","}${JSON.stringify(platform)}:${text(image)}`;
  yield "}";
}

/** A target to inherit from, as docker/metadata-action has one: https://docs.docker.com/build/bake/reference/#targetcontexts */
function toBake(outcome: Outcome): unknown {
  return { target: { "registry-pull": { contexts: Object.fromEntries(buildContexts(outcome)) } } };
}
