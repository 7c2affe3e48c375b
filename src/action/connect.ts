// Here the parts meet: the wires (registry, store, http) behind the ports of the work (gate, pull).
// The compiler proves that they fit. A registry is the client, and decorators may stand before it in
// a row: the cache, and for example a mirror behind it. Gate and pull ask the first of the row
// and do not know which one answers.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Downloader } from "../http/download.ts";
import { Http } from "../http/http.ts";
import type { CacheKind } from "../pull/pending-saves.ts";
import type { Registry } from "../pull/ports.ts";
import { Api } from "../registry/api.ts";
import { RegistryClient } from "../registry/client.ts";
import { Keychain, type KeychainOptions } from "../registry/credentials.ts";
import { readDockerConfigs } from "../registry/docker-config.ts";
import { Sessions } from "../registry/sessions.ts";
import { TokenService } from "../registry/token.ts";
import type { Inputs } from "../runner/inputs.ts";
import type { RestoringCache, SavingCache } from "../store/cache.ts";
import type { CacheServiceOptions } from "../store/cache-service.ts";
import { DirectoryCache } from "../store/directory-cache.ts";
import { helperRunner } from "./helper-program.ts";
import type { Task } from "./task.ts";

/** How registries are reached. */
export type RegistryInputs = Pick<
  Inputs,
  "concurrency" | "githubToken" | "insecureRegistries" | "registryAuth" | "trustedRealms"
>;

/** Registries, and what else goes through the same connections. */
export type Connected = {
  readonly registry: Registry;
  readonly api: Api;
  readonly http: Http;
};

/** Where credentials are found on a machine. */
export type MachineCredentials = Pick<KeychainOptions, "configs" | "runHelper">;

/** Connects to registries, with the credentials of the machine or those that are given. */
export function connectRegistry(
  inputs: RegistryInputs,
  task: Task,
  credentials?: MachineCredentials,
): Connected {
  const { machine, voice, signal } = task;
  const { clock, resolve } = machine;
  const { say, mask, withhold } = voice;
  const { concurrency, insecureRegistries, trustedRealms, registryAuth, githubToken } = inputs;
  const warn = onceEach(voice.warn);
  const http = new Http({ signal, clock, resolve, concurrency, insecureRegistries, say });
  const found = credentials ?? credentialsOf(task, warn);
  const keychain = new Keychain({ registryAuth, githubToken, ...found, warn, mask });
  const { now } = clock;
  const tokens = new TokenService({ http, now, trustedRealms, mask, withhold });
  const sessions = new Sessions({ http, keychain, tokens, now, warn });
  const api = new Api({ http, sessions, insecureRegistries, say, warn, withhold });
  const downloader = new Downloader({ clock, signal, say, parts: concurrency });
  const registry = new RegistryClient({ api, downloader, say });
  return { registry, api, http };
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

/** The user's cache directory: https://specifications.freedesktop.org/basedir-spec/latest/ */
export function cachesOf(environment: NodeJS.ProcessEnv): string {
  const home = environment["HOME"] || homedir();
  return environment["XDG_CACHE_HOME"] || join(home, ".cache");
}

// As many as the runner's own client uses:
// https://github.com/actions/toolkit/blob/main/packages/cache/src/options.ts
const CACHE_PARTS = 8;

/** The cache to restore from. The service's client is loaded only for the service. */
export async function connectCache(
  kind: CacheKind,
  http: Http,
  task: Task,
): Promise<RestoringCache> {
  if (kind === "directory") return directoryCache(task);
  const { machine, voice, signal } = task;
  const { clock } = machine;
  const { say, warn } = voice;
  const { ActionsCache } = await import("../store/actions-cache.ts");
  const { CacheService } = await import("../store/cache-service.ts");
  const downloader = new Downloader({ clock, signal, say, parts: CACHE_PARTS });
  const service = new CacheService(serviceOptions(task));
  return new ActionsCache({ service, http, downloader, signal, warn, say });
}

/** The cache to save to. */
export async function connectSaves(kind: CacheKind, task: Task): Promise<SavingCache> {
  if (kind === "directory") return directoryCache(task);
  const { ActionsCacheWriter } = await import("../store/actions-cache.ts");
  const { CacheService } = await import("../store/cache-service.ts");
  const service = new CacheService(serviceOptions(task));
  return new ActionsCacheWriter(service);
}

function directoryCache({ machine, voice, signal }: Task): DirectoryCache {
  const path = join(cachesOf(machine.environment), "registry-pull");
  return new DirectoryCache(path, { signal, warn: voice.warn });
}

function serviceOptions({ machine, voice, signal }: Task): CacheServiceOptions {
  return {
    after: machine.clock.after,
    signal,
    say: voice.say,
    warn: voice.warn,
  };
}
