import type { IncomingHttpHeaders } from "node:http";
import { type Json, parseJson } from "../oci/json.ts";

// Longer than the messages of real registries.
const SHOWN_LIMIT = 1024;

/**
 * The message in the body of an error answer, as one line: every `errors[]` entry with code,
 * message and detail, or any other text (a 4xx body "MAY be in any format":
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes). Empty when
 * there is none. `withhold` redacts secrets before the line is cut: half of a secret would not be
 * recognised. Never fails.
 */
export function describeErrors(
  body: Uint8Array,
  headers: IncomingHttpHeaders,
  withhold: (text: string) => string,
): string {
  const text = new TextDecoder().decode(body).trim();
  const type = mediaTypeOf(headers);
  const isPage = type === "text/html" || /^<!doctype html|^<html/i.test(text);
  if (isPage) return "a web page (text/html), not a registry's answer";
  const message = fromJson(text) ?? withoutTags(text);
  return shorten(withhold(message));
}

/** The media type of an answer in lower case, without parameters; empty when there is none. */
export function mediaTypeOf(headers: IncomingHttpHeaders): string {
  const stated = headers["content-type"] ?? "";
  const [type = ""] = stated.split(";");
  return type.trim().toLowerCase();
}

function withoutTags(text: string): string {
  const bare = text.replace(/<[^<>]*>/g, " ");
  return bare.replace(/\s+/g, " ").trim();
}

function shorten(text: string): string {
  if (text.length <= SHOWN_LIMIT) return text;
  return `${text.slice(0, SHOWN_LIMIT)}…`;
}

/** The message in a JSON object; undefined for other text, and for too deeply nested JSON. */
function fromJson(text: string): string | undefined {
  if (!text.startsWith("{")) return undefined;
  let json: Json;
  try {
    json = parseJson(new TextEncoder().encode(text), "error");
  } catch {
    return undefined;
  }
  const { errors, ...own } = json as { errors?: Json };
  const isList = Array.isArray(errors) && errors.length > 0;
  const entries = isList ? errors : [own];
  const described = entries.map(describeEntry).filter(isStated);
  return described.length > 0 ? described.join("; ") : undefined;
}

/**
 * `CODE: message (detail)`. Token services call these three `error`, `error_description` and
 * `details`.
 */
function describeEntry(entry: unknown): string {
  if (typeof entry !== "object" || entry === null) return flat(entry);
  const fields = entry as Readonly<Record<string, unknown>>;
  const pick = (...names: string[]): string => {
    const values = names.map((name) => flat(fields[name]));
    return values.find(isStated) ?? "";
  };
  const code = pick("code", "error");
  const message = pick("message", "error_description");
  const head = [code, message].filter(isStated).join(": ");
  const detail = pick("detail", "details");
  return detail === "" ? head : `${head} (${detail})`.trim();
}

function isStated(text: string): boolean {
  return text !== "";
}

function flat(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  const text = JSON.stringify(value);
  const isEmpty = text === "{}" || text === "[]";
  return isEmpty ? "" : text;
}
