import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  engineCommands,
  engineRunner,
  openEngineStore
} from "./chunk-UGHOGSMQ.js";
import {
  dockerConfigPath
} from "./chunk-H7XMZLRN.js";
import "./chunk-VWCS4YZZ.js";
import {
  parsePlatform
} from "./chunk-GHKMTOL7.js";
import "./chunk-DGCL3OSD.js";
import {
  PullError,
  messageOf
} from "./chunk-P27XCGGL.js";
import "./chunk-VA35IVHB.js";

// src/action/docker-endpoint.ts
import { accessSync, constants, readFileSync, statSync } from "node:fs";
var DEFAULT_SOCKET = "/var/run/docker.sock";
var SPECIAL = ["DOCKER_API_VERSION", "DOCKER_CUSTOM_HEADERS"];
function dockerSocket(environment, defaultSocket = DEFAULT_SOCKET) {
  const path = socketPath(environment, defaultSocket);
  return path !== void 0 && isUsable(path) ? path : void 0;
}
function socketPath(environment, byDefault) {
  if (SPECIAL.some((name) => environment[name])) return void 0;
  const host = environment["DOCKER_HOST"];
  if (host) return host.startsWith("unix:///") ? host.slice("unix://".length) : void 0;
  const context = environment["DOCKER_CONTEXT"] || currentContext(environment);
  return context === "" || context === "default" ? byDefault : void 0;
}
function currentContext(environment) {
  try {
    const config = JSON.parse(readFileSync(dockerConfigPath(environment), "utf8"));
    return config.currentContext ?? "";
  } catch {
    return "";
  }
}
function isUsable(path) {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return statSync(path).isSocket();
  } catch {
    return false;
  }
}

// src/action/docker-socket.ts
import { request } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
var ANSWER_LIMIT = 4 * 1024 * 1024;
var OUTPUT_LIMIT = 1024;
var PLATFORM_MINOR = 49;
function dockerCalls(socketPath2, signal) {
  const call = (made) => send(socketPath2, made, signal);
  return {
    info: async () => field(await call({ method: "GET", path: "/info" }), "DriverStatus"),
    inspect: async (name, platform) => {
      const query = platform === void 0 ? "" : `?platform=${toQuery(platform)}`;
      const got = await call({ method: "GET", path: `/images/${name}/json${query}` });
      const isKnown = platform === void 0 || got.apiMinor >= PLATFORM_MINOR;
      return isKnown ? field(got, "Id") : { failure: "older API", output: "" };
    },
    load: async (input) => lines(await call({ method: "POST", path: "/images/load?quiet=1", input })),
    pull: async (reference, platform) => {
      const [name = "", digest = ""] = reference.split("@");
      const query = new URLSearchParams({ fromImage: name, tag: digest, platform });
      return lines(await call({ method: "POST", path: `/images/create?${query}` }));
    },
    remove: async (reference) => lines(await call({ method: "DELETE", path: `/images/${reference}` }))
  };
}
function toQuery(platform) {
  const { os, architecture, variant, osVersion } = parsePlatform(platform);
  const version = osVersion === "" ? {} : { "os.version": osVersion };
  const level = variant === "" ? {} : { variant };
  return encodeURIComponent(JSON.stringify({ os, architecture, ...level, ...version }));
}
async function send(socketPath2, made, signal) {
  signal.throwIfAborted();
  const { method, path, input = [] } = made;
  const headers = { host: "docker", "content-type": "application/x-tar" };
  const sent = request({ socketPath: socketPath2, method, path, headers, signal });
  const answered = new Promise((resolve, reject) => {
    sent.on("response", resolve);
    sent.on("error", reject);
  });
  let inputError;
  const feeding = pipeline(Readable.from(input), sent).catch((error) => {
    inputError = error;
    throw error;
  });
  try {
    const answer = await Promise.race([answered, feeding.then(() => answered)]);
    return await read(answer);
  } catch (error) {
    signal.throwIfAborted();
    if (inputError instanceof PullError) throw inputError;
    const found = `docker does not answer at ${socketPath2}: ${messageOf(error)}`;
    throw new PullError("engine-failed", found, { cause: error });
  } finally {
    sent.destroy();
  }
}
async function read(answer) {
  let text = "";
  for await (const part of answer.setEncoding("utf8")) text = (text + part).slice(-ANSWER_LIMIT);
  const [, minor] = /^1\.(\d+)$/.exec(String(answer.headers["api-version"])) ?? [];
  return { status: answer.statusCode ?? 0, apiMinor: Number(minor ?? 0), text };
}
function field(got, name) {
  const failed = failureOf(got);
  if (failed !== void 0) return failed;
  const value = objectIn(got.text)?.[name];
  const output = typeof value === "string" ? value : JSON.stringify(value ?? "");
  return { failure: "", output };
}
function lines(got) {
  const failed = failureOf(got);
  if (failed !== void 0) return failed;
  const objects = got.text.split("\n").flatMap((line) => objectIn(line) ?? []);
  const isRefused = objects.some(({ error }) => error !== void 0);
  const texts = objects.map(({ error, stream, status }) => error ?? stream ?? status);
  const output = texts.map((text) => String(text ?? "").trimEnd()).join("\n");
  return { failure: isRefused ? "refused" : "", output: output.slice(-OUTPUT_LIMIT) };
}
function failureOf({ status, text }) {
  if (status < 400) return void 0;
  const message = String(objectIn(text)?.message ?? text);
  return { failure: `status ${status}`, output: message.slice(-OUTPUT_LIMIT) };
}
function objectIn(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : void 0;
  } catch {
    return void 0;
  }
}

// src/action/open-engine.ts
function openEngine(step) {
  const name = step.inputs.pull;
  if (name !== "docker" && name !== "podman") return void 0;
  const store = openEngineStore(name, callsOf(name, step));
  store.catch(() => void 0);
  return { name, store };
}
function callsOf(name, { machine, signal }) {
  const { environment, clock } = machine;
  const socket = name === "docker" ? dockerSocket(environment) : void 0;
  if (socket !== void 0) return dockerCalls(socket, signal);
  return engineCommands(name, engineRunner(environment, { after: clock.after, signal }));
}
export {
  openEngine
};
