import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { digestOf } from "../../src/oci/digest.ts";
import { ActionsCache } from "../../src/store/actions-cache.ts";
import { tarEnd, tarEntry, tarHeader } from "../../src/store/tarball.ts";
import { type CacheFault, CacheService } from "../support/cache-service.ts";
import { image } from "../support/image.ts";
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

const warnings = ({ commands }: StepResult): number => commands.filter(({ name }) => name === "warning").length;

/** A warm pull whose entries are not what they were: all comes from the registry, right, and nothing else happens. */
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
      assert.ok(warnings(result) <= 1);
    },
  };
}

const archive = (...members: readonly (readonly [path: string, body: string])[]): Buffer =>
  Buffer.concat([...members.flatMap(([path, body]) => tarEntry(path, Buffer.from(body))), tarEnd()]);

const flip = (bytes: Buffer, at: number): Buffer => {
  const flipped = Buffer.from(bytes);
  flipped[at % flipped.length] = (flipped[at % flipped.length] ?? 0) ^ (1 << (at % 8));
  return flipped;
};

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
  spoilt("C2", "somebody else's bytes of the same length", (bytes) => Buffer.alloc(bytes.length, "x")),
  {
    id: "C5",
    what: "keys that only start the same",
    status: "ok",
    arrange: (world) =>
      warm(world, ({ cache }) => {
        for (const [id, entry] of cache.entries) cache.entries.set(id, { ...entry, key: `${entry.key}-longer` });
      }),
    check: (_, { outputs }) => assert.equal(outputs.get("bytes-restored"), "0"),
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
    assert.ok(warnings(result) <= 1, result.stdout);
    await check?.(world, result);
  },
});

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
  faulty("C3", "blobs that are gone", () => answers(404, "", (url) => !isCall(url))),
  faulty("C3", "blobs that may not be had", () => answers(403, "<Error>AuthenticationFailed</Error>", (url) => !isCall(url))),
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
    /left alone.*denied.*\n.*0 entries saved/,
  ),
  saving("C4", "taken by somebody else meanwhile", answers(409, '{"code":"already_exists","msg":"taken"}', creating), /0 entries saved/),
  saving("C4", "limited", answers(429, '{"code":"resource_exhausted","msg":"slow down"}', creating), /left alone[\s\S]*0 entries saved/),
  saving("C4", "too large for it", answers(413, '{"code":"x","msg":"too large"}', creating), /0 entries saved/),
  saving(
    "C4",
    "refused by its storage",
    answers(403, "<Error/>", (url) => !isCall(url)),
    /0 entries saved/,
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
      assert.match(result.stdout, /needed credentials.*not saved.*cache-private/);
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
  const open = (environment: Readonly<Record<string, string>>): ActionsCache => {
    Object.assign(process.env, environment);
    return new ActionsCache({
      urls: { download: nothing, get: nothing },
      after,
      warn: (line) => void warned.push(line),
      say: () => undefined,
    });
  };
  afterEach(() => {
    for (const name of ["ACTIONS_CACHE_SERVICE_V2", "ACTIONS_RESULTS_URL", "ACTIONS_RUNTIME_TOKEN"]) delete process.env[name];
    waits.length = 0;
    warned.length = 0;
  });

  it("C3: is given two tries of ten seconds each, and then left alone", async () => {
    const cache = open({ ACTIONS_RESULTS_URL: "http://127.0.0.1:9/", ACTIONS_RUNTIME_TOKEN: SECRETS.runtimeToken });
    const fetched = await Promise.all(["a", "b", "c"].map((key) => cache.fetch(key, 1)));
    assert.deepEqual(fetched, [undefined, undefined, undefined]);
    assert.equal(await cache.fetch("d", 1), undefined);
    assert.deepEqual([waits.slice(0, 2), warned.length], [[10_000, 10_000], 1]);
  });

  it("C4: is given a minute, and a second for every mebibyte, to take what is saved", async () => {
    const service = await CacheService.start();
    try {
      service.faults.push((request) => request.method === "PUT");
      const directory = mkdtempSync(join(tmpdir(), "upload-"));
      writeFileSync(join(directory, "blob"), Buffer.alloc(2 * 1024 * 1024));
      const cache = open(service.environment);
      assert.equal(await cache.save("key", join(directory, "blob")), "failed");
      assert.ok(waits.includes(62_000), waits.join());
    } finally {
      await service.stop();
    }
  });
});
