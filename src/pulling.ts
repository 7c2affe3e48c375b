import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cachesOf, connectCache, type openHttp, type Registries, warnOnce } from "./connect.ts";
import { foundBy } from "./oci/failure.ts";
import type { PendingSaves } from "./pull/pending.ts";
import { asProblem, type Outcome, problemsOf, type Resolved } from "./pull/plan.ts";
import type { BlobDownload } from "./pull/ports.ts";
import { pull } from "./pull/pull.ts";
import { CachedSource, type CachedSourceOptions, keysUnder, restorer } from "./pull/restore.ts";
import { type SavePolicy, toPendingSaves, whyNotSaved } from "./pull/save.ts";
import type { Wires } from "./pull/transfer.ts";
import { cachePolicy, isPrivateRepository } from "./runner/cache-policy.ts";
import { engineRunner, type Load, loader } from "./runner/engine.ts";
import { writePendingSaves } from "./runner/handoff.ts";
import type { Environment, Inputs } from "./runner/inputs.ts";
import { sayPulled } from "./runner/log.ts";
import { startProgress } from "./runner/progress.ts";
import type { Workflow } from "./runner/workflow.ts";
import type { Machine } from "./step.ts";
import { archive } from "./store/archive.ts";
import { BUNDLE_LIMIT, fromBundle } from "./store/bundle.ts";
import { wrongEntry } from "./store/cache-entry.ts";
import { Layout } from "./store/layout.ts";

/** A step under way. */
export type Step = {
  readonly inputs: Inputs;
  readonly machine: Machine;
  readonly workflow: Workflow;
  readonly http: ReturnType<typeof openHttp>;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly started: number;
};

/** Registries with the cache before them, and what may be saved. */
export type Caching = {
  readonly source: CachedSource;
  readonly downloads: BlobDownload;
  readonly restore: Wires["restore"];
  readonly saves: SavePolicy | undefined;
  /** For problems with the cache: one warning per step, the others go to the log. */
  readonly warn: (message: string) => void;
};

/** The cache that this step may use, before the registries; without one, the registries alone. */
export async function openCache({ source, downloads }: Registries, { inputs, machine, workflow, http, signal }: Step): Promise<Caching> {
  const { minSize, maxSize, savePrivate, keyPrefix, mode } = inputs.cache;
  const { environment, clock } = machine;
  const event = readEvent(environment);
  const { kind, restore, save, why } = cachePolicy(mode, environment, event);
  if (why !== "") workflow.say(why);
  const keys = keysUnder(keyPrefix);
  const voice = warnOnce(workflow);
  const cache = kind === "none" || !restore ? undefined : await connectCache(kind, http, environment, { voice, clock, signal });
  const fetch: CachedSourceOptions["fetch"] = async (key) => {
    const bundle = await cache?.fetch(key, BUNDLE_LIMIT);
    if (bundle === undefined) return new Map();
    return fromBundle(bundle, signal).catch((error: Error) => {
      signal.throwIfAborted();
      voice.warn(wrongEntry(key, foundBy(error)));
      return new Map();
    });
  };
  const mayShare = savePrivate || kind === "directory" || isPrivateRepository(event);
  return {
    source: new CachedSource(source, { fetch, keys, wanted: inputs.plan.wanted, warn: workflow.warn }),
    downloads,
    restore: cache === undefined ? async () => false : restorer(cache, keys, minSize),
    warn: voice.warn,
    saves: kind === "none" || !save ? undefined : { kind, keys, least: minSize, most: maxSize, savePrivate: mayShare },
  };
}

function readEvent(environment: Environment): string {
  const path = environment["GITHUB_EVENT_PATH"];
  try {
    return path ? readFileSync(path, "utf8") : "";
  } catch {
    return "";
  }
}

/**
 * Pulls the images that have no problem into the layout, loads them where an engine is wanted, and
 * leaves for later what the cache is to get. A layout or an engine that cannot be used is a problem
 * of every image.
 */
export async function pullAndLoad(images: readonly Resolved[], caching: Caching, step: Step): Promise<Outcome> {
  const { source, saves } = caching;
  const { inputs, machine, workflow, signal } = step;
  const progress = startProgress(workflow.say);
  try {
    const sleep = (ms: number): Promise<unknown> => machine.clock.sleep(ms, signal).catch(() => signal.throwIfAborted());
    const time = { ...machine.clock, sleep };
    const store = await Layout.open(inputs.path || defaultLayout(machine.environment), time);
    const load = loaderFor(store, step);
    const { concurrency, runner, plan } = inputs;
    const patience = { until: step.started + plan.waitTimeout * 1_000, interval: plan.waitInterval * 1_000 };
    const options = { ...time, concurrency, progress, runner, signal, patience };
    const outcome = await pull(images, { ...caching, store, restored: (blob) => source.restored(blob) }, options);
    progress.stop();
    if (outcome.pulled !== undefined) sayPulled(workflow, outcome.pulled);
    if (saves !== undefined) {
      await saveLater(toPendingSaves(outcome, source, saves), caching.warn, step);
      for (const image of outcome.images) {
        const why = whyNotSaved(image, outcome.pulled, saves);
        if (why !== undefined) workflow.say(why);
      }
    }
    return await loaded(outcome, load);
  } catch (error) {
    // A layout that cannot be written: no image of the step is where it was wanted.
    return { images: images.map((image) => withFailure(image, error)), pulled: undefined };
  } finally {
    progress.stop();
  }
}

/**
 * The layout's directory where the input names none: under the runner's temporary directory or, without
 * a runner, one that only this user can enter. Other users can write to a machine's temporary directory.
 */
function defaultLayout(environment: Environment): string {
  const temporary = environment["RUNNER_TEMP"];
  if (temporary) return join(temporary, "registry-pull");
  const path = join(cachesOf(environment), "registry-pull-layout");
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch {
    // The layout fails to open then, and says why.
  }
  return path;
}

/** The outcome once the engine has the images: what it refused are problems of those, and without an engine of all. */
async function loaded(outcome: Outcome, load: Load | undefined): Promise<Outcome> {
  if (load === undefined || outcome.pulled === undefined) return outcome;
  try {
    const failures = await load(outcome.pulled);
    const images = outcome.images.map((image) => withFailure(image, failures.get(image.wanted.name)));
    return { ...outcome, images };
  } catch (error) {
    return { ...outcome, images: outcome.images.map((image) => withFailure(image, error)) };
  }
}

/** The image with a failure as its problem, unless it has one before; a bug goes on as an exception. */
function withFailure(image: Resolved, error: unknown): Resolved {
  if (error === undefined || problemsOf(image).length > 0) return image;
  return { ...image, problem: asProblem(error, image.wanted.written) };
}

/** Writes what the post step is to save. An error is a warning: the cache fails no step. */
async function saveLater(saves: PendingSaves, warn: Caching["warn"], { machine, workflow }: Step): Promise<void> {
  if (saves.entries.length === 0) return;
  try {
    workflow.saveLater(await writePendingSaves(saves, machine.temporary));
  } catch (error) {
    warn(`nothing will be saved to the cache: ${foundBy(error)}`);
  }
}

function loaderFor(layout: Layout, { inputs, machine, workflow, signal }: Step): Load | undefined {
  if (inputs.pull !== "docker" && inputs.pull !== "podman") return undefined;
  const { say, warn } = workflow;
  const run = engineRunner(machine.environment, { after: machine.clock.after, signal });
  return loader(inputs.pull, { runner: inputs.runner, archive: (image) => archive(layout, image), run, say, warn });
}
