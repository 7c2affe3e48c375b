import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readCommandLine, USAGE } from "../../src/runner/command-line.ts";
import { DEFAULTS } from "../../src/runner/inputs.ts";

const read = (...args: readonly string[]) => readCommandLine(args, { HOME: "/home/me" });

describe("readCommandLine", () => {
  it("makes references the input images, one a line", () => {
    assert.deepEqual(read("alpine:3.20", "--images", "busybox", "ghcr.io/org/app"), {
      environment: { HOME: "/home/me", INPUT_IMAGES: "alpine:3.20\nghcr.io/org/app\nbusybox" },
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
    });
  });

  it("leaves an environment as it is that names inputs by itself", () => {
    const given = readCommandLine(["alpine"], { INPUT_PULL: "layout" });
    assert.ok("environment" in given && given.environment["INPUT_PULL"] === "layout");
  });

  for (const args of [["--help"], ["-h"], ["alpine", "--help"]]) {
    it(`asks for help: ${args.join(" ")}`, () => assert.deepEqual(read(...args), { help: true }));
  }

  for (const [args, problem] of [
    [["alpine", "--platform", "x"], /--platform/],
    [["alpine", "--pull"], /--pull/],
  ] as const) {
    it(`states what it does not understand: ${args.join(" ")}`, () => {
      const found = read(...args);
      assert.ok("problem" in found);
      assert.match(found.problem, problem);
    });
  }

  it("lists every input in its usage", () => {
    for (const name of Object.keys(DEFAULTS).filter((one) => one !== "images")) {
      assert.ok(USAGE.includes(`--${name}`), name);
    }
  });
});
