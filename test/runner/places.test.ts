import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { lineUrls, noUrl, placesCell } from "../../src/runner/places.ts";

const JOB = {
  GITHUB_SERVER_URL: "https://git.example",
  GITHUB_REPOSITORY: "org/app",
  GITHUB_SHA: "0123456789abcdef0123456789abcdef01234567",
};

describe("lineUrls", () => {
  it("links a line at the commit and on the server that the job runs for", () => {
    const url = lineUrls(JOB)("deploy/a b#(1).yml", 12);
    const base = `https://git.example/org/app/blob/${JOB.GITHUB_SHA}`;
    assert.equal(url, `${base}/deploy/a%20b%23%281%29.yml#L12`);
  });

  for (const name of Object.keys(JOB)) {
    it(`links nothing without ${name}`, () =>
      assert.equal(lineUrls({ ...JOB, [name]: "" })("a.yml", 1), undefined));
  }
});

describe("placesCell", () => {
  const place = (line: number) => ({ file: "a_b.yml", line, column: 1, endColumn: 2 });

  it("shows five places, and how many more there are", () => {
    const places = [1, 2, 3, 4, 5, 6, 7].map(place);
    const text = placesCell(places, noUrl);
    assert.equal(text.split("<br>").at(-1), "and 2 more");
    assert.equal(text.split("<br>").length, 6);
    assert.equal(placesCell([], noUrl), "");
  });

  it("makes the name of a file harmless, in text and address", () => {
    const file = '"><img src=x>|.yml';
    const cell = placesCell([{ ...place(1), file }], lineUrls(JOB));
    const [, url = "<", text = "<"] = /^<a href="([^"]*)">(.*)<\/a>$/.exec(cell) ?? [];
    assert.doesNotMatch(url, /[<>|'()]/);
    assert.doesNotMatch(text, /[<|]/);
  });
});
