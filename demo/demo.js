// scripts/demo.ts
import { rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer as createServer2 } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

// test/support/image.ts
import { gzipSync } from "node:zlib";

// src/oci/digest.ts
import { createHash } from "node:crypto";

// src/oci/reason.ts
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

// src/oci/digest.ts
var HEX_LENGTH = {
  sha256: 256 / 4,
  sha512: 512 / 4
};
function digestOf(bytes, algorithm = "sha256") {
  const hex = createHash(algorithm).update(bytes).digest("hex");
  return `${algorithm}:${hex}`;
}

// src/oci/media-type.ts
var LENGTH_LIMIT = 127 + 1 + 127;
var OCI_INDEX = "application/vnd.oci.image.index.v1+json";
var OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
var OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
var DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
var DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
var DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
var SCHEMA1 = "application/vnd.docker.distribution.manifest.v1+json";
var SCHEMA1_SIGNED = "application/vnd.docker.distribution.manifest.v1+prettyjws";
var OCI_ARTIFACT = "application/vnd.oci.artifact.manifest.v1+json";
var ACCEPT = [
  OCI_INDEX,
  DOCKER_LIST,
  OCI_MANIFEST,
  DOCKER_MANIFEST,
  OCI_ARTIFACT,
  SCHEMA1_SIGNED,
  SCHEMA1
].join(", ");

// src/oci/platform.ts
var ARCHITECTURES = {
  i386: ["386"],
  x86_64: ["amd64"],
  "x86-64": ["amd64"],
  aarch64: ["arm64"],
  armhf: ["arm", "v7"],
  armel: ["arm", "v6"]
};
var VARIANTS = {
  amd64: { v1: "" },
  arm64: { "8": "", v8: "", "v8.0": "", "9": "v9", "9.0": "v9", "v9.0": "v9" },
  arm: { "": "v7", "5": "v5", "6": "v6", "7": "v7", "8": "v8" }
};
function normalise(os, architecture, variant = "", osVersion = "") {
  const lower = architecture.toLowerCase();
  const [normal, implied = variant.toLowerCase()] = own(ARCHITECTURES, lower) ?? [lower];
  const variants = own(VARIANTS, normal) ?? {};
  const system = os.toLowerCase();
  return {
    os: system === "macos" ? "darwin" : system,
    architecture: normal,
    variant: own(variants, implied) ?? implied,
    osVersion
  };
}
function own(table, key) {
  return Object.hasOwn(table, key) ? table[key] : void 0;
}
var PART = /^[A-Za-z0-9_.-]{1,64}$/;
var OS_WITH_VERSION = /^([^()]*)\(([^()]*)\)$/;
function parsePlatform(text) {
  const parts = text.split("/");
  const [system = "", architecture = "", variant = ""] = parts;
  const [, os = system, osVersion = ""] = OS_WITH_VERSION.exec(system) ?? [];
  const given = [os, architecture, ...parts.slice(2)];
  if (os !== system) given.push(osVersion);
  const isComplete = parts.length === 2 || parts.length === 3;
  if (isComplete && given.every((part) => PART.test(part))) {
    return normalise(os, architecture, variant, osVersion);
  }
  const found = `platform ${JSON.stringify(text)}: expected os/arch[/variant]`;
  throw new PullError("wrong-platform", found, { next: suggest(text) });
}
var KNOWN_ARCHITECTURE = /^(i386|386|x86[_-]64|amd64|aarch64|arm64|armhf|armel|arm|ppc64le|s390x|riscv64)$/;
function suggest(text) {
  const lower = text.trim().toLowerCase();
  if (!KNOWN_ARCHITECTURE.test(lower)) return void 0;
  return `did you mean ${formatPlatform(normalise("linux", lower))}?`;
}
function formatPlatform(platform) {
  const { os, architecture, variant, osVersion } = platform;
  return [
    osVersion === "" ? os : `${os}(${osVersion})`,
    architecture,
    ...variant === "" ? [] : [variant]
  ].join("/");
}

