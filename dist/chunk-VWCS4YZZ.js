import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  PullError
} from "./chunk-P27XCGGL.js";

// src/action/program.ts
import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
var LAST_WORDS_MS = 1e3;
async function runProgram(program, { after, signal }) {
  signal.throwIfAborted();
  const { command, args, env, input, read, errors } = program;
  const child = spawn(command, args, { env });
  const { stdin, stdout, stderr } = child;
  stdout.setEncoding("utf8").on("data", read);
  stderr.setEncoding("utf8").on("data", errors ? read : () => void 0);
  const settled = new AbortController();
  try {
    return await new Promise((resolve, reject) => {
      let cancel = () => void 0;
      signal.addEventListener("abort", () => reject(signal.reason), { signal: settled.signal });
      child.on("error", reject);
      child.on("exit", (code, killedBy) => {
        cancel = after(LAST_WORDS_MS, () => resolve({ code, killedBy }));
      });
      child.on("close", (code, killedBy) => {
        cancel();
        resolve({ code, killedBy });
      });
      feed(input, stdin).catch(reject);
    });
  } finally {
    settled.abort();
    child.kill("SIGKILL");
    for (const pipe of [stdin, stdout, stderr]) pipe.destroy();
  }
}
async function feed(input, stdin) {
  try {
    await pipeline(Readable.from(input), stdin);
  } catch (error) {
    if (error instanceof PullError) throw error;
  }
}
var EVERY = [
  "PATH HOME USER LOGNAME TMPDIR TZ LANG LANGUAGE LC_* XDG_* DBUS_SESSION_BUS_ADDRESS",
  "HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR",
  "DOCKER_CONFIG REGISTRY_AUTH_FILE",
  "SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT TEMP TMP USERNAME USERPROFILE HOMEDRIVE HOMEPATH",
  "APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES PROGRAMW6432"
];
function environmentFor(environment, ...own) {
  const names = [...EVERY, ...own].flatMap((line) => line.split(" "));
  const patterns = names.join("|").replaceAll("*", "\\w*");
  const given = new RegExp(`^(${patterns})$`, "i");
  const variables = Object.entries(environment);
  const passedOn = variables.filter(([name]) => given.test(name));
  return Object.fromEntries(passedOn);
}

export {
  runProgram,
  environmentFor
};
