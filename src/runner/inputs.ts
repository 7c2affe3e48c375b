import type { Platform } from "../oci/platform.ts";
import type { Depth, Plan } from "../pull/plan.ts";
import type { RegistryAuth } from "../registry/credentials.ts";
import { CACHE_MODES, type CacheMode } from "./cache-policy.ts";
import { readImages } from "./images.ts";
import { type Complain, listItems, readPlatforms } from "./lists.ts";

/** The environment a process was started with. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Every input and its default, as `action.yml` declares them. */
export const DEFAULTS = {
  images: "",
  platforms: "",
  verify: "manifest",
  "fail-on-missing": "true",
  "wait-timeout": "0",
  "wait-interval": "15",
  pull: "none",
  path: "",
  "cache-mode": "auto",
  "cache-min-size": "1MiB",
  "cache-max-size": "2GiB",
  "cache-private": "false",
  "cache-key-prefix": "registry-pull-v1",
  "fail-on-cache-miss": "false",
  "registry-auth": "",
  "github-token": "",
  "insecure-registries": "",
  "trusted-realms": "",
  concurrency: "6",
  timeout: "1800",
  "job-summary": "always",
} as const;

/** The name of an input, as a workflow writes it. */
export type InputName = keyof typeof DEFAULTS;

/** What a step was asked to do, checked. */
export type Inputs = {
  readonly plan: Plan;
  readonly pull: "none" | "layout" | "docker" | "podman";
  /** The layout's directory; empty for the runner's or, without a runner, the user's own. */
  readonly path: string;
  readonly cache: CacheInputs;
  /** The platform of the machine that runs the job. */
  readonly runner: Platform;
  readonly failOnMissing: boolean;
  readonly registryAuth: readonly RegistryAuth[];
  readonly githubToken: string;
  readonly insecureRegistries: ReadonlySet<string>;
  readonly trustedRealms: ReadonlySet<string>;
  /** Requests at a time per registry. */
  readonly concurrency: number;
  /** Seconds for the whole step. */
  readonly timeout: number;
  readonly jobSummary: "always" | "on-failure" | "never";
};

/** How the cache is to be used. Sizes are bytes. */
export type CacheInputs = {
  readonly mode: CacheMode;
  readonly minSize: number;
  readonly maxSize: number;
  readonly savePrivate: boolean;
  readonly keyPrefix: string;
  readonly failOnMiss: boolean;
};

/** Inputs that are not usable: every problem, and whether a summary may show them. */
export type Refused = Pick<Inputs, "jobSummary"> & { readonly problems: readonly string[] };

/** The inputs, or every problem with them: each names the input, the line where there is one, and the accepted form. */
export async function readInputs(environment: Environment, runner: Platform): Promise<Inputs | Refused> {
  const problems: string[] = [];
  const complain: Complain = (problem) => problems.push(problem);
  // A list keeps the blank lines in front, or its problems would name other lines than the user wrote.
  const list = (name: InputName): string => environment[`INPUT_${name.toUpperCase()}`] || DEFAULTS[name];
  const text = (name: InputName): string => list(name).trim() || DEFAULTS[name];
  const number = (name: InputName, least: number, most: number): number => readNumber(name, text(name), least, most, complain);
  const boolean = (name: InputName): boolean => readBoolean(name, text(name), complain);
  const platforms = readPlatforms(listItems("platforms", list("platforms")), complain) ?? [runner];
  const pull = readChoice("pull", text("pull"), ["none", "layout", "docker", "podman"], complain);
  const inputs: Inputs = {
    plan: {
      wanted: readImages(list("images"), platforms, complain),
      verify: readChoice<Depth>("verify", text("verify"), ["index", "manifest", "blobs"], complain),
      pullsFor: pull === "none" ? undefined : runner,
      waitTimeout: number("wait-timeout", 0, 86_400),
      waitInterval: number("wait-interval", 1, 3_600),
    },
    pull,
    path: readPath(text("path"), complain),
    cache: {
      mode: readChoice<CacheMode>("cache-mode", text("cache-mode"), CACHE_MODES, complain),
      minSize: readSize("cache-min-size", text("cache-min-size"), complain),
      maxSize: readSize("cache-max-size", text("cache-max-size"), complain),
      savePrivate: boolean("cache-private"),
      keyPrefix: readKeyPrefix(text("cache-key-prefix"), complain),
      failOnMiss: boolean("fail-on-cache-miss"),
    },
    runner,
    failOnMissing: boolean("fail-on-missing"),
    registryAuth: await readLogins(text("registry-auth"), complain),
    githubToken: text("github-token"),
    insecureRegistries: readHosts("insecure-registries", list("insecure-registries"), complain),
    trustedRealms: readHosts("trusted-realms", list("trusted-realms"), complain),
    concurrency: number("concurrency", 1, 64),
    timeout: number("timeout", 1, 21_600),
    jobSummary: readChoice("job-summary", text("job-summary"), ["always", "on-failure", "never"], complain),
  };
  return problems.length > 0 ? { problems, jobSummary: inputs.jobSummary } : inputs;
}

