import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Surroundings } from "../../src/find/surroundings.ts";
import { parseDigest } from "../../src/oci/digest.ts";
import { assertFinds, found, marked, pinnedText } from "../support/marked.ts";
import { assertPlaces } from "../support/placed.ts";

const FILE = "deploy/compose.yaml";

function withEnvironment(
  file: string,
  variables: Readonly<Record<string, string>> = {},
): Partial<Surroundings> {
  const given = new Map(Object.entries(variables));
  return {
    variable: (name) => given.get(name),
    beside: (name) => (name === ".env" ? file : undefined),
  };
}

/** The references of a file, each with its platform: `alpine:3.20 linux/amd64`. */
function referencesOf(text: string, surroundings?: Partial<Surroundings>): readonly string[] {
  const { references } = found(FILE, text, "compose", surroundings);
  return references.map(({ reference, platform, needsNoPlatform }) => {
    const needed = needsNoPlatform ? "none needed" : platform;
    return needed === undefined ? reference : `${reference} ${needed}`;
  });
}

const SHAPES: Readonly<Record<string, string>> = {
  "takes WordPress and MySQL": `
services:
  wordpress:
    image: ⟦wordpress⟧
    restart: always
    ports: ["8080:80"]
    environment: { WORDPRESS_DB_HOST: db }
  db:
    image: ⟦mysql:8.0⟧ # not 9
    volumes:
      - db:/var/lib/mysql
volumes: { db: {} }
`,
  "takes an image at its anchor, once": `
x-airflow-common:
  &airflow-common
  image: ⟦\${AIRFLOW_IMAGE_NAME:-apache/airflow:3.0.1}⟧
  # build: .
  environment:
    &airflow-common-env
    AIRFLOW__CORE__EXECUTOR: CeleryExecutor
  depends_on:
    &airflow-common-depends-on
    redis: { condition: service_healthy }
services:
  redis:
    image: ⟦redis:7.2-bookworm⟧
  scheduler:
    <<: *airflow-common
    command: scheduler
    depends_on:
      <<: *airflow-common-depends-on
  worker:
    <<: *airflow-common
    environment:
      <<: *airflow-common-env
      DUMB_INIT_SETSID: "0"
`,
  "takes a list of merged mappings, the first of which counts": `
x-a: &a { image: ⟦a:1⟧ }
x-b: &b { image: b:1, restart: always }
services:
  one: { <<: [*a, *b] }
`,
  "takes the own image before a merged one": `
services:
  one: &one
    image: ⟦a:1⟧
    restart: always
  two:
    <<: *one
    image: ⟦b:1⟧
  three: *one
`,
  "takes an alias for an image": `
x-image: &image ⟦ghcr.io/org/app:1⟧
services:
  a: { image: *image }
  b: { image: *image }
`,
  "takes merged services": `
x-services: &services
  db: { image: ⟦postgres:17⟧ }
  web: { image: other }
services:
  <<: *services
  web: { image: ⟦nginx⟧ }
`,
  "takes nothing from an extension that no service uses": `
x-unused: &unused { image: a }
services:
  b: { image: ⟦b⟧ }
`,
  "takes each registry prefix with its default": `
services:
  a:
    image: ⟦\${REGISTRY:-docker.io}/library/nginx:\${TAG-1.27}⟧
  b:
    image: "⟦\${PREFIX:-}org/app\${SUFFIX:+-}⟧"
  c:
    image: ⟪org/app:\${APP_TAG:?set it}⟫
  d:
    image: ⟪org/app:$VERSION⟫
`,
  "takes services of every profile, and keys in quotes": `
"services":
  'debug': { "profiles": [debug], "image": "⟦busybox⟧" }
  studio: { profiles: ["x"], image: '⟦supabase/studio:20250113-83c9420⟧' }
`,
  "takes flow style": `{services: {a: {image: ⟦a:1⟧}, b: {"image":"⟦b:1⟧"}, c: {image: '⟦c⟧'}}}`,
  "takes block scalars": `
services:
  a:
    image: >-
      ⟦a:1⟧
  b:
    image: |

        ⟦b:1⟧

  c:
    image:
      ⟦c:1⟧
`,
  "takes CRLF and a byte order mark":
    "\uFEFFservices:\r\n  ä:\r\n    image: ⟦a:1⟧\r\n  b:\r\n    image: '⟦b⟧' # é\r\n",
  "takes a file in tabs between tokens": "services:\n  a:\n    image:\t⟦a:1⟧\n",
  "takes every document": `
services: { a: { image: ⟦a⟧ } }
---
# nothing
---
services: { a: { image: ⟦b⟧ } }
`,
  "takes no service that builds its image": `
services:
  a: { build: . }
  b: { build: ., image: org/b }
  c: { build: { context: . }, image: org/c, pull_policy: build }
  d: { image: ⟦d⟧ }
  e: { build: ., image: org/e, pull_policy: never }
  f: { image: org/f, pull_policy: never }
  g: { build: ., image: org/g, pull_policy: "\${POLICY:-build}" }
`,
  "takes a service that could be built when it pulls": `
services:
  a: { build: ., image: ⟦a⟧, pull_policy: always }
  b: { build: ., image: ⟦b⟧, pull_policy: missing }
  c: { build: ., image: ⟦c⟧, pull_policy: if_not_present }
  d: { build: ., image: ⟦d⟧, pull_policy: daily }
  e: { build: ., image: ⟦e⟧, pull_policy: weekly }
  f: { build: ., image: ⟦f⟧, pull_policy: every_12h }
  g: { build: ., image: ⟦g⟧, pull_policy: "\${POLICY:-always}" }
`,
  "takes no service that merges a build": `
x-app: &app
  build: .
  image: org/app
services:
  web: { <<: *app }
  worker: { <<: *app, image: org/worker }
  reset: { <<: *app, image: ⟦org/reset⟧, build: !reset null }
`,
  "takes no image that another service builds": `
services:
  web: { build: ., image: "org/app:\${TAG:-dev}" }
  worker: { image: "org/app:dev", command: work }
  other: { image: ⟦org/app:1⟧ }
  builder: { build: ., image: $UNKNOWN }
  runner: { image: $UNKNOWN, volumes: [{ type: image, source: $UNKNOWN }] }
`,
  "takes nothing for a service without image": `
services:
  a: {}
  b:
  c: { image: }
  d: { image: ~ }
  e: { image: "" }
  f: { image: [a], build: }
  g: text
`,
  "takes no images of other keys": `
name: image
networks: { image: { image: a } }
services:
  a: { labels: { image: b }, environment: [image=c], x-image: d }
include: [other.yaml]
`,
  "takes templates as unknown": `
services:
  a: { image: "⟪{{ registry }}/app⟫" }
  b: { image: ⟪org/app:\${{ env.TAG }}⟫ }
`,
};

