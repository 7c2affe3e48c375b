import { PullError } from "./failure.ts";
import { asList, asObject, asString, asStringMap, type Json, type JsonObject, parseJson } from "./json.ts";
import { type Platform, readPlatform } from "./platform.ts";

/** What an image config says: https://github.com/opencontainers/image-spec/blob/main/config.md */
export type ImageConfig = {
  readonly platform: Platform;
  /** RFC 3339, or empty. */
  readonly created: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly user: string;
  readonly workdir: string;
  /** `port/protocol`, like `8080/tcp`. */
  readonly exposedPorts: readonly string[];
  /** How many diffIDs it lists; undefined when it lists none at all, as a schema 1 image's does. */
  readonly diffIds: number | undefined;
  /** The whole document. */
  readonly json: JsonObject;
};

// The fields this project acts on, and their neighbours of the same object: another case of one is refused.
const FIELDS = ["architecture", "os", "variant", "os.version", "config", "rootfs", "history", "created"];

/** The image config in `bytes`. Fails as `invalid` on what is not one, or has no OS or architecture. */
export function parseConfig(bytes: Uint8Array): ImageConfig {
  return readConfig(asObject(parseJson(bytes, "image config"), "image config", FIELDS));
}

/** The image config in an object that was already parsed. Fails as {@link parseConfig} does. */
export function readConfig(json: JsonObject): ImageConfig {
  const platform = readPlatform(json, "image config");
  if (platform.os === "" || platform.architecture === "") {
    throw new PullError("wrong-field", "image config names no OS or no architecture");
  }
  const run = json["config"] == null ? {} : asObject(json["config"], "image config.config", ["Labels", "Entrypoint", "Cmd"]);
  return {
    platform,
    created: asString(json["created"], "image config created"),
    labels: asStringMap(run["Labels"], "image config Labels"),
    entrypoint: words(run["Entrypoint"], "Entrypoint"),
    cmd: words(run["Cmd"], "Cmd"),
    user: asString(run["User"], "image config User"),
    workdir: asString(run["WorkingDir"], "image config WorkingDir"),
    exposedPorts: run["ExposedPorts"] == null ? [] : Object.keys(asObject(run["ExposedPorts"], "image config ExposedPorts")),
    diffIds: countDiffIds(json["rootfs"]),
    json,
  };
}

/** A command's words; old images write a single string, which a shell would split and which stays one word here. */
function words(value: Json | undefined, name: string): readonly string[] {
  if (typeof value === "string") return [value];
  return asList(value, `image config ${name}`).map((word) => asString(word, `image config ${name}`));
}

function countDiffIds(rootfs: Json | undefined): number | undefined {
  if (rootfs == null) return undefined;
  return asList(asObject(rootfs, "image config rootfs", ["diff_ids"])["diff_ids"], "image config diff_ids").length;
}
