/** Doing a thing many times, in batches that double, so that what fails for every one of them fails a few times only. */

export interface SlowStart {
  done: number;
  /** Never begun, because an earlier batch had failures. */
  skipped: number;
  /** The first failure. */
  error?: unknown;
}

/** Calls `act` `count` times: once, then 2, 4, 8, … at a time; stops after a batch with a failure. */
export async function slowStart(count: number, act: (i: number) => Promise<unknown>): Promise<SlowStart> {
  let begun = 0;
  let done = 0;
  for (let size = 1; begun < count; size *= 2) {
    const batch = Math.min(size, count - begun);
    const results = await Promise.allSettled(Array.from({ length: batch }, (_, i) => act(begun + i)));
    begun += batch;
    const failed = results.filter((result) => result.status === 'rejected');
    done += batch - failed.length;
    if (failed[0]) return { done, skipped: count - begun, error: failed[0].reason };
  }
  return { done, skipped: 0 };
}
