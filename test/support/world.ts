import assert from "node:assert/strict";
import {
  globSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Status } from "../../src/oci/reason.ts";
import { OUTPUTS } from "../../src/runner/outputs.ts";
import { sanitise } from "../../src/runner/sanitiser.ts";
import { CacheService } from "./cache-service.ts";
import { type Canary, findCanaries } from "./canaries.ts";
import { temporaryDirectory } from "./directory.ts";
import { type EvilOptions, EvilServer, type RawRequest } from "./evil.ts";
import { type FinalFile, finalsOf, ingestingOf } from "./layout-files.ts";
import { Registry } from "./registry.ts";
import { type RunOptions, runStep, type StepResult } from "./runner.ts";

/** The secrets of a step. Each looks different in every encoding, so no form passes for another. */
export const SECRETS = {
  password: "canary/Passw0rd+of?the=registry&~ü",
  githubToken: "ghs_canaryTokenOfTheJob0123456789abcdef",
  runtimeToken: "canaryRuntimeTokenOfTheCacheService",
  issued: "canary.bearer_token-that.was+issued",
} as const;

const CANARIES: readonly Canary[] = Object.entries(SECRETS).map(([name, secret]) => ({
  name,
  secret,
}));

/** All servers around one step: an honest registry, a hostile one, an attacker's, and a cache. */
export class World {
  readonly registry: Registry;
  readonly evil: EvilServer;
  /** Records every request. A step has no reason to send any. */
  readonly attacker: EvilServer;
  readonly cache: CacheService;
  /** Contains the layout and the directory `outside`, which no step may change. */
  readonly directory: string;
  readonly layout: string;
  readonly #others: EvilServer[] = [];

  private constructor(
    registry: Registry,
    evil: EvilServer,
    attacker: EvilServer,
    cache: CacheService,
  ) {
    this.registry = registry;
    this.evil = evil;
    this.attacker = attacker.on(/./, (_, wire) =>
      wire.answer(200, { "Content-Type": "application/json" }, '{"token":"taken"}'),
    );
    this.cache = cache;
    this.directory = temporaryDirectory("world");
    this.layout = join(this.directory, "layout");
    mkdirSync(join(this.directory, "outside"));
    writeFileSync(join(this.directory, "outside", "file"), "as it was");
  }

  static async start(): Promise<World> {
    return new World(
      await Registry.start(),
      await EvilServer.start(),
      await EvilServer.start(),
      await CacheService.start(),
    );
  }

  /** Starts another hostile server, with any certificate. */
  async server(options?: EvilOptions): Promise<EvilServer> {
    const server = await EvilServer.start(options);
    this.#others.push(server);
    return server;
  }

