import type { ReceiptRow } from "../find/receipt-file.ts";
import { isOptional, mentionsOfProblem } from "../gate/mentions.ts";
import { type Mention, mentionsOf, type Wanted } from "../gate/plan.ts";
import {
  digestOfImage,
  type PlatformOutcome,
  problemsOf,
  type Resolved,
  statusOf,
} from "../gate/resolved.ts";
import type { Outcome, Pulled, Result } from "../pull/outcome.ts";
import type { CacheUse } from "./cache-policy.ts";
import { fileProblemRow, filesLines } from "./files-summary.ts";
import type { FileProblem, FilesReport } from "./found-images.ts";
import { lockDiff } from "./lock-diff.ts";
import type { LockReport } from "./lock-report.ts";
import { originCell } from "./origin-cell.ts";
import { type LineUrl, noUrl, placesCell } from "./places.ts";
import { receiptSummary } from "./receipt-summary.ts";
import { lossesOf } from "./refusals.ts";
import { pinnedReference, totalSize } from "./results.ts";
import { markdown } from "./sanitiser.ts";
import type { Serving } from "./serving.ts";
import { copyBlock, NO_BREAK, problemCell, type Row, table } from "./summary-parts.ts";
import { countOf, formatBytes, platformMark, pulledLine, shortDigests } from "./wording.ts";

// The runner drops a summary of more than 1 MiB completely, so rows end well before.
const LENGTH_LIMIT = 900 * 1024;

const PROBLEM_COLUMNS = ["image", "platform", "problem"];
const IMAGE_COLUMNS = ["image", "digest", "platforms", "size", "from"];

/** What is reported: the outcome of a step, the problems of its inputs, or what the job pulled. */
export type Report =
  | Judged
  | { readonly invalid: readonly string[] }
  | { readonly receipt: readonly ReceiptRow[] };

/** An outcome, and the message that `fail-on-cache-miss` fails with; empty without a miss. */
export type Judged = Outcome & {
  readonly cacheMiss: string;
  /** Problems with files and with the lock file. */
  readonly problems: readonly FileProblem[];
  /** Undefined when the step reads no files. */
  readonly files?: FilesReport | undefined;
  /** Undefined when the step uses no lock file. */
  readonly lock?: LockReport | undefined;
  /** Undefined when no registry runs for the job. */
  readonly serving?: Serving | undefined;
  /** Undefined when the step uses no cache. */
  readonly cache?: CacheUse | undefined;
};

/** The job summary in Markdown. `urlOf` links lines of files. */
export function toSummary(report: Report, urlOf: LineUrl = noUrl): string {
  if ("invalid" in report) return summaryOfInputs(report.invalid);
  if ("receipt" in report) return receiptSummary(report.receipt);
  return summaryOfImages(report, urlOf);
}

function summaryOfInputs(problems: readonly string[]): string {
  const inputs = problems.length === 1 ? "input" : "inputs";
  const head = `### registry-pull: ${problems.length} invalid ${inputs}`;
  const list = problems.map((problem) => `- ${markdown(problem)}`);
  return capped([head, "", ...list, ""]);
}

