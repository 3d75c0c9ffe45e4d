/** The local copy of a resource: objects by key, indexes, and the handlers that are told of every change. */
import type { KubeObject, WatchEvent } from '../types/wire.ts';
import { type Handler, type Index, type Informer, keyOf } from './informer.ts';
import type { Sink } from './reflector.ts';
import { apiVersionOf, type Resource } from './resource.ts';

interface IndexTable<T> {
  of: Index<T>;
  entries: Map<string, Set<T>>;
}

export type Copy<T extends KubeObject> = Informer<T> & { sink: Sink<T> };

interface State<T extends KubeObject> {
  type: { apiVersion: string; kind: string };
  objects: Map<string, T>;
  indexes: Map<string, IndexTable<T>>;
  handlers: Handler<T>[];
  synced: PromiseWithResolvers<void>;
  isSynced: boolean;
  version: string;
}

/** `onFault` is told when a handler throws, which is a fault of that handler: the copy and the other handlers go on. */
export function createCopy<T extends KubeObject>(resource: Resource<T>, onFault: (error: unknown) => void): Copy<T> {
  const state: State<T> = {
    type: { apiVersion: apiVersionOf(resource), kind: resource.kind },
    objects: new Map(),
    indexes: new Map(),
    handlers: [],
    synced: Promise.withResolvers(),
    isSynced: false,
    version: '',
  };
  const tell = (call: (handler: Handler<T>) => void) => {
    for (const handler of state.handlers) {
      try {
        call(handler);
      } catch (error) {
        onFault(error);
      }
    }
  };
  return {
    resource,
    sink: sinkOf(state, tell),
    get: (key) => state.objects.get(key),
    list: () => state.objects.values(),
    get size() {
      return state.objects.size;
    },
    addIndex: (name, of) => void state.indexes.set(name, { of, entries: new Map() }),
    by: (index, value) => [...(state.indexes.get(index)?.entries.get(value) ?? [])],
    handle: (handler) => {
      state.handlers.push(handler);
      for (const object of state.objects.values()) handler.add?.(object);
    },
    get synced() {
      return state.isSynced;
    },
    get resourceVersion() {
      return state.version;
    },
    whenSynced: () => state.synced.promise,
  };
}

type Tell<T> = (call: (handler: Handler<T>) => void) => void;

function sinkOf<T extends KubeObject>(state: State<T>, tell: Tell<T>): Sink<T> {
  return {
    replace: (objects, version) => {
      replace(state, objects, tell);
      state.version = version;
      state.isSynced = true;
      state.synced.resolve();
    },
    change: (event) => change(state, event, tell),
    reached: (version) => {
      state.version = version;
    },
  };
}

function replace<T extends KubeObject>(state: State<T>, objects: T[], tell: Tell<T>): void {
  const gone = new Set(state.objects.keys());
  for (const object of objects) {
    const key = keyOf(object);
    gone.delete(key);
    if (state.objects.get(key)?.metadata?.resourceVersion !== object.metadata?.resourceVersion) put(state, key, object, tell);
  }
  for (const key of gone) remove(state, key, undefined, tell);
}

function change<T extends KubeObject>(state: State<T>, event: WatchEvent<T>, tell: Tell<T>): void {
  const key = keyOf(event.object);
  if (event.type === 'DELETED') remove(state, key, event.object, tell);
  else put(state, key, event.object, tell);
}

function put<T extends KubeObject>(state: State<T>, key: string, object: T, tell: Tell<T>): void {
  // Nobody here reads managedFields, and they are half of many an object. (Not `delete`, which would make each object a slow dictionary.)
  if (object.metadata?.managedFields) (object.metadata as { managedFields: unknown }).managedFields = undefined;
  // Items of a list lack both; who is handed an object by the copy can rely on them.
  object.apiVersion ??= state.type.apiVersion;
  object.kind ??= state.type.kind;
  let before = state.objects.get(key);
  if (before && before.metadata?.uid !== object.metadata?.uid) {
    // Deleted and created again while nobody looked.
    remove(state, key, undefined, tell);
    before = undefined;
  }
  state.objects.set(key, object);
  if (before) unindex(state, before);
  for (const { of, entries } of state.indexes.values()) {
    for (const value of of(object)) {
      const found = entries.get(value);
      if (found) found.add(object);
      else entries.set(value, new Set([object]));
    }
  }
  tell(before ? (handler) => handler.update?.(object, before) : (handler) => handler.add?.(object));
}

/** An object that the copy never had is not spoken of. */
function remove<T extends KubeObject>(state: State<T>, key: string, last: T | undefined, tell: Tell<T>): void {
  const before = state.objects.get(key);
  if (!before) return;
  state.objects.delete(key);
  unindex(state, before);
  tell((handler) => handler.remove?.(last ?? before));
}

function unindex<T extends KubeObject>(state: State<T>, object: T): void {
  for (const { of, entries } of state.indexes.values()) {
    for (const value of of(object)) {
      const found = entries.get(value);
      found?.delete(object);
      if (found?.size === 0) entries.delete(value);
    }
  }
}
