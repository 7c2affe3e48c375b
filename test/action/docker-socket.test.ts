import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { describe, it } from "node:test";
import { dockerCalls } from "../../src/action/docker-socket.ts";
import { PullError } from "../../src/oci/failure.ts";
import type { EngineCalls } from "../../src/runner/engine-calls.ts";
import { temporaryDirectory } from "../support/directory.ts";
import { failure } from "../support/resolving.ts";

type Answer = { readonly status?: number; readonly version?: string; readonly text: string };

/** An engine that answers every request in the same way, and the requests that it got. */
async function engine(
  { status = 200, version = "1.51", text }: Answer,
  use: (calls: EngineCalls, asked: string[], server: Server) => Promise<void>,
  signal = new AbortController().signal,
): Promise<void> {
  const socket = join(temporaryDirectory("engine"), "docker.sock");
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request.setEncoding("utf8")) body += part;
    asked.push(`${request.method} ${decodeURIComponent(request.url ?? "")} ${body}`.trim());
    response.writeHead(status, { "api-version": version }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  try {
    await use(dockerCalls(socket, signal), asked, server);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const PINNED = "127.0.0.1:1/registry-pull/a@sha256:0";

async function* chunks(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

describe("the calls of Docker by its socket", () => {
  // call, answer, request, failure, output
  const table: readonly (readonly [
    string,
    (calls: EngineCalls) => ReturnType<EngineCalls["info"]>,
    Answer,
    string,
    string,
    string,
  ])[] = [
    [
      "asks for the driver of its store",
      (calls) => calls.info(),
      { text: '{"DriverStatus":[["driver-type","io.containerd.snapshotter.v1"]]}' },
      "GET /info",
      "",
      '[["driver-type","io.containerd.snapshotter.v1"]]',
    ],
    [
      "asks for an image",
      (calls) => calls.inspect("ghcr.io/org/app:1"),
      { text: '{"Id":"sha256:1"}' },
      "GET /images/ghcr.io/org/app:1/json",
      "",
      "sha256:1",
    ],
    [
      "asks for a platform of an image",
      (calls) => calls.inspect("app:1", "linux/arm/v7"),
      { text: '{"Id":"sha256:1"}' },
      'GET /images/app:1/json?platform={"os":"linux","architecture":"arm","variant":"v7"}',
      "",
      "sha256:1",
    ],
    [
      "believes no engine that ignores the platform",
      (calls) => calls.inspect("app:1", "linux/amd64"),
      { text: '{"Id":"sha256:1"}', version: "1.48" },
      'GET /images/app:1/json?platform={"os":"linux","architecture":"amd64"}',
      "older API",
      "",
    ],
    [
      "believes a much newer engine",
      (calls) => calls.inspect("app:1", "linux/amd64"),
      { text: '{"Id":"sha256:1"}', version: "1.100" },
      'GET /images/app:1/json?platform={"os":"linux","architecture":"amd64"}',
      "",
      "sha256:1",
    ],
    [
      "is told that an image is not there",
      (calls) => calls.inspect("app:1"),
      { status: 404, text: '{"message":"No such image: app:1"}' },
      "GET /images/app:1/json",
      "status 404",
      "No such image: app:1",
    ],
    [
      "loads an archive",
      (calls) => calls.load(chunks("one", "two")),
      { text: '{"stream":"Loaded image: app:1\\n"}\n' },
      "POST /images/load?quiet=1 onetwo",
      "",
      "Loaded image: app:1",
    ],
    [
      "is told after a good status that an archive is bad",
      (calls) => calls.load(chunks("bad")),
      { text: '{"stream":"a\\n"}\n{"errorDetail":{"message":"bad"},"error":"bad archive"}\n' },
      "POST /images/load?quiet=1 bad",
      "refused",
      "a\nbad archive",
    ],
    [
      "pulls a digest for a platform",
      (calls) => calls.pull(PINNED, "linux/amd64"),
      { text: '{"status":"Pulling"}\n{"status":"Status: Downloaded newer image"}\n' },
      "POST /images/create?fromImage=127.0.0.1:1/registry-pull/a&tag=sha256:0&platform=linux/amd64",
      "",
      "Pulling\nStatus: Downloaded newer image",
    ],
    [
      "removes a name",
      (calls) => calls.remove(PINNED),
      { text: '[{"Untagged":"a"}]' },
      `DELETE /images/${PINNED}`,
      "",
      "",
    ],
    [
      "takes what is not JSON as the engine's words",
      (calls) => calls.info(),
      { status: 502, text: "bad gateway" },
      "GET /info",
      "status 502",
      "bad gateway",
    ],
  ];
  for (const [what, ask, answer, request, failed, output] of table) {
    it(what, () =>
      engine(answer, async (calls, asked) => {
        assert.deepEqual(await ask(calls), { failure: failed, output });
        assert.deepEqual(asked, [request]);
      }),
    );
  }

  it("keeps the end of a long answer", () =>
    engine({ text: `{"stream":"${"a".repeat(5_000)} end"}\n` }, async (calls) => {
      const { output } = await calls.load(chunks());
      assert.deepEqual([output.length, output.endsWith(" end")], [1_024, true]);
    }));

  it("fails as the archive does", () =>
    engine({ text: "" }, async (calls, asked) => {
      async function* broken(): AsyncGenerator<Buffer> {
        yield Buffer.from("one");
        throw new PullError("answer-cut", "the pull ended");
      }
      await assert.rejects(calls.load(broken()), failure("answer-cut", /the pull ended/));
      assert.deepEqual(asked, []);
    }));

  it("fails as the archive does after the engine has begun to answer", () =>
    engine({ text: "" }, async (calls, _, server) => {
      const begun = new Promise<void>((resolve) => {
        server.removeAllListeners("request").on("request", (request, response) => {
          request.on("error", () => undefined).resume();
          response.writeHead(200).write('{"stream":"Loading"}\n', () => resolve());
        });
      });
      async function* broken(): AsyncGenerator<Buffer> {
        yield Buffer.from("one");
        await begun;
        throw new PullError("answer-cut", "the pull ended");
      }
      await assert.rejects(calls.load(broken()), failure("answer-cut", /the pull ended/));
    }));

  it("fails when nothing answers", async () => {
    const socket = join(temporaryDirectory("engine"), "nothing.sock");
    const calls = dockerCalls(socket, new AbortController().signal);
    await assert.rejects(
      calls.info(),
      failure("engine-failed", /^docker does not answer at .*ENOENT/),
    );
  });

  it("fails with the reason of an abort, before and while the engine works", async () => {
    const abort = new AbortController();
    const reason = new PullError("timeout", "the time is up");
    await engine(
      { text: "{}" },
      async (calls, _, server) => {
        server.removeAllListeners("request").on("request", () => abort.abort(reason));
        await assert.rejects(calls.info(), reason);
        await assert.rejects(calls.info(), reason);
      },
      abort.signal,
    );
  });
});
