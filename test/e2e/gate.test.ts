import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { artifact, image, type Made, multiPlatform } from "../support/image.ts";
import { runStep } from "../support/runner.ts";
import {
  cleanUp,
  directory,
  type RealRegistry,
  realPartsMissing,
  skopeo,
  startRegistry,
  startTokenServer,
  type TokenServer,
  writeCertificate,
  writeHtpasswd,
  writeLayout,
} from "./parts.ts";

const PLATFORMS = [
  "linux/amd64",
  "linux/arm64",
  "linux/arm/v7",
  "linux/386",
  "linux/ppc64le",
  "linux/s390x",
];
const total = (sizes: Iterable<number>): number => [...sizes].reduce((sum, size) => sum + size, 0);
const sha256 = (bytes: Buffer): string =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

describe("against a real docker-registry filled by skopeo", {
  skip: realPartsMissing("docker-registry", "skopeo", "htpasswd", "openssl"),
}, () => {
  let open: RealRegistry;
  let locked: RealRegistry;
  let guarded: RealRegistry;
  let tokens: TokenServer;
  before(async () => {
    tokens = await startTokenServer("alice", "wonder: land");
    open = await startRegistry("open");
    locked = await startRegistry(
      "locked",
      `auth: {htpasswd: {realm: tests, path: ${writeHtpasswd("alice", "wonder: land")}}}`,
    );
    const token = `realm: "${tokens.realm}", service: tests, issuer: tests`;
    guarded = await startRegistry(
      "guarded",
      `auth: {token: {${token}, rootcertbundle: ${tokens.bundle}}}`,
    );
    await push(
      "index",
      `${open.host}/app:index`,
      multiPlatform(PLATFORMS, { attestations: true }),
      "--all",
    );
    await push(
      "list",
      `${open.host}/app:list`,
      multiPlatform(PLATFORMS.slice(0, 2)),
      "--all",
      "--format",
      "v2s2",
    );
    await push("single", `${open.host}/app:single`, image("linux/arm64"));
    await push(
      "schema1",
      `${open.host}/app:schema1`,
      image("linux/amd64", { docker: true }),
      "--format",
      "v2s1",
    );
    await push("chart", `${open.host}/app:chart`, artifact());
    const login = ["--dest-creds", "alice:wonder: land"];
    await push("private", `${locked.host}/org/app:1`, image("linux/amd64"), ...login);
    await push(
      "guarded",
      `${guarded.host}/public/app:1`,
      multiPlatform(PLATFORMS),
      "--all",
      ...login,
    );
    await push("hidden", `${guarded.host}/hidden/app:1`, image("linux/amd64"), ...login);
  });
  after(async () => {
    await Promise.all([open, locked, guarded, tokens].map((part) => part?.stop()));
    cleanUp();
  });

  async function push(
    name: string,
    reference: string,
    made: Made,
    ...options: string[]
  ): Promise<void> {
    await skopeo(
      "copy",
      "--dest-tls-verify=false",
      ...options,
      `oci:${writeLayout(name, made)}`,
      `docker://${reference}`,
    );
  }
  const raw = (reference: string): Promise<Buffer> =>
    skopeo("inspect", "--raw", "--tls-verify=false", `docker://${reference}`);
  const auth = (host: string, password = "wonder: land"): string =>
    `- registry: ${host}\n  username: alice\n  password: "${password}"`;
  const only = (json: string | undefined) =>
    Object.values<Record<string, never>>(JSON.parse(json ?? "").images)[0] as Record<
      string,
      unknown
    >;
  const firstMissing = (json: string | undefined) => {
    const [{ status, message }] = JSON.parse(json ?? "") as [{ status: string; message: string }];
    return `${status}: ${message}`;
  };

  for (const tag of ["index", "list", "single"]) {
    it(`${tag}: digests, sizes and config are those of skopeo and of the raw bytes`, async () => {
      const reference = `${open.host}/app:${tag}`;
      const { outputs, exitCode } = await runStep({
        images: reference,
        platforms: "all",
        verify: "blobs",
      });
      assert.equal(exitCode, 0);
      const bytes = await raw(reference);
      assert.equal(outputs.get("digest"), sha256(bytes));
      const document = JSON.parse(bytes.toString());
      const entries: { digest: string; platform?: { architecture: string } }[] =
        document.manifests ?? [{ digest: sha256(bytes) }];
      const images = entries.filter(({ platform }) => platform?.architecture !== "unknown");
      const platforms = only(outputs.get("json"))["platforms"] as {
        digest: string;
        size: number;
        config: string;
      }[];
      assert.deepEqual(
        platforms.map(({ digest }) => digest),
        images.map(({ digest }) => digest),
      );
      const blobs = new Map<string, number>();
      for (const [at, { digest }] of images.entries()) {
        const manifest = JSON.parse((await raw(`${open.host}/app@${digest}`)).toString());
        const sizes = [manifest.config, ...manifest.layers].map(
          ({ digest, size }): [string, number] => [digest, size],
        );
        for (const [digest, size] of sizes) blobs.set(digest, size);
        assert.deepEqual(
          [platforms[at]?.size, platforms[at]?.config],
          [total(new Map(sizes).values()), manifest.config.digest],
        );
      }
      assert.equal(Number(outputs.get("size")), total(blobs.values()));
    });
  }

  it("the config is the image's own, as a JSON value", async () => {
    const { outputs } = await runStep({
      images: `${open.host}/app:single`,
      platforms: "linux/arm64",
    });
    const config = await skopeo(
      "inspect",
      "--config",
      "--raw",
      "--tls-verify=false",
      "--override-arch",
      "arm64",
      `docker://${open.host}/app:single`,
    );
    assert.deepEqual(JSON.parse(outputs.get("config") ?? ""), JSON.parse(config.toString()));
  });

  it("six platforms pass, and a seventh is missing", async () => {
    assert.equal(
      (await runStep({ images: `${open.host}/app:index`, platforms: PLATFORMS.join(",") }))
        .exitCode,
      0,
    );
    const { exitCode, outputs } = await runStep({
      images: `${open.host}/app:index`,
      platforms: "linux/riscv64",
    });
    assert.equal(exitCode, 1);
    const [missing] = JSON.parse(outputs.get("missing") ?? "");
    assert.equal(missing.status, "platform-missing");
    for (const platform of PLATFORMS) assert.ok(missing.message.includes(platform));
  });

  it("schema 1 has the registry's own digest, its layers' sizes and a config", async () => {
    const reference = `${open.host}/app:schema1`;
    const accept = "application/vnd.docker.distribution.manifest.v1+prettyjws";
    const answer = await fetch(`http://${open.host}/v2/app/manifests/schema1`, {
      headers: { accept },
    });
    const { outputs, exitCode } = await runStep({ images: reference, platforms: "linux/amd64" });
    assert.equal(exitCode, 0);
    assert.equal(outputs.get("digest"), answer.headers.get("docker-content-digest"));
    const again = await runStep({
      images: `${open.host}/app@${outputs.get("digest")}`,
      platforms: "linux/amd64",
    });
    assert.equal(again.outputs.get("digest"), outputs.get("digest"));
    const manifest = JSON.parse((await raw(reference)).toString());
    const sums: string[] = manifest.fsLayers.map(({ blobSum }: { blobSum: string }) => blobSum);
    const heads = await Promise.all(
      [...new Set(sums)].map((sum) =>
        fetch(`http://${open.host}/v2/app/blobs/${sum}`, { method: "HEAD" }),
      ),
    );
    const sizes = heads.map(({ headers }) => Number(headers.get("content-length")));
    // Docker's empty layer, of 32 bytes, is not counted.
    assert.equal(Number(outputs.get("size")), total(sizes.filter((size) => size !== 32)));
    assert.deepEqual(JSON.parse(outputs.get("config") ?? "").config.Entrypoint, ["/bin/app"]);
  });

  it("skopeo reads a pulled layout, whose blobs are those that skopeo pulls itself", async () => {
    const layout = join(directory, "pulled");
    const images = [
      `${open.host}/app:index`,
      `${open.host}/app:single,platform=all`,
      `${open.host}/app:schema1,platform=all`,
    ];
    const { exitCode, stdout, outputs } = await runStep({
      images: images.join("\n"),
      platforms: PLATFORMS.join(","),
      pull: "layout",
      path: layout,
    });
    assert.equal(exitCode, 0, stdout);
    for (const tag of ["index", "single", "schema1"])
      await skopeo("copy", `oci:${layout}:${tag}`, `dir:${join(directory, `copied-${tag}`)}`);
    const theirs = join(directory, "theirs");
    await skopeo(
      "copy",
      "--src-tls-verify=false",
      "--override-arch",
      "arm64",
      `docker://${open.host}/app:single`,
      `oci:${theirs}:single`,
    );
    const blobs = readdirSync(join(theirs, "blobs/sha256"));
    for (const blob of blobs)
      assert.deepEqual(
        readFileSync(join(layout, "blobs/sha256", blob)),
        readFileSync(join(theirs, "blobs/sha256", blob)),
      );
    assert.ok(blobs.length >= 4 && Number(outputs.get("bytes-downloaded")) > 0);
  });

  it("an artifact is pinned with any", async () => {
    const { outputs } = await runStep({ images: `${open.host}/app:chart,platform=any` });
    assert.deepEqual(
      [outputs.get("exists"), outputs.get("digest")],
      ["true", sha256(await raw(`${open.host}/app:chart`))],
    );
  });

  it("a deleted manifest is dangling, and the other images are still resolved", async () => {
    const made = multiPlatform(["linux/amd64", "linux/s390x"], { salt: "dangling" });
    await push("dangling", `${open.host}/lost:1`, made, "--all");
    const gone = await fetch(`http://${open.host}/v2/lost/manifests/${made.manifests[1]?.digest}`, {
      method: "DELETE",
    });
    assert.equal(gone.status, 202);
    const refused = "127.0.0.1:1/none:1";
    const [lost, closed] = [`${open.host}/lost:1`, `${locked.host}/org/app:1`];
    const { outputs, exitCode, stdout } = await runStep({
      images: [lost, closed, refused, `${open.host}/app:index`].join("\n"),
      platforms: "linux/s390x",
      "registry-auth": auth(locked.host, "wrong"),
    });
    const missing: { status: string; message: string }[] = JSON.parse(outputs.get("missing") ?? "");
    assert.deepEqual(
      [exitCode, missing.map(({ status }) => status)],
      [1, ["dangling", "unauthorized", "unreachable"]],
    );
    assert.match(missing[1]?.message ?? "", /UNAUTHORIZED: authentication required/);
    assert.match(stdout, /✓ .*app:index/);
  });

  it("htpasswd: a login opens a registry that is closed without one", async () => {
    const reference = `${locked.host}/org/app:1`;
    const { outputs } = await runStep({
      images: reference,
      platforms: "linux/amd64",
      "registry-auth": auth(locked.host),
    });
    assert.deepEqual(
      [outputs.get("exists"), only(outputs.get("json"))["authenticated"]],
      ["true", true],
    );
    assert.equal(
      outputs.get("digest"),
      sha256(
        await skopeo(
          "inspect",
          "--raw",
          "--tls-verify=false",
          "--creds",
          "alice:wonder: land",
          `docker://${reference}`,
        ),
      ),
    );
    const { exitCode } = await runStep({ images: reference, platforms: "linux/amd64" });
    assert.equal(exitCode, 1);
  });

  it("signed tokens: one for each scope, with a login and without", async () => {
    const trusted = { "trusted-realms": tokens.host, platforms: "linux/amd64" };
    tokens.issued = 0;
    const open = await runStep({
      images: `${guarded.host}/public/app:1`,
      ...trusted,
      platforms: "all",
      verify: "blobs",
    });
    assert.deepEqual([open.outputs.get("exists"), tokens.issued], ["true", 1], open.stdout);
    const closed = await runStep({ images: `${guarded.host}/hidden/app:1`, ...trusted });
    assert.match(
      firstMissing(closed.outputs.get("missing")),
      /^unauthorized.*incorrect username or password/,
    );
    const login = await runStep({
      images: `${guarded.host}/hidden/app:1`,
      ...trusted,
      "registry-auth": auth(guarded.host),
    });
    assert.deepEqual([login.exitCode, only(login.outputs.get("json"))["authenticated"]], [0, true]);
  });

  it("TLS: trusted by NODE_EXTRA_CA_CERTS, and not without", async () => {
    const tls = writeCertificate();
    const closed = await startRegistry("closed", "", tls);
    try {
      await push("tls", `${closed.host}/app:1`, image("linux/amd64"));
      const images = { images: `${closed.host}/app:1`, platforms: "linux/amd64" };
      const refused = await runStep(images);
      assert.match(
        firstMissing(refused.outputs.get("missing")),
        /^unreachable.*self-signed certificate.*NODE_EXTRA_CA_CERTS/,
      );
      const trusted = await runStep(images, { NODE_EXTRA_CA_CERTS: tls.certificate });
      assert.equal(trusted.outputs.get("exists"), "true", trusted.stdout);
    } finally {
      await closed.stop();
    }
  });

  it("a token service that is not trusted gets no password", async () => {
    tokens.issued = 0;
    const { outputs } = await runStep({
      images: `${guarded.host}/hidden/app:1`,
      "registry-auth": auth(guarded.host),
      platforms: "linux/amd64",
    });
    assert.match(
      firstMissing(outputs.get("missing")),
      new RegExp(`realm refused.*add ${tokens.host} to trusted-realms`),
    );
    assert.equal(tokens.issued, 0);
  });
});
