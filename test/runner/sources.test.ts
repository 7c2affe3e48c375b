import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readSources } from "../../src/runner/sources.ts";

const FORM =
  "expected prefix=prefix[,trust-tags=true], where a prefix is registry[:port][/repository]";

function read(text: string) {
  const problems: string[] = [];
  const mirrors = readSources(text, (problem) => problems.push(problem));
  return { mirrors, problems };
}

/** Each mirror as `original=source`, with `+tags` when its tags are trusted. */
function written(text: string): readonly string[] {
  const { mirrors, problems } = read(text);
  assert.deepEqual(problems, []);
  return mirrors.map(
    ({ original, source, trustsTags }) => `${original}=${source}${trustsTags ? "+tags" : ""}`,
  );
}

describe("readSources", () => {
  for (const [what, text, ...expected] of [
    ["nothing", "\n# none\n"],
    ["a registry", "docker.io=mirror.gcr.io", "docker.io=mirror.gcr.io"],
    [
      "several sources of one registry, in order",
      "docker.io=b.example\ndocker.io=a.example",
      "docker.io=b.example",
      "docker.io=a.example",
    ],
    [
      "a path at the source",
      "docker.io=harbor.example/dockerhub",
      "docker.io=harbor.example/dockerhub",
    ],
    [
      "a namespace",
      "docker.io/bitnami=docker.io/bitnamilegacy",
      "docker.io/bitnami=docker.io/bitnamilegacy",
    ],
    [
      "a repository",
      "docker.io/minio/minio=quay.io/minio/minio",
      "docker.io/minio/minio=quay.io/minio/minio",
    ],
    ["an official image", "docker.io/alpine=ghcr.io/a/b", "docker.io/alpine=ghcr.io/a/b"],
    ["ports", "localhost:5000=127.0.0.1:5001/hub", "localhost:5000=127.0.0.1:5001/hub"],
    ["localhost without a port", "docker.io=localhost", "docker.io=localhost"],
    ["an IPv6 address", "docker.io=[::1]:5000", "docker.io=[::1]:5000"],
    ["hosts in upper case", "GHCR.io/org=Mirror.Example", "ghcr.io/org=mirror.example"],
    [
      "other names of Docker Hub",
      "index.docker.io=a.example\nregistry-1.docker.io/org=b.example/org\nquay.io=registry-1.docker.io",
      "docker.io=a.example",
      "docker.io/org=b.example/org",
      "quay.io=docker.io",
    ],
    ["white space and comments", " ghcr.io = a.example # ours\r\n", "ghcr.io=a.example"],
    ["trust-tags=true", "docker.io=a.example,trust-tags=true", "docker.io=a.example+tags"],
    ["trust-tags=false", "docker.io=a.example , trust-tags=false", "docker.io=a.example"],
    [
      "the last trust-tags",
      "docker.io=a.example,trust-tags=true,trust-tags=false",
      "docker.io=a.example",
    ],
    ["a source below its original", "ghcr.io=ghcr.io/cache", "ghcr.io=ghcr.io/cache"],
  ] as const) {
    it(`reads ${what}`, () => assert.deepEqual(written(text), expected));
  }

  for (const [what, line, problem] of [
    ["one prefix", "mirror.gcr.io", `expected two prefixes with = between them; ${FORM}`],
    ["no original", "=mirror.gcr.io", `expected two prefixes with = between them; ${FORM}`],
    ["no source", "docker.io=", `expected two prefixes with = between them; ${FORM}`],
    ["three prefixes", "a.io=b.io=c.io", `expected two prefixes with = between them; ${FORM}`],
    [
      "a prefix without a registry",
      "bitnami=a.example",
      `prefix "bitnami" has no registry: did you mean docker.io/bitnami?; ${FORM}`,
    ],
    [
      "a scheme",
      "docker.io=https://a.example",
      `prefix "https://a.example" has a scheme: expected none; ${FORM}`,
    ],
    [
      "the scheme of a reference",
      "docker://docker.io=a.example",
      `prefix "docker://docker.io" has a scheme: expected none; ${FORM}`,
    ],
    [
      "a slash at the end",
      "docker.io/=a.example",
      `prefix "docker.io/" ends with /: expected no / at the end; ${FORM}`,
    ],
    [
      "a tag",
      "docker.io/alpine:3=a.example/alpine",
      `prefix "docker.io/alpine:3" has a tag: expected none; ${FORM}`,
    ],
    [
      "a digest",
      `docker.io/alpine@sha256:${"0".repeat(64)}=a.example/alpine`,
      `a prefix has an @: expected no digest and no credentials; ${FORM}`,
    ],
    [
      "upper case in a repository",
      "docker.io/Org=a.example",
      'prefix "docker.io/Org" has upper case in its repository: expected lower case; did you mean docker.io/org?',
    ],
    [
      "an empty component",
      "docker.io//org=a.example",
      'prefix "docker.io//org" has an empty component in its repository; did you mean docker.io/org?',
    ],
    [
      "another spelling of an address",
      "docker.io=0x7f.1",
      'prefix "0x7f.1" has the registry "0x7f.1", which is not the usual spelling of a host; did you mean 127.0.0.1?',
    ],
    ["an unknown option", "docker.io=a.example,trust=true", `unknown option "trust=true"; ${FORM}`],
    [
      "another value of trust-tags",
      "docker.io=a.example,trust-tags=yes",
      `unknown option "trust-tags=yes"; ${FORM}`,
    ],
    [
      "a source that is its original",
      "docker.io=index.docker.io",
      "docker.io and index.docker.io are the same place; name another one, or no source",
    ],
    [
      "an official image that is its own source",
      "docker.io/alpine=docker.io/library/alpine",
      "docker.io/alpine and docker.io/library/alpine are the same place; name another one, or no source",
    ],
    [
      "official images that are their own source",
      "docker.io/library=docker.io",
      "docker.io/library and docker.io are the same place; name another one, or no source",
    ],
  ] as const) {
    it(`refuses ${what}, with its line`, () => {
      const { mirrors, problems } = read(`\n${line}\nghcr.io=b.example`);
      assert.deepEqual(problems, [`sources, line 2: ${problem}`]);
      assert.ok(mirrors.some(({ original }) => original === "ghcr.io"));
    });
  }

  it("refuses credentials, and quotes none of them", () => {
    const { problems } = read("docker.io=me:hunter2@a.example");
    assert.equal(problems.length, 1);
    assert.ok(!problems[0]?.includes("hunter2"), problems[0]);
  });

  it("refuses the same line twice, whatever its options and spelling", () => {
    const { mirrors, problems } = read(
      "docker.io=a.example\nindex.docker.io=A.example,trust-tags=true",
    );
    assert.equal(mirrors.length, 1);
    assert.deepEqual(problems, [
      "sources, line 2: docker.io=a.example is in sources, line 1, too; remove one of the lines",
    ]);
  });

  it("reports the problems of every line", () => {
    assert.equal(read("bad\ndocker.io=a.example\nalso bad").problems.length, 2);
  });
});