/** The problems first, then one row an image, then the references to copy. */
function summaryOfImages(judged: Judged, urlOf: LineUrl): string {
  const { images, cacheMiss, files, lock } = judged;
  const problems = [
    ...judged.problems.map((problem) => fileProblemRow(problem, urlOf)),
    ...images.flatMap((image) => problemRows(image, urlOf)),
  ];
  // Of another image, the table of problems says all that is known.
  const known = images.filter((image) => digestOfImage(image) !== undefined);
  const rows = known.map((image) => imageRow(image, urlOf));
  return capped([
    headOf(images, judged.problems.length),
    ...cacheMissLines(cacheMiss),
    ...refusalLines(images),
    ...table(PROBLEM_COLUMNS, problems),
    ...table(IMAGE_COLUMNS, rows),
    ...pulledLines(judged),
    ...copyBlock("Pinned references", pinnedReferences(images)),
    ...filesLines(files, urlOf),
    ...lockLines(lock),
    ...servingLines(judged.serving),
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

function servingLines(serving: Serving | undefined): readonly string[] {
  if (serving === undefined) return [];
  const where = `The job's registry runs at ${code(serving.address)}.`;
  return ["", `${where} What the job pulls is listed after the job.`];
}

function pulledLines({ pulled, cache }: Judged): readonly string[] {
  if (pulled === undefined) return [];
  const sentences = [pulledLine(pulled), ...aboutCache(pulled, cache)].map(sentence);
  return ["", `${sentences.join(" ")}${slowerCache(pulled)}`];
}

/** Why bytes were downloaded, and will be again; nothing when none were. */
function aboutCache({ restored, downloaded }: Pulled, cache?: CacheUse): readonly string[] {
  if (cache === undefined || downloaded === 0) return [];
  const { restore, why } = cache;
  const isMissed = restore && restored === 0;
  return [...(isMissed ? ["nothing came from the cache"] : []), ...(why === "" ? [] : [why])];
}

/** A log line as a sentence in Markdown. */
function sentence(line: string): string {
  const text = `${line.slice(0, 1).toUpperCase()}${line.slice(1)}`;
  return markdown(text.endsWith(".") ? text : `${text}.`);
}

function headOf(images: readonly Resolved[], fileProblems: number): string {
  const isIdle = images.length === 0 && fileProblems === 0;
  const state = isIdle ? "no image named" : stateOf(images);
  if (fileProblems === 0) return `### registry-pull: ${state}`;
  return `### registry-pull: ${state}, ${countOf(fileProblems, "problem")} with files`;
}

function stateOf(images: readonly Resolved[]): string {
  const count = images.length;
  const failed = images.filter((image) => statusOf(image) !== "ok").length;
  if (failed === 0) return `${countOf(count, "image")} resolved`;
  if (count === 1) return "the image has a problem";
  return `${failed} of ${count} images ${failed === 1 ? "has" : "have"} a problem`;
}

function pinnedReferences(images: readonly Resolved[]): readonly string[] {
  return images.map(pinnedReference).filter((reference) => reference !== "");
}

/** A sentence when the cache was slower than the registry, which it should not be. */
function slowerCache({ rates }: Pulled): string {
  const { cache, registry } = rates;
  if (cache === undefined || registry === undefined || cache >= registry) return "";
  const figures = `${formatBytes(cache)}/s against ${formatBytes(registry)}/s`;
  return ` The cache was slower than the registry (${figures}): this step is faster without it.`;
}

function code(text: string): string {
  if (text === "") return "";
  return `<code>${markdown(text)}</code>`;
}

function problemRows(image: Resolved, urlOf: LineUrl): readonly Row[] {
  const { wanted } = image;
  return problemsOf(image).map((problem) => {
    const { platform, message } = problem;
    const written = code(shortDigests(wanted.written));
    const reference = isOptional(wanted, problem) ? `${written} (optional)` : written;
    const places = placesOf(mentionsOfProblem(wanted, problem), urlOf);
    const ofPlatform = `${wanted.written} ${platform}`;
    const subject = message.startsWith(`${ofPlatform}: `) ? ofPlatform : wanted.written;
    return [`${reference}${places}`, markdown(platform), problemCell(problem, subject)];
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
  const digest = digestOfImage(image) ?? "";
  return [
    `${nameCell(wanted, digest)}${placesOf(mentionsOf(wanted), urlOf)}`,
    code(shortDigests(digest)),
    platformsCell(image),
    size === 0 ? "" : formatBytes(size).replace(" ", NO_BREAK),
    originCell(image),
  ];
}

/** The reference, below the name if the image has one, and without its digest. */
function nameCell({ name, written }: Wanted, digest: string): string {
  const end = `@${digest}`;
  const short = written.endsWith(end) ? written.slice(0, -end.length) : shortDigests(written);
  return name === written ? code(short) : `${markdown(name)}<br>${code(short)}`;
}

/** The platforms of an image; an artifact has none, so its kind stands there. */
function platformsCell({ root, platforms }: Resolved): string {
  const kind = root?.document.kind ?? "";
  if (platforms.length === 0) return markdown(kind);
  return platforms.map(platformCell).join("<br>");
}

function platformCell(outcome: PlatformOutcome): string {
  return `${platformMark(outcome)}${NO_BREAK}${markdown(outcome.platform)}`;
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
