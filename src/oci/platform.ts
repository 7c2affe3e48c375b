import { PullError } from "./failure.ts";
import { asObject, asString, type Json } from "./json.ts";

/**
 * The platform of an image, in Go's words and in one normal form
 * (https://github.com/opencontainers/image-spec/blob/main/image-index.md#image-index-property-descriptions):
 *
 * | written | means |
 * |---|---|
 * | `macos` | `darwin` |
 * | `x86_64`, `x86-64`, `amd64/v1` | `amd64` |
 * | `i386` | `386` |
 * | `aarch64`, `arm64/8`, `arm64/v8`, `arm64/v8.0` | `arm64` |
 * | `arm64/9`, `arm64/9.0`, `arm64/v9.0` | `arm64/v9` |
 * | `arm`, `arm/7`, `armhf` | `arm/v7` |
 * | `armel` | `arm/v6` |
 *
 * The table is containerd's: https://github.com/containerd/platforms/blob/main/database.go
 */
export type Platform = {
  readonly os: string;
  readonly architecture: string;
  /** Empty for the default variant of an architecture. */
  readonly variant: string;
  /** The Windows build, like `10.0.20348.169`; empty when the image states none. */
  readonly osVersion: string;
};

type Table<T> = Readonly<Record<string, T>>;

const ARCHITECTURES: Table<readonly [architecture: string, variant?: string]> = {
  i386: ["386"],
  x86_64: ["amd64"],
  "x86-64": ["amd64"],
  aarch64: ["arm64"],
  armhf: ["arm", "v7"],
  armel: ["arm", "v6"],
};

const VARIANTS: Table<Table<string>> = {
  amd64: { v1: "" },
  arm64: { "8": "", v8: "", "v8.0": "", "9": "v9", "9.0": "v9", "v9.0": "v9" },
  arm: { "": "v7", "5": "v5", "6": "v6", "7": "v7", "8": "v8" },
};

/** A platform in its normal form. An absent variant and the default one become equal. */
function normalise(os: string, architecture: string, variant = "", osVersion = ""): Platform {
  const lower = architecture.toLowerCase();
  const [normal, implied = variant.toLowerCase()] = own(ARCHITECTURES, lower) ?? [lower];
  const variants = own(VARIANTS, normal) ?? {};
  const system = os.toLowerCase();
  return {
    os: system === "macos" ? "darwin" : system,
    architecture: normal,
    variant: own(variants, implied) ?? implied,
    osVersion,
  };
}

/** An own property of a table. The key is untrusted, and may be `constructor`. */
function own<T>(table: Table<T>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

const PART = /^[A-Za-z0-9_.-]{1,64}$/;
const OS_WITH_VERSION = /^([^()]*)\(([^()]*)\)$/;

/**
 * The platform written as `os/arch[/variant]`, or as `os(version)/arch`, as containerd writes
 * Windows builds. Fails as `invalid` on anything else; the message may suggest what was meant.
 */
export function parsePlatform(text: string): Platform {
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

const KNOWN_ARCHITECTURE =
  /^(i386|386|x86[_-]64|amd64|aarch64|arm64|armhf|armel|arm|ppc64le|s390x|riscv64)$/;

/** A suggestion for an architecture without an OS; undefined for anything else. */
function suggest(text: string): string | undefined {
  const lower = text.trim().toLowerCase();
  if (!KNOWN_ARCHITECTURE.test(lower)) return undefined;
  return `did you mean ${formatPlatform(normalise("linux", lower))}?`;
}

/** The platform in a text that may come from an index; undefined when it is none. */
export function asPlatform(text: string): Platform | undefined {
  try {
    return parsePlatform(text);
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    return undefined;
  }
}

/**
 * The platform in the fields `os`, `architecture`, `variant` and `os.version` of `value`. Fails as
 * `invalid`, naming `what` and the field, when one is too long or not a string.
 */
export function readPlatform(value: Json | undefined, what: string): Platform {
  const fields = asObject(value, what, ["os", "architecture", "variant", "os.version"]);
  const text = (name: string): string => readPart(fields[name], `${what} ${name}`);
  const os = text("os");
  const architecture = text("architecture");
  const variant = text("variant");
  const osVersion = text("os.version");
  return normalise(os, architecture, variant, osVersion);
}

// Go's longest names have 8 characters, and a Windows build has 15.
const PART_LIMIT = 64;

function readPart(value: Json | undefined, what: string): string {
  const text = asString(value, what);
  if (text.length <= PART_LIMIT) return text;
  const expected = `expected at most ${PART_LIMIT} characters`;
  throw new PullError("too-large", `${what}: ${expected}, got ${text.length}`);
}

/**
 * A platform in the syntax of {@link parsePlatform}: `linux/arm/v7`,
 * `windows(10.0.20348.169)/amd64`.
 */
export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant, osVersion } = platform;
  // As images, Dockerfiles and registries write it: linux/arm/v7, but linux/arm64 without a
  // variant.
  return [
    osVersion === "" ? os : `${os}(${osVersion})`,
    architecture,
    ...(variant === "" ? [] : [variant]),
  ].join("/");
}

