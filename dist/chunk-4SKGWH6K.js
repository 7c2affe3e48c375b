import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);

// src/http/aborted.ts
function aborted(signal) {
  return new Promise((_, reject) => {
    const rejectWithReason = () => reject(signal.reason);
    signal.addEventListener("abort", rejectWithReason, { once: true });
  });
}

export {
  aborted
};
