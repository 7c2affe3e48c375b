import { PullError } from "./failure.ts";
import { asObject, asString, type Json } from "./json.ts";

/**
 * What an image runs on, in Go's words, normalised: https://github.com/opencontainers/image-spec/blob/main/image-index.md#image-index-property-descriptions
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
  readonly variant: string;
  /** Windows build, like `10.0.20348.169`; empty when the image names none. */
  readonly osVersion: string;
};

const ARCHITECTURES: Readonly<Record<string, readonly [architecture: string, variant?: string]>> = {
  i386: ["386"],
  x86_64: ["amd64"],
  "x86-64": ["amd64"],
  aarch64: ["arm64"],
  armhf: ["arm", "v7"],
  armel: ["arm", "v6"],
};

const VARIANTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  amd64: { v1: "" },
  arm64: { "8": "", v8: "", "v8.0": "", "9": "v9", "9.0": "v9", "v9.0": "v9" },
  arm: { "": "v7", "5": "v5", "6": "v6", "7": "v7", "8": "v8" },
};

/** The same platform in its one normal spelling. An absent variant and the default one become equal. */
export function normalise(os: string, architecture: string, variant = "", osVersion = ""): Platform {
  const lower = architecture.toLowerCase();
  const [normal, implied = variant.toLowerCase()] = own(ARCHITECTURES, lower) ?? [lower];
  return {
    os: os.toLowerCase() === "macos" ? "darwin" : os.toLowerCase(),
    architecture: normal,
    variant: own(own(VARIANTS, normal) ?? {}, implied) ?? implied,
    osVersion,
  };
}

/** A table's own entry: the key comes from outside and may be `constructor`. */
function own<T>(table: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

const PART = /^[A-Za-z0-9_.-]{1,64}$/;
const OS_WITH_VERSION = /^([^()]*)\(([^()]*)\)$/;

/**
 * The platform written as `os/arch[/variant]`, or `os(version)/arch` as containerd writes Windows builds.
 * Fails as `invalid`, naming the part that is wrong and what was probably meant.
 */
export function parsePlatform(text: string): Platform {
  const parts = text.split("/");
  const [system = "", architecture = "", variant = ""] = parts;
  const [, os = system, osVersion = ""] = OS_WITH_VERSION.exec(system) ?? [];
  const versionGiven = os !== system;
  const bad = [os, architecture, ...parts.slice(2), ...(versionGiven ? [osVersion] : [])].find((part) => !PART.test(part));
  if (parts.length < 2 || parts.length > 3 || bad !== undefined) {
    throw new PullError("wrong-platform", `platform ${JSON.stringify(text)}: expected os/arch[/variant]`, { next: meant(text) });
  }
  return normalise(os, architecture, variant, osVersion);
}

function meant(text: string): string | undefined {
  const lower = text.trim().toLowerCase();
  const known = /^(i386|386|x86[_-]64|amd64|aarch64|arm64|armhf|armel|arm|ppc64le|s390x|riscv64)$/.test(lower);
  return known ? `did you mean ${formatPlatform(normalise("linux", lower))}?` : undefined;
}

/** The platform a document names in Go's field names. Fails as `invalid` when a field is not a string. */
export function readPlatform(value: Json | undefined, what: string): Platform {
  const fields = asObject(value, what, ["os", "architecture", "variant", "os.version"]);
  const text = (name: string): string => readPart(fields[name], `${what} ${name}`);
  return normalise(text("os"), text("architecture"), text("variant"), text("os.version"));
}

// Go's longest names have eight characters, and a Windows build has fifteen.
const PART_LIMIT = 64;

function readPart(value: Json | undefined, what: string): string {
  const text = asString(value, what);
  if (text.length <= PART_LIMIT) return text;
  throw new PullError("too-large", `${what}: expected at most ${PART_LIMIT} characters, got ${text.length}`);
}

/** `os/arch[/variant]`, the way it is asked for: `linux/arm/v7`, `windows(10.0.20348.169)/amd64`. */
export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant, osVersion } = platform;
  // Go's default: images, Dockerfiles and registries all write linux/arm/v7, and linux/arm64 with no variant.
  return [osVersion === "" ? os : `${os}(${osVersion})`, architecture, ...(variant === "" ? [] : [variant])].join("/");
}

/**
 * True when an image offered for `offered` is one for `required`: containerd's strict matching, where nothing stands in
 * (https://github.com/containerd/platforms/blob/main/compare.go, `OnlyStrict`). A required platform without a Windows build
 * takes any; one with a build takes every revision of it, and none that names no build.
 */
export function satisfies(required: Platform, offered: Platform): boolean {
  const anyBuild = required.osVersion === "";
  const built = anyBuild || (offered.osVersion !== "" && sameBuild(required, offered));
  return sameMachine(required, offered) && required.variant === offered.variant && built;
}

/**
 * True when two platforms may name the same Windows build: equal in major, minor and build number, whatever the revision, or one
 * of them names none: https://learn.microsoft.com/virtualization/windowscontainers/deploy-containers/version-compatibility
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

/** True when OS and architecture agree, whatever the variant and the OS version. */
export function sameMachine(one: Platform, other: Platform): boolean {
  return one.os === other.os && one.architecture === other.architecture;
}

/** The offered platform most like the required one, of several builds the nearest number; undefined when not even the OS agrees. */
export function nearest(required: Platform, offered: readonly Platform[]): Platform | undefined {
  const score = (platform: Platform): number => {
    if (platform.os !== required.os) return 0;
    if (platform.architecture === required.architecture) return 3;
    return family(platform.architecture) === family(required.architecture) ? 2 : 1;
  };
  const best = Math.max(0, ...offered.map(score));
  const alike = best === 0 ? [] : offered.filter((platform) => score(platform) === best);
  return alike.toSorted((one, other) => compareNumbers(distance(required, one), distance(required, other)))[0];
}

/** How far apart two OS versions are, number by number; a version that one of them lacks counts nothing. */
function distance(one: Platform, other: Platform): readonly number[] {
  const theirs = other.osVersion.split(".").map(Number);
  return one.osVersion.split(".").map((part, at) => Math.abs(Number(part) - (theirs[at] ?? 0)) || 0);
}

function compareNumbers(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((number, place) => number !== other[place]);
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}

/** Architectures by the machine they run on: what someone who asked for one may settle for. */
function family(architecture: string): string {
  if (architecture === "386" || architecture === "amd64") return "x86";
  return architecture.startsWith("arm") ? "arm" : architecture.replace(/le$/, "").replace(/64$/, "");
}

/** The platform of the machine that runs the job: Linux images on Linux and macOS, Windows images on Windows. */
export function runnerPlatform(platform: NodeJS.Platform, architecture: string): Platform {
  const go: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386", ppc64: "ppc64le", mipsel: "mipsle" };
  return normalise(platform === "win32" ? "windows" : "linux", own(go, architecture) ?? architecture);
}
