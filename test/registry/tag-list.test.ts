import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Reached } from "../../src/registry/api.ts";
import { listTags } from "../../src/registry/tag-list.ts";

type Page = { readonly tags: unknown; readonly link?: string };

/** Lists the tags of these pages, the last one again and again; the paths requested. */
async function list(...pages: readonly Page[]) {
  const requested: string[] = [];
  const get = async (path: string): Promise<Reached> => {
    const { tags, link } = pages[Math.min(requested.length, pages.length - 1)] ?? assert.fail();
    requested.push(path);
    const headers = link === undefined ? {} : { link };
    const body = Buffer.from(JSON.stringify({ name: "org/app", tags }));
    return {
      answer: { status: 200, headers, body },
      url: new URL(`https://registry.example/v2/org/app/${path}`),
      authenticated: false,
      private: false,
      refusals: [],
    };
  };
  return { tags: await listTags(get), requested };
}

describe("listTags", () => {
  it("returns the tags of one page in its order", async () => {
    const { tags, requested } = await list({ tags: ["b", "a", "1.0"] });
    assert.deepEqual([tags, requested], [["b", "a", "1.0"], ["tags/list"]]);
  });

  for (const [link, next] of [
    ['</v2/org/app/tags/list?last=a&n=2>; rel="next"', "tags/list?last=a&n=2"],
    // The query of any link on the same origin is used, and never its path.
    ['</admin?delete=all>; rel="next"', "tags/list?delete=all"],
  ] as const) {
    it(`requests ${next} for ${link}`, async () => {
      const { tags, requested } = await list({ tags: ["a"], link }, { tags: ["b"] });
      assert.deepEqual(
        [tags, requested],
        [
          ["a", "b"],
          ["tags/list", next],
        ],
      );
    });
  }

  it("ends at a link to another origin", async () => {
    const link = '<https://evil.example/v2/org/app/tags/list?last=a>; rel="next"';
    assert.deepEqual((await list({ tags: ["a"], link })).requested, ["tags/list"]);
  });

  it("reads at most ten pages", async () => {
    const { tags, requested } = await list({ tags: ["a"], link: '<?last=a>; rel="next"' });
    assert.deepEqual([tags.length, requested.length], [10, 10]);
  });

  it("returns at most a thousand tags of a page", async () => {
    assert.equal((await list({ tags: Array(2_000).fill("a") })).tags.length, 1_000);
  });

  it("leaves out names that are not tags", async () => {
    const names = ["ok", "-x", "::error::x", "", 7, null, "a".repeat(129)];
    assert.deepEqual((await list({ tags: names })).tags, ["ok"]);
  });

  for (const tags of ["a", { a: 1 }]) {
    it(`fails for ${JSON.stringify(tags)} instead of a list`, async () => {
      await assert.rejects(list({ tags }), /tags/);
    });
  }
});
