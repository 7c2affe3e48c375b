import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { type Digest, DigestError } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import type { Provenance } from "../../src/oci/fetched.ts";
import type { Reason } from "../../src/oci/reason.ts";
import { parseReference } from "../../src/oci/reference.ts";
import {
  MirroredRegistry,
  type MirroredRegistryOptions,
} from "../../src/pull/mirrored-registry.ts";
import type { Mirror } from "../../src/pull/mirrors.ts";
import type { TargetFrom } from "../../src/pull/ports.ts";
import { image } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { MemoryTarget } from "../support/memory-target.ts";
import { asBlob, failure, messagesOf, resolved } from "../support/resolving.ts";

const MADE = image("linux/amd64");
const [CONFIG, LAYER] = MADE.blobs;
assert.ok(CONFIG && LAYER);
const REPOSITORY = parseReference("registry.test/org/app");
const FOREIGN = parseReference("registry.test/other/app");
const BLOB = asBlob(LAYER);

const mirror = (source: string, trustsTags = false): Mirror => ({
  original: "registry.test/org",
  source,
  trustsTags,
});

let original: MemoryRegistry;
/** Both sources: `a.test/one` and `a.test/two`. */
let sources: MemoryRegistry;
let warned: string[];
let said: string[];
/** The limits of brief requests: called to end one. */
let limits: (() => void)[];
beforeEach(() => {
  original = new MemoryRegistry();
  sources = new MemoryRegistry("a.test");
  original.push("org/app", "1", MADE);
  sources.push("one/app", "1", MADE);
  sources.push("two/app", "1", MADE);
  warned = [];
  said = [];
  limits = [];
});

/** Asks whichever registry of the test has the host. */
const briefly: MirroredRegistryOptions["brief"] = {
  claim: (at, ...rest) => registryOf(at.registry).claim(at, ...rest),
  size: (at, ...rest) => registryOf(at.registry).size(at, ...rest),
};

function registryOf(host: string): MemoryRegistry {
  return host === original.host ? original : sources;
}

function mirroredBy(...mirrors: readonly Mirror[]): MirroredRegistry {
  return new MirroredRegistry({
    registry: original,
    sources,
    brief: briefly,
    mirrors,
    after: (_, run) => {
      limits.push(run);
      return () => undefined;
    },
    warn: (message) => void warned.push(message),
    say: (line) => void said.push(line),
  });
}

const byTwo = (): MirroredRegistry => mirroredBy(mirror("a.test/one"), mirror("a.test/two"));

/** Downloads the layer. Returns where it came from and where it went. */
async function download(
  registry: MirroredRegistry,
  target = new MemoryTarget(BLOB),
): Promise<Provenance & { readonly bytes: Buffer }> {
  const provenance = await registry.download(REPOSITORY, BLOB, () => target);
  return { ...provenance, bytes: target.bytes };
}

/** Everything that is asked by digest, and how a registry records it. */
const BY_DIGEST = {
  manifest: [MADE.digest, (registry) => registry.manifest(REPOSITORY, MADE.digest)],
  claim: [MADE.digest, (registry) => registry.claim(REPOSITORY, MADE.digest)],
  blob: [CONFIG.digest, (registry) => registry.blob(REPOSITORY, asBlob(CONFIG))],
  size: [LAYER.digest, (registry) => registry.size(REPOSITORY, LAYER.digest)],
  download: [LAYER.digest, (registry) => download(registry)],
} as const satisfies Readonly<
  Record<string, readonly [Digest, (registry: MirroredRegistry) => Promise<unknown>]>
>;

const refusal = (reason: Reason): PullError => new PullError(reason, `${reason} there`);

