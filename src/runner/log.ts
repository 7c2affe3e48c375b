import { failsOn, type PlatformOutcome, type Pulled, problemsOf, type Resolved } from "../pull/plan.ts";
import { pinnedReference, sumOfSizes } from "./entries.ts";
import type { Judged } from "./summary.ts";
import type { Workflow } from "./workflow.ts";

// The runner keeps ten annotations of a type and step: https://github.com/actions/runner/blob/main/src/Runner.Worker/GlobalContext.cs
const ANNOTATION_LIMIT = 10;
// Half of them, so that no image's warnings push out all others.
const WARNING_LIMIT = 5;

/** One line an image: what it is now, or what is wrong with it; its platforms in a group where there are several. */
export function sayResolved(workflow: Workflow, resolved: Resolved): void {
  const { wanted, root, platforms } = resolved;
  const problems = problemsOf(resolved);
  for (const warning of resolved.warnings.slice(0, WARNING_LIMIT)) workflow.warn(warning);
  const more = resolved.warnings.slice(WARNING_LIMIT);
  if (more.length > 0) workflow.group(`${more.length} more warnings of ${wanted.name}`, more);
  const mark = problems.length === 0 ? "✓" : "✗";
  const name = wanted.name === wanted.written ? wanted.written : `${wanted.name}: ${wanted.written}`;
  const what = root === undefined ? "" : ` → ${pinnedReference(resolved)} (${root.document.kind}${platformCount(platforms)})`;
  const wrong = problems.map(({ platform, status }) => `${status} ${platform}`.trim()).join(", ");
  workflow.say(`${mark} ${name}${what}${wrong === "" ? "" : `: ${wrong}`}`);
  if (platforms.length > 1) workflow.group(`  platforms of ${wanted.name}`, platforms.map(platformLine));
}

function platformCount(platforms: readonly PlatformOutcome[]): string {
  const offered = platforms.filter(({ digest }) => digest !== undefined);
  return offered.length === 1 ? `, ${offered[0]?.platform}` : offered.length === 0 ? "" : `, ${offered.length} platforms`;
}

/** ✓ required and there, ✗ not as required, · not required. */
export function platformMark({ required, status }: PlatformOutcome): string {
  if (status !== "ok" && status !== "listed") return "✗";
  return required ? "✓" : "·";
}

function platformLine(outcome: PlatformOutcome): string {
  const { platform, required, status, digest, image } = outcome;
  const size = image === undefined ? "" : `, ${formatBytes(sumOfSizes(image.blobs))} in ${image.layers.length} layers`;
  return `${platformMark(outcome)} ${platform} ${digest ?? status}${size}${required ? "" : " (not required)"}`;
}

/** An error for everything that fails the step, a warning for every other problem, at most ten of each; the rest in a group. */
export function annotate(workflow: Workflow, outcome: Judged, failOnMissing: boolean): void {
  const all = outcome.images.flatMap((resolved) => problemsOf(resolved).map((problem) => ({ ...problem, wanted: resolved.wanted })));
  const errors = all.filter(({ wanted, status }) => failsOn(status, wanted.optional, failOnMissing));
  const warnings = all.filter((problem) => !errors.includes(problem));
  const title = ({ wanted, platform, status }: (typeof all)[number]): string =>
    `${wanted.name}${platform === "" ? "" : ` ${platform}`}: ${status}`;
  if (outcome.cacheMiss !== "") workflow.fail("cache miss", outcome.cacheMiss);
  const room = ANNOTATION_LIMIT - (outcome.cacheMiss === "" ? 0 : 1);
  for (const problem of errors.slice(0, room)) workflow.fail(title(problem), problem.message);
  for (const problem of warnings.slice(0, ANNOTATION_LIMIT)) workflow.warn(`${title(problem)}: ${problem.message}`);
  const rest = [...errors.slice(room), ...warnings.slice(ANNOTATION_LIMIT)];
  if (rest.length === 0) return;
  workflow.group(
    `${rest.length} more problems, also in the job summary`,
    rest.map((problem) => `${title(problem)}: ${problem.message}`),
  );
}

/** An error for every invalid input, at most ten; the rest in a group. */
export function annotateInputs(workflow: Workflow, problems: readonly string[]): void {
  for (const problem of problems.slice(0, ANNOTATION_LIMIT)) workflow.fail("invalid input", problem);
  const rest = problems.slice(ANNOTATION_LIMIT);
  if (rest.length > 0) workflow.group(`${rest.length} more invalid inputs, also in the job summary`, rest);
}

/** One line for a pull: what came from where and how long it took; and one for every image that was converted. */
export function sayPulled(workflow: Workflow, pulled: Pulled): void {
  for (const warning of pulled.warnings) workflow.warn(warning);
  workflow.say(`${pulledLine(pulled)}; layout: ${pulled.layout}`);
  for (const [name, digest] of pulled.converted)
    workflow.say(`${name} was converted from schema 1: in the layout it is the OCI image ${digest}`);
}

/** What came from the cache, what from registries and what was there, with the time it all took. */
export function pulledLine({ restored, downloaded, alreadyThere, seconds }: Pulled): string {
  const parts = [
    `restored ${formatBytes(restored)} from the cache`,
    `downloaded ${formatBytes(downloaded)}`,
    `${formatBytes(alreadyThere)} reused from the layout`,
  ];
  const rate =
    restored + downloaded === 0
      ? ""
      : `, in ${seconds.toFixed(1)} s (${formatBytes((restored + downloaded) / Math.max(seconds, 0.001))}/s)`;
  return `${parts.join(", ")}${rate}`;
}

/** Bytes in the decimal units registries and runners use: `78.0 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${Math.round(bytes)} B`;
  const units = ["kB", "MB", "GB", "TB", "PB"];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  return `${(bytes / 1_000 ** power).toFixed(1)} ${units[power - 1]}`;
}
