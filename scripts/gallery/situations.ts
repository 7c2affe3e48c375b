import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../test/support/directory.ts";
import { type Made, multiPlatform, variedBytes } from "../../test/support/image.ts";
import { type Fault, refuse } from "../../test/support/registry.ts";
import { REGISTRY, type Seen, type Stage, type StepInputs } from "./stage.ts";

/** One situation: what a person did, and what there is to see. */
export type Situation = {
  /** The name of its files. */
  readonly name: string;
  readonly title: string;
  /** What happens, in a sentence or two. */
  readonly about: string;
  readonly inputs: StepInputs;
  /** The seconds that stand for every measured time. */
  readonly seconds: number;
  readonly play: (stage: Stage, inputs: StepInputs) => Promise<Seen>;
};

const AMD64 = "linux/amd64";
const BOTH = "linux/amd64,linux/arm64";
const API = `${REGISTRY}/shop/api:1.4.2`;
const SERVICES = ["admin", "api", "docs", "mailer", "migrate", "scheduler", "web", "worker"];

/** An image with a layer of `megabytes` MB for each platform. */
function app(salt: string, platforms: string, megabytes: number): Made {
  const busybox = variedBytes(megabytes * 1_000_000);
  return multiPlatform(platforms.split(","), { salt, busybox });
}

/** Pushes `shop/api` with some tags. */
function pushApi({ registry }: Stage, tags: readonly string[], platforms = BOTH): Made {
  const made = app("api", platforms, 12);
  for (const tag of tags) registry.push("shop/api", tag, made);
  return made;
}

async function gate(stage: Stage, inputs: StepInputs): Promise<Seen> {
  stage.registry.faults.push(withoutDetail);
  return stage.seen(await stage.step(inputs));
}

const PULL = { images: API, platforms: AMD64, pull: "layout" };

/** A gate, in a workflow and on a laptop. */
async function gateEverywhere(stage: Stage, inputs: StepInputs): Promise<Seen> {
  const seen = await gate(stage, inputs);
  return { ...seen, terminal: await stage.terminal(inputs) };
}

/** Runs a step and what follows its job, so that the cache has the image. */
async function fill(stage: Stage, inputs: StepInputs): Promise<void> {
  const cold = await stage.step(inputs);
  await stage.afterJob(cold);
}

/** The digest of the image that {@link pushApi} pushes. */
function apiDigest(): string {
  return app("api", BOTH, 12).digest;
}

/** The registry's errors have a code and a message, and no detail, as on GitHub's registry. */
const withoutDetail: Fault = (_, response) => {
  const end = response.end.bind(response);
  response.end = ((body?: Buffer | string) => {
    return end(typeof body === "string" ? body.replace(/,"detail":.*(?=\}\])/, "") : body);
  }) as typeof response.end;
  return false;
};

/** Every blob arrives in three parts, six seconds apart. */
const slowly: Fault = ({ url = "" }, response) => {
  if (!url.includes("/blobs/")) return false;
  const write = (part: Buffer): boolean => response.write(part);
  const end = response.end.bind(response);
  response.end = ((body?: Buffer) => {
    if (body === undefined || body.length < 1_000_000) return end(body);
    const third = Math.floor(body.length / 3);
    write(body.subarray(0, third));
    setTimeout(() => write(body.subarray(third, 2 * third)), 6_000);
    setTimeout(() => end(body.subarray(2 * third)), 12_000);
    return response;
  }) as typeof response.end;
  return false;
};

/** The picture at the top of README.md: a gate over four images, of which two fail. */
export const FAILED_GATE: Situation = {
  name: "failed-gate",
  title: "A gate over four images fails",
  about:
    "One image was built for one platform only, and one tag does not exist. The step tries all four " +
    "images before it fails, says what is wrong with each, and names the nearest tag.",
  inputs: {
    images: ["api:1.4.2", "web:2.0.1", "worker:1.4.2", "migrate:1.4.22"]
      .map((image) => `${REGISTRY}/shop/${image}`)
      .join("\n"),
    platforms: BOTH,
  },
  seconds: 1,
  play: async (stage, inputs) => {
    const { registry } = stage;
    pushApi(stage, ["1.4.2"]);
    registry.push("shop/web", "2.0.1", app("web", BOTH, 31));
    registry.push("shop/worker", "1.4.2", app("worker", AMD64, 18));
    for (const tag of ["1.4.0", "1.4.1", "1.4.2"]) {
      registry.push("shop/migrate", tag, app(tag, BOTH, 2));
    }
    return gateEverywhere(stage, inputs);
  },
};

