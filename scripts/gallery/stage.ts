import { join } from "node:path";
import { formatBytes } from "../../src/runner/wording.ts";
import { CacheService } from "../../test/support/cache-service.ts";
import { temporaryDirectory } from "../../test/support/directory.ts";
import { Registry } from "../../test/support/registry.ts";
import { parseCommand, run, runStep, type StepResult } from "../../test/support/runner.ts";

/** The name that stands for the registry double in all texts. */
export const REGISTRY = "registry.example";

const UNITS: readonly string[] = ["B", "kB", "MB", "GB"];

/** The inputs of a step, with `registry.example` for the registry. */
export type StepInputs = Readonly<Record<string, string>>;

type Variables = Readonly<Record<string, string>>;

/** What a person sees of a step: its log, and its summary as Markdown. */
export type Seen = {
  readonly log: string;
  readonly summary: string;
  /** What the same inputs print on a laptop, after the command; undefined when it was not run. */
  readonly terminal?: string;
};

/** The registry, the cache and the runner that a situation plays on. */
export class Stage {
  readonly registry: Registry;
  readonly cache: CacheService;
  readonly #dist: string;
  /** The seconds that stand for every measured time. */
  readonly #seconds: number;

  private constructor(registry: Registry, cache: CacheService, dist: string, seconds: number) {
    this.registry = registry;
    this.cache = cache;
    this.#dist = dist;
    this.#seconds = seconds;
  }

  /** A stage whose steps run the bundle in `dist`. */
  static async open(dist: string, seconds: number): Promise<Stage> {
    return new Stage(await Registry.start(), await CacheService.start(), dist, seconds);
  }

  /** Ends registry and cache. */
  async close(): Promise<void> {
    await Promise.all([this.registry.stop(), this.cache.stop()]);
  }

  /** Runs a step. */
  async step(inputs: StepInputs, environment: Variables = {}): Promise<StepResult> {
    const here = Object.entries(inputs).map(([name, value]) => [name, this.#here(value)]);
    const variables = { ...this.cache.environment, ...environment };
    const script = join(this.#dist, "main.js");
    return runStep(Object.fromEntries(here), variables, { script });
  }

  /** Runs what follows the job of a step. Returns its log. */
  async afterJob(step: StepResult): Promise<string> {
    const files = [...step.files.keys()].map((name) => {
      return [name, join(step.directory, name.slice("GITHUB_".length).toLowerCase())];
    });
    const state = [...step.state].map(([name, value]) => [`STATE_${name}`, value]);
    const { stdout } = await run([join(this.#dist, "post.js")], {
      HOME: step.directory,
      PATH: "",
      GITHUB_ACTIONS: "true",
      RUNNER_TEMP: step.directory,
      "INPUT_JOB-STATUS": "success",
      ...this.cache.environment,
      ...Object.fromEntries(files),
      ...Object.fromEntries(state),
    });
    return stdout;
  }

  /** What the same step prints on a laptop, after the command. */
  async terminal({ images = "", ...others }: StepInputs): Promise<string> {
    const options = Object.entries(others).flatMap(([name, value]) => [`--${name}`, value]);
    const args = [...images.split("\n"), ...options];
    const home = temporaryDirectory("home");
    const here = args.map((one) => this.#here(one));
    const { stdout } = await run([join(this.#dist, "cli.js"), ...here], { HOME: home, PATH: "" });
    const command = ["$ npm start --", ...args.map(quoted)].join(" ");
    const lines = inOrder(this.#stable(stdout, home).trimEnd().split("\n"));
    return [command, ...lines, ""].join("\n");
  }

  /** The text with the registry's address for its name. */
  #here(text: string): string {
    return text.replaceAll(REGISTRY, this.registry.host);
  }

  /** What a person sees of a step, and of what follows its job. */
  seen(step: StepResult, afterJob = ""): Seen {
    const stable = (text: string): string => this.#stable(text, step.directory);
    const log = inOrder(shownLog(stable(step.stdout)));
    const after = shownLog(stable(afterJob));
    const lines = after.length === 0 ? log : [...log, "", "After the job:", ...after];
    return { log: `${lines.join("\n")}\n`, summary: stable(step.summary) };
  }

  /** The text without what differs between two runs. */
  #stable(text: string, directory: string): string {
    const named = text
      .replaceAll(this.registry.host, REGISTRY)
      .replaceAll(this.registry.host.replace(":", "%3A"), REGISTRY)
      .replaceAll(directory, "/home/runner/work/_temp");
    return named
      .split("\n")
      .map((line) => withTime(line, this.#seconds))
      .join("\n");
  }
}

/** An argument as a shell takes it. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument}'`;
}

/** A line with `seconds` for the time of a pull, and with the rate that follows. */
function withTime(line: string, seconds: number): string {
  const time = seconds.toFixed(1);
  const moved = [...line.matchAll(/(?:restored|downloaded) ([\d.]+) (\w+)/gi)];
  const bytes = moved.map(([, count, unit = ""]) => Number(count) * 1_000 ** UNITS.indexOf(unit));
  const rate = bytes.reduce((sum, one) => sum + one, 0) / seconds;
  return line
    .replace(/ in \d+\.\d s \([\d.]+ \w+\/s\)/, ` in ${time} s (${formatBytes(rate)}/s)`)
    .replace(/ in \d+\.\d s \|/g, ` in ${time} s |`);
}

/** The lines of a log as the page of a job shows them, with all groups unfolded. */
function shownLog(text: string): readonly string[] {
  let indent = "";
  const lines = text
    .trimEnd()
    .split("\n")
    .flatMap((line) => {
      const command = parseCommand(line);
      if (command === undefined) return [`${indent}${line}`];
      const { name, data } = command;
      if (name === "error") return [`Error: ${data}`];
      if (name === "warning") return [`Warning: ${data}`];
      indent = name === "group" ? "  " : "";
      return name === "group" ? [`▾ ${data.trim()}`] : [];
    });
  return lines.filter((line) => line.trim() !== "");
}

/** The same lines with those of images sorted: images are checked at the same time. */
function inOrder(lines: readonly string[]): readonly string[] {
  const blocks: string[][] = [];
  for (const line of lines) {
    const isBelow = line.startsWith("  ") || line.startsWith("▾ platforms");
    if (isBelow && blocks.length > 0) blocks.at(-1)?.push(line);
    else blocks.push([line]);
  }
  const isImage = ([first = ""]: readonly string[]): boolean => /^[✓✗] /.test(first);
  const images = blocks.filter(isImage).toSorted(([one = ""], [other = ""]) => {
    return one.slice(2) < other.slice(2) ? -1 : 1;
  });
  return blocks.flatMap((block) => (isImage(block) ? (images.shift() ?? []) : block));
}