const BUILDS: Readonly<Record<string, string>> = {
  "takes images of additional contexts": `
services:
  a:
    build:
      additional_contexts:
        app: ⟦docker-image://my-app:latest⟧
        "base": "⟦docker-image://alpine⟧"
        source: https://github.com/org/app.git
        files: ../files
        other: service:b
  b:
    build:
      additional_contexts:
        - app=⟦docker-image://my-app:\${TAG:-1}⟧
        - 'it''s=⟦docker-image://alpine:3.20⟧'
        - "\\tx\\"y=⟦docker-image://alpine:3.20⟧"
        - files=../files
        - docker-image://a
        - source=\${SOURCE}
        - tag=⟪docker-image://a:\${TAG}⟫
`,
  "takes images of caches": `
services:
  a:
    build:
      cache_from:
        - ⟦org/app:cache⟧
        - "⟦org/app⟧,⟦org/web:\${TAG:-1}⟧"
        - type=registry,ref=⟦ghcr.io/org/app:cache⟧
        - ref=⟦ghcr.io/org/app⟧,mode=max,type=registry
        - type=gha,scope=app
        - type=local,src=./cache
        - type=s3,ref=a
        - ref=a
        - ⟪\${CACHE}⟫
        - \${CACHE:-type=gha}
        - ""
`,
  "takes the references of an inline Dockerfile": `
services:
  a:
    build:
      context: .
      dockerfile_inline: |
        # comment
        FROM ⟦alpine:3.20⟧ AS base

        FROM base
        COPY --from=⟦busybox:1⟧ /a /b
`,
  "takes an inline Dockerfile in every style": `
services:
  a: { build: { dockerfile_inline: "FROM ⟦alpine:1⟧\\nCOPY --from=⟦a\\/b⟧ \\"/a b\\" /c\\n" } }
  b: { build: { dockerfile_inline: 'FROM ⟦alpine:2⟧' } }
  c: { build: { dockerfile_inline: FROM ⟦alpine:3⟧ } }
  d:
    build:
      dockerfile_inline: >
          FROM ⟦alpine:4⟧

          RUN echo 'a'
            b

          COPY --from=⟦alpine:5⟧ /a /b
  e:
    build:
      dockerfile_inline: "FROM
        ⟦alpine:6⟧\\n\\
        COPY --from=⟦alpine:7⟧ /a /b"
`,
  "takes an inline Dockerfile with CRLF":
    "services:\r\n a:\r\n  build:\r\n   dockerfile_inline: |\r\n    FROM ⟦alpine⟧\r\n\r\n    COPY --from=⟦a⟧ /a /b\r\n",
  "takes variables of Compose in an inline Dockerfile": `
services:
  a:
    build:
      dockerfile_inline: |
        ARG TAG=1
        FROM ⟦alpine:\${ALPINE:-3.20}⟧
        FROM ⟪busybox:$TAG⟫
        FROM ⟪debian:$$TAG⟫
`,
  "takes no context for an image of an inline Dockerfile": `
services:
  a:
    build:
      additional_contexts: { base: "service:b", files: ./x }
      dockerfile_inline: |
        FROM base
        COPY --from=files /a /b
        COPY --from=⟦busybox⟧ /a /b
`,
  "takes images of volumes": `
services:
  a:
    image: ⟦a⟧
    volumes:
      - type: image
        source: ⟦org/data:1⟧
        target: /data
      - { type: volume, source: data, target: /b }
      - { type: image, source: b, target: /b }
      - { type: image, source: org/b, target: /b }
      - data:/c
  b: { build: . }
  c: { build: ., image: org/b }
`,
  "takes images of containers that run before a service": `
services:
  a:
    build: .
    pre_start:
      - { command: [a], image: ⟦busybox⟧ }
      - { command: [b] }
  b:
    image: b
    pull_policy: never
    pre_start: [{ image: c }]
`,
};

