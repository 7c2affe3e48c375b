import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);
import {
  firstLine,
  jobProcesses,
  serverEnvironment,
  startInBackground
} from "./chunk-FIAJRGQH.js";
import {
  ServingDirectory,
  allRegistries,
  hostsToml,
  tellClients
} from "./chunk-NUK574VP.js";
import "./chunk-UGHOGSMQ.js";
import "./chunk-FUQHFSBD.js";
import "./chunk-VWCS4YZZ.js";
import {
  digestOfImage
} from "./chunk-EA2R6EQY.js";
import "./chunk-UFHSAQ23.js";
import "./chunk-LFD2NK2P.js";
import {
  parseReference,
  repositoryName
} from "./chunk-UMCD7WYT.js";
import "./chunk-GHKMTOL7.js";
import "./chunk-V4QGKLYV.js";
import "./chunk-DGCL3OSD.js";
import {
  PullError,
  foundBy
} from "./chunk-P27XCGGL.js";
import "./chunk-VA35IVHB.js";

// src/action/serve.ts
import { closeSync } from "node:fs";

// src/serve/buildkit-config.ts
function buildkitdConfig(address, registries) {
  const own = `[registry."${address}"]
  http = true
`;
  const mirrored = allRegistries(registries).filter((registry) => registry !== address).map((registry) => `[registry."${registry}"]
  mirrors = ["${address}"]
`);
  return [own, ...mirrored].join("\n");
}

// src/serve/k3d-config.ts
function k3dConfig(address) {
  const entries = ["*", "docker.io"].map(
    (registry) => `  "${registry}":
    endpoint:
      - "http://${address}"
`
  );
  return ["mirrors:\n", ...entries].join("");
}

// src/serve/kind-config.ts
function kindConfig(directory) {
  return `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
containerdConfigPatches:
  - |-
    [plugins."io.containerd.grpc.v1.cri".registry]
      config_path = "/etc/containerd/certs.d"
nodes:
  - role: control-plane
    extraMounts:
      - hostPath: ${JSON.stringify(directory)}
        containerPath: /etc/containerd/certs.d
        readOnly: true
`;
}

// src/action/named-images.ts
function namedImages({ images, lock }) {
  const locked = [...lock].map(([written, { digest, platforms }]) => {
    const reference = parseReference(written);
    const { tag = "" } = reference;
    const parts = [...platforms.values()];
    const name = repositoryName(reference);
    return { name, tag, digest, parts, isConfirmed: false, isPrivate: true };
  });
  return [...locked, ...images.flatMap(resolvedImage)];
}
function resolvedImage(image) {
  const digest = digestOfImage(image);
  if (digest === void 0) return [];
  const { reference } = image.wanted;
  const { tag = "" } = reference;
  const isPrivate = image.root?.fetched.private ?? true;
  const name = repositoryName(reference);
  return [{ name, tag, digest, parts: [], isConfirmed: true, isPrivate }];
}
function namedRepositories({ images, lock }) {
  const references = [
    ...images.map(({ wanted }) => wanted.reference),
    ...[...lock.keys()].map(parseReference)
  ];
  return [...new Set(references.map(repositoryName))];
}

// src/action/reachable-address.ts
import { networkInterfaces } from "node:os";
var EVERYWHERE = /* @__PURE__ */ new Set(["0.0.0.0", "::"]);
function reachableAddress(host, port, interfaces = networkInterfaces) {
  if (!EVERYWHERE.has(host)) {
    const address = withPort(host, port);
    return { here: address, inContainers: address };
  }
  const bridge = bridgeAddress(interfaces()) ?? "127.0.0.1";
  return { here: withPort("127.0.0.1", port), inContainers: withPort(bridge, port) };
}
function withPort(host, port) {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
function bridgeAddress(interfaces) {
  const others = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  const all = [...interfaces["docker0"] ?? [], ...others];
  return all.find(({ family, internal }) => family === "IPv4" && !internal)?.address;
}

// src/action/serve.ts
var READY_MS = 1e4;
var HEAP_LIMITS = ["--max-semi-space-size=2", "--max-old-space-size=256"];
var NEIGHBOURS = "while it runs, every program of this machine can pull the images that this step names, with the step's credentials; see the threat model";
var ANOTHER_PLACE = "choose another address and port with serve-address";
async function startServing(named, serve, step) {
  const { machine, workflow } = step;
  try {
    const directory = ServingDirectory.make(machine.temporary);
    const ready = await start(directory, configOf(named, directory, step), step);
    const state = { directory: directory.path, holder: ready.holder };
    workflow.endLater(JSON.stringify(state));
    return await tell(ready, directory, named, serve, step);
  } catch (error) {
    const why = `the job's registry did not start: ${foundBy(error)}`;
    if (serve.only)
      throw new PullError("runner-broken", why, { cause: error, next: ANOTHER_PLACE });
    workflow.warn(`${why}; clients ask the registries themselves`);
    return void 0;
  }
}
async function start(directory, config, { machine }) {
  const log = directory.openLog();
  const background = startInBackground({
    command: process.execPath,
    args: [...HEAP_LIMITS, machine.serveScript],
    env: serverEnvironment(machine.environment),
    log
  });
  closeSync(log);
  background.input.end(JSON.stringify(config));
  try {
    const line = await firstLine(background, READY_MS, machine.clock.after);
    const ready = JSON.parse(line);
    if ("port" in ready) return ready;
    throw new Error(ready.problem);
  } catch (error) {
    background.process.kill("SIGKILL");
    throw error;
  }
}
function configOf(named, { path }, { machine }) {
  const { workspace, temporary } = machine;
  const entries = Object.entries(machine.environment);
  const environment = entries.flatMap(
    ([name, value]) => value === void 0 ? [] : [[name, value]]
  );
  return {
    environment: Object.fromEntries(environment),
    workspace,
    temporary,
    directory: path,
    images: namedImages(named),
    repositories: namedRepositories(named),
    processes: jobProcesses()
  };
}
async function tell({ port, holder }, directory, named, { host, only }, { machine, workflow, signal }) {
  const { here, inContainers } = reachableAddress(host, port);
  const repositories = namedRepositories(named);
  const registries = [...new Set(repositories.map((name) => name.split("/")[0] ?? ""))];
  workflow.say(`the job's registry runs at ${here}`);
  if (machine.environment["RUNNER_ENVIRONMENT"] !== "github-hosted") workflow.say(NEIGHBOURS);
  directory.writeCerts(hostsToml({ address: inContainers, only, holder }));
  const told = await tellClients(
    { address: here, only, registries, holder },
    { machine, voice: workflow, signal }
  );
  for (const client of told.notOnly) workflow.warn(`serve-only does not hold for ${client}`);
  return {
    address: here,
    buildkitdConfig: buildkitdConfig(inContainers, registries),
    kindConfig: kindConfig(directory.certs),
    k3dConfig: k3dConfig(inContainers),
    registriesConf: told.registriesConf,
    receiptFile: directory.receipt
  };
}
export {
  startServing
};
