/** An `ObjectSource` over a plain map, for tests. */
import type { AnyObject } from '../../types/wire.ts';
import type { ObjectChange, ObjectSource } from '../watch/source.ts';

export interface FakeSource extends ObjectSource {
  put(resource: string, object: AnyObject): void;
  remove(resource: string, key: string): void;
}

export function fakeSource(): FakeSource {
  const objects = new Map<string, Map<string, AnyObject>>();
  const callbacks = new Map<string, Set<(change: ObjectChange) => void>>();
  const of = (resource: string) => {
    const map = objects.get(resource) ?? new Map<string, AnyObject>();
    objects.set(resource, map);
    return map;
  };
  const change = (resource: string, key: string, object: AnyObject | undefined) => {
    const before = of(resource).get(key);
    if (object) of(resource).set(key, object);
    else of(resource).delete(key);
    for (const callback of callbacks.get(resource) ?? []) callback({ key, object, before });
  };
  return {
    whenSynced: async () => {},
    list: (resource) => of(resource).values(),
    get: (resource, key) => of(resource).get(key),
    getFresh: async (resource, key) => of(resource).get(key),
    onChange: (resource, callback) => {
      const set = callbacks.get(resource) ?? new Set();
      callbacks.set(resource, set.add(callback));
      for (const [key, object] of of(resource)) callback({ key, object, before: undefined });
      return () => set.delete(callback);
    },
    put: (resource, object) => {
      const { namespace, name = '' } = object.metadata ?? {};
      change(resource, namespace ? `${namespace}/${name}` : name, object);
    },
    remove: (resource, key) => change(resource, key, undefined),
  };
}
