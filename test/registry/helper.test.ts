import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Helpers } from "../../src/registry/helper.ts";

/** Helpers with this answer, the servers they were asked about, and warnings. */
function helpers(output: string, error?: string) {
  const asked: string[] = [];
  const warned: string[] = [];
  const run = async (name: string, input: string) => {
    asked.push(`${name} ${input}`);
    return { output, error };
  };
  return { found: new Helpers(run, (message) => void warned.push(message)), asked, warned };
}

const LOGIN = '{"ServerURL":"x","Username":"u","Secret":"s"}';
const source = "docker-credential-x";

describe("Helpers", () => {
  for (const [name, output, expected] of [
    ["a login", LOGIN, { source, kind: "password", username: "u", password: "s" }],
    [
      "an identity token",
      '{"Username":"<token>","Secret":"T"}',
      { source, kind: "identity", username: "<token>", token: "T" },
    ],
  ] as const) {
    it(`return ${name}`, async () => {
      const { found, warned } = helpers(output);
      assert.deepEqual(await found.find("x", "a.example"), expected);
      assert.deepEqual(warned, []);
    });
  }

  it("ask each helper once per server, and about Docker Hub by its old name", async () => {
    const { found, asked } = helpers(LOGIN);
    for (const [helper, registry] of [
      ["x", "ghcr.io"],
      ["x", "ghcr.io"],
      ["y", "ghcr.io"],
      ["x", "docker.io"],
    ] as const) {
      await found.find(helper, registry);
    }
    assert.deepEqual(asked, ["x ghcr.io", "y ghcr.io", "x https://index.docker.io/v1/"]);
  });

  for (const [output, error] of [
    ["credentials not found in native keychain", "exit code 1"],
    ["no credentials server URL", "exit code 1"],
    ["", "exit code 1 no credentials username"],
  ] as const) {
    it(`return nothing, without a warning, for ${JSON.stringify(output || error)}`, async () => {
      const { found, warned } = helpers(output, error);
      assert.equal(await found.find("x", "a.example"), undefined);
      assert.deepEqual(warned, []);
    });
  }

  for (const [name, output, error, why] of [
    ["a helper that cannot be run", "", "spawn ENOENT", "spawn ENOENT"],
    ["a helper that fails", LOGIN, "exit code 1", "exit code 1"],
    ["text that is not JSON", "not json", undefined, "its answer is not the expected JSON"],
    ["JSON of another shape", '{"Username":1}', undefined, "its answer is not the expected JSON"],
    ["null", "null", undefined, "its answer is not the expected JSON"],
    [
      "an empty secret",
      '{"Username":"u","Secret":""}',
      undefined,
      "its answer is not the expected JSON",
    ],
  ] as const) {
    it(`warn about ${name}`, async () => {
      const { found, warned } = helpers(output, error);
      assert.equal(await found.find("x", "a.example"), undefined);
      assert.deepEqual(warned, [`docker-credential-x gave no credentials for a.example: ${why}`]);
    });
  }
});
