import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  type LockChange,
  type LockedImage,
  lockDiff,
  lockTable,
} from "../../src/runner/lock-diff.ts";
import { LINE_LIMIT } from "../../src/runner/wording.ts";
import { digestOfAll, fullReference } from "../support/locks.ts";

const A = digestOfAll("a");
const B = digestOfAll("b");

const OLD: LockedImage = {
  digest: A,
  platforms: ["linux/amd64"],
  created: "2026-10-01T08:00:00Z",
  size: 3_500_000,
};
const NOW: LockedImage = { ...OLD, digest: B, created: "2026-11-20T08:00:00Z", size: 3_600_000 };

const reference = "docker.io/library/alpine:3.20";
const MOVED: LockChange = { reference, old: OLD, now: NOW };

/** The cells of the only change of a table. */
function cellsOf(change: Partial<LockChange>): readonly string[] {
  const [, , row = "", ...more] = lockDiff([{ ...MOVED, ...change }]).split("\n");
  assert.deepEqual(more, []);
  return row.slice("| ".length, -" |".length).split(" | ");
}

describe("lockDiff", () => {
  it("is empty without changes", () => assert.equal(lockDiff([]), ""));

  it("is a Markdown table", () =>
    assert.equal(
      lockDiff([MOVED]),
      `| image | old digest | new digest | created | size |
| --- | --- | --- | --- | --- |
| ${reference} | ${A} | ${B} | 2026-10-01 → 2026-11-20 | 3.5 MB → 3.6 MB |`,
    ));

  for (const [what, change, cells] of [
    ["a new entry", { old: undefined }, ["none", B, "2026-11-20", "3.6 MB"]],
    ["a removed entry", { now: undefined }, [A, "removed", "2026-10-01", "3.5 MB"]],
    [
      "an added platform",
      { now: { ...OLD, platforms: ["linux/amd64", "linux/arm64"] } },
      [A, "unchanged, added linux/arm64", "2026-10-01", "3.5 MB"],
    ],
    [
      "a new digest with other platforms",
      { now: { ...NOW, platforms: ["linux/arm64", "windows(10.0.1)/amd64"] } },
      [
        A,
        `${B}, added linux/arm64 windows(10.0.1)/amd64, dropped linux/amd64`,
        "2026-10-01 → 2026-11-20",
        "3.5 MB → 3.6 MB",
      ],
    ],
    [
      "more platforms than a cell shows",
      { now: { ...OLD, platforms: [...OLD.platforms, ..."abcdefghij"] } },
      [A, "unchanged, added a b c d e f g h and 2 more", "2026-10-01", "3.5 MB"],
    ],
    [
      "an image without a date, of unknown size",
      { now: { ...NOW, created: "", size: undefined } },
      [A, B, "2026-10-01", "3.5 MB"],
    ],
    [
      "a date that is none",
      { old: { ...OLD, created: "$(x)T" }, now: { ...NOW, created: "2026-02-30T00:00:00Z" } },
      [A, B, "", "3.5 MB → 3.6 MB"],
    ],
  ] as const) {
    it(`shows ${what}`, () => assert.deepEqual(cellsOf(change), [reference, ...cells]));
  }

  it("contains nothing that a shell, HTML or Markdown acts on", () => {
    const active = [
      "`id`",
      "$(id)",
      "\"'",
      "<b>&amp;",
      ";",
      "\n",
      "|",
      "[x](https://y)",
      "\\!*#~@",
    ];
    const hostile = fc.oneof(
      fc.constantFrom(...active),
      fc.string({ unit: "binary", maxLength: 9 }),
    );
    const image = fc
      .tuple(hostile, fc.array(hostile, { maxLength: 4 }), hostile)
      .map(([start, platforms, end]) => {
        return { ...OLD, platforms, created: `2026-10-01T${start}${end}` };
      });
    const change = fc
      .tuple(hostile, image, image)
      .map(([name, old, now]) => ({ reference: name, old, now }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const text = lockDiff(changes);
        assert.match(text, /^[\w.:/()[\] |,→\n-]*$/);
        assert.doesNotMatch(text, /\]\(|\/\//);
        assert.equal(text.split("\n").length, changes.length + 2);
        assert.equal(text.split("|").length - 1, 6 * (changes.length + 2));
      }),
    );
  });

  it("leaves full references as they are", () => {
    fc.assert(fc.property(fullReference, (name) => cellsOf({ reference: name })[0] === name));
  });

  it("has at most 60,000 characters, and states how many changes are not in it", () => {
    for (let length = 1; length <= 250; length++) {
      const first = { ...MOVED, reference: `ghcr.io/${"a".repeat(length)}:1` };
      const text = lockDiff([first, ...Array.from({ length: 400 }, () => MOVED)]);
      const rows = text.split("\n").filter((line) => line.includes("sha256:")).length;
      const more = /\n\nand (\d+) more$/.exec(text)?.[1];
      assert.equal(rows + Number(more), 401);
      assert.ok(text.length <= 60_000 && text.length > 59_700);
    }
  });

  it("has every change when there is room", () => {
    const text = lockDiff(Array.from({ length: 200 }, () => MOVED));
    assert.equal(text.split("\n").length, 202);
  });
});

describe("lockTable", () => {
  it("has no line without changes", () => assert.deepEqual(lockTable([]), []));

  it("is aligned, with short digests", () => {
    const added: LockChange = { reference: "ghcr.io/org/app:1", old: undefined, now: NOW };
    assert.deepEqual(lockTable([MOVED, added]), [
      "image                          old digest           new digest           created                  size",
      "docker.io/library/alpine:3.20  sha256:aaaaaaaaaaaa  sha256:bbbbbbbbbbbb  2026-10-01 → 2026-11-20  3.5 MB → 3.6 MB",
      "ghcr.io/org/app:1              none                 sha256:bbbbbbbbbbbb  2026-11-20               3.6 MB",
    ]);
  });

  it("does not make every line as long as the longest reference", () => {
    const long: LockChange = { ...MOVED, reference: `ghcr.io/${"a".repeat(200)}:1` };
    const [header = "", first = "", second = ""] = lockTable([long, MOVED]);
    assert.ok(first.startsWith(`${long.reference}  sha256:`));
    assert.ok(header.length < 200 && second.length < 200);
  });

  for (const [count, last] of [
    [LINE_LIMIT - 2, /^docker/],
    [LINE_LIMIT - 1, /^and 1 more$/],
    [3 * LINE_LIMIT, new RegExp(`^and ${2 * LINE_LIMIT + 2} more$`)],
  ] as const) {
    it(`has at most ${LINE_LIMIT} lines for ${count} changes`, () => {
      const lines = lockTable(Array.from({ length: count }, () => MOVED));
      assert.ok(lines.length <= LINE_LIMIT);
      assert.match(lines.at(-1) ?? "", last);
    });
  }
});
