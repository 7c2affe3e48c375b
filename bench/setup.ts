import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type RealRegistry, startRegistry } from "../test/e2e/parts.ts";
import { CacheService } from "../test/support/cache-service.ts";
import { Pusher } from "./images.ts";
import { type Network, slowNetwork } from "./network.ts";

/** What runs until it is stopped. */
export type Stoppable = { readonly stop: () => Promise<void> };

/** What all rows share: the servers, and a directory for files. */
export type Setup = {
  /** For files that are kept until all rows are measured. */
  readonly directory: string;
  readonly pusher: Pusher;
  readonly cache: CacheService;
  /** Puts a slow network in front of a loopback port. Resolves to the port of the network. */
  readonly slowDown: (port: number, network: Network) => Promise<number>;
  /** Resolves to what starts. {@link stop} stops it, even if it has not started completely. */
  readonly own: <T extends Stoppable>(starting: Promise<T>) => Promise<T>;
  /** Stops everything, once. */
  readonly stop: () => Promise<void>;
};

// An engine without containers ends within two seconds.
const STOP_MS = 10_000;

/** Starts a registry and a cache service on loopback. Fails without docker-registry. */
export async function openSetup(directory: string): Promise<Setup> {
  const owned: Promise<Stoppable>[] = [];
  const own = <T extends Stoppable>(starting: Promise<T>): Promise<T> => {
    owned.push(starting);
    return starting;
  };
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= stopAll(owned);
    return stopped;
  };
  const registry = await own(startStorage());
  const cache = await own(CacheService.start());
  const slowDown = async (port: number, network: Network): Promise<number> => {
    const proxy = await own(slowNetwork(port, network));
    return proxy.port;
  };
  const pusher = new Pusher(registry.host);
  return { directory, pusher, cache, slowDown, own, stop };
}

/** The registry of the bench. When it stops, its storage is removed. */
async function startStorage(): Promise<RealRegistry> {
  const registry = await startRegistry("bench");
  const stop = async (): Promise<void> => {
    await registry.stop();
    rmSync(registry.storage, { recursive: true, force: true });
  };
  return { ...registry, stop };
}

async function stopAll(owned: readonly Promise<Stoppable>[]): Promise<void> {
  const stops = owned.map(async (starting) => {
    // A start that failed has been reported, and has left nothing.
    const started = await starting.catch(() => undefined);
    // What a signal has ended already may never report its end.
    await Promise.race([started?.stop(), sleep(STOP_MS, undefined, { ref: false })]);
  });
  const ended = await Promise.allSettled(stops);
  for (const end of ended) {
    if (end.status === "rejected") console.error(end.reason);
  }
}
