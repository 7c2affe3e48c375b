import { isOptional, mentionsOfProblem } from "../gate/mentions.ts";
import { type Mention, mentionsOf, type Wanted } from "../gate/plan.ts";
import {
  digestOfImage,
  type PlatformOutcome,
  problemsOf,
  type Resolved,
  statusOf,
} from "../gate/resolved.ts";
import type { Outcome, Pulled, Result, Tally } from "../pull/outcome.ts";
import { fileProblemRow, filesLines, folded } from "./files-summary.ts";
import type { FileProblem, FilesReport } from "./found-images.ts";
import { lockDiff } from "./lock-diff.ts";
import type { LockReport } from "./lock-report.ts";
import { type LineUrl, noUrl, placesCell } from "./places.ts";
import { lossesOf } from "./refusals.ts";
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
  /** Problems with files and with the lock file. */
  readonly problems: readonly FileProblem[];
  /** Undefined when the step reads no files. */
  readonly files?: FilesReport | undefined;
  /** Undefined when the step uses no lock file. */
  readonly lock?: LockReport | undefined;
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
function summaryOfImages(judged: Judged, urlOf: LineUrl): string {
  const { images, pulled, cacheMiss, files, lock } = judged;
  const problems = [
    ...judged.problems.map((problem) => fileProblemRow(problem, urlOf)),
    ...images.flatMap((image) => problemRows(image, urlOf)),
  ];
  const rows = images.map((image) => imageRow(image, urlOf));
  return capped([
    headOf(images, judged.problems.length),
    ...cacheMissLines(cacheMiss),
    ...refusalLines(images),
    ...table(PROBLEM_COLUMNS, problems),
    ...table(IMAGE_COLUMNS, rows),
    ...pulledLines(pulled),
    ...pinnedReferences(images),
    ...filesLines(files, urlOf),
    ...lockLines(lock),
    "",
  ]);
}

function cacheMissLines(cacheMiss: string): readonly string[] {
  if (cacheMiss === "") return [];
  return ["", `✗ cache miss: ${markdown(cacheMiss)}`];
}

/** What was used although its registry did not confirm it. */
function refusalLines(images: readonly Resolved[]): readonly string[] {
  const lines = lossesOf(images).map((text) => `⚠ ${markdown(text)}`);
  return lines.flatMap((text) => ["", text]);
}

function lockLines(lock: LockReport | undefined): readonly string[] {
  if (lock === undefined || !lock.isWritten) return [];
  const changed = countOf(lock.changes.length, "image");
  return ["", `${markdown(lock.file)} was updated: ${changed}.`, "", lockDiff(lock.changes)];
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
  if (text === "") return "";
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
  const { wanted } = image;
  const size = totalSize([image]);
  return [
    `${nameCell(wanted)}${placesOf(mentionsOf(wanted), urlOf)}`,
    code(digestOfImage(image) ?? ""),
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
  return `${registry}<br>${tallyCell(image.pulled.tally, image.wanted)}`;
}

function registryCell({ wanted, root, unread }: Resolved): string {
  if (root === undefined) return unread === undefined ? "" : "as locked";
  const { authenticated, source } = root.fetched;
  const registry = markdown(wanted.reference.registry);
  const place = isElsewhere(source, wanted)
    ? `${registry} by way of ${markdown(source)}`
    : registry;
  return authenticated ? `${place}, with credentials` : place;
}

function isElsewhere(source: string, { reference }: Wanted): boolean {
  return source !== reference.registry && source !== "cache" && source !== "layout";
}

/** Where the bytes of an image came from, without the places that none came from. */
function tallyCell(
  { restored, downloaded, alreadyThere, seconds, places }: Tally,
  wanted: Wanted,
): string {
  const parts: string[] = [];
  if (restored > 0) parts.push(`${formatBytes(restored)} from the cache`);
  const from = fromPlaces(places, wanted);
  if (downloaded > 0) parts.push(`${formatBytes(downloaded)} downloaded${from}`);
  if (alreadyThere > 0) parts.push(`${formatBytes(alreadyThere)} reused`);
  const bytes = parts.join(", ");
  return seconds === 0 ? bytes : `${bytes} in ${seconds.toFixed(1)} s`;
}

/** Where downloaded bytes came from, unless the image's registry sent all of them. */
function fromPlaces(places: Tally["places"], { reference }: Wanted): string {
  const [only = "", ...others] = places.keys();
  if (others.length === 0) return only === reference.registry ? "" : ` from ${markdown(only)}`;
  const parts = [...places].map(
    ([place, bytes]) => `${formatBytes(bytes)} from ${markdown(place)}`,
  );
  return ` (${parts.join(", ")})`;
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
