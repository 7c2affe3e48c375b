import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hostsToml } from "../../src/serve/hosts-toml.ts";

const holder = "11.22.33.aaaaaaaa";

describe("hostsToml", () => {
  it("puts the job's registry in front of every upstream", () => {
    assert.equal(
      hostsToml({ address: "127.0.0.1:41234", only: false, holder }),
      `# registry-pull ${holder}: removed when the job ends

[host."http://127.0.0.1:41234"]
  capabilities = ["pull", "resolve"]
`,
    );
  });

  it("replaces every upstream when only the job's registry may be asked", () => {
    assert.equal(
      hostsToml({ address: "[::1]:41234", only: true, holder }),
      `# registry-pull ${holder}: removed when the job ends
server = "http://[::1]:41234"

[host."http://[::1]:41234"]
  capabilities = ["pull", "resolve"]
`,
    );
  });
});
