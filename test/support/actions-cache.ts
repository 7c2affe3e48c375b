import { lookup } from "node:dns";
import { SYSTEM_CLOCK } from "../../src/action/machine.ts";
import { Downloader } from "../../src/http/download.ts";
import { Http } from "../../src/http/http.ts";
import { ActionsCache, ActionsCacheWriter } from "../../src/store/actions-cache.ts";
import { CacheService, type CacheServiceOptions } from "../../src/store/cache-service.ts";
import { ServiceCalls } from "../../src/store/service-calls.ts";

/** The Actions cache of this process's environment, and its messages in order. */
export type OpenedCache = {
  readonly service: CacheService;
  readonly restoring: ActionsCache;
  readonly saving: ActionsCacheWriter;
  readonly said: string[];
  readonly warned: string[];
};

/** Opens the Actions cache as a step does, with another deadline, signal or service where given. */
export function openActionsCache(
  options: Partial<Pick<CacheServiceOptions, "after" | "calls" | "signal">> = {},
): OpenedCache {
  const said: string[] = [];
  const warned: string[] = [];
  const { after = SYSTEM_CLOCK.after, signal = new AbortController().signal } = options;
  const { calls = new ServiceCalls() } = options;
  const say = (line: string): void => void said.push(line);
  const warn = (message: string): void => void warned.push(message);
  // Retries of a download wait no time.
  const clock = { ...SYSTEM_CLOCK, sleep: async () => undefined };
  const service = new CacheService({ calls, after, signal, say, warn });
  const insecureRegistries = new Set<string>();
  const http = new Http({
    signal,
    clock,
    resolve: lookup,
    concurrency: 1,
    insecureRegistries,
    say: () => undefined,
  });
  const downloader = new Downloader({ clock, signal, say: () => undefined, parts: 1 });
  const restoring = new ActionsCache({ service, http, downloader, signal, say, warn });
  return { service, restoring, saving: new ActionsCacheWriter(service), said, warned };
}
