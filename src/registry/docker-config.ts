import { homedir } from "node:os";
import { join } from "node:path";

/** Where credentials are found, read from the environment once. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One docker or podman configuration, as far as credentials go. */
export type DockerConfig = {
  /** For messages: the file's path, or the variable that holds it. */
  readonly source: string;
  readonly auths: ReadonlyMap<string, DockerAuth>;
  readonly credHelpers: ReadonlyMap<string, string>;
  readonly credsStore: string | undefined;
};

/** An entry of `auths`; every field may be missing or empty, which then says nothing. */
export type DockerAuth = {
  readonly username: string;
  readonly password: string;
  readonly identityToken: string;
  readonly registryToken: string;
};

/** Reads a whole file as text; throws as `node:fs` does. */
export type ReadFile = (path: string) => string;

/**
 * The configurations of the machine, in the order they are asked: docker's, then podman's.
 * A file that is not there says nothing; one that cannot be read or understood is one call of `warn`.
 */
export function readDockerConfigs(environment: Environment, readFile: ReadFile, warn: (message: string) => void): readonly DockerConfig[] {
  const inline = environment["DOCKER_AUTH_CONFIG"];
  const fromVariable = inline ? [parse("DOCKER_AUTH_CONFIG", inline, warn)] : [];
  const fromFiles = paths(environment).map((path) => load(path, readFile, warn));
  return [...fromVariable, ...fromFiles].filter((config) => config !== undefined);
}

/**
 * https://docs.docker.com/reference/cli/docker/#change-the-docker-directory and
 * https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md: REGISTRY_AUTH_FILE stands for all of podman's.
 */
function paths(environment: Environment): readonly string[] {
  const home = environment["HOME"] ?? environment["USERPROFILE"] ?? homedir();
  const docker = join(environment["DOCKER_CONFIG"] || join(home, ".docker"), "config.json");
  const file = environment["REGISTRY_AUTH_FILE"];
  if (file) return [docker, file];
  const runtime = environment["XDG_RUNTIME_DIR"];
  const configHome = environment["XDG_CONFIG_HOME"] || join(home, ".config");
  return [docker, ...(runtime ? [join(runtime, "containers", "auth.json")] : []), join(configHome, "containers", "auth.json")];
}

function load(path: string, readFile: ReadFile, warn: (message: string) => void): DockerConfig | undefined {
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code !== "ENOENT" && code !== "ENOTDIR" && code !== "EISDIR") warn(`cannot read ${path} (${code}): its credentials are not used`);
    return undefined;
  }
  return parse(path, text, warn);
}

function parse(source: string, text: string, warn: (message: string) => void): DockerConfig | undefined {
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
    auths: new Map(Object.entries(record(auths)).map(([key, value]) => [hostPath(key), readAuth(record(value))])),
    credHelpers: new Map(Object.entries(record(credHelpers)).map(([key, value]) => [hostPath(key), stringOf(value)])),
    credsStore: stringOf(credsStore) || undefined,
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function stringOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** https://github.com/docker/cli/blob/master/cli/config/configfile/file.go, `decodeAuth`: the password may hold colons. */
function readAuth(entry: Readonly<Record<string, unknown>>): DockerAuth {
  const decoded = Buffer.from(stringOf(entry["auth"]), "base64").toString().replace(/\0+$/, "");
  const colon = decoded.indexOf(":");
  return {
    username: colon < 0 ? stringOf(entry["username"]) : decoded.slice(0, colon),
    password: colon < 0 ? stringOf(entry["password"]) : decoded.slice(colon + 1),
    identityToken: stringOf(entry["identitytoken"]),
    registryToken: stringOf(entry["registrytoken"]),
  };
}

/**
 * A key in its one spelling: `host[:port][/path]`. Schemes and API versions say nothing, and every name of Docker Hub is
 * `docker.io` (`https://index.docker.io/v1/` is what `docker login` writes).
 */
export function hostPath(key: string): string {
  const [host = "", ...path] = key
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, "")
    .split("/")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  // Only right behind the host: `ghcr.io/org/v2` is a repository.
  const bare = [host, ...(path.length === 1 && /^v[12]$/.test(path[0] ?? "") ? [] : path)].join("/");
  return bare.replace(/^(index\.docker\.io|registry-1\.docker\.io|registry\.hub\.docker\.com)(?=\/|$)/, "docker.io");
}

/** The value whose key is the longest prefix of `registry/repository`, whole path components at a time. */
export function longestPrefix<T>(entries: ReadonlyMap<string, T>, name: string): T | undefined {
  for (let key = name; key !== ""; key = key.slice(0, Math.max(key.lastIndexOf("/"), 0))) {
    const value = entries.get(key);
    if (value !== undefined) return value;
  }
  return undefined;
}
