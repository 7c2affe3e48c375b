import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SYSTEM_CLOCK } from "../../src/action/machine.ts";
import { environmentFor, type Program, runProgram } from "../../src/action/program.ts";
import { PullError } from "../../src/oci/failure.ts";

const { signal } = new AbortController();
const bounds = { after: SYSTEM_CLOCK.after, signal };

/** A shell script as a program, and what it printed so far. */
function shell(
  script: string,
  given: Partial<Program> = {},
): { program: Program; printed: () => string } {
  let printed = "";
  const read = (text: string): void => {
    printed += text;
  };
  const env = { PATH: process.env["PATH"] };
  const program = { command: "sh", args: ["-c", script], env, input: [], read, errors: false };
  return { program: { ...program, ...given }, printed: () => printed };
}

describe("runProgram", () => {
  it("returns the exit code, and passes on what the program prints", async () => {
    const { program, printed } = shell("echo out; echo err >&2; exit 3");
    assert.deepEqual(await runProgram(program, bounds), { code: 3, killedBy: null });
    assert.equal(printed(), "out\n");
  });

  it("reads standard error when it is asked to", async () => {
    const { program, printed } = shell("echo err >&2", { errors: true });
    await runProgram(program, bounds);
    assert.equal(printed(), "err\n");
  });

  it("returns the signal that ended the program", async () => {
    const { program } = shell("kill -TERM $$");
    assert.deepEqual(await runProgram(program, bounds), { code: null, killedBy: "SIGTERM" });
  });

  it("writes the input, and is content with a program that does not read all of it", async () => {
    const { program, printed } = shell("head -n 1", { input: ["first\n", "x".repeat(1e6)] });
    assert.equal((await runProgram(program, bounds)).code, 0);
    assert.equal(printed(), "first\n");
  });

  it("fails as its input does, and ends the program", async () => {
    async function* input(): AsyncGenerator<Buffer> {
      yield Buffer.from("x");
      throw new PullError("layout-changed", "a blob has changed");
    }
    const { program } = shell("cat >/dev/null; sleep 60", { input: input() });
    await assert.rejects(runProgram(program, bounds), { reason: "layout-changed" });
  });

  it("fails with the system's error when there is no such program", async () => {
    const { program } = shell("", { command: "no-such-program" });
    await assert.rejects(runProgram(program, bounds), { code: "ENOENT" });
  });

  it("fails with the signal's reason as soon as that aborts", async () => {
    const stop = new AbortController();
    const { program } = shell("echo started; exec sleep 60", {
      read: () => stop.abort(new PullError("cancelled", "cancelled")),
    });
    await assert.rejects(runProgram(program, { ...bounds, signal: stop.signal }), {
      reason: "cancelled",
    });
  });

  it("does not wait for a child of the program that keeps the pipe open", async () => {
    const { program, printed } = shell("sleep 5 & echo out");
    const soon: typeof SYSTEM_CLOCK.after = (_, run) => SYSTEM_CLOCK.after(100, run);
    assert.equal((await runProgram(program, { signal, after: soon })).code, 0);
    assert.equal(printed(), "out\n");
  });
});

describe("environmentFor", () => {
  const own = ["AWS_* DOCKER_HOST", "DOCKER_*_USR"];
  for (const [name, isGiven] of [
    ["PATH", true],
    ["Path", true],
    ["https_proxy", true],
    ["LC_ALL", true],
    ["AWS_PROFILE", true],
    ["DOCKER_HOST", true],
    ["DOCKER_ghcr_USR", true],
    ["DOCKER_HOSTS", false],
    ["MY_AWS_PROFILE", false],
    ["GITHUB_TOKEN", false],
    ["INPUT_REGISTRY-AUTH", false],
    ["ACTIONS_RUNTIME_TOKEN", false],
  ] as const) {
    it(`${isGiven ? "passes on" : "keeps back"} ${name}`, () => {
      const given = environmentFor({ [name]: "value" }, ...own);
      assert.deepEqual(given, isGiven ? { [name]: "value" } : {});
    });
  }
});
