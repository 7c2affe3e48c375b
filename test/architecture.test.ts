import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, it } from "node:test";

const ROOT = join(import.meta.dirname, "..");

// Which room may import which. A room imports from the rooms below it, types included.
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  oci: [],
  http: ["oci"],
  registry: ["oci", "http"],
  store: ["oci", "http"],
  find: ["oci"],
  gate: ["oci"],
  pull: ["oci", "gate"],
  runner: ["oci", "find", "gate", "pull"],
  serve: ["oci", "find", "gate", "pull"],
  action: ["oci", "http", "registry", "store", "find", "gate", "pull", "runner", "serve"],
  entry: ["runner", "action"],
};

// One door a package: the files that may import it, or the rooms, for Node's own modules.
const DOORS: Readonly<Record<string, readonly string[]>> = {
  "@actions/cache": ["store/older-service-calls.ts", "store/service-calls.ts"],
  "@actions/core": ["runner/actions.ts"],
  "@actions/glob": ["find/workspace.ts"],
  "@actions/http-client": ["http/connections.ts"],
  "@azure/storage-blob": ["store/upload.ts"],
  "jsonc-parser": ["runner/json-tree.ts"],
  tar: ["store/tarball.ts"],
  tldts: ["registry/domain.ts"],
  yaml: [
    "find/yaml-flow.ts",
    "find/yaml-parser.ts",
    "find/yaml-tree.ts",
    "find/yaml-value.ts",
    "runner/registry-auth.ts",
  ],
  "node:child_process": ["action/background-program.ts", "action/program.ts"],
  "node:crypto": ["oci/digest.ts"],
  "node:dns": ["action/machine.ts", "http/reaches.ts"],
  "node:fs": ["action", "find/text-file.ts", "find/workspace.ts", "store"],
  "node:fs/promises": ["runner/build-files.ts", "store"],
  "node:http": ["action/docker-socket.ts", "http", "registry", "serve"],
  "node:https": ["http"],
  "node:net": ["http"],
  "node:os": ["action", "registry/docker-config.ts", "store/holder.ts"],
  "node:path": [
    "action",
    "find/text-file.ts",
    "find/workspace.ts",
    "registry/docker-config.ts",
    "runner/build-files.ts",
    "runner/cache-inputs.ts",
    "store",
  ],
  "node:readline": ["action/watchdog.ts"],
  "node:stream": [
    "action/background-program.ts",
    "action/docker-socket.ts",
    "action/program.ts",
    "http/body.ts",
    "store/older-service-calls.ts",
  ],
  "node:stream/consumers": ["serve.ts"],
  "node:stream/promises": ["action/docker-socket.ts", "action/program.ts", "store/hash.ts"],
  "node:timers/promises": ["action/machine.ts", "store"],
  "node:util": ["runner/command-line.ts"],
  "node:zlib": ["store/hash.ts"],
};

const FORBIDDEN = /(^|\/)(utils?|helpers|common|types|index|misc)\.ts$/;

type Module = { readonly path: string; readonly text: string; readonly imports: readonly string[] };

const modules: readonly Module[] = globSync("**/*.ts", { cwd: join(ROOT, "src") }).map((path) => {
  const text = readFileSync(join(ROOT, "src", path), "utf8");
  return { path, text, imports: importsOf(text) };
});

