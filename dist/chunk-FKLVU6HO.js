import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);

// src/action/directories.ts
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
function cachesOf(environment) {
  const home = environment["HOME"] || homedir();
  return environment["XDG_CACHE_HOME"] || join(home, ".cache");
}
function layoutOf(path, environment) {
  return resolve(path || defaultLayout(environment));
}
function defaultLayout(environment) {
  const temporary = environment["RUNNER_TEMP"];
  if (temporary) return join(temporary, "registry-pull");
  const path = join(cachesOf(environment), "registry-pull-layout");
  try {
    mkdirSync(path, { recursive: true, mode: 448 });
  } catch {
  }
  return path;
}

export {
  cachesOf,
  layoutOf
};
