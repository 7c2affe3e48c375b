import { PullError } from "../oci/failure.ts";
import type { BlobPart, BlobTarget } from "../oci/target.ts";

/** A target for several places, asked one after the other. It remembers if no other place can help. */
export class WatchedTarget implements BlobTarget {
  readonly #target: BlobTarget;
  #isUsed = false;
  #isBroken = false;

  constructor(target: BlobTarget) {
    this.#target = target;
  }

  /** True when the target itself failed, such as on a full disk: no other place can help. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  get received(): number {
    return this.#target.received;
  }

  part(start: number): BlobPart {
    this.#isUsed = true;
    const part = this.#target.part(start);
    return {
      get received() {
        return part.received;
      },
      write: (chunk) => {
        try {
          part.write(chunk);
        } catch (error) {
          throw this.#seen(error);
        }
      },
    };
  }

  async restart(): Promise<void> {
    await this.#target.restart().catch(this.#rethrow);
  }

  async commit(): Promise<void> {
    await this.#target.commit().catch(this.#rethrow);
  }

  /** Discards what an earlier place sent. */
  async empty(): Promise<void> {
    if (this.#isUsed) await this.restart();
  }

  readonly #rethrow = (error: unknown): never => {
    throw this.#seen(error);
  };

  /** Wrong bytes are the sender's fault. Others: the disk failed, or the blob is not needed now. */
  #seen(error: unknown): unknown {
    const isWrong = error instanceof PullError && error.status === "invalid";
    this.#isBroken ||= !isWrong;
    return error;
  }
}
