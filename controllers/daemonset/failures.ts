/** How long failed daemons wait before they are made anew: not at all the first time, then 1 s, doubled with each, 15 min at most. */
const BASE_MS = 1000;
const MAX_MS = 900_000;

interface Failure {
  last: number;
  backoff: number;
}

export interface NodeFailures {
  /** Milliseconds until a failed pod may go. `key`: of set and node. */
  wait(key: string, now: number): number;
  /** A failed pod goes now. */
  note(key: string, now: number): void;
}

export function createNodeFailures(): NodeFailures {
  const all = new Map<string, Failure>();
  /** After a long time of peace it begins anew. */
  const recent = (key: string, now: number) => {
    const failure = all.get(key);
    if (failure && now - failure.last <= 2 * MAX_MS) return failure;
    all.delete(key);
    return undefined;
  };
  return {
    wait: (key, now) => {
      const failure = recent(key, now);
      return failure ? Math.max(0, failure.last + failure.backoff - now) : 0;
    },
    note: (key, now) => {
      const before = recent(key, now);
      all.set(key, { last: now, backoff: before ? Math.min(MAX_MS, before.backoff * 2) : BASE_MS });
    },
  };
}
