import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { judgePin } from "../../src/gate/pins.ts";
import { existsAll, failsStep, problemsOf, statusOf } from "../../src/gate/resolved.ts";
import { image } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { messagesOf, resolved, UNPINNED } from "../support/resolving.ts";

const APP = image("linux/amd64");

describe("judgePin", () => {
  const registry = new MemoryRegistry();
  for (const tag of ["1", "latest"]) registry.push("org/app", tag, APP);

  for (const [written, pasted] of [
    ["registry.test/org/app:1", "registry.test/org/app:1"],
    ["registry.test/org/app", "registry.test/org/app:latest"],
    ["docker://registry.test/org/app:1", "docker://registry.test/org/app:1"],
    ["docker://registry.test/org/app", "docker://registry.test/org/app:latest"],
  ] as const) {
    it(`says what to write for ${written}`, async () => {
      const found = await resolved(registry, written, { mentions: [UNPINNED] });
      const next = `write ${pasted}@${APP.digest}, or let pins: write do it`;
      assert.deepEqual(problemsOf(judgePin(found)), [
        {
          platform: "",
          status: "not-pinned",
          reason: "not-pinned",
          message: `${written}: it has no digest; ${next}`,
        },
      ]);
    });
  }

  for (const [forms, expected] of [
    [["tag"], `write tag: 1@${APP.digest}, or`],
    [["digest"], `write digest: ${APP.digest}, or`],
    [["sha"], `write sha: ${APP.digest.slice("sha256:".length)}, or`],
    [
      ["digest", "reference", "digest"],
      `write digest: ${APP.digest} or registry.test/org/app:1@${APP.digest}, or`,
    ],
  ] as const) {
    it(`says what to write where a file keeps the digest as ${forms.join(", ")}`, async () => {
      const mentions = forms.map((unpinned) => ({ ...UNPINNED, unpinned }));
      const found = await resolved(registry, "registry.test/org/app:1", { mentions });
      const message = messagesOf(judgePin(found));
      assert.ok(message.includes(`it has no digest; ${expected}`), message);
    });
  }

  it("takes a port for no tag", async () => {
    const local = new MemoryRegistry("localhost:5000");
    local.push("app", "latest", APP);
    const found = await resolved(local, "localhost:5000/app", { mentions: [UNPINNED] });
    assert.match(messagesOf(judgePin(found)), / write localhost:5000\/app:latest@sha256:/);
  });

  it("keeps an image whose files name a digest, or that no file names", async () => {
    for (const more of [{ mentions: [{ ...UNPINNED, unpinned: undefined }] }, {}]) {
      const found = await resolved(registry, "registry.test/org/app:1", more);
      assert.equal(judgePin(found), found);
    }
  });

  it("states it after the other problems of an image, whatever they are", async () => {
    for (const [written, status] of [
      ["registry.test/org/app:2", "not-found"],
      ["registry.test/org/arm:1", "platform-missing"],
    ] as const) {
      registry.push("org/arm", "1", image("linux/arm64"));
      const found = judgePin(await resolved(registry, written, { mentions: [UNPINNED] }));
      const states = problemsOf(found).map((problem) => problem.status);
      assert.deepEqual([statusOf(found), states], [status, [status, "not-pinned"]]);
      assert.equal(failsStep(found, false), true, "fail-on-missing forgives only what is missing");
    }
  });

  it("advises no input where only a person can write the digest", async () => {
    const mentions = [{ ...UNPINNED, unpinned: "by-hand" as const }];
    const found = judgePin(await resolved(registry, "registry.test/org/app:1", { mentions }));
    assert.match(
      messagesOf(found),
      /it has no digest; write registry\.test\/org\/app:1@sha256:\w+$/,
    );
  });

  it("fails the step unless the image is optional, and says nothing of whether it exists", async () => {
    for (const optional of [false, true]) {
      const more = { mentions: [{ ...UNPINNED, optional }] };
      const found = judgePin(await resolved(registry, "registry.test/org/app:1", more));
      assert.deepEqual([failsStep(found, true), failsStep(found, false)], [!optional, !optional]);
      assert.equal(existsAll([found]), true);
    }
  });
});
