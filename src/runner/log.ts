import type { Wanted } from "../gate/plan.ts";
import {
  type PlatformImage,
  type PlatformOutcome,
  type PlatformProblem,
  problemsOf,
  type Resolved,
  type Root,
} from "../gate/resolved.ts";
import type { Outcome, Pulled } from "../pull/outcome.ts";
import type { NamedInFiles, UnknownReference } from "./found-images.ts";
import { lockTable } from "./lock-diff.ts";
import type { LockReport } from "./lock-report.ts";
import { refusalsOf } from "./refusals.ts";
import { sumOfSizes } from "./results.ts";
import {
  countOf,
  firstOf,
  formatBytes,
  LINE_LIMIT,
  platformMark,
  pulledLine,
  shortDigests,
} from "./wording.ts";
import type { Workflow } from "./workflow.ts";

// Half of the ten warnings that the runner keeps, so that one image leaves room for others.
const WARNING_LIMIT = 5;

/** Prints the warnings of an image, one line about it and, if it has several, its platforms. */
export function sayResolved(workflow: Workflow, resolved: Resolved): void {
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

function resolvedLine(resolved: Resolved): string {
  const problems = problemsOf(resolved);
  const mark = problems.length === 0 ? "✓" : "✗";
  const name = writtenName(resolved.wanted);
  const found = foundPart(resolved);
  const wrong = problemsPart(problems);
  return `${mark} ${name}${found}${wrong}`;
}

/** The reference, after the name if the image has one of its own. */
function writtenName({ name, written }: Wanted): string {
  if (name === written) return written;
  return `${name}: ${written}`;
}

function foundPart(resolved: Resolved): string {
  const { root, wanted, platforms } = resolved;
  if (root === undefined) return unreadPart(resolved);
  const { kind } = root.document;
  const { digest } = root.fetched;
  const resolvedTo = wanted.written.endsWith(digest) ? "" : ` → ${digest}`;
  const place = placeOf(root, wanted);
  return `${resolvedTo} (${kind}${offeredPlatforms(platforms)})${place}`;
}

/** What is said of an image that is as its lock file has it, and was not read again. */
function unreadPart({ unread }: Resolved): string {
  return unread === undefined ? "" : ` → ${unread} (as locked)`;
}

/** Where the top document came from, unless its own registry sent it. */
function placeOf({ fetched }: Root, { reference }: Wanted): string {
  const { source } = fetched;
  return source === reference.registry ? "" : `, from ${source}`;
}

function problemsPart(problems: readonly PlatformProblem[]): string {
  if (problems.length === 0) return "";
  const states = problems.map(({ platform, status }) => {
    // An image as a whole has no platform.
    return `${status} ${platform}`.trim();
  });
  return `: ${states.join(", ")}`;
}

/** The one platform that an image offers, or how many. */
function offeredPlatforms(platforms: readonly PlatformOutcome[]): string {
  const offered = platforms.filter(({ digest }) => digest !== undefined);
  const [first, ...others] = offered;
  if (first === undefined) return "";
  if (others.length === 0) return `, ${first.platform}`;
  return `, ${offered.length} platforms`;
}

/** A line for each platform that counts, and one with the names of the others. */
function platformLines(resolved: Resolved): readonly string[] {
  const counted = resolved.platforms.filter(({ status }) => status !== "listed");
  const others = resolved.platforms.filter(({ status }) => status === "listed");
  const names = others.map(({ platform }) => platform).join(", ");
  const lines = counted.map((outcome) => platformLine(outcome, resolved));
  return others.length === 0 ? lines : [...lines, `· also offered: ${names}`];
}

function platformLine(outcome: PlatformOutcome, { root }: Resolved): string {
  const { platform, required, status, digest, image } = outcome;
  const mark = platformMark(outcome);
  const state = `${mark} ${platform} ${digest ?? status}`;
  const line = image === undefined ? state : `${state}, ${sizeOf(image)}${otherPlace(image, root)}`;
  return required ? line : `${line} (not required)`;
}

/** Where the manifest of a platform came from, unless the top document did, too. */
function otherPlace({ manifest }: PlatformImage, root: Root | undefined): string {
  const { source } = manifest;
  return source === root?.fetched.source ? "" : `, from ${source}`;
}

function sizeOf({ blobs, layers }: PlatformImage): string {
  const size = formatBytes(sumOfSizes(blobs));
  return `${size} in ${countOf(layers.length, "layer")}`;
}

/** Prints what was used although its registry did not confirm it, one warning each. */
export function sayRefusals(workflow: Workflow, images: readonly Resolved[]): void {
  for (const text of refusalsOf(images)) workflow.warn(text);
}

/** Prints how many references files name, and each that cannot be known. */
export function sayFound(workflow: Workflow, { references, unknown, wanted }: NamedInFiles): void {
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

function unknownLine({ file, place, text, why }: UnknownReference): string {
  return `${file}:${place.line}: ${text}: ${why}`;
}

/** Prints the files into which digests were written. */
export function sayPinned(workflow: Workflow, changed: readonly string[]): void {
  if (changed.length === 0) return workflow.say("no digest had to be written into the files");
  const title = `wrote digests into ${countOf(changed.length, "file")}`;
  workflow.group(title, changed);
}

/** Prints what became of the lock file of a step that updates it. */
export function sayLocked(workflow: Workflow, lock: LockReport, mayWrite: boolean): void {
  const { file, mode, isWritten, changes, problems } = lock;
  if (mode !== "update") return;
  if (!mayWrite) return workflow.say(`${file} is not written, because the step failed`);
  if (problems.length > 0) return workflow.say(`${file} is not written`);
  if (!isWritten) return workflow.say(`${file} is up to date`);
  if (changes.length === 0) return workflow.say(`made ${file}: no image needs an entry`);
  workflow.group(`updated ${file}: ${countOf(changes.length, "image")}`, lockTable(changes));
}

/** Prints the warnings of a pull, one line about it, and one for every image it converted. */
export function sayPulled(workflow: Workflow, { images, pulled }: Outcome): void {
  if (pulled === undefined) return;
  for (const warning of pulled.warnings) workflow.warn(warning);
  workflow.say(`${pulledLine(pulled)}; layout: ${pulled.layout}`);
  sayPlaces(workflow, images, pulled);
  for (const image of images) {
    const converted = image.pulled?.stored?.converted;
    if (converted === undefined) continue;
    const { name } = image.wanted;
    const what = `in the layout it is the OCI image ${converted}`;
    workflow.say(`${name} was converted from schema 1: ${what}`);
  }
}

/** Prints where each blob came from, unless the one registry of the images sent all of them. */
function sayPlaces(
  workflow: Workflow,
  images: readonly Resolved[],
  { transfers, places }: Pulled,
): void {
  const registries = new Set(images.map(({ wanted }) => wanted.reference.registry));
  const isPlain = places.size < 2 && [...places.keys()].every((place) => registries.has(place));
  if (isPlain) return;
  const lines = firstOf([...transfers], LINE_LIMIT, ([digest, { source }]) => {
    return `${digest} from ${source}`;
  });
  const total = [...places].map(([place, bytes]) => `${formatBytes(bytes)} from ${place}`);
  workflow.group(`downloaded ${total.join(", ")}`, lines);
}