function importsOf(text: string): readonly string[] {
  const imported = text.matchAll(/^import [^;"]*"([^"]+)"|import\("([^"]+)"\)/gm);
  const exported = text.matchAll(/^export (?:type )?(?:\*|\{[^}]*\}) from "([^"]+)"/gm);
  return [...imported, ...exported].map(([, stated, loaded]) => packageOf(stated ?? loaded ?? ""));
}

/** The package of a specifier, also when a file of it is imported by path or below its name. */
function packageOf(specifier: string): string {
  if (specifier.startsWith("node:")) return specifier;
  const path = /^[./]+\/node_modules\/(.+)$/.exec(specifier)?.[1] ?? specifier;
  return /^(?:@[^/]+\/)?[^./][^/]*/.exec(path)?.[0] ?? specifier;
}

function roomOf(path: string): string {
  return path.includes("/") ? (path.split("/")[0] ?? "") : "entry";
}

function isDoor(path: string, specifier: string): boolean {
  const doors = DOORS[specifier] ?? [];
  return doors.includes(path) || doors.includes(roomOf(path));
}

/** The files that a file of ours imports. */
function targetsOf({ path, imports }: Module): readonly string[] {
  const local = imports.filter((specifier) => specifier.startsWith("."));
  return local.map((specifier) => normalize(join(dirname(path), specifier)));
}

/** A circle of imports that leads from a file back to it; undefined when there is none. */
function circleFrom(start: string): readonly string[] | undefined {
  const reached = new Map<string, readonly string[]>([[start, [start]]]);
  for (const [path, way] of reached) {
    const module = modules.find((one) => one.path === path);
    for (const target of module === undefined ? [] : targetsOf(module)) {
      if (target === start) return [...way, start];
      if (!reached.has(target)) reached.set(target, [...way, target]);
    }
  }
  return undefined;
}

describe("the architecture", () => {
  for (const module of modules) {
    const { path, text, imports } = module;
    it(`holds for ${path}`, () => {
      const room = roomOf(path);
      const allowed = ROOMS[room];
      assert.ok(allowed, `${path} is in no room`);
      assert.ok(!FORBIDDEN.test(path), `${path} is named after nothing in particular`);
      assert.ok(text.split("\n").length <= 251, `${path} has over 250 lines: it is two ideas`);
      for (const target of targetsOf(module)) {
        const other = roomOf(target);
        assert.ok(other === room || allowed.includes(other), `${path} may not import ${target}`);
      }
      for (const specifier of imports.filter((one) => !one.startsWith("."))) {
        assert.ok(isDoor(path, specifier), `${path} is not a door for ${specifier}`);
      }
      const suppressed = /biome-ignore|@ts-|export default/.test(text);
      assert.ok(!suppressed, `${path} suppresses a check or has a default export`);
    });
  }

  it("has no circle of imports, types included", () => {
    assert.deepEqual(
      modules.flatMap(({ path }) => circleFrom(path)?.join(" -> ") ?? []),
      [],
    );
  });

  it("has no door that nothing uses, and no permission that no room needs", () => {
    for (const [specifier, doors] of Object.entries(DOORS)) {
      const users = modules.filter(({ imports }) => imports.includes(specifier));
      for (const door of doors) {
        const isUsed = users.some(({ path }) => path === door || roomOf(path) === door);
        assert.ok(isUsed, `${door} no longer imports ${specifier}`);
      }
    }
    for (const [room, allowed] of Object.entries(ROOMS)) {
      const own = modules.filter(({ path }) => roomOf(path) === room);
      const used = new Set(own.flatMap(targetsOf).map(roomOf));
      assert.deepEqual(
        allowed.filter((other) => !used.has(other)),
        [],
        `${room} may import less`,
      );
    }
  });

  it("is drawn in docs/architecture.md with every file in its room", () => {
    const picture = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
    const rooms = Object.keys(ROOMS).filter((room) => room !== "entry");
    for (const room of rooms) {
      const drawn = new RegExp(`^  ${room}/\\n((?:    \\S.*\\n)+)`, "m").exec(picture)?.[1] ?? "";
      const files = [...drawn.matchAll(/^ {4}(\S+)/gm)].map(([, name]) => name);
      const own = modules.filter(({ path }) => roomOf(path) === room);
      const names = own.map(({ path }) => path.slice(room.length + 1, -".ts".length));
      assert.deepEqual(files.toSorted(), names.toSorted(), room);
    }
  });

  it("has a sentence of documentation on every export", () => {
    const bare = modules.flatMap(({ path, text }) =>
      [...text.matchAll(/\n([^\n]*)\n(?=(export [^\n]*))/g)]
        .filter(([, before]) => !before?.endsWith("*/"))
        .map(([, , line]) => `${path}: ${line}`),
    );
    assert.deepEqual(bare, []);
  });

  it("declares every package it imports, at an exact version, and no other", () => {
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(ROOT, "package.json"), "utf8"),
    );
    const imported = new Set(
      modules.flatMap(({ imports }) =>
        imports.filter((specifier) => !/^(\.|node:)/.test(specifier)),
      ),
    );
    assert.deepEqual(Object.keys(dependencies).toSorted(), [...imported].toSorted());
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
      assert.match(String(version), /^\d+\.\d+\.\d+$/, name);
  });

  it("locks its packages without naming where they were fetched", () => {
    assert.ok(
      !/"resolved"|https?:\/\/(?!github\.com|opencollective\.com|[\w./-]*(funding|sponsors))/.test(
        readFileSync(join(ROOT, "package-lock.json"), "utf8").replace(/"url": "[^"]*"/g, ""),
      ),
    );
  });
});
