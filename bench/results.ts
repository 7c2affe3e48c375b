import { type Sample, spreadOf } from "./measure.ts";
import type { Row } from "./rows.ts";

/** What was measured of a row: the samples of each contender by its name, ours first. */
export type Measured = { readonly row: Row; readonly samples: ReadonlyMap<string, readonly Sample[]> };

const seconds = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(1)} s`;
const megabytes = (value: number): string => `${Math.round(value / 1e6)} MB`;

type Best = { readonly name: string; readonly ratio: ReturnType<typeof spreadOf> };

/** Our times by those of the peer with the best median, round by round. */
function against({ samples }: Measured): Best | undefined {
  const [ours = [], ...peers] = [...samples.values()];
  const names = [...samples.keys()].slice(1);
  const medians = peers.map((peer) => spreadOf(peer.map(({ wall }) => wall)).median);
  const best = medians.indexOf(Math.min(...medians));
  const peer = peers[best];
  if (peer === undefined) return undefined;
  return { name: names[best] ?? "", ratio: spreadOf(ours.map(({ wall }, round) => wall / (peer[round]?.wall ?? Number.NaN))) };
}

/** A row as a line for people: our median, the best peer's, the ratio with its spread, and whether the target is reached. */
export function summaryOf(measured: Measured): readonly string[] {
  const { row, samples } = measured;
  const [ours = []] = samples.values();
  const wall = spreadOf(ours.map((sample) => sample.wall));
  const memory = Math.max(...ours.map((sample) => sample.memory));
  const best = against(measured);
  const ratio = best?.ratio.median ?? Number.NaN;
  const reached = row.reached?.({ wall: wall.median, memory }, ratio);
  return [
    row.name,
    `${seconds(wall.median)} (${seconds(wall.least)}–${seconds(wall.most)})`,
    best === undefined ? "" : `${best.name} ${seconds(spreadOf((samples.get(best.name) ?? []).map((sample) => sample.wall)).median)}`,
    best === undefined ? "" : `${ratio.toFixed(2)} (${best.ratio.least.toFixed(2)}–${best.ratio.most.toFixed(2)})`,
    row.target,
    reached === undefined ? "" : reached ? "yes" : "no",
  ];
}

export const SUMMARY_HEAD = ["row", "ours", "best peer", "ratio, round by round", "target", "reached"];

/** Every contender of a row, each with its medians. */
export function detailsOf({ row, samples }: Measured): readonly (readonly string[])[] {
  return [...samples].map(([name, all]) => [
    row.name,
    name,
    seconds(spreadOf(all.map(({ wall }) => wall)).median),
    seconds(spreadOf(all.map(({ cpu }) => cpu)).median),
    megabytes(Math.max(...all.map(({ memory }) => memory))),
  ]);
}

export const DETAILS_HEAD = ["row", "who", "wall", "CPU", "peak memory"];

/** A table in Markdown. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The same table for a terminal, in columns. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
