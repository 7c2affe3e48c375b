import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { entriesOf } from "../../scripts/release/changelog.ts";
import { pinsIn } from "../../scripts/release/pins.ts";
import { parseVersion } from "../../scripts/release/version.ts";
import { readInputs } from "../../src/runner/inputs.ts";

const ROOT = join(import.meta.dirname, "../..");
const RUNNER = { os: "linux", architecture: "amd64", variant: "", osVersion: "" };
const textOf = (path: string): string => readFileSync(join(ROOT, path), "utf8");

const { version }: { version: string } = JSON.parse(textOf("package.json"));
const entries = entriesOf(textOf("CHANGELOG.md"));

describe("the version in package.json", () => {
  it("is one, and the same in package-lock.json", () => {
    assert.ok(parseVersion(version), version);
    const lock = JSON.parse(textOf("package-lock.json"));
    assert.deepEqual([lock.version, lock.packages[""].version], [version, version]);
  });

  it("has the first entry of the changelog, above older ones", () => {
    assert.equal(entries[0]?.version, version);
    const versions = entries.map((entry) => parseVersion(entry.version));
    for (const [at, newer] of versions.entries()) {
      const older = versions[at + 1];
      assert.ok(newer, entries[at]?.version);
      assert.ok(older === undefined || newer.compare(older) > 0, entries[at]?.version);
    }
    for (const { version, text } of entries) assert.ok(text.length > 20, version);
  });

  it("is of the major version that SECURITY.md supports", () => {
    const [supported] = /\b\d+\.x\b/.exec(textOf("SECURITY.md")) ?? [];
    assert.equal(supported, `${version.split(".")[0]}.x`);
  });
});

describe("the documentation and the examples", () => {
  const paths = globSync(["*.md", "docs/**/*.md", "examples/**/*.{yml,yaml,md}"], { cwd: ROOT });
  const ours = paths.flatMap((path) =>
    pinsIn(textOf(path))
      .filter(({ action }) => action === "org/registry-pull")
      .map((pin) => ({ ...pin, path })),
  );

  it("pin one commit of this action: the newest release, or the one before it is out", () => {
    assert.ok(ours.length > 0);
    const pins = new Set(ours.map(({ commit, version }) => `${commit} ${version}`));
    assert.deepEqual([...pins].slice(1), []);
    const recent = entries.slice(0, 2).map(({ version }) => `v${version}`);
    for (const pin of ours) assert.ok(recent.includes(pin.version), `${pin.path}: ${pin.version}`);
  });
});

describe("action-types.yml", () => {
  const action = parse(textOf("action.yml"));
  const types = parse(textOf("action-types.yml"));
  type Typed = { readonly type: string; readonly "allowed-values"?: readonly string[] };
  const inputs = Object.entries<Typed>(types.inputs);

  it("has the inputs and outputs of action.yml", () => {
    assert.deepEqual(Object.keys(types.inputs), Object.keys(action.inputs));
    assert.deepEqual(Object.keys(types.outputs), Object.keys(action.outputs));
  });

  it("has types that exist, each with what it needs", () => {
    for (const [name, typed] of [...inputs, ...Object.entries<Typed>(types.outputs)]) {
      const keys = Object.keys(typed).toSorted();
      const needed: Readonly<Record<string, readonly string[]>> = {
        string: ["type"],
        boolean: ["type"],
        integer: ["type"],
        enum: ["allowed-values", "type"],
        list: ["list-item", "separator", "type"],
      };
      assert.deepEqual(keys, needed[typed.type], name);
    }
  });

  /** What the action says about the value of one input. */
  async function complaint(name: string, value: string): Promise<string | undefined> {
    const images = name === "images" ? {} : { INPUT_IMAGES: "alpine" };
    const environment = { ...images, [`INPUT_${name.toUpperCase()}`]: value };
    const read = await readInputs(environment, RUNNER);
    const problems = "problems" in read ? read.problems : [];
    return problems.find((problem) => problem.startsWith(`${name}: expected`));
  }

  const EXPECTED: Readonly<Record<string, RegExp>> = {
    boolean: /^[\w-]+: expected true or false/,
    integer: /^[\w-]+: expected a whole number/,
  };

  for (const [name, typed] of inputs) {
    const allowed = typed["allowed-values"];
    it(`has the type with which the action reads ${name}`, async () => {
      const refused = (await complaint(name, "certainly-not")) ?? "";
      if (allowed !== undefined) {
        const listed = /expected (.*), got/.exec(refused)?.[1]?.split(", ");
        assert.deepEqual(listed, allowed);
      } else if (EXPECTED[typed.type] !== undefined) {
        assert.match(refused, EXPECTED[typed.type] ?? /^$/);
      } else {
        const isAnother = /expected (true or false|a whole number|\w+(-\w+)*(, \w+(-\w+)*)+, got)/;
        assert.doesNotMatch(refused, isAnother);
      }
    });
  }
});

describe("AGENTS.md", () => {
  it("has under 20 lines", () => {
    assert.ok(textOf("AGENTS.md").trimEnd().split("\n").length < 20);
  });
});
