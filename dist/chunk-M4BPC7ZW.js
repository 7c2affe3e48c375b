import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  KINDS,
  isJson
} from "./chunk-EAIMOVJT.js";
import {
  CACHE_MODES,
  mirroredName,
  officialName
} from "./chunk-4RS7WBCL.js";
import {
  parseReference,
  repositoryName
} from "./chunk-UMCD7WYT.js";
import {
  distinctPlatforms,
  parsePlatform
} from "./chunk-GHKMTOL7.js";
import {
  excerpt,
  kindOf,
  parseJson
} from "./chunk-DGCL3OSD.js";
import {
  PullError
} from "./chunk-P27XCGGL.js";

// src/runner/input-names.ts
var DEFAULTS = {
  images: "",
  files: "",
  pins: "none",
  platforms: "",
  verify: "manifest",
  "fail-on-missing": "true",
  "wait-timeout": "0",
  "wait-interval": "15",
  pull: "none",
  path: "",
  "cache-mode": "auto",
  "cache-min-size": "1MiB",
  "cache-max-size": "2GiB",
  "cache-private": "false",
  "cache-key-prefix": "registry-pull-v1",
  "fail-on-cache-miss": "false",
  "when-unavailable": "fail",
  lock: "",
  "lock-file": "images.lock.json",
  sources: "",
  "cache-directory": "",
  "cache-directory-size": "20GiB",
  serve: "false",
  "serve-address": "127.0.0.1:0",
  "serve-only": "false",
  "registry-auth": "",
  "github-token": "",
  "insecure-registries": "",
  "trusted-realms": "",
  concurrency: "6",
  timeout: "1800",
  "job-summary": "always",
  "job-status": ""
};

// src/runner/cache-inputs.ts
import { isAbsolute } from "node:path";
function readCache(values) {
  return {
    mode: values.choice("cache-mode", CACHE_MODES),
    minSize: values.size("cache-min-size"),
    maxSize: values.size("cache-max-size"),
    savePrivate: values.boolean("cache-private"),
    keyPrefix: readKeyPrefix(values),
    failOnMiss: values.boolean("fail-on-cache-miss"),
    whenUnavailable: values.choice("when-unavailable", ["fail", "use-cache"]),
    directory: readDirectory(values),
    directorySize: values.size("cache-directory-size")
  };
}
function readDirectory(values) {
  const path = values.matching(
    "cache-directory",
    new RegExp("^\\P{Cc}*$", "u"),
    "a path without control characters"
  );
  if (path !== "" && !isAbsolute(path)) {
    values.complain(`cache-directory: expected an absolute path, got ${JSON.stringify(path)}`);
  }
  return path;
}
function readKeyPrefix(values) {
  const expected = "at most 100 letters, digits and . _ -";
  return values.matching("cache-key-prefix", /^[A-Za-z0-9._-]{1,100}$/, expected);
}

// src/runner/list-syntax.ts
function lines(input, text) {
  const items = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const content = line.replace(/(^|\s)#.*$/, "").trim();
    if (content === "") continue;
    const where = `${input}, line ${at + 1}`;
    items.push({ where, text: content });
  }
  return items;
}
function listItems(input, text) {
  const items = [];
  for (const line of lines(input, text)) {
    for (const part of line.text.split(",")) {
      const item = part.trim();
      if (item !== "") items.push({ where: line.where, text: item });
    }
  }
  return items;
}
function readPlatforms(items, complain) {
  const [first] = items;
  if (first === void 0) return void 0;
  if (items.length === 1 && isWord(first.text)) return first.text;
  return distinctPlatforms(items.flatMap((item) => readPlatform(item, complain) ?? []));
}
function readPlatform({ where, text }, complain) {
  if (isWord(text)) {
    const expected = "expected all, any, or a list of os/arch[/variant]";
    complain(`${where}: ${text} stands alone: ${expected}`);
    return void 0;
  }
  return attempt(() => parsePlatform(text), where, complain);
}
function isWord(text) {
  return text === "all" || text === "any";
}
function attempt(read, where, complain) {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    complain(`${where}: ${error.message}`);
    return void 0;
  }
}
function readOptions(where, options, { keys, expected }, complain) {
  const values = /* @__PURE__ */ new Map();
  for (const option of options) {
    const [, key = "", value = ""] = /^(\w+)=(.+)$/.exec(option) ?? [];
    if (keys.includes(key)) {
      const before = values.get(key) ?? [];
      values.set(key, [...before, value]);
    } else {
      complain(`${where}: unknown option ${JSON.stringify(option)}; ${expected}`);
    }
  }
  return values;
}

