import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  PullError
} from "./chunk-ZX7A5LN5.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/cancellation.ts
var GRACE_MS = 4e3;
function endWhenUnread() {
  process.stdout.on("error", (error) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
}
__name(endWhenUnread, "endWhenUnread");
var EXIT_CODES = { SIGINT: 130, SIGTERM: 143 };
function cancellation() {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"]) {
    process.once(name, () => {
      controller.abort(new PullError("cancelled", `cancelled: received ${name}`));
      setTimeout(() => process.exit(EXIT_CODES[name]), GRACE_MS).unref();
    });
  }
  return controller.signal;
}
__name(cancellation, "cancellation");

export {
  endWhenUnread,
  cancellation
};
