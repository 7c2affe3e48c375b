import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  printReceipt,
  RECEIPT_LIST,
  RECEIPT_ROWS,
  RECEIPT_SIZE,
  type ReceiptRow,
  readReceipt,
} from "../../src/find/receipt-file.ts";
import { type Digest, digestOf } from "../../src/oci/digest.ts";
import { Receipt } from "../../src/serve/receipt.ts";
import type { Asker } from "../../src/serve/served.ts";
import { digestOfAll } from "../support/locks.ts";

const ALPINE = { registry: "docker.io", repository: "library/alpine" };
const APP = { registry: "ghcr.io", repository: "org/app" };
const [A, B, C] = [digestOfAll("a"), digestOfAll("b"), digestOfAll("c", "sha512")];
const START = Date.parse("2026-11-21T09:30:00.000Z");

const asker = (method: Asker["method"], client = "docker 28.5.2"): Asker => ({ method, client });

/** A receipt on a clock that goes on by a second a request, and short names for its events. */
function started() {
  let time = START - 1_000;
  const receipt = new Receipt(() => {
    time += 1_000;
    return time;
  });
  const asked = (method: Asker["method"], reference: string, digest: Digest, client?: string) =>
    receipt.asked({ repository: ALPINE, reference, digest, asker: asker(method, client) });
  const blob = (
    roots: readonly Digest[],
    digest: Digest,
    origin: "layout" | "cache" | "registry",
  ) =>
    receipt.blob({
      repository: ALPINE,
      roots,
      blob: { digest, size: 10 },
      from: { origin, source: origin === "registry" ? "docker.io" : origin },
    });
  const platform = (roots: readonly Digest[], text: string, client?: string) =>
    receipt.platform({
      repository: ALPINE,
      roots,
      platform: text,
      asker: asker("GET", client),
    });
  return { receipt, asked, blob, platform };
}

