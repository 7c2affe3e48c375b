import type { Clock } from "../http/clock.ts";
import type { Digest } from "../oci/digest.ts";
import { messageOf } from "../oci/failure.ts";
import type { Listener } from "../serve/listener.ts";
import type { Backend } from "../serve/served.ts";

/** What a server needs, and where its messages go. */
export type OwnRegistryOptions = {
  readonly after: Clock["after"];
  readonly say: (line: string) => void;
};

const HOST = "127.0.0.1";

/** A registry on loopback that lives as long as the step, for an engine on the same machine. */
export class OwnRegistry {
  readonly #repository: string;
  readonly #backend: Backend;
  readonly #options: OwnRegistryOptions;
  #listener: Promise<Listener | undefined> | undefined;

  /** `repository` is where the backend has its content. */
  constructor(repository: string, backend: Backend, options: OwnRegistryOptions) {
    this.#repository = repository;
    this.#backend = backend;
    this.#options = options;
  }

  /**
   * The reference of a digest; undefined when this process cannot listen, which is a log line. The
   * first call starts the server.
   */
  async referenceTo(digest: Digest): Promise<string | undefined> {
    this.#listener ??= this.#listen();
    const listener = await this.#listener;
    return listener && `${HOST}:${listener.port}/${this.#repository}@${digest}`;
  }

  async close(): Promise<void> {
    await (await this.#listener)?.close();
  }

  async #listen(): Promise<Listener | undefined> {
    const { say } = this.#options;
    try {
      const { listen } = await import("../serve/listener.ts");
      return await listen({ ...this.#options, backend: this.#backend, host: HOST, port: 0 });
    } catch (error) {
      say(`could not serve images to the engine, which gets archives: ${messageOf(error)}`);
      return undefined;
    }
  }
}
