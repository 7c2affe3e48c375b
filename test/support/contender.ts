import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { digestOf } from "../../src/oci/digest.ts";
import { Layout } from "../../src/store/layout.ts";
import { locked, REAL_TIME } from "../../src/store/mutex.ts";

/** A round's directory, and the name to add to the layout there. */
export type Round = { readonly path: string; readonly name: string };

/** `met` when another process held the lock at the same time; an error when the round failed. */
export type Answer = "alone" | "met" | { readonly error: string };

const digest = digestOf(Buffer.alloc(0));
// Polls far more often than the 25 ms that are asked for, so that more of them collide.
const time = { ...REAL_TIME, sleep: () => sleep(4) };

async function contend({ path, name }: Round): Promise<Answer> {
  const inside = join(path, "inside");
  const answer = await locked(
    join(path, "lock"),
    async () => {
      const found = await writeFile(inside, "", { flag: "wx" }).then(
        () => "alone" as const,
        () => "met" as const,
      );
      await sleep(1);
      await rm(inside, { force: true });
      return found;
    },
    time,
  );
  const layout = await Layout.open(path, time);
  await layout.add([
    { mediaType: "x", digest, size: 0, annotations: { "io.containerd.image.name": name } },
  ]);
  return answer;
}

process.on("message", async (round: Round) => {
  process.send?.(await contend(round).catch((error): Answer => ({ error: String(error) })));
});