// test/support/image.ts
function content(mediaType, value) {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value, void 0, 2));
  return { bytes, mediaType, digest: digestOf(bytes) };
}
function descriptor({ mediaType, digest, bytes }) {
  return { mediaType, digest, size: bytes.length };
}
function layer(path, body, docker = false) {
  const bytes = Buffer.from(body);
  const tar = Buffer.concat([
    tarHeader(path, bytes.length),
    bytes,
    Buffer.alloc((512 - bytes.length % 512) % 512),
    Buffer.alloc(1024)
  ]);
  const mediaType = docker ? "application/vnd.docker.image.rootfs.diff.tar.gzip" : "application/vnd.oci.image.layer.v1.tar+gzip";
  const packed = gzipSync(tar, { level: 0 });
  packed[9] = 255;
  return { ...content(mediaType, packed), diffId: digestOf(tar) };
}
function tarHeader(path, size) {
  const header = Buffer.alloc(512);
  const field = (at, length, value) => header.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at);
  header.write(path, 0);
  field(100, 8, 493);
  field(108, 8, 0);
  field(116, 8, 0);
  field(124, 12, size);
  field(136, 12, 0);
  header.write("        0", 148);
  header.write("ustar\x0000", 257);
  field(
    148,
    7,
    header.reduce((sum, byte) => sum + byte, 0)
  );
  return header;
}
function image(platform, options = {}) {
  const {
    salt = "",
    docker = false,
    labels = { "org.opencontainers.image.version": "1.0" }
  } = options;
  const count = options.layers ?? 2;
  const files = Array.from(
    { length: count },
    (_, at) => layer(`file${at}`, `${platform} ${salt} ${at}
`, docker)
  );
  const layers = [
    ...options.busybox === void 0 ? [] : [layer("busybox", options.busybox, docker)],
    ...files
  ];
  const config = content(docker ? DOCKER_CONFIG : OCI_CONFIG, {
    ...goPlatform(parsePlatform(options.configPlatform ?? platform)),
    created: "2026-01-02T03:04:05Z",
    config: {
      Env: ["PATH=/bin"],
      Entrypoint: ["/bin/app"],
      Cmd: ["--help"],
      Labels: labels,
      User: "1000",
      WorkingDir: "/srv",
      ExposedPorts: { "8080/tcp": {} }
    },
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map((_, at) => ({
      created: "2026-01-02T03:04:05Z",
      created_by: `COPY file${at} /`
    })),
    ...options.config
  });
  const manifest = content(docker ? DOCKER_MANIFEST : OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: docker ? DOCKER_MANIFEST : OCI_MANIFEST,
    config: descriptor(config),
    layers: layers.map(descriptor)
  });
  return { ...manifest, platform, manifests: [], blobs: [config, ...layers] };
}
function goPlatform({ os, architecture, variant, osVersion }) {
  return {
    os,
    architecture,
    ...variant === "" ? {} : { variant },
    ...osVersion === "" ? {} : { "os.version": osVersion }
  };
}
function index(images, options = {}) {
  const mediaType = options.docker ? DOCKER_LIST : OCI_INDEX;
  const entries = images.map((made) => ({
    ...descriptor(made),
    ...made.platform === void 0 ? {} : { platform: goPlatform(parsePlatform(made.platform)) }
  }));
  const document = content(mediaType, {
    schemaVersion: 2,
    mediaType,
    manifests: [...entries, ...options.entries ?? []]
  });
  return {
    ...document,
    manifests: images.flatMap((made) => [made, ...made.manifests]),
    blobs: images.flatMap(({ blobs }) => blobs)
  };
}
function multiPlatform(platforms, options = {}) {
  const images = platforms.map((platform) => image(platform, options));
  const attestations = options.attestations ? images.map(attestation) : [];
  const made = index(images, {
    docker: options.docker ?? false,
    entries: attestations.map(({ entry }) => entry)
  });
  return {
    ...made,
    manifests: [...made.manifests, ...attestations.map(({ manifest }) => manifest)],
    blobs: [...made.blobs, ...attestations.flatMap(({ blobs }) => blobs)]
  };
}
function attestation(subject) {
  const statement = content("application/vnd.in-toto+json", {
    predicateType: "https://slsa.dev/provenance/v1",
    subject: subject.digest
  });
  const config = content(OCI_CONFIG, {
    architecture: "unknown",
    os: "unknown",
    rootfs: { type: "layers", diff_ids: [statement.digest] }
  });
  const manifest = content(OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptor(config),
    layers: [descriptor(statement)]
  });
  const annotations = {
    "vnd.docker.reference.type": "attestation-manifest",
    "vnd.docker.reference.digest": subject.digest
  };
  return {
    entry: {
      ...descriptor(manifest),
      platform: { os: "unknown", architecture: "unknown" },
      annotations
    },
    manifest,
    blobs: [config, statement]
  };
}
function artifact(configType = "application/vnd.cncf.helm.config.v1+json", artifactType) {
  const config = content(configType, { name: "chart" });
  const chart = content(
    "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
    Buffer.from("a chart")
  );
  const manifest = content(OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    ...artifactType === void 0 ? {} : { artifactType },
    config: descriptor(config),
    layers: [descriptor(chart)]
  });
  return { ...manifest, manifests: [], blobs: [config, chart] };
}
var PACKED_ZEROS = gzipSync(Buffer.alloc(1024 ** 2));