/** The ten situations. */
export const SITUATIONS: readonly Situation[] = [
  {
    name: "success",
    title: "An image is pulled for the first time",
    about: "The cache is empty, so every byte comes from the registry. It is saved after the job.",
    inputs: PULL,
    seconds: 0.4,
    play: async (stage, inputs) => {
      pushApi(stage, ["1.4.2"]);
      const step = await stage.step(inputs);
      return stage.seen(step, await stage.afterJob(step));
    },
  },
  {
    name: "many-images",
    title: "Eight images pass the gate",
    about: "Each must offer two platforms. They are checked at the same time.",
    inputs: {
      images: SERVICES.map((name) => `${REGISTRY}/shop/${name}:1.4.2,name=${name}`).join("\n"),
      platforms: BOTH,
    },
    seconds: 1,
    play: async (stage, inputs) => {
      SERVICES.forEach((name, at) => {
        stage.registry.push(`shop/${name}`, "1.4.2", app(name, BOTH, at + 2));
      });
      return gate(stage, inputs);
    },
  },
  {
    name: "platform-missing",
    title: "A platform is missing",
    about: "The image was built and pushed for one platform only, and the step requires two.",
    inputs: { images: API, platforms: BOTH },
    seconds: 1,
    play: async (stage, inputs) => {
      pushApi(stage, ["1.4.2"], AMD64);
      return gateEverywhere(stage, inputs);
    },
  },
  {
    name: "typo",
    title: "A tag is mistyped",
    about: "The repository exists, and the tag does not.",
    inputs: { images: `${REGISTRY}/shop/api:1.4.22`, platforms: AMD64 },
    seconds: 1,
    play: async (stage, inputs) => {
      pushApi(stage, ["1.3.0", "1.4.0", "1.4.1", "1.4.2", "edge", "latest"]);
      return gateEverywhere(stage, inputs);
    },
  },
  {
    name: "wrong-password",
    title: "The password is wrong",
    about: "The registry refuses the login from the input `registry-auth`.",
    inputs: {
      images: API,
      platforms: AMD64,
      "registry-auth": `- registry: ${REGISTRY}\n  username: ci\n  password: an-old-password`,
    },
    seconds: 1,
    play: async (stage, inputs) => {
      stage.registry.access = { scheme: "bearer", login: "ci:a-new-password" };
      pushApi(stage, ["1.4.2"]);
      return gate(stage, inputs);
    },
  },
  {
    name: "rate-limit",
    title: "The registry limits the rate",
    about: "It answers 429, and asks to wait longer than a step waits.",
    inputs: { images: API, platforms: AMD64 },
    seconds: 1,
    play: async (stage, inputs) => {
      stage.registry.faults.push((_, response) => {
        response.setHeader("retry-after", "3600");
        refuse(response, 429, "TOOMANYREQUESTS", "the limit of 100 pulls is reached", null);
        return true;
      });
      return gateEverywhere(stage, inputs);
    },
  },
  {
    name: "outage",
    title: "The registry is down, and the cache is warm",
    about: "The reference has a digest, so the cache is enough: the step passes, with one warning.",
    inputs: { ...PULL, images: `${API}@${apiDigest()}` },
    seconds: 0.4,
    play: async (stage, inputs) => {
      pushApi(stage, ["1.4.2"]);
      await fill(stage, inputs);
      stage.registry.faults.push((_, response) => {
        response.setHeader("retry-after", "3600");
        refuse(response, 503, "UNAVAILABLE", "down for maintenance", null);
        return true;
      });
      return gate(stage, inputs);
    },
  },
  {
    name: "slow-pull",
    title: "A slow pull, in a pull request",
    about: "A line every five seconds shows the progress. A pull request does not fill the cache.",
    inputs: { ...PULL, images: `${REGISTRY}/shop/models:7,name=models` },
    seconds: 12,
    play: async (stage, inputs) => {
      stage.registry.push("shop/models", "7", app("models", AMD64, 36));
      stage.registry.faults.push(slowly);
      const step = await stage.step(inputs, { GITHUB_EVENT_NAME: "pull_request" });
      return stage.seen(step, await stage.afterJob(step));
    },
  },
  {
    name: "poisoned-cache",
    title: "The cache has wrong bytes",
    about:
      "Another job wrote other bytes under the keys of the image. They are refused, and the image is " +
      "downloaded.",
    inputs: PULL,
    seconds: 0.4,
    play: async (stage, inputs) => {
      pushApi(stage, ["1.4.2"]);
      await fill(stage, inputs);
      for (const entry of stage.cache.entries.values()) {
        entry.bytes = Buffer.from(entry.bytes).fill("x", 0, 1_000);
      }
      return gate(stage, inputs);
    },
  },
  {
    name: "nothing-to-do",
    title: "Nothing to do",
    about: "The Compose file builds its only service, so it names no image.",
    inputs: { files: "compose.yaml", platforms: AMD64 },
    seconds: 1,
    play: async (stage, inputs) => {
      const workspace = temporaryDirectory("workspace");
      writeFileSync(join(workspace, "compose.yaml"), "services:\n  web:\n    build: web\n");
      return stage.seen(await stage.step(inputs, { GITHUB_WORKSPACE: workspace }));
    },
  },
];
