import assert from "node:assert/strict";
import { renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterEach, describe, it } from "node:test";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { digestOf } from "../../src/oci/digest.ts";
import { PullError } from "../../src/oci/failure.ts";
import { tarEnd, tarEntry, tarHeader } from "../../src/store/tarball.ts";
import { openActionsCache } from "../support/actions-cache.ts";
import { type CacheFault, CacheService } from "../support/cache-service.ts";
import { image } from "../support/image.ts";
import { outgoing } from "../support/outgoing.ts";
import { runStep, type StepResult } from "../support/runner.ts";
import { type Arranged, type Row, rows, SECRETS, type World } from "../support/world.ts";

const made = image("linux/amd64", { busybox: Buffer.alloc(100_000, "layer") });
const [config = made, layer = made] = made.blobs;

function pull(world: World): Arranged {
  const reference = world.evil.serve("org/app", "1", made);
  const inputs = {
    images: reference,
    pull: "layout",
    path: world.layout,
    "cache-min-size": "200B",
  };
  return { inputs, environment: { ...world.cache.environment, CLOCK_RATE: "1" } };
}

/** The same pull with a filled cache, which `damage` then changes. */
async function warm(world: World, damage: (world: World) => void): Promise<Arranged> {
  const arranged = pull(world);
  const cold = await runStep(
    { platforms: "linux/amd64", ...arranged.inputs },
    arranged.environment,
  );
  assert.equal((await cold.post()).exitCode, 0);
  // The config is in the image's bundle.
  assert.equal(world.cache.entries.size, made.blobs.length);
  rmSync(world.layout, { recursive: true });
  world.cache.seen.length = 0;
  world.evil.seen.length = 0;
  damage(world);
  return arranged;
}

const warnings = ({ commands }: StepResult): readonly string[] =>
  commands.filter(({ name }) => name === "warning").map(({ data }) => data);

/** A warm pull with changed entries: the registry gives all their blobs, with one warning. */
function damaged(id: string, what: string, bytes: (right: Buffer, image: boolean) => Buffer): Row {
  return {
    id,
    what,
    status: "ok",
    arrange: (world) =>
      warm(world, ({ cache }) => {
        for (const entry of cache.entries.values())
          entry.bytes = bytes(entry.bytes, entry.key.includes("-image-"));
      }),
    check: (world, result) => {
      assert.deepEqual(
        [result.outputs.get("cache-hit"), world.finals.length],
        ["false", made.blobs.length + 1],
      );
      assert.equal(warnings(result).length, 1, result.stdout);
      assert.match(
        warnings(result)[0] ?? "",
        /the cache entry \S+ is wrong and not used: .*; delete the entry/,
      );
    },
  };
}

/** The same with the image's bundle alone: the registry gives its documents and small blobs. */
function damagedImage(id: string, what: string, bytes: (right: Buffer) => Buffer): Row {
  return {
    ...damaged(id, what, (right, image) => (image ? bytes(right) : right)),
    check: (world, result) => {
      assert.deepEqual(
        [Number(result.outputs.get("bytes-restored")) > 0, world.finals.length],
        [true, made.blobs.length + 1],
      );
      assert.equal(warnings(result).length, 1, result.stdout);
      assert.ok(
        world.evil.seen.some(
          ({ method, target }) => method === "GET" && target.includes("/manifests/"),
        ),
      );
    },
  };
}

/**
 * A document with `bytes` as the payload of a signature: by the rules of schema 1 it has the digest
 * of its payload.
 */
function asPayload(bytes: Buffer): Buffer {
  const protect = JSON.stringify({ formatLength: 0, formatTail: bytes.toString("base64url") });
  const signatures = [{ protected: Buffer.from(protect).toString("base64url") }];
  return Buffer.from(JSON.stringify({ fsLayers: [], signatures }));
}

const archive = (...members: readonly (readonly [path: string, body: string | Buffer])[]): Buffer =>
  Buffer.concat([
    ...members.flatMap(([path, body]) => tarEntry(path, Buffer.from(body))),
    tarEnd(),
  ]);

const flip = (bytes: Buffer, at: number): Buffer => {
  const flipped = Buffer.from(bytes);
  flipped[at % flipped.length] = (flipped[at % flipped.length] ?? 0) ^ (1 << (at % 8));
  return flipped;
};

/** It has the name of a blob of the image, and compresses to a thousandth of its size. */
const bomb = archive([config.digest.replace(":", "/"), Buffer.alloc(64 * 1024 * 1024)]);

