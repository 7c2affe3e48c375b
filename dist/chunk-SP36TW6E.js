import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  PullError,
  codeOf,
  messageOf
} from "./chunk-P27XCGGL.js";

// src/store/disk.ts
import { statfsSync } from "node:fs";
import { constants, lstat, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
var MEANINGS = {
  ENOSPC: "disk full",
  EDQUOT: "disk full: the quota is used up",
  EACCES: "it is not writable",
  EPERM: "it is not writable",
  EROFS: "it is on a read-only file system",
  ENOTDIR: "a part of it is not a directory",
  EEXIST: "something else has that name",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "it is a link, or its links form a loop",
  EMFILE: "too many files are open"
};
async function onDisk(path, work, needed) {
  try {
    return await work();
  } catch (error) {
    throw diskFailure(path, error, needed);
  }
}
function diskFailure(path, error, needed) {
  const code = codeOf(error);
  if (error instanceof PullError || code === "") return error;
  const words = `cannot write to ${path} (${code}): ${MEANINGS[code] ?? messageOf(error)}`;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new PullError("disk-full", `${words}${roomAt(path, needed)}`, { cause: error });
  }
  const next = code === "EMFILE" ? "lower the input concurrency" : void 0;
  return new PullError("disk-failed", words, { next, cause: error });
}
function roomAt(path, needed) {
  const wanted = needed === void 0 ? "" : `, ${needed} bytes are needed for this blob`;
  return `${wanted}${freeAt(path)}`;
}
function freeAt(path) {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return `, ${bavail * bsize} bytes are free`;
  } catch {
    return "";
  }
}
var { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
async function openRegular(path) {
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new PullError("not-a-file", `${path} is not a regular file`);
}
async function readRegular(path, limit) {
  const file = await openRegular(path);
  try {
    return (await file.stat()).size > limit ? void 0 : await file.readFile();
  } finally {
    await file.close();
  }
}
async function makeDirectory(path) {
  await mkdirs(path);
  if ((await lstat(path)).isDirectory()) return;
  throw new PullError("not-a-directory", `${path} is not a directory: a layout cannot be here`);
}
async function mkdirs(path) {
  try {
    await mkdir(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || dirname(path) === path) throw error;
    await mkdirs(dirname(path));
    await mkdir(path);
  }
}

export {
  onDisk,
  diskFailure,
  openRegular,
  readRegular,
  makeDirectory
};
