import assert from "node:assert/strict";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { Workspace } from "../../src/find/workspace.ts";
import { parseDigest } from "../../src/oci/digest.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { failure } from "../support/resolving.ts";

const DIGEST = parseDigest(`sha256:${"a".repeat(64)}`);

/** A workspace with some files, below a directory with characters that mean something in globs. */
function workspace(files: Readonly<Record<string, string>>): { root: string; it: Workspace } {
  const root = join(temporaryDirectory("workspace"), "w[1] *?", "inner");
  mkdirSync(root, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return { root, it: new Workspace(root) };
}

async function matched(
  { it }: { readonly it: Workspace },
  pattern: string,
  ...excluded: readonly string[]
): Promise<readonly string[]> {
  const paths = [];
  for await (const { file } of it.matching(pattern, excluded)) paths.push(file);
  return paths.toSorted();
}

describe("the files of a workspace", () => {
  const files = {
    Dockerfile: "",
    "deploy/a.yaml": "",
    "deploy/prod/b.yaml": "",
    "deploy/.hidden.yaml": "",
    ".github/workflows/ci.yml": "",
    ".git/config.yml": "",
    ".devcontainer.json": "",
    "images[1].txt": "",
  };

  for (const [pattern, excluded, ...expected] of [
    ["Dockerfile", [], "Dockerfile"],
    ["deploy", [], "deploy/a.yaml", "deploy/prod/b.yaml"],
    ["deploy/*.yaml", [], "deploy/a.yaml"],
    ["**/*.yaml", [], "deploy/a.yaml", "deploy/prod/b.yaml"],
    ["**/*.yaml", ["deploy/prod"], "deploy/a.yaml"],
    ["**/*.yaml", ["deploy/**"]],
    ["**/*.yml", []],
    [".github/workflows/*.yml", [], ".github/workflows/ci.yml"],
    ["**/.github/**", [], ".github/workflows/ci.yml"],
    [".devcontainer.json", [], ".devcontainer.json"],
    ["deploy/.*.yaml", [], "deploy/.hidden.yaml"],
    ["images[[]1].txt", [], "images[1].txt"],
    ["nothing", []],
  ] as const) {
    it(`match ${[pattern, ...excluded.map((one) => `!${one}`)].join(" ")}`, async () =>
      assert.deepEqual(await matched(workspace(files), pattern, ...excluded), expected));
  }

  it("are found once under their own name over links inside, and never outside", async () => {
    const made = workspace({ "a/x.yaml": "image: a" });
    const outside = join(made.root, "../outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "y.yaml"), "secret");
    symlinkSync("x.yaml", join(made.root, "a/same.yaml"));
    symlinkSync(outside, join(made.root, "directory"));
    symlinkSync("a", join(made.root, "again"));
    symlinkSync(join(outside, "y.yaml"), join(made.root, "a/out.yaml"));
    symlinkSync(outside, join(made.root, "outside.yaml"));
    symlinkSync(".", join(made.root, "itself.yaml"));
    const found = await matched(made, "**/*.yaml");
    assert.deepEqual([...new Set(found)], ["a/out.yaml", "a/x.yaml"]);
    assert.throws(() => made.it.read("a/out.yaml"), failure("wrong-file", /outside the workspace/));
    assert.throws(() => made.it.read("directory/y.yaml"), failure("wrong-file", /outside/));
    assert.throws(() => made.it.read("../outside/y.yaml"), failure("wrong-file", /outside/));
    assert.equal(made.it.beside("a/x.yaml", "out.yaml"), undefined);
  });

  it("are not what a link makes of a hidden file", () => {
    const made = workspace({ ".git/config": "token", ".env": "A=1", "sub/Dockerfile": "" });
    symlinkSync(".git/config", join(made.root, "images.txt"));
    symlinkSync("../.git/config", join(made.root, "sub/.env"));
    assert.throws(() => made.it.read("images.txt"), failure("wrong-file", /link to a hidden file/));
    assert.equal(made.it.beside("sub/Dockerfile", ".env"), undefined);
    assert.equal(made.it.beside("Dockerfile", ".env"), "A=1");
  });

  it("match in a workspace whose own name is hidden", async () => {
    const root = join(temporaryDirectory("workspace"), ".dotfiles");
    mkdirSync(root);
    writeFileSync(join(root, "a.yaml"), "");
    assert.deepEqual(await matched({ it: new Workspace(root) }, "**/*.yaml"), ["a.yaml"]);
  });

  it("have no control characters in their names", () => {
    const made = workspace({ "a\nb.yaml": "" });
    assert.throws(() => made.it.read("a\nb.yaml"), failure("wrong-file", /control character/));
  });

  it("are read as text of at most 1 MiB", () => {
    const made = workspace({ "a.txt": "x".repeat(2 ** 20), "b.txt": "x".repeat(2 ** 20 + 1) });
    writeFileSync(join(made.root, "c.txt"), Buffer.from([0xff, 0xfe, 0x41]));
    assert.equal(made.it.read("a.txt").text.length, 2 ** 20);
    for (const [path, message] of [
      ["b.txt", /b\.txt has more than 1 MiB.*leave it out with !path/],
      ["c.txt", /c\.txt is not UTF-8 text/],
      ["d.txt", /d\.txt cannot be read: ENOENT/],
      [".", /\. is outside|no regular file|EISDIR/],
    ] as const) {
      assert.throws(() => made.it.read(path), failure("wrong-file", message));
    }
  });
});

describe("pinning a file", () => {
  const pin = { start: 7, end: 7, before: "@", after: "", form: "digest" as const };
  const edits = [{ pin, digest: DIGEST }];

  it("replaces it by one with the same mode, and writes nothing the second time", () => {
    const made = workspace({ "a.txt": "a\uFEFFbcd\r\nno end" });
    const { digest } = made.it.read("a.txt");
    assert.equal(made.it.pin("a.txt", digest, edits), true);
    assert.equal(readFileSync(join(made.root, "a.txt"), "utf8"), `a\uFEFFbcd@${DIGEST}\r\nno end`);
    assert.equal(made.it.pin("a.txt", made.it.read("a.txt").digest, []), false);
    assert.deepEqual(readdirSync(made.root), ["a.txt"]);
  });

  it("keeps the mode of a file, and the link that leads to it", () => {
    const made = workspace({ "run.sh": "image=a" });
    writeFileSync(join(made.root, "run.sh"), "image=a", { mode: 0o755 });
    symlinkSync("run.sh", join(made.root, "link"));
    const { mode } = statSync(join(made.root, "run.sh"));
    made.it.pin("link", made.it.read("link").digest, edits);
    assert.equal(statSync(join(made.root, "run.sh")).mode, mode);
    assert.equal(readlinkSync(join(made.root, "link")), "run.sh");
    assert.match(readFileSync(join(made.root, "run.sh"), "utf8"), /^image=a@sha256:a+$/);
  });

  it("states that a file cannot be written, and leaves what stands in its way", () => {
    const made = workspace({ "a.txt": "image=a" });
    const { digest } = made.it.read("a.txt");
    const other = join(made.root, `.pin-${process.pid}`);
    writeFileSync(other, "of another process");
    assert.throws(
      () => made.it.pin("a.txt", digest, edits),
      failure(
        "not-written",
        /a\.txt cannot be written: EEXIST; make it and its directory writable/,
      ),
    );
    assert.equal(readFileSync(other, "utf8"), "of another process");
    assert.equal(readFileSync(join(made.root, "a.txt"), "utf8"), "image=a");
  });

  it("pins a file with the longest name", () => {
    const name = "n".repeat(255);
    const made = workspace({ [name]: "image=a" });
    assert.equal(made.it.pin(name, made.it.read(name).digest, edits), true);
  });

  it("leaves a file that has changed as it is", () => {
    const made = workspace({ "a.txt": "image=a" });
    const { digest } = made.it.read("a.txt");
    writeFileSync(join(made.root, "a.txt"), "image=b");
    assert.throws(
      () => made.it.pin("a.txt", digest, edits),
      failure("file-changed", /changed while the step ran; it is left as it is/),
    );
    assert.equal(readFileSync(join(made.root, "a.txt"), "utf8"), "image=b");
  });
});