// src/runner/file-patterns.ts
var FORM = "expected pattern[,as=kind][,platform=os/arch[/variant]][,optional=true], or !pattern";
var OPTIONS = { keys: ["as", "platform", "optional"], expected: FORM };
function readFilePatterns(text, complain) {
  const included = [];
  const excluded = [];
  for (const item of lines("files", text)) {
    if (item.text.startsWith("!")) {
      const path = readPath(item.text.slice(1), item.where, complain);
      if (path !== void 0) excluded.push(path);
    } else {
      const pattern = readPattern(item, complain);
      if (pattern !== void 0) included.push(pattern);
    }
  }
  if (excluded.length > 0 && included.length === 0) {
    complain(`files: expected a pattern besides those that exclude files; ${FORM}`);
  }
  return { included, excluded };
}
function readPattern({ where, text }, complain) {
  const [written = "", ...options] = text.split(",").map((part) => part.trim());
  const isReceipt = isAbsolutePath(written);
  const pattern = isReceipt ? written : readPath(written, where, complain);
  const values = readOptions(where, options, OPTIONS, complain);
  const platforms = (values.get("platform") ?? []).map((platform) => ({ where, text: platform }));
  const required = readPlatforms(platforms, complain);
  const kind = readKind(values.get("as")?.at(-1), where, complain);
  if (isReceipt && kind !== void 0 && kind !== "receipt") {
    complain(`${where}: as: expected receipt for an absolute path, got ${kind}`);
  }
  const as = isReceipt ? "receipt" : kind;
  const optional = values.get("optional")?.at(-1) ?? "false";
  if (optional !== "true" && optional !== "false") {
    complain(`${where}: optional: expected true or false, got ${JSON.stringify(optional)}`);
  }
  if (pattern === void 0) return void 0;
  return { where, pattern, as, platforms: required, optional: optional === "true" };
}
function isAbsolutePath(written) {
  return /^(?:\/|[A-Za-z]:[\\/])/.test(written) && !/(?:^|[\\/])\.\.(?:$|[\\/])/.test(written);
}
function readPath(written, where, complain) {
  const path = pathBelow(written);
  if (path !== void 0) return path || "**";
  const got = JSON.stringify(written);
  complain(`${where}: expected a path or glob below the workspace, got ${got}; ${FORM}`);
  return void 0;
}
function pathBelow(written) {
  const slashed = written.trim().replaceAll("\\", "/");
  const parts = slashed.split("/");
  const leadsOut = /^[/~]|^[A-Za-z]:/.test(slashed) || parts.includes("..");
  if (slashed === "" || leadsOut) return void 0;
  return parts.filter((part) => part !== "." && part !== "").join("/");
}
function readKind(text, where, complain) {
  const kind = KINDS.find((one) => one === text);
  if (kind === void 0 && text !== void 0) {
    complain(`${where}: as: expected ${KINDS.join(", ")}, got ${JSON.stringify(text)}`);
  }
  return kind;
}

