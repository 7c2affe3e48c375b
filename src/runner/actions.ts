import * as core from "@actions/core";
import type { Location } from "../gate/plan.ts";
import { messageOf, PullError } from "../oci/failure.ts";
import { lineUrls } from "./places.ts";
import { sanitise, withhold } from "./sanitiser.ts";
import { toSummary } from "./summary.ts";
import type { Workflow } from "./workflow.ts";

const SAVES = "pending-saves";
const REGISTRY = "registry";

/** In the post step: the path that the step passed to {@link Workflow.saveLater}, or empty. */
export function pendingSaves(): string {
  return core.getState(SAVES);
}

/** In the post step: what the step passed to {@link Workflow.endLater}, or empty. */
export function servingState(): string {
  return core.getState(REGISTRY);
}

const secrets = new Set<string>();

function shown(text: string): string {
  return sanitise(withhold(secrets, text));
}

/**
 * The workflow commands and files of the runner:
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export const actions: Workflow = {
  say: (line) => core.info(shown(line)),
  group: (title, lines) => {
    core.startGroup(shown(title));
    for (const line of lines) core.info(shown(line));
    core.endGroup();
  },
  warn: (message, location) => {
    core.warning(shown(message), placeOf(location));
  },
  error: (title, message, location) => {
    const place = placeOf(location);
    core.error(shown(message), { title: shown(title), ...place });
  },
  mask: (secret) => {
    // The runner masks each line of a value on its own, and refuses an empty one.
    for (const line of secret.split(/[\r\n]+/)) {
      const isEmpty = line.trim() === "";
      if (isEmpty || secrets.has(line)) continue;
      core.setSecret(line);
      secrets.add(line);
    }
  },
  withhold: (text) => withhold(secrets, text),
  saveLater: (path) => core.saveState(SAVES, path),
  endLater: (state) => core.saveState(REGISTRY, state),
  output: (name, value) => {
    try {
      core.setOutput(name, value);
    } catch (cause) {
      const found = `cannot write outputs: ${messageOf(cause)}`;
      throw new PullError("runner-broken", found, { cause });
    }
  },
  summary: async (report) => {
    try {
      const text = toSummary(report, lineUrls(process.env));
      await core.summary.addRaw(text).write();
    } catch (error) {
      core.info(shown(`cannot write the job summary: ${messageOf(error)}`));
    }
  },
};

/** No end line: the runner keeps the columns of a place only when it is on one line. */
function placeOf(location: Location | undefined): core.AnnotationProperties {
  if (location === undefined) return {};
  const { file, line, column, endColumn } = location;
  return {
    file: shown(file),
    startLine: line,
    startColumn: column,
    endColumn,
  };
}
