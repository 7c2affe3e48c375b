/** Runs each request once, for all callers. After a failure the next caller runs it again. */
export class Memo {
  readonly #answers = new Map<string, Promise<unknown>>();

  /** The result of `ask`, or its earlier result for the same key. */
  once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.known<T>(key);
    if (known !== undefined) return known;
    const started = ask();
    this.#answers.set(key, started);
    started.catch(() => this.#answers.delete(key));
    return started;
  }

  /** The earlier result for a key, if there is one. */
  known<T>(key: string): Promise<T> | undefined {
    return this.#answers.get(key) as Promise<T> | undefined;
  }
}
