import { parse, YAMLParseError } from "yaml";
import type { Login } from "../oci/login.ts";
import type { Complain } from "./list-syntax.ts";

const FORM = "expected a YAML list of registry:, username:, password:, as in docker/login-action";
const KEYS: readonly string[] = ["registry", "username", "password"];
const DOCKER_HUB = "docker.io";

/**
 * The logins of the `registry-auth` input. An entry without a registry is for Docker Hub. No
 * problem goes to `complain` with a value: a value in the wrong place may be a password.
 */
export function readRegistryAuth(text: string, complain: Complain): readonly Login[] {
  const value = parseYaml(text, complain);
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    complain(`registry-auth: ${FORM}`);
    return [];
  }
  return value.flatMap((entry: unknown, at) => {
    const login = readLogin(entry);
    if (typeof login !== "string") return [login];
    complain(`registry-auth, entry ${at + 1}: ${login}`);
    return [];
  });
}

/** The value of a YAML document; undefined, with a problem, when it is not YAML. */
function parseYaml(text: string, complain: Complain): unknown {
  try {
    // In the failsafe schema every scalar is a string, so a password of digits stays one. The
    // parser prints its warnings, which could quote a password that looks like a tag.
    return parse(text, {
      schema: "failsafe",
      prettyErrors: false,
      logLevel: "error",
    });
  } catch (error) {
    complain(`registry-auth: not YAML (${yamlMistake(error)}); ${FORM}`);
    return undefined;
  }
}

/** The parser's word for a mistake in YAML. Throws any other error: it is a bug. */
function yamlMistake(error: unknown): string {
  if (error instanceof YAMLParseError) return error.code;
  // The parser's error for an alias without an anchor.
  if (error instanceof ReferenceError) return "undefined YAML alias";
  throw error;
}

/** The login in an entry, or what is wrong with the entry. */
function readLogin(entry: unknown): Login | string {
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

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}
