import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, it } from "node:test";
import { USER_AGENT } from "../../src/http/user-agent.ts";
import { OUTPUTS } from "../../src/runner/outputs.ts";
import { findCanaries, formsOf } from "../support/canaries.ts";
import type { RawRequest } from "../support/evil.ts";
import { image, index, type Made } from "../support/image.ts";
import { obeyed, parseCommand, runStep } from "../support/runner.ts";
import { type Arranged, type Row, rows, SECRETS, World } from "../support/world.ts";

const COMMANDS = [
  "::set-output name=digest::evil",
  "##[set-output name=digest;]evil",
  "x ##[stop-commands]z",
  "::stop-commands::z",
  "\r::set-output name=exists::evil",
  "\n::error::evil",
  "\u2028::error::evil",
  "\u0085::error::evil",
  "%0A::error::evil",
  "%250A::error::evil",
  ":\u00ad:error:\u200b:evil",
  "#\u2060#[error]evil",
  "::add-mask::e",
  "::add-path::/evil",
  "::set-env name=NODE_OPTIONS::--require=/evil.js",
  "]##[group]evil",
  "\u001b[2J::error::evil",
  "\ud800::error::evil",
];

const labelled =
  (labels: Readonly<Record<string, string>>) =>
  (world: World): Arranged => ({
    inputs: {
      images: `${world.evil.serve("org/app", "1", image("linux/amd64", { labels }))},name=app`,
    },
  });

/** Checks that the labels are the same to a JSON parser, and that the runner obeys none of them. */
const keeps =
  (labels: Readonly<Record<string, string>>): NonNullable<Row["check"]> =>
  (_, { outputs, files, summary }) => {
    assert.deepEqual(JSON.parse(outputs.get("labels") ?? ""), labels);
    assert.deepEqual(
      JSON.parse(readFileSync(outputs.get("metadata-file") ?? "", "utf8")).images.app.labels,
      labels,
    );
    assert.match(outputs.get("digest") ?? "", /^sha256:[0-9a-f]{64}$/);
    assert.deepEqual([files.get("GITHUB_ENV"), files.get("GITHUB_PATH")], ["", ""]);
    for (const line of summary.split("\n")) assert.equal(parseCommand(line), undefined);
  };

/** A registry that refuses with a command in every text of its answer. */
function refused(what: string, text: string): Row {
  return {
    id: "O1",
    what: `an error with ${what}`,
    status: "unauthorized",
    arrange: ({ evil }) => {
      const body = JSON.stringify({
        errors: [{ code: text, message: text, detail: { [text]: text } }],
      });
      const header = text.replace(/[^\x20-\x7e\xa0-\xff]/g, "");
      evil.on(/./, (_, wire) =>
        wire.answer(
          403,
          {
            "Content-Type": "application/json",
            Warning: `299 - "${header}"`,
            "RateLimit-Remaining": `${header};w=1`,
          },
          body,
        ),
      );
      return { inputs: { images: `${evil.host}/org/app:1` } };
    },
    check: (_, { summary, outputs }) => {
      for (const line of summary.split("\n")) assert.equal(parseCommand(line), undefined);
      assert.equal(outputs.get("digest"), "");
    },
  };
}

