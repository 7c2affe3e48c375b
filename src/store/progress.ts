/** Lets readers wait for the next progress of one writer. */
export class Progress {
  #waiting: (() => void)[] = [];

  /** Resolves at the next {@link report}. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Wakes all readers that wait. */
  report(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
