import type { Clock } from "../../src/http/clock.ts";

type Timer = { readonly at: number; readonly run: () => void };

/** A clock whose time passes when a test says so. A sleep is over at once, and its time passes. */
export class PassingClock implements Clock {
  /** How many timers were set. */
  timers = 0;
  #time = 0;
  readonly #waiting = new Set<Timer>();

  readonly now = (): number => this.#time;

  readonly after = (ms: number, run: () => void): (() => void) => {
    this.timers++;
    const timer = { at: this.#time + ms, run };
    this.#waiting.add(timer);
    return () => void this.#waiting.delete(timer);
  };

  readonly sleep = async (ms: number): Promise<void> => this.pass(ms);
  readonly random = (): number => 0.5;
  readonly cpuLoad = () => () => 0;

  /** Lets time pass, and runs the timers that are due in their order. */
  pass(ms: number): void {
    const end = this.#time + ms;
    for (let next = this.#due(end); next !== undefined; next = this.#due(end)) {
      this.#waiting.delete(next);
      this.#time = next.at;
      next.run();
    }
    this.#time = end;
  }

  #due(end: number): Timer | undefined {
    const due = [...this.#waiting].filter(({ at }) => at <= end);
    return due.toSorted((one, other) => one.at - other.at)[0];
  }
}
