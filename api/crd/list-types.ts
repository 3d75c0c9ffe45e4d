/** Lists that are sets or maps hold nothing twice (k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype). */
import type { Schema } from '../../types/kinds/kind.ts';
import type { FieldError } from '../kinds/strategy.ts';
import { child, type Path, textOf } from './path.ts';
import { isObject, type JsonObject, schemaOf } from './structural.ts';

export function checkListTypes(value: unknown, schema: Schema, path: Path | undefined, errors: FieldError[]): void {
  if (Array.isArray(value)) {
    checkTwice(value, schema, path, errors);
    const { items } = schema;
    if (items) for (const [i, one] of value.entries()) checkListTypes(one, items, child(path, i), errors);
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      const known = schemaOf(schema, key);
      if (known) checkListTypes(value[key], known, child(path, key), errors);
    }
  }
}

function checkTwice(list: unknown[], schema: Schema, path: Path | undefined, errors: FieldError[]): void {
  const type = schema['x-kubernetes-list-type'];
  if (type !== 'set' && type !== 'map') return;
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const seen = new Set<string>();
  const reported = new Set<string>();
  for (const [i, one] of list.entries()) {
    const identity = type === 'map' && isObject(one) ? keysOf(one, keys) : one;
    const text = JSON.stringify(identity) ?? '';
    if (seen.has(text) && !reported.has(text)) {
      errors.push({ field: textOf(child(path, i)), type: 'duplicate', value: identity, detail: '' });
      reported.add(text);
    }
    seen.add(text);
  }
}

function keysOf(object: JsonObject, keys: string[]): JsonObject {
  const identity: JsonObject = {};
  for (const key of keys) if (Object.hasOwn(object, key)) identity[key] = object[key];
  return identity;
}