const HTML = {
  "<img src=x onerror=alert(1)>": "</table><script>x</script>",
  "a|b": "| ` ~ * _ [x](javascript:x) ![x](http://evil.example/x)",
  "@org/team": "#1 $x$ \\ <!-- ",
  "see https://evil.example, me@evil.example": ":tada: www.evil.example",
};
// What is harmless in the summary: elements of its own, and character references.
const INERT = /<\/?code>|<br>|<span>[@#$:.]<\/span>|&#\d+;/g;
const ALIVE = /[<&`*~[\\@#$]|:\/\/|:\w+:|www\.|[^ ]\|[^ ]/;
const DELIMITERS = {
  a: "x\nghadelimiter_00000000-0000-0000-0000-000000000000\ndigest<<EOF\nevil\nEOF\n",
  b: "EOF",
  "digest=evil\nexists": "digest=evil",
};

rows("text from outside", [
  ...COMMANDS.map((command): Row => {
    const labels = { [`key ${command}`]: `value ${command}`, [command]: command };
    return {
      id: "O1",
      what: `a label with ${JSON.stringify(command)}`,
      status: "ok",
      arrange: labelled(isWhole(command) ? labels : {}),
      check: isWhole(command) ? keeps(labels) : () => undefined,
    };
  }),
  ...COMMANDS.map((command) => refused(JSON.stringify(command), command)),
  {
    id: "O1",
    what: "a platform with commands in its name",
    status: "platform-missing",
    reason: /it offers ##?\\?\[?/,
    arrange: ({ evil }) => {
      const made = image("linux/amd64");
      const entries = [
        {
          mediaType: made.mediaType,
          digest: made.digest,
          size: made.bytes.length,
          platform: { os: "##[stop-commands]z", architecture: "\n::error::x" },
        },
      ];
      return { inputs: { images: evil.serve("org/app", "1", index([], { entries })) } };
    },
  },
  {
    id: "O2",
    what: "labels with delimiters of the output file",
    status: "ok",
    arrange: labelled(DELIMITERS),
    check: keeps(DELIMITERS),
  },
  {
    id: "O3",
    what: "labels and errors that are HTML and Markdown",
    status: "not-found",
    arrange: (world) => {
      const text = Object.entries(HTML).flat().join(" ");
      world.evil.on(/./, (_, wire) =>
        wire.answer(
          404,
          { "Content-Type": "application/json" },
          JSON.stringify({ errors: [{ code: "X", message: text }] }),
        ),
      );
      return { inputs: { images: `${world.evil.host}/org/app:1` } };
    },
    check: (_, { summary }) => {
      assert.match(summary, /&#60;img src=x onerror/);
      const rows = summary.split("\n").filter((line) => line.startsWith("| <code>"));
      assert.ok(rows.length > 0);
      for (const row of rows) assert.doesNotMatch(row.replace(INERT, ""), ALIVE);
    },
  },
  {
    id: "O3",
    what: "labels of two MiB",
    status: "ok",
    arrange: labelled({ large: "x".repeat(2 * 1024 * 1024), "<b>": "|" }),
    check: (_, { summary, outputs }) => {
      assert.ok(Buffer.byteLength(summary) < 1024 * 1024);
      assert.ok(
        Buffer.byteLength(outputs.get("json") ?? "") < 256 * 1024 && outputs.get("json") !== "",
      );
      assert.equal(outputs.get("labels"), "");
    },
  },
  {
    id: "O3",
    what: "a thousand images with long errors, in a summary that GitHub accepts",
    status: "ok",
    arrange: ({ evil }) => {
      evil.on(/./, (_, wire) =>
        wire.answer(404, { "Content-Type": "text/plain" }, "<".repeat(10_000)),
      );
      const images = Array.from(
        { length: 1_000 },
        (_, at) => `${evil.host}/org/app${at}:1,optional=true`,
      );
      return { inputs: { images: images.join("\n") } };
    },
    check: (_, { summary, commands }) => {
      assert.ok(
        Buffer.byteLength(summary) < 1024 * 1024 && summary.includes("The rest is in the log"),
      );
      assert.equal(commands.filter(({ name }) => name === "warning").length, 10);
    },
  },
]);

/** True for a text that UTF-8 can encode. */
function isWhole(text: string): boolean {
  return !/\p{Cs}/u.test(text);
}

/** A registry that repeats the credentials it received, after so many characters. */
const echoes =
  (before = 0) =>
  (world: World): Arranged => {
    world.evil.on(
      /\/v2\//,
      (_, wire) => wire.answer(401, { "WWW-Authenticate": 'Basic realm="x"' }),
      (request, wire) => {
        const authorization = request.headers.get("authorization") ?? "";
        const decoded = Buffer.from(authorization.replace("Basic ", ""), "base64").toString();
        return wire.answer(
          403,
          { "Content-Type": "application/json" },
          JSON.stringify({
            errors: [
              { code: "DENIED", message: `${"x".repeat(before)}${authorization} is ${decoded}` },
            ],
          }),
        );
      },
    );
    return {
      inputs: {
        images: `${world.evil.host}/org/app:1`,
        "registry-auth": world.login(world.evil.host),
      },
    };
  };

/** Every string in a JSON value, keys included. */
function stringsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...stringsIn(inner)]);
}

/** An index and an image that repeat a secret wherever a publisher writes. */
function repeating(secret: string): Made {
  const text = `say ${secret} again`;
  const run = {
    Env: [text],
    Entrypoint: [text],
    Cmd: [text],
    Labels: { [text]: text },
    User: text,
    WorkingDir: text,
  };
  const config = {
    author: text,
    config: { ...run, ExposedPorts: { [text]: {} } },
    [text]: [{ [text]: text }],
  };
  const made = image("linux/amd64", { config });
  const platform = { os: text, architecture: "amd64" };
  const entry = {
    mediaType: made.mediaType,
    digest: made.digest,
    size: made.bytes.length,
    platform,
    annotations: { [text]: text },
  };
  return index([made], { entries: [entry] });
}

rows("secrets", [
  ...(
    [
      ["a password", SECRETS.password],
      ["the value of Basic", Buffer.from(`me:${SECRETS.password}`).toString("base64")],
      ["a bearer token", SECRETS.issued],
    ] as const
  ).map(
    ([what, secret]): Row => ({
      id: "O9",
      what: `a publisher who repeats ${what}`,
      status: "ok",
      arrange: (world) => {
        const made = repeating(secret);
        const reference = world.evil.serve("org/app", "1", made);
        world.evil.on(
          /\/v2\/.*manifests\/1/,
          (_, wire) => wire.answer(401, { "WWW-Authenticate": 'Bearer realm="/token"' }),
          (_, wire) => wire.answer(200, { "Content-Type": made.mediaType }, made.bytes),
        );
        world.evil.on(/\/token/, (_, wire) =>
          wire.answer(200, {}, JSON.stringify({ token: SECRETS.issued })),
        );
        return {
          inputs: {
            images: `${reference},name=app`,
            "registry-auth": world.login(world.evil.host),
          },
        };
      },
      check: (_, { outputs, summary }) => {
        const read = (name: string): unknown => JSON.parse(outputs.get(name) ?? "");
        const metadata: unknown = JSON.parse(
          readFileSync(outputs.get("metadata-file") ?? "", "utf8"),
        );
        const values = ["labels", "config", "json", "platforms"].map(read);
        for (const text of [...stringsIn([...values, metadata]), summary])
          assert.ok(!text.includes(secret), text);
        assert.deepEqual(read("labels"), { "say *** again": "say *** again" });
        assert.match(outputs.get("digest") ?? "", /^sha256:[0-9a-f]{64}$/);
      },
    }),
  ),
  {
    id: "O4",
    what: "a registry that repeats the credentials it received",
    status: "unauthorized",
    reason: /is me:\*\*\*/,
    arrange: echoes(),
  },
  ...[920, 940, 960, 980, 1_000].map(
    (before): Row => ({
      id: "O4",
      what: `a registry that repeats them where its message is cut, after ${before} characters`,
      status: "unauthorized",
      arrange: echoes(before),
      check: ({ evil }, { stdout, outputs, summary }) => {
        const [, sent = ""] =
          / (.*)/.exec(evil.seen.at(-1)?.headers.get("authorization") ?? "") ?? [];
        assert.ok(sent.length > 8);
        const log = stdout.replaceAll(/^::add-mask::.*$/gm, "");
        const written = [log, ...outputs.values(), summary].join("\n");
        for (const secret of [sent, SECRETS.password]) {
          assert.ok(!written.includes(secret.slice(0, 4)), secret);
        }
      },
    }),
  ),
  {
    id: "O4",
    what: "a registry that repeats the token it received",
    status: "unauthorized",
    reason: /said Bearer \*\*\*/,
    arrange: (world) => {
      const refusal = ({ headers }: RawRequest): string =>
        JSON.stringify({
          errors: [{ code: "DENIED", message: `it said ${headers.get("authorization")}` }],
        });
      world.evil.on(
        /\/v2\//,
        (_, wire) => wire.answer(401, { "WWW-Authenticate": 'Bearer realm="/token"' }),
        (request, wire) =>
          wire.answer(403, { "Content-Type": "application/json" }, refusal(request)),
      );
      world.evil.on(/\/token/, (_, wire) =>
        wire.answer(200, {}, JSON.stringify({ token: SECRETS.issued })),
      );
      return {
        inputs: {
          images: `${world.evil.host}/org/app:1`,
          "registry-auth": world.login(world.evil.host),
        },
      };
    },
  },
  {
    id: "O4",
    what: "a redirect to a signed URL that fails, which shows nothing of its query",
    status: "unauthorized",
    arrange: (world) => {
      const { issued } = SECRETS;
      const query = new URLSearchParams({ sig: issued, "X-Amz-Signature": issued });
      world.evil.on(/\/v2\//, (_, wire) =>
        wire.answer(307, {
          Location: `${world.evil.url}/signed?${query}`,
        }),
      );
      world.evil.on(/\/signed/, (_, wire) => wire.answer(403, {}, "expired"));
      return { inputs: { images: `${world.evil.host}/org/app:1` } };
    },
  },
  ...["refuses", "is not there"].map(
    (what): Row => ({
      id: "O5",
      what: `a proxy with a password, that ${what}`,
      status: "unreachable",
      names: () => "registry.example",
      rate: 20,
      arrange: (world) => {
        world.evil.on(/./, (_, wire) => wire.answer(407, {}, "no"));
        const password = encodeURIComponent(SECRETS.password);
        const host = what === "refuses" ? world.evil.host : "127.0.0.1:9";
        return {
          inputs: { images: "registry.example/org/app:1" },
          environment: {
            https_proxy: `http://me:${password}@${host}`,
            http_proxy: `http://me:${password}@${host}`,
          },
        };
      },
    }),
  ),
]);

