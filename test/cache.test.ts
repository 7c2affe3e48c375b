import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { CacheService } from "./support/cache-service.ts";
import { temporaryDirectory } from "./support/directory.ts";
import { artifact, buildkitCache, image, index, multiPlatform, schema1 } from "./support/image.ts";
import { Registry, refuse } from "./support/registry.ts";
import { runStep } from "./support/runner.ts";

// Every blob counts as large here, so that each has its own entry.
const LARGE = { "cache-min-size": "200B", platforms: "linux/s390x" };

describe("a pull through the Actions cache", () => {
  let registry: Registry;
  let service: CacheService;
  let path: string;
  beforeEach(async () => {
    registry = await Registry.start();
    service = await CacheService.start();
    path = join(temporaryDirectory("cached"), "layout");
  });
  afterEach(async () => {
    await registry.stop();
    await service.stop();
  });

  const step = (
    images: string,
    inputs: Readonly<Record<string, string>> = {},
    environment: Readonly<Record<string, string>> = {},
  ) =>
    runStep(
      { images, pull: "layout", path, ...LARGE, ...inputs },
      { ...service.environment, ...environment },
    );
  const listing = (): string =>
    execFileSync("sh", ["-c", "find . -type f | sort | xargs sha256sum"], {
      cwd: path,
      encoding: "utf8",
    });
  /** A cold run and its post step; the layout is removed after that. */
  async function fill(
    images: string,
    inputs: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const cold = await step(images, inputs);
    assert.equal(cold.exitCode, 0, cold.stdout);
    assert.equal(cold.outputs.get("cache-hit"), "false");
    const post = await cold.post();
    assert.equal(post.exitCode, 0, post.stderr);
    const filled = listing();
    forget();
    return filled;
  }
  function forget(): void {
    rmSync(path, { recursive: true, force: true });
    registry.seen.length = 0;
    service.seen.length = 0;
  }
  const gets = (): readonly string[] => registry.log.filter((line) => line.startsWith("GET"));

  it("sends nothing that identifies the job to signed URLs, neither to restore nor to save", async () => {
    const job = { ACTIONS_ORCHESTRATION_ID: "plan-of-the-job.name-of-the-job" };
    const asked: string[] = [];
    service.faults.push(({ method, url, headers }) => {
      if (url?.startsWith("/container/")) asked.push(`${method} ${JSON.stringify(headers)}`);
      return false;
    });
    const app = registry.push("org/app", "1.0", image("linux/s390x"));
    await (await step(app, {}, job)).post();
    forget();
    assert.equal((await step(app, {}, job)).outputs.get("cache-hit"), "true");
    assert.deepEqual([...new Set(asked.map((line) => line.split(" ")[0]))].toSorted(), [
      "GET",
      "PUT",
    ]);
    for (const line of asked) assert.ok(!line.includes("-of-the-job"), line);
  });

  it("is a hit when warm: no GET to the registry, and the same layout", async () => {
    const app = registry.push("org/app", "1.0", multiPlatform(["linux/s390x", "linux/amd64"]));
    const filled = await fill(app);
    const warm = await step(app);
    assert.equal(warm.exitCode, 0, warm.stdout);
    assert.deepEqual(
      [
        warm.outputs.get("cache-hit"),
        warm.outputs.get("bytes-downloaded"),
        Number(warm.outputs.get("bytes-restored")) > 0,
      ],
      ["true", "0", true],
    );
    assert.deepEqual([gets(), listing()], [[], filled]);
    // HEAD asks whether tag, child manifest and config still exist.
    assert.deepEqual(registry.log.map((line) => line.replace(/sha256:\w+/, "D")).toSorted(), [
      "HEAD /v2/org/app/blobs/D 200",
      "HEAD /v2/org/app/manifests/1.0 200",
      "HEAD /v2/org/app/manifests/D 200",
    ]);
    service.seen.length = 0;
    assert.ok(!(await warm.post()).stdout.includes("saved"));
    assert.deepEqual(service.seen, []);
  });

  it("is a hit for every kind of document", async () => {
    const images = [
      registry.push("org/old", "signed", schema1(true, "s390x")),
      registry.push("org/old", "unsigned", schema1(false, "s390x")),
      registry.push("org/app", "single", image("linux/s390x")),
      registry.push("org/app", "docker", multiPlatform(["linux/s390x"], { docker: true })),
      registry.push(
        "org/app",
        "nested",
        index([index([image("linux/s390x", { salt: "nested" })])]),
      ),
      `${registry.push("org/app", "chart", artifact())},platform=any`,
      `${registry.push("org/app", "cache", buildkitCache("oci-index"))},platform=any`,
    ].join("\n");
    const filled = await fill(images);
    const warm = await step(images);
    assert.deepEqual(
      [warm.exitCode, warm.outputs.get("cache-hit"), gets(), listing()],
      [0, "true", [], filled],
      warm.stdout,
    );
  });

  it("saves entries whose list is larger than an environment variable may be", async () => {
    const comment = "a long history ".repeat(10_000);
    const old = registry.push("org/old", "signed", schema1(true, "s390x", { comment }));
    const filled = await fill(old);
    const warm = await step(old);
    assert.deepEqual(
      [warm.exitCode, warm.outputs.get("cache-hit"), gets(), listing()],
      [0, "true", [], filled],
      warm.stdout,
    );
  });

  it("recognises a signed schema 1 manifest while the registry is down", async () => {
    const made = schema1(true, "s390x");
    registry.push("org/old", "signed", made);
    const pinned = `${registry.host}/org/old@${made.digest}`;
    await fill(pinned);
    await registry.stop();
    const warm = await step(pinned);
    registry = await Registry.start();
    assert.match(warm.outputs.get("json") ?? "", /"kind":"schema1"/);
  });

  it("is a hit by digest while the registry is down, with one warning", async () => {
    const made = multiPlatform(["linux/s390x", "linux/amd64"]);
    registry.push("org/app", "1.0", made);
    const pinned = `${registry.host}/org/app@${made.digest}`;
    const filled = await fill(pinned);
    await registry.stop();
    const warm = await step(pinned);
    registry = await Registry.start();
    assert.equal(warm.exitCode, 0, warm.stdout);
    assert.deepEqual([warm.outputs.get("cache-hit"), listing()], ["true", filled]);
    assert.match(warm.stdout, /::warning::.*is unavailable: .*gave no answer.*come from cache/);
    assert.equal(warm.commands.filter(({ name }) => name === "warning").length, 1);
  });

  for (const [what, status, code] of [
    ["its limit is reached", 429, "TOOMANYREQUESTS"],
    ["it is down", 501, "UNAVAILABLE"],
  ] as const) {
    for (const by of ["digest", "tag"]) {
      it(`is a hit by ${by} when the registry refuses because ${what}, with one warning that quotes it`, async () => {
        const made = multiPlatform(["linux/s390x", "linux/amd64"]);
        const app = registry.push("org/app", "1.0", made);
        const reference = by === "tag" ? app : `${registry.host}/org/app@${made.digest}`;
        const filled = await fill(reference);
        registry.faults.push((request, response) => {
          // The HEAD that resolves the tag is answered.
          if (by === "tag" && request.url?.endsWith("/manifests/1.0")) return false;
          response.setHeader("retry-after", "600");
          refuse(response, status, code, "not now", null);
          return true;
        });
        const warm = await step(reference);
        assert.deepEqual(
          [warm.exitCode, warm.outputs.get("cache-hit"), listing()],
          [0, "true", filled],
          warm.stdout,
        );
        const warnings = warm.commands
          .filter(({ name }) => name === "warning")
          .map(({ data }) => data);
        assert.equal(warnings.length, 1, warnings.join("\n"));
        assert.match(warnings[0] ?? "", new RegExp(`answered ${status} ${code}: not now`));
      });
    }
  }

  it("is a hit by tag when a limit is reached after the tag, with one warning for all layers", async () => {
    const app = registry.push("org/app", "1.0", image("linux/s390x"));
    const filled = await fill(app, { verify: "blobs" });
    registry.faults.push((request, response) => {
      if (request.url?.endsWith("/manifests/1.0")) return false;
      response.setHeader("retry-after", "600");
      refuse(response, 429, "TOOMANYREQUESTS", "not now", null);
      return true;
    });
    const warm = await step(app, { verify: "blobs" });
    assert.deepEqual(
      [warm.exitCode, warm.outputs.get("cache-hit"), listing()],
      [0, "true", filled],
      warm.stdout,
    );
    assert.equal(warm.commands.filter(({ name }) => name === "warning").length, 1, warm.stdout);
  });

  for (const [status, code, expected] of [
    [404, "MANIFEST_UNKNOWN", "not-found"],
    [403, "DENIED", "unauthorized"],
  ] as const) {
    it(`fails as ${expected} when the registry no longer gives a cached image: ${status}`, async () => {
      const made = multiPlatform(["linux/s390x", "linux/amd64"]);
      registry.push("org/app", "1.0", made);
      const pinned = `${registry.host}/org/app@${made.digest}`;
      await fill(pinned);
      registry.faults.push((_, response) => {
        refuse(response, status, code, "withdrawn", null);
        return true;
      });
      const { exitCode, outputs } = await step(pinned);
      assert.equal(exitCode, 1);
      const [problem] = JSON.parse(outputs.get("missing") ?? "[]");
      assert.equal(problem.status, expected);
      assert.match(problem.message, new RegExp(`${code}: withdrawn`));
    });
  }

  it("fails as dangling when the registry has lost a manifest since", async () => {
    const made = multiPlatform(["linux/s390x", "linux/amd64"]);
    const app = registry.push("org/app", "1.0", made);
    await fill(app);
    registry.remove("org/app", made.manifests[0]?.digest ?? "");
    const { exitCode, outputs } = await step(app);
    assert.equal(exitCode, 1);
    assert.match(outputs.get("missing") ?? "", /"dangling"/);
  });

  it("uses no entry with a flipped bit: the registry is asked for its blobs", async () => {
    const app = registry.push("org/app", "1.0", multiPlatform(["linux/s390x", "linux/amd64"]));
    const filled = await fill(app);
    for (const entry of service.entries.values()) {
      const at = entry.key.includes("-image-") ? 700 : entry.bytes.length >> 1;
      entry.bytes[at] = (entry.bytes[at] ?? 0) ^ 1;
    }
    const warm = await step(app);
    assert.equal(warm.exitCode, 0, warm.stdout);
    assert.deepEqual([warm.outputs.get("cache-hit"), listing()], ["false", filled]);
  });

  for (const [what, poison] of [
    ["too long", (bytes: Buffer) => Buffer.concat([bytes, bytes])],
    ["too short", (bytes: Buffer) => bytes.subarray(0, bytes.length - 1)],
    ["empty", () => Buffer.alloc(0)],
    [
      "an archive with paths of its own",
      () =>
        execFileSync("sh", [
          "-c",
          "cd / && tar -cPf - /etc/hostname ../../etc/passwd 2>/dev/null || true",
        ]),
    ],
  ] as const) {
    it(`uses no entry that is ${what}`, async () => {
      const app = registry.push("org/app", "1.0", multiPlatform(["linux/s390x"]));
      const filled = await fill(app);
      for (const entry of service.entries.values()) entry.bytes = poison(entry.bytes);
      const warm = await step(app);
      assert.deepEqual(
        [warm.exitCode, warm.outputs.get("cache-hit"), listing()],
        [0, "false", filled],
      );
    });
  }

  it("uses no entry whose key only starts the same", async () => {
    const app = registry.push("org/app", "1.0", multiPlatform(["linux/s390x"]));
    await fill(app);
    for (const [id, entry] of service.entries)
      service.entries.set(id, { ...entry, key: `${entry.key}-longer` });
    assert.equal((await step(app)).outputs.get("cache-hit"), "false");
  });

  it("downloads only the missing blobs, and saves only those", async () => {
    const made = multiPlatform(["linux/s390x"]);
    const app = registry.push("org/app", "1.0", made);
    await fill(app);
    const [, layer] = made.blobs;
    for (const [id, { key }] of service.entries)
      if (key.includes(layer?.digest.slice(7) ?? "-")) service.entries.delete(id);
    const half = await step(app);
    assert.deepEqual(
      [half.outputs.get("bytes-downloaded"), half.outputs.get("cache-hit")],
      [String(layer?.bytes.length), "false"],
    );
    service.seen.length = 0;
    await half.post();
    assert.equal(service.seen.filter((line) => line === "POST CreateCacheEntry").length, 1);
  });

  it("stores layers that images share once, and restores them for a new tag", async () => {
    const old = image("linux/s390x");
    await fill(registry.push("org/app", "1.0", old));
    const entries = service.entries.size;
    const next = image("linux/s390x", { labels: { version: "2" } });
    const cold = await step(registry.push("org/app", "2.0", next));
    assert.deepEqual(
      next.blobs
        .slice(1)
        .filter(({ digest }) => registry.log.some((line) => line.includes(digest))),
      [],
    );
    await cold.post();
    // One more: the bundle of the new image, which has its config.
    assert.equal(service.entries.size, entries + 1);
  });

  for (const [what, environment, inputs, line, posts] of [
    [
      "there is no service",
      { ACTIONS_CACHE_SERVICE_V2: "" },
      {},
      /there is no Actions cache service here/,
      0,
    ],
    [
      "the server is not github.com",
      { GITHUB_SERVER_URL: "https://ghes.example" },
      {},
      /there is no Actions cache service here/,
      0,
    ],
    [
      "a pull request triggered the job",
      { GITHUB_EVENT_NAME: "pull_request" },
      {},
      /Not saved: this is a pull request\. The next run on the default branch fills the cache\./,
      0,
    ],
    ["the runner sets the mode read", { ACTIONS_CACHE_MODE: "read" }, {}, /downloaded/, 0],
    ["the runner sets the mode none", { ACTIONS_CACHE_MODE: "none" }, {}, /downloaded/, 0],
    ["the input sets the mode read", {}, { "cache-mode": "read" }, /downloaded/, 0],
    ["the input sets the mode none", {}, { "cache-mode": "none" }, /downloaded/, 0],
    ["the image is too large", {}, { "cache-max-size": "1kB" }, /downloaded/, 0],
    [
      "the input sets the mode write on a pull request",
      { GITHUB_EVENT_NAME: "pull_request" },
      { "cache-mode": "write" },
      /downloaded/,
      3,
    ],
  ] as const) {
    it(`saves ${posts === 0 ? "nothing" : "everything"} when ${what}, and succeeds`, async () => {
      const app = registry.push("org/app", "1.0", multiPlatform(["linux/s390x"]));
      const cold = await step(app, inputs, environment);
      assert.equal(cold.exitCode, 0, cold.stdout);
      assert.match(cold.stdout, line);
      assert.equal((await cold.post()).exitCode, 0);
      assert.equal(service.entries.size, posts);
    });
  }

  it("saves nothing with a token that may only read, and logs that", async () => {
    service.writable = false;
    const cold = await step(registry.push("org/app", "1.0", multiPlatform(["linux/s390x"])));
    assert.match(cold.stdout, /this run's token may not save to the cache/);
    assert.equal((await cold.post()).exitCode, 0);
    assert.equal(service.seen.filter((line) => line.includes("Create")).length, 0);
  });

  it("saves blobs that needed credentials only in a private repository, or with cache-private", async () => {
    registry.access = { scheme: "basic", login: "me:password" };
    const app = registry.push("org/app", "1.0", multiPlatform(["linux/s390x"]));
    const login = {
      "registry-auth": `- registry: ${registry.host}\n  username: me\n  password: password`,
    };
    const event = (isPrivate: boolean): Record<string, string> => {
      writeFileSync(`${path}-event`, JSON.stringify({ repository: { private: isPrivate } }));
      return { GITHUB_EVENT_PATH: `${path}-event` };
    };
    await (await step(app, login, event(false))).post();
    assert.equal(service.entries.size, 0);
    await (await step(app, { ...login, path: `${path}-2` }, event(true))).post();
    assert.equal(service.entries.size, 3);
    service.entries.clear();
    await (
      await step(app, { ...login, "cache-private": "true", path: `${path}-3` }, event(false))
    ).post();
    assert.equal(service.entries.size, 3);
    const bytes = Buffer.concat([...service.entries.values()].map(({ bytes }) => bytes));
    assert.ok(
      !bytes.includes("password") && !bytes.includes(Buffer.from("me:password").toString("base64")),
    );
  });

  it("does not save blobs that a warm, pinned run downloaded with credentials", async () => {
    registry.access = { scheme: "basic", login: "me:password" };
    const made = multiPlatform(["linux/s390x"]);
    registry.push("org/app", "1.0", made);
    const pinned = `${registry.host}/org/app@${made.digest}`;
    const login = {
      "registry-auth": `- registry: ${registry.host}\n  username: me\n  password: password`,
    };
    await fill(pinned, { ...login, "cache-private": "true" });
    for (const [id, { key }] of service.entries)
      if (key.includes("-blob-")) service.entries.delete(id);
    const half = await step(pinned, login);
    assert.equal(half.exitCode, 0, half.stdout);
    await half.post();
    assert.deepEqual(
      [...service.entries.values()].filter(({ key }) => key.includes("-blob-")),
      [],
    );
  });

  for (const [what, status] of [
    ["an outage", 500],
    ["a limit", 429],
    ["a denial", 403],
  ] as const) {
    it(`succeeds with one warning after ${what} of the service, and so does the post step`, async () => {
      service.faults.push((request, response) => {
        const call = request.url?.includes("twirp") === true;
        if (call)
          response
            .writeHead(status, { "content-type": "application/json" })
            .end('{"code":"x","msg":"cache read denied: no"}');
        return call;
      });
      const cold = await step(registry.push("org/app", "1.0", multiPlatform(["linux/s390x"])));
      assert.equal(cold.exitCode, 0, cold.stdout);
      assert.equal(
        cold.commands.filter(({ name, data }) => name === "warning" && data.includes("disabled"))
          .length,
        1,
        cold.stdout,
      );
      assert.ok(service.seen.length <= 4, service.seen.join());
      assert.equal((await cold.post()).exitCode, 0);
    });
  }

  it("disables the cache when its entries cannot be downloaded", async () => {
    const app = registry.push("org/app", "1.0", multiPlatform(["linux/s390x"]));
    const filled = await fill(app);
    service.faults.push((request) => {
      const blob = request.url?.startsWith("/container/") === true;
      if (blob) request.socket.destroy();
      return blob;
    });
    const warm = await step(app);
    assert.deepEqual(
      [warm.exitCode, warm.outputs.get("cache-hit"), listing()],
      [0, "false", filled],
      warm.stdout,
    );
    assert.equal(
      warm.commands.filter(({ name, data }) => name === "warning" && data.includes("disabled"))
        .length,
      1,
      warm.stdout,
    );
    assert.ok(
      service.seen.filter((line) => line.endsWith("blob")).length <= 6,
      service.seen.join(),
    );
  });

  it("succeeds with one warning when the state file cannot be written", async () => {
    const app = registry.push("org/app", "1.0", multiPlatform(["linux/s390x"]));
    const cold = await step(app, {}, { GITHUB_STATE: join(path, "nowhere") });
    assert.equal(cold.exitCode, 0, cold.stdout);
    const warnings = cold.commands.filter(({ name }) => name === "warning").map(({ data }) => data);
    assert.deepEqual(
      [warnings.length, /^nothing will be saved to the cache: /.test(warnings[0] ?? "")],
      [1, true],
    );
  });

  it("stops saving after the first rate limit", async () => {
    const cold = await step(registry.push("org/app", "1.0", multiPlatform(["linux/s390x"])));
    service.faults.push((request, response) => {
      const call = request.url?.includes("CreateCacheEntry") === true;
      if (call)
        response
          .writeHead(429, { "content-type": "application/json", "retry-after": "60" })
          .end('{"code":"resource_exhausted","msg":"slow down"}');
      return call;
    });
    service.seen.length = 0;
    const post = await cold.post();
    assert.deepEqual([post.exitCode, service.entries.size], [0, 0]);
    assert.match(post.stdout, /saved 0 entries, 3 not saved/);
  });

  it("uploads no blob that was changed in the layout since", async () => {
    const made = multiPlatform(["linux/s390x"]);
    const cold = await step(registry.push("org/app", "1.0", made));
    const [config, layer] = made.blobs;
    for (const blob of [config, layer])
      writeFileSync(join(path, "blobs", blob?.digest.replace(":", "/") ?? ""), "changed");
    const post = await cold.post();
    assert.match(post.stdout, /2 not saved/);
    assert.ok([...service.entries.values()].every(({ bytes }) => !bytes.includes("changed")));
  });

  it("fails on a miss with fail-on-cache-miss, and names the first blob", async () => {
    const app = registry.push("org/app", "1.0", multiPlatform(["linux/s390x"]));
    const cold = await step(app, { "fail-on-cache-miss": "true" });
    assert.equal(cold.exitCode, 1);
    assert.match(
      cold.commands.find(({ name }) => name === "error")?.data ?? "",
      /3 blobs did not come from the cache, .*sha256:\w+/,
    );
    await cold.post();
    forget();
    assert.equal((await step(app, { "fail-on-cache-miss": "true" })).exitCode, 0);
  });

  it("saves small blobs in the bundle of their image", async () => {
    const app = registry.push("org/app", "1.0", multiPlatform(["linux/s390x"]));
    await fill(app, { "cache-min-size": "1MiB" });
    assert.equal(service.entries.size, 1);
    const warm = await step(app, { "cache-min-size": "1MiB" });
    assert.deepEqual([warm.outputs.get("cache-hit"), gets()], ["true", []]);
  });

  it("states in the summary how many bytes came from where", async () => {
    const app = registry.push("org/app", "1.0", multiPlatform(["linux/s390x"]));
    const cold = await step(app);
    assert.match(cold.summary, /[\d.]+ kB downloaded in \d+\.\d s \|/);
    assert.match(cold.summary, /Downloaded [\d.]+ kB in .* Nothing came from the cache\./);
    await cold.post();
    forget();
    const { summary } = await step(app);
    assert.match(summary, /[\d.]+ kB from the cache in \d+\.\d s \|/);
    assert.match(summary, /Restored [\d.]+ kB from the cache in /);
  });

  it("prints the signatures of signed URLs nowhere", async () => {
    const app = registry.push("org/app", "1.0", multiPlatform(["linux/s390x"]));
    const cold = await step(app);
    const post = await cold.post();
    forget();
    const warm = await step(app);
    for (const text of [
      cold.stdout,
      post.stdout,
      warm.stdout,
      warm.summary,
      readFileSync(warm.outputs.get("metadata-file") ?? "", "utf8"),
    ]) {
      assert.ok(
        !text.replaceAll("::add-mask::signature-of-a-url", "").includes("signature-of-a-url"),
      );
    }
  });
});
