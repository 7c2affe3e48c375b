/** The values of the input `cache-mode`. */
export const CACHE_MODES = ["auto", "write", "read", "write-only", "none"] as const;

/** How to use the cache. `auto` restores, and saves unless a stranger can trigger the event. */
export type CacheMode = (typeof CACHE_MODES)[number];

/** Which cache a step uses, and what it may do with it. */
export type CachePolicy = {
  /** The Actions service; a directory of a self-hosted runner, or of a user without one; none. */
  readonly kind: "service" | "directory" | "none";
  readonly restore: boolean;
  readonly save: boolean;
  /** A log line about what the inputs ask for and the step does not do; may be empty. */
  readonly why: string;
};

/** What a summary says about the cache. */
export type CacheUse = Pick<CachePolicy, "restore" | "why">;

const NO_CACHE = {
  kind: "none",
  restore: false,
  save: false,
} as const;
const NO_SERVICE = "there is no Actions cache service here: everything comes from registries";
const NO_PERMISSION = "this run's token may not save to the cache";
const IN_PULL_REQUEST =
  "Not saved: this is a pull request. The next run on the default branch fills the cache.";
const OTHER_EVENTS = "A run for a push or a schedule fills the cache.";
const NO_DIRECTORY =
  "cache-directory is not used: the disk of a GitHub-hosted runner is gone after the job";

/**
 * The policy for an input in an environment. `event` is the JSON of the event that triggered the
 * workflow, `directory` the input `cache-directory`; it takes the service's place on a self-hosted
 * runner. The strictest of the input, with `auto` the event and, for the service, the runner's
 * `ACTIONS_CACHE_MODE` and the token decides.
 */
export function cachePolicy(
  mode: CacheMode,
  environment: NodeJS.ProcessEnv,
  event: string,
  directory: string,
): CachePolicy {
  if (mode === "none") return { ...NO_CACHE, why: "" };
  if (!isOnRunner(environment)) return { kind: "directory", ...permissions(mode), why: "" };
  if (directory === "") return servicePolicy(mode, environment, event);
  if (environment["RUNNER_ENVIRONMENT"] !== "github-hosted") {
    return directoryPolicy(mode, environment, event);
  }
  const policy = servicePolicy(mode, environment, event);
  const why = policy.why === "" ? NO_DIRECTORY : `${NO_DIRECTORY}; ${policy.why}`;
  return { ...policy, why };
}

function isOnRunner(environment: NodeJS.ProcessEnv): boolean {
  return environment["GITHUB_ACTIONS"] === "true";
}

/**
 * `ACTIONS_CACHE_MODE` and the token do not count: GitHub states them for its own service, and a
 * server without that service states neither.
 */
function directoryPolicy(
  mode: CacheMode,
  environment: NodeJS.ProcessEnv,
  event: string,
): CachePolicy {
  const { restore, save } = permissions(mode);
  const why = whyStrangers(mode, environment, event);
  return { kind: "directory", restore, save: save && why === "", why };
}

function servicePolicy(
  mode: CacheMode,
  environment: NodeJS.ProcessEnv,
  event: string,
): CachePolicy {
  if (cacheServiceVersion(environment) === undefined) return { ...NO_CACHE, why: NO_SERVICE };
  const allowed = permissions(mode);
  const runnerMode = environment["ACTIONS_CACHE_MODE"] ?? "";
  const runner = permissions(runnerMode.trim().toLowerCase());
  const why = whyNotSaved(mode, environment, event);
  return {
    kind: "service",
    restore: allowed.restore && runner.restore,
    save: allowed.save && runner.save && why === "",
    why,
  };
}

/** Why the event or the token forbids to save; empty when neither does. */
function whyNotSaved(mode: CacheMode, environment: NodeJS.ProcessEnv, event: string): string {
  const strangers = whyStrangers(mode, environment, event);
  if (strangers !== "") return strangers;
  const token = environment["ACTIONS_RUNTIME_TOKEN"] ?? "";
  return isReadOnly(token) ? NO_PERMISSION : "";
}

