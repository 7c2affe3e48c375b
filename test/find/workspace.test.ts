import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
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

const WORKSPACE = new URL("../../src/find/workspace.ts", import.meta.url).href;
// Modes bind neither root nor Windows.
const IS_BOUND = process.getuid !== undefined && process.getuid() !== 0;
const HAS_ULIMIT = process.platform === "linux";
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

describe("the absolute path of a file", () => {
  /** A workspace, the directory of receipts beside it, and a directory that is neither. */
  function places(): { root: string; temporary: string; other: string; it: Workspace } {
    const { root } = workspace({ "a.json": "[]" });
    const [temporary, other] = [join(root, "../temporary"), join(root, "../other")];
    for (const directory of [temporary, other]) {
      mkdirSync(join(directory, "sub"), { recursive: true });
      writeFileSync(join(directory, "sub/receipt.json"), "[1]");
    }
    return { root, temporary, other, it: new Workspace(root, temporary) };
  }

  it("matches itself, and is read in the directory of receipts", async () => {
    const made = places();
    const path = join(made.temporary, "sub/receipt.json");
    assert.deepEqual(await matched(made, path, "**"), [path]);
    assert.equal(made.it.read(path).text, "[1]");
    symlinkSync(path, join(made.temporary, "link.json"));
    assert.equal(made.it.read(join(made.temporary, "link.json")).text, "[1]");
  });

  it("is read where the directory of receipts is behind a link", () => {
    const made = places();
    symlinkSync(made.temporary, join(made.other, "way"));
    const it = new Workspace(made.root, join(made.other, "way"));
    assert.equal(it.read(join(made.other, "way/sub/receipt.json")).text, "[1]");
  });

  const ELSEWHERE = /is neither in the workspace nor in the runner's temp directory; name a path/;
  // what is refused: a path, and why
  const REFUSED: readonly (readonly [
    string,
    (made: ReturnType<typeof places>) => string,
    RegExp,
  ])[] = [
    ["in another directory", ({ other }) => join(other, "sub/receipt.json"), ELSEWHERE],
    ["in the workspace", ({ root }) => join(root, "a.json"), ELSEWHERE],
    ["of the directory itself", ({ temporary }) => temporary, ELSEWHERE],
    ["with steps up", ({ temporary }) => `${temporary}/../other/sub/receipt.json`, ELSEWHERE],
    ["beside the directory", ({ temporary }) => `${temporary}2/receipt.json`, ELSEWHERE],
    ["that leads out over a link", ({ temporary }) => join(temporary, "out.json"), ELSEWHERE],
    [
      "through a linked directory",
      ({ temporary }) => join(temporary, "way/receipt.json"),
      ELSEWHERE,
    ],
    ["that links in from outside", ({ other }) => join(other, "in.json"), ELSEWHERE],
    ["of a directory", ({ temporary }) => join(temporary, "sub"), /no regular file|EISDIR/],
    ["of nothing", ({ temporary }) => join(temporary, "x.json"), /x\.json cannot be read: ENOENT/],
    ["of a large file", ({ temporary }) => join(temporary, "large"), /has more than 1 MiB/],
    ["of bytes", ({ temporary }) => join(temporary, "bytes"), /is not UTF-8 text/],
    ["with a control character", ({ temporary }) => join(temporary, "a\nb"), /control character/],
  ];
  for (const [what, pathOf, message] of REFUSED) {
    it(`is refused ${what}`, () => {
      const made = places();
      symlinkSync(join(made.other, "sub/receipt.json"), join(made.temporary, "out.json"));
      symlinkSync(join(made.other, "sub"), join(made.temporary, "way"));
      symlinkSync(join(made.temporary, "sub/receipt.json"), join(made.other, "in.json"));
      writeFileSync(join(made.temporary, "large"), "x".repeat(2 ** 20 + 1));
      writeFileSync(join(made.temporary, "bytes"), Buffer.from([0xff]));
      assert.throws(() => made.it.read(pathOf(made)), failure("wrong-file", message));
    });
  }

  it("is refused without a directory of receipts", () => {
    const { root, temporary } = places();
    const path = join(temporary, "sub/receipt.json");
    assert.throws(() => new Workspace(root).read(path), failure("wrong-file", ELSEWHERE));
  });

  it("is never written, and has nothing beside it", () => {
    const made = places();
    const path = join(made.temporary, "sub/receipt.json");
    const { digest } = made.it.read(path);
    const pin = { start: 0, end: 0, before: "", after: "", form: "digest" } as const;
    assert.throws(
      () => made.it.pin(path, digest, [{ pin, digest: DIGEST }]),
      failure("wrong-file"),
    );
    assert.equal(readFileSync(path, "utf8"), "[1]");
    assert.equal(made.it.beside(path, "receipt.json"), undefined);
  });
});

