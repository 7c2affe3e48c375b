import assert from "node:assert/strict";
import { renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterEach, describe, it } from "node:test";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { ActionsCache, type ActionsCacheOptions } from "../../src/store/actions-cache.ts";
import { tarEnd, tarEntry, tarHeader } from "../../src/store/tarball.ts";
import { type CacheFault, CacheService } from "../support/cache-service.ts";
import { image } from "../support/image.ts";
import { outgoing } from "../support/outgoing.ts";
import { runStep, type StepResult } from "../support/runner.ts";
import { type Arranged, type Row, rows, SECRETS, type World } from "../support/world.ts";

const made = image("linux/amd64", { busybox: Buffer.alloc(100_000, "layer") });
const [config = made, layer = made] = made.blobs;

function pull(world: World): Arranged {
  const reference = world.evil.serve("org/app", "1", made);
  const inputs = { images: reference, pull: "layout", path: world.layout, "cache-min-size": "200B" };
  return { inputs, environment: { ...world.cache.environment, CLOCK_RATE: "1" } };
}

/** The same pull with the cache filled, and then spoilt. */
async function warm(world: World, spoil: (world: World) => void): Promise<Arranged> {
  const arranged = pull(world);
  const cold = await runStep({ platforms: "linux/amd64", ...arranged.inputs }, arranged.environment);
  assert.equal((await cold.post()).exitCode, 0);
  // The config travels in the image's own entry.
  assert.equal(world.cache.entries.size, made.blobs.length);
  rmSync(world.layout, { recursive: true });
  world.cache.seen.length = 0;
  world.evil.seen.length = 0;
  spoil(world);
  return arranged;
}

const warnings = ({ commands }: StepResult): readonly string[] => commands.filter(({ name }) => name === "warning").map(({ data }) => data);

/**
 * A warm pull with entries that are not what they were: all of theirs comes from the registry,
 * right, with one warning.
 */
function spoilt(id: string, what: string, bytes: (right: Buffer, image: boolean) => Buffer): Row {
  return {
    id,
    what,
    status: "ok",
    arrange: (world) =>
      warm(world, ({ cache }) => {
        for (const entry of cache.entries.values()) entry.bytes = bytes(entry.bytes, entry.key.includes("-image-"));
      }),
    check: (world, result) => {
      assert.deepEqual([result.outputs.get("cache-hit"), world.finals.length], ["false", made.blobs.length + 1]);
      assert.equal(warnings(result).length, 1, result.stdout);
      assert.match(warnings(result)[0] ?? "", /the cache entry \S+ is wrong and not used: .*; delete the entry/);
    },
  };
}

/**
 * The same with the image's own entry alone: its documents and small blobs are asked of the
 * registry again.
 */
function spoiltImage(id: string, what: string, bytes: (right: Buffer) => Buffer): Row {
  return {
    ...spoilt(id, what, (right, image) => (image ? bytes(right) : right)),
    check: (world, result) => {
      assert.deepEqual([Number(result.outputs.get("bytes-restored")) > 0, world.finals.length], [true, made.blobs.length + 1]);
      assert.equal(warnings(result).length, 1, result.stdout);
      assert.ok(world.evil.seen.some(({ method, target }) => method === "GET" && target.includes("/manifests/")));
    },
  };
}

/**
 * A document that another hides in as the payload of a signature: by the rules of schema 1 it has
 * the other's digest.
 */
function asPayload(bytes: Buffer): Buffer {
  const protect = JSON.stringify({ formatLength: 0, formatTail: bytes.toString("base64url") });
  const signatures = [{ protected: Buffer.from(protect).toString("base64url") }];
  return Buffer.from(JSON.stringify({ fsLayers: [], signatures }));
}

const archive = (...members: readonly (readonly [path: string, body: string | Buffer])[]): Buffer =>
  Buffer.concat([...members.flatMap(([path, body]) => tarEntry(path, Buffer.from(body))), tarEnd()]);

const flip = (bytes: Buffer, at: number): Buffer => {
  const flipped = Buffer.from(bytes);
  flipped[at % flipped.length] = (flipped[at % flipped.length] ?? 0) ^ (1 << (at % 8));
  return flipped;
};

