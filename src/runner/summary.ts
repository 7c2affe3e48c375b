import { type Outcome, type PlatformOutcome, type Pulled, problemsOf, type Resolved, statusOf, type Tally } from "../pull/plan.ts";
import { pinnedReference, totalSize } from "./entries.ts";
import { formatBytes, platformMark, pulledLine } from "./log.ts";
import { markdown } from "./sanitiser.ts";

// The runner drops a summary over 1 MiB whole, so rows end well before.
const LENGTH_LIMIT = 900 * 1024;

/** What a step has to report: what became of its images, or why its inputs are invalid. */
export type Report = Judged | { readonly invalid: readonly string[] };

/** An outcome, and what is to be said of blobs that did not come from the cache; empty when nothing is. */
export type Judged = Outcome & { readonly cacheMiss: string };

/** The job summary in Markdown. */
export function toSummary(report: Report): string {
  return "invalid" in report ? summaryOfInputs(report.invalid) : summaryOfImages(report);
}

function summaryOfInputs(problems: readonly string[]): string {
  const head = `### registry-pull: ${problems.length} invalid ${problems.length === 1 ? "input" : "inputs"}`;
  return capped([head, "", ...problems.map((problem) => `- ${markdown(problem)}`), ""]);
}

/** Problems first when there are any, then a row an image, then the references to copy. */
function summaryOfImages(outcome: Judged): string {
  const problems = outcome.images.flatMap((resolved) => problemsOf(resolved).map((problem) => problemRow(resolved, problem)));
  const failed = outcome.images.filter((resolved) => statusOf(resolved) !== "ok").length;
  const head = `### registry-pull: ${failed === 0 ? `${outcome.images.length} resolved` : `${failed} of ${outcome.images.length} with problems`}`;
  const pinned = outcome.images.map(pinnedReference).filter((reference) => reference !== "");
  return capped([
    head,
    ...(outcome.cacheMiss === "" ? [] : ["", `✗ cache miss: ${markdown(outcome.cacheMiss)}`]),
    ...table(["image", "platform", "status", "what was found, and what to do"], problems),
    ...table(
      ["image", "digest", "platforms", "size", "from"],
      outcome.images.map((image) => imageRow(image, outcome.pulled?.byImage.get(image.wanted.name))),
    ),
    ...(outcome.pulled === undefined ? [] : ["", `${pulledLine(outcome.pulled)}.${slowerCache(outcome.pulled)}`]),
    ...(pinned.length === 0
      ? []
      : ["", "<details><summary>Pinned references</summary>", "", ...pinned.map((reference) => `- ${code(reference)}`), "", "</details>"]),
    "",
  ]);
}

/** One honest sentence: a cache is only worth its bytes when it is faster than where they come from. */
function slowerCache({ rates }: Pulled): string {
  const { cache, registry } = rates;
  if (cache === undefined || registry === undefined || cache >= registry) return "";
  return ` The cache was the slower of the two (${formatBytes(cache)}/s against ${formatBytes(registry)}/s): without it this step would have been faster.`;
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  return ["", line(columns), line(columns.map(() => "---")), ...rows.map(line)];
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function code(text: string): string {
  return `<code>${markdown(text)}</code>`;
}

function problemRow(resolved: Resolved, problem: ReturnType<typeof problemsOf>[number]): readonly string[] {
  const optional = resolved.wanted.optional ? " (optional)" : "";
  return [`${code(resolved.wanted.written)}${optional}`, markdown(problem.platform), `✗ ${problem.status}`, markdown(problem.message)];
}

function imageRow(resolved: Resolved, tally: Tally | undefined): readonly string[] {
  const { wanted, root } = resolved;
  const name = wanted.name === wanted.written ? "" : `${markdown(wanted.name)}: `;
  const registry =
    root === undefined ? "" : `${markdown(wanted.reference.registry)}${root.fetched.authenticated ? ", with credentials" : ""}`;
  const size = totalSize([resolved]);
  return [
    `${name}${code(wanted.written)}`,
    root === undefined ? "" : code(root.fetched.digest),
    resolved.platforms.map(platformCell).join("<br>") || markdown(root?.document.kind ?? ""),
    size === 0 ? "" : formatBytes(size),
    [registry, ...(tally === undefined ? [] : [fromCell(tally)])].join("<br>"),
  ];
}

/** Where an image's bytes came from, leaving out where none did. */
function fromCell({ restored, downloaded, alreadyThere, seconds }: Tally): string {
  const parts = [
    [restored, "from the cache"],
    [downloaded, "downloaded"],
    [alreadyThere, "reused"],
  ] as const;
  const bytes = parts.filter(([size]) => size > 0).map(([size, what]) => `${formatBytes(size)} ${what}`);
  return `${bytes.join(", ")}${seconds === 0 ? "" : ` in ${seconds.toFixed(1)} s`}`;
}

function platformCell(outcome: PlatformOutcome): string {
  return `${platformMark(outcome)} ${markdown(outcome.platform)}`;
}

function capped(parts: readonly string[]): string {
  let text = "";
  for (const part of parts) {
    if (Buffer.byteLength(text) + Buffer.byteLength(part) > LENGTH_LIMIT)
      return `${text}\nThe rest is in the log and in the metadata file.\n`;
    text += `${part}\n`;
  }
  return text;
}
