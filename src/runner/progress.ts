import type { Progress } from "../pull/transfer.ts";
import { formatBytes } from "./wording.ts";

const EVERY_MS = 5_000;

type RunningProgress = Progress & { readonly stop: () => void };

/**
 * Prints a line about the bytes of a pull every five seconds, until it is stopped: how many of how
 * many, by origin, and the rate since the line before.
 */
export function startProgress(say: (line: string) => void): RunningProgress {
  const done = { cache: 0, registry: 0 };
  let total = 0;
  let before = 0;
  const timer = setInterval(() => {
    const now = done.cache + done.registry;
    const sinceBefore = Math.max(0, now - before);
    const rate = formatBytes(sinceBefore / (EVERY_MS / 1_000));
    const pulled = `${formatBytes(now)} of ${formatBytes(total)}`;
    const restored = done.cache > 0 ? [`${formatBytes(done.cache)} restored`] : [];
    const downloaded = done.registry > 0 ? [`${formatBytes(done.registry)} downloaded`] : [];
    const origins = [...restored, ...downloaded].join(", ");
    say(`pulled ${pulled}${origins === "" ? "" : ` (${origins})`}, ${rate}/s`);
    before = now;
  }, EVERY_MS);
  return {
    planned: (bytes) => {
      total += bytes;
    },
    moved: (bytes, from) => {
      done[from] += bytes;
    },
    stop: () => clearInterval(timer),
  };
}
