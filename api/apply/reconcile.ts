/** Sets that were written when a schema said otherwise (typed/reconcile_schema.go). */
import { EMPTY_SET, type FieldSet, isEmptySet, SELF } from './field-set.ts';
import { fieldName } from './path-element.ts';
import { DEDUCED, type Type, typeOfKey } from './type.ts';

/** What is owned as a whole now, and had fields of its own before, is owned as a whole by who had any. The set itself when nothing changes. */
export function reconcile(type: Type, set: FieldSet): FieldSet {
  let out: Record<string, FieldSet> | undefined;
  for (const key in set) {
    if (key === SELF) continue;
    const node = set[key] as FieldSet;
    const below = typeBelow(type, key);
    const now = below ? reconcileNode(below, node) : node;
    if (now === node) continue;
    out ??= { ...set };
    out[key] = now;
  }
  return out ?? set;
}

function reconcileNode(type: Type, node: FieldSet): FieldSet {
  if (isEmptySet(node)) return node;
  const { map, list } = type;
  if (map) {
    if (map.element() === DEDUCED && !hasDeclared(type, node)) return node;
    return map.atomic ? EMPTY_SET : reconcile(type, node);
  }
  if (list && !type.scalar) return list.atomic ? EMPTY_SET : reconcile(type, node);
  return node;
}

function hasDeclared(type: Type, node: FieldSet): boolean {
  for (const key in node) if (type.map?.field(fieldName(key) ?? '')) return true;
  return false;
}

function typeBelow(type: Type, key: string): Type | undefined {
  const name = fieldName(key);
  if (name !== undefined) return type.map && typeOfKey(type.map, name);
  return type.list?.element();
}
