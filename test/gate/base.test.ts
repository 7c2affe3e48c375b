import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { judgeBase, judgeBases, unjudged } from "../../src/gate/base.ts";
import type { BaseWanted, Wanted } from "../../src/gate/plan.ts";
import type { BaseVerdict, Resolved } from "../../src/gate/resolved.ts";
import { PullError } from "../../src/oci/failure.ts";
import { parseReference } from "../../src/oci/reference.ts";
import { artifact, image, index, type Made, schema1 } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { required, resolved } from "../support/resolving.ts";

const BASE = "registry.test/base:1";
const AMD64 = "linux/amd64";
const ARM64 = "linux/arm64";

// The first layers of two of these images are the same ones, unless their salts differ.
const based = (platform: string, layers = 2): Made => image(platform, { layers });
const base = (platform: string, layers = 1): Made => image(platform, { layers });
const rebuilt = (platform: string, layers = 1): Made => image(platform, { layers, salt: "new" });

/** A base with three layers, of which the second is none of an image's. */
function oneNew(): Made {
  const [known, fresh] = [base(AMD64, 3), rebuilt(AMD64, 3)].map(({ blobs: [config] }) => {
    return JSON.parse(config?.bytes.toString() ?? "").rootfs.diff_ids;
  });
  const rootfs = { type: "layers", diff_ids: [known[0], fresh[1], known[2]] };
  return image(AMD64, { layers: 3, config: { rootfs } });
}

function wantedBase(written = BASE): BaseWanted {
  return { written, reference: parseReference(written) };
}

let registry: MemoryRegistry;
beforeEach(() => {
  registry = new MemoryRegistry();
});

function gate(made: Made, more: Partial<Wanted> = {}): Promise<Resolved> {
  const written = registry.push("app", "1", made);
  return resolved(registry, written, { platforms: "all", base: wantedBase(), ...more });
}

async function judge(app: Made, now: Made): Promise<BaseVerdict> {
  registry.push("base", "1", now);
  return judgeBase(registry, await gate(app), wantedBase());
}

describe("unjudged", () => {
  it("leaves open whether images are built on their bases, and asks nothing", async () => {
    const app = await gate(based(AMD64));
    const { base: _, ...plain } = app.wanted;
    const asked = registry.asked.length;
    const [named, own, none] = unjudged([
      app,
      { ...app, wanted: { ...app.wanted, base: "auto" } },
      { ...app, wanted: plain },
    ]);
    const message = "lock: frozen asks for no tag, so it is not known";
    assert.deepEqual(named?.base, { reference: BASE, digest: "", stale: undefined, message });
    assert.equal(own?.base?.reference, "");
    assert.equal(none?.base, undefined);
    assert.equal(registry.asked.length, asked);
  });
});

