import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import { markdown, sanitise } from "../../src/runner/sanitiser.ts";
import { cleanUp, realPartsMissing } from "./parts.ts";

const TEXTS = [
  "https://evil.example/login?a=b",
  "see http://evil.example and ftp://evil.example/x",
  "HTTPS://EVIL.EXAMPLE",
  "https://",
  "www.evil.example",
  "(www.evil.example)",
  "WWW.evil.example",
  "*www.evil.example*",
  "me@evil.example",
  "mailto:me@evil.example",
  "xmpp:me@evil.example/x",
  "<https://evil.example>",
  "<me@evil.example>",
  "[a](https://evil.example)",
  "![a](https://evil.example/x.png)",
  "[a]: https://evil.example",
  "[^1]",
  "<img src=x onerror=alert(1)>",
  "<!-- hidden",
  "</span></code></td></tr></table>",
  "&lt;b&gt; &#42;x&#42; &amp;",
  "&colon;//",
  "*a* **b** _c_ __d__ ~e~ ~~f~~",
  "`code` ``more``",
  "\\*a\\* \\",
  "a | b \\| c",
  "::error:: ##[error]",
];

const RANDOM = fc.sample(
  fc.array(
    fc.constantFrom(
      ..."*_~`[]()<>|\\!&#@$:/.\"' a;x1-w",
      "www.",
      "http://",
      "https:",
      "me@a.example",
      "&#42;",
    ),
    { maxLength: 12 },
  ),
  { numRuns: 2_000, seed: 7 },
);

const ALL = [...TEXTS, ...RANDOM.map((parts) => parts.join(""))]
  .map((text) => sanitise(text).trim())
  .filter((text) => text !== "");

/** The HTML that GitHub's own renderer makes of Markdown: https://github.com/github/cmark-gfm */
function rendered(text: string): string {
  const extensions = ["table", "autolink", "strikethrough"].flatMap((name) => ["-e", name]);
  return execFileSync("cmark-gfm", ["--unsafe", ...extensions], { input: text }).toString();
}

/** The text that a reader sees. Tags stay, except those of elements that only show text. */
function seen(html: string): string {
  const text = html.replace(/<\/?(?:span|code)>/g, "");
  const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };
  return text.replace(/&(lt|gt|amp|quot);/g, (_, name: string) => entities[name] ?? "");
}

describe("O3: text from outside, as GitHub renders it", () => {
  after(cleanUp);

  for (const [place, written] of [
    ["cell", markdown],
    ["code", (text: string) => `<code>${markdown(text)}</code>`],
  ] as const) {
    it(`is only its text in a table's ${place}`, {
      skip: realPartsMissing("cmark-gfm"),
    }, () => {
      const html = rendered(
        ["| text |", "| --- |", ...ALL.map((text) => `| ${written(text)} |`)].join("\n"),
      );
      const cells = [...html.matchAll(/<td>(.*)<\/td>/g)].map(([, cell = ""]) => seen(cell));
      assert.deepEqual(cells, ALL);
    });
  }

  it("is only its text in a list", { skip: realPartsMissing("cmark-gfm") }, () => {
    const html = rendered(ALL.map((text) => `- x ${markdown(text)}`).join("\n"));
    const items = [...html.matchAll(/<li>(.*)<\/li>/g)].map(([, item = ""]) => seen(item));
    assert.deepEqual(
      items,
      ALL.map((text) => `x ${text}`),
    );
  });
});
