import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { findReferences } from "../../src/find/find.ts";
import type { Digest } from "../../src/oci/digest.ts";
import { assertFinds, found, pinnedText } from "../support/marked.ts";

const HEX = "0".repeat(64);
const NEW_HEX = "a".repeat(64);
const OLD = `sha256:${HEX}`;
const NEW = `sha256:${NEW_HEX}` as Digest;
const CHART = {
  beside: (name: string) => (name === "Chart.yaml" ? "appVersion: 3.2.1" : undefined),
};

type Row = readonly [what: string, text: string, references: readonly string[]];

// Values as charts have them, and the references they mean.
const CHARTS: readonly Row[] = [
  [
    "Bitnami",
    `global:
  imageRegistry: ""
## @param image.registry [default: REGISTRY_NAME] registry
image:
  registry: docker.io
  repository: ⟦bitnami/postgresql⟧
  tag: 17.2.0-debian-12-r0
  digest: ""
  pullPolicy: IfNotPresent
metrics:
  image: {registry: docker.io, repository: ⟦bitnami/postgres-exporter⟧, tag: 0.16.0, digest: ""}
`,
    [
      "docker.io/bitnami/postgresql:17.2.0-debian-12-r0",
      "docker.io/bitnami/postgres-exporter:0.16.0",
    ],
  ],
  [
    "kube-prometheus-stack",
    `prometheus:
  prometheusSpec:
    image:
      registry: quay.io
      repository: ⟦prometheus/prometheus⟧
      tag: v3.1.0
      sha: ""
prometheusOperator:
  image:
    registry: quay.io
    repository: ⟦prometheus-operator/prometheus-operator⟧
    # if not set, the appVersion is used
    tag: ""
    sha: ""
  thanosImage: {registry: quay.io, repository: ⟦thanos/thanos⟧, tag: v0.37.2, sha: ""}
prometheus-node-exporter:
  image: {}
`,
    [
      "quay.io/prometheus/prometheus:v3.1.0",
      "quay.io/prometheus-operator/prometheus-operator:3.2.1",
      "quay.io/thanos/thanos:v0.37.2",
    ],
  ],
  [
    "Grafana",
    `image: {registry: docker.io, repository: ⟦grafana/grafana⟧, tag: "", sha: ""}
downloadDashboardsImage:
  repository: ⟦curlimages/curl⟧
  tag: 8.9.1
  sha: ${HEX}
initChownData:
  image: {repository: ⟦busybox⟧, tag: "1.31.1", sha: ${OLD}}
`,
    ["docker.io/grafana/grafana:3.2.1", `curlimages/curl:8.9.1@${OLD}`, `busybox:1.31.1@${OLD}`],
  ],
  [
    "Cilium",
    `image:
  override: ~
  repository: "⟦quay.io/cilium/cilium⟧"
  tag: "v1.18.0"
  digest: "${OLD}"
  useDigest: true
envoy:
  image: {repository: ⟦quay.io/cilium/envoy⟧, tag: v1, digest: "${OLD}", useDigest: false}
`,
    [`quay.io/cilium/cilium:v1.18.0@${OLD}`, "quay.io/cilium/envoy:v1"],
  ],
  [
    "ingress-nginx",
    `global:
  image:
    registry: registry.k8s.io
controller:
  image:
    chroot: false
    ## repository:
    image: ⟦ingress-nginx/controller⟧
    tag: "v1.12.0"
    digest: ${OLD}
    digestChroot: ${OLD}
defaultBackend:
  image: {image: ⟦defaultbackend-amd64⟧, tag: "1.5"}
`,
    [
      `registry.k8s.io/ingress-nginx/controller:v1.12.0@${OLD}`,
      "registry.k8s.io/defaultbackend-amd64:1.5",
    ],
  ],
  [
    "cert-manager",
    `image:
  repository: ⟦quay.io/jetstack/cert-manager-controller⟧
  # tag: vX.Y.Z
  # digest: sha256:…
  pullPolicy: IfNotPresent
`,
    ["quay.io/jetstack/cert-manager-controller:3.2.1"],
  ],
  [
    "cert-manager with names",
    `imageRegistry: quay.io
imageNamespace: jetstack
image:
  name: ⟦cert-manager-controller⟧
  repository: ""
`,
    ["quay.io/jetstack/cert-manager-controller:3.2.1"],
  ],
  [
    "Argo CD",
    `global:
  image:
    repository: ⟦quay.io/argoproj/argocd⟧
    tag: ""
controller:
  image: {repository: "", tag: ""}
redis-ha:
  exporter:
    image: ⟦ghcr.io/oliver006/redis_exporter⟧
    tag: v1.67.0
configs:
  repositories:
    charts: {url: "https://charts.example.org", type: helm}
`,
    ["quay.io/argoproj/argocd:3.2.1", "ghcr.io/oliver006/redis_exporter:v1.67.0"],
  ],
  [
    "Elastic",
    `image: "⟦docker.elastic.co/elasticsearch/elasticsearch⟧"
imageTag: "8.5.1"
imagePullPolicy: "IfNotPresent"
extraInitContainers:
  - name: chown
    image: ⟦busybox:1.36⟧
  - name: other
    image: busybox
`,
    ["docker.elastic.co/elasticsearch/elasticsearch:8.5.1", "busybox:1.36"],
  ],
  [
    "Loki",
    `global:
  image:
    registry: null
loki:
  image:
    registry: docker.io
    repository: ⟦grafana/loki⟧
    tag: null
    digest: null
kubectlImage: {registry: docker.io, repository: ⟦bitnami/kubectl⟧, tag: 1.20, digest: null}
memcached:
  image: {repository: ⟦memcached⟧, tag: 1.6.33-alpine}
`,
    ["docker.io/grafana/loki:3.2.1", "docker.io/bitnami/kubectl:1.2", "memcached:1.6.33-alpine"],
  ],
  [
    "Concourse and Kafka",
    `image: ⟦concourse/concourse⟧
imageTag: "5.6.0"
imageDigest: ${OLD}
jmx: {image: ⟦solsson/exporter@sha256⟧, imageTag: ${HEX}}
`,
    [`concourse/concourse:5.6.0@${OLD}`, `solsson/exporter@${OLD}`],
  ],
  [
    "Consul, NATS and OpenStack",
    `global:
  image: ⟦hashicorp/consul:1.20.1⟧
  imageK8S: "⟦hashicorp/consul-k8s-control-plane:1.6.1⟧"
  imageRegistry: ""
  imagePullPolicy: Always
configReloaderImage: ⟦natsio/nats-server-config-reloader@${OLD}⟧
images:
  tags:
    api: ⟦quay.io/org/api:2024.2⟧
  pull_policy: IfNotPresent
`,
    [
      "hashicorp/consul:1.20.1",
      "hashicorp/consul-k8s-control-plane:1.6.1",
      `natsio/nats-server-config-reloader@${OLD}`,
      "quay.io/org/api:2024.2",
    ],
  ],
];

