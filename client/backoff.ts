/** Delays between tries that grow, with jitter, so that many clients of a server that comes back do not all come at once. */
import type { Random } from '../types/part/random.ts';

export interface Backoff {
  /** Milliseconds to wait before the next try. */
  next(): number;
  /** After a success: begin again with the shortest delay. */
  reset(): void;
}

/** Doubles from `base` to `max` milliseconds; each delay is drawn between half and all of that. */
export function createBackoff(random: Random, base: number, max: number): Backoff {
  let delay = base;
  return {
    next: () => {
      const now = delay * (0.5 + random.next() / 2);
      delay = Math.min(delay * 2, max);
      return now;
    },
    reset: () => {
      delay = base;
    },
  };
}
