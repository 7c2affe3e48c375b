import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseReference, repositoryName } from "../../src/oci/reference.ts";
import { mirrorsOf } from "../../src/pull/mirrors.ts";

/** The full names of a repository at its sources. Each mirror is `original=source`. */
function namesOf(written: string, mirrors: readonly string[]): readonly string[] {
  const read = mirrors.map((mirror) => {
    const [original = "", source = ""] = mirror.split("=");
    return { original, source, trustsTags: false };
  });
  return mirrorsOf(parseReference(written), read).map(({ repository }) =>
    repositoryName(repository),
  );
}

describe("mirrorsOf", () => {
  for (const [what, mirror, written, ...expected] of [
    ["a plain host", "docker.io=mirror.gcr.io", "alpine", "mirror.gcr.io/library/alpine"],
    ["a plain host", "docker.io=mirror.gcr.io", "org/app", "mirror.gcr.io/org/app"],
    ["a host with a port", "ghcr.io=localhost:5000", "ghcr.io/org/app", "localhost:5000/org/app"],
    [
      "a project of Harbor",
      "docker.io=harbor.example/dockerhub",
      "alpine",
      "harbor.example/dockerhub/library/alpine",
    ],
    [
      "a repository of Artifact Registry",
      "docker.io=europe-docker.pkg.dev/project/hub",
      "alpine",
      "europe-docker.pkg.dev/project/hub/library/alpine",
    ],
    [
      "a pull-through cache of ECR",
      "docker.io=123.dkr.ecr.eu-west-1.amazonaws.com/docker-hub",
      "alpine",
      "123.dkr.ecr.eu-west-1.amazonaws.com/docker-hub/library/alpine",
    ],
    [
      "ECR's public gallery",
      "docker.io=public.ecr.aws/docker",
      "alpine",
      "public.ecr.aws/docker/library/alpine",
    ],
    [
      "a repository",
      "docker.io/minio/minio=quay.io/minio/minio",
      "minio/minio",
      "quay.io/minio/minio",
    ],
    [
      "a namespace",
      "docker.io/bitnami=docker.io/bitnamilegacy",
      "bitnami/redis",
      "docker.io/bitnamilegacy/redis",
    ],
    ["an official image", "docker.io/alpine=ghcr.io/org/alpine", "alpine", "ghcr.io/org/alpine"],
    ["the namespace of that name", "docker.io/alpine=ghcr.io/org", "alpine/git", "ghcr.io/org/git"],
    ["an official image in full", "docker.io/library/alpine=a.io/alpine", "alpine", "a.io/alpine"],
    [
      "all official images",
      "docker.io/library=quay.io/official",
      "alpine",
      "quay.io/official/alpine",
    ],
    [
      "an official image that is called library",
      "docker.io/library=quay.io/official",
      "docker.io/library/library",
      "quay.io/official/library",
    ],
    [
      "an official image as source",
      "ghcr.io/org/x=docker.io/alpine",
      "ghcr.io/org/x",
      "docker.io/library/alpine",
    ],
    [
      "official images as sources",
      "ghcr.io/org=docker.io",
      "ghcr.io/org/alpine",
      "docker.io/library/alpine",
    ],
    ["another registry", "docker.io=mirror.gcr.io", "ghcr.io/org/app"],
    ["a longer name of a registry", "ghcr.io=mirror.gcr.io", "ghcr.io:443/org/app"],
    ["a longer name of a namespace", "docker.io/bit=quay.io/bit", "bitnami/redis"],
    ["a longer name of a repository", "docker.io/minio/minio=quay.io/minio/minio", "minio/minio2"],
    ["a repository whose source has no name for it", "ghcr.io/org/app=a.io", "ghcr.io/org/app"],
  ] as const) {
    it(`maps ${what}: ${written} with ${mirror}`, () => {
      assert.deepEqual(namesOf(written, [mirror]), expected);
    });
  }

  it("returns every match in the written order, also the less specific ones", () => {
    const mirrors = ["docker.io=b.io", "docker.io/org=a.io/x", "ghcr.io=c.io", "docker.io=a.io"];
    assert.deepEqual(namesOf("org/app", mirrors), ["b.io/org/app", "a.io/x/app", "a.io/org/app"]);
  });
});
