import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import type { Blob } from "../../src/oci/blob.ts";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import type { Repository } from "../../src/oci/reference.ts";
import type { TargetFrom } from "../../src/pull/ports.ts";
import { Flights } from "../../src/serve/flights.ts";
import { Layout } from "../../src/store/layout.ts";
import { REAL_TIME } from "../../src/store/mutex.ts";
import { Client } from "../support/clients.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { variedBytes } from "../support/image.ts";
import { MemoryStore } from "../support/memory-store.ts";
import {
  type Download,
  FROM_CACHE,
  FROM_REGISTRY,
  ScriptedDownloads,
  write,
} from "../support/scripted-downloads.ts";

const SIZE = 1_000_000;
const bytes = variedBytes(SIZE);
const blob: Blob = { digest: digestOf(bytes), size: SIZE };
/** Only the first byte is wrong. */
const wrong = Buffer.concat([Buffer.from("x"), bytes.subarray(1)]);
const app: Repository = { registry: "registry.test", repository: "org/app" };
const other: Repository = { registry: "registry.test", repository: "org/other" };

const right: Download = async (targetFrom) => {
  const target = targetFrom("registry");
  write(target, bytes);
  await target.commit();
  return FROM_REGISTRY;
};

/** What a script does at two moments of a download, with so many bytes readable. */
type Moments = {
  /** Waits until early clients have what they can have. */
  readonly early: (readable: number) => Promise<void>;
  /** Starts the late client, and waits as well. */
  readonly late: (readable: number) => Promise<void>;
};

type Place = {
  readonly what: string;
  readonly download: (targetFrom: TargetFrom, moments: Moments) => ReturnType<Download>;
  /** How clients end: all the same, but for those that are listed. */
  readonly end: string;
  readonly but?: Readonly<Record<string, string>>;
  /** Where the bytes came from; undefined when they never came. */
  readonly source: string | undefined;
};

async function fails(reason: "server-error" | "not-found"): Promise<never> {
  throw new PullError(reason, `the registry fails: ${reason}`);
}

const PLACES: readonly Place[] = [
  {
    what: "in the cache",
    download: async (targetFrom, { early, late }) => {
      const target = targetFrom("cache");
      write(target, bytes);
      await early(0);
      await late(0);
      await target.commit();
      return FROM_CACHE;
    },
    end: "complete",
    source: "cache",
  },
  {
    what: "wrong in the cache and right upstream",
    download: async (targetFrom, { early, late }) => {
      const cached = targetFrom("cache");
      write(cached, wrong);
      await assert.rejects(cached.commit(), { reason: "digest-differs" });
      await early(0);
      await cached.restart();
      const target = targetFrom("registry");
      await late(0);
      write(target, bytes);
      await target.commit();
      return FROM_REGISTRY;
    },
    end: "complete",
    source: "registry.test",
  },
  {
    what: "upstream",
    download: async (targetFrom, { early, late }) => {
      const target = targetFrom("registry");
      write(target, bytes.subarray(0, 400_000));
      await early(400_000);
      write(target, bytes.subarray(400_000), 400_000);
      await late(SIZE - 1);
      await target.commit();
      return FROM_REGISTRY;
    },
    end: "complete",
    source: "registry.test",
  },
  {
    what: "upstream, where the first answer is wrong",
    download: async (targetFrom, { early, late }) => {
      const target = targetFrom("registry");
      write(target, wrong);
      await early(SIZE - 1);
      await assert.rejects(target.commit(), { reason: "digest-differs" });
      await target.restart();
      await late(0);
      write(target, bytes);
      await target.commit();
      return FROM_REGISTRY;
    },
    end: "complete",
    but: {
      early: "cut",
      "in the middle": "cut",
      "to the end": "cut",
      "leaves early": "left, and wrong",
    },
    source: "registry.test",
  },
  {
    what: "upstream, in parts of which the last arrives first",
    download: async (targetFrom, { early, late }) => {
      const target = targetFrom("registry");
      write(target, bytes.subarray(400_000), 400_000);
      await early(0);
      write(target, bytes.subarray(0, 300_000));
      await late(300_000);
      write(target, bytes.subarray(300_000, 400_000), 300_000);
      await target.commit();
      return FROM_REGISTRY;
    },
    end: "complete",
    source: "registry.test",
  },
  {
    what: "upstream, which cuts for good",
    download: async (targetFrom, { early, late }) => {
      write(targetFrom("registry"), bytes.subarray(0, 400_000));
      await early(400_000);
      await late(400_000);
      return fails("server-error");
    },
    end: "server-error",
    but: { early: "cut", late: "cut", "leaves early": "left" },
    source: undefined,
  },
  {
    what: "nowhere",
    download: async (targetFrom, { early, late }) => {
      targetFrom("cache");
      await early(0);
      targetFrom("registry");
      await late(0);
      return fails("not-found");
    },
    end: "not-found",
    source: undefined,
  },
];

