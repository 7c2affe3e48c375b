import { pullStep, step } from "../contenders.ts";
import { MB, pushFleet, pushSingle } from "../fixtures.ts";
import { randomBlob } from "../images.ts";
import type { Group, Row } from "../row.ts";
import type { Setup } from "../setup.ts";

const COUNTS = [1, 10, 100];
const SIZES = [10, 100, 1_000];
const COUNT_NAMES = COUNTS.map((count) => `grow-${count}`);
const SIZE_NAMES = SIZES.map((size) => `grow-${size}MB`);

/** Shows how time and memory grow with the number of images and with the size of a layer. */
export const GROW: Group = {
  names: [...COUNT_NAMES, ...SIZE_NAMES],
  make: async (setup) => {
    const fleet = await pushFleet(setup.pusher, Math.max(...COUNTS));
    const rows = COUNTS.map((count) => growCount(setup, fleet.slice(0, count)));
    for (const size of SIZES) rows.push(await growSize(setup, size));
    return rows;
  },
};

function growCount(setup: Setup, references: readonly string[]): Row {
  const count = references.length;
  return {
    name: `grow-${count}`,
    title: `Verify ${count} images`,
    work: `verify every manifest and config; images of six platforms: ${count}`,
    ours: step(setup, { images: references.join("\n"), platforms: "all" }),
    peers: [],
    target: "linear",
  };
}

async function growSize(setup: Setup, size: number): Promise<Row> {
  const layer = randomBlob(`grow ${size}`, size * MB);
  const image = await pushSingle(setup.pusher, `bench/grow${size}`, [layer]);
  return {
    name: `grow-${size}MB`,
    title: `Pull ${size} MB`,
    work: `pull one layer of ${size} MB into a layout`,
    ours: pullStep(setup, image),
    peers: [],
    target: "linear, ≤ 200 MB of memory",
    reached: ({ memory }) => memory <= 200 * MB,
  };
}
