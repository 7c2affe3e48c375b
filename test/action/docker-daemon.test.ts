import assert from "node:assert/strict";
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import {
  configFileOf,
  type DockerDaemon,
  dockerDaemons,
  listensOn,
} from "../../src/action/docker-daemon.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { writeFile } from "../support/placed-files.ts";

let root: string;
beforeEach(() => {
  root = temporaryDirectory("daemon");
});
afterEach(() => rmSync(root, { recursive: true }));

const PLACES = {
  systemDocker: "/etc/docker",
  userDocker: "/home/me/.config/docker",
  registriesConf: "",
  proc: "",
  lock: "",
};

function daemons(args: readonly string[], uid = 0): readonly DockerDaemon[] {
  writeFile(join(root, "12/cmdline"), `${args.join("\0")}\0`);
  writeFile(join(root, "12/status"), `Name:\tx\nUid:\t${uid}\t0\t0\t0\n`);
  return dockerDaemons(root);
}

describe("dockerDaemons", () => {
  const FLAGS: readonly (readonly [args: readonly string[], found: Partial<DockerDaemon>])[] = [
    [["/usr/bin/dockerd"], { pid: 12, sockets: undefined, isRootless: false }],
    [["dockerd", "-H", "fd://"], { sockets: ["/var/run/docker.sock", "/run/docker.sock"] }],
    [["dockerd", "-H=unix:///a", "--host=unix:///b"], { sockets: ["/b", "/a"] }],
    [["dockerd", "--host", "tcp://0.0.0.0:2375"], { sockets: [] }],
    [["dockerd", "--config-file", "/a.json"], { configFile: "/a.json" }],
    [["dockerd", "--config-file=/b.json"], { configFile: "/b.json" }],
    [["dockerd", "--registry-mirror=https://m"], { hasMirrorFlag: true }],
    [["dockerd"], { hasMirrorFlag: false, configFile: undefined }],
  ];

  for (const [args, expected] of FLAGS) {
    it(`reads ${args.join(" ")}`, () => {
      const [found] = daemons(args);
      assert.deepEqual({ ...found, ...expected }, found);
    });
  }

  for (const args of [["bash", "-c", "dockerd"], ["/usr/bin/dockerd-proxy"], [""]]) {
    it(`ignores ${args.join(" ")}`, () => assert.deepEqual(daemons(args), []));
  }

  it("finds none where there is no /proc", () => {
    assert.deepEqual(dockerDaemons(join(root, "missing")), []);
  });
});

describe("a dockerd", () => {
  it("is configured by its flag, or by the default file of its user", () => {
    const files = [["--config-file=/a.json"], []].flatMap((args) =>
      [0, 1001].flatMap((uid) =>
        daemons(["dockerd", ...args], uid).map((daemon) => configFileOf(daemon, PLACES)),
      ),
    );
    assert.deepEqual(files, [
      "/a.json",
      "/a.json",
      "/etc/docker/daemon.json",
      "/home/me/.config/docker/daemon.json",
    ]);
  });

  it("listens on its socket by any path, and on any socket that its command line does not name", () => {
    writeFile(join(root, "run/docker.sock"), "");
    symlinkSync("run", join(root, "link"));
    const [named] = daemons(["dockerd", "-H", `unix://${join(root, "run/docker.sock")}`]);
    const [unnamed] = daemons(["dockerd"]);
    assert.ok(named !== undefined && unnamed !== undefined);
    assert.ok(listensOn(named, join(root, "link/docker.sock")));
    assert.ok(!listensOn(named, join(root, "other.sock")));
    assert.ok(listensOn(unnamed, join(root, "other.sock")));
  });
});
