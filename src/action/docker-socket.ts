import { type IncomingMessage, request } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { messageOf, PullError } from "../oci/failure.ts";
import { parsePlatform } from "../oci/platform.ts";
import type { Answered, EngineCalls } from "../runner/engine-calls.ts";

// The end of an answer has the engine's own error.
const ANSWER_LIMIT = 4 * 1024 * 1024;
const OUTPUT_LIMIT = 1024;
// Engines before version 1.49 of the API ignore the platform of an inspection:
// https://docs.docker.com/reference/api/engine/version-history/#v149-api-changes
const PLATFORM_MINOR = 49;

type Call = {
  readonly method: "DELETE" | "GET" | "POST";
  readonly path: string;
  readonly input?: AsyncIterable<Buffer>;
};

/** The end of an answer as text. */
type Got = { readonly status: number; readonly apiMinor: number; readonly text: string };

/**
 * The calls of a Docker Engine by its socket: its client would take a tenth of a second for each.
 *
 * https://docs.docker.com/reference/api/engine/
 */
export function dockerCalls(socketPath: string, signal: AbortSignal): EngineCalls {
  const call = (made: Call): Promise<Got> => send(socketPath, made, signal);
  return {
    info: async () => field(await call({ method: "GET", path: "/info" }), "DriverStatus"),
    inspect: async (name, platform) => {
      const query = platform === undefined ? "" : `?platform=${toQuery(platform)}`;
      const got = await call({ method: "GET", path: `/images/${name}/json${query}` });
      const isKnown = platform === undefined || got.apiMinor >= PLATFORM_MINOR;
      return isKnown ? field(got, "Id") : { failure: "older API", output: "" };
    },
    load: async (input) =>
      lines(await call({ method: "POST", path: "/images/load?quiet=1", input })),
    pull: async (reference, platform) => {
      const [name = "", digest = ""] = reference.split("@");
      const query = new URLSearchParams({ fromImage: name, tag: digest, platform });
      return lines(await call({ method: "POST", path: `/images/create?${query}` }));
    },
    remove: async (reference) =>
      lines(await call({ method: "DELETE", path: `/images/${reference}` })),
  };
}

/** A platform as the engine reads it: an object of the OCI image specification. */
function toQuery(platform: string): string {
  const { os, architecture, variant, osVersion } = parsePlatform(platform);
  const version = osVersion === "" ? {} : { "os.version": osVersion };
  const level = variant === "" ? {} : { variant };
  return encodeURIComponent(JSON.stringify({ os, architecture, ...level, ...version }));
}

/**
 * Sends one request. Fails as `unsupported` when the engine does not answer, as the input fails, and
 * with the signal's reason.
 */
async function send(socketPath: string, made: Call, signal: AbortSignal): Promise<Got> {
  signal.throwIfAborted();
  const { method, path, input = [] } = made;
  const headers = { host: "docker", "content-type": "application/x-tar" };
  const sent = request({ socketPath, method, path, headers, signal });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.on("response", resolve);
    sent.on("error", reject);
  });
  let inputError: unknown;
  const feeding = pipeline(Readable.from(input), sent).catch((error: unknown) => {
    inputError = error;
    throw error;
  });
  try {
    // An engine may answer before it has all: while it loads, or when it refuses what it gets.
    const answer = await Promise.race([answered, feeding.then(() => answered)]);
    return await read(answer);
  } catch (error) {
    signal.throwIfAborted();
    if (inputError instanceof PullError) throw inputError;
    const found = `docker does not answer at ${socketPath}: ${messageOf(error)}`;
    throw new PullError("engine-failed", found, { cause: error });
  } finally {
    sent.destroy();
  }
}

async function read(answer: IncomingMessage): Promise<Got> {
  let text = "";
  for await (const part of answer.setEncoding("utf8")) text = (text + part).slice(-ANSWER_LIMIT);
  const [, minor] = /^1\.(\d+)$/.exec(String(answer.headers["api-version"])) ?? [];
  return { status: answer.statusCode ?? 0, apiMinor: Number(minor ?? 0), text };
}

/** One field of an answer that is an object. */
function field(got: Got, name: string): Answered {
  const failed = failureOf(got);
  if (failed !== undefined) return failed;
  const value = objectIn(got.text)?.[name];
  const output = typeof value === "string" ? value : JSON.stringify(value ?? "");
  return { failure: "", output };
}

/** The texts of an answer with one object a line. It may have an error after a good status. */
function lines(got: Got): Answered {
  const failed = failureOf(got);
  if (failed !== undefined) return failed;
  const objects = got.text.split("\n").flatMap<Fields>((line) => objectIn(line) ?? []);
  const isRefused = objects.some(({ error }) => error !== undefined);
  const texts = objects.map(({ error, stream, status }) => error ?? stream ?? status);
  const output = texts.map((text) => String(text ?? "").trimEnd()).join("\n");
  return { failure: isRefused ? "refused" : "", output: output.slice(-OUTPUT_LIMIT) };
}

function failureOf({ status, text }: Got): Answered | undefined {
  if (status < 400) return undefined;
  const message = String(objectIn(text)?.message ?? text);
  return { failure: `status ${status}`, output: message.slice(-OUTPUT_LIMIT) };
}

/** The fields that answers have, each of which may be anything. */
type Fields = {
  readonly error?: unknown;
  readonly message?: unknown;
  readonly status?: unknown;
  readonly stream?: unknown;
  readonly [name: string]: unknown;
};

function objectIn(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