// The registry, the tag and the digest of an image, and the reference they mean.
const PARTS: readonly (readonly [what: string, text: string, reference: string])[] = [
  ["a number", "image: {repository: a/b, tag: 1.20}", "a/b:1.2"],
  ["a number in quotes", "image: {repository: a/b, tag: '1.20'}", "a/b:1.20"],
  ["a number with a tag of YAML", "image: {repository: a/b, tag: !!str 1.20}", "a/b:1.20"],
  ["an integer", "image: {repository: a/b, tag: 20240101}", "a/b:20240101"],
  ["a hexadecimal integer", "image: {repository: a/b, tag: 0x10}", "a/b:16"],
  ["an octal integer", "image: {repository: a/b, tag: 010}", "a/b:8"],
  ["an octal integer of YAML 1.2", "image: {repository: a/b, tag: 0o10}", "a/b:8"],
  ["a binary integer", "image: {repository: a/b, tag: 0b11}", "a/b:3"],
  ["an integer with underscores", "image: {repository: a/b, tag: 1_000}", "a/b:1000"],
  ["an integer with a zero that is not octal", "image: {repository: a/b, tag: 09}", "a/b:9"],
  ["an octal integer in quotes", "image: {repository: a/b, tag: '010'}", "a/b:010"],
  ["what only looks like an integer", "image: {repository: a/b, tag: 0x_}", "a/b:0x_"],
  ["a tag with a digest", `image: {repository: a/b, tag: "1@${OLD}"}`, `a/b:1@${OLD}`],
  ["a digest as the tag", `image: {repository: a/b, tag: "${OLD}"}`, `a/b@${OLD}`],
  ["a digest without a tag", `image: {repository: a/b, digest: "${OLD}"}`, `a/b@${OLD}`],
  ["a digest without its algorithm", `image: {repository: a/b, digest: ${HEX}}`, `a/b@${OLD}`],
  ["both digests", `i: {repository: a/b, tag: "1@${NEW}", digest: "${OLD}"}`, `a/b:1@${OLD}`],
  ["a whole reference as the repository", "image: {repository: a/b:1}", "a/b:1"],
  [
    "a global registry",
    "global: {imageRegistry: r.io}\ni: {registry: r.io, repository: a, tag: 1}",
    "r.io/a:1",
  ],
  [
    "a default registry",
    "i: {registry: ~, defaultRegistry: r.io, repository: a, tag: 1}",
    "r.io/a:1",
  ],
  [
    "a global image registry",
    "global: {image: {registry: r.io}}\ni: {repository: a, tag: 1}",
    "r.io/a:1",
  ],
  [
    "a registry in the repository",
    "global: {imageRegistry: r.io}\ni: {repository: localhost/a, tag: 1}",
    "localhost/a:1",
  ],
  ["a registry with a slash", "i: {registry: r.io/x/, repository: a, tag: 1}", "r.io/x/a:1"],
  ["a hub", "global: {hub: r.io}\npilot: {hub: '', image: pilot, tag: 1}", "r.io/pilot:1"],
  ["a name", "image: {name: r.io/a, version: 1}", "r.io/a:1"],
  ["a version", "server: {image: org/a, version: 1.5.0}", "org/a:1.5.0"],
];

