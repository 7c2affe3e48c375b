import type { ImageConfig } from "../oci/config.ts";
import type { Json, JsonObject } from "../oci/json.ts";
import type { Outcome, PlatformImage, PlatformOutcome, Root } from "../pull/plan.ts";
import type { Fetched } from "../pull/ports.ts";

/** Gives a text back without the secrets that are known. */
export type Withhold = (text: string) => string;

/**
 * The same outcome without known secrets in what others wrote, to be shown and handed on: in messages,
 * the names of platforms, documents and configs. What the workflow wrote, and digests, stay as they are.
 */
export function redact(outcome: Outcome, withhold: Withhold): Outcome {
  const images = outcome.images.map((image) => ({
    ...image,
    root: image.root && redactRoot(image.root, withhold),
    problem: image.problem && { ...image.problem, message: withhold(image.problem.message) },
    platforms: image.platforms.map((platform) => redactPlatform(platform, withhold)),
  }));
  return { ...outcome, images };
}

function redactRoot(root: Root, withhold: Withhold): Root {
  const document = { ...root.document, mediaType: withhold(root.document.mediaType) };
  return { ...root, document, fetched: redactFetched(root.fetched, withhold) };
}

function redactPlatform(outcome: PlatformOutcome, withhold: Withhold): PlatformOutcome {
  const image = outcome.image && redactImage(outcome.image, withhold);
  return { ...outcome, platform: withhold(outcome.platform), message: withhold(outcome.message), image };
}

function redactImage(image: PlatformImage, withhold: Withhold): PlatformImage {
  return {
    ...image,
    manifest: redactFetched(image.manifest, withhold),
    config: redactConfig(image.config, withhold),
  };
}

function redactConfig(config: ImageConfig, withhold: Withhold): ImageConfig {
  return {
    ...config,
    created: withhold(config.created),
    labels: new Map([...config.labels].map(([name, value]) => [withhold(name), withhold(value)])),
    entrypoint: config.entrypoint.map(withhold),
    cmd: config.cmd.map(withhold),
    user: withhold(config.user),
    workdir: withhold(config.workdir),
    exposedPorts: config.exposedPorts.map(withhold),
    json: redactObject(config.json, withhold),
  };
}

/** A document as the metadata file has it: its content was parsed before, so it is JSON. */
function redactFetched(fetched: Fetched, withhold: Withhold): Fetched {
  const text = fetched.content.toString();
  // Without escapes a secret stands in the text as it is, or nowhere.
  if (!text.includes("\\") && withhold(text) === text) return fetched;
  const document = JSON.parse(text) as Json;
  return { ...fetched, content: Buffer.from(JSON.stringify(redactJson(document, withhold))) };
}

/** Every string of a value, keys included. */
function redactJson(value: Json, withhold: Withhold): Json {
  if (typeof value === "string") return withhold(value);
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map((inner) => redactJson(inner, withhold));
  return redactObject(value, withhold);
}

function redactObject(object: JsonObject, withhold: Withhold): JsonObject {
  const redacted = Object.entries(object).map(([key, value]) => [withhold(key), redactJson(value, withhold)]);
  return Object.fromEntries(redacted) as JsonObject;
}

/** `Array.isArray` says nothing of lists that are read-only. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
