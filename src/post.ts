import { tmpdir } from "node:os";
import { SYSTEM_CLOCK, warnOnce } from "./connect.ts";
import { foundBy } from "./oci/failure.ts";
import { actions, pendingSaves } from "./runner/workflow.ts";
import { save } from "./save.ts";

// After the job: save to the cache what the step left for later. No error here fails the job.
const voice = warnOnce(actions);
const path = pendingSaves();
const machine = { environment: process.env, clock: SYSTEM_CLOCK, temporary: process.env["RUNNER_TEMP"] || tmpdir() };
try {
  if (path !== "") await save(path, machine, voice);
} catch (error) {
  voice.warn(`nothing was saved to the cache: ${foundBy(error)}`);
}
// The uploader leaves keep-alive connections open; they would delay the end of the job.
process.exit(0);
