// A large blob is downloaded in three layers. `Downloader` (here) downloads a whole blob into a
// target that proves it, and starts again once when the bytes are wrong. `Parts` decides how many
// connections are used: one while that is fast, several when it is not. `downloadSpan` downloads
// the byte range of one connection, and resumes it after a cut. Every attempt sends a new request
// through `send`, because the URLs that registries redirect to expire.
import type { Blob } from "../oci/blob.ts";
import { PullError } from "../oci/failure.ts";
import type { BlobTarget } from "../oci/target.ts";
import { isDivisible, Parts } from "./parts.ts";
import type { DownloadOptions, Send } from "./span-download.ts";

/** Downloads large blobs: in several parts at a time where that helps, resumed after cuts. */
export class Downloader {
  readonly #options: DownloadOptions;
  /** Blobs under way that could use several connections. They share those that there may be. */
  #divisible = 0;

  constructor(options: DownloadOptions) {
    this.#options = options;
  }

  /**
   * Downloads a blob into `target` and commits it. Fails with the status of `send`, and as
   * `invalid` when the bytes are wrong more than `forgiven` times.
   */
  async download(send: Send, blob: Blob, target: BlobTarget, forgiven = 1): Promise<void> {
    const { signal, say } = this.#options;
    for (let wrong = 0; ; wrong++) {
      try {
        return await this.#attempt(send, blob, target, wrong === 0);
      } catch (error) {
        const isWrong = error instanceof PullError && error.status === "invalid";
        if (!isWrong || signal.aborted || wrong === forgiven) throw error;
        await target.restart();
        say(`${blob.digest}: ${error.found}; restarting`);
      }
    }
  }

  /** Downloads the blob once. In parts only the first time: a later attempt is one connection. */
  async #attempt(send: Send, blob: Blob, target: BlobTarget, inParts: boolean): Promise<void> {
    const { parts } = this.#options;
    const context = { send, blob, target, options: this.#options };
    const count = isDivisible(blob) ? 1 : 0;
    this.#divisible += count;
    try {
      // Blobs that arrive in order are hashed as they arrive. What arrives early is read back.
      const share = (): number => (inParts ? Math.floor(parts / this.#divisible) : 1);
      await new Parts(context, share).run();
    } finally {
      this.#divisible -= count;
    }
    await target.commit();
  }
}
