import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { ClientPlaces } from "../../src/action/client-places.ts";
import { clientPrograms } from "../../src/action/client-programs.ts";
import type { ClientWires } from "../../src/action/client-wires.ts";
import { type Serving, type Told, tellClients, untellClients } from "../../src/action/clients.ts";
import { OWN_STEPS } from "../../src/action/file-steps.ts";
import { SYSTEM_CLOCK } from "../../src/action/machine.ts";
import { tellDocker } from "../../src/action/tell-docker.ts";
import { undoFor } from "../../src/action/untell-clients.ts";
import { hostsToml } from "../../src/serve/hosts-toml.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { FakeDocker, type FakeEngine } from "../support/fake-docker.ts";
import { HOLDERS, nameOf } from "../support/holders.ts";
import { Killed, killed, treeOf, writeFile } from "../support/placed-files.ts";

const SERVING: Serving = {
  address: "127.0.0.1:41234",
  only: false,
  registries: ["docker.io", "registry.example"],
  holder: HOLDERS.living,
};
const MIRROR = "http://127.0.0.1:41234/";
const ANOTHER = "https://mirror.example/";
/** The clock of a process that does not wait. */
const QUICK = { ...SYSTEM_CLOCK, sleep: async () => undefined };

let root: string;
let said: string[];
let warned: string[];
let engine: FakeDocker | undefined;

beforeEach(() => {
  root = temporaryDirectory("clients");
  said = [];
  warned = [];
  engine = undefined;
  for (const name of ["etc", "home", "proc"]) mkdirSync(join(root, name));
});

afterEach(async () => {
  await engine?.stop();
  rmSync(root, { recursive: true, force: true });
});

function places(): ClientPlaces {
  return {
    systemDocker: join(root, "etc/docker"),
    userDocker: join(root, "home/.config/docker"),
    registriesConf: join(root, "home/.config/containers/registries.conf.d"),
    proc: join(root, "proc"),
    lock: join(root, "lock"),
  };
}

const voice = {
  say: (line: string): void => void said.push(line),
  warn: (line: string): void => void warned.push(line),
  group: (title: string, lines: readonly string[]): void => void said.push(title, ...lines),
};

function machine(platform: NodeJS.Platform = "linux") {
  const environment = { PATH: `${join(root, "bin")}:/usr/bin:/bin`, HOME: join(root, "home") };
  return { environment, platform, clock: SYSTEM_CLOCK };
}

function tell(serving: Partial<Serving> = {}, platform?: NodeJS.Platform): Promise<Told> {
  const { signal } = new AbortController();
  const task = { machine: machine(platform), voice, signal };
  return tellClients({ ...SERVING, ...serving }, task, places());
}

function untell(holder = SERVING.holder): Promise<void> {
  return untellClients(holder, { machine: machine(), voice }, places());
}

async function start(given?: FakeEngine): Promise<FakeDocker> {
  engine = await FakeDocker.start(root, given);
  return engine;
}

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const files = (): readonly string[] => [
  ...treeOf(join(root, "etc")),
  ...treeOf(join(root, "home")),
];
const HOSTS = "etc/docker/certs.d/_default/hosts.toml";
const DAEMON = "etc/docker/daemon.json";

