// A large blob is downloaded in three layers. `Downloader` (here) downloads a whole blob into a
// target that proves it, and starts again once when the bytes are wrong. `Parts` decides how many
// connections are used: one while that is fast, several when it is not. `downloadSpan` downloads
// the byte range of one connection, and resumes it after a cut. Every attempt sends a new request
// through `send`, because the URLs that registries redirect to expire.
import type { Blob } from "../oci/blob.ts";
import { PullError } from "../oci/failure.ts";
import type { BlobTarget } from "../oci/target.ts";
import { Parts } from "./parts.ts";
import type { DownloadOptions, Send } from "./span-download.ts";

/** How a source is downloaded from. */
export type DownloadManner = {
  /** How often wrong bytes are forgiven: once where nothing is stated. */
  readonly forgiven?: number;
  /** True where several connections usually pay: they are opened sooner. */
  readonly isEager?: boolean;
};

/** Downloads large blobs: in several parts at a time where that helps, resumed after cuts. */
export class Downloader {
  readonly #options: DownloadOptions;

  constructor(options: DownloadOptions) {
    this.#options = options;
  }

  /**
   * Downloads a blob into `target` and commits it. Fails with the status of `send`, and as
   * `invalid` when the bytes are wrong more than `forgiven` times.
   */
  async download(
    send: Send,
    blob: Blob,
    target: BlobTarget,
    { forgiven = 1, isEager = false }: DownloadManner = {},
  ): Promise<void> {
    const { signal, say, parts } = this.#options;
    const context = { send, blob, target, options: this.#options };
    for (let wrong = 0; ; wrong++) {
      try {
        // In parts only the first time: a later attempt is one connection.
        await new Parts(context, wrong === 0 ? parts : 1, isEager).run();
        return await target.commit();
      } catch (error) {
        const isWrong = error instanceof PullError && error.status === "invalid";
        if (!isWrong || signal.aborted || wrong === forgiven) throw error;
        await target.restart();
        say(`${blob.digest}: ${error.found}; restarting`);
      }
    }
  }
}
