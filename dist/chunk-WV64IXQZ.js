import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  buildContexts,
  makeFilesDirectory,
  notPulled,
  sayFound,
  sayLocked,
  sayPinned,
  sayRefusals,
  sayResolved,
  writeFiles
} from "./chunk-UNUFXIPR.js";
import {
  lockDiff
} from "./chunk-KXWKZKOL.js";
import {
  readInputs
} from "./chunk-M4BPC7ZW.js";
import {
  openEarly,
  withRegistries
} from "./chunk-4RS7WBCL.js";
import {
  harmlessJson
} from "./chunk-FYXWCRXM.js";
import {
  LINE_LIMIT,
  countOf,
  firstOf
} from "./chunk-5NRT7XDW.js";
import {
  fileProblem,
  hasName,
  lockImages
} from "./chunk-VZIZUKS2.js";
import {
  Configs,
  fromIndex,
  fromManifest,
  resolveImage,
  verifyOffer
} from "./chunk-GN7N3NJW.js";
import {
  resolveRoot
} from "./chunk-NW7VBWHV.js";
import {
  pinnedReference,
  toResults,
  totalSize
} from "./chunk-GBVRIMHB.js";
import {
  countedPlatforms,
  digestOfImage,
  existsAll,
  failsStep,
  problemsOf,
  shownImage,
  statusOf
} from "./chunk-EA2R6EQY.js";
import {
  failsOn,
  mentionsOfProblem,
  problem,
  withNote
} from "./chunk-UFHSAQ23.js";
import {
  mentionsOf,
  withoutDigest
} from "./chunk-LFD2NK2P.js";
import {
  parseReference,
  tagIn
} from "./chunk-UMCD7WYT.js";
import {
  formatPlatform,
  runnerPlatform,
  satisfies
} from "./chunk-GHKMTOL7.js";
import {
  encodedOf
} from "./chunk-V4QGKLYV.js";
import {
  asList,
  asObject,
  asString,
  excerpt,
  parseJson
} from "./chunk-DGCL3OSD.js";
import {
  PullError,
  foundBy,
  isInterruption,
  mayPass
} from "./chunk-P27XCGGL.js";

// src/action/step.ts
import { join } from "node:path";

// src/gate/base-name.ts
var BASE_NAME = "org.opencontainers.image.base.name";
function namedBase(image) {
  try {
    const [name, other] = namesIn(image);
    if (name === void 0) return unknown("", `the image names no base: it has no ${BASE_NAME}`);
    if (other === void 0) return readName(name);
    const names = `${excerpt(name)} and ${excerpt(other)}`;
    return unknown("", `the platforms of the image name different bases: ${names}`);
  } catch (error) {
    return unknown("", `the image names no usable base: ${foundInImage(error)}`);
  }
}
function namesIn(image) {
  const ofIndex = image.root && annotatedName(image.root.fetched);
  const names = countedPlatforms(image).map(({ manifest, config }) => {
    return annotatedName(manifest) || ofIndex || config.labels.get(BASE_NAME) || "";
  });
  const given = names.filter((name) => name !== "");
  return [...new Set(given)];
}
function annotatedName({ content }) {
  const { annotations } = asObject(parseJson(content, "manifest"), "manifest");
  const named = asObject(annotations ?? {}, "manifest annotations")[BASE_NAME];
  return asString(named, `manifest annotations ${BASE_NAME}`);
}
function readName(name) {
  try {
    const reference = parseReference(name);
    const written = { written: name, reference };
    return reference.tag === void 0 ? written : withoutDigest(written);
  } catch (error) {
    return unknown(excerpt(name), `the image names no usable base: ${foundInImage(error)}`);
  }
}
function foundInImage(error) {
  if (!(error instanceof PullError)) throw error;
  return foundBy(error);
}
function unknown(reference, message) {
  return { reference, digest: "", stale: void 0, message };
}

