import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { shellScript, step } from "../contenders.ts";
import { pushFleet, pushSixPlatforms, SIX } from "../fixtures.ts";
import { atMost, type Contender, type Group, type Row } from "../row.ts";
import type { Setup } from "../setup.ts";

/** Resolves and verifies images, without a pull. */
export const RESOLVE: Group = {
  names: ["resolve-1", "resolve-50"],
  make: async (setup) => {
    const one = await pushSixPlatforms(setup.pusher, "bench/six");
    const fifty = await pushFleet(setup.pusher, 50);
    return [resolveOne(setup, one), resolveFifty(setup, fifty)];
  },
};

function resolveOne(setup: Setup, reference: string): Row {
  return {
    name: "resolve-1",
    work: "verify every manifest and config of one index of six platforms",
    ours: step(setup, { images: reference, platforms: "all" }),
    peers: [
      {
        program: "crane",
        name: "crane validate",
        command: () => ["crane", "validate", "--fast", "--remote", reference],
      },
      shellScript("skopeo", "skopeo inspect", () => skopeoInspect(reference)),
      shellScript("oras", "oras", () => orasFetch(reference)),
      imagetools(reference),
    ],
    target: "≤ 120 ms",
    reached: ({ wall }) => wall <= 0.12,
    note: "Ours requests each document once: 1 index, 6 manifests, 6 configs",
  };
}

function skopeoInspect(reference: string): string {
  const commands = SIX.map((platform) => {
    const [os, architecture, variant] = platform.split("/");
    const override = variant === undefined ? "" : ` --override-variant ${variant}`;
    const flags = `--override-os ${os} --override-arch ${architecture}${override}`;
    const target = `docker://${reference} >/dev/null`;
    return `skopeo ${flags} inspect --config --tls-verify=false ${target}`;
  });
  return commands.join("\n");
}

function orasFetch(reference: string): string {
  const config = `oras manifest fetch-config --plain-http --platform $p ${reference} >/dev/null`;
  return [
    `oras manifest fetch --plain-http ${reference} >/dev/null`,
    `for p in ${SIX.join(" ")}; do ${config}; done`,
  ].join("\n");
}

function imagetools(reference: string): Contender {
  const inspect = ["docker", "buildx", "imagetools", "inspect"];
  return {
    program: "docker",
    name: "imagetools",
    command: () => [...inspect, reference, "--format", "{{json .Image}}"],
  };
}

function resolveFifty(setup: Setup, references: readonly string[]): Row {
  const list = join(setup.directory, "fifty");
  const images = references.join("\n");
  writeFileSync(list, `${images}\n`);
  const inspect = "docker buildx imagetools inspect % --format '{{json .Image}}'";
  return {
    name: "resolve-50",
    work: "the same for fifty images, in one step; the peers run eight processes at a time",
    ours: step(setup, { images, platforms: "all" }),
    peers: [
      shellScript(
        "crane",
        "crane validate ×8",
        () => `xargs -P8 -n1 crane validate --fast --remote <${list}`,
      ),
      shellScript("docker", "imagetools ×8", () => `xargs -P8 -I% ${inspect} <${list} >/dev/null`),
    ],
    target: "≤ 0.65",
    reached: atMost(0.65),
    note: "The registry is the limit: any client's 650 requests take about 1 s of both CPUs",
  };
}
