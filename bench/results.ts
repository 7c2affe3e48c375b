import { type Sample, type Spread, spreadOf } from "./measure.ts";
import type { Contender, Row } from "./row.ts";

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
  const ours = samples.get(row.ours.name) ?? [];
  const wall = wallOf(ours);
  const peers = comparedPeers(measured);
  const [ratio = Number.NaN, ...apart] = peers.map((peer) => peer.ratio.median);
  const figures = { wall: wall.median, memory: peakOf(ours) };
  const reached = row.reached?.(figures, ratio, ...apart);
  return [
    row.name,
    formatSpread(wall, formatSeconds),
    peers.map(({ name, median }) => `${name} ${formatSeconds(median)}`).join("; "),
    peers.map((peer) => formatSpread(peer.ratio, formatRatio)).join("; "),
    row.target,
    reached === undefined ? "" : yesOrNo(reached),
  ];
}

/** Our median in seconds of wall time; NaN before the first run. */
export function ourMedian({ row, samples }: Measured): number {
  const ours = samples.get(row.ours.name) ?? [];
  return wallOf(ours).median;
}

/** A peer's figures, beside ours. */
export type Peer = {
  readonly name: string;
  /** Seconds of wall time. */
  readonly median: number;
  /** Our wall time divided by the peer's, in each round. */
  readonly ratio: Spread;
};

/** The peers that ours is compared with: the best of the row's peers, then those that are apart. */
export function comparedPeers({ row, samples }: Measured): readonly Peer[] {
  const ours = samples.get(row.ours.name) ?? [];
  const figuresOf = ({ name }: Contender): Peer => {
    const theirs = samples.get(name) ?? [];
    return { name, median: wallOf(theirs).median, ratio: ratioOf(ours, theirs) };
  };
  const peers = row.peers.map(figuresOf);
  const [best] = peers.toSorted((one, other) => one.median - other.median);
  const apart = (row.apart ?? []).map(figuresOf);
  return best === undefined ? apart : [best, ...apart];
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
    formatSeconds(wallOf(all).median),
    formatSeconds(cpuOf(all).median),
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

/** Seconds with their unit, in three digits. */
export function formatSeconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} s`;
}

/** A ratio of two times, with two decimals. */
export function formatRatio(value: number): string {
  return value.toFixed(2);
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
