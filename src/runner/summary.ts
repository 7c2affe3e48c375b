import { isOptional, mentionsOfProblem } from "../gate/mentions.ts";
import { type Mention, mentionsOf, type Wanted } from "../gate/plan.ts";
import { type PlatformOutcome, problemsOf, type Resolved, statusOf } from "../gate/resolved.ts";
import type { Outcome, Pulled, Result, Tally } from "../pull/outcome.ts";
import { fileProblemRow, filesLines, folded } from "./files-summary.ts";
import type { FilesReport } from "./found-images.ts";
import { type LineUrl, noUrl, placesCell } from "./places.ts";
import { pinnedReference, totalSize } from "./results.ts";
import { markdown } from "./sanitiser.ts";
import { countOf, formatBytes, platformMark, pulledLine } from "./wording.ts";

// The runner drops a summary of more than 1 MiB completely, so rows end well before.
const LENGTH_LIMIT = 900 * 1024;

const PROBLEM_COLUMNS = ["image", "platform", "status", "what was found, and what to do"];
const IMAGE_COLUMNS = ["image", "digest", "platforms", "size", "from"];

/** The cells of a row of a table, in Markdown. */
type Row = readonly string[];

/** What a step reports: its outcome, or the problems of its inputs. */
export type Report = Judged | { readonly invalid: readonly string[] };

/** An outcome, and the message that `fail-on-cache-miss` fails with; empty without a miss. */
export type Judged = Outcome & {
  readonly cacheMiss: string;
  /** Undefined when the step reads no files. */
  readonly files?: FilesReport | undefined;
};

/** The job summary in Markdown. `urlOf` links lines of files. */
export function toSummary(report: Report, urlOf: LineUrl = noUrl): string {
  return "invalid" in report ? summaryOfInputs(report.invalid) : summaryOfImages(report, urlOf);
}

function summaryOfInputs(problems: readonly string[]): string {
  const inputs = problems.length === 1 ? "input" : "inputs";
  const head = `### registry-pull: ${problems.length} invalid ${inputs}`;
  const list = problems.map((problem) => `- ${markdown(problem)}`);
  return capped([head, "", ...list, ""]);
}

/** The problems first, then one row an image, then the references to copy. */
function summaryOfImages({ images, pulled, cacheMiss, files }: Judged, urlOf: LineUrl): string {
  const fileProblems = files?.problems ?? [];
  const problems = [
    ...fileProblems.map((problem) => fileProblemRow(problem, urlOf)),
    ...images.flatMap((image) => problemRows(image, urlOf)),
  ];
  const rows = images.map((image) => imageRow(image, urlOf));
  return capped([
    headOf(images, fileProblems.length),
    ...cacheMissLines(cacheMiss),
    ...table(PROBLEM_COLUMNS, problems),
    ...table(IMAGE_COLUMNS, rows),
    ...pulledLines(pulled),
    ...pinnedReferences(images),
    ...filesLines(files, urlOf),
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

function headOf(images: readonly Resolved[], fileProblems: number): string {
  const count = images.length;
  const failed = images.filter((image) => statusOf(image) !== "ok");
  const state =
    failed.length === 0 ? `${count} resolved` : `${failed.length} of ${count} with problems`;
  if (fileProblems === 0) return `### registry-pull: ${state}`;
  return `### registry-pull: ${state}, ${countOf(fileProblems, "problem")} with files`;
}

function pinnedReferences(images: readonly Resolved[]): readonly string[] {
  const pinned = images.map(pinnedReference).filter((reference) => reference !== "");
  return folded("Pinned references", pinned.map(code));
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

function problemRows(image: Resolved, urlOf: LineUrl): readonly Row[] {
  const { wanted } = image;
  return problemsOf(image).map((problem) => {
    const { platform, status, message } = problem;
    const written = code(wanted.written);
    const reference = isOptional(wanted, problem) ? `${written} (optional)` : written;
    const places = placesOf(mentionsOfProblem(wanted, problem), urlOf);
    return [`${reference}${places}`, markdown(platform), `✗ ${status}`, markdown(message)];
  });
}

/** The places in files, on lines of their own. */
function placesOf(mentions: readonly Mention[], urlOf: LineUrl): string {
  const cell = placesCell(
    mentions.flatMap(({ location }) => location ?? []),
    urlOf,
  );
  return cell === "" ? "" : `<br>${cell}`;
}

function imageRow(image: Result, urlOf: LineUrl): Row {
  const { wanted, root } = image;
  const size = totalSize([image]);
  return [
    `${nameCell(wanted)}${placesOf(mentionsOf(wanted), urlOf)}`,
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
