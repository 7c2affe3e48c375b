import { comparedPeers, formatRatio, formatSeconds, type Measured, ourMedian } from "./results.ts";

/** One bar: who took how long, in seconds. */
type Bar = { readonly label: string; readonly seconds: number; readonly look: Look };
type Look = "ours" | "slower" | "peer";

/** A row as bars, ours first. The best peer's time is the unit of their lengths. */
type Bars = {
  readonly title: string;
  readonly name: string;
  readonly ratio: string;
  readonly unit: number;
  readonly bars: readonly Bar[];
};

const WIDTH = 800;
const LEFT = 24;
const BARS_FROM = 300;
const BARS_TO = 560;
const TOP = 84;
const BAR_HEIGHT = 10;
const BAR_STEP = 15;
const ROW_GAP = 16;
const BOTTOM = 44;

// Text is drawn with the reader's own fonts. The card makes every colour legible on any page.
const STYLE = `
text { font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
.head { font-size: 17px; font-weight: 600 }
.title { font-size: 13px; font-weight: 600 }
.quiet { fill: #59636e }
.ratio { font-size: 15px; font-weight: 600; text-anchor: end }
.lost { fill: #bc4c00 }
.card { fill: #ffffff; stroke: #d1d9e0 }
.value { paint-order: stroke; stroke: #ffffff; stroke-width: 4px }
.unit { stroke: #818b98; stroke-dasharray: 2 3 }
.ours { fill: #0969da }
.slower { fill: #e16f24 }
.peer { fill: #afb8c1 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .quiet { fill: #9198a1 }
  .lost { fill: #f0883e }
  .card { fill: #0d1117; stroke: #3d444d }
  .value { stroke: #0d1117 }
  .unit { stroke: #656c76 }
  .ours { fill: #4493f8 }
  .slower { fill: #db6d28 }
  .peer { fill: #656c76 }
}
`;

/**
 * The results as an SVG with one group of bars for each row that has a peer: ours, the best peer
 * and those that are compared apart. `about` states how and when they were measured.
 */
export function drawPicture(all: readonly Measured[], about: string): string {
  const rows = all.map(barsOf).filter(({ bars }) => bars.length > 1);
  const longest = Math.max(1, ...rows.flatMap(lengths));
  const drawn: string[] = [];
  let y = TOP;
  for (const row of rows) {
    drawn.push(drawRow(row, y, (BARS_TO - BARS_FROM) / longest));
    y += row.bars.length * BAR_STEP + ROW_GAP;
  }
  const unit = BARS_FROM + (BARS_TO - BARS_FROM) / longest;
  const line = `<path class="unit" d="M${round(unit)} ${TOP - 8}V${y - ROW_GAP + 4}"/>`;
  const caption = text("quiet", LEFT, y + 12, `Wall time of whole processes: ${about}`);
  const lines = [...drawHead(rows, round(unit)), line, ...drawn, caption];
  return svg(y + BOTTOM - ROW_GAP, lines, rows);
}

function barsOf(measured: Measured): Bars {
  const { title, name } = measured.row;
  const peers = comparedPeers(measured);
  const seconds = ourMedian(measured);
  const [best] = peers;
  const ratio = best?.ratio.median ?? Number.NaN;
  const look = ratio > 1 ? "slower" : "ours";
  const theirs = peers.map(
    (peer): Bar => ({ label: peer.name, seconds: peer.median, look: "peer" }),
  );
  return {
    title,
    name,
    ratio: formatRatio(ratio),
    unit: best?.median ?? Number.NaN,
    bars: [{ label: "registry-pull", seconds, look }, ...theirs],
  };
}

function lengths({ bars, unit }: Bars): readonly number[] {
  return bars.map(({ seconds }) => seconds / unit);
}

function drawHead(rows: readonly Bars[], unit: number): readonly string[] {
  const hasLost = rows.some(({ bars }) => bars[0]?.look === "slower");
  const lost = hasLost ? " Orange: ours is slower." : "";
  return [
    text("head", LEFT, 36, "registry-pull and the best other tool for the same work"),
    text("quiet", LEFT, 56, `Seconds; a shorter bar is faster.${lost}`),
    text("quiet", unit - 4, TOP - 14, "best other tool"),
    `<text class="quiet" x="${WIDTH - LEFT}" y="${TOP - 14}" text-anchor="end">ratio</text>`,
  ];
}

function drawRow({ title, name, ratio, unit, bars }: Bars, y: number, scale: number): string {
  const lost = bars[0]?.look === "slower" ? " lost" : "";
  return [
    text("title", LEFT, y + 9, title),
    text("quiet", LEFT, y + 24, name),
    ...bars.map((bar, at) => drawBar(bar, y + at * BAR_STEP, (bar.seconds / unit) * scale)),
    text(`ratio${lost}`, WIDTH - LEFT, y + 17, ratio),
  ].join("\n");
}

function drawBar({ label, seconds, look }: Bar, y: number, length: number): string {
  const width = round(Math.max(2, length));
  const size = `width="${width}" height="${BAR_HEIGHT}"`;
  const caption = look === "peer" ? `${formatSeconds(seconds)} ${label}` : formatSeconds(seconds);
  const words = text(
    look === "peer" ? "value quiet" : "value",
    BARS_FROM + width + 6,
    y + 9,
    caption,
  );
  return `<rect class="${look}" x="${BARS_FROM}" y="${y}" ${size} rx="2"/>${words}`;
}

function text(look: string, x: number, y: number, words: string): string {
  return `<text class="${look}" x="${round(x)}" y="${y}">${escapeXml(words)}</text>`;
}

function svg(height: number, lines: readonly string[], rows: readonly Bars[]): string {
  const size = `width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}"`;
  const card = `x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-labelledby="t d">
<title id="t">How long registry-pull and other tools take</title>
<desc id="d">${escapeXml(rows.map(describe).join(" "))}</desc>
<style>${STYLE}</style>
<rect class="card" ${card}/>
${lines.join("\n")}
</svg>
`;
}

function describe({ name, bars }: Bars): string {
  const parts = bars.map(({ label, seconds }) => `${label} ${formatSeconds(seconds)}`);
  return `${name}: ${parts.join(", ")}.`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
