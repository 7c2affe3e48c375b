import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readCommandLine, USAGE } from "../../src/runner/command-line.ts";
import { DEFAULTS } from "../../src/runner/input-names.ts";

const read = (...args: readonly string[]) => readCommandLine(args, { HOME: "/home/me" });

describe("readCommandLine", () => {
  it("makes references the input images, one a line", () => {
    assert.deepEqual(read("alpine:3.20", "--images", "busybox", "ghcr.io/org/app"), {
      environment: { HOME: "/home/me", INPUT_IMAGES: "alpine:3.20\nghcr.io/org/app\nbusybox" },
      prunes: false,
      outputs: false,
    });
  });

  it("makes options inputs, over the environment", () => {
    const { environment } = { environment: undefined, ...read("alpine", "--wait-timeout", "5") };
    assert.equal(environment?.["INPUT_WAIT-TIMEOUT"], "5");
  });

  it("joins the values of a list, and takes the last of any other input", () => {
    const given = read("--files", "a.yml", "--files", "b/**", "--pins", "none", "--pins", "write");
    assert.deepEqual(given, {
      environment: {
        HOME: "/home/me",
        INPUT_IMAGES: "",
        INPUT_FILES: "a.yml\nb/**",
        INPUT_PINS: "write",
      },
      prunes: false,
      outputs: false,
    });
  });

  it("leaves an environment as it is that names inputs by itself", () => {
    const given = readCommandLine(["alpine"], { INPUT_PULL: "layout" });
    assert.ok("environment" in given && given.environment["INPUT_PULL"] === "layout");
  });

  for (const args of [["--help"], ["-h"], ["alpine", "--help"]]) {
    it(`asks for help: ${args.join(" ")}`, () => assert.deepEqual(read(...args), { help: true }));
  }

  it("joins sources, one a line", () => {
    const given = read("--sources", "docker.io=mirror.gcr.io", "--sources", "ghcr.io=a.example/x");
    assert.ok("environment" in given);
    const sources = given.environment["INPUT_SOURCES"];
    assert.equal(sources, "docker.io=mirror.gcr.io\nghcr.io=a.example/x");
  });

  it("prunes the lock file that it updates, without an input for it", () => {
    const given = read("alpine", "--lock", "update", "--prune");
    assert.deepEqual(given, {
      environment: { HOME: "/home/me", INPUT_IMAGES: "alpine", INPUT_LOCK: "update" },
      prunes: true,
      outputs: false,
    });
  });

  it("prints the outputs when it is asked to, without an input for it", () => {
    const given = read("alpine", "--outputs");
    const environment = { HOME: "/home/me", INPUT_IMAGES: "alpine" };
    assert.deepEqual(given, { environment, prunes: false, outputs: true });
  });

  for (const lock of [[], ["--lock", "check"], ["--lock", "update", "--lock", "frozen"]]) {
    it(`refuses to prune what it does not write: ${lock.join(" ") || "no --lock"}`, () => {
      const found = read("alpine", "--prune", ...lock);
      assert.ok("problem" in found);
      assert.match(found.problem, /^--prune: expected --lock update beside it/);
    });
  }

  for (const [args, problem] of [
    [["alpine", "--platform", "x"], /^Unknown option '--platform'\.$/],
    [["alpine", "--pull"], /--pull/],
  ] as const) {
    it(`states what it does not understand: ${args.join(" ")}`, () => {
      const found = read(...args);
      assert.ok("problem" in found);
      assert.match(found.problem, problem);
    });
  }

  it("lists every input in its usage, but the one that only a runner evaluates", () => {
    for (const name of Object.keys(DEFAULTS).filter((one) => one !== "images")) {
      assert.equal(USAGE.includes(`--${name}`), name !== "job-status", name);
    }
  });
});