describe("content known by digest", () => {
  it("is measured by the original alone, because nothing proves what a source states", async () => {
    assert.equal(await byTwo().measure(REPOSITORY, LAYER.digest), LAYER.bytes.length);
    assert.deepEqual([sources.asked, original.asked], [[], [`measure org/app ${LAYER.digest}`]]);
  });

  for (const [verb, [digest, ask]] of Object.entries(BY_DIGEST)) {
    const at = (place: string): string => `${verb} ${place}/app ${digest}`;

    it(`comes from the first source: ${verb}`, async () => {
      await ask(byTwo());
      assert.deepEqual([sources.asked, original.asked], [[at("one")], []]);
    });

    it(`comes from the next source that has it: ${verb}`, async () => {
      sources.remove("one/app", digest);
      await ask(byTwo());
      assert.deepEqual([sources.asked, original.asked], [[at("one"), at("two")], []]);
    });

    it(`comes from the original when no source has it: ${verb}`, async () => {
      sources.fail(/./, refusal("not-found"));
      await ask(byTwo());
      assert.deepEqual([sources.asked, original.asked], [[at("one"), at("two")], [at("org")]]);
      assert.deepEqual(warned, []);
    });

    it(`fails as the original does when no place has it: ${verb}`, async () => {
      sources.fail(/one/, refusal("not-found"));
      sources.fail(/two/, refusal("rate-limited"));
      original.fail(/./, new PullError("no-credentials", "it refused", { next: "log in" }));
      const words = "it refused (sources: a.test/one not-found, a.test/two rate-limited)";
      await assert.rejects(ask(byTwo()), (error) => {
        failure("no-credentials")(error);
        assert.ok(error instanceof PullError);
        return error.message === `${words}; log in`;
      });
    });

    for (const reason of ["timeout", "cancelled"] as const) {
      it(`is asked of no other place after an interruption (${reason}): ${verb}`, async () => {
        sources.fail(/one/, refusal(reason));
        await assert.rejects(ask(byTwo()), failure(reason, new RegExp(`^${reason} there; `)));
        assert.deepEqual([sources.asked, original.asked], [[at("one")], []]);
      });
    }
  }

  it("names its place: a source by its prefix, the original by its host", async () => {
    const registry = byTwo();
    const named = async (): Promise<readonly string[]> => {
      const manifest = await registry.manifest(REPOSITORY, MADE.digest);
      const blob = await registry.blob(REPOSITORY, asBlob(CONFIG));
      return [manifest.source, blob.source, (await download(registry)).source];
    };
    assert.deepEqual(await named(), Array(3).fill("a.test/one"));
    sources.fail(/^\w+ one/, refusal("not-found"));
    assert.deepEqual((await named()).toSpliced(1, 1), Array(2).fill("a.test/two"));
    sources.fail(/./, refusal("not-found"));
    assert.deepEqual((await named()).toSpliced(1, 1), Array(2).fill("registry.test"));
  });

  it("of a repository without a source is asked of the original alone", async () => {
    original.push("other/app", "1", MADE);
    const registry = byTwo();
    const { source } = await registry.manifest(FOREIGN, MADE.digest);
    await registry.manifest(FOREIGN, "1");
    await registry.download(FOREIGN, BLOB, () => new MemoryTarget(BLOB));
    assert.deepEqual([source, sources.asked], ["registry.test", []]);
    assert.equal(original.asked.length, 3);
    const missing = registry.blob(FOREIGN, { ...BLOB, digest: MADE.digest });
    await assert.rejects(missing, failure("not-found", /does not have sha256:\w+; /));
  });

  it("throws a bug in a source as it is", async () => {
    const bug = new TypeError("a bug");
    sources.fail(/./, bug);
    await assert.rejects(download(byTwo()), (error) => error === bug);
  });

  it("is not failed by a wrong size that a source states", async () => {
    sources.size = async () => 7;
    sources.fail(/^size two/, refusal("not-found"));
    assert.equal(await byTwo().size(REPOSITORY, LAYER.digest), undefined);
    const app = await resolved(byTwo(), `registry.test/org/app@${MADE.digest}`, {
      verify: "blobs",
    });
    assert.equal(messagesOf(app), "");
  });
});

