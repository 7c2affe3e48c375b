import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/action/task.ts
function warnOnce(voice) {
  let isFirst = true;
  const warn = /* @__PURE__ */ __name((message) => {
    (isFirst ? voice.warn : voice.say)(message);
    isFirst = false;
  }, "warn");
  return { ...voice, warn };
}
__name(warnOnce, "warnOnce");

export {
  warnOnce
};
