import type { Inputs } from "../runner/inputs.ts";
import type { Workflow } from "../runner/workflow.ts";
import type { Machine } from "./machine.ts";

/** Prints messages and redacts secrets. */
export type Voice = Pick<Workflow, "say" | "warn" | "mask" | "withhold">;

/** What everything under way shares: the machine, where messages go, and what ends it. */
export type Task = {
  readonly machine: Pick<Machine, "environment" | "clock" | "resolve">;
  readonly voice: Voice;
  readonly signal: AbortSignal;
};

/** A step under way. */
export type Step = {
  readonly inputs: Inputs;
  readonly machine: Machine;
  readonly workflow: Workflow;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly started: number;
};

/** Passes on the first warning; later ones become log lines: one annotation for a whole subject. */
export function warnOnce(voice: Voice): Voice {
  let isFirst = true;
  const warn = (message: string): void => {
    (isFirst ? voice.warn : voice.say)(message);
    isFirst = false;
  };
  return { ...voice, warn };
}