/** Rows as `reference digest pulls`, with the first digit of the digest. */
function shown(rows: readonly ReceiptRow[]): readonly string[] {
  return rows.map(({ reference, digest, pulls }) => {
    const name = reference.replace(/^docker\.io\/library\//, "").replace(/:(\w)\w{63,}$/, ":$1");
    return `${name} ${digest.replace(/^\w+:(.).*/, "$1")} ${pulls}`;
  });
}

describe("the receipt of a job", () => {
  it("has everything about a pull", () => {
    const { receipt, asked, platform, blob } = started();
    asked("HEAD", "3.20", A);
    asked("GET", A, A);
    platform([A], "linux/amd64");
    blob([A], B, "registry");
    blob([A], C, "cache");
    const rows = receipt.rows();
    assert.deepEqual(rows, [
      {
        reference: "docker.io/library/alpine:3.20",
        digest: A,
        pinned: `docker.io/library/alpine@${A}`,
        platforms: ["linux/amd64"],
        clients: ["docker 28.5.2"],
        pulls: 1,
        bytes: { layout: 0, cache: 10, registry: { "docker.io": 10 } },
        first: "2026-11-21T09:30:00.000Z",
        last: "2026-11-21T09:30:05.000Z",
        seconds: 5,
      },
    ]);
    assert.deepEqual(readReceipt(Buffer.from(printReceipt(rows))), rows);
  });

  // requests of clients, each `METHOD reference digest`, and the rows
  for (const [what, requests, ...rows] of [
    ["a HEAD alone", ["HEAD 1 A"], "alpine:1 a 1"],
    ["a GET by tag", ["GET 1 A"], "alpine:1 a 1"],
    ["HEAD and GET by tag", ["HEAD 1 A", "GET 1 A"], "alpine:1 a 1"],
    ["HEAD by tag and GET by digest", ["HEAD 1 A", "GET A A"], "alpine:1 a 1"],
    ["that twice", ["HEAD 1 A", "GET A A", "HEAD 1 A", "GET A A"], "alpine:1 a 2"],
    ["two at once", ["HEAD 1 A", "HEAD 1 A", "GET A A", "GET A A"], "alpine:1 a 2"],
    ["an image that is there", ["HEAD 1 A", "GET A A", "HEAD 1 A"], "alpine:1 a 2"],
    ["a pull by digest", ["HEAD A A", "GET A A"], "alpine@sha256:a a 1"],
    ["a sha512 digest", ["GET C C"], "alpine@sha512:c c 1"],
    [
      "digest first, then the tag",
      ["GET A A", "HEAD 1 A", "GET A A"],
      "alpine@sha256:a a 1",
      "alpine:1 a 1",
    ],
    [
      "two tags of an image, one after the other",
      ["HEAD 1 A", "GET A A", "HEAD 2 A", "GET A A"],
      "alpine:1 a 1",
      "alpine:2 a 1",
    ],
    [
      "two tags of an image at once",
      ["HEAD 1 A", "HEAD 2 A", "GET A A", "GET A A"],
      "alpine:1 a 1",
      "alpine:2 a 1",
    ],
    [
      "a tag that moves",
      ["HEAD 1 A", "GET A A", "HEAD 1 B", "GET B B", "HEAD 1 B"],
      "alpine:1 a 1",
      "alpine:1 b 2",
    ],
  ] as const) {
    it(`counts ${what}`, () => {
      const { receipt, asked } = started();
      const digests = new Map([
        ["A", A],
        ["B", B],
        ["C", C],
      ]);
      for (const request of requests) {
        const [method = "", reference = "", name = ""] = request.split(" ");
        assert.ok(method === "HEAD" || method === "GET");
        asked(method, digests.get(reference) ?? reference, digests.get(name) ?? A);
      }
      assert.deepEqual(shown(receipt.rows()), rows);
    });
  }

  it("keeps repositories apart", () => {
    const { receipt, asked } = started();
    asked("HEAD", "1", A);
    receipt.asked({ repository: APP, reference: A, digest: A, asker: asker("GET") });
    receipt.blob({
      repository: APP,
      roots: [A],
      blob: { digest: B, size: 5 },
      from: { origin: "layout", source: "layout" },
    });
    const [alpine, app] = receipt.rows();
    assert.deepEqual([alpine?.pinned, alpine?.pulls], [`docker.io/library/alpine@${A}`, 1]);
    assert.deepEqual([app?.reference, app?.pulls], [`ghcr.io/org/app@${A}`, 1]);
    assert.deepEqual([alpine?.bytes.layout, app?.bytes.layout], [0, 5]);
  });

  it("counts a blob once an image, for every image that lists it", () => {
    const { receipt, asked, blob } = started();
    asked("HEAD", "1", A);
    asked("HEAD", "2", B);
    blob([A, B], C, "registry");
    blob([A], C, "layout");
    blob([], C, "layout");
    blob([digestOfAll("d")], C, "layout");
    const bytes = receipt.rows().map((row) => row.bytes);
    const once = { layout: 0, cache: 0, registry: { "docker.io": 10 } };
    assert.deepEqual(bytes, [once, once]);
  });

  it("has each client and platform once, and no empty name", () => {
    const { receipt, asked, platform } = started();
    asked("HEAD", "1", A, "");
    platform([A], "linux/amd64", "podman 4.3.1");
    platform([A], "linux/amd64", "podman 4.3.1");
    platform([A], "linux/arm64", "x".repeat(200));
    platform([A], "not a platform", "podman 4.3.1");
    const [row] = receipt.rows();
    assert.deepEqual(row?.platforms, ["linux/amd64", "linux/arm64"]);
    assert.deepEqual(row?.clients, ["podman 4.3.1", "x".repeat(100)]);
  });

  it("has an image of which only a platform's manifest was asked for", () => {
    const { receipt, platform } = started();
    platform([A, B], "linux/amd64");
    platform([], "linux/amd64");
    const rows = receipt.rows();
    assert.deepEqual(shown(rows), ["alpine@sha256:a a 1"]);
    assert.deepEqual(rows[0]?.platforms, ["linux/amd64"]);
  });

  it("sorts by the first request, and a clock that is set back makes no time negative", () => {
    const times = [5_000, 9_000, 4_000, 3_000];
    const receipt = new Receipt(() => times.shift() ?? 0);
    receipt.asked({ repository: ALPINE, reference: "late", digest: A, asker: asker("GET") });
    receipt.asked({ repository: APP, reference: "early", digest: A, asker: asker("GET") });
    const rows = receipt.rows();
    assert.deepEqual(
      rows.map(({ reference, seconds }) => [reference, seconds]),
      [
        ["ghcr.io/org/app:early", 0],
        ["docker.io/library/alpine:late", 4],
      ],
    );
  });

  it("shows when it has changed", () => {
    const { receipt, asked, blob, platform } = started();
    const seen = [receipt.changes];
    for (const change of [
      () => asked("HEAD", "1", A),
      () => asked("HEAD", "1", A),
      () => platform([A], "linux/amd64"),
      () => blob([A], B, "cache"),
    ]) {
      change();
      seen.push(receipt.changes);
    }
    assert.equal(new Set(seen).size, seen.length);
  });
});

describe("the limits of a receipt", () => {
  it("count the clients, platforms, places and blobs that a row leaves out", () => {
    const { receipt, asked, platform } = started();
    asked("HEAD", "1", A);
    for (let at = 0; at <= RECEIPT_LIST; at++) {
      asked("HEAD", "1", A, `client ${at}`);
      platform([A], `linux/a${at}`);
    }
    const [row] = receipt.rows();
    assert.deepEqual([row?.clients.length, row?.platforms.length], [RECEIPT_LIST, RECEIPT_LIST]);
    // The first client, and one more of each.
    assert.equal(row?.truncated, 3);
  });

  it("count the bytes of as many places as can be read", () => {
    const { receipt, asked } = started();
    asked("HEAD", "1", A);
    for (let at = 0; at <= RECEIPT_LIST; at++) {
      const blob = { digest: digestOf(Buffer.from(`${at}`)), size: 1 };
      const from = { origin: "registry", source: `place${at}` } as const;
      receipt.blob({ repository: ALPINE, roots: [A], blob, from });
    }
    const rows = receipt.rows();
    assert.equal(Object.keys(rows[0]?.bytes.registry ?? {}).length, RECEIPT_LIST);
    assert.deepEqual(readReceipt(Buffer.from(printReceipt(rows))), rows);
  });

  it("count a blob beyond them for no image", () => {
    const { receipt, asked, blob } = started();
    asked("HEAD", "1", A);
    for (let at = 0; at < 1_002; at++) blob([A], digestOf(Buffer.from(`${at}`)), "cache");
    const [row] = receipt.rows();
    assert.deepEqual([row?.bytes.cache, row?.truncated], [10_000, 2]);
  });

  it("count the requests for images without a row", () => {
    const { receipt, asked } = started();
    for (let at = 0; at < RECEIPT_ROWS + 3; at++) asked("HEAD", `t${at}`, A);
    asked("HEAD", "t0", A);
    const rows = receipt.rows();
    assert.deepEqual([rows.length, rows.at(-1)?.more, rows[0]?.pulls], [RECEIPT_ROWS, 3, 2]);
    assert.equal(rows[0]?.more, undefined);
  });

  it("hold for the longest texts, too, so that the receipt can be read", () => {
    const receipt = new Receipt(() => START);
    const registry = `${"r".repeat(60)}.${"r".repeat(60)}.test`;
    const path = `${"p".repeat(120)}/${"q".repeat(130)}`;
    const client = "\u0001".repeat(20_000);
    for (let at = 0; at < RECEIPT_ROWS; at++) {
      const repository = { registry, repository: `${at}${path}`.slice(0, 250) };
      const digest = digestOfAll("abcdef"[at % 6] ?? "a", "sha512");
      receipt.asked({
        repository,
        reference: "t".repeat(128),
        digest,
        asker: asker("GET", client),
      });
      receipt.asked({ repository, reference: "u", digest, asker: asker("GET", `${at}${client}`) });
    }
    const rows = receipt.rows();
    const text = Buffer.from(printReceipt(rows));
    assert.ok(text.length > RECEIPT_SIZE / 2 && text.length <= RECEIPT_SIZE, `${text.length}`);
    assert.ok((rows.at(-1)?.more ?? 0) > 0);
    assert.deepEqual(readReceipt(text), rows);
  });

  const digest = fc.constantFrom(A, B, C);
  const repository = fc.constantFrom(ALPINE, APP);
  const by = fc.record({
    method: fc.constantFrom("GET" as const, "HEAD" as const),
    client: fc.string(),
  });
  const event = fc.oneof(
    fc.record({ repository, reference: fc.constantFrom("1", "2", A, B), digest, asker: by }),
    fc.record({ repository, roots: fc.array(digest), platform: fc.string(), asker: by }),
    fc.record({
      repository,
      roots: fc.array(digest),
      blob: fc.record({ digest, size: fc.nat() }),
      from: fc.record({
        origin: fc.constantFrom("layout" as const, "cache" as const, "registry" as const),
        source: fc.string(),
      }),
    }),
  );
  it("leave what readReceipt reads, whatever clients do", () => {
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const { receipt } = started();
        for (const one of events) {
          if ("reference" in one) receipt.asked(one);
          else if ("platform" in one) receipt.platform(one);
          else receipt.blob(one);
        }
        const rows = receipt.rows();
        assert.deepEqual(readReceipt(Buffer.from(printReceipt(rows))), rows);
      }),
    );
  });
});