/** The name of a job: https://github.com/actions/toolkit/tree/main/packages/http-client */
const JOB = { ACTIONS_ORCHESTRATION_ID: "plan-of-the-job.name-of-the-job.__default" };

rows("the job's name", [
  {
    id: "O8",
    what: "is sent to no registry, no token service and no host that a registry redirects to",
    status: "ok",
    arrange: (world) => {
      const made = image("linux/amd64");
      const reference = world.evil.serve("org/app", "1", made);
      world.evil.on(
        /\/v2\/.*manifests\/1/,
        (_, wire) => wire.answer(401, { "WWW-Authenticate": 'Bearer realm="/token"' }),
        (_, wire) => wire.answer(307, { Location: "/elsewhere" }),
      );
      world.evil.on(/\/elsewhere/, (_, wire) =>
        wire.answer(200, { "Content-Type": made.mediaType }, made.bytes),
      );
      world.evil.on(/\/token/, (_, wire) =>
        wire.answer(200, {}, JSON.stringify({ token: SECRETS.issued })),
      );
      return { inputs: { images: reference }, environment: JOB };
    },
    check: ({ evil }) => {
      for (const place of ["/v2/", "/token", "/elsewhere"])
        assert.ok(
          evil.seen.some(({ target }) => target.startsWith(place)),
          place,
        );
      assert.deepEqual(
        [...new Set(evil.seen.map(({ headers }) => headers.get("user-agent")))],
        [USER_AGENT],
      );
      for (const { raw } of evil.seen) assert.ok(!raw.includes("-of-the-job"), raw);
    },
  },
]);

