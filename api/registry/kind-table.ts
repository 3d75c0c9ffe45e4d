/** Which kinds are served now: the built-in ones, and the custom ones as CRDs come and go. */
import type { Kind } from '../../types/kinds/kind.ts';

export interface KindTable {
  all(): Iterable<Kind>;
  find(group: string, version: string, plural: string): Kind | undefined;
  findKind(group: string, version: string, kind: string): Kind | undefined;
  /** Every served version of what is kept under one name in the store, e.g. both event APIs. */
  ofStorage(storage: string): readonly Kind[];
  /** Adds kinds, or puts them in the place of those of the same group, version and plural. One call is one change. */
  add(kinds: Iterable<Kind>): void;
  remove(kinds: Iterable<Kind>): void;
  /** Calls back after every change. Returns how to end it. */
  onChange(callback: () => void): () => void;
}

const nameOf = (group: string, version: string, word: string) => `${group}/${version}/${word}`;

export function createKindTable(builtIn: Iterable<Kind>): KindTable {
  const byPlural = new Map<string, Kind>();
  const byKind = new Map<string, Kind>();
  const byStorage = new Map<string, Kind[]>();
  const callbacks = new Set<() => void>();

  const drop = (kind: Kind) => {
    const old = byPlural.get(nameOf(kind.group, kind.version, kind.plural));
    if (!old) return;
    byPlural.delete(nameOf(kind.group, kind.version, kind.plural));
    byKind.delete(nameOf(kind.group, kind.version, old.kind));
    const rest = (byStorage.get(old.storage) ?? []).filter((k) => k !== old);
    if (rest.length > 0) byStorage.set(old.storage, rest);
    else byStorage.delete(old.storage);
  };
  const put = (kind: Kind) => {
    drop(kind);
    byPlural.set(nameOf(kind.group, kind.version, kind.plural), kind);
    byKind.set(nameOf(kind.group, kind.version, kind.kind), kind);
    byStorage.set(kind.storage, [...(byStorage.get(kind.storage) ?? []), kind]);
  };
  const tell = () => {
    for (const callback of callbacks) callback();
  };

  for (const kind of builtIn) put(kind);
  return {
    all: () => byPlural.values(),
    find: (group, version, plural) => byPlural.get(nameOf(group, version, plural)),
    findKind: (group, version, kind) => byKind.get(nameOf(group, version, kind)),
    ofStorage: (storage) => byStorage.get(storage) ?? [],
    add: (kinds) => {
      for (const kind of kinds) put(kind);
      tell();
    },
    remove: (kinds) => {
      for (const kind of kinds) drop(kind);
      tell();
    },
    onChange: (callback) => {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
  };
}
