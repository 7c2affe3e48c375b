import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  terminal
} from "./chunk-VIQV7HKK.js";
import {
  step
} from "./chunk-MUIJP73A.js";
import {
  save
} from "./chunk-JM74FZSH.js";
import "./chunk-TQBEFKGP.js";
import "./chunk-VJHD5BRZ.js";
import "./chunk-UNAMYNAQ.js";
import "./chunk-GARAT3GI.js";
import {
  DOCKER_CONFIG,
  DOCKER_LIST,
  DOCKER_MANIFEST,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_MANIFEST,
  SYSTEM_CLOCK,
  parsePlatform,
  warnOnce
} from "./chunk-U27EXNVS.js";
import "./chunk-3FKFBQK7.js";
import "./chunk-IDHIWDFX.js";
import {
  digestOf
} from "./chunk-ZX7A5LN5.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// scripts/demo.ts
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

// test/support/image.ts
import { gzipSync } from "node:zlib";
function content(mediaType, value) {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value, void 0, 2));
  return { bytes, mediaType, digest: digestOf(bytes) };
}
__name(content, "content");
function descriptor({ mediaType, digest, bytes }) {
  return { mediaType, digest, size: bytes.length };
}
__name(descriptor, "descriptor");
function layer(path, body, docker = false) {
  const bytes = Buffer.from(body);
  const tar = Buffer.concat([tarHeader(path, bytes.length), bytes, Buffer.alloc((512 - bytes.length % 512) % 512), Buffer.alloc(1024)]);
  const mediaType = docker ? "application/vnd.docker.image.rootfs.diff.tar.gzip" : "application/vnd.oci.image.layer.v1.tar+gzip";
  const packed = gzipSync(tar, { level: 0 });
  packed[9] = 255;
  return { ...content(mediaType, packed), diffId: digestOf(tar) };
}
__name(layer, "layer");
function tarHeader(path, size) {
  const header = Buffer.alloc(512);
  const field = /* @__PURE__ */ __name((at, length, value) => header.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at), "field");
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
__name(tarHeader, "tarHeader");
function image(platform, options = {}) {
  const { salt = "", docker = false, labels = { "org.opencontainers.image.version": "1.0" } } = options;
  const count = options.layers ?? 2;
  const files = Array.from({ length: count }, (_, at) => layer(`file${at}`, `${platform} ${salt} ${at}
`, docker));
  const layers = [...options.busybox === void 0 ? [] : [layer("busybox", options.busybox, docker)], ...files];
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
    history: layers.map((_, at) => ({ created: "2026-01-02T03:04:05Z", created_by: `COPY file${at} /` })),
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
__name(image, "image");
function goPlatform({ os, architecture, variant, osVersion }) {
  return { os, architecture, ...variant === "" ? {} : { variant }, ...osVersion === "" ? {} : { "os.version": osVersion } };
}
__name(goPlatform, "goPlatform");
function index(images, options = {}) {
  const mediaType = options.docker ? DOCKER_LIST : OCI_INDEX;
  const entries = images.map((made) => ({
    ...descriptor(made),
    ...made.platform === void 0 ? {} : { platform: goPlatform(parsePlatform(made.platform)) }
  }));
  const document = content(mediaType, { schemaVersion: 2, mediaType, manifests: [...entries, ...options.entries ?? []] });
  return {
    ...document,
    manifests: images.flatMap((made) => [made, ...made.manifests]),
    blobs: images.flatMap(({ blobs }) => blobs)
  };
}
__name(index, "index");
function multiPlatform(platforms, options = {}) {
  const images = platforms.map((platform) => image(platform, options));
  const attestations = options.attestations ? images.map(attestation) : [];
  const made = index(images, { docker: options.docker ?? false, entries: attestations.map(({ entry }) => entry) });
  return {
    ...made,
    manifests: [...made.manifests, ...attestations.map(({ manifest }) => manifest)],
    blobs: [...made.blobs, ...attestations.flatMap(({ blobs }) => blobs)]
  };
}
__name(multiPlatform, "multiPlatform");
function attestation(subject) {
  const statement = content("application/vnd.in-toto+json", { predicateType: "https://slsa.dev/provenance/v1", subject: subject.digest });
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
  const annotations = { "vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": subject.digest };
  return {
    entry: { ...descriptor(manifest), platform: { os: "unknown", architecture: "unknown" }, annotations },
    manifest,
    blobs: [config, statement]
  };
}
__name(attestation, "attestation");
function artifact(configType = "application/vnd.cncf.helm.config.v1+json", artifactType) {
  const config = content(configType, { name: "chart" });
  const chart = content("application/vnd.cncf.helm.chart.content.v1.tar+gzip", Buffer.from("a chart"));
  const manifest = content(OCI_MANIFEST, {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    ...artifactType === void 0 ? {} : { artifactType },
    config: descriptor(config),
    layers: [descriptor(chart)]
  });
  return { ...manifest, manifests: [], blobs: [config, chart] };
}
__name(artifact, "artifact");
var PACKED_ZEROS = gzipSync(Buffer.alloc(1024 ** 2));

// test/support/registry.ts
import { createServer } from "node:http";
var Registry = class _Registry {
  static {
    __name(this, "Registry");
  }
  seen = [];
  tokens = /* @__PURE__ */ new Set();
  /** Asked first, in order, for every request. */
  faults = [];
  access;
  /** Put before the path of the token service's realm; another origin when it is a whole URL. */
  realm = "/token";
  /** False: `Docker-Content-Digest` is left out, as some registries do. */
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
  /** `127.0.0.1:port`, the registry's part of a reference. */
  get host() {
    return `127.0.0.1:${this.#server.address().port}`;
  }
  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
  /** Holds a document, with all it needs, under a tag; its reference. */
  push(repository, tag, made) {
    const { manifests, blobs } = this.#repository(repository);
    for (const document of [made, ...made.manifests]) manifests.set(document.digest, document);
    manifests.set(tag, made);
    for (const blob of made.blobs) blobs.set(blob.digest, blob);
    return `${this.host}/${repository}:${tag}`;
  }
  /** Forgets one manifest or blob, as a failed garbage collection does. */
  remove(repository, digest) {
    const { manifests, blobs } = this.#repository(repository);
    manifests.delete(digest);
    blobs.delete(digest);
  }
  /** The requests so far, one a line: `GET /v2/app/manifests/v1 200`. */
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
    const seen = { method, path: url, authorization: headers.authorization ?? "", accept: headers.accept ?? "", status: 0 };
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
    if (repository === void 0) return refuse(response, 404, "NAME_UNKNOWN", "repository name not known to registry", { name });
    const found = (kind === "manifests" ? repository.manifests : repository.blobs).get(reference);
    const accepted = kind === "blobs" || (request.headers.accept ?? "").includes(found?.mediaType ?? "");
    if (found === void 0 || !accepted) {
      return refuse(response, 404, kind === "blobs" ? "BLOB_UNKNOWN" : "MANIFEST_UNKNOWN", `${kind.slice(0, -1)} unknown`, { reference });
    }
    response.setHeader("content-type", kind === "blobs" ? "application/octet-stream" : found.mediaType);
    response.setHeader("content-length", found.bytes.length);
    if (this.announcesDigest) response.setHeader("docker-content-digest", found.digest || digestOf(found.bytes));
    response.end(request.method === "HEAD" ? void 0 : found.bytes);
  }
  /** Two a page, so that every list of three has another. */
  #tags(name, response) {
    const repository = this.#repositories.get(name);
    if (repository === void 0) return refuse(response, 404, "NAME_UNKNOWN", "repository name not known to registry", { name });
    const tags = [...repository.manifests.keys()].filter((tag) => !tag.includes(":")).toSorted();
    const { searchParams } = new URL(response.req.url ?? "", `http://${this.host}`);
    const rest = tags.filter((tag) => tag > (searchParams.get("last") ?? ""));
    if (rest.length > 2) response.setHeader("link", `</v2/${name}/tags/list?last=${rest[1]}&n=2>; rel="next"`);
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
    const bearer = `Bearer realm="${realm}",service="test, service",scope="repository:${name}:pull"`;
    response.setHeader("www-authenticate", this.access?.scheme === "basic" ? 'Basic realm="test"' : bearer);
    refuse(response, 401, "UNAUTHORIZED", "authentication required", [{ Type: "repository", Name: name, Action: "pull" }]);
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
      if (!known) return refuse(response, 401, "UNAUTHORIZED", "incorrect username or password", null);
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
__name(refuse, "refuse");
function basic(login) {
  return `Basic ${Buffer.from(login).toString("base64")}`;
}
__name(basic, "basic");

// scripts/demo.ts
var PLATFORMS = ["linux/amd64", "linux/arm64", "linux/arm/v7"];
async function demonstrate(write) {
  const registry = await Registry.start();
  const directory = await mkdtemp(join(tmpdir(), "registry-pull-demo-"));
  try {
    const app = registry.push("sample/app", "1.0", multiPlatform(PLATFORMS, { attestations: true }));
    const chart = registry.push("sample/chart", "1.0", artifact());
    const run = /* @__PURE__ */ __name((inputs) => runHere(write, directory, inputs), "run");
    const pull = /* @__PURE__ */ __name((layout) => ({
      INPUT_IMAGES: `${app},name=app`,
      INPUT_PLATFORMS: "all",
      INPUT_PULL: "layout",
      INPUT_PATH: join(directory, layout)
    }), "pull");
    write(`An embedded registry at ${registry.host} holds an image for ${PLATFORMS.join(", ")}, and a Helm chart.
`);
    write("1. The gate passes: every required platform is there, and the chart is pinned without one.\n");
    const passed = await run({ INPUT_IMAGES: `${app},name=app
${chart},name=chart,platform=any`, INPUT_PLATFORMS: PLATFORMS.join(",") });
    write("\n2. The gate fails: a required platform was never built.\n");
    const failed = await run({ INPUT_IMAGES: `${app},name=app`, INPUT_PLATFORMS: "linux/amd64,linux/riscv64" });
    write("\n3. A pull, cold: every blob comes from the registry and is verified; all of it is cached.\n");
    const cold = await run(pull("cold"));
    write("\n4. The same pull into another layout, warm: the registry is only asked whether things are still there.\n");
    registry.seen.length = 0;
    const warm = await run(pull("warm"));
    write(`
The warm pull asked the registry: ${registry.log.map((line) => line.replace(/sha256:(.{6})\w+/, "sha256:$1\u2026")).join(" \xB7 ")}`);
    write(`
Exit codes: ${passed}, ${failed}, ${cold}, ${warm}. A workflow would have stopped at the second.`);
    write("Try a real one: npm start -- alpine:3.20 --platforms linux/amd64,linux/arm64");
    return passed === 0 && failed === 1 && cold === 0 && warm === 0 ? 0 : 1;
  } finally {
    await registry.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
__name(demonstrate, "demonstrate");
async function runHere(write, directory, inputs) {
  const workflow = terminal(write);
  const environment = { DOCKER_CONFIG: directory, REGISTRY_AUTH_FILE: directory, XDG_CACHE_HOME: join(directory, "cache"), ...inputs };
  const { signal: cancelled } = new AbortController();
  const machine = { environment, platform: "linux", architecture: "x64", temporary: directory, clock: SYSTEM_CLOCK, cancelled };
  const exitCode = await step(machine, workflow);
  workflow.printOutputs();
  const pending = workflow.pendingSaves();
  if (pending !== "") await save(pending, machine, warnOnce(workflow));
  return exitCode;
}
__name(runHere, "runHere");
export {
  demonstrate
};
