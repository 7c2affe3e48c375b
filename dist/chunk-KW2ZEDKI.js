import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  LINE_LIMIT,
  countOf,
  firstOf,
  formatBytes,
  pinnedReference,
  platformMark,
  problemsOf,
  pulledLine,
  sumOfSizes
} from "./chunk-BJ5MPELV.js";
import {
  soughtPlatforms
} from "./chunk-A55C6JR5.js";
import {
  isArtifact,
  isIndex,
  isManifest,
  isSchema1,
  isSpecific,
  parseDocument
} from "./chunk-XBXHNNI5.js";
import {
  familiarName,
  repositoryName
} from "./chunk-YHH5PPO5.js";
import {
  bytesOf
} from "./chunk-X35PJ2UA.js";
import {
  PullError,
  codeOf,
  messageOf
} from "./chunk-CKJU2S6O.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/pull/outcome.ts
function notPulled(images) {
  const results = images.map((image) => ({ ...image, pulled: void 0 }));
  return { images: results, pulled: void 0 };
}
__name(notPulled, "notPulled");

// src/runner/build-files.ts
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
function buildContexts({ images, pulled }) {
  const contexts = [];
  for (const image of images) {
    const { wanted, root } = image;
    if (root === void 0 || isArtifact(root.document)) continue;
    const name = shortName(wanted.reference);
    const context = contextOf(image, root, pulled?.layout);
    contexts.push([name, context]);
  }
  return contexts;
}
__name(buildContexts, "buildContexts");
function shortName(reference) {
  const name = familiarName(reference);
  const tag = reference.tag === void 0 ? "" : `:${reference.tag}`;
  const digest = reference.digest === void 0 ? "" : `@${reference.digest}`;
  return `${name}${tag}${digest}`;
}
__name(shortName, "shortName");
function contextOf(image, { fetched }, layout) {
  const isStored = layout !== void 0 && problemsOf(image).length === 0;
  if (isStored) {
    const digest = image.pulled?.stored?.converted ?? fetched.digest;
    return `oci-layout://${layout}@${digest}`;
  }
  const name = repositoryName(image.wanted.reference);
  return `docker-image://${name}@${fetched.digest}`;
}
__name(contextOf, "contextOf");
async function makeFilesDirectory(parent) {
  try {
    return await mkdtemp(join(parent, "registry-pull-"));
  } catch (cause) {
    if (codeOf(cause) === "") throw cause;
    const found = `cannot write below ${parent}: ${messageOf(cause)}`;
    throw new PullError("runner-broken", found, { cause });
  }
}
__name(makeFilesDirectory, "makeFilesDirectory");
async function writeFiles({ outcome, results, contexts, references }, directory) {
  const metadata = join(directory, "metadata.json");
  const bake = join(directory, "bake.json");
  await writeFile(metadata, metadataOf(outcome.images, results, references));
  const bakeFile = JSON.stringify(toBake(contexts), void 0, 2);
  await writeFile(bake, bakeFile);
  return { metadata, bake };
}
__name(writeFiles, "writeFiles");
async function writePendingSaves(saves, parent) {
  const directory = await mkdtemp(join(parent, "registry-pull-"));
  const path = join(directory, "pending-saves.json");
  const text = JSON.stringify(saves);
  await writeFile(path, text, { flag: "wx", mode: 384 });
  return path;
}
__name(writePendingSaves, "writePendingSaves");
function* metadataOf(images, results, references) {
  yield '{"schema":1,"images":{';
  for (const [at, result] of results.entries()) {
    yield at === 0 ? "\n" : ",\n";
    yield* metadataOfImage(images[at], result);
  }
  yield "\n}";
  if (references.length > 0) yield `,"references":${JSON.stringify(references)}`;
  yield "}\n";
}
__name(metadataOf, "metadataOf");
function* metadataOfImage(resolved, [name, fields]) {
  const json = JSON.stringify(fields);
  const withoutBrace = json.slice(0, -1);
  yield `${JSON.stringify(name)}:${withoutBrace}`;
  const document = resolved?.root?.fetched.content ?? "null";
  yield `,"document":${document}`;
  yield* documentsOf("manifests", resolved, manifestOf);
  yield* documentsOf("configs", resolved, configOf);
  yield "}";
}
__name(metadataOfImage, "metadataOfImage");
function manifestOf({ manifest }) {
  return manifest.content.toString();
}
__name(manifestOf, "manifestOf");
function configOf({ config }) {
  return JSON.stringify(config.json);
}
__name(configOf, "configOf");
function* documentsOf(field, resolved, format) {
  yield `,"${field}":{`;
  let separator = "";
  for (const { platform, image } of resolved?.platforms ?? []) {
    if (image === void 0) continue;
    const key = JSON.stringify(platform);
    yield `${separator}${key}:${format(image)}`;
    separator = ",";
  }
  yield "}";
}
__name(documentsOf, "documentsOf");
function toBake(contexts) {
  const target = { contexts: Object.fromEntries(contexts) };
  return { target: { "registry-pull": target } };
}
__name(toBake, "toBake");