const UNKNOWN: Readonly<Record<string, string>> = {
  "a template in any part":
    "a: {repository: '⟪{{ .r }}/a⟫', tag: 1}\nb: {repository: ⟪b⟫, tag: '{{ .Chart.AppVersion }}'}\n" +
    "c: {registry: '{{ .r }}', repository: ⟪c⟫, tag: 1}\nimage: ⟪{{ .image }}:1⟫\n",
  "a variable in any part":
    "a: {repository: ⟪$(REGISTRY)/a⟫, tag: 1}\nb: {repository: ⟪b⟫, tag: '${TAG}'}\nimage: ⟪$IMAGE⟫\n",
  "a variable in the global registry":
    "global: {imageRegistry: $R}\na: {repository: ⟪a⟫, tag: 1}\nb: {repository: ⟦r.io/b⟧, tag: 1}\n",
  "a name without its registry": "agents: {image: {name: ⟪agent⟫, tag: 7}}\n",
};

const NO_IMAGES: Readonly<Record<string, string>> = {
  "repositories of charts and of Git":
    "a: {repository: 'https://charts.example.org', tag: 1}\nb: {repository: git@example.org:a/b, tag: 1}\n" +
    "c: {repository: oci://r.io/a, digest: b}\nd: {repository: /var/backups, tag: 1}\n",
  "a repository without a tag that is no image":
    "backup: {repository: s3/bucket}\nd: {name: a, repository: b, version: 1}\n",
  "other texts":
    "image: logo.png\nheaderImage: 'data:image/png;base64,aGk='\nimageRegistry: localhost:5000\n" +
    "a: {image: 'https://example.org:8080'}\nb: {tag: 1}\nc: {repository: [a], tag: 1}\n",
};

