import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/runner/cache-policy.ts
var CACHE_MODES = ["auto", "write", "read", "write-only", "none"];
var NOTHING = { kind: "none", restore: false, save: false };
function cachePolicy(mode, environment) {
  if (mode === "none") return { ...NOTHING, why: "" };
  const allowed = permissions(mode);
  if (environment["GITHUB_ACTIONS"] !== "true") return { kind: "directory", ...allowed, why: "" };
  if (!hasService(environment)) return { ...NOTHING, why: "there is no Actions cache service here: everything comes from registries" };
  const runner = permissions(environment["ACTIONS_CACHE_MODE"]?.trim().toLowerCase() ?? "");
  const pullRequest = mode === "auto" && (environment["GITHUB_EVENT_NAME"] ?? "").startsWith("pull_request");
  const readOnly = isReadOnly(environment["ACTIONS_RUNTIME_TOKEN"] ?? "");
  const why = pullRequest ? "pull requests do not save to the cache" : readOnly ? "this run's token may not save to the cache" : "";
  return {
    kind: "service",
    restore: allowed.restore && runner.restore,
    save: allowed.save && runner.save && !pullRequest && !readOnly,
    why
  };
}
__name(cachePolicy, "cachePolicy");
function permissions(mode) {
  return { restore: mode !== "write-only" && mode !== "none", save: mode !== "read" && mode !== "none" };
}
__name(permissions, "permissions");
function hasService(environment) {
  const server = environment["GITHUB_SERVER_URL"] || "https://github.com";
  const host = URL.canParse(server) ? new URL(server).hostname : "";
  const known = host === "github.com" || host.endsWith(".ghe.com") || host.endsWith(".localhost");
  return known && ["ACTIONS_CACHE_SERVICE_V2", "ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_TOKEN"].every((name) => environment[name]);
}
__name(hasService, "hasService");
function isReadOnly(token) {
  try {
    const { ac } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    const scopes = JSON.parse(String(ac));
    return scopes.length > 0 && scopes.every(({ Permission }) => (Permission & 2) === 0);
  } catch {
    return false;
  }
}
__name(isReadOnly, "isReadOnly");
function isPrivateRepository(event) {
  try {
    return JSON.parse(event).repository?.private === true;
  } catch {
    return false;
  }
}
__name(isPrivateRepository, "isPrivateRepository");

export {
  CACHE_MODES,
  cachePolicy,
  isPrivateRepository
};
