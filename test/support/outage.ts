import assert from "node:assert/strict";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { entryPath } from "../../src/store/cache-room.ts";
import { temporaryDirectory } from "./directory.ts";
import { type Made, multiPlatform } from "./image.ts";
import { type FinalFile, finalsOf } from "./layout-files.ts";
import { entryFor, type Given, type ImageJson, lockText } from "./lock-steps.ts";
import { type RecordedStep, recordStep } from "./recorded-step.ts";
import { type Access, type Fault, Registry, refuse } from "./registry.ts";

/** What the image's own registry does. */
export type Trouble =
  | "nothing wrong"
  /** Nothing listens at its address. */
  | "stopped"
  /** It accepts requests and never answers. */
  | "silent"
  | "429"
  | "503"
  | "404"
  | "401"
  /** It refuses its first four requests. */
  | "503 at first"
  /** It has the image, and not the tag any more. */
  | "tag 404"
  /** It answers what the tag points at, and then cuts every connection. */
  | "cut after the tag";

/** How a step knows the digest, or that it does not: by tag alone. */
export type By = "tag" | "digest" | "check" | "frozen";

/** Where the bytes of the image are, besides its own registry. */
export type Here =
  | "nowhere"
  | "cache"
  | "layout"
  /** The cache has documents and one of two layers. */
  | "part"
  | "part, source"
  | "source"
  /** A source whose tags are trusted. */
  | "trusted";

/** Whether the image needs credentials and, if so, who may read the cache. */
export type Scope = "public image" | "public cache" | "private repository" | "cache-private";

/** What a step finds. */
export type Cell = {
  readonly trouble: Trouble;
  readonly by: By;
  readonly here: Here;
  readonly scope?: Scope;
  readonly inputs?: Given;
  /** The options of the image: `,optional=true`. */
  readonly options?: string;
};

/** How the step of a cell ended. */
export type CellEnd = RecordedStep & {
  readonly image: ImageJson;
  /** The image's own registry, and the source. */
  readonly hosts: { readonly own: string; readonly source: string };
  /** The requests that reached the own registry, one a line. */
  readonly asked: readonly string[];
  readonly finals: readonly FinalFile[];
};

/** The image of all cells. */
export const MADE: Made = multiPlatform(["linux/amd64", "linux/arm64"]);
const [MANIFEST] = MADE.manifests;
const [CONFIG, LAYER, LAST] = MADE.blobs;
assert.ok(MANIFEST && CONFIG && LAYER && LAST);

/** The paths of everything that a layout must have of the image. */
export const COMPLETE: readonly string[] = [MADE, MANIFEST, CONFIG, LAYER, LAST]
  .map(({ digest }) => `blobs/${digest.replace(":", "/")}`)
  .toSorted();

const REPOSITORY = "org/app";
/**
 * A host where no registry listens: the system gives no server this port. The port of a stopped
 * server could be another's by now.
 */
export const CLOSED = "127.0.0.1:1";
const LOGIN = { username: "me", password: "canary-password" };
const ACCESS: Access = { scheme: "basic", login: `${LOGIN.username}:${LOGIN.password}` };

/** A cache with everything of the image, one without its last layer, and a layout. */
export type Filled = Readonly<Record<"cache" | "part" | "layout", string>>;

/** Fills caches and layout by a step and its post step. */
export async function fill(): Promise<Filled> {
  const registry = await Registry.start();
  const directory = temporaryDirectory("filled");
  const [cache, part, layout] = [
    join(directory, "cache"),
    join(directory, "part"),
    join(directory, "layout"),
  ];
  try {
    const tagged = registry.push(REPOSITORY, "1", MADE);
    const cold = await recordStep({ ...pullOf(tagged, layout), "cache-directory": cache });
    assert.equal(cold.exitCode, 0, cold.log);
    await cold.post();
  } finally {
    await registry.stop();
  }
  cpSync(cache, part, { recursive: true });
  rmSync(entryPath(part, `registry-pull-v1-blob-${LAST?.digest.replace(":", "-")}`));
  return { cache, part, layout };
}

/** The inputs of a pull. Each layer has a cache entry of its own. */
export function pullOf(images: string, path: string): Given {
  return { images, path, pull: "layout", platforms: "linux/amd64", "cache-min-size": "200B" };
}

