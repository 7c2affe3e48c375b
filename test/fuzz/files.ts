import assert from "node:assert/strict";
import { findReferences } from "../../src/find/find.ts";
import type { Found } from "../../src/find/findings.ts";
import { KINDS, type Kind } from "../../src/find/kind.ts";
import { type Edit, type Pin, withPins } from "../../src/find/pin.ts";
import type { Surroundings } from "../../src/find/surroundings.ts";
import { parseDigest } from "../../src/oci/digest.ts";
import { parseReference } from "../../src/oci/reference.ts";

const OLD = `sha256:${"0".repeat(64)}`;
const DIGEST = parseDigest(`sha256:${"1".repeat(64)}`);

/** Valid files of each kind, with references that can be pinned where anything can. */
export const SAMPLES: Readonly<Record<Kind, readonly string[]>> = {
  dockerfile: [
    `# syntax=docker/dockerfile:1\nARG BASE=alpine:3.20\nFROM --platform=linux/amd64 $BASE AS one\n` +
      `FROM busybox@${OLD}\nCOPY --from=nginx:1 /a /b\nRUN --mount=type=bind,from=golang:1,target=/c \\\n  x\n`,
    "# escape=`\r\nFROM a `\r\n  AS b\r\nFROM c\r\nCOPY <<EOF /d\r\nFROM e\r\nEOF\r\n",
  ],
  compose: [
    `x-base: &base { image: "alpine:3", platform: linux/arm64 }\nservices:\n  one: { <<: *base }\n` +
      `  two: *base\n  three:\n    image: \${REGISTRY:-docker.io}/app:\${TAG:-1}\n  four:\n    build:\n` +
      `      context: .\n      cache_from: [ghcr.io/org/cache, "type=registry,ref=a/b:1"]\n` +
      `      additional_contexts: { base: docker-image://alpine:3 }\n` +
      `      dockerfile_inline: |\n        FROM busybox:1\n        COPY --from=nginx /a /b\n`,
  ],
  kubernetes: [
    `# é🐳\r\napiVersion: v1\r\nkind: Pod\r\nspec:\r\n  containers:\r\n  - image: &a "alpine:3@${OLD}"\r\n` +
      `  - { image: *a }\r\n  - image: >-\r\n      ghcr.io/org/app\r\n  volumes: [{ image: { reference: 'x:1' } }]\r\n`,
    '{"apiVersion":"v1","kind":"Pod","containers":[{"image":"a\\/b:1"},{"image":"c"}]}',
    "apiVersion: v1\nkind: Pod\n{{- if .x }}\nspec: { containers: [{ image: a:1 }] }\n{{- end }}\n",
  ],
  kustomize: [
    `images:\n- name: a\n  newName: b\n  newTag: "1"\n- name: c\n  newTag: v2\n  digest: ${OLD}\n` +
      `- { name: d, newTag: 3 }\n- name: e\n  digest: ${OLD}\n`,
  ],
  "helm-values": [
    `image:\n  registry: docker.io\n  repository: org/app\n  tag: "1.2"\n  digest: ""\n` +
      `sidecar:\n  image: { repository: b, tag: v1 }\nglobal: { imageRegistry: "" }\n` +
      `tool:\n  image: ghcr.io/org/tool:1\n`,
  ],
  workflow: [
    `on: push\njobs:\n  a:\n    container: node:22\n    services: { db: { image: 'postgres:16' } }\n` +
      `    steps:\n    - uses: docker://alpine:3\n    - uses: org/registry-pull@v1\n      with:\n` +
      `        images: |\n          # é\n          busybox:1,name=b\n          \${{ a }}\n`,
    "runs:\n  using: docker\n  image: docker://ghcr.io/org/app\n",
  ],
  devcontainer: [
    `// x\n{ "image": "alpine:3", /* y */ "build": { "cacheFrom": ["a:1", "type=registry,ref=b",] } }\n`,
  ],
  receipt: [
    `[{"reference":"docker.io/library/a:1","digest":"${OLD}","pinned":"docker.io/library/a@${OLD}",` +
      `"platforms":["linux/amd64"],"clients":["{{ é"],"pulls":1,"bytes":{"layout":0,"cache":0,` +
      `"registry":{"docker.io":1}},"first":"2026-11-21T09:30:00.000Z",` +
      `"last":"2026-11-21T09:30:00.000Z","seconds":0}]`,
  ],
  list: [`\uFEFF# x\r\nalpine\r\n  ghcr.io/org/app:1@${OLD} # y\r\n\r\nbusybox:1`],
};