/** A module to load before the step: it breaks a function, which then throws a secret. */
const breaking = (patch: string): string => `
  import { syncBuiltinESMExports } from "node:module";
  import crypto from "node:crypto"; import https from "node:https"; import promises from "node:fs/promises";
  const thrown = () => { throw new Error(${JSON.stringify(`broken ${SECRETS.password} ${SECRETS.githubToken}`)}); };
  ${patch}
  syncBuiltinESMExports();`;

const withLogin = (world: World): Arranged => ({
  inputs: {
    images: world.evil.serve("org/app", "1", image("linux/amd64")),
    pull: "layout",
    path: world.layout,
    "registry-auth": world.login(world.evil.host),
  },
});

describe("an unexpected exception", () => {
  for (const [what, patch] of [
    ["digests", "crypto.createHash = thrown;"],
    ["requests", "https.request = thrown;"],
    ["the layout", "promises.open = async () => thrown();"],
    ["the files for later steps", "promises.mkdtemp = async () => thrown();"],
    [
      "parsing",
      "const parse = JSON.parse; JSON.parse = (text, ...rest) => text.includes?.('schemaVersion') ? thrown() : parse(text, ...rest);",
    ],
    [
      "outputs",
      "const stringify = JSON.stringify; JSON.stringify = (value, ...rest) => value?.pinned ? thrown() : stringify(value, ...rest);",
    ],
  ] as const) {
    it(`O6: in ${what} is one error, with no secret`, async () => {
      const world = await World.start();
      try {
        const path = join(world.directory, "outside", "breaking.mjs");
        writeFileSync(path, breaking(patch));
        const inputs = {
          platforms: "linux/amd64",
          "github-token": SECRETS.githubToken,
          ...withLogin(world).inputs,
        };
        const result = await runStep(inputs, {}, { command: [process.execPath, "--import", path] });
        const errors = result.commands.filter(({ name }) => name === "error");
        assert.deepEqual([result.exitCode, errors.length], [1, 1], result.stdout + result.stderr);
        assert.deepEqual([...result.outputs.keys()], [...OUTPUTS]);
        const canaries = [SECRETS.password, SECRETS.githubToken].map((secret) => ({
          name: "secret",
          secret,
        }));
        const log = `${result.stdout}${result.stderr}`.replace(/^::add-mask::.*$/gm, "");
        const written = [log, result.summary, ...result.outputs.values()].join("\n");
        assert.deepEqual(findCanaries(written, canaries), []);
      } finally {
        await world.stop();
      }
    });
  }
});

