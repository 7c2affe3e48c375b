import { lookup } from "node:dns";
import { SYSTEM_CLOCK } from "../../src/connect.ts";
import { Api } from "../../src/registry/api.ts";
import { Authenticator } from "../../src/registry/auth.ts";
import { RegistryClient } from "../../src/registry/client.ts";
import { Keychain, type RegistryAuth } from "../../src/registry/credentials.ts";
import type { DockerConfig } from "../../src/registry/docker-config.ts";
import { Http, type HttpOptions } from "../../src/registry/http.ts";
import type { Clock } from "../../src/registry/retry.ts";
import { TokenService } from "../../src/registry/token.ts";
import { withhold as withoutSecrets } from "../../src/runner/sanitiser.ts";

export type Connection = {
  readonly client: RegistryClient;
  readonly api: Api;
  readonly http: Http;
  /** Everything said, warned of, masked, and every wait in milliseconds, in order. */
  readonly said: string[];
  readonly warned: string[];
  readonly masked: string[];
  readonly slept: number[];
  /** Moves the clock. */
  readonly pass: (ms: number) => void;
  readonly stop: AbortController;
};

export type ConnectOptions = {
  readonly registryAuth?: readonly RegistryAuth[];
  readonly githubToken?: string;
  readonly configs?: readonly DockerConfig[];
  readonly trustedRealms?: readonly string[];
  readonly insecureRegistries?: readonly string[];
  readonly concurrency?: number;
  readonly resolve?: HttpOptions["resolve"];
  readonly after?: Clock["after"];
  /** Told of every wait before it is over. */
  readonly onSleep?: () => void;
};

/** A client with its own clock, on which waiting takes no time. */
export function connect(options: ConnectOptions = {}): Connection {
  const said: string[] = [];
  const warned: string[] = [];
  const masked: string[] = [];
  const slept: number[] = [];
  const stop = new AbortController();
  let time = Date.parse("2026-11-20T12:00:00Z");
  const sleep = async (ms: number): Promise<void> => {
    slept.push(ms);
    time += ms;
    options.onSleep?.();
  };
  // Deadlines are for real: nothing here is to reach one, unless a test runs them itself.
  const after = options.after ?? SYSTEM_CLOCK.after;
  const clock = { now: () => time, sleep, after, random: () => 0.5, effort: () => () => 0 };
  const say = (line: string): void => void said.push(line);
  const warn = (line: string): void => void warned.push(line);
  const withhold = (text: string): string => withoutSecrets(new Set(masked), text);
  const mask = (secret: string): void => void masked.push(secret);
  const insecureRegistries = new Set(options.insecureRegistries);
  const http = new Http({
    signal: stop.signal,
    clock,
    resolve: options.resolve ?? lookup,
    concurrency: options.concurrency ?? 6,
    insecureRegistries,
    say,
  });
  const keychain = new Keychain({
    registryAuth: options.registryAuth ?? [],
    githubToken: options.githubToken ?? "",
    configs: options.configs ?? [],
    runHelper: async () => ({ output: "", error: "no helpers here" }),
    warn,
    mask,
  });
  const tokens = new TokenService({ http, now: clock.now, trustedRealms: new Set(options.trustedRealms), mask, withhold });
  const authenticator = new Authenticator({ http, keychain, tokens, now: clock.now, warn });
  const api = new Api({ http, authenticator, insecureRegistries, say, warn, withhold });
  const client = new RegistryClient(api, say);
  const pass = (ms: number): void => {
    time += ms;
  };
  return { client, api, http, said, warned, masked, slept, pass, stop };
}
