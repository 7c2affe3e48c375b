import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nextPage, parseLinks } from "../../src/registry/link.ts";

describe("parseLinks", () => {
  for (const [header, links] of [
    ['</v2/a/tags/list?n=2&last=b>; rel="next"', [["/v2/a/tags/list?n=2&last=b", { rel: "next" }]]],
    ["<a>; rel=next", [["a", { rel: "next" }]]],
    ["<a>;REL=Next ; title=x", [["a", { rel: "Next", title: "x" }]]],
    [
      '<a>; title="x, <b>; rel=next"; rel=prev',
      [["a", { title: "x, <b>; rel=next", rel: "prev" }]],
    ],
    ['<a>; rel="say \\"next\\""', [["a", { rel: 'say "next"' }]]],
    ["<a>; rel=first; rel=next", [["a", { rel: "first" }]]],
    [
      "<a>; rel=first,<b>;rel=next",
      [
        ["a", { rel: "first" }],
        ["b", { rel: "next" }],
      ],
    ],
    ["<a>", [["a", {}]]],
    ["<>; rel=next", [["", { rel: "next" }]]],
    ["<a>; crossorigin; rel=next", [["a", { crossorigin: "", rel: "next" }]]],
    ["<a; rel=next", []],
    ["a; rel=next", []],
    ["", []],
    ['<a>; rel="next', [["a", {}]]],
  ] as const) {
    it(`reads ${header}`, () =>
      assert.deepEqual(
        parseLinks(header).map(({ target, parameters }) => [
          target,
          Object.fromEntries(parameters),
        ]),
        links,
      ));
  }
});

describe("nextPage", () => {
  const page = new URL("https://registry.example:5000/v2/a/tags/list?n=2");
  for (const [header, next] of [
    ["</v2/a/tags/list?last=b>; rel=next", "https://registry.example:5000/v2/a/tags/list?last=b"],
    ["<?last=b>; rel=next", "https://registry.example:5000/v2/a/tags/list?last=b"],
    ["<https://registry.example:5000/x>; rel=NEXT", "https://registry.example:5000/x"],
    ["<a>; rel=prev, <b>; rel='next'", undefined],
    ['<a>; rel=prev, <b>; rel="last next"', "https://registry.example:5000/v2/a/tags/b"],
    ["<https://registry.example/x>; rel=next", undefined],
    ["<http://registry.example:5000/x>; rel=next", undefined],
    ["<https://evil.example/x>; rel=next", undefined],
    ["<//evil.example/x>; rel=next", undefined],
    ["<https://a:b@registry.example:5000/x>; rel=next", undefined],
    ["<file:///etc/passwd>; rel=next", undefined],
    ["<http://[>; rel=next", undefined],
  ] as const) {
    it(`of ${header} is ${next}`, () => assert.equal(nextPage(header, page)?.href, next));
  }
});
