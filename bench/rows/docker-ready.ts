import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatPlatform, runnerPlatform } from "../../src/oci/platform.ts";
import { postStep, runOnce, step } from "../contenders.ts";
import { type Engine, engineObstacle, startEngine } from "../engine.ts";
import { MB, times } from "../fixtures.ts";
import { type Pusher, programBlob, tarBlob } from "../images.ts";
import { WAN } from "../network.ts";
import type { Contender, Group, Row } from "../row.ts";
import type { Setup } from "../setup.ts";

const REPOSITORY = "bench/ready";
const WORK = "from nothing until a container of a 500 MB image has run, by digest";

/** The image by its digest, at the far registry and on loopback. */
type Image = { readonly far: string; readonly near: string };

/** Runs a container of an image in an engine without images. */
export const DOCKER_READY: Group = {
  names: ["docker-ready", "docker-ready-cold", "docker-ready-serve"],
  obstacle: engineObstacle,
  make: async (setup) => {
    const engine = await startEngine(setup);
    const image = await pushProgram(setup);
    const peers = engineContenders(engine, image);
    const restoreEntries = await fillCache(setup, image.far);
    const cached = async (): Promise<void> => {
      await engine.empty();
      restoreEntries();
    };
    return [
      warm(
        { ...loading(setup, engine, image.far, setup.cache.environment), before: cached },
        peers,
      ),
      cold({ ...loading(setup, engine, image.far), before: engine.empty }, peers),
      served(serving(setup, engine, image.far, cached), peers),
    ];
  },
};

/** Pushes five layers of 100 MB and one with a program. */
async function pushProgram({ pusher, slowDown }: Setup): Promise<Image> {
  const path = execFileSync("which", ["busybox"], { encoding: "utf8" }).trim();
  const program = programBlob("busybox", readFileSync(path));
  const layers = [program, ...times(5, (at) => tarBlob(`ready ${at}`, 100 * MB))];
  const platform = formatPlatform(runnerPlatform(process.platform, process.arch));
  const { digest } = await pusher.image(REPOSITORY, layers, platform, "1");
  const port = await slowDown(portOf(pusher), WAN);
  const name = `${REPOSITORY}@${digest}`;
  return { far: `127.0.0.1:${port}/${name}`, near: `${pusher.host}/${name}` };
}

function portOf({ host }: Pusher): number {
  return Number(host.split(":").at(-1));
}

/** Saves the image to the cache. Returns a function that restores what the cache then has. */
async function fillCache(setup: Setup, image: string): Promise<() => void> {
  const { cache, directory } = setup;
  cache.signedHost = "";
  const temp = join(directory, "ready");
  mkdirSync(temp);
  const state = join(directory, "ready-state");
  writeFileSync(state, "");
  const environment = { ...cache.environment, GITHUB_STATE: state };
  const pull = step(
    setup,
    { images: image, pull: "layout", path: join(temp, "layout") },
    environment,
  );
  await runOnce(pull, temp);
  await runOnce(postStep(pull, state, temp), temp);
  rmSync(temp, { recursive: true });
  const entries = [...cache.entries];
  return () => {
    cache.signedHost = "";
    cache.entries.clear();
    for (const [id, entry] of entries) cache.entries.set(id, entry);
  };
}

type Peers = { readonly far: Contender; readonly near: Contender };

function engineContenders({ environment, empty }: Engine, { far, near }: Image): Peers {
  const make = (name: string, image: string): Contender => ({
    name,
    environment,
    command: () => ["docker", ...runArguments(image)],
    before: empty,
  });
  return { far: make("docker pull, far", far), near: make("docker pull, loopback", near) };
}

/** `docker run` pulls an image that is not there. */
function runArguments(image: string): readonly string[] {
  return ["run", "--rm", "--network", "none", "--entrypoint", "/busybox", image, "true"];
}

/** The step that loads the image, and then a container of it. */
function loading(
  setup: Setup,
  engine: Engine,
  image: string,
  environment: Readonly<Record<string, string>> = {},
): Contender {
  const variables = { ...engine.environment, ...environment };
  const load = step(setup, { images: image, pull: "docker" }, variables);
  return thenRun(load, image);
}

function thenRun(first: Contender, image: string): Contender {
  const script = `"$@"; docker ${runArguments(image).join(" ")}`;
  return { ...first, command: (fresh) => ["sh", "-ec", script, "sh", ...first.command(fresh)] };
}

/** The step that serves the job's registry, and then a container whose image the engine pulls. */
function serving(
  setup: Setup,
  engine: Engine,
  image: string,
  before: () => Promise<void>,
): Contender {
  const state = join(setup.directory, "serve-state");
  const environment = {
    ...engine.environment,
    ...setup.cache.environment,
    GITHUB_STATE: state,
  };
  const serve = step(setup, { serve: "true" }, environment);
  const inside = (contender: Contender): Contender => ({
    ...contender,
    command: (fresh) => [...engine.inside, ...contender.command(fresh)],
  });
  return {
    ...inside(thenRun(serve, image)),
    before: async () => {
      await before();
      writeFileSync(state, "");
    },
    after: async (fresh) => {
      await runOnce(inside(postStep(serve, state, fresh)), fresh);
      await engine.quiet();
    },
  };
}

function warm(ours: Contender, { far, near }: Peers): Row {
  return {
    name: "docker-ready",
    title: "Run a container of 500 MB",
    work: `${WORK}; ours loads it from the cache service`,
    ours,
    peers: [far],
    apart: [near],
    target: "≤ 0.6 of far, ≤ 1.25 of loopback",
    reached: (_, ofFar, ofNear = Number.NaN) => ofFar <= 0.6 && ofNear <= 1.25,
    note: [
      "Far is 40 ms and 25 MB/s per connection.",
      "Both CPUs are the limit: ours restores, verifies and serves while the engine unpacks.",
      "CPU and memory exclude the engine's",
    ].join(" "),
  };
}

function cold(ours: Contender, { far }: Peers): Row {
  return {
    name: "docker-ready-cold",
    title: "The same, without a cache",
    work: "the same, without a cache",
    ours,
    peers: [far],
    target: "",
    note: "Ours has several connections; unpacking is the limit. CPU and memory exclude the engine's",
  };
}

function served(ours: Contender, { far, near }: Peers): Row {
  return {
    name: "docker-ready-serve",
    title: "The same, job's registry",
    work: "the same, pulled from the job's registry, which restores it from the cache service",
    ours,
    peers: [far],
    apart: [near],
    target: "",
    note: "Docker gets a layer when all of it is verified. CPU and memory exclude the registry's",
  };
}
