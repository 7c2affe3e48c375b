// Here the parts meet: the wires (registry, store, http) behind the ports of the work (gate, pull).
// The compiler proves that they fit. A registry is a row: for a pull the cache, then other sources,
// then the client. Gate and pull ask the first of the row and do not know which one answers.
import { readFileSync } from "node:fs";
import { soughtPlatforms } from "../gate/plan.ts";
import { Downloader } from "../http/download.ts";
import { Http, type UnaddressedRequest } from "../http/http.ts";
import type { Repository } from "../oci/reference.ts";
import { MirroredRegistry } from "../pull/mirrored-registry.ts";
import type { CachePlace } from "../pull/pending-saves.ts";
import type { Registry } from "../pull/ports.ts";
import { Api } from "../registry/api.ts";
import { RegistryClient } from "../registry/client.ts";
import { Keychain, type KeychainOptions } from "../registry/credentials.ts";
import { readDockerConfigs } from "../registry/docker-config.ts";
import { registryOrigin } from "../registry/origin.ts";
import { Sessions } from "../registry/sessions.ts";
import { TokenService } from "../registry/token.ts";
import { cacheServiceVersion } from "../runner/cache-policy.ts";
import type { Inputs } from "../runner/inputs.ts";
import type { RestoringCache, SavingCache } from "../store/cache.ts";
import type { CacheCalls, CacheServiceOptions } from "../store/cache-service.ts";
import { DirectoryCache } from "../store/directory-cache.ts";
import { helperRunner } from "./helper-program.ts";
import type { Step, Task } from "./task.ts";

/** How registries are reached. */
export type RegistryInputs = Pick<
  Inputs,
  | "concurrency"
  | "githubToken"
  | "insecureRegistries"
  | "mirrors"
  | "registryAuth"
  | "trustedRealms"
>;

/** Registries, and what else goes through the same connections. */
export type Connected = {
  readonly registry: Registry;
  readonly api: Api;
  readonly http: Http;
};

/** Where credentials are found on a machine. */
export type MachineCredentials = Pick<KeychainOptions, "configs" | "runHelper">;

/** What differs from a step's own way to registries. */
export type ConnectOptions = {
  /** In place of those that the machine has. */
  readonly credentials?: MachineCredentials;
  /** True for a repository that may be asked with credentials; every one when it is absent. */
  readonly mayIdentify?: (repository: Repository) => boolean;
  /** How long the original registries are tried. */
  readonly patience?: Patience;
  /** How many answers are remembered; all of them when it is absent. */
  readonly remembers?: number;
};

/** Connects to registries, with the credentials of the machine or those that are given. */
export function connectRegistry(
  inputs: RegistryInputs,
  task: Task,
  options: ConnectOptions = {},
): Connected {
  const { machine, voice, signal } = task;
  const { clock, resolve } = machine;
  const { say, mask, withhold } = voice;
  const { concurrency, insecureRegistries, trustedRealms, registryAuth, githubToken } = inputs;
  const warn = onceEach(voice.warn);
  const http = new Http({ signal, clock, resolve, concurrency, insecureRegistries, say });
  const { mayIdentify, patience = {}, remembers } = options;
  const found = options.credentials ?? credentialsOf(task, warn);
  const keychain = new Keychain({ registryAuth, githubToken, ...found, warn, mask });
  const { now } = clock;
  const tokens = new TokenService({ http, now, trustedRealms, mask, withhold });
  const limited = mayIdentify === undefined ? keychain : limitedTo(mayIdentify, keychain);
  const sessions = new Sessions({ http, keychain: limited, tokens, now, warn });
  const api = new Api({ http, sessions, insecureRegistries, say, warn, withhold });
  const downloader = new Downloader({ clock, signal, say, parts: concurrency });
  const client = (how: Patience): RegistryClient =>
    new RegistryClient({ api: impatient(api, how), downloader, say, remembers });
  const registry = client(patience);
  const sources = client({ ...patience, ...OF_SOURCES });
  const brief = client(BRIEF);
  const { after } = clock;
  const { mirrors } = inputs;
  const mirrored = new MirroredRegistry({
    registry,
    sources,
    brief,
    mirrors,
    after,
    warn,
    say,
  });
  return { registry: mirrored, api, http };
}

/**
 * What `use` returns with connections to registries, which are opened now: while files and lock
 * file are read. They are closed at the end.
 */
export async function withRegistries<T>(
  { inputs, machine, workflow, signal }: Pick<Step, "inputs" | "machine" | "signal" | "workflow">,
  use: (connected: Connected) => Promise<T>,
): Promise<T> {
  const connected = connectRegistry(inputs, { machine, voice: workflow, signal });
  try {
    openEarly(connected, inputs);
    return await use(connected);
  } finally {
    connected.http.close();
  }
}

// A typical image with every platform: four to eight of them.
const TYPICAL_PLATFORMS = 6;

