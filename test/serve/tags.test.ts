import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { Digest } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { parseReference, type Repository } from "../../src/oci/reference.ts";
import { type TagClaim, Tags } from "../../src/serve/tags.ts";
import { digestOfAll } from "../support/locks.ts";

const APP = parseReference("registry.test/org/app");
const OWN = parseReference("localhost:5000/org/app");
const [A, B] = [digestOfAll("a"), digestOfAll("b")];
const outage = new PullError("server-error", "registry.test answered 503");
const gone = new PullError("not-found", "no such tag");

let time: number;
let asked: number;
let said: string[];
let tags: Tags;
beforeEach(() => {
  time = 0;
  asked = 0;
  said = [];
  tags = new Tags({
    now: () => time,
    isOwn: (registry) => registry.startsWith("localhost"),
    say: (line) => void said.push(line),
  });
});

/** What a tag is when the registry answers with a digest or fails. */
async function claim(
  answer: Digest | Error,
  tag = "1",
  repository: Repository = APP,
): Promise<Digest> {
  const { digest } = await tags.claim(repository, tag, async () => {
    asked++;
    if (answer instanceof Error) throw answer;
    return claimOf(answer);
  });
  return digest;
}

function claimOf(digest: Digest): TagClaim {
  return { digest, size: 1, mediaType: "", authenticated: false, private: false };
}

describe("Tags", () => {
  it("asks for a tag once a minute", async () => {
    assert.equal(await claim(A), A);
    time = 59_999;
    assert.deepEqual([await claim(B), asked], [A, 1]);
    time = 60_000;
    assert.deepEqual([await claim(B), asked], [B, 2]);
  });

  it("asks for each tag and repository", async () => {
    await claim(A);
    assert.equal(await claim(B, "2"), B);
    assert.equal(await claim(B, "1", parseReference("registry.test/org/other")), B);
  });

  it("asks once for clients that ask at the same time", async () => {
    await Promise.all([claim(A), claim(A), claim(A)]);
    assert.equal(asked, 1);
  });

  it("asks each time for a tag that the job itself may push", async () => {
    await claim(A, "1", OWN);
    assert.deepEqual([await claim(B, "1", OWN), asked], [B, 2]);
  });

  it("asks again after a failure", async () => {
    await assert.rejects(claim(outage), outage);
    assert.deepEqual([await claim(A), asked], [A, 2]);
  });

  it("uses what a tag was before during an outage, and logs it", async () => {
    await claim(A);
    time = 3_600_000;
    assert.equal(await claim(outage), A);
    assert.deepEqual(said, [
      `registry.test/org/app:1: registry.test answered 503; using ${A}, what it was before`,
    ]);
  });

  it("uses what a tag of the job's own registry was before during an outage", async () => {
    await claim(A, "1", OWN);
    assert.equal(await claim(outage, "1", OWN), A);
  });

  for (const [what, error] of [
    ["is gone", gone],
    ["may not be read", new PullError("credentials-refused", "registry.test answered 403")],
    ["fails for an unknown reason", new TypeError("a bug")],
  ] as const) {
    it(`fails for a tag that ${what}, whatever it was before`, async () => {
      await claim(A);
      time = 60_000;
      await assert.rejects(claim(error), error);
    });
  }

  it("forgets the tags that were asked for first beyond ten thousand", async () => {
    for (let at = 0; at <= 10_000; at++) await claim(A, `t${at}`);
    asked = 0;
    await claim(A, "t1");
    assert.equal(asked, 0);
    await claim(A, "t0");
    assert.equal(asked, 1);
    time = 60_000;
    await assert.rejects(claim(outage, "t1"), outage);
  });
});
