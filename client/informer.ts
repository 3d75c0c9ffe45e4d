/**
 * The informer's contract: a local copy of a resource, kept by list and watch over the API alone (a reflector of our own: relists on
 * 410, resumes with bookmarks, backs off with jitter), with indexes and handlers. Objects in the copy are shared: never change them.
 */
import type { KubeObject } from '../types/wire.ts';
import type { Resource } from './resource.ts';

export interface Handler<T> {
  add?(object: T): void;
  update?(object: T, before: T): void;
  /** The last known state; after a relist that missed the deletion it may be stale. */
  remove?(object: T): void;
}

export type Index<T> = (object: T) => string[];

export interface Informer<T extends KubeObject> {
  readonly resource: Resource<T>;
  /** `namespace/name`, or `name` of what has no namespace. */
  get(key: string): T | undefined;
  list(): Iterable<T>;
  readonly size: number;
  /** Before `start` only. */
  addIndex(name: string, index: Index<T>): void;
  by(index: string, value: string): T[];
  /** A handler added late gets an `add` for all that is there. Handlers run one after the other, synchronously, and must not throw. */
  handle(handler: Handler<T>): void;
  readonly synced: boolean;
  /** The resourceVersion that the copy has reached. */
  readonly resourceVersion: string;
  /** Resolves when the first list is in and its handlers have run. */
  whenSynced(): Promise<void>;
}

export interface InformerOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

/** Shares one informer for each (resource, options) among all who ask. */
export interface Informers {
  for<T extends KubeObject>(resource: Resource<T>, options?: InformerOptions): Informer<T>;
  /** Starts what was asked for so far (and, later, at once what is asked for after). */
  start(): void;
  /** Resolves when all that was asked for has synced. */
  whenSynced(): Promise<void>;
}

/** `namespace/name`, or `name`. */
export function keyOf(object: KubeObject): string {
  const meta = object.metadata;
  return meta?.namespace ? `${meta.namespace}/${meta.name}` : (meta?.name ?? '');
}