/** Opens connections to the registries of images, as many as their documents are soon asked for. */
export function openEarly(
  { http }: Pick<Connected, "http">,
  { plan, insecureRegistries, mirrors }: Pick<Inputs, "insecureRegistries" | "mirrors" | "plan">,
): void {
  // Another source may have everything.
  if (mirrors.length > 0) return;
  const counts = new Map<string, number>();
  for (const { reference, platforms } of plan.wanted) {
    const { registry } = reference;
    const sought = soughtPlatforms({ platforms }, plan.pullsFor);
    const documents = Array.isArray(sought) ? sought.length : TYPICAL_PLATFORMS;
    counts.set(registry, (counts.get(registry) ?? 0) + documents);
  }
  for (const [registry, count] of counts) {
    http.openEarly(registryOrigin(registry, insecureRegistries), count);
  }
}

/** How often a request is sent, and how long its answer may take to start. */
export type Patience = Pick<UnaddressedRequest, "attempts" | "answerWithin">;

// One retry is for a failure that passes. After that, another place is asked.
const OF_SOURCES: Patience = { attempts: 2 };
// A registry that works answers a HEAD within a second. Nothing is lost by giving up: what a brief
// request asks only informs.
const BRIEF: Patience = { attempts: 1, answerWithin: 10_000 };

/** The same API with less patience. */
function impatient(api: Api, patience: Patience): Pick<Api, "send" | "sentCredentials"> {
  return {
    send: (repository, path, wanted) =>
      api.send(repository, path, { ...patience, ...wanted, attempts: fewest(patience, wanted) }),
    sentCredentials: (registry) => api.sentCredentials(registry),
  };
}

function fewest(one: Patience, other: Patience): number | undefined {
  const attempts = one.attempts ?? other.attempts;
  return attempts && Math.min(attempts, other.attempts ?? attempts);
}

/** The same keychain, which has nothing for other repositories. */
function limitedTo(
  mayIdentify: (repository: Repository) => boolean,
  keychain: Keychain,
): Pick<Keychain, "find"> {
  return { find: async (repository) => (mayIdentify(repository) ? keychain.find(repository) : []) };
}

type Warn = (message: string) => void;

/** Passes each message on once: what holds for a registry holds for all its repositories. */
function onceEach(warn: Warn): Warn {
  const warned = new Set<string>();
  return (message) => {
    if (!warned.has(message)) warn(message);
    warned.add(message);
  };
}

function credentialsOf({ machine, signal }: Task, warn: Warn): MachineCredentials {
  const { environment, clock } = machine;
  const readFile = (path: string): string => readFileSync(path, "utf8");
  return {
    configs: readDockerConfigs(environment, readFile, warn),
    runHelper: helperRunner(environment, { after: clock.after, signal }),
  };
}

// As many as the runner's own client uses:
// https://github.com/actions/toolkit/blob/main/packages/cache/src/options.ts
const CACHE_PARTS = 8;

/** The cache to restore from. The service's client is loaded only for the service. */
export async function connectCache(
  place: CachePlace,
  http: Http,
  task: Task,
): Promise<RestoringCache> {
  if (place.kind === "directory") return directoryCache(place.path, place.size, task);
  const { machine, voice, signal } = task;
  const { clock } = machine;
  const { say, warn } = voice;
  const { ActionsCache } = await import("../store/actions-cache.ts");
  const { CacheService } = await import("../store/cache-service.ts");
  const downloader = new Downloader({ clock, signal, say, parts: CACHE_PARTS });
  const service = new CacheService(await serviceOptions(task));
  return new ActionsCache({ service, http, downloader, signal, warn, say });
}

/** The cache to save to. */
export async function connectSaves(place: CachePlace, task: Task): Promise<SavingCache> {
  if (place.kind === "directory") return directoryCache(place.path, place.size, task);
  const { ActionsCacheWriter } = await import("../store/actions-cache.ts");
  const { CacheService } = await import("../store/cache-service.ts");
  const service = new CacheService(await serviceOptions(task));
  return new ActionsCacheWriter(service);
}

function directoryCache(
  path: string,
  size: number,
  { machine, voice, signal }: Task,
): DirectoryCache {
  const { now, after, sleep } = machine.clock;
  const { say, warn } = voice;
  const time = { now, after, sleep: (ms: number) => sleep(ms, signal) };
  return new DirectoryCache(path, { size, signal, say, warn, time });
}

async function serviceOptions({ machine, voice, signal }: Task): Promise<CacheServiceOptions> {
  const { after } = machine.clock;
  const { say, warn } = voice;
  const calls = await connectCalls(machine.environment);
  return { calls, after, signal, say, warn };
}

/** The calls of the version that the service has; only their client is loaded. */
async function connectCalls(environment: NodeJS.ProcessEnv): Promise<CacheCalls> {
  if (cacheServiceVersion(environment) === 1) {
    const { OlderServiceCalls } = await import("../store/older-service-calls.ts");
    return new OlderServiceCalls();
  }
  const { ServiceCalls } = await import("../store/service-calls.ts");
  return new ServiceCalls();
}