describe("judgeBase", () => {
  const rebuiltText = `${BASE} was rebuilt:`;
  const builtOn = `it is built on what ${BASE} is now`;
  for (const [what, app, now, stale, message] of [
    ["the base's layers at its start", based(AMD64), base(AMD64), false, builtOn],
    ["the base's layers and no others", based(AMD64, 1), base(AMD64), false, builtOn],
    [
      "another layer at its start",
      based(AMD64),
      rebuilt(AMD64),
      true,
      `${rebuiltText} 1 of 1 base layers differ`,
    ],
    [
      "one layer that differs of three",
      based(AMD64, 4),
      oneNew(),
      true,
      `${rebuiltText} 1 of 3 base layers differ`,
    ],
    [
      "fewer layers than the base",
      based(AMD64),
      base(AMD64, 3),
      true,
      `${rebuiltText} 1 of 3 base layers differ`,
    ],
    [
      "the base's layers on every platform",
      index([based(AMD64), based(ARM64)]),
      index([base(ARM64), base(AMD64)]),
      false,
      builtOn,
    ],
    [
      "other layers on every platform",
      index([based(AMD64), based(ARM64)]),
      index([rebuilt(AMD64), rebuilt(ARM64)]),
      true,
      `${rebuiltText} 1 of 1 base layers differ`,
    ],
    [
      "other layers on one platform",
      index([based(AMD64), based(ARM64)]),
      index([base(AMD64), rebuilt(ARM64)]),
      true,
      `on ${ARM64} ${rebuiltText} 1 of 1 base layers differ`,
    ],
    [
      "other layers on two of three platforms",
      index([based(AMD64), based(ARM64), based("linux/386")]),
      index([base(AMD64), rebuilt(ARM64), rebuilt("linux/386")]),
      true,
      `on ${ARM64} and linux/386 ${rebuiltText} 1 of 1 base layers differ`,
    ],
    [
      "more other layers on one platform than on another",
      index([based(AMD64), based(ARM64)]),
      index([rebuilt(AMD64), rebuilt(ARM64, 2)]),
      true,
      `on ${AMD64} ${rebuiltText} 1 of 1 base layers differ; on ${ARM64} ${rebuiltText} 2 of 2 base layers differ`,
    ],
    [
      "a base for its platform only",
      based(ARM64),
      index([rebuilt(AMD64), base(ARM64)]),
      false,
      builtOn,
    ],
    [
      "a platform that the base lacks",
      based(ARM64),
      base(AMD64),
      undefined,
      `${BASE} does not offer ${ARM64}`,
    ],
    [
      "a platform that the base's index lacks",
      index([based(AMD64), based(ARM64)]),
      index([base(AMD64)]),
      undefined,
      `${BASE} does not offer ${ARM64}`,
    ],
    [
      "other layers on one platform, and another that the base lacks",
      index([based(AMD64), based(ARM64)]),
      index([rebuilt(AMD64)]),
      true,
      `on ${AMD64} ${rebuiltText} 1 of 1 base layers differ`,
    ],
    [
      "a base of schema 1",
      based(AMD64),
      schema1(false),
      undefined,
      `${BASE} lists no diffIDs for ${AMD64}`,
    ],
    ["schema 1", schema1(false), base(AMD64), undefined, `the image lists no diffIDs for ${AMD64}`],
    [
      "a base without layers",
      based(AMD64),
      base(AMD64, 0),
      undefined,
      `${BASE} lists no diffIDs for ${AMD64}`,
    ],
    [
      "a Windows build, and a base of another revision of it",
      based("windows(10.0.20348.1)/amd64"),
      index([rebuilt("windows(10.0.17763.9)/amd64"), rebuilt("windows(10.0.20348.9)/amd64")]),
      true,
      `${rebuiltText} 1 of 1 base layers differ`,
    ],
  ] as const) {
    it(`says ${stale ?? "nothing"} for an image with ${what}`, async () => {
      const verdict = await judge(app, now);
      const digest = now.digest;
      assert.deepEqual(verdict, { reference: BASE, digest, stale, message });
    });
  }

  for (const [what, now, message] of [
    ["an artifact", artifact(), /^registry\.test\/base:1 could not be read: .* is a Helm chart, /],
    [
      "another platform than it lists",
      index([image(AMD64, { configPlatform: ARM64 })]),
      /^registry\.test\/base:1 linux\/amd64 could not be read: the index lists linux\/amd64, but/,
    ],
  ] as const) {
    it(`says why for a base that is ${what}`, async () => {
      const { stale, message: found } = await judge(based(AMD64), now);
      assert.equal(stale, undefined);
      assert.match(found, message);
    });
  }

  it("says why for a base that does not exist, without a digest", async () => {
    const verdict = await judgeBase(registry, await gate(based(AMD64)), wantedBase());
    const message = `${BASE} could not be read: the registry does not have 1`;
    assert.deepEqual(verdict, { reference: BASE, digest: "", stale: undefined, message });
  });

  it("says why for a base whose registry refuses", async () => {
    const found = await gate(based(AMD64));
    registry.fail(/^manifest/, new PullError("rate-limited", "answered 429"));
    const { message } = await judgeBase(registry, found, wantedBase());
    assert.equal(message, `${BASE} could not be read: answered 429`);
  });

  it("throws a bug", async () => {
    const found = await gate(based(AMD64));
    registry.push("base", "1", index([base(AMD64)]));
    registry.fail(/^blob base/, new TypeError("a bug"));
    await assert.rejects(judgeBase(registry, found, wantedBase()), TypeError);
  });

  for (const [what, made, wanted, reference] of [
    ["an artifact", artifact(), wantedBase(), BASE],
    ["an artifact, with auto", artifact(), "auto", ""],
    ["an index of which no platform is required", index([based(AMD64)]), wantedBase(), BASE],
  ] as const) {
    it(`compares nothing for ${what}`, async () => {
      const found = await gate(made, { platforms: "any" });
      const message = "no platform of the image was examined, so none can be compared";
      const verdict = await judgeBase(registry, found, wanted);
      assert.deepEqual(verdict, { reference, digest: "", stale: undefined, message });
    });
  }

  it("compares only the platforms that are required", async () => {
    registry.push("base", "1", index([base(AMD64), rebuilt(ARM64)]));
    const made = index([based(AMD64), based(ARM64)]);
    const found = await gate(made, { platforms: required(AMD64) });
    assert.equal((await judgeBase(registry, found, wantedBase())).stale, false);
  });

  it("reads the base that the image names, with auto", async () => {
    const labels = { "org.opencontainers.image.base.name": BASE };
    const { digest } = base(AMD64);
    registry.push("base", "1", base(AMD64));
    const found = await gate(image(AMD64, { labels }));
    const verdict = await judgeBase(registry, found, "auto");
    assert.deepEqual(verdict, { reference: BASE, digest, stale: false, message: builtOn });
  });

  it("asks for nothing when the image names no base, with auto", async () => {
    const found = await gate(based(AMD64));
    const before = registry.asked.length;
    const { stale, message } = await judgeBase(registry, found, "auto");
    assert.equal(stale, undefined);
    assert.match(message, /^the image names no base/);
    assert.equal(registry.asked.length, before);
  });
});

describe("judgeBases", () => {
  it("judges each image that names a base and has no problem, and keeps the others", async () => {
    registry.push("base", "1", rebuilt(AMD64));
    const written = registry.push("app", "1", based(AMD64));
    const images = [
      await resolved(registry, written, { base: wantedBase() }),
      await resolved(registry, written),
      await resolved(registry, "registry.test/none:1", { base: wantedBase() }),
      await resolved(registry, written, { base: wantedBase(), platforms: required(ARM64) }),
    ];
    const judged = await judgeBases(images, registry);
    assert.deepEqual(
      judged.map((one) => one.base?.stale),
      [true, undefined, undefined, undefined],
    );
    assert.deepEqual(judged.slice(1), images.slice(1));
    assert.ok(judged.slice(1).every((one) => !("base" in one)));
  });

  it("has what it needs of an image at depth index", async () => {
    registry.push("base", "1", base(AMD64));
    const written = registry.push("app", "1", index([based(AMD64)]));
    const found = await resolved(registry, written, { base: wantedBase(), verify: "index" });
    const [judged] = await judgeBases([found], registry);
    assert.equal(judged?.base?.stale, false);
  });
});
