import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  asProblem,
  namedPlatforms
} from "./chunk-UFHSAQ23.js";
import {
  mentionsOf,
  withoutDigest
} from "./chunk-LFD2NK2P.js";
import {
  formatReference,
  parseReference,
  tagIn
} from "./chunk-UMCD7WYT.js";
import {
  distinctPlatforms,
  parsePlatform
} from "./chunk-GHKMTOL7.js";
import {
  encodedOf
} from "./chunk-V4QGKLYV.js";
import {
  PullError,
  codeOf
} from "./chunk-P27XCGGL.js";

// src/runner/locked-images.ts
function lockKey(reference) {
  return formatReference({ ...reference, digest: void 0 });
}
function lockImages(wanted, lock) {
  return wanted.map((image) => isLockable(image) ? lockImage(image, lock) : image);
}
function isLockable(image) {
  const isCache = mentionsOf(image).every((mention) => mention.isCache === true);
  return image.reference.digest === void 0 && !isCache;
}
function lockImage(image, { file, mode, entries }) {
  const { otherwise, ...first } = image;
  const entry = entries.get(lockKey(image.reference));
  const other = otherwise && entries.get(lockKey(otherwise.reference));
  const lock = { file, mode, entry: entry ?? other };
  if (mode === "update") return { ...image, lock };
  return entry === void 0 && other !== void 0 ? { ...first, ...otherwise, lock } : { ...first, lock };
}

// src/find/pin.ts
function pinOf(source, spot) {
  const written = source.text.slice(spot.start, spot.end);
  const start = spot.start + written.length - written.trimStart().length;
  const end = start + written.trim().length;
  const value = spot.value.trim();
  const [named = "", digest] = value.split("@");
  const isTagged = tagIn(named) !== void 0;
  if (digest !== void 0 && !isTagged) return void 0;
  const tag = isTagged ? "@" : ":latest@";
  const isAsWritten = written.trim() === value;
  const from = isAsWritten ? start + named.length : start;
  const before = isAsWritten ? tag : `${named}${tag}`;
  return pinAt(source, from, end, { before });
}
function pinAt(source, start, end, { before = "", after = "", form = "digest" } = {}) {
  const place = source.place(start, end);
  return { start: place.start, end: place.end, before, after, form };
}
function withPins(content, edits) {
  const ordered = edits.toSorted((one, other) => one.pin.start - other.pin.start);
  const pieces = [];
  let at = 0;
  let last = -1;
  for (const { pin, digest } of ordered) {
    if (pin.start < at || pin.start === last) continue;
    last = pin.start;
    const written = pin.form === "hex" ? encodedOf(digest) : digest;
    pieces.push(content.subarray(at, pin.start));
    pieces.push(Buffer.from(`${pin.before}${written}${pin.after}`));
    at = pin.end;
  }
  pieces.push(content.subarray(at));
  return Buffer.concat(pieces);
}

// src/find/template.ts
var TEMPLATE_MARK = "";
function hideTemplates(text) {
  let hidden = "";
  let at = 0;
  for (; ; ) {
    const open = text.indexOf("{{", at);
    const close = open < 0 ? -1 : text.indexOf("}}", open + 2);
    if (close < 0) break;
    const start = startOf(text, open, close);
    const end = close + 2;
    hidden += text.slice(at, start) + marked(text.slice(start, end));
    at = end;
  }
  if (at === 0) return text;
  return (hidden + text.slice(at)).replace(CONTROL_LINE, blank);
}
function startOf(text, open, close) {
  let start = open;
  let next = text.indexOf("{{", start + 2);
  while (next >= 0 && next < close) {
    if (text.slice(start, next).includes("\n")) start = next;
    next = text.indexOf("{{", next + 2);
  }
  return start;
}
function marked(action) {
  return action.replace(/(\n[ \t]*)|[^\r\n]/g, (_, indentation) => indentation ?? TEMPLATE_MARK);
}
var CONTROL_LINE = new RegExp(`^[ \\t]*${TEMPLATE_MARK}[${TEMPLATE_MARK} \\t]*\\r?$`, "gm");
function blank(line) {
  return line.replace(/[^\r]/g, " ");
}
var STRING_OR_COMMENT = /"(?:[^"\\\n]|\\.)*"?|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;
function hideComments(text) {
  return text.replace(STRING_OR_COMMENT, (found) => {
    return found.startsWith('"') ? found : found.replace(/[^\r\n]/g, " ");
  });
}

