import { homedir } from "node:os";
import { join } from "node:path";
import { codeOf } from "../oci/failure.ts";

/** The credentials in one configuration file of docker or podman. */
export type DockerConfig = {
  /** For messages: the file's path, or the variable that holds it. */
  readonly source: string;
  readonly auths: ReadonlyMap<string, DockerAuth>;
  readonly credHelpers: ReadonlyMap<string, string>;
  readonly credsStore: string | undefined;
};

/** An entry of `auths`. A field that is missing in the file is empty here. */
export type DockerAuth = {
  readonly username: string;
  readonly password: string;
  readonly identityToken: string;
  readonly registryToken: string;
};

/** Reads a whole file as text; throws as `node:fs` does. */
export type ReadFile = (path: string) => string;

type Warn = (message: string) => void;
type Fields = Readonly<Record<string, unknown>>;

/**
 * The configurations of the machine, in order of precedence: docker's, then podman's. A missing
 * file is skipped; one that cannot be read or parsed is skipped with one warning.
 */
export function readDockerConfigs(
  environment: NodeJS.ProcessEnv,
  readFile: ReadFile,
  warn: Warn,
): readonly DockerConfig[] {
  const inline = environment["DOCKER_AUTH_CONFIG"];
  const fromVariable = inline ? parse("DOCKER_AUTH_CONFIG", inline, warn) : undefined;
  const files = paths(environment);
  const fromFiles = files.map((path) => load(path, readFile, warn));
  const configs = [fromVariable, ...fromFiles];
  return configs.filter((config) => config !== undefined);
}

/**
 * The path of docker's configuration.
 *
 * https://docs.docker.com/reference/cli/docker/#change-the-docker-directory
 */
export function dockerConfigPath(environment: NodeJS.ProcessEnv): string {
  const directory = environment["DOCKER_CONFIG"] || join(homeOf(environment), ".docker");
  return join(directory, "config.json");
}

function homeOf(environment: NodeJS.ProcessEnv): string {
  return environment["HOME"] ?? environment["USERPROFILE"] ?? homedir();
}

/**
 * https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md:
 * REGISTRY_AUTH_FILE replaces all files of podman.
 */
function paths(environment: NodeJS.ProcessEnv): readonly string[] {
  const docker = dockerConfigPath(environment);
  const file = environment["REGISTRY_AUTH_FILE"];
  if (file) return [docker, file];
  const runtime = environment["XDG_RUNTIME_DIR"];
  const configHome = environment["XDG_CONFIG_HOME"] || join(homeOf(environment), ".config");
  return [
    docker,
    ...(runtime ? [join(runtime, "containers", "auth.json")] : []),
    join(configHome, "containers", "auth.json"),
  ];
}

function load(path: string, readFile: ReadFile, warn: Warn): DockerConfig | undefined {
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    const code = codeOf(error);
    if (code !== "ENOENT" && code !== "ENOTDIR" && code !== "EISDIR") {
      warn(`cannot read ${path} (${code}): its credentials are not used`);
    }
    return undefined;
  }
  return parse(path, text, warn);
}

function parse(source: string, text: string, warn: Warn): DockerConfig | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    warn(`${source} is not JSON: its credentials are not used`);
    return undefined;
  }
  const { auths, credHelpers, credsStore } = record(json);
  return {
    source,
    auths: byHost(auths, readAuth),
    credHelpers: byHost(credHelpers, stringOf),
    credsStore: stringOf(credsStore) || undefined,
  };
}

/** The fields of an object whose keys are hosts, with each key in one spelling. */
function byHost<T>(object: unknown, read: (value: unknown) => T): ReadonlyMap<string, T> {
  const values = new Map<string, T>();
  for (const [key, value] of Object.entries(record(object))) {
    values.set(hostPath(key), read(value));
  }
  return values;
}

function record(value: unknown): Fields {
  if (typeof value !== "object" || value === null) return {};
  return value as Fields;
}

function stringOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function readAuth(value: unknown): DockerAuth {
  const entry = record(value);
  return {
    ...readLogin(entry),
    identityToken: stringOf(entry["identitytoken"]),
    registryToken: stringOf(entry["registrytoken"]),
  };
}

/**
 * The password may have colons:
 * https://github.com/docker/cli/blob/master/cli/config/configfile/file.go, `decodeAuth`
 */
function readLogin(entry: Fields): Pick<DockerAuth, "username" | "password"> {
  const bytes = Buffer.from(stringOf(entry["auth"]), "base64");
  const decoded = bytes.toString().replace(/\0+$/, "");
  const colon = decoded.indexOf(":");
  if (colon < 0) {
    return {
      username: stringOf(entry["username"]),
      password: stringOf(entry["password"]),
    };
  }
  return {
    username: decoded.slice(0, colon),
    password: decoded.slice(colon + 1),
  };
}

const HUB_NAMES = /^(index\.docker\.io|registry-1\.docker\.io|registry\.hub\.docker\.com)(?=\/|$)/;

/**
 * A key in one spelling: `host[:port][/path]`, without scheme and API version, and `docker.io` for
 * every name of Docker Hub (`docker login` writes `https://index.docker.io/v1/`).
 */
export function hostPath(key: string): string {
  const [host = "", ...path] = key
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, "")
    .split("/")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  // A version only when nothing else follows the host: `ghcr.io/org/v2` is a repository.
  const isVersion = path.length === 1 && /^v[12]$/.test(path[0] ?? "");
  const bare = isVersion ? host : [host, ...path].join("/");
  return bare.replace(HUB_NAMES, "docker.io");
}

/** The value whose key is the longest prefix of `name`, in complete path components. */
export function longestPrefix<T>(entries: ReadonlyMap<string, T>, name: string): T | undefined {
  let key = name;
  while (key !== "") {
    const value = entries.get(key);
    if (value !== undefined) return value;
    key = key.slice(0, Math.max(key.lastIndexOf("/"), 0));
  }
  return undefined;
}