// test/support/registry.ts
import { createServer } from "node:http";
var Registry = class _Registry {
  seen = [];
  tokens = /* @__PURE__ */ new Set();
  /** Called first, in order, for every request. */
  faults = [];
  access;
  /** The token service: a path on this server, or a URL on another one. */
  realm = "/token";
  /** False omits `Docker-Content-Digest`, as some registries do. */
  announcesDigest = true;
  #server;
  #repositories = /* @__PURE__ */ new Map();
  #issued = 0;
  constructor(server) {
    this.#server = server;
  }
  static async start() {
    const server = createServer();
    const registry = new _Registry(server);
    server.on("request", (request, response) => registry.#answer(request, response));
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    return registry;
  }
  /** `127.0.0.1:port`, as in a reference. */
  get host() {
    return `127.0.0.1:${this.#server.address().port}`;
  }
  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
  /** Stores a document, with all it needs, under a tag. Returns its reference. */
  push(repository, tag, made) {
    const { manifests, blobs } = this.#repository(repository);
    for (const document of [made, ...made.manifests]) manifests.set(document.digest, document);
    manifests.set(tag, made);
    for (const blob of made.blobs) blobs.set(blob.digest, blob);
    return `${this.host}/${repository}:${tag}`;
  }
  /** Removes one manifest or blob, as a failed garbage collection does. */
  remove(repository, digest) {
    const { manifests, blobs } = this.#repository(repository);
    manifests.delete(digest);
    blobs.delete(digest);
  }
  /** The requests so far, one per line: `GET /v2/app/manifests/v1 200`. */
  get log() {
    return this.seen.map(({ method, path, status }) => `${method} ${path} ${status}`);
  }
  #repository(name) {
    const repository = this.#repositories.get(name) ?? { manifests: /* @__PURE__ */ new Map(), blobs: /* @__PURE__ */ new Map() };
    this.#repositories.set(name, repository);
    return repository;
  }
  #answer(request, response) {
    const { method = "", url = "", headers } = request;
    const seen = {
      method,
      path: url,
      authorization: headers.authorization ?? "",
      accept: headers.accept ?? "",
      status: 0
    };
    this.seen.push(seen);
    response.on("close", () => {
      seen.status = response.statusCode;
    });
    if (this.faults.some((fault) => fault(request, response))) return;
    if (url.startsWith("/token")) return this.#token(request, response);
    if (!this.#allowed(request)) return this.#challenge(url, response);
    this.#content(request, response);
  }
  #content(request, response) {
    const [, listed] = /^\/v2\/(.+)\/tags\/list(?:\?.*)?$/.exec(request.url ?? "") ?? [];
    if (listed !== void 0) return this.#tags(listed, response);
    const [, name = "", kind = "", reference = ""] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/?]+)(?:\?.*)?$/.exec(request.url ?? "") ?? [];
    const repository = this.#repositories.get(name);
    if (repository === void 0)
      return refuse(response, 404, "NAME_UNKNOWN", "repository name not known to registry", {
        name
      });
    const found = (kind === "manifests" ? repository.manifests : repository.blobs).get(reference);
    const accepted = kind === "blobs" || (request.headers.accept ?? "").includes(found?.mediaType ?? "");
    if (found === void 0 || !accepted) {
      return refuse(
        response,
        404,
        kind === "blobs" ? "BLOB_UNKNOWN" : "MANIFEST_UNKNOWN",
        `${kind.slice(0, -1)} unknown`,
        { reference }
      );
    }
    response.setHeader(
      "content-type",
      kind === "blobs" ? "application/octet-stream" : found.mediaType
    );
    response.setHeader("content-length", found.bytes.length);
    if (this.announcesDigest)
      response.setHeader("docker-content-digest", found.digest || digestOf(found.bytes));
    response.end(request.method === "HEAD" ? void 0 : found.bytes);
  }
  /** Two tags per page, so that a list of three has a second page. */
  #tags(name, response) {
    const repository = this.#repositories.get(name);
    if (repository === void 0)
      return refuse(response, 404, "NAME_UNKNOWN", "repository name not known to registry", {
        name
      });
    const tags = [...repository.manifests.keys()].filter((tag) => !tag.includes(":")).toSorted();
    const { searchParams } = new URL(response.req.url ?? "", `http://${this.host}`);
    const rest = tags.filter((tag) => tag > (searchParams.get("last") ?? ""));
    if (rest.length > 2)
      response.setHeader("link", `</v2/${name}/tags/list?last=${rest[1]}&n=2>; rel="next"`);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ name, tags: rest.slice(0, 2) }));
  }
  #allowed({ headers }) {
    if (this.access === void 0) return true;
    const authorization = headers.authorization ?? "";
    if (this.access.scheme === "basic") return authorization === basic(this.access.login);
    return this.tokens.has(authorization.replace(/^Bearer /, ""));
  }
  #challenge(url, response) {
    const [, name = ""] = /^\/v2\/(.+)\/(?:manifests|blobs)\//.exec(url) ?? [];
    const realm = this.realm.startsWith("http") ? this.realm : `http://${this.host}${this.realm}`;
    const scope = `repository:${name}:pull`;
    const bearer = `Bearer realm="${realm}",service="test, service",scope="${scope}"`;
    response.setHeader(
      "www-authenticate",
      this.access?.scheme === "basic" ? 'Basic realm="test"' : bearer
    );
    refuse(response, 401, "UNAUTHORIZED", "authentication required", [
      { Type: "repository", Name: name, Action: "pull" }
    ]);
  }
  #token(request, response) {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const access = this.access?.scheme === "bearer" ? this.access : void 0;
      const form = new URLSearchParams(body);
      const known = request.method === "POST" ? access?.identityToken !== void 0 && form.get("refresh_token") === access.identityToken : access?.login === void 0 && access?.identityToken === void 0 || request.headers.authorization === basic(access.login ?? "");
      if (!known)
        return refuse(response, 401, "UNAUTHORIZED", "incorrect username or password", null);
      const token = `token-${++this.#issued}`;
      this.tokens.add(token);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ token, expires_in: access?.expiresIn ?? 300 }));
    });
  }
};
function refuse(response, status, code, message, detail) {
  response.statusCode = status;
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ errors: [{ code, message, detail }] }));
}
function basic(login) {
  return `Basic ${Buffer.from(login).toString("base64")}`;
}

