/** Objects inside objects (`x-kubernetes-embedded-resource`) have a type, and metadata that is well formed. */
import type { Schema } from '../../types/kinds/kind.ts';
import type { FieldError } from '../kinds/strategy.ts';
import { child, type Path, textOf } from './path.ts';
import { isEmbedded, isObject, type JsonObject, schemaOf } from './structural.ts';

export function checkEmbedded(value: unknown, schema: Schema, path: Path | undefined, errors: FieldError[]): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) for (const [i, one] of value.entries()) checkEmbedded(one, items, child(path, i), errors);
    return;
  }
  if (!isObject(value)) return;
  if (path && isEmbedded(schema)) checkType(value, path, errors);
  for (const key of Object.keys(value)) {
    const known = schemaOf(schema, key);
    if (known) checkEmbedded(value[key], known, child(path, key), errors);
  }
}

function checkType(object: JsonObject, path: Path, errors: FieldError[]): void {
  for (const key of ['apiVersion', 'kind']) {
    const value = object[key];
    const field = textOf(child(path, key));
    if (value === undefined) errors.push({ field, type: 'required', detail: '' });
    else if (typeof value !== 'string') errors.push({ field, type: 'invalid', value, detail: 'must be a string' });
    else if (value === '') errors.push({ field, type: 'invalid', value, detail: 'must not be empty' });
  }
  const { metadata } = object;
  if (metadata === undefined) return;
  const field = textOf(child(path, 'metadata'));
  if (!isObject(metadata)) errors.push({ field, type: 'invalid', value: metadata, detail: 'must be an object' });
  else checkLabels(metadata.labels, `${field}.labels`, errors);
}

const NAME_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const NAME_PART_FAULT =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

function checkLabels(labels: unknown, field: string, errors: FieldError[]): void {
  if (!isObject(labels)) return;
  for (const key of Object.keys(labels)) {
    const name = key.slice(key.lastIndexOf('/') + 1);
    if (!NAME_PART.test(name)) errors.push({ field, type: 'invalid', value: key, detail: NAME_PART_FAULT });
  }
}