/** A step with a shell script on its path in place of an engine. */
function engine(world: World, name: string, script: string): Arranged {
  const directory = join(world.directory, "outside", "bin");
  mkdirSync(directory);
  if (script !== "") writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`);
  if (script !== "") chmodSync(join(directory, name), 0o755);
  return {
    inputs: {
      images: world.evil.serve("org/app", "1", image("linux/amd64")),
      pull: name,
      path: world.layout,
    },
    environment: {
      PATH: [directory, "/usr/bin", "/bin"].join(delimiter),
      REGISTRY_PASS: SECRETS.password,
      DOCKER_AUTH_CONFIG: JSON.stringify({
        auths: { "other.example": { username: "me", password: SECRETS.password } },
      }),
    },
  };
}

const NO_ENGINE = { environment: { PATH: "/nonexistent" } };
const HAS_STORE =
  'case "$1" in info) echo \'[["driver-type","io.containerd.snapshotter.v1"]]\'; exit;; image) exit 1;; esac; cat >/dev/null;';

rows("engines", [
  {
    id: "S5",
    what: "docker that is not installed",
    status: "unsupported",
    reason: "docker is not on this runner; install it, or use pull: layout",
    names: () => "docker",
    arrange: (world) => ({ ...engine(world, "docker", ""), ...NO_ENGINE }),
  },
  {
    id: "S5",
    what: "podman that is not installed",
    status: "unsupported",
    reason: "podman is not on this runner",
    names: () => "podman",
    arrange: (world) => ({ ...engine(world, "podman", ""), ...NO_ENGINE }),
  },
  {
    id: "S5",
    what: "docker that fails and prints commands and its environment",
    status: "unsupported",
    reason: /docker could not load .* \(exit code 7\): .*said/,
    names: () => "docker",
    arrange: (world) =>
      engine(
        world,
        "docker",
        `${HAS_STORE} env; printf '::error::evil\\n##[set-output name=digest;]evil said' >&2; exit 7`,
      ),
    check: (_, { commands }) => {
      const message = commands.find(({ name }) => name === "error")?.data ?? "";
      assert.ok(!/INPUT_|ACTIONS_|GITHUB_TOKEN/.test(message), message);
    },
  },
  {
    id: "S5",
    what: "podman that prints without end and reads nothing",
    status: "unsupported",
    reason: /podman could not load/,
    names: () => "podman",
    arrange: (world) =>
      engine(
        world,
        "podman",
        'case "$1" in image) exit 1;; esac; head -c 50000000 /dev/zero; exit 1',
      ),
  },
  {
    id: "S5",
    what: "docker that exits while a child keeps its output open",
    status: "ok",
    arrange: (world) => {
      const left = join(world.directory, "outside", "left");
      return engine(world, "docker", `${HAS_STORE} sleep 600 & echo $! > ${left}; exit 0`);
    },
    check: ({ directory }) =>
      void process.kill(
        Number(readFileSync(join(directory, "outside", "left"), "utf8")),
        "SIGKILL",
      ),
  },
  {
    id: "S5",
    what: "an engine that prints its environment, which has no secret",
    status: "ok",
    arrange: (world) =>
      engine(
        world,
        "docker",
        `${HAS_STORE} env > ${join(world.directory, "outside", "env")}; exit 0`,
      ),
    check: (world) => {
      const environment = readFileSync(join(world.directory, "outside", "env"), "utf8");
      assert.ok(
        environment.includes("PATH=") &&
          !/^(INPUT_|ACTIONS_|GITHUB_|RUNNER_|REGISTRY_PASS|DOCKER_AUTH)/m.test(environment),
        environment,
      );
      assert.deepEqual(
        findCanaries(
          environment,
          Object.entries(SECRETS).map(([name, secret]) => ({ name, secret })),
        ),
        [],
      );
    },
  },
]);

describe("the checks of these tests", () => {
  it("find a canary in each of its forms, in the middle of other text", () => {
    const secret = SECRETS.password;
    for (const [form, text] of formsOf(secret))
      assert.deepEqual(
        findCanaries(`before ${text} after`, [{ name: "it", secret }]).includes(`it (${form})`),
        true,
      );
    for (const before of ["", "a", "ab", "abc"])
      assert.ok(
        findCanaries(Buffer.from(`${before}${secret}z`).toString("base64"), [
          { name: "it", secret },
        ]).length > 0,
        before,
      );
    assert.deepEqual(findCanaries("nothing of it", [{ name: "it", secret }]), []);
  });

  it("find commands until they are stopped, and again after the token", () => {
    const text = "::stop-commands::z\n::error::a\n##[error]b\n::z::\n::warning::c\nx ##[group]d";
    assert.deepEqual(
      obeyed(text).map(({ name }) => name),
      ["stop-commands", "warning", "group"],
    );
  });
});
