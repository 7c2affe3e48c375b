import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  require_dist
} from "./chunk-X5UFAQFT.js";
import {
  __toESM
} from "./chunk-VA35IVHB.js";

// src/runner/registry-auth.ts
var import_yaml = __toESM(require_dist(), 1);
var FORM = "expected a YAML list of registry:, username:, password:, as in docker/login-action";
var KEYS = ["registry", "username", "password"];
var DOCKER_HUB = "docker.io";
function readRegistryAuth(text, complain) {
  const value = parseYaml(text, complain);
  if (value === void 0) return [];
  if (!Array.isArray(value)) {
    complain(`registry-auth: ${FORM}`);
    return [];
  }
  return value.flatMap((entry, at) => {
    const login = readLogin(entry);
    if (typeof login !== "string") return [login];
    complain(`registry-auth, entry ${at + 1}: ${login}`);
    return [];
  });
}
function parseYaml(text, complain) {
  try {
    return (0, import_yaml.parse)(text, {
      schema: "failsafe",
      prettyErrors: false,
      logLevel: "error"
    });
  } catch (error) {
    complain(`registry-auth: not YAML (${yamlMistake(error)}); ${FORM}`);
    return void 0;
  }
}
function yamlMistake(error) {
  if (error instanceof import_yaml.YAMLParseError) return error.code;
  if (error instanceof ReferenceError) return "undefined YAML alias";
  throw error;
}
function readLogin(entry) {
  const fields = isObject(entry) ? entry : {};
  const isKnown = Object.keys(fields).every((key) => KEYS.includes(key));
  if (!isKnown) return `unknown key; ${FORM}`;
  const { registry = DOCKER_HUB, username, password } = fields;
  const isComplete = typeof username === "string" && typeof password === "string";
  if (typeof registry !== "string" || !isComplete) {
    return `username or password is missing; ${FORM}`;
  }
  if (username === "" || password === "") {
    const next = "check that the secrets exist and that this event may read them";
    return `username or password is empty; if they come from secrets, ${next}`;
  }
  return { registry: registry || DOCKER_HUB, username, password };
}
function isObject(value) {
  return typeof value === "object" && value !== null;
}
export {
  readRegistryAuth
};
