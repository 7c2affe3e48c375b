import type { Resolved } from "../gate/resolved.ts";
import type { ArchivedImage } from "../oci/layout.ts";
import { ArrivingStore } from "../pull/arriving-store.ts";
import type { BlobStore } from "../pull/ports.ts";
import { foreseeAll } from "../pull/pull.ts";
import { loadEarly } from "../runner/early-loads.ts";
import { type Load, loader } from "../runner/engine.ts";
import { PulledContent } from "../serve/pulled-content.ts";
import { archive } from "../store/archive.ts";
import type { Layout } from "../store/layout.ts";
import type { OpenEngine } from "./open-engine.ts";
import { OwnRegistry } from "./own-registry.ts";
import type { Step } from "./task.ts";

/** Images that are loaded into an engine while they are pulled. */
export type Loading = {
  /** What the pull must fill. */
  readonly store: BlobStore;
  /** Must be called after the pull. Loads what the engine does not have yet. */
  readonly load: Load;
  /** Ends what a pull that failed has begun. */
  readonly end: () => void;
};

/** Begins to load the images that a step is about to pull. */
export function startLoading(
  engine: OpenEngine,
  layout: Layout,
  images: readonly Resolved[],
  { inputs, machine, workflow }: Step,
): Loading {
  const { runner } = inputs;
  const { say, warn } = workflow;
  const { after } = machine.clock;
  const store = new ArrivingStore(layout);
  // Other users of this machine can connect to the server, and do not know the name.
  const repository = `registry-pull/${crypto.randomUUID()}`;
  const foreseen = foreseeAll(images, runner);
  const content = new PulledContent(repository, foreseen, store);
  const registry = new OwnRegistry(repository, content, { after, say });
  const arriving = {
    images: foreseen,
    archive: (image: ArchivedImage) => archive(content, image),
    referenceTo: registry.referenceTo.bind(registry),
  };
  const early = loadEarly(arriving, engine.store, runner).finally(() => registry.close());
  // Reported by the load; mark as handled until then.
  early.catch(() => undefined);
  const load = loader(
    { ...engine, early },
    { runner, archive: (image) => archive(layout, image), say, warn },
  );
  return {
    store,
    end: () => store.end(),
    load: (images) => {
      // What did not arrive never will.
      store.end();
      return load(images);
    },
  };
}