// src/runner/image-objects.ts
var FORM2 = 'expected [{"reference": "…", "name": "…", "platform": "…" or ["…"], "optional": true, "base": "…"}, …]';
var FIELDS = /* @__PURE__ */ new Map([
  ["reference", { expected: "a string", fits: isString }],
  ["name", { expected: "a string", fits: orNothing(isString) }],
  ["platform", { expected: "a string or a list of strings", fits: orNothing(isPlatforms) }],
  ["optional", { expected: "true or false", fits: orNothing(isBoolean) }],
  ["base", { expected: "a string", fits: orNothing(isString) }]
]);
function readObjects(text, complain) {
  try {
    const entries = parseJson(Buffer.from(text), "the array");
    return entries.map((entry, at) => {
      const where = `images, entry ${at + 1}`;
      return readObject(entry, where, complain);
    });
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    const found = error.reason === "not-json" ? "not JSON, though it starts with [" : error.found;
    complain(`images: ${found}; ${FORM2}`);
    return [];
  }
}
function readObject(entry, where, complain) {
  const problems = problemsOf(entry);
  for (const problem of problems) {
    complain(`${where}: ${problem}; ${FORM2}`);
  }
  if (problems.length > 0) return void 0;
  const { reference, name, platform = [], optional = false, base } = entry;
  return {
    where,
    written: reference,
    name,
    platforms: [platform].flat(),
    optional,
    base
  };
}
function problemsOf(entry) {
  const kind = kindOf(entry);
  if (kind !== "an object") return [`expected an object, got ${kind}`];
  const values = new Map(Object.entries(entry));
  const problems = [];
  for (const [key, { expected, fits }] of FIELDS) {
    const value = values.get(key);
    if (fits(value)) continue;
    problems.push(`${key}: expected ${expected}, got ${kindOf(value)}`);
  }
  for (const key of values.keys()) {
    if (FIELDS.has(key)) continue;
    const shown = JSON.stringify(excerpt(key));
    problems.push(`unknown key ${shown}`);
  }
  return problems;
}
function orNothing(fits) {
  return (value) => value === void 0 || fits(value);
}
function isString(value) {
  return typeof value === "string";
}
function isBoolean(value) {
  return typeof value === "boolean";
}
function isPlatforms(value) {
  if (Array.isArray(value)) return value.every(isString);
  return isString(value);
}

// src/runner/images.ts
var OPTIONS2 = "[,name=key][,platform=os/arch[/variant]][,optional=true][,base=reference]";
var IMAGE_FORM = `expected reference${OPTIONS2}`;
var FORM3 = { keys: ["name", "platform", "optional", "base"], expected: IMAGE_FORM };
function readImages(text, platforms, complain) {
  const read = isJson(text) ? readObjects : readLines;
  const names = /* @__PURE__ */ new Set();
  const images = [];
  for (const image of read(text, complain)) {
    if (image === void 0) continue;
    const wanted = toWanted(image, platforms, complain);
    if (wanted === void 0) continue;
    const { name } = wanted;
    if (names.has(name)) {
      complain(`${image.where}: duplicate name ${name}; give this image another name`);
    }
    names.add(name);
    images.push(wanted);
  }
  return images;
}
function namesImages(text) {
  if (isJson(text)) return !/^\s*\[\s*\]\s*$/.test(text);
  return lines("images", text).length > 0;
}
var NAME = /^[A-Za-z0-9_][A-Za-z0-9_.:/@-]{0,254}$/;
function toWanted({ where, written, name, platforms, optional, base }, otherwise, complain) {
  const reference = attempt(() => parseReference(written), where, complain);
  if (name !== void 0 && !NAME.test(name)) {
    const expected = "expected letters, digits and _ . : / @ -";
    complain(`${where}: name: ${expected}, got ${JSON.stringify(name)}`);
  }
  const own = platforms.map((text) => ({ where, text }));
  const required = readPlatforms(own, complain) ?? otherwise;
  const onto = base === void 0 ? void 0 : readBase(base, where, complain);
  if (reference === void 0) return void 0;
  return {
    name: name ?? written,
    written,
    reference,
    platforms: required,
    optional,
    ...onto === void 0 ? {} : { base: onto }
  };
}
function readBase(written, where, complain) {
  if (written === "auto") return "auto";
  const reference = attempt(() => parseReference(written), `${where}: base`, complain);
  return reference && { written, reference };
}
function readLines(text, complain) {
  return lines("images", text).map((item) => readLine(item, complain));
}
function readLine({ where, text }, complain) {
  const meant = likelyMeaning(text);
  if (meant !== void 0) {
    const found = `${JSON.stringify(text)} is not a reference`;
    complain(`${where}: ${found}; did you mean ${meant}? ${IMAGE_FORM}`);
    return void 0;
  }
  const parts = text.split(",").map((part) => part.trim());
  const [written = "", ...options] = parts;
  if (options.some(isRestOfLogin)) {
    const expected = "expected a reference before the first comma";
    complain(`${where}: ${expected}; credentials go into registry-auth; ${IMAGE_FORM}`);
    return void 0;
  }
  const values = readOptions(where, options, FORM3, complain);
  const optional = values.get("optional")?.at(-1) ?? "false";
  if (optional !== "true" && optional !== "false") {
    complain(`${where}: optional: expected true or false, got ${JSON.stringify(optional)}`);
  }
  return {
    where,
    written,
    name: values.get("name")?.at(-1),
    platforms: values.get("platform") ?? [],
    optional: optional === "true",
    base: values.get("base")?.at(-1)
  };
}
function isRestOfLogin(option) {
  return option.includes("@") && !/^(?:name|base)=/.test(option);
}
function likelyMeaning(text) {
  const [, item] = /^-\s+(\S.*)$/.exec(text) ?? [];
  if (item !== void 0) return likelyMeaning(item) ?? item;
  const spaced = /^([^\s,]+)\s+((?:name|platform|optional|base)=.*)$/.exec(text);
  const [, reference, options = ""] = spaced ?? [];
  if (reference === void 0) return void 0;
  return `${reference},${options.replace(/\s+(?=(name|platform|optional|base)=)/g, ",")}`;
}

