import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, it } from "node:test";

const ROOT = join(import.meta.dirname, "..");

// Who may import whom. Words are known by all; wires and work never see each other; only the edge joins them.
const TIERS: Readonly<Record<string, readonly string[]>> = {
  oci: ["oci"],
  registry: ["oci", "registry"],
  store: ["oci", "store"],
  pull: ["oci", "pull"],
  runner: ["oci", "registry", "store", "pull", "runner"],
  entry: ["oci", "registry", "store", "pull", "runner", "entry", "demonstration"],
};

// One door a package: what is imported from where, and nowhere else.
const DOORS: Readonly<Record<string, readonly string[]>> = {
  "@actions/core": ["runner/workflow.ts"],
  "@actions/http-client": ["registry/http.ts"],
  "tar/header": ["store/tarball.ts"],
  "tar/pax": ["store/tarball.ts"],
  tldts: ["registry/domain.ts"],
  yaml: ["runner/registry-auth.ts"],
  "@actions/cache": ["store/actions-cache.ts"],
  "@azure/storage-blob": ["store/upload.ts"],
  "node:crypto": ["oci/digest.ts"],
  "node:child_process": ["registry/program.ts"],
  "node:dns": ["connect.ts", "registry/http.ts"],
  "node:fs": ["connect.ts", "pulling.ts", "store/disk.ts", "store/hash.ts", "store/holder.ts", "store/ingest.ts"],
  "node:fs/promises": [
    "runner/handoff.ts",
    "store/directory-cache.ts",
    "store/disk.ts",
    "store/hash.ts",
    "store/ingest.ts",
    "store/layout.ts",
    "store/mutex.ts",
    "store/outgoing.ts",
  ],
  "node:http": [
    "registry/http.ts",
    "registry/api.ts",
    "registry/body.ts",
    "registry/client.ts",
    "registry/connection.ts",
    "registry/download.ts",
    "registry/errors.ts",
    "registry/reading.ts",
  ],
  "node:net": ["registry/address.ts", "registry/connection.ts", "registry/http.ts", "registry/reading.ts"],
  "node:os": ["main.ts", "cli.ts", "post.ts", "connect.ts", "registry/docker-config.ts", "store/holder.ts"],
  "node:path": [
    "connect.ts",
    "registry/docker-config.ts",
    "runner/handoff.ts",
    "pulling.ts",
    "save.ts",
    "store/directory-cache.ts",
    "store/disk.ts",
    "store/layout.ts",
    "store/mutex.ts",
  ],
  "node:stream": ["registry/body.ts", "registry/program.ts"],
  "node:stream/promises": ["registry/program.ts", "store/hash.ts"],
  "node:timers/promises": ["connect.ts", "store/hash.ts", "store/mutex.ts"],
  "node:util": ["cli.ts"],
  "node:zlib": ["store/hash.ts"],
};

const FORBIDDEN = /(^|\/)(utils?|helpers?|common|types|index|misc)\.ts$/;

type Module = { readonly path: string; readonly text: string; readonly imports: readonly string[] };

const modules: readonly Module[] = globSync("**/*.ts", { cwd: join(ROOT, "src") }).map((path) => {
  const text = readFileSync(join(ROOT, "src", path), "utf8");
  return { path, text, imports: importsOf(text) };
});

function importsOf(text: string): readonly string[] {
  const statements = text.matchAll(/^import [^;"]*"([^"]+)"|import\("([^"]+)"\)/gm);
  return [...statements].map(([, stated, loaded]) => packageOf(stated ?? loaded ?? ""));
}

/** What a package does not export is imported by its path, and is the package all the same. */
function packageOf(specifier: string): string {
  return /^[./]+\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(specifier)?.[1] ?? specifier;
}

function tierOf(path: string): string {
  if (path.startsWith("../scripts/")) return "demonstration";
  return path.includes("/") ? (path.split("/")[0] ?? "") : "entry";
}

describe("the architecture", () => {
  for (const { path, text, imports } of modules) {
    it(`holds for ${path}`, () => {
      const allowed = TIERS[tierOf(path)];
      assert.ok(allowed, `${path} is in no tier`);
      assert.ok(!FORBIDDEN.test(path), `${path} is no word of the field`);
      assert.ok(text.split("\n").length <= 251, `${path} is over 250 lines: two ideas`);
      for (const specifier of imports) {
        if (specifier.startsWith(".")) {
          const target = normalize(join(dirname(path), specifier));
          assert.ok(allowed.includes(tierOf(target)), `${path} must not import ${target}`);
        } else {
          assert.ok(DOORS[specifier]?.includes(path), `${path} is no door for ${specifier}`);
        }
      }
      assert.ok(!/biome-ignore|@ts-|export default/.test(text), `${path} suppresses a check or has a default export`);
    });
  }

  it("has no door that nobody uses", () => {
    for (const [specifier, paths] of Object.entries(DOORS)) {
      for (const path of paths)
        assert.ok(modules.find((module) => module.path === path)?.imports.includes(specifier), `${path} no longer imports ${specifier}`);
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
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const imported = new Set(
      modules.flatMap(({ imports }) =>
        imports.filter((specifier) => !/^(\.|node:)/.test(specifier)).map((specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? ""),
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