rows("entries of the cache", [
  damaged("C1", "an archive of paths that lead out of it", () =>
    archive(["/tmp/pwned-by-a-cache", "x"], ["../../outside/file", "x"], ["../outside/file", "x"]),
  ),
  damaged("C1", "an archive with names of blobs and other bytes", () =>
    archive([config.digest.replace(":", "/"), "x"], [made.digest.replace(":", "/"), "{}"]),
  ),
  damaged("C1", "an archive with a link to follow", () => {
    const link = tarHeader("sha256/link", 0);
    link.write("2", 156);
    link.write("/etc/passwd", 157);
    return Buffer.concat([link, ...tarEntry("sha256/link", Buffer.from("x")), tarEnd()]);
  }),
  damaged("C1", "an archive of ten thousand members", () =>
    archive(
      ...Array.from(
        { length: 10_000 },
        (_, at) => [`sha256/${digestOf(Buffer.from(`${at}`)).slice(7)}`, ""] as const,
      ),
    ),
  ),
  damaged("C2", "a bit flipped", (bytes, image) => flip(bytes, image ? 700 : bytes.length >> 1)),
  damaged("C2", "cut", (bytes) => bytes.subarray(0, bytes.length >> 1)),
  damaged("C2", "empty", () => Buffer.alloc(0)),
  damaged("C2", "too long", (bytes) => Buffer.concat([Buffer.alloc(1), bytes])),
  damaged("C2", "far too long", () => Buffer.alloc(70 * 1024 * 1024)),
  damaged("C2", "compressed, and small", (bytes) => gzipSync(bytes)),
  damaged("C2", "compressed, and large", () => gzipSync(Buffer.alloc(64 * 1024 * 1024))),
  damagedImage("C1", "a manifest as the payload of a signature", () =>
    archive(
      ...[made, config].map(
        ({ digest, bytes }) => [digest.replace(":", "/"), asPayload(bytes)] as const,
      ),
    ),
  ),
  damagedImage("C2", "compressed by gzip, with a right name in it", () => gzipSync(bomb)),
  damagedImage("C2", "compressed by Zstandard, with a right name in it", () =>
    zstdCompressSync(bomb),
  ),
  damagedImage("C2", "compressed by Brotli, with a right name in it", () =>
    brotliCompressSync(bomb),
  ),
  damagedImage("C2", "with more bytes after its end", (bytes) =>
    Buffer.concat([bytes, Buffer.alloc(1024)]),
  ),
  damagedImage("C2", "larger than the limit", () => Buffer.alloc(70 * 1024 * 1024)),
  damaged("C2", "other bytes of the same length", (bytes) => Buffer.alloc(bytes.length, "x")),
  {
    id: "C5",
    what: "keys that only start the same",
    status: "ok",
    arrange: (world) =>
      warm(world, ({ cache }) => {
        for (const [id, entry] of cache.entries)
          cache.entries.set(id, { ...entry, key: `${entry.key}-longer` });
      }),
    check: ({ cache, evil }, { outputs }) => {
      assert.equal(outputs.get("bytes-restored"), "0");
      assert.ok(
        evil.seen.some(({ method, target }) => method === "GET" && target.includes("/manifests/")),
      );
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
        for (const [at, entry] of all.entries())
          entry.bytes = bytes[(at + 1) % bytes.length] ?? entry.bytes;
      }),
    check: (world, { outputs }) =>
      assert.deepEqual(
        [outputs.get("cache-hit"), world.finals.length],
        ["false", made.blobs.length + 1],
      ),
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
/** Finds every entry, at a URL elsewhere. */
const leads =
  (url: (world: World) => string) =>
  (world: World): CacheFault =>
  (request, response) => {
    if (request.url?.endsWith("/GetCacheEntryDownloadURL") !== true) return false;
    // One key for all look-ups: it matches only the layer's.
    const key = `registry-pull-v1-blob-${layer.digest.replace(":", "-")}`;
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ ok: true, signed_download_url: url(world), matched_key: key }));
    return true;
  };

const faulty = (
  id: string,
  what: string,
  fault: (world: World) => CacheFault,
  check?: Row["check"],
): Row => ({
  id,
  what,
  status: "ok",
  arrange: (world) =>
    warm(world, (filled) => {
      filled.cache.faults.push(fault(world));
    }),
  check: async (world, result) => {
    assert.deepEqual(
      [world.finals.length, result.outputs.get("exists")],
      [made.blobs.length + 1, "true"],
    );
    assert.ok(warnings(result).length <= 1, result.stdout);
    await check?.(world, result);
  },
});

