import type { Progress } from "../pull/transfer.ts";
import { formatBytes } from "./log.ts";

const EVERY_MS = 5_000;

/** Says every five seconds how far the bytes are, until it is stopped: done and total, where from, and the rate since the last time. */
export function startProgress(say: (line: string) => void): Progress & { readonly stop: () => void } {
  const done = { cache: 0, registry: 0 };
  let total = 0;
  let before = 0;
  const timer = setInterval(() => {
    const now = done.cache + done.registry;
    const rate = formatBytes(Math.max(0, now - before) / (EVERY_MS / 1_000));
    const origins = `${formatBytes(done.cache)} restored, ${formatBytes(done.registry)} downloaded`;
    say(`pulled ${formatBytes(now)} of ${formatBytes(total)} (${origins}), ${rate}/s`);
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