/** Runs the step of a cell. */
export async function runCell(filled: Filled, cell: Cell): Promise<CellEnd> {
  const [own, source] = await Promise.all([Registry.start(), Registry.start()]);
  const hosts = { own: cell.trouble === "stopped" ? CLOSED : own.host, source: source.host };
  try {
    for (const registry of [own, source]) registry.push(REPOSITORY, "1", MADE);
    if (needsLogin(cell)) own.access = ACCESS;
    start(cell.trouble, own);
    const directory = temporaryDirectory("cell");
    const layout = join(directory, "layout");
    if (cell.here === "layout") cpSync(filled.layout, layout, { recursive: true });
    const environment = writeJob(cell, hosts, directory);
    const inputs = inputsOf(cell, filled, hosts, directory);
    const recorded = await recordStep(inputs, environment, directory);
    const [image] = imagesIn(recorded);
    assert.ok(image, recorded.log);
    return { ...recorded, image, hosts, asked: own.log, finals: finalsOf(layout) };
  } finally {
    await Promise.all([own.stop(), source.stop()]);
  }
}

function needsLogin({ scope = "public image" }: Cell): boolean {
  return scope !== "public image";
}

/** The images of the output `json`, in the order of the inputs. */
export function imagesIn({ outputs, log }: RecordedStep): readonly ImageJson[] {
  const json = outputs.get("json") ?? "";
  assert.notEqual(json, "", log);
  return Object.values(JSON.parse(json).images);
}

/** Writes the lock file and the event of a job. Returns the job's environment. */
function writeJob({ scope }: Cell, { own }: CellEnd["hosts"], directory: string): Given {
  const tagged = `${own}/${REPOSITORY}:1`;
  writeFileSync(join(directory, "images.lock.json"), lockText({ [tagged]: entryFor(MADE) }));
  const event = join(directory, "event");
  const isPrivate = scope === "private repository";
  writeFileSync(event, JSON.stringify({ repository: { private: isPrivate } }));
  return { GITHUB_EVENT_PATH: event };
}

function inputsOf(cell: Cell, filled: Filled, hosts: CellEnd["hosts"], directory: string): Given {
  const { by, here, scope, options = "" } = cell;
  const repository = `${hosts.own}/${REPOSITORY}`;
  const reference = by === "digest" ? `${repository}@${MADE.digest}` : `${repository}:1`;
  const login = JSON.stringify([{ registry: hosts.own, ...LOGIN }]);
  return {
    ...pullOf(`${reference}${options}`, join(directory, "layout")),
    "cache-mode": "read",
    "cache-directory": cacheOf(here, filled) ?? join(directory, "empty"),
    "cache-private": String(scope === "cache-private"),
    "registry-auth": needsLogin(cell) ? login : "",
    lock: by === "check" || by === "frozen" ? by : "none",
    sources: sourcesOf(here, hosts),
    ...cell.inputs,
  };
}

function cacheOf(here: Here, { cache, part }: Filled): string | undefined {
  if (here === "cache") return cache;
  return here.startsWith("part") ? part : undefined;
}

function sourcesOf(here: Here, { own, source }: CellEnd["hosts"]): string {
  if (here === "trusted") return `${own}=${source},trust-tags=true`;
  return here.endsWith("source") ? `${own}=${source}` : "";
}

/** Starts the trouble of a registry. */
function start(trouble: Trouble, registry: Registry): void {
  if (trouble === "401") registry.access = { scheme: "basic", login: "another:login" };
  if (trouble === "tag 404") registry.remove(REPOSITORY, "1");
  if (trouble === "404") removeAll(registry);
  registry.faults.push(faultOf(trouble));
}

function removeAll(registry: Registry): void {
  const digests = [MADE, ...MADE.manifests, ...MADE.blobs].map(({ digest }) => digest);
  for (const name of ["1", ...digests]) registry.remove(REPOSITORY, name);
}

function faultOf(trouble: Trouble): Fault {
  if (trouble === "silent") return () => true;
  if (trouble === "429") return refusing(429, "TOOMANYREQUESTS");
  if (trouble === "503") return refusing(503, "UNAVAILABLE");
  if (trouble === "503 at first") return refusing(503, "UNAVAILABLE", 4);
  return trouble === "cut after the tag" ? cutAfterTag() : () => false;
}

/** Refuses the first `count` requests, and asks for a longer wait than a brief request has. */
function refusing(status: number, code: string, count = Number.POSITIVE_INFINITY): Fault {
  let left = count;
  return (_, response) => {
    if (left === 0) return false;
    left -= 1;
    response.setHeader("retry-after", "30");
    refuse(response, status, code, "not now", null);
    return true;
  };
}

function cutAfterTag(): Fault {
  let isAnswered = false;
  return ({ url }, response) => {
    if (isAnswered) response.destroy();
    const isCut = isAnswered;
    isAnswered ||= url?.endsWith("/manifests/1") === true;
    return isCut;
  };
}
