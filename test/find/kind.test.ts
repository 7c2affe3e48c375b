import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Kind, kindByContent, kindByPath, mayHaveKind } from "../../src/find/kind.ts";
import { SourceText } from "../../src/find/source-text.ts";
import { YamlTree } from "../../src/find/yaml-tree.ts";

const PATHS: Readonly<Record<Kind, readonly string[]>> = {
  dockerfile: [
    "Dockerfile",
    "Dockerfile.dev",
    "Dockerfile.ubuntu-20.04",
    "Dockerfile-alpine",
    "dev.Dockerfile",
    "docker/app.dockerfile",
    "dockerfile",
    "Containerfile",
    "build/Containerfile.rhel",
    "base.Containerfile",
    "docker/Dockerfile.d/Dockerfile",
  ],
  compose: [
    "compose.yaml",
    "compose.yml",
    "compose.override.yml",
    "docker-compose.yml",
    "docker-compose.prod.yml",
    "docker-compose-dev.yaml",
    "deploy/docker-compose2.yml",
  ],
  kustomize: ["kustomization.yml", "overlays/prod/kustomization.yaml", "Kustomization"],
  "helm-values": [
    "values.yaml",
    "values-prod.yaml",
    "values.dev.yml",
    "charts/x/values.yaml",
    "my-values.yaml",
    "helm_values.yaml",
  ],
  workflow: [
    ".github/workflows/ci.yml",
    ".github/workflows/release.yaml",
    ".gitea/workflows/ci.yml",
    "templates/.forgejo/workflows/ci.yaml",
    "action.yml",
    "tools/lint/action.yaml",
  ],
  devcontainer: [
    ".devcontainer.json",
    ".devcontainer/devcontainer.json",
    ".devcontainer/python/devcontainer.json",
    "devcontainer.json",
  ],
  list: ["images.txt", "k3s-images.txt", "deploy/images-arm.list", "image.lst"],
  receipt: ["receipt.json", "/tmp/registry-pull-serve-a1/receipt.json", "test-receipt-2.json"],
  kubernetes: [],
};

const UNDECIDED = [
  "docker/Dockerfile.dockerignore",
  "dockerfile.go",
  "docs/dockerfile-llb.md",
  ".dockerignore",
  "Dockerfile.d/app.sh",
  "stack.yml",
  "deploy.json",
  "deployment.yaml",
  ".github/workflows/scripts/run.sh",
  ".github/dependabot.yml",
  "values.schema.json",
  "package.json",
  "mkdocs.yml",
  "pnpm-lock.yaml",
  "README.md",
  "images.png",
];

type Row = readonly [what: string, kind: Kind | undefined, text: string];

const CONTENTS: readonly Row[] = [
  ["a stack file", "compose", "version: '3'\nservices:\n  web:\n    image: nginx\n"],
  ["a Compose file that only builds", "compose", "services: { web: { build: . } }\n"],
  ["a Deployment", "kubernetes", "apiVersion: apps/v1\nkind: Deployment\n"],
  ["a Deployment in JSON", "kubernetes", '{"apiVersion": "apps/v1", "kind": "Deployment"}'],
  ["a second document", "kubernetes", "# a\n---\n---\napiVersion: v1\nkind: Pod\n"],
  ["a kustomization", "kustomize", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: X\n"],
  ["a component", "kustomize", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"],
  ["a workflow", "workflow", "on: push\njobs: {}\n"],
  ["a workflow with a quoted key", "workflow", '"on": [push]\njobs: {}\n'],
  ["an action", "workflow", "name: a\nruns: { using: docker }\n"],
  ["package.json", undefined, '{"name": "a", "version": "1.0.0", "scripts": {"image": "x"}}'],
  ["mkdocs.yml", undefined, "site_name: a\nnav: [{ Home: index.md }]\nextra: { image: a }\n"],
  ["pnpm-lock.yaml", undefined, "lockfileVersion: '9.0'\nimporters:\n  .: {}\npackages: {}\n"],
  ["a GitLab pipeline", undefined, "image: ruby\nservices: [postgres]\ntest: { script: a }\n"],
  [
    "a CircleCI configuration",
    undefined,
    "version: 2.1\njobs: { a: { docker: [{ image: b }] } }\n",
  ],
  ["services of another tool", undefined, "services: { web: { port: 80 } }\n"],
  ["a version without a kind", undefined, "apiVersion: v2\nname: chart\nversion: 1.0.0\n"],
  ["an empty file", undefined, ""],
  ["a list", undefined, "- image: a\n"],
  ["a scalar", undefined, "image"],
];

function kindOf(text: string): Kind | undefined {
  return kindByContent(new YamlTree(new SourceText(text), text).documents);
}

describe("kindByPath", () => {
  for (const [kind, paths] of Object.entries(PATHS)) {
    for (const path of paths) {
      it(`reads ${path} as ${kind}`, () => assert.equal(kindByPath(path), kind));
    }
  }

  for (const path of UNDECIDED) {
    it(`does not decide on ${path}`, () => assert.equal(kindByPath(path), undefined));
  }
});

describe("mayHaveKind", () => {
  it("is true for YAML and JSON only", () => {
    const paths = ["a.yml", "a.YAML", "b/c.json", "a.yaml.tmpl", "a.txt", "json"];
    assert.deepEqual(paths.filter(mayHaveKind), ["a.yml", "a.YAML", "b/c.json"]);
  });
});

describe("kindByContent", () => {
  for (const [what, kind, text] of CONTENTS) {
    it(`reads ${what} as ${kind ?? "no kind"}`, () => assert.equal(kindOf(text), kind));
  }
});
