import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { times } from "./fixtures.ts";

type Three = readonly [string, string, string];

/** A kind of file: where the one of a number is, and its text with three references. */
type Kind = {
  readonly path: (at: number) => string;
  readonly text: (references: Three) => string;
};

const KINDS: readonly Kind[] = [
  {
    path: (at) => `services/s${at}/Dockerfile`,
    text: ([build, tools, run]) => `# Builds and runs the service
FROM ${build} AS build
WORKDIR /src
COPY . .
RUN make
FROM ${run}
COPY --from=build /src/app /app
COPY --from=${tools} /bin/tool /bin/tool
CMD ["/app"]
`,
  },
  {
    path: (at) => `stacks/s${at}/compose.yaml`,
    text: ([web, database, queue]) => `services:
  web:
    image: ${web}
    ports: ["8080:80"]
    depends_on: [database, queue]
  database:
    image: ${database}
    environment: { LEVEL: info }
  queue:
    image: ${queue}
`,
  },
  {
    path: (at) => `deploy/s${at}/app.yaml`,
    text: ([migrate, app, proxy]) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: app }
spec:
  selector: { matchLabels: { app: app } }
  template:
    metadata: { labels: { app: app } }
    spec:
      initContainers:
        - { name: migrate, image: "${migrate}" }
      containers:
        - name: app
          image: ${app}
        - name: proxy
          image: ${proxy}
`,
  },
  {
    path: (at) => `.github/workflows/w${at}.yml`,
    text: ([container, database, tool]) => `on: push
jobs:
  test:
    runs-on: ubuntu-latest
    container: ${container}
    services:
      database: { image: "${database}" }
    steps:
      - uses: docker://${tool}
      - run: make test
`,
  },
];

/** The input `files` that matches all files of {@link writeFileTree}. */
export const FILE_PATTERNS = "services/**\nstacks/**\ndeploy/**\n.github/workflows/*.yml";

/** Writes `count` files with three references each, which take turns, below `directory`. */
export function writeFileTree(
  directory: string,
  count: number,
  references: readonly string[],
): void {
  const referenceAt = (at: number): string => references[at % references.length] ?? "";
  for (const at of times(count, (number) => number)) {
    const kind = KINDS[at % KINDS.length];
    if (kind === undefined) continue;
    const file = join(directory, kind.path(at));
    const first = 3 * at;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      kind.text([referenceAt(first), referenceAt(first + 1), referenceAt(first + 2)]),
    );
  }
}
