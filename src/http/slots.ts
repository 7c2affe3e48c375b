/**
 * Runs tasks in the order in which they were added, a number of them at a time: at most `most`.
 * When a task is refused, half as many run at a time. After as many tasks as run at a time have
 * passed, one more does.
 */
export class Slots {
  #most: number;
  #limit: number;
  #running = 0;
  #passed = 0;
  #halvings = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#most = most;
    this.#limit = most;
  }

  /** From now on, at most `most` tasks run at a time. */
  lower(most: number): void {
    this.#most = Math.min(this.#most, most);
    this.#limit = Math.min(this.#limit, most);
  }

  /** Runs `work` once a slot is free; returns or throws as `work` does. */
  async run<T>(
    work: () => Promise<T>,
    isRefused: (result: T) => boolean = () => false,
  ): Promise<T> {
    if (this.#running < this.#limit) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const halvings = this.#halvings;
    try {
      const result = await work();
      // Tasks that ran together with a refused one show nothing about the new limit.
      if (halvings === this.#halvings) this.#learn(isRefused(result));
      return result;
    } finally {
      this.#running--;
      this.#startNext();
    }
  }

  #learn(isRefused: boolean): void {
    if (isRefused) {
      this.#halvings++;
      this.#passed = 0;
      this.#limit = Math.max(1, Math.floor(this.#limit / 2));
      return;
    }
    this.#passed++;
    if (this.#passed < this.#limit || this.#limit === this.#most) return;
    this.#passed = 0;
    this.#limit++;
  }

  /** Starts as many tasks as there are free slots: none after a halving, two after a growth. */
  #startNext(): void {
    while (this.#running < this.#limit) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#running++;
      next();
    }
  }
}
