import { type Sample, type Spread, spreadOf } from "./measure.ts";
import type { Row } from "./row.ts";

/** The rows of a table. */
type Cells = readonly (readonly string[])[];

/** The samples of a row by the contenders' names, ours first. */
export type Measured = {
  readonly row: Row;
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
};

/** The columns of {@link summaryOf}. */
export const SUMMARY_HEAD = [
  "row",
  "ours",
  "best peer",
  "ratio, round by round",
  "target",
  "reached",
];

/** A row in one line: our median, the best peer's, their ratio, and whether we reach the target. */
export function summaryOf(measured: Measured): readonly string[] {
  const { row, samples } = measured;
  const [ours = []] = samples.values();
  const wall = wallOf(ours);
  const best = bestPeer(measured);
  const ratio = best?.ratio.median ?? Number.NaN;
  const figures = { wall: wall.median, memory: peakOf(ours) };
  const reached = row.reached?.(figures, ratio);
  return [
    row.name,
    formatSpread(wall, seconds),
    best === undefined ? "" : `${best.name} ${seconds(best.median)}`,
    best === undefined ? "" : formatSpread(best.ratio, (value) => value.toFixed(2)),
    row.target,
    reached === undefined ? "" : yesOrNo(reached),
  ];
}

type Peer = {
  readonly name: string;
  /** Seconds of wall time. */
  readonly median: number;
  /** Our wall time divided by the peer's, in each round. */
  readonly ratio: Spread;
};

/** The peer with the least median; undefined when no peer ran. */
function bestPeer({ samples }: Measured): Peer | undefined {
  const [ours = []] = samples.values();
  const peers = [...samples].slice(1).map(([name, theirs]) => ({
    name,
    median: wallOf(theirs).median,
    ratio: ratioOf(ours, theirs),
  }));
  const [best] = peers.toSorted((one, other) => one.median - other.median);
  return best;
}

function ratioOf(ours: readonly Sample[], theirs: readonly Sample[]): Spread {
  const ratios = ours.map(({ wall }, round) => {
    const their = theirs[round]?.wall ?? Number.NaN;
    return wall / their;
  });
  return spreadOf(ratios);
}

/** The columns of {@link detailsOf}. */
export const DETAILS_HEAD = ["row", "tool", "wall", "CPU", "peak memory"];

/** A line for each contender of a row: median wall and CPU time, and peak memory. */
export function detailsOf({ row, samples }: Measured): Cells {
  return [...samples].map(([name, all]) => [
    row.name,
    name,
    seconds(wallOf(all).median),
    seconds(cpuOf(all).median),
    `${Math.round(peakOf(all) / 1e6)} MB`,
  ]);
}

function wallOf(samples: readonly Sample[]): Spread {
  return spreadOf(samples.map(({ wall }) => wall));
}

function cpuOf(samples: readonly Sample[]): Spread {
  return spreadOf(samples.map(({ cpu }) => cpu));
}

function peakOf(samples: readonly Sample[]): number {
  return Math.max(...samples.map(({ memory }) => memory));
}

function seconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} s`;
}

function formatSpread(spread: Spread, format: (value: number) => string): string {
  const median = format(spread.median);
  const least = format(spread.least);
  const most = format(spread.most);
  return `${median} (${least}–${most})`;
}

function yesOrNo(value: boolean): string {
  return value ? "yes" : "no";
}

/** A table in Markdown. */
export function markdownTable(head: readonly string[], rows: Cells): string {
  const rule = head.map(() => "---");
  const table = [head, rule, ...rows];
  return table.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** A table for a terminal, in aligned columns. */
export function textTable(head: readonly string[], rows: Cells): string {
  const table = [head, ...rows];
  const widths = head.map((_, column) => {
    const lengths = table.map((row) => row[column]?.length ?? 0);
    return Math.max(...lengths);
  });
  const pad = (cell: string, column: number): string => cell.padEnd(widths[column] ?? 0);
  const lines = table.map((row) => row.map(pad).join("  "));
  return lines.map((line) => line.trimEnd()).join("\n");
}