const WORDS =
  "image: |image|services:|containers:|images:|repository: |tag: |digest: |newTag: |jobs:|steps:|uses: |FROM |COPY --from=|ARG A=|" +
  "$A|${A:-b}|alpine:3|busybox|docker://|&a |*a|<<: |- |  |\n|\r\n|\t|'|\"|{|}|[|]|,|: |# |>-\n|{{|}}|{{ x }}|${{ y }}|---\n|é|🐳|\uFEFF|@|\\";

/** What files of every kind are made of. */
export const PARTS: readonly string[] = WORDS.split("|").concat("|\n");

const AROUND: Surroundings = {
  variable: (name) => (name === "A" ? "1" : undefined),
  isSecret: () => false,
  beside: (name) => (name === "Chart.yaml" ? "appVersion: 1.0.0\n" : undefined),
};

/** The references of a file; none when it cannot be parsed. */
export function find(text: string, as: Kind): readonly Found[] {
  const finding = findReferences("file.yaml", text, as, AROUND);
  return finding === undefined || "mistake" in finding ? [] : finding.references;
}

/** True for what is pinned in practice: something that a registry can have. */
function isReference(reference: string): boolean {
  try {
    return parseReference(reference) !== undefined;
  } catch {
    return false;
  }
}

/** Checks what must hold for any text when its references are found and pinned. */
export function holdsWhenPinned(text: string, as: Kind): void {
  const content = Buffer.from(text);
  const before = find(content.toString(), as).filter(({ reference }) => isReference(reference));
  const edits = before.flatMap(({ pin }): readonly Edit[] => {
    return pin === undefined ? [] : [{ pin, digest: DIGEST }];
  });
  const pinned = withPins(content, edits);
  assert.deepEqual(...outside(content, pinned, edits));
  const after = find(pinned.toString(), as).filter(({ reference }) => isReference(reference));
  for (const { pin, reference } of after) {
    if (pin !== undefined) assert.ok(reference.endsWith(`@${DIGEST}`), reference);
  }
  const shifted = before.map(({ place, platform }) => {
    return { line: place.line + linesBefore(place.start, content, edits), platform };
  });
  assert.deepEqual(
    after.map(({ place, platform }) => ({ line: place.line, platform })),
    shifted,
  );
  const again = after.flatMap(({ pin }) => (pin === undefined ? [] : [{ pin, digest: DIGEST }]));
  assert.equal(withPins(pinned, again).toString(), pinned.toString());
}

/** How many lines the pins before a byte add to a file. */
function linesBefore(byte: number, content: Buffer, edits: readonly Edit[]): number {
  const added = distinct(edits).map(({ start, end, before, after }) => {
    if (start >= byte) return 0;
    const replaced = content.subarray(start, end).toString();
    return (before + after).split("\n").length - replaced.split("\n").length;
  });
  return added.reduce((sum, lines) => sum + lines, 0);
}

/** The pins of edits in the order of the file, each once. */
function distinct(edits: readonly Edit[]): readonly Pin[] {
  const pins = new Map(edits.map(({ pin }) => [pin.start, pin]));
  return [...pins.values()].toSorted((one, other) => one.start - other.start);
}

/** The bytes around the pins, in both versions of a file. */
function outside(
  content: Buffer,
  pinned: Buffer,
  edits: readonly Edit[],
): [actual: readonly string[], expected: readonly string[]] {
  const expected: string[] = [];
  const actual: string[] = [];
  let at = 0;
  let pinnedAt = 0;
  for (const pin of distinct(edits)) {
    const length = pin.start - at;
    expected.push(content.subarray(at, pin.start).toString("latin1"));
    actual.push(pinned.subarray(pinnedAt, pinnedAt + length).toString("latin1"));
    const digest = pin.form === "hex" ? DIGEST.slice("sha256:".length) : DIGEST;
    at = pin.end;
    pinnedAt += length + Buffer.byteLength(pin.before + digest + pin.after);
  }
  expected.push(content.subarray(at).toString("latin1"));
  actual.push(pinned.subarray(pinnedAt).toString("latin1"));
  return [actual, expected];
}

/** A text as a file of every kind. */
export function holdsAsEveryKind(text: string): void {
  for (const kind of KINDS) holdsWhenPinned(text, kind);
}
