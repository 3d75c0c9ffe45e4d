/** When a process that died is started again: at once the first time, then ever later while it keeps dying, at most every 5 s. */
import type { Clock } from '../../types/part/clock.ts';

const LONGEST_MS = 5_000;
/** A process that ran for this long was well. */
const STABLE_MS = 10_000;

export class RestartDelay {
  readonly #clock: Clock;
  #startedAt = 0;
  #failuresInARow = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  started(): void {
    this.#startedAt = this.#clock.monotonic();
  }

  /** Milliseconds until the next start, after a death. */
  next(): number {
    const ranFor = this.#clock.monotonic() - this.#startedAt;
    this.#failuresInARow = ranFor > STABLE_MS ? 0 : this.#failuresInARow + 1;
    return this.#failuresInARow <= 1 ? 0 : Math.min(LONGEST_MS, 100 * 2 ** this.#failuresInARow);
  }
}
