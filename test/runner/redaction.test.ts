import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PullError } from "../../src/oci/failure.ts";
import type { Outcome } from "../../src/pull/outcome.ts";
import { fileProblem } from "../../src/runner/found-images.ts";
import { redact } from "../../src/runner/redaction.ts";
import { image, index } from "../support/image.ts";
import {
  APP,
  failedPlatform,
  failedResult,
  judgedOf,
  outcomeOf,
  pulledOf,
  resultOf,
} from "../support/results.ts";

const SECRET = "hunter2";
const withhold = (text: string): string => text.replaceAll(SECRET, "***");

/** An outcome whose image repeats a text wherever its publisher writes. */
async function repeating(text: string): Promise<Outcome> {
  const run = {
    Entrypoint: [text],
    Cmd: [text],
    Labels: { [`key ${text}`]: text },
    User: text,
    WorkingDir: text,
    ExposedPorts: { [text]: {} },
  };
  const made = image("linux/amd64", { config: { config: run, created: text, author: text } });
  const result = await resultOf(made);
  const platforms = [...result.platforms, failedPlatform(`linux/${text}`, "platform-missing")];
  const failed = failedResult(APP);
  const message = `the registry says ${text}`;
  const problem = failed.problem && { ...failed.problem, message };
  return outcomeOf(
    [
      { ...result, platforms },
      { ...failed, problem },
    ],
    pulledOf(),
  );
}

describe("redact", () => {
  it("removes a secret from messages, platforms and configs", async () => {
    const { images } = redact(judgedOf(await repeating(`say ${SECRET}`)), withhold);
    const [good, failed] = images;
    const config = good?.platforms[0]?.image?.config;
    assert.deepEqual(
      [config?.entrypoint, config?.cmd, config?.exposedPorts, config?.user, config?.workdir],
      [["say ***"], ["say ***"], ["say ***"], "say ***", "say ***"],
    );
    assert.equal(config?.created, "say ***");
    assert.deepEqual([...(config?.labels ?? [])], [["key say ***", "say ***"]]);
    assert.equal(config?.json["author"], "say ***");
    assert.equal(good?.platforms[1]?.platform, "linux/say ***");
    assert.equal(good?.platforms[1]?.message, "linux/say ***: nothing; try again");
    assert.equal(failed?.problem?.message, "the registry says say ***");
    assert.ok(!JSON.stringify(config?.json).includes(SECRET), "keys, too");
  });

  it("removes a secret from documents, and leaves their digests", async () => {
    const made = image("linux/amd64");
    const { digest, mediaType, bytes } = made;
    const annotations = { [SECRET]: [`a ${SECRET}`] };
    const size = bytes.length;
    const other = { digest, mediaType, size, annotations: { x: SECRET }, nested: [annotations] };
    const top = index([made], {
      entries: [{ ...other, platform: { os: "a", architecture: "b" } }],
    });
    const { images } = redact(judgedOf(outcomeOf([await resultOf(top)])), withhold);
    const fetched = images[0]?.root?.fetched;
    const document = JSON.parse(String(fetched?.content));
    assert.deepEqual(document.manifests[1].annotations, { x: "***" });
    assert.deepEqual(document.manifests[1].nested, [{ "***": ["a ***"] }]);
    assert.equal(fetched?.digest, top.digest);
    assert.deepEqual(fetched?.bytes, top.bytes, "the bytes that are stored");
  });

  it("removes a secret from the manifests of platforms", async () => {
    const result = await resultOf();
    const platforms = result.platforms.map((platform) => {
      const { image } = platform;
      const content = Buffer.from(JSON.stringify({ annotations: { note: SECRET } }));
      const manifest = image && { ...image.manifest, content };
      return { ...platform, image: image && manifest && { ...image, manifest } };
    });
    const { images } = redact(judgedOf(outcomeOf([{ ...result, platforms }])), withhold);
    const { content } = images[0]?.platforms[0]?.image?.manifest ?? {};
    assert.deepEqual(JSON.parse(String(content)), { annotations: { note: "***" } });
  });

  it("finds a secret that the document writes with escapes", async () => {
    const made = image("linux/amd64");
    const bytes = String(made.bytes).replace("{", `{"note": "h\\u0075nter2", `);
    const result = await resultOf({ ...made, bytes: Buffer.from(bytes) });
    const root = result.root && {
      ...result.root,
      fetched: { ...result.root.fetched, content: Buffer.from(bytes) },
    };
    const { images } = redact(judgedOf(outcomeOf([{ ...result, root }])), withhold);
    assert.equal(JSON.parse(String(images[0]?.root?.fetched.content)).note, "***");
  });

  it("removes a secret from what registries answered when they refused", async () => {
    const found = `registry.test answered ${SECRET}`;
    const refusal = { registry: "registry.test", status: "unreachable", found } as const;
    const images = [
      { ...(await resultOf()), refusal },
      { ...(await resultOf()), tagRefusal: refusal },
    ];
    const [one, other] = redact(judgedOf(outcomeOf(images)), withhold).images;
    const redacted = { ...refusal, found: "registry.test answered ***" };
    assert.deepEqual([one?.refusal, one?.tagRefusal], [redacted, undefined]);
    assert.deepEqual([other?.refusal, other?.tagRefusal], [undefined, redacted]);
  });

  it("removes a secret from the problems and changes of the lock file", () => {
    const file = "images.lock.json";
    const found = `expected a digest, got ${SECRET}`;
    const error = new PullError("wrong-file", found, { next: "correct it" });
    const problems = [fileProblem(error, file, { optional: false })];
    const { digest } = image("linux/amd64");
    const now = { digest, platforms: [`linux/${SECRET}`], created: "", size: undefined };
    const change = { reference: "docker.io/library/alpine:3", old: undefined, now };
    const lock = { file, mode: "update", isWritten: true, changes: [change], problems } as const;
    const judged = redact(judgedOf(outcomeOf([]), { problems, lock }), withhold);
    const message = `${file}: expected a digest, got ***; correct it`;
    assert.equal(judged.problems[0]?.message, message);
    assert.equal(judged.lock?.problems[0]?.message, message);
    assert.deepEqual(judged.lock?.changes[0]?.now?.platforms, ["linux/***"]);
    assert.equal(judged.lock?.changes[0]?.old, undefined);
  });

  it("returns documents without a secret byte for byte", async () => {
    const outcome = judgedOf(await repeating("nothing secret"));
    const redacted = redact(outcome, withhold);
    assert.equal(redacted.images[0]?.root?.fetched, outcome.images[0]?.root?.fetched);
    assert.equal(redacted.pulled, outcome.pulled);
    assert.deepEqual(redacted, outcome);
  });

  it("leaves what the workflow wrote", async () => {
    const written = failedResult(`${SECRET}/app:1`);
    const { images } = redact(judgedOf(outcomeOf([written])), withhold);
    assert.deepEqual(images[0]?.wanted, written.wanted);
    assert.equal(images[0]?.problem?.message, "***/app:1: nothing; try again");
  });
});