// src/runner/input-values.ts
var UNITS = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30
};
var BOOLEAN = /^(true|True|TRUE|false|False|FALSE)$/;
var SIZE = /^(\d+) ?([kmg]i?)?b?$/i;
var HOST = /^([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?$/;
var InputValues = class {
  /** Every problem so far: each names the input, the line if there is one, and what it expected. */
  problems = [];
  #environment;
  #defaults;
  constructor(environment, defaults) {
    this.#environment = environment;
    this.#defaults = defaults;
  }
  /** Adds a problem. */
  complain = (problem) => {
    this.problems.push(problem);
  };
  /**
   * An input as it was written, or its default when it is empty. It keeps blank lines at the start,
   * so that problems name the lines that the user sees.
   */
  lines(name) {
    const variable = `INPUT_${name.toUpperCase()}`;
    return this.#environment[variable] || this.#defaults[name];
  }
  /** An input without white space around it, or its default when nothing is left. */
  text(name) {
    return this.lines(name).trim() || this.#defaults[name];
  }
  /** The items of an input that is a list of lines or commas. */
  items(name) {
    return listItems(name, this.lines(name));
  }
  /** The text of an input that must match a pattern; `expected` describes the pattern. */
  matching(name, pattern, expected) {
    const text = this.text(name);
    if (!pattern.test(text)) this.#refuse(name, expected, text);
    return text;
  }
  /** A whole number within bounds, both included. */
  number(name, least, most) {
    const text = this.text(name);
    const isWhole = /^\d{1,9}$/.test(text);
    const value = isWhole ? Number(text) : Number.NaN;
    const isWithin = value >= least && value <= most;
    if (!isWithin) {
      const expected = `a whole number from ${least} to ${most}`;
      this.#refuse(name, expected, text);
    }
    return value;
  }
  /** A boolean in YAML 1.2's spellings: https://yaml.org/spec/1.2.2/#1032-tag-resolution */
  boolean(name) {
    const text = this.matching(name, BOOLEAN, "true or false");
    return text.toLowerCase() === "true";
  }
  /** One of some words. */
  choice(name, choices) {
    const text = this.text(name);
    const choice = choices.find((one) => one === text);
    if (choice !== void 0) return choice;
    this.#refuse(name, choices.join(", "), text);
    return choices[0];
  }
  /** A size in bytes, written with or without a unit: `500kB`, `1MiB`. */
  size(name) {
    const text = this.text(name);
    const [, digits = "", unit = ""] = SIZE.exec(text) ?? [];
    if (digits === "") {
      this.#refuse(name, "a size like 500kB, 1MiB or 2GiB", text);
    }
    const factor = UNITS[unit.toLowerCase()] ?? 1;
    const bytes = Number(digits) * factor;
    return Math.min(bytes, Number.MAX_SAFE_INTEGER);
  }
  /** A list of hosts in lower case, each with its port if it has one. */
  hosts(name) {
    const hosts = /* @__PURE__ */ new Set();
    for (const { where, text } of this.items(name)) {
      const host = text.toLowerCase();
      if (!HOST.test(host)) this.#refuse(where, "host or host:port", host);
      hosts.add(host);
    }
    return hosts;
  }
  #refuse(where, expected, text) {
    const got = JSON.stringify(text);
    this.complain(`${where}: expected ${expected}, got ${got}`);
  }
};

// src/runner/serve-inputs.ts
var ADDRESS = /^(localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\]):(\d{1,5})$/;
var PORT_LIMIT = 65535;
function readServe(values) {
  const isWanted = values.boolean("serve");
  const only = values.boolean("serve-only");
  const address = readAddress(values);
  if (isWanted) return { ...address, only };
  if (only) values.complain("serve-only: expected false, because serve is false, got true");
  return void 0;
}
function readAddress(values) {
  const text = values.text("serve-address").toLowerCase();
  const [, host = "", port = ""] = ADDRESS.exec(text) ?? [];
  const isAddress = host !== "" && Number(port) <= PORT_LIMIT && URL.canParse(`http://${text}`);
  if (!isAddress) {
    const expected = "expected address:port like 127.0.0.1:0, where port 0 is any that is free";
    values.complain(`serve-address: ${expected}, got ${JSON.stringify(text)}`);
  }
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

// src/runner/sources.ts
var FORM4 = "expected prefix=prefix[,trust-tags=true], where a prefix is registry[:port][/repository]";
var BELOW = "/any/image";
function readSources(text, complain) {
  const written = [];
  for (const item of lines("sources", text)) {
    const mirror = readMirror(item, complain);
    if (mirror !== void 0 && isNew(item, mirror, written, complain)) {
      written.push({ where: item.where, mirror });
    }
  }
  return written.map(({ mirror }) => mirror);
}
function isNew({ where }, { original, source }, written, complain) {
  const same = written.find(
    ({ mirror }) => mirror.original === original && mirror.source === source
  );
  if (same === void 0) return true;
  complain(`${where}: ${original}=${source} is in ${same.where}, too; remove one of the lines`);
  return false;
}
function readMirror({ where, text }, complain) {
  const [prefixes = "", ...options] = text.split(",").map((part) => part.trim());
  const trustsTags = readTrust(where, options, complain);
  const [left = "", right = "", ...more] = prefixes.split("=").map((part) => part.trim());
  if (left === "" || right === "" || more.length > 0) {
    complain(`${where}: expected two prefixes with = between them; ${FORM4}`);
    return void 0;
  }
  const original = readPrefix(where, left, complain);
  const source = readPrefix(where, right, complain);
  if (original === void 0 || source === void 0) return void 0;
  const mirror = { original, source, trustsTags };
  if (!leadsBack(mirror)) return mirror;
  complain(`${where}: ${left} and ${right} are the same place; name another one, or no source`);
  return void 0;
}
function readTrust(where, options, complain) {
  const known = ["trust-tags=true", "trust-tags=false"];
  for (const option of options.filter((one) => !known.includes(one))) {
    complain(`${where}: unknown option ${JSON.stringify(option)}; ${FORM4}`);
  }
  return options.findLast((option) => known.includes(option)) === "trust-tags=true";
}
function readPrefix(where, written, complain) {
  const problem = prefixProblem(written);
  if (problem !== void 0) {
    complain(`${where}: ${problem}; ${FORM4}`);
    return void 0;
  }
  const read = () => repositoryName(parseReference(`${written}${BELOW}`));
  const name = attempt(read, where, (refused) => {
    complain(refused.replace("reference", "prefix").replaceAll(BELOW, ""));
  });
  const full = name?.replace(/^registry-1\.docker\.io\//, "docker.io/");
  return full?.slice(0, -BELOW.length);
}
function prefixProblem(written) {
  if (written.includes("@")) return "a prefix has an @: expected no digest and no credentials";
  const quoted = JSON.stringify(written);
  const [registry = "", ...path] = written.split("/");
  if (written.includes("://")) return `prefix ${quoted} has a scheme: expected none`;
  if (written.endsWith("/")) return `prefix ${quoted} ends with /: expected no / at the end`;
  if (!/[.:]/.test(registry) && registry !== "localhost") {
    return `prefix ${quoted} has no registry: did you mean docker.io/${written}?`;
  }
  if (path.some((component) => component.includes(":"))) {
    return `prefix ${quoted} has a tag: expected none`;
  }
  return void 0;
}
function leadsBack(mirror) {
  const name = officialName(mirror.original);
  return mirroredName(mirror, name) === name;
}

// src/runner/inputs.ts
async function readInputs(environment, runner) {
  const values = new InputValues(environment, DEFAULTS);
  const inputs = await readAll(values, runner);
  const { problems } = values;
  const { jobSummary } = inputs;
  if (problems.length > 0) return { problems, jobSummary };
  return isOfAnotherServer(environment) ? { ...inputs, githubToken: "" } : inputs;
}
function isOfAnotherServer({ GITHUB_SERVER_URL: server }) {
  return server !== void 0 && server !== "" && server !== "https://github.com";
}
async function readAll(values, runner) {
  const written = values.items("platforms");
  const platforms = readPlatforms(written, values.complain) ?? [runner];
  const pull = values.choice("pull", ["none", "layout", "docker", "podman"]);
  const pullsFor = pull === "none" ? void 0 : runner;
  const files = readFilePatterns(values.lines("files"), values.complain);
  const pins = values.choice("pins", ["none", "require", "write"]);
  const serve = readServe(values);
  checkSubjects(values, files, pins, serve);
  const lock = readLock(values);
  const checksTags = lock.mode !== "frozen";
  return {
    plan: { ...readPlan(values, platforms), checksTags, pullsFor },
    lock,
    mirrors: readSources(values.lines("sources"), values.complain),
    files,
    pins,
    platforms,
    pull,
    path: readPath2(values),
    cache: readCache(values),
    serve,
    runner,
    failOnMissing: values.boolean("fail-on-missing"),
    registryAuth: await readLogins(values),
    githubToken: values.text("github-token"),
    insecureRegistries: values.hosts("insecure-registries"),
    trustedRealms: values.hosts("trusted-realms"),
    concurrency: values.number("concurrency", 1, 64),
    timeout: values.number("timeout", 1, 21600),
    jobSummary: values.choice("job-summary", ["always", "on-failure", "never"])
  };
}
function checkSubjects(values, { included, excluded }, pins, serve) {
  const hasFiles = included.length > 0;
  const isNamed = hasFiles || excluded.length > 0 || namesImages(values.lines("images"));
  const isEmpty = !isNamed && serve === void 0;
  const isRefused = values.problems.some((problem) => problem.startsWith("files"));
  if (isEmpty && !isRefused) {
    const found = "expected at least one reference, got none";
    values.complain(`images: ${found}, files names no files, and serve is false; ${IMAGE_FORM}`);
  }
  if (pins !== "none" && !hasFiles && !isRefused) {
    values.complain(`pins: expected none, because files names no files, got ${pins}`);
  }
}
function readPlan(values, platforms) {
  return {
    wanted: readImages(values.lines("images"), platforms, values.complain),
    verify: values.choice("verify", ["index", "manifest", "blobs"]),
    waitTimeout: values.number("wait-timeout", 0, 86400),
    waitInterval: values.number("wait-interval", 1, 3600)
  };
}
function readLock(values) {
  const written = values.text("lock-file");
  const file = pathBelow(written) ?? "";
  if (file === "" || new RegExp("[/\\\\]$|\\p{Cc}", "u").test(written)) {
    const got = JSON.stringify(written);
    values.complain(`lock-file: expected the path of a file below the workspace, got ${got}`);
  }
  const modes = ["none", "check", "frozen", "update"];
  const mode = values.text("lock") === "" ? "" : values.choice("lock", modes);
  return { file, isNamed: file !== DEFAULTS["lock-file"], mode };
}
function readPath2(values) {
  return values.matching("path", new RegExp("^\\P{Cc}*$", "u"), "a path without control characters");
}
async function readLogins(values) {
  const text = values.text("registry-auth");
  if (text === "") return [];
  const { readRegistryAuth } = await import("./registry-auth-47TZV2QB.js");
  return readRegistryAuth(text, values.complain);
}

export {
  DEFAULTS,
  readInputs
};
