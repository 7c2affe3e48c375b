import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  markdown,
  sanitise,
  withhold
} from "./chunk-TQBEFKGP.js";
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
} from "./chunk-Z6BS36K7.js";
import {
  formatBytes,
  pinnedReference,
  platformMark,
  problemsOf,
  pulledLine,
  statusOf,
  totalSize
} from "./chunk-U27EXNVS.js";
import {
  PullError
} from "./chunk-ZX7A5LN5.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/runner/summary.ts
var LENGTH_LIMIT = 900 * 1024;
function toSummary(report) {
  return "invalid" in report ? summaryOfInputs(report.invalid) : summaryOfImages(report);
}
__name(toSummary, "toSummary");
function summaryOfInputs(problems) {
  const head = `### registry-pull: ${problems.length} invalid ${problems.length === 1 ? "input" : "inputs"}`;
  return capped([head, "", ...problems.map((problem) => `- ${markdown(problem)}`), ""]);
}
__name(summaryOfInputs, "summaryOfInputs");
function summaryOfImages(outcome) {
  const problems = outcome.images.flatMap((resolved) => problemsOf(resolved).map((problem) => problemRow(resolved, problem)));
  const failed = outcome.images.filter((resolved) => statusOf(resolved) !== "ok").length;
  const head = `### registry-pull: ${failed === 0 ? `${outcome.images.length} resolved` : `${failed} of ${outcome.images.length} with problems`}`;
  const pinned = outcome.images.map(pinnedReference).filter((reference) => reference !== "");
  return capped([
    head,
    ...outcome.cacheMiss === "" ? [] : ["", `\u2717 cache miss: ${markdown(outcome.cacheMiss)}`],
    ...table(["image", "platform", "status", "what was found, and what to do"], problems),
    ...table(
      ["image", "digest", "platforms", "size", "from"],
      outcome.images.map((image) => imageRow(image, outcome.pulled?.byImage.get(image.wanted.name)))
    ),
    ...outcome.pulled === void 0 ? [] : ["", `${pulledLine(outcome.pulled)}.${slowerCache(outcome.pulled)}`],
    ...pinned.length === 0 ? [] : ["", "<details><summary>Pinned references</summary>", "", ...pinned.map((reference) => `- ${code(reference)}`), "", "</details>"],
    ""
  ]);
}
__name(summaryOfImages, "summaryOfImages");
function slowerCache({ rates }) {
  const { cache, registry } = rates;
  if (cache === void 0 || registry === void 0 || cache >= registry) return "";
  return ` The cache was the slower of the two (${formatBytes(cache)}/s against ${formatBytes(registry)}/s): without it this step would have been faster.`;
}
__name(slowerCache, "slowerCache");
function table(columns, rows) {
  if (rows.length === 0) return [];
  return ["", line(columns), line(columns.map(() => "---")), ...rows.map(line)];
}
__name(table, "table");
function line(cells) {
  return `| ${cells.join(" | ")} |`;
}
__name(line, "line");
function code(text) {
  return `<code>${markdown(text)}</code>`;
}
__name(code, "code");
function problemRow(resolved, problem) {
  const optional = resolved.wanted.optional ? " (optional)" : "";
  return [`${code(resolved.wanted.written)}${optional}`, markdown(problem.platform), `\u2717 ${problem.status}`, markdown(problem.message)];
}
__name(problemRow, "problemRow");
function imageRow(resolved, tally) {
  const { wanted, root } = resolved;
  const name = wanted.name === wanted.written ? "" : `${markdown(wanted.name)}: `;
  const registry = root === void 0 ? "" : `${markdown(wanted.reference.registry)}${root.fetched.authenticated ? ", with credentials" : ""}`;
  const size = totalSize([resolved]);
  return [
    `${name}${code(wanted.written)}`,
    root === void 0 ? "" : code(root.fetched.digest),
    resolved.platforms.map(platformCell).join("<br>") || markdown(root?.document.kind ?? ""),
    size === 0 ? "" : formatBytes(size),
    [registry, ...tally === void 0 ? [] : [fromCell(tally)]].join("<br>")
  ];
}
__name(imageRow, "imageRow");
function fromCell({ restored, downloaded, alreadyThere, seconds }) {
  const parts = [
    [restored, "from the cache"],
    [downloaded, "downloaded"],
    [alreadyThere, "reused"]
  ];
  const bytes = parts.filter(([size]) => size > 0).map(([size, what]) => `${formatBytes(size)} ${what}`);
  return `${bytes.join(", ")}${seconds === 0 ? "" : ` in ${seconds.toFixed(1)} s`}`;
}
__name(fromCell, "fromCell");
function platformCell(outcome) {
  return `${platformMark(outcome)} ${markdown(outcome.platform)}`;
}
__name(platformCell, "platformCell");
function capped(parts) {
  let text = "";
  for (const part of parts) {
    if (Buffer.byteLength(text) + Buffer.byteLength(part) > LENGTH_LIMIT)
      return `${text}
The rest is in the log and in the metadata file.
`;
    text += `${part}
`;
  }
  return text;
}
__name(capped, "capped");

// src/runner/workflow.ts
var STATE = "pending-saves";
function pendingSaves() {
  return getState(STATE);
}
__name(pendingSaves, "pendingSaves");
var secrets = /* @__PURE__ */ new Set();
var shown = /* @__PURE__ */ __name((text) => sanitise(withhold(secrets, text)), "shown");
var actions = {
  say: /* @__PURE__ */ __name((line2) => info(shown(line2)), "say"),
  group: /* @__PURE__ */ __name((title, lines) => {
    startGroup(shown(title));
    for (const line2 of lines) info(shown(line2));
    endGroup();
  }, "group"),
  warn: /* @__PURE__ */ __name((message) => warning(shown(message)), "warn"),
  fail: /* @__PURE__ */ __name((title, message) => error(shown(message), { title: shown(title) }), "fail"),
  mask: /* @__PURE__ */ __name((secret) => {
    for (const line2 of secret.split(/[\r\n]+/)) {
      if (line2.trim() === "" || secrets.has(line2)) continue;
      setSecret(line2);
      secrets.add(line2);
    }
  }, "mask"),
  withhold: /* @__PURE__ */ __name((text) => withhold(secrets, text), "withhold"),
  saveLater: /* @__PURE__ */ __name((path) => saveState(STATE, path), "saveLater"),
  output: /* @__PURE__ */ __name((name, value) => {
    try {
      setOutput(name, value);
    } catch (cause) {
      throw new PullError("runner-broken", `cannot write outputs: ${cause.message}`, { cause });
    }
  }, "output"),
  summary: /* @__PURE__ */ __name(async (report) => {
    try {
      await summary.addRaw(toSummary(report)).write();
    } catch (error2) {
      info(shown(`no job summary: ${error2.message}`));
    }
  }, "summary")
};

export {
  pendingSaves,
  actions
};