describe("tellClients", () => {
  for (const only of [false, true]) {
    it(`writes the files of Docker and podman, ${only ? "and keeps" : "without keeping"} them from the upstream`, async () => {
      await start();
      const before = files();
      const told = await tell({ only });
      assert.equal(read(HOSTS), hostsToml({ ...SERVING, only }));
      const name = `registry-pull-${SERVING.holder}.conf`;
      assert.equal(told.registriesConf, join(places().registriesConf, name));
      assert.match(readFileSync(told.registriesConf, "utf8"), /prefix = "registry.example"/);
      assert.equal(told.notOnly.length, only ? 1 : 0);
      await untell();
      assert.deepEqual([files(), warned], [before, []]);
    });
  }

  it("keeps a file that is there, and says so", async () => {
    await start();
    writeFile(join(root, HOSTS), "theirs");
    const before = files();
    await tell();
    assert.match(said.join("\n"), /hosts.toml says; the file that was there is kept beside it/);
    await untell();
    assert.deepEqual(files(), before);
  });

  it("can be repeated", async () => {
    await start();
    const before = files();
    await tell();
    const once = files();
    await tell();
    assert.deepEqual(files(), once);
    await untell();
    await untell();
    assert.deepEqual(files(), before);
  });

  it("names registries with a directory of their own, which Docker asks itself", async () => {
    await start();
    mkdirSync(join(root, "etc/docker/certs.d/ghcr.io"), { recursive: true });
    const { notOnly } = await tell({ only: true });
    assert.match(said.join("\n"), /asks these registries itself: ghcr.io: /);
    assert.match(notOnly.join("\n"), /^Docker: ghcr.io, because of/);
  });

  const ELSEWHERE: Readonly<Record<string, readonly [FakeEngine, (pid: number) => void, RegExp]>> =
    {
      "on another machine": [
        { endpoint: "tcp://engine.example:2376" },
        () => undefined,
        /the engine is at tcp:\/\/engine.example:2376/,
      ],
      "that is not visible": [
        {},
        (pid) => rmSync(join(root, `proc/${pid}`), { recursive: true }),
        /no dockerd is visible that listens on/,
      ],
      "at another socket": [
        { endpoint: "unix:///run/other.sock" },
        () => undefined,
        /no dockerd is visible that listens on \/run\/other.sock/,
      ],
      "in another container": [
        {},
        (pid) => {
          rmSync(join(root, `proc/${pid}/root`));
          mkdirSync(join(root, "container/etc"), { recursive: true });
          symlinkSync(join(root, "container"), join(root, `proc/${pid}/root`));
        },
        /dockerd has other files than this job/,
      ],
    };

  for (const [where, [given, prepare, why]] of Object.entries(ELSEWHERE)) {
    it(`says which lines to write for an engine ${where}`, async () => {
      prepare((await start(given)).pid);
      const { notOnly } = await tell({ only: true });
      assert.match(said.join("\n"), why);
      assert.ok(said.includes('[host."http://127.0.0.1:41234"]'), said.join("\n"));
      assert.ok(notOnly.includes("Docker: it is not told"));
      assert.deepEqual(treeOf(join(root, "etc")), []);
    });
  }

  it("says nothing about Docker where there is none", async () => {
    const { notOnly } = await tell({ only: true });
    assert.ok(![...said, ...notOnly].join().includes("Docker"), said.join("\n"));
  });

  it("leaves podman alone on other systems, where it runs in a virtual machine", async () => {
    const { registriesConf } = await tell({}, "darwin");
    assert.equal(registriesConf, "");
    assert.deepEqual(treeOf(join(root, "home")), []);
  });

  it("goes on when a file cannot be written", async () => {
    await start();
    writeFile(join(root, "etc/docker/certs.d"), "in the way");
    writeFile(join(root, "home/.config"), "in the way");
    const { registriesConf, notOnly } = await tell({ only: true });
    assert.equal(registriesConf, "");
    assert.equal(notOnly.length, 2);
    assert.match(said.join("\n"), /Docker is not told/);
    assert.match(said.join("\n"), /podman is not told/);
  });

  for (const holder of [HOLDERS.ended, HOLDERS.reused, HOLDERS.otherBoot]) {
    it(`first undoes what a dead job left: ${holder}`, async () => {
      await start({ store: "classic" });
      const before = files();
      await tell({ holder, address: "127.0.0.1:1" });
      await tell();
      assert.ok(!files().join("\n").includes(holder), files().join("\n"));
      await untell();
      assert.deepEqual(files(), before);
    });
  }

  it("removes what killed processes left of the lock", async () => {
    mkdirSync(join(root, nameOf(HOLDERS.ended)));
    mkdirSync(join(root, nameOf(HOLDERS.living)));
    await tell();
    const left = readdirSync(root).filter((name) => name.startsWith("lock"));
    assert.equal(left.length, 1, left.join());
    assert.ok(left[0]?.includes(HOLDERS.living));
  });

  it("leaves the files of another living job, and puts its own over them", async () => {
    await start({ store: "classic" });
    const before = files();
    const holder = HOLDERS.elsewhere;
    await tell({ holder, address: "127.0.0.1:1" });
    const ofOther = files();
    await tell();
    await untell();
    assert.deepEqual(files(), ofOther);
    await untell(holder);
    assert.deepEqual(files(), before);
  });
});

