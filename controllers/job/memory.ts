/** What the controller remembers of each job beyond what its copies show: they are behind what it has just done. */
import type { KubeObject } from '../../types/wire.ts';
import { type Failures, NO_FAILURES } from './backoff.ts';

interface Remembered {
  failures: Failures;
  /** UIDs of pods whose finalizer was removed, until our copy shows it. */
  released: Set<string>;
  /** Versions of the job that were written over: to act on one of them again would count twice. */
  superseded: Set<string>;
}

export interface Memory {
  failures(key: string): Failures;
  setFailures(key: string, failures: Failures): void;
  released(key: string): ReadonlySet<string>;
  expectRelease(key: string, uid: string): void;
  /** `held`: the pod, as it is seen now, still has the finalizer. */
  releaseSeen(key: string, uid: string, held: boolean): void;
  /** `before` was written over by `after`. */
  wrote(key: string, before: KubeObject, after: KubeObject): void;
  isSuperseded(key: string, object: KubeObject): boolean;
  forget(key: string): void;
}

export function createMemory(): Memory {
  const all = new Map<string, Remembered>();
  const at = (key: string): Remembered => {
    const known = all.get(key) ?? { failures: NO_FAILURES, released: new Set(), superseded: new Set() };
    all.set(key, known);
    return known;
  };
  const versionOf = ({ metadata }: KubeObject) => metadata?.resourceVersion ?? '';
  return {
    failures: (key) => all.get(key)?.failures ?? NO_FAILURES,
    setFailures: (key, failures) => {
      at(key).failures = failures;
    },
    released: (key) => at(key).released,
    expectRelease: (key, uid) => void at(key).released.add(uid),
    releaseSeen: (key, uid, held) => {
      if (!held) all.get(key)?.released.delete(uid);
    },
    wrote: (key, before, after) => {
      if (versionOf(before) !== versionOf(after)) at(key).superseded.add(versionOf(before));
    },
    isSuperseded: (key, object) => {
      const superseded = all.get(key)?.superseded;
      if (superseded?.has(versionOf(object))) return true;
      superseded?.clear();
      return false;
    },
    forget: (key) => void all.delete(key),
  };
}
