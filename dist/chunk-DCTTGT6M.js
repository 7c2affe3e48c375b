import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);

// src/http/slots.ts
var Slots = class {
  #most;
  #limit;
  #running = 0;
  #passed = 0;
  #halvings = 0;
  #waiting = [];
  constructor(most) {
    this.#most = most;
    this.#limit = most;
  }
  /** From now on, at most `most` tasks run at a time. */
  lower(most) {
    this.#most = Math.min(this.#most, most);
    this.#limit = Math.min(this.#limit, most);
  }
  /** Runs `work` once a slot is free; returns or throws as `work` does. */
  async run(work, isRefused = () => false) {
    if (this.#running < this.#limit) this.#running++;
    else await new Promise((resolve) => this.#waiting.push(resolve));
    const halvings = this.#halvings;
    try {
      const result = await work();
      if (halvings === this.#halvings) this.#learn(isRefused(result));
      return result;
    } finally {
      this.#running--;
      this.#startNext();
    }
  }
  #learn(isRefused) {
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
  #startNext() {
    while (this.#running < this.#limit) {
      const next = this.#waiting.shift();
      if (next === void 0) return;
      this.#running++;
      next();
    }
  }
};

export {
  Slots
};