/** Named as a blob of the image is, and a thousand times as large as what it is packed to. */
const bomb = archive([config.digest.replace(":", "/"), Buffer.alloc(64 * 1024 * 1024)]);

rows("entries of the cache", [
  spoilt("C1", "an archive of paths that lead away", () =>
    archive(["/tmp/pwned-by-a-cache", "x"], ["../../outside/file", "x"], ["../outside/file", "x"]),
  ),
  spoilt("C1", "an archive with names of blobs and other bytes", () =>
    archive([config.digest.replace(":", "/"), "x"], [made.digest.replace(":", "/"), "{}"]),
  ),
  spoilt("C1", "an archive with a link to follow", () => {
    const link = tarHeader("sha256/link", 0);
    link.write("2", 156);
    link.write("/etc/passwd", 157);
    return Buffer.concat([link, ...tarEntry("sha256/link", Buffer.from("x")), tarEnd()]);
  }),
  spoilt("C1", "an archive of ten thousand members", () =>
    archive(...Array.from({ length: 10_000 }, (_, at) => [`sha256/${digestOf(Buffer.from(`${at}`)).slice(7)}`, ""] as const)),
  ),
  spoilt("C2", "a bit flipped", (bytes, image) => flip(bytes, image ? 700 : bytes.length >> 1)),
  spoilt("C2", "cut", (bytes) => bytes.subarray(0, bytes.length >> 1)),
  spoilt("C2", "empty", () => Buffer.alloc(0)),
  spoilt("C2", "too long", (bytes) => Buffer.concat([Buffer.alloc(1), bytes])),
  spoilt("C2", "far too long", () => Buffer.alloc(70 * 1024 * 1024)),
  spoilt("C2", "packed, and small", (bytes) => gzipSync(bytes)),
  spoilt("C2", "packed, to be large", () => gzipSync(Buffer.alloc(64 * 1024 * 1024))),
  spoiltImage("C1", "a manifest as the payload of a signature", () =>
    archive(...[made, config].map(({ digest, bytes }) => [digest.replace(":", "/"), asPayload(bytes)] as const)),
  ),
  spoiltImage("C2", "packed by gzip, with a member of our own in it", () => gzipSync(bomb)),
  spoiltImage("C2", "packed by Zstandard, with a member of our own in it", () => zstdCompressSync(bomb)),
  spoiltImage("C2", "packed by Brotli, with a member of our own in it", () => brotliCompressSync(bomb)),
  spoiltImage("C2", "with more behind its end", (bytes) => Buffer.concat([bytes, Buffer.alloc(1024)])),
  spoiltImage("C2", "longer than any", () => Buffer.alloc(70 * 1024 * 1024)),
  spoilt("C2", "somebody else's bytes of the same length", (bytes) => Buffer.alloc(bytes.length, "x")),
  {
    id: "C5",
    what: "keys that only start the same",
    status: "ok",
    arrange: (world) =>
      warm(world, ({ cache }) => {
        for (const [id, entry] of cache.entries) cache.entries.set(id, { ...entry, key: `${entry.key}-longer` });
      }),
    check: ({ cache, evil }, { outputs }) => {
      assert.equal(outputs.get("bytes-restored"), "0");
      assert.ok(evil.seen.some(({ method, target }) => method === "GET" && target.includes("/manifests/")));
      assert.deepEqual(
        cache.seen.filter((line) => line.endsWith("blob")),
        [],
      );
    },
  },
  {
    id: "C5",
    what: "one blob's entry under another's key",
    status: "ok",
    arrange: (world) =>
      warm(world, ({ cache }) => {
        const all = [...cache.entries.values()];
        const bytes = all.map((entry) => entry.bytes);
        for (const [at, entry] of all.entries()) entry.bytes = bytes[(at + 1) % bytes.length] ?? entry.bytes;
      }),
    check: (world, { outputs }) => assert.deepEqual([outputs.get("cache-hit"), world.finals.length], ["false", made.blobs.length + 1]),
  },
]);

