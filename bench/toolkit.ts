import { restoreCache, saveCache } from "@actions/cache";

// The public functions of the runner's cache, as any workflow has them: `save` or `restore`, of the directory `data` below here.
const [verb = "", key = ""] = process.argv.slice(2);
const done = verb === "save" ? (await saveCache(["data"], key)) !== -1 : (await restoreCache(["data"], key)) === key;
if (!done) throw new Error(`${verb} did not succeed`);
process.exit(0);
