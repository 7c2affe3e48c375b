import type { IncomingHttpHeaders } from "node:http";
import { type Json, parseJson } from "../oci/json.ts";

// Enough for every registry's own words; a page of HTML is cut, never dumped.
const SHOWN_LIMIT = 1024;

/**
 * What a registry said in the body of an error answer, as one line: every `errors[]` entry with code, message and detail,
 * and else whatever text there is (a 4xx body "MAY be in any format":
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes). Empty when it said nothing.
 * `withhold` removes secrets before the line is cut: half of a secret would no longer be recognised. Never fails.
 */
export function describeErrors(body: Uint8Array, headers: IncomingHttpHeaders, withhold: (text: string) => string): string {
  const text = new TextDecoder().decode(body).trim();
  const type = mediaTypeOf(headers);
  if (type === "text/html" || /^<!doctype html|^<html/i.test(text)) return "a web page (text/html), not a registry's answer";
  return shorten(withhold(fromJson(text) ?? withoutTags(text)));
}

/** The media type of an answer in lower case, without parameters; empty when there is none. */
export function mediaTypeOf(headers: IncomingHttpHeaders): string {
  return (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

function withoutTags(text: string): string {
  const bare = text.replace(/<[^<>]*>/g, " ");
  return bare.replace(/\s+/g, " ").trim();
}

function shorten(text: string): string {
  return text.length > SHOWN_LIMIT ? `${text.slice(0, SHOWN_LIMIT)}…` : text;
}

/** Undefined for what is no JSON object, or one that is nested too deep to be written again. */
function fromJson(text: string): string | undefined {
  if (!text.startsWith("{")) return undefined;
  let json: Json;
  try {
    json = parseJson(new TextEncoder().encode(text), "error");
  } catch {
    return undefined;
  }
  const { errors, ...own } = json as { errors?: Json };
  const entries = Array.isArray(errors) && errors.length > 0 ? errors : [own];
  const described = entries.map(describeEntry).filter((entry) => entry !== "");
  return described.length > 0 ? described.join("; ") : undefined;
}

/** `CODE: message (detail)`. Token services write `error`, `error_description` and `details` for the same three. */
function describeEntry(entry: unknown): string {
  if (typeof entry !== "object" || entry === null) return flat(entry);
  const fields = entry as Readonly<Record<string, unknown>>;
  const pick = (...names: string[]): string => names.map((name) => flat(fields[name])).find((value) => value !== "") ?? "";
  const head = [pick("code", "error"), pick("message", "error_description")].filter((part) => part !== "").join(": ");
  const detail = pick("detail", "details");
  return detail === "" ? head : `${head} (${detail})`.trim();
}

function flat(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  const text = JSON.stringify(value);
  return text === "{}" || text === "[]" ? "" : text;
}