const isCall = (url: string | undefined): boolean => url?.includes("/twirp/") === true;
const answers =
  (status: number, body: string, of: (url: string | undefined) => boolean = isCall): CacheFault =>
  (request, response) => {
    if (!of(request.url)) return false;
    response.writeHead(status, { "content-type": "application/json" }).end(body);
    return true;
  };
/** Found, and to be had from somewhere else. */
const leads =
  (url: (world: World) => string) =>
  (world: World): CacheFault =>
  (request, response) => {
    if (request.url?.endsWith("/GetCacheEntryDownloadURL") !== true) return false;
    // The key is not known here; whatever it is, the same is said to have matched.
    const key = `registry-pull-v1-blob-${layer.digest.replace(":", "-")}`;
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ ok: true, signed_download_url: url(world), matched_key: key }));
    return true;
  };

const faulty = (id: string, what: string, fault: (world: World) => CacheFault, check?: Row["check"]): Row => ({
  id,
  what,
  status: "ok",
  arrange: (world) =>
    warm(world, (filled) => {
      filled.cache.faults.push(fault(world));
    }),
  check: async (world, result) => {
    assert.deepEqual([world.finals.length, result.outputs.get("exists")], [made.blobs.length + 1, "true"]);
    assert.ok(warnings(result).length <= 1, result.stdout);
    await check?.(world, result);
  },
});

/** An answer that is no entry says nothing about the entry. */
const notCalledWrong: Row["check"] = (_, result) => assert.deepEqual(warnings(result), []);

rows("the cache's service", [
  ...[500, 429, 403, 404, 400, 302].map((status) =>
    faulty("C3", `look-ups answered with ${status}`, () =>
      answers(status, '{"code":"x","msg":"cache read denied: ##[set-output name=digest;]x"}'),
    ),
  ),
  faulty("C3", "look-ups answered with no JSON", () => answers(200, "<html>")),
  faulty("C3", "look-ups answered with other JSON", () => answers(200, '{"ok":"yes","signed_download_url":7}')),
  faulty("C3", "look-ups answered with a megabyte", () => answers(200, `"${"x".repeat(1_000_000)}"`)),
  faulty("C3", "look-ups that are cut", () => (request) => {
    if (isCall(request.url)) request.socket.destroy();
    return isCall(request.url);
  }),
  faulty("C3", "blobs that are gone", () => answers(404, "", (url) => !isCall(url)), notCalledWrong),
  faulty(
    "C3",
    "blobs that may not be had",
    () => answers(403, "<Error>AuthenticationFailed</Error>", (url) => !isCall(url)),
    notCalledWrong,
  ),
  faulty("C3", "blobs that are packed", () => (request, response) => {
    if (!isCall(request.url)) response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(layer.bytes));
    return !isCall(request.url);
  }),
  ...(
    [
      ["a metadata service", () => "http://169.254.169.254/latest"],
      ["a file", () => "file:///etc/passwd"],
      ["nowhere", () => "http://"],
      ["another server that sends on", ({ attacker }: World) => `${attacker.url}/redirect?sig=canary`],
    ] as const
  ).map(([what, url]) =>
    faulty("C3", `a signed URL that leads to ${what}`, leads(url), (_, { outputs }) => assert.equal(outputs.get("bytes-restored"), "0")),
  ),
  faulty("C3", "a signed URL that redirects", () => (request, response) => {
    if (!isCall(request.url)) response.writeHead(307, { location: "http://169.254.169.254/" }).end();
    return !isCall(request.url);
  }),
]);