const RANGES = [
  ["early", 0, SIZE],
  ["in the middle", 300_000, 600_000],
  ["to the end", 500_000, SIZE],
  ["the last bytes", 900_000, SIZE],
  ["the last byte", SIZE - 1, SIZE],
] as const;

describe("Flights", () => {
  let directory: string;
  let layout: Layout;
  let downloads: ScriptedDownloads;
  let flights: Flights;
  let said: string[];
  before(() => {
    directory = temporaryDirectory("flights");
  });
  after(() => rmSync(directory, { recursive: true }));
  beforeEach(async () => {
    // Readers are woken when enough is there, and never because of the time.
    const time = { ...REAL_TIME, after: () => () => undefined };
    layout = await Layout.open(join(directory, crypto.randomUUID()), time);
    said = [];
    use(() => right);
  });

  function use(script: (repository: string) => Download): void {
    const say = (line: string): void => void said.push(line);
    let time = 0;
    const now = (): number => {
      time += 1_000;
      return time;
    };
    downloads = new ScriptedDownloads(script);
    flights = new Flights({ registry: downloads, store: layout, now, say });
  }

  const temporary = (): readonly string[] => readdirSync(join(layout.path, ".registry-pull"));
  const client = (repository = app, one = blob, expected = bytes): Client =>
    new Client(flights.open(repository, one), expected);

  for (const { what, download, end, but = {}, source } of PLACES) {
    it(`gives each client what it can have of a blob ${what}`, async () => {
      const clients = new Map<string, Client>();
      const all = (readable: number): Promise<unknown> =>
        Promise.all([...clients.values()].map((one) => one.has(readable)));
      const moments: Moments = {
        early: async (readable) => void (await all(readable)),
        late: async (readable) => {
          const late = client();
          clients.set("late", late);
          await late.has(readable);
        },
      };
      use(() => (targetFrom) => download(targetFrom, moments));
      for (const [name, from, to] of RANGES) {
        clients.set(name, new Client(flights.open(app, blob), bytes, from, to));
      }
      const leaving = new Client(flights.open(app, blob), bytes, 0, SIZE, { leaves: true });
      clients.set("leaves early", leaving);
      const flight = flights.open(app, blob);
      const from = await flight.source.catch(() => undefined);
      assert.equal(from?.source, source);
      const expected = end === "complete" ? { "leaves early": "left", ...but } : but;
      for (const [name, one] of clients) {
        assert.equal(await one.outcome(), expected[name] ?? end, name);
      }
      assert.deepEqual([downloads.asked.length, temporary()], [1, []]);
      assert.equal(flights.transfers.get(blob.digest)?.source, source);
    });
  }

  it("gives what the layout has, and downloads nothing", async () => {
    await layout.put(blob.digest, bytes);
    const clients = RANGES.map(
      ([, from, to]) => new Client(flights.open(app, blob), bytes, from, to),
    );
    for (const one of clients) assert.equal(await one.outcome(), "complete");
    const source = await flights.open(app, blob).source;
    assert.deepEqual(source, { origin: "layout", source: "layout" });
    assert.deepEqual([downloads.asked, flights.transfers.size], [[], 0]);
  });

  it("downloads what is wrong in the layout, or gone from it", async () => {
    assert.equal(await client().outcome(), "complete");
    rmSync(layout.blobPath(blob.digest));
    assert.equal(await client().outcome(), "complete");
    assert.equal(downloads.asked.length, 2);
  });

  it("downloads a blob once for 200 clients, and says when it came from where", async () => {
    const clients = Array.from({ length: 200 }, () => client());
    for (const one of clients) assert.equal(await one.outcome(), "complete");
    assert.equal(downloads.asked.length, 1);
    const transfer = { ...FROM_REGISTRY, started: 1_000, ended: 2_000 };
    assert.deepEqual([...flights.transfers], [[blob.digest, transfer]]);
  });

  it("goes on when every client leaves", async () => {
    const flight = flights.open(app, blob);
    const reader = flight.read(0, SIZE);
    await reader.next();
    await reader.return(undefined);
    await flight.source;
    assert.equal(await layout.has(blob), true);
  });

  describe("that is prepared", () => {
    /** Restores the blob once `finish` is called, if the cache has it, or downloads it. */
    function caching(hasIt: boolean): () => void {
      let finish = (): void => undefined;
      const finished = new Promise<void>((resolve) => {
        finish = resolve;
      });
      use(() => async (targetFrom) => {
        const cached = targetFrom("cache");
        await finished;
        const target = hasIt ? cached : targetFrom("registry");
        write(target, bytes);
        await target.commit();
        return hasIt ? FROM_CACHE : FROM_REGISTRY;
      });
      return finish;
    }

    it("is in the layout when a client asks for it, if the cache has it", async () => {
      caching(true)();
      flights.prepare(app, blob);
      await flights.settled();
      assert.equal(await layout.has(blob), true);
    });

    it("is not downloaded before a client asks for it", async () => {
      caching(false)();
      flights.prepare(app, blob);
      await flights.settled();
      assert.deepEqual([await layout.has(blob), temporary(), said], [false, [], []]);
      assert.equal(await client().outcome(), "complete");
      assert.equal(downloads.asked.length, 2);
    });

    it("is downloaded for a client that asks while the cache is asked", async () => {
      const finish = caching(false);
      flights.prepare(app, blob);
      const early = client();
      finish();
      assert.equal(await early.outcome(), "complete");
      assert.equal(downloads.asked.length, 1);
    });

    it("is downloaded for a client that asks at the moment when the cache does not have it", async () => {
      use(() => (targetFrom) => {
        late ??= client();
        return right(targetFrom, blob);
      });
      let late: Client | undefined;
      flights.prepare(app, blob);
      await flights.settled();
      assert.equal(await late?.outcome(), "complete");
    });
  });

  it("takes a digest with two sizes for two blobs", async () => {
    const short = client(app, { ...blob, size: SIZE - 1 });
    const whole = client();
    assert.equal(await whole.outcome(), "complete");
    assert.notEqual(await short.outcome(), "complete");
    assert.equal(downloads.asked.length, 2);
    assert.deepEqual(temporary(), []);
  });

  it("gives an empty blob", async () => {
    const nothing = Buffer.alloc(0);
    use(() => async (targetFrom) => {
      await targetFrom("registry").commit();
      return FROM_REGISTRY;
    });
    const empty = { digest: digestOf(nothing), size: 0 };
    for (const _ of ["from upstream", "from the layout"]) {
      assert.equal(await client(app, empty, nothing).outcome(), "complete");
    }
    assert.equal(downloads.asked.length, 1);
  });

  it("forgets a transfer that failed, so that the next client starts anew", async () => {
    let isFull = true;
    use(() => async (targetFrom) => {
      if (!isFull) return right(targetFrom, blob);
      write(targetFrom("registry"), bytes.subarray(0, 100_000));
      throw new PullError("disk-full", "cannot write");
    });
    for (const one of [client(), client(other)]) assert.equal(await one.outcome(), "disk-full");
    assert.deepEqual([downloads.asked.length, temporary()], [1, []]);
    isFull = false;
    assert.equal(await client().outcome(), "complete");
    assert.match(said.join("\n"), /^sha256:\w+ of registry\.test\/org\/app could not be/);
  });

  it("fails, and tries nothing else, when the job is cancelled", async () => {
    const stop = new AbortController();
    use(() => async (targetFrom) => {
      write(targetFrom("registry"), bytes.subarray(0, 400_000));
      await new Promise((resolve) => stop.signal.addEventListener("abort", resolve));
      throw new PullError("cancelled", "cancelled");
    });
    const clients = [client(), client(other)];
    for (const one of clients) await one.has(400_000);
    stop.abort();
    await flights.settled();
    assert.deepEqual(temporary(), []);
    for (const one of clients) assert.equal(await one.outcome(), "cut");
    assert.equal(downloads.asked.length, 1);
  });

  describe("asked for one blob in several repositories", () => {
    const of = (name: string): string => `registry.test/org/${name}`;

    it("tries the repository of each client that was given nothing", async () => {
      use((repository) => (repository === of("other") ? right : () => fails("not-found")));
      const clients = [client(app), client(app), client(other), client(other)];
      const flight = flights.open(other, blob);
      const ends = await Promise.all(clients.map((one) => one.outcome()));
      assert.deepEqual(ends, ["not-found", "not-found", "complete", "complete"]);
      assert.deepEqual(downloads.asked, [of("app"), of("other")]);
      assert.equal((await flight.source).origin, "registry");
    });

    it("fails each client with the failure of its own repository", async () => {
      use((name) => () => fails(name === of("app") ? "server-error" : "not-found"));
      const third = { registry: "registry.test", repository: "org/third" };
      const clients = [client(app), client(other), client(third), client(other)];
      const ends = await Promise.all(clients.map((one) => one.outcome()));
      assert.deepEqual(ends, ["server-error", "not-found", "not-found", "not-found"]);
      assert.deepEqual(downloads.asked, [of("app"), of("other"), of("third")]);
    });

    it("gives all of them the bytes of the first one that has them", async () => {
      const clients = [client(app), client(other)];
      for (const one of clients) assert.equal(await one.outcome(), "complete");
      assert.deepEqual(downloads.asked, [of("app")]);
    });

    it("cuts a client that was given bytes of another repository", async () => {
      const readers: Client[] = [];
      use((name) => async (targetFrom) => {
        if (name === of("other")) return right(targetFrom, blob);
        write(targetFrom("registry"), bytes.subarray(0, 400_000));
        for (const reader of readers) await reader.has(400_000);
        return fails("server-error");
      });
      const late = [0, 600_000];
      readers.push(client(app));
      readers.push(...late.map((at) => new Client(flights.open(other, blob), bytes, at)));
      const ends = await Promise.all(readers.map((one) => one.outcome()));
      assert.deepEqual(ends, ["cut", "cut", "complete"]);
    });
  });

  it("forgets the oldest of more than 20,000 transfers", async () => {
    const contents = Array.from({ length: 20_001 }, (_, at) => Buffer.from(`blob ${at}`));
    const blobs = contents.map((one) => ({ digest: digestOf(one), size: one.length }));
    let next = 0;
    const download: Download = async (targetFrom) => {
      const target = targetFrom("registry");
      target.part(0).write(contents[next] ?? Buffer.alloc(0));
      next++;
      await target.commit();
      return FROM_REGISTRY;
    };
    const registry = new ScriptedDownloads(() => download);
    const say = (): void => undefined;
    flights = new Flights({ registry, store: new MemoryStore(), now: Date.now, say });
    for (const one of blobs) await flights.open(app, one).source;
    const [first, second] = blobs;
    assert.equal(flights.transfers.size, 20_000);
    assert.equal(flights.transfers.has(first?.digest ?? blob.digest), false);
    assert.equal(flights.transfers.has(second?.digest ?? blob.digest), true);
  });

  it("gives right answers or none, whatever arrives when, and lets no client wait", async () => {
    const moves = fc.array(
      fc.record({
        kind: fc.constantFrom("bytes", "bytes", "bytes", "restart", "wrong", "fail", "client"),
        size: fc.integer({ min: 1, max: 400_000 }),
        from: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { maxLength: 15 },
    );
    const run = async (
      origin: "cache" | "registry",
      steps: typeof moves extends fc.Arbitrary<infer T> ? T : never,
    ) => {
      rmSync(layout.blobPath(blob.digest), { force: true });
      const clients: Client[] = [];
      const join = (from: number): void => {
        const start = Math.floor(from * 2 * SIZE) % SIZE;
        const flight = flights.open(clients.length % 3 === 0 ? app : other, blob);
        clients.push(new Client(flight, bytes, from < 0.5 ? 0 : start));
      };
      use(() => async (targetFrom) => {
        let target = targetFrom(origin);
        let part = target.part(0);
        let isWrong = false;
        const restart = async (): Promise<void> => {
          await target.restart();
          target = targetFrom("registry");
          part = target.part(0);
          isWrong = false;
        };
        for (const { kind, size, from } of steps) {
          const at = part.received;
          if (kind === "bytes") part.write(bytes.subarray(at, at + size));
          if (kind === "wrong" && at < SIZE) {
            part.write(Buffer.from([~(bytes[at] ?? 0)]));
            isWrong = true;
          }
          if (kind === "restart") await restart();
          if (kind === "fail") await fails("server-error");
          // Each failure starts a transfer for those who wait, which would call for more of them.
          if (kind === "client" && clients.length < 10) join(from);
          for (let turn = 0; turn < size % 30; turn++) await nextTurn();
        }
        part.write(bytes.subarray(part.received));
        if (isWrong) {
          await assert.rejects(target.commit(), { reason: "digest-differs" });
          await restart();
          part.write(bytes);
        }
        await target.commit();
        return { ...FROM_REGISTRY, origin };
      });
      join(0);
      join(0.7);
      for (let seen = -1; seen < clients.length; ) {
        seen = clients.length;
        const ends = await Promise.all(clients.map((one) => one.outcome()));
        for (const end of ends) assert.match(end, /^(complete|cut(, and wrong)?|server-error)$/);
      }
      await flights.settled();
      assert.deepEqual(temporary(), []);
    };
    const origins = fc.constantFrom("cache" as const, "registry" as const);
    await fc.assert(fc.asyncProperty(origins, moves, run), { numRuns: 60 });
  });
});
