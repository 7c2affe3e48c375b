import { PullError } from "../oci/failure.ts";
import type { Abilities, EnginePart } from "./engine-part.ts";

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

const CONTAINERD: Abilities = {
  digests: true,
  platforms: true,
  choosesPlatform: false,
  pulls: true,
};

const CLASSIC: Abilities = {
  digests: false,
  platforms: false,
  choosesPlatform: false,
  pulls: false,
};

const PODMAN: Abilities = {
  digests: true,
  platforms: false,
  choosesPlatform: true,
  pulls: false,
};

const INFO = ["info", "--format", "{{json .DriverStatus}}"];

// What Docker prints about an archive that lacks a layer, with the exit code 0.
const INCOMPLETE = /^Error unpacking image/m;

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

type HeldPart = Pick<EnginePart, "archived" | "pinned" | "platforms">;

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

  /** True when the engine has the part of an image that it can hold, under every name. */
  has(part: HeldPart): Promise<boolean> {
    return this.abilities.platforms ? this.#hasPlatforms(part) : this.#hasConfig(part);
  }

  /** Loads an archive; `shown` names the image in a failure. Fails as `unsupported`. */
  async load(archive: AsyncIterable<Buffer>, shown: string): Promise<void> {
    const ended = await this.#run(this.engine, ["load"], archive);
    if (ended.code === 0 && !INCOMPLETE.test(ended.output)) return;
    throw engineFailed(this.engine, `could not load ${shown}`, ended);
  }

  /** True when the engine pulled each of the platforms of an image. */
  async pull(reference: string, platforms: readonly string[]): Promise<boolean> {
    for (const platform of platforms) {
      const command = ["pull", "--quiet", "--platform", platform, reference];
      const { code } = await this.#run(this.engine, command);
      if (code !== 0) return false;
    }
    return true;
  }

  /** Removes a name of an image, if the engine has it. Its content stays under other names. */
  async removeName(reference: string): Promise<void> {
    await this.#run(this.engine, ["image", "rm", reference]);
  }

  /**
   * True when the engine has the image by digest and by tag, with every platform. An engine that
   * does not know `--platform` loads the image again, which does no harm.
   */
  async #hasPlatforms({ archived, pinned, platforms }: HeldPart): Promise<boolean> {
    const { tag } = archived;
    const byDigest = await this.#inspect(pinned);
    if (byDigest.code !== 0) return false;
    if (tag !== undefined) {
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
  async #hasConfig({ archived, pinned }: HeldPart): Promise<boolean> {
    const { config, tag } = archived;
    const byDigest = this.abilities.digests ? pinned : undefined;
    const names = [byDigest, tag].filter((name) => name !== undefined);
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
