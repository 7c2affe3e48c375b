import type { Setup } from "./setup.ts";

/** One way to do a row's work. */
export type Contender = {
  readonly name: string;
  /** The program that must be on PATH; absent for what this repository installs itself. */
  readonly program?: string;
  /** The command for one run. `fresh` is a new directory, which is removed after the run. */
  readonly command: (fresh: string) => readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Prepares each run; not measured. */
  readonly before?: () => void | Promise<void>;
  /** Ends what a run in `fresh` has left; not measured. */
  readonly after?: (fresh: string) => void | Promise<void>;
};

/** The medians of this action's runs: seconds of wall time, and bytes of peak memory. */
export type Ours = {
  readonly wall: number;
  readonly memory: number;
};

/**
 * True when a target is reached. `ratio` is our wall time divided by the best peer's, and `apart`
 * has the same for each installed peer of {@link Row.apart}.
 */
export type Check = (ours: Ours, ratio: number, ...apart: readonly number[]) => boolean;

/** Work to measure: this action, and the installed peers that can do the same. */
export type Row = {
  readonly name: string;
  /** The work in a few words, for the picture. */
  readonly title: string;
  /** The work in words. */
  readonly work: string;
  readonly ours: Contender;
  /** Of these, the best is compared with ours. */
  readonly peers: readonly Contender[];
  /** Peers that are compared with ours each by itself, because they have a target of their own. */
  readonly apart?: readonly Contender[];
  /** The target in words: a ratio of our wall time to the best peer's, or a time of our own. */
  readonly target: string;
  /** Absent when the figures are only reported. */
  readonly reached?: Check;
  /** What a reader of the figures must know; for a target that is missed, what the limit is. */
  readonly note?: string;
};

/** Rows that are prepared together, so that they can share images. */
export type Group = {
  readonly names: readonly string[];
  /** Why this machine cannot run the rows; undefined when it can. */
  readonly obstacle?: () => string | undefined;
  readonly make: (setup: Setup) => Promise<readonly Row[]>;
};

/** All peers of a row. */
export function peersOf({ peers, apart = [] }: Row): readonly Contender[] {
  return [...peers, ...apart];
}

/** A check that our wall time is at most `most` times the best peer's. */
export function atMost(most: number): Check {
  return (_, ratio) => ratio <= most;
}
