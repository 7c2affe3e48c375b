import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  NO_BREAK,
  copyBlock,
  folded,
  problemCell,
  receiptSummary,
  table
} from "./chunk-F7IUBSMN.js";
import {
  lockDiff,
  lossesOf
} from "./chunk-KXWKZKOL.js";
import {
  markdown,
  sanitise,
  withhold
} from "./chunk-FYXWCRXM.js";
import {
  countOf,
  firstOf,
  formatBytes,
  platformMark,
  pulledLine,
  shortDigests
} from "./chunk-5NRT7XDW.js";
import {
  endGroup,
  error,
  getState,
  info,
  saveState,
  setOutput,
  setSecret,
  startGroup,
  summary,
  warning
} from "./chunk-SDDE2WD2.js";
import {
  pinnedReference,
  totalSize
} from "./chunk-GBVRIMHB.js";
import {
  digestOfImage,
  problemsOf,
  statusOf
} from "./chunk-EA2R6EQY.js";
import {
  isOptional,
  mentionsOfProblem
} from "./chunk-UFHSAQ23.js";
import {
  mentionsOf
} from "./chunk-LFD2NK2P.js";
import {
  PullError,
  messageOf
} from "./chunk-P27XCGGL.js";

// src/runner/places.ts
var PLACE_LIMIT = 5;
var noUrl = () => void 0;
function lineUrls(environment) {
  const server = environment["GITHUB_SERVER_URL"];
  const repository = environment["GITHUB_REPOSITORY"];
  const commit = environment["GITHUB_SHA"];
  if (!server || !repository || !commit) return noUrl;
  return (file, line) => {
    if (/^(?:\/|[A-Za-z]:[\\/])/.test(file)) return void 0;
    return `${server}/${repository}/blob/${commit}/${encodedPath(file)}#L${line}`;
  };
}
function encodedPath(file) {
  const encoded = file.split("/").map(encodeURIComponent).join("/");
  return encoded.replace(/['()*_~!]/g, (found) => `%${found.charCodeAt(0).toString(16)}`);
}
function placesCell(places, urlOf) {
  const cells = firstOf(places, PLACE_LIMIT, ({ file, line }) => placeCell(file, line, urlOf));
  return cells.join("<br>");
}
function placeCell(file, line, urlOf) {
  const text = markdown(`${file}:${line}`);
  const url = urlOf(file, line);
  return url === void 0 ? text : `<a href="${url}">${text}</a>`;
}

// src/runner/files-summary.ts
function fileProblemRow(problem, urlOf) {
  const { where, location, optional } = problem;
  const place = location === void 0 ? markdown(where) : placeCell(location.file, location.line, urlOf);
  return [optional ? `${place} (optional)` : place, "", problemCell(problem, where)];
}
function filesLines(files, urlOf) {
  if (files === void 0) return [];
  const { changed, unknown } = files;
  return [...folded(pinnedTitle(changed), changed.map(markdown)), ...unknownLines(unknown, urlOf)];
}
function pinnedTitle(changed) {
  return `Digests written into ${countOf(changed.length, "file")}`;
}
function unknownLines(unknown, urlOf) {
  const title = `${countOf(unknown.length, "reference")} not known before the files are used`;
  const items = unknown.map(({ file, place, text, why }) => {
    const line = placeCell(file, place.line, urlOf);
    return `${line}: <code>${markdown(text)}</code>: ${markdown(why)}`;
  });
  return folded(title, items);
}

// src/runner/origin-cell.ts
function originCell(image) {
  const bytes = image.pulled === void 0 ? "" : tallyCell(image.pulled.tally, image.wanted);
  const parts = [registryCell(image), bytes].filter((part) => part !== "");
  return parts.join("<br>");
}
function registryCell({ wanted, root, unread }) {
  if (root === void 0) return unread === void 0 ? "" : "as locked";
  const { authenticated, source } = root.fetched;
  const registry = markdown(wanted.reference.registry);
  const isThere = !isElsewhere(source, wanted);
  if (isThere) return authenticated ? `${registry}, with credentials` : "";
  const place = `${registry} by way of ${markdown(source)}`;
  return authenticated ? `${place}, with credentials` : place;
}
function isElsewhere(source, { reference }) {
  return source !== reference.registry && source !== "cache" && source !== "layout";
}
function tallyCell({ restored, downloaded, alreadyThere, seconds, places }, wanted) {
  const parts = [];
  if (restored > 0) parts.push(`${formatBytes(restored)} from the cache`);
  const from = fromPlaces(places, wanted);
  if (downloaded > 0) parts.push(`${formatBytes(downloaded)} downloaded${from}`);
  if (alreadyThere > 0) parts.push(`${formatBytes(alreadyThere)} reused`);
  const bytes = parts.join(", ");
  return seconds === 0 ? bytes : `${bytes} in ${seconds.toFixed(1)} s`;
}
function fromPlaces(places, { reference }) {
  const [only = "", ...others] = places.keys();
  if (others.length === 0) return only === reference.registry ? "" : ` from ${markdown(only)}`;
  const parts = [...places].map(
    ([place, bytes]) => `${formatBytes(bytes)} from ${markdown(place)}`
  );
  return ` (${parts.join(", ")})`;
}

// src/runner/summary.ts
var LENGTH_LIMIT = 900 * 1024;
var PROBLEM_COLUMNS = ["image", "platform", "problem"];
var IMAGE_COLUMNS = ["image", "digest", "platforms", "size", "from"];
function toSummary(report, urlOf = noUrl) {
  if ("invalid" in report) return summaryOfInputs(report.invalid);
  if ("receipt" in report) return receiptSummary(report.receipt);
  return summaryOfImages(report, urlOf);
}
function summaryOfInputs(problems) {
  const inputs = problems.length === 1 ? "input" : "inputs";
  const head = `### registry-pull: ${problems.length} invalid ${inputs}`;
  const list = problems.map((problem) => `- ${markdown(problem)}`);
  return capped([head, "", ...list, ""]);
}
function summaryOfImages(judged, urlOf) {
  const { images, cacheMiss, files, lock } = judged;
  const problems = [
    ...judged.problems.map((problem) => fileProblemRow(problem, urlOf)),
    ...images.flatMap((image) => problemRows(image, urlOf))
  ];
  const known = images.filter((image) => digestOfImage(image) !== void 0);
  const rows = known.map((image) => imageRow(image, urlOf));
  return capped([
    headOf(images, judged.problems.length),
    ...cacheMissLines(cacheMiss),
    ...refusalLines(images),
    ...table(PROBLEM_COLUMNS, problems),
    ...table(IMAGE_COLUMNS, rows),
    ...pulledLines(judged),
    ...copyBlock("Pinned references", pinnedReferences(images)),
    ...filesLines(files, urlOf),
    ...lockLines(lock),
    ...servingLines(judged.serving),
    ""
  ]);
}
function cacheMissLines(cacheMiss) {
  if (cacheMiss === "") return [];
  return ["", `✗ cache miss: ${markdown(cacheMiss)}`];
}
function refusalLines(images) {
  const lines = lossesOf(images).map((text) => `⚠ ${markdown(text)}`);
  return lines.flatMap((text) => ["", text]);
}
function lockLines(lock) {
  if (lock === void 0 || !lock.isWritten) return [];
  const changed = countOf(lock.changes.length, "image");
  return ["", `${markdown(lock.file)} was updated: ${changed}.`, "", lockDiff(lock.changes)];
}
function servingLines(serving) {
  if (serving === void 0) return [];
  const where = `The job's registry runs at ${code(serving.address)}.`;
  return ["", `${where} What the job pulls is listed after the job.`];
}
function pulledLines({ pulled, cache }) {
  if (pulled === void 0) return [];
  const sentences = [pulledLine(pulled), ...aboutCache(pulled, cache)].map(sentence);
  return ["", `${sentences.join(" ")}${slowerCache(pulled)}`];
}
function aboutCache({ restored, downloaded }, cache) {
  if (cache === void 0 || downloaded === 0) return [];
  const { restore, why } = cache;
  const isMissed = restore && restored === 0;
  return [...isMissed ? ["nothing came from the cache"] : [], ...why === "" ? [] : [why]];
}
function sentence(line) {
  const text = `${line.slice(0, 1).toUpperCase()}${line.slice(1)}`;
  return markdown(text.endsWith(".") ? text : `${text}.`);
}
function headOf(images, fileProblems) {
  const isIdle = images.length === 0 && fileProblems === 0;
  const state = isIdle ? "no image named" : stateOf(images);
  if (fileProblems === 0) return `### registry-pull: ${state}`;
  return `### registry-pull: ${state}, ${countOf(fileProblems, "problem")} with files`;
}
function stateOf(images) {
  const count = images.length;
  const failed = images.filter((image) => statusOf(image) !== "ok").length;
  if (failed === 0) return `${countOf(count, "image")} resolved`;
  if (count === 1) return "the image has a problem";
  return `${failed} of ${count} images ${failed === 1 ? "has" : "have"} a problem`;
}
function pinnedReferences(images) {
  return images.map(pinnedReference).filter((reference) => reference !== "");
}
function slowerCache({ rates }) {
  const { cache, registry } = rates;
  if (cache === void 0 || registry === void 0 || cache >= registry) return "";
  const figures = `${formatBytes(cache)}/s against ${formatBytes(registry)}/s`;
  return ` The cache was slower than the registry (${figures}): this step is faster without it.`;
}
function code(text) {
  if (text === "") return "";
  return `<code>${markdown(text)}</code>`;
}
function problemRows(image, urlOf) {
  const { wanted } = image;
  return problemsOf(image).map((problem) => {
    const { platform, message } = problem;
    const written = code(shortDigests(wanted.written));
    const reference = isOptional(wanted, problem) ? `${written} (optional)` : written;
    const places = placesOf(mentionsOfProblem(wanted, problem), urlOf);
    const ofPlatform = `${wanted.written} ${platform}`;
    const subject = message.startsWith(`${ofPlatform}: `) ? ofPlatform : wanted.written;
    return [`${reference}${places}`, markdown(platform), problemCell(problem, subject)];
  });
}
function placesOf(mentions, urlOf) {
  const cell = placesCell(
    mentions.flatMap(({ location }) => location ?? []),
    urlOf
  );
  return cell === "" ? "" : `<br>${cell}`;
}
function imageRow(image, urlOf) {
  const { wanted } = image;
  const size = totalSize([image]);
  const digest = digestOfImage(image) ?? "";
  return [
    `${nameCell(wanted, digest)}${placesOf(mentionsOf(wanted), urlOf)}`,
    code(shortDigests(digest)),
    platformsCell(image),
    size === 0 ? "" : formatBytes(size).replace(" ", NO_BREAK),
    originCell(image)
  ];
}
function nameCell({ name, written }, digest) {
  const end = `@${digest}`;
  const short = written.endsWith(end) ? written.slice(0, -end.length) : shortDigests(written);
  return name === written ? code(short) : `${markdown(name)}<br>${code(short)}`;
}
function platformsCell({ root, platforms }) {
  const kind = root?.document.kind ?? "";
  if (platforms.length === 0) return markdown(kind);
  return platforms.map(platformCell).join("<br>");
}
function platformCell(outcome) {
  return `${platformMark(outcome)}${NO_BREAK}${markdown(outcome.platform)}`;
}
function capped(parts) {
  let text = "";
  for (const part of parts) {
    const length = Buffer.byteLength(text) + Buffer.byteLength(part);
    if (length > LENGTH_LIMIT) {
      return `${text}
The rest is in the log and in the metadata file.
`;
    }
    text += `${part}
`;
  }
  return text;
}

// src/runner/actions.ts
var SAVES = "pending-saves";
var REGISTRY = "registry";
function pendingSaves() {
  return getState(SAVES);
}
function servingState() {
  return getState(REGISTRY);
}
var secrets = /* @__PURE__ */ new Set();
function shown(text) {
  return sanitise(withhold(secrets, text));
}
var actions = {
  say: (line) => info(shown(line)),
  group: (title, lines) => {
    startGroup(shown(title));
    for (const line of lines) info(shown(line));
    endGroup();
  },
  warn: (message, location) => {
    warning(shown(message), placeOf(location));
  },
  error: (title, message, location) => {
    const place = placeOf(location);
    error(shown(message), { title: shown(title), ...place });
  },
  mask: (secret) => {
    for (const line of secret.split(/[\r\n]+/)) {
      const isEmpty = line.trim() === "";
      if (isEmpty || secrets.has(line)) continue;
      setSecret(line);
      secrets.add(line);
    }
  },
  withhold: (text) => withhold(secrets, text),
  saveLater: (path) => saveState(SAVES, path),
  endLater: (state) => saveState(REGISTRY, state),
  output: (name, value) => {
    try {
      setOutput(name, value);
    } catch (cause) {
      const found = `cannot write outputs: ${messageOf(cause)}`;
      throw new PullError("runner-broken", found, { cause });
    }
  },
  summary: async (report) => {
    try {
      const text = toSummary(report, lineUrls(process.env));
      await summary.addRaw(text).write();
    } catch (error2) {
      info(shown(`cannot write the job summary: ${messageOf(error2)}`));
    }
  }
};
function placeOf(location) {
  if (location === void 0) return {};
  const { file, line, column, endColumn } = location;
  return {
    file: shown(file),
    startLine: line,
    startColumn: column,
    endColumn
  };
}

export {
  pendingSaves,
  servingState,
  actions
};
