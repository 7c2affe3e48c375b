import * as core from "@actions/core";
import { PullError } from "../oci/failure.ts";
import { sanitise, withhold } from "./sanitiser.ts";
import { type Report, toSummary } from "./summary.ts";

/** What the step says and hands on, wherever it runs. Implementations sanitise every line and message. */
export interface Workflow {
  say(line: string): void;
  group(title: string, lines: readonly string[]): void;
  warn(message: string): void;
  fail(title: string, message: string): void;
  /** Keeps a secret out of all that is printed from now on. */
  mask(secret: string): void;
  /** `text` without the secrets that are masked: for what is written where nobody masks. */
  withhold(text: string): string;
  output(name: string, value: string): void;
  summary(report: Report): Promise<void>;
  /** Hands the path of the pending saves to the post step. */
  saveLater(path: string): void;
}

const STATE = "pending-saves";

/** In the post step: the path that the step gave to {@link Workflow.saveLater}, or an empty one. */
export function pendingSaves(): string {
  return core.getState(STATE);
}

const secrets = new Set<string>();
const shown = (text: string): string => sanitise(withhold(secrets, text));

/** The workflow commands and files of the runner: https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
export const actions: Workflow = {
  say: (line) => core.info(shown(line)),
  group: (title, lines) => {
    core.startGroup(shown(title));
    for (const line of lines) core.info(shown(line));
    core.endGroup();
  },
  warn: (message) => core.warning(shown(message)),
  fail: (title, message) => core.error(shown(message), { title: shown(title) }),
  mask: (secret) => {
    // The runner masks a value line by line; an empty line would mask nothing and is refused.
    for (const line of secret.split(/[\r\n]+/)) {
      if (line.trim() === "" || secrets.has(line)) continue;
      core.setSecret(line);
      secrets.add(line);
    }
  },
  withhold: (text) => withhold(secrets, text),
  saveLater: (path) => core.saveState(STATE, path),
  output: (name, value) => {
    try {
      core.setOutput(name, value);
    } catch (cause) {
      throw new PullError("runner-broken", `cannot write outputs: ${(cause as Error).message}`, { cause });
    }
  },
  summary: async (report) => {
    try {
      await core.summary.addRaw(toSummary(report)).write();
    } catch (error) {
      core.info(shown(`no job summary: ${(error as Error).message}`));
    }
  },
};
