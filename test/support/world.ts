import assert from "node:assert/strict";
import { existsSync, globSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { digestOf } from "../../src/oci/digest.ts";
import type { Status } from "../../src/oci/failure.ts";
import { OUTPUTS } from "../../src/runner/outputs.ts";
import { sanitise } from "../../src/runner/sanitiser.ts";
import { CacheService } from "./cache-service.ts";
import { type Canary, findCanaries } from "./canaries.ts";
import { temporaryDirectory } from "./directory.ts";
import { type EvilOptions, EvilServer, type RawRequest } from "./evil.ts";
import { Registry } from "./registry.ts";
import { type RunOptions, runStep, type StepResult } from "./runner.ts";

/** Every secret a step may have. Their characters differ in every encoding, so that a form is never mistaken for another. */
export const SECRETS = {
  password: "canary/Passw0rd+of?the=registry&~ü",
  githubToken: "ghs_canaryTokenOfTheJob0123456789abcdef",
  runtimeToken: "canaryRuntimeTokenOfTheCacheService",
  issued: "canary.bearer_token-that.was+issued",
} as const;

const CANARIES: readonly Canary[] = Object.entries(SECRETS).map(([name, secret]) => ({ name, secret }));

/** Everybody there is around one step: an honest registry, a hostile one, one who only listens, and a cache. */
export class World {
  readonly registry: Registry;
  readonly evil: EvilServer;
  /** Records all that is sent to it; nobody has a reason to ask it anything. */
  readonly attacker: EvilServer;
  readonly cache: CacheService;
  /** Holds the layout and, beside it, what is to stay as it is. */
  readonly directory: string;
  readonly layout: string;
  readonly #others: EvilServer[] = [];

  private constructor(registry: Registry, evil: EvilServer, attacker: EvilServer, cache: CacheService) {
    this.registry = registry;
    this.evil = evil;
    this.attacker = attacker.on(/./, (_, wire) => wire.answer(200, { "Content-Type": "application/json" }, '{"token":"taken"}'));
    this.cache = cache;
    this.directory = temporaryDirectory("world");
    this.layout = join(this.directory, "layout");
    mkdirSync(join(this.directory, "outside"));
    writeFileSync(join(this.directory, "outside", "file"), "as it was");
  }

  static async start(): Promise<World> {
    return new World(await Registry.start(), await EvilServer.start(), await EvilServer.start(), await CacheService.start());
  }

  /** One more hostile server, of any certificate. */
  async server(options?: EvilOptions): Promise<EvilServer> {
    const server = await EvilServer.start(options);
    this.#others.push(server);
    return server;
  }

  async stop(): Promise<void> {
    await Promise.all([this.registry, this.evil, this.attacker, this.cache, ...this.#others].map((server) => server.stop()));
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** The `registry-auth` entry that gives a registry the world's password. */
  login(registry: string): string {
    return `- registry: "${registry}"\n  username: me\n  password: "${SECRETS.password}"\n`;
  }

  /** Everything that was sent to servers that nobody owes anything. */
  get stolen(): readonly RawRequest[] {
    return this.attacker.seen;
  }

  /** The files of the layout that are under a final name, and whether each has the digest it is named by. */
  get finals(): ReturnType<typeof finalsOf> {
    return finalsOf(this.layout);
  }

  /** What is left of blobs on their way. */
  get ingesting(): readonly string[] {
    return ingestingOf(this.layout);
  }
}

/** The files of a layout that are under a final name, and whether each has the digest it is named by. */
export function finalsOf(layout: string): readonly { readonly path: string; readonly right: boolean }[] {
  const paths = globSync("blobs/*/*", { cwd: layout }).filter((path) => lstatSync(join(layout, path)).isFile());
  return paths.map((path) => {
    const [, algorithm, encoded] = path.split("/");
    const digest = digestOf(readFileSync(join(layout, path)), algorithm === "sha512" ? "sha512" : "sha256");
    return { path, right: digest === `${algorithm}:${encoded}` };
  });
}

/** What is left in a layout of blobs on their way. */
export function ingestingOf(layout: string): readonly string[] {
  const path = join(layout, ".registry-pull");
  return existsSync(path) && lstatSync(path).isDirectory() ? readdirSync(path) : [];
}

/** What a row sets up, and gives the step beside the world's own inputs. */
export type Arranged = {
  readonly inputs: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly run?: RunOptions;
};

/** One case of the plan: what is arranged, and what is to come of it. */
export type Row = {
  readonly id: string;
  readonly what: string;
  readonly arrange: (world: World) => Arranged | Promise<Arranged>;
  /** `ok` for a step that is to succeed; else the status of the first problem, or `input` for one that is refused before it starts. */
  readonly status: Status | "input";
  /** The words that always stand for the reason, as docs/errors.md lists them. */
  readonly reason?: string | RegExp;
  /** Whom a failure names; the hostile server's host unless it says otherwise. */
  readonly names?: (world: World) => string;
  readonly check?: (world: World, result: StepResult) => void | Promise<void>;
  /** How often time goes faster than the world's: for what waits. */
  readonly rate?: number;
  /** Milliseconds after which the step is killed, which fails the row: hanging is a failure too. */
  readonly within?: number;
};

const QUICK = join(import.meta.dirname, "quick.ts");

/** A test for every row, in a world of its own, with what holds everywhere checked beside what the row expects. */
export function rows(title: string, table: readonly Row[]): void {
  describe(title, { concurrency: 2 }, () => {
    for (const row of table) it(`${row.id}: ${row.what}`, () => runRow(row));
  });
}

/** One row in a world of its own. */
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
      // The most talkative a step can be made.
      ACTIONS_STEP_DEBUG: "true",
      RUNNER_DEBUG: "1",
      CLOCK_RATE: String(row.rate ?? 1),
      ...environment,
    };
    const result = await runStep(given, machine, { timeout: row.within ?? 30_000, ...quick, ...run });
    checkEverywhere(row, world, result, given);
    await row.check?.(world, result);
  } finally {
    await world.stop();
  }
}

/** What is expected of every row, whatever it is about. */
function checkEverywhere(row: Row, world: World, result: StepResult, inputs: Readonly<Record<string, string>>): void {
  const { commands, outputs, stdout, stderr, exitCode } = result;
  const errors = commands.filter(({ name }) => name === "error");
  const said = `${stdout}${stderr}`;
  assert.equal(exitCode, row.status === "ok" ? 0 : 1, said);
  assert.equal(errors.length, row.status === "ok" ? 0 : 1, said);
  const [error] = errors;
  if (error !== undefined) {
    const [reference = ""] = (inputs["images"] ?? "").split(",");
    const named = row.names?.(world) ?? (row.status === "input" ? "images, line 1" : world.evil.host);
    // As the sanitiser shows them.
    for (const name of row.status === "input" ? [named] : [named, reference])
      assert.ok(error.data.includes(sanitise(name)), `${error.data}\nnames ${name}`);
    if (row.status !== "input") assert.match(error.properties["title"] ?? "", new RegExp(`: ${row.status}$`), error.data);
    if (row.reason !== undefined) assert.match(error.data, typeof row.reason === "string" ? new RegExp(row.reason) : row.reason);
    assert.ok(!/\n|^ {4}at /m.test(error.data), `one line, and no stack: ${error.data}`);
  }
  assert.deepEqual([...outputs.keys()], [...OUTPUTS], "every output is set");
  for (const { name } of commands) assert.match(name, /^(add-mask|error|warning|group|endgroup)$/, "only commands of our own");
  checkSecrets(world, result);
  for (const { path, right } of world.finals) assert.ok(right, `${path} has the digest it is named by`);
  assert.deepEqual(
    readdirSync(world.directory).filter((name) => name !== "layout"),
    ["outside"],
  );
  assert.equal(readFileSync(join(world.directory, "outside", "file"), "utf8"), "as it was");
  assert.deepEqual(world.ingesting, [], "nothing is left on its way");
}

/** No secret in any form, anywhere but where it is owed. */
function checkSecrets(world: World, result: StepResult): void {
  const unmasked = `${result.stdout}${result.stderr}`
    .split("\n")
    .filter((line) => !line.startsWith("::add-mask::"))
    .join("\n");
  const files = globSync("**", { cwd: world.layout }).filter((path) => lstatSync(join(world.layout, path)).isFile());
  const places: readonly (readonly [name: string, text: string | Uint8Array])[] = [
    ["the log", unmasked],
    ...result.files,
    ...files.map((path) => [path, readFileSync(join(world.layout, path))] as const),
    ...[...world.cache.entries.values()].map(({ key, bytes }) => [`cache entry ${key}`, bytes] as const),
    ...world.stolen.map(({ raw }) => ["a request to the attacker", raw] as const),
  ];
  for (const [name, text] of places) assert.deepEqual(findCanaries(text, CANARIES), [], name);
  // What is owed to one is owed to no other.
  const toCache = world.cache.bodies.map((body) => JSON.stringify(body)).join();
  assert.deepEqual(findCanaries(toCache, CANARIES), []);
  const toRegistries = [...world.evil.seen.map(({ raw }) => raw), ...world.registry.seen.map(({ authorization }) => authorization)];
  for (const text of toRegistries)
    assert.deepEqual(
      findCanaries(
        text,
        CANARIES.filter(({ name }) => name === "runtimeToken" || name === "githubToken"),
      ),
      [],
    );
}
