import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  environmentFor,
  runProgram
} from "./chunk-NSVNZIQA.js";
import {
  PullError,
  codeOf,
  messageOf
} from "./chunk-TH46VUGE.js";

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
    const read = (text) => {
      output = (output + text).slice(-OUTPUT_LIMIT);
    };
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
function notRun(engine, cause) {
  if (codeOf(cause) === "ENOENT") {
    return new PullError("engine-missing", `${engine} is not on this runner`, { cause });
  }
  const found = `${engine} cannot be run: ${messageOf(cause)}`;
  return new PullError("engine-failed", found, { cause });
}

// src/runner/engine-store.ts
var CONTAINERD = {
  digests: true,
  platforms: true,
  choosesPlatform: false,
  pulls: true
};
var CLASSIC = {
  digests: false,
  platforms: false,
  choosesPlatform: false,
  pulls: false
};
var PODMAN = {
  digests: true,
  platforms: false,
  choosesPlatform: true,
  pulls: false
};
var INFO = ["info", "--format", "{{json .DriverStatus}}"];
var INCOMPLETE = /^Error unpacking image/m;
var INSPECT = ["image", "inspect", "--format", "{{.Id}}"];
async function openEngineStore(engine, run) {
  if (engine === "podman") return new EngineStore(engine, run, PODMAN);
  const info = await run(engine, INFO);
  if (info.code !== 0) throw engineFailed(engine, "does not answer", info);
  const isContainerd = info.output.includes("io.containerd.snapshotter");
  const abilities = isContainerd ? CONTAINERD : CLASSIC;
  return new EngineStore(engine, run, abilities);
}
var EngineStore = class {
  engine;
  abilities;
  #run;
  constructor(engine, run, abilities) {
    this.engine = engine;
    this.#run = run;
    this.abilities = abilities;
  }
  /** True when the engine has the part of an image that it can hold, under every name. */
  has(part) {
    return this.abilities.platforms ? this.#hasPlatforms(part) : this.#hasConfig(part);
  }
  /** Loads an archive; `shown` names the image in a failure. Fails as `unsupported`. */
  async load(archive, shown) {
    const ended = await this.#run(this.engine, ["load"], archive);
    if (ended.code === 0 && !INCOMPLETE.test(ended.output)) return;
    throw engineFailed(this.engine, `could not load ${shown}`, ended);
  }
  /** True when the engine pulled each of the platforms of an image. */
  async pull(reference, platforms) {
    for (const platform of platforms) {
      const command = ["pull", "--quiet", "--platform", platform, reference];
      const { code } = await this.#run(this.engine, command);
      if (code !== 0) return false;
    }
    return true;
  }
  /** Removes a name of an image, if the engine has it. Its content stays under other names. */
  async removeName(reference) {
    await this.#run(this.engine, ["image", "rm", reference]);
  }
  /**
   * True when the engine has the image by digest and by tag, with every platform. An engine that
   * does not know `--platform` loads the image again, which does no harm.
   */
  async #hasPlatforms({ archived, pinned, platforms }) {
    const { tag } = archived;
    const byDigest = await this.#inspect(pinned);
    if (byDigest.code !== 0) return false;
    if (tag !== void 0) {
      const byTag = await this.#inspect(tag);
      if (byTag.output !== byDigest.output) return false;
    }
    for (const platform of platforms) {
      const { code } = await this.#inspect("--platform", platform, pinned);
      if (code !== 0) return false;
    }
    return true;
  }
  /** True when every name of the image, by digest and by tag, is for an image with this config. */
  async #hasConfig({ archived, pinned }) {
    const { config, tag } = archived;
    const byDigest = this.abilities.digests ? pinned : void 0;
    const names = [byDigest, tag].filter((name) => name !== void 0);
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
function engineFailed(engine, what, ended) {
  const problem = `${engine} ${what} (exit code ${ended.code})`;
  const words = ended.output.trim() || "it printed nothing";
  return new PullError("engine-failed", `${problem}: ${words}`);
}

export {
  engineRunner,
  openEngineStore
};