// What values are before and after their images are pinned.
const PINS: readonly (readonly [what: string, before: string, after: string])[] = [
  [
    "fills an empty digest in any style",
    "image:\n  repository: a\n  tag: 1\n  digest: \"\" # none\nb: {repository: b, tag: 1, digest: ''}\n" +
      "c:\n  digest:\n  repository: c\n  tag: 1\nd:\n  repository: d\n  tag: 1\n  digest: # none\n" +
      "e: {repository: e, tag: 1, digest: ~}\nf:\n  repository: f\n  tag: 1\n  digest: null",
    `image:\n  repository: a\n  tag: 1\n  digest: "${NEW}" # none\nb: {repository: b, tag: 1, digest: '${NEW}'}\n` +
      `c:\n  digest: ${NEW}\n  repository: c\n  tag: 1\nd:\n  repository: d\n  tag: 1\n  digest: ${NEW} # none\n` +
      `e: {repository: e, tag: 1, digest: ${NEW}}\nf:\n  repository: f\n  tag: 1\n  digest: ${NEW}`,
  ],
  [
    "replaces a digest",
    `a: {repository: a, tag: 1, digest: ${OLD}}\r\nb:\r\n  image: b/c\r\n  imageTag: "1"\r\n  imageDigest: "${OLD}"\r\n`,
    `a: {repository: a, tag: 1, digest: ${NEW}}\r\nb:\r\n  image: b/c\r\n  imageTag: "1"\r\n  imageDigest: "${NEW}"\r\n`,
  ],
  [
    "writes a sha without the algorithm, unless it has one",
    `a: {repository: a, tag: 1, sha: ""}\nb: {repository: b, tag: 1, sha: ${HEX}}\nc: {repository: c, tag: 1, sha: "${OLD}"}\n`,
    `a: {repository: a, tag: 1, sha: "${NEW_HEX}"}\nb: {repository: b, tag: 1, sha: ${NEW_HEX}}\n` +
      `c: {repository: c, tag: 1, sha: "${NEW}"}\n`,
  ],
  [
    "writes the digest behind the tag where the chart has no key for it",
    "a:\n  repository: a # a\n  tag: v1.2 # b\nb: {repository: b, tag: \"1.20\"}\nc: {image: org/c, tag: '1'}\n",
    `a:\n  repository: a # a\n  tag: v1.2@${NEW} # b\nb: {repository: b, tag: "1.20@${NEW}"}\n` +
      `c: {image: org/c, tag: '1@${NEW}'}\n`,
  ],
  [
    "writes a number as Helm reads it",
    'a: {repository: a, tag: 1.20}\nb:\n  repository: b\n  tag: 16\nc:\n  repository: c\n  tag: "1.\\x32"\n',
    `a: {repository: a, tag: 1.2@${NEW}}\nb:\n  repository: b\n  tag: 16@${NEW}\n` +
      `c:\n  repository: c\n  tag: "1.2@${NEW}"\n`,
  ],
  [
    "writes the form of the example in a comment",
    `a:\n  repository: a\n  tag: 1\n  # digest: ${HEX}\n  digest: ""\nb:\n  repository: b\n  tag: 1\n` +
      `  sha: "" # sha: "${OLD}"\nc:\n  repository: c\n  tag: 1\n  digest: "" # digest: sha256:…\n`,
    `a:\n  repository: a\n  tag: 1\n  # digest: ${HEX}\n  digest: "${NEW_HEX}"\nb:\n  repository: b\n  tag: 1\n` +
      `  sha: "${NEW}" # sha: "${OLD}"\nc:\n  repository: c\n  tag: 1\n  digest: "${NEW}" # digest: sha256:…\n`,
  ],
  [
    "takes no example from another key",
    `a: {repository: a, tag: 1, sha: "${HEX}"}\nb:\n  sha: ${HEX}\n  digest: ''\n  repository: b\n  tag: 1\n`,
    `a: {repository: a, tag: 1, sha: "${NEW_HEX}"}\nb:\n  sha: ${NEW_HEX}\n  digest: ''\n  repository: b\n  tag: 1\n`,
  ],
  [
    "replaces a digest behind a tag",
    `a: {repository: a, tag: "1@${OLD}"}\nb: {repository: b, tag: "1@${OLD}", digest: ""}\n`,
    `a: {repository: a, tag: "1@${NEW}"}\nb: {repository: b, tag: "1@${NEW}", digest: ""}\n`,
  ],
  [
    "writes into the tag when the digest is not used",
    `a: {repository: a, tag: v1, digest: ${OLD}, useDigest: false}\n`,
    `a: {repository: a, tag: v1@${NEW}, digest: ${OLD}, useDigest: false}\n`,
  ],
  [
    "pins whole references",
    `image: a/b:1\nmain: {image: "c:2@${OLD}"}\nweb: {image: {repository: d:3}}\n`,
    `image: a/b:1@${NEW}\nmain: {image: "c:2@${NEW}"}\nweb: {image: {repository: d:3@${NEW}}}\n`,
  ],
  ...[
    [
      "leaves an image whose tag is in Chart.yaml",
      "image: {repository: a}\nb: {repository: b, tag: ''}\n",
    ],
    [
      "leaves a digest beside a tag from Chart.yaml",
      "image: {repository: a, tag: '', digest: ''}\nb: {repository: b, digest: ''}\n",
    ],
    [
      "leaves a digest without a tag",
      `a: {repository: a, digest: ${OLD}}\nb: {repository: b, tag: "${OLD}"}\n`,
    ],
    [
      "leaves a tag behind which the chart puts its own digest",
      "a: {repository: a, tag: v1, useDigest: true}\n",
    ],
    ["leaves a digest that is a tag", `a: {image: "a/b@sha256", tag: ${HEX}}\n`],
    ["leaves a version", "server: {image: org/a, version: 1.5.0}\n"],
    [
      "leaves a tag that several repositories share",
      "a: {repository: a, tag: &v v1}\nb: {repository: b, tag: *v}\n",
    ],
    ["leaves a tag at another place", "version: &v v1\na: {repository: a, tag: *v}\n"],
  ].map(([what = "", text = ""]) => [what, text, text] as const),
];

