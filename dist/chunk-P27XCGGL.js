import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);

// src/oci/reason.ts
var MAY_PASS = /* @__PURE__ */ new Set([
  "not-found",
  "platform-missing",
  "dangling",
  "unreachable",
  "rate-limited"
]);
function mayPass(status) {
  return MAY_PASS.has(status);
}
function isOutage(status) {
  return status === "unreachable" || status === "rate-limited";
}
var PUSH_AGAIN = "build and push the image again";
var TRY_AGAIN = "run the job again; if it keeps failing, check for a proxy that changes responses";
var OFTEN_ABSENT = "registries also answer this for a repository that does not exist";
var ASK_OWNER = "ask the registry's operator";
var ANOTHER_PATH = "choose another directory with the input path";
var REASONS = {
  "not-found": {
    status: "not-found",
    next: "check the reference, or set wait-timeout if it is still being pushed"
  },
  "no-credentials": {
    status: "unauthorized",
    next: `${OFTEN_ABSENT}: check the name, then add credentials to registry-auth`
  },
  "credentials-refused": {
    status: "unauthorized",
    next: `${OFTEN_ABSENT}: check the name, then the credentials in registry-auth`
  },
  "realm-refused": {
    status: "unauthorized",
    next: "if it is the registry's own token service, add it to trusted-realms"
  },
  "not-served": {
    status: "unauthorized",
    next: "name it in images, in a file or in the lock file, or leave serve-only out (to push, too)"
  },
  "scheme-unknown": {
    status: "unauthorized",
    next: "use a registry that offers Basic or Bearer authentication"
  },
  "rate-limited": {
    status: "rate-limited",
    next: "log in with registry-auth for a higher limit, or run the job again later"
  },
  "no-answer": {
    status: "unreachable",
    next: "check the reference and that this runner can reach its registry"
  },
  "tls-failed": {
    status: "unreachable",
    next: "TLS is required; for a private certificate authority set NODE_EXTRA_CA_CERTS on the job"
  },
  "plain-http": {
    status: "unreachable",
    next: "if plain HTTP is intended, list the registry in insecure-registries"
  },
  "server-error": {
    status: "unreachable",
    next: "run the job again later, or set wait-timeout"
  },
  "too-slow": {
    status: "unreachable",
    next: "run the job again, or check the network between this runner and the registry"
  },
  "answer-cut": {
    status: "unreachable",
    next: "run the job again, or check the network between this runner and the registry"
  },
  timeout: {
    status: "unreachable",
    next: "set a larger timeout, or name fewer images in one step"
  },
  cancelled: { status: "unreachable", next: "run the job again" },
  "platform-missing": {
    status: "platform-missing",
    next: "build and push that platform, or ask for one that the image offers"
  },
  "manifest-missing": { status: "dangling", next: "push the image again" },
  "config-missing": { status: "dangling", next: "push the image again" },
  "layer-missing": { status: "dangling", next: "push the image again" },
  "layout-changed": {
    status: "dangling",
    next: "run the step again, and let nothing else write to the layout"
  },
  "platform-differs": { status: "platform-mismatch", next: "build and push that platform again" },
  "os-version-differs": { status: "platform-mismatch", next: "build and push that platform again" },
  artifact: { status: "not-an-image", next: "ask for it with platforms: any" },
  "buildkit-cache": { status: "not-an-image", next: "ask for it with platforms: any" },
  "index-listed": { status: "not-an-image", next: PUSH_AGAIN },
  "digest-differs": { status: "invalid", next: TRY_AGAIN },
  "size-differs": { status: "invalid", next: PUSH_AGAIN },
  "size-unknown": { status: "invalid", next: ASK_OWNER },
  "too-large": { status: "invalid", next: "push a smaller document" },
  "too-long": { status: "invalid", next: TRY_AGAIN },
  "too-short": { status: "invalid", next: TRY_AGAIN },
  "too-deep": { status: "invalid", next: PUSH_AGAIN },
  "too-many": { status: "invalid", next: PUSH_AGAIN },
  "not-json": {
    status: "invalid",
    next: `${PUSH_AGAIN}; if the document changed in transit, ${ASK_OWNER}`
  },
  "duplicate-key": { status: "invalid", next: PUSH_AGAIN },
  ambiguous: { status: "invalid", next: PUSH_AGAIN },
  "wrong-field": { status: "invalid", next: PUSH_AGAIN },
  "wrong-descriptor": { status: "invalid", next: PUSH_AGAIN },
  "wrong-diff-ids": { status: "invalid", next: PUSH_AGAIN },
  "wrong-schema1": { status: "invalid", next: PUSH_AGAIN },
  "media-type-differs": { status: "invalid", next: PUSH_AGAIN },
  "unpack-failed": { status: "invalid", next: PUSH_AGAIN },
  "web-page": {
    status: "invalid",
    next: "check the registry's name; if a proxy answered, log in to it"
  },
  "encoding-refused": {
    status: "invalid",
    next: "ask the operator of the registry, or of the proxy, to send responses uncompressed"
  },
  "range-differs": { status: "invalid", next: TRY_AGAIN },
  "redirect-refused": { status: "invalid", next: ASK_OWNER },
  "address-refused": {
    status: "invalid",
    next: "name the registry by an address that this runner may contact"
  },
  "realm-downgrade": { status: "invalid", next: ASK_OWNER },
  "realm-invalid": { status: "invalid", next: ASK_OWNER },
  "token-invalid": { status: "invalid", next: ASK_OWNER },
  "unexpected-answer": { status: "invalid", next: "check that the host is a registry" },
  "layout-corrupt": { status: "invalid", next: `move the layout away, or ${ANOTHER_PATH}` },
  "layout-full": { status: "invalid", next: ANOTHER_PATH },
  "wrong-entry": { status: "invalid", next: "delete the entry from the cache" },
  "wrong-state": {
    status: "invalid",
    next: "let nothing else write to the runner's temp directory"
  },
  "wrong-reference": { status: "invalid", next: "expected [registry/]repository[:tag][@digest]" },
  "wrong-platform": { status: "invalid", next: "write it like linux/arm64" },
  "wrong-digest": { status: "invalid", next: "expected sha256: and 64 lower-case hex digits" },
  "not-pinned": { status: "not-pinned", next: "write its digest once it exists" },
  "not-locked": {
    status: "not-locked",
    next: "run a step with lock: update, and commit the lock file"
  },
  "platform-not-locked": {
    status: "not-locked",
    next: "run a step that requires the platform with lock: update, and commit the lock file"
  },
  "lock-differs": {
    status: "invalid",
    next: "delete the entry from the lock file, and run a step with lock: update"
  },
  "no-file": {
    status: "invalid",
    next: "correct the pattern, or add optional=true if there may be no such file"
  },
  "file-changed": { status: "invalid", next: "it is left as it is; run the step again" },
  "not-written": { status: "invalid", next: "make it and its directory writable for the step" },
  "wrong-file": { status: "invalid", next: "correct the file, or leave it out with !path" },
  "form-unknown": { status: "unsupported", next: "push it in one of these forms" },
  "platform-unnamed": { status: "unsupported", next: "name the platform to pull with platform=" },
  "disk-full": {
    status: "unsupported",
    next: "make room, or put the layout on another disk with the input path"
  },
  "disk-failed": { status: "unsupported", next: ANOTHER_PATH },
  "not-a-file": { status: "unsupported", next: "remove it" },
  "not-a-directory": { status: "unsupported", next: ANOTHER_PATH },
  "runner-broken": {
    status: "unsupported",
    next: "GITHUB_OUTPUT must name a writable file, and RUNNER_TEMP a writable directory"
  },
  locked: { status: "unsupported", next: "if no other process uses the layout, remove the lock" },
  "lock-lost": { status: "unsupported", next: "run the job again" },
  "engine-missing": {
    status: "unsupported",
    next: "install it, or use pull: layout, which needs no engine"
  },
  "engine-failed": {
    status: "unsupported",
    next: "check that the engine works on this runner, or use pull: layout"
  }
};
function isInterruption(reason) {
  return reason === "timeout" || reason === "cancelled";
}

// src/oci/failure.ts
var PullError = class extends Error {
  name = "PullError";
  reason;
  /** The message without what to do next. */
  found;
  /** What the user should do next. */
  next;
  constructor(reason, found, { next = REASONS[reason].next, cause } = {}) {
    super(`${found}; ${next}`, cause === void 0 ? void 0 : { cause });
    this.reason = reason;
    this.found = found;
    this.next = next;
  }
  get status() {
    return REASONS[this.reason].status;
  }
};
function inContext(error, prefix) {
  return new PullError(error.reason, `${prefix}: ${error.found}`, {
    next: error.next,
    cause: error
  });
}
function foundBy(error) {
  return error instanceof PullError ? error.found : messageOf(error);
}
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
function codeOf(error) {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return String(error.code ?? "");
}

export {
  mayPass,
  isOutage,
  REASONS,
  isInterruption,
  PullError,
  inContext,
  foundBy,
  messageOf,
  codeOf
};
