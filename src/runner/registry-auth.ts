import { parse, YAMLParseError } from "yaml";
import type { RegistryAuth } from "../registry/credentials.ts";
import type { Complain } from "./lists.ts";

const FORM = "expected a YAML list of registry:, username:, password:, as in docker/login-action";

/**
 * The credentials of the `registry-auth` input. A missing registry is Docker Hub.
 * No problem it reports repeats a value: what is in the wrong place may be a password.
 */
export function readRegistryAuth(text: string, complain: Complain): readonly RegistryAuth[] {
  let value: unknown;
  try {
    // In the failsafe schema every scalar is a string, so that a password of digits stays one. Warnings are printed by the parser
    // itself, and would repeat a password that looks like a tag.
    value = parse(text, { schema: "failsafe", prettyErrors: false, logLevel: "error" });
  } catch (error) {
    // An alias without its anchor is a ReferenceError to the parser.
    if (!(error instanceof YAMLParseError || error instanceof ReferenceError)) throw error;
    complain(`registry-auth: not YAML (${error instanceof YAMLParseError ? error.code : "an alias without its anchor"}); ${FORM}`);
    return [];
  }
  if (!Array.isArray(value)) {
    complain(`registry-auth: ${FORM}`);
    return [];
  }
  return value.flatMap((entry, at) => readEntry(`registry-auth, entry ${at + 1}`, entry, complain));
}

function readEntry(where: string, entry: unknown, complain: Complain): readonly RegistryAuth[] {
  const fields = typeof entry === "object" && entry !== null ? (entry as Readonly<Record<string, unknown>>) : {};
  const unknown = Object.keys(fields).filter((key) => !["registry", "username", "password"].includes(key));
  const { registry = "docker.io", username, password } = fields;
  if (unknown.length > 0 || typeof registry !== "string" || typeof username !== "string" || typeof password !== "string") {
    complain(`${where}: ${unknown.length > 0 ? "it has another key" : "username or password is missing"}; ${FORM}`);
    return [];
  }
  if (username === "" || password === "") {
    complain(
      `${where}: username or password is empty; if they come from secrets, check that the secrets exist and that this event may read them`,
    );
    return [];
  }
  return [{ registry: registry === "" ? "docker.io" : registry, username, password }];
}