/** The step is fine, and so is its post step, whatever becomes of saving. */
const saving = (id: string, what: string, fault: CacheFault, line: RegExp): Row => ({
  id,
  what,
  status: "ok",
  arrange: (world) => {
    world.cache.faults.push(fault);
    return pull(world);
  },
  check: async (_, result) => {
    const post = await result.post();
    assert.equal(post.exitCode, 0, post.stdout);
    assert.match(post.stdout, line);
    assert.ok((post.stdout.match(/::warning/g)?.length ?? 0) <= 1, post.stdout);
    assert.ok(!/::error/.test(post.stdout) && !/##\[/.test(post.stdout), post.stdout);
  },
});
const creating = (url: string | undefined): boolean => url?.endsWith("CreateCacheEntry") === true;

rows("saving to the cache", [
  saving(
    "C4",
    "denied",
    answers(403, '{"code":"permission_denied","msg":"cache write denied: ##[x]"}', creating),
    /disabled.*denied.*\n.*saved 0 entries/,
  ),
  saving("C4", "taken by somebody else meanwhile", answers(409, '{"code":"already_exists","msg":"taken"}', creating), /saved 0 entries/),
  saving("C4", "limited", answers(429, '{"code":"resource_exhausted","msg":"slow down"}', creating), /disabled[\s\S]*saved 0 entries/),
  saving("C4", "too large for it", answers(413, '{"code":"x","msg":"too large"}', creating), /saved 0 entries/),
  saving(
    "C4",
    "refused by its storage",
    answers(403, "<Error/>", (url) => !isCall(url)),
    /saved 0 entries/,
  ),
  {
    id: "C6",
    what: "an image that needed credentials, in a public repository, is not saved, and it says so",
    status: "ok",
    arrange: (world) => {
      const arranged = pull(world);
      world.evil.on(
        /manifests\/1$/,
        (_, wire) => wire.answer(401, { "WWW-Authenticate": 'Basic realm="x"' }),
        (_, wire) => wire.answer(200, { "Content-Type": made.mediaType }, made.bytes),
      );
      const event = join(world.directory, "outside", "event");
      writeFileSync(event, JSON.stringify({ repository: { private: false } }));
      return {
        inputs: { ...arranged.inputs, "registry-auth": world.login(world.evil.host) },
        environment: { ...arranged.environment, GITHUB_EVENT_PATH: event },
      };
    },
    check: async (world, result) => {
      assert.match(result.stdout, /not cached: .*with credentials.*cache-private: true/);
      await result.post();
      assert.equal(world.cache.entries.size, 0);
    },
  },
  {
    id: "C6",
    what: "nothing is saved on a pull request, and it says so",
    status: "ok",
    arrange: (world) => {
      const arranged = pull(world);
      return { ...arranged, environment: { ...arranged.environment, GITHUB_EVENT_NAME: "pull_request_target" } };
    },
    check: async (world, result) => {
      assert.match(result.stdout, /pull_request_target can be triggered by a stranger: nothing is saved/);
      await result.post();
      assert.equal(world.cache.entries.size, 0);
    },
  },
]);

/**
 * What is done to the layout, or to what the step left for later, and what of it is saved after
 * all.
 */
const later = (what: string, change: (world: World, result: StepResult) => void, check: Row["check"]): Row => ({
  id: "C7",
  what,
  status: "ok",
  arrange: pull,
  check: async (world, result) => {
    change(world, result);
    const post = await result.post();
    assert.equal(post.exitCode, 0, post.stdout);
    assert.ok(!/::error/.test(post.stdout), post.stdout);
    assert.ok((post.stdout.match(/::warning/g)?.length ?? 0) <= 1, post.stdout);
    for (const { key, bytes, complete } of world.cache.entries.values()) {
      const [digest] = key.match(/(?<=-blob-)sha256-[0-9a-f]{64}$/) ?? [];
      if (complete && digest !== undefined) assert.equal(digestOf(bytes), digest.replace("-", ":"));
    }
    await check?.(world, { ...result, stdout: post.stdout });
  },
});
/** Does something to every blob of the layout as soon as the service hears a call. */
const whenAsked =
  (call: string, change: (path: string, size: number) => void) =>
  (world: World): void => {
    world.cache.faults.push((request) => {
      if (request.url?.endsWith(call)) {
        for (const { digest, bytes } of made.blobs) change(join(world.layout, "blobs", digest.replace(":", "/")), bytes.length);
      }
      return false;
    });
  };
const statePath = ({ files }: StepResult): string => /<<\S+\n([^\n]*)\n/.exec(files.get("GITHUB_STATE") ?? "")?.[1] ?? "";
const nothingSaved: Row["check"] = ({ cache }, { stdout }) => {
  assert.equal(cache.entries.size, 0);
  assert.match(stdout, /::warning::nothing was saved to the cache: /);
};

rows("what was left for after the job", [
  later(
    "a link in a blob's place, put there when the service was asked, is not followed",
    whenAsked("GetCacheEntryDownloadURL", (path, size) => {
      writeFileSync(`${path}-secret`, "x".repeat(size));
      rmSync(path, { force: true });
      symlinkSync(`${path}-secret`, path);
    }),
    ({ cache }) => assert.ok([...cache.entries.values()].every(({ bytes }) => !bytes.includes("xxxx"))),
  ),
  later(
    "a blob that changes while it is sent is not finalised",
    whenAsked("CreateCacheEntry", (path, size) => writeFileSync(path, "x".repeat(size))),
    ({ cache }, { stdout }) => {
      assert.match(stdout, /blob sha256:\w+ of the layout has changed since it was verified/);
      assert.ok([...cache.entries.values()].every(({ bytes }) => !bytes.includes("xxxx")));
    },
  ),
  later(
    "state that is no JSON",
    (_, result) => {
      assert.ok(relative(result.directory, statePath(result)).startsWith("registry-pull-"));
      writeFileSync(statePath(result), "{");
    },
    nothingSaved,
  ),
  later(
    "state whose digests lead away",
    (world, result) => {
      const blob = { digest: "sha256:../../../outside/file", size: 9 };
      writeFileSync(statePath(result), JSON.stringify({ layout: world.layout, kind: "service", entries: [{ key: "k", blob }] }));
    },
    nothingSaved,
  ),
  later(
    "state that is a link to elsewhere",
    (world, result) => {
      renameSync(statePath(result), join(world.directory, "state"));
      symlinkSync(join(world.directory, "state"), statePath(result));
    },
    nothingSaved,
  ),
]);

describe("a cache that does not answer", () => {
  // A second is a hundredth of one.
  const waits: number[] = [];
  const after = (ms: number, run: () => void): (() => void) => {
    waits.push(ms);
    const timer = setTimeout(run, ms / 100);
    return () => clearTimeout(timer);
  };
  const warned: string[] = [];
  const nothing = async (): Promise<never> => assert.fail("there is nothing to have");
  const open = (environment: Readonly<Record<string, string>>, options: Partial<ActionsCacheOptions> = {}): ActionsCache => {
    Object.assign(process.env, environment);
    return new ActionsCache({
      urls: { download: nothing, get: nothing },
      after,
      signal: new AbortController().signal,
      warn: (line) => void warned.push(line),
      say: () => undefined,
      ...options,
    });
  };
  afterEach(() => {
    for (const name of ["ACTIONS_CACHE_SERVICE_V2", "ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_TOKEN"]) delete process.env[name];
    waits.length = 0;
    warned.length = 0;
  });

  it("C3: is given two tries of ten seconds each, and then disabled", async () => {
    const cache = open({ ACTIONS_RESULTS_URL: "http://127.0.0.1:9/", ACTIONS_RUNTIME_TOKEN: SECRETS.runtimeToken });
    const fetched = await Promise.all(["a", "b", "c"].map((key) => cache.fetch(key, 1)));
    assert.deepEqual(fetched, [undefined, undefined, undefined]);
    assert.equal(await cache.fetch("d", 1), undefined);
    assert.deepEqual([waits.slice(0, 2), warned.length], [[10_000, 10_000], 1]);
  });

  it("C3: is not waited for once the step ends, and no warning is due", async () => {
    const service = await CacheService.start();
    try {
      const stop = new AbortController();
      service.faults.push(() => {
        stop.abort(new PullError("timeout", "the step's timeout has passed"));
        return true;
      });
      const cache = open(service.environment, { signal: stop.signal, after: () => () => undefined });
      assert.equal(await cache.fetch("key", 1), undefined);
      assert.deepEqual(warned, []);
    } finally {
      await service.stop();
    }
  });

  it("C4: is given a minute, and a second for every mebibyte, to take what is saved", async () => {
    const service = await CacheService.start();
    try {
      service.faults.push((request) => request.method === "PUT");
      const cache = open(service.environment);
      assert.equal(await cache.save("key", outgoing(Buffer.alloc(2 * 1024 * 1024))), "failed");
      assert.ok(waits.includes(62_000), waits.join());
    } finally {
      await service.stop();
    }
  });
});
