import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseConfig } from "../../src/oci/config.ts";
import { formatPlatform } from "../../src/oci/platform.ts";

const parse = (value: unknown) => parseConfig(Buffer.from(JSON.stringify(value)));
const PLATFORM = { os: "linux", architecture: "amd64" };

describe("parseConfig", () => {
  it("reads what the outputs show", () => {
    const config = parse({
      ...PLATFORM,
      variant: "v3",
      created: "2026-01-01T00:00:00Z",
      config: { Labels: { a: "b" }, Entrypoint: ["/x"], Cmd: ["y"], User: "u", WorkingDir: "/w", ExposedPorts: { "80/tcp": {} } },
      rootfs: { type: "layers", diff_ids: ["x", "y"] },
    });
    const { platform, labels, json: _json, ...rest } = config;
    assert.equal(formatPlatform(platform), "linux/amd64/v3");
    assert.deepEqual([...labels], [["a", "b"]]);
    assert.deepEqual(rest, {
      created: "2026-01-01T00:00:00Z",
      entrypoint: ["/x"],
      cmd: ["y"],
      user: "u",
      workdir: "/w",
      exposedPorts: ["80/tcp"],
      diffIds: 2,
    });
  });

  it("takes null and absent fields as empty, and a command written as one string", () => {
    const config = parse({ ...PLATFORM, config: { Labels: null, Entrypoint: null, Cmd: "sh -c x", ExposedPorts: null } });
    assert.deepEqual(
      [config.entrypoint, config.cmd, config.exposedPorts, config.diffIds, config.created],
      [[], ["sh -c x"], [], undefined, ""],
    );
    assert.deepEqual(parse({ ...PLATFORM, config: null }).cmd, []);
  });

  for (const [name, value, problem] of [
    ["no platform", { config: {} }, /no OS or no architecture/],
    ["a list", [], /expected an object/],
    ["labels that are not strings", { ...PLATFORM, config: { Labels: { a: 1 } } }, /Labels a: expected a string/],
    ["another case of a field", { ...PLATFORM, Architecture: "arm64" }, /ambiguous/],
    ["another case of Labels", { ...PLATFORM, config: { labels: {} } }, /ambiguous/],
  ] as const) {
    it(`refuses ${name}`, () => assert.throws(() => parse(value), problem));
  }
});
