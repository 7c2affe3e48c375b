import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { temporaryDirectory } from "./support/directory.ts";
import { image, multiPlatform } from "./support/image.ts";
import { Registry } from "./support/registry.ts";
import { run, runStep, type StepResult } from "./support/runner.ts";

const TWO = multiPlatform(["linux/amd64", "linux/arm64"]);
const ARM = image("linux/arm64");

let registry: Registry;
let workspace: string;

beforeEach(async () => {
  registry = await Registry.start();
  registry.push("org/app", "1", TWO);
  registry.push("org/arm", "1", ARM);
  workspace = temporaryDirectory("workspace");
});
afterEach(() => registry.stop());

/** Writes files, in which `HOST` is the registry. */
function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), text.replaceAll("HOST", registry.host));
  }
}

function read(path: string): string {
  return readFileSync(join(workspace, path), "utf8").replaceAll(registry.host, "HOST");
}

function check(
  inputs: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<StepResult> {
  const job = { GITHUB_WORKSPACE: workspace, ...environment };
  return runStep({ platforms: "linux/amd64", ...inputs }, job);
}

/** Each annotation as `error file:line:col-endColumn title`. */
function annotations({ commands }: StepResult): readonly string[] {
  const annotated = commands.filter(({ name }) => name === "error" || name === "warning");
  return annotated.map(({ name, properties, data }) => {
    const { file, line, col, endColumn, title = data.split(":")[0] } = properties;
    const place = file === undefined ? "-" : `${file}:${line}:${col}-${endColumn}`;
    return `${name} ${place} ${title}`.replaceAll(registry.host, "HOST");
  });
}

type Row = Readonly<Record<string, string | number>>;

function references({ outputs }: StepResult): readonly Row[] {
  return JSON.parse(outputs.get("references") ?? "");
}

const COMPOSE = `services:
  web:
    image: HOST/org/app:1
  gone: { image: "HOST/org/gone:1" }
  var:
    image: HOST/org/app:\${TAG}
`;
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      containers:
        - name: arm
          image: HOST/org/arm:1
        - image: HOST/org/gone:1
`;

describe("files", () => {
  it("are checked like images, and every problem is at its file, line and columns", async () => {
    write({ "compose.yaml": COMPOSE, "deploy/app.yaml": DEPLOYMENT });
    const result = await check({ files: "compose.yaml\ndeploy/**" });
    const long = registry.host.length - "HOST".length;
    const end = (column: number): number => column + long;
    assert.equal(result.exitCode, 1);
    assert.deepEqual(annotations(result), [
      `error compose.yaml:4:19-${end(34)} HOST/org/gone:1: not-found`,
      `error deploy/app.yaml:9:18-${end(33)} HOST/org/gone:1: not-found`,
      `error deploy/app.yaml:8:18-${end(32)} HOST/org/arm:1 linux/amd64: platform-missing`,
    ]);
    const asked = registry.log.filter((line) => line.includes("/org/gone/manifests/"));
    assert.equal(asked.length, 1, "the same reference is asked for once");
    const place = { endColumn: end(33), reference: `${registry.host}/org/gone:1` };
    const row = references(result).find(({ line }) => line === 9);
    assert.deepEqual(row, {
      file: "deploy/app.yaml",
      line: 9,
      column: 18,
      as: "kubernetes",
      platform: "",
      name: `${registry.host}/org/gone:1`,
      digest: "",
      ...place,
    });
    assert.equal(references(result).at(-1)?.["text"], `${registry.host}/org/app:\${TAG}`);
    assert.deepEqual(result.outputs.get("changed-files"), "");
  });

  it("are linked line by line in the summary", async () => {
    write({ "compose.yaml": COMPOSE });
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const { summary } = await check(
      { files: "compose.yaml" },
      {
        GITHUB_SERVER_URL: "https://git.example",
        GITHUB_REPOSITORY: "org/repo",
        GITHUB_SHA: commit,
      },
    );
    const url = `https://git.example/org/repo/blob/${commit}/compose.yaml`;
    assert.ok(summary.includes(`<a href="${url}#L4">compose.yaml:4</a>`), summary);
    assert.ok(summary.includes(`<a href="${url}#L6">compose.yaml:6</a>`), summary);
    assert.match(summary, /1 reference not known before the files are used/);
  });

  it("take a variable of Compose from the job or from .env, but never a secret", async () => {
    write({ "compose.yaml": COMPOSE, ".env": "TAG=1\n" });
    const tag = async (environment: Readonly<Record<string, string>>): Promise<unknown> => {
      const result = await check(
        { files: "compose.yaml", "fail-on-missing": "false" },
        environment,
      );
      return references(result).find(({ line }) => line === 6)?.["reference"];
    };
    assert.equal(await tag({}), `${registry.host}/org/app:1`);
    assert.equal(await tag({ TAG: "2" }), `${registry.host}/org/app:2`);
    write({ "compose.yaml": "services: {a: {image: 'HOST/org/app:${MY_TOKEN}'}}", ".env": "" });
    await check({ files: "compose.yaml" }, { MY_TOKEN: "canary" });
    const hidden = { "compose.yaml": "services: {a: {image: 'HOST/org/app:${PLAIN:-1}'}}" };
    write(hidden);
    await check({ files: "compose.yaml", "github-token": "canary" }, { PLAIN: "canary" });
    write({ ...hidden, ".env": "PLAIN=canary\nOTHER_TOKEN=canary\n" });
    const last = await check({ files: "compose.yaml", "github-token": "canary" });
    assert.ok(!registry.log.some((line) => line.includes("canary")));
    assert.match(String(references(last)[0]?.["why"]), /PLAIN may be a secret/);
    assert.doesNotMatch(last.stdout.replaceAll("::add-mask::canary", ""), /canary/);
  });

  it("can be left out, be optional, and be of a kind that their name does not show", async () => {
    write({ "a.txt": "HOST/org/app:1\n", "b.txt": "HOST/org/gone:1\n", "c.txt": "HOST/org/x:1\n" });
    const files = "*.txt,as=list\n!c.txt\nb.txt,as=list,optional=true\nnone.txt,optional=true";
    const result = await check({ files });
    assert.equal(result.exitCode, 0);
    const end = registry.host.length + 12;
    assert.deepEqual(annotations(result), [
      "warning - files, line 4",
      `warning b.txt:1:1-${end} 127.0.0.1`,
    ]);
  });

  it("that cannot be read are named with the reason, and the others are checked", async () => {
    write({
      "a.yaml": "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: 'HOST/org/app:1'}]}\n",
      "b.yaml": 'apiVersion: v1\nkind: "Pod\n',
      "large.yaml": `# ${"x".repeat(2 ** 20)}\n`,
      README: "text",
    });
    symlinkSync("/etc/hostname", join(workspace, "out.yaml"));
    const result = await check({ files: "*.yaml\nREADME\nnone/*.yaml" });
    assert.equal(result.exitCode, 1);
    assert.equal(result.outputs.get("exists"), "", "nothing is known of files that were not read");
    assert.deepEqual(
      result.commands
        .filter(({ name }) => name === "error")
        .map(({ data }) => data.replace(/;.*$/s, ""))
        .toSorted(),
      [
        "README: README is of no kind that names images",
        'b.yaml: line 3 is not YAML: Missing closing "quote',
        "files, line 3: no file that names images matches none/*.yaml",
        "large.yaml: large.yaml has more than 1 MiB, the most that is read of a file",
        "out.yaml: out.yaml is outside the workspace",
      ],
    );
    assert.match(result.outputs.get("json") ?? "", /org\/app:1/);
  });

  it("take no options and no other registry's credentials from their text", async () => {
    write({ "images.txt": "HOST/org/gone:1,optional=true\n" });
    const result = await check({ files: "images.txt" });
    assert.equal(result.exitCode, 1);
    assert.match(result.commands.at(-1)?.data ?? "", /wrong/);
    assert.deepEqual(registry.log, []);
  });

  it("of other kinds are skipped where a glob matches them, whatever they are", async () => {
    write({
      "a/compose.yaml": COMPOSE.replaceAll("gone", "app"),
      "a/photo.png": "\uFFFD",
      "b/x.md": "",
    });
    writeFileSync(join(workspace, "a/photo.png"), Buffer.alloc(2 ** 20 + 1, 0xff));
    symlinkSync("nowhere", join(workspace, "a/broken.md"));
    symlinkSync(tmpdir(), join(workspace, "a/elsewhere"));
    for (const files of [".", "**", "a/**", "./a"]) {
      const result = await check({ files });
      assert.deepEqual([result.exitCode, annotations(result)], [0, []], files);
    }
    const none = await check({ files: "b/**\ncompose.yaml/x,optional=true" });
    assert.deepEqual([none.exitCode, none.outputs.get("exists")], [1, ""]);
    assert.deepEqual(annotations(none), [
      "error - files, line 1: invalid",
      "warning - files, line 2",
    ]);
  });

  it("name at most 1,000 different references, or nothing is asked for", async () => {
    const lines = Array.from({ length: 1_001 }, (_, at) => `HOST/org/app:${at}`);
    write({ "images.txt": lines.join("\n") });
    const result = await check({ files: "images.txt", images: `${registry.host}/org/arm:1` });
    assert.deepEqual([result.exitCode, registry.log], [1, []]);
    assert.match(result.commands.at(-1)?.data ?? "", /more than 1000 different references/);
  });

  it("print nothing that the runner obeys", async () => {
    write({ "##[add-mask]x.yaml": "services: {a: {image: '::error::x ##[warning]y ${X}'}}\n" });
    const result = await check({ files: "*.yaml,as=compose" });
    const names = new Set(result.commands.map(({ name }) => name));
    assert.deepEqual(names, new Set(["group", "endgroup"]));
  });
});

