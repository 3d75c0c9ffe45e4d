/**
 * What a controller has done and not yet seen in its own cache. While creations or deletions are outstanding its cache is stale, and
 * acting on it would make twins; so it waits until it has seen them all (kubernetes/pkg/controller/controller_utils.go).
 */
import type { Clock } from '../../types/part/clock.ts';

interface Expected {
  creations: number;
  /** Keys (with UID) of what is to be seen going. */
  deletions: Set<string>;
  since: number;
}

/** After this long something went amiss (an event was lost), and the cache counts as it is. */
const TIMEOUT_MS = 300_000;

export interface Expectations {
  expectCreations(key: string, count: number): void;
  expectDeletions(key: string, objects: string[]): void;
  /** Both return true when it was the last that was outstanding. */
  creationSeen(key: string): boolean;
  deletionSeen(key: string, object: string): boolean;
  /** True when the cache shows all that was done. */
  met(key: string): boolean;
  forget(key: string): void;
}

export function createExpectations(clock: Clock): Expectations {
  const all = new Map<string, Expected>();
  const begin = (key: string, creations: number, deletions: Set<string>) =>
    all.set(key, { creations, deletions, since: clock.monotonic() });
  const isMet = (expected: Expected) => expected.creations <= 0 && expected.deletions.size === 0;
  return {
    expectCreations: (key, count) => void begin(key, count, new Set()),
    expectDeletions: (key, objects) => void begin(key, 0, new Set(objects)),
    creationSeen: (key) => {
      const expected = all.get(key);
      if (!expected || expected.creations <= 0) return false;
      expected.creations--;
      return isMet(expected);
    },
    deletionSeen: (key, object) => {
      const expected = all.get(key);
      return expected?.deletions.delete(object) === true && isMet(expected);
    },
    met: (key) => {
      const expected = all.get(key);
      return !expected || isMet(expected) || clock.monotonic() - expected.since > TIMEOUT_MS;
    },
    forget: (key) => void all.delete(key),
  };
}
