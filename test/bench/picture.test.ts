import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Sample } from "../../bench/measure.ts";
import { drawPicture } from "../../bench/picture.ts";
import { type Measured, summaryOf } from "../../bench/results.ts";
import type { Contender } from "../../bench/row.ts";

const BENCH = join(import.meta.dirname, "../../bench");

function contender(name: string): Contender {
  return { name, command: () => [] };
}

function samples(...walls: readonly number[]): readonly Sample[] {
  return walls.map((wall) => ({ wall, cpu: 0, memory: 0 }));
}

/** A row with two peers of which the best counts, and one that is compared apart. */
const WITH_PEERS: Measured = {
  row: {
    name: "row-1",
    title: "Read & write <all>",
    work: "",
    ours: contender("ours"),
    peers: [contender("slow"), contender("fast")],
    apart: [contender("many")],
    target: "≤ 1.0 and ≤ 2.0",
    reached: (_, ratio, many = Number.NaN) => ratio <= 1 && many <= 2,
  },
  samples: new Map([
    ["ours", samples(1, 2, 3)],
    ["slow", samples(30, 20, 10)],
    ["fast", samples(2, 4, 12)],
    ["many", samples(1, 1, 1)],
  ]),
};

const ALONE: Measured = {
  row: {
    name: "row-2",
    title: "Alone",
    work: "",
    ours: contender("ours"),
    peers: [],
    target: "linear",
  },
  samples: new Map([["ours", samples(7)]]),
};

/** The words of a picture that are drawn, in order. */
function wordsOf(picture: string): readonly string[] {
  return [...picture.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, words = ""]) => words);
}

/** The lengths of a picture's bars, in order. */
function widthsOf(picture: string): readonly number[] {
  const bars = picture.matchAll(/<rect class="(?!card)\w+" [^>]*? width="([\d.]+)"/g);
  return [...bars].map(([, width]) => Number(width));
}

/** What a table states in Markdown: the cells of each line. */
function cellsOf(table: string): readonly (readonly string[])[] {
  const lines = table.split("\n").filter((line) => line.startsWith("| "));
  return lines.map((line) => line.slice(2, -2).split(" | "));
}

describe("summaryOf", () => {
  it("compares ours with the best peer, and with each peer that is apart", () => {
    assert.deepEqual(summaryOf(WITH_PEERS), [
      "row-1",
      "2.00 s (1.00 s–3.00 s)",
      "fast 4.00 s; many 1.00 s",
      "0.50 (0.25–0.50); 2.00 (1.00–3.00)",
      "≤ 1.0 and ≤ 2.0",
      "yes",
    ]);
  });

  it("has no peer and no ratio in a row without peers", () => {
    assert.deepEqual(summaryOf(ALONE), ["row-2", "7.00 s (7.00 s–7.00 s)", "", "", "linear", ""]);
  });
});

describe("drawPicture", () => {
  it("draws the title, the name, a bar for each compared time, and the ratio", () => {
    const words = wordsOf(drawPicture([WITH_PEERS], "once"));
    const from = words.indexOf("Read &amp; write &lt;all&gt;");
    assert.deepEqual(words.slice(from + 1, -1), [
      "row-1",
      "2.00 s",
      "4.00 s fast",
      "1.00 s many",
      "0.50",
    ]);
  });

  it("leaves out rows without peers", () => {
    const picture = drawPicture([WITH_PEERS, ALONE], "once");
    assert.equal(picture, drawPicture([WITH_PEERS], "once"));
  });

  it("draws bars as long as the times", () => {
    const [ours = 0, fast = 0, many = 0] = widthsOf(drawPicture([WITH_PEERS], "once"));
    assert.deepEqual([ours / fast, many / fast], [0.5, 0.25]);
  });

  it("draws the best peer's bar as long in every row", () => {
    const { row } = WITH_PEERS;
    const tenfold = [...WITH_PEERS.samples].map(
      ([name, all]) => [name, samples(...all.map(({ wall }) => 10 * wall))] as const,
    );
    const picture = drawPicture([WITH_PEERS, { row, samples: new Map(tenfold) }], "once");
    const widths = widthsOf(picture);
    assert.equal(widths.length, 6);
    assert.deepEqual(widths.slice(3), widths.slice(0, 3));
  });

  it("marks rows in which ours is slower", () => {
    const { row } = WITH_PEERS;
    const slower = { row, samples: new Map([...WITH_PEERS.samples, ["ours", samples(9, 9, 99)]]) };
    assert.doesNotMatch(drawPicture([WITH_PEERS], "once"), /class="slower"|Orange/);
    assert.match(drawPicture([slower], "once"), /Orange: ours is slower(.|\n)*class="slower"/);
  });

  it("escapes what it draws, and closes every element", () => {
    const picture = drawPicture([WITH_PEERS], "1 < 2 & 3 > 2");
    const open: string[] = [];
    for (const [tag, name = ""] of picture.matchAll(/<\/?(\w+)[^<>]*>/g)) {
      if (tag.startsWith("</")) assert.equal(open.pop(), name);
      else if (!tag.endsWith("/>")) open.push(name);
    }
    assert.deepEqual(open, []);
    assert.match(picture, /1 &lt; 2 &amp; 3 &gt; 2/);
    assert.doesNotMatch(picture, /&(?!amp;|lt;|gt;)/);
  });
});

describe("bench/results.svg", () => {
  it("has the figures of bench/RESULTS.md", () => {
    const report = readFileSync(join(BENCH, "RESULTS.md"), "utf8");
    const picture = readFileSync(join(BENCH, "results.svg"), "utf8");
    const rows = cellsOf(report).filter(
      (cells) => cells.length === 6 && /\d s /.test(`${cells[1]}`),
    );
    const compared = rows.filter(([, , peers]) => peers !== "");
    assert.notEqual(compared.length, 0);
    const expected = compared.flatMap(([name, ours = "", peers = "", ratios = ""]) => [
      name,
      ours.replace(/ \(.*/, ""),
      ...peers.split("; ").map((peer) => peer.replace(/^(.*) ([\d.]+ s)$/, "$2 $1")),
      ratios.replace(/ \(.*/, ""),
    ]);
    const words = new Set(expected);
    assert.deepEqual(
      wordsOf(picture).filter((word) => words.has(word)),
      expected,
    );
  });
});
