import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  harmlessJson
} from "./chunk-TQBEFKGP.js";
import {
  Budget,
  CACHE_MODES,
  buildContexts,
  checkBlobs,
  describeArtifact,
  distinctBlobs,
  makeFilesDirectory,
  notAnImageReason,
  verifyImage,
  verifyListed,
  verifyOffer,
  writeFiles
} from "./chunk-UNAMYNAQ.js";
import {
  MANIFEST_LIMIT,
  annotate,
  annotateInputs,
  asProblem,
  connectRegistries,
  countedPlatforms,
  existsAll,
  failsStep,
  formatPlatform,
  nearest,
  nearestTags,
  openHttp,
  parsePlatform,
  parseReference,
  pinnedReference,
  problem,
  problemsOf,
  resolveRoot,
  runnerPlatform,
  sameMachine,
  satisfies,
  sayResolved,
  shownImage,
  statusOf,
  toEntries,
  totalSize,
  withNote
} from "./chunk-U27EXNVS.js";
import {
  PullError,
  algorithmOf,
  excerpt,
  foundBy,
  isInterruption,
  kindOf,
  mayPass,
  parseJson
} from "./chunk-ZX7A5LN5.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/runner/image-objects.ts
var FORM = 'expected [{"reference": "\u2026", "name": "\u2026", "platform": "\u2026" or ["\u2026"], "optional": true}, \u2026]';
var FIELDS = /* @__PURE__ */ new Map([
  ["reference", { expected: "a string", fits: isString }],
  ["name", { expected: "a string", fits: /* @__PURE__ */ __name((value) => value === void 0 || isString(value), "fits") }],
  ["platform", { expected: "a string or a list of strings", fits: isPlatforms }],
  ["optional", { expected: "true or false", fits: /* @__PURE__ */ __name((value) => value === void 0 || typeof value === "boolean", "fits") }]
]);
function readObjects(text, complain) {
  try {
    const entries = parseJson(Buffer.from(text), "the array");
    return entries.map((entry, at) => readObject(entry, `images, entry ${at + 1}`, complain));
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    const found = error.reason === "not-json" ? "not JSON, though it starts with [" : error.found;
    complain(`images: ${found}; ${FORM}`);
    return void 0;
  }
}
__name(readObjects, "readObjects");
function readObject(entry, where, complain) {
  const problems = problemsOf2(entry);
  for (const problem2 of problems) complain(`${where}: ${problem2}; ${FORM}`);
  if (problems.length > 0) return void 0;
  const { reference, name, platform = [], optional = false } = entry;
  return { where, written: reference, name, platforms: [platform].flat(), optional };
}
__name(readObject, "readObject");
function problemsOf2(entry) {
  if (kindOf(entry) !== "an object") return [`expected an object, got ${kindOf(entry)}`];
  const values = new Map(Object.entries(entry));
  const unfit = [...FIELDS].filter(([key, { fits }]) => !fits(values.get(key)));
  const unknown = [...values.keys()].filter((key) => !FIELDS.has(key));
  return [
    ...unfit.map(([key, { expected }]) => `${key}: expected ${expected}, got ${kindOf(values.get(key))}`),
    ...unknown.map((key) => `unknown key ${JSON.stringify(excerpt(key))}`)
  ];
}
__name(problemsOf2, "problemsOf");
function isString(value) {
  return typeof value === "string";
}
__name(isString, "isString");
function isPlatforms(value) {
  return value === void 0 || isString(value) || Array.isArray(value) && value.every(isString);
}
__name(isPlatforms, "isPlatforms");

// src/runner/lists.ts
function lines(input, text) {
  return text.split(/\r?\n/).map((line, at) => ({
    where: `${input}, line ${at + 1}`,
    text: line.replace(/(^|\s)#.*$/, "").trim()
  })).filter(({ text: text2 }) => text2 !== "");
}
__name(lines, "lines");
function readPlatforms(items, complain) {
  const [first] = items;
  if (first === void 0) return void 0;
  if (items.length === 1 && (first.text === "all" || first.text === "any")) return first.text;
  const platforms = /* @__PURE__ */ new Map();
  for (const { where, text } of items) {
    if (text === "all" || text === "any") complain(`${where}: ${text} stands alone: expected all, any, or a list of os/arch[/variant]`);
    else {
      const platform = attempt(() => parsePlatform(text), where, complain);
      if (platform !== void 0) platforms.set(formatPlatform(platform), platform);
    }
  }
  return [...platforms.values()];
}
__name(readPlatforms, "readPlatforms");
function listItems(input, text) {
  return lines(input, text).flatMap(
    ({ where, text: text2 }) => text2.split(",").map((item) => ({ where, text: item.trim() })).filter((item) => item.text !== "")
  );
}
__name(listItems, "listItems");
function attempt(read, where, complain) {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    complain(`${where}: ${error.message}`);
    return void 0;
  }
}
__name(attempt, "attempt");

