import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseConfig } from "../src/oci/config.ts";
import { PullError } from "../src/oci/failure.ts";
import { parsePlatform } from "../src/oci/platform.ts";
import { documentContent } from "../src/oci/schema1.ts";
import { readDockerConfigs } from "../src/registry/docker-config.ts";
import { describeErrors } from "../src/registry/errors.ts";
import { readInputs } from "../src/runner/inputs.ts";
import { schema1 } from "./support/image.ts";

/** JSON whose keys are those a parser looks for, and whose values are of any kind. */
function jsonWith(...keys: readonly string[]): fc.Arbitrary<unknown> {
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie("tree")),
    ),
  }));
  return tree;
}

const ownError = (parse: () => unknown): void => {
  try {
    parse();
  } catch (error) {
    assert.ok(error instanceof PullError, String(error));
  }
};

describe("whatever comes from outside", () => {
  it("a config is read or refused", () => {
    const keys = jsonWith(
      "os",
      "architecture",
      "config",
      "Labels",
      "Cmd",
      "Entrypoint",
      "ExposedPorts",
      "User",
      "rootfs",
      "diff_ids",
      "history",
      "created",
    );
    fc.assert(
      fc.property(keys, (value) =>
        ownError(() => parseConfig(Buffer.from(JSON.stringify({ os: "linux", architecture: "amd64", ...(value as object) })))),
      ),
      { numRuns: 500 },
    );
  });

  it("a signed manifest with any change is read or refused", () => {
    const { bytes } = schema1(true);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        const changed = Buffer.from(bytes);
        changed[at] = byte;
        ownError(() => documentContent(changed));
      }),
      { numRuns: 500 },
    );
  });

  it("an error body is described in at most a kilobyte", () => {
    const body = fc.oneof(
      fc.string({ maxLength: 3_000 }),
      jsonWith("errors", "code", "message", "detail", "error").map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(body, (text) => describeErrors(Buffer.from(text), {}).length <= 1_025),
      { numRuns: 500 },
    );
  });

  it("a docker configuration is read, or warned of", () => {
    const keys = jsonWith("auths", "credHelpers", "credsStore", "ghcr.io", "auth", "identitytoken", "username");
    fc.assert(
      fc.property(
        keys,
        (value) =>
          readDockerConfigs(
            { HOME: "/" },
            () => JSON.stringify(value),
            () => undefined,
          ).length <= 2,
      ),
      { numRuns: 500 },
    );
  });

  it("inputs are taken or complained of", async () => {
    const text = fc.string({ unit: fc.constantFrom(..."aZ09:/@,=.-_# \n{}[]'\"|>&*!%\\"), maxLength: 60 });
    const names = ["images", "platforms", "registry-auth", "trusted-realms", "concurrency", "verify", "fail-on-missing"];
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.constantFrom(...names), text), async (inputs) => {
        const environment = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]));
        const result = await readInputs(environment, parsePlatform("linux/amd64"));
        if ("problems" in result) assert.ok(result.problems.every((problem) => names.some((name) => problem.startsWith(name))));
      }),
      { numRuns: 500 },
    );
  });
});
