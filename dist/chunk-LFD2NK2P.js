import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);

// src/gate/plan.ts
function withoutDigest({ written, reference }) {
  const [named = ""] = written.split("@");
  return { written: named, reference: { ...reference, digest: void 0 } };
}
function mentionsOf({ mentions, platforms, optional }) {
  return mentions ?? [{ platforms, optional }];
}
function soughtPlatforms({ platforms }, pullsFor) {
  return platforms === "any" && pullsFor !== void 0 ? [pullsFor] : platforms;
}

export {
  withoutDigest,
  mentionsOf,
  soughtPlatforms
};
