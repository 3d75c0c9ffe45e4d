/**
 * What the API server's own pieces (RBAC, CRDs, admission, tokens) read of the cluster's state: parsed objects out of the watch caches.
 * A resource is named as the store names it: `pods`, `clusterroles.rbac.authorization.k8s.io`.
 */
import type { AnyObject } from '../../types/wire.ts';

/** `object` is absent when it was deleted, `before` when it was created. Both are shared: never change them. */
export interface ObjectChange {
  key: string;
  object: AnyObject | undefined;
  before: AnyObject | undefined;
}

/** Asking for a resource in any way starts its cache; until `whenSynced` resolves it looks empty. */
export interface ObjectSource {
  /** Resolves when the resource's present state is in the cache. */
  whenSynced(resource: string): Promise<void>;
  /** Objects carry apiVersion, kind and resourceVersion (of the stored version). They are shared: never change them. */
  list(resource: string): Iterable<AnyObject>;
  /** `key` is `namespace/name`, or `name`. */
  get(resource: string, key: string): AnyObject | undefined;
  /** As `get`, but as of now: waits until the cache has caught up with the store. */
  getFresh(resource: string, key: string): Promise<AnyObject | undefined>;
  /**
   * Calls back after every change, in order, synchronously; also for what is there already once it has loaded. Returns how to end it.
   * The callback must not throw.
   */
  onChange(resource: string, callback: (change: ObjectChange) => void): () => void;
}
