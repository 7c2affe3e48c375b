import { tmpdir } from "node:os";
import { terminal } from "../src/runner/terminal.ts";
import { step } from "../src/step.ts";
import { artifact, multiPlatform } from "../test/support/image.ts";
import { Registry } from "../test/support/registry.ts";

const PLATFORMS = ["linux/amd64", "linux/arm64", "linux/arm/v7"];

/**
 * The whole story with no network: a registry in this process holds an image for three platforms; the step passes on them
 * and then fails, as it should, on one that is not there. Returns 0 when both went as told.
 */
export async function demonstrate(write: (line: string) => void): Promise<number> {
  const registry = await Registry.start();
  try {
    const app = registry.push("sample/app", "1.0", multiPlatform(PLATFORMS, { attestations: true }));
    const chart = registry.push("sample/chart", "1.0", artifact());
    write(`An embedded registry at ${registry.host} holds an image for ${PLATFORMS.join(", ")}, and a Helm chart.\n`);
    write("1. The gate passes: every required platform is there, and the chart is pinned without one.\n");
    const passed = await run(write, `${app},name=app\n${chart},name=chart,platform=any`, PLATFORMS.join(","));
    write("\n2. The gate fails: somebody needs a platform that nobody built.\n");
    const failed = await run(write, `${app},name=app`, "linux/amd64,linux/riscv64");
    write(`\nExit codes: ${passed}, then ${failed}. A workflow would have stopped at the second.`);
    write("Try a real one: npm start -- alpine:3.20 --platforms linux/amd64,linux/arm64");
    return passed === 0 && failed === 1 ? 0 : 1;
  } finally {
    await registry.stop();
  }
}

async function run(write: (line: string) => void, images: string, platforms: string): Promise<number> {
  const workflow = terminal(write);
  // Only these inputs and nothing of the machine: the story is the same everywhere.
  const environment = { INPUT_IMAGES: images, INPUT_PLATFORMS: platforms, DOCKER_CONFIG: tmpdir(), REGISTRY_AUTH_FILE: tmpdir() };
  const exitCode = await step({ environment, platform: "linux", architecture: "x64", temporary: tmpdir() }, workflow);
  workflow.printOutputs();
  return exitCode;
}
