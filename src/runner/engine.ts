import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { PullError } from "../oci/failure.ts";
import { repositoryName } from "../oci/reference.ts";
import type { Loadable } from "../pull/plan.ts";
import { childEnvironment } from "../registry/credentials.ts";
import type { Environment } from "./inputs.ts";

/** The engines an image can be loaded into. */
export type EngineName = "docker" | "podman";

/** How a command ended, and the end of what it printed. */
export type Ended = { readonly code: number; readonly output: string };

/** Runs an engine's command, with bytes for its standard input where there are some. Fails as `unsupported` when there is no such engine. */
export type RunEngine = (engine: EngineName, args: readonly string[], input?: AsyncIterable<Buffer>) => Promise<Ended>;

/** What loading needs beside the engine: its archives, its commands, and whom to tell. */
export type LoadOptions = {
  readonly archive: (image: Loadable) => AsyncIterable<Buffer>;
  readonly run: RunEngine;
  readonly say: (line: string) => void;
  readonly warn: (message: string) => void;
};

// Enough for an engine's own error, which stands at the end.
const OUTPUT_LIMIT = 1024;

/**
 * What loads images into an engine. It asks the engine what it is at once, which takes a tenth of a second that images can be
 * brought in.
 */
export function loader(engine: EngineName, options: LoadOptions): (images: readonly Loadable[]) => Promise<void> {
  const keeping = keepsDigests(engine, options.run);
  // Whoever loads has the failure.
  keeping.catch(() => undefined);
  return async (images) => loadAll(engine, images, await keeping, options);
}

/**
 * Loads every image that the engine does not have yet, under its name and tag, one after the other. An engine that keeps
 * digests then has the image by the digest of its index. Fails as `unsupported`, in the engine's words, at the first that it refuses.
 */
async function loadAll(engine: EngineName, images: readonly Loadable[], keeps: boolean, options: LoadOptions): Promise<void> {
  const { say, warn } = options;
  for (const image of images) {
    const pinned = `${repositoryName(image.image.wanted.reference)}@${image.entry.digest}`;
    const shown = image.tag ?? pinned;
    if (await hasImage(engine, image, keeps ? pinned : undefined, options.run)) {
      say(`${engine} has ${shown} already`);
      continue;
    }
    const { code, output } = await options.run(engine, ["load"], options.archive(image));
    if (code !== 0) throw refusal(engine, `could not load ${shown}`, code, output);
    say(`${engine} has loaded ${shown}${keeps ? `, which is ${pinned}` : ""}`);
  }
  if (!keeps && images.length > 0) {
    warn(
      `this ${engine} keeps no digests (it has the classic image store): refer to what was loaded by tag, or turn on its containerd image store`,
    );
  }
}

/** Docker's containerd store keeps an image's own digest, the classic one keeps none; podman always does. */
async function keepsDigests(engine: EngineName, run: RunEngine): Promise<boolean> {
  if (engine === "podman") return true;
  const { code, output } = await run(engine, ["info", "--format", "{{json .DriverStatus}}"]);
  if (code !== 0) throw refusal(engine, "does not answer", code, output);
  return output.includes("io.containerd.snapshotter");
}

/** True when the engine has just this image: by its digest or, where none are kept, by its tag and its config's digest. */
async function hasImage(engine: EngineName, { tag, config }: Loadable, pinned: string | undefined, run: RunEngine): Promise<boolean> {
  const name = pinned ?? tag;
  if (name === undefined) return false;
  const { code, output } = await run(engine, ["image", "inspect", "--format", "{{.Id}}", name]);
  if (code !== 0) return false;
  // A tag that was not there when the digest was loaded is to be restored, too.
  if (pinned !== undefined)
    return tag === undefined || (await run(engine, ["image", "inspect", "--format", "{{.Id}}", tag])).output === output;
  return output.trim() === config;
}

function refusal(engine: EngineName, what: string, code: number, output: string): PullError {
  return new PullError("unsupported", `${engine} ${what} (exit code ${code}): ${output.trim() || "it said nothing"}`);
}

/** Runs engines for real, without the job's own secrets in their environment; `signal` ends them. */
export function engineRunner(environment: Environment, signal: AbortSignal): RunEngine {
  // An engine needs nobody's secrets to load what is handed to it, whatever they are called.
  const env = Object.fromEntries(Object.entries(childEnvironment(environment)).filter(([name]) => !/TOKEN|SECRET|PASSWORD/i.test(name)));
  return async (engine, args, input) => {
    const child = spawn(engine, args, { env, stdio: ["pipe", "pipe", "pipe"], signal });
    let output = "";
    const keep = (text: string): void => {
      output = (output + text).slice(-OUTPUT_LIMIT);
    };
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", (error) => reject(absent(engine, error)));
      child.on("close", (code, killed) => resolve({ code: code ?? -1, output: code === null ? `${output} (${killed})` : output }));
    });
    const fed = pipeline(input === undefined ? [] : Readable.from(input), child.stdin).catch((error: unknown) => {
      // An engine that refuses an archive stops reading it; what it said of it is the better reason.
      if (!(error instanceof PullError)) return;
      child.kill();
      throw error;
    });
    const [result] = await Promise.all([ended, fed]);
    return result;
  };
}

function absent(engine: EngineName, error: Error): PullError {
  const { code } = error as { code?: string };
  const problem =
    code === "ENOENT"
      ? "is not on this runner: install it, or use pull: layout, which needs no engine"
      : `could not be run: ${error.message}`;
  return new PullError("unsupported", `${engine} ${problem}`, error);
}
