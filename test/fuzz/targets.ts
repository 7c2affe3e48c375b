import assert from "node:assert/strict";
import { isIP } from "node:net";
import { isAbsolute, join, relative } from "node:path";
import fc from "fast-check";
import { checkReach, literalAddress, reachOf } from "../../src/http/address.ts";
import { parseContentRange } from "../../src/http/content-range.ts";
import { delayAfter, LONGEST_RETRY_AFTER_MS, parseRetryAfter } from "../../src/http/retry.ts";
import { parseConfig } from "../../src/oci/config.ts";
import { asDigest, digestOf } from "../../src/oci/digest.ts";
import { parseDocument } from "../../src/oci/document.ts";
import { PullError } from "../../src/oci/failure.ts";
import { parseJson } from "../../src/oci/json.ts";
import { OCI_INDEX, OCI_MANIFEST, SCHEMA1 } from "../../src/oci/media-type.ts";
import { formatPlatform, parsePlatform, satisfies } from "../../src/oci/platform.ts";
import { familiarName, formatReference, isTag, parseReference } from "../../src/oci/reference.ts";
import { documentContent } from "../../src/oci/schema1.ts";
import { parseChallenges } from "../../src/registry/challenge.ts";
import { hostPath, readDockerConfigs } from "../../src/registry/docker-config.ts";
import { describeErrors } from "../../src/registry/errors.ts";
import { nextPage, parseLinks } from "../../src/registry/link.ts";
import { registryOrigin } from "../../src/registry/origin.ts";
import { readInputs } from "../../src/runner/inputs.ts";
import { harmlessJson, markdown, sanitise } from "../../src/runner/sanitiser.ts";
import { fromBundle, toBundle } from "../../src/store/bundle.ts";
import { image, index, multiPlatform, schema1 } from "../support/image.ts";
import { parseCommand } from "../support/runner.ts";
import { PARTS as FILE_PARTS, holdsAsEveryKind, SAMPLES } from "./files.ts";
import { bytesOf, jsonWith, madeOf, mutated, pairs } from "./hostile-text.ts";
import { METADATA, slowReach, slowShape } from "./slow-models.ts";

/** A reader of untrusted text: texts to try, and what must hold for each of them. */
export type Target = {
  readonly name: string;
  readonly input: fc.Arbitrary<string>;
  readonly holds: (text: string) => void | Promise<void>;
  /** The share of the requested runs, for slow targets. */
  readonly share?: number;
};

/** What `read` returns; undefined when it throws a PullError. No other error is allowed. */
function refusing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof PullError, `${error}`);
    return undefined;
  }
}

const HEX = "a1b2c3d4".repeat(8);
const DIGEST = `sha256:${HEX}`;
const PARTS = [
  "alpine",
  "ghcr.io",
  "localhost",
  ":",
  ":5000",
  "/",
  "@",
  ".",
  "_",
  "__",
  "-",
  "--",
  "a",
  "Z",
  "0",
  "docker://",
  "https://",
  "[::1]",
  "..",
  "latest",
  DIGEST,
  "sha512:",
  HEX,
  "docker.io",
  "library",
  "127.0.0.1",
  "0x7f.1",
  "%",
  "::",
  "\n",
];

