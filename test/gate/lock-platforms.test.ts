import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { Locked } from "../../src/gate/plan.ts";
import { problemsOf, type Resolved } from "../../src/gate/resolved.ts";
import { descriptor, image, index, type Made } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { lockedImage, lockOf, required, resolved, statesOf } from "../support/resolving.ts";

const AMD64 = image("linux/amd64");
const ARM64 = image("linux/arm64");
const NEW = image("linux/amd64", { salt: "new" });

let registry: MemoryRegistry;
beforeEach(() => {
  registry = new MemoryRegistry();
});

const gate = (entry: Locked, more: Parameters<typeof resolved>[2]): Promise<Resolved> =>
  resolved(registry, "registry.test/org/app:1", { lock: lockOf("check", entry), ...more });

/** The reason of each problem, after its platform. */
const reasonsOf = (found: Resolved): readonly string[] =>
  problemsOf(found).map(({ platform, reason }) => `${platform} ${reason}`.trim());

describe("the platforms of a locked image for Windows", () => {
  const NAMES = ["windows(10.0.17763.1)/amd64", "windows(10.0.20348.2)/amd64"] as const;
  const [ONE, TWO] = NAMES.map((name) => image(name));
  assert.ok(ONE && TWO);
  const BARE = { ...ONE, platform: "windows/amd64" };
  // Another revision of the same build, with the digest that the first should have.
  const LATER = { ...TWO, platform: "windows(10.0.20348.3)/amd64" };
  for (const [offered, entry, platforms, expected] of [
    [[ONE, TWO], [ONE, TWO], "all", []],
    [[ONE, TWO], [ONE], "windows/amd64", []],
    [[ONE, TWO], [BARE], "windows/amd64", []],
    [[ONE, TWO], [TWO], "windows/amd64", [`${NAMES[0]} platform-not-locked`]],
    [[ONE, TWO], [TWO], "windows(10.0.20348.9)/amd64", []],
    [[ONE, TWO], [ONE], "windows(10.0.20348)/amd64", [`${NAMES[1]} platform-not-locked`]],
    [[BARE], [ONE], "windows/amd64", []],
    [[TWO], [{ ...TWO, digest: NEW.digest }, LATER], NAMES[1], [`${NAMES[1]} lock-differs`]],
    [[BARE], [BARE], "windows(10.0.17763)/amd64", []],
    [[BARE], [{ ...BARE, digest: NEW.digest }], NAMES[0], [`${NAMES[0]} lock-differs`]],
  ] as const) {
    const names = (made: readonly Made[]) => made.map(({ platform }) => platform).join(" and ");
    const title = `${platforms} of ${names(offered)}, locked ${names(entry)}`;
    it(`have ${expected.length} problems: ${title}`, async () => {
      const made = index(offered);
      registry.push("org/app", "1", made);
      const found = await gate(lockedImage(made, entry), { platforms: required(platforms) });
      assert.deepEqual(reasonsOf(found), expected);
    });
  }
});

describe("a platform that a lock file cannot name", () => {
  for (const [name, platform] of [
    ["linux/a b", { os: "linux", architecture: "a b" }],
    ["/amd64", { os: "", architecture: "amd64" }],
    // A lock file has it as linux/arm64, which another entry may be.
    ["linux/arm64/v8", { os: "linux", architecture: "arm64/v8" }],
  ] as const) {
    it(`is locked by the digest of its index: ${name}`, async () => {
      const entries = [{ ...descriptor(AMD64), platform }];
      const made = { ...index([ARM64], { entries }), manifests: [AMD64, ARM64] };
      registry.push("org/app", "1", { ...made, blobs: [...AMD64.blobs, ...ARM64.blobs] });
      const more = { platforms: "all", verify: "index" } as const;
      const found = await gate(lockedImage(made, [ARM64]), more);
      assert.deepEqual(statesOf(found), ["linux/arm64 ok", `${name} ok`]);
    });
  }
});
