import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  environmentFor,
  runProgram
} from "./chunk-VWCS4YZZ.js";
import {
  PullError,
  codeOf,
  messageOf
} from "./chunk-P27XCGGL.js";

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

// src/runner/engine-commands.ts
var INSPECT = ["image", "inspect", "--format", "{{.Id}}"];
function engineCommands(engine, run) {
  const call = async (args, input) => {
    const { code, output } = await run(engine, args, input);
    return { failure: code === 0 ? "" : `exit code ${code}`, output };
  };
  return {
    info: () => call(["info", "--format", "{{json .DriverStatus}}"]),
    inspect: (name, platform) => {
      const chosen = platform === void 0 ? [] : ["--platform", platform];
      return call([...INSPECT, ...chosen, name]);
    },
    load: (archive) => call(["load"], archive),
    pull: (reference, platform) => call(["pull", "--quiet", "--platform", platform, reference]),
    remove: (reference) => call(["image", "rm", reference])
  };
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
var INCOMPLETE = /^Error unpacking image/m;
async function openEngineStore(engine, calls) {
  if (engine === "podman") return new EngineStore(engine, calls, PODMAN);
  const info = await calls.info();
  if (info.failure !== "") throw engineFailed(engine, "does not answer", info);
  const isContainerd = info.output.includes("io.containerd.snapshotter");
  const abilities = isContainerd ? CONTAINERD : CLASSIC;
  return new EngineStore(engine, calls, abilities);
}
var EngineStore = class {
  engine;
  abilities;
  #calls;
  constructor(engine, calls, abilities) {
    this.engine = engine;
    this.#calls = calls;
    this.abilities = abilities;
  }
  /** True when the engine has the part of an image that it can hold, under every name. */
  has(part) {
    return this.abilities.platforms ? this.#hasPlatforms(part) : this.#hasConfig(part);
  }
  /** Loads an archive; `shown` names the image in a failure. Fails as `unsupported`. */
  async load(archive, shown) {
    const answered = await this.#calls.load(archive);
    const isIncomplete = INCOMPLETE.test(answered.output);
    if (answered.failure === "" && !isIncomplete) return;
    throw engineFailed(this.engine, `could not load ${shown}`, answered);
  }
  /** True when the engine pulled each of the platforms of an image. */
  async pull(reference, platforms) {
    for (const platform of platforms) {
      const { failure } = await this.#calls.pull(reference, platform);
      if (failure !== "") return false;
    }
    return true;
  }
  /** Removes a name of an image, if the engine has it. Its content stays under other names. */
  async removeName(reference) {
    await this.#calls.remove(reference);
  }
  /**
   * True when the engine has the image by digest and by tag, with every platform. An engine that
   * cannot answer for a platform loads the image again, which does no harm.
   */
  async #hasPlatforms({ archived, pinned, platforms }) {
    const { tag } = archived;
    const byDigest = await this.#calls.inspect(pinned);
    if (byDigest.failure !== "") return false;
    if (tag !== void 0) {
      const byTag = await this.#calls.inspect(tag);
      if (byTag.output !== byDigest.output) return false;
    }
    for (const platform of platforms) {
      const { failure } = await this.#calls.inspect(pinned, platform);
      if (failure !== "") return false;
    }
    return true;
  }
  /** True when every name of the image, by digest and by tag, is for an image with this config. */
  async #hasConfig({ archived, pinned }) {
    const { config, tag } = archived;
    const byDigest = this.abilities.digests ? pinned : void 0;
    const names = [byDigest, tag].filter((name) => name !== void 0);
    for (const name of names) {
      const { failure, output } = await this.#calls.inspect(name);
      if (failure !== "") return false;
      if (hexOf(output) !== hexOf(config)) return false;
    }
    return names.length > 0;
  }
};
function hexOf(id) {
  return id.trim().replace(/^sha256:/, "");
}
function engineFailed(engine, what, answered) {
  const problem = `${engine} ${what} (${answered.failure || "incomplete"})`;
  const words = answered.output.trim() || "it printed nothing";
  return new PullError("engine-failed", `${problem}: ${words}`);
}

export {
  engineRunner,
  engineCommands,
  openEngineStore
};
