/** An informer's copy with our own writes laid over it until it shows them, so that no decision is made on what we have just changed. */
import { type Informer, keyOf } from '../../client/informer.ts';
import type { KubeObject } from '../../types/wire.ts';

export interface Newest<T> {
  get(key: string): T | undefined;
  list(): Iterable<T>;
  /** What a write was answered with. */
  wrote(object: T): void;
}

const revisionOf = (object: KubeObject) => Number(object.metadata?.resourceVersion ?? 0);

export function newest<T extends KubeObject>(informer: Informer<T>): Newest<T> {
  const written = new Map<string, T>();
  const seen = (object: T) => {
    const ours = written.get(keyOf(object));
    if (ours && revisionOf(object) >= revisionOf(ours)) written.delete(keyOf(object));
  };
  informer.handle({ add: seen, update: seen, remove: (object) => void written.delete(keyOf(object)) });
  return {
    get: (key) => written.get(key) ?? informer.get(key),
    *list() {
      for (const object of informer.list()) yield written.get(keyOf(object)) ?? object;
    },
    wrote: (object) => {
      const shown = informer.get(keyOf(object));
      if (shown && revisionOf(shown) < revisionOf(object)) written.set(keyOf(object), object);
    },
  };
}
