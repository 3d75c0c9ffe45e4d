/** A clock that a test moves by hand. */
import type { Clock, Timer } from '../../types/part/clock.ts';

interface Entry {
  at: number;
  every: number | undefined;
  run: () => void;
}

export class ManualClock implements Clock {
  #now = 1_700_000_000_000;
  readonly #entries = new Set<Entry>();

  now = () => this.#now;
  monotonic = () => this.#now;
  after = (ms: number, run: () => void) => this.#add(ms, undefined, run);
  soon = (run: () => void) => queueMicrotask(run);
  every = (ms: number, run: () => void) => this.#add(ms, ms, run);
  sleep = (ms: number) => new Promise<void>((resolve) => void this.after(ms, resolve));

  /** Runs what falls due within so many milliseconds, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.#entries].filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#now = Math.max(this.#now, next.at);
      if (next.every === undefined) this.#entries.delete(next);
      else next.at += next.every;
      next.run();
    }
    this.#now = end;
  }

  #add(ms: number, every: number | undefined, run: () => void): Timer {
    const entry = { at: this.#now + ms, every, run };
    this.#entries.add(entry);
    return { cancel: () => void this.#entries.delete(entry), unref: () => {} };
  }
}

/** Lets all that waits for promises only go on. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 30; i++) await null;
}
