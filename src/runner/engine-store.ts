import { PullError } from "../oci/failure.ts";
import type { ArchivedImage } from "../oci/layout.ts";
import { formatPlatform } from "../oci/platform.ts";
import type { Loadable } from "../pull/outcome.ts";

/** The engines that can load an image. */
export type EngineName = "docker" | "podman";

/** The exit code of a command, and the end of its output. */
export type Ended = {
  readonly code: number;
  readonly output: string;
};

/**
 * Runs a command of an engine, with bytes for its standard input if it reads any. Fails as
 * `unsupported` when the engine is not installed or cannot be run.
 */
export type RunEngine = (
  engine: EngineName,
  args: readonly string[],
  input?: AsyncIterable<Buffer>,
) => Promise<Ended>;

/** What the image store of an engine can do. */
type Abilities = {
  /** It keeps the digest of an image, in addition to its tag. */
  readonly digests: boolean;
  /** It holds several platforms of one image. */
  readonly platforms: boolean;
  /** From an index it takes only the platform of its machine. */
  readonly choosesPlatform: boolean;
};

const CONTAINERD: Abilities = {
  digests: true,
  platforms: true,
  choosesPlatform: false,
};

const CLASSIC: Abilities = {
  digests: false,
  platforms: false,
  choosesPlatform: false,
};

const PODMAN: Abilities = {
  digests: true,
  platforms: false,
  choosesPlatform: true,
};

const INFO = ["info", "--format", "{{json .DriverStatus}}"];

const INSPECT = ["image", "inspect", "--format", "{{.Id}}"];

/**
 * The image store of an engine. Docker's containerd store keeps digests and all platforms, its
 * classic store neither; podman keeps digests. Fails as `unsupported` when the engine does not
 * answer.
 */
export async function openEngineStore(engine: EngineName, run: RunEngine): Promise<EngineStore> {
  if (engine === "podman") return new EngineStore(engine, run, PODMAN);
  const info = await run(engine, INFO);
  if (info.code !== 0) throw engineFailed(engine, "does not answer", info);
  const isContainerd = info.output.includes("io.containerd.snapshotter");
  const abilities = isContainerd ? CONTAINERD : CLASSIC;
  return new EngineStore(engine, run, abilities);
}

/** Asks an engine for images, and loads them. */
export class EngineStore {
  readonly engine: EngineName;
  readonly abilities: Abilities;
  readonly #run: RunEngine;

  constructor(engine: EngineName, run: RunEngine, abilities: Abilities) {
    this.engine = engine;
    this.#run = run;
    this.abilities = abilities;
  }

  /**
   * True when the engine has the image. `archived` is the part of it that the store can hold, and
   * `pinned` its reference by digest.
   */
  has(image: Loadable, archived: ArchivedImage, pinned: string): Promise<boolean> {
    const { platforms, digests } = this.abilities;
    if (platforms) return this.#hasPlatforms(image, pinned);
    return this.#hasConfig(archived, digests ? pinned : undefined);
  }

  /** Loads an archive; `shown` names the image in a failure. Fails as `unsupported`. */
  async load(archive: AsyncIterable<Buffer>, shown: string): Promise<void> {
    const ended = await this.#run(this.engine, ["load"], archive);
    if (ended.code === 0) return;
    throw engineFailed(this.engine, `could not load ${shown}`, ended);
  }

  /**
   * True when the engine has the image by digest and by tag, with every platform. An engine that
   * does not know `--platform` loads the image again, which does no harm.
   */
  async #hasPlatforms({ tag, platforms }: Loadable, pinned: string): Promise<boolean> {
    const byDigest = await this.#inspect(pinned);
    if (byDigest.code !== 0) return false;
    if (tag !== undefined) {
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
  async #hasConfig({ config, tag }: ArchivedImage, pinned: string | undefined): Promise<boolean> {
    const names = [pinned, tag].filter((name) => name !== undefined);
    for (const name of names) {
      const { code, output } = await this.#inspect(name);
      if (code !== 0) return false;
      if (hexOf(output) !== hexOf(config)) return false;
    }
    return names.length > 0;
  }

  #inspect(...args: readonly string[]): Promise<Ended> {
    return this.#run(this.engine, [...INSPECT, ...args]);
  }
}

/** An image ID without its algorithm, which podman omits. */
function hexOf(id: string): string {
  return id.trim().replace(/^sha256:/, "");
}

function engineFailed(engine: EngineName, what: string, ended: Ended): PullError {
  const problem = `${engine} ${what} (exit code ${ended.code})`;
  const words = ended.output.trim() || "it printed nothing";
  return new PullError("engine-failed", `${problem}: ${words}`);
}
