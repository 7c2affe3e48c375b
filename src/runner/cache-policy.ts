/** The values of the input `cache-mode`. */
export const CACHE_MODES = ["auto", "write", "read", "write-only", "none"] as const;

/** How to use the cache. `auto` restores, and saves unless a stranger can trigger the event. */
export type CacheMode = (typeof CACHE_MODES)[number];

/** Which cache a step uses, and what it may do with it. */
export type CachePolicy = {
  /** The Actions service, a directory of the user when no runner runs the step, or none. */
  readonly kind: "service" | "directory" | "none";
  readonly restore: boolean;
  readonly save: boolean;
  /** A log line about what the inputs ask for and the step does not do; may be empty. */
  readonly why: string;
};

const NO_CACHE = {
  kind: "none",
  restore: false,
  save: false,
} as const;
const NO_SERVICE = "there is no Actions cache service here: everything comes from registries";
const NO_PERMISSION = "this run's token may not save to the cache";

/**
 * The policy for an input in an environment. `event` is the JSON of the event that triggered the
 * workflow. The strictest of the input, the runner's `ACTIONS_CACHE_MODE`, the token and, with
 * `auto`, the event decides.
 */
export function cachePolicy(
  mode: CacheMode,
  environment: NodeJS.ProcessEnv,
  event: string,
): CachePolicy {
  if (mode === "none") return { ...NO_CACHE, why: "" };
  if (environment["GITHUB_ACTIONS"] !== "true") {
    return { kind: "directory", ...permissions(mode), why: "" };
  }
  if (!hasService(environment)) return { ...NO_CACHE, why: NO_SERVICE };
  return servicePolicy(mode, environment, event);
}

function servicePolicy(
  mode: CacheMode,
  environment: NodeJS.ProcessEnv,
  event: string,
): CachePolicy {
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
  const name = environment["GITHUB_EVENT_NAME"] ?? "";
  const strangers = mode === "auto" && isStrangers(name, event);
  if (strangers) return fromStrangers(name);
  const token = environment["ACTIONS_RUNTIME_TOKEN"] ?? "";
  return isReadOnly(token) ? NO_PERMISSION : "";
}

function fromStrangers(event: string): string {
  const found = `${event} can be triggered by a stranger: nothing is saved to the cache`;
  return `${found}; cache-mode: write saves on any event`;
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

const SERVICE_VARIABLES = [
  "ACTIONS_CACHE_SERVICE_V2",
  "ACTIONS_RESULTS_URL",
  "ACTIONS_RUNTIME_TOKEN",
] as const;

/** True with version 2 of the cache service, which GitHub Enterprise Server does not have. */
function hasService(environment: NodeJS.ProcessEnv): boolean {
  const server = environment["GITHUB_SERVER_URL"] || "https://github.com";
  const isSet = SERVICE_VARIABLES.every((name) => environment[name]);
  return isSet && isCloud(server);
}

function isCloud(server: string): boolean {
  if (!URL.canParse(server)) return false;
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

/** True when the repository is known to be private: only its own readers can read its cache. */
export function isPrivateRepository(event: string): boolean {
  return readEvent(event).repository?.private === true;
}
