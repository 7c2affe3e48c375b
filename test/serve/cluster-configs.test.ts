import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { k3dConfig } from "../../src/serve/k3d-config.ts";
import { kindConfig } from "../../src/serve/kind-config.ts";

describe("kindConfig", () => {
  it("mounts a directory, of any name, where containerd looks for registries", () => {
    const directory = '/runner/_temp/a "b": #c\\certs.d';
    const { kind, nodes, containerdConfigPatches } = parse(kindConfig(directory));
    assert.equal(kind, "Cluster");
    const [{ role, extraMounts }] = nodes;
    const containerPath = "/etc/containerd/certs.d";
    assert.equal(role, "control-plane");
    assert.deepEqual(extraMounts, [{ hostPath: directory, containerPath, readOnly: true }]);
    assert.match(containerdConfigPatches[0], /config_path = "\/etc\/containerd\/certs.d"$/m);
  });
});

describe("k3dConfig", () => {
  it("makes the job's registry a mirror of every registry", () => {
    const endpoint = ["http://172.17.0.1:41234"];
    const mirrors = { "*": { endpoint }, "docker.io": { endpoint } };
    assert.deepEqual(parse(k3dConfig("172.17.0.1:41234")), { mirrors });
  });
});