  async stop(): Promise<void> {
    await Promise.all(
      [this.registry, this.evil, this.attacker, this.cache, ...this.#others].map((server) =>
        server.stop(),
      ),
    );
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** The `registry-auth` entry that logs in to a registry with the world's password. */
  login(registry: string): string {
    return `- registry: "${registry}"\n  username: me\n  password: "${SECRETS.password}"\n`;
  }

  /** The requests to the attacker. */
  get stolen(): readonly RawRequest[] {
    return this.attacker.seen;
  }

  /** The blobs of the layout. */
  get finals(): readonly FinalFile[] {
    return finalsOf(this.layout);
  }

  /** The temporary files of the layout. */
  get ingesting(): readonly string[] {
    return ingestingOf(this.layout);
  }
}

/** What a row sets up for its step, in addition to the world's own inputs. */
export type Arranged = {
  readonly inputs: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly run?: RunOptions;
};

/** One case: what it sets up, and the expected result. */
export type Row = {
  /** The case's name in docs/threat-model.md: `O4`. */
  readonly id: string;
  readonly what: string;
  readonly arrange: (world: World) => Arranged | Promise<Arranged>;
  /** `ok` for success, the status of the first problem, or `input` for an invalid input. */
  readonly status: Status | "input";
  /** A part of the error's message. */
  readonly reason?: string | RegExp;
  /** What the error's message names; by default the host of the hostile server. */
  readonly names?: (world: World) => string;
  readonly check?: (world: World, result: StepResult) => void | Promise<void>;
  /** How many times as fast as usual the step's clock goes, for steps that wait. */
  readonly rate?: number;
  /** Milliseconds after which the step is killed, which fails the row. */
  readonly within?: number;
};

const QUICK = join(import.meta.dirname, "quick.ts");

/** Makes a test of every row. Each has a world of its own, and is checked for what always holds. */
export function rows(title: string, table: readonly Row[]): void {
  describe(title, { concurrency: 2 }, () => {
    for (const row of table) it(`${row.id}: ${row.what}`, () => runRow(row));
  });
}

/** Runs one row in a world of its own. */
export async function runRow(row: Row): Promise<void> {
  const world = await World.start();
  try {
    const { inputs, environment, run } = await row.arrange(world);
    const quick = row.rate === undefined ? {} : { script: QUICK };
    const given = {
      "github-token": SECRETS.githubToken,
      platforms: "linux/amd64",
      ...inputs,
    };
    const machine = {
      GITHUB_TOKEN: SECRETS.githubToken,
      ACTIONS_RUNTIME_TOKEN: SECRETS.runtimeToken,
      // Makes the step print as much as it can.
      ACTIONS_STEP_DEBUG: "true",
      RUNNER_DEBUG: "1",
      CLOCK_RATE: String(row.rate ?? 1),
      ...environment,
    };
    const result = await runStep(given, machine, {
      timeout: row.within ?? 30_000,
      ...quick,
      ...run,
    });
    checkEverywhere(row, world, result, given);
    await row.check?.(world, result);
  } finally {
    await world.stop();
  }
}

/** Checks what every row must fulfil. */
function checkEverywhere(
  row: Row,
  world: World,
  result: StepResult,
  inputs: Readonly<Record<string, string>>,
): void {
  const { commands, outputs, stdout, stderr, exitCode } = result;
  const errors = commands.filter(({ name }) => name === "error");
  const printed = `${stdout}${stderr}`;
  assert.equal(exitCode, row.status === "ok" ? 0 : 1, printed);
  assert.equal(errors.length, row.status === "ok" ? 0 : 1, printed);
  const [error] = errors;
  if (error !== undefined) {
    const [reference = ""] = (inputs["images"] ?? "").split(",");
    const named =
      row.names?.(world) ?? (row.status === "input" ? "images, line 1" : world.evil.host);
    for (const name of row.status === "input" ? [named] : [named, reference]) {
      assert.ok(error.data.includes(sanitise(name)), `${error.data}\nnames ${name}`);
    }
    if (row.status !== "input") {
      assert.match(error.properties["title"] ?? "", new RegExp(`: ${row.status}$`), error.data);
    }
    if (row.reason !== undefined) assert.match(error.data, new RegExp(row.reason));
    assert.ok(!/\n|^ {4}at /m.test(error.data), `one line, and no stack: ${error.data}`);
  }
  assert.deepEqual([...outputs.keys()], [...OUTPUTS], "every output is set");
  for (const { name } of commands) {
    assert.match(name, /^(add-mask|error|warning|group|endgroup)$/, "only the action's commands");
  }
  checkSecrets(world, result);
  for (const { path, right } of world.finals)
    assert.ok(right, `${path} has the digest in its name`);
  assert.deepEqual(
    readdirSync(world.directory).filter((name) => name !== "layout"),
    ["outside"],
  );
  assert.equal(readFileSync(join(world.directory, "outside", "file"), "utf8"), "as it was");
  assert.deepEqual(world.ingesting, [], "no temporary file is left");
}

/** Checks that no secret is anywhere, in any form, but at its owner. */
function checkSecrets(world: World, result: StepResult): void {
  const unmasked = `${result.stdout}${result.stderr}`
    .split("\n")
    .filter((line) => !line.startsWith("::add-mask::"))
    .join("\n");
  const files = globSync("**", { cwd: world.layout }).filter((path) =>
    lstatSync(join(world.layout, path)).isFile(),
  );
  const places: readonly (readonly [name: string, text: string | Uint8Array])[] = [
    ["the log", unmasked],
    ...result.files,
    ...files.map((path) => [path, readFileSync(join(world.layout, path))] as const),
    ...[...world.cache.entries.values()].map(
      ({ key, bytes }) => [`cache entry ${key}`, bytes] as const,
    ),
    ...world.stolen.map(({ raw }) => ["a request to the attacker", raw] as const),
  ];
  for (const [name, text] of places) assert.deepEqual(findCanaries(text, CANARIES), [], name);
  // The cache service gets no other secret than its own, and registries none of the job's tokens.
  const toCache = world.cache.bodies.map((body) => JSON.stringify(body)).join();
  assert.deepEqual(findCanaries(toCache, CANARIES), []);
  const toRegistries = [
    ...world.evil.seen.map(({ raw }) => raw),
    ...world.registry.seen.map(({ authorization }) => authorization),
  ];
  const ofJob = CANARIES.filter(({ name }) => name === "runtimeToken" || name === "githubToken");
  for (const text of toRegistries) assert.deepEqual(findCanaries(text, ofJob), []);
}
