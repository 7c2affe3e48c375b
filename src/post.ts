import { SYSTEM_CLOCK } from "./connect.ts";
import { actions, readPromises } from "./runner/workflow.ts";
import { save } from "./save.ts";

// After the job: what the step promised goes into the cache. Whatever goes wrong here fails nothing.
try {
  await save(readPromises(), { environment: process.env, clock: SYSTEM_CLOCK }, actions);
} catch (error) {
  actions.warn(`the cache was not filled: ${(error as Error).message}`);
}
// The uploader keeps connections that would hold the job for as long as they last.
process.exit(0);
