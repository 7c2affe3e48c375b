import type { Problem } from "../gate/problem.ts";
import type { BaseVerdict, PlatformImage, PlatformOutcome, Root } from "../gate/resolved.ts";
import type { ImageConfig } from "../oci/config.ts";
import type { Fetched, Refusal } from "../oci/fetched.ts";
import type { Json, JsonObject } from "../oci/json.ts";
import type { Result } from "../pull/outcome.ts";
import type { FilesReport } from "./found-images.ts";
import type { LockedImage } from "./lock-diff.ts";
import type { LockReport } from "./lock-report.ts";
import type { Judged } from "./summary.ts";

/** The same text with `***` for every known secret. */
export type Withhold = (text: string) => string;

type Labels = ImageConfig["labels"];

/**
 * The same outcome without known secrets in text from outside: messages, names of platforms,
 * documents and configs. Digests and the text of the workflow itself stay as they are.
 */
export function redact(judged: Judged, withhold: Withhold): Judged {
  const { images, files, lock, problems } = judged;
  return {
    ...judged,
    images: images.map((image) => redactResult(image, withhold)),
    ...(files === undefined ? {} : { files: redactFiles(files, withhold) }),
    ...(lock === undefined ? {} : { lock: redactLock(lock, withhold) }),
    problems: problems.map((problem) => redactProblem(problem, withhold)),
  };
}

/** The same report without known secrets in problems and in names of platforms. */
function redactLock(report: LockReport, withhold: Withhold): LockReport {
  const redacted = (image: LockedImage | undefined): LockedImage | undefined =>
    image && { ...image, platforms: image.platforms.map(withhold) };
  return {
    ...report,
    problems: report.problems.map((problem) => redactProblem(problem, withhold)),
    changes: report.changes.map((change) => ({
      ...change,
      old: redacted(change.old),
      now: redacted(change.now),
    })),
  };
}

/** The same report without known secrets in text from files that is unknown. */
function redactFiles(report: FilesReport, withhold: Withhold): FilesReport {
  const unknown = report.unknown.map((one) => ({ ...one, text: withhold(one.text) }));
  return { ...report, unknown };
}

function redactResult(result: Result, withhold: Withhold): Result {
  const { root, problem, platforms, pin, base, refusal, tagRefusal } = result;
  return {
    ...result,
    ...(pin === undefined ? {} : { pin: redactProblem(pin, withhold) }),
    ...(base === undefined ? {} : { base: redactBase(base, withhold) }),
    ...(refusal === undefined ? {} : { refusal: redactRefusal(refusal, withhold) }),
    ...(tagRefusal === undefined ? {} : { tagRefusal: redactRefusal(tagRefusal, withhold) }),
    root: root && redactRoot(root, withhold),
    problem: problem && redactProblem(problem, withhold),
    platforms: platforms.map((platform) => redactPlatform(platform, withhold)),
  };
}

function redactRoot(root: Root, withhold: Withhold): Root {
  const { document, fetched } = root;
  const mediaType = withhold(document.mediaType);
  return {
    ...root,
    document: { ...document, mediaType },
    fetched: redactFetched(fetched, withhold),
  };
}

function redactBase(base: BaseVerdict, withhold: Withhold): BaseVerdict {
  const reference = withhold(base.reference);
  return { ...base, reference, message: withhold(base.message) };
}

function redactRefusal(refusal: Refusal, withhold: Withhold): Refusal {
  return { ...refusal, found: withhold(refusal.found) };
}

function redactProblem<T extends Problem>(problem: T, withhold: Withhold): T {
  const message = withhold(problem.message);
  return { ...problem, message };
}

function redactPlatform(outcome: PlatformOutcome, withhold: Withhold): PlatformOutcome {
  const image = outcome.image && redactImage(outcome.image, withhold);
  return {
    ...outcome,
    platform: withhold(outcome.platform),
    message: withhold(outcome.message),
    image,
  };
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
    labels: redactLabels(config.labels, withhold),
    entrypoint: config.entrypoint.map(withhold),
    cmd: config.cmd.map(withhold),
    user: withhold(config.user),
    workdir: withhold(config.workdir),
    exposedPorts: config.exposedPorts.map(withhold),
    json: redactObject(config.json, withhold),
  };
}

function redactLabels(labels: Labels, withhold: Withhold): Labels {
  const redacted = new Map<string, string>();
  for (const [name, value] of labels) {
    redacted.set(withhold(name), withhold(value));
  }
  return redacted;
}

/** A document as the metadata file shows it. Its content is JSON: it was parsed before. */
function redactFetched(fetched: Fetched, withhold: Withhold): Fetched {
  const text = fetched.content.toString();
  // Without escapes, a secret is in the text literally or not at all.
  const hasEscapes = text.includes("\\");
  if (!hasEscapes && withhold(text) === text) return fetched;
  const document = JSON.parse(text) as Json;
  const redacted = JSON.stringify(redactJson(document, withhold));
  return { ...fetched, content: Buffer.from(redacted) };
}

/** The same value with every string redacted, keys included. */
function redactJson(value: Json, withhold: Withhold): Json {
  if (typeof value === "string") return withhold(value);
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map((inner) => redactJson(inner, withhold));
  return redactObject(value, withhold);
}

function redactObject(object: JsonObject, withhold: Withhold): JsonObject {
  const redacted = new Map<string, Json>();
  for (const [key, value] of Object.entries(object)) {
    redacted.set(withhold(key), redactJson(value, withhold));
  }
  return Object.fromEntries(redacted) as JsonObject;
}

/** `Array.isArray` does not narrow read-only lists. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
