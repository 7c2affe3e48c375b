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

// Every field that an engine reads, also those that only the output `config` shows: another case of one is refused.
// https://github.com/opencontainers/image-spec/blob/main/config.md#properties
// https://github.com/moby/moby/blob/master/image/image.go
const FIELDS = words(
  "architecture os variant os.version os.features author created config rootfs history",
  "id parent comment container container_config docker_version",
);
// https://github.com/moby/docker-image-spec/blob/main/specs-go/v1/image.go
// Old images have more: https://github.com/moby/moby/blob/master/api/types/container/config.go
const RUN_FIELDS = words(
  "User ExposedPorts Env Entrypoint Cmd Volumes WorkingDir Labels StopSignal ArgsEscaped",
  "Memory MemorySwap CpuShares Healthcheck OnBuild Shell StopTimeout",
  "Hostname Domainname AttachStdin AttachStdout AttachStderr Tty OpenStdin StdinOnce",
  "Image NetworkDisabled MacAddress",
);

function words(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(" "));
}

/** The image config in `bytes`. Fails as `invalid` on what is not one, or has no OS or architecture. */
export function parseConfig(bytes: Uint8Array): ImageConfig {
  return readConfig(asObject(parseJson(bytes, "image config"), "image config"));
}

/** The image config in an object that was already parsed. Fails as {@link parseConfig} does. */
export function readConfig(json: JsonObject): ImageConfig {
  asObject(json, "image config", FIELDS);
  const platform = readPlatform(json, "image config");
  if (platform.os === "" || platform.architecture === "") {
    throw new PullError("wrong-field", "image config names no OS or no architecture");
  }
  const run = json["config"] == null ? {} : asObject(json["config"], "image config.config", RUN_FIELDS);
  return {
    platform,
    created: asString(json["created"], "image config created"),
    labels: asStringMap(run["Labels"], "image config Labels"),
    entrypoint: command(run["Entrypoint"], "Entrypoint"),
    cmd: command(run["Cmd"], "Cmd"),
    user: asString(run["User"], "image config User"),
    workdir: asString(run["WorkingDir"], "image config WorkingDir"),
    exposedPorts: run["ExposedPorts"] == null ? [] : Object.keys(asObject(run["ExposedPorts"], "image config ExposedPorts")),
    diffIds: countDiffIds(json["rootfs"]),
    json,
  };
}

/** A command's words; old images write a single string, which a shell would split and which stays one word here. */
function command(value: Json | undefined, name: string): readonly string[] {
  if (typeof value === "string") return [value];
  return asList(value, `image config ${name}`).map((word) => asString(word, `image config ${name}`));
}

function countDiffIds(rootfs: Json | undefined): number | undefined {
  if (rootfs === undefined) return undefined;
  const { diff_ids: diffIds } = asObject(rootfs, "image config rootfs", ["type", "diff_ids"]);
  return asList(diffIds, "image config diff_ids").length;
}