const DIGEST = TWO.digest;

describe("pins: require", () => {
  it("fails on a reference without a digest, with the text to paste", async () => {
    write({ "images.txt": `HOST/org/app:1\nHOST/org/app:1@${DIGEST}\nHOST/org/app:$X\n` });
    const result = await check({ files: "images.txt", pins: "require" });
    assert.equal(result.exitCode, 1);
    const [title] = annotations(result);
    assert.equal(
      title,
      `error images.txt:1:1-${registry.host.length + 11} HOST/org/app:1: not-pinned`,
    );
    assert.ok(result.commands.at(-1)?.data.includes(`write ${registry.host}/org/app:1@${DIGEST}`));
    assert.equal(annotations(result).length, 1);
    assert.equal(result.outputs.get("exists"), "true");
  });
});

const UNPINNED = {
  "compose.yaml": "\uFEFFservices:\r\n  web: # app\r\n    image: 'HOST/org/app:1' # ü\r\n",
  Dockerfile: `FROM HOST/org/app:1 AS build\nARG TAG=1\nFROM HOST/org/arm:1@${DIGEST}\nFROM build`,
  "k/kustomization.yaml": "images:\n- name: app\n  newName: HOST/org/app\n  newTag: '1' # tag\n",
  "k/values.yaml": 'image:\n  repository: HOST/org/app\n  tag: 1\n  digest: ""\n',
};