/** An answer without the entry proves nothing about its bytes. */
const notCalledWrong: Row["check"] = (_, result) => assert.deepEqual(warnings(result), []);

rows("the cache's service", [
  ...[500, 429, 403, 404, 400, 302].map((status) =>
    faulty("C3", `look-ups answered with ${status}`, () =>
      answers(status, '{"code":"x","msg":"cache read denied: ##[set-output name=digest;]x"}'),
    ),
  ),
  faulty("C3", "look-ups answered with something else than JSON", () => answers(200, "<html>")),
  faulty("C3", "look-ups answered with other JSON", () =>
    answers(200, '{"ok":"yes","signed_download_url":7}'),
  ),
  faulty("C3", "look-ups answered with a megabyte", () =>
    answers(200, `"${"x".repeat(1_000_000)}"`),
  ),
  faulty("C3", "look-ups that are cut", () => (request) => {
    if (isCall(request.url)) request.socket.destroy();
    return isCall(request.url);
  }),
  faulty(
    "C3",
    "entries that are gone",
    () => answers(404, "", (url) => !isCall(url)),
    notCalledWrong,
  ),
  faulty(
    "C3",
    "entries that may not be read",
    () => answers(403, "<Error>AuthenticationFailed</Error>", (url) => !isCall(url)),
    notCalledWrong,
  ),
  faulty("C3", "entries that are sent compressed", () => (request, response) => {
    if (!isCall(request.url))
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(layer.bytes));
    return !isCall(request.url);
  }),
  ...(
    [
      ["a metadata service", () => "http://169.254.169.254/latest"],
      ["a file", () => "file:///etc/passwd"],
      ["nowhere", () => "http://"],
      [
        "another server that redirects",
        ({ attacker }: World) => `${attacker.url}/redirect?sig=canary`,
      ],
    ] as const
  ).map(([what, url]) =>
    faulty("C3", `a signed URL that leads to ${what}`, leads(url), (_, { outputs }) =>
      assert.equal(outputs.get("bytes-restored"), "0"),
    ),
  ),
  faulty("C3", "a signed URL that redirects", () => (request, response) => {
    if (!isCall(request.url))
      response.writeHead(307, { location: "http://169.254.169.254/" }).end();
    return !isCall(request.url);
  }),
]);

/** The step and its post step succeed although saving fails. */
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
  saving(
    "C4",
    "reserved by another job in between",
    answers(409, '{"code":"already_exists","msg":"taken"}', creating),
    /saved 0 entries/,
  ),
  saving(
    "C4",
    "limited",
    answers(429, '{"code":"resource_exhausted","msg":"slow down"}', creating),
    /disabled[\s\S]*saved 0 entries/,
  ),
  saving(
    "C4",
    "too large for the service",
    answers(413, '{"code":"x","msg":"too large"}', creating),
    /saved 0 entries/,
  ),
  saving(
    "C4",
    "refused by the storage",
    answers(403, "<Error/>", (url) => !isCall(url)),
    /saved 0 entries/,
  ),
  {
    id: "C6",
    what: "an image that needed credentials is not saved in a public repository, which is logged",
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
    what: "nothing is saved on a pull request, which is logged",
    status: "ok",
    arrange: (world) => {
      const arranged = pull(world);
      return {
        ...arranged,
        environment: { ...arranged.environment, GITHUB_EVENT_NAME: "pull_request_target" },
      };
    },
    check: async (world, result) => {
      assert.match(result.stdout, /Not saved: this is a pull request/);
      await result.post();
      assert.equal(world.cache.entries.size, 0);
    },
  },
]);

