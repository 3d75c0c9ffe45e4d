/** Lists that are sets or maps hold nothing twice (k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype). */
import { isObject, type JsonObject } from './structural.ts';

export interface Duplicate {
  at: number;
  /** The element of a set, the keys of a map's. */
  identity: unknown;
}

/** Each once, however often it comes again. `type`: `set` or `map`. */
export function duplicatesIn(list: unknown[], type: string, keys: string[]): Duplicate[] {
  const seen = new Set<string>();
  const reported = new Set<string>();
  const duplicates: Duplicate[] = [];
  for (const [at, one] of list.entries()) {
    const identity = type === 'map' && isObject(one) ? keysOf(one, keys) : one;
    const text = JSON.stringify(identity) ?? '';
    if (seen.has(text) && !reported.has(text)) {
      duplicates.push({ at, identity });
      reported.add(text);
    }
    seen.add(text);
  }
  return duplicates;
}

function keysOf(object: JsonObject, keys: string[]): JsonObject {
  const identity: JsonObject = {};
  for (const key of keys) if (Object.hasOwn(object, key)) identity[key] = object[key];
  return identity;
}
