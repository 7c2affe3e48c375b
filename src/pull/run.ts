import { mayHeal } from "../oci/failure.ts";
import { resolveImage } from "./gate.ts";
import { type Plan, problemsOf, type Resolved, statusOf, type Wanted } from "./plan.ts";
import type { Source } from "./ports.ts";

/** Time and tidings, passed in. */
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
 * Resolves every image the plan wants, all at once, and keeps trying for as long as the plan allows those whose every
 * problem may heal. All are tried before anything is called failed; problems are values in the outcome.
 */
export async function run(plan: Plan, source: Source, surroundings: Surroundings): Promise<readonly Resolved[]> {
  const { now, sleep, signal, say, resolved } = surroundings;
  const deadline = now() + plan.waitTimeout * 1_000;
  const patient = plan.waitTimeout > 0;
  const resolve = async (wanted: Wanted): Promise<Resolved> => {
    const image = await resolveImage(source, wanted, plan.verify);
    if (!patient || !canHeal(image)) resolved(image);
    return image;
  };
  let images = await Promise.all(plan.wanted.map(resolve));
  while (images.some((image) => canHeal(image) && !image.wanted.optional)) {
    const left = deadline - now();
    if (left <= 0 || signal.aborted) break;
    say(waitingLine(images.filter(canHeal), left));
    await sleep(Math.min(plan.waitInterval * 1_000, left), signal).catch(() => undefined);
    images = await Promise.all(images.map((image) => (canHeal(image) ? resolve(image.wanted) : image)));
  }
  if (patient) images.filter(canHeal).forEach(resolved);
  return images;
}

function canHeal(resolved: Resolved): boolean {
  const problems = problemsOf(resolved);
  return problems.length > 0 && problems.every(({ status }) => mayHeal(status));
}

function waitingLine(images: readonly Resolved[], left: number): string {
  const names = images.map((image) => `${image.wanted.name} (${statusOf(image)})`);
  return `waiting for ${names.join(", ")}; ${Math.ceil(left / 1_000)} s left`;
}
