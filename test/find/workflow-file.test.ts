import { describe, it } from "node:test";
import fc from "fast-check";
import { madeOf } from "../fuzz/hostile-text.ts";
import { assertFinds } from "../support/marked.ts";
import { assertPlaces } from "../support/placed.ts";

const WORKFLOW = ".github/workflows/ci.yml";

/** A workflow with a step that has these lines of YAML after `images:`. */
function withImages(images: string): string {
  return `on: push
jobs:
  check:
    steps:
      - uses: org/registry-pull@v1
        with:
          images: ${images}
          pull: none
`;
}

const WORKFLOWS: Readonly<Record<string, string>> = {
  "takes containers, written alone or as a mapping": `on: push
jobs:
  one:
    container: ⟦node:22-alpine⟧
  two:
    container:
      image: "⟦ghcr.io/org/build:1⟧" # tools
      credentials: { username: a, password: "\${{ secrets.TOKEN }}" }
  three: { container: { image: ⟦alpine⟧, options: --cpus 1 } }
`,
  "takes services": `on: [push]
jobs:
  test:
    runs-on: ubuntu-24.04
    services:
      postgres:
        image: ⟦postgres:16⟧
        ports: ["5432:5432"]
      redis: { image: '⟦redis⟧' }
      cache: ⟦memcached:1.6⟧
      none: { image: "" }
      null: { image: null }
`,
  "takes steps that run an image, with their scheme": `on: push
jobs:
  lint:
    steps:
      - uses: actions/checkout@v4
      - uses: ⟦docker://hadolint/hadolint:v2.12.0⟧
      - { name: x, uses: "⟦docker://ghcr.io/a/b⟧" }
      - uses: ./docker://not
      - run: docker run alpine
`,
  "lists expressions as unknown": `on: push
jobs:
  test:
    strategy: { matrix: { node: [20, 22] } }
    container: ⟪node:\${{ matrix.node }}⟫
    services:
      db: { image: "⟪\${{ matrix.db }}⟫" }
    steps:
      - uses: ⟪docker://alpine:\${{ inputs.tag }}⟫
`,
  "takes no reusable workflow": `on: push
jobs:
  call:
    uses: org/repo/.github/workflows/build.yml@v1
    with: { image: alpine, images: alpine }
`,
  "takes each place once when aliases lead to it": `on: push
jobs:
  one: &one
    container: &box ⟦alpine:3⟧
    services: &services { db: { image: ⟦postgres⟧ } }
    steps: &steps [{ uses: ⟦docker://busybox⟧ }]
  two: { container: *box, services: *services, steps: *steps }
  three: *one
  four: { <<: *one, runs-on: x }
`,
};

const INPUTS: Readonly<Record<string, string>> = {
  "one line": withImages("⟦alpine:3.20⟧"),
  "one line with options": withImages("⟦alpine:3.20⟧, platform=linux/arm64"),
  "double quotes": withImages('"⟦alpine:3.20⟧,optional=true" # base'),
  "single quotes": withImages("'⟦docker://alpine⟧'"),
  "a literal block with comments and blank lines": withImages(`|
            # base
            ⟦alpine:3.20⟧

            ⟦ghcr.io/org/app:1⟧,name=app,platform=linux/amd64  # alpine
              ⟦busybox⟧ # indented`),
  "a literal block with a header": withImages("|2-  # list\n            ⟦alpine:3.20⟧\n"),
  CRLF: withImages("|\n            ⟦alpine:3.20⟧,name=a\n            ⟦busybox⟧").replace(
    /\n/g,
    "\r\n",
  ),
  "a number sign within a word": withImages("⟦alpine:3#1⟧ # x"),
  "a folded block of one line": withImages(">-\n            ⟦alpine:3.20⟧"),
  "a folded block with blank lines between": withImages(
    ">\n            ⟦alpine:3.20⟧\n\n            ⟦busybox⟧,name=b\n",
  ),
  expressions: withImages(`|
            ⟪alpine:\${{ inputs.tag }}⟫,name=a
            ⟪\${{ format('{0},{1}', 'a', 'b') }}⟫
            ⟦alpine:3.20⟧,platform=\${{ matrix.platform }}
            ⟪\${{ steps.list.outputs.images }}⟫`),
  "folded lines": withImages(">\n            ⟪alpine:3.20\n            busybox⟫"),
  escapes: withImages('"⟪alpine:3.20\\nbusybox⟫"'),
  JSON: withImages(`'[{"reference": "alpine:3.20"}]'`),
  "JSON in a block": withImages(
    '|\n            [\n              {"reference": "alpine"}\n            ]',
  ),
  "a registry with an IPv6 address": withImages("'⟦[::1]:5000/app⟧'"),
  nothing: withImages(""),
};

