import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  environmentFor,
  runProgram
} from "./chunk-XVBIHPMZ.js";
import {
  formatPlatform
} from "./chunk-6YGTSZFH.js";
import {
  PullError,
  codeOf,
  messageOf
} from "./chunk-BKI5YU5A.js";
import {
  __name
} from "./chunk-QTX6ZG2H.js";

// src/action/engine-program.ts
var OUTPUT_LIMIT = 1024;
var ENGINES = [
  // https://docs.docker.com/reference/cli/docker/#environment-variables
  "DOCKER_HOST DOCKER_CONTEXT DOCKER_API_VERSION DOCKER_CUSTOM_HEADERS SSH_AUTH_SOCK",
  "DOCKER_CERT_PATH DOCKER_TLS DOCKER_TLS_VERIFY",
  // https://docs.podman.io/en/latest/markdown/podman.1.html
  "CONTAINER_HOST CONTAINER_CONNECTION CONTAINER_SSHKEY CONTAINER_PASSPHRASE CONTAINER_PROXY",
  "CONTAINER_TLS_* CONTAINERS_* STORAGE_DRIVER STORAGE_OPTS PODMAN_CONNECTIONS_CONF PODMAN_USERNS"
];
function engineRunner(environment, bounds) {
  const env = environmentFor(environment, ...ENGINES);
  return async (engine, args, input) => {
    let output = "";
    const read = /* @__PURE__ */ __name((text) => {
      output = (output + text).slice(-OUTPUT_LIMIT);
    }, "read");
    const program = {
      command: engine,
      args,
      env,
      input: input ?? [],
      read,
      errors: true
    };
    try {
      const { code, killedBy } = await runProgram(program, bounds);
      if (code === null) return { code: -1, output: `${output} (${killedBy})` };
      return { code, output };
    } catch (error) {
      throw error instanceof PullError ? error : notRun(engine, error);
    }
  };
}
__name(engineRunner, "engineRunner");
function notRun(engine, cause) {
  if (codeOf(cause) === "ENOENT") {
    return new PullError("engine-missing", `${engine} is not on this runner`, { cause });
  }
  const found = `${engine} cannot be run: ${messageOf(cause)}`;
  return new PullError("engine-failed", found, { cause });
}
__name(notRun, "notRun");

// src/runner/engine-store.ts
var CONTAINERD = {
  digests: true,
  platforms: true,
  choosesPlatform: false
};
var CLASSIC = {
  digests: false,
  platforms: false,
  choosesPlatform: false
};
var PODMAN = {
  digests: true,
  platforms: false,
  choosesPlatform: true
};
var INFO = ["info", "--format", "{{json .DriverStatus}}"];
var INSPECT = ["image", "inspect", "--format", "{{.Id}}"];
async function openEngineStore(engine, run) {
  if (engine === "podman") return new EngineStore(engine, run, PODMAN);
  const info = await run(engine, INFO);
  if (info.code !== 0) throw engineFailed(engine, "does not answer", info);
  const isContainerd = info.output.includes("io.containerd.snapshotter");
  const abilities = isContainerd ? CONTAINERD : CLASSIC;
  return new EngineStore(engine, run, abilities);
}
__name(openEngineStore, "openEngineStore");
var EngineStore = class {
  static {
    __name(this, "EngineStore");
  }
  engine;
  abilities;
  #run;
  constructor(engine, run, abilities) {
    this.engine = engine;
    this.#run = run;
    this.abilities = abilities;
  }
  /**
   * True when the engine has the image. `archived` is the part of it that the store can hold, and
   * `pinned` its reference by digest.
   */
  has(image, archived, pinned) {
    const { platforms, digests } = this.abilities;
    if (platforms) return this.#hasPlatforms(image, pinned);
    return this.#hasConfig(archived, digests ? pinned : void 0);
  }
  /** Loads an archive; `shown` names the image in a failure. Fails as `unsupported`. */
  async load(archive, shown) {
    const ended = await this.#run(this.engine, ["load"], archive);
    if (ended.code === 0) return;
    throw engineFailed(this.engine, `could not load ${shown}`, ended);
  }
  /**
   * True when the engine has the image by digest and by tag, with every platform. An engine that
   * does not know `--platform` loads the image again, which does no harm.
   */
  async #hasPlatforms({ tag, platforms }, pinned) {
    const byDigest = await this.#inspect(pinned);
    if (byDigest.code !== 0) return false;
    if (tag !== void 0) {
      const byTag = await this.#inspect(tag);
      if (byTag.output !== byDigest.output) return false;
    }
    for (const { platform } of platforms) {
      const written = formatPlatform(platform);
      const { code } = await this.#inspect("--platform", written, pinned);
      if (code !== 0) return false;
    }
    return true;
  }
  /** True when every name of the image, by digest and by tag, is for an image with this config. */
  async #hasConfig({ config, tag }, pinned) {
    const names = [pinned, tag].filter((name) => name !== void 0);
    for (const name of names) {
      const { code, output } = await this.#inspect(name);
      if (code !== 0) return false;
      if (hexOf(output) !== hexOf(config)) return false;
    }
    return names.length > 0;
  }
  #inspect(...args) {
    return this.#run(this.engine, [...INSPECT, ...args]);
  }
};
function hexOf(id) {
  return id.trim().replace(/^sha256:/, "");
}
__name(hexOf, "hexOf");
function engineFailed(engine, what, ended) {
  const problem = `${engine} ${what} (exit code ${ended.code})`;
  const words = ended.output.trim() || "it printed nothing";
  return new PullError("engine-failed", `${problem}: ${words}`);
}
__name(engineFailed, "engineFailed");

export {
  engineRunner,
  openEngineStore
};
