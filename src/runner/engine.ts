import type { Digest } from "../oci/digest.ts";
import { PullError } from "../oci/failure.ts";
import { formatPlatform, type Platform, satisfies } from "../oci/platform.ts";
import { repositoryName } from "../oci/reference.ts";
import type { Loadable, LoadablePlatform, Pulled } from "../pull/plan.ts";
import type { Blob } from "../pull/ports.ts";
import { distinct } from "../pull/pullable.ts";
import { describeArtifact } from "../pull/verify.ts";
import { type Bounds, environmentFor, runProgram } from "../registry/program.ts";
import type { Environment } from "./inputs.ts";

/** The engines an image can be loaded into. */
export type EngineName = "docker" | "podman";

/** How a command ended, and the end of what it printed. */
export type Ended = { readonly code: number; readonly output: string };

/** Runs an engine's command, with bytes for its standard input where there are some. Fails as `unsupported` when there is no such engine. */
export type RunEngine = (engine: EngineName, args: readonly string[], input?: AsyncIterable<Buffer>) => Promise<Ended>;

/** An image as an engine takes it: one entry of an index, what is behind it, and the platform that Docker's older form names. */
export type Archived = {
  readonly entry: Loadable["entry"];
  readonly blobs: readonly Blob[];
  readonly config: Digest;
  readonly layers: readonly Digest[];
  readonly tag: string | undefined;
};

/** What loading needs beside the engine: the machine's platform, archives, the engine's commands, the log and warnings. */
export type LoadOptions = {
  readonly runner: Platform;
  readonly archive: (image: Archived) => AsyncIterable<Buffer>;
  readonly run: RunEngine;
  readonly say: (line: string) => void;
  readonly warn: (message: string) => void;
};

/** What an engine's image store can hold. */
type Store = {
  /** The image's own digest, and not only its tag. */
  readonly digests: boolean;
  /** Several platforms of one image. */
  readonly platforms: boolean;
  /** It looks for its machine's platform in an index, and takes no other. */
  readonly choosesPlatform: boolean;
};

const CONTAINERD_STORE: Store = { digests: true, platforms: true, choosesPlatform: false };
const CLASSIC_STORE: Store = { digests: false, platforms: false, choosesPlatform: false };
const PODMAN_STORE: Store = { digests: true, platforms: false, choosesPlatform: true };

// Enough for an engine's own error, which stands at the end.
const OUTPUT_LIMIT = 1024;

/**
 * What loads pulled images into an engine. It asks the engine what it is at once, which takes a tenth of a second, while
 * images are pulled.
 */
export function loader(engine: EngineName, options: LoadOptions): Load {
  const asked = storeOf(engine, options.run);
  // Reported when something is loaded.
  asked.catch(() => undefined);
  return async ({ loadable, unloadable }) => {
    for (const { wanted, root } of unloadable) {
      const what = root === undefined ? "not an image" : describeArtifact(root.document);
      options.say(`${wanted.written} is ${what}: ${engine} has nothing to load of it, it is in the layout`);
    }
    return loadable.length === 0 ? new Map() : loadAll(engine, loadable, await asked, options);
  };
}

/** Loads what was pulled; the failures of images that the engine refused, by name. Fails as `unsupported` without an engine. */
export type Load = (pulled: Pick<Pulled, "loadable" | "unloadable">) => Promise<ReadonlyMap<string, PullError>>;

/**
 * Loads every image that the engine does not have yet, under its name and tag, one after the other. An engine that keeps
 * digests then has the image by its digest.
 */
async function loadAll(engine: EngineName, images: readonly Loadable[], store: Store, options: LoadOptions): ReturnType<Load> {
  const failures = new Map<string, PullError>();
  for (const image of images) {
    await loadOne(engine, image, store, options).catch((error: unknown) => {
      if (!(error instanceof PullError)) throw error;
      failures.set(image.image.wanted.name, error);
    });
  }
  if (!store.digests) options.warn(`this ${engine} uses the classic image store, which discards digests: refer to loaded images by tag`);
  return failures;
}

async function loadOne(engine: EngineName, image: Loadable, store: Store, { archive, run, runner, say, warn }: LoadOptions): Promise<void> {
  const [first, ...others] = image.platforms;
  if (first === undefined) return;
  const held = store.platforms ? image.platforms : [first];
  const archived = toArchived(image, held, !store.choosesPlatform || satisfies(runner, first.platform));
  const pinned = `${repositoryName(image.image.wanted.reference)}@${archived.entry.digest}`;
  const shown = image.tag ?? pinned;
  const has = store.platforms
    ? hasPlatforms(engine, image, pinned, run)
    : hasConfig(engine, archived, store.digests ? pinned : undefined, run);
  const words = formatPlatforms(held);
  if (await has) say(`${engine} already has ${shown} for ${words}`);
  else {
    const { code, output } = await run(engine, ["load"], archive(archived));
    if (code !== 0) throw refusal(engine, `could not load ${shown}`, code, output);
    say(`${engine} loaded ${shown} for ${words}${store.digests ? `, which is ${pinned}` : ""}`);
  }
  if (others.length > 0 && !store.platforms) {
    warn(
      `${engine} holds one platform of an image here: it has ${shown} for ${words}, and the layout alone has ${formatPlatforms(others)}`,
    );
  }
}

