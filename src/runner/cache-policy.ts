import type { Environment } from "../registry/docker-config.ts";

/** What the input `cache-mode` may say. */
export const CACHE_MODES = ["auto", "write", "read", "write-only", "none"] as const;

/** How the cache is to be used; `auto` restores always, and saves unless a stranger may be behind the event. */
export type CacheMode = (typeof CACHE_MODES)[number];

/** Which cache there is, and what may be done with it. */
export type CachePolicy = {
  /** The Actions service, a directory of the user's where there is no runner, or none. */
  readonly kind: "service" | "directory" | "none";
  readonly restore: boolean;
  readonly save: boolean;
  /** Why something is not done, in a line for the log; empty when nothing is amiss. */
  readonly why: string;
};

const NOTHING = { kind: "none", restore: false, save: false } as const;

/**
 * The policy of a mode on a machine, for the event that `event` holds as JSON: the stricter of the
 * input, the runner's `ACTIONS_CACHE_MODE` and the token decides.
 */
export function cachePolicy(mode: CacheMode, environment: Environment, event: string): CachePolicy {
  if (mode === "none") return { ...NOTHING, why: "" };
  const allowed = permissions(mode);
  if (environment["GITHUB_ACTIONS"] !== "true") return { kind: "directory", ...allowed, why: "" };
  if (!hasService(environment)) return { ...NOTHING, why: "there is no Actions cache service here: everything comes from registries" };
  const runner = permissions(environment["ACTIONS_CACHE_MODE"]?.trim().toLowerCase() ?? "");
  const name = environment["GITHUB_EVENT_NAME"] ?? "";
  const strangers = mode === "auto" && isStrangers(name, event);
  const readOnly = isReadOnly(environment["ACTIONS_RUNTIME_TOKEN"] ?? "");
  const why = strangers
    ? `${name} can be triggered by a stranger: nothing is saved to the cache; cache-mode: write saves on any event`
    : readOnly
      ? "this run's token may not save to the cache"
      : "";
  return {
    kind: "service",
    restore: allowed.restore && runner.restore,
    save: allowed.save && runner.save && !strangers && !readOnly,
    why,
  };
}

// What everybody can trigger in a public repository, with code or text of their own:
// https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows
const STRANGERS_EVENT = /^(pull_request|issue|discussion)|^(fork|watch|gollum)$/;

/** True for an event that a stranger can trigger; a workflow's run is as its own event and code are. */
function isStrangers(name: string, event: string): boolean {
  if (name !== "workflow_run") return STRANGERS_EVENT.test(name);
  const { repository, workflow_run: run } = readEvent(event);
  const head = run?.head_repository?.full_name;
  return head === undefined || head !== repository?.full_name || STRANGERS_EVENT.test(run?.event ?? "");
}

/** The parts of an event that count here: https://docs.github.com/webhooks/webhook-events-and-payloads#workflow_run */
type Event = {
  readonly repository?: { readonly private?: unknown; readonly full_name?: string };
  readonly workflow_run?: {
    readonly event?: string;
    readonly head_repository?: { readonly full_name?: string } | null;
  };
};

/** The event in a runner's event file; empty where that cannot be read. */
function readEvent(event: string): Event {
  try {
    return (JSON.parse(event) as Event | null) ?? {};
  } catch {
    return {};
  }
}

/** The words are GitHub's; what is not one of them permits everything, as in `@actions/cache`. */
function permissions(mode: string): { restore: boolean; save: boolean } {
  return { restore: mode !== "write-only" && mode !== "none", save: mode !== "read" && mode !== "none" };
}

/** Version 2 of the service; GitHub Enterprise Server has none. */
function hasService(environment: Environment): boolean {
  const server = environment["GITHUB_SERVER_URL"] || "https://github.com";
  const host = URL.canParse(server) ? new URL(server).hostname : "";
  const known = host === "github.com" || host.endsWith(".ghe.com") || host.endsWith(".localhost");
  return known && ["ACTIONS_CACHE_SERVICE_V2", "ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_TOKEN"].every((name) => environment[name]);
}

/** The token's own list of scopes, 2 being permission to write; a token that cannot be read says nothing. */
function isReadOnly(token: string): boolean {
  try {
    const { ac } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { ac?: unknown };
    const scopes = JSON.parse(String(ac)) as readonly { readonly Permission: number }[];
    return scopes.length > 0 && scopes.every(({ Permission }) => (Permission & 2) === 0);
  } catch {
    return false;
  }
}

/** True when the repository is known to be private: what its cache holds, only its own readers see. */
export function isPrivateRepository(event: string): boolean {
  return readEvent(event).repository?.private === true;
}
