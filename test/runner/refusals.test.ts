import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TagState } from "../../src/gate/resolved.ts";
import type { Refusal } from "../../src/oci/fetched.ts";
import type { FailureStatus } from "../../src/oci/reason.ts";
import type { Result } from "../../src/pull/outcome.ts";
import { lossesOf, refusalsOf } from "../../src/runner/refusals.ts";
import { APP, failedPlatform, failedResult, resultOf } from "../support/results.ts";

const HOST = "registry.test";

function refusal(status: FailureStatus, registry = HOST): Refusal {
  return { registry, status, found: `${registry} answered 599` };
}

/** An image whose registry refused to confirm its top document. */
async function refused(written: string, status: FailureStatus): Promise<Result> {
  const result = await resultOf(undefined, { written, name: written });
  const refused = refusal(status);
  const root = result.root && {
    ...result.root,
    fetched: { ...result.root.fetched, refusal: refused },
  };
  return { ...result, root, refusal: refused };
}

async function tagRefused(written: string, status: FailureStatus): Promise<Result> {
  const result = await resultOf(undefined, { written });
  return { ...result, tagRefusal: refusal(status) };
}

async function locked(tag: TagState): Promise<Result> {
  const result = await resultOf();
  return { ...result, lock: { digest: result.root?.fetched.digest, tag } };
}

/** The only sentence about an image. */
function textOf(image: Result): string {
  const [text = "", ...others] = refusalsOf([image]);
  assert.deepEqual(others, []);
  return text;
}

/** What each sentence is about. */
function subjectsOf(images: readonly Result[]): readonly string[] {
  return lossesOf(images).map((text) => text.split(/: | is /)[0] ?? "");
}

describe("lossesOf", () => {
  it("is empty when every registry confirmed everything", async () =>
    assert.deepEqual(lossesOf([await resultOf(), failedResult("gone")]), []));

  it("has one notice for a registry that is unavailable, whatever it was asked about", async () => {
    const later = { ...refusal("unreachable"), found: "no answer" };
    const images = [
      await refused("app:1", "unreachable"),
      await refused("app:2", "rate-limited"),
      await tagRefused("app:3", "unreachable"),
      { ...(await resultOf()), refusal: later },
    ];
    assert.deepEqual(lossesOf(images), [
      `${HOST} is unavailable: ${HOST} answered 599; ` +
        "images with a known digest come from cache, layout or sources, verified; " +
        "if this lasts, name another place for them in sources",
    ]);
  });

  it("has one for each registry that is unavailable", async () => {
    const other = { ...(await resultOf()), refusal: refusal("unreachable", "ghcr.io") };
    assert.deepEqual(subjectsOf([await refused(APP, "unreachable"), other]), [HOST, "ghcr.io"]);
  });

  it("has one for each image that is gone or refused, also beside an outage", async () => {
    const images = [
      await refused("app:1", "not-found"),
      await refused("app:2", "unauthorized"),
      await refused("app:1", "not-found"),
      await refused("app:3", "unreachable"),
    ];
    assert.deepEqual(subjectsOf(images), ["app:1", "app:2", HOST]);
  });

  it("has one for a locked tag that is gone, of which the log has a warning already", async () => {
    const image = await locked("gone");
    assert.deepEqual(refusalsOf([image]), []);
    assert.deepEqual(lossesOf([image]), [
      `${APP}: ${HOST} no longer has the tag 1; the locked digest is used; ` +
        "the image may be gone soon, so replace it or push it to a registry of yours",
    ]);
  });

  for (const tag of ["same", "moved", ""] as const) {
    it(`has none for a locked tag that is ${tag || "unknown"}`, async () =>
      assert.deepEqual(lossesOf([await locked(tag)]), []));
  }
});

describe("refusalsOf", () => {
  const used = "the copy in the cache or the layout is used, verified by its digest";

  it("states that an image is gone, what is used, and that it has to be replaced", async () =>
    assert.equal(
      textOf(await refused("app:1", "not-found")),
      `app:1: ${HOST} no longer has it: ${HOST} answered 599; ${used}; the copy is lost when ` +
        "the cache is emptied, so replace the image or push the copy to a registry of yours",
    ));

  it("states that access was refused, which registries also answer for what is gone", async () =>
    assert.equal(
      textOf(await refused("app:1", "unauthorized")),
      `app:1: ${HOST} refused access to it: ${HOST} answered 599; ${used}; if the repository ` +
        "is gone, replace the image or push the copy to a registry of yours; " +
        "if not, check the credentials for it",
    ));

  it("states that access was refused when what is gone needed credentials", async () => {
    const { root, ...rest } = await refused("app:1", "not-found");
    assert.ok(root);
    const fetched = { ...root.fetched, authenticated: true };
    const image = { ...rest, root: { ...root, fetched } };
    assert.match(textOf(image), /^app:1: registry\.test refused access to it: /);
  });

  it("states that only a part of an image is gone", async () => {
    const image = { ...(await resultOf()), refusal: refusal("not-found") };
    assert.match(textOf(image), /: registry\.test no longer has a part of it: /);
  });

  // why a tag could not be checked, and what to do about it
  for (const [status, next] of [
    ["unauthorized", "check the credentials for it"],
    ["unsupported", "ask the registry's operator"],
    ["invalid", "ask the registry's operator"],
  ] as const) {
    it(`states that a tag could not be checked: ${status}`, async () => {
      const asked = `app:1: ${HOST} was asked what the tag 1 points at`;
      const expected = `${asked}: ${HOST} answered 599; the known digest is used; ${next}`;
      assert.equal(textOf(await tagRefused("app:1", status)), expected);
    });
  }

  it("prefers what was refused about documents to what was refused about the tag", async () => {
    const image = { ...(await refused("app:1", "not-found")), tagRefusal: refusal("unreachable") };
    assert.deepEqual(subjectsOf([image]), ["app:1"]);
  });

  for (const status of ["not-found", "unauthorized", "unreachable", "rate-limited"] as const) {
    it(`is undefined for an image with a problem: ${status}`, async () => {
      const failed = failedPlatform("linux/386", "platform-missing");
      const withProblem = async (image: Promise<Result>): Promise<Result> => {
        const found = await image;
        return { ...found, platforms: [...found.platforms, failed] };
      };
      const images = [
        await withProblem(refused(APP, status)),
        await withProblem(tagRefused(APP, status)),
        await withProblem(locked("gone")),
      ];
      assert.deepEqual(refusalsOf(images), []);
      assert.deepEqual(lossesOf(images), []);
    });
  }
});
