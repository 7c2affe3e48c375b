import type { Kind } from "../../src/find/kind.ts";

/** A shape of file that is easy to read in quadratic or exponential time: the text of a size. */
export type Shape = { readonly kinds: readonly Kind[]; readonly of: (size: number) => string };

const POD = "apiVersion: v1\nkind: Pod\n";
const TEXT: readonly Kind[] = ["list", "dockerfile", "kubernetes", "devcontainer"];
const YAML: readonly Kind[] = ["kubernetes", "compose", "helm-values", "workflow"];

/** A text of about `size` characters that repeats a part. */
function filled(part: string, size: number): string {
  return part.repeat(Math.ceil(size / part.length));
}

/** A text of about `size` characters whose parts are numbered. */
function numbered(part: (number: number) => string, size: number): string {
  const parts: string[] = [];
  let length = 0;
  while (length < size) {
    const next = part(parts.length);
    parts.push(next);
    length += next.length;
  }
  return parts.join("");
}

function text(of: (size: number) => string): Shape {
  return { kinds: TEXT, of };
}

function yaml(of: (size: number) => string): Shape {
  return { kinds: YAML, of };
}

function only(kind: Kind, of: (size: number) => string): Shape {
  return { kinds: [kind], of };
}

/** Shapes that have been slow in one parser or another. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  "one long line": text((size) => filled("a", size)),
  "one long line of white space": text((size) => `a${filled(" ", size)}b`),
  "quotes that are not closed": text((size) => `x: "${filled('\\"', size)}`),
  "actions that are not closed": text((size) => filled("{{", size)),
  "comments that are not closed": text((size) => filled("/*", size)),
  "comments in a line": text((size) => `${filled(" #", size)}\u2028`),
  "colons before a slash": text((size) => `"${filled(":", size)}/a"`),
  "many actions": yaml((size) => `${POD}${filled("{{ a }} b\n", size)}`),
  "a long list": yaml((size) => `${POD}x:\n${filled("- a\n", size)}`),
  "a long mapping": yaml((size) => `${POD}x:\n${numbered((at) => `  k${at}: v\n`, size)}`),
  "deep brackets": yaml((size) => `${POD}x: ${filled("[", size / 8)}`),
  "deep JSON": yaml((size) => filled('{"a":', size / 8)),
  "deep lists": yaml((size) => `${POD}x:\n${filled("- ", size / 8)}`),
  "deep mappings": yaml((size) => filled("a: ", size)),
  "deep mappings in a list": yaml((size) => `images: [${filled("a: ", size)}`),
  "closing brackets": yaml((size) => filled("}}", size)),
  "opening brackets": yaml((size) => filled("[[", size)),
  "quotes side by side": yaml((size) => filled('"', size)),
  "tags without a value": yaml((size) => filled("! ", size)),
  "anchors without a value": yaml((size) => filled("&a ", size)),
  "commas in a list": yaml((size) => `[${filled(",", size)}`),
  "mappings side by side": yaml((size) => filled("{a: b}", size)),
  "unknown directives": yaml((size) => filled("%a\n", size)),
  "documents with mistakes": yaml((size) => filled("a: }\n---\n", size)),
  "lists at column 0": yaml((size) => filled("a: [\nb,\nc]\n", size)),
  "a list at column 0 that is not closed": yaml((size) => `a: [\n${filled("b,\n", size)}`),
  "many lists at column 0 that are not closed": yaml((size) => filled("a: [\nb,\n", size)),
  "quotes in a list at column 0": yaml((size) => `a: [\n${filled("'\n", size)}`),
  "merge keys in a chain": yaml((size) => {
    const chain = numbered((at) => `a${at + 1}: &a${at + 1} {<<: *a${at}}\n`, size);
    return `${POD}a0: &a0 {x: 1}\n${chain}`;
  }),
  "a billion laughs of merge keys": yaml((size) => {
    const level = (at: number): string => `a${at + 1}: &a${at + 1} {<<: [${nine(`*a${at}`)}]}\n`;
    return `${POD}a0: &a0 {x: 1}\n${numbered(level, size / 8)}`;
  }),
  "a billion laughs of aliases": yaml((size) => {
    const level = (at: number): string => `a${at + 1}: &a${at + 1} [${nine(`*a${at}`)}]\n`;
    return `${POD}a0: &a0 [x]\n${numbered(level, size)}`;
  }),
  "a large mapping that many merge": yaml((size) => {
    const large = numbered((at) => `  k${at}: 1\n`, size / 2);
    return `${POD}b: &b\n${large}l: [${filled("{<<: *b},", size / 2)}]`;
  }),
  "containers that many pods share": only("kubernetes", (size) => {
    const containers = filled("{image: a},", size / 2);
    return `${POD}c: &c [${containers}]\nl: [${filled("{containers: *c},", size / 2)}]`;
  }),
  "many images on one line": only("kubernetes", (size) => {
    return `${POD}é🐳: [${filled("{containers: [{image: a}]},", size)}]`;
  }),
  "steps that many jobs share": only("workflow", (size) => {
    const jobs = numbered((at) => `  j${at}: {steps: *s}\n`, size / 2);
    return `x: &s [${filled("{uses: 'docker://a'},", size / 2)}]\njobs:\n${jobs}`;
  }),
  "an input that many steps share": only("workflow", (size) => {
    const steps = filled("{uses: o/registry-pull@v1, with: {images: *s}},", size / 2);
    return `x: &s |\n${filled("  a\n", size / 2)}jobs: {j: {steps: [${steps}]}}\n`;
  }),
  "a build that many services share": only("compose", (size) => {
    const services = numbered((at) => `  s${at}: {build: *b}\n`, size / 2);
    return `x: &b {cache_from: [${filled("a,", size / 2)}]}\nservices:\n${services}`;
  }),
  "variables in variables": only("compose", (size) => {
    return `services: {a: {image: "${filled("${a:-", size)}"}}`;
  }),
  "a Dockerfile of many stages": only("dockerfile", (size) => {
    return numbered((at) => `FROM a AS s${at}\nCOPY --from=s${at} a b\n`, size);
  }),
  "arguments that double": only("dockerfile", (size) => {
    const doubled = numbered((at) => `ARG A${at + 1}=$A${at}$A${at}\n`, size);
    return `ARG A0=x\n${doubled}FROM $A60\n`;
  }),
  "many here-documents": only("dockerfile", (size) => `FROM a\n${filled("RUN <<A\n", size)}`),
  "entries that merge each other": only("kustomize", (size) => {
    return `images:\n- &e {name: a, newTag: b}\n${filled("- &e {<<: *e, name: c}\n", size)}`;
  }),
  "many images of a kustomization": only("kustomize", (size) => {
    return `images:\n${numbered((at) => `- {name: a${at}, newTag: b}\n`, size)}`;
  }),
  "digests on a line": only("helm-values", (size) => {
    return `a: [${filled('{repository: a, tag: b, digest: ""},', size)}]`;
  }),
  "many values": only("helm-values", (size) => {
    return numbered((at) => `a${at}:\n  image: {repository: a, tag: b}\n`, size);
  }),
};

function nine(item: string): string {
  return Array(9).fill(item).join(",");
}
