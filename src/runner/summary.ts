import type { Wanted } from "../gate/plan.ts";
import { type PlatformOutcome, problemsOf, type Resolved, statusOf } from "../gate/resolved.ts";
import type { Outcome, Pulled, Result, Tally } from "../pull/outcome.ts";
import { pinnedReference, totalSize } from "./results.ts";
import { markdown } from "./sanitiser.ts";
import { formatBytes, platformMark, pulledLine } from "./wording.ts";

// The runner drops a summary of more than 1 MiB completely, so rows end well before.
const LENGTH_LIMIT = 900 * 1024;

const PROBLEM_COLUMNS = ["image", "platform", "status", "what was found, and what to do"];
const IMAGE_COLUMNS = ["image", "digest", "platforms", "size", "from"];

/** The cells of a row of a table, in Markdown. */
type Row = readonly string[];

/** What a step reports: its outcome, or the problems of its inputs. */
export type Report = Judged | { readonly invalid: readonly string[] };

/** An outcome, and the message that `fail-on-cache-miss` fails with; empty without a miss. */
export type Judged = Outcome & { readonly cacheMiss: string };

/** The job summary in Markdown. */
export function toSummary(report: Report): string {
  return "invalid" in report ? summaryOfInputs(report.invalid) : summaryOfImages(report);
}

function summaryOfInputs(problems: readonly string[]): string {
  const inputs = problems.length === 1 ? "input" : "inputs";
  const head = `### registry-pull: ${problems.length} invalid ${inputs}`;
  const list = problems.map((problem) => `- ${markdown(problem)}`);
  return capped([head, "", ...list, ""]);
}

/** The problems first, then one row an image, then the references to copy. */
function summaryOfImages({ images, pulled, cacheMiss }: Judged): string {
  return capped([
    headOf(images),
    ...cacheMissLines(cacheMiss),
    ...table(PROBLEM_COLUMNS, images.flatMap(problemRows)),
    ...table(IMAGE_COLUMNS, images.map(imageRow)),
    ...pulledLines(pulled),
    ...pinnedReferences(images),
    "",
  ]);
}

function cacheMissLines(cacheMiss: string): readonly string[] {
  if (cacheMiss === "") return [];
  return ["", `✗ cache miss: ${markdown(cacheMiss)}`];
}

function pulledLines(pulled: Pulled | undefined): readonly string[] {
  if (pulled === undefined) return [];
  return ["", `${pulledLine(pulled)}.${slowerCache(pulled)}`];
}

function headOf(images: readonly Resolved[]): string {
  const count = images.length;
  const failed = images.filter((image) => statusOf(image) !== "ok");
  if (failed.length === 0) return `### registry-pull: ${count} resolved`;
  return `### registry-pull: ${failed.length} of ${count} with problems`;
}

function pinnedReferences(images: readonly Resolved[]): readonly string[] {
  const pinned = images.map(pinnedReference).filter((reference) => reference !== "");
  if (pinned.length === 0) return [];
  const list = pinned.map((reference) => `- ${code(reference)}`);
  return ["", "<details><summary>Pinned references</summary>", "", ...list, "", "</details>"];
}

/** A sentence when the cache was slower than the registry, which it should not be. */
function slowerCache({ rates }: Pulled): string {
  const { cache, registry } = rates;
  if (cache === undefined || registry === undefined || cache >= registry) return "";
  const figures = `${formatBytes(cache)}/s against ${formatBytes(registry)}/s`;
  return ` The cache was slower than the registry (${figures}): this step is faster without it.`;
}

function table(columns: Row, rows: readonly Row[]): readonly string[] {
  if (rows.length === 0) return [];
  const rule = columns.map(() => "---");
  return ["", line(columns), line(rule), ...rows.map(line)];
}

function line(cells: Row): string {
  return `| ${cells.join(" | ")} |`;
}

function code(text: string): string {
  return `<code>${markdown(text)}</code>`;
}

function problemRows(image: Resolved): readonly Row[] {
  const { written, optional } = image.wanted;
  const reference = optional ? `${code(written)} (optional)` : code(written);
  return problemsOf(image).map(({ platform, status, message }) => [
    reference,
    markdown(platform),
    `✗ ${status}`,
    markdown(message),
  ]);
}

function imageRow(image: Result): Row {
  const { wanted, root } = image;
  const size = totalSize([image]);
  return [
    nameCell(wanted),
    root === undefined ? "" : code(root.fetched.digest),
    platformsCell(image),
    size === 0 ? "" : formatBytes(size),
    originCell(image),
  ];
}

function nameCell({ name, written }: Wanted): string {
  if (name === written) return code(written);
  return `${markdown(name)}: ${code(written)}`;
}

/** The platforms of an image; an artifact has none, so its kind stands there. */
function platformsCell({ root, platforms }: Resolved): string {
  const kind = root?.document.kind ?? "";
  if (platforms.length === 0) return markdown(kind);
  return platforms.map(platformCell).join("<br>");
}

function originCell(image: Result): string {
  const registry = registryCell(image);
  if (image.pulled === undefined) return registry;
  return `${registry}<br>${tallyCell(image.pulled.tally)}`;
}

function registryCell({ wanted, root }: Resolved): string {
  if (root === undefined) return "";
  const registry = markdown(wanted.reference.registry);
  const { authenticated } = root.fetched;
  return authenticated ? `${registry}, with credentials` : registry;
}

/** Where the bytes of an image came from, without the places that none came from. */
function tallyCell({ restored, downloaded, alreadyThere, seconds }: Tally): string {
  const parts: string[] = [];
  if (restored > 0) parts.push(`${formatBytes(restored)} from the cache`);
  if (downloaded > 0) parts.push(`${formatBytes(downloaded)} downloaded`);
  if (alreadyThere > 0) parts.push(`${formatBytes(alreadyThere)} reused`);
  const bytes = parts.join(", ");
  return seconds === 0 ? bytes : `${bytes} in ${seconds.toFixed(1)} s`;
}

function platformCell(outcome: PlatformOutcome): string {
  return `${platformMark(outcome)} ${markdown(outcome.platform)}`;
}

function capped(parts: readonly string[]): string {
  let text = "";
  for (const part of parts) {
    const length = Buffer.byteLength(text) + Buffer.byteLength(part);
    if (length > LENGTH_LIMIT) {
      return `${text}\nThe rest is in the log and in the metadata file.\n`;
    }
    text += `${part}\n`;
  }
  return text;
}
