/** The bytes that all rows of a receipt together may still take, in memory and in its file. */
export class ReceiptRoom {
  #left: number;

  /** `bytes` is how much there is. */
  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** Takes room for some bytes. Returns false when there is not enough. */
  take(bytes: number): boolean {
    const isEnough = bytes <= this.#left;
    if (isEnough) this.#left -= bytes;
    return isEnough;
  }
}
