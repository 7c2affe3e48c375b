import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DEFAULTS } from "../../src/runner/input-names.ts";
import { InputValues } from "../../src/runner/input-values.ts";
import { readServe, type ServeInputs } from "../../src/runner/serve-inputs.ts";

type Given = Readonly<Record<string, string>>;

/** The inputs about the job's registry, and the problems with them. */
function read(given: Given): {
  readonly serve: ServeInputs | undefined;
  readonly problems: readonly string[];
} {
  const entries = Object.entries(given).map(([name, value]) => [
    `INPUT_${name.toUpperCase()}`,
    value,
  ]);
  const values = new InputValues(Object.fromEntries(entries), DEFAULTS);
  return { serve: readServe(values), problems: values.problems };
}

describe("readServe", () => {
  it("wants no registry by default", () => {
    assert.deepEqual(read({}), { serve: undefined, problems: [] });
  });

  it("wants one on any port of loopback", () => {
    const serve = { host: "127.0.0.1", port: 0, only: false };
    assert.deepEqual(read({ serve: "true" }), { serve, problems: [] });
    const only = { serve: "true", "serve-only": "true" };
    assert.deepEqual(read(only), { serve: { ...serve, only: true }, problems: [] });
  });

  for (const [address, host, port] of [
    ["127.0.0.1:5000", "127.0.0.1", 5000],
    ["0.0.0.0:0", "0.0.0.0", 0],
    ["localhost:65535", "localhost", 65_535],
    ["LOCALHOST:1", "localhost", 1],
    ["[::1]:5000", "::1", 5000],
    ["[FE80::1]:5000", "fe80::1", 5000],
    [" 127.0.0.1:5000\n", "127.0.0.1", 5000],
  ] as const) {
    it(`listens at ${host}, port ${port} for ${JSON.stringify(address)}`, () => {
      const { serve, problems } = read({ serve: "true", "serve-address": address });
      assert.deepEqual([serve, problems], [{ host, port, only: false }, []]);
    });
  }

  for (const address of [
    "127.0.0.1",
    ":5000",
    "5000",
    "127.0.0.1:",
    "127.0.0.1:65536",
    "127.0.0.1:99999",
    "127.0.0.1:-1",
    "256.0.0.1:5000",
    "1.2.3:5000",
    "::1:5000",
    "[::1]",
    "[:::]:5000",
    "registry.example:5000",
    "http://127.0.0.1:5000",
    "127.0.0.1:5000/v2",
    "me@127.0.0.1:5000",
    "unix:///x",
  ]) {
    it(`refuses ${address}`, () => {
      const { problems } = read({ serve: "true", "serve-address": address });
      assert.deepEqual(problems, [
        "serve-address: expected address:port like 127.0.0.1:0, where port 0 is any that is free, " +
          `got ${JSON.stringify(address)}`,
      ]);
    });
  }

  it("refuses serve-only without serve, and reports all problems together", () => {
    const { serve, problems } = read({ "serve-only": "true", "serve-address": "x" });
    assert.equal(serve, undefined);
    assert.match(
      problems.join("\n"),
      /^serve-address: .*\nserve-only: .* serve is false, got true$/,
    );
  });

  it("refuses words that are no booleans", () => {
    assert.match(
      read({ serve: "yes" }).problems.join(),
      /^serve: expected true or false, got "yes"/,
    );
  });
});
