import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { connectRegistry } from "../../src/action/connect.ts";
import { SYSTEM_CLOCK } from "../../src/action/machine.ts";

describe("connectRegistry", () => {
  it("warns once of what holds for every repository of a registry", async () => {
    const warned: string[] = [];
    const { registry, http } = connectRegistry(
      {
        concurrency: 6,
        githubToken: "",
        insecureRegistries: new Set(),
        mirrors: [],
        registryAuth: [],
        trustedRealms: new Set(),
      },
      {
        machine: {
          environment: {},
          clock: { ...SYSTEM_CLOCK, sleep: async () => undefined },
          resolve: (host, _, callback) => callback(new Error(`no address for ${host}`), []),
        },
        voice: {
          say: () => undefined,
          warn: (message) => void warned.push(message),
          mask: () => undefined,
          withhold: (text) => text,
        },
        signal: new AbortController().signal,
      },
      {
        credentials: {
          configs: [
            {
              source: "config.json",
              auths: new Map(),
              credHelpers: new Map(),
              credsStore: "broken",
            },
          ],
          runHelper: async () => ({ output: "", error: "it crashed" }),
        },
      },
    );
    const ask = (repository: string): Promise<unknown> =>
      registry.tags({ registry: "registry.example", repository });
    await assert.rejects(ask("one"), { status: "unreachable" });
    await assert.rejects(ask("two"), { status: "unreachable" });
    http.close();
    assert.deepEqual(warned, [
      "docker-credential-broken gave no credentials for registry.example: it crashed",
    ]);
  });
});
