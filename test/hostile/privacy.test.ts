import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { CacheService } from "../support/cache-service.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { EvilServer } from "../support/evil.ts";
import { content, descriptor, image, type Made } from "../support/image.ts";
import { type Fault, Registry } from "../support/registry.ts";
import { runStep, type StepResult } from "../support/runner.ts";

type Given = Readonly<Record<string, string>>;

const LOGIN = "me:canary-password";

describe("C6: the cache of a public repository", () => {
  let registry: Registry;
  let other: Registry;
  let service: CacheService;
  let directory: string;
  beforeEach(async () => {
    [registry, other, service] = await Promise.all([
      Registry.start(),
      Registry.start(),
      CacheService.start(),
    ]);
    directory = temporaryDirectory("privacy");
    writeFileSync(join(directory, "event"), JSON.stringify({ repository: { private: false } }));
  });
  afterEach(async () => {
    await Promise.all([registry.stop(), other.stop(), service.stop()]);
    rmSync(directory, { recursive: true, force: true });
  });

  const run = (
    images: readonly string[],
    inputs: Given = {},
    environment: Given = {},
  ): Promise<StepResult> =>
    runStep(
      {
        images: images.join("\n"),
        pull: "layout",
        path: join(directory, "layout"),
        platforms: "linux/s390x",
        "cache-min-size": "200B",
        "registry-auth": `- registry: ${registry.host}\n  username: me\n  password: canary-password`,
        ...inputs,
      },
      { ...service.environment, GITHUB_EVENT_PATH: join(directory, "event"), ...environment },
    );
  /** The digests of an image that were saved, in an entry of their own or in the image's. */
  async function saved(result: StepResult, made: Made): Promise<readonly string[]> {
    assert.equal(result.exitCode, 0, result.stdout);
    assert.equal((await result.post()).exitCode, 0);
    const bytes = Buffer.concat([...service.entries.values()].map((entry) => entry.bytes));
    return [made, ...made.blobs]
      .filter((one) => bytes.includes(one.bytes))
      .map(({ digest }) => digest);
  }
  const all = (made: Made): readonly string[] => [made, ...made.blobs].map(({ digest }) => digest);

  const tokenOf = ({ headers }: IncomingMessage): string =>
    headers.authorization?.replace("Bearer ", "") ?? "";

  /** Asks for the password for every path that `isPrivate` names. */
  const behindLogin =
    (isPrivate: (path: string) => boolean): Fault =>
    (request, response) => {
      const authorization = `Basic ${Buffer.from(LOGIN).toString("base64")}`;
      const isAllowed = request.headers.authorization === authorization;
      if (isAllowed || !isPrivate(request.url ?? "")) return false;
      response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
      return true;
    };

  it("gets everything of an image that anyone can read", async () => {
    const made = image("linux/s390x");
    const result = await run([registry.push("org/app", "1", made)], { "registry-auth": "" });
    assert.deepEqual(await saved(result, made), all(made));
  });

  it("gets nothing of an image whose registry answers, with credentials, by a redirect to where it is stored", async () => {
    const made = image("linux/s390x");
    const app = registry.push("org/app", "1", made);
    other.push("org/app", "1", made);
    registry.faults.push(
      behindLogin(() => true),
      (request, response) => {
        response.writeHead(307, { location: `http://${other.host}${request.url}` }).end();
        return true;
      },
    );
    const result = await run([app]);
    assert.deepEqual(await saved(result, made), []);
    assert.match(result.stdout, /not cached: .*org\/app:1/);
  });

  it("gets nothing that came through a proxy, which hides whether anyone could read it", async () => {
    const made = image("linux/s390x");
    const proxy = await EvilServer.start();
    proxy.serve("org/app", "1", made);
    try {
      const inputs = { "registry-auth": "", "insecure-registries": "registry.example" };
      const result = await run(["registry.example/org/app:1"], inputs, {
        http_proxy: proxy.url,
        no_proxy: "127.0.0.1",
      });
      assert.deepEqual(await saved(result, made), []);
      assert.match(result.stdout, /not cached: registry.example\/org\/app:1/);
    } finally {
      await proxy.stop();
    }
  });

  it("gets no blob that needs credentials, of an image whose manifest needs none", async () => {
    const made = image("linux/s390x");
    const app = registry.push("org/app", "1", made);
    const [config, ...layers] = made.blobs;
    registry.faults.push(behindLogin((path) => layers.some(({ digest }) => path.endsWith(digest))));
    const result = await run([app]);
    assert.deepEqual(await saved(result, made), [made.digest, config?.digest]);
    assert.match(result.stdout, new RegExp(`not cached: ${layers.length} layers of .*org/app:1`));
  });

  for (const order of ["before", "after"] as const) {
    for (const lies of [false, true]) {
      it(`gets nothing private for a public image that lists it, written ${order} the private one${lies ? ", when its registry claims to have it" : ""}`, async () => {
        const secret = image("linux/s390x", { salt: "secret" });
        // Another image, with a config of its own, lists the private config and layers as layers.
        const [layer] = image("linux/s390x", { salt: "own" }).blobs.slice(1);
        assert.ok(layer);
        const layers = [
          ...secret.blobs.map((blob) => ({ ...blob, mediaType: layer.mediaType })),
          layer,
        ];
        const config = content("application/vnd.oci.image.config.v1+json", {
          architecture: "s390x",
          os: "linux",
        });
        const manifest = content(secret.mediaType, {
          schemaVersion: 2,
          mediaType: secret.mediaType,
          config: descriptor(config),
          layers: layers.map(descriptor),
        });
        const mallory = { ...manifest, manifests: [], blobs: [config, layer] };
        const strange = other.push("mallory/app", "1", mallory);
        if (lies) {
          other.faults.push((request, response) => {
            const lie = request.method === "HEAD" && request.url?.includes("/blobs/") === true;
            if (lie) response.writeHead(200, { "content-length": "100" }).end();
            return lie;
          });
        }
        const wanted = registry.push("org/secret", "1", secret);
        registry.faults.push(behindLogin(() => true));
        const result = await run(order === "before" ? [strange, wanted] : [wanted, strange]);
        assert.deepEqual(await saved(result, secret), []);
      });
    }
  }

  it("gets no blob of which a part came with credentials and the rest without", async () => {
    const made = image("linux/s390x", { busybox: Buffer.alloc(300_000, "layer") });
    const layer = made.blobs[1];
    assert.ok(layer);
    const app = registry.push("org/app", "1", made);
    registry.access = { scheme: "bearer", login: LOGIN };
    let cut = false;
    registry.faults.push((request, response) => {
      // From the cut on the login is refused, and a token needs none.
      const refused =
        cut &&
        request.url?.startsWith("/token") === true &&
        request.headers.authorization !== undefined;
      if (refused) response.writeHead(401).end();
      if (refused || !request.url?.endsWith(layer.digest) || !registry.tokens.has(tokenOf(request)))
        return refused;
      const { range = "" } = request.headers;
      const start = Number(/^bytes=(\d+)-/.exec(range)?.[1] ?? 0);
      const total = layer.bytes.length;
      const part = {
        "content-length": total - start,
        "content-range": `bytes ${start}-${total - 1}/${total}`,
      };
      response.writeHead(start === 0 ? 200 : 206, part);
      if (cut) response.end(layer.bytes.subarray(start));
      else
        response.write(layer.bytes.subarray(0, 150_000), () =>
          setTimeout(() => response.destroy(), 20),
        );
      if (!cut) registry.tokens.clear();
      cut = true;
      registry.access = { scheme: "bearer" };
      return true;
    });
    const kept = await saved(await run([app]), made);
    assert.ok(cut && !kept.includes(layer.digest));
  });

  for (const least of ["200B", "1MB"]) {
    it(`gets no blob that an earlier step left in the layout, which may be from anywhere, with cache-min-size: ${least}`, async () => {
      const made = image("linux/s390x");
      await run([registry.push("org/app", "1", made)], { "cache-mode": "none" });
      // The same layers, so that only documents and config are downloaded.
      const next = image("linux/s390x", { labels: {} });
      const app = registry.push("org/app", "2", next);
      const [config, ...layers] = next.blobs;
      const kept = await saved(
        await run([app], { "registry-auth": "", "cache-min-size": least }),
        next,
      );
      assert.deepEqual(kept, [next.digest, config?.digest]);
      assert.deepEqual(layers, made.blobs.slice(1));
    });
  }

  it("gets no image when no answer shows whether it needs credentials", async () => {
    const made = image("linux/s390x");
    const pinned = `${registry.push("org/app", "1", made).replace(/:1$/, "")}@${made.digest}`;
    const first = await run([pinned], { "registry-auth": "" });
    await first.post();
    // The cache is lost, and the layout keeps documents and config. In the second run the registry
    // refuses every question about documents, and sends layers.
    service.entries.clear();
    const [, ...layers] = made.blobs;
    for (const { digest } of layers) {
      rmSync(join(directory, "layout/blobs", digest.replace(":", "/")));
    }
    registry.faults.push((request, response) => {
      const question = request.method === "HEAD" || request.url?.includes("/manifests/") === true;
      if (question) response.writeHead(501).end();
      return question;
    });
    const result = await run([pinned], {
      "registry-auth": "",
      platforms: "linux/s390x",
      "cache-key-prefix": "registry-pull-v1",
    });
    assert.equal(result.exitCode, 0, result.stdout);
    await result.post();
    const added = [...service.entries.values()].map(({ key }) => key);
    assert.equal(added.length, layers.length);
    // Layers that came without credentials are public; the image's documents may be private.
    assert.ok(
      added.every((key) => key.includes("-blob-")),
      added.join(),
    );
    assert.match(result.stdout, /not cached: .*org\/app@/);
  });
});