// src/find/findings.ts
var PLACE_LIMIT = 1e4;
var Findings = class {
  source;
  #references = [];
  #unknown = [];
  #known = /* @__PURE__ */ new Set();
  constructor(source) {
    this.source = source;
  }
  /** What was added, in the order of the file. */
  found() {
    const references = this.#references.toSorted(byPlace);
    const unknown = this.#unknown.toSorted(byPlace);
    return { references, unknown };
  }
  /** Adds a reference that is written as a whole. Adds nothing for an empty one. */
  literal(written, details = {}) {
    const spot = this.#trimmed(written);
    const why = whyUnknown(this.textOf(spot), spot.value);
    if (why !== void 0) return this.unknowable(spot, why);
    const pin = details.isCache ? void 0 : pinOf(this.source, spot);
    this.add(spot, spot.value, { ...details, pin });
  }
  /** Adds a reference with variables: no digest can be written into it. */
  expanded(spot, expansion, details = {}) {
    if ("why" in expansion) return this.unknowable(spot, expansion.why);
    if (expansion.value === spot.value) return this.literal(spot, details);
    const { value } = expansion;
    const why = value.includes("$") ? "it has a dollar sign" : whyUnknown(value);
    if (why !== void 0) return this.unknowable(spot, why);
    this.add(spot, value, details);
  }
  /** Adds a reference that stands at a spot. Adds nothing for an empty one. */
  add(spot, reference, details) {
    const trimmed = reference.trim();
    if (trimmed === "" || this.#references.length > PLACE_LIMIT) return;
    const { platform = "", needsNoPlatform = false } = details;
    const key = [platform, needsNoPlatform, trimmed].join(" ");
    if (this.#isKnown(spot, key)) return;
    const place = this.source.place(spot.start, spot.end);
    this.#references.push({ ...details, place, reference: trimmed });
  }
  /** Adds what cannot be known, and why. */
  unknowable(spot, why) {
    if (this.#unknown.length > PLACE_LIMIT || this.#isKnown(spot, "")) return;
    const place = this.source.place(spot.start, spot.end);
    this.#unknown.push({ place, text: this.textOf(spot), why });
  }
  /** A spot as it is written. */
  textOf({ start, end }) {
    return this.source.text.slice(start, end);
  }
  /** A spot without the blanks at its ends, where they are written as they are. */
  #trimmed(spot) {
    const { start, end, value } = spot;
    if (this.textOf(spot) !== value || value.trim() === value) return spot;
    const from = start + value.length - value.trimStart().length;
    const to = Math.max(from, end - (value.length - value.trimEnd().length));
    return { start: from, end: to, value: value.trim() };
  }
  #isKnown({ start, end }, as) {
    const key = `${start}-${end} ${as}`;
    const isKnown = this.#known.has(key);
    this.#known.add(key);
    return isKnown;
  }
};
function byPlace(one, other) {
  return one.place.start - other.place.start;
}
var UNKNOWN = [
  [/\$\{\{/, "it has an expression, which only the workflow can evaluate"],
  [/\{\{/, "it is a template: render it first"],
  [new RegExp(TEMPLATE_MARK), "it is a template: render it first"],
  [/\$(?:[A-Za-z_{(]|$)/, "it has a variable without a value"]
];
function whyUnknown(...texts) {
  for (const [form, why] of UNKNOWN) {
    if (texts.some((text) => form.test(text))) return why;
  }
  return void 0;
}

// src/runner/image-groups.ts
var REFERENCE_LIMIT = 1e3;
var ImageGroups = class {
  #treatment;
  #images;
  #names;
  #groups = /* @__PURE__ */ new Map();
  /** The images that only files name. */
  #found = [];
  constructor(images, treatment) {
    this.#treatment = treatment;
    this.#images = images;
    this.#names = new Set(images.map(({ name }) => name));
    for (const image of images.toReversed()) {
      this.#groups.set(formatReference(image.reference), { image, mentions: [] });
    }
  }
  /** Adds a reference. Returns its image's name. Fails as `invalid` when it cannot be parsed. */
  add(found, file, pattern) {
    const asked = this.#asked(bareName(found.reference));
    const platforms = this.#platforms(found, pattern);
    const group = this.#groups.get(keyOf(asked.reference, found)) ?? this.#start(asked, found);
    const { pins } = this.#treatment;
    const isCache = found.isCache === true;
    const hasDigest = asked.reference.digest !== void 0 || isCache;
    const mayMiss = found.otherwise !== void 0 || isCache;
    group.mentions.push({
      location: locationOf(file, found.place),
      platforms,
      optional: pattern.optional || mayMiss,
      unpinned: pins === "require" && !hasDigest ? formOf(found) : void 0,
      ...isCache ? { isCache } : {}
    });
    return group.image.name;
  }
  /** Every image, with what all places together require of it. */
  wanted() {
    const named = this.#images.map((image) => {
      const group = this.#groups.get(formatReference(image.reference));
      return group?.image === image ? joined(image, group.mentions) : image;
    });
    return [...named, ...this.#found.map(({ image, mentions }) => joined(image, mentions))];
  }
  /** What to ask for: to renew a pin, the tag beside it. */
  #asked(written) {
    const asked = askedFor(written);
    const { tag, digest } = asked.reference;
    const { pins, renews } = this.#treatment;
    if (digest === void 0 || tag === void 0 || pins !== "write") return asked;
    const renewed = withoutDigest(asked);
    return renews(renewed.reference) ? renewed : asked;
  }
  /** The input decides before the file: a file must not ask for less than the input does. */
  #platforms({ platform, needsNoPlatform }, pattern) {
    if (pattern.platforms !== void 0) return pattern.platforms;
    if (needsNoPlatform === true) return "any";
    return platform === void 0 ? this.#treatment.platforms : [parsePlatform(platform)];
  }
  #start({ written, reference }, found) {
    const { otherwise } = found;
    const image = {
      name: this.#freeName(written, reference),
      written,
      reference,
      platforms: "any",
      optional: true,
      mentions: [],
      ...otherwise === void 0 ? {} : { otherwise: askedFor(otherwise) }
    };
    const group = { image, mentions: [] };
    this.#groups.set(keyOf(reference, found), group);
    this.#found.push(group);
    if (this.#found.length > REFERENCE_LIMIT) throw tooMany();
    return group;
  }
  /** The reference as it is written or, where another image has that name, its full form. */
  #freeName(written, reference) {
    let name = this.#names.has(written) ? formatReference(reference) : written;
    for (let count = 2; this.#names.has(name); count++) {
      name = `${formatReference(reference)}-${count}`;
    }
    this.#names.add(name);
    return name;
  }
};
function keyOf(reference, { otherwise }) {
  const key = formatReference(reference);
  return otherwise === void 0 ? key : `${key} or ${otherwise}`;
}
function formOf({ pin, place }) {
  if (pin === void 0) return "by-hand";
  const isBeside = pin.start < place.start || pin.end > place.end;
  if (!isBeside) return "reference";
  if (pin.form === "hex") return "sha";
  return pin.before.endsWith("@") ? "tag" : "digest";
}
function askedFor(written) {
  return { written, reference: parseReference(written) };
}
function bareName(reference) {
  return reference.replace(/^docker:\/\//, "");
}
function tooMany() {
  const found = `the files name more than ${REFERENCE_LIMIT} different references`;
  return new PullError("too-many", found, { next: "name fewer files in one step" });
}
function joined(image, found) {
  if (found.length === 0) return image;
  const mentions = image.mentions === void 0 ? [...mentionsOf(image), ...found] : found;
  return {
    ...image,
    platforms: union(mentions.map(({ platforms }) => platforms)),
    optional: mentions.every(({ optional }) => optional),
    mentions
  };
}
function union(requirements) {
  if (requirements.includes("all")) return "all";
  const platforms = distinctPlatforms(requirements.flatMap(namedPlatforms));
  return platforms.length === 0 ? "any" : platforms;
}
function locationOf(file, { line, column, endColumn }) {
  return { file, line, column, endColumn };
}

// src/runner/found-images.ts
function fileProblem(error, where, { optional, location }) {
  return { ...asProblem(error, where), where, location, optional };
}
function nameImages(images, files, treatment) {
  const groups = new ImageGroups(images, treatment);
  const references = [];
  const problems = [];
  for (const { file, kind, pattern, references: all } of files) {
    for (const found of all) {
      expectFew(references.length, problems.length);
      try {
        const name = groups.add(found, file, pattern);
        references.push({ file, kind, found, name });
      } catch (error) {
        if (!(error instanceof PullError) || error.reason === "too-many") throw error;
        const { optional } = pattern;
        const location = locationOf(file, found.place);
        problems.push(fileProblem(error, `${file}:${location.line}`, { optional, location }));
      }
    }
  }
  const unknown = files.flatMap(({ file, unknown: all }) => all.map((one) => ({ ...one, file })));
  return { wanted: withReceipts(groups.wanted(), files), references, unknown, problems };
}
function withReceipts(images, files) {
  const receipts = files.filter(({ kind }) => kind === "receipt");
  const names = new Set(receipts.map(({ file }) => file));
  const used = new Map(receipts.flatMap(({ used: digests }) => [...digests ?? []]));
  return images.map((image) => {
    const { mentions } = image;
    if (mentions === void 0) return image;
    const digest = used.get(formatReference(image.reference));
    return {
      ...image,
      mentions: mentions.map((mention) => withoutPin(mention, names)),
      ...digest === void 0 ? {} : { used: digest }
    };
  });
}
function withoutPin(mention, receipts) {
  const isInReceipt = receipts.has(mention.location?.file ?? "");
  return isInReceipt ? { ...mention, unpinned: void 0 } : mention;
}
var PROBLEM_LIMIT = 1e3;
function expectFew(places, problems) {
  const isWrong = problems >= PROBLEM_LIMIT;
  if (places < PLACE_LIMIT && !isWrong) return;
  const what = isWrong ? `${PROBLEM_LIMIT} references that are wrong` : `${PLACE_LIMIT} references`;
  throw new PullError("too-many", `the files name more than ${what}`, {
    next: "name fewer files, or leave some out with !path"
  });
}

// src/find/text-file.ts
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs";
import { dirname, join } from "node:path";
var SIZE_LIMIT = 2 ** 20;
function attempt(path, work) {
  try {
    return work();
  } catch (cause) {
    const code = codeOf(cause);
    if (cause instanceof PullError || code === "") throw cause;
    throw new PullError("wrong-file", `${path} cannot be read: ${code}`, { cause });
  }
}
function replaceFile(target, path, content) {
  writing(path, () => {
    const { mode, uid, gid } = statSync(target);
    put(target, content, (temporary) => {
      keepOwner(temporary, uid, gid);
      chmodSync(temporary, mode);
    });
  });
}
function hasName(path) {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== void 0;
  } catch {
    return false;
  }
}
function makeFile(target, path, content) {
  writing(path, () => put(target, content, () => void 0));
}
function put(target, content, prepare) {
  const temporary = join(dirname(target), `.pin-${process.pid}`);
  const file = openSync(temporary, "wx");
  try {
    fill(file, content);
    prepare(temporary);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
function fill(file, content) {
  try {
    writeFileSync(file, content);
  } finally {
    closeSync(file);
  }
}
function writing(path, work) {
  try {
    work();
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "") throw cause;
    throw new PullError("not-written", `${path} cannot be written: ${code}`, { cause });
  }
}
function keepOwner(path, uid, gid) {
  try {
    chownSync(path, uid, gid);
  } catch {
  }
}
function readFile(real, path, limit = SIZE_LIMIT) {
  const file = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw new PullError("wrong-file", `${path} is no regular file`);
    const buffer = Buffer.alloc(Math.min(status.size, limit) + 1);
    let length = 0;
    for (let read = 1; read > 0 && length < buffer.length; length += read) {
      read = readSync(file, buffer, length, buffer.length - length, null);
    }
    if (length > limit) throw tooLarge(path, limit);
    return buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
}
function tooLarge(path, limit) {
  const found = `${path} has more than ${limit / 2 ** 20} MiB, the most that is read of a file`;
  return new PullError("wrong-file", found);
}
var UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
function decode(bytes, path) {
  try {
    return UTF_8.decode(bytes);
  } catch (cause) {
    throw new PullError("wrong-file", `${path} is not UTF-8 text`, { cause });
  }
}

export {
  attempt,
  replaceFile,
  hasName,
  makeFile,
  readFile,
  decode,
  lockKey,
  lockImages,
  pinOf,
  pinAt,
  withPins,
  TEMPLATE_MARK,
  hideTemplates,
  hideComments,
  PLACE_LIMIT,
  Findings,
  whyUnknown,
  fileProblem,
  nameImages
};
