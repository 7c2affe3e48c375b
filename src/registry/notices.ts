import type { IncomingHttpHeaders } from "node:http";

// "A registry MUST NOT send more than 4096 bytes of warning data from all headers combined":
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#warnings
const WARNING_BYTES = 4096;
// The runner keeps ten annotations per type and step: half of them are left for other warnings.
const WARNING_LIMIT = 10 / 2;
// Code, agent, text: https://www.rfc-editor.org/rfc/rfc7234#section-5.5
const WARNING = /299 [^\s"]+ "((?:[^"\\]|\\.){1,1024})"/g;

/** Where a registry's warnings go: as annotations, or into the log. */
export type NoticeOptions = {
  readonly say: (line: string) => void;
  readonly warn: (message: string) => void;
};

/** Reads what registries state in headers: warnings, and Docker Hub's limits. */
export class Notices {
  readonly #options: NoticeOptions;
  /** The warnings of each registry; one more than the limit when not all of them are shown. */
  readonly #warnings = new Map<string, Set<string>>();
  readonly #remaining = new Map<string, string>();

  constructor(options: NoticeOptions) {
    this.#options = options;
  }

  /** Docker Hub's remaining pulls, by registry, as the last answer stated them. */
  get remainingPulls(): ReadonlyMap<string, string> {
    return this.#remaining;
  }

  /** Reads the headers of one answer. */
  read(registry: string, headers: IncomingHttpHeaders): void {
    const warning = String(headers["warning"] ?? "");
    this.#warn(registry, warning.slice(0, WARNING_BYTES));
    const remaining = String(headers["ratelimit-remaining"] ?? "");
    const [left, window] = remaining.split(";w=");
    const allowed = String(headers["ratelimit-limit"] ?? "");
    const [limit] = allowed.split(";w=");
    if (!left || !window) return;
    this.#remaining.set(registry, `${left} of ${limit || "?"} pulls left per ${window} s`);
  }

  /** Passes each warning on once. */
  #warn(registry: string, header: string): void {
    const known = this.#warnings.get(registry) ?? new Set();
    this.#warnings.set(registry, known);
    const { say, warn } = this.#options;
    for (const [, text = ""] of header.matchAll(WARNING)) {
      if (known.has(text) || known.size > WARNING_LIMIT) continue;
      known.add(text);
      if (known.size <= WARNING_LIMIT) warn(`${registry} warns: ${text}`);
      else say(`${registry} sends more than ${WARNING_LIMIT} warnings: the rest is not shown`);
    }
  }
}
