import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  asObject,
  asString
} from "./chunk-DGCL3OSD.js";
import {
  PullError
} from "./chunk-P27XCGGL.js";

// src/oci/platform.ts
var ARCHITECTURES = {
  i386: ["386"],
  x86_64: ["amd64"],
  "x86-64": ["amd64"],
  aarch64: ["arm64"],
  armhf: ["arm", "v7"],
  armel: ["arm", "v6"]
};
var VARIANTS = {
  amd64: { v1: "" },
  arm64: { "8": "", v8: "", "v8.0": "", "9": "v9", "9.0": "v9", "v9.0": "v9" },
  arm: { "": "v7", "5": "v5", "6": "v6", "7": "v7", "8": "v8" }
};
function normalise(os, architecture, variant = "", osVersion = "") {
  const lower = architecture.toLowerCase();
  const [normal, implied = variant.toLowerCase()] = own(ARCHITECTURES, lower) ?? [lower];
  const variants = own(VARIANTS, normal) ?? {};
  const system = os.toLowerCase();
  return {
    os: system === "macos" ? "darwin" : system,
    architecture: normal,
    variant: own(variants, implied) ?? implied,
    osVersion
  };
}
function own(table, key) {
  return Object.hasOwn(table, key) ? table[key] : void 0;
}
var PART = /^[A-Za-z0-9_.-]{1,64}$/;
var OS_WITH_VERSION = /^([^()]*)\(([^()]*)\)$/;
function parsePlatform(text) {
  const parts = text.split("/");
  const [system = "", architecture = "", variant = ""] = parts;
  const [, os = system, osVersion = ""] = OS_WITH_VERSION.exec(system) ?? [];
  const given = [os, architecture, ...parts.slice(2)];
  if (os !== system) given.push(osVersion);
  const isComplete = parts.length === 2 || parts.length === 3;
  if (isComplete && given.every((part) => PART.test(part))) {
    return normalise(os, architecture, variant, osVersion);
  }
  const found = `platform ${JSON.stringify(text)}: expected os/arch[/variant]`;
  throw new PullError("wrong-platform", found, { next: suggest(text) });
}
var KNOWN_ARCHITECTURE = /^(i386|386|x86[_-]64|amd64|aarch64|arm64|armhf|armel|arm|ppc64le|s390x|riscv64)$/;
function suggest(text) {
  const lower = text.trim().toLowerCase();
  if (!KNOWN_ARCHITECTURE.test(lower)) return void 0;
  return `did you mean ${formatPlatform(normalise("linux", lower))}?`;
}
function asPlatform(text) {
  try {
    return parsePlatform(text);
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    return void 0;
  }
}
function readPlatform(value, what) {
  const fields = asObject(value, what, ["os", "architecture", "variant", "os.version"]);
  const text = (name) => readPart(fields[name], `${what} ${name}`);
  const os = text("os");
  const architecture = text("architecture");
  const variant = text("variant");
  const osVersion = text("os.version");
  return normalise(os, architecture, variant, osVersion);
}
var PART_LIMIT = 64;
function readPart(value, what) {
  const text = asString(value, what);
  if (text.length <= PART_LIMIT) return text;
  const expected = `expected at most ${PART_LIMIT} characters`;
  throw new PullError("too-large", `${what}: ${expected}, got ${text.length}`);
}
function formatPlatform(platform) {
  const { os, architecture, variant, osVersion } = platform;
  return [
    osVersion === "" ? os : `${os}(${osVersion})`,
    architecture,
    ...variant === "" ? [] : [variant]
  ].join("/");
}
function satisfies(required, offered) {
  if (!sameMachine(required, offered)) return false;
  if (required.variant !== offered.variant) return false;
  if (required.osVersion === "") return true;
  return offered.osVersion !== "" && sameBuild(required, offered);
}
function sameBuild(one, other) {
  if (one.osVersion === "" || other.osVersion === "") return true;
  return buildOf(one).join(".") === buildOf(other).join(".");
}
var BUILD_PARTS = 3;
function buildOf({ osVersion }) {
  return osVersion.split(".").slice(0, BUILD_PARTS);
}
function sameMachine(one, other) {
  return one.os === other.os && one.architecture === other.architecture;
}
function nearest(required, offered) {
  const scores = offered.map((platform) => likeness(required, platform));
  const best = Math.max(0, ...scores);
  if (best === 0) return void 0;
  const alike = offered.filter((_, at) => scores[at] === best);
  const sorted = alike.toSorted(
    (one, other) => compareNumbers(distance(required, one), distance(required, other))
  );
  return sorted[0];
}
function likeness(one, other) {
  if (one.os !== other.os) return 0;
  if (one.architecture === other.architecture) return 3;
  const isSameFamily = family(one.architecture) === family(other.architecture);
  return isSameFamily ? 2 : 1;
}
function distance(one, other) {
  const ours = one.osVersion.split(".").map(Number);
  const theirs = other.osVersion.split(".").map(Number);
  return ours.map((number, at) => {
    const difference = number - (theirs[at] ?? 0);
    return Math.abs(difference) || 0;
  });
}
function compareNumbers(one, other) {
  const at = one.findIndex((number, place) => number !== other[place]);
  if (at < 0) return 0;
  return (one[at] ?? 0) - (other[at] ?? 0);
}
function family(architecture) {
  if (architecture === "386" || architecture === "amd64") return "x86";
  if (architecture.startsWith("arm")) return "arm";
  return architecture.replace(/le$/, "").replace(/64$/, "");
}
var GO_ARCHITECTURES = {
  x64: "amd64",
  ia32: "386",
  ppc64: "ppc64le",
  mipsel: "mipsle"
};
function runnerPlatform(platform, architecture) {
  const os = platform === "win32" ? "windows" : "linux";
  return normalise(os, own(GO_ARCHITECTURES, architecture) ?? architecture);
}
function distinctPlatforms(platforms) {
  const distinct = /* @__PURE__ */ new Map();
  for (const platform of platforms) distinct.set(formatPlatform(platform), platform);
  return [...distinct.values()];
}

export {
  parsePlatform,
  asPlatform,
  readPlatform,
  formatPlatform,
  satisfies,
  sameBuild,
  sameMachine,
  nearest,
  runnerPlatform,
  distinctPlatforms
};
