import { describe, it } from "node:test";
import fc from "fast-check";
import { madeOf } from "../fuzz/hostile-text.ts";
import { assertFinds } from "../support/marked.ts";
import { assertPlaces } from "../support/placed.ts";

/** Objects that name images, each as a whole file. */
const OBJECTS: Readonly<Record<string, string>> = {
  "a Deployment": `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { image: x } }
spec:
  template:
    spec:
      containers:
        - name: web
          image: ⟦nginx:1.27⟧
          imagePullPolicy: Always
        - image: "⟦ghcr.io/org/sidecar:2⟧" # beside it
`,
  "a CronJob": `apiVersion: batch/v1
kind: CronJob
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers:
          - image: ⟦busybox⟧
`,
  "a StatefulSet with init containers": `apiVersion: apps/v1
kind: StatefulSet
spec:
  template:
    spec:
      initContainers:
      - {name: init, image: ⟦busybox:1.36⟧}
      containers: [{name: db, image: '⟦postgres:16⟧'}]
  volumeClaimTemplates: [{ spec: { image: x } }]
`,
  "a Pod with ephemeral containers": `apiVersion: v1
kind: Pod
spec:
  containers: [{ image: ⟦a⟧ }]
  ephemeralContainers: [{ image: ⟦b⟧ }]
`,
  "image volumes": `apiVersion: v1
kind: Pod
spec:
  containers: []
  volumes:
    - name: model
      image: { reference: ⟦quay.io/org/model:v1⟧, pullPolicy: Always }
    - name: other
      configMap: { name: image }
`,
  "a List": `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    spec: { containers: [{ image: ⟦a⟧ }] }
  - apiVersion: v1
    kind: PodTemplate
    template: { spec: { containers: [{ image: ⟦b⟧ }] } }
`,
  "what helm template prints": `---
# Source: chart/templates/serviceaccount.yaml
apiVersion: v1
kind: ServiceAccount
---
# Source: chart/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      containers:
        - name: chart
          image: "⟦nginx:1.16.0⟧"
---
# Source: chart/templates/tests/test-connection.yaml
apiVersion: v1
kind: Pod
spec:
  containers:
    - image: ⟦busybox⟧
...
`,
  "a Prometheus with containers": `apiVersion: monitoring.coreos.com/v1
kind: Prometheus
spec:
  image: quay.io/prometheus/prometheus:v3
  containers: [{ name: proxy, image: ⟦quay.io/org/proxy:1⟧ }]
`,
  "an Elasticsearch with pod templates": `apiVersion: elasticsearch.k8s.elastic.co/v1
kind: Elasticsearch
spec:
  nodeSets:
    - podTemplate:
        spec:
          initContainers: [{ image: ⟦busybox⟧ }]
`,
  "a Knative Service": `apiVersion: serving.knative.dev/v1
kind: Service
spec: { template: { spec: { containers: [{ image: ⟦ghcr.io/knative/hello⟧ }] } } }
`,
  "a Rollout": `apiVersion: argoproj.io/v1alpha1
kind: Rollout
spec: { template: { spec: { containers: [{ image: ⟦nginx:1⟧ }] } } }
`,
  JSON: `{
  "apiVersion": "v1", "kind": "Pod",
\t"spec": {"containers": [{"name": "a", "image": "⟦alpine:3.20⟧"}, {"image":"⟦b⟧"}]}
}`,
};

