import { connectCache, openHttp } from "./connect.ts";
import { actions, readPromises } from "./runner/workflow.ts";
import { save } from "./save.ts";

// After the job: what the step promised goes into the cache. Whatever goes wrong here fails nothing.
const promises = readPromises();
if (promises !== undefined) {
  const { signal } = new AbortController();
  const http = openHttp(1, actions, signal);
  try {
    await save(promises, await connectCache(promises.kind, http, process.env, actions, signal), actions.say);
  } catch (error) {
    actions.warn(`the cache was not filled: ${(error as Error).message}`);
  } finally {
    http.close();
  }
}
// The uploader keeps connections that would hold the job for as long as they last.
process.exit(0);