// src/runner/log.ts
var WARNING_LIMIT = 5;
function sayResolved(workflow, resolved) {
  const { wanted, platforms, warnings } = resolved;
  const { name } = wanted;
  for (const warning of warnings.slice(0, WARNING_LIMIT)) {
    workflow.warn(warning);
  }
  const more = warnings.slice(WARNING_LIMIT);
  if (more.length > 0) {
    workflow.group(`${countOf(more.length, "more warning")} of ${name}`, more);
  }
  workflow.say(resolvedLine(resolved));
  if (platforms.length > 1) {
    workflow.group(`  platforms of ${name}`, platforms.map(platformLine));
  }
}
__name(sayResolved, "sayResolved");
function resolvedLine(resolved) {
  const problems = problemsOf(resolved);
  const mark = problems.length === 0 ? "✓" : "✗";
  const name = writtenName(resolved.wanted);
  const found = foundPart(resolved);
  const wrong = problemsPart(problems);
  return `${mark} ${name}${found}${wrong}`;
}
__name(resolvedLine, "resolvedLine");
function writtenName({ name, written }) {
  if (name === written) return written;
  return `${name}: ${written}`;
}
__name(writtenName, "writtenName");
function foundPart(resolved) {
  const { root, platforms } = resolved;
  if (root === void 0) return "";
  const { kind } = root.document;
  const pinned = pinnedReference(resolved);
  return ` → ${pinned} (${kind}${offeredPlatforms(platforms)})`;
}
__name(foundPart, "foundPart");
function problemsPart(problems) {
  if (problems.length === 0) return "";
  const states = problems.map(({ platform, status }) => {
    return `${status} ${platform}`.trim();
  });
  return `: ${states.join(", ")}`;
}
__name(problemsPart, "problemsPart");
function offeredPlatforms(platforms) {
  const offered = platforms.filter(({ digest }) => digest !== void 0);
  const [first, ...others] = offered;
  if (first === void 0) return "";
  if (others.length === 0) return `, ${first.platform}`;
  return `, ${offered.length} platforms`;
}
__name(offeredPlatforms, "offeredPlatforms");
function platformLine(outcome) {
  const { platform, required, status, digest, image } = outcome;
  const mark = platformMark(outcome);
  const state = `${mark} ${platform} ${digest ?? status}`;
  const line = image === void 0 ? state : `${state}, ${sizeOf(image)}`;
  return required ? line : `${line} (not required)`;
}
__name(platformLine, "platformLine");
function sizeOf({ blobs, layers }) {
  const size = formatBytes(sumOfSizes(blobs));
  return `${size} in ${countOf(layers.length, "layer")}`;
}
__name(sizeOf, "sizeOf");
function sayFound(workflow, { references, unknown, wanted }) {
  const files = new Set(references.map(({ file }) => file));
  const named = countOf(references.length, "reference");
  const images = countOf(wanted.length, "image");
  workflow.say(`found ${named} in ${countOf(files.size, "file")}; checking ${images}`);
  if (unknown.length === 0) return;
  const count = countOf(unknown.length, "reference");
  const title = `${count} that cannot be known before the files are used`;
  workflow.group(title, firstOf(unknown, LINE_LIMIT, unknownLine));
}
__name(sayFound, "sayFound");
function unknownLine({ file, place, text, why }) {
  return `${file}:${place.line}: ${text}: ${why}`;
}
__name(unknownLine, "unknownLine");
function sayPinned(workflow, changed) {
  if (changed.length === 0) return workflow.say("no digest had to be written into the files");
  const title = `wrote digests into ${countOf(changed.length, "file")}`;
  workflow.group(title, changed);
}
__name(sayPinned, "sayPinned");
function sayPulled(workflow, { images, pulled }) {
  if (pulled === void 0) return;
  for (const warning of pulled.warnings) workflow.warn(warning);
  workflow.say(`${pulledLine(pulled)}; layout: ${pulled.layout}`);
  for (const image of images) {
    const converted = image.pulled?.stored?.converted;
    if (converted === void 0) continue;
    const { name } = image.wanted;
    const what = `in the layout it is the OCI image ${converted}`;
    workflow.say(`${name} was converted from schema 1: ${what}`);
  }
}
__name(sayPulled, "sayPulled");

