import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { Plan, Wanted } from "../../src/gate/plan.ts";
import { problemsOf, type Resolved, statusOf } from "../../src/gate/resolved.ts";
import { resolveAll } from "../../src/gate/wait.ts";
import { PullError } from "../../src/oci/failure.ts";
import { connect } from "../support/connect.ts";
import { image, index, multiPlatform } from "../support/image.ts";
import { MemoryRegistry } from "../support/memory-registry.ts";
import { Registry } from "../support/registry.ts";
import { lockedImage, lockOf, required, UNPINNED, wantedImage } from "../support/resolving.ts";

const AMD64 = image("linux/amd64");
const INDEX = index([AMD64]);
const OVERDUE = new PullError("timeout", "the step's timeout of 60 s has passed");

/** What a gate returned and reported. */
type Attempt = {
  readonly images: readonly Resolved[];
  readonly statuses: readonly string[];
  readonly messages: readonly string[];
  readonly said: readonly string[];
  /** The images in the order in which their results were final. */
  readonly final: readonly string[];
  /** Their statuses then. */
  readonly reported: readonly string[];
  /** The waits in seconds. */
  readonly waits: readonly number[];
};

describe("resolveAll", () => {
  let registry: MemoryRegistry;
  let stop: AbortController;
  beforeEach(() => {
    registry = new MemoryRegistry();
    stop = new AbortController();
  });
  const wanted = (path: string, optional = false): Wanted =>
    wantedImage(`${registry.host}/${path}`, { name: path, optional });

  /** A gate on a clock where a wait takes no time; `during` runs in each wait. */
  async function attempt(
    images: readonly Wanted[],
    waitTimeout: number,
    during: (wait: number) => void = () => undefined,
  ): Promise<Attempt> {
    const said: string[] = [];
    const final: string[] = [];
    const reported: string[] = [];
    const waits: number[] = [];
    let time = 0;
    const plan: Omit<Plan, "wanted"> = {
      ...{ verify: "manifest", pullsFor: undefined, checksTags: true },
      ...{ waitTimeout, waitInterval: 15 },
    };
    const found = await resolveAll({ ...plan, wanted: images }, registry, {
      now: () => time,
      sleep: async (ms) => {
        time += ms;
        waits.push(ms / 1_000);
        during(waits.length);
      },
      signal: stop.signal,
      say: (line) => void said.push(line),
      resolved: (one) => {
        final.push(one.wanted.name);
        reported.push(statusOf(one));
      },
    });
    const messages = found.flatMap(problemsOf).map(({ message }) => message);
    const statuses = found.map(statusOf);
    return { images: found, statuses, messages, said, final, reported, waits };
  }

  it("tries every image, and returns one result for each in their order", async () => {
    registry.push("org/here", "1", AMD64);
    const images = [wanted("org/none:1"), wanted("org/here:1"), wanted("org/other:1", true)];
    const { statuses, final } = await attempt(images, 0);
    assert.deepEqual(statuses, ["not-found", "ok", "not-found"]);
    assert.deepEqual(final.toSorted(), ["org/here:1", "org/none:1", "org/other:1"]);
  });

  it("retries what may resolve on its own, and asks only for that again", async () => {
    registry.push("org/here", "1", AMD64);
    const images = [wanted("org/here:1"), wanted("org/late:1")];
    const { statuses, waits, said, final } = await attempt(images, 300, (wait) => {
      const platforms = ["linux/arm64", "linux/amd64"].slice(0, wait);
      registry.push("org/late", "1", multiPlatform(platforms));
    });
    assert.deepEqual(
      [statuses, waits],
      [
        ["ok", "ok"],
        [15, 15],
      ],
    );
    assert.deepEqual(final, ["org/here:1", "org/late:1"]);
    assert.deepEqual(said, [
      "waiting for org/late:1 (not-found); 300 s left",
      "waiting for org/late:1 (platform-missing); 285 s left",
    ]);
    const here = registry.asked.filter((line) => line === "manifest org/here 1");
    assert.equal(here.length, 1);
  });

  it("stops at the timeout, and says so in the message", async () => {
    const { statuses, waits, final, messages } = await attempt([wanted("org/none:1")], 40);
    assert.deepEqual([statuses, waits, final], [["not-found"], [15, 15, 10], ["org/none:1"]]);
    assert.match(messages[0] ?? "", /; check .* \(still so after waiting 40 s\)$/);
  });

  it("does not retry without a timeout", async () => {
    const { waits, messages } = await attempt([wanted("org/none:1")], 0);
    assert.deepEqual([waits, /still so/.test(messages[0] ?? "")], [[], false]);
  });

  it("does not retry a problem that stays", async () => {
    registry.fail(/^manifest/, new PullError("no-credentials", "answered 401"));
    const { statuses, waits } = await attempt([wanted("org/app:1")], 300);
    assert.deepEqual([statuses, waits], [["unauthorized"], []]);
  });

  for (const [what, entry, expected] of [
    ["does not retry an image that is not locked", undefined, ["not-locked", 0]],
    ["does not retry a platform that is not locked", lockedImage(AMD64), ["not-locked", 0]],
    ["retries a locked digest that does not exist yet", lockedImage(INDEX, [AMD64]), ["ok", 1]],
  ] as const) {
    it(what, async () => {
      registry.push("org/app", "1", AMD64);
      const lock = lockOf("check", entry);
      const { statuses, waits } = await attempt([{ ...wanted("org/app:1"), lock }], 300, () => {
        registry.push("org/app", "1", INDEX);
      });
      assert.deepEqual([statuses[0], waits.length], expected);
    });
  }

  it("retries a locked image that lost a manifest", async () => {
    registry.push("org/app", "1", INDEX);
    registry.remove("org/app", AMD64.digest);
    const lock = lockOf("check", lockedImage(INDEX, [AMD64]));
    const { statuses, waits, said } = await attempt([{ ...wanted("org/app:1"), lock }], 300, () => {
      registry.push("org/app", "1", INDEX);
    });
    assert.deepEqual([statuses, waits.length], [["ok"], 1]);
    assert.deepEqual(said, ["waiting for org/app:1 (dangling); 300 s left"]);
  });

  it("does not retry an image when one of its problems stays", async () => {
    registry.push("org/app", "1", index([image("linux/arm64", { configPlatform: "linux/386" })]));
    const platforms = required("linux/arm64,linux/s390x");
    const { images, waits } = await attempt([{ ...wanted("org/app:1"), platforms }], 300);
    const statuses = images.flatMap(problemsOf).map(({ status }) => status);
    assert.deepEqual([statuses, waits], [["platform-mismatch", "platform-missing"], []]);
  });

  for (const others of [[], ["org/other:1"]]) {
    const beside = others.length === 0 ? "alone" : "beside a required one";
    it(`retries an optional image, ${beside}`, async () => {
      const images = [wanted("org/app:1", true), ...others.map((path) => wanted(path))];
      const { statuses } = await attempt(images, 30, () => {
        registry.push("org/app", "1", AMD64);
        registry.push("org/other", "1", AMD64);
      });
      assert.ok(statuses.every((status) => status === "ok"));
    });
  }

  it("returns what it knows when the step ends during a wait, with the reason", async () => {
    const images = [wanted("org/none:1")];
    const { statuses, waits, messages } = await attempt(images, 300, () => stop.abort(OVERDUE));
    assert.deepEqual([statuses, waits], [["not-found"], [15]]);
    assert.match(messages[0] ?? "", /\(the step's timeout of 60 s has passed\)$/);
  });

  it("keeps the problem found before, when the step ends during a retry", async () => {
    const { statuses, messages } = await attempt([wanted("org/none:1")], 300, (wait) => {
      if (wait < 2) return;
      registry.on(/^manifest/, () => {
        stop.abort(OVERDUE);
        throw OVERDUE;
      });
    });
    assert.deepEqual(statuses, ["not-found"]);
    assert.match(messages[0] ?? "", /does not have 1; .* \(the step's timeout of 60 s/);
  });

  it("tries both forms of a reference again, the first one first", async () => {
    const otherwise = wanted("org/app:v1");
    const { statuses, images, waits } = await attempt(
      [{ ...wanted("org/app:1"), otherwise }],
      300,
      (wait) => {
        if (wait === 1) registry.push("org/app", "v1", image("linux/arm64"));
        else registry.push("org/app", "1", AMD64);
      },
    );
    assert.deepEqual([statuses, waits.length], [["ok"], 2]);
    assert.equal(images[0]?.wanted.written, "registry.test/org/app:1");
    const asked = registry.asked.filter((line) => line.startsWith("manifest org/app"));
    assert.deepEqual(
      asked.map((line) => line.split(" ").at(-1)),
      ["1", "v1", "1", "v1", "1"],
    );
  });

  it("states before an image is reported that it is not pinned, and does not wait for it", async () => {
    registry.push("org/app", "1", AMD64);
    const images = [{ ...wanted("org/app:1"), mentions: [UNPINNED] }];
    const { statuses, waits, messages, reported } = await attempt(images, 300);
    assert.deepEqual([statuses, waits, reported], [["not-pinned"], [], ["not-pinned"]]);
    assert.match(messages[0] ?? "", /or let pins: write do it$/);
  });

  it("states that an image is not pinned when it appears after a wait", async () => {
    const images = [{ ...wanted("org/app:1"), mentions: [UNPINNED] }];
    const { statuses, waits } = await attempt(images, 300, () => {
      registry.push("org/app", "1", AMD64);
    });
    assert.deepEqual([statuses, waits.length], [["not-pinned"], 1]);
  });

  it("says once that the step ended, when nothing else is known", async () => {
    registry.on(/^manifest/, () => {
      stop.abort(OVERDUE);
      throw OVERDUE;
    });
    const { statuses, messages } = await attempt([wanted("org/app:1")], 300);
    assert.deepEqual(statuses, ["unreachable"]);
    assert.equal(messages[0]?.split("has passed").length, 2);
  });
});

describe("resolveAll with a registry's client", () => {
  it("gets one token a scope and no document twice for many images of one registry", async () => {
    const registry = await Registry.start();
    try {
      registry.access = { scheme: "bearer" };
      const images = Array.from({ length: 20 }, (_, at) => {
        const made = multiPlatform(["linux/amd64", "linux/arm64"]);
        return wantedImage(registry.push(`fleet/app${at}`, "1", made), { platforms: "all" });
      });
      const found = await resolveAll(
        {
          wanted: images,
          verify: "manifest",
          checksTags: true,
          pullsFor: undefined,
          waitTimeout: 0,
          waitInterval: 1,
        },
        connect().client,
        {
          now: Date.now,
          sleep: async () => undefined,
          signal: new AbortController().signal,
          say: () => undefined,
          resolved: () => undefined,
        },
      );
      assert.ok(found.every((one) => statusOf(one) === "ok"));
      // One challenge, then for each: a token, an index, two manifests, two configs.
      assert.equal(registry.seen.length, 1 + 20 * (1 + 1 + 2 + 2));
      assert.equal(new Set(registry.log).size, registry.seen.length);
    } finally {
      await registry.stop();
    }
  });
});