/** Ways to write `image` in a container. */
const STYLES: Readonly<Record<string, string>> = {
  "a plain scalar before a comment": "- image: ⟦alpine:3.20⟧ # x",
  "single quotes": "- image: '⟦alpine:3.20⟧'",
  "double quotes": '- image: "⟦alpine:3.20⟧"',
  "double quotes with an escape": '- image: "⟦ghcr.io\\/org\\/app⟧"',
  "a quoted key": '- "image": ⟦alpine⟧',
  "an explicit key": "- ? image\n  : ⟦alpine⟧",
  "the next line": "- image:\n    ⟦alpine:3.20⟧",
  "a folded block": "- image: >-\n    ⟦registry.example.com/a/b:1⟧\n  name: a",
  "a literal block": "- image: |\n    ⟦alpine⟧\n",
  "a tag and an anchor": "- image: !!str &base ⟦alpine⟧\n- image: *base",
  "flow style": "- {image: ⟦alpine:3.20⟧, name: a}\n- { image: ⟦b⟧ }\n- {image: ⟦c⟧}",
  "a merged container": "- &one { image: ⟦alpine⟧, name: a }\n- { <<: *one, name: b }",
  "another image than the merged one": "- &one { image: ⟦a⟧ }\n- { <<: *one, image: ⟦b⟧ }",
  "a digest": `- image: ⟦alpine@sha256:${"0".repeat(64)}⟧`,
  "a template": '- image: "⟪{{ .Values.repository }}:{{ .Values.tag }}⟫"',
  "a template without quotes": "- image: ⟪{{ .Values.image }}⟫",
  "a variable": "- image: ⟪ghcr.io/org/app:${TAG}⟫\n- image: ⟪$IMAGE⟫",
  "lines of actions": `{{- range .Values.list }}
- name: {{ .name }}
  {{- with .command }}
  command: {{ toYaml . | nindent 4 }}
  {{- end }}
  image: ⟦alpine:3.20⟧
{{- end }}`,
};

const NOTHING: Readonly<Record<string, string>> = {
  "the schema of a CRD": `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec:
  versions:
    - schema:
        openAPIV3Schema:
          properties:
            containers:
              type: array
              items: { properties: { image: { type: string } }, required: [image] }
            image: { type: string, default: alpine }
`,
  "YAML in a ConfigMap": `apiVersion: v1
kind: ConfigMap
data:
  pod.yaml: |
    spec:
      containers:
        - image: alpine
  image: alpine
`,
  "a lone spec.image": "apiVersion: example.com/v1\nkind: App\nspec: { image: alpine }\n",
  "steps of Tekton": `apiVersion: tekton.dev/v1
kind: Task
spec: { steps: [{ image: alpine, script: x }] }
`,
  "templates of Argo Workflows": `apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
spec:
  templates: [{ container: { image: a }, initContainers: [{ image: b }] }]
`,
  "images that ko builds": `apiVersion: v1
kind: Pod
spec: { containers: [{ image: ko://github.com/org/app/cmd/app }] }
`,
  "empty images": `apiVersion: v1
kind: Pod
spec: { containers: [{ image: "" }, { image: }, { image: null }, { image: ~ }, { name: a }] }
`,
  "images that are no scalars": `apiVersion: v1
kind: Pod
spec: { containers: [{ image: { repository: a } }, { image: [b] }, text], initContainers: { image: c } }
`,
};

const POD = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n";

describe("findInKubernetes", () => {
  for (const [what, text] of Object.entries(OBJECTS)) {
    it(`takes the images of ${what}`, () => assertFinds("deploy.yaml", text));
  }

  for (const [what, containers] of Object.entries(STYLES)) {
    const lines = containers.replace(/^(?!\{\{)/gm, "    ");
    it(`places an image in ${what}`, () => assertFinds("pod.yaml", `${POD}${lines}\n`));
  }

  for (const [what, text] of Object.entries(NOTHING)) {
    it(`takes nothing from ${what}`, () => assertFinds("deploy.yaml", text));
  }

  it("reads a file that refers to itself", () => {
    assertFinds("pod.yaml", `${POD}    - &loop { image: ⟦a⟧, x: *loop, <<: *loop }\n`);
  });

  it("never throws, and places what it finds", () => {
    const text = madeOf(
      "apiVersion: v1\n",
      "kind: Pod\n",
      "spec:\n",
      "  containers:\n",
      "  - image: ",
      "  volumes: [{image: {reference: a}}]\n",
      "alpine:3",
      "&a ",
      "*a",
      "<<: ",
      "'",
      '"',
      "{",
      "}",
      "[",
      "]",
      ">\n",
      "\n    ",
      "{{ x }}",
      "---\n",
    );
    fc.assert(fc.property(text, (written) => assertPlaces(written, "kubernetes")));
  });
});
