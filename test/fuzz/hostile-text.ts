import fc from "fast-check";

/** Texts made of these parts, in any order and number, mixed with arbitrary characters. */
export function madeOf(...parts: readonly string[]): fc.Arbitrary<string> {
  const part = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...parts) },
    { weight: 1, arbitrary: fc.string({ maxLength: 3, unit: "binary" }) },
  );
  return fc.array(part, { maxLength: 24 }).map((chosen) => chosen.join(""));
}

/** Valid texts of which parts were cut, repeated, moved or changed. */
export function mutated(...texts: readonly string[]): fc.Arbitrary<string> {
  const edit = fc.record({
    what: fc.constantFrom("cut", "repeat", "insert", "flip", "swap"),
    at: fc.nat(1 << 20),
    length: fc.nat(64),
    text: fc.constantFrom(
      '"',
      "\\",
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      "0",
      "-1",
      "1e400",
      "null",
      '""',
      "\0",
      "\ufeff",
      "é",
      "\ud800",
      " ",
      '"digest"',
      '"size"',
      "../",
    ),
  });
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 5 }))
    .map(([text, edits]) => edits.reduce(apply, text));
}

type Edit = {
  readonly what: string;
  readonly at: number;
  readonly length: number;
  readonly text: string;
};

function apply(text: string, { what, at, length, text: inserted }: Edit): string {
  const from = at % (text.length + 1);
  const before = text.slice(0, from);
  const part = text.slice(from, from + length);
  const after = text.slice(from + length);
  if (what === "cut") return before + after;
  if (what === "repeat") return before + part + part + after;
  if (what === "insert") return before + inserted + part + after;
  if (what === "swap") return after + part + before;
  return (
    before +
    [...part].map((char) => String.fromCharCode(char.charCodeAt(0) ^ (1 << (at % 7)))).join("") +
    after
  );
}

/** The bytes of a text: one for each character up to U+00FF, so that every byte can occur. */
export function bytesOf(text: string): Buffer {
  return /^[\0-\xff]*$/.test(text) ? Buffer.from(text, "latin1") : Buffer.from(text);
}

/** JSON with the keys that a parser looks for, and arbitrary values. */
export function jsonWith(...keys: readonly string[]): fc.Arbitrary<string> {
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie("tree")),
    ),
  }));
  return tree.map((value) => JSON.stringify(value));
}

/** JSON objects as texts, in which a key may be repeated, also in another spelling. */
export function pairs(...keys: readonly string[]): fc.Arbitrary<string> {
  const pair = fc.tuple(fc.constantFrom(...keys), jsonWith(...keys.map((key) => JSON.parse(key))));
  return fc
    .array(pair, { maxLength: 6 })
    .map((chosen) => `{${chosen.map(([key, value]) => `${key}: ${value}`).join(", ")}}`);
}
