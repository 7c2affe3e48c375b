import { PullError } from "../oci/failure.ts";
import type { Answered, EngineCalls, EngineName } from "./engine-calls.ts";
import type { Abilities, EnginePart } from "./engine-part.ts";

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

// What Docker prints about an archive that lacks a layer, although it succeeds.
const INCOMPLETE = /^Error unpacking image/m;

/**
 * The image store of an engine. Docker's containerd store keeps digests and all platforms, its
 * classic store neither; podman keeps digests. Fails as `unsupported` when the engine does not
 * answer.
 */
export async function openEngineStore(
  engine: EngineName,
  calls: EngineCalls,
): Promise<EngineStore> {
  if (engine === "podman") return new EngineStore(engine, calls, PODMAN);
  const info = await calls.info();
  if (info.failure !== "") throw engineFailed(engine, "does not answer", info);
  const isContainerd = info.output.includes("io.containerd.snapshotter");
  const abilities = isContainerd ? CONTAINERD : CLASSIC;
  return new EngineStore(engine, calls, abilities);
}

type HeldPart = Pick<EnginePart, "archived" | "pinned" | "platforms">;

/** Asks an engine for images, and loads them. */
export class EngineStore {
  readonly engine: EngineName;
  readonly abilities: Abilities;
  readonly #calls: EngineCalls;

  constructor(engine: EngineName, calls: EngineCalls, abilities: Abilities) {
    this.engine = engine;
    this.#calls = calls;
    this.abilities = abilities;
  }

  /** True when the engine has the part of an image that it can hold, under every name. */
  has(part: HeldPart): Promise<boolean> {
    return this.abilities.platforms ? this.#hasPlatforms(part) : this.#hasConfig(part);
  }

  /** Loads an archive; `shown` names the image in a failure. Fails as `unsupported`. */
  async load(archive: AsyncIterable<Buffer>, shown: string): Promise<void> {
    const answered = await this.#calls.load(archive);
    const isIncomplete = INCOMPLETE.test(answered.output);
    if (answered.failure === "" && !isIncomplete) return;
    throw engineFailed(this.engine, `could not load ${shown}`, answered);
  }

  /** True when the engine pulled each of the platforms of an image. */
  async pull(reference: string, platforms: readonly string[]): Promise<boolean> {
    for (const platform of platforms) {
      const { failure } = await this.#calls.pull(reference, platform);
      if (failure !== "") return false;
    }
    return true;
  }

  /** Removes a name of an image, if the engine has it. Its content stays under other names. */
  async removeName(reference: string): Promise<void> {
    await this.#calls.remove(reference);
  }

  /**
   * True when the engine has the image by digest and by tag, with every platform. An engine that
   * cannot answer for a platform loads the image again, which does no harm.
   */
  async #hasPlatforms({ archived, pinned, platforms }: HeldPart): Promise<boolean> {
    const { tag } = archived;
    const byDigest = await this.#calls.inspect(pinned);
    if (byDigest.failure !== "") return false;
    if (tag !== undefined) {
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
  async #hasConfig({ archived, pinned }: HeldPart): Promise<boolean> {
    const { config, tag } = archived;
    const byDigest = this.abilities.digests ? pinned : undefined;
    const names = [byDigest, tag].filter((name) => name !== undefined);
    for (const name of names) {
      const { failure, output } = await this.#calls.inspect(name);
      if (failure !== "") return false;
      if (hexOf(output) !== hexOf(config)) return false;
    }
    return names.length > 0;
  }
}

/** An image ID without its algorithm, which podman omits. */
function hexOf(id: string): string {
  return id.trim().replace(/^sha256:/, "");
}

function engineFailed(engine: EngineName, what: string, answered: Answered): PullError {
  const problem = `${engine} ${what} (${answered.failure || "incomplete"})`;
  const words = answered.output.trim() || "it printed nothing";
  return new PullError("engine-failed", `${problem}: ${words}`);
}
