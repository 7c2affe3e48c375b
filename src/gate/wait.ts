import { foundBy } from "../oci/failure.ts";
import { isInterruption, mayPass } from "../oci/reason.ts";
import { resolveImage } from "./judge.ts";
import { judgePin } from "./pins.ts";
import type { Plan, Wanted } from "./plan.ts";
import { withNote } from "./problem.ts";
import { problemsOf, type Resolved, statusOf } from "./resolved.ts";
import type { Source } from "./source.ts";

/** What bounds a gate, and what it reports to. */
export type GateOptions = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  /** Called once for each image, as soon as its result is final. */
  readonly resolved: (image: Resolved) => void;
};

/**
 * Resolves every image of the plan, all at once. Until the plan's timeout it retries each image
 * whose problems may all resolve on their own. Returns one result per image, in the order of the
 * plan; problems are values in the results.
 */
export async function resolveAll(
  plan: Plan,
  source: Source,
  options: GateOptions,
): Promise<readonly Resolved[]> {
  const { now, sleep, signal, say } = options;
  const deadline = now() + plan.waitTimeout * 1_000;
  const gate = new Gate(plan, source, options);
  const interval = plan.waitInterval * 1_000;
  let tries = await Promise.all(plan.wanted.map((wanted) => gate.start(wanted)));
  while (tries.some(({ image }) => gate.isPending(image))) {
    const left = deadline - now();
    if (left <= 0 || signal.aborted) break;
    const waiting = tries.map(({ image }) => image).filter(isWorthRetry);
    say(waitingLine(waiting, left));
    await sleep(Math.min(interval, left), signal).catch(() => undefined);
    if (signal.aborted) break;
    tries = await Promise.all(tries.map((one) => gate.retry(one)));
  }
  return tries.map(({ image }) => gate.giveUp(image));
}

/** An image as the plan wants it, and what the last try found out about it. */
type Try = { readonly wanted: Wanted; readonly image: Resolved };

/** The images of one plan, and whether each is final. */
class Gate {
  readonly #plan: Plan;
  readonly #source: Source;
  readonly #options: GateOptions;

  constructor(plan: Plan, source: Source, options: GateOptions) {
    this.#plan = plan;
    this.#source = source;
    this.#options = options;
  }

  /** True for an image that is to be tried again. */
  isPending(image: Resolved): boolean {
    return this.#plan.waitTimeout > 0 && isWorthRetry(image);
  }

  /** The first try. Its image is final unless it is pending. */
  async start(wanted: Wanted): Promise<Try> {
    const found = await resolveImage(this.#source, wanted, this.#plan);
    return this.#conclude(wanted, found);
  }

  /** The next try of a pending image; a final one stays as it is. */
  async retry(before: Try): Promise<Try> {
    if (!this.isPending(before.image)) return before;
    const { wanted } = before;
    const found = await resolveImage(this.#source, wanted, this.#plan);
    // An interruption says less than the problem found before it.
    return this.#conclude(wanted, wasInterrupted(found) ? before.image : found);
  }

  #conclude(wanted: Wanted, found: Resolved): Try {
    const image = this.isPending(found) ? found : this.#finish(found, "");
    return { wanted, image };
  }

  /** The final result of an image for which no time is left. */
  giveUp(image: Resolved): Resolved {
    if (!this.isPending(image)) return image;
    return this.#finish(image, `still so after waiting ${this.#plan.waitTimeout} s`);
  }

  #finish(image: Resolved, waited: string): Resolved {
    const { signal, resolved } = this.#options;
    const note = signal.aborted ? foundBy(signal.reason) : waited;
    const isNoted = note !== "" && !wasInterrupted(image);
    const last = judgePin(isNoted ? annotate(image, note) : image);
    resolved(last);
    return last;
  }
}

function isWorthRetry(resolved: Resolved): boolean {
  const problems = problemsOf(resolved);
  return problems.length > 0 && problems.every(({ status }) => mayPass(status));
}

/** True when the end of the step is why nothing better is known. */
function wasInterrupted(resolved: Resolved): boolean {
  return problemsOf(resolved).some(({ reason }) => isInterruption(reason));
}

/** The same image, with a note in the message of each of its problems. */
function annotate(resolved: Resolved, note: string): Resolved {
  const problem = resolved.problem && withNote(resolved.problem, note);
  const platforms = resolved.platforms.map((platform) =>
    platform.reason === "" ? platform : withNote(platform, note),
  );
  return { ...resolved, problem, platforms };
}

function waitingLine(images: readonly Resolved[], left: number): string {
  const names = images.map((image) => `${image.wanted.name} (${statusOf(image)})`);
  return `waiting for ${names.join(", ")}; ${Math.ceil(left / 1_000)} s left`;
}
