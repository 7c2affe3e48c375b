import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryDirectory } from "../support/directory.ts";

/** A request in an access log: `GET /v2/app/manifests/1`. */
export type Logged = { readonly request: string; readonly agent: string };

/** A real docker-registry on loopback, with its access log. */
export class LoggedRegistry {
  readonly host: string;
  /** Where it keeps its blobs. */
  readonly storage: string;
  readonly #log: string;
  readonly #stop: () => Promise<void>;
  #read = 0;

  private constructor(port: number, directory: string, stop: () => Promise<void>) {
    this.host = `127.0.0.1:${port}`;
    this.storage = join(directory, "storage");
    this.#log = join(directory, "access.log");
    this.#stop = stop;
  }

  /** Starts a registry or, with the URL of an original, a pull-through of that. */
  static async start(original = ""): Promise<LoggedRegistry> {
    const directory = temporaryDirectory("registry");
    const port = await freePort();
    const config = join(directory, "config.yml");
    writeFileSync(config, configOf(port, directory, original));
    const log = openSync(join(directory, "access.log"), "a");
    const child = spawn("docker-registry", ["serve", config], {
      stdio: ["ignore", log, "ignore"],
      env: { PATH: process.env["PATH"] ?? "", OTEL_TRACES_EXPORTER: "none" },
    });
    closeSync(log);
    const registry = new LoggedRegistry(port, directory, async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill();
      await ended;
    });
    await registry.#answers();
    return registry;
  }

  /** Ends the registry's process. Its storage stays. */
  stop(): Promise<void> {
    return this.#stop();
  }

  /** The requests since the last call of this method. */
  asked(): readonly Logged[] {
    const lines = readFileSync(this.#log, "utf8").split("\n");
    const complete = lines.slice(this.#read, -1);
    this.#read = lines.length - 1;
    return complete.flatMap((line) => {
      const [, request, agent] = ACCESS.exec(line) ?? [];
      return request === undefined || agent === undefined ? [] : [{ request, agent }];
    });
  }

  /** The path of the file that has the bytes of a blob. */
  fileOf(digest: string): string {
    const encoded = digest.slice("sha256:".length);
    const place = join("docker/registry/v2/blobs/sha256", encoded.slice(0, 2), encoded, "data");
    return join(this.storage, place);
  }

  async #answers(): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      const answer = await fetch(`http://${this.host}/v2/`).catch(() => undefined);
      if (answer !== undefined) return;
      await sleep(100);
    }
    throw new Error(`${this.host} does not answer`);
  }
}

// https://httpd.apache.org/docs/2.4/logs.html#combined
const ACCESS = /"([A-Z]+ \S+) HTTP\/[\d.]+" \d+ \d+ "[^"]*" "([^"]*)"$/;

/** https://distribution.github.io/distribution/about/configuration/ */
function configOf(port: number, directory: string, original: string): string {
  const proxy = original === "" ? "" : `proxy: { remoteurl: "${original}" }`;
  return `version: 0.1
log: { level: error, accesslog: { disabled: false } }
storage: { filesystem: { rootdirectory: "${join(directory, "storage")}" } }
http: { addr: "127.0.0.1:${port}", secret: test }
${proxy}
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
