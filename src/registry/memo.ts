/**
 * Runs each request once, for all callers. After a failure the next caller runs it again. Results
 * beyond a number are forgotten, those first that were used longest ago.
 */
export class Memo {
  readonly #most: number;
  /** Those used last come last. */
  readonly #answers = new Map<string, Promise<unknown>>();

  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  /** The result of `ask`, or its earlier result for the same key. */
  once<T>(key: string, ask: () => Promise<T>): Promise<T> {
    const known = this.known<T>(key);
    if (known !== undefined) return known;
    const started = ask();
    this.#answers.set(key, started);
    started.catch(() => this.#forget(key, started));
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > this.#most && oldest !== undefined) this.#answers.delete(oldest);
    return started;
  }

  /** The earlier result for a key, if it is remembered. */
  known<T>(key: string): Promise<T> | undefined {
    const answer = this.#answers.get(key) as Promise<T> | undefined;
    if (answer === undefined) return undefined;
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    return answer;
  }

  /** Forgets a failure, unless the request was forgotten and made again meanwhile. */
  #forget(key: string, failed: Promise<unknown>): void {
    if (this.#answers.get(key) === failed) this.#answers.delete(key);
  }
}
