/**
 * Read, change, write: the loop under every verb that changes what is there. It begins with the cached state, which may be old; whatever is
 * decided on an old state is decided again on the present one before a client hears of it
 * (k8s.io/apiserver/pkg/storage/etcd3: GuaranteedUpdate).
 */
import type { ChangeType, StoredObject } from '../../store/store.ts';
import type { Allocation } from '../allocation/services.ts';
import type { CachedObject } from '../watch/cached-object.ts';
import { cacheFor, stateOf, type WriteContext } from './write-context.ts';

/** `value` is what is to be stored; `keep`: nothing is to be written, and the answer shows `shown`, or what is there;
 * `done`: it was written otherwise. */
export type Decision = Change | { keep: true; shown?: CachedObject } | { done: CachedObject };

interface Change {
  type: ChangeType;
  value: Buffer;
  /** What was taken outside the store for this write: kept when it is done, given back when it is not. */
  allocation?: Allocation;
}

/** The state after the write. */
export interface Written {
  object: CachedObject;
  /** The revision that was there before; 0 when nothing was. */
  before: number;
  /** What was written; undefined when nothing was. */
  type: ChangeType | undefined;
}

/**
 * Calls `decide` with the present state (undefined: there is none) until its decision is written. `decide` throws `StatusError` to refuse,
 * and is called again for each state that it is to decide on.
 */
export async function guardedUpdate(
  context: WriteContext,
  key: string,
  decide: (current: CachedObject | undefined) => Promise<Decision>,
): Promise<Written> {
  const cache = cacheFor(context);
  if (!cache.isSynced) await cache.synced;
  let current = cache.get(key);
  let fresh = false;
  for (;;) {
    let decision: Decision;
    try {
      decision = await decide(current);
    } catch (error) {
      if (fresh) throw error;
      const present = stateFrom(context, await cache.store.get(key));
      fresh = true;
      if (present?.revision === current?.revision) throw error;
      current = present;
      continue;
    }
    if ('done' in decision) return { object: decision.done, before: 0, type: undefined };
    if ('keep' in decision && !fresh) {
      const present = stateFrom(context, await cache.store.get(key));
      fresh = true;
      if (present?.revision === current?.revision) return keep(decision, current);
      current = present;
      continue;
    }
    if ('keep' in decision) return keep(decision, current);
    const { type, value, allocation } = decision;
    if (context.dryRun) {
      await allocation?.undo();
      return { object: stateOf(context, key, current?.revision ?? 0, value), before: current?.revision ?? 0, type };
    }
    const result = await cache.store.write({ key, expect: current?.revision ?? 0, value, type });
    if (result.ok) {
      cache.offer({ revision: result.revision, key, value, type });
      await allocation?.commit();
      return { object: stateOf(context, key, result.revision, value), before: current?.revision ?? 0, type };
    }
    await allocation?.undo();
    current = stateFrom(context, result.current);
    fresh = true;
  }
}

/** What an update shows: an object that went with its last finalizer is shown as of the version that the update was of. */
export function shownAfter({ object, type, before }: Written): CachedObject {
  return type === 'delete' ? object.at(before) : object;
}

function keep(decision: { shown?: CachedObject }, current: CachedObject | undefined): Written {
  const object = decision.shown ?? current;
  if (!object) throw new Error('a decision to keep what is not there');
  return { object, before: current?.revision ?? 0, type: undefined };
}

function stateFrom(context: WriteContext, stored: StoredObject | undefined): CachedObject | undefined {
  return stored ? stateOf(context, stored.key, stored.revision, stored.value) : undefined;
}
