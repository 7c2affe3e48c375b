import type { Digest } from "../oci/digest.ts";
import { DOCUMENT_BYTES } from "../oci/document.ts";
import { repositoryName } from "../oci/reference.ts";
import { CachedRegistry } from "../pull/cached-registry.ts";
import { mirroredRepositories } from "../pull/mirrors.ts";
import type { PendingSaves } from "../pull/pending-saves.ts";
import type { BlobCache } from "../pull/ports.ts";
import type { SavePolicy } from "../pull/save-plan.ts";
import { Contents } from "../serve/contents.ts";
import { Flights } from "../serve/flights.ts";
import { JobRegistry } from "../serve/job-registry.ts";
import { NamedImages } from "../serve/named.ts";
import type { InLayout } from "../serve/pulled-images.ts";
import { Receipt } from "../serve/receipt.ts";
import { planServedSaves } from "../serve/served-saves.ts";
import type { ServerConfig } from "../serve/server-config.ts";
import { Tags } from "../serve/tags.ts";
import { Layout } from "../store/layout.ts";
import { usedCache } from "./cache.ts";
import { type Connected, connectRegistry, type Patience } from "./connect.ts";
import { layoutOf } from "./directories.ts";
import type { Step } from "./task.ts";

/** The job's registry, connected. */
export type OpenJobRegistry = {
  readonly backend: JobRegistry;
  readonly receipt: Receipt;
  /** What the post step should save; undefined when it may save nothing. */
  readonly saves: () => Promise<PendingSaves | undefined>;
  /** Ends what is under way, and resolves when no temporary file of it is left. */
  readonly close: () => Promise<void>;
};

// A client has an upstream of its own to ask, and should not wait for long before it does.
const PATIENCE: Patience = { attempts: 2, answerWithin: 20_000 };
// Documents are in the layout, so little is gained by more.
const REMEMBERED = 32;

/** Connects the job's registry to the layout, the cache and the registries of a step. */
export async function openJobRegistry(config: ServerConfig, step: Step): Promise<OpenJobRegistry> {
  const { inputs, machine, workflow } = step;
  const { now } = machine.clock;
  const { say } = workflow;
  const connected = connectUpstream(config, step);
  const { saves, ...here } = await openHere(connected, step);
  const { confirmed, store, restored } = here;
  const contents = new Contents();
  const receipt = new Receipt(now);
  const flights = new Flights({ registry: confirmed, store, now, say });
  const backend = new JobRegistry({
    ...here,
    upstream: connected.registry,
    flights,
    contents,
    named: new NamedImages(config.images, inputs.serve?.only ?? false),
    tags: new Tags({ now, isOwn, say }),
    receipt,
    // A large blob may be restored before a client asks for it.
    isRestored: (digest) =>
      restored.has(digest) || flights.transfers.get(digest)?.origin === "cache",
    runner: inputs.runner,
  });
  backend.confirm(config.images);
  const served = { ...here, contents, runner: inputs.runner };
  return {
    backend,
    receipt,
    saves: async () => saves && planServedSaves({ ...served, transfers: flights.transfers }, saves),
    close: async () => {
      connected.http.close();
      await flights.settled();
    },
  };
}

/** Layout and cache, and the registries behind them. */
type Here = {
  readonly store: Layout;
  readonly inLayout: InLayout;
  /** What entries of the cache put into the layout. */
  readonly restored: ReadonlySet<Digest>;
  readonly saves: SavePolicy | undefined;
  readonly confirmed: CachedRegistry;
  readonly asking: CachedRegistry;
};

/** Opens the layout and the cache, and puts them in front of registries. */
async function openHere({ registry, http }: Connected, step: Step): Promise<Here> {
  const { inputs, machine, signal } = step;
  const { clock, environment } = machine;
  const sleep = (ms: number): Promise<unknown> => clock.sleep(ms, signal);
  const store = await Layout.open(layoutOf(inputs.path, environment), { ...clock, sleep });
  const inLayout: InLayout = (digest) => store.readSmall(digest, DOCUMENT_BYTES);
  const { cache, keys, reliance, saves } = await usedCache(http, step);
  const restored = new Set<Digest>();
  const options = { cache: unpacking(cache, store, restored), keys, inLayout };
  const asking = new CachedRegistry(registry, { ...options, reliance });
  const sure = { ...reliance, confirms: false };
  const confirmed = new CachedRegistry(registry, { ...options, reliance: sure });
  return { store, inLayout, restored, saves, confirmed, asking };
}

/** Connects to registries: with credentials only for what the step and its lock file name. */
function connectUpstream({ repositories }: ServerConfig, step: Step): Connected {
  const { inputs, machine, workflow, signal } = step;
  const named = mirroredRepositories(repositories, inputs.mirrors);
  const task = { machine, voice: workflow, signal };
  return connectRegistry(inputs, task, {
    mayIdentify: (repository) => named.has(repositoryName(repository)),
    patience: PATIENCE,
    remembers: REMEMBERED,
  });
}

/** True for a registry that the job itself may run, and push to: `localhost:5000`. */
function isOwn(registry: string): boolean {
  return /^(.+\.)?localhost(:\d+)?$/.test(registry);
}

/** A cache whose bundles go into the layout, and not into memory: this process lives long. */
function unpacking(cache: BlobCache, store: Layout, restored: Set<Digest>): BlobCache {
  return {
    restore: (key, blob, target) => cache.restore(key, blob, target),
    bundle: async (key) => {
      for (const [digest, bytes] of await cache.bundle(key)) {
        await store.put(digest, bytes);
        restored.add(digest);
      }
      return new Map();
    },
  };
}
