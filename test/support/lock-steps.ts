import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { OUTPUTS } from "../../src/runner/outputs.ts";
import { temporaryDirectory } from "./directory.ts";
import type { Made } from "./image.ts";
import { Registry } from "./registry.ts";
import { type RunOptions, runStep, type StepResult } from "./runner.ts";

/** Runs the step from its source. */
const QUICK = join(import.meta.dirname, "quick.ts");

const DEFAULT_FILE = "images.lock.json";

/** An entry of a lock file as it is written. */
export type Entry = {
  readonly digest: string;
  readonly locked: string;
  readonly platforms: Readonly<Record<string, string>>;
};

export type Entries = Readonly<Record<string, Entry>>;

/** The inputs of a step. */
export type Given = Readonly<Record<string, string>>;

/** An entry that locks an image, of one platform or of several, on a day long ago. */
export function entryFor(made: Made): Entry {
  const images = made.platform === undefined ? made.manifests : [made];
  const platforms = images.flatMap((one) =>
    "platform" in one && typeof one.platform === "string" ? [[one.platform, one.digest]] : [],
  );
  return { digest: made.digest, locked: "2026-01-02", platforms: Object.fromEntries(platforms) };
}

/** The text of a lock file with these entries, as the step prints it. */
export function lockText(entries: Entries): string {
  const $schema = "https://raw.githubusercontent.com/org/registry-pull/v1/images.lock.schema.json";
  return `${JSON.stringify({ $schema, version: 1, images: entries }, undefined, 2)}\n`;
}

/** A registry, and a workspace with a lock file whose text has `HOST` for the registry. */
export class LockedWorkspace {
  readonly registry: Registry;
  readonly host: string;
  readonly directory = temporaryDirectory("locked");
  /** Where the steps put a layout: outside of the workspace. */
  readonly layout = join(temporaryDirectory("layout"), "layout");

  private constructor(registry: Registry) {
    this.registry = registry;
    this.host = registry.host;
  }

  static async start(): Promise<LockedWorkspace> {
    return new LockedWorkspace(await Registry.start());
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), this.real(text));
  }

  read(name = DEFAULT_FILE): string {
    return this.plain(readFileSync(this.path(name), "utf8"));
  }

  lock(entries: Entries, name = DEFAULT_FILE): void {
    this.write(name, lockText(entries));
  }

  entries(name = DEFAULT_FILE): Entries {
    return JSON.parse(this.read(name)).images;
  }

  /** The digests in the lock file, by reference. */
  digests(name = DEFAULT_FILE): Readonly<Record<string, string>> {
    const all = Object.entries(this.entries(name));
    return Object.fromEntries(all.map(([reference, { digest }]) => [reference, digest]));
  }

  /** All files of the workspace. */
  files(): readonly string[] {
    const all = readdirSync(this.directory, { recursive: true, withFileTypes: true });
    const files = all.filter((entry) => !entry.isDirectory());
    return files.map((file) => join(file.parentPath, file.name).slice(this.directory.length + 1));
  }

  /** Runs a step on `HOST/org/app:1` unless the inputs name other images, and checks its outputs. */
  async step(given: Given, environment: Given = {}, options: RunOptions = {}): Promise<StepResult> {
    const real = Object.entries(given).map(([name, value]) => [name, this.real(value)]);
    const inputs: Given = {
      ...("files" in given ? {} : { images: this.real("HOST/org/app:1") }),
      platforms: "linux/amd64",
      path: this.layout,
      "cache-mode": "none",
      ...Object.fromEntries(real),
    };
    const job = { GITHUB_WORKSPACE: this.directory, CLOCK_RATE: "1", ...environment };
    const result = await runStep(inputs, job, { script: QUICK, ...options });
    assert.deepEqual([...result.outputs.keys()], [...OUTPUTS], result.stdout);
    return result;
  }

  /** The requests that the registry received until now. It forgets them. */
  asked(): readonly string[] {
    return this.registry.seen.splice(0).map(({ method, path }) => `${method} ${path}`);
  }

  /** A text with `HOST` for the registry. */
  plain(text: string): string {
    return text.replaceAll(this.host, "HOST");
  }

  /** A text with the registry for `HOST`. */
  real(text: string): string {
    return text.replaceAll("HOST", this.host);
  }
}

export function output({ outputs }: StepResult, name: (typeof OUTPUTS)[number]): string {
  return outputs.get(name) ?? "";
}

/** What these tests read of an image in the output `json`. */
export type ImageJson = {
  readonly status: string;
  readonly digest: string;
  readonly source: string;
  readonly lock?: { readonly digest: string; readonly tag: string };
  readonly base?: { readonly stale: boolean };
};

/** The images of the output `json`, in the order of the inputs. */
export function imagesOf(result: StepResult): readonly ImageJson[] {
  return Object.values(JSON.parse(output(result, "json")).images);
}

/** The messages of warnings. */
export function warningsOf({ commands }: StepResult): readonly string[] {
  return commands.filter(({ name }) => name === "warning").map(({ data }) => data);
}

/** The errors, each as `file:line:column title: message`. */
export function errorsOf({ commands }: StepResult): readonly string[] {
  const errors = commands.filter(({ name }) => name === "error");
  return errors.map(({ properties, data }) => {
    const { file, line, col, title } = properties;
    const place = file === undefined ? "" : `${file}:${line}:${col} `;
    return `${place}${title}: ${data}`;
  });
}
