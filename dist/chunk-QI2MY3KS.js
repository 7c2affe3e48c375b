import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/http/aborted.ts
function aborted(signal) {
  return new Promise((_, reject) => {
    const rejectWithReason = /* @__PURE__ */ __name(() => reject(signal.reason), "rejectWithReason");
    signal.addEventListener("abort", rejectWithReason, { once: true });
  });
}
__name(aborted, "aborted");

export {
  aborted
};
