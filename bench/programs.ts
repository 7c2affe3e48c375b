import { spawnSync } from "node:child_process";

/** True when a program of this name is on PATH. */
export function isInstalled(program: string): boolean {
  return spawnSync("which", [program]).status === 0;
}

/** The version that a program prints, or `not installed`, or `unknown version`. */
export function versionOf(program: string): string {
  if (program === "node") return process.version;
  if (!isInstalled(program)) return "not installed";
  for (const flag of ["--version", "version"]) {
    const { status, stdout } = spawnSync(program, [flag], { encoding: "utf8" });
    const printed = status === 0 ? stdout : "";
    const [version] = /v?\d+\.\d+[^\s,]*/.exec(printed) ?? [];
    if (version !== undefined) return version;
  }
  return "unknown version";
}