const CALLS: Readonly<Record<string, boolean>> = {
  "org/registry-pull@v1": true,
  "Org/Registry-Pull@0123456789abcdef0123456789abcdef01234567": true,
  "org/registry-pull/sub/directory@main": true,
  "https://code.example.com/org/registry-pull@v1": true,
  "org/registry-pull": false,
  "org/registry-pull-more@v1": false,
  "org/other/registry-pull@v1": false,
  "registry-pull@v1": false,
  "org/pull@v1": false,
};

const ACTIONS: Readonly<Record<string, string>> = {
  "takes the image of a container action": `name: a
runs:
  using: docker
  image: ⟦docker://ghcr.io/org/tool:1.2⟧
  args: [docker://x]
`,
  "takes no Dockerfile": `runs: { using: docker, image: Dockerfile }\n`,
  "takes no path that looks like a name": `runs: { using: docker, image: alpine }\n`,
  "takes the steps of a composite action": `inputs: { images: { default: alpine } }
runs:
  using: composite
  steps:
    - uses: '⟦docker://alpine:3⟧'
    - uses: org/registry-pull@v1
      with:
        images: |
          ⟦busybox:1⟧
          ⟪\${{ inputs.images }}⟫
`,
};

describe("findInWorkflow", () => {
  for (const [what, text] of Object.entries(WORKFLOWS)) {
    it(what, () => assertFinds(WORKFLOW, text));
  }

  it("reads workflows of Gitea and Forgejo in the same way", () => {
    const text = "on: push\njobs: { a: { container: ⟦alpine⟧ } }\n";
    for (const host of ["gitea", "forgejo"]) assertFinds(`.${host}/workflows/ci.yaml`, text);
  });

  for (const [what, text] of Object.entries(INPUTS)) {
    it(`reads the input images: ${what}`, () => assertFinds(WORKFLOW, text));
  }

  for (const [uses, isThis] of Object.entries(CALLS)) {
    it(`${isThis ? "reads" : "does not read"} the inputs of ${uses}`, () => {
      const image = isThis ? "⟦alpine⟧" : "alpine";
      const step = `{ uses: "${uses}", with: { images: ${image} } }`;
      assertFinds(WORKFLOW, `on: push\njobs: { a: { steps: [${step}] } }\n`);
    });
  }

  for (const [what, text] of Object.entries(ACTIONS)) {
    it(what, () => assertFinds("tools/action.yml", text));
  }

  it("never throws, and places what it finds", () => {
    const text = madeOf(
      "on: push\n",
      "jobs:\n",
      "  a:\n",
      "    container: ",
      "    services: {b: {image: c}}\n",
      "    steps:\n",
      "      - uses: ",
      "docker://",
      "o/registry-pull@v1",
      "\n        with:\n",
      "          images: ",
      "|\n",
      "            alpine:3\n",
      "            ",
      "${{ a }}",
      "'",
      '"',
      ",",
      " # ",
      "\\n",
      "[",
      "runs: {image: 'docker://a'}\n",
    );
    fc.assert(fc.property(text, (written) => assertPlaces(written, "workflow")));
  });
});
