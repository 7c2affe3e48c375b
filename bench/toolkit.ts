import { restoreCache, saveCache } from "@actions/cache";

// Saves or restores the directory `data`, with the cache functions that any action can use:
// node toolkit.ts save|restore KEY
const [verb = "", key = ""] = process.argv.slice(2);
const isDone = verb === "save" ? await save() : await restore();
if (!isDone) throw new Error(`${verb} failed`);
process.exit(0);

async function save(): Promise<boolean> {
  const id = await saveCache(["data"], key);
  return id !== -1;
}

async function restore(): Promise<boolean> {
  const restored = await restoreCache(["data"], key);
  return restored === key;
}
