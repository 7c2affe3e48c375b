import { rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifact, multiPlatform } from "../test/support/image.ts";
import { Registry } from "../test/support/registry.ts";

// The layout of the warm pull.
const WARM = "warm";
const PLATFORMS = ["linux/amd64", "linux/arm64", "linux/arm/v7"];

/**
 * Runs a step in an environment, with a directory for its files, and prints the named outputs.
 * Calls `meanwhile` while the registry of the step runs. Resolves to its exit code.
 */
type RunStep = (
  environment: NodeJS.ProcessEnv,
  directory: string,
  outputs: readonly string[],
  meanwhile: () => Promise<void>,
) => Promise<number>;

/** One step of the demonstration: what it shows, its inputs, and the exit code to expect. */
type Scene = {
  readonly heading: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** The outputs to print. */
  readonly outputs: readonly string[];
  readonly expected: number;
  /** What a client does while the registry of the step runs. */
  readonly meanwhile?: (write: (line: string) => void) => Promise<void>;
};

/**
 * Demonstrates the action without network, on a registry in this process: a gate that passes, one
 * over a file that fails, a pull that runs twice, the second time from a cache, and a registry for a
 * job, from which a client pulls. Resolves to 0 if every step ended as expected, else to 1.
 */
export async function demonstrate(
  write: (line: string) => void,
  runStep: RunStep,
): Promise<number> {
  const registry = await Registry.start();
  const directory = await mkdtemp(join(tmpdir(), "registry-pull-demo-"));
  const removeFiles = (): void => rmSync(directory, { recursive: true, force: true });
  // The process may exit early, as with `npm start | head`.
  process.once("exit", removeFiles);
  try {
    write(
      `A registry inside this process, ${registry.host}, has an image for\n` +
        `${PLATFORMS.join(", ")}, and a Helm chart.\n`,
    );
    const scenes = scenesOn(registry, directory, await freeAddress());
    const exitCodes = await play(scenes, { registry, directory, write, runStep });
    write(
      `\nThe exit codes were ${exitCodes.join(", ")}: a workflow would have stopped at step 2.`,
    );
    write("Try real images: npm start -- alpine:3.20 --platforms linux/amd64,linux/arm64");
    write("or real files:   npm start -- --files 'path/**/Dockerfile' --pins require");
    return scenes.every(({ expected }, at) => exitCodes[at] === expected) ? 0 : 1;
  } finally {
    await registry.stop();
    removeFiles();
  }
}

/**
 * Pushes an image and a chart, and writes a Compose file. Returns the scenes that use them. The job's
 * registry listens at `address`.
 */
function scenesOn(registry: Registry, directory: string, address: string): readonly Scene[] {
  const image = multiPlatform(PLATFORMS, { attestations: true });
  const reference = registry.push("sample/app", "1.0", image);
  const app = `${reference},name=app`;
  const chart = `${registry.push("sample/chart", "1.0", artifact())},name=chart,platform=any`;
  const compose = composeFile(reference, `${registry.host}/sample/app:1.1`);
  writeFileSync(join(directory, "compose.yaml"), compose);
  return [
    {
      heading: "1. The gate passes: the image has every required platform. The chart needs none.",
      inputs: { INPUT_IMAGES: `${app}\n${chart}`, INPUT_PLATFORMS: PLATFORMS.join(",") },
      outputs: ["exists"],
      expected: 0,
    },
    {
      heading: `2. The gate fails: a line of compose.yaml names a tag that does not exist.\n${compose.trimEnd()}`,
      inputs: { INPUT_FILES: "compose.yaml", INPUT_PLATFORMS: "linux/amd64" },
      outputs: ["exists"],
      expected: 1,
    },
    {
      heading: "3. A cold pull: every blob is downloaded, verified, and saved to a cache.",
      inputs: pullInto(join(directory, "cold"), app),
      outputs: ["cache-hit"],
      expected: 0,
    },
    {
      heading: "4. The same pull, warm: every blob is restored from the cache and verified.",
      inputs: pullInto(join(directory, WARM), app),
      outputs: ["cache-hit"],
      expected: 0,
    },
    {
      heading: "5. A registry for the job: a client asks it for the image, as Docker would.",
      inputs: {
        INPUT_SERVE: "true",
        "INPUT_SERVE-ADDRESS": address,
        RUNNER_ENVIRONMENT: "github-hosted",
      },
      outputs: [],
      expected: 0,
      meanwhile: (write) => pullFrom(address, registry.host, "sample/app", write),
    },
  ];
}

/** An address of loopback with a port that is free now. */
async function freeAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}

/** Pulls an image as Docker does: the registry that has it is in the parameter `ns`. */
async function pullFrom(
  address: string,
  upstream: string,
  repository: string,
  write: (line: string) => void,
): Promise<void> {
  const get = async (path: string): Promise<Response> => {
    const response = await fetch(`http://${address}/v2/${repository}/${path}?ns=${upstream}`);
    write(`  GET /v2/${repository}/${shortened(path)}?ns=${upstream} ${response.status}`);
    return response;
  };
  const index = (await (await get("manifests/1.0")).json()) as Index;
  const [first] = index.manifests;
  const manifest = (await (await get(`manifests/${first?.digest}`)).json()) as Manifest;
  for (const { digest } of [manifest.config, ...manifest.layers]) {
    await (await get(`blobs/${digest}`)).arrayBuffer();
  }
}

type Listed = { readonly digest: string };
type Index = { readonly manifests: readonly Listed[] };
type Manifest = { readonly config: Listed; readonly layers: readonly Listed[] };

function shortened(line: string): string {
  return line.replace(/(sha256:.{6})\w+/, "$1…");
}

/** A Compose file with two services. */
function composeFile(good: string, bad: string): string {
  return `services:\n  web: { image: ${good} }\n  api: { image: ${bad} }\n`;
}

function pullInto(layout: string, image: string): Scene["inputs"] {
  return {
    INPUT_IMAGES: image,
    INPUT_PLATFORMS: "linux/amd64",
    INPUT_PULL: "layout",
    INPUT_PATH: layout,
    "INPUT_JOB-SUMMARY": "never",
  };
}

/** What the scenes run on. */
type Stage = {
  readonly registry: Registry;
  readonly directory: string;
  readonly write: (line: string) => void;
  readonly runStep: RunStep;
};

/** Runs the scenes, and prints the requests of the warm pull. Resolves to their exit codes. */
async function play(
  scenes: readonly Scene[],
  { registry, directory, write, runStep }: Stage,
): Promise<readonly number[]> {
  // No configuration of this machine, so that the demonstration is the same everywhere.
  const machine = {
    DOCKER_CONFIG: directory,
    REGISTRY_AUTH_FILE: directory,
    XDG_CACHE_HOME: join(directory, "cache"),
    HOME: directory,
    // Without Docker. No other program is needed.
    PATH: directory,
  };
  const exitCodes: number[] = [];
  for (const { heading, inputs, outputs, meanwhile } of scenes) {
    write(`${exitCodes.length === 0 ? "" : "\n"}${heading}`);
    registry.seen.length = 0;
    const serving = async (): Promise<void> => meanwhile?.(write);
    exitCodes.push(await runStep({ ...machine, ...inputs }, directory, outputs, serving));
    if (inputs["INPUT_PATH"]?.endsWith(WARM)) writeRequests(registry, write);
  }
  return exitCodes;
}

function writeRequests(registry: Registry, write: (line: string) => void): void {
  const requests = registry.log.map((line) => `  ${shortened(line)}`).join("\n");
  write(`The warm pull only checked that the registry has everything:\n${requests}`);
}
