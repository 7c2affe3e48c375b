import assert from "node:assert/strict";
import {
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { thisMachine } from "../../src/action/machine.ts";
import { save } from "../../src/action/save.ts";
import type { Voice } from "../../src/action/task.ts";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import type { PendingSave, PendingSaves } from "../../src/pull/pending-saves.ts";
import { writePendingSaves } from "../../src/runner/build-files.ts";
import { Layout } from "../../src/store/layout.ts";
import { CacheService } from "../support/cache-service.ts";
import { temporaryDirectory } from "../support/directory.ts";

const MIB = 1024 * 1024;
const MACHINE = thisMachine();
const VOICE: Omit<Voice, "say"> = {
  warn: (message) => assert.fail(message),
  mask: () => undefined,
  withhold: (text) => text,
};

describe("saving after the job", () => {
  let directory: string;
  let layout: Layout;
  let said: string[];
  beforeEach(async () => {
    directory = temporaryDirectory("save");
    mkdirSync(join(directory, "temporary"));
    layout = await Layout.open(join(directory, "layout"));
    said = [];
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const temporary = (): string => join(directory, "temporary");
  const stored = async (
    bytes: Buffer,
  ): Promise<{ readonly digest: Digest; readonly size: number }> => {
    const digest = digestOf(bytes);
    await layout.put(digest, bytes);
    return { digest, size: bytes.length };
  };
  const pending = (...entries: readonly PendingSave[]): PendingSaves => ({
    layout: layout.path,
    cache: { kind: "directory", path: join(directory, "registry-pull"), size: 2 ** 30 },
    entries,
  });
  const run = (path: string): Promise<void> => {
    const machine = { ...MACHINE, temporary: temporary() };
    const say = (line: string): void => void said.push(line);
    return save(path, machine, { ...VOICE, say });
  };
  const saved = (): readonly string[] =>
    globSync("registry-pull/*", { cwd: directory }).map((path) =>
      path.slice("registry-pull/".length),
    );

  it("reads the entries from a file that only this user can read", async () => {
    const blob = await stored(Buffer.from("a blob"));
    const path = await writePendingSaves(pending({ key: "k", blob }), temporary());
    assert.equal(statSync(path).mode & 0o777, process.platform === "win32" ? 0o666 : 0o600);
    await run(path);
    assert.equal(readFileSync(join(directory, "registry-pull", "k.cache-entry"), "utf8"), "a blob");
    assert.deepEqual(said, ["cache: saved 1 entry"]);
  });

  it("saves all of a blob of several slices", async () => {
    const bytes = Buffer.alloc(9 * MIB, "some bytes");
    await run(
      await writePendingSaves(pending({ key: "k", blob: await stored(bytes) }), temporary()),
    );
    assert.ok(readFileSync(join(directory, "registry-pull", "k.cache-entry")).equals(bytes));
  });

  it("reads no file from elsewhere, and none through a link", async () => {
    const elsewhere = await writePendingSaves(pending(), directory);
    await assert.rejects(
      run(elsewhere),
      /pending saves: expected a file of at most \d+ bytes below/,
    );
    symlinkSync(elsewhere, join(temporary(), "link"));
    await assert.rejects(run(join(temporary(), "link")), /ELOOP/);
    assert.deepEqual(saved(), []);
  });

  const [right, wrong] = [Buffer.from("some bytes"), Buffer.from("other byte")];
  for (const [what, change] of [
    ["that is gone", (path: string) => rmSync(path)],
    ["that has other bytes of the same size", (path: string) => writeFileSync(path, wrong)],
    ["that has more bytes", (path: string) => writeFileSync(path, Buffer.concat([right, wrong]))],
    [
      "that is a link now",
      (path: string) => {
        writeFileSync(join(directory, "target"), right);
        rmSync(path);
        symlinkSync(join(directory, "target"), path);
      },
    ],
  ] as const) {
    it(`saves no blob ${what}, and all others`, async () => {
      const changed = await stored(right);
      const other = await stored(Buffer.from("another blob"));
      const entries = [
        { key: "changed", blob: changed },
        { key: "bundle", bundle: [other.digest, changed.digest], inline: [] },
        { key: "other", blob: other },
      ];
      change(layout.blobPath(changed.digest));
      await run(await writePendingSaves(pending(...entries), temporary()));
      assert.deepEqual(saved(), ["other.cache-entry"]);
      assert.match(said.at(-1) ?? "", /saved 1 entry, 2 not saved/);
    });
  }

  it("saves no inline document that has another digest than stated", async () => {
    const inline = [{ digest: digestOf(right), base64: wrong.toString("base64") }];
    await run(await writePendingSaves(pending({ key: "k", bundle: [], inline }), temporary()));
    assert.deepEqual(saved(), []);
    assert.match(
      said[0] ?? "",
      /the cache entry k is not saved: the document sha256:\w+ has changed since it was verified/,
    );
  });

  it("saves no entry that would be too large to restore, and says what to do", async () => {
    const blobs = [
      await stored(Buffer.alloc(33 * MIB, "one")),
      await stored(Buffer.alloc(33 * MIB, "two")),
    ];
    const bundle = blobs.map(({ digest }) => digest);
    await run(await writePendingSaves(pending({ key: "k", bundle, inline: [] }), temporary()));
    assert.deepEqual(saved(), []);
    assert.match(
      said[0] ?? "",
      /the cache entry k is not saved: the bundle has more than 67108864 bytes; lower cache-min-size/,
    );
  });
});

describe("saving to the Actions cache after the job", () => {
  let server: CacheService;
  let directory: string;
  const environment = { ...process.env };
  before(async () => {
    server = await CacheService.start();
    Object.assign(process.env, server.environment);
    directory = temporaryDirectory("save-service");
  });
  after(async () => {
    process.env = environment;
    await server.stop();
    rmSync(directory, { recursive: true });
  });

  it("asks for all entries before it reads the first, and reads none that exists", async () => {
    const layout = await Layout.open(join(directory, "layout"));
    const blobs = ["one", "two", "three", "four", "five", "six"].map((text) => Buffer.from(text));
    const entries: PendingSave[] = [];
    for (const bytes of blobs) {
      const digest = digestOf(bytes);
      await layout.put(digest, bytes);
      entries.push({ key: bytes.toString(), blob: { digest, size: bytes.length } });
    }
    const said: string[] = [];
    const run = async (...some: readonly PendingSave[]): Promise<void> => {
      const saves = { layout: layout.path, cache: { kind: "service" }, entries: some } as const;
      const path = await writePendingSaves(saves, directory);
      const machine = { ...MACHINE, environment: server.environment, temporary: directory };
      const say = (line: string): void => void said.push(line);
      await save(path, machine, { ...VOICE, say });
    };
    const [first, second] = entries;
    assert.ok(first !== undefined && second !== undefined);
    await run(first, second);
    // Reading them would fail.
    for (const bytes of blobs.slice(0, 2)) rmSync(layout.blobPath(digestOf(bytes)));
    server.seen.length = 0;
    await run(...entries);
    const lookUps = server.seen.slice(0, entries.length);
    assert.deepEqual(new Set(lookUps), new Set(["POST GetCacheEntryDownloadURL"]));
    const created = server.seen.filter((call) => call === "POST CreateCacheEntry");
    assert.equal(created.length, 4);
    assert.deepEqual(said, ["cache: saved 2 entries", "cache: saved 4 entries, 2 already existed"]);
  });
});
