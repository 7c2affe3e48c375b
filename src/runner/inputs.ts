import type { LockWanted, Plan, Requirement } from "../gate/plan.ts";
import type { Login } from "../oci/login.ts";
import type { Platform } from "../oci/platform.ts";
import type { Mirror } from "../pull/mirrors.ts";
import { type CacheInputs, readCache } from "./cache-inputs.ts";
import { type FilePatterns, pathBelow, readFilePatterns } from "./file-patterns.ts";
import { IMAGE_FORM, namesImages, readImages } from "./images.ts";
import { DEFAULTS, type Values } from "./input-names.ts";
import { InputValues } from "./input-values.ts";
import { readPlatforms } from "./list-syntax.ts";
import { readServe, type ServeInputs } from "./serve-inputs.ts";
import { readSources } from "./sources.ts";

/** What a step does: its inputs, checked. */
export type Inputs = {
  /** Without the images that files name: they are not read yet. */
  readonly plan: Plan;
  readonly files: FilePatterns;
  readonly pins: "none" | "require" | "write";
  /** Required of every image that names no platforms of its own. */
  readonly platforms: Requirement;
  readonly lock: LockInputs;
  /** Other places for the content of registries. */
  readonly mirrors: readonly Mirror[];
  readonly pull: "none" | "layout" | "docker" | "podman";
  /** The layout's directory; empty for the default one. */
  readonly path: string;
  readonly cache: CacheInputs;
  /** Undefined when no registry runs for the job. */
  readonly serve: ServeInputs | undefined;
  /** The platform of the machine that runs the job. */
  readonly runner: Platform;
  readonly failOnMissing: boolean;
  readonly registryAuth: readonly Login[];
  readonly githubToken: string;
  readonly insecureRegistries: ReadonlySet<string>;
  readonly trustedRealms: ReadonlySet<string>;
  /** Concurrent requests to one registry. */
  readonly concurrency: number;
  /** Seconds for the whole step. */
  readonly timeout: number;
  readonly jobSummary: "always" | "on-failure" | "never";
};

/** How a step uses a lock file. */
export type LockInputs = {
  /** Below the workspace. */
  readonly file: string;
  /** False for the default file, which need not be there. */
  readonly isNamed: boolean;
  /** Empty to use the file as `check` does, if it is there. */
  readonly mode: "" | "none" | LockWanted["mode"];
};

/** Every problem with invalid inputs, and whether a job summary may show them. */
export type Refused = {
  readonly problems: readonly string[];
  readonly jobSummary: Inputs["jobSummary"];
};

/**
 * Reads the inputs of a step from its environment. Returns them or, when any is invalid, every
 * problem: each names the input, the line if there is one, and the accepted form.
 */
export async function readInputs(
  environment: NodeJS.ProcessEnv,
  runner: Platform,
): Promise<Inputs | Refused> {
  const values = new InputValues(environment, DEFAULTS);
  const inputs = await readAll(values, runner);
  const { problems } = values;
  const { jobSummary } = inputs;
  if (problems.length > 0) return { problems, jobSummary };
  // The token of another server is not for ghcr.io, which belongs to github.com.
  return isOfAnotherServer(environment) ? { ...inputs, githubToken: "" } : inputs;
}

function isOfAnotherServer({ GITHUB_SERVER_URL: server }: NodeJS.ProcessEnv): boolean {
  return server !== undefined && server !== "" && server !== "https://github.com";
}

async function readAll(values: Values, runner: Platform): Promise<Inputs> {
  const written = values.items("platforms");
  const platforms = readPlatforms(written, values.complain) ?? [runner];
  const pull = values.choice("pull", ["none", "layout", "docker", "podman"]);
  const pullsFor = pull === "none" ? undefined : runner;
  const files = readFilePatterns(values.lines("files"), values.complain);
  const pins = values.choice("pins", ["none", "require", "write"]);
  const serve = readServe(values);
  checkSubjects(values, files, pins, serve);
  const lock = readLock(values);
  const checksTags = lock.mode !== "frozen";
  return {
    plan: { ...readPlan(values, platforms), checksTags, pullsFor },
    lock,
    mirrors: readSources(values.lines("sources"), values.complain),
    files,
    pins,
    platforms,
    pull,
    path: readPath(values),
    cache: readCache(values),
    serve,
    runner,
    failOnMissing: values.boolean("fail-on-missing"),
    registryAuth: await readLogins(values),
    githubToken: values.text("github-token"),
    insecureRegistries: values.hosts("insecure-registries"),
    trustedRealms: values.hosts("trusted-realms"),
    concurrency: values.number("concurrency", 1, 64),
    timeout: values.number("timeout", 1, 21_600),
    jobSummary: values.choice("job-summary", ["always", "on-failure", "never"]),
  };
}

/** A step needs something to check or to serve, and pins need a file to be in. */
function checkSubjects(
  values: Values,
  { included, excluded }: FilePatterns,
  pins: Inputs["pins"],
  serve: ServeInputs | undefined,
): void {
  const hasFiles = included.length > 0;
  const isNamed = hasFiles || excluded.length > 0 || namesImages(values.lines("images"));
  const isEmpty = !isNamed && serve === undefined;
  const isRefused = values.problems.some((problem) => problem.startsWith("files"));
  if (isEmpty && !isRefused) {
    const found = "expected at least one reference, got none";
    values.complain(`images: ${found}, files names no files, and serve is false; ${IMAGE_FORM}`);
  }
  if (pins !== "none" && !hasFiles && !isRefused) {
    values.complain(`pins: expected none, because files names no files, got ${pins}`);
  }
}

type PlanOfInputs = Omit<Plan, "checksTags" | "pullsFor">;

function readPlan(values: Values, platforms: Requirement): PlanOfInputs {
  return {
    wanted: readImages(values.lines("images"), platforms, values.complain),
    verify: values.choice("verify", ["index", "manifest", "blobs"]),
    waitTimeout: values.number("wait-timeout", 0, 86_400),
    waitInterval: values.number("wait-interval", 1, 3_600),
  };
}

function readLock(values: Values): LockInputs {
  const written = values.text("lock-file");
  const file = pathBelow(written) ?? "";
  if (file === "" || /[/\\]$|\p{Cc}/u.test(written)) {
    const got = JSON.stringify(written);
    values.complain(`lock-file: expected the path of a file below the workspace, got ${got}`);
  }
  const modes = ["none", "check", "frozen", "update"] as const;
  const mode = values.text("lock") === "" ? "" : values.choice("lock", modes);
  return { file, isNamed: file !== DEFAULTS["lock-file"], mode };
}

/** Control characters are refused: outputs name the layout in lists, one item a line. */
function readPath(values: Values): string {
  return values.matching("path", /^\P{Cc}*$/u, "a path without control characters");
}

/** Loads the YAML parser only when it is needed: most workflows leave this input empty. */
async function readLogins(values: Values): Promise<readonly Login[]> {
  const text = values.text("registry-auth");
  if (text === "") return [];
  const { readRegistryAuth } = await import("./registry-auth.ts");
  return readRegistryAuth(text, values.complain);
}