function pinned(text: string): string {
  const { references } = found("values.yaml", text, undefined, CHART);
  return pinnedText(text, references, NEW);
}

function references(text: string, chart?: string): readonly string[] {
  const beside = (name: string) => (name === "Chart.yaml" ? chart : undefined);
  return found("values.yaml", text, undefined, { beside }).references.map(
    ({ reference, otherwise }) =>
      otherwise === undefined ? reference : `${reference} ${otherwise}`,
  );
}

describe("findInHelmValues", () => {
  for (const [chart, text, expected] of CHARTS) {
    it(`takes the images of ${chart}`, () => {
      assertFinds("values.yaml", text, undefined, CHART);
      const plain = text.replace(/[⟦⟧]/g, "");
      const finding = found("values.yaml", plain, undefined, CHART);
      assert.deepEqual(
        finding.references.map(({ reference }) => reference),
        expected,
      );
    });
  }

  for (const [what, text, expected] of PARTS) {
    it(`takes ${what}`, () => assert.deepEqual(references(text), [expected]));
  }

  for (const [what, text] of Object.entries(UNKNOWN)) {
    it(`does not know ${what}`, () => assertFinds("values.yaml", text));
  }

  for (const [what, text] of Object.entries(NO_IMAGES)) {
    it(`skips ${what}`, () => assertFinds("values.yaml", text, undefined, CHART));
  }

  it("takes a global registry, or else the image's own", () => {
    const text = "global: {imageRegistry: r.io}\ni: {registry: q.io, repository: a, tag: 1}";
    const { references: all } = found("values.yaml", text);
    const forms = all.map(({ reference, otherwise }) => [reference, otherwise]);
    assert.deepEqual(forms, [["r.io/a:1", "q.io/a:1"]]);
  });

  it("takes the appVersion with and without v", () => {
    const text = "image: {repository: a, tag: ''}";
    assert.deepEqual(references(text, "appVersion: v1.2"), ["a:v1.2 a:1.2"]);
    assert.deepEqual(references(text, 'name: x\nappVersion: "1.20"'), ["a:1.20 a:v1.20"]);
    assert.deepEqual(references(text, "appVersion: 1.20"), ["a:1.2 a:v1.2"]);
  });

  it("says why an appVersion is unknown", () => {
    const charts = [undefined, "name: a\n", "appVersion: '{{ .v }}'\n", ": [", "appVersion: $V\n"];
    const reasons = charts.map((chart) => {
      const finding = found("values.yaml", "image: {repository: a}", undefined, {
        beside: () => chart,
      });
      return finding.unknown[0]?.why;
    });
    assert.deepEqual(reasons, [
      "its tag is in a Chart.yaml, which is not beside the file",
      "its tag is the appVersion, which Chart.yaml does not have",
      "its tag is the appVersion in Chart.yaml, and it is a template: render it first",
      "its tag is the appVersion, which Chart.yaml does not have",
      "its tag is the appVersion in Chart.yaml, and it has a variable without a value",
    ]);
  });

  it("takes an image through an alias, and walks a circle once", () => {
    const text = "x: &x\n  repository: ⟦a⟧\n  self: *x\nimage: *x\nother: [*x, *x]\n";
    assertFinds("values.yaml", text, undefined, CHART);
  });

  it("finds any reference where it is written", () => {
    const name = fc.stringMatching(/^[a-z]{1,9}\/[a-z]{1,9}:v[0-9]{1,3}$/);
    const quote = fc.constantFrom("", "'", '"');
    fc.assert(
      fc.property(name, quote, fc.nat({ max: 5 }), (reference, mark, indent) => {
        const value = `${mark}⟦${reference}⟧${mark}`;
        assertFinds(
          "values.yaml",
          `a:\n - é: [{image: ${value}}]\n   x:\n${" ".repeat(5 + indent)}image: ${value}\n`,
        );
      }),
    );
  });

  it("never throws", () => {
    const line = fc.constantFrom(
      "image:",
      "  repository: a",
      "  tag: &a 1.20",
      "- {",
      "}",
      "<<: *a",
      "global: *a",
      "  digest:",
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(line).map((lines) => lines.join("\n")),
    );
    const surroundings = {
      variable: () => undefined,
      isSecret: () => false,
      beside: () => "appVersion: 1",
    };
    fc.assert(
      fc.property(text, (any) => void findReferences("a", any, "helm-values", surroundings)),
    );
  });
});

describe("pins of Helm values", () => {
  for (const [what, before, after] of PINS) {
    it(what, () => assert.equal(pinned(before), after));

    it(`${what}, and nothing the second time`, () => assert.equal(pinned(after), after));
  }

  it("are found again, at the same lines", () => {
    for (const [, text] of CHARTS) {
      const before = text.replace(/[⟦⟧]/g, "");
      const first = found("values.yaml", before, undefined, CHART).references;
      const second = found("values.yaml", pinned(before), undefined, CHART).references;
      assert.deepEqual(
        second.map(({ place }) => place.line),
        first.map(({ place }) => place.line),
      );
      const isFound = first.map(
        ({ pin }, at) => pin === undefined || second[at]?.reference.endsWith(NEW),
      );
      assert.ok(isFound.every(Boolean), text);
    }
  });
});
