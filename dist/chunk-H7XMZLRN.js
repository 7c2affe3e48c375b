import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  codeOf
} from "./chunk-P27XCGGL.js";

// src/registry/docker-config.ts
import { homedir } from "node:os";
import { join } from "node:path";
function readDockerConfigs(environment, readFile, warn) {
  const inline = environment["DOCKER_AUTH_CONFIG"];
  const fromVariable = inline ? parse("DOCKER_AUTH_CONFIG", inline, warn) : void 0;
  const files = paths(environment);
  const fromFiles = files.map((path) => load(path, readFile, warn));
  const configs = [fromVariable, ...fromFiles];
  return configs.filter((config) => config !== void 0);
}
function dockerConfigPath(environment) {
  const directory = environment["DOCKER_CONFIG"] || join(homeOf(environment), ".docker");
  return join(directory, "config.json");
}
function homeOf(environment) {
  return environment["HOME"] ?? environment["USERPROFILE"] ?? homedir();
}
function paths(environment) {
  const docker = dockerConfigPath(environment);
  const file = environment["REGISTRY_AUTH_FILE"];
  if (file) return [docker, file];
  const runtime = environment["XDG_RUNTIME_DIR"];
  const configHome = environment["XDG_CONFIG_HOME"] || join(homeOf(environment), ".config");
  return [
    docker,
    ...runtime ? [join(runtime, "containers", "auth.json")] : [],
    join(configHome, "containers", "auth.json")
  ];
}
function load(path, readFile, warn) {
  let text;
  try {
    text = readFile(path);
  } catch (error) {
    const code = codeOf(error);
    if (code !== "ENOENT" && code !== "ENOTDIR" && code !== "EISDIR") {
      warn(`cannot read ${path} (${code}): its credentials are not used`);
    }
    return void 0;
  }
  return parse(path, text, warn);
}
function parse(source, text, warn) {
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    warn(`${source} is not JSON: its credentials are not used`);
    return void 0;
  }
  const { auths, credHelpers, credsStore } = record(json);
  return {
    source,
    auths: byHost(auths, readAuth),
    credHelpers: byHost(credHelpers, stringOf),
    credsStore: stringOf(credsStore) || void 0
  };
}
function byHost(object, read) {
  const values = /* @__PURE__ */ new Map();
  for (const [key, value] of Object.entries(record(object))) {
    values.set(hostPath(key), read(value));
  }
  return values;
}
function record(value) {
  if (typeof value !== "object" || value === null) return {};
  return value;
}
function stringOf(value) {
  return typeof value === "string" ? value : "";
}
function readAuth(value) {
  const entry = record(value);
  return {
    ...readLogin(entry),
    identityToken: stringOf(entry["identitytoken"]),
    registryToken: stringOf(entry["registrytoken"])
  };
}
function readLogin(entry) {
  const bytes = Buffer.from(stringOf(entry["auth"]), "base64");
  const decoded = bytes.toString().replace(/\0+$/, "");
  const colon = decoded.indexOf(":");
  if (colon < 0) {
    return {
      username: stringOf(entry["username"]),
      password: stringOf(entry["password"])
    };
  }
  return {
    username: decoded.slice(0, colon),
    password: decoded.slice(colon + 1)
  };
}
var HUB_NAMES = /^(index\.docker\.io|registry-1\.docker\.io|registry\.hub\.docker\.com)(?=\/|$)/;
function hostPath(key) {
  const [host = "", ...path] = key.trim().toLowerCase().replace(/^https?:\/\//, "").split("/").map((part) => part.trim()).filter((part) => part !== "");
  const isVersion = path.length === 1 && /^v[12]$/.test(path[0] ?? "");
  const bare = isVersion ? host : [host, ...path].join("/");
  return bare.replace(HUB_NAMES, "docker.io");
}
function longestPrefix(entries, name) {
  let key = name;
  while (key !== "") {
    const value = entries.get(key);
    if (value !== void 0) return value;
    key = key.slice(0, Math.max(key.lastIndexOf("/"), 0));
  }
  return void 0;
}

export {
  readDockerConfigs,
  dockerConfigPath,
  hostPath,
  longestPrefix
};
