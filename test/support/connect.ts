import { lookup } from "node:dns";
import { type Connected, connectRegistry, type RegistryInputs } from "../../src/action/connect.ts";
import { SYSTEM_CLOCK } from "../../src/action/machine.ts";
import type { Clock } from "../../src/http/clock.ts";
import type { Resolve } from "../../src/http/reaches.ts";
import type { DockerConfig } from "../../src/registry/docker-config.ts";
import { withhold as withoutSecrets } from "../../src/runner/sanitiser.ts";

export type Connection = Pick<Connected, "api" | "http"> & {
  readonly client: Connected["registry"];
  /** Every line, every warning, every secret, and every wait in milliseconds, in order. */
  readonly said: string[];
  readonly warned: string[];
  readonly masked: string[];
  readonly slept: number[];
  /** Moves the clock. */
  readonly pass: (ms: number) => void;
  readonly stop: AbortController;
};

export type ConnectOptions = Partial<
  Pick<RegistryInputs, "registryAuth" | "githubToken" | "concurrency" | "mirrors">
> & {
  readonly trustedRealms?: readonly string[];
  readonly insecureRegistries?: readonly string[];
  readonly configs?: readonly DockerConfig[];
  readonly resolve?: Resolve;
  readonly after?: Clock["after"];
  /** Called for every wait before it is over. */
  readonly onSleep?: () => void;
};

/** A client with its own clock, on which waiting takes no time. */
export function connect(options: ConnectOptions = {}): Connection {
  const said: string[] = [];
  const warned: string[] = [];
  const masked: string[] = [];
  const stop = new AbortController();
  const { clock, slept, pass } = clockOf(options);
  const voice = {
    say: (line: string) => void said.push(line),
    warn: (message: string) => void warned.push(message),
    mask: (secret: string) => void masked.push(secret),
    withhold: (text: string) => withoutSecrets(new Set(masked), text),
  };
  const machine = { environment: {}, clock, resolve: options.resolve ?? lookup };
  const { registry, api, http } = connectRegistry(
    inputsOf(options),
    { machine, voice, signal: stop.signal },
    {
      credentials: {
        configs: options.configs ?? [],
        runHelper: async () => ({ output: "", error: "no helpers here" }),
      },
    },
  );
  return { client: registry, api, http, said, warned, masked, slept, pass, stop };
}

function clockOf({ after = SYSTEM_CLOCK.after, onSleep }: ConnectOptions) {
  const slept: number[] = [];
  let time = Date.parse("2026-11-20T12:00:00Z");
  const pass = (ms: number): void => {
    time += ms;
  };
  const sleep = async (ms: number): Promise<void> => {
    slept.push(ms);
    pass(ms);
    onSleep?.();
  };
  // Deadlines use real time: no test should reach one, unless it calls them itself.
  const clock = { now: () => time, sleep, after, random: () => 0.5, cpuLoad: () => () => 0 };
  return { clock, slept, pass };
}

function inputsOf(options: ConnectOptions): RegistryInputs {
  return {
    concurrency: options.concurrency ?? 6,
    githubToken: options.githubToken ?? "",
    insecureRegistries: new Set(options.insecureRegistries),
    mirrors: options.mirrors ?? [],
    registryAuth: options.registryAuth ?? [],
    trustedRealms: new Set(options.trustedRealms),
  };
}