const PINNED = {
  "compose.yaml": `\uFEFFservices:\r\n  web: # app\r\n    image: 'HOST/org/app:1@${DIGEST}' # ü\r\n`,
  Dockerfile: `FROM HOST/org/app:1@${DIGEST} AS build\nARG TAG=1\nFROM HOST/org/arm:1@${ARM.digest}\nFROM build`,
  "k/kustomization.yaml": `images:\n- name: app\n  newName: HOST/org/app\n  newTag: '1' # tag\n  digest: ${DIGEST}\n`,
  "k/values.yaml": `image:\n  repository: HOST/org/app\n  tag: 1\n  digest: "${DIGEST}"\n`,
};

const ALL = "compose.yaml\nDockerfile\nk";

function contents(): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(UNPINNED).map((path) => [path, read(path)]));
}

describe("pins: write", () => {
  const inputs = { files: ALL, pins: "write", platforms: "linux/arm64" };

  it("writes the digest into every reference, changes nothing else, and nothing twice", async () => {
    write(UNPINNED);
    chmodSync(join(workspace, "Dockerfile"), 0o751);
    const first = await check(inputs);
    assert.equal(first.exitCode, 0, first.stdout);
    assert.deepEqual(contents(), PINNED);
    assert.equal(statSync(join(workspace, "Dockerfile")).mode & 0o777, 0o751);
    const changed = first.outputs.get("changed-files")?.split("\n").toSorted();
    assert.deepEqual(changed, Object.keys(UNPINNED).toSorted());
    const second = await check({ ...inputs, pins: "write" });
    assert.deepEqual([second.exitCode, second.outputs.get("changed-files")], [0, ""]);
    const third = await check({ ...inputs, pins: "require" });
    assert.equal(third.exitCode, 0, third.stdout);
    assert.deepEqual(contents(), PINNED);
  });

  it("replaces the digest of a tag that has moved", async () => {
    write(PINNED);
    registry.push("org/app", "1", ARM);
    assert.equal((await check(inputs)).exitCode, 0);
    assert.equal(read("compose.yaml"), PINNED["compose.yaml"].replace(DIGEST, ARM.digest));
  });

  for (const [what, more] of [
    ["a required image is not there", { images: "HOST/org/gone:1" }],
    ["a file cannot be read", { files: `${ALL}\nnone.yaml` }],
    ["a platform is missing", { platforms: "linux/amd64" }],
  ] as const) {
    it(`writes nothing at all when ${what}`, async () => {
      write(UNPINNED);
      const given = Object.entries({ ...inputs, ...more });
      const named = given.map(([name, value]) => [name, value.replaceAll("HOST", registry.host)]);
      const result = await check(Object.fromEntries(named));
      assert.deepEqual([result.exitCode, contents()], [1, UNPINNED]);
      assert.equal(result.outputs.get("changed-files"), "");
    });
  }

  for (const [what, more] of [
    ["an optional image is not there", { images: "HOST/org/gone:1,optional=true" }],
    ["an absent image is forgiven", { images: "HOST/org/gone:1", "fail-on-missing": "false" }],
    ["only the index is verified", { verify: "index" }],
    ["the images are pulled", { pull: "layout" }],
    ["no platform is required", { platforms: "any" }],
  ] as const) {
    it(`writes all the same when ${what}`, async () => {
      write(UNPINNED);
      const given = Object.entries({ ...inputs, ...more });
      const named = given.map(([name, value]) => [name, value.replaceAll("HOST", registry.host)]);
      const result = await check(Object.fromEntries(named));
      assert.deepEqual([result.exitCode, contents()], [0, PINNED], result.stdout);
    });
  }

  it("leaves a file alone that changed while the step ran", async () => {
    write(UNPINNED);
    registry.faults.push(() => {
      write({ "compose.yaml": "services: {}\n" });
      return false;
    });
    const result = await check(inputs);
    assert.equal(result.exitCode, 0, result.stdout);
    assert.deepEqual(contents(), { ...PINNED, "compose.yaml": "services: {}\n" });
    assert.match(annotations(result).join(), /warning compose\.yaml:1:1-1 compose\.yaml/);
  });

  it("leaves references with variables as they are", async () => {
    write({ Dockerfile: "ARG T=1\nFROM HOST/org/app:$T\nFROM HOST/org/app:1\n" });
    const result = await check({ ...inputs, files: "Dockerfile" });
    assert.equal(result.exitCode, 0, result.stdout);
    const pinned = `ARG T=1\nFROM HOST/org/app:$T\nFROM HOST/org/app:1@${DIGEST}\n`;
    assert.equal(read("Dockerfile"), pinned);
  });

  it("works on a laptop, where it names the lines", async () => {
    write({ "a.yml": "services: {a: {image: HOST/org/app:1}}\n", "images.txt": "HOST/org/no:1" });
    const cli = (...args: readonly string[]) =>
      run(["dist/cli.js", ...args], { PATH: "", HOME: workspace, INIT_CWD: workspace });
    const failed = await cli("--files", "*.yml\n*.txt", "--pins", "write", "--platforms", "any");
    assert.equal(failed.exitCode, 1, failed.stdout);
    assert.match(failed.stdout, /^images\.txt:1:1: error: .*not-found/m);
    const { exitCode, stdout } = await cli(
      "--files",
      "*.yml",
      "--pins",
      "write",
      "--platforms",
      "any",
    );
    assert.equal(exitCode, 0, stdout);
    assert.equal(read("a.yml"), `services: {a: {image: HOST/org/app:1@${DIGEST}}}\n`);
  });
});