describe("writing a file", () => {
  const LIMIT = 1_000;
  const NEW = { before: undefined, limit: LIMIT };
  const content = Buffer.from("new");
  const replaced = (made: { it: Workspace }, path: string) => ({
    before: made.it.read(path).digest,
    limit: LIMIT,
  });
  const textAt = ({ root }: { root: string }, path: string) =>
    readFileSync(join(root, path), "utf8");

  for (const path of ["a.json", "sub/a.json", ".github/a.json", `sub/${"n".repeat(255)}`]) {
    it(`makes ${path.slice(0, 20)} where there is none`, () => {
      const made = workspace({ "sub/x": "", ".github/x": "" });
      made.it.write(path, content, NEW);
      assert.equal(textAt(made, path), "new");
      const names = readdirSync(dirname(join(made.root, path)));
      assert.ok(!names.some((name) => name.startsWith(".pin")), names.join());
    });
  }

  it("replaces a file that is as it was, with the same mode", () => {
    const made = workspace({ "a.json": "old" });
    chmodSync(join(made.root, "a.json"), 0o640);
    const { mode, uid, gid } = statSync(join(made.root, "a.json"));
    made.it.write("a.json", content, replaced(made, "a.json"));
    const now = statSync(join(made.root, "a.json"));
    assert.deepEqual([now.mode, now.uid, now.gid], [mode, uid, gid]);
    assert.equal(textAt(made, "a.json"), "new");
    assert.deepEqual(readdirSync(made.root), ["a.json"]);
  });

  it("keeps the owner of a file", { skip: process.getuid?.() !== 0 && "only root may" }, () => {
    const made = workspace({ "a.json": "old" });
    chownSync(join(made.root, "a.json"), 1234, 5678);
    made.it.write("a.json", content, replaced(made, "a.json"));
    const { uid, gid } = statSync(join(made.root, "a.json"));
    assert.deepEqual([uid, gid], [1234, 5678]);
  });

  it("replaces the file that a link inside leads to, and keeps the link", () => {
    const made = workspace({ "sub/a.json": "old" });
    symlinkSync("sub/a.json", join(made.root, "link"));
    made.it.write("link", content, replaced(made, "link"));
    assert.equal(readlinkSync(join(made.root, "link")), "sub/a.json");
    assert.equal(textAt(made, "sub/a.json"), "new");
  });

  const CHANGED = /a\.json changed while the step ran; it is left as it is/;
  // what happens meanwhile, and what is left then
  for (const [what, change, left] of [
    ["has changed", (path: string) => writeFileSync(path, "other"), ["a.json"]],
    ["is gone", (path: string) => rmSync(path), []],
  ] as const) {
    it(`leaves a file that ${what} as it is`, () => {
      const made = workspace({ "a.json": "old" });
      const before = replaced(made, "a.json");
      change(join(made.root, "a.json"));
      assert.throws(
        () => made.it.write("a.json", content, before),
        failure("file-changed", CHANGED),
      );
      assert.deepEqual(readdirSync(made.root), left);
    });
  }

  it("leaves a file that appeared as it is", () => {
    const made = workspace({ "a.json": "of someone else" });
    assert.throws(() => made.it.write("a.json", content, NEW), failure("file-changed", CHANGED));
    assert.equal(textAt(made, "a.json"), "of someone else");
  });

  it("leaves a file that grew beyond the limit as it is", () => {
    const made = workspace({ "a.json": "old" });
    const before = replaced(made, "a.json");
    writeFileSync(join(made.root, "a.json"), "x".repeat(LIMIT + 1));
    const write = (): void => made.it.write("a.json", content, before);
    assert.throws(write, failure("wrong-file", /a\.json has more than/));
    assert.equal(textAt(made, "a.json").length, LIMIT + 1);
  });

  // what is at the place of a new file, and how that fails
  for (const [what, make, reason, message] of [
    ["a link to nothing", (path: string) => symlinkSync("gone", path), "wrong-file", /ENOENT/],
    ["a link out", (path: string) => symlinkSync("../../x", path), "wrong-file", /outside/],
    ["a link to itself", (path: string) => symlinkSync("a.json", path), "wrong-file", /ELOOP/],
    ["a directory", (path: string) => mkdirSync(path), "wrong-file", /no regular file|EISDIR/],
  ] as const) {
    it(`leaves ${what} as it is`, () => {
      const made = workspace({});
      const outside = join(made.root, "../../x");
      writeFileSync(outside, "outside");
      make(join(made.root, "a.json"));
      assert.equal(made.it.has("a.json"), true);
      assert.throws(() => made.it.write("a.json", content, NEW), failure(reason, message));
      assert.deepEqual(readdirSync(made.root), ["a.json"]);
      assert.equal(readFileSync(outside, "utf8"), "outside");
    });
  }

  // a directory in which no file can be made, and how that fails
  for (const [path, reason, message] of [
    ["gone/a.json", "not-written", /^gone\/a\.json cannot be written: there is no directory gone;/],
    ["file/a.json", "not-written", /: there is no directory file; make the directory before/],
    ["out/a.json", "wrong-file", /^out is outside the workspace/],
    ["hidden/a.json", "wrong-file", /^hidden is a link to a hidden file/],
    ["n".repeat(256), "wrong-file", / cannot be read: ENAMETOOLONG/],
  ] as const) {
    it(`makes no file ${path.slice(0, 20)}`, () => {
      const made = workspace({ file: "", ".git/config": "" });
      const outside = temporaryDirectory("outside");
      symlinkSync(outside, join(made.root, "out"));
      symlinkSync(".git", join(made.root, "hidden"));
      assert.throws(() => made.it.write(path, content, NEW), failure(reason, message));
      assert.deepEqual(readdirSync(outside), []);
      assert.deepEqual(readdirSync(join(made.root, ".git")), ["config"]);
      assert.equal(readdirSync(made.root).length, 4);
    });
  }

  it("fails where it may not write, and leaves nothing", { skip: !IS_BOUND }, () => {
    const made = workspace({ "sub/a.json": "old" });
    const before = replaced(made, "sub/a.json");
    chmodSync(join(made.root, "sub"), 0o555);
    const message = /cannot be written: EACCES; make it and its directory writable/;
    for (const [path, how] of [
      ["sub/a.json", before],
      ["sub/b.json", NEW],
    ] as const) {
      assert.throws(() => made.it.write(path, content, how), failure("not-written", message));
    }
    chmodSync(join(made.root, "sub"), 0o755);
    assert.deepEqual(readdirSync(join(made.root, "sub")), ["a.json"]);
    assert.equal(textAt(made, "sub/a.json"), "old");
  });

  it("fails where another process writes, and leaves what that wrote", () => {
    const made = workspace({ "a.json": "old" });
    const other = `.pin-${process.pid}`;
    writeFileSync(join(made.root, other), "of another process");
    for (const [path, how] of [
      ["a.json", replaced(made, "a.json")],
      ["b.json", NEW],
    ] as const) {
      const write = (): void => made.it.write(path, content, how);
      assert.throws(write, failure("not-written", /cannot be written: EEXIST/));
    }
    assert.deepEqual(readdirSync(made.root).toSorted(), [other, "a.json"]);
    assert.equal(textAt(made, other), "of another process");
  });

  it("leaves nothing of a file for which the disk has no room", { skip: !HAS_ULIMIT }, () => {
    const made = workspace({ "a.json": "old" });
    const script = `
      const { Workspace } = await import(${JSON.stringify(WORKSPACE)});
      const workspace = new Workspace(process.argv[1]);
      const { digest } = workspace.read("a.json");
      for (const [path, before] of [["a.json", digest], ["b.json", undefined]]) {
        try {
          workspace.write(path, Buffer.alloc(2 ** 20), { before, limit: 1_000 });
        } catch (error) {
          console.log(error.message);
        }
      }`;
    const limited = 'ulimit -f 8; exec "$0" --input-type=module --eval "$1" "$2"';
    const { stdout } = spawnSync("sh", ["-c", limited, process.execPath, script, made.root]);
    assert.match(String(stdout), /^a\.json cannot be written: EFBIG;.*\nb\.json .*: EFBIG;.*\n$/);
    assert.deepEqual(readdirSync(made.root), ["a.json"]);
    assert.equal(textAt(made, "a.json"), "old");
  });
});

describe("what a workspace has", () => {
  for (const [path, has] of [
    ["a.txt", true],
    ["sub", true],
    ["dangling", true],
    ["gone", false],
    ["gone/a.txt", false],
    ["a.txt/b", false],
    ["n".repeat(256), true],
  ] as const) {
    it(`${has ? "includes" : "does not include"} ${path.slice(0, 20)}`, () => {
      const made = workspace({ "a.txt": "", "sub/x": "" });
      symlinkSync("nowhere", join(made.root, "dangling"));
      assert.equal(made.it.has(path), has);
    });
  }

  it("is read with the limit that is given", () => {
    const made = workspace({ "a.txt": "x".repeat(2 ** 21) });
    assert.equal(made.it.read("a.txt", 2 ** 21).text.length, 2 ** 21);
    const read = (): unknown => made.it.read("a.txt", 2 ** 21 - 1);
    assert.throws(read, failure("wrong-file", /a\.txt has more than/));
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