// src/runner/images.ts
var FORM2 = "expected reference[,name=key][,platform=os/arch[/variant]][,optional=true]";
function readImages(text, platforms, complain) {
  const written = isJson(text) ? readObjects(text, complain) : readLines(text, complain);
  if (written?.length === 0) complain(`images: expected at least one reference, got none; ${FORM2}`);
  const names = /* @__PURE__ */ new Set();
  return (written ?? []).flatMap((image) => {
    if (image === void 0) return [];
    const wanted = toWanted(image, platforms, complain);
    if (wanted === void 0) return [];
    const { name } = wanted;
    if (names.has(name)) complain(`${image.where}: duplicate name ${name}; give this image another name`);
    names.add(name);
    return [wanted];
  });
}
__name(readImages, "readImages");
function isJson(text) {
  return /^\s*\[/.test(text) && !/^\s*\[[0-9a-f.]*:[0-9a-f:.]*\]/i.test(text);
}
__name(isJson, "isJson");
function toWanted({ where, written, name, platforms, optional }, otherwise, complain) {
  const reference = attempt(() => parseReference(written), where, complain);
  if (name !== void 0 && !/^[A-Za-z0-9_][A-Za-z0-9_.:/@-]{0,254}$/.test(name)) {
    complain(`${where}: name: expected letters, digits and _ . : / @ -, got ${JSON.stringify(name)}`);
  }
  const own = platforms.map((text) => ({ where, text }));
  const required = readPlatforms(own, complain) ?? otherwise;
  if (reference === void 0) return void 0;
  return { name: name ?? written, written, reference, platforms: required, optional };
}
__name(toWanted, "toWanted");
function readLines(text, complain) {
  return lines("images", text).map((item) => readLine(item, complain));
}
__name(readLines, "readLines");
function readLine({ where, text }, complain) {
  const meant = likelyMeaning(text);
  if (meant !== void 0) {
    complain(`${where}: ${JSON.stringify(text)} is no reference; did you mean ${meant}? ${FORM2}`);
    return void 0;
  }
  const [written = "", ...options] = text.split(",").map((part) => part.trim());
  if (options.some((option) => option.includes("@") && !option.startsWith("name="))) {
    complain(`${where}: expected a reference before the first comma; credentials go into registry-auth; ${FORM2}`);
    return void 0;
  }
  const values = readOptions(where, options, complain);
  const optional = values.get("optional")?.at(-1) ?? "false";
  if (optional !== "true" && optional !== "false") complain(`${where}: optional: expected true or false, got ${JSON.stringify(optional)}`);
  const platforms = values.get("platform") ?? [];
  return { where, written, name: values.get("name")?.at(-1), platforms, optional: optional === "true" };
}
__name(readLine, "readLine");
function likelyMeaning(text) {
  const [, item] = /^-\s+(\S.*)$/.exec(text) ?? [];
  if (item !== void 0) return likelyMeaning(item) ?? item;
  const [, reference, options] = /^([^\s,]+)\s+((?:name|platform|optional)=.*)$/.exec(text) ?? [];
  return reference === void 0 ? void 0 : `${reference},${options?.replace(/\s+(?=(name|platform|optional)=)/g, ",")}`;
}
__name(likelyMeaning, "likelyMeaning");
function readOptions(where, options, complain) {
  const values = /* @__PURE__ */ new Map();
  for (const option of options) {
    const [, key, value] = /^(name|platform|optional)=(.+)$/.exec(option) ?? [];
    if (key === void 0 || value === void 0) complain(`${where}: ${JSON.stringify(option)} is an unknown option; ${FORM2}`);
    else values.set(key, [...values.get(key) ?? [], value]);
  }
  return values;
}
__name(readOptions, "readOptions");

// src/runner/inputs.ts
var DEFAULTS = {
  images: "",
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
  "registry-auth": "",
  "github-token": "",
  "insecure-registries": "",
  "trusted-realms": "",
  concurrency: "6",
  timeout: "1800",
  "job-summary": "always"
};
async function readInputs(environment, runner) {
  const problems = [];
  const complain = /* @__PURE__ */ __name((problem2) => problems.push(problem2), "complain");
  const list = /* @__PURE__ */ __name((name) => environment[`INPUT_${name.toUpperCase()}`] || DEFAULTS[name], "list");
  const text = /* @__PURE__ */ __name((name) => list(name).trim() || DEFAULTS[name], "text");
  const number = /* @__PURE__ */ __name((name, least, most) => readNumber(name, text(name), least, most, complain), "number");
  const boolean = /* @__PURE__ */ __name((name) => readBoolean(name, text(name), complain), "boolean");
  const platforms = readPlatforms(listItems("platforms", list("platforms")), complain) ?? [runner];
  const pull = readChoice("pull", text("pull"), ["none", "layout", "docker", "podman"], complain);
  const inputs = {
    plan: {
      wanted: readImages(list("images"), platforms, complain),
      verify: readChoice("verify", text("verify"), ["index", "manifest", "blobs"], complain),
      pullsFor: pull === "none" ? void 0 : runner,
      waitTimeout: number("wait-timeout", 0, 86400),
      waitInterval: number("wait-interval", 1, 3600)
    },
    pull,
    path: readPath(text("path"), complain),
    cache: {
      mode: readChoice("cache-mode", text("cache-mode"), CACHE_MODES, complain),
      minSize: readSize("cache-min-size", text("cache-min-size"), complain),
      maxSize: readSize("cache-max-size", text("cache-max-size"), complain),
      savePrivate: boolean("cache-private"),
      keyPrefix: readKeyPrefix(text("cache-key-prefix"), complain),
      failOnMiss: boolean("fail-on-cache-miss")
    },
    runner,
    failOnMissing: boolean("fail-on-missing"),
    registryAuth: await readLogins(text("registry-auth"), complain),
    githubToken: text("github-token"),
    insecureRegistries: readHosts("insecure-registries", list("insecure-registries"), complain),
    trustedRealms: readHosts("trusted-realms", list("trusted-realms"), complain),
    concurrency: number("concurrency", 1, 64),
    timeout: number("timeout", 1, 21600),
    jobSummary: readChoice("job-summary", text("job-summary"), ["always", "on-failure", "never"], complain)
  };
  return problems.length > 0 ? { problems, jobSummary: inputs.jobSummary } : inputs;
}
__name(readInputs, "readInputs");
async function readLogins(text, complain) {
  if (text === "") return [];
  const { readRegistryAuth } = await import("./registry-auth-3QA6KHFG.js");
  return readRegistryAuth(text, complain);
}
__name(readLogins, "readLogins");
function readNumber(name, text, least, most, complain) {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    complain(`${name}: expected a whole number from ${least} to ${most}, got ${JSON.stringify(text)}`);
  return value;
}
__name(readNumber, "readNumber");
function readBoolean(name, text, complain) {
  if (!/^(true|True|TRUE|false|False|FALSE)$/.test(text)) complain(`${name}: expected true or false, got ${JSON.stringify(text)}`);
  return text.toLowerCase() === "true";
}
__name(readBoolean, "readBoolean");
function readChoice(name, text, choices, complain) {
  const choice = choices.find((one) => one === text);
  if (choice === void 0) complain(`${name}: expected ${choices.join(", ")}, got ${JSON.stringify(text)}`);
  return choice ?? choices[0];
}
__name(readChoice, "readChoice");
function readPath(text, complain) {
  if (new RegExp("\\p{Cc}", "u").test(text)) complain(`path: expected a path without control characters, got ${JSON.stringify(text)}`);
  return text;
}
__name(readPath, "readPath");
var UNITS = { "": 1, k: 1e3, m: 1e6, g: 1e9, ki: 2 ** 10, mi: 2 ** 20, gi: 2 ** 30 };
function readSize(name, text, complain) {
  const [, number = "", unit = ""] = /^(\d+) ?([kmg]i?)?b?$/i.exec(text) ?? [];
  if (number === "") complain(`${name}: expected a size like 500kB, 1MiB or 2GiB, got ${JSON.stringify(text)}`);
  return Math.min(Number(number) * (UNITS[unit.toLowerCase()] ?? 1), Number.MAX_SAFE_INTEGER);
}
__name(readSize, "readSize");
function readKeyPrefix(text, complain) {
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(text))
    complain(`cache-key-prefix: expected at most 100 letters, digits and . _ -, got ${JSON.stringify(text)}`);
  return text;
}
__name(readKeyPrefix, "readKeyPrefix");
function readHosts(name, text, complain) {
  const hosts = listItems(name, text).map(({ where, text: text2 }) => ({ where, host: text2.toLowerCase() }));
  for (const { where, host } of hosts) {
    if (!/^([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?$/.test(host))
      complain(`${where}: expected host or host:port, got ${JSON.stringify(host)}`);
  }
  return new Set(hosts.map(({ host }) => host));
}
__name(readHosts, "readHosts");

// src/pull/candidates.ts
async function fromIndex(inquiry) {
  const named = await Promise.all(inquiry.root.offers.map((offer) => withBuild(inquiry, offer)));
  const offers = distinct([...named, ...await namedByConfig(inquiry, named)]);
  return select(
    inquiry,
    offers.map((offer) => ({ platform: offer.platform, offer, image: void 0 }))
  );
}
__name(fromIndex, "fromIndex");
async function fromManifest(inquiry) {
  const { root, wanted } = inquiry;
  const image = await verifyImage(inquiry, root.fetched, root.document);
  return select({ ...inquiry, sought: wanted.platforms }, [{ platform: image.platform, offer: void 0, image }]);
}
__name(fromManifest, "fromManifest");
async function withBuild(inquiry, offer) {
  const { sought } = inquiry;
  const isAsked = /* @__PURE__ */ __name((required) => required.osVersion !== "" && sameMachine(required, offer.platform), "isAsked");
  if (typeof sought === "string" || offer.platform.osVersion !== "" || !sought.some(isAsked)) return offer;
  const platform = await platformOf(inquiry, offer.descriptor);
  return platform === void 0 ? offer : { ...offer, platform: { ...offer.platform, osVersion: platform.osVersion } };
}
__name(withBuild, "withBuild");
async function namedByConfig(inquiry, named) {
  const { root, sought } = inquiry;
  if (sought === "any" || root.unnamed.length === 0) return [];
  if (sought !== "all" && sought.every((required) => named.some((offer) => satisfies(required, offer.platform)))) return [];
  refuseMany("entries without a platform", root.unnamed.length);
  const looked = root.unnamed.map(async (descriptor) => {
    const platform = await platformOf(inquiry, descriptor);
    return platform === void 0 ? [] : [{ platform, descriptor }];
  });
  return (await Promise.all(looked)).flat();
}
__name(namedByConfig, "namedByConfig");
async function platformOf(inquiry, descriptor) {
  try {
    return (await verifyListed({ ...inquiry, depth: "manifest" }, descriptor)).platform;
  } catch (error) {
    if (asProblem(error, inquiry.wanted.written).status === "not-an-image") return void 0;
    throw error;
  }
}
__name(platformOf, "platformOf");
function distinct(offers) {
  const first = /* @__PURE__ */ new Map();
  for (const offer of offers) {
    const key = formatPlatform(offer.platform);
    if (!first.has(key)) first.set(key, offer);
  }
  return [...first.values()];
}
__name(distinct, "distinct");
function select({ wanted, sought }, candidates) {
  if (sought === "any") return { candidates: candidates.map((candidate) => ({ ...candidate, chosen: false })), missing: [] };
  if (sought === "all") {
    const missing = candidates.length === 0 ? [missingPlatform(wanted, void 0, [])] : [];
    return { candidates: candidates.map((candidate) => ({ ...candidate, chosen: true })), missing };
  }
  const found = sought.map((required) => candidates.find(({ platform }) => satisfies(required, platform)));
  const offered = candidates.map(({ platform }) => platform);
  return {
    candidates: candidates.map((candidate) => ({ ...candidate, chosen: found.includes(candidate) })),
    missing: sought.filter((_, at) => found[at] === void 0).map((required) => missingPlatform(wanted, required, offered))
  };
}
__name(select, "select");
function missingPlatform(wanted, required, offered) {
  const platform = required === void 0 ? "all" : formatPlatform(required);
  const near = wanted.platforms !== "any" && required ? nearest(required, offered) : void 0;
  const offers = offered.length === 0 ? "no platform at all" : offered.map(formatPlatform).join(", ");
  const hint = near === void 0 ? "" : `; nearest: ${formatPlatform(near)}`;
  const lacking = required === void 0 ? "a platform" : platform;
  const found = `it does not offer ${lacking}; it offers ${offers}${hint}`;
  const reason = wanted.platforms === "any" ? "platform-unnamed" : "platform-missing";
  return { platform, required: true, ...problem(reason, wanted.written, found), digest: void 0, image: void 0 };
}
__name(missingPlatform, "missingPlatform");
var PLATFORM_LIMIT = 256;
function refuseMany(what, count, limit = MANIFEST_LIMIT) {
  if (count > limit) throw new PullError("too-many", `too many ${what}: expected at most ${limit}, got ${count}`);
}
__name(refuseMany, "refuseMany");

// src/pull/gate.ts
async function resolveImage(source, wanted, thoroughness) {
  const nothing = { wanted, root: void 0, platforms: [], blobs: [], warnings: [] };
  try {
    const [root, moved] = await Promise.all([resolveRoot(source, wanted.reference), tagWarnings(source, wanted)]);
    const failed = /* @__PURE__ */ __name((error) => ({ ...nothing, root, problem: asProblem(error, wanted.written) }), "failed");
    const resolved = await judge(inquire(source, wanted, thoroughness, root)).catch(failed);
    return { ...resolved, warnings: [...moved, ...resolved.warnings] };
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    const next = `${error.next}${await tagHint(source, wanted, error)}`;
    return { ...nothing, problem: problem(error.reason, wanted.written, error.found, next) };
  }
}
__name(resolveImage, "resolveImage");
function inquire(source, wanted, { verify, pullsFor }, root) {
  const pulled = pullsFor !== void 0;
  const depth = pulled && verify === "index" ? "manifest" : verify;
  const sought = pulled && wanted.platforms === "any" ? [pullsFor] : wanted.platforms;
  return { source, image: wanted.reference, depth, pulled, budget: new Budget(), wanted, root, sought };
}
__name(inquire, "inquire");
var HINTED_TAGS = 5;
async function tagHint(source, { reference }, { status }) {
  const { tag, digest } = reference;
  if (status !== "not-found" || tag === void 0 || digest !== void 0) return "";
  const tags = await source.tags(reference).catch((error) => {
    if (!(error instanceof PullError)) throw error;
    return [];
  });
  if (tags.length === 0) return "";
  return `; nearest of its ${tags.length} tags: ${nearestTags(tag, tags, HINTED_TAGS).join(", ")}`;
}
__name(tagHint, "tagHint");
async function tagWarnings(source, { reference, written }) {
  const { tag, digest } = reference;
  if (tag === void 0 || digest === void 0) return [];
  try {
    const { digest: now } = await source.claim(reference, tag);
    if (now === void 0 || algorithmOf(now) !== algorithmOf(digest)) return [];
    return now === digest ? [] : [`${written}: the tag ${tag} now points at ${now}; the digest given decides`];
  } catch (error) {
    const { status } = asProblem(error, written);
    return status === "not-found" ? [`${written}: the tag ${tag} does not exist (any more); the digest given decides`] : [];
  }
}
__name(tagWarnings, "tagWarnings");
async function judge(inquiry) {
  const { wanted, root } = inquiry;
  if (root.document.kind === "artifact" || root.document.kind === "buildkit-cache") return judgeArtifact(inquiry, root.document);
  const { candidates, missing } = root.document.kind === "index" ? await fromIndex(inquiry) : await fromManifest(inquiry);
  if (inquiry.depth !== "index") refuseMany("platforms", candidates.filter(({ chosen }) => chosen).length);
  refuseMany("platforms", candidates.length, PLATFORM_LIMIT);
  const judged = await Promise.all(candidates.map((candidate) => judgePlatform(inquiry, candidate)));
  const platforms = [...judged.map(({ outcome }) => outcome), ...missing];
  return { wanted, root, platforms, problem: void 0, blobs: [], warnings: judged.flatMap(({ warnings }) => warnings) };
}
__name(judge, "judge");
async function judgePlatform(inquiry, candidate) {
  const { wanted, depth } = inquiry;
  const { offer, image, chosen } = candidate;
  const outcome = {
    platform: formatPlatform(candidate.platform),
    required: chosen && wanted.platforms !== "any",
    status: chosen || image !== void 0 ? "ok" : "listed",
    reason: "",
    message: "",
    digest: offer?.descriptor.digest ?? image?.manifest.digest,
    image
  };
  if (!chosen || offer === void 0 || depth === "index") return { outcome, warnings: [] };
  try {
    const verified = await verifyOffer(inquiry, offer);
    return { outcome: { ...outcome, image: verified.image }, warnings: verified.warnings.map((text) => `${wanted.written}: ${text}`) };
  } catch (error) {
    return { outcome: { ...outcome, ...asProblem(error, `${wanted.written} ${outcome.platform}`) }, warnings: [] };
  }
}
__name(judgePlatform, "judgePlatform");
async function judgeArtifact(inquiry, document) {
  const { wanted, root, depth } = inquiry;
  const config = document.config === void 0 ? [] : [document.config];
  const result = { wanted, root, platforms: [], blobs: distinctBlobs([...config, ...document.layers]), warnings: [] };
  if (wanted.platforms !== "any") {
    const found = `it is ${describeArtifact(document)} and has no platform`;
    return { ...result, problem: problem(notAnImageReason(document), wanted.written, found) };
  }
  await Promise.all([
    depth === "index" ? void 0 : checkBlobs(inquiry, "config", config),
    depth === "blobs" ? checkBlobs(inquiry, "layer", document.layers) : void 0
  ]);
  return { ...result, problem: void 0 };
}
__name(judgeArtifact, "judgeArtifact");

// src/pull/run.ts
async function run(plan, source, surroundings) {
  const { now, sleep, signal, say, resolved } = surroundings;
  const deadline = now() + plan.waitTimeout * 1e3;
  const patient = plan.waitTimeout > 0;
  const finish = /* @__PURE__ */ __name((image, note = signal.aborted ? foundBy(signal.reason) : "") => {
    const last = note === "" || wasInterrupted(image) ? image : annotate2(image, note);
    resolved(last);
    return last;
  }, "finish");
  const resolve = /* @__PURE__ */ __name(async (wanted, before) => {
    const found = await resolveImage(source, wanted, plan);
    const latest = before !== void 0 && wasInterrupted(found) ? before : found;
    return patient && isWorthRetry(latest) ? latest : finish(latest);
  }, "resolve");
  let images = await Promise.all(plan.wanted.map((wanted) => resolve(wanted)));
  while (patient && images.some(isWorthRetry)) {
    const left = deadline - now();
    if (left <= 0 || signal.aborted) break;
    say(waitingLine(images.filter(isWorthRetry), left));
    await sleep(Math.min(plan.waitInterval * 1e3, left), signal).catch(() => void 0);
    if (signal.aborted) break;
    images = await Promise.all(images.map((image) => isWorthRetry(image) ? resolve(image.wanted, image) : image));
  }
  const waited = signal.aborted ? void 0 : `still so after ${plan.waitTimeout} s`;
  return images.map((image) => patient && isWorthRetry(image) ? finish(image, waited) : image);
}
__name(run, "run");
function isWorthRetry(resolved) {
  const problems = problemsOf(resolved);
  return problems.length > 0 && problems.every(({ status }) => mayPass(status));
}
__name(isWorthRetry, "isWorthRetry");
function wasInterrupted(resolved) {
  return problemsOf(resolved).some(({ reason }) => isInterruption(reason));
}
__name(wasInterrupted, "wasInterrupted");
function annotate2(resolved, note) {
  const problem2 = resolved.problem && withNote(resolved.problem, note);
  const platforms = resolved.platforms.map((platform) => platform.reason === "" ? platform : withNote(platform, note));
  return { ...resolved, problem: problem2, platforms };
}
__name(annotate2, "annotate");
function waitingLine(images, left) {
  const names = images.map((image) => `${image.wanted.name} (${statusOf(image)})`);
  return `waiting for ${names.join(", ")}; ${Math.ceil(left / 1e3)} s left`;
}
__name(waitingLine, "waitingLine");

// src/runner/bounds.ts
var JSON_LIMIT = 256 * 1024;
var KEPT = ["reference", "digest", "pinned", "status"];
var FIRST_TO_GO = ["labels", "exposedPorts", "entrypoint", "cmd", "user", "workdir"];
var NEXT_TO_GO = ["platforms"];
function boundedImages(entries) {
  const images = entries.map(([name, entry]) => new Shrinking(name, entry));
  let over = images.reduce((size, image) => size + image.size, FRAME_SIZE) - JSON_LIMIT;
  for (const isDue of [isAmong(FIRST_TO_GO), isAmong(NEXT_TO_GO), isNoneOf(KEPT)]) {
    for (const { image, field } of over <= 0 ? [] : largestFirst(images, isDue)) {
      if (over > 0) over -= image.drop(field);
    }
  }
  for (const image of over <= 0 ? [] : images) over -= image.strip();
  const count = images.length;
  while (over > 0 && images.length > 0) over -= images.pop()?.size ?? 0;
  const truncated = images.length === count ? "" : `"truncated":${count - images.length},`;
  return `{"schema":1,${truncated}"images":{${images.map(String).join(",")}}}`;
}
__name(boundedImages, "boundedImages");
var FRAME_SIZE = `{"schema":1,"truncated":${Number.MAX_SAFE_INTEGER},"images":{}}`.length;
function isAmong(fields) {
  return (field) => fields.includes(field);
}
__name(isAmong, "isAmong");
function isNoneOf(fields) {
  return (field) => !fields.includes(field);
}
__name(isNoneOf, "isNoneOf");
function largestFirst(images, isDue) {
  const parts = images.flatMap(
    (image) => image.fields.filter(([field]) => isDue(field)).map(([field, size]) => ({ image, field, size }))
  );
  return parts.toSorted((one, other) => other.size - one.size);
}
__name(largestFirst, "largestFirst");
var COST = 16;
var Shrinking = class {
  static {
    __name(this, "Shrinking");
  }
  #name;
  /** `"field":value`, by field. */
  #fields;
  #lost = [];
  constructor(name, entry) {
    this.#name = harmlessJson(name);
    this.#fields = new Map(Object.entries(entry).map(([field, value]) => [field, harmlessJson({ [field]: value }).slice(1, -1)]));
  }
  /** The fields there still are, each with its bytes, where leaving one out saves more than it costs to say so. */
  get fields() {
    const worth = [...this.#fields].filter(([field, text]) => text.length > JSON.stringify(field).length + COST);
    return worth.map(([field, text]) => [field, text.length]);
  }
  /** Bytes, with the comma behind it. */
  get size() {
    return this.toString().length + 1;
  }
  /** Leaves a field out, and says so; how many bytes less that takes. */
  drop(field) {
    const before = this.size;
    this.#fields.delete(field);
    this.#lost.push(field);
    return before - this.size;
  }
  /** Leaves out all that need not stay; how many bytes less that takes. */
  strip() {
    const before = this.size;
    for (const field of [...this.#fields.keys()].filter(isNoneOf(KEPT))) this.#fields.delete(field);
    this.#lost.splice(0, this.#lost.length, "*");
    return before - this.size;
  }
  toString() {
    const lost = this.#lost.length === 0 ? [] : [`"truncated":${JSON.stringify(this.#lost)}`];
    return `${this.#name}:{${[...this.#fields.values(), ...lost].join(",")}}`;
  }
};
var SHORT_MESSAGE = 300;
function boundedList(entries) {
  const json = harmlessJson(entries);
  if (Buffer.byteLength(json) <= JSON_LIMIT) return json;
  const short = entries.map((entry) => ({ ...entry, message: cut(entry.message) }));
  const sizes = short.map((entry) => harmlessJson(entry).length + 1);
  let total = 2;
  const fitting = sizes.findIndex((size) => {
    total += size;
    return total > JSON_LIMIT;
  });
  return harmlessJson(fitting < 0 ? short : short.slice(0, Math.max(fitting, 1)));
}
__name(boundedList, "boundedList");
function cut(message) {
  return message.length <= SHORT_MESSAGE ? message : `${message.slice(0, SHORT_MESSAGE)}\u2026`;
}
__name(cut, "cut");

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
  "bytes-downloaded"
];
var EMPTY = Object.fromEntries(OUTPUTS.map((name) => [name, ""]));
function toOutputs(outcome, runner, files) {
  const [first] = outcome.images;
  const image = first && shownImage(first, runner);
  const pinned = outcome.images.map(pinnedReference);
  return {
    exists: String(existsAll(outcome.images) ?? ""),
    digest: first?.root?.fetched.digest ?? "",
    digests: JSON.stringify(outcome.images.map((resolved) => resolved.root?.fetched.digest ?? "")),
    image: pinned[0] ?? "",
    images: pinned.filter((reference) => reference !== "").join("\n"),
    platforms: bounded(harmlessJson(first === void 0 ? [] : offeredPlatforms(first))),
    config: bounded(image === void 0 ? "" : harmlessJson(image.config.json)),
    labels: bounded(image === void 0 ? "" : harmlessJson(Object.fromEntries(image.config.labels))),
    size: String(totalSize(outcome.images)),
    missing: boundedList(outcome.images.flatMap(missingEntries)),
    json: boundedImages(toEntries(outcome, runner)),
    "metadata-file": files.metadata,
    "build-contexts": buildContexts(outcome).map(([name, context]) => `${name}=${context}`).join("\n"),
    "bake-file": files.bake,
    "oci-layout": outcome.pulled?.layout ?? "",
    "cache-hit": outcome.pulled === void 0 ? "" : String(outcome.pulled.hit),
    "bytes-restored": String(outcome.pulled?.restored ?? ""),
    "bytes-downloaded": String(outcome.pulled?.downloaded ?? "")
  };
}
__name(toOutputs, "toOutputs");
function bounded(json) {
  return Buffer.byteLength(json) < JSON_LIMIT ? json : "";
}
__name(bounded, "bounded");
function leftOut(outputs, { images }) {
  const [first] = images;
  if (first === void 0 || countedPlatforms(first).length === 0) return [];
  const lost = ["config", "labels", "platforms"].filter((name) => outputs[name] === "");
  return lost.map((name) => `the output ${name} is empty: it would be longer than ${JSON_LIMIT} bytes; ${outputs["metadata-file"]} has it`);
}
__name(leftOut, "leftOut");
function offeredPlatforms(resolved) {
  return resolved.platforms.filter(({ digest }) => digest !== void 0).map(({ platform }) => platform);
}
__name(offeredPlatforms, "offeredPlatforms");
function missingEntries(resolved) {
  const { name, written } = resolved.wanted;
  return problemsOf(resolved).map(({ platform, status, reason, message }) => ({
    name,
    reference: written,
    platform,
    status,
    reason,
    message
  }));
}
__name(missingEntries, "missingEntries");

// src/runner/redaction.ts
function redact(outcome, withhold) {
  const images = outcome.images.map((image) => ({
    ...image,
    root: image.root && redactRoot(image.root, withhold),
    problem: image.problem && { ...image.problem, message: withhold(image.problem.message) },
    platforms: image.platforms.map((platform) => redactPlatform(platform, withhold))
  }));
  return { ...outcome, images };
}
__name(redact, "redact");
function redactRoot(root, withhold) {
  const document = { ...root.document, mediaType: withhold(root.document.mediaType) };
  return { ...root, document, fetched: redactFetched(root.fetched, withhold) };
}
__name(redactRoot, "redactRoot");
function redactPlatform(outcome, withhold) {
  const image = outcome.image && redactImage(outcome.image, withhold);
  return { ...outcome, platform: withhold(outcome.platform), message: withhold(outcome.message), image };
}
__name(redactPlatform, "redactPlatform");
function redactImage(image, withhold) {
  return {
    ...image,
    manifest: redactFetched(image.manifest, withhold),
    config: redactConfig(image.config, withhold)
  };
}
__name(redactImage, "redactImage");
function redactConfig(config, withhold) {
  return {
    ...config,
    created: withhold(config.created),
    labels: new Map([...config.labels].map(([name, value]) => [withhold(name), withhold(value)])),
    entrypoint: config.entrypoint.map(withhold),
    cmd: config.cmd.map(withhold),
    user: withhold(config.user),
    workdir: withhold(config.workdir),
    exposedPorts: config.exposedPorts.map(withhold),
    json: redactObject(config.json, withhold)
  };
}
__name(redactConfig, "redactConfig");
function redactFetched(fetched, withhold) {
  const text = fetched.content.toString();
  if (!text.includes("\\") && withhold(text) === text) return fetched;
  const document = JSON.parse(text);
  return { ...fetched, content: Buffer.from(JSON.stringify(redactJson(document, withhold))) };
}
__name(redactFetched, "redactFetched");
function redactJson(value, withhold) {
  if (typeof value === "string") return withhold(value);
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map((inner) => redactJson(inner, withhold));
  return redactObject(value, withhold);
}
__name(redactJson, "redactJson");
function redactObject(object, withhold) {
  const redacted = Object.entries(object).map(([key, value]) => [withhold(key), redactJson(value, withhold)]);
  return Object.fromEntries(redacted);
}
__name(redactObject, "redactObject");
function isList(value) {
  return Array.isArray(value);
}
__name(isList, "isList");

// src/step.ts
async function step(machine, workflow) {
  try {
    return await whole(machine, workflow);
  } catch (error) {
    report(workflow, error);
    writeEmptyOutputs(workflow);
    return 1;
  }
}
__name(step, "step");
function writeEmptyOutputs(workflow) {
  try {
    writeOutputs(workflow, EMPTY);
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
  }
}
__name(writeEmptyOutputs, "writeEmptyOutputs");
function report(workflow, error) {
  if (error instanceof PullError) return workflow.fail("registry-pull cannot work on this runner", error.message);
  const { message, stack = "" } = error instanceof Error ? error : new Error(String(error));
  workflow.fail("internal error in registry-pull", `${message}; please report it with the stack trace below`);
  workflow.group("stack trace", stack.split("\n").slice(1));
}
__name(report, "report");
async function whole(machine, workflow) {
  const inputs = await readInputs(machine.environment, runnerPlatform(machine.platform, machine.architecture));
  if ("problems" in inputs) {
    annotateInputs(workflow, inputs.problems);
    writeOutputs(workflow, EMPTY);
    if (inputs.jobSummary !== "never") await workflow.summary({ invalid: inputs.problems });
    return 1;
  }
  for (const secret of [inputs.githubToken, ...inputs.registryAuth.map(({ password }) => password)]) workflow.mask(secret);
  const directory = await makeFilesDirectory(machine.temporary);
  const found = redact(await work(inputs, machine, workflow), workflow.withhold);
  const outcome = { ...found, cacheMiss: inputs.cache.failOnMiss ? cacheMiss(found) : "" };
  annotate(workflow, outcome, inputs.failOnMissing);
  const outputs = toOutputs(outcome, inputs.runner, await writeFiles(outcome, inputs.runner, directory));
  writeOutputs(workflow, outputs);
  for (const line of leftOut(outputs, outcome)) workflow.say(line);
  const failed = outcome.cacheMiss !== "" || outcome.images.some((image) => failsStep(image, inputs.failOnMissing));
  const summary = inputs.jobSummary === "always" || inputs.jobSummary === "on-failure" && failed;
  if (summary) await workflow.summary(outcome);
  return failed ? 1 : 0;
}
__name(whole, "whole");
function cacheMiss({ pulled }) {
  const [first] = pulled?.missed ?? [];
  if (first === void 0) return "";
  const count = pulled?.missed.length;
  const next = "run a job that saves them, or leave fail-on-cache-miss out";
  return `${count} blobs did not come from the cache, ${first.digest} first, and fail-on-cache-miss is set; ${next}`;
}
__name(cacheMiss, "cacheMiss");
function writeOutputs(workflow, outputs) {
  for (const [name, value] of Object.entries(outputs)) workflow.output(name, value);
}
__name(writeOutputs, "writeOutputs");
async function work(inputs, machine, workflow) {
  const overdue = new PullError("timeout", `the step's timeout of ${inputs.timeout} s has passed`);
  const { environment, clock, cancelled } = machine;
  const stop = new AbortController();
  const cancelTimeout = clock.after(inputs.timeout * 1e3, () => stop.abort(overdue));
  const signal = AbortSignal.any([stop.signal, cancelled]);
  const context = { voice: workflow, clock, signal };
  const http = openHttp(inputs.concurrency, context, inputs.insecureRegistries);
  const step2 = { inputs, machine, workflow, http, signal, started: clock.now() };
  const registries = connectRegistries(http, inputs, environment, context);
  const gate = /* @__PURE__ */ __name(async (source) => {
    const images = await run(inputs.plan, source, {
      ...clock,
      signal,
      say: workflow.say,
      resolved: /* @__PURE__ */ __name((image) => sayResolved(workflow, image), "resolved")
    });
    for (const [registry, remaining] of registries.api.remainingPulls) workflow.say(`${registry}: ${remaining}`);
    return images;
  }, "gate");
  try {
    if (inputs.pull === "none") return { images: await gate(registries.source), pulled: void 0 };
    const { openCache, pullAndLoad } = await import("./pulling-SDGVPE2D.js");
    const caching = await openCache(registries, step2);
    const images = await gate(caching.source);
    if (images.some((image) => failsStep(image, inputs.failOnMissing))) return { images, pulled: void 0 };
    return await pullAndLoad(images, caching, step2);
  } finally {
    cancelTimeout();
    http.close();
  }
}
__name(work, "work");

export {
  DEFAULTS,
  step
};
