import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HttpAnswer } from "../../src/http/http.ts";
import { followRedirects } from "../../src/http/redirects.ts";

const START = new URL("https://registry.example/v2/blob");

function answer(status: number, location?: string): HttpAnswer {
  return { status, headers: location === undefined ? {} : { location }, body: Buffer.alloc(0) };
}

/** Follows these answers in turn, repeating the last; the URLs requested, and the end. */
async function follow(
  answers: readonly HttpAnswer[],
  check = (_: URL, __: URL): void => undefined,
) {
  const requested: string[] = [];
  const send = async (url: URL) => {
    requested.push(url.href);
    const at = Math.min(requested.length, answers.length) - 1;
    return { answer: answers[at] ?? assert.fail("no answers"), hop: requested.length };
  };
  const end = await followRedirects(START, send, check);
  return { requested, end };
}

describe("followRedirects", () => {
  for (const [location, to] of [
    ["https://cdn.example/x", "https://cdn.example/x"],
    ["//cdn.example/x", "https://cdn.example/x"],
    ["/elsewhere?a=b", "https://registry.example/elsewhere?a=b"],
    ["other", "https://registry.example/v2/other"],
    ["", "https://registry.example/v2/blob"],
  ] as const) {
    it(`follows ${JSON.stringify(location)} to ${to}`, async () => {
      const { requested, end } = await follow([answer(307, location), answer(200)]);
      assert.deepEqual(requested, [START.href, to]);
      assert.deepEqual([end.answer.status, end.url.href, end.hop], [200, to, 2]);
    });
  }

  for (const [status, location] of [
    [200, "https://cdn.example/"],
    [204, "https://cdn.example/"],
    [300, undefined],
    [304, undefined],
    [404, "https://cdn.example/"],
    [400, "https://cdn.example/"],
  ] as const) {
    it(`returns an answer of ${status} with Location ${location}`, async () => {
      const { requested, end } = await follow([answer(status, location)]);
      assert.deepEqual([end.answer.status, requested.length], [status, 1]);
    });
  }

  it("follows five redirects, and fails at the sixth", async () => {
    const five = Array.from({ length: 5 }, () => answer(302, "/next"));
    assert.equal((await follow([...five, answer(200)])).requested.length, 6);
    await assert.rejects(follow([...five, answer(302, "/next"), answer(200)]), {
      reason: "redirect-refused",
      message: /registry\.example answers with more than 5 redirects/,
    });
  });

  it("fails for an invalid URL", async () => {
    await assert.rejects(follow([answer(302, "http://[")]), {
      reason: "redirect-refused",
      message: /registry\.example redirects to an invalid URL/,
    });
  });

  it("asks the check about every redirect, and sends nothing that it refuses", async () => {
    const checked: string[] = [];
    const check = (from: URL, to: URL): void => {
      checked.push(`${from.host} ${to.host}`);
      if (to.host === "c.example") throw new Error("not there");
    };
    const answers = [answer(302, "//b.example/"), answer(302, "//c.example/"), answer(200)];
    await assert.rejects(follow(answers, check), /not there/);
    assert.deepEqual(checked, ["registry.example b.example", "b.example c.example"]);
  });
});