// scripts/demo.ts
var WARM = "warm";
var PLATFORMS = ["linux/amd64", "linux/arm64", "linux/arm/v7"];
async function demonstrate(write, runStep) {
  const registry = await Registry.start();
  const directory = await mkdtemp(join(tmpdir(), "registry-pull-demo-"));
  const removeFiles = () => rmSync(directory, { recursive: true, force: true });
  process.once("exit", removeFiles);
  try {
    write(
      `A registry inside this process, ${registry.host}, has an image for
${PLATFORMS.join(", ")}, and a Helm chart.
`
    );
    const scenes = scenesOn(registry, directory, await freeAddress());
    const exitCodes = await play(scenes, { registry, directory, write, runStep });
    write(
      `
The exit codes were ${exitCodes.join(", ")}: a workflow would have stopped at step 2.`
    );
    write("Try real images: npm start -- alpine:3.20 --platforms linux/amd64,linux/arm64");
    write("or real files:   npm start -- --files 'path/**/Dockerfile' --pins require");
    return scenes.every(({ expected }, at) => exitCodes[at] === expected) ? 0 : 1;
  } finally {
    await registry.stop();
    removeFiles();
  }
}
function scenesOn(registry, directory, address) {
  const image2 = multiPlatform(PLATFORMS, { attestations: true });
  const reference = registry.push("sample/app", "1.0", image2);
  const app = `${reference},name=app`;
  const chart = `${registry.push("sample/chart", "1.0", artifact())},name=chart,platform=any`;
  const compose = composeFile(reference, `${registry.host}/sample/app:1.1`);
  writeFileSync(join(directory, "compose.yaml"), compose);
  return [
    {
      heading: "1. The gate passes: the image has every required platform. The chart needs none.",
      inputs: { INPUT_IMAGES: `${app}
${chart}`, INPUT_PLATFORMS: PLATFORMS.join(",") },
      outputs: ["exists"],
      expected: 0
    },
    {
      heading: `2. The gate fails: a line of compose.yaml names a tag that does not exist.
${compose.trimEnd()}`,
      inputs: { INPUT_FILES: "compose.yaml", INPUT_PLATFORMS: "linux/amd64" },
      outputs: ["exists"],
      expected: 1
    },
    {
      heading: "3. A cold pull: every blob is downloaded, verified, and saved to a cache.",
      inputs: pullInto(join(directory, "cold"), app),
      outputs: ["cache-hit"],
      expected: 0
    },
    {
      heading: "4. The same pull, warm: every blob is restored from the cache and verified.",
      inputs: pullInto(join(directory, WARM), app),
      outputs: ["cache-hit"],
      expected: 0
    },
    {
      heading: "5. A registry for the job: a client asks it for the image, as Docker would.",
      inputs: {
        INPUT_SERVE: "true",
        "INPUT_SERVE-ADDRESS": address,
        RUNNER_ENVIRONMENT: "github-hosted"
      },
      outputs: [],
      expected: 0,
      meanwhile: (write) => pullFrom(address, registry.host, "sample/app", write)
    }
  ];
}
async function freeAddress() {
  const server = createServer2();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}
