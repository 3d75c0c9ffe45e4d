/** Informers shared by all pieces of a part: one list and watch for each (resource, options). */
import type { PartContext } from '../types/part/part.ts';
import type { KubeObject } from '../types/wire.ts';
import type { Client } from './client.ts';
import { type Copy, createCopy } from './copy.ts';
import type { InformerOptions, Informers } from './informer.ts';
import { reflect } from './reflector.ts';
import { pathOf, type Resource } from './resource.ts';

interface Entry {
  copy: Copy<KubeObject>;
  options: InformerOptions;
  running: boolean;
}

/** Informers that run, once started, until `ctx.signal` aborts. */
export function createInformers(client: Client, ctx: PartContext): Informers {
  const entries = new Map<string, Entry>();
  let started = false;
  const run = (entry: Entry) => {
    if (entry.running) return;
    entry.running = true;
    void reflect(client, ctx, entry.copy.resource, entry.options, entry.copy.sink);
  };
  return {
    for: <T extends KubeObject>(resource: Resource<T>, options: InformerOptions = {}) => {
      const key = `${pathOf(resource, options)}?${options.labelSelector ?? ''}&${options.fieldSelector ?? ''}`;
      const known = entries.get(key);
      if (known) return known.copy as unknown as Copy<T>;
      const onFault = (error: unknown) => ctx.log.error({ resource: resource.plural, error }, 'an informer handler failed');
      const copy = createCopy(resource, onFault);
      const entry: Entry = { copy: copy as unknown as Copy<KubeObject>, options, running: false };
      entries.set(key, entry);
      // In the next microtask, so that the caller can still add its indexes and handlers.
      if (started) queueMicrotask(() => run(entry));
      return copy;
    },
    start: () => {
      started = true;
      for (const entry of entries.values()) run(entry);
    },
    whenSynced: async () => {
      await Promise.all([...entries.values()].map((entry) => entry.copy.whenSynced()));
    },
  };
}
