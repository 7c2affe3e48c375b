import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  lockTable,
  refusalsOf
} from "./chunk-KXWKZKOL.js";
import {
  LINE_LIMIT,
  countOf,
  firstOf,
  formatBytes,
  platformMark,
  pulledLine,
  shortDigests
} from "./chunk-5NRT7XDW.js";
import {
  isArtifact
} from "./chunk-RKAU76CV.js";
import {
  sumOfSizes
} from "./chunk-GBVRIMHB.js";
import {
  digestOfImage,
  problemsOf
} from "./chunk-EA2R6EQY.js";
import {
  familiarName,
  repositoryName
} from "./chunk-UMCD7WYT.js";
import {
  PullError,
  codeOf,
  messageOf
} from "./chunk-P27XCGGL.js";

// src/pull/outcome.ts
function notPulled(images) {
  const results = images.map((image) => ({ ...image, pulled: void 0 }));
  return { images: results, pulled: void 0 };
}

// src/runner/build-files.ts
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
function buildContexts({ images, pulled }) {
  const contexts = [];
  for (const image of images) {
    const { wanted, root } = image;
    const digest = digestOfImage(image);
    const isKnownArtifact = root !== void 0 && isArtifact(root.document);
    if (digest === void 0 || isKnownArtifact) continue;
    const name = shortName(wanted.reference);
    const context = contextOf(image, digest, pulled?.layout);
    contexts.push([name, context]);
  }
  return contexts;
}
function shortName(reference) {
  const name = familiarName(reference);
  const { tag, digest } = reference;
  if (digest !== void 0) return `${name}${tag === void 0 ? "" : `:${tag}`}@${digest}`;
  return tag === void 0 || tag === "latest" ? name : `${name}:${tag}`;
}
function contextOf(image, digest, layout) {
  const isStored = layout !== void 0 && problemsOf(image).length === 0;
  if (isStored) {
    const stored = image.pulled?.stored?.converted ?? digest;
    return `oci-layout://${layout}@${stored}`;
  }
  const name = repositoryName(image.wanted.reference);
  return `docker-image://${name}@${digest}`;
}
async function makeFilesDirectory(parent) {
  try {
    return await mkdtemp(join(parent, "registry-pull-"));
  } catch (cause) {
    if (codeOf(cause) === "") throw cause;
    const found = `cannot write below ${parent}: ${messageOf(cause)}`;
    throw new PullError("runner-broken", found, { cause });
  }
}
async function writeFiles({ outcome, results, contexts, references }, directory) {
  const metadata = join(directory, "metadata.json");
  const bake = join(directory, "bake.json");
  await writeFile(metadata, metadataOf(outcome.images, results, references));
  const bakeFile = JSON.stringify(toBake(contexts), void 0, 2);
  await writeFile(bake, bakeFile);
  return { metadata, bake };
}
async function writePendingSaves(saves, parent) {
  const directory = await mkdtemp(join(parent, "registry-pull-"));
  const path = join(directory, "pending-saves.json");
  const text = JSON.stringify(saves);
  await writeFile(path, text, { flag: "wx", mode: 384 });
  return path;
}
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
function manifestOf({ manifest }) {
  return manifest.content.toString();
}
function configOf({ config }) {
  return JSON.stringify(config.json);
}
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
function toBake(contexts) {
  const target = { contexts: Object.fromEntries(contexts) };
  return { target: { "registry-pull": target } };
}

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
    const lines = platformLines(resolved);
    workflow.group(`  platforms of ${shortDigests(name)}`, lines);
  }
}
function resolvedLine(resolved) {
  const problems = problemsOf(resolved);
  const mark = problems.length === 0 ? "✓" : "✗";
  const name = writtenName(resolved.wanted);
  const found = foundPart(resolved);
  const wrong = problemsPart(problems);
  return `${mark} ${name}${found}${wrong}`;
}
function writtenName({ name, written }) {
  if (name === written) return written;
  return `${name}: ${written}`;
}
function foundPart(resolved) {
  const { root, wanted, platforms } = resolved;
  if (root === void 0) return unreadPart(resolved);
  const { kind } = root.document;
  const { digest } = root.fetched;
  const resolvedTo = wanted.written.endsWith(digest) ? "" : ` → ${digest}`;
  const place = placeOf(root, wanted);
  return `${resolvedTo} (${kind}${offeredPlatforms(platforms)})${place}`;
}
function unreadPart({ unread }) {
  return unread === void 0 ? "" : ` → ${unread} (as locked)`;
}
function placeOf({ fetched }, { reference }) {
  const { source } = fetched;
  return source === reference.registry ? "" : `, from ${source}`;
}
function problemsPart(problems) {
  if (problems.length === 0) return "";
  const states = problems.map(({ platform, status }) => {
    return `${status} ${platform}`.trim();
  });
  return `: ${states.join(", ")}`;
}
function offeredPlatforms(platforms) {
  const offered = platforms.filter(({ digest }) => digest !== void 0);
  const [first, ...others] = offered;
  if (first === void 0) return "";
  if (others.length === 0) return `, ${first.platform}`;
  return `, ${offered.length} platforms`;
}
function platformLines(resolved) {
  const counted = resolved.platforms.filter(({ status }) => status !== "listed");
  const others = resolved.platforms.filter(({ status }) => status === "listed");
  const names = others.map(({ platform }) => platform).join(", ");
  const lines = counted.map((outcome) => platformLine(outcome, resolved));
  return others.length === 0 ? lines : [...lines, `· also offered: ${names}`];
}
function platformLine(outcome, { root }) {
  const { platform, required, status, digest, image } = outcome;
  const mark = platformMark(outcome);
  const state = `${mark} ${platform} ${digest ?? status}`;
  const line = image === void 0 ? state : `${state}, ${sizeOf(image)}${otherPlace(image, root)}`;
  return required ? line : `${line} (not required)`;
}
function otherPlace({ manifest }, root) {
  const { source } = manifest;
  return source === root?.fetched.source ? "" : `, from ${source}`;
}
function sizeOf({ blobs, layers }) {
  const size = formatBytes(sumOfSizes(blobs));
  return `${size} in ${countOf(layers.length, "layer")}`;
}
function sayRefusals(workflow, images) {
  for (const text of refusalsOf(images)) workflow.warn(text);
}
function sayFound(workflow, { references, unknown, wanted }) {
  const files = new Set(references.map(({ file }) => file));
  const count = countOf(references.length, "reference");
  const named = `found ${count} in ${countOf(files.size, "file")}`;
  const found = references.length === 0 ? "the files name no image" : named;
  const checking = wanted.length === 0 ? "" : `; checking ${countOf(wanted.length, "image")}`;
  workflow.say(`${found}${checking}`);
  if (unknown.length === 0) return;
  const title = `${countOf(unknown.length, "reference")} that cannot be known before the files are used`;
  workflow.group(title, firstOf(unknown, LINE_LIMIT, unknownLine));
}
function unknownLine({ file, place, text, why }) {
  return `${file}:${place.line}: ${text}: ${why}`;
}
function sayPinned(workflow, changed) {
  if (changed.length === 0) return workflow.say("no digest had to be written into the files");
  const title = `wrote digests into ${countOf(changed.length, "file")}`;
  workflow.group(title, changed);
}
function sayLocked(workflow, lock, mayWrite) {
  const { file, mode, isWritten, changes, problems } = lock;
  if (mode !== "update") return;
  if (!mayWrite) return workflow.say(`${file} is not written, because the step failed`);
  if (problems.length > 0) return workflow.say(`${file} is not written`);
  if (!isWritten) return workflow.say(`${file} is up to date`);
  if (changes.length === 0) return workflow.say(`made ${file}: no image needs an entry`);
  workflow.group(`updated ${file}: ${countOf(changes.length, "image")}`, lockTable(changes));
}
function sayPulled(workflow, { images, pulled }) {
  if (pulled === void 0) return;
  for (const warning of pulled.warnings) workflow.warn(warning);
  workflow.say(`${pulledLine(pulled)}; layout: ${pulled.layout}`);
  sayPlaces(workflow, images, pulled);
  for (const image of images) {
    const converted = image.pulled?.stored?.converted;
    if (converted === void 0) continue;
    const { name } = image.wanted;
    const what = `in the layout it is the OCI image ${converted}`;
    workflow.say(`${name} was converted from schema 1: ${what}`);
  }
}
function sayPlaces(workflow, images, { transfers, places }) {
  const registries = new Set(images.map(({ wanted }) => wanted.reference.registry));
  const isPlain = places.size < 2 && [...places.keys()].every((place) => registries.has(place));
  if (isPlain) return;
  const lines = firstOf([...transfers], LINE_LIMIT, ([digest, { source }]) => {
    return `${digest} from ${source}`;
  });
  const total = [...places].map(([place, bytes]) => `${formatBytes(bytes)} from ${place}`);
  workflow.group(`downloaded ${total.join(", ")}`, lines);
}

export {
  notPulled,
  buildContexts,
  makeFilesDirectory,
  writeFiles,
  writePendingSaves,
  sayResolved,
  sayRefusals,
  sayFound,
  sayPinned,
  sayLocked,
  sayPulled
};
