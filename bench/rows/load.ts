import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { runOnce, step } from "../contenders.ts";
import { engineObstacle, startEngine } from "../engine.ts";
import { MB, pushSingle, times } from "../fixtures.ts";
import { type Pusher, tarBlob } from "../images.ts";
import { isInstalled } from "../programs.ts";
import { atMost, type Contender, type Group } from "../row.ts";

/** Loads an image from the layout into Docker. */
export const LOAD: Group = {
  names: ["load"],
  obstacle: () => {
    return engineObstacle() ?? (isInstalled("skopeo") ? undefined : "skopeo is not installed");
  },
  make: async (setup) => {
    const { directory, pusher } = setup;
    const { environment, empty } = await startEngine(setup);
    const image = await pushTars(pusher);
    const path = join(directory, "load");
    const pull = step(setup, { images: image, path, pull: "layout" });
    await runOnce(pull, directory);
    const tar = join(directory, "load.tar");
    // The tar that `docker save` would have written, made from the layout.
    execFileSync("skopeo", ["copy", `oci:${path}`, `docker-archive:${tar}:${image}`]);
    const load = step(setup, { images: image, path, pull: "docker" }, environment);
    return [
      {
        name: "load",
        title: "Load 500 MB into Docker",
        work: "load 500 MB from the layout into an empty Docker; the peers load a tar from disk",
        ours: { ...load, before: empty },
        peers: [{ ...dockerLoad(tar), environment, before: empty }, podmanLoad(tar)],
        target: "≤ 1.05",
        reached: atMost(1.05),
        note: "The engine pulls from the step, which hashes the layout. CPU and memory exclude its own",
      },
    ];
  },
};

function pushTars(pusher: Pusher): Promise<string> {
  const layers = times(5, (at) => tarBlob(`load ${at}`, 100 * MB));
  return pushSingle(pusher, "bench/load", layers);
}

function dockerLoad(tar: string): Contender {
  return {
    program: "docker",
    name: "docker load",
    command: () => ["docker", "load", "-i", tar],
  };
}

/** Podman's storage is in the fresh directory, so every run starts with none. */
function podmanLoad(tar: string): Contender {
  const storage = (fresh: string): readonly string[] => [
    ...["--root", join(fresh, "root")],
    ...["--runroot", join(fresh, "run")],
  ];
  return {
    program: "podman",
    name: "podman load",
    command: (fresh) => ["podman", ...storage(fresh), "load", "-i", tar],
  };
}
