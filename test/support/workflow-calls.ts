import { actions, pendingSaves } from "../../src/runner/actions.ts";
import type { Report } from "../../src/runner/summary.ts";

/** Calls of a workflow, one after the other: the method and its arguments. */
export type Calls = readonly (readonly [method: string, ...args: readonly unknown[]])[];

const METHODS: Readonly<Record<string, (...args: readonly never[]) => unknown>> = {
  ...actions,
  summary: (report: Report) => actions.summary(report),
  pendingSaves: () => actions.say(`pending saves: ${pendingSaves()}`),
  withhold: (text: string) => actions.say(`withheld: ${actions.withhold(text)}`),
};

// A test starts this file as the runner starts a step, with the calls in the environment.
const calls: Calls = JSON.parse(process.env["CALLS"] ?? "[]");
for (const [method, ...args] of calls) await METHODS[method]?.(...(args as never[]));
