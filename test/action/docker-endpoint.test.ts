import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { dockerSocket } from "../../src/action/docker-endpoint.ts";
import { temporaryDirectory } from "../support/directory.ts";

const directory = temporaryDirectory("endpoint");
const socket = join(directory, "docker.sock");
const server = createServer().listen(socket);
await new Promise((resolve) => server.once("listening", resolve));
after(() => server.close());
writeFileSync(join(directory, "file"), "");

/** A home whose docker configuration has this text; none when it is undefined. */
function homeWith(name: string, text?: string): string {
  const home = join(directory, name);
  mkdirSync(join(home, ".docker"), { recursive: true });
  if (text !== undefined) writeFileSync(join(home, ".docker/config.json"), text);
  return home;
}

const HOME = homeWith("plain");
const CHOSEN = homeWith("chosen", '{"currentContext":"far"}');
const DEFAULT = homeWith("default", '{"currentContext":"default"}');
const BROKEN = homeWith("broken", "{");

describe("the socket of docker", () => {
  const table: readonly (readonly [string, NodeJS.ProcessEnv, string | undefined])[] = [
    ["no configuration", { HOME }, socket],
    ["the context default", { HOME: DEFAULT }, socket],
    ["a configuration that is not JSON", { HOME: BROKEN }, socket],
    ["another context", { HOME: CHOSEN }, undefined],
    [
      "another context in DOCKER_CONFIG",
      { HOME, DOCKER_CONFIG: join(CHOSEN, ".docker") },
      undefined,
    ],
    ["DOCKER_CONTEXT", { HOME, DOCKER_CONTEXT: "far" }, undefined],
    ["DOCKER_CONTEXT=default", { HOME: CHOSEN, DOCKER_CONTEXT: "default" }, socket],
    ["a socket in DOCKER_HOST", { HOME: CHOSEN, DOCKER_HOST: `unix://${socket}` }, socket],
    [
      "DOCKER_HOST without a socket there",
      { HOME, DOCKER_HOST: "unix:///nothing.sock" },
      undefined,
    ],
    ["a file in DOCKER_HOST", { HOME, DOCKER_HOST: `unix://${directory}/file` }, undefined],
    ["a host in DOCKER_HOST", { HOME, DOCKER_HOST: "tcp://127.0.0.1:2375" }, undefined],
    ["DOCKER_API_VERSION", { HOME, DOCKER_API_VERSION: "1.41" }, undefined],
    ["DOCKER_CUSTOM_HEADERS", { HOME, DOCKER_CUSTOM_HEADERS: "a=b" }, undefined],
  ];
  for (const [what, environment, expected] of table) {
    it(`is ${expected === undefined ? "left to the client" : "used"} with ${what}`, () => {
      assert.equal(dockerSocket(environment, socket), expected);
    });
  }
});
