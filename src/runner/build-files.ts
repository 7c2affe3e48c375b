import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digestOfImage, type PlatformImage, problemsOf, type Resolved } from "../gate/resolved.ts";
import type { Digest } from "../oci/digest.ts";
import { isArtifact } from "../oci/document.ts";
import { codeOf, messageOf, PullError } from "../oci/failure.ts";
import { familiarName, type Reference, repositoryName } from "../oci/reference.ts";
import type { Outcome, Result } from "../pull/outcome.ts";
import type { PendingSaves } from "../pull/pending-saves.ts";
import type { ReferenceRow } from "./references.ts";
import type { NamedResult } from "./results.ts";

/** A name that a Dockerfile uses, and what a build uses for it. */
export type BuildContext = readonly [name: string, context: string];

/**
 * What builds use for the names of images, pinned: the image in its registry or, after a pull, in
 * the layout. For `build-contexts` of docker/build-push-action:
 * https://docs.docker.com/reference/cli/docker/buildx/build/#build-context
 */
export function buildContexts({ images, pulled }: Outcome): readonly BuildContext[] {
  const contexts: BuildContext[] = [];
  for (const image of images) {
    const { wanted, root } = image;
    const digest = digestOfImage(image);
    // No build can start from an artifact. What was not read again may be one.
    const isKnownArtifact = root !== undefined && isArtifact(root.document);
    if (digest === undefined || isKnownArtifact) continue;
    const name = shortName(wanted.reference);
    const context = contextOf(image, digest, pulled?.layout);
    contexts.push([name, context]);
  }
  return contexts;
}

/**
 * The name by which builds look for an image: `alpine:3.20`, and `alpine` for `alpine:latest`, which
 * Bake would not find under its tag.
 */
function shortName(reference: Reference): string {
  const name = familiarName(reference);
  const { tag, digest } = reference;
  if (digest !== undefined) return `${name}${tag === undefined ? "" : `:${tag}`}@${digest}`;
  return tag === undefined || tag === "latest" ? name : `${name}:${tag}`;
}

/** An image with a problem is not in the layout. A converted one has another digest there. */
function contextOf(image: Result, digest: Digest, layout: string | undefined): string {
  const isStored = layout !== undefined && problemsOf(image).length === 0;
  if (isStored) {
    const stored = image.pulled?.stored?.converted ?? digest;
    return `oci-layout://${layout}@${stored}`;
  }
  const name = repositoryName(image.wanted.reference);
  return `docker-image://${name}@${digest}`;
}

/**
 * Makes a directory under `parent` for the files that later steps read. Returns its path. Fails as
 * `unsupported` when it cannot: the outputs name these files.
 */
export async function makeFilesDirectory(parent: string): Promise<string> {
  try {
    return await mkdtemp(join(parent, "registry-pull-"));
  } catch (cause) {
    if (codeOf(cause) === "") throw cause;
    const found = `cannot write below ${parent}: ${messageOf(cause)}`;
    throw new PullError("runner-broken", found, { cause });
  }
}

/** The paths of the files for later steps. */
export type Files = {
  readonly metadata: string;
  readonly bake: string;
};

/** What the files for later steps contain. */
export type Contents = {
  readonly outcome: Outcome;
  readonly results: readonly NamedResult[];
  readonly contexts: readonly BuildContext[];
  readonly references: readonly ReferenceRow[];
};

/** Writes the metadata and bake files into a directory. */
export async function writeFiles(
  { outcome, results, contexts, references }: Contents,
  directory: string,
): Promise<Files> {
  const metadata = join(directory, "metadata.json");
  const bake = join(directory, "bake.json");
  await writeFile(metadata, metadataOf(outcome.images, results, references));
  const bakeFile = JSON.stringify(toBake(contexts), undefined, 2);
  await writeFile(bake, bakeFile);
  return { metadata, bake };
}

/**
 * Writes the plan for the post step into a file under `parent` that only this user can read.
 * Returns its path. The runner passes state to the post step in an environment variable, which has
 * at most 128 KiB on Linux.
 */
export async function writePendingSaves(saves: PendingSaves, parent: string): Promise<string> {
  const directory = await mkdtemp(join(parent, "registry-pull-"));
  const path = join(directory, "pending-saves.json");
  const text = JSON.stringify(saves);
  await writeFile(path, text, { flag: "wx", mode: 0o600 });
  return path;
}

/**
 * The output `json` without its limit, and the documents themselves, in pieces: together they can
 * exceed the maximum length of a string.
 */
function* metadataOf(
  images: readonly Resolved[],
  results: readonly NamedResult[],
  references: readonly ReferenceRow[],
): Generator<string> {
  yield '{"schema":1,"images":{';
  for (const [at, result] of results.entries()) {
    yield at === 0 ? "\n" : ",\n";
    yield* metadataOfImage(images[at], result);
  }
  yield "\n}";
  if (references.length > 0) yield `,"references":${JSON.stringify(references)}`;
  yield "}\n";
}

function* metadataOfImage(
  resolved: Resolved | undefined,
  [name, fields]: NamedResult,
): Generator<string> {
  const json = JSON.stringify(fields);
  const withoutBrace = json.slice(0, -1);
  yield `${JSON.stringify(name)}:${withoutBrace}`;
  const document = resolved?.root?.fetched.content ?? "null";
  yield `,"document":${document}`;
  yield* documentsOf("manifests", resolved, manifestOf);
  yield* documentsOf("configs", resolved, configOf);
  yield "}";
}

function manifestOf({ manifest }: PlatformImage): string {
  return manifest.content.toString();
}

function configOf({ config }: PlatformImage): string {
  return JSON.stringify(config.json);
}

/** A field with one document for every platform that was examined. */
function* documentsOf(
  field: string,
  resolved: Resolved | undefined,
  format: (image: PlatformImage) => string,
): Generator<string> {
  yield `,"${field}":{`;
  let separator = "";
  for (const { platform, image } of resolved?.platforms ?? []) {
    if (image === undefined) continue;
    const key = JSON.stringify(platform);
    yield `${separator}${key}:${format(image)}`;
    separator = ",";
  }
  yield "}";
}

/** A target to inherit from: https://docs.docker.com/build/bake/reference/#targetcontexts */
function toBake(contexts: readonly BuildContext[]): unknown {
  const target = { contexts: Object.fromEntries(contexts) };
  return { target: { "registry-pull": target } };
}