describe("tellClients, with the classic image store", () => {
  const CONFIGURATIONS: Readonly<Record<string, string | undefined>> = {
    "no file": undefined,
    "an empty file": "",
    "other settings": '{"debug":true}',
    "other mirrors": `{ "registry-mirrors": ["${ANOTHER.slice(0, -1)}"] }`,
    "no mirrors": '{"registry-mirrors":[]}',
  };

  /** Those that differ in their steps. */
  const KILLED = new Set(["no file", "other settings", "other mirrors"]);

  for (const [what, text] of Object.entries(CONFIGURATIONS)) {
    const others = what === "other mirrors" ? [ANOTHER] : [];

    it(`adds a mirror of Docker Hub to ${what}, and removes it`, async () => {
      if (text !== undefined) writeFile(join(root, DAEMON), text, 0o600);
      const docker = await start({ store: "classic" });
      const before = files();
      const { notOnly } = await tell({ only: true });
      assert.deepEqual(docker.mirrors, [MIRROR, ...others]);
      assert.match(said.join("\n"), /classic image store asks .* for images of Docker Hub only/);
      assert.match(notOnly.join("\n"), /Docker: docker pull with the classic image store/);
      await untell();
      assert.deepEqual([files(), warned], [before, []]);
      assert.deepEqual(docker.mirrors, others);
    });

    if (!KILLED.has(what)) continue;
    it(`ends as before after a kill at each step, with ${what}`, async () => {
      if (text !== undefined) writeFile(join(root, DAEMON), text);
      const docker = await start({ store: "classic" });
      const before = files();
      for (let at = 1, isReached = true; isReached; at++) {
        isReached = await tellAndUndo(at);
        assert.deepEqual([files(), warned], [before, []], `killed after step ${at}`);
        assert.ok(await docker.hasMirrors(others), `mirrors after a kill after step ${at}`);
      }
    });
  }

  /** Tells and undoes in processes that are killed after their step `at`, then undoes the rest. */
  async function tellAndUndo(at: number): Promise<boolean> {
    const dying = killed(OWN_STEPS, { at, when: "after" });
    await tellDocker(SERVING, wiresWith(dying.steps)).catch(expectKilled);
    const alsoDying = killed(OWN_STEPS, { at, when: "after" });
    const ofHolder = (holder: string): boolean => holder === SERVING.holder;
    await undoFor(ofHolder, { ...wiresWith(alsoDying.steps) }).catch(expectKilled);
    warned = [];
    await undoFor(ofHolder, wiresWith(OWN_STEPS));
    return dying.reached() || alsoDying.reached();
  }

  function wiresWith(steps: typeof OWN_STEPS): ClientWires & Pick<typeof voice, "group"> {
    const { signal } = new AbortController();
    const programs = clientPrograms(machine().environment, SYSTEM_CLOCK.after, signal);
    const { group } = voice;
    const wires = { programs, places: places(), clock: SYSTEM_CLOCK, voice, signal, group };
    return { ...wires, stepsIn: async () => steps };
  }

  const REFUSED: Readonly<Record<string, readonly [FakeEngine, string, RegExp]>> = {
    "with --registry-mirror": [
      { args: ["--registry-mirror", "https://mirror.example"] },
      "{}",
      /dockerd runs with --registry-mirror/,
    ],
    "with a configuration that is not JSON": [{}, "{", /the file is not JSON/],
    "with mirrors that are no list": [{}, '{"registry-mirrors":"a"}', /expected a list/],
    "that does not reload": [
      { args: ["--config-file", "/etc/other.json"] },
      "{}",
      /dockerd did not take its new configuration: expected the mirrors/,
    ],
  };

  for (const [what, [given, text, why]] of Object.entries(REFUSED)) {
    it(`leaves the configuration of an engine ${what}`, async () => {
      const args = given.args?.map((arg) =>
        arg.replace("/etc/other.json", join(root, "other.json")),
      );
      const docker = await start({ store: "classic", ...(args === undefined ? {} : { args }) });
      writeFile(join(root, DAEMON), text);
      const task = {
        machine: { ...machine(), clock: QUICK },
        voice,
        signal: new AbortController().signal,
      };
      await tellClients(SERVING, task, places());
      assert.match(said.join("\n"), /classic image store does not ask the job's registry: /);
      assert.match(said.join("\n"), why);
      assert.equal(read(DAEMON), text);
      assert.deepEqual(docker.mirrors ?? [], []);
    });
  }

  it("warns when another program changed the configuration, and leaves it", async () => {
    await start({ store: "classic" });
    await tell();
    writeFileSync(join(root, DAEMON), '{"debug":true}');
    await untell();
    assert.equal(read(DAEMON), '{"debug":true}');
    assert.match(warned.join("\n"), /daemon.json was changed by another program during the job/);
  });
});

describe("untellClients", () => {
  it("works in several processes at once", async () => {
    const docker = await start({ store: "classic" });
    writeFile(join(root, HOSTS), "theirs");
    const before = files();
    await tell();
    await Promise.all([untell(), untell(), untell()]);
    assert.deepEqual([files(), warned], [before, []]);
    assert.deepEqual(docker.mirrors, []);
  });

  it("restores the configuration of a daemon that has stopped", async () => {
    const docker = await start({ store: "classic" });
    const before = files();
    await tell();
    rmSync(join(root, `proc/${docker.pid}`), { recursive: true });
    await untell();
    assert.deepEqual([files(), warned], [before, []]);
  });

  it("never fails, and warns of what is left", async () => {
    await start({ store: "classic" });
    await tell();
    rmSync(join(root, "bin/docker"));
    const task = { machine: { ...machine(), clock: QUICK }, voice };
    await untellClients(SERVING.holder, task, places());
    assert.match(warned.join("\n"), /daemon.json may still name a registry of a job that ended/);
  });
});

function expectKilled(error: unknown): void {
  if (!(error instanceof Killed)) throw error;
}
