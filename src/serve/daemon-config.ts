import { PullError } from "../oci/failure.ts";
import { asList, asObject, asString, type JsonObject, parseJson } from "../oci/json.ts";

// https://docs.docker.com/reference/cli/dockerd/#daemon-configuration-file
const MIRRORS = "registry-mirrors";

/** The file that configures dockerd, as bytes; undefined when there is none. */
export type DaemonFile = Uint8Array | undefined;

/**
 * The file with the job's registry as Docker Hub's first mirror. Fails as `invalid` when the file
 * is not the JSON that dockerd reads.
 */
export function withMirror(file: DaemonFile, address: string): string {
  const others = daemonMirrors(file);
  return withMirrors(file, [`http://${address}`, ...others]);
}

/**
 * The file with the mirrors that it had, as an explicit list: dockerd keeps its mirrors when the
 * list is missing. Fails as {@link withMirror} does.
 */
export function withoutMirror(file: DaemonFile): string {
  return withMirrors(file, daemonMirrors(file));
}

/** The mirrors in the file. Fails as {@link withMirror} does. */
export function daemonMirrors(file: DaemonFile): readonly string[] {
  const list = asList(settingsIn(file)[MIRRORS], MIRRORS);
  return list.map((mirror) => asString(mirror, MIRRORS));
}

function withMirrors(file: DaemonFile, mirrors: readonly string[]): string {
  const settings = { ...settingsIn(file), [MIRRORS]: mirrors };
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}

/** The settings in the file. For dockerd, an empty file is one without settings. */
function settingsIn(file: DaemonFile): JsonObject {
  const isEmpty = file === undefined || Buffer.from(file).toString().trim() === "";
  if (isEmpty) return {};
  return asObject(parseJson(file, "the file"), "the file", [MIRRORS]);
}

/**
 * The mirrors that `docker info` prints, as they are written in the file. Fails as `unsupported`
 * when it printed something else.
 */
export function mirrorsInUse(printed: string): readonly string[] {
  try {
    const list = asList(parseJson(Buffer.from(printed), "docker info"), "mirrors");
    return list.map((mirror) => asString(mirror, "mirror").replace(/\/$/, ""));
  } catch (cause) {
    throw new PullError("engine-failed", `docker info printed no mirrors: ${printed}`, { cause });
  }
}
