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
        return { status: location === undefined ? 200 : 307, headers: location === undefined ? {} : { location }, body: Buffer.alloc(0) };
      };
      const api = new Api({
        http: { reach: ({ hostname }) => (hostname === "cdn.example" ? "public" : "private") },
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
