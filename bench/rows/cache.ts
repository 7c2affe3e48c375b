import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { postStep, pullStep, runOnce } from "../contenders.ts";
import { ELEVEN, MB, pushEleven } from "../fixtures.ts";
import type { Network } from "../network.ts";
import { atMost, type Contender, type Group, type Row } from "../row.ts";
import type { Setup } from "../setup.ts";

const WAN: Network = {
  delayMs: 5,
  perConnection: 50 * MB,
  together: 200 * MB,
};
const IMAGE_SIZE = ELEVEN.reduce((sum, size) => sum + size, 0);
// The time that the whole image takes at the network's full rate, in seconds.
const LINE = IMAGE_SIZE / WAN.together;
// azure-host.mjs makes this name loopback.
const AZURE = "registry-pull.blob.core.windows.net";
const AZURE_HOOK = join(import.meta.dirname, "../azure-host.mjs");
const TOOLKIT = join(import.meta.dirname, "../toolkit.ts");

/** Restores from the cache service and saves to it, against the toolkit's own functions. */
export const CACHE: Group = {
  names: ["restore", "restore-wan", "save"],
  make: async (setup) => {
    const { cache, slowDown } = setup;
    const image = await pushEleven(setup.pusher);
    const filled = await fill(setup, image);
    const wanPort = await slowDown(cache.port, WAN);
    return [
      restore(filled, (contender) => over(setup, cache.port, contender)),
      restoreWan(filled, (contender) => over(setup, wanPort, contender)),
      save(filled, (contender) => over(setup, cache.port, contender)),
    ];
  },
};

/** The contenders, after one run of each has filled the cache. */
type Filled = {
  readonly save: Contender;
  readonly restore: Contender;
  readonly theirSave: Contender;
  readonly theirRestore: Contender;
};

/** Saves an image to the cache, once with this action and once with the toolkit. */
async function fill(setup: Setup, reference: string): Promise<Filled> {
  const { directory, cache } = setup;
  cache.signedHost = `${AZURE}:${cache.port}`;
  const environment = { ...cache.environment, NODE_OPTIONS: `--import=${AZURE_HOOK}` };
  const ourSave = await pullForSave(setup, reference, environment);
  const theirs = join(directory, "theirs");
  mkdirSync(theirs);
  const blobs = join(directory, "source/blobs");
  execFileSync("cp", ["-r", blobs, join(theirs, "data")]);
  const theirSave = {
    ...toolkit("save", environment, theirs),
    before: () => cache.entries.clear(),
  };
  await runOnce(theirSave, directory);
  await runOnce(ourSave, directory);
  const entries = [...cache.entries];
  const before = (): void => {
    cache.entries.clear();
    for (const [id, entry] of entries) cache.entries.set(id, entry);
  };
  return {
    save: ourSave,
    restore: { ...pullStep(setup, reference, environment), before },
    theirSave,
    theirRestore: { ...toolkit("restore", environment), before },
  };
}

/** Pulls an image into the layout `source`. Resolves to the post step, which saves that layout. */
async function pullForSave(
  setup: Setup,
  reference: string,
  environment: Readonly<Record<string, string>>,
): Promise<Contender> {
  const { directory, cache } = setup;
  const state = join(directory, "state");
  writeFileSync(state, "");
  const files = { INPUT_PATH: join(directory, "source"), GITHUB_STATE: state };
  const pull = pullStep(setup, reference, { ...environment, ...files });
  await runOnce(pull, directory);
  const post = postStep(pull, state, directory);
  return { ...post, before: () => cache.entries.clear() };
}

/** The toolkit in `directory`, or in the fresh directory of each run. */
function toolkit(
  verb: "save" | "restore",
  environment: Readonly<Record<string, string>>,
  directory?: string,
): Contender {
  return {
    name: "@actions/cache",
    command: (fresh) => {
      const workspace = directory ?? fresh;
      const variables = `RUNNER_TEMP=${fresh} GITHUB_WORKSPACE=${workspace}`;
      const program = `${process.execPath} ${TOOLKIT} ${verb} theirs`;
      return ["sh", "-ec", `cd ${workspace}; ${variables} exec ${program}`];
    },
    environment,
  };
}

/** A contender whose signed URLs lead to a port of loopback. */
function over({ cache }: Setup, port: number, contender: Contender): Contender {
  const before = async (): Promise<void> => {
    await contender.before?.();
    cache.signedHost = `${AZURE}:${port}`;
  };
  return { ...contender, before };
}

type Over = (contender: Contender) => Contender;

function restore({ restore, theirRestore }: Filled, overLoopback: Over): Row {
  return {
    name: "restore",
    title: "Restore 505 MB from the cache",
    work: "restore the image of pull-cold from the cache service; only ours verifies it",
    ours: overLoopback(restore),
    peers: [overLoopback(theirRestore)],
    target: "≤ 0.6",
    reached: atMost(0.6),
  };
}

function restoreWan({ restore, theirRestore }: Filled, overWan: Over): Row {
  return {
    name: "restore-wan",
    title: "The same, 200 MB/s in all",
    work: "the same at 50 MB/s per connection and 200 MB/s in total",
    ours: overWan(restore),
    peers: [overWan(theirRestore)],
    target: `≤ 0.75, and ≤ 1.06 of the line's ${LINE.toFixed(2)} s`,
    reached: ({ wall }, ratio) => ratio <= 0.75 && wall <= 1.06 * LINE,
    note: "The rest of the time is startup",
  };
}

function save({ save, theirSave }: Filled, overLoopback: Over): Row {
  return {
    name: "save",
    title: "Save 505 MB to the cache",
    work: "save the same image to the cache service",
    ours: overLoopback(save),
    peers: [overLoopback(theirSave)],
    target: "≤ 0.55, ≤ 120 MB of memory",
    reached: ({ memory }, ratio) => ratio <= 0.55 && memory <= 120 * MB,
  };
}
