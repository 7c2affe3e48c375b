import { join } from "node:path";
import { step } from "../contenders.ts";
import { FILE_PATTERNS, writeFileTree } from "../file-tree.ts";
import { MB, pushSingle, times } from "../fixtures.ts";
import { randomBlob } from "../images.ts";
import type { Group } from "../row.ts";

const FILE_COUNT = 1_000;
const IMAGE_COUNT = 200;

/** Finds and verifies every image that the files of a large repository name. No peer does both. */
export const FILES: Group = {
  names: ["files"],
  make: async (setup) => {
    const { directory, pusher } = setup;
    const layers = [randomBlob("files", 20_000)];
    const pushes = times(IMAGE_COUNT, (at) => pushSingle(pusher, `bench/file${at}`, layers));
    const references = await Promise.all(pushes);
    const workspace = join(directory, "workspace");
    writeFileTree(workspace, FILE_COUNT, references);
    const inputs = { files: FILE_PATTERNS, platforms: "linux/amd64" };
    return [
      {
        name: "files",
        title: "Check the images of 1,000 files",
        work: "find 3,000 references to 200 images in 1,000 files, and verify these images",
        ours: step(setup, inputs, { GITHUB_WORKSPACE: workspace }),
        peers: [],
        target: "≤ 200 MB of memory",
        reached: ({ memory }) => memory <= 200 * MB,
      },
    ];
  },
};