// src/gate/base.ts
function judgeBases(images, source) {
  const judged = images.map(async (image) => {
    const { base } = image.wanted;
    if (base === void 0 || problemsOf(image).length > 0) return image;
    return { ...image, base: await judgeBase(source, image, base) };
  });
  return Promise.all(judged);
}
function unjudged(images) {
  return images.map((image) => {
    const { base } = image.wanted;
    if (base === void 0) return image;
    const written = base === "auto" ? "" : base.written;
    return { ...image, base: unknown(written, "lock: frozen asks for no tag, so it is not known") };
  });
}
async function judgeBase(source, image, wanted) {
  const platforms = countedPlatforms(image);
  if (platforms.length === 0) {
    const written = wanted === "auto" ? "" : wanted.written;
    return unknown(written, "no platform of the image was examined, so none can be compared");
  }
  const base = wanted === "auto" ? namedBase(image) : wanted;
  if ("stale" in base) return base;
  try {
    return await compareAll(source, platforms, base);
  } catch (error) {
    return unknown(base.written, unreadable(base.written, error));
  }
}
async function compareAll(source, platforms, reference) {
  const base = await readBase(source, platforms, reference);
  const findings = await Promise.all(platforms.map((platform) => compare(platform, base)));
  const { written, inquiry } = base;
  const { digest } = inquiry.root.fetched;
  return { reference: written, digest, ...conclude(written, findings) };
}
async function readBase(source, images, { written, reference }) {
  const platforms = images.map(({ platform }) => platform);
  const wanted = { name: written, written, reference, platforms, optional: true };
  const root = await resolveRoot(source, wanted);
  const inquiry = {
    source,
    repository: reference,
    depth: "manifest",
    pulled: false,
    configs: new Configs(),
    wanted,
    root,
    sought: platforms
  };
  const isIndex = root.document.kind === "index";
  const { candidates } = await (isIndex ? fromIndex(inquiry) : fromManifest(inquiry));
  return { written, inquiry, candidates };
}
async function compare(image, base) {
  const { written } = base;
  const platform = formatPlatform(image.platform);
  const unclear = (text) => ({ platform, stale: void 0, text });
  try {
    const now = await imageFor(image.platform, base);
    if (now === void 0) return unclear(`${written} does not offer ${platform}`);
    const [below, own] = [diffIdsOf(now.config), diffIdsOf(image.config)];
    if (below.length === 0) return unclear(`${written} lists no diffIDs for ${platform}`);
    if (own.length === 0) return unclear(`the image lists no diffIDs for ${platform}`);
    const count = below.filter((diffId, at) => diffId !== own[at]).length;
    const text = `${written} was rebuilt: ${count} of ${below.length} base layers differ`;
    return count > 0 ? { platform, stale: true, text } : { platform, stale: false, text: "" };
  } catch (error) {
    return unclear(unreadable(`${written} ${platform}`, error));
  }
}
async function imageFor(platform, { inquiry, candidates }) {
  const found = candidates.find((candidate) => satisfies(platform, candidate.platform));
  if (found?.offer === void 0) return found?.image;
  return (await verifyOffer(inquiry, found.offer)).image;
}
function diffIdsOf({ json }) {
  const rootfs = asObject(json["rootfs"] ?? {}, "image config rootfs");
  return asList(rootfs["diff_ids"], "image config diff_ids");
}
function unreadable(what, error) {
  if (!(error instanceof PullError)) throw error;
  return `${what} could not be read: ${error.found}`;
}
function conclude(written, findings) {
  const rebuilt = findings.filter(({ stale }) => stale === true);
  if (rebuilt.length > 0) return { stale: true, message: describe(rebuilt, findings.length) };
  const unclear = findings.find(({ stale }) => stale === void 0);
  if (unclear !== void 0) return { stale: void 0, message: unclear.text };
  return { stale: false, message: `it is built on what ${written} is now` };
}
function describe(findings, total) {
  const texts = [...new Set(findings.map(({ text }) => text))];
  const parts = texts.map((text) => {
    const alike = findings.filter((finding) => finding.text === text);
    const platforms = alike.map(({ platform }) => platform);
    return alike.length === total ? text : `on ${platforms.join(" and ")} ${text}`;
  });
  return parts.join("; ");
}

// src/gate/pins.ts
function judgePin(image) {
  const { wanted } = image;
  const forms = new Set(mentionsOf(wanted).flatMap(({ unpinned }) => unpinned ?? []));
  if (forms.size === 0) return image;
  const next = whatToWrite([...forms], wanted.written, digestOfImage(image));
  return { ...image, pin: problem("not-pinned", wanted.written, "it has no digest", next) };
}
function whatToWrite(forms, written, digest) {
  if (digest === void 0) return void 0;
  const texts = new Set(forms.map((form) => pasted(form, written, digest)));
  const byHand = `write ${[...texts].join(" or ")}`;
  const isByHand = forms.every((form) => form === "by-hand");
  return isByHand ? byHand : `${byHand}, or let pins: write do it`;
}
function pasted(form, written, digest) {
  if (form === "digest") return `digest: ${digest}`;
  if (form === "sha") return `sha: ${encodedOf(digest)}`;
  const [named = ""] = written.split("@");
  const tag = tagIn(named);
  if (form === "tag") return `tag: ${tag ?? "latest"}@${digest}`;
  return tag === void 0 ? `${named}:latest@${digest}` : `${named}@${digest}`;
}

