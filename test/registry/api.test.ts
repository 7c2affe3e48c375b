import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { NamedBy } from "../../src/registry/address.ts";
import { Api } from "../../src/registry/api.ts";
import type { HttpRequest } from "../../src/registry/http.ts";
import type { Session } from "../../src/registry/session.ts";

describe("a redirect", () => {
  // registry.lan is private, cdn.example public.
  for (const [chain, namedBy] of [
    [["https://registry.lan/a"], ["user", "user"]],
    [["https://10.0.0.9/a"], ["user", "private"]],
    [
      ["https://10.0.0.9/a", "https://10.0.0.9/b"],
      ["user", "private", "private"],
    ],
    [
      ["https://cdn.example/a", "https://10.0.0.9/b"],
      ["user", "private", "public"],
    ],
    [
      ["https://10.0.0.9/a", "https://cdn.example/b", "https://10.0.0.9/c"],
      ["user", "private", "private", "public"],
    ],
    [
      ["https://cdn.example/a", "https://10.0.0.9/b", "https://10.0.0.9/c"],
      ["user", "private", "public", "public"],
    ],
    [
      ["https://cdn.example/a", "https://registry.lan/b"],
      ["user", "private", "public"],
    ],
  ] as const satisfies readonly (readonly [readonly string[], readonly NamedBy[]])[]) {
    it(`by way of ${chain.join(" and ")} is named by ${namedBy.join(", ")}`, async () => {
      const seen: NamedBy[] = [];
      const locations = chain.values();
      const send = async (request: HttpRequest) => {
        seen.push(request.namedBy);
        const location = locations.next().value;
        const headers = location === undefined ? {} : { location };
        const answer = { status: location === undefined ? 200 : 307, headers, body: Buffer.alloc(0) };
        return { answer, authenticated: false };
      };
      const api = new Api({
        http: { reach: ({ hostname }) => (hostname === "cdn.example" ? "public" : "private"), isOpen: () => true },
        authenticator: { session: () => ({ send }) as unknown as Session },
        insecureRegistries: new Set(),
        say: assert.fail,
        warn: assert.fail,
        withhold: assert.fail,
      });
      await api.ask({ registry: "registry.lan", repository: "org/app" }, "blobs/x", { method: "GET", headers: {}, limit: 1 });
      assert.deepEqual(seen, namedBy);
    });
  }
});

describe("a registry's warnings", () => {
  /** What is warned of and said for answers with these headers, in order. */
  async function told(...headers: readonly string[]): Promise<{ readonly warned: string[]; readonly said: string[] }> {
    const warned: string[] = [];
    const said: string[] = [];
    const values = headers.values();
    const send = async () => ({
      answer: { status: 200, headers: { warning: values.next().value }, body: Buffer.alloc(0) },
      authenticated: false,
    });
    const api = new Api({
      http: { reach: () => "public", isOpen: () => true },
      authenticator: { session: () => ({ send }) as unknown as Session },
      insecureRegistries: new Set(),
      say: (line) => said.push(line),
      warn: (message) => warned.push(message),
      withhold: assert.fail,
    });
    for (const [at] of headers.entries()) {
      const image = { registry: `${at % 2}.example`, repository: "org/app" };
      await api.ask(image, "manifests/1", { method: "GET", headers: {}, limit: 1 });
    }
    return { warned, said };
  }

  const many = (word: string): string => Array.from({ length: 1_000 }, (_, at) => `299 - "${word} ${at}"`).join(", ");

  it("are shown once each, with the registry's name", async () => {
    const { warned, said } = await told('299 - "old", 299 - "a \\"b\\""', '299 - "old"', '299 - "old"');
    assert.deepEqual(warned, ["0.example warns: old", '0.example warns: a \\"b\\"', "1.example warns: old"]);
    assert.deepEqual(said, []);
  });

  it("are five a registry, however many it sends, and one line tells that there were more", async () => {
    const { warned, said } = await told(many("a"), many("b"), many("c"), many("d"));
    for (const registry of ["0.example", "1.example"]) {
      assert.equal(warned.filter((line) => line.startsWith(registry)).length, 5);
      assert.equal(said.filter((line) => line.startsWith(`${registry} sends more than 5 warnings`)).length, 1);
    }
    assert.deepEqual([warned.length, said.length], [10, 2]);
  });

  it("are read within the bytes that a registry may send", async () => {
    const { warned } = await told(`299 - "${"x".repeat(4_080)}", 299 - "late"`);
    assert.deepEqual(warned, []);
  });
});
