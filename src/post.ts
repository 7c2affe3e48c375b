import { endJob } from "./action/end-job.ts";
import { thisMachine } from "./action/machine.ts";
import { actions, pendingSaves, servingState } from "./runner/actions.ts";

// After the job: ends its registry, and saves to the cache what was left for later.
await endJob({ saves: pendingSaves(), serving: servingState() }, thisMachine(), actions);
// The uploader leaves keep-alive connections open; they would delay the end of the job.
process.exit(0);