/** Changes the layout, or the list that the step left, before the post step runs. */
const later = (
  what: string,
  change: (world: World, result: StepResult) => void,
  check: Row["check"],
): Row => ({
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
/** Changes every blob of the layout as soon as the service receives a call. */
const whenAsked =
  (call: string, change: (path: string, size: number) => void) =>
  (world: World): void => {
    world.cache.faults.push((request) => {
      if (request.url?.endsWith(call)) {
        for (const { digest, bytes } of made.blobs)
          change(join(world.layout, "blobs", digest.replace(":", "/")), bytes.length);
      }
      return false;
    });
  };
const statePath = ({ files }: StepResult): string =>
  /<<\S+\n([^\n]*)\n/.exec(files.get("GITHUB_STATE") ?? "")?.[1] ?? "";
const nothingSaved: Row["check"] = ({ cache }, { stdout }) => {
  assert.equal(cache.entries.size, 0);
  assert.match(stdout, /::warning::nothing was saved to the cache: /);
};

rows("saving after the job", [
  later(
    "a link in a blob's place, planted during the look-up, is not followed",
    whenAsked("GetCacheEntryDownloadURL", (path, size) => {
      writeFileSync(`${path}-secret`, "x".repeat(size));
      rmSync(path, { force: true });
      symlinkSync(`${path}-secret`, path);
    }),
    ({ cache }) =>
      assert.ok([...cache.entries.values()].every(({ bytes }) => !bytes.includes("xxxx"))),
  ),
  later(
    "a blob that changes while it is sent is not finalized",
    whenAsked("CreateCacheEntry", (path, size) => writeFileSync(path, "x".repeat(size))),
    ({ cache }, { stdout }) => {
      assert.match(stdout, /blob sha256:\w+ of the layout has changed since it was verified/);
      assert.ok([...cache.entries.values()].every(({ bytes }) => !bytes.includes("xxxx")));
    },
  ),
  later(
    "a list that is not JSON",
    (_, result) => {
      assert.ok(relative(result.directory, statePath(result)).startsWith("registry-pull-"));
      writeFileSync(statePath(result), "{");
    },
    nothingSaved,
  ),
  later(
    "a list whose digests lead out of the layout",
    (world, result) => {
      const blob = { digest: "sha256:../../../outside/file", size: 9 };
      writeFileSync(
        statePath(result),
        JSON.stringify({
          layout: world.layout,
          cache: { kind: "service" },
          entries: [{ key: "k", blob }],
        }),
      );
    },
    nothingSaved,
  ),
  later(
    "a list that is a link to another directory",
    (world, result) => {
      renameSync(statePath(result), join(world.directory, "state"));
      symlinkSync(join(world.directory, "state"), statePath(result));
    },
    nothingSaved,
  ),
]);

describe("a cache that does not answer", () => {
  // A second takes a hundredth of one.
  const waits: number[] = [];
  const after = (ms: number, run: () => void): (() => void) => {
    waits.push(ms);
    const timer = setTimeout(run, ms / 100);
    return () => clearTimeout(timer);
  };
  afterEach(() => {
    for (const name of Object.keys(NO_SERVICE)) delete process.env[name];
    waits.length = 0;
  });

  const NO_SERVICE = {
    ACTIONS_CACHE_SERVICE_V2: "True",
    ACTIONS_RESULTS_URL: "http://127.0.0.1:9/",
    ACTIONS_RUNTIME_TOKEN: SECRETS.runtimeToken,
  };
  async function withService(work: (service: CacheService) => Promise<void>): Promise<void> {
    const service = await CacheService.start();
    Object.assign(process.env, service.environment);
    try {
      await work(service);
    } finally {
      await service.stop();
    }
  }

  it("C3: is given two tries of ten seconds each, and then disabled", async () => {
    Object.assign(process.env, NO_SERVICE);
    const { restoring, warned } = openActionsCache({ after });
    const found = await Promise.all(["a", "b", "c"].map((key) => restoring.bundle(key)));
    assert.deepEqual(found, [new Map(), new Map(), new Map()]);
    assert.equal((await restoring.bundle("d")).size, 0);
    assert.deepEqual([waits.slice(0, 2), warned.length], [[10_000, 10_000], 1]);
  });

  it("C3: is not waited for after the step's end, without a warning", () =>
    withService(async (service) => {
      const stop = new AbortController();
      service.faults.push(() => {
        stop.abort(new PullError("timeout", "the step's timeout has passed"));
        return true;
      });
      const never = (): (() => void) => () => undefined;
      const { restoring, warned } = openActionsCache({ signal: stop.signal, after: never });
      assert.equal((await restoring.bundle("key")).size, 0);
      assert.deepEqual(warned, []);
    }));

  it("C4: is given a minute, and a second for every mebibyte, to store an entry", () =>
    withService(async (service) => {
      // Loading it would take too many of these seconds.
      await import("../../src/store/upload.ts");
      service.faults.push((request) => request.method === "PUT");
      const { saving } = openActionsCache({ after });
      assert.equal(await saving.save("key", outgoing(Buffer.alloc(2 * 1024 * 1024))), "failed");
      assert.ok(waits.includes(62_000), waits.join());
    }));
});
