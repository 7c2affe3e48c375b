import { foundBy, isInterruption, mayPass } from "../oci/failure.ts";
import { resolveImage } from "./gate.ts";
import { type Plan, problemsOf, type Resolved, statusOf, type Wanted, withNote } from "./plan.ts";
import type { Source } from "./ports.ts";

/** The clock, what ends the run, the log, and a listener for results. */
export type Surroundings = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  /** Told of every image once, as soon as nothing more is tried for it. */
  readonly resolved: (image: Resolved) => void;
};

/**
 * Resolves every image the plan wants, all at once, and retries those whose every problem may go away, optional ones too,
 * for as long as the plan allows. All are tried before anything is called failed; problems are values in the outcome.
 */
export async function run(plan: Plan, source: Source, surroundings: Surroundings): Promise<readonly Resolved[]> {
  const { now, sleep, signal, say, resolved } = surroundings;
  const deadline = now() + plan.waitTimeout * 1_000;
  const patient = plan.waitTimeout > 0;
  const finish = (image: Resolved, note = signal.aborted ? foundBy(signal.reason) : ""): Resolved => {
    const last = note === "" || wasInterrupted(image) ? image : annotate(image, note);
    resolved(last);
    return last;
  };
  const resolve = async (wanted: Wanted, before?: Resolved): Promise<Resolved> => {
    const found = await resolveImage(source, wanted, plan);
    const latest = before !== undefined && wasInterrupted(found) ? before : found;
    return patient && isWorthRetry(latest) ? latest : finish(latest);
  };
  let images = await Promise.all(plan.wanted.map((wanted) => resolve(wanted)));
  while (patient && images.some(isWorthRetry)) {
    const left = deadline - now();
    if (left <= 0 || signal.aborted) break;
    say(waitingLine(images.filter(isWorthRetry), left));
    await sleep(Math.min(plan.waitInterval * 1_000, left), signal).catch(() => undefined);
    if (signal.aborted) break;
    images = await Promise.all(images.map((image) => (isWorthRetry(image) ? resolve(image.wanted, image) : image)));
  }
  const waited = signal.aborted ? undefined : `still so after ${plan.waitTimeout} s`;
  return images.map((image) => (patient && isWorthRetry(image) ? finish(image, waited) : image));
}

function isWorthRetry(resolved: Resolved): boolean {
  const problems = problemsOf(resolved);
  return problems.length > 0 && problems.every(({ status }) => mayPass(status));
}

/** True when the end of the step is the reason that nothing better is known. */
function wasInterrupted(resolved: Resolved): boolean {
  return problemsOf(resolved).some(({ reason }) => isInterruption(reason));
}

/** The same problems, with a note about the time that ran out. */
function annotate(resolved: Resolved, note: string): Resolved {
  const problem = resolved.problem && withNote(resolved.problem, note);
  const platforms = resolved.platforms.map((platform) => (platform.reason === "" ? platform : withNote(platform, note)));
  return { ...resolved, problem, platforms };
}

function waitingLine(images: readonly Resolved[], left: number): string {
  const names = images.map((image) => `${image.wanted.name} (${statusOf(image)})`);
  return `waiting for ${names.join(", ")}; ${Math.ceil(left / 1_000)} s left`;
}
