import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { madeOf } from "../fuzz/hostile-text.ts";
import { assertFinds, found } from "../support/marked.ts";
import { assertPlaces } from "../support/placed.ts";

const DEVCONTAINER = ".devcontainer/devcontainer.json";

const ROWS: Readonly<Record<string, string>> = {
  "takes the image": `{
  "name": "alpine",
  "image": "⟦mcr.microsoft.com/devcontainers/base:ubuntu-24.04⟧",
  "features": { "ghcr.io/devcontainers/features/go:1": { "image": "alpine" } }
}`,
  "reads comments and trailing commas": `// For format details, see https://aka.ms/devcontainer.json.
{
  /* The "image":
     "one": */ "image": "⟦alpine:3.20⟧", // "image": "busybox"
  "postCreateCommand": "echo // no comment /* here */",
  "mounts": ["source=a,target=/b",],
}
`,
  "takes caches, as a string": `{ "build": { "dockerfile": "Dockerfile", "cacheFrom": "⟦ghcr.io/org/dev⟧" } }`,
  "takes caches, as a list": `{
\t"build": {
\t\t"cacheFrom": [
\t\t\t"⟦ghcr.io/org/dev:main⟧",
\t\t\t"type=registry,ref=⟦ghcr.io/org/cache⟧",
\t\t\t"type=registry,mode=max,ref=⟦ghcr.io/org/max:1⟧,compression=zstd",
\t\t\t"type=gha",
\t\t\t"type=local,src=path"
\t\t]
\t}
}`,
  "lists variables as unknown": `{
  "image": "⟪mcr.microsoft.com/devcontainers/go:\${localEnv:GO_VERSION}⟫",
  "build": { "cacheFrom": ["⟪\${localEnv:CACHE:ghcr.io/org/dev}⟫"] }
}`,
  "takes nothing where there is no image": `{
  "build": { "dockerfile": "Dockerfile", "args": { "image": "alpine" } },
  "dockerComposeFile": "compose.yaml", "image": null
}`,
  "takes a byte order mark and CRLF": '\uFEFF{\r\n  // x\r\n  "image": "⟦alpine⟧"\r\n}\r\n',
};

describe("findInDevcontainer", () => {
  for (const [what, text] of Object.entries(ROWS)) {
    it(what, () => assertFinds(DEVCONTAINER, text));
  }

  it("asks no platform of a cache", () => {
    const text = '{"image": "a", "build": {"cacheFrom": ["b", "type=registry,ref=c"]}}';
    const { references } = found(DEVCONTAINER, text);
    const needs = references.map(({ reference, platform, needsNoPlatform }) => {
      return [reference, platform, needsNoPlatform];
    });
    assert.deepEqual(needs, [
      ["a", undefined, undefined],
      ["b", undefined, true],
      ["c", undefined, true],
    ]);
  });

  it("never throws, and places what it finds", () => {
    const text = madeOf(
      "{",
      "}",
      '"image": ',
      '"alpine"',
      '"build": {',
      '"cacheFrom": ',
      "[",
      "]",
      ",",
      '"type=registry,ref=a"',
      "// c\n",
      "/*",
      "*/",
      "\\",
      '"',
      "${localEnv:A}",
      "\n",
    );
    fc.assert(fc.property(text, (written) => assertPlaces(written, "devcontainer")));
  });
});