// src/gate/wait.ts
async function resolveAll(plan, source, options) {
  const { now, sleep, signal, say } = options;
  const deadline = now() + plan.waitTimeout * 1e3;
  const gate = new Gate(plan, source, options);
  const interval = plan.waitInterval * 1e3;
  let tries = await Promise.all(plan.wanted.map((wanted) => gate.start(wanted)));
  while (tries.some(({ image }) => gate.isPending(image))) {
    const left = deadline - now();
    if (left <= 0 || signal.aborted) break;
    const waiting = tries.map(({ image }) => image).filter(isWorthRetry);
    say(waitingLine(waiting, left));
    await sleep(Math.min(interval, left), signal).catch(() => void 0);
    if (signal.aborted) break;
    tries = await Promise.all(tries.map((one) => gate.retry(one)));
  }
  return tries.map(({ image }) => gate.giveUp(image));
}
var Gate = class {
  #plan;
  #source;
  #options;
  constructor(plan, source, options) {
    this.#plan = plan;
    this.#source = source;
    this.#options = options;
  }
  /** True for an image that is to be tried again. */
  isPending(image) {
    return this.#plan.waitTimeout > 0 && isWorthRetry(image);
  }
  /** The first try. Its image is final unless it is pending. */
  async start(wanted) {
    const found = await resolveImage(this.#source, wanted, this.#plan);
    return this.#conclude(wanted, found);
  }
  /** The next try of a pending image; a final one stays as it is. */
  async retry(before) {
    if (!this.isPending(before.image)) return before;
    const { wanted } = before;
    const found = await resolveImage(this.#source, wanted, this.#plan);
    return this.#conclude(wanted, wasInterrupted(found) ? before.image : found);
  }
  #conclude(wanted, found) {
    const image = this.isPending(found) ? found : this.#finish(found, "");
    return { wanted, image };
  }
  /** The final result of an image for which no time is left. */
  giveUp(image) {
    if (!this.isPending(image)) return image;
    return this.#finish(image, `still so after waiting ${this.#plan.waitTimeout} s`);
  }
  #finish(image, waited) {
    const { signal, resolved } = this.#options;
    const note = signal.aborted ? foundBy(signal.reason) : waited;
    const isNoted = note !== "" && !wasInterrupted(image);
    const last = judgePin(isNoted ? annotate(image, note) : image);
    resolved(last);
    return last;
  }
};
function isWorthRetry(resolved) {
  const problems = problemsOf(resolved);
  return problems.length > 0 && problems.every(({ status }) => mayPass(status));
}
function wasInterrupted(resolved) {
  return problemsOf(resolved).some(({ reason }) => isInterruption(reason));
}
function annotate(resolved, note) {
  const problem2 = resolved.problem && withNote(resolved.problem, note);
  const platforms = resolved.platforms.map(
    (platform) => platform.reason === "" ? platform : withNote(platform, note)
  );
  return { ...resolved, problem: problem2, platforms };
}
function waitingLine(images, left) {
  const names = images.map((image) => `${image.wanted.name} (${statusOf(image)})`);
  return `waiting for ${names.join(", ")}; ${Math.ceil(left / 1e3)} s left`;
}

// src/runner/annotations.ts
var ANNOTATION_LIMIT = 10;
function annotate2(workflow, outcome, failOnMissing) {
  const all = annotationsOf(outcome, failOnMissing);
  const errors = all.filter(({ isError }) => isError);
  const warnings = all.filter(({ isError }) => !isError);
  for (const { title: title2, message, location } of errors.slice(0, ANNOTATION_LIMIT)) {
    workflow.error(title2, message, location);
  }
  for (const warning of warnings.slice(0, ANNOTATION_LIMIT)) {
    workflow.warn(lineOf(warning), warning.location);
  }
  const rest = [...errors.slice(ANNOTATION_LIMIT), ...warnings.slice(ANNOTATION_LIMIT)];
  if (rest.length === 0) return;
  const title = `${countOf(rest.length, "more problem")}, also in the job summary`;
  workflow.group(title, firstOf(rest, LINE_LIMIT, placedLineOf));
}
function annotationsOf(outcome, failOnMissing) {
  const { images, problems, cacheMiss } = outcome;
  const missed = cacheMiss === "" ? [] : [{ title: "cache miss", message: cacheMiss, isError: true, location: void 0 }];
  return [
    ...missed,
    ...problems.map(annotationOfFile),
    ...images.flatMap((image) => annotationsOfImage(image, failOnMissing))
  ];
}
function annotationOfFile({ where, status, message, optional, location }) {
  return { title: `${where}: ${status}`, message, isError: !optional, location };
}
function annotationsOfImage(image, failOnMissing) {
  const { wanted } = image;
  return problemsOf(image).flatMap(
    (problem2) => mentionsOfProblem(wanted, problem2).map(({ location, optional }) => ({
      title: titleOf(wanted, problem2),
      message: problem2.message,
      isError: failsOn(problem2.status, optional, failOnMissing),
      location
    }))
  );
}
function titleOf({ name }, { platform, status }) {
  if (platform === "") return `${name}: ${status}`;
  return `${name} ${platform}: ${status}`;
}
function lineOf({ title, message }) {
  return `${title}: ${message}`;
}
function placedLineOf(annotation) {
  const { location } = annotation;
  const line = lineOf(annotation);
  return location === void 0 ? line : `${location.file}:${location.line}: ${line}`;
}
function annotateInputs(workflow, problems) {
  for (const problem2 of problems.slice(0, ANNOTATION_LIMIT)) {
    workflow.error("invalid input", problem2);
  }
  const rest = problems.slice(ANNOTATION_LIMIT);
  if (rest.length === 0) return;
  const count = countOf(rest.length, "more invalid input");
  workflow.group(`${count}, also in the job summary`, rest);
}

