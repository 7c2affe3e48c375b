import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Every test file is a process of its own, and most of them load the same modules.
enableCompileCache(join(import.meta.dirname, "../../node_modules/.cache/node"));
