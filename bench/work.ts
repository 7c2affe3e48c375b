import { isInstalled } from "./programs.ts";
import { type Contender, type Group, peersOf, type Row } from "./row.ts";
import { CACHE } from "./rows/cache.ts";
import { DOCKER_READY } from "./rows/docker-ready.ts";
import { FILES } from "./rows/files.ts";
import { GROW } from "./rows/grow.ts";
import { LOAD } from "./rows/load.ts";
import { PULL } from "./rows/pull.ts";
import { RESOLVE } from "./rows/resolve.ts";
import { RESOLVE_FAR } from "./rows/resolve-far.ts";
import type { Setup } from "./setup.ts";

const GROUPS: readonly Group[] = [
  ...[RESOLVE, RESOLVE_FAR, PULL, CACHE],
  ...[LOAD, DOCKER_READY, FILES, GROW],
];

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
  for (const { program } of rows.flatMap(peersOf)) {
    if (!canRun(program)) notRun.add(`${program}: not installed`);
  }
  return { rows: rows.map(withInstalledPeers), notRun: [...notRun] };
}

function withInstalledPeers(row: Row): Row {
  const installed = (peers: readonly Contender[]): readonly Contender[] =>
    peers.filter(({ program }) => canRun(program));
  return { ...row, peers: installed(row.peers), apart: installed(row.apart ?? []) };
}

function canRun(program: Contender["program"]): boolean {
  return program === undefined || isInstalled(program);
}
