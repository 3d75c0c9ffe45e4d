/** A resource's objects by namespace, kept up to date, so that a request looks at its own namespace's alone. */
import type { AnyObject } from '../../types/wire.ts';
import type { ObjectSource } from '../watch/source.ts';

export interface ByNamespace {
  /** Shared: never change them. */
  of(namespace: string): Iterable<AnyObject>;
  /** Resolves when what is stored is known; undefined: it is. */
  loading(): Promise<void> | undefined;
}

/** The resource is followed from the first call on. */
export function byNamespace(source: ObjectSource, resource: string): ByNamespace {
  const namespaces = new Map<string, Map<string, AnyObject>>();
  let ready = false;
  let loading: Promise<void> | undefined;
  const start = () => {
    source.onChange(resource, ({ key, object }) => {
      const namespace = key.slice(0, key.indexOf('/'));
      const objects = namespaces.get(namespace) ?? new Map<string, AnyObject>();
      if (object) namespaces.set(namespace, objects.set(key, object));
      else if (objects.delete(key) && objects.size === 0) namespaces.delete(namespace);
    });
    return source.whenSynced(resource).then(() => {
      ready = true;
    });
  };
  return {
    of: (namespace) => namespaces.get(namespace)?.values() ?? [],
    loading: () => {
      if (ready) return undefined;
      loading ??= start();
      return loading;
    },
  };
}
