import type { Time } from "./mutex.ts";

// What arrives slowly is given in pieces of this time: 50 wakes a second cost a reader nothing.
const SHORTLY_MS = 20;

type Waiting = { readonly at: number; readonly enough: number; readonly wake: () => void };

/** How far one writer is, for readers: they wait here, and are rarely woken. */
export class Progress {
  readonly #after: Time["after"];
  #reached = 0;
  #discards = 0;
  #state: "open" | "complete" | "aborted" = "open";
  #waiting: Waiting[] = [];
  /** Cancels the next wake of readers that wait for more than there is. */
  #cancel: (() => void) | undefined;

  constructor(after: Time["after"]) {
    this.#after = after;
  }

  /** The position up to which readers may read. */
  get reached(): number {
    return this.#reached;
  }

  /** How often everything was discarded. */
  get discards(): number {
    return this.#discards;
  }

  get state(): "open" | "complete" | "aborted" {
    return this.#state;
  }

  /** Resolves once `enough` is reached, soon after `at` is passed, and at any other event. */
  beyond(at: number, enough: number): Promise<void> {
    if (this.#reached >= enough) return Promise.resolve();
    return new Promise((wake) => {
      this.#waiting.push({ at, enough, wake });
      this.#wakeSoon();
    });
  }

  /** More can be read. */
  report(reached: number): void {
    this.#reached = reached;
    if (this.#waiting.length === 0) return;
    this.#wake(({ enough }) => enough <= reached);
    this.#wakeSoon();
  }

  /** Nothing can be read any more, until something is written again. */
  discard(): void {
    this.#discards++;
    this.#end(0);
  }

  /** Everything can be read: `size` bytes. */
  complete(size: number): void {
    this.#state = "complete";
    this.#end(size);
  }

  /** Nothing will be written again. */
  abort(): void {
    this.#state = "aborted";
    this.#end(0);
  }

  #end(reached: number): void {
    this.#reached = reached;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#wake(() => true);
  }

  #wakeSoon(): void {
    const isDue = ({ at }: Waiting): boolean => at < this.#reached;
    if (this.#cancel !== undefined || !this.#waiting.some(isDue)) return;
    this.#cancel = this.#after(SHORTLY_MS, () => {
      this.#cancel = undefined;
      this.#wake(isDue);
    });
  }

  #wake(isDue: (waiting: Waiting) => boolean): void {
    const due = this.#waiting.filter(isDue);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter((one) => !isDue(one));
    for (const { wake } of due) wake();
  }
}
