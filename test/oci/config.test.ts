import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseConfig } from "../../src/oci/config.ts";
import { formatPlatform } from "../../src/oci/platform.ts";

const parse = (value: unknown) => parseConfig(Buffer.from(JSON.stringify(value)));
const PLATFORM = { os: "linux", architecture: "amd64" };

describe("parseConfig", () => {
  it("reads the fields that the outputs show", () => {
    const config = parse({
      ...PLATFORM,
      variant: "v3",
      created: "2026-01-01T00:00:00Z",
      config: {
        Labels: { a: "b" },
        Entrypoint: ["/x"],
        Cmd: ["y"],
        User: "u",
        WorkingDir: "/w",
        ExposedPorts: { "80/tcp": {} },
      },
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
    const config = parse({
      ...PLATFORM,
      config: { Labels: null, Entrypoint: null, Cmd: "sh -c x", ExposedPorts: null },
    });
    assert.deepEqual(
      [config.entrypoint, config.cmd, config.exposedPorts, config.diffIds, config.created],
      [[], ["sh -c x"], [], undefined, ""],
    );
    assert.deepEqual(parse({ ...PLATFORM, config: null }).cmd, []);
  });

  for (const [name, value, problem] of [
    ["no platform", { config: {} }, /no OS or no architecture/],
    ["a list", [], /expected an object/],
    [
      "labels that are not strings",
      { ...PLATFORM, config: { Labels: { a: 1 } } },
      /Labels a: expected a string/,
    ],
    ["another case of a field", { ...PLATFORM, Architecture: "arm64" }, /ambiguous/],
    ["another case of Labels", { ...PLATFORM, config: { labels: {} } }, /ambiguous/],
    [
      "a rootfs that is null",
      { ...PLATFORM, rootfs: null },
      /rootfs: expected an object, got null/,
    ],
    [
      "a rootfs that is a list",
      { ...PLATFORM, rootfs: [] },
      /rootfs: expected an object, got a list/,
    ],
    ["another case of diff_ids", { ...PLATFORM, rootfs: { Diff_IDs: [] } }, /ambiguous/],
  ] as const) {
    it(`refuses ${name}`, () => assert.throws(() => parse(value), problem));
  }

  // The fields that the outputs show, and the others that Docker reads.
  const fields = [
    "User ExposedPorts Env Entrypoint Cmd Volumes WorkingDir Labels StopSignal ArgsEscaped",
    "Memory MemorySwap CpuShares Healthcheck Hostname Domainname AttachStdin AttachStdout",
    "AttachStderr Tty OpenStdin StdinOnce Image NetworkDisabled MacAddress OnBuild StopTimeout",
    "Shell",
  ];
  for (const field of fields.flatMap((line) => line.split(" "))) {
    for (const other of [
      field.toLowerCase(),
      field.toUpperCase(),
      field.replace(/s|S/, "\u017f"),
    ].filter((name) => name !== field)) {
      it(`refuses ${other}, which Go reads as ${field}`, () => {
        const ambiguous = new RegExp(
          `config is ambiguous: it has "${other}" where ${field} is the field's name`,
        );
        assert.throws(() => parse({ ...PLATFORM, config: { [other]: null } }), ambiguous);
        assert.throws(
          () => parse({ ...PLATFORM, config: { [field]: null, [other]: null } }),
          ambiguous,
        );
      });
    }
    it(`refuses ${field} twice`, () => {
      const config = `{"${field}":null,"${field}":null}`;
      const twice = `{"os":"linux","architecture":"amd64","config":${config}}`;
      assert.throws(() => parseConfig(Buffer.from(twice)), /duplicate key/);
    });
  }

  const top = [
    "architecture os variant os.version os.features author created config rootfs history",
    "id parent comment container container_config docker_version",
  ];
  for (const field of top.flatMap((line) => line.split(" "))) {
    it(`refuses ${field} in another case`, () => {
      assert.throws(
        () => parse({ ...PLATFORM, [field.toUpperCase()]: null }),
        new RegExp(`ambiguous: .* where ${field} is`),
      );
    });
  }
});
