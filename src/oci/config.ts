import { PullError } from "./failure.ts";
import {
  asList,
  asObject,
  asString,
  asStringMap,
  type Json,
  type JsonObject,
  parseJson,
} from "./json.ts";
import { type Platform, readPlatform } from "./platform.ts";

/**
 * An image config. Absent fields are empty:
 * https://github.com/opencontainers/image-spec/blob/main/config.md
 */
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
  /** The number of diffIDs; undefined without a `rootfs`, as in the config of a schema 1 image. */
  readonly diffIds: number | undefined;
  /** The whole document. */
  readonly json: JsonObject;
};

// Every field that an engine reads or the output `config` shows. Another case of one is refused.
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

/**
 * The image config in `bytes`. Fails as `invalid` when a field has the wrong type, or when the OS
 * or the architecture is missing.
 */
export function parseConfig(bytes: Uint8Array): ImageConfig {
  return readConfig(asObject(parseJson(bytes, "image config"), "image config"));
}

/** The image config in a parsed object. Fails as {@link parseConfig} does. */
export function readConfig(json: JsonObject): ImageConfig {
  asObject(json, "image config", FIELDS);
  const platform = readPlatform(json, "image config");
  if (platform.os === "" || platform.architecture === "") {
    throw new PullError("wrong-field", "image config names no OS or no architecture");
  }
  const run = asObject(json["config"] ?? {}, "image config.config", RUN_FIELDS);
  return {
    platform,
    created: asString(json["created"], "image config created"),
    labels: asStringMap(run["Labels"], "image config Labels"),
    entrypoint: command(run["Entrypoint"], "Entrypoint"),
    cmd: command(run["Cmd"], "Cmd"),
    user: asString(run["User"], "image config User"),
    workdir: asString(run["WorkingDir"], "image config WorkingDir"),
    exposedPorts: readPorts(run["ExposedPorts"]),
    diffIds: countDiffIds(json["rootfs"]),
    json,
  };
}

/** The words of a command. Old images have one string, which stays one word: it is not split. */
function command(value: Json | undefined, name: string): readonly string[] {
  const what = `image config ${name}`;
  if (typeof value === "string") return [value];
  return asList(value, what).map((word) => asString(word, what));
}

function readPorts(value: Json | undefined): readonly string[] {
  const ports = asObject(value ?? {}, "image config ExposedPorts");
  return Object.keys(ports);
}

function countDiffIds(rootfs: Json | undefined): number | undefined {
  if (rootfs === undefined) return undefined;
  const { diff_ids: diffIds } = asObject(rootfs, "image config rootfs", ["type", "diff_ids"]);
  return asList(diffIds, "image config diff_ids").length;
}
