import assert from "node:assert/strict";
import { it, mock } from "node:test";
import { startProgress } from "../../src/runner/progress.ts";

it("startProgress prints the bytes by origin every five seconds, until it is stopped", () => {
  mock.timers.enable({ apis: ["setInterval"] });
  const said: string[] = [];
  const progress = startProgress((line) => void said.push(line));
  progress.planned(10_000_000);
  progress.moved(2_000_000, "cache");
  progress.moved(3_000_000, "registry");
  mock.timers.tick(5_000);
  progress.moved(-1_000_000, "registry");
  mock.timers.tick(5_000);
  progress.stop();
  mock.timers.tick(60_000);
  mock.timers.reset();
  assert.deepEqual(said, [
    "pulled 5.0 MB of 10.0 MB (2.0 MB restored, 3.0 MB downloaded), 1.0 MB/s",
    "pulled 4.0 MB of 10.0 MB (2.0 MB restored, 2.0 MB downloaded), 0 B/s",
  ]);
});