async function pullFrom(address, upstream, repository, write) {
  const get = async (path) => {
    const response = await fetch(`http://${address}/v2/${repository}/${path}?ns=${upstream}`);
    write(`  GET /v2/${repository}/${shortened(path)}?ns=${upstream} ${response.status}`);
    return response;
  };
  const index2 = await (await get("manifests/1.0")).json();
  const [first] = index2.manifests;
  const manifest = await (await get(`manifests/${first?.digest}`)).json();
  for (const { digest } of [manifest.config, ...manifest.layers]) {
    await (await get(`blobs/${digest}`)).arrayBuffer();
  }
}
function shortened(line) {
  return line.replace(/(sha256:.{6})\w+/, "$1…");
}
function composeFile(good, bad) {
  return `services:
  web: { image: ${good} }
  api: { image: ${bad} }
`;
}
function pullInto(layout, image2) {
  return {
    INPUT_IMAGES: image2,
    INPUT_PLATFORMS: "linux/amd64",
    INPUT_PULL: "layout",
    INPUT_PATH: layout,
    "INPUT_JOB-SUMMARY": "never"
  };
}
async function play(scenes, { registry, directory, write, runStep }) {
  const machine = {
    DOCKER_CONFIG: directory,
    REGISTRY_AUTH_FILE: directory,
    XDG_CACHE_HOME: join(directory, "cache"),
    HOME: directory,
    // Without Docker. No other program is needed.
    PATH: directory
  };
  const exitCodes = [];
  for (const { heading, inputs, outputs, meanwhile } of scenes) {
    write(`${exitCodes.length === 0 ? "" : "\n"}${heading}`);
    registry.seen.length = 0;
    const serving = async () => meanwhile?.(write);
    exitCodes.push(await runStep({ ...machine, ...inputs }, directory, outputs, serving));
    if (inputs["INPUT_PATH"]?.endsWith(WARM)) writeRequests(registry, write);
  }
  return exitCodes;
}
function writeRequests(registry, write) {
  const requests = registry.log.map((line) => `  ${shortened(line)}`).join("\n");
  write(`The warm pull only checked that the registry has everything:
${requests}`);
}
export {
  demonstrate
};