/** YAML is loaded only when it is needed: most workflows leave this input empty. */
async function readLogins(text: string, complain: Complain): Promise<readonly RegistryAuth[]> {
  if (text === "") return [];
  const { readRegistryAuth } = await import("./registry-auth.ts");
  return readRegistryAuth(text, complain);
}

function readNumber(name: InputName, text: string, least: number, most: number, complain: Complain): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    complain(`${name}: expected a whole number from ${least} to ${most}, got ${JSON.stringify(text)}`);
  return value;
}

/** YAML 1.2's spellings: https://yaml.org/spec/1.2.2/#1032-tag-resolution */
function readBoolean(name: InputName, text: string, complain: Complain): boolean {
  if (!/^(true|True|TRUE|false|False|FALSE)$/.test(text)) complain(`${name}: expected true or false, got ${JSON.stringify(text)}`);
  return text.toLowerCase() === "true";
}

function readChoice<T extends string>(name: InputName, text: string, choices: readonly [T, ...T[]], complain: Complain): T {
  const choice = choices.find((one) => one === text);
  if (choice === undefined) complain(`${name}: expected ${choices.join(", ")}, got ${JSON.stringify(text)}`);
  return choice ?? choices[0];
}

/** Outputs name the layout in lists of one a line, which other steps read. */
function readPath(text: string, complain: Complain): string {
  if (/\p{Cc}/u.test(text)) complain(`path: expected a path without control characters, got ${JSON.stringify(text)}`);
  return text;
}

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1e3, m: 1e6, g: 1e9, ki: 2 ** 10, mi: 2 ** 20, gi: 2 ** 30 };

function readSize(name: InputName, text: string, complain: Complain): number {
  const [, number = "", unit = ""] = /^(\d+) ?([kmg]i?)?b?$/i.exec(text) ?? [];
  if (number === "") complain(`${name}: expected a size like 500kB, 1MiB or 2GiB, got ${JSON.stringify(text)}`);
  return Math.min(Number(number) * (UNITS[unit.toLowerCase()] ?? 1), Number.MAX_SAFE_INTEGER);
}

/** Keys hold 512 characters and no comma; the longest part of ours after the prefix is a sha512 image entry's. */
function readKeyPrefix(text: string, complain: Complain): string {
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(text))
    complain(`cache-key-prefix: expected at most 100 letters, digits and . _ -, got ${JSON.stringify(text)}`);
  return text;
}

function readHosts(name: InputName, text: string, complain: Complain): ReadonlySet<string> {
  const hosts = listItems(name, text).map(({ where, text }) => ({ where, host: text.toLowerCase() }));
  for (const { where, host } of hosts) {
    if (!/^([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?$/.test(host))
      complain(`${where}: expected host or host:port, got ${JSON.stringify(host)}`);
  }
  return new Set(hosts.map(({ host }) => host));
}
