import type { Location } from "../gate/plan.ts";
import type { Report } from "./summary.ts";

/**
 * Where a step prints, and how it passes values to later steps. Implementations sanitise and redact
 * every line and message.
 */
export interface Workflow {
  /** Prints a log line. */
  say(line: string): void;
  /** Prints lines below a title that a reader can unfold. */
  group(title: string, lines: readonly string[]): void;
  /** Annotates a warning, at a place in a file if there is one. */
  warn(message: string, location?: Location): void;
  /** Annotates an error, at a place in a file if there is one. It does not end the step. */
  error(title: string, message: string, location?: Location): void;
  /** Redacts a secret in everything that is printed from now on. */
  mask(secret: string): void;
  /** `text` with the masked secrets redacted, for places that do not redact by themselves. */
  withhold(text: string): string;
  /** Sets an output. */
  output(name: string, value: string): void;
  /** Writes the job summary. */
  summary(report: Report): Promise<void>;
  /** Passes the path of the pending saves to the post step. */
  saveLater(path: string): void;
  /** Passes the state of the job's registry to the post step, which ends it. */
  endLater(state: string): void;
}
