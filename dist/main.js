import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  actions
} from "./chunk-SHSUF2CO.js";
import {
  step
} from "./chunk-L5ZJWGYS.js";
import "./chunk-YJAW5X2H.js";
import "./chunk-NFSB6LL2.js";
import "./chunk-WNZCO3WI.js";
import "./chunk-NJDYEQ4U.js";
import "./chunk-3UDAXQZW.js";
import "./chunk-SRGGCH3K.js";
import "./chunk-7EV6XQIJ.js";

// src/main.ts
import { tmpdir } from "node:os";
var { env: environment, platform, arch: architecture } = process;
try {
  process.exitCode = await step({ environment, platform, architecture, temporary: environment["RUNNER_TEMP"] || tmpdir() }, actions);
} catch (error) {
  actions.fail("registry-pull has a mistake in it", error instanceof Error ? error.stack ?? error.message : String(error));
  process.exitCode = 1;
}
