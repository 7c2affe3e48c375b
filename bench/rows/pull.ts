import { pullers, pullStep } from "../contenders.ts";
import { MB, pushEleven, pushSingle, times } from "../fixtures.ts";
import { type Blob, type Pusher, randomBlob } from "../images.ts";
import { WAN } from "../network.ts";
import { atMost, type Group, type Row } from "../row.ts";
import type { Setup } from "../setup.ts";

/** Pulls images into an empty layout, without a cache. */
export const PULL: Group = {
  names: ["pull-cold", "pull-many", "pull-wan"],
  make: async (setup) => {
    const large = await pushEleven(setup.pusher);
    const many = await pushMany(setup.pusher);
    const distant = await behindWan(setup, large);
    return [pullCold(setup, large), pullMany(setup, many), pullWan(setup, distant)];
  },
};

/** Ten images of twenty layers; ten of these layers are the same in every image. */
function pushMany(pusher: Pusher): Promise<readonly string[]> {
  const shared = tenLayers("shared");
  const pushes = times(10, (at) => {
    const own = tenLayers(`many ${at}`);
    return pushSingle(pusher, `bench/many${at}`, [...shared, ...own]);
  });
  return Promise.all(pushes);
}

function tenLayers(name: string): readonly Blob[] {
  return times(10, (at) => randomBlob(`${name} ${at}`, 2 * MB));
}

/** The same reference, with the registry's host behind a slow network. */
async function behindWan({ pusher, slowDown }: Setup, reference: string): Promise<string> {
  const [, port] = pusher.host.split(":");
  const slowPort = await slowDown(Number(port), WAN);
  const slowHost = `127.0.0.1:${slowPort}`;
  return reference.replace(pusher.host, slowHost);
}

function pullCold(setup: Setup, reference: string): Row {
  return {
    name: "pull-cold",
    title: "Pull 505 MB into a layout",
    work: "pull 505 MB in eleven layers, one of them 432 MB, into a layout",
    ours: pullStep(setup, reference),
    peers: pullers([reference]),
    target: "≤ 1.0",
    reached: atMost(1),
    note: "505 MB take one thread 0.65 s, as long as the best peer; the other 0.1 s is startup",
  };
}

function pullMany(setup: Setup, references: readonly string[]): Row {
  return {
    name: "pull-many",
    title: "Pull ten images into a layout",
    work: "pull ten images of 20 layers of 2 MB, half of them shared, into one layout",
    ours: pullStep(setup, references.join("\n")),
    peers: pullers(references),
    target: "≤ 0.9",
    reached: atMost(0.9),
    note: "As in pull-cold, the difference is startup",
  };
}

function pullWan(setup: Setup, reference: string): Row {
  return {
    name: "pull-wan",
    title: "Pull 505 MB, far away",
    work: "pull-cold with a latency of 40 ms for each response and 25 MB/s per connection",
    ours: pullStep(setup, reference),
    peers: pullers([reference]),
    target: "≤ 0.35",
    reached: atMost(0.35),
  };
}
