import { isInstalled } from "./programs.ts";
import type { Contender, Group, Row } from "./row.ts";
import { CACHE } from "./rows/cache.ts";
import { GROW } from "./rows/grow.ts";
import { LOAD } from "./rows/load.ts";
import { PULL } from "./rows/pull.ts";
import { RESOLVE } from "./rows/resolve.ts";
import type { Setup } from "./setup.ts";

const GROUPS: readonly Group[] = [RESOLVE, PULL, CACHE, LOAD, GROW];

/** The rows to measure, and in words what this machine cannot run. */
export type Work = {
  readonly rows: readonly Row[];
  readonly notRun: readonly string[];
};

/** Prepares the rows that `isWanted` selects by name; groups without a selected row are skipped. */
export async function prepare(setup: Setup, isWanted: (name: string) => boolean): Promise<Work> {
  const rows: Row[] = [];
  const notRun = new Set<string>();
  const groups = GROUPS.filter(({ names }) => names.some(isWanted));
  for (const group of groups) {
    const obstacle = group.obstacle?.();
    if (obstacle !== undefined) {
      notRun.add(`${group.names.join(", ")}: ${obstacle}`);
      continue;
    }
    const made = await group.make(setup);
    const selected = made.filter(({ name }) => isWanted(name));
    rows.push(...selected);
  }
  const peers = rows.flatMap((row) => row.peers);
  for (const { program } of peers) {
    if (!canRun(program)) notRun.add(`${program}: not installed`);
  }
  return { rows: rows.map(withInstalledPeers), notRun: [...notRun] };
}

function withInstalledPeers(row: Row): Row {
  const peers = row.peers.filter(({ program }) => canRun(program));
  return { ...row, peers };
}

function canRun(program: Contender["program"]): boolean {
  return program === undefined || isInstalled(program);
}
