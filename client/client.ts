/** The typed verbs of the API over a transport. Errors are `ApiError` (errors.ts), which carry the server's `Status`. */
import type { KubeList, KubeObject, WatchEvent } from '../types/wire.ts';
import type { Resource } from './resource.ts';

export interface ListOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  limit?: number;
  continue?: string;
  resourceVersion?: string;
  signal?: AbortSignal;
}

export interface WatchOptions extends ListOptions {
  /** Default true. */
  allowWatchBookmarks?: boolean;
  timeoutSeconds?: number;
}

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  preconditions?: { uid?: string; resourceVersion?: string };
}

export type PatchType = 'json' | 'merge' | 'strategic';

export interface Client {
  get<T extends KubeObject>(resource: Resource<T>, name: string, namespace?: string): Promise<T>;
  list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<KubeList<T>>;
  /** Raw events from `options.resourceVersion` on, BOOKMARK and ERROR included; ends when the server ends it. */
  watch<T extends KubeObject>(resource: Resource<T>, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  /** The namespace is the object's own. */
  create<T extends KubeObject>(resource: Resource<T>, object: T): Promise<T>;
  update<T extends KubeObject>(resource: Resource<T>, object: T, subresource?: 'status'): Promise<T>;
  patch<T extends KubeObject>(
    resource: Resource<T>,
    at: { name: string; namespace?: string; subresource?: string },
    type: PatchType,
    patch: unknown,
  ): Promise<T>;
  delete(resource: Resource<KubeObject>, at: { name: string; namespace?: string }, options?: DeleteOptions): Promise<void>;
  /** POST to a subresource that is not an object of the resource itself: `binding`, `eviction`, `token`. */
  post<Answer>(
    resource: Resource<KubeObject>,
    at: { name: string; namespace?: string; subresource: string },
    body: KubeObject,
  ): Promise<Answer>;
  /** Anything else: discovery, /readyz. The answer's body is JSON, or text where it is not. */
  raw(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  close(): void;
}
