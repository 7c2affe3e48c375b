import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/runner/cache-policy.ts
var CACHE_MODES = ["auto", "write", "read", "write-only", "none"];
var NO_CACHE = {
  kind: "none",
  restore: false,
  save: false
};
var NO_SERVICE = "there is no Actions cache service here: everything comes from registries";
var NO_PERMISSION = "this run's token may not save to the cache";
function cachePolicy(mode, environment, event) {
  if (mode === "none") return { ...NO_CACHE, why: "" };
  if (environment["GITHUB_ACTIONS"] !== "true") {
    return { kind: "directory", ...permissions(mode), why: "" };
  }
  if (!hasService(environment)) return { ...NO_CACHE, why: NO_SERVICE };
  return servicePolicy(mode, environment, event);
}
__name(cachePolicy, "cachePolicy");
function servicePolicy(mode, environment, event) {
  const allowed = permissions(mode);
  const runnerMode = environment["ACTIONS_CACHE_MODE"] ?? "";
  const runner = permissions(runnerMode.trim().toLowerCase());
  const why = whyNotSaved(mode, environment, event);
  return {
    kind: "service",
    restore: allowed.restore && runner.restore,
    save: allowed.save && runner.save && why === "",
    why
  };
}
__name(servicePolicy, "servicePolicy");
function whyNotSaved(mode, environment, event) {
  const name = environment["GITHUB_EVENT_NAME"] ?? "";
  const strangers = mode === "auto" && isStrangers(name, event);
  if (strangers) return fromStrangers(name);
  const token = environment["ACTIONS_RUNTIME_TOKEN"] ?? "";
  return isReadOnly(token) ? NO_PERMISSION : "";
}
__name(whyNotSaved, "whyNotSaved");
function fromStrangers(event) {
  const found = `${event} can be triggered by a stranger: nothing is saved to the cache`;
  return `${found}; cache-mode: write saves on any event`;
}
__name(fromStrangers, "fromStrangers");
var STRANGERS_EVENT = /^(pull_request|issue|discussion)|^(fork|watch|gollum)$/;
function isStrangers(name, event) {
  if (name !== "workflow_run") return STRANGERS_EVENT.test(name);
  const { repository, workflow_run: run } = readEvent(event);
  const head = run?.head_repository?.full_name;
  const isOwnCode = head !== void 0 && head === repository?.full_name;
  return !isOwnCode || STRANGERS_EVENT.test(run?.event ?? "");
}
__name(isStrangers, "isStrangers");
function readEvent(event) {
  try {
    return JSON.parse(event) ?? {};
  } catch {
    return {};
  }
}
__name(readEvent, "readEvent");
function permissions(mode) {
  return {
    restore: mode !== "write-only" && mode !== "none",
    save: mode !== "read" && mode !== "none"
  };
}
__name(permissions, "permissions");
var SERVICE_VARIABLES = [
  "ACTIONS_CACHE_SERVICE_V2",
  "ACTIONS_RESULTS_URL",
  "ACTIONS_RUNTIME_TOKEN"
];
function hasService(environment) {
  const server = environment["GITHUB_SERVER_URL"] || "https://github.com";
  const isSet = SERVICE_VARIABLES.every((name) => environment[name]);
  return isSet && isCloud(server);
}
__name(hasService, "hasService");
function isCloud(server) {
  if (!URL.canParse(server)) return false;
  const { hostname } = new URL(server);
  if (hostname === "github.com") return true;
  return hostname.endsWith(".ghe.com") || hostname.endsWith(".localhost");
}
__name(isCloud, "isCloud");
var WRITE = 2;
function isReadOnly(token) {
  const [, payload = ""] = token.split(".");
  try {
    const json = Buffer.from(payload, "base64url").toString();
    const { ac } = JSON.parse(json);
    const scopes = JSON.parse(String(ac));
    if (scopes.length === 0) return false;
    return scopes.every(({ Permission }) => (Permission & WRITE) === 0);
  } catch {
    return false;
  }
}
__name(isReadOnly, "isReadOnly");
function isPrivateRepository(event) {
  return readEvent(event).repository?.private === true;
}
__name(isPrivateRepository, "isPrivateRepository");

export {
  CACHE_MODES,
  cachePolicy,
  isPrivateRepository
};