function formatPlatforms(platforms: readonly LoadablePlatform[]): string {
  return platforms.map(({ platform }) => formatPlatform(platform)).join(", ");
}

/**
 * The archive of some of an image's platforms: under the image's own entry or, for an engine that looks for its machine's
 * platform in an index, and would not find it, under that of the only manifest.
 */
function toArchived({ entry, documents, tag }: Loadable, held: readonly LoadablePlatform[], whole: boolean): Archived {
  const { manifest, config, layers } = held[0] as LoadablePlatform;
  const blobs = [...(whole ? documents : []), ...held.flatMap((platform) => platform.blobs)];
  return { entry: whole ? entry : { ...entry, ...manifest }, blobs: distinct(blobs), config, layers, tag };
}

/** Docker's containerd store keeps an image's digest and all its platforms, the classic one neither; podman keeps the digest. */
async function storeOf(engine: EngineName, run: RunEngine): Promise<Store> {
  if (engine === "podman") return PODMAN_STORE;
  const { code, output } = await run(engine, ["info", "--format", "{{json .DriverStatus}}"]);
  if (code !== 0) throw refusal(engine, "does not answer", code, output);
  return output.includes("io.containerd.snapshotter") ? CONTAINERD_STORE : CLASSIC_STORE;
}

const INSPECT = ["image", "inspect", "--format", "{{.Id}}"];

/**
 * True when the engine has this image by its digest and its tag, with all of every platform. An engine that cannot be asked
 * about a platform is given the image again, which harms nothing.
 */
async function hasPlatforms(engine: EngineName, { tag, platforms }: Loadable, pinned: string, run: RunEngine): Promise<boolean> {
  const byDigest = await run(engine, [...INSPECT, pinned]);
  if (byDigest.code !== 0) return false;
  if (tag !== undefined && (await run(engine, [...INSPECT, tag])).output !== byDigest.output) return false;
  for (const { platform } of platforms) {
    const { code } = await run(engine, [...INSPECT, "--platform", formatPlatform(platform), pinned]);
    if (code !== 0) return false;
  }
  return true;
}

/** True when the image that the engine has by this digest and tag, or by the tag alone, has this config. */
async function hasConfig(engine: EngineName, { config, tag }: Archived, pinned: string | undefined, run: RunEngine): Promise<boolean> {
  const names = [pinned, tag].filter((name) => name !== undefined);
  for (const name of names) {
    const { code, output } = await run(engine, [...INSPECT, name]);
    // Podman leaves the algorithm out.
    if (code !== 0 || output.trim().replace(/^sha256:/, "") !== config.replace(/^sha256:/, "")) return false;
  }
  return names.length > 0;
}

function refusal(engine: EngineName, what: string, code: number, output: string): PullError {
  return new PullError("engine-failed", `${engine} ${what} (exit code ${code}): ${output.trim() || "it said nothing"}`);
}

// How to reach an engine and where it keeps things, beside what every program needs. No credentials
// of registries and clouds: the image is handed over.
const ENGINES = [
  // https://docs.docker.com/reference/cli/docker/#environment-variables
  "DOCKER_HOST DOCKER_CONTEXT DOCKER_API_VERSION DOCKER_CUSTOM_HEADERS SSH_AUTH_SOCK",
  "DOCKER_CERT_PATH DOCKER_TLS DOCKER_TLS_VERIFY",
  // https://docs.podman.io/en/latest/markdown/podman.1.html
  "CONTAINER_HOST CONTAINER_CONNECTION CONTAINER_SSHKEY CONTAINER_PASSPHRASE CONTAINER_PROXY",
  "CONTAINER_TLS_* CONTAINERS_* STORAGE_DRIVER STORAGE_OPTS PODMAN_CONNECTIONS_CONF PODMAN_USERNS",
];

/** Runs engines for real, with those variables of the job that engines need. */
export function engineRunner(environment: Environment, bounds: Bounds): RunEngine {
  const env = environmentFor(environment, ...ENGINES);
  return async (engine, args, input) => {
    let output = "";
    const read = (text: string): void => {
      output = (output + text).slice(-OUTPUT_LIMIT);
    };
    try {
      const { code, killedBy } = await runProgram({ command: engine, args, env, input: input ?? [], read, errors: true }, bounds);
      return { code: code ?? -1, output: code === null ? `${output} (${killedBy})` : output };
    } catch (error) {
      throw error instanceof PullError ? error : absent(engine, error as Error);
    }
  };
}

function absent(engine: EngineName, error: Error): PullError {
  const { code } = error as { code?: string };
  return code === "ENOENT"
    ? new PullError("engine-missing", `${engine} is not on this runner`, { cause: error })
    : new PullError("engine-failed", `${engine} cannot be run: ${error.message}`, { cause: error });
}