// src/gate/resolve.ts
var DEPTH_LIMIT = 3;
var INDEX_COUNT = 64;
var NESTED_BYTES = 4 * 1024 * 1024;
async function resolveRoot(source, wanted, pullsFor) {
  const { reference } = wanted;
  const platforms = soughtPlatforms(wanted, pullsFor);
  const name = reference.digest ?? reference.tag ?? "latest";
  const fetched = await source.manifest(reference, name, { platforms });
  const document = parseDocument(fetched.content, fetched.mediaType);
  if (document.kind !== "index") {
    const nothing = { offers: [], unnamed: [], attestations: 0, nested: [] };
    return { fetched, document, ...nothing };
  }
  const nested = new NestedIndexes(source, reference);
  const entries = await nested.flatten(document.entries, 1);
  const images = entries.filter((entry) => !entry.attestation && isImageEntry(entry));
  return {
    fetched,
    document,
    offers: images.filter(hasPlatform).map((descriptor) => ({ platform: descriptor.platform, descriptor })),
    unnamed: images.filter((entry) => !hasPlatform(entry)),
    attestations: entries.filter((entry) => entry.attestation).length,
    nested: nested.found
  };
}
__name(resolveRoot, "resolveRoot");
function isImageEntry(entry) {
  return isManifest(entry.mediaType) || isSchema1(entry.mediaType);
}
__name(isImageEntry, "isImageEntry");
function hasPlatform(entry) {
  return entry.platform !== void 0;
}
__name(hasPlatform, "hasPlatform");
var NestedIndexes = class {
  static {
    __name(this, "NestedIndexes");
  }
  #source;
  #repository;
  #found = [];
  #count = 0;
  #bytes = 0;
  constructor(source, repository) {
    this.#source = source;
    this.#repository = repository;
  }
  /** The indexes found, in the order in which they arrived. */
  get found() {
    return this.#found;
  }
  /** The entries of an index, with every nested index replaced by its own entries. */
  async flatten(entries, depth) {
    this.#expectWithinLimits(
      entries.filter(({ mediaType }) => isIndex(mediaType)),
      depth
    );
    const flat = entries.map(async (entry) => {
      if (!isIndex(entry.mediaType)) return [entry];
      return this.#open(entry, depth);
    });
    return (await Promise.all(flat)).flat();
  }
  async #open(entry, depth) {
    const fetched = await fetchListed(this.#source, this.#repository, entry);
    this.#found.push(fetched);
    const document = parseDocument(fetched.content, entry.mediaType);
    if (document.kind !== "index") return [];
    return this.flatten(document.entries, depth + 1);
  }
  #expectWithinLimits(indexes, depth) {
    if (depth === DEPTH_LIMIT && indexes.length > 0) {
      throw new PullError("too-deep", `too deep: indexes nested deeper than ${DEPTH_LIMIT}`);
    }
    this.#count += indexes.length;
    if (this.#count > INDEX_COUNT) {
      const found = `expected at most ${INDEX_COUNT}, got ${this.#count}`;
      throw new PullError("too-many", `too many nested indexes: ${found}`);
    }
    this.#bytes += bytesOf(indexes);
    if (this.#bytes > NESTED_BYTES) {
      const found = `expected at most ${NESTED_BYTES} bytes together, got ${this.#bytes}`;
      throw new PullError("too-large", `too large: nested indexes: ${found}`);
    }
  }
};
async function fetchListed(source, repository, { digest, size }) {
  const fetched = await orDangling(
    source.manifest(repository, digest, { size }),
    "manifest",
    digest
  );
  const got = fetched.bytes.length;
  if (got === size) return fetched;
  throw new PullError(
    "size-differs",
    `size differs: ${digest} is listed with ${size} bytes, got ${got}`
  );
}
__name(fetchListed, "fetchListed");
function claimedType(descriptor, fetched) {
  return isSpecific(descriptor.mediaType) ? descriptor.mediaType : fetched.mediaType;
}
__name(claimedType, "claimedType");
async function orDangling(answer, part, digest) {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof PullError ? danglingFrom(error, part, digest) : error;
  }
}
__name(orDangling, "orDangling");
function danglingFrom(error, part, digest) {
  if (error.status !== "not-found") return error;
  const found = `the image lists ${part} ${digest}, but it is not in the registry: ${error.found}`;
  return new PullError(`${part}-missing`, found, { cause: error });
}
__name(danglingFrom, "danglingFrom");

export {
  resolveRoot,
  fetchListed,
  claimedType,
  orDangling,
  danglingFrom,
  notPulled,
  buildContexts,
  makeFilesDirectory,
  writeFiles,
  writePendingSaves,
  sayResolved,
  sayFound,
  sayPinned,
  sayPulled
};
