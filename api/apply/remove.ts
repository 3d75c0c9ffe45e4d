/** A value without the fields of a set, or with nothing but them (typed/remove.go). */
import type { Json } from '../../types/kinds/kind.ts';
import { put } from '../patch/value.ts';
import { EMPTY_SET, type FieldSet, isEmptySet, isMember, SELF } from './field-set.ts';
import { elementsOf } from './list-element.ts';
import { fieldElement, fieldName } from './path-element.ts';
import { isMap, type ListType, type MapType, shapeOf, type Type, typeOfKey } from './type.ts';

/** `value` without the fields of `set`. What becomes empty is null. */
export const removeItems = (type: Type, value: Json, set: FieldSet): Json => walk(type, value, set, false);

/** Only the fields of `set`. */
export const extractItems = (type: Type, value: Json, set: FieldSet): Json => walk(type, value, set, true);

function walk(type: Type, value: Json, set: FieldSet, extract: boolean): Json {
  const shape = shapeOf(type, value);
  if (shape === 'scalar') return value;
  if (shape === 'list') {
    const list = type.list as ListType;
    if (!Array.isArray(value) || value.length === 0 || list.atomic) return extract ? value : null;
    return walkList(list, value, set, extract);
  }
  const map = type.map as MapType;
  if (!isMap(value) || Object.keys(value).length === 0 || map.atomic) return extract ? value : null;
  return walkMap(map, value, set, extract);
}

/** Whether there are fields of the set below a node. */
function hasBelow(node: FieldSet): boolean {
  for (const key in node) if (key !== SELF) return true;
  return false;
}

function walkList(list: ListType, items: Json[], set: FieldSet, extract: boolean): Json {
  const out: Json[] = [];
  elementsOf(list, items).forEach((element, i) => {
    const item = items[i] as Json;
    const node = element === undefined ? undefined : set[element];
    if (!node) {
      if (!extract) out.push(item);
      return;
    }
    if (!extract && isMember(node)) return;
    out.push(hasBelow(node) ? walk(list.element(), item, node, extract) : item);
  });
  return out.length > 0 ? out : null;
}

function walkMap(map: MapType, value: { [key: string]: Json }, set: FieldSet, extract: boolean): Json {
  const out: { [key: string]: Json } = {};
  for (const key of Object.keys(value)) {
    const child = value[key] as Json;
    const node = set[fieldElement(key)];
    if (!node) {
      if (!extract) put(out, key, child);
      continue;
    }
    if (isMember(node) && !extract) continue;
    const type = typeOfKey(map, key);
    const kept = type && hasBelow(node) ? walk(type, child, node, extract) : child;
    put(out, key, kept);
  }
  return Object.keys(out).length > 0 ? out : null;
}

/** The set with every declared field in it below which it has fields: who owns `a.b` then owns `a`, so that `a` goes when `b` does. */
export function withNamedFields(type: Type | undefined, set: FieldSet): FieldSet {
  const out: Record<string, FieldSet> = {};
  for (const key in set) {
    const node = set[key] as FieldSet;
    if (key === SELF || isEmptySet(node)) {
      out[key] = node;
      continue;
    }
    const name = fieldName(key);
    const declared = name === undefined ? undefined : type?.map?.field(name);
    const childType =
      name !== undefined ? (declared?.type ?? type?.map?.element()) : key.startsWith('k:') ? type?.list?.element() : undefined;
    const below = withNamedFields(childType, node);
    out[key] = declared && !(SELF in below) ? { [SELF]: EMPTY_SET, ...below } : below;
  }
  return out;
}
