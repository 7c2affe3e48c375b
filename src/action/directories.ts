import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** The user's cache directory: https://specifications.freedesktop.org/basedir-spec/latest/ */
export function cachesOf(environment: NodeJS.ProcessEnv): string {
  const home = environment["HOME"] || homedir();
  return environment["XDG_CACHE_HOME"] || join(home, ".cache");
}

/** The absolute path of the layout: as the inputs name it, or the default one. */
export function layoutOf(path: string, environment: NodeJS.ProcessEnv): string {
  return resolve(path || defaultLayout(environment));
}

/**
 * The layout's directory when the input names none: below the runner's temporary directory or,
 * without a runner, one that only this user can enter: others can write to a machine's temporary
 * directory.
 */
function defaultLayout(environment: NodeJS.ProcessEnv): string {
  const temporary = environment["RUNNER_TEMP"];
  if (temporary) return join(temporary, "registry-pull");
  const path = join(cachesOf(environment), "registry-pull-layout");
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch {
    // Opening the layout fails then, and says why.
  }
  return path;
}
