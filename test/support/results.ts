import { asLocked } from "../../src/gate/lock.ts";
import type { Location, LockWanted, Wanted } from "../../src/gate/plan.ts";
import { problem } from "../../src/gate/problem.ts";
import type { PlatformOutcome } from "../../src/gate/resolved.ts";
import { parsePlatform } from "../../src/oci/platform.ts";
import type { Reason } from "../../src/oci/reason.ts";
import type {
  Outcome,
  Pulled,
  PulledImage,
  Result,
  Tally,
  Transfer,
} from "../../src/pull/outcome.ts";
import type { Judged, Report } from "../../src/runner/summary.ts";
import type { Workflow } from "../../src/runner/workflow.ts";
import { image, type Made } from "./image.ts";
import { MemoryRegistry } from "./memory-registry.ts";
import { resolved, wantedImage } from "./resolving.ts";

/** The machine that the tests of reports run on. */
export const RUNNER = parsePlatform("linux/amd64");

/** The reference of {@link resultOf}. */
export const APP = "registry.test/org/app:1";

/** What the gate finds out about an image in registry.test: by default a good one, as `app`. */
export async function resultOf(
  made: Made = image("linux/amd64"),
  more: Partial<Wanted> = {},
): Promise<Result> {
  const registry = new MemoryRegistry();
  const written = registry.push("org/app", "1", made);
  const found = await resolved(registry, written, { name: "app", pullsFor: RUNNER, ...more });
  return { ...found, pulled: undefined };
}

/** An image whose top document could not be read. */
export function failedResult(
  written: string,
  reason: Reason = "not-found",
  more: Partial<Wanted> = {},
): Result {
  return {
    wanted: wantedImage(written, more),
    root: undefined,
    platforms: [],
    problem: problem(reason, written, "nothing", "try again"),
    blobs: [],
    warnings: [],
    pulled: undefined,
  };
}

/** An image that is as its lock file has it: its tag was asked for, and nothing was read again. */
export function unreadResult(more: Partial<Wanted> = {}): Result {
  const { digest } = image("linux/amd64");
  const entry = { digest, platforms: new Map([["linux/amd64", digest]]), day: "2026-11-21" };
  const lock: LockWanted = { file: "images.lock.json", mode: "update", entry };
  const wanted = wantedImage(APP, { name: "app", lock, ...more });
  const verdict = { digest, tag: "same" } as const;
  return { ...asLocked(wanted, entry), lock: verdict, pulled: undefined };
}

/** The same image, read from another place than its registry. */
export function readFrom(source: string, result: Result): Result {
  const { root, platforms } = result;
  const moved = platforms.map((platform) => {
    const { image: found } = platform;
    const manifest = found && { ...found.manifest, source };
    return { ...platform, image: found && manifest && { ...found, manifest } };
  });
  const fetched = root && { ...root.fetched, source };
  return { ...result, root: root && fetched && { ...root, fetched }, platforms: moved };
}

/** A transfer that took a second. */
export function transferFrom(source: string): Transfer {
  const origin = source === "cache" ? "cache" : "registry";
  return { origin, source, private: false, started: 0, ended: 1_000 };
}

/** A required platform that has a problem. */
export function failedPlatform(platform: string, reason: Reason): PlatformOutcome {
  const found = problem(reason, platform, "nothing", "try again");
  return { platform, required: true, ...found, digest: undefined, image: undefined };
}

/** Nothing moved, unless `more` says otherwise. */
export function tally(more: Partial<Tally> = {}): Tally {
  const nothing = { restored: 0, downloaded: 0, alreadyThere: 0, seconds: 0 };
  return { ...nothing, places: new Map(), ...more };
}

/** A pull that moved nothing, unless `more` says otherwise. */
export function pulledOf(more: Partial<Pulled> = {}): Pulled {
  return {
    ...tally(),
    layout: "/layout",
    rates: { cache: undefined, registry: undefined },
    missed: [],
    hit: true,
    transfers: new Map(),
    warnings: [],
    ...more,
  };
}

/** What a pull did for an image that is in the layout. */
export function pulledImage(more: Partial<PulledImage> = {}): PulledImage {
  return { tally: tally(), stored: { converted: undefined, loadable: undefined }, ...more };
}

/** The outcome of a step. */
export function outcomeOf(images: readonly Result[], pulled?: Pulled): Outcome {
  return { images, pulled };
}

/** What a step reports of an outcome. */
export function judgedOf(outcome: Outcome, more: Partial<Judged> = {}): Judged {
  return { ...outcome, cacheMiss: "", problems: [], ...more };
}

/** A workflow that records what it prints, one line each: `warn app.yml:3:5-9 …`. */
export class RecordingWorkflow implements Workflow {
  readonly lines: string[] = [];
  readonly outputs = new Map<string, string>();
  readonly reports: Report[] = [];

  readonly say = (line: string): void => {
    this.lines.push(`say ${line}`);
  };

  readonly group = (title: string, lines: readonly string[]): void => {
    this.lines.push(`group ${title}`, ...lines.map((line) => `  ${line}`));
  };

  readonly warn = (message: string, location?: Location): void => {
    this.lines.push(`warn ${placeOf(location)}${message}`);
  };

  readonly error = (title: string, message: string, location?: Location): void => {
    this.lines.push(`error ${placeOf(location)}${title}: ${message}`);
  };

  readonly mask = (secret: string): void => {
    this.lines.push(`mask ${secret}`);
  };

  readonly withhold = (text: string): string => {
    return text;
  };

  readonly output = (name: string, value: string): void => {
    this.outputs.set(name, value);
  };

  readonly summary = async (report: Report): Promise<void> => {
    this.reports.push(report);
  };

  readonly endLater = (): void => undefined;

  readonly saveLater = (path: string): void => {
    this.lines.push(`save later ${path}`);
  };

  /** The lines of one kind: `warn`. */
  of(kind: string): readonly string[] {
    const prefix = `${kind} `;
    const found = this.lines.filter((line) => line.startsWith(prefix));
    return found.map((line) => line.slice(prefix.length));
  }
}

function placeOf(location: Location | undefined): string {
  if (location === undefined) return "";
  const { file, line, column, endColumn } = location;
  return `${file}:${line}:${column}-${endColumn} `;
}
