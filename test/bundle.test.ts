import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { OUTPUTS } from "../src/runner/outputs.ts";
import { temporaryDirectory } from "./support/directory.ts";
import { artifact, image, multiPlatform } from "./support/image.ts";
import { Registry, refuse } from "./support/registry.ts";
import { run, runStep, type StepResult } from "./support/runner.ts";

const ROOT = join(import.meta.dirname, "..");
// No developer's machine has these, so that the same config is shown everywhere.
const THREE = ["linux/ppc64le", "linux/mips64le", "linux/arm/v6"];

/** The output, files and requests of one run, without the parts that differ between runs. */
function view(result: StepResult, registry: Registry): string {
  const stable = (text: string): string =>
    text
      .replaceAll(registry.host, "REGISTRY")
      .replaceAll(registry.host.replace(":", "%3A"), "REGISTRY")
      .replace(/registry-pull-\w+/g, "registry-pull-X")
      .replace(/[^\s"=]*\/runner-\w+/g, "TEMP");
  const outputs = [...result.outputs].map(([name, value]) => `${name}=${value}`).join("\n");
  return stable(
    [
      `exit ${result.exitCode}`,
      "--- log",
      (result.stdout + result.stderr).split("\n").toSorted().join("\n"),
      "--- outputs",
      outputs,
      "--- summary",
      result.summary,
      "--- requests",
      registry.log.toSorted().join("\n"),
    ].join("\n"),
  );
}

describe("the bundle", () => {
  it("is what the sources build", async () => {
    const built = temporaryDirectory("build");
    const { exitCode, stderr } = await run(["scripts/build.ts", join(built, "dist")], {
      PATH: process.env["PATH"] ?? "",
    });
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(readdirSync(built).toSorted(), ["demo", "dist"]);
    for (const directory of readdirSync(built)) {
      const files = readdirSync(join(built, directory)).toSorted();
      assert.deepEqual(files, readdirSync(join(ROOT, directory)).toSorted());
      for (const file of files) {
        const path = join(directory, file);
        const isSame = readFileSync(join(built, path)).equals(readFileSync(join(ROOT, path)));
        assert.ok(isSame, `${path} is out of date: npm run build`);
      }
    }
  });

  it("loads for a gate neither the reader of files nor that of lock files", () => {
    const loaded = new Set<string>();
    const load = (file: string): void => {
      if (loaded.has(file)) return;
      loaded.add(file);
      const imported = readFileSync(join(ROOT, "dist", file), "utf8").matchAll(/ from "\.\/(.+)"/g);
      for (const [, name = ""] of imported) load(name);
    };
    load("main.js");
    const text = [...loaded].map((file) => readFileSync(join(ROOT, "dist", file), "utf8")).join("");
    assert.ok(loaded.size > 5);
    for (const name of ["jsonc-parser", "@actions/glob", "yaml"]) {
      assert.ok(!text.includes(`node_modules/${name}/`), name);
    }
  });

  it("demonstrates itself without network, and prints its options", async () => {
    const shown = await run(["dist/cli.js"], { PATH: "", HOME: "/nonexistent" });
    assert.equal(shown.exitCode, 0, shown.stderr);
    const story = [
      /1\. The gate passes/,
      /exists +true/,
      /2\. The gate fails/,
      /compose\.yaml:3:17: error: .*not-found/,
      /exists +false/,
      /3\. A cold pull/,
      /cache-hit +false/,
      /4\. The same pull/,
      /cache-hit +true/,
      /5\. A registry for the job/,
      /GET \/v2\/sample\/app\/blobs\/.* 200/,
      /Images that this job pulled: 1\n.*for linux\/amd64.*from the cache/,
    ];
    assert.match(shown.stdout, new RegExp(story.map(({ source }) => source).join("[\\s\\S]*")));
    const help = await run(["dist/cli.js", "--help"], { PATH: "" });
    assert.match(help.stdout, /--platforms[\s\S]*--job-summary always/);
    const wrong = await run(["dist/cli.js", "alpine", "--platform", "x"], { PATH: "" });
    assert.deepEqual([wrong.exitCode, /Unknown option '--platform'/.test(wrong.stdout)], [2, true]);
  });
});

describe("the command line", () => {
  it("ends without an error when the reader of its output is gone", async () => {
    const { exitCode, stdout, stderr } = await run(
      ["-c", `"${process.execPath}" dist/cli.js | head -n 1`],
      {},
      { command: ["sh"] },
    );
    assert.deepEqual([exitCode, stdout.trim().split("\n").length, stderr], [0, 1, ""]);
  });
});

describe("a step", () => {
  let registry: Registry;
  beforeEach(async () => {
    registry = await Registry.start();
  });
  afterEach(() => registry.stop());

  it("that passes", async (t) => {
    const app = registry.push(
      "org/app",
      "1.0",
      multiPlatform(THREE, { attestations: true, labels: { a$b: "`c` & 'd'" } }),
    );
    const chart = registry.push("org/chart", "1.0", artifact());
    const result = await runStep({
      images: `${app},name=app\n${chart},name=chart,platform=any`,
      platforms: "linux/ppc64le,linux/mips64le",
    });
    t.assert.snapshot(view(result, registry), { serializers: [String] });
  });

  it("that fails for several reasons, with what to do for each", async (t) => {
    const app = registry.push("org/app", "1.0", multiPlatform(THREE));
    const chart = registry.push("org/chart", "1.0", artifact());
    registry.faults.push((request, response) => {
      const refused = request.url?.includes("secret") === true;
      if (refused)
        refuse(response, 403, "DENIED", "requested access to the resource is denied", null);
      return refused;
    });
    const images = [
      `${app},name=app`,
      `${chart},name=chart`,
      `${registry.host}/org/none:1,name=none`,
      `${registry.host}/org/secret:1,name=secret`,
      `${registry.host}/org/maybe:1,name=maybe,optional=true`,
    ];
    const result = await runStep({
      images: images.join("\n"),
      platforms: "linux/riscv64,linux/ppc64le",
    });
    t.assert.snapshot(view(result, registry), { serializers: [String] });
  });

  it("with invalid inputs sends no request and sets every output", async (t) => {
    const result = await runStep({ images: `Docker/x\n${registry.host}/app:`, platforms: "amd64" });
    t.assert.snapshot(view(result, registry), { serializers: [String] });
    assert.deepEqual([...result.outputs.keys()], [...OUTPUTS]);
  });

  it("masks every secret before sending it, and derived ones too", async (t) => {
    registry.access = { scheme: "bearer", login: "me:correct horse" };
    const app = registry.push("org/app", "1.0", image("linux/amd64"));
    const result = await runStep({
      images: app,
      platforms: "linux/amd64",
      "registry-auth": `- registry: ${registry.host}\n  username: me\n  password: correct horse`,
    });
    t.assert.snapshot(view(result, registry), { serializers: [String] });
    for (const secret of [
      "correct horse",
      Buffer.from("me:correct horse").toString("base64"),
      "token-1",
    ]) {
      assert.ok(result.commands.some(({ name, data }) => name === "add-mask" && data === secret));
      assert.ok(
        !result.summary.includes(secret) && ![...result.outputs.values()].join().includes(secret),
      );
      assert.ok(!result.stdout.replaceAll(`::add-mask::${secret}`, "").includes(secret));
    }
  });

  it("reads no options from a reference in JSON", async () => {
    const app = registry.push("org/app", "1.0", multiPlatform(THREE));
    const other = registry.push("org/other", "1.0", multiPlatform(THREE));
    const platform = ["linux/ppc64le", "linux/arm/v6"];
    const entries = [
      { reference: app, name: "app", platform },
      { reference: other },
      { reference: `${registry.host}/none`, optional: true },
    ];
    const { exitCode, outputs } = await runStep({
      images: JSON.stringify(entries),
      platforms: "linux/arm/v6",
    });
    const { images } = JSON.parse(outputs.get("json") ?? "");
    assert.deepEqual([exitCode, outputs.get("exists")], [0, "true"]);
    assert.deepEqual(Object.keys(images), ["app", other, `${registry.host}/none`]);
    const required = images.app.platforms.filter(({ required }: { required: boolean }) => required);
    assert.equal(required.length, 2);
    const written = `${registry.host}/org/none:1,optional=true`;
    for (const [text, code] of [
      [written, 0],
      [JSON.stringify([{ reference: written }]), 1],
    ] as const) {
      assert.equal((await runStep({ images: text })).exitCode, code);
    }
  });

  it("names the images whose base has changed, and never fails for it", async () => {
    const labels = { "org.opencontainers.image.base.name": `${registry.host}/org/base:1` };
    const base = registry.push("org/base", "1", image("linux/amd64", { layers: 1 }));
    const old = registry.push("org/old", "1", image("linux/amd64", { salt: "old" }));
    const auto = registry.push("org/auto", "1", image("linux/amd64", { labels }));
    const images = [
      `${old},name=old,base=${base}`,
      `${auto},name=auto,base=auto`,
      `${auto},name=gone,base=${registry.host}/org/gone:1`,
      `${old},name=none`,
    ];
    const inputs = { images: images.join("\n"), platforms: "linux/amd64", verify: "index" };
    const { exitCode, outputs } = await runStep(inputs);
    assert.deepEqual([exitCode, outputs.get("stale")], [0, '["old"]']);
    const found = JSON.parse(outputs.get("json") ?? "").images;
    assert.equal(found.old.base.message, `${base} was rebuilt: 1 of 1 base layers differ`);
    assert.equal(found.auto.base.message, `it is built on what ${base} is now`);
    assert.equal(found.gone.base.stale, null);
    assert.equal(found.none.base, undefined);
    const absent = { images: `${registry.host}/org/no:1,base=${base},optional=true` };
    assert.equal((await runStep(absent)).outputs.get("stale"), "[]");
  });

  it("only warns about an absent image with fail-on-missing: false", async () => {
    const app = registry.push("org/app", "1.0", multiPlatform(THREE));
    const result = await runStep({
      images: app,
      platforms: "linux/s390x",
      "fail-on-missing": "false",
    });
    assert.deepEqual(
      [
        result.exitCode,
        result.outputs.get("exists"),
        result.commands.filter(({ name }) => name === "error").length,
      ],
      [0, "false", 0],
    );
    assert.match(
      result.commands.find(({ name }) => name === "warning")?.data ?? "",
      /platform-missing.*does not offer linux\/s390x/,
    );
    assert.match(result.summary, /the image has a problem/);
  });

  it("writes a summary on failure when a cache miss fails it", async () => {
    const app = registry.push("org/app", "1.0", multiPlatform(THREE));
    const inputs = {
      images: app,
      platforms: "linux/arm/v6",
      pull: "layout",
      "job-summary": "on-failure",
    };
    assert.equal((await runStep(inputs)).summary, "");
    const missed = await runStep({ ...inputs, "fail-on-cache-miss": "true" });
    assert.deepEqual([missed.exitCode, missed.outputs.get("exists")], [1, "true"]);
    assert.match(missed.summary, /org\/app:1\.0/);
  });

  it("has ten annotations of invalid inputs, others in a group, all in the summary", async () => {
    const images = Array.from({ length: 14 }, (_, at) => `Org/app${at}`).join("\n");
    const { commands, stdout, summary, exitCode } = await runStep({ images });
    assert.deepEqual([exitCode, commands.filter(({ name }) => name === "error").length], [1, 10]);
    assert.match(
      stdout,
      /4 more invalid inputs, also in the job summary\n.*line 11.*\n.*12.*\n.*13.*\n.*line 14/,
    );
    assert.match(summary, /### registry-pull: 14 invalid inputs/);
    assert.equal(summary.match(/^- images, line/gm)?.length, 14);
    assert.equal((await runStep({ images, "job-summary": "never" })).summary, "");
  });

  for (const [what, environment] of [
    ["GITHUB_OUTPUT is gone", { GITHUB_OUTPUT: "/nowhere/output" }],
    ["RUNNER_TEMP is a file", { RUNNER_TEMP: "/dev/null" }],
  ] as const) {
    for (const [kind, images] of [
      ["valid", "org"],
      ["invalid", "Org/invalid"],
    ] as const) {
      it(`says in one line that ${what}, with ${kind} inputs`, async () => {
        const app = registry.push("org/app", "1.0", multiPlatform(THREE));
        const inputs = { images: images === "org" ? app : images, platforms: "linux/arm/v6" };
        const { exitCode, commands, stdout, stderr } = await runStep(inputs, environment);
        const errors = commands.filter(({ name }) => name === "error").map(({ data }) => data);
        assert.equal(exitCode, 1);
        if (what.startsWith("GITHUB") || images === "org")
          assert.match(
            errors.join("\n"),
            /GITHUB_OUTPUT must name a writable file, and RUNNER_TEMP/,
          );
        assert.ok(!/ at .*:\d+:\d+|please report/.test(`${stdout}${stderr}`), `${stdout}${stderr}`);
      });
    }
  }

  for (const [where, environment, expected] of [
    ["in ~/.cache", {}, ".cache/registry-pull-layout"],
    ["in XDG_CACHE_HOME", { XDG_CACHE_HOME: "{home}/caches" }, "caches/registry-pull-layout"],
  ] as const) {
    it(`keeps the layout ${where} without a runner, for this user alone`, async () => {
      const home = temporaryDirectory("home");
      const at = Object.entries(environment).map(([name, value]) => [
        name,
        value.replace("{home}", home),
      ]);
      const app = registry.push("org/app", "1.0", multiPlatform(THREE));
      const inputs = { images: app, platforms: "linux/arm/v6", pull: "layout" };
      try {
        const machine = { RUNNER_TEMP: "", TMPDIR: home, HOME: home, ...Object.fromEntries(at) };
        const { exitCode, outputs, stdout } = await runStep(inputs, machine);
        assert.deepEqual([exitCode, outputs.get("oci-layout")], [0, join(home, expected)], stdout);
        // Files in it are readable to all: only the directory protects them.
        assert.equal(statSync(join(home, expected)).mode & 0o777, 0o700);
      } finally {
        rmSync(home, { recursive: true, force: true });
      }
    });
  }

  it("fails with what to do when the user has no directory for caches", async () => {
    const app = registry.push("org/app", "1.0", multiPlatform(THREE));
    const inputs = { images: app, platforms: "linux/arm/v6", pull: "layout" };
    const temporary = temporaryDirectory("home");
    try {
      const machine = { RUNNER_TEMP: "", TMPDIR: temporary, HOME: "/dev/null" };
      const { commands } = await runStep(inputs, machine);
      const [error] = commands.filter(({ name }) => name === "error");
      assert.match(
        error?.data ?? "",
        /\/dev\/null\/\.cache.*choose another directory with the input path/,
      );
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  });

  it("writes no summary that is not asked for", async () => {
    const app = registry.push("org/app", "1.0", multiPlatform(THREE));
    for (const wanted of ["never", "on-failure"])
      assert.equal(
        (await runStep({ images: app, platforms: "all", "job-summary": wanted })).summary,
        "",
      );
  });

  it("ends at its timeout, with the results so far", async () => {
    const app = registry.push("org/app", "1.0", multiPlatform(THREE));
    registry.faults.push((request) => request.url?.includes("hangs") === true);
    const result = await runStep({
      images: `${app}\n${registry.host}/org/hangs:1`,
      platforms: "all",
      timeout: "1",
    });
    assert.deepEqual(
      [result.exitCode, JSON.parse(result.outputs.get("digests") ?? "").filter(Boolean).length],
      [1, 1],
    );
    const [problem] = JSON.parse(result.outputs.get("missing") ?? "[]");
    assert.deepEqual([problem.status, problem.reason], ["unreachable", "timeout"]);
    assert.match(problem.message, /timeout of 1 s has passed/);
  });

  it("keeps the last known status of an image when the timeout ends the wait", async () => {
    const images = `${registry.host}/org/none:1`;
    const result = await runStep({
      images,
      "wait-timeout": "100",
      "wait-interval": "60",
      timeout: "1",
    });
    const [problem] = JSON.parse(result.outputs.get("missing") ?? "[]");
    assert.deepEqual(
      [result.exitCode, problem.status, result.outputs.get("exists")],
      [1, "not-found", "false"],
    );
    assert.match(problem.message, /NAME_UNKNOWN.*\(the step's timeout of 1 s has passed\)$/);
  });

  it("has ten annotations and says where the others are", async () => {
    const images = Array.from({ length: 14 }, (_, at) => `${registry.host}/org/none${at}:1`);
    const result = await runStep({ images: images.join("\n") });
    assert.equal(result.commands.filter(({ name }) => name === "error").length, 10);
    assert.match(
      result.stdout,
      /4 more problems, also in the job summary\n.*none10.*\n.*none11.*\n.*none12.*\n.*none13/,
    );
    assert.equal(result.summary.match(/✗\u00a0not-found/g)?.length, 14);
  });

  it("writes no commands that labels or registries contain", async () => {
    const evil = [
      "x\n::set-output name=digest::evil\r##[set-output name=exists;]evil",
      "##[stop-commands]z :\u00ad:error::x </table> | `x`",
    ].join(" ");
    const app = registry.push("org/app", "1.0", multiPlatform(THREE, { labels: { [evil]: evil } }));
    registry.faults.push((request, response) => {
      const refused = request.url?.includes("evil") === true;
      if (refused) refuse(response, 404, evil, evil, { evil });
      if (!refused) response.setHeader("warning", '299 - "##[set-output name=json;]x ::error::y"');
      return refused;
    });
    const result = await runStep({
      images: `${app}\n${registry.host}/org/evil:1`,
      platforms: "all",
    });
    assert.deepEqual([...new Set(result.commands.map(({ name }) => name))].toSorted(), [
      "endgroup",
      "error",
      "group",
      "warning",
    ]);
    assert.equal(JSON.parse(result.outputs.get("labels") ?? "")[evil], evil);
    assert.match(result.outputs.get("digest") ?? "", /^sha256:[0-9a-f]{64}$/);
    assert.ok(!/<\/table>|`x`/.test(result.summary));
  });

  it("writes all documents to the metadata file, and contexts for builds", async () => {
    const made = multiPlatform(THREE);
    const app = registry.push("org/app", "1.0", made);
    const result = await runStep({ images: `${app},name=app`, platforms: "linux/arm/v6" });
    const metadata = JSON.parse(readFileSync(result.outputs.get("metadata-file") ?? "", "utf8"));
    assert.deepEqual(metadata.images.app.document, JSON.parse(made.bytes.toString()));
    assert.deepEqual(Object.keys(metadata.images.app.configs), ["linux/arm/v6"]);
    const context = `docker-image://${registry.host}/org/app@${made.digest}`;
    assert.equal(result.outputs.get("build-contexts"), `${app}=${context}`);
    assert.deepEqual(JSON.parse(readFileSync(result.outputs.get("bake-file") ?? "", "utf8")), {
      target: { "registry-pull": { contexts: { [app]: context } } },
    });
  });

  it("keeps json under 256 KiB, omitting the least important fields", async () => {
    const labels = Object.fromEntries(
      Array.from({ length: 300 }, (_, at) => [`label${at}`, "x".repeat(1_000)]),
    );
    const app = registry.push("org/app", "1.0", image("linux/amd64", { labels }));
    const result = await runStep({ images: `${app},name=app`, platforms: "all" });
    const json = JSON.parse(result.outputs.get("json") ?? "");
    assert.deepEqual(
      [json.images.app.truncated, json.images.app.labels, json.images.app.platforms.length],
      [["labels"], undefined, 1],
    );
    assert.deepEqual([result.outputs.get("config"), result.outputs.get("labels")], ["", ""]);
    assert.equal(
      Object.keys(
        JSON.parse(readFileSync(result.outputs.get("metadata-file") ?? "", "utf8")).images.app
          .labels,
      ).length,
      300,
    );
  });

  it("shows the config for the runner's platform, else for the first required one", async () => {
    const app = registry.push(
      "org/app",
      "1.0",
      multiPlatform(["linux/s390x", "linux/amd64", "linux/arm64"]),
    );
    const own = process.arch === "arm64" ? "arm64" : "amd64";
    const config = async (platforms: string) =>
      JSON.parse((await runStep({ images: app, platforms })).outputs.get("config") ?? "")
        .architecture;
    assert.deepEqual(
      [await config("all"), await config(`linux/s390x,linux/${own}`), await config("linux/s390x")],
      [own, own, "s390x"],
    );
  });
});
