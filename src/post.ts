import { thisMachine } from "./action/machine.ts";
import { savePending } from "./action/save.ts";
import { actions, pendingSaves } from "./runner/actions.ts";

// After the job: saves to the cache what the step left for later.
await savePending(pendingSaves(), thisMachine(), actions);
// The uploader leaves keep-alive connections open; they would delay the end of the job.
process.exit(0);
