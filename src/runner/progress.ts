import type { Progress } from "../pull/transfer.ts";
import { formatBytes } from "./log.ts";

const EVERY_MS = 5_000;

/** Says every five seconds how far the bytes are, until it is stopped: done, total and the rate since the last time. */
export function startProgress(say: (line: string) => void): Progress & { readonly stop: () => void } {
  let total = 0;
  let done = 0;
  let doneBefore = 0;
  const timer = setInterval(() => {
    const rate = formatBytes(Math.max(0, done - doneBefore) / (EVERY_MS / 1_000));
    say(`pulled ${formatBytes(done)} of ${formatBytes(total)}, ${rate}/s`);
    doneBefore = done;
  }, EVERY_MS);
  return {
    planned: (bytes) => {
      total += bytes;
    },
    moved: (bytes) => {
      done += bytes;
    },
    stop: () => clearInterval(timer),
  };
}
