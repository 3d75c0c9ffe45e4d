/** How long a failed key waits. */
import type { BackoffOptions } from './queue.ts';

/** Milliseconds before the try after the `attempt`th failure in a row (from 1). */
export function backoffAfter(attempt: number, { base = 5, max = 1_000_000 }: BackoffOptions): number {
  return Math.min(base * 2 ** Math.min(attempt - 1, 50), max);
}
