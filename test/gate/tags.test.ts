import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { tagHint, tagWarnings } from "../../src/gate/tags.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { image } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { wantedImage } from "../support/resolving.ts";

const NOT_FOUND = new PullError("not-found", "no such manifest");
const REFUSED = new PullError("no-credentials", "answered 401");
const OLD = image("linux/amd64", { salt: "old" });
const NEW = image("linux/amd64", { salt: "new" });

describe("tagHint", () => {
  let registry: MemoryRegistry;
  beforeEach(() => {
    registry = new MemoryRegistry();
  });
  const hint = (tail: string, failure = NOT_FOUND): Promise<string> =>
    tagHint(registry, wantedImage(`${registry.host}/org/app${tail}`), failure);

  it("names the tags that are most like the missing one", async () => {
    for (const tag of ["1.0", "1.1", "2.0"]) registry.push("org/app", tag, NEW);
    assert.match(await hint(":1.2"), /^; nearest of its 3 tags: 1\.[01], 1\.[01]/);
  });

  it("names at most five tags", async () => {
    for (let at = 0; at < 40; at++) registry.push("org/app", `1.${at}`, NEW);
    const [, named = ""] = /^; nearest of its 40 tags: (.*)$/.exec(await hint(":1.50")) ?? [];
    assert.equal(named.split(", ").length, 5);
  });

  it("is empty for a repository without tags", async () => {
    assert.equal(await hint(":1"), "");
  });

  it("is empty when the tags cannot be listed", async () => {
    registry.push("org/app", "1", NEW);
    registry.fail(/^tags/, REFUSED);
    assert.equal(await hint(":2"), "");
  });

  for (const [what, tail, failure] of [
    ["another failure than a missing image", ":1", REFUSED],
    ["a reference with a digest", `:1@${OLD.digest}`, NOT_FOUND],
    ["a reference without a tag", `@${OLD.digest}`, NOT_FOUND],
  ] as const) {
    it(`is empty for ${what}, and lists no tags`, async () => {
      registry.push("org/app", "2", NEW);
      assert.deepEqual([await hint(tail, failure), registry.asked], ["", []]);
    });
  }

  it("throws a bug", async () => {
    registry.fail(/^tags/, new TypeError("a bug"));
    await assert.rejects(hint(":1"), TypeError);
  });
});

describe("tagWarnings", () => {
  let registry: MemoryRegistry;
  beforeEach(() => {
    registry = new MemoryRegistry();
    registry.push("org/app", "1", NEW);
  });
  const warnings = (tail: string): Promise<readonly string[]> =>
    tagWarnings(registry, wantedImage(`${registry.host}/org/app${tail}`));

  it("warns when the tag points at another digest", async () => {
    const written = `${registry.host}/org/app:1@${OLD.digest}`;
    assert.deepEqual(await warnings(`:1@${OLD.digest}`), [
      `${written}: the tag 1 now points at ${NEW.digest}; the given digest is used`,
    ]);
  });

  it("warns when the tag does not exist", async () => {
    const [warning] = await warnings(`:2@${NEW.digest}`);
    assert.match(warning ?? "", /: the tag 2 does not exist; the given digest is used$/);
  });

  for (const [what, tail] of [
    ["the tag points at the digest", `:1@${NEW.digest}`],
    ["the digest has another algorithm", `:1@${digestOf(OLD.bytes, "sha512")}`],
  ] as const) {
    it(`is silent when ${what}`, async () => assert.deepEqual(await warnings(tail), []));
  }

  for (const [what, tail] of [
    ["a tag alone", ":1"],
    ["a digest alone", `@${OLD.digest}`],
  ] as const) {
    it(`asks nothing about ${what}`, async () => {
      assert.deepEqual([await warnings(tail), registry.asked], [[], []]);
    });
  }

  it("is silent when the registry refuses to say what the tag is", async () => {
    registry.fail(/^claim/, REFUSED);
    assert.deepEqual(await warnings(`:1@${OLD.digest}`), []);
  });
});