describe("findInCompose", () => {
  for (const [what, text] of Object.entries({ ...SHAPES, ...BUILDS })) {
    it(what, () => assertFinds(FILE, text, "compose"));
  }

  it("takes variables from the environment, then from the .env beside the file", () => {
    const text = `
services:
  elasticsearch: { image: "⟦docker.elastic.co/elasticsearch/elasticsearch:\${STACK_VERSION}⟧" }
  kibana: { image: "⟦docker.elastic.co/kibana/kibana:\${STACK_VERSION}⟧" }
  app: { image: "⟦\${REGISTRY}org/app:\${TAG}⟧" }
`;
    const surroundings = withEnvironment(
      "# Elastic\nSTACK_VERSION=8.15.0\nTAG=inside # x\nREGISTRY=\n",
      { TAG: "outside" },
    );
    assertFinds(FILE, text, "compose", surroundings);
    assert.deepEqual(referencesOf(marked(text).text, surroundings), [
      "docker.elastic.co/elasticsearch/elasticsearch:8.15.0",
      "docker.elastic.co/kibana/kibana:8.15.0",
      "org/app:outside",
    ]);
  });

  it("reads the .env only for a variable that the environment does not have", () => {
    const beside = (): string => assert.fail("it was read");
    const text = "services: { a: { image: 'a:$TAG' }, b: { image: b } }";
    const surroundings = { variable: () => "1", beside };
    assert.deepEqual(referencesOf(text, surroundings), ["a:1", "b"]);
  });

  it("tells why a reference cannot be known", () => {
    const text = "services: { a: { image: 'a:$TAG' }, b: { image: 'b:${TAG!}' } }";
    const { unknown } = found(FILE, text);
    assert.deepEqual(
      unknown.map(({ text, why }) => [text, why]),
      [
        ["a:$TAG", "TAG has no value and no default"],
        ["b:${TAG!}", "Compose refuses this form of a variable"],
      ],
    );
  });

  it("takes the platform of a service where it is known", () => {
    const text = `
services:
  a: { image: a, platform: linux/amd64 }
  b: { image: b, platform: "\${PLATFORM:-linux/arm64}" }
  c: { image: c, platform: $PLATFORM }
  d: { image: d, platform: "" }
  e:
    platform: linux/386
    build:
      additional_contexts: [e=docker-image://e]
      cache_from: [e:cache]
      dockerfile_inline: FROM f
    volumes: [{ type: image, source: v }]
    pre_start: [{ image: h }]
`;
    assert.deepEqual(referencesOf(text), [
      "a linux/amd64",
      "b linux/arm64",
      "c",
      "d",
      "e linux/386",
      "e:cache none needed",
      "f linux/386",
      "v linux/386",
      "h",
    ]);
  });

  it("takes a platform as the file states it, and its short forms", () => {
    const text = `
services:
  a: { image: a, platform: any }
  b: { image: b, platform: all }
  c: { image: c, platform: linux }
  d: { image: d, platform: arm64 }
  e: { image: e, platform: linux/arm64/v8 }
  f:
    platform: linux/386
    build: { dockerfile_inline: "# syntax=x\\nFROM --platform=amd64 f\\nFROM g" }
`;
    assert.deepEqual(referencesOf(text), [
      "a any",
      "b all",
      "c",
      "d linux/arm64",
      "e linux/arm64/v8",
      "x none needed",
      "f linux/amd64",
      "g linux/386",
    ]);
  });

  it("says that a doubled dollar sign is none of a variable", () => {
    const { unknown } = found(FILE, "services: { a: { image: 'a$$b' }, b: { image: 'b:$${C}' } }");
    assert.deepEqual(
      unknown.map(({ why }) => why),
      ["it has a dollar sign", "it has a dollar sign"],
    );
  });

  it("takes no secret, neither from the environment nor from .env, and no default for it", () => {
    const names = ["GIVEN", "GIVEN:-d", "FILE", "FILE-d", "INNER", "OUTER", "QUOTED", "FINE"];
    const services = names.map((name, at) => ` s${at}: { image: "a:\${${name}}" }\n`);
    const file = "GIVEN=1\nFILE=s3cret\nINNER=x$FILE\nOUTER=x$GIVEN\nQUOTED='s3cret'\nFINE=1\n";
    const surroundings = {
      ...withEnvironment(file, { GIVEN: "s3cret" }),
      isSecret: (_name: string, value: string) => value.includes("s3cret"),
    };
    const { references, unknown } = found(
      FILE,
      `services:\n${services.join("")}`,
      "compose",
      surroundings,
    );
    assert.deepEqual(
      references.map(({ reference }) => reference),
      ["a:1"],
    );
    const reasons = ["GIVEN", "GIVEN", "FILE", "FILE", "FILE", "GIVEN", "QUOTED"];
    assert.deepEqual(
      unknown.map(({ why }) => why),
      reasons.map((name) => `${name} may be a secret`),
    );
  });

  it("asks whether a name in .env stands for a secret", () => {
    const surroundings = {
      ...withEnvironment("HALF=a\nTOKEN=x$HALF\n"),
      isSecret: (name: string, value: string) => name === "TOKEN" && value === "xa",
    };
    const { unknown } = found(FILE, "services: { a: { image: $TOKEN } }", "compose", surroundings);
    assert.equal(unknown[0]?.why, "TOKEN may be a secret");
  });

  it("parses a .env that many files share once", () => {
    const asked: string[] = [];
    const surroundings = {
      ...withEnvironment("TAG=1\n"),
      isSecret: (name: string) => {
        asked.push(name);
        return false;
      },
    };
    const text = "services: { a: { image: a:$TAG } }";
    assert.deepEqual(referencesOf(text, surroundings), ["a:1"]);
    assert.deepEqual(referencesOf(text, surroundings), ["a:1"]);
    const changed = { ...surroundings, beside: () => "TAG=2\n" };
    assert.deepEqual(referencesOf(text, changed), ["a:2"]);
    assert.deepEqual(asked, ["TAG", "TAG"]);
    const file = "B=1\nTAG=$B\n";
    assert.deepEqual(referencesOf(text, { ...surroundings, ...withEnvironment(file) }), ["a:1"]);
    const given = { ...surroundings, ...withEnvironment(file, { B: "3" }) };
    assert.deepEqual(referencesOf(text, given), ["a:3"]);
  });

  it("counts an image once for each platform of the services that merge it", () => {
    const text = `
x-a: &a { image: a, volumes: [{ type: image, source: v }] }
services:
  one: { <<: *a, platform: linux/amd64 }
  two: { <<: *a, platform: linux/arm64 }
  three: { <<: *a, platform: linux/amd64 }
`;
    assert.deepEqual(referencesOf(text), [
      "a linux/amd64",
      "a linux/arm64",
      "v linux/amd64",
      "v linux/arm64",
    ]);
  });

  it("drops the scheme of a context from its reference, and keeps it in the file", () => {
    const text = "services: { a: { build: { additional_contexts: ['b=docker-image://b:1'] } } }";
    assert.deepEqual(referencesOf(text), ["b:1"]);
    assert.ok(pinned(text).includes(`['b=docker-image://b:1@${DIGEST}']`));
  });

  it("pins what is written as a whole", () => {
    const text = "services:\r\n  a: { image: 'a', build: }\r\n  b:\r\n    image: b:$TAG # c\r\n";
    const expected = text.replace("'a'", `'a:latest@${DIGEST}'`);
    assert.equal(pinned(text, withEnvironment("TAG=1")), expected);
  });

  it("pins an inline Dockerfile", () => {
    const text = `
services:
  a:
    build:
      dockerfile_inline: |
        FROM a:1 AS b
        COPY --from=c /d /e
`;
    const expected = text.replace("a:1", `a:1@${DIGEST}`).replace("=c", `=c:latest@${DIGEST}`);
    assert.equal(pinned(text), expected);
  });

  it("stops at many platforms for one list", () => {
    const names = Array.from({ length: 1000 }, (_, number) => `s${number}`);
    const merging = names.map((name) => `  ${name}: { <<: *x, platform: ${name} }\n`).join("");
    const list = "{ type: image, source: v }, ".repeat(100);
    const text = `x-x: &x { volumes: [${list}] }\nservices:\n${merging}`;
    assert.equal(referencesOf(text).length, 1_600);
  });

  it("finds what stands at its place, and never throws", () => {
    fc.assert(fc.property(composeText, (text) => assertPlaces(text, "compose")));
  });
});

const DIGEST = parseDigest(`sha256:${"a".repeat(64)}`);

/** A file with a digest at every reference that can be pinned. */
function pinned(text: string, surroundings?: Partial<Surroundings>): string {
  const { references } = found(FILE, text, "compose", surroundings);
  return pinnedText(text, references, DIGEST);
}

const image = fc.constantFrom(
  "a",
  "b:1",
  "'c'",
  '"d:$T"',
  "${E:-e}",
  "*x",
  "|\n   f",
  "",
  "{",
  "é",
);

const composeText = fc
  .array(fc.tuple(fc.constantFrom("image", "platform", "build", "<<"), image))
  .map((entries) => entries.map(([key, value], at) => ` s${at}:\n  ${key}: ${value}\n`).join(""))
  .map((services) => `x: &x { image: "y" }\nservices:\n${services}`);
