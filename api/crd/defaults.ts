/** Fills in the defaults of a custom kind's schema (k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting). */
import type { Schema } from '../../types/kinds/kind.ts';
import { copy, put } from '../patch/value.ts';
import { isObject, type JsonObject, schemaOf } from './structural.ts';

/** Changes the object in place: a null where none may stand counts as missing, then what is missing and has a default gets it. */
export function defaultCustom(object: JsonObject, schema: Schema): void {
  for (const key of Object.keys(object)) {
    const known = schemaOf(schema, key);
    if (!known) continue;
    if (object[key] === null && known.nullable !== true && known.default === undefined) delete object[key];
  }
  for (const [key, known] of Object.entries(schema.properties ?? {})) {
    if (known.default === undefined) continue;
    const missing = !Object.hasOwn(object, key) || (object[key] === null && known.nullable !== true);
    if (missing) put(object, key, copy(known.default));
  }
  for (const key of Object.keys(object)) {
    const known = schemaOf(schema, key);
    if (known) defaultValue(object[key], known);
  }
}

function defaultValue(value: unknown, schema: Schema): void {
  if (isObject(value)) defaultCustom(value, schema);
  else if (Array.isArray(value) && schema.items) {
    for (const [i, one] of value.entries()) {
      if (one === null && schema.items.nullable !== true && schema.items.default !== undefined) value[i] = copy(schema.items.default);
      else defaultValue(one, schema.items);
    }
  }
}