/** Why the event forbids to save; empty when it does not. */
function whyStrangers(mode: CacheMode, environment: NodeJS.ProcessEnv, event: string): string {
  const name = environment["GITHUB_EVENT_NAME"] ?? "";
  if (mode !== "auto" || !isStrangers(name, event)) return "";
  if (name.startsWith("pull_request")) return IN_PULL_REQUEST;
  return `Not saved: a stranger can trigger the event ${name}. ${OTHER_EVENTS}`;
}

// Events that any user can trigger in a public repository, with code or text of their own:
// https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows
const STRANGERS_EVENT = /^(pull_request|issue|discussion)|^(fork|watch|gollum)$/;

/**
 * True for an event that a stranger can trigger. For the event `workflow_run`, the event and the
 * code of that run decide.
 */
function isStrangers(name: string, event: string): boolean {
  if (name !== "workflow_run") return STRANGERS_EVENT.test(name);
  const { repository, workflow_run: run } = readEvent(event);
  const head = run?.head_repository?.full_name;
  const isOwnCode = head !== undefined && head === repository?.full_name;
  return !isOwnCode || STRANGERS_EVENT.test(run?.event ?? "");
}

/**
 * The fields of an event that are read here:
 * https://docs.github.com/webhooks/webhook-events-and-payloads#workflow_run
 */
type Event = {
  readonly repository?: { readonly private?: unknown; readonly full_name?: string };
  readonly workflow_run?: {
    readonly event?: string;
    readonly head_repository?: { readonly full_name?: string } | null;
  };
};

/** The event in the text of the runner's event file; empty when the text is not JSON. */
function readEvent(event: string): Event {
  try {
    return (JSON.parse(event) as Event | null) ?? {};
  } catch {
    return {};
  }
}

type Permissions = Pick<CachePolicy, "restore" | "save">;

/** GitHub uses the same words. An unknown word permits everything, as in `@actions/cache`. */
function permissions(mode: string): Permissions {
  return {
    restore: mode !== "write-only" && mode !== "none",
    save: mode !== "read" && mode !== "none",
  };
}

/**
 * The version of the cache service that the environment names, by the rule of `@actions/cache`;
 * undefined without a service. GitHub Enterprise Server and nektos/act have version 1.
 */
export function cacheServiceVersion(environment: NodeJS.ProcessEnv): 1 | 2 | undefined {
  const server = environment["GITHUB_SERVER_URL"] || "https://github.com";
  if (!environment["ACTIONS_RUNTIME_TOKEN"] || !URL.canParse(server)) return undefined;
  if (environment["ACTIONS_CACHE_SERVICE_V2"] && isCloud(server)) {
    return environment["ACTIONS_RESULTS_URL"] ? 2 : undefined;
  }
  return environment["ACTIONS_CACHE_URL"] ? 1 : undefined;
}

function isCloud(server: string): boolean {
  const { hostname } = new URL(server);
  if (hostname === "github.com") return true;
  return hostname.endsWith(".ghe.com") || hostname.endsWith(".localhost");
}

// The bit of permission to write.
const WRITE = 2;

/** The field of the token that is read here: JSON, a list of scopes. */
type TokenFields = { readonly ac?: unknown };

type Scope = { readonly Permission: number };

/** True when no scope of the token permits to write; false when the token cannot be read. */
function isReadOnly(token: string): boolean {
  const [, payload = ""] = token.split(".");
  try {
    const json = Buffer.from(payload, "base64url").toString();
    const { ac } = JSON.parse(json) as TokenFields;
    const scopes = JSON.parse(String(ac)) as readonly Scope[];
    if (scopes.length === 0) return false;
    return scopes.every(({ Permission }) => (Permission & WRITE) === 0);
  } catch {
    return false;
  }
}

/**
 * True when only those can read the cache of this run who can read its private images: without a
 * runner it is the user's own directory, on a runner the repository must be private. Otherwise
 * private content is saved or used despite a refusal only with `cache-private`.
 */
export function isPrivateScope(environment: NodeJS.ProcessEnv, event: string): boolean {
  return !isOnRunner(environment) || isPrivateRepository(event);
}

/** True when the repository is known to be private: only its own readers can read its cache. */
export function isPrivateRepository(event: string): boolean {
  return readEvent(event).repository?.private === true;
}
