import { rmSync } from "node:fs";
import { startRegistry } from "../test/e2e/parts.ts";
import { CacheService } from "../test/support/cache-service.ts";
import { Pusher } from "./images.ts";
import { type Network, slowNetwork } from "./network.ts";

/** What all rows share: the servers, and a directory for files. */
export type Setup = {
  /** For files that are kept until all rows are measured. */
  readonly directory: string;
  readonly pusher: Pusher;
  readonly cache: CacheService;
  /** Puts a slow network in front of a loopback port. Resolves to the port of the network. */
  readonly slowDown: (port: number, network: Network) => Promise<number>;
  readonly stop: () => Promise<void>;
};

/** Starts a registry and a cache service on loopback. Fails without docker-registry. */
export async function openSetup(directory: string): Promise<Setup> {
  const registry = await startRegistry("bench");
  const cache = await CacheService.start();
  const stops: (() => Promise<void>)[] = [];
  const slowDown = async (port: number, network: Network): Promise<number> => {
    const proxy = await slowNetwork(port, network);
    stops.push(proxy.stop);
    return proxy.port;
  };
  const stop = async (): Promise<void> => {
    for (const stopProxy of stops) await stopProxy();
    await cache.stop();
    await registry.stop();
    rmSync(registry.storage, { recursive: true, force: true });
  };
  const pusher = new Pusher(registry.host);
  return { directory, pusher, cache, slowDown, stop };
}