function reference(text: string): void {
  const parsed = refusing(() => parseReference(text));
  if (parsed === undefined) return;
  const { registry, repository, tag, digest } = parsed;
  assert.deepEqual(parseReference(formatReference(parsed)), parsed);
  assert.equal(new URL(`https://${registry}/`).host, registry.replace(/:443$/, ""));
  assert.ok(
    registryOrigin(registry, new Set()).username === "" && !/\.\.|\/\/|^\/|\/$/.test(repository),
    repository,
  );
  assert.ok(
    (tag === undefined || isTag(tag)) && (digest === undefined || asDigest(digest) !== undefined),
  );
  const suffix = `${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
  assert.deepEqual(parseReference(`${familiarName(parsed)}${suffix}`), parsed);
}

function digest(text: string): void {
  const expected =
    /^sha256:[0-9a-f]{64}$|^sha512:[0-9a-f]{128}$/.test(text) && !text.endsWith("\n");
  assert.equal(asDigest(text) !== undefined, expected);
  if (!expected) return;
  const path = relative("/layout/blobs", join("/layout/blobs", ...text.split(":")));
  assert.ok(!path.startsWith("..") && !isAbsolute(path));
}

function challenge(text: string): void {
  const challenges = parseChallenges(text);
  const quoted = (value: string): string => `"${value.replace(/["\\]/g, "\\$&")}"`;
  const written = challenges.map(
    ({ scheme, parameters }) =>
      `${scheme} ${[...parameters].map(([name, value]) => `${name}=${quoted(value)}`).join(", ")}`,
  );
  for (const { scheme, parameters } of challenges) {
    assert.match(scheme, /^[^\sA-Z",=]+$/);
    for (const name of parameters.keys()) assert.match(name, /^[^\sA-Z",=]+$/);
  }
  // Written out again, the challenges are read as the same ones. Node refuses longer headers.
  if (written.join(", ").length < 16_000)
    assert.deepEqual(parseChallenges(written.join(", ")), challenges);
}

function link(text: string): void {
  const page = new URL("https://registry.example:5000/v2/a/tags/list?n=2");
  for (const { target, parameters } of parseLinks(text)) {
    assert.ok(!/[<>]/.test(target) && text.includes(`<${target}>`));
    for (const name of parameters.keys()) assert.match(name, /^[^\sA-Z";,=]+$/);
  }
  assert.equal(nextPage(text, page)?.origin ?? page.origin, page.origin);
}

function contentRange(text: string): void {
  const range = parseContentRange(text);
  if (range === undefined) return;
  const { first, last, total } = range;
  assert.ok(
    Number.isSafeInteger(first) &&
      Number.isSafeInteger(last) &&
      first <= last &&
      (total === undefined || last < total),
  );
  const [span, whole] = text.trim().slice("bytes ".length).split("/");
  assert.deepEqual(
    [span?.split("-").map(Number), whole === "*" ? undefined : Number(whole)],
    [[first, last], total],
  );
}

function retryAfter(text: string): void {
  const now = Date.parse("2026-11-20T12:00:00Z");
  const asked = parseRetryAfter(text, now);
  assert.ok(asked === undefined || (asked >= 0 && !Number.isNaN(asked)));
  if (/^\s*\d{1,10}\s*$/.test(text)) assert.equal(asked, Number(text) * 1_000);
  for (const attempt of [1, 2, 5]) {
    const delay = delayAfter(attempt, text, { now: () => now, random: () => 0.999 });
    assert.ok(delay === undefined || (delay >= 0 && delay <= LONGEST_RETRY_AFTER_MS));
  }
}

/**
 * Accepted text has the value that JSON.parse returns, and no other parser can read another one.
 */
function json(text: string): void {
  const bytes = bytesOf(text);
  const value = refusing(() => parseJson(bytes, "it"));
  if (value === undefined) {
    let known: unknown;
    try {
      known = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    } catch {
      return;
    }
    assert.ok(
      known !== undefined && slowShape(bytes.toString(), 32) !== "fine",
      "refused for a reason",
    );
    return;
  }
  assert.deepEqual(value, JSON.parse(bytes.toString()));
  assert.equal(slowShape(bytes.toString(), 32), "fine");
}

const TYPES = [OCI_MANIFEST, OCI_INDEX, SCHEMA1, "application/json", "", "text/html"];

function document(text: string): void {
  const bytes = bytesOf(text);
  for (const claimed of TYPES) {
    const read = refusing(() => parseDocument(documentContent(bytes), claimed));
    if (read === undefined) continue;
    const descriptors =
      read.kind === "index"
        ? read.entries
        : read.kind === "schema1"
          ? []
          : [...read.layers, ...(read.config ? [read.config] : [])];
    assert.ok(descriptors.length <= 2 * 1_024 + 1);
    for (const { digest, size } of descriptors)
      assert.ok(asDigest(digest) !== undefined && Number.isSafeInteger(size) && size >= 0);
    if (read.kind === "schema1")
      for (const layer of read.schema1.layers) assert.ok(asDigest(layer) !== undefined);
  }
}

function platform(text: string): void {
  const parsed = refusing(() => parsePlatform(text));
  if (parsed === undefined) return;
  assert.deepEqual(parsePlatform(formatPlatform(parsed)), parsed);
  assert.ok(satisfies(parsed, parsed));
}

/** A text without the characters that .NET may ignore. */
const ignoring = (text: string): string =>
  text.replace(/\p{Default_Ignorable_Code_Point}|\p{Cf}|\p{Cc}/gu, "");

function sanitiser(text: string): void {
  const line = sanitise(text);
  for (const seen of [line, `x ${line}`, ignoring(line), line.trimStart()])
    assert.equal(parseCommand(seen), undefined, seen);
  assert.ok(!/[\p{Cc}\p{Zl}\p{Zp}]/u.test(line));
  assert.ok(line.length <= 4_001);
  if (line.length < 4_000) assert.equal(sanitise(line), line);
  const shown = markdown(text).replace(/<span>[@#$:.]<\/span>/g, "");
  assert.ok(!/[<|`*_~[\\@$\n]|:\/\/|www\./i.test(shown), shown);
}

function outputJson(text: string): void {
  const written = harmlessJson({ [text]: [text] });
  assert.match(written, /^[\w+\-./:\\{}[\]",]*$/);
  assert.deepEqual(JSON.parse(written), JSON.parse(JSON.stringify({ [text]: [text] })));
}

/** An address may be contacted exactly when the slow model allows it. */
function urlGate(text: string): void {
  if (isIP(text) !== 0) assert.equal(reachOf(text), slowReach(text), text);
  if (!URL.canParse(text)) return;
  const address = literalAddress(new URL(text));
  if (address === undefined) return;
  const reach = slowReach(address);
  for (const [at, namedBy] of (["public", "private", "loopback"] as const).entries()) {
    const allowed = ["public", "private", "loopback"].slice(0, at + 1).includes(reach);
    const taken = refusing(() => {
      checkReach(address, address, namedBy);
      return true;
    });
    assert.equal(taken === true, allowed, `${text} named by ${namedBy}`);
  }
}

async function bundle(text: string): Promise<void> {
  const { signal } = new AbortController();
  const bytes = bytesOf(text);
  const blobs = await fromBundle(bytes, signal).catch((error: unknown) => {
    assert.ok(error instanceof PullError, `${error}`);
    return undefined;
  });
  if (blobs === undefined) return;
  for (const [name, blob] of blobs)
    assert.equal(digestOf(blob, name.startsWith("sha512") ? "sha512" : "sha256"), name);
  const again = [...blobs].map(([digest, bytes]) => ({ digest, bytes }));
  assert.ok(toBundle(again).equals(bytes), "nothing is taken but what would be written");
}

async function inputs(text: string): Promise<void> {
  for (const name of [
    "images",
    "platforms",
    "registry-auth",
    "trusted-realms",
    "concurrency",
    "cache-min-size",
    "path",
    "cache-key-prefix",
  ]) {
    const result = await readInputs(
      { INPUT_IMAGES: "a", [`INPUT_${name.toUpperCase()}`]: text },
      parsePlatform("linux/amd64"),
    );
    if ("problems" in result)
      assert.ok(
        result.problems.every((problem) => problem.startsWith(name)),
        result.problems.join(),
      );
  }
}

function dockerConfig(text: string): void {
  const configs = readDockerConfigs(
    { HOME: "/" },
    () => text,
    () => undefined,
  );
  assert.ok(configs.length <= 2);
  for (const { auths } of configs) for (const key of auths.keys()) assert.equal(hostPath(key), key);
}

const utf8 = (bytes: Buffer): string => bytes.toString("latin1");
const DOCUMENTS = [
  image("linux/amd64"),
  index([image("linux/amd64")]),
  multiPlatform(["linux/arm64", "linux/386"], { attestations: true }),
  schema1(true),
  schema1(false),
].map(({ bytes }) => utf8(bytes));
const [config] = image("linux/amd64").blobs;
const BUNDLE = utf8(toBundle(image("linux/amd64").blobs));
const DOCUMENT_KEYS = [
  "schemaVersion",
  "mediaType",
  "config",
  "layers",
  "manifests",
  "digest",
  "size",
  "platform",
  "os",
  "architecture",
  "annotations",
  "urls",
  "fsLayers",
  "history",
  "blobSum",
  "v1Compatibility",
  "signatures",
  "LAYERS",
];
const CONFIG_KEYS = [
  "os",
  "architecture",
  "config",
  "Labels",
  "Cmd",
  "Entrypoint",
  "ExposedPorts",
  "User",
  "rootfs",
  "diff_ids",
  "history",
  "created",
];
const ADDRESS_PARTS = [
  "10",
  "127",
  "169",
  "254",
  "0",
  "1",
  "255",
  "172",
  "16",
  "192",
  "168",
  "100",
  "64",
  "0x7f",
  "017700000001",
  "2130706433",
  ".",
  ":",
  "::",
  "ffff",
  "fe80",
  "fc00",
  "fd00",
  "ec2",
  "64",
  "ff9b",
  "2002",
  "a9fe",
  "[",
  "]",
  "http://",
  "https://",
  "/",
  "@",
  "%eth0",
  "localhost",
  "①②⑦",
];

/** The first and last address of every special range, and their neighbours outside. */
const EDGES = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "224.0.0.0/3",
  "168.63.129.16/32",
  "100.100.100.200/32",
  "192.0.0.192/32",
].flatMap((range) => {
  const [address = "", bits = ""] = range.split("/");
  const first = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const last = first + 2 ** (32 - Number(bits)) - 1;
  return [first - 1, first, last, last + 1].map((number) =>
    [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) & 255).join("."),
  );
});

/** Every reader of untrusted text. */
export const TARGETS: readonly Target[] = [
  {
    name: "reference",
    input: fc.oneof(
      madeOf(...PARTS),
      mutated(`ghcr.io/org/app:1.0@${DIGEST}`, "docker://localhost:5000/a/b-c__d:x", "alpine"),
    ),
    holds: reference,
  },
  {
    name: "digest",
    input: fc.oneof(
      mutated(DIGEST, `sha512:${HEX}${HEX}`),
      madeOf(DIGEST, HEX, HEX.slice(1), "sha256:", "../", "\n", "A"),
    ),
    holds: digest,
  },
  {
    name: "challenge",
    input: fc.oneof(
      madeOf(
        "Bearer",
        "Basic",
        " ",
        ",",
        "=",
        '"',
        "\\",
        "realm",
        "scope",
        "https://a/b?c=d,e",
        "token68==",
        "Negotiate",
        "\t",
        ";",
      ),
      mutated(
        'Bearer realm="https://a/b",service="x, y",scope="repository:a:pull,push", Basic realm="z"',
      ),
    ),
    holds: challenge,
  },
  {
    name: "link",
    input: fc.oneof(
      madeOf(
        "<",
        ">",
        ";",
        ",",
        "rel",
        "=",
        '"next"',
        "next",
        "/v2/a",
        "https://evil.example/",
        "//",
        " ",
        "\\",
        '"',
      ),
      mutated('</v2/a/tags/list?last=b&n=2>; rel="next", <x>; rel=prev; title="y, z"'),
    ),
    holds: link,
  },
  {
    name: "content-range",
    input: fc.oneof(
      mutated(
        "bytes 0-1/2",
        "bytes 100-199/*",
        "bytes 9007199254740991-9007199254740992/9007199254740993",
      ),
      madeOf("bytes", " ", "0", "9", "-", "/", "*", "99999999999999999999"),
    ),
    holds: contentRange,
  },
  {
    name: "retry-after",
    input: fc.oneof(
      mutated("120", "Fri, 20 Nov 2026 12:00:05 GMT", "Friday, 20-Nov-26 12:00:05 GMT"),
      madeOf("-", "1", "0", "9999999999", "e", ".", " ", "Mon", ", ", "GMT", "2026"),
    ),
    holds: retryAfter,
  },
  {
    name: "json",
    input: fc.oneof(
      mutated(
        '{"a":{"b":[1,2.5e3,"\\u0061",null,true]},"c":"\\"\\\\"}',
        `${"[".repeat(32)}${"]".repeat(32)}`,
        `${'{"a":'.repeat(32)}[]${"}".repeat(32)}`,
      ),
      madeOf("{", "}", "[", "]", '"a"', '"\\u0061"', ":", ",", "1", "null", " "),
      jsonWith("a", "b", "__proto__"),
      pairs('"a"', '"\\u0061"', '"b"', '"\\\\u0061"', '""', '"__proto__"'),
    ),
    holds: json,
    share: 0.5,
  },
  {
    name: "document",
    input: fc.oneof(mutated(...DOCUMENTS), jsonWith(...DOCUMENT_KEYS)),
    holds: document,
    share: 0.2,
  },
  {
    name: "signed manifest",
    input: mutated(utf8(schema1(true).bytes)),
    holds: (text) => void refusing(() => documentContent(bytesOf(text))),
    share: 0.5,
  },
  {
    name: "config",
    input: fc.oneof(
      mutated(utf8(config?.bytes ?? Buffer.alloc(0))),
      jsonWith(...CONFIG_KEYS).map((text) =>
        text.startsWith("{") ? `{"os":"linux","architecture":"amd64",${text.slice(1)}` : text,
      ),
    ),
    holds: (text) => void refusing(() => parseConfig(bytesOf(text))),
  },
  {
    name: "platform",
    input: madeOf(
      "linux",
      "windows",
      "/",
      "arm",
      "arm64",
      "amd64",
      "v7",
      "v8.0",
      "x86_64",
      "(",
      ")",
      "10.0.1",
      "ARM",
      "macos",
      " ",
      "constructor",
      "__proto__",
    ),
    holds: platform,
  },
  {
    name: "find",
    input: fc.oneof(madeOf(...FILE_PARTS), mutated(...Object.values(SAMPLES).flat())),
    holds: holdsAsEveryKind,
    share: 0.1,
  },
  {
    name: "sanitiser",
    input: fc.oneof(
      madeOf(
        "::",
        ":",
        "##[",
        "#",
        "[",
        "]",
        "set-output name=x",
        "stop-commands",
        "\t",
        " ",
        "a",
        "\n",
        "\r",
        "\u00ad",
        "\u200b",
        "\u202e",
        "\u2028",
        "\ufeff",
        "%0A",
        "\u0000",
        "\u001b[31m",
        "\u00a0",
        "\u{e0001}",
        "\ud800",
        "\u034f",
      ),
      fc.string({ unit: "binary" }),
      fc.string({ unit: "binary", minLength: 3_990, maxLength: 4_010 }),
    ),
    holds: sanitiser,
  },
  {
    name: "output json",
    input: madeOf(
      "$(",
      "`",
      "'",
      '"',
      "\\",
      "\n",
      "\u0007",
      "\u007f",
      "\u0085",
      "u0024",
      "n",
      "<",
      ">",
      "&",
      "|",
      ";",
      " ",
      "#",
      "\u2019",
    ),
    holds: outputJson,
  },
  {
    name: "url gate",
    input: fc.oneof(
      fc.constantFrom(...EDGES, ...METADATA, "fd00:ec2::23", "fd00:ec1:ffff::", "fd00:ec3::"),
      fc.constantFrom(...EDGES).map((address) => `http://[::ffff:${address}]/`),
      fc.ipV4(),
      fc.ipV6(),
      fc.ipV4Extended().map((address) => `http://${address}/`),
      fc.ipV6().map((address) => `https://[${address}]:5000/`),
      madeOf(...ADDRESS_PARTS),
      fc.webUrl(),
    ),
    holds: urlGate,
  },
  {
    name: "error body",
    input: fc.oneof(
      madeOf(
        "<",
        ">",
        "&",
        '{"errors":[',
        "]}",
        '{"code":"X"',
        ',"message":"y"',
        "}",
        "\n",
        "::error::",
        "é",
      ),
      jsonWith("errors", "code", "message", "detail", "error"),
    ),
    holds: (text) => assert.ok(describeErrors(bytesOf(text), {}, (said) => said).length <= 1_025),
  },
  { name: "bundle", input: mutated(BUNDLE), holds: bundle, share: 0.1 },
  {
    name: "inputs",
    input: fc.oneof(
      madeOf(
        "alpine",
        ",name=",
        ",platform=",
        "linux/arm64",
        "\n",
        "#",
        "- registry:",
        "username:",
        "password:",
        " ",
        "&a",
        "*a",
        "{",
        "[",
        "'",
        "1MiB",
        "all",
        "any",
      ),
      mutated("- registry: ghcr.io\n  username: a\n  password: b\n"),
    ),
    holds: inputs,
    share: 0.1,
  },
  {
    name: "docker config",
    input: fc.oneof(
      jsonWith(
        "auths",
        "credHelpers",
        "credsStore",
        "ghcr.io",
        "https://index.docker.io/v1/",
        "auth",
        "identitytoken",
        "username",
      ),
      mutated('{"auths":{"https://index.docker.io/v1/":{"auth":"YTpi"}},"credHelpers":{"x":"y"}}'),
    ),
    holds: dockerConfig,
    share: 0.2,
  },
];
