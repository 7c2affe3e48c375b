import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { registriesConf } from "../../src/serve/podman-config.ts";

const served = { address: "127.0.0.1:41234", only: false, holder: "11.22.33.aaaaaaaa" };

const countOf = (text: string, part: string): number => text.split(part).length - 1;

describe("registriesConf", () => {
  it("puts the job's registry in front of a registry", () => {
    const text = registriesConf(served, []);
    assert.ok(text.startsWith("# registry-pull 11.22.33.aaaaaaaa: "), text);
    assert.ok(
      text.includes(`[[registry]]
prefix = "ghcr.io"
location = "ghcr.io"
[[registry.mirror]]
location = "127.0.0.1:41234/ghcr.io"
insecure = true
`),
      text,
    );
  });

  it("puts the job's registry in place of a registry when only that may be asked", () => {
    const text = registriesConf({ ...served, only: true }, []);
    assert.ok(
      text.includes(`[[registry]]
prefix = "docker.io"
location = "127.0.0.1:41234/docker.io"
insecure = true
`),
      text,
    );
    assert.ok(!text.includes("mirror"), text);
  });

  it("lists each registry once, and none with a port", () => {
    const text = registriesConf(served, ["ghcr.io", "registry.example", "localhost:5000"]);
    assert.equal(countOf(text, 'prefix = "ghcr.io"'), 1);
    assert.equal(countOf(text, 'prefix = "registry.example"'), 1);
    assert.equal(countOf(text, "localhost"), 0);
  });
});
