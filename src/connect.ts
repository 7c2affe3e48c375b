import { lookup } from "node:dns";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PullError } from "./oci/failure.ts";
import type { BlobCache, BlobDownload, Source } from "./pull/ports.ts";
import { Api, type Reached, type Wanted } from "./registry/api.ts";
import { Authenticator } from "./registry/auth.ts";
import { RegistryClient } from "./registry/client.ts";
import { helperRunner, Keychain } from "./registry/credentials.ts";
import { type Environment, readDockerConfigs } from "./registry/docker-config.ts";
import { Downloader } from "./registry/download.ts";
import { Http, type HttpAnswer } from "./registry/http.ts";
import type { Clock } from "./registry/retry.ts";
import { TokenService } from "./registry/token.ts";
import type { Inputs } from "./runner/inputs.ts";
import type { Workflow } from "./runner/workflow.ts";
import type { SignedUrls } from "./store/actions-cache.ts";
import type { Outgoing, Saved } from "./store/cache-entry.ts";
import { DirectoryCache } from "./store/directory-cache.ts";

/** What a step says and hides. */
export type Voice = Pick<Workflow, "say" | "warn" | "mask" | "withhold">;

/** Passes on the first warning and makes log lines of all others: one annotation per step. */
export function warnOnce(voice: Voice): Voice {
  let warned = false;
  const once = (message: string): void => {
    (warned ? voice.say : voice.warn)(message);
    warned = true;
  };
  return { ...voice, warn: once };
}

/** Registries, behind the ports of the work. */
export type Registries = { readonly api: Api; readonly source: Source; readonly downloads: BlobDownload };

/** The machine's own time and chance. */
export const SYSTEM_CLOCK: Clock = {
  now: Date.now,
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
  effort: () => {
    const start = performance.eventLoopUtilization();
    return () => performance.eventLoopUtilization(start).utilization;
  },
};

/** What everything that is sent or said shares: its voice, its time, and the signal that ends it. */
export type Context = { readonly voice: Voice; readonly clock: Clock; readonly signal: AbortSignal };

/** The wire to everything. Plain HTTP to `insecureRegistries` may leave this machine. */
export function openHttp(
  concurrency: number,
  { voice, clock, signal }: Context,
  insecureRegistries: ReadonlySet<string> = new Set(),
): Http {
  return new Http({ signal, clock, resolve: lookup, concurrency, insecureRegistries, say: voice.say });
}

/** Registries as these inputs and this machine reach them; here the compiler proves that the wires fit the ports. */
export function connectRegistries(http: Http, inputs: Inputs, environment: Environment, { voice, clock, signal }: Context): Registries {
  const { say, mask, withhold } = voice;
  const warned = new Set<string>();
  // What holds for a registry is found out once for each of its repositories, and worth one annotation.
  const warn = (message: string): void => {
    if (!warned.has(message)) voice.warn(message);
    warned.add(message);
  };
  const { registryAuth, githubToken, trustedRealms, insecureRegistries } = inputs;
  const configs = readDockerConfigs(environment, (path) => readFileSync(path, "utf8"), warn);
  const keychain = new Keychain({
    registryAuth,
    githubToken,
    configs,
    runHelper: helperRunner(environment, { after: clock.after, signal }),
    warn,
    mask,
  });
  const tokens = new TokenService({ http, now: clock.now, trustedRealms, mask, withhold });
  const authenticator = new Authenticator({ http, keychain, tokens, now: clock.now, warn });
  const api = new Api({ http, authenticator, insecureRegistries, say, warn, withhold });
  const downloader = new Downloader({ clock, signal, say, parts: inputs.concurrency });
  const downloads: BlobDownload = {
    download: async (image, blob, target) => {
      let isPrivate = false;
      const carried = (): void => {
        isPrivate = true;
      };
      const ask = async (wanted: Wanted): Promise<Reached> => {
        const reached = await api.ask(image, `blobs/${blob.digest}`, { ...wanted, carried });
        isPrivate ||= reached.private;
        return reached;
      };
      await downloader.download(ask, blob, target);
      return { private: isPrivate };
    },
  };
  return { api, source: new RegistryClient(api, say), downloads };
}

/** A cache that can be filled, too. */
export type Cache = BlobCache & { readonly save: (key: string, bytes: Outgoing) => Promise<Saved> };

/** The directory of the user's caches: https://specifications.freedesktop.org/basedir-spec/latest/ */
export function cachesOf(environment: Environment): string {
  return environment["XDG_CACHE_HOME"] || join(environment["HOME"] || homedir(), ".cache");
}

/** The cache of a kind; the service's client is loaded only when there is a service. */
export async function connectCache(kind: "service" | "directory", http: Http, environment: Environment, context: Context): Promise<Cache> {
  const { voice, clock, signal } = context;
  const { say, warn } = voice;
  if (kind === "directory") return new DirectoryCache(join(cachesOf(environment), "registry-pull"), warn);
  const { ActionsCache } = await import("./store/actions-cache.ts");
  return new ActionsCache({ urls: signedUrls(http, context), after: clock.after, signal, say, warn });
}

// As many as the runner's own client asks for at a time: https://github.com/actions/toolkit/blob/main/packages/cache/src/options.ts
const CACHE_PARTS = 8;

/** The service's signed URLs: no credentials but what they carry, no redirects, and never a word of their query. */
function signedUrls(http: Http, { voice, clock, signal }: Context): SignedUrls {
  const downloader = new Downloader({ clock, signal, say: voice.say, parts: CACHE_PARTS });
  // A cache that has to be asked often is no help: registries are asked instead.
  const attempts = 2;
  const ask =
    (url: URL) =>
    async (wanted: Wanted): Promise<HttpAnswer> => {
      const answer = await http.exchange({ ...wanted, url, namedBy: "user", attempts });
      if (answer.status >= 200 && answer.status < 300) return answer;
      throw new PullError(answer.status >= 500 ? "server-error" : "not-found", `${url.host} answered ${answer.status}`);
    };
  return {
    // Wrong bytes are wrong for good here: entries never change.
    download: (url, blob, target) => downloader.download(ask(url), blob, target, 0),
    get: async (url, limit) => (await ask(url)({ method: "GET", headers: {}, limit })).body,
  };
}