// src/runner/bounds.ts
var JSON_LIMIT = 256 * 1024;
var KEPT = ["reference", "digest", "pinned", "status"];
var FIRST_TO_GO = ["labels", "locations", "exposedPorts", "entrypoint", "cmd", "user", "workdir"];
var SECOND_TO_GO = ["blobs"];
var THIRD_TO_GO = ["platforms", "base"];
var isNotKept = (field) => !KEPT.includes(field);
var DUE = [
  (field) => FIRST_TO_GO.includes(field),
  (field) => SECOND_TO_GO.includes(field),
  (field) => THIRD_TO_GO.includes(field),
  isNotKept
];
function boundedImages(results) {
  const all = results.map(([name, fields]) => new Shrinking(name, fields));
  const excess = shrink(all);
  const images = all.slice(0, countFitting(all, excess));
  const lost = all.length - images.length;
  const truncated = lost === 0 ? "" : `"truncated":${lost},`;
  const members = images.map(String).join(",");
  return `{"schema":1,${truncated}"images":{${members}}}`;
}
var FRAME_SIZE = `{"schema":1,"truncated":${Number.MAX_SAFE_INTEGER},"images":{}}`.length;
function shrink(images) {
  let excess = FRAME_SIZE - JSON_LIMIT;
  for (const image of images) excess += image.size;
  for (const isDue of DUE) {
    excess = dropFields(images, excess, isDue);
  }
  if (excess <= 0) return excess;
  for (const image of images) excess -= image.strip();
  return excess;
}
function dropFields(images, excess, isDue) {
  if (excess <= 0) return excess;
  let rest = excess;
  for (const { image, field } of largestFirst(images, isDue)) {
    if (rest <= 0) break;
    rest -= image.drop(field);
  }
  return rest;
}
function largestFirst(images, isDue) {
  const parts = [];
  for (const image of images) {
    for (const [field, size] of image.fields) {
      if (isDue(field)) parts.push({ image, field, size });
    }
  }
  return parts.toSorted((one, other) => other.size - one.size);
}
function countFitting(images, excess) {
  let rest = excess;
  let count = images.length;
  while (rest > 0 && count > 0) {
    count -= 1;
    rest -= images[count]?.size ?? 0;
  }
  return count;
}
var TRUNCATED_COST = '"truncated":[],,'.length;
var Shrinking = class {
  #name;
  /** `"field":value`, by field. */
  #fields = /* @__PURE__ */ new Map();
  #lost = [];
  constructor(name, fields) {
    this.#name = harmlessJson(name);
    for (const [field, value] of Object.entries(fields)) {
      const object = harmlessJson({ [field]: value });
      const withoutBraces = object.slice(1, -1);
      this.#fields.set(field, withoutBraces);
    }
  }
  /**
   * The fields that it still has and that are longer than a note of their loss, with their bytes.
   */
  get fields() {
    const fields = [];
    for (const [field, { length }] of this.#fields) {
      const noteLength = JSON.stringify(field).length + TRUNCATED_COST;
      if (length > noteLength) fields.push([field, length]);
    }
    return fields;
  }
  /** Its bytes, and the comma after it. */
  get size() {
    return this.toString().length + 1;
  }
  /** Drops a field, and notes its name. Returns the bytes that this saves. */
  drop(field) {
    const before = this.size;
    this.#fields.delete(field);
    this.#lost = [...this.#lost, field];
    return before - this.size;
  }
  /** Drops all fields that need not be kept. Returns the bytes that this saves. */
  strip() {
    const before = this.size;
    for (const field of this.#fields.keys()) {
      if (isNotKept(field)) this.#fields.delete(field);
    }
    this.#lost = ["*"];
    return before - this.size;
  }
  toString() {
    const members = [...this.#fields.values()];
    if (this.#lost.length > 0) {
      const lost = JSON.stringify(this.#lost);
      members.push(`"truncated":${lost}`);
    }
    return `${this.#name}:{${members.join(",")}}`;
  }
};
var SHORT_MESSAGE = 300;
function boundedList(entries) {
  const json = harmlessJson(entries);
  if (Buffer.byteLength(json) <= JSON_LIMIT) return json;
  const short = entries.map((entry) => {
    const message = cut(entry.message);
    return { ...entry, message };
  });
  const count = Math.max(countOfFirst(short, "[]"), 1);
  return harmlessJson(short.slice(0, count));
}
function countOfFirst(rows, around) {
  let size = around.length;
  for (const [at, row] of rows.entries()) {
    size += harmlessJson(row).length + 1;
    if (size > JSON_LIMIT) return at;
  }
  return rows.length;
}
function cut(message) {
  if (message.length <= SHORT_MESSAGE) return message;
  return `${message.slice(0, SHORT_MESSAGE)}…`;
}
function boundedRows(rows) {
  const json = harmlessJson(rows);
  if (json.length <= JSON_LIMIT) return json;
  const count = countOfFirst(rows, `[{"truncated":${rows.length}}]`);
  return harmlessJson([...rows.slice(0, count), { truncated: rows.length - count }]);
}

// src/runner/outputs.ts
var OUTPUTS = [
  "exists",
  "digest",
  "digests",
  "image",
  "images",
  "platforms",
  "config",
  "labels",
  "size",
  "missing",
  "json",
  "metadata-file",
  "build-contexts",
  "bake-file",
  "oci-layout",
  "cache-hit",
  "bytes-restored",
  "bytes-downloaded",
  "stale",
  "references",
  "changed-files",
  "lock-changed",
  "lock-diff",
  "registry",
  "buildkitd-config",
  "kind-config",
  "k3d-config",
  "registries-conf",
  "receipt-file"
];
var EMPTY_VALUES = OUTPUTS.map((name) => [name, ""]);
var EMPTY = Object.fromEntries(EMPTY_VALUES);
function toOutputs(judged, made) {
  const { images, pulled, problems, lock } = judged;
  const pinned = images.map(pinnedReference);
  const digests = images.map((image) => digestOfImage(image) ?? "");
  const contexts = made.contexts.map(([name, context]) => `${name}=${context}`);
  return {
    exists: existsOf(images, problems),
    ...outputsOfFirst(images[0], made.runner),
    digests: JSON.stringify(digests),
    image: pinned[0] ?? "",
    images: pinned.filter((reference) => reference !== "").join("\n"),
    size: sizeOf(images),
    missing: boundedList([...images.flatMap(missingEntries), ...problems.map(missingFile)]),
    json: boundedImages(made.results),
    "metadata-file": made.files.metadata,
    "build-contexts": contexts.join("\n"),
    "bake-file": made.files.bake,
    ...outputsOfPull(pulled),
    stale: staleOf(images),
    references: made.found === void 0 ? "" : boundedRows(made.references),
    "changed-files": made.found?.changed.join("\n") ?? "",
    "lock-changed": lock?.mode === "update" ? String(lock.isWritten) : "",
    "lock-diff": lockDiff(lock?.changes ?? []),
    ...outputsOfServing(judged.serving)
  };
}
var OF_PINS = ["file-changed", "not-written"];
function existsOf(images, problems) {
  if (images.length === 0 && problems.length === 0) return "";
  const exists = existsAll(images);
  const unread = problems.filter(({ reason }) => !OF_PINS.includes(reason));
  const isComplete = unread.every(({ optional }) => optional);
  if (exists === void 0 || exists && !isComplete) return "";
  return String(exists);
}
function sizeOf(images) {
  const isKnown = images.every(({ unread }) => unread === void 0);
  return isKnown ? String(totalSize(images)) : "";
}
function staleOf(images) {
  if (images.every(({ wanted }) => wanted.base === void 0)) return "";
  const stale = images.filter(({ base }) => base?.stale === true);
  return JSON.stringify(stale.map(({ wanted }) => wanted.name));
}
function missingFile({ where, status, reason, message }) {
  return { name: where, reference: "", platform: "", status, reason, message };
}
function outputsOfFirst(first, runner) {
  const platforms = first === void 0 ? [] : offeredPlatforms(first);
  const config = first && shownImage(first, runner)?.config;
  const labels = config && Object.fromEntries(config.labels);
  return {
    digest: (first && digestOfImage(first)) ?? "",
    platforms: bounded(platforms),
    config: bounded(config?.json),
    labels: bounded(labels)
  };
}
function outputsOfPull(pulled) {
  return {
    "oci-layout": pulled?.layout ?? "",
    "cache-hit": String(pulled?.hit ?? ""),
    "bytes-restored": String(pulled?.restored ?? ""),
    "bytes-downloaded": String(pulled?.downloaded ?? "")
  };
}
function outputsOfServing(serving) {
  return {
    registry: serving?.address ?? "",
    "buildkitd-config": serving?.buildkitdConfig ?? "",
    "kind-config": serving?.kindConfig ?? "",
    "k3d-config": serving?.k3dConfig ?? "",
    "registries-conf": serving?.registriesConf ?? "",
    "receipt-file": serving?.receiptFile ?? ""
  };
}
function bounded(value) {
  if (value === void 0) return "";
  const json = harmlessJson(value);
  return Buffer.byteLength(json) < JSON_LIMIT ? json : "";
}
var BOUNDED = ["config", "labels", "platforms"];
function leftOut(outputs, { images }) {
  const [first] = images;
  if (first === void 0 || countedPlatforms(first).length === 0) return [];
  const names = BOUNDED.filter((name) => outputs[name] === "");
  const file = outputs["metadata-file"];
  const why = `it would have ${JSON_LIMIT} bytes or more; ${file} has it`;
  return names.map((name) => `the output ${name} is empty: ${why}`);
}
function offeredPlatforms({ platforms }) {
  const offered = platforms.filter(({ digest }) => digest !== void 0);
  return offered.map(({ platform }) => platform);
}
function missingEntries(resolved) {
  const { name, written } = resolved.wanted;
  return problemsOf(resolved).map((problem2) => ({
    name,
    reference: written,
    platform: problem2.platform,
    status: problem2.status,
    reason: problem2.reason,
    message: problem2.message
  }));
}

// src/runner/redaction.ts
function redact(judged, withhold) {
  const { images, files, lock, problems } = judged;
  return {
    ...judged,
    images: images.map((image) => redactResult(image, withhold)),
    ...files === void 0 ? {} : { files: redactFiles(files, withhold) },
    ...lock === void 0 ? {} : { lock: redactLock(lock, withhold) },
    problems: problems.map((problem2) => redactProblem(problem2, withhold))
  };
}
function redactLock(report2, withhold) {
  const redacted = (image) => image && { ...image, platforms: image.platforms.map(withhold) };
  return {
    ...report2,
    problems: report2.problems.map((problem2) => redactProblem(problem2, withhold)),
    changes: report2.changes.map((change) => ({
      ...change,
      old: redacted(change.old),
      now: redacted(change.now)
    }))
  };
}
function redactFiles(report2, withhold) {
  const unknown2 = report2.unknown.map((one) => ({ ...one, text: withhold(one.text) }));
  return { ...report2, unknown: unknown2 };
}
function redactResult(result, withhold) {
  const { root, problem: problem2, platforms, pin: pin2, base, refusal, tagRefusal } = result;
  return {
    ...result,
    ...pin2 === void 0 ? {} : { pin: redactProblem(pin2, withhold) },
    ...base === void 0 ? {} : { base: redactBase(base, withhold) },
    ...refusal === void 0 ? {} : { refusal: redactRefusal(refusal, withhold) },
    ...tagRefusal === void 0 ? {} : { tagRefusal: redactRefusal(tagRefusal, withhold) },
    root: root && redactRoot(root, withhold),
    problem: problem2 && redactProblem(problem2, withhold),
    platforms: platforms.map((platform) => redactPlatform(platform, withhold))
  };
}
function redactRoot(root, withhold) {
  const { document, fetched } = root;
  const mediaType = withhold(document.mediaType);
  return {
    ...root,
    document: { ...document, mediaType },
    fetched: redactFetched(fetched, withhold)
  };
}
function redactBase(base, withhold) {
  const reference = withhold(base.reference);
  return { ...base, reference, message: withhold(base.message) };
}
function redactRefusal(refusal, withhold) {
  return { ...refusal, found: withhold(refusal.found) };
}
function redactProblem(problem2, withhold) {
  const message = withhold(problem2.message);
  return { ...problem2, message };
}
function redactPlatform(outcome, withhold) {
  const image = outcome.image && redactImage(outcome.image, withhold);
  return {
    ...outcome,
    platform: withhold(outcome.platform),
    message: withhold(outcome.message),
    image
  };
}
function redactImage(image, withhold) {
  return {
    ...image,
    manifest: redactFetched(image.manifest, withhold),
    config: redactConfig(image.config, withhold)
  };
}
function redactConfig(config, withhold) {
  return {
    ...config,
    created: withhold(config.created),
    labels: redactLabels(config.labels, withhold),
    entrypoint: config.entrypoint.map(withhold),
    cmd: config.cmd.map(withhold),
    user: withhold(config.user),
    workdir: withhold(config.workdir),
    exposedPorts: config.exposedPorts.map(withhold),
    json: redactObject(config.json, withhold)
  };
}
function redactLabels(labels, withhold) {
  const redacted = /* @__PURE__ */ new Map();
  for (const [name, value] of labels) {
    redacted.set(withhold(name), withhold(value));
  }
  return redacted;
}
function redactFetched(fetched, withhold) {
  const text = fetched.content.toString();
  const hasEscapes = text.includes("\\");
  if (!hasEscapes && withhold(text) === text) return fetched;
  const document = JSON.parse(text);
  const redacted = JSON.stringify(redactJson(document, withhold));
  return { ...fetched, content: Buffer.from(redacted) };
}
function redactJson(value, withhold) {
  if (typeof value === "string") return withhold(value);
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map((inner) => redactJson(inner, withhold));
  return redactObject(value, withhold);
}
function redactObject(object, withhold) {
  const redacted = /* @__PURE__ */ new Map();
  for (const [key, value] of Object.entries(object)) {
    redacted.set(withhold(key), redactJson(value, withhold));
  }
  return Object.fromEntries(redacted);
}
function isList(value) {
  return Array.isArray(value);
}

// src/runner/references.ts
function toReferenceRows({ references, unknown: unknown2 }, images) {
  const digests = new Map(images.map((image) => [image.wanted.name, digestOfImage(image)]));
  const known = references.map((reference) => {
    return rowOf(reference, digests.get(reference.name) ?? "");
  });
  return [...known, ...unknown2.map(unknownRow)];
}
function rowOf({ file, kind, found, name }, digest) {
  const { place, reference, platform = "" } = found;
  const { line, column, endColumn } = place;
  return { file, line, column, endColumn, as: kind, reference, platform, name, digest };
}
function unknownRow({ file, place, text, why }) {
  return { file, line: place.line, text, why };
}

// src/action/pins.ts
function writePins(files, outcome) {
  const { references, workspace, digests } = files;
  const changed = [];
  const problems = [];
  for (const [file, edits] of editsOf(references, outcome)) {
    const before = digests.get(file);
    if (before === void 0) continue;
    try {
      if (workspace.pin(file, before, edits)) changed.push(file);
    } catch (error) {
      problems.push(unwritten(error, file));
    }
  }
  return { changed, problems };
}
function unwritten(error, file) {
  const location = { file, line: 1, column: 1, endColumn: 1 };
  const isChanged = error instanceof PullError && error.reason === "file-changed";
  return fileProblem(error, file, { optional: isChanged, location });
}
function editsOf(references, { images }) {
  const resolved = images.filter((image) => statusOf(image) === "ok");
  const digestsOfImages = new Map(
    resolved.map((image) => [image.wanted.name, digestOfImage(image)])
  );
  const files = /* @__PURE__ */ new Map();
  for (const { file, name, found } of references) {
    const digest = digestsOfImages.get(name);
    if (found.pin === void 0 || digest === void 0) continue;
    const edits = files.get(file) ?? [];
    edits.push({ pin: found.pin, digest });
    files.set(file, edits);
  }
  return files;
}

// src/action/conclude.ts
async function conclude2(done, inputs, workflow, directory) {
  const { outcome, serving, cache } = done;
  const cacheMiss = inputs.cache.failOnMiss ? missedBy(outcome) : "";
  const isRefused = cacheMiss !== "" || hasFailed(done, inputs);
  const written = await write(done, isRefused, inputs, workflow);
  const isFailed = isRefused || hasProblem(written.problems);
  const judged = redact({ ...outcome, ...written, cacheMiss, serving, cache }, workflow.withhold);
  annotate2(workflow, judged, inputs.failOnMissing);
  await handOn(judged, inputs, workflow, directory);
  const { jobSummary } = inputs;
  const isSummarised = jobSummary === "always" || jobSummary === "on-failure" && isFailed;
  if (isSummarised) await workflow.summary(judged);
  return isFailed ? 1 : 0;
}
function hasFailed({ outcome, files, lock }, { failOnMissing }) {
  const problems = [...files?.problems ?? [], ...lock?.problems ?? []];
  return hasProblem(problems) || outcome.images.some((image) => failsStep(image, failOnMissing));
}
function hasProblem(problems) {
  return problems.some(({ optional }) => !optional);
}
async function write(done, isRefused, inputs, workflow) {
  const { outcome, files, lock, replaced } = done;
  const pinned = files && pin(files, outcome, isRefused, inputs, workflow);
  const mayLock = !isRefused && !hasProblem(pinned?.problems ?? []);
  const end = { outcome, replaced, isRefused: !mayLock };
  const locked = lock && await finish(prunable(lock, files, workflow), end, inputs);
  if (locked !== void 0) sayLocked(workflow, locked, mayLock);
  const problems = [...pinned?.problems ?? [], ...locked?.problems ?? []];
  return { files: pinned, lock: locked, problems };
}
function prunable(lock, files, { say }) {
  const unread = files?.problems ?? [];
  if (!lock.prunes || unread.length === 0) return lock;
  say(`no entry is dropped from ${lock.file}, because a file could not be read`);
  return { ...lock, prunes: false };
}
async function finish(lock, end, inputs) {
  const { endLock } = await import("./lock-7RWGGLU4.js");
  return endLock(lock, end, inputs);
}
function pin(files, outcome, isRefused, { pins }, workflow) {
  if (pins !== "write") return { ...files, changed: [] };
  if (isRefused) {
    workflow.say("no digest is written into the files, because the step failed");
    return { ...files, changed: [] };
  }
  const { changed, problems } = writePins(files, outcome);
  sayPinned(workflow, changed);
  return { ...files, changed, problems: [...files.problems, ...problems] };
}
async function handOn(judged, { runner }, workflow, directory) {
  const { images, files: found } = judged;
  const results = toResults(judged, runner);
  const contexts = buildContexts(judged);
  const references = found === void 0 ? [] : toReferenceRows(found, images);
  const files = await writeFiles({ outcome: judged, results, contexts, references }, directory);
  const outputs = toOutputs(judged, { results, contexts, files, runner, found, references });
  writeOutputs(workflow, outputs);
  for (const line of leftOut(outputs, judged)) workflow.say(line);
}
function writeOutputs(workflow, outputs) {
  for (const name of OUTPUTS) workflow.output(name, outputs[name]);
}
function missedBy({ pulled }) {
  const missed = pulled?.missed ?? [];
  const [first] = missed;
  if (first === void 0) return "";
  const blobs = missed.length === 1 ? "1 blob" : `${missed.length} blobs`;
  const found = `${blobs} did not come from the cache, the first is ${first.digest}`;
  const next = "run a job that saves them, or leave fail-on-cache-miss out";
  return `${found}, and fail-on-cache-miss is set; ${next}`;
}

// src/action/step.ts
var NO_EXTRAS = { prunes: false };
async function step(machine, workflow, extras = NO_EXTRAS) {
  try {
    return await run(machine, workflow, extras);
  } catch (error) {
    report(workflow, error);
    writeEmptyOutputs(workflow);
    return 1;
  }
}
function writeEmptyOutputs(workflow) {
  try {
    writeOutputs(workflow, EMPTY);
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
  }
}
function report(workflow, error) {
  if (error instanceof PullError) {
    return workflow.error("registry-pull cannot work on this runner", error.message);
  }
  const bug = error instanceof Error ? error : new Error(String(error));
  const { message, stack = "" } = bug;
  const next = "please report it with the stack trace below";
  workflow.error("internal error in registry-pull", `${message}; ${next}`);
  const frames = stack.split("\n").slice(1);
  workflow.group("stack trace", frames);
}
async function run(machine, workflow, extras) {
  const runner = runnerPlatform(machine.platform, machine.architecture);
  const inputs = await readInputs(machine.environment, runner);
  if ("problems" in inputs) {
    const { problems, jobSummary } = inputs;
    annotateInputs(workflow, problems);
    writeOutputs(workflow, EMPTY);
    if (jobSummary !== "never") await workflow.summary({ invalid: problems });
    return 1;
  }
  workflow.mask(inputs.githubToken);
  for (const { password } of inputs.registryAuth) workflow.mask(password);
  const directory = await makeFilesDirectory(machine.temporary);
  const done = await withDeadline(
    inputs,
    machine,
    workflow,
    (step2) => withRegistries(step2, (connected) => work(connected, step2, extras))
  );
  return conclude2(done, inputs, workflow, directory);
}
async function withDeadline(inputs, machine, workflow, work2) {
  const { clock, cancelled } = machine;
  const overdue = `the step's timeout of ${inputs.timeout} s has passed`;
  const stop = new AbortController();
  const cancelTimeout = clock.after(
    inputs.timeout * 1e3,
    () => stop.abort(new PullError("timeout", overdue))
  );
  const signal = AbortSignal.any([stop.signal, cancelled]);
  try {
    const started = clock.now();
    return await work2({ inputs, machine, workflow, signal, started });
  } finally {
    cancelTimeout();
  }
}
var NOTHING_DONE = {
  outcome: notPulled([]),
  files: void 0,
  lock: void 0,
  replaced: /* @__PURE__ */ new Map(),
  serving: void 0
};
async function work(connected, step2, extras) {
  const lock = await openLockOf(step2, extras);
  if (lock !== void 0 && lock.problems.length > 0) {
    return { ...NOTHING_DONE, lock };
  }
  const files = await filesOf(step2, lock);
  const wanted = files?.wanted ?? step2.inputs.plan.wanted;
  const locked = lock === void 0 ? wanted : lockImages(wanted, lock);
  const inputs = { ...step2.inputs, plan: { ...step2.inputs.plan, wanted: locked } };
  openEarly(connected, inputs);
  const done = await check(connected, { ...step2, inputs }, { ...NOTHING_DONE, files, lock });
  sayRefusals(step2.workflow, done.outcome.images);
  return { ...done, serving: await serve(done, step2) };
}
async function serve(done, step2) {
  const { serve: serve2 } = step2.inputs;
  if (serve2 === void 0 || hasFailed(done, step2.inputs)) return void 0;
  const { startServing } = await import("./serve-2DL4EQO4.js");
  const named = { images: done.outcome.images, lock: done.lock?.entries ?? /* @__PURE__ */ new Map() };
  return startServing(named, serve2, step2);
}
async function openLockOf(step2, { prunes }) {
  const { inputs, machine } = step2;
  const { file, isNamed, mode } = inputs.lock;
  const mayBeUsed = mode !== "" || isNamed || hasName(join(machine.workspace, file));
  if (mode === "none" || !mayBeUsed) return void 0;
  const { openLock } = await import("./lock-7RWGGLU4.js");
  return openLock(step2, prunes);
}
async function filesOf(step2, lock) {
  if (step2.inputs.files.included.length === 0) return void 0;
  const { readFiles } = await import("./files-YGJ2NFEK.js");
  const files = await readFiles(step2, lock);
  sayFound(step2.workflow, files);
  return files;
}
async function check(connected, step2, found) {
  const { inputs } = step2;
  const engine = await openEngineOf(step2);
  const cached = await openCacheOf(connected, step2);
  const source = cached?.registry ?? connected.registry;
  const images = await ask(source, connected, step2);
  const done = { ...found, outcome: notPulled(images), cache: cached?.use };
  if (hasFailed(done, inputs)) return done;
  const outcome = await pull(images, cached, engine, step2) ?? done.outcome;
  const pulled = { ...done, outcome };
  if (hasFailed(pulled, inputs)) return pulled;
  return { ...pulled, replaced: await replacedBy(images, source, found.lock, step2) };
}
async function openEngineOf(step2) {
  const { pull: pull2 } = step2.inputs;
  if (pull2 === "none" || pull2 === "layout") return void 0;
  const { openEngine } = await import("./open-engine-47QEIOPD.js");
  return openEngine(step2);
}
async function openCacheOf(connected, step2) {
  const { pull: pull2, serve: serve2 } = step2.inputs;
  if (pull2 === "none" && serve2 === void 0) return void 0;
  const { openCache } = await import("./cache-D47NEIMR.js");
  return openCache(connected, step2);
}
async function pull(images, cached, engine, step2) {
  if (cached === void 0 || step2.inputs.pull === "none") return void 0;
  const { pullAndLoad } = await import("./pull-XWON2XDD.js");
  return pullAndLoad(images, cached, engine, step2);
}
async function replacedBy(images, source, lock, step2) {
  if (lock?.mode !== "update") return /* @__PURE__ */ new Map();
  const { readReplaced } = await import("./lock-7RWGGLU4.js");
  return readReplaced(images, source, step2);
}
async function ask(source, { api }, { inputs, machine, workflow, signal }) {
  const images = await resolveAll(inputs.plan, source, {
    now: machine.clock.now,
    sleep: machine.clock.sleep,
    signal,
    say: workflow.say,
    resolved: (image) => sayResolved(workflow, image)
  });
  const judged = inputs.plan.checksTags ? await judgeBases(images, source) : unjudged(images);
  for (const { wanted, base } of judged) {
    if (base !== void 0) workflow.say(`base of ${wanted.name}: ${base.message}`);
  }
  for (const [registry, remaining] of api.remainingPulls) {
    workflow.say(`${registry}: ${remaining}`);
  }
  return judged;
}

export {
  step
};
