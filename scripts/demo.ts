import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SYSTEM_CLOCK, warnOnce } from "../src/connect.ts";
import { terminal } from "../src/runner/terminal.ts";
import { save } from "../src/save.ts";
import { step } from "../src/step.ts";
import { artifact, multiPlatform } from "../test/support/image.ts";
import { Registry } from "../test/support/registry.ts";

const PLATFORMS = ["linux/amd64", "linux/arm64", "linux/arm/v7"];

/**
 * The whole story with no network: a registry in this process holds an image for three platforms; the step passes on them,
 * then fails, as it should, on one that is not there, and pulls the image twice, the second time from a cache.
 * Returns 0 when all went as told.
 */
export async function demonstrate(write: (line: string) => void): Promise<number> {
  const registry = await Registry.start();
  const directory = await mkdtemp(join(tmpdir(), "registry-pull-demo-"));
  try {
    const app = registry.push("sample/app", "1.0", multiPlatform(PLATFORMS, { attestations: true }));
    const chart = registry.push("sample/chart", "1.0", artifact());
    const run = (inputs: Readonly<Record<string, string>>): Promise<number> => runHere(write, directory, inputs);
    const pull = (layout: string) => ({
      INPUT_IMAGES: `${app},name=app`,
      INPUT_PLATFORMS: "all",
      INPUT_PULL: "layout",
      INPUT_PATH: join(directory, layout),
    });
    write(`An embedded registry at ${registry.host} holds an image for ${PLATFORMS.join(", ")}, and a Helm chart.\n`);
    write("1. The gate passes: every required platform is there, and the chart is pinned without one.\n");
    const passed = await run({ INPUT_IMAGES: `${app},name=app\n${chart},name=chart,platform=any`, INPUT_PLATFORMS: PLATFORMS.join(",") });
    write("\n2. The gate fails: a required platform was never built.\n");
    const failed = await run({ INPUT_IMAGES: `${app},name=app`, INPUT_PLATFORMS: "linux/amd64,linux/riscv64" });
    write("\n3. A pull, cold: every blob comes from the registry and is verified; all of it is cached.\n");
    const cold = await run(pull("cold"));
    write("\n4. The same pull into another layout, warm: the registry is only asked whether things are still there.\n");
    registry.seen.length = 0;
    const warm = await run(pull("warm"));
    write(`\nThe warm pull asked the registry: ${registry.log.map((line) => line.replace(/sha256:(.{6})\w+/, "sha256:$1…")).join(" · ")}`);
    write(`\nExit codes: ${passed}, ${failed}, ${cold}, ${warm}. A workflow would have stopped at the second.`);
    write("Try a real one: npm start -- alpine:3.20 --platforms linux/amd64,linux/arm64");
    return passed === 0 && failed === 1 && cold === 0 && warm === 0 ? 0 : 1;
  } finally {
    await registry.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** One step with these inputs and nothing of the machine: the story is the same everywhere. */
async function runHere(write: (line: string) => void, directory: string, inputs: Readonly<Record<string, string>>): Promise<number> {
  const workflow = terminal(write);
  const environment = { DOCKER_CONFIG: directory, REGISTRY_AUTH_FILE: directory, XDG_CACHE_HOME: join(directory, "cache"), ...inputs };
  const { signal: cancelled } = new AbortController();
  const machine = { environment, platform: "linux", architecture: "x64", temporary: directory, clock: SYSTEM_CLOCK, cancelled } as const;
  const exitCode = await step(machine, workflow);
  workflow.printOutputs();
  // No post step exists here, so save now.
  const pending = workflow.pendingSaves();
  if (pending !== "") await save(pending, machine, warnOnce(workflow));
  return exitCode;
}