describe("wrong bytes of a source", () => {
  const wrong = new DigestError("digest-differs", "digest differs: asked for other bytes");

  /** A source that writes half of the blob, and then notices that it is wrong. */
  async function half(_: unknown, __: unknown, targetFrom: TargetFrom): Promise<never> {
    const target = targetFrom("registry");
    target.part(0).write(Buffer.alloc(Math.floor(BLOB.size / 2), 7));
    throw wrong;
  }

  it("in a manifest lead to the next place, and a warning names it", async () => {
    sources.fail(/one/, wrong);
    const { source, bytes } = await byTwo().manifest(REPOSITORY, MADE.digest);
    assert.deepEqual([source, bytes], ["a.test/two", MADE.bytes]);
    assert.deepEqual(warned, [
      "source a.test/one gave a wrong answer: digest differs: asked for other bytes; " +
        "a.test/two was used instead; check that source, or remove it from sources",
    ]);
  });

  it("in a download are discarded before the next place is asked", async () => {
    sources.download = half;
    const target = new MemoryTarget(BLOB);
    const { source, bytes } = await download(mirroredBy(mirror("a.test/one")), target);
    assert.deepEqual([source, bytes], ["registry.test", LAYER.bytes]);
    assert.deepEqual([target.received, target.written], [BLOB.size, Math.floor(BLOB.size * 1.5)]);
    assert.match(warned.join("\n"), /^source a\.test\/one gave .*; registry\.test was used/);
  });

  it("are found by the target, too", async () => {
    sources.push("one/app", "1", {
      ...MADE,
      blobs: [{ ...LAYER, bytes: Buffer.alloc(BLOB.size) }],
    });
    const { source, bytes } = await download(mirroredBy(mirror("a.test/one")));
    assert.deepEqual([source, bytes], ["registry.test", LAYER.bytes]);
    assert.match(warned.join("\n"), /digest differs after \d+ bytes; registry\.test was used/);
  });

  it("in several downloads at once are warned of once, and then the source is left alone", async () => {
    sources.fail(/one/, wrong);
    const registry = byTwo();
    await Promise.all([1, 2, 3, 4].map(() => download(registry)));
    const [first, left, ...others] = warned;
    assert.match(first ?? "", /^source a\.test\/one gave a wrong answer: /);
    assert.match(left ?? "", /^source a\.test\/one failed 2 times and is left alone in this run: /);
    assert.deepEqual(others, []);
  });

  it("are not warned of when the original sends the same: the image is wrong", async () => {
    sources.fail(/one/, wrong);
    original.fail(/./, wrong);
    const registry = mirroredBy(mirror("a.test/one"));
    for (const _ of [1, 2, 3]) {
      await assert.rejects(
        download(registry),
        failure("digest-differs", /\(sources: a\.test\/one/),
      );
    }
    assert.deepEqual([warned, sources.asked.length], [[], 3]);
  });
});

describe("a target that fails", () => {
  for (const [what, error] of [
    ["because its disk is full", new PullError("disk-full", "the disk is full")],
    ["because the blob is no longer needed", new PullError("answer-cut", "skipped")],
    ["because of a bug", new TypeError("a bug")],
  ] as const) {
    it(`${what} ends the download: no other place can help`, async () => {
      const target = new MemoryTarget(BLOB);
      target.part = () => ({
        received: 0,
        write: () => {
          throw error;
        },
      });
      await assert.rejects(download(byTwo(), target), (thrown) => thrown === error);
      assert.deepEqual([sources.asked.length, original.asked, warned], [1, [], []]);
    });
  }

  it("when it is restarted ends the download", async () => {
    const target = new MemoryTarget(BLOB);
    target.restart = async () => {
      throw new PullError("disk-failed", "it broke");
    };
    sources.push("one/app", "1", {
      ...MADE,
      blobs: [{ ...LAYER, bytes: Buffer.alloc(BLOB.size) }],
    });
    await assert.rejects(download(byTwo(), target), failure("disk-failed", /^it broke; /));
    assert.deepEqual([sources.asked.length, original.asked], [1, []]);
  });

  it("when the original's bytes are committed fails with its own words", async () => {
    const target = new MemoryTarget(BLOB);
    target.commit = async () => {
      throw new PullError("disk-full", "the disk is full");
    };
    sources.fail(/./, refusal("not-found"));
    await assert.rejects(download(byTwo(), target), failure("disk-full", /^the disk is full; /));
  });
});

describe("a source that fails twice", () => {
  for (const reason of ["no-answer", "server-error", "rate-limited", "web-page"] as const) {
    it(`is left alone for the run, with one warning: ${reason}`, async () => {
      sources.fail(/one/, refusal(reason));
      const registry = byTwo();
      for (const _ of [1, 2, 3, 4]) await download(registry);
      const asked = sources.asked.filter((line) => line.includes("one/app"));
      assert.equal(asked.length, 2);
      const left = warned.filter((message) => message.includes("left alone"));
      assert.deepEqual(left, [
        `source a.test/one failed 2 times and is left alone in this run: ${reason} there; ` +
          "check that source, or remove it from sources",
      ]);
      assert.deepEqual(original.asked, []);
    });
  }

  it("may finish what it was asked before, and is warned of once", async () => {
    sources.fail(/one/, refusal("no-answer"));
    const registry = byTwo();
    await Promise.all([1, 2, 3, 4, 5].map(() => download(registry)));
    assert.equal(sources.asked.filter((line) => line.includes("one/app")).length, 5);
    assert.equal(warned.length, 1);
    assert.equal(said[0], "source a.test/one: no-answer there; asking the next place");
  });

  it("is named when every other place refuses", async () => {
    sources.fail(/./, refusal("no-answer"));
    const registry = mirroredBy(mirror("a.test/one"));
    for (const _ of [1, 2]) await download(registry);
    original.fail(/./, refusal("server-error"));
    const words = /^server-error there \(sources: a\.test\/one left alone\); /;
    await assert.rejects(download(registry), failure("server-error", words));
  });

  it("is another than one at the same host", async () => {
    sources.fail(/one/, refusal("no-answer"));
    const registry = byTwo();
    for (const _ of [1, 2, 3]) await download(registry);
    assert.equal((await download(registry)).source, "a.test/two");
  });

  for (const reason of ["not-found", "layer-missing", "no-credentials"] as const) {
    it(`is not one that answers ${reason}`, async () => {
      sources.fail(/one/, refusal(reason));
      const registry = byTwo();
      for (const _ of [1, 2, 3]) await download(registry);
      assert.equal(sources.asked.filter((line) => line.includes("one/app")).length, 3);
      assert.deepEqual([warned, said], [[], []]);
    });
  }

  it("is still asked as an original", async () => {
    const registry = new MirroredRegistry({
      registry: original,
      sources,
      brief: briefly,
      mirrors: [
        { original: "other.test", source: "registry.test", trustsTags: false },
        { original: "registry.test", source: "a.test/one", trustsTags: false },
      ],
      after: () => () => undefined,
      warn: (message) => void warned.push(message),
      say: () => undefined,
    });
    const other = parseReference("other.test/org/app");
    for (const _ of [1, 2]) {
      sources.fail(/^size org/, refusal("no-answer"));
      await assert.rejects(registry.size(other, BLOB.digest));
    }
    assert.match(warned.join("\n"), /^source registry\.test failed 2 times/);
    assert.equal(await registry.size(REPOSITORY, BLOB.digest), BLOB.size);
  });
});

describe("a tag", () => {
  it("is asked of the original, and its manifest by digest of the sources", async () => {
    const { source, digest } = await byTwo().manifest(REPOSITORY, "1");
    assert.deepEqual([source, digest], ["a.test/one", MADE.digest]);
    assert.deepEqual(original.asked, ["claim org/app 1"]);
    assert.deepEqual(sources.asked, [`manifest one/app ${MADE.digest}`]);
  });

  it("that was claimed before is not asked for again", async () => {
    const { source } = await byTwo().manifest(REPOSITORY, "1", { claimed: MADE.digest });
    assert.deepEqual([source, original.asked], ["a.test/one", []]);
    assert.deepEqual(sources.asked, [`manifest one/app ${MADE.digest}`]);
  });

  it("for which the original announces no digest is read there", async () => {
    original.claim = async () => ({ digest: undefined, authenticated: false, private: false });
    const { source } = await byTwo().manifest(REPOSITORY, "1");
    assert.deepEqual([source, original.asked], ["registry.test", ["manifest org/app 1"]]);
    assert.deepEqual(sources.asked, []);
  });

  it("that moved at a source is where the original has it", async () => {
    const stale = image("linux/arm64");
    sources.push("one/app", "1", stale);
    const registry = byTwo();
    assert.equal((await registry.claim(REPOSITORY, "1")).digest, MADE.digest);
    assert.equal((await registry.manifest(REPOSITORY, "1")).digest, MADE.digest);
  });

  it("fails with the original's failure alone", async () => {
    original.remove("org/app", "1");
    const words = /the registry does not have 1; /;
    await assert.rejects(byTwo().manifest(REPOSITORY, "1"), failure("not-found", words));
    await assert.rejects(byTwo().claim(REPOSITORY, "1"), failure("not-found", words));
    assert.deepEqual(sources.asked, []);
  });

  it("that needed credentials stays private when a source needs none", async () => {
    original.isPrivate = true;
    for (const hints of [{}, { claimed: MADE.digest }]) {
      const fetched = await byTwo().manifest(REPOSITORY, "1", hints);
      assert.deepEqual([fetched.authenticated, fetched.private], [true, true]);
      assert.equal(fetched.source, "a.test/one");
    }
    const { private: isPrivate } = await byTwo().manifest(REPOSITORY, MADE.digest);
    assert.ok(!isPrivate);
  });

  it("is listed by the original", async () => {
    sources.push("one/app", "2", MADE);
    assert.deepEqual(await byTwo().tags(REPOSITORY), ["1"]);
    assert.deepEqual(sources.asked, []);
  });
});

describe("a source whose tags are trusted", () => {
  const trusting = (): MirroredRegistry =>
    mirroredBy(mirror("a.test/one"), mirror("a.test/two", true));

  it("is asked for tags before the original", async () => {
    const moved = image("linux/arm64");
    sources.push("two/app", "1", moved);
    const registry = trusting();
    assert.equal((await registry.claim(REPOSITORY, "1")).digest, moved.digest);
    const { digest, source } = await registry.manifest(REPOSITORY, "1");
    assert.deepEqual([digest, source], [moved.digest, "a.test/two"]);
    assert.deepEqual(await registry.tags(REPOSITORY), ["1"]);
    assert.deepEqual(original.asked, []);
  });

  it("leaves the manifest to the first source that has its digest", async () => {
    const { source } = await trusting().manifest(REPOSITORY, "1");
    assert.equal(source, "a.test/one");
    assert.deepEqual(sources.asked, ["claim two/app 1", `manifest one/app ${MADE.digest}`]);
  });

  it("is followed by the other trusted ones, in order, and by the original", async () => {
    sources.remove("one/app", "1");
    sources.remove("two/app", "1");
    const registry = mirroredBy(mirror("a.test/one", true), mirror("a.test/two", true));
    assert.equal((await registry.manifest(REPOSITORY, "1")).digest, MADE.digest);
    assert.deepEqual(sources.asked.slice(0, 2), ["claim one/app 1", "claim two/app 1"]);
    assert.deepEqual(original.asked, ["claim org/app 1"]);
  });

  it("is read by tag when it announces no digest", async () => {
    sources.claim = async () => ({ digest: undefined, authenticated: false, private: false });
    const { source } = await trusting().manifest(REPOSITORY, "1");
    assert.deepEqual([source, sources.asked], ["a.test/two", ["manifest two/app 1"]]);
  });

  it("does not hide the original's failure", async () => {
    sources.remove("two/app", "1");
    original.fail(/./, refusal("rate-limited"));
    const words = /^rate-limited there \(sources: a\.test\/two not-found\); /;
    await assert.rejects(trusting().manifest(REPOSITORY, "1"), failure("rate-limited", words));
  });
});

describe("a brief request", () => {
  const BRIEF = { brief: true };

  it("to an original that never answers fails after a minute, and all others at once", async () => {
    const registry = mirroredBy();
    original.on(/./, () => new Promise(() => undefined));
    const claim = registry.claim(REPOSITORY, "1", BRIEF);
    const size = registry.size(REPOSITORY, BLOB.digest, BRIEF);
    limits[0]?.();
    const isLate = failure("no-answer", /^registry\.test gave no answer within 60 s/);
    await assert.rejects(claim, isLate);
    await assert.rejects(size, isLate);
    assert.deepEqual(original.asked, ["claim org/app 1"]);
  });

  it("to a source that never answers leads to the original, and is no failure that counts", async () => {
    const registry = mirroredBy(mirror("a.test/one"));
    sources.on(/./, () => new Promise(() => undefined));
    const size = registry.size(REPOSITORY, BLOB.digest, BRIEF);
    limits[0]?.();
    assert.equal(await size, BLOB.size);
    assert.equal(await registry.size(REPOSITORY, BLOB.digest, BRIEF), BLOB.size);
    assert.deepEqual([said, warned, sources.asked.length], [[], [], 1]);
  });

  it("has no limit when it is not brief", async () => {
    const registry = mirroredBy();
    await registry.claim(REPOSITORY, "1");
    await registry.size(REPOSITORY, BLOB.digest);
    assert.deepEqual(limits, []);
  });
});

describe("sentCredentials", () => {
  it("is the original's, whatever a source was sent", () => {
    sources.isPrivate = true;
    assert.ok(!byTwo().sentCredentials("registry.test"));
    original.isPrivate = true;
    assert.ok(byTwo().sentCredentials("registry.test"));
  });
});
