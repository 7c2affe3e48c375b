import { asProblem } from "../gate/problem.ts";
import { problemsOf, type Resolved } from "../gate/resolved.ts";
import { foundBy } from "../oci/failure.ts";
import type { CachedRegistry } from "../pull/cached-registry.ts";
import { notPulled, type Outcome } from "../pull/outcome.ts";
import type { PendingSaves } from "../pull/pending-saves.ts";
import { type PullOptions, pull } from "../pull/pull.ts";
import { planSaves, type SavePolicy, whyNotSaved } from "../pull/save-plan.ts";
import type { Progress } from "../pull/transfer.ts";
import { writePendingSaves } from "../runner/build-files.ts";
import type { Load } from "../runner/engine.ts";
import { sayPulled } from "../runner/log.ts";
import { startProgress } from "../runner/progress.ts";
import { Layout } from "../store/layout.ts";
import type { Time } from "../store/mutex.ts";
import type { Cached } from "./cache.ts";
import { layoutOf } from "./directories.ts";
import { type Loading, startLoading } from "./loading.ts";
import type { OpenEngine } from "./open-engine.ts";
import type { Step, Voice } from "./task.ts";

/**
 * Pulls the images that have no problem into the layout, plans what to save to the cache, and loads
 * the images into an engine, if there is one. A layout or an engine that does not work is a
 * problem of every image.
 */
export async function pullAndLoad(
  images: readonly Resolved[],
  { registry, saves, voice }: Cached,
  engine: OpenEngine | undefined,
  step: Step,
): Promise<Outcome> {
  const { inputs, machine, workflow } = step;
  const progress = startProgress(workflow.say);
  let loading: Loading | undefined;
  try {
    const options = pullOptions(step, progress);
    const path = layoutOf(inputs.path, machine.environment);
    const layout = await Layout.open(path, options);
    loading = engine && startLoading(engine, layout, images, step);
    const store = loading?.store ?? layout;
    const outcome = await pull(images, { registry, store }, options);
    progress.stop();
    sayPulled(workflow, outcome);
    if (saves !== undefined) await saveLater(outcome, registry, saves, voice, step);
    return await loaded(outcome, loading?.load);
  } catch (error) {
    // The layout cannot be written, so no image is where it was wanted.
    const failed = images.map((image) => withFailure(image, error));
    return notPulled(failed);
  } finally {
    progress.stop();
    loading?.end();
  }
}

function pullOptions(step: Step, progress: Progress): PullOptions & Time {
  const { inputs, machine, signal, started } = step;
  const { concurrency, runner, plan } = inputs;
  const { clock } = machine;
  const sleep = (ms: number): Promise<unknown> => clock.sleep(ms, signal);
  const patience = {
    until: started + plan.waitTimeout * 1_000,
    interval: plan.waitInterval * 1_000,
  };
  return { ...clock, sleep, concurrency, progress, runner, signal, patience };
}

/** Loads the images; without a working engine, every image has a problem. */
async function loaded(outcome: Outcome, load: Load | undefined): Promise<Outcome> {
  if (load === undefined || outcome.pulled === undefined) return outcome;
  try {
    const images = await load(outcome.images);
    return { ...outcome, images };
  } catch (error) {
    const failed = outcome.images.map((image) => withFailure(image, error));
    return { ...outcome, images: failed };
  }
}

/** The image with a failure as its problem, unless it has one; throws a bug. */
function withFailure<T extends Resolved>(image: T, error: unknown): T {
  const problem = asProblem(error, image.wanted.written);
  if (problemsOf(image).length > 0) return image;
  return { ...image, problem };
}

/** Plans what the post step saves, and says what is left out. */
async function saveLater(
  outcome: Outcome,
  cached: CachedRegistry,
  policy: SavePolicy,
  voice: Voice,
  step: Step,
): Promise<void> {
  await handOver(planSaves(outcome, cached, policy), voice, step);
  for (const image of outcome.images) {
    const why = whyNotSaved(image, outcome.pulled, cached, policy);
    if (why !== undefined) step.workflow.say(why);
  }
}

/** Writes the plan for the post step. A failure is a warning: the cache fails no step. */
async function handOver(
  saves: PendingSaves,
  voice: Voice,
  { machine, workflow }: Step,
): Promise<void> {
  if (saves.entries.length === 0) return;
  try {
    workflow.saveLater(await writePendingSaves(saves, machine.temporary));
  } catch (error) {
    voice.warn(`nothing will be saved to the cache: ${foundBy(error)}`);
  }
}