/**
 * True when an image for `offered` fulfils `required`. This is containerd's strict matching, which
 * accepts no substitute (https://github.com/containerd/platforms/blob/main/compare.go,
 * `OnlyStrict`). A required platform without a Windows build matches every build; one with a build
 * matches every revision of it, but no image that states no build.
 */
export function satisfies(required: Platform, offered: Platform): boolean {
  if (!sameMachine(required, offered)) return false;
  if (required.variant !== offered.variant) return false;
  if (required.osVersion === "") return true;
  return offered.osVersion !== "" && sameBuild(required, offered);
}

/**
 * True when two platforms may be the same Windows build: major, minor and build number are equal,
 * or one states none. The revision is ignored:
 * https://learn.microsoft.com/virtualization/windowscontainers/deploy-containers/version-compatibility
 */
export function sameBuild(one: Platform, other: Platform): boolean {
  if (one.osVersion === "" || other.osVersion === "") return true;
  return buildOf(one).join(".") === buildOf(other).join(".");
}

// major.minor.build.revision
const BUILD_PARTS = 3;

function buildOf({ osVersion }: Platform): readonly string[] {
  return osVersion.split(".").slice(0, BUILD_PARTS);
}

/** True when OS and architecture are equal. Variant and OS version are ignored. */
export function sameMachine(one: Platform, other: Platform): boolean {
  return one.os === other.os && one.architecture === other.architecture;
}

/**
 * The offered platform most similar to the required one, and of several builds the nearest;
 * undefined when none has the same OS.
 */
export function nearest(required: Platform, offered: readonly Platform[]): Platform | undefined {
  const scores = offered.map((platform) => likeness(required, platform));
  const best = Math.max(0, ...scores);
  if (best === 0) return undefined;
  const alike = offered.filter((_, at) => scores[at] === best);
  const sorted = alike.toSorted((one, other) =>
    compareNumbers(distance(required, one), distance(required, other)),
  );
  return sorted[0];
}

/** How similar two platforms are, from 0, when the OS differs, to 3. */
function likeness(one: Platform, other: Platform): number {
  if (one.os !== other.os) return 0;
  if (one.architecture === other.architecture) return 3;
  const isSameFamily = family(one.architecture) === family(other.architecture);
  return isSameFamily ? 2 : 1;
}

/** The distances between the numbers of two OS versions; 0 where a number is missing. */
function distance(one: Platform, other: Platform): readonly number[] {
  const ours = one.osVersion.split(".").map(Number);
  const theirs = other.osVersion.split(".").map(Number);
  return ours.map((number, at) => {
    const difference = number - (theirs[at] ?? 0);
    return Math.abs(difference) || 0;
  });
}

function compareNumbers(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((number, place) => number !== other[place]);
  if (at < 0) return 0;
  return (one[at] ?? 0) - (other[at] ?? 0);
}

/** The family of an architecture: `x86`, `arm`, or the name without word size and byte order. */
function family(architecture: string): string {
  if (architecture === "386" || architecture === "amd64") return "x86";
  if (architecture.startsWith("arm")) return "arm";
  return architecture.replace(/le$/, "").replace(/64$/, "");
}

/** Node's names of architectures whose Go names differ. */
const GO_ARCHITECTURES: Table<string> = {
  x64: "amd64",
  ia32: "386",
  ppc64: "ppc64le",
  mipsel: "mipsle",
};

/**
 * The platform of images that the runner can run: Windows on Windows, else Linux, also on macOS.
 */
export function runnerPlatform(platform: NodeJS.Platform, architecture: string): Platform {
  const os = platform === "win32" ? "windows" : "linux";
  return normalise(os, own(GO_ARCHITECTURES, architecture) ?? architecture);
}

/** The same platforms, each once, in the order in which they first stand there. */
export function distinctPlatforms(platforms: readonly Platform[]): readonly Platform[] {
  const distinct = new Map<string, Platform>();
  for (const platform of platforms) distinct.set(formatPlatform(platform), platform);
  return [...distinct.values()];
}
