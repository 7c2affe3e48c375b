import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  daemonMirrors,
  mirrorsInUse,
  withMirror,
  withoutMirror,
} from "../../src/serve/daemon-config.ts";

const ADDRESS = "127.0.0.1:41234";
const OURS = `http://${ADDRESS}`;
const OTHER = "https://mirror.example";

const CASES: readonly (readonly [
  text: string | undefined,
  added: Readonly<Record<string, unknown>>,
  removed: Readonly<Record<string, unknown>>,
])[] = [
  [undefined, { "registry-mirrors": [OURS] }, { "registry-mirrors": [] }],
  ["", { "registry-mirrors": [OURS] }, { "registry-mirrors": [] }],
  [" \n", { "registry-mirrors": [OURS] }, { "registry-mirrors": [] }],
  [
    '{"debug":true}',
    { debug: true, "registry-mirrors": [OURS] },
    { debug: true, "registry-mirrors": [] },
  ],
  [
    `{"registry-mirrors":["${OTHER}"],"debug":true}`,
    { debug: true, "registry-mirrors": [OURS, OTHER] },
    { debug: true, "registry-mirrors": [OTHER] },
  ],
  ['{"registry-mirrors":null}', { "registry-mirrors": [OURS] }, { "registry-mirrors": [] }],
];

const REFUSED: Readonly<Record<string, RegExp>> = {
  "{": /the file is not JSON/,
  "[]": /expected an object, got a list/,
  '{"debug":true,"debug":false}': /duplicate key/,
  '{"registry-mirrors":"a"}': /registry-mirrors: expected a list, got a string/,
  '{"registry-mirrors":[1]}': /registry-mirrors: expected a string, got a number/,
  '{"Registry-Mirrors":[]}': /ambiguous/,
};

describe("the configuration of dockerd", () => {
  for (const [text, added, removed] of CASES) {
    const file = text === undefined ? undefined : Buffer.from(text);

    it(`gets a mirror and loses it: ${text ?? "no file"}`, () => {
      assert.deepEqual(JSON.parse(withMirror(file, ADDRESS)), added);
      assert.deepEqual(JSON.parse(withoutMirror(file)), removed);
      assert.deepEqual(daemonMirrors(file), removed["registry-mirrors"]);
    });
  }

  for (const [text, reason] of Object.entries(REFUSED)) {
    it(`is refused: ${text}`, () => {
      assert.throws(() => withMirror(Buffer.from(text), ADDRESS), reason);
    });
  }
});

describe("mirrorsInUse", () => {
  it("returns what docker info prints, without the slash that dockerd adds", () => {
    assert.deepEqual(mirrorsInUse(`["${OURS}/","${OTHER}/"]\n`), [OURS, OTHER]);
    assert.deepEqual(mirrorsInUse("null\n"), []);
  });

  it("fails on anything else", () => {
    assert.throws(() => mirrorsInUse("Cannot connect"), /docker info printed no mirrors/);
  });
});
