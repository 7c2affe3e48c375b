import type { InputValues } from "./input-values.ts";

/** Every input and its default, as `action.yml` declares them. */
export const DEFAULTS = {
  images: "",
  files: "",
  pins: "none",
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
  "when-unavailable": "fail",
  lock: "",
  "lock-file": "images.lock.json",
  sources: "",
  "cache-directory": "",
  "cache-directory-size": "20GiB",
  serve: "false",
  "serve-address": "127.0.0.1:0",
  "serve-only": "false",
  "registry-auth": "",
  "github-token": "",
  "insecure-registries": "",
  "trusted-realms": "",
  concurrency: "6",
  timeout: "1800",
  "job-summary": "always",
  "job-status": "",
} as const;

/** The name of an input, as a workflow writes it. */
export type InputName = keyof typeof DEFAULTS;

/** The inputs in the environment of a step. */
export type Values = InputValues<InputName>;
