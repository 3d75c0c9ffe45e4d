/** The watch caches of all resources, each made when it is first asked for, and what the server's own pieces read through them. */
import type { Store } from '../../store/store.ts';
import type { PartContext } from '../../types/part/part.ts';
import type { KindTable } from '../registry/kind-table.ts';
import type { CachedObject } from './cached-object.ts';
import { ResourceCache } from './resource-cache.ts';
import type { ObjectChange, ObjectSource } from './source.ts';
import type { CacheEvent } from './window.ts';

export class WatchCaches implements ObjectSource {
  readonly #caches = new Map<string, ResourceCache>();
  readonly #store: Store;
  readonly #kinds: KindTable;
  readonly #context: PartContext;

  constructor(store: Store, kinds: KindTable, context: PartContext) {
    this.#store = store;
    this.#kinds = kinds;
    this.#context = context;
  }

  /** `resource` as the store names it. */
  of(resource: string): ResourceCache {
    let cache = this.#caches.get(resource);
    if (!cache) {
      cache = new ResourceCache(this.#store.resource(resource), () => this.storedType(resource), this.#context);
      this.#caches.set(resource, cache);
    }
    return cache;
  }

  all(): IterableIterator<ResourceCache> {
    return this.#caches.values();
  }

  /** What is not well, by health check: the resources whose log can't be followed. */
  unwell(): Map<string, string> {
    const lost = [...this.#caches.values()].filter((cache) => cache.isLost).map((cache) => cache.store.resource);
    return new Map(lost.length > 0 ? [['store', `the log can't be followed of ${lost.join(', ')}`]] : []);
  }

  whenSynced(resource: string): Promise<void> {
    return this.of(resource).synced;
  }

  *list(resource: string): Iterable<AnyShared> {
    for (const object of this.of(resource).values()) yield object.shared();
  }

  get(resource: string, key: string): AnyShared | undefined {
    return this.of(resource).get(key)?.shared();
  }

  async getFresh(resource: string, key: string): Promise<AnyShared | undefined> {
    await this.of(resource).fresh();
    return this.get(resource, key);
  }

  onChange(resource: string, callback: (change: ObjectChange) => void): () => void {
    const cache = this.of(resource);
    let known = new Map<string, CachedObject>();
    const fill = () => {
      const before = known;
      known = new Map([...cache.values()].map((o) => [o.key, o]));
      for (const [key, object] of known) callback({ key, object: object.shared(), before: before.get(key)?.shared() });
      for (const [key, object] of before) if (!known.has(key)) callback({ key, object: undefined, before: object.shared() });
    };
    if (cache.isSynced) fill();
    return cache.listen({
      reset: fill,
      events: (events) => {
        for (const event of events) {
          if (event.type === 'delete') known.delete(event.key);
          else known.set(event.key, event.object);
          callback(changeOf(event));
        }
      },
    });
  }

  /** The apiVersion and kind that the stored form of a resource's objects has. */
  storedType(resource: string): { apiVersion: string; kind: string } {
    const kind = this.#kinds.ofStorage(resource)[0];
    if (!kind) return { apiVersion: '', kind: '' };
    const { group, version } = kind.storageVersion ?? kind;
    return { apiVersion: group ? `${group}/${version}` : version, kind: kind.kind };
  }
}

type AnyShared = ReturnType<CachedObject['shared']>;

function changeOf(event: CacheEvent): ObjectChange {
  const object = event.type === 'delete' ? undefined : event.object.shared();
  return { key: event.key, object, before: event.before?.shared() };
}
